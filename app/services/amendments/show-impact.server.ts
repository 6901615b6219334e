import { createHash } from 'node:crypto'
import { loadAmendment, type AmendmentRow } from '#db/queries/amendments.ts'
import { idsByName, namesOf } from '#db/queries/people.ts'
import { requestsById } from '#db/queries/requests.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import type { Change, Ending, RoleImpact } from '#workflows/charter/impact.ts'
import { demand, type Actor } from '../actor.ts'
import { titleOf } from '../access/summarise.server.ts'
import { csvRecord } from '#workflows/audit-export/formats/csv.ts'
import { readCharter } from '../charter/read-charter.server.ts'
import type { Deps } from '../deps.ts'
import { recordAlone } from '../record-entry.server.ts'
import { findImpact } from './find-impact.server.ts'
import type { ChangeFilter, ChangeRow, ChangesView, EndingView, ImpactView } from './views.ts'

/** More rows than this are for the CSV, not for a page. */
const SHOWN = 500
/** Rows whose names are looked up at once. */
const PART = 1000
const COLUMNS = [
	'person_id',
	'person_name',
	'role',
	'role_title',
	'change',
	'failing_clauses',
	'judged_at_utc',
]

/** What an amendment changes, in counts and with every access that it ends. */
export async function tellImpact(deps: Deps, row: AmendmentRow): Promise<ImpactView> {
	const { summary, endings } = await findImpact(deps, row)
	const titles = await titlesOf(deps, row)
	return {
		at: summary.at,
		people: summary.people,
		roles: [...summary.roles].sort(byWeight),
		quorumGaps: summary.quorumGaps.map((gap) => ({
			...gap,
			roleTitle: titles(gap.role),
			fromTitle: titles(gap.from),
		})),
		owners: summary.owners,
		endings: await endingViews(deps, endings, titles),
	}
}

/** Most losses first, then most gains, then roles that come or go. */
const byWeight = (a: RoleImpact, b: RoleImpact) =>
	b.loses - a.loses || b.gains - a.gains || Number(a.status === 'kept') - Number(b.status === 'kept')

/** Everybody whose standing changes, as far as the filter chooses them, by name; a page shows the first of them. */
export async function showChanges(
	deps: Deps,
	actor: Actor,
	id: string,
	filter: ChangeFilter,
): Promise<ChangesView> {
	demand(actor, 'record:read')
	const { row } = await loadAmendment(deps.database.db, id)
	const { changes, summary } = await findImpact(deps, row)
	const titles = await titlesOf(deps, row)
	const isChosen = await chooser(deps, filter)
	const shown: Change[] = []
	const roles = new Set<string>()
	const reasons = new Set<string>()
	let total = 0
	for (const change of changes()) {
		roles.add(change.role)
		for (const reason of change.reasons) reasons.add(reason)
		if (!isChosen(change)) continue
		total += 1
		if (shown.length < SHOWN) shown.push(change)
	}
	return {
		amendment: { id, version: row.version, reason: row.reason },
		at: summary.at,
		rows: await withNames(deps, shown, titles),
		total,
		roles: [...roles].map((key) => ({ key, title: titles(key) })),
		reasons: [...reasons].sort(),
	}
}

/** The same as CSV (RFC 4180, UTF-8), all of them; the export is itself an entry of the record. */
export async function exportChanges(
	deps: Deps,
	actor: Actor,
	id: string,
	filter: ChangeFilter,
): Promise<string> {
	demand(actor, 'record:read')
	const { row } = await loadAmendment(deps.database.db, id)
	const { changes, summary } = await findImpact(deps, row)
	const titles = await titlesOf(deps, row)
	const isChosen = await chooser(deps, filter)
	let text = csvOf([COLUMNS])
	let rows = 0
	for (const part of inParts(changes(), isChosen, PART)) {
		const told = await withNames(deps, part, titles)
		text += csvOf(
			told.map(({ person, role, change, reasons }) => [
				person.id,
				person.name,
				role.key,
				role.title,
				change,
				reasons.join(' '),
				summary.at,
			]),
		)
		rows += part.length
	}
	await recordAlone(deps, {
		kind: 'record.exported',
		subject: null,
		actor: actor.personId,
		open: {
			format: 'csv',
			fileSha256: createHash('sha256').update(text).digest('hex'),
			rows,
		},
		sealed: { query: { filter: { amendment: id, ...plain(filter) } } },
		at: deps.now(),
	})
	deps.wake()
	return text
}

const plain = ({ role, change, reason, search }: ChangeFilter) => ({
	role: role ?? null,
	change: change ?? null,
	reason: reason ?? null,
	search: search ?? null,
})

const csvOf = (rows: readonly (readonly string[])[]) => rows.map(csvRecord).join('')

/** What the filter chooses. Names are compared by the database, which alone knows all of them. */
async function chooser(
	{ database }: Deps,
	{ role, change, reason, search }: ChangeFilter,
): Promise<(row: Change) => boolean> {
	const named = search === undefined ? null : await idsByName(database.db, search)
	return (row) =>
		(role === undefined || row.role === role) &&
		(change === undefined || row.change === change) &&
		(reason === undefined || row.reasons.some((code) => code === reason)) &&
		(named === null || named.has(row.personId))
}

function* inParts(
	changes: Iterable<Change>,
	isChosen: (row: Change) => boolean,
	size: number,
): Generator<Change[]> {
	let part: Change[] = []
	for (const change of changes) {
		if (!isChosen(change)) continue
		part.push(change)
		if (part.length < size) continue
		yield part
		part = []
	}
	if (part.length > 0) yield part
}

async function withNames(
	{ database }: Deps,
	changes: readonly Change[],
	titles: (role: string) => string,
): Promise<ChangeRow[]> {
	const names = await namesOf(
		database.db,
		changes.map(({ personId }) => personId),
	)
	return changes.map(({ personId, role, change, reasons }) => ({
		person: { id: personId, name: names.get(personId) ?? personId },
		role: { key: role, title: titles(role) },
		change,
		reasons,
	}))
}

/** Titles of roles, from the new text first: a role that it drops keeps the title it had. */
async function titlesOf(
	deps: Deps,
	{ yaml, baseVersionId }: AmendmentRow,
): Promise<(role: string) => string> {
	const after = readCharter(yaml).charter
	const { charter: before } = await deps.charters.version(deps.database.db, baseVersionId)
	const has = (charter: Charter, role: string) => Object.hasOwn(charter.roles, role)
	return (role) => titleOf(has(after, role) ? after : before, role)
}

async function endingViews(
	{ database }: Deps,
	endings: readonly Ending[],
	titles: (role: string) => string,
): Promise<EndingView[]> {
	const rows = await requestsById(
		database.db,
		endings.map(({ requestId }) => requestId),
	)
	return endings.flatMap(({ requestId, isPending, reasons }) => {
		const row = rows.get(requestId)
		if (!row) return []
		return [
			{
				requestId,
				number: row.number,
				person: { id: row.requesterId, name: row.requesterName },
				roleTitle: titles(row.role),
				isPending,
				reasons,
			},
		]
	})
}
