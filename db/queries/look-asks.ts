import { desc, sql } from 'drizzle-orm'
import type { Reader } from '../client.ts'
import { lookAsks, reconcileRuns } from '../schema/index.ts'

/** Asks for a look at the tenant as soon as may be; `everything`: one that reads its rules as well. Whoever asks, it is one row. */
export async function askForLook(tx: Reader, at: Date, { everything = false } = {}): Promise<void> {
	await tx
		.insert(lookAsks)
		.values({ askedAt: at, everythingAskedAt: everything ? at : null })
		.onConflictDoUpdate({
			target: lookAsks.id,
			// Of nulls and instants the greatest is the latest instant.
			set: {
				askedAt: sql`greatest(${lookAsks.askedAt}, excluded.asked_at)`,
				everythingAskedAt: sql`greatest(${lookAsks.everythingAskedAt}, excluded.everything_asked_at)`,
			},
		})
}

/** When somebody last asked for a look that reads the rules of the tenant as well; null before the first. */
export async function everythingAskedAt(reader: Reader): Promise<Date | null> {
	const [asked] = await reader.select({ at: lookAsks.everythingAskedAt }).from(lookAsks)
	return asked?.at ?? null
}

/** When somebody last asked for a look at the tenant, and when looks began: the last, and the last that could be done. */
export type LookTimes = { askedAt: Date | null; lastAt: Date | null; lastWellAt: Date | null }

export async function readLookTimes(reader: Reader): Promise<LookTimes> {
	const [asked] = await reader.select({ at: lookAsks.askedAt }).from(lookAsks)
	const last = (isWell: boolean) =>
		reader
			.select({ at: reconcileRuns.startedAt })
			.from(reconcileRuns)
			.where(isWell ? sql`${reconcileRuns.trouble} is null` : undefined)
			// One look ends before the next begins, so the last to end is the last that began, and there is an index of ends.
			.orderBy(desc(reconcileRuns.finishedAt))
			.limit(1)
	const [[any], [well]] = [await last(false), await last(true)]
	return { askedAt: asked?.at ?? null, lastAt: any?.at ?? null, lastWellAt: well?.at ?? null }
}
