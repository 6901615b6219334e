import { hasReadSince, holdReading } from '#db/queries/reads.ts'
import type { LeafOf } from '#workflows/ledger/entry.schema.ts'
import { canonicalJson, type Json } from '#workflows/shared/canonical-json.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'

export type Reading = {
	view: LeafOf<'record.read'>['open']['view']
	/** How many rows the reader was shown. */
	rows: number
	/** What was asked for; sealed. */
	filter: { [key: string]: Json }
	/** Whom it is about, where it is about one person; they can then see that they were read about. */
	subject?: string | null
}

/** A page that is loaded again within this time is read once. */
export const SAME_READING_MS = 10 * 60_000

/**
 * Records that somebody reads what the record holds, before they are shown it. The same view with the same query is one
 * entry in ten minutes for one person, however often the page is loaded and by however many processes at once: the
 * entries themselves decide, under a lock for exactly this reading. Gives whether an entry was written.
 */
export async function recordRead(
	deps: Pick<Deps, 'database' | 'now' | 'newId' | 'randomBytes' | 'wake'>,
	actor: { personId: string },
	reading: Reading,
): Promise<boolean> {
	const at = deps.now()
	const { view, filter } = reading
	const seen = {
		actor: actor.personId,
		view,
		filter,
		since: new Date(at.getTime() - SAME_READING_MS),
	}
	// Most loads are repeats: these are found without a transaction.
	if (await hasReadSince(deps.database.db, seen)) return false
	const isNew = await deps.database.withTx(async (tx) => {
		await holdReading(tx, canonicalJson({ actor: actor.personId, view, filter }))
		if (await hasReadSince(tx, seen)) return false
		await writeReading(tx, deps, actor.personId, reading, at)
		return true
	})
	if (isNew) deps.wake()
	return isNew
}

/** Writes the entry of a reading; `actor` null is somebody who holds a link and needs no account. */
export async function writeReading(
	tx: Parameters<typeof recordEntry>[0],
	deps: Pick<Deps, 'newId' | 'randomBytes'>,
	actor: string | null,
	{ view, rows, filter, subject = null }: Reading,
	at: Date,
): Promise<void> {
	await recordEntry(tx, deps, {
		kind: 'record.read',
		subject,
		actor,
		open: { view, rows },
		sealed: { query: { filter: filter as never } },
		at,
	})
}
