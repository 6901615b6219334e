import { listEntries } from '#db/queries/ledger.ts'
import { namesOf } from '#db/queries/people.ts'
import type { HistoryFilter } from '#db/queries/requests.ts'
import { parseLeaf } from '#workflows/ledger/leaf.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { ExportView } from '../views.ts'
import { showHistory, type HistoryRow } from './history.server.ts'
import { recordReading } from './record-export.server.ts'

const LISTED = 8
const utf8 = new TextDecoder()

/** A history to look at; that it was looked at is an entry of the record, written before it is shown. */
export async function readHistory(
	deps: Deps,
	actor: Actor,
	filter: HistoryFilter,
	limit: number,
): Promise<{ rows: HistoryRow[]; isWhole: boolean }> {
	const told = await showHistory(deps, actor, filter, limit)
	await recordReading(deps, actor, { filter, view: 'history', rows: told.rows.length })
	return told
}

/** What was taken away of late, newest first: whoever receives a file can hold it against the digest that stands here. */
export async function showExports({ database: { db } }: Deps, actor: Actor): Promise<ExportView[]> {
	demand(actor, 'record:export')
	const rows = await listEntries(db, { kind: 'record.exported' }, LISTED)
	const leaves = rows.flatMap(({ leaf, index }) => {
		const parsed = parseLeaf(utf8.decode(leaf))
		return parsed?.kind === 'record.exported' ? [{ index, leaf: parsed }] : []
	})
	const names = await namesOf(
		db,
		leaves.flatMap(({ leaf }) => leaf.actor ?? []),
	)
	return leaves.map(({ index, leaf: { time, actor: by, open } }) => ({
		index,
		at: time,
		by: by === null ? null : (names.get(by) ?? null),
		format: open.format,
		rows: open.rows,
		sha256: open.fileSha256,
		isWhole: open.outcome !== 'cut_off',
	}))
}
