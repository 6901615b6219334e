import { and, asc, eq, gte, inArray } from 'drizzle-orm'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import type { Reader } from '../client.ts'
import { ledgerEntries, ledgerPending } from '../schema/index.ts'

/** An entry that may still wait for its index. */
export type WrittenEntry = { id: string; index: number | null; kind: string; time: Date; leaf: Uint8Array }

/** Entries of these kinds about this person, of any time or from one on; those that still wait for their index last. */
export async function entriesAbout(
	reader: Reader,
	subject: string,
	kinds: readonly EntryKind[],
	since = new Date(0),
): Promise<WrittenEntry[]> {
	// Waiting ones first: an entry that gets its index in between is then seen twice rather than not at all.
	const waiting = await reader
		.select()
		.from(ledgerPending)
		.where(
			and(
				eq(ledgerPending.subject, subject),
				inArray(ledgerPending.kind, [...kinds]),
				gte(ledgerPending.time, since),
			),
		)
		.orderBy(asc(ledgerPending.seq))
	const numbered = await reader
		.select()
		.from(ledgerEntries)
		.where(
			and(
				eq(ledgerEntries.subject, subject),
				inArray(ledgerEntries.kind, [...kinds]),
				gte(ledgerEntries.time, since),
			),
		)
		.orderBy(asc(ledgerEntries.index))
	const seen = new Set(numbered.map(({ id }) => id))
	return [...numbered, ...waiting.filter(({ id }) => !seen.has(id)).map((row) => ({ ...row, index: null }))]
}
