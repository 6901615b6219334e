import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import type { Reader, Tx } from '../client.ts'
import { lapseAlarms } from '../schema/index.ts'

export type AlarmRow = typeof lapseAlarms.$inferSelect

/** Whether an alarm about this is open and has not been seen yet. */
export async function hasOpenAlarm(
	reader: Reader,
	{ what, targetId, code }: Pick<AlarmRow, 'what' | 'targetId' | 'code'>,
): Promise<boolean> {
	const rows = await reader
		.select({ id: lapseAlarms.id })
		.from(lapseAlarms)
		.where(
			and(
				eq(lapseAlarms.what, what),
				eq(lapseAlarms.targetId, targetId),
				eq(lapseAlarms.code, code),
				isNull(lapseAlarms.acknowledgedAt),
			),
		)
	return rows.length > 0
}

export async function insertAlarm(tx: Tx, row: typeof lapseAlarms.$inferInsert): Promise<void> {
	await tx.insert(lapseAlarms).values(row)
}

/** Alarms that no officer has acknowledged, the oldest first. */
export async function openAlarms(reader: Reader, limit: number): Promise<AlarmRow[]> {
	return reader
		.select()
		.from(lapseAlarms)
		.where(isNull(lapseAlarms.acknowledgedAt))
		.orderBy(asc(lapseAlarms.at))
		.limit(limit)
}

/** Acknowledges an alarm and gives it; null when it is not there or was acknowledged already. */
export async function acknowledgeAlarm(
	tx: Tx,
	{ id, officerId, at }: { id: string; officerId: string; at: Date },
): Promise<AlarmRow | null> {
	const [row] = await tx
		.update(lapseAlarms)
		.set({ acknowledgedAt: at, acknowledgedBy: officerId })
		.where(and(eq(lapseAlarms.id, id), isNull(lapseAlarms.acknowledgedAt)))
		.returning()
	return row ?? null
}

/** Whether everything open has been judged under the charter that came into force with this entry. */
export async function isRejudged(reader: Reader, since: Date): Promise<boolean> {
	const { rows } = await reader.execute<{ done: boolean }>(sql`
		select exists (select 1 from ledger_entries where kind = 'charter.rejudged' and time >= ${since.toISOString()})
			or exists (select 1 from ledger_pending where kind = 'charter.rejudged' and time >= ${since.toISOString()}) as done`)
	return rows[0]?.done === true
}
