import { findImport, listImports, type ImportRow } from '#db/queries/imports.ts'
import { csvRecord } from '#workflows/audit-export/formats/csv.ts'
import { columnsOf, type ImportKind } from '#workflows/people/import/columns.ts'
import type { PlanRow } from '#workflows/people/import/plan.ts'
import type { Actor } from '../actor.ts'
import { recordRead } from '../audit/record-read.server.ts'
import type { ExportFile } from '../audit/export-history.server.ts'
import type { Deps } from '../deps.ts'
import { demandImporter } from './examine.server.ts'
import { loadPage, loadPages, PAGE_ROWS } from './pieces.server.ts'

const LISTED = 50

export type ImportState = 'waiting' | 'applied' | 'discarded' | 'expired'
export type ImportView = Pick<
	ImportRow,
	'id' | 'what' | 'sha256' | 'rows' | 'added' | 'changed' | 'same' | 'errors' | 'ends'
> & { state: ImportState; uploadedAt: string; expiresAt: string; appliedAt: string | null }

/** The newest imports: who uploaded what, and what became of it. */
export async function showImports(
	deps: Deps,
	actor: Actor,
): Promise<(ImportView & { uploaderName: string })[]> {
	demandImporter(actor)
	const rows = await listImports(deps.database.db, LISTED)
	return rows.map(({ uploaderName, ...row }) => ({ ...viewOf(row, deps.now()), uploaderName }))
}

/** A dry run, and one page of its rows; that they were read is recorded, since they tell of people. */
export async function showImport(
	deps: Deps,
	actor: Actor,
	importId: string,
	{ onlyErrors, page }: { onlyErrors: boolean; page: number },
): Promise<ImportView & { page: number; pages: number; shown: PlanRow[] }> {
	demandImporter(actor)
	const row = await findImport(deps.database.db, importId)
	const view = viewOf(row, deps.now())
	const pages = Math.ceil((onlyErrors ? row.errors : row.rows) / PAGE_ROWS)
	const at = Math.min(Math.max(page, 0), Math.max(pages - 1, 0))
	const shown =
		view.state === 'waiting'
			? await loadPage(deps.database.db, deps, importId, onlyErrors ? 'errors' : 'rows', at)
			: []
	if (shown.length > 0)
		await recordRead(deps, actor, { view: 'import', rows: shown.length, filter: { importId }, subject: null })
	return { ...view, page: at, pages, shown }
}

/** All rows of a dry run as CSV, each cell safe to open in a spreadsheet. */
export async function exportImport(
	deps: Deps,
	actor: Actor,
	importId: string,
	onlyErrors: boolean,
): Promise<ExportFile> {
	demandImporter(actor)
	const row = await findImport(deps.database.db, importId)
	const part = onlyErrors ? 'errors' : 'rows'
	await recordRead(deps, actor, {
		view: 'import',
		rows: onlyErrors ? row.errors : row.rows,
		filter: { importId },
		subject: null,
	})
	const pieces = async function* () {
		const head = ['line', 'person', 'outcome', 'changes', 'problems', 'ends']
		yield Buffer.from(csvRecord(head))
		for await (const rows of loadPages(deps.database.db, deps, importId, part))
			yield Buffer.from(rows.map((one) => csvRecord(cellsOf(one))).join(''))
	}
	return {
		fileName: `charterkeep-import-${row.sha256.slice(0, 12)}.csv`,
		contentType: 'text/csv; charset=utf-8',
		pieces: pieces(),
	}
}

const cellsOf = ({ line, person, outcome, changes, problems, ends }: PlanRow) => [
	String(line),
	person,
	outcome,
	changes.map(({ field, from, to }) => `${field}: ${from} -> ${to}`).join('; '),
	problems
		.map(({ field, problem, about }) => `${field}: ${problem}${about === undefined ? '' : ` (${about})`}`)
		.join('; '),
	String(ends),
]

/** A file to fill in: the names of its columns and one row as an example. */
export function importTemplate(_: Deps, what: ImportKind): string {
	const columns = columnsOf(what)
	return csvRecord(columns.map(({ name }) => name)) + csvRecord(columns.map(({ example }) => example))
}

function viewOf(row: ImportRow, now: Date): ImportView {
	const { id, what, sha256, rows, added, changed, same, errors, ends } = row
	return {
		...{ id, what, sha256, rows, added, changed, same, errors, ends },
		state: row.appliedAt
			? 'applied'
			: row.discardedAt
				? 'discarded'
				: row.expiresAt <= now
					? 'expired'
					: 'waiting',
		uploadedAt: row.uploadedAt.toISOString(),
		expiresAt: row.expiresAt.toISOString(),
		appliedAt: row.appliedAt?.toISOString() ?? null,
	}
}
