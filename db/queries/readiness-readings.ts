import { and, desc, eq, exists, isNull, lte, sql } from 'drizzle-orm'
import type { Reader, Tx } from '../client.ts'
import { people, readinessFilePieces, readinessReadings } from '../schema/index.ts'

export type ReadingRow = typeof readinessReadings.$inferSelect
export type FilePiece = typeof readinessFilePieces.$inferSelect

/** Notes that the tenant, or files of one, are to be read; gives false, and notes nothing, where that is under way already. */
export async function insertReading(
	tx: Tx,
	reading: Pick<ReadingRow, 'id' | 'source' | 'askedAt' | 'askedBy'>,
): Promise<boolean> {
	const rows = await tx
		.insert(readinessReadings)
		.values(reading)
		.onConflictDoNothing()
		.returning({ id: readinessReadings.id })
	return rows.length > 0
}

export async function findReading(reader: Reader, id: string): Promise<ReadingRow | null> {
	return (await reader.select().from(readinessReadings).where(eq(readinessReadings.id, id)))[0] ?? null
}

/** The reading of this sort that was asked for last, and who asked; null before the first. */
export async function lastReading(
	reader: Reader,
	source: ReadingRow['source'],
): Promise<(ReadingRow & { asker: string }) | null> {
	const [row] = await reader
		.select({ reading: readinessReadings, asker: people.displayName })
		.from(readinessReadings)
		.innerJoin(people, eq(people.id, readinessReadings.askedBy))
		.where(eq(readinessReadings.source, source))
		.orderBy(desc(readinessReadings.askedAt))
		.limit(1)
	return row === undefined ? null : { ...row.reading, asker: row.asker }
}

/** Changes a reading that is under way; gives whether it still was. */
export async function saveReading(
	tx: Tx,
	id: string,
	change: Partial<
		Pick<ReadingRow, 'startedAt' | 'done' | 'total' | 'finishedAt' | 'reportId' | 'trouble' | 'problems'>
	>,
): Promise<boolean> {
	const rows = await tx
		.update(readinessReadings)
		.set(change)
		.where(and(eq(readinessReadings.id, id), isNull(readinessReadings.finishedAt)))
		.returning({ id: readinessReadings.id })
	return rows.length > 0
}

export async function insertFilePieces(tx: Tx, piece: FilePiece): Promise<void> {
	await tx.insert(readinessFilePieces).values(piece)
}

/** The pieces of a reading's files in their order, one at a time. */
export async function* filePieces(reader: Reader, readingId: string): AsyncGenerator<FilePiece> {
	for (let position = 0; ; position++) {
		const [piece] = await reader
			.select()
			.from(readinessFilePieces)
			.where(and(eq(readinessFilePieces.readingId, readingId), eq(readinessFilePieces.position, position)))
		if (piece === undefined) return
		yield piece
	}
}

export async function deleteFilePieces(tx: Tx, readingId: string): Promise<void> {
	await tx.delete(readinessFilePieces).where(eq(readinessFilePieces.readingId, readingId))
}

/** Ends every reading of files that was asked for by then and is still open, with why, and destroys the files. */
export async function endFileReadings(
	tx: Tx,
	{ askedBy, at, trouble }: { askedBy: Date; at: Date; trouble: string },
): Promise<void> {
	const waiting = and(
		eq(readinessReadings.source, 'files'),
		isNull(readinessReadings.finishedAt),
		lte(readinessReadings.askedAt, askedBy),
	)
	await tx.delete(readinessFilePieces).where(
		exists(
			tx
				.select({ one: sql`1` })
				.from(readinessReadings)
				.where(and(waiting, eq(readinessReadings.id, readinessFilePieces.readingId))),
		),
	)
	await tx.update(readinessReadings).set({ finishedAt: at, trouble }).where(waiting)
}
