import type { Tx } from '#db/client.ts'
import { insertPeople, setManagers, updatePeople } from '#db/queries/imports.ts'
import { restingOn } from '#db/queries/lapse-rows.ts'
import type { FactKind } from '#workflows/people/facts/fact-kinds.ts'
import type { Identity } from '#workflows/people/identity.schema.ts'
import type { ImportKind } from '#workflows/people/import/columns.ts'
import type { PlanRow } from '#workflows/people/import/plan.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { settleMany } from '../lapse/settle-many.server.ts'
import { writeFacts } from '../people/write-fact.server.ts'
import { recordEntries, type AnyEntry } from '../record-entry.server.ts'
import { inParts } from './batches.ts'
import { planFacts, type FactWork } from './plan-facts.server.ts'
import { planPeople, type PersonWork } from './plan-people.server.ts'
import type { Table } from './read-table.server.ts'

export type Plan = { rows: PlanRow[] } & (
	{ what: 'people'; works: PersonWork[] } | { what: FactKind; works: FactWork[] }
)
/** The import that an entry comes from. */
export type Origin = { importId: string; sha256: string }

/** Rows that are written with the same few statements. */
const PART = 2000
/** People whose requests and accesses are judged together. */
const PEOPLE_PART = 5000

/** What a file comes to, row by row, by the register as it is for this transaction. Writes nothing. */
export async function makePlan(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	what: ImportKind,
	table: Table,
): Promise<Plan> {
	if (what === 'people') return { what, ...(await planPeople(tx, deps, actor, table)) }
	return { what, ...(await planFacts(tx, deps, actor, what, table)) }
}

/**
 * Writes what a plan without errors comes to, each with its entry, ends what no longer holds, and notes in the rows whose
 * requests and accesses that were. The caller has locked everybody who is named for update. Gives how many ended.
 * `only` leaves out everybody else: for a preview, which needs nobody but those who hold something.
 */
export async function writePlan(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	origin: Origin,
	plan: Plan,
	only: ReadonlySet<string> | null = null,
): Promise<number> {
	if (plan.what === 'people') {
		await writePeople(tx, deps, actor, origin, plan.works)
		return 0
	}
	const works = plan.works.filter(({ personId }) => only?.has(personId) ?? true)
	const at = deps.now()
	for (const part of inParts(works, PART))
		await writeFacts(
			tx,
			deps,
			plan.what,
			part.map(({ personId, fact: { person: _, sponsor: __, ...fact } }) => ({
				...fact,
				kind: plan.what,
				personId,
				evidenceFile: null,
				source: 'import' as const,
				recordedBy: actor.personId,
				verifiedBy: null,
				corrects: null,
				at,
			})),
		)
	return endWhatFell(tx, deps, plan.rows, [...new Set(works.map(({ personId }) => personId))].sort())
}

async function endWhatFell(
	tx: Tx,
	deps: Deps,
	rows: readonly PlanRow[],
	personIds: readonly string[],
): Promise<number> {
	const endsOf = new Map<string, number>()
	let ends = 0
	for (const part of inParts(personIds, PEOPLE_PART)) {
		const { fallen } = await settleMany(tx, deps, await restingOn(tx, part), { cause: 'lapse' })
		ends += fallen.length
		for (const { requesterId } of fallen) endsOf.set(requesterId, (endsOf.get(requesterId) ?? 0) + 1)
	}
	for (const row of rows) {
		if (row.personId === null || row.outcome !== 'added') continue
		row.ends = endsOf.get(row.personId) ?? 0
		endsOf.delete(row.personId)
	}
	return ends
}

async function writePeople(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	{ importId, sha256 }: Origin,
	works: readonly PersonWork[],
): Promise<void> {
	const at = deps.now()
	const from = { source: 'import' as const, importId }
	for (const part of inParts(works, PART)) {
		const entries: AnyEntry[] = []
		const added = part.filter(({ row }) => row.outcome === 'added')
		const changed = part.filter(
			({ row }) => row.outcome === 'changed' && row.changes.some(({ field }) => field !== 'manager'),
		)
		await insertPeople(
			tx,
			added.map(({ id, identity }) => ({ id, ...identity, createdAt: at })),
		)
		await updatePeople(
			tx,
			changed.map(({ id, identity }) => ({ id, ...identity })),
		)
		for (const { id, identity } of added)
			entries.push({
				kind: 'person.recorded',
				subject: id,
				actor: actor.personId,
				open: from,
				sealed: { identity: sealedIdentity(identity) },
				at,
			})
		for (const { id, identity } of changed)
			entries.push({
				kind: 'person.changed',
				subject: id,
				actor: actor.personId,
				open: from,
				sealed: { identity: sealedIdentity(identity), basis: { reason: `File with SHA-256 ${sha256}` } },
				at,
			})
		await recordEntries(tx, deps, entries)
	}
	// Afterwards, since managers may stand further down.
	for (const part of inParts(works, PART)) {
		const managed = part.flatMap(({ id, managerId }) =>
			managerId === null ? [] : [{ personId: id, managerId }],
		)
		await setManagers(tx, managed)
		await recordEntries(
			tx,
			deps,
			managed.map(({ personId, managerId }) => ({
				kind: 'person.manager_recorded' as const,
				subject: personId,
				actor: actor.personId,
				open: { managerId },
				sealed: {},
				at,
			})),
		)
	}
}

const sealedIdentity = ({ personnelNumber, ...rest }: Identity) => ({
	...rest,
	...(personnelNumber === null ? {} : { personnelNumber }),
})
