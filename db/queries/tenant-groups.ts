import { desc, eq, isNotNull, max, sql } from 'drizzle-orm'
import type { Reader, Tx } from '../client.ts'
import { reconcileRuns, tenantGroupSync } from '../schema/index.ts'

export type GroupSyncRow = typeof tenantGroupSync.$inferSelect

/** Where the reading of each fifty groups stands, by their number. */
export async function readGroupSyncs(reader: Reader): Promise<Map<number, GroupSyncRow>> {
	const rows = await reader.select().from(tenantGroupSync)
	return new Map(rows.map((row) => [row.part, row]))
}

/** One of them, locked, and made where there is none; `tenant` and `groupIds` are what a new one is of. */
export async function lockGroupSync(
	tx: Tx,
	{ part, tenant, groupIds }: { part: number; tenant: string; groupIds: readonly string[] },
): Promise<GroupSyncRow> {
	await tx
		.insert(tenantGroupSync)
		.values({ part, tenant, groupIds: [...groupIds] })
		.onConflictDoNothing()
	const [row] = await tx.select().from(tenantGroupSync).where(eq(tenantGroupSync.part, part)).for('update')
	if (!row) throw new Error('The row that was just made is not there.')
	return row
}

export async function saveGroupSync(
	tx: Tx,
	part: number,
	change: Partial<typeof tenantGroupSync.$inferInsert>,
): Promise<void> {
	await tx.update(tenantGroupSync).set(change).where(eq(tenantGroupSync.part, part))
}

/** When somebody last asked for a look at the tenant, and when looks began: the last, and the last that could be done. */
export type LookTimes = { askedAt: Date | null; lastAt: Date | null; lastWellAt: Date | null }

export async function readLookTimes(reader: Reader): Promise<LookTimes> {
	const [asked] = await reader
		.select({ at: max(tenantGroupSync.lookAskedAt) })
		.from(tenantGroupSync)
		.where(isNotNull(tenantGroupSync.lookAskedAt))
	const last = (isWell: boolean) =>
		reader
			.select({ at: reconcileRuns.startedAt })
			.from(reconcileRuns)
			.where(isWell ? sql`${reconcileRuns.trouble} is null` : undefined)
			.orderBy(desc(reconcileRuns.startedAt))
			.limit(1)
	const [[any], [well]] = [await last(false), await last(true)]
	return { askedAt: asked?.at ?? null, lastAt: any?.at ?? null, lastWellAt: well?.at ?? null }
}
