import { createHash } from 'node:crypto'
import { stringify } from 'csv-stringify/sync'
import { loadAmendment, type AmendmentRow } from '#db/queries/amendments.ts'
import { namesOf } from '#db/queries/people.ts'
import { requestsById } from '#db/queries/requests.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import type { Ending, RoleImpact } from '#workflows/charter/impact.ts'
import { demand, type Actor } from '../actor.ts'
import { titleOf } from '../access/summarise.server.ts'
import { guardFormula } from '../audit/export-csv.server.ts'
import { readCharter } from '../charter/read-charter.server.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { findImpact } from './find-impact.server.ts'
import type { ChangeFilter, ChangeRow, ChangesView, EndingView, ImpactView } from './views.ts'

/** More rows than this are for the CSV, not for a page. */
const SHOWN = 500

/** What an amendment changes, in counts and with every access that it ends. */
export async function tellImpact(deps: Deps, row: AmendmentRow): Promise<ImpactView> {
	const { summary, endings } = await findImpact(deps, row)
	const titles = await titlesOf(deps, row)
	return {
		at: summary.at,
		people: summary.people,
		roles: [...summary.roles].sort((a, b) => weightOf(b) - weightOf(a)),
		quorumGaps: summary.quorumGaps.map((gap) => ({
			...gap,
			roleTitle: titles(gap.role),
			fromTitle: titles(gap.from),
		})),
		owners: summary.owners,
		endings: await endingViews(deps, endings, titles),
	}
}

const weightOf = ({ gains, loses, status }: RoleImpact) => loses * 1000 + gains + (status === 'kept' ? 0 : 1)

/** Everybody whose standing changes, as far as the filter chooses them; a page shows the first of them. */
export async function showChanges(
	deps: Deps,
	actor: Actor,
	id: string,
	filter: ChangeFilter,
): Promise<ChangesView> {
	demand(actor, 'record:read')
	const { row } = await loadAmendment(deps.database.db, id)
	const { all, at } = await changeRows(deps, row)
	const chosen = choose(all, filter)
	return {
		amendment: { id, version: row.version, reason: row.reason },
		at,
		rows: chosen.slice(0, SHOWN),
		total: chosen.length,
		roles: [...new Map(all.map(({ role }) => [role.key, role])).values()],
		reasons: [...new Set(all.flatMap(({ reasons }) => reasons))].sort(),
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
	const { all, at } = await changeRows(deps, row)
	const chosen = choose(all, filter)
	const text = stringify(
		chosen.map(({ person, role, change, reasons }) =>
			[person.id, person.name, role.key, role.title, change, reasons.join(' '), at].map(guardFormula),
		),
		{
			header: true,
			columns: [
				'person_id',
				'person_name',
				'role',
				'role_title',
				'change',
				'failing_clauses',
				'judged_at_utc',
			],
			record_delimiter: '\r\n',
		},
	)
	await deps.database.withTx((tx) =>
		recordEntry(tx, deps, {
			kind: 'record.exported',
			subject: null,
			actor: actor.personId,
			open: {
				format: 'csv',
				fileSha256: createHash('sha256').update(text).digest('hex'),
				rows: chosen.length,
			},
			sealed: { query: { filter: { amendment: id, ...plain(filter) } } },
			at: deps.now(),
		}),
	)
	deps.wake()
	return text
}

const plain = ({ role, change, reason, search }: ChangeFilter) => ({
	role: role ?? null,
	change: change ?? null,
	reason: reason ?? null,
	search: search ?? null,
})

async function changeRows(deps: Deps, row: AmendmentRow): Promise<{ all: ChangeRow[]; at: string }> {
	const { changes, summary } = await findImpact(deps, row)
	const titles = await titlesOf(deps, row)
	const names = await namesOf(
		deps.database.db,
		changes.map(({ personId }) => personId),
	)
	const all = changes.map(({ personId, role, change, reasons }) => ({
		person: { id: personId, name: names.get(personId) ?? personId },
		role: { key: role, title: titles(role) },
		change,
		reasons,
	}))
	return { all: all.sort((a, b) => a.person.name.localeCompare(b.person.name)), at: summary.at }
}

function choose(rows: readonly ChangeRow[], { role, change, reason, search }: ChangeFilter): ChangeRow[] {
	const needle = search?.toLocaleLowerCase()
	return rows.filter(
		(row) =>
			(role === undefined || row.role.key === role) &&
			(change === undefined || row.change === change) &&
			(reason === undefined || row.reasons.includes(reason)) &&
			(needle === undefined || row.person.name.toLocaleLowerCase().includes(needle)),
	)
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
