import { indexesOf } from '#db/queries/ledger.ts'
import { listCharterVersions } from '#db/queries/charter.ts'
import { allBoundaries } from '#db/queries/boundaries.ts'
import { listHistoryPeople } from '#db/queries/history-people.ts'
import { namesOf } from '#db/queries/people.ts'
import type { HistoryFilter } from '#db/queries/history-filter.ts'
import { decisionsOf, listRequests, type RequestRow } from '#db/queries/requests.ts'
import { MARKINGS, type Marking } from '#workflows/charter/clearance-schemes.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import { accessStateOf, titleOf } from '../access/summarise.server.ts'
import type { Deps } from '../deps.ts'
import type { AccessState, HistoryChoices } from '../views.ts'
import { groupsOf } from '#workflows/charter/stage-groups.ts'

export type { HistoryFilter } from '#db/queries/history-filter.ts'

export type HistoryRow = {
	requestId: string
	number: number
	person: string
	role: string
	entraRole: string
	reason: string
	ticket: string
	requestedAt: string
	approvals: { approver: string; stage: string; verdict: string; at: string; entryIndex: number | null }[]
	state: AccessState
	startsAt: string | null
	endsAt: string | null
	endedAt: string | null
	cause: string | null
	charterVersion: number
	tenantRequestId: string | null
}

/** More rows than this ask for a narrower filter rather than a page nobody reads. */
const LIMIT = 5000

/** Every request and access that the filter chooses, newest first. */
export async function showHistory(
	deps: Deps,
	actor: Actor,
	filter: HistoryFilter,
	limit = LIMIT,
): Promise<{ rows: HistoryRow[]; isWhole: boolean }> {
	demand(actor, 'request:read_all')
	const { db } = deps.database
	const found = await chosenRequests(deps, filter, limit + 1)
	const shown = found.slice(0, limit)
	const decisions = await decisionsOf(
		db,
		shown.map(({ id }) => id),
	)
	const indexes = await indexesOf(
		db,
		decisions.map(({ entryId }) => entryId),
	)
	const rows: HistoryRow[] = []
	for (const row of shown) {
		const { charter } = await deps.charters.version(db, row.charterVersionId)
		const grant = row.grantContext
		rows.push({
			requestId: row.id,
			number: row.number,
			person: row.requesterName,
			role: titleOf(charter, row.role),
			entraRole: charter.roles[row.role]?.access?.entra.name ?? '',
			reason: row.reason,
			ticket: row.ticket,
			requestedAt: row.createdAt.toISOString(),
			approvals: decisions
				.filter(({ requestId, revision }) => requestId === row.id && revision === row.context.revision)
				.map(({ approverName, stage, groupIndex, asRole, verdict, decidedAt, entryId }) => ({
					approver: approverName,
					stage: titleOf(charter, asRole ?? groupAt(row, stage, groupIndex)),
					verdict,
					at: decidedAt.toISOString(),
					entryIndex: indexes.get(entryId) ?? null,
				})),
			state: accessStateOf(row),
			startsAt: grant?.startsAt ?? null,
			endsAt: grant?.startsAt ? grant.endsAt : null,
			endedAt: grant?.closedAt ?? null,
			cause: grant?.cause ?? null,
			charterVersion: row.charterVersion,
			tenantRequestId: grant?.tenantRequestId ?? null,
		})
	}
	return { rows, isWhole: found.length <= limit }
}

/** Key of the role of a group of a stage. */
function groupAt({ context }: RequestRow, stage: number, group: number): string {
	const rule = context.stages[stage]
	return rule === undefined ? '' : (groupsOf(rule)[group]?.from ?? '')
}

/** The requests that a filter chooses, newest first; INVALID_INPUT where it names what is not known here. */
export async function chosenRequests(
	deps: Deps,
	filter: HistoryFilter,
	limit: number,
): Promise<RequestRow[]> {
	await checkFilter(deps, filter)
	return listRequests(deps.database.db, { history: filter }, limit)
}

