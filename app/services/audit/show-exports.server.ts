import { listEntries } from '#db/queries/ledger.ts'
import { namesOf } from '#db/queries/people.ts'
import { parseLeaf } from '#workflows/ledger/leaf.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { ExportView } from '../views.ts'

const LISTED = 8
const utf8 = new TextDecoder()

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
