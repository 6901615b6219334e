import { entriesAbout } from '#db/queries/entries.ts'
import { namesOf } from '#db/queries/people.ts'
import { parseLeaf } from '#workflows/ledger/leaf.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'

export type ReaderView = { at: string; reader: string | null; view: string; entryIndex: number | null }

const SHOWN = 20
const YEAR_MS = 366 * 86_400_000
const utf8 = new TextDecoder()

/**
 * Who has opened, in the last year, what the record holds of this person alone: entries about them, and their access
 * history. Newest first. Readings of many people at once name nobody and are not among them.
 */
export async function readersOfOwn({ database, now }: Deps, actor: Actor): Promise<ReaderView[]> {
	const since = new Date(now().getTime() - YEAR_MS)
	const entries = await entriesAbout(database.db, actor.personId, ['record.read'], since)
	const readings = entries.flatMap(({ index, leaf }) => {
		const read = parseLeaf(utf8.decode(leaf))
		return read?.kind === 'record.read' && read.actor !== actor.personId ? [{ index, read }] : []
	})
	const shown = readings.reverse().slice(0, SHOWN)
	const names = await namesOf(
		database.db,
		shown.flatMap(({ read }) => (read.actor === null ? [] : [read.actor])),
	)
	return shown.map(({ index, read }) => ({
		at: read.time,
		reader: read.actor === null ? null : (names.get(read.actor) ?? null),
		view: read.open.view,
		entryIndex: index,
	}))
}
