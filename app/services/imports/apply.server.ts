import type { Tx } from '#db/client.ts'
import { deletePieces, findImport, lockImport, updateImport, type ImportRow } from '#db/queries/imports.ts'
import { lockManagers } from '#db/queries/vetting.ts'
import { isImportKind } from '#workflows/people/import/columns.ts'
import { countRows } from '#workflows/people/import/plan.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { demandImporter, digestOf, dryRun, lockForWriting } from './examine.server.ts'
import { gone, loadFile, loadPages, storeRows } from './pieces.server.ts'
import { openTable } from './read-table.server.ts'
import { makePlan, writePlan } from './write-plan.server.ts'

/** The register is not as it was when the dry run was shown. */
class Altered extends Error {}

/**
 * Applies a file: everything that its dry run showed, in one transaction, or nothing. Where the register has changed so
 * that it would come to something else, nothing is applied: another dry run takes the place of the one that was shown,
 * and `altered` is true. STALE_VERSION where the file is gone.
 */
export async function applyImport(
	deps: Deps,
	actor: Actor,
	importId: string,
): Promise<{ altered: boolean; ended: number }> {
	demandImporter(actor)
	const shown = await findImport(deps.database.db, importId)
	demandWaiting(deps, shown)
	// What ends an access is never refused for the record being behind.
	if (shown.ends === 0) await deps.backlog.demandRoom()
	const what = kindOf(shown)
	const opened = await openTable(await loadFile(deps.database.db, deps, importId), what)
	if ('problems' in opened) throw new Error('A file that was examined cannot be read any more.')
	try {
		const ended = await deps.database.withTx(async (tx) => {
			await lockForWriting(tx, await peopleShown(tx, deps, importId))
			const row = await lockImport(tx, importId)
			demandWaiting(deps, row)
			if (what === 'people') await lockManagers(tx)
			const plan = await makePlan(tx, deps, actor, what, opened.table)
			const { errors, ...counts } = countRows(plan.rows)
			if (errors > 0) throw new Altered()
			const ends = await writePlan(tx, deps, actor, { importId, sha256: row.sha256 }, plan)
			if (digestOf({ rows: plan.rows, ends }) !== row.planSha256) throw new Altered()
			const at = deps.now()
			await deletePieces(tx, importId, ['file', 'rows', 'errors'])
			await updateImport(tx, importId, { appliedAt: at, appliedBy: actor.personId })
			await recordEntry(tx, deps, {
				kind: 'import.applied',
				subject: null,
				actor: actor.personId,
				open: { importId, what, fileSha256: row.sha256, ...counts, ended: ends },
				sealed: {},
				at,
			})
			return ends
		})
		deps.wake()
		return { altered: false, ended }
	} catch (error) {
		// Somebody was registered meanwhile whom the file names too: that is another register as well.
		if (!(error instanceof Altered) && !(isDomainError(error) && error.code === 'DUPLICATE')) throw error
	}
	const found = await dryRun(deps, actor, { importId, sha256: shown.sha256 }, what, opened.table)
	await deps.database.withTx(async (tx) => {
		demandWaiting(deps, await lockImport(tx, importId))
		await storeRows(tx, deps, importId, found.rows)
		await updateImport(tx, importId, {
			...countRows(found.rows),
			ends: found.ends,
			planSha256: digestOf(found),
		})
	})
	return { altered: true, ended: 0 }
}

/** Destroys a file that waits; its counts stay in the list. */
export async function discardImport(deps: Deps, actor: Actor, importId: string): Promise<void> {
	demandImporter(actor)
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		const row = await lockImport(tx, importId)
		demandWaiting(deps, row)
		await deletePieces(tx, importId, ['file', 'rows', 'errors'])
		await updateImport(tx, importId, { discardedAt: at })
		await recordEntry(tx, deps, {
			kind: 'import.discarded',
			subject: null,
			actor: actor.personId,
			open: { importId, fileSha256: row.sha256 },
			sealed: {},
			at,
		})
	})
	deps.wake()
}

function demandWaiting({ now }: Pick<Deps, 'now'>, row: ImportRow): void {
	if (row.appliedAt !== null || row.discardedAt !== null || row.expiresAt <= now()) throw gone()
}

function kindOf({ what }: ImportRow) {
	if (!isImportKind(what)) throw new Error(`There is no import of ${what}.`)
	return what
}

async function peopleShown(tx: Tx, deps: Deps, importId: string): Promise<string[]> {
	const ids = new Set<string>()
	for await (const page of loadPages(tx, deps, importId, 'rows'))
		for (const { personId } of page) if (personId !== null) ids.add(personId)
	return [...ids]
}
