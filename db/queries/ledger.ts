import { and, asc, desc, eq, gte, inArray, lt, max, sql, type SQL } from 'drizzle-orm'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import type { Opening } from '#workflows/ledger/sealed-parts.schema.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Reader, Tx } from '../client.ts'
import {
	ledgerCheckpoints,
	ledgerEntries,
	ledgerNodes,
	ledgerOpenings,
	ledgerPending,
	ledgerState,
} from '../schema/index.ts'

export type EntryRow = typeof ledgerEntries.$inferSelect
export type PendingRow = typeof ledgerPending.$inferSelect
export type LogState = { size: number; edge: string[] }

/** Writes an entry beside the step that it tells of; the sequencer gives it its index. */
export async function appendPending(
	tx: Tx,
	entry: { id: string; kind: EntryKind; subject: string | null; time: Date; leaf: Uint8Array },
	openings: Readonly<Record<string, Opening>>,
): Promise<void> {
	await tx.insert(ledgerPending).values(entry)
	const rows = Object.entries(openings).map(([group, { salt, record }]) => ({
		entryId: entry.id,
		group,
		salt,
		record,
	}))
	if (rows.length > 0) await tx.insert(ledgerOpenings).values(rows)
}

/** Locks the log for sequencing and gives its right edge: whoever holds this lock is the only sequencer. */
export async function lockLogState(tx: Tx): Promise<LogState> {
	await tx.insert(ledgerState).values({ id: 1, size: 0, edge: [] }).onConflictDoNothing()
	const [row] = await tx.select().from(ledgerState).where(eq(ledgerState.id, 1)).for('update')
	if (!row) throw new Error('The state row of the log is missing.')
	return { size: row.size, edge: row.edge }
}

/** The oldest entries that wait for an index. */
export async function takePending(tx: Tx, limit: number): Promise<PendingRow[]> {
	return tx.select().from(ledgerPending).orderBy(asc(ledgerPending.seq)).limit(limit)
}

/** Puts a batch into the log; the caller has computed the indexes under the lock. */
export async function insertEntries(
	tx: Tx,
	rows: readonly (typeof ledgerEntries.$inferInsert)[],
): Promise<void> {
	await tx.insert(ledgerEntries).values([...rows])
	await tx.delete(ledgerPending).where(
		inArray(
			ledgerPending.id,
			rows.map(({ id }) => id),
		),
	)
}

export async function saveLogState(tx: Tx, { size, edge }: LogState): Promise<void> {
	await tx.update(ledgerState).set({ size, edge }).where(eq(ledgerState.id, 1))
}

export async function insertCheckpoint(tx: Tx, row: typeof ledgerCheckpoints.$inferInsert): Promise<void> {
	await tx.insert(ledgerCheckpoints).values(row)
}

/** The newest signed checkpoint; null before the first. */
export async function latestCheckpoint(reader: Reader) {
	const [row] = await reader.select().from(ledgerCheckpoints).orderBy(desc(ledgerCheckpoints.size)).limit(1)
	return row ?? null
}

/** The signed checkpoint of this size; null where none was signed. */
export async function checkpointAt(reader: Reader, size: number) {
	const [row] = await reader.select().from(ledgerCheckpoints).where(eq(ledgerCheckpoints.size, size))
	return row ?? null
}

export async function countPending(reader: Reader): Promise<number> {
	const [row] = await reader.select({ n: sql<string>`count(*)` }).from(ledgerPending)
	return Number(row?.n ?? 0)
}

/** Index of each of these entries; those still waiting are left out. */
export async function indexesOf(reader: Reader, ids: readonly string[]): Promise<Map<string, number>> {
	if (ids.length === 0) return new Map()
	const rows = await reader
		.select({ id: ledgerEntries.id, index: ledgerEntries.index })
		.from(ledgerEntries)
		.where(inArray(ledgerEntries.id, [...new Set(ids)]))
	return new Map(rows.map(({ id, index }) => [id, index]))
}

