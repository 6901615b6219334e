import { and, asc, desc, eq, gt, gte, inArray, lt, max, sql, type SQL } from 'drizzle-orm'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import type { Opening } from '#workflows/ledger/sealed-parts.schema.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Reader } from '../client.ts'
import {
	ledgerCheckpoints,
	ledgerEntries,
	ledgerHealth,
	ledgerOpenings,
	ledgerPending,
	ledgerState,
} from '../schema/index.ts'

export type EntryRow = typeof ledgerEntries.$inferSelect
export type LogState = { size: number; edge: string[] }

/** Entries below this index are published: a signed checkpoint covers them. Nobody is shown any other. */
const publishedSize = sql`(select coalesce(max(${ledgerCheckpoints.size}), 0) from ${ledgerCheckpoints})`

/** The tree as far as it has been integrated, whether signed or not. */
export async function readLogState(reader: Reader): Promise<LogState> {
	const [row] = await reader.select().from(ledgerState).where(eq(ledgerState.id, 1))
	return row ? { size: row.size, edge: row.edge } : { size: 0, edge: [] }
}

/** The first checkpoint that covers the entry with this index: the smallest of a size above it. Null while none does. */
export async function checkpointCovering(reader: Reader, index: number) {
	const [row] = await reader
		.select()
		.from(ledgerCheckpoints)
		.where(gt(ledgerCheckpoints.size, index))
		.orderBy(asc(ledgerCheckpoints.size))
		.limit(1)
	return row ?? null
}

/** The newest time of the entries from index `from` on, below `size`; null when there are none. */
export async function newestTime(reader: Reader, from: number, size: number): Promise<Date | null> {
	const [row] = await reader
		.select({ time: max(ledgerEntries.time) })
		.from(ledgerEntries)
		.where(and(gte(ledgerEntries.index, from), lt(ledgerEntries.index, size)))
	return row?.time ?? null
}

/** Leaves of one kind below `size`, in order of index: for kinds of which there are few. */
export async function leavesOfKind(reader: Reader, kind: EntryKind, size: number) {
	return reader
		.select({ index: ledgerEntries.index, leaf: ledgerEntries.leaf })
		.from(ledgerEntries)
		.where(and(eq(ledgerEntries.kind, kind), lt(ledgerEntries.index, size)))
		.orderBy(asc(ledgerEntries.index))
}

/** How many entries wait for their index, counted up to `most`: what this costs does not grow with the backlog. */
export async function countPendingUpTo(reader: Reader, most: number): Promise<number> {
	const waiting = reader.select({ seq: ledgerPending.seq }).from(ledgerPending).limit(most).as('waiting')
	const [row] = await reader.select({ n: sql<string>`count(*)` }).from(waiting)
	return Number(row?.n ?? 0)
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

/** Index of each of these entries; those that no checkpoint covers yet are left out. */
export async function indexesOf(reader: Reader, ids: readonly string[]): Promise<Map<string, number>> {
	if (ids.length === 0) return new Map()
	const rows = await reader
		.select({ id: ledgerEntries.id, index: ledgerEntries.index })
		.from(ledgerEntries)
		.where(and(inArray(ledgerEntries.id, [...new Set(ids)]), lt(ledgerEntries.index, publishedSize)))
	return new Map(rows.map(({ id, index }) => [id, index]))
}

/** Entries from `from` on in order of index, below `size`, which for readers is that of a signed checkpoint. */
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

/** Entries of these kinds in a period, about these people or (none named) anybody, in order of index after `after`. */
export async function entriesOfKinds(
	reader: Reader,
	{
		kinds,
		people,
		from,
		until,
		after,
	}: {
		kinds: readonly EntryKind[]
		people: readonly string[]
		from: Date | undefined
		until: Date | undefined
		after: number
	},
	limit: number,
): Promise<EntryRow[]> {
	const conditions: (SQL | undefined)[] = [
		inArray(ledgerEntries.kind, [...kinds]),
		gt(ledgerEntries.index, after),
		people.length === 0 ? undefined : inArray(ledgerEntries.subject, [...people]),
		from === undefined ? undefined : gte(ledgerEntries.time, from),
		until === undefined ? undefined : lt(ledgerEntries.time, until),
	]
	return reader
		.select()
		.from(ledgerEntries)
		.where(and(...conditions))
		.orderBy(asc(ledgerEntries.index))
		.limit(limit)
}

export type EntryFilter = { kind?: EntryKind; before?: number }

/** Entries newest first. */
export async function listEntries(reader: Reader, filter: EntryFilter, limit: number): Promise<EntryRow[]> {
	const conditions: (SQL | undefined)[] = [
		lt(ledgerEntries.index, publishedSize),
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
	const [row] = await reader
		.select()
		.from(ledgerEntries)
		.where(and(eq(ledgerEntries.index, index), lt(ledgerEntries.index, publishedSize)))
	if (!row) throw new DomainError('NOT_FOUND', 'The record has no entry with this index.', { index })
	return row
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

export type HealthRow = typeof ledgerHealth.$inferSelect

/** How the parts of the log were when they were last looked at. */
export async function readHealth(reader: Reader): Promise<Partial<Record<HealthRow['part'], HealthRow>>> {
	const rows = await reader.select().from(ledgerHealth)
	return Object.fromEntries(rows.map((row) => [row.part, row]))
}

/** How far the log goes by each of its tables, all seen at the same moment. */
export async function readExtent(
	reader: Reader,
): Promise<{ size: number; edge: string[]; entries: number; signed: number }> {
	const [row] = await reader
		.select({
			size: ledgerState.size,
			edge: ledgerState.edge,
			entries: sql<string>`(select coalesce(max(${ledgerEntries.index}) + 1, 0) from ${ledgerEntries})`,
			signed: sql<string>`${publishedSize}`,
		})
		.from(ledgerState)
	return row
		? { ...row, entries: Number(row.entries), signed: Number(row.signed) }
		: { size: 0, edge: [], entries: 0, signed: 0 }
}
