import { eq, isNull, sql } from 'drizzle-orm'
import type { Reader, Tx } from '../client.ts'
import { grants, tenantTroubles } from '../schema/index.ts'

export type TroubleRow = typeof tenantTroubles.$inferSelect

const CONNECTION = 'connection'
const keyOf = (grantId: string | null) => grantId ?? CONNECTION

/** What keeps this access from being given or taken away, or all of them (null); null where nothing does. */
export async function troubleOf(reader: Reader, grantId: string | null): Promise<TroubleRow | null> {
	const [row] = await reader
		.select()
		.from(tenantTroubles)
		.where(eq(tenantTroubles.key, keyOf(grantId)))
	return row ?? null
}

/** The same, locked. */
export async function lockTrouble(tx: Tx, grantId: string | null): Promise<TroubleRow | null> {
	const [row] = await tx
		.select()
		.from(tenantTroubles)
		.where(eq(tenantTroubles.key, keyOf(grantId)))
		.for('update')
	return row ?? null
}

/** Notes that it stands, from now on where it is another one than before; gives the row, locked. */
export async function noteTrouble(
	tx: Tx,
	{ grantId, code, at }: { grantId: string | null; code: string; at: Date },
): Promise<TroubleRow> {
	const isSame = sql`${tenantTroubles.code} = excluded.code`
	const [row] = await tx
		.insert(tenantTroubles)
		.values({ key: keyOf(grantId), grantId, code, since: at, seenAt: at })
		.onConflictDoUpdate({
			target: tenantTroubles.key,
			set: {
				code: sql`excluded.code`,
				seenAt: at,
				since: sql`case when ${isSame} then ${tenantTroubles.since} else excluded.since end`,
				toldAt: sql`case when ${isSame} then ${tenantTroubles.toldAt} end`,
			},
		})
		.returning()
	if (!row) throw new Error('The row that was just written is not there.')
	return row
}

export async function markTold(tx: Tx, key: string, at: Date): Promise<void> {
	await tx.update(tenantTroubles).set({ toldAt: at }).where(eq(tenantTroubles.key, key))
}

/** It is over, if it stood. */
export async function endTrouble(tx: Tx, grantId: string | null): Promise<void> {
	await tx.delete(tenantTroubles).where(eq(tenantTroubles.key, keyOf(grantId)))
}

/** What people were told of and still stands: of the connection first, then of accesses, the oldest first. */
export async function standingTroubles(reader: Reader) {
	return reader
		.select({
			grantId: tenantTroubles.grantId,
			code: tenantTroubles.code,
			since: tenantTroubles.since,
			requestId: grants.requestId,
		})
		.from(tenantTroubles)
		.leftJoin(grants, eq(grants.id, tenantTroubles.grantId))
		.where(sql`${tenantTroubles.toldAt} is not null`)
		.orderBy(sql`${isNull(tenantTroubles.grantId)} desc`, tenantTroubles.since)
		.limit(50)
}

/** Keeps which tenant an access is asked of. */
export async function setTenantOfGrant(tx: Tx, grantId: string, tenantId: string): Promise<void> {
	await tx.update(grants).set({ tenantId }).where(eq(grants.id, grantId))
}