/** Entries from `from` on in order of index, below `size`. */
export async function entriesFrom(
	reader: Reader,
	from: number,
	size: number,
	limit: number,
): Promise<EntryRow[]> {
	return reader
		.select()
		.from(ledgerEntries)
		.where(and(gte(ledgerEntries.index, from), lt(ledgerEntries.index, size)))
		.orderBy(asc(ledgerEntries.index))
		.limit(limit)
}

export type EntryFilter = { kind?: EntryKind; before?: number }

/** Entries newest first. */
export async function listEntries(reader: Reader, filter: EntryFilter, limit: number): Promise<EntryRow[]> {
	const conditions: (SQL | undefined)[] = [
		filter.kind === undefined ? undefined : eq(ledgerEntries.kind, filter.kind),
		filter.before === undefined ? undefined : lt(ledgerEntries.index, filter.before),
	]
	return reader
		.select()
		.from(ledgerEntries)
		.where(and(...conditions))
		.orderBy(desc(ledgerEntries.index))
		.limit(limit)
}

export async function findEntry(reader: Reader, index: number): Promise<EntryRow> {
	const [row] = await reader.select().from(ledgerEntries).where(eq(ledgerEntries.index, index))
	if (!row) throw new DomainError('NOT_FOUND', 'The record has no entry with this index.', { index })
	return row
}

/** Hashes of one level of the tree in order, `count` at most: leaf hashes at level 0, roots of full subtrees above. */
export async function hashesFrom(
	reader: Reader,
	level: number,
	from: number,
	count: number,
): Promise<Uint8Array[]> {
	const rows =
		level === 0
			? await reader
					.select({ hash: ledgerEntries.leafHash })
					.from(ledgerEntries)
					.where(and(gte(ledgerEntries.index, from), lt(ledgerEntries.index, from + count)))
					.orderBy(asc(ledgerEntries.index))
			: await reader
					.select({ hash: ledgerNodes.hash })
					.from(ledgerNodes)
					.where(
						and(
							eq(ledgerNodes.level, level),
							gte(ledgerNodes.index, from),
							lt(ledgerNodes.index, from + count),
						),
					)
					.orderBy(asc(ledgerNodes.index))
	return rows.map(({ hash }) => hash)
}

/** How many subtree roots of a level are stored. They are stored in order, so this is the index of the next. */
export async function countNodes(reader: Reader, level: number): Promise<number> {
	const [row] = await reader
		.select({ last: max(ledgerNodes.index) })
		.from(ledgerNodes)
		.where(eq(ledgerNodes.level, level))
	return row?.last === null || row === undefined ? 0 : row.last + 1
}

export async function insertNodes(tx: Tx, rows: readonly (typeof ledgerNodes.$inferInsert)[]): Promise<void> {
	if (rows.length > 0) await tx.insert(ledgerNodes).values([...rows])
}

/** Signed checkpoints of these sizes or later, the smallest first. */
export async function checkpointsFrom(reader: Reader, size: number, limit: number) {
	return reader
		.select()
		.from(ledgerCheckpoints)
		.where(gte(ledgerCheckpoints.size, size))
		.orderBy(asc(ledgerCheckpoints.size))
		.limit(limit)
}

/** The openings of these entries, by entry id and group. */
export async function openingsOf(
	reader: Reader,
	ids: readonly string[],
): Promise<Map<string, Record<string, Opening>>> {
	const found = new Map<string, Record<string, Opening>>()
	if (ids.length === 0) return found
	const rows = await reader
		.select()
		.from(ledgerOpenings)
		.where(inArray(ledgerOpenings.entryId, [...new Set(ids)]))
	for (const { entryId, group, salt, record } of rows) {
		const openings = found.get(entryId) ?? {}
		openings[group] = { salt, record }
		found.set(entryId, openings)
	}
	return found
}
