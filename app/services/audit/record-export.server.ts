import type { HistoryFilter } from '#db/queries/history-filter.ts'
import type { LeafOf } from '#workflows/ledger/entry.schema.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordAlone } from '../record-entry.server.ts'
import { filterText } from './history.server.ts'

type Exported = LeafOf<'record.exported'>['open']

/** Notes in the record who took what away: `fileSha256` and `rows` are of what was handed out. */
export async function recordExport(
	deps: Deps,
	actor: Actor,
	{ filter, ...open }: Exported & { filter: HistoryFilter },
): Promise<void> {
	await recordAlone(deps, {
		kind: 'record.exported',
		subject: null,
		actor: actor.personId,
		open,
		sealed: { query: { filter: filterText(filter) } },
		at: deps.now(),
	})
	deps.wake()
}

/**
 * Notes in the record that somebody is about to take this history away, with so many rows, and gives the entry's id.
 * Written before anything is handed out, so that no end of a process can leave what was read unrecorded.
 */
export async function recordBegun(
	deps: Deps,
	actor: Actor,
	{ filter, rows, format }: { filter: HistoryFilter; rows: number; format: Exported['format'] },
): Promise<string> {
	const id = await recordAlone(deps, {
		kind: 'record.read',
		subject: null,
		actor: actor.personId,
		open: { view: 'export', rows },
		sealed: { query: { filter: { ...filterText(filter), format } } },
		at: deps.now(),
	})
	deps.wake()
	return id
}
