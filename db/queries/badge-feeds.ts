import { and, asc, eq, gt, isNull, lt, or } from 'drizzle-orm'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Reader, Tx } from '../client.ts'
import { badgeDeliveries, badgeFeedKeys, badgeFeeds } from '../schema/index.ts'

export type FeedRow = typeof badgeFeeds.$inferSelect
export type FeedKeyRow = typeof badgeFeedKeys.$inferSelect

/** One feed, or NOT_FOUND. `lock` makes other changes of it wait. */
export async function findFeed(reader: Reader, id: string, lock = false): Promise<FeedRow> {
	const query = reader.select().from(badgeFeeds).where(eq(badgeFeeds.id, id))
	const [row] = lock ? await query.for('update') : await query
	if (!row) throw new DomainError('NOT_FOUND', 'No such feed.', { id })
	return row
}

/** Feeds in order of name, those that ended as well. */
export async function listFeeds(reader: Reader): Promise<FeedRow[]> {
	return reader.select().from(badgeFeeds).orderBy(asc(badgeFeeds.name), asc(badgeFeeds.id))
}

/** Notes when a feed was heard. */
export async function noteHeard(tx: Tx, id: string, at: Date): Promise<void> {
	await tx.update(badgeFeeds).set({ lastHeardAt: at }).where(eq(badgeFeeds.id, id))
}

/** All keys that a feed ever had, those that ended as well, so that a refusal can say which it was. */
export async function feedKeys(reader: Reader, feedId: string): Promise<FeedKeyRow[]> {
	return reader
		.select()
		.from(badgeFeedKeys)
		.where(eq(badgeFeedKeys.feedId, feedId))
		.orderBy(asc(badgeFeedKeys.createdAt), asc(badgeFeedKeys.id))
}

export async function insertFeed(tx: Tx, row: typeof badgeFeeds.$inferInsert): Promise<void> {
	await tx.insert(badgeFeeds).values(row)
}

export async function insertFeedKey(tx: Tx, row: typeof badgeFeedKeys.$inferInsert): Promise<void> {
	await tx.insert(badgeFeedKeys).values(row)
}

/** Lets the keys of a feed sign no longer than until then. */
export async function endFeedKeys(tx: Tx, feedId: string, endsAt: Date): Promise<void> {
	await tx
		.update(badgeFeedKeys)
		.set({ endsAt })
		.where(
			and(
				eq(badgeFeedKeys.feedId, feedId),
				or(isNull(badgeFeedKeys.endsAt), gt(badgeFeedKeys.endsAt, endsAt)),
			),
		)
}

/** Notes that a feed takes nothing any more; false where it had ended before. */
export async function endFeed(tx: Tx, id: string, at: Date): Promise<boolean> {
	const ended = await tx
		.update(badgeFeeds)
		.set({ endedAt: at })
		.where(and(eq(badgeFeeds.id, id), isNull(badgeFeeds.endedAt)))
		.returning({ id: badgeFeeds.id })
	return ended.length > 0
}

/** Notes a delivery; where one with this id came before, gives the hash of what it held, and null otherwise. */
export async function noteDelivery(tx: Tx, row: typeof badgeDeliveries.$inferInsert): Promise<string | null> {
	const added = await tx
		.insert(badgeDeliveries)
		.values(row)
		.onConflictDoNothing()
		.returning({ id: badgeDeliveries.deliveryId })
	if (added.length > 0) return null
	const [before] = await tx
		.select({ sha256: badgeDeliveries.bodySha256 })
		.from(badgeDeliveries)
		.where(and(eq(badgeDeliveries.feedId, row.feedId), eq(badgeDeliveries.deliveryId, row.deliveryId)))
	return before?.sha256 ?? null
}

/** Forgets deliveries that are too old to be sent again: their time alone would have them refused. */
export async function purgeDeliveries(tx: Tx, before: Date): Promise<void> {
	await tx.delete(badgeDeliveries).where(lt(badgeDeliveries.receivedAt, before))
}
