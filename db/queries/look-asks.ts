import { sql } from 'drizzle-orm'
import type { Reader } from '../client.ts'
import { lookAsks, reconcileRuns } from '../schema/index.ts'

/** Asks for a look at the tenant as soon as may be. Many who ask within a second are one. */
export async function askForLook(tx: Reader, at: Date): Promise<void> {
	await tx
		.insert(lookAsks)
		.values({ askedAt: at })
		.onConflictDoUpdate({
			target: lookAsks.id,
			set: { askedAt: at },
			setWhere: sql`${lookAsks.askedAt} < ${new Date(at.getTime() - 1000).toISOString()}`,
		})
}

/** Whether somebody asked for a look since the last one began, and that one began before `before`. */
export async function isLookAsked(reader: Reader, before: Date): Promise<boolean> {
	const last = sql`coalesce((select max(${reconcileRuns.startedAt}) from ${reconcileRuns}), '-infinity')`
	const rows = await reader
		.select({ id: lookAsks.id })
		.from(lookAsks)
		.where(sql`${lookAsks.askedAt} >= ${last} and ${last} < ${before.toISOString()}`)
	return rows.length > 0
}