/** A filter that names somebody or something unknown would choose nothing, and look as if nothing had happened. */
export async function checkFilter(deps: Deps, filter: HistoryFilter): Promise<void> {
	const { people, roles, facilities, boundaries, from, until } = filter
	const refuse = (field: string, problem: string, message: string) => {
		throw new DomainError('INVALID_INPUT', message, { field, problem })
	}
	if (from && until && until <= from)
		refuse('until', 'ENDS_BEFORE_IT_BEGINS', 'The period ends before it begins.')
	const names = await namesOf(deps.database.db, people)
	if (people.some((id) => !names.has(id))) refuse('person', 'UNKNOWN_PERSON', 'Nobody has this id.')
	if (boundaries.length > 0) {
		const known = new Set((await allBoundaries(deps.database.db)).map(({ key }) => key))
		if (boundaries.some((id) => !known.has(id)))
			refuse('boundary', 'UNKNOWN_BOUNDARY', 'No boundary at a provider has this id.')
	}
	if (roles.length === 0 && facilities.length === 0) return
	const known = await everNamed(deps)
	if (roles.some((key) => !known.roles.has(key)))
		refuse('role', 'UNKNOWN_ROLE', 'No charter version has this role.')
	if (facilities.some((key) => !known.facilities.has(key)))
		refuse('facility', 'UNKNOWN_FACILITY', 'No charter version has this facility.')
}

/** Titles of every role and facility that any charter version named, by key; the newest version's where it has one. */
async function everNamed({ database, charters }: Deps) {
	const roles = new Map<string, string>()
	const facilities = new Map<string, string>()
	for (const { id } of await listCharterVersions(database.db)) {
		const { charter } = await charters.version(database.db, id)
		for (const [key, { title, access }] of Object.entries(charter.roles))
			if (access && !roles.has(key)) roles.set(key, title)
		for (const [key, { title }] of Object.entries(charter.facilities))
			if (!facilities.has(key)) facilities.set(key, title)
	}
	return { roles, facilities }
}

/** The highest marking that any of these roles reached under any charter version; of all roles where none is named. */
export async function highestMarking(
	{ database, charters }: Deps,
	roles: readonly string[],
): Promise<Marking> {
	let highest = 0
	for (const { id } of await listCharterVersions(database.db)) {
		const { charter } = await charters.version(database.db, id)
		for (const [key, { handles, access }] of Object.entries(charter.roles))
			if (access && (roles.length === 0 || roles.includes(key)))
				highest = Math.max(highest, MARKINGS.indexOf(handles))
	}
	return MARKINGS[highest] ?? 'unclassified'
}

/** What a history can be filtered by, in order of name; facilities and roles of earlier charter versions too. */
export async function historyChoices(deps: Deps, actor: Actor): Promise<HistoryChoices> {
	demand(actor, 'request:read_all')
	const { database, charters, now } = deps
	const { charter } = await charters.inForce(database.db, now())
	const { roles, facilities } = await everNamed(deps)
	const list = (titles: ReadonlyMap<string, string>) =>
		[...titles].map(([key, title]) => ({ key, title })).sort((a, b) => a.title.localeCompare(b.title))
	return {
		boundary: charter.charter.boundary,
		people: await listHistoryPeople(database.db),
		roles: list(roles),
		facilities: list(facilities),
		boundaries: await allBoundaries(database.db),
	}
}

/** A filter as texts, for the record and for the file itself; null says that there is no restriction. */
export function filterText({
	people,
	roles,
	facilities,
	boundaries,
	from,
	until,
}: HistoryFilter): Record<string, string | null> {
	const list = (values: readonly string[]) => (values.length === 0 ? null : [...values].sort().join(' '))
	return {
		people: list(people),
		roles: list(roles),
		facilities: list(facilities),
		boundaries: list(boundaries),
		from: from?.toISOString() ?? null,
		until: until?.toISOString() ?? null,
	}
}

/** The filter that restricts nothing. */
export const EVERYTHING: HistoryFilter = {
	people: [],
	roles: [],
	facilities: [],
	boundaries: [],
	from: undefined,
	until: undefined,
}
