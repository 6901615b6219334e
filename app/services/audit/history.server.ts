import { indexesOf } from '#db/queries/ledger.ts'
import { decisionsOf, listRequesters, listRequests, type RequestRow } from '#db/queries/requests.ts'
import { findPerson } from '#db/queries/people.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import { accessStateOf, titleOf } from '../access/summarise.server.ts'
import type { Deps } from '../deps.ts'
import type { AccessState, PersonName } from '../views.ts'

export type HistoryFilter = { person?: string; role?: string; from?: Date; until?: Date }
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
				.filter(({ requestId }) => requestId === row.id)
				.map(({ approverName, stage, verdict, decidedAt, entryId }) => ({
					approver: approverName,
					stage: titleOf(charter, row.context.stages[stage]?.from ?? ''),
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

/** The requests that a filter chooses. */
export async function chosenRequests(
	{ database }: Deps,
	filter: HistoryFilter,
	limit: number,
): Promise<RequestRow[]> {
	if (filter.from && filter.until && filter.until <= filter.from) {
		throw new DomainError('INVALID_INPUT', 'The period ends before it begins.', {
			field: 'until',
			problem: 'ENDS_BEFORE_IT_BEGINS',
		})
	}
	if (filter.person !== undefined) await findPerson(database.db, filter.person)
	const { person: requesterId, role, from, until } = filter
	return listRequests(database.db, { requesterId, role, from, until }, limit)
}

/** People whose access history can be asked for, by name. */
export async function historyPeople({ database }: Deps, actor: Actor): Promise<PersonName[]> {
	demand(actor, 'request:read_all')
	return listRequesters(database.db)
}
