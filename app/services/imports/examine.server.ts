import { createHash } from 'node:crypto'
import type { Tx } from '#db/client.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { countWaitingImports, insertImport } from '#db/queries/imports.ts'
import { restingPeople } from '#db/queries/lapse-rows.ts'
import { lockPeople } from '#db/queries/people.ts'
import type { FileProblem, ImportKind } from '#workflows/people/import/columns.ts'
import { countRows, planLine, type PlanRow } from '#workflows/people/import/plan.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { storeFile, storeRows } from './pieces.server.ts'
import { openTable, type Table } from './read-table.server.ts'
import { makePlan, writePlan } from './write-plan.server.ts'

/** For so long a file waits to be applied. */
export const KEPT_HOURS = 24
/** So many files wait at most. */
const MOST_WAITING = 20

/** Carries what was found out of a transaction that is to be undone. */
class Undone extends Error {
	readonly found: DryRun
	constructor(found: DryRun) {
		super('undone')
		this.found = found
	}
}
export type DryRun = { rows: PlanRow[]; ends: number }

/** Who may import: whoever records facts, and sees what is recorded, since a dry run tells of it. */
export function demandImporter(actor: Actor): void {
	demand(actor, 'people:record')
	demand(actor, 'people:values')
}

/**
 * Reads a file in a dry run, stages it encrypted for a day, and gives the id under which every row and what it would
 * change can be read. Changes nothing in the register. Gives what is wrong with the file as a whole where it cannot be
 * read; then nothing is stored.
 */
export async function examineFile(
	deps: Deps,
	actor: Actor,
	{ what, bytes }: { what: ImportKind; bytes: Uint8Array },
): Promise<{ importId: string } | { problems: FileProblem[] }> {
	demandImporter(actor)
	const at = deps.now()
	if ((await countWaitingImports(deps.database.db, at)) >= MOST_WAITING)
		return { problems: [{ problem: 'TOO_MANY_WAITING' }] }
	const opened = await openTable(bytes, what)
	if ('problems' in opened) return opened
	const importId = deps.newId()
	const sha256 = createHash('sha256').update(bytes).digest('hex')
	const found = await dryRun(deps, actor, { importId, sha256 }, what, opened.table)
	const { rows, errors, ...counts } = countRows(found.rows)
	await deps.database.withTx(async (tx) => {
		await insertImport(tx, {
			id: importId,
			what,
			sha256,
			bytes: bytes.length,
			rows,
			errors,
			...counts,
			ends: found.ends,
			planSha256: digestOf(found),
			uploadedBy: actor.personId,
			uploadedAt: at,
			expiresAt: new Date(at.getTime() + KEPT_HOURS * 3_600_000),
		})
		await storeFile(tx, deps, importId, bytes)
		await storeRows(tx, deps, importId, found.rows)
		await recordEntry(tx, deps, {
			kind: 'import.examined',
			subject: null,
			actor: actor.personId,
			open: { importId, what, fileSha256: sha256, rows, errors },
			sealed: {},
			at,
		})
	})
	deps.wake()
	return { importId }
}

/**
 * What a file would come to. Where no row is bad, the facts of everybody who holds or waits for an access are written in
 * full and undone, so that what would end is no estimate.
 */
export async function dryRun(
	deps: Deps,
	actor: Actor,
	origin: { importId: string; sha256: string },
	what: ImportKind,
	table: Table,
): Promise<DryRun> {
	try {
		return await deps.database.withTx(async (tx) => {
			const plan = await makePlan(tx, deps, actor, what, table)
			if (plan.what === 'people' || plan.rows.some(({ outcome }) => outcome === 'error'))
				return { rows: plan.rows, ends: 0 }
			const named = new Set(plan.works.map(({ personId }) => personId))
			const holders = (await restingPeople(tx)).filter((id) => named.has(id))
			if (holders.length === 0) return { rows: plan.rows, ends: 0 }
			await lockForWriting(tx, holders)
			const ends = await writePlan(tx, deps, actor, origin, plan, new Set(holders))
			throw new Undone({ rows: plan.rows, ends })
		})
	} catch (error) {
		if (error instanceof Undone) return error.found
		throw error
	}
}

/** Charter first, then people, in one order: whoever judges or changes takes turns. */
export async function lockForWriting(tx: Tx, personIds: readonly string[]): Promise<void> {
	await holdCharter(tx, 'judge')
	const ids = [...new Set(personIds)].sort()
	for (let from = 0; from < ids.length; from += LOCKED_AT_ONCE)
		await lockPeople(tx, ids.slice(from, from + LOCKED_AT_ONCE), 'update')
}
const LOCKED_AT_ONCE = 10_000

/** SHA-256 over all that a dry run shows. */
export function digestOf({ rows, ends }: DryRun): string {
	const hash = createHash('sha256').update(`${ends}\n`)
	for (const row of rows) hash.update(`${planLine(row)}\n`)
	return hash.digest('hex')
}
