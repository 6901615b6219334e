import { desc, eq, inArray } from 'drizzle-orm'
import { NOTHING_SEEN } from '#workflows/tenant/watched-account.ts'
import type { Reader, Tx } from '../client.ts'
import { watchedAccounts, watchedSignIns } from '../schema/index.ts'

export type WatchedRow = typeof watchedAccounts.$inferSelect
export type SignInRow = typeof watchedSignIns.$inferSelect

/** Every account that was ever watched, by its object id. */
export async function watchedRows(reader: Reader): Promise<Map<string, WatchedRow>> {
	const rows = await reader.select().from(watchedAccounts)
	return new Map(rows.map((row) => [row.objectId, row]))
}

/** The account as it was last seen, made where it is new; locked until the transaction ends. */
export async function lockWatched(tx: Tx, objectId: string): Promise<WatchedRow> {
	await tx
		.insert(watchedAccounts)
		.values({ objectId, state: NOTHING_SEEN, trouble: [] })
		.onConflictDoNothing()
	const [row] = await tx
		.select()
		.from(watchedAccounts)
		.where(eq(watchedAccounts.objectId, objectId))
		.for('update')
	if (!row) throw new Error('A watched account is gone while it was looked at.')
	return row
}

export async function saveWatched(tx: Tx, { objectId, ...row }: WatchedRow): Promise<void> {
	await tx.update(watchedAccounts).set(row).where(eq(watchedAccounts.objectId, objectId))
}

/** Which of these sign-ins were told before. */
export async function knownSignIns(reader: Reader, ids: readonly string[]): Promise<Set<string>> {
	if (ids.length === 0) return new Set()
	const rows = await reader
		.select({ id: watchedSignIns.id })
		.from(watchedSignIns)
		.where(inArray(watchedSignIns.id, [...ids]))
	return new Set(rows.map(({ id }) => id))
}

export async function insertSignIn(tx: Tx, row: SignInRow): Promise<void> {
	await tx.insert(watchedSignIns).values(row)
}

/** The newest sign-in of each account. */
export async function lastSignIns(reader: Reader): Promise<Map<string, SignInRow>> {
	const rows = await reader
		.selectDistinctOn([watchedSignIns.objectId])
		.from(watchedSignIns)
		.orderBy(watchedSignIns.objectId, desc(watchedSignIns.at))
	return new Map(rows.map((row) => [row.objectId, row]))
}
