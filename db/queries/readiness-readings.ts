import { and, desc, eq, isNull } from 'drizzle-orm'
import type { Reader, Tx } from '../client.ts'
import { people, readinessReadings } from '../schema/index.ts'

export type ReadingRow = typeof readinessReadings.$inferSelect

/** Notes that the tenant is to be read; gives false, and notes nothing, where that is under way already. */
export async function insertReading(
	tx: Tx,
	reading: Pick<ReadingRow, 'id' | 'askedAt' | 'askedBy'>,
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

/** The reading that was asked for last, and who asked; null before the first. */
export async function lastReading(reader: Reader): Promise<(ReadingRow & { asker: string }) | null> {
	const [row] = await reader
		.select({ reading: readinessReadings, asker: people.displayName })
		.from(readinessReadings)
		.innerJoin(people, eq(people.id, readinessReadings.askedBy))
		.orderBy(desc(readinessReadings.askedAt))
		.limit(1)
	return row === undefined ? null : { ...row.reading, asker: row.asker }
}

/** Changes a reading that is under way; gives whether it still was. */
export async function saveReading(
	tx: Tx,
	id: string,
	change: Partial<Pick<ReadingRow, 'startedAt' | 'done' | 'total' | 'finishedAt' | 'reportId' | 'trouble'>>,
): Promise<boolean> {
	const rows = await tx
		.update(readinessReadings)
		.set(change)
		.where(and(eq(readinessReadings.id, id), isNull(readinessReadings.finishedAt)))
		.returning({ id: readinessReadings.id })
	return rows.length > 0
}
