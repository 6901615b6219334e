import { eq } from 'drizzle-orm'
import type { Reader, Tx } from '../client.ts'
import { tenantGroupSync } from '../schema/index.ts'

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
