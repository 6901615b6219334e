import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lte, or, sql } from 'drizzle-orm'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Reader, Tx } from '../client.ts'
import { requests, webhookDeliveries, webhookKeys, webhooks } from '../schema/index.ts'

export type WebhookRow = typeof webhooks.$inferSelect
export type DeliveryRow = typeof webhookDeliveries.$inferSelect
export type DeliveryEvent = DeliveryRow['event']

/** One webhook, or NOT_FOUND. `lock` makes other changes of it wait. */
export async function findWebhook(reader: Reader, id: string, lock = false): Promise<WebhookRow> {
	const query = reader.select().from(webhooks).where(eq(webhooks.id, id))
	const [row] = lock ? await query.for('update') : await query
	if (!row) throw new DomainError('NOT_FOUND', 'No such webhook.', { id })
	return row
}

/** Webhooks in order of name, those that ended last. */
export async function listWebhooks(reader: Reader): Promise<WebhookRow[]> {
	return reader
		.select()
		.from(webhooks)
		.orderBy(sql`${webhooks.endedAt} nulls first`, asc(webhooks.name), asc(webhooks.id))
}

/** Which webhooks are told of which topics: those that were not taken away. */
export async function openWebhooks(reader: Reader): Promise<Pick<WebhookRow, 'id' | 'topics'>[]> {
	return reader
		.select({ id: webhooks.id, topics: webhooks.topics })
		.from(webhooks)
		.where(and(isNull(webhooks.endedAt), isNull(webhooks.disabledAt)))
}

export async function insertWebhook(tx: Tx, row: typeof webhooks.$inferInsert): Promise<void> {
	await tx.insert(webhooks).values(row)
}

export async function updateWebhook(
	tx: Tx,
	id: string,
	row: Partial<Pick<WebhookRow, 'failingSince' | 'failures' | 'notBefore' | 'disabledAt' | 'endedAt'>>,
): Promise<void> {
	await tx.update(webhooks).set(row).where(eq(webhooks.id, id))
}

export async function insertWebhookKey(tx: Tx, row: typeof webhookKeys.$inferInsert): Promise<void> {
	await tx.insert(webhookKeys).values(row)
}

/** Lets the keys of a webhook sign no longer than until then. */
export async function endWebhookKeys(tx: Tx, webhookId: string, endsAt: Date): Promise<void> {
	await tx
		.update(webhookKeys)
		.set({ endsAt })
		.where(
			and(
				eq(webhookKeys.webhookId, webhookId),
				or(isNull(webhookKeys.endsAt), gt(webhookKeys.endsAt, endsAt)),
			),
		)
}

/** The keys that sign at this instant, newest first. */
export async function signingKeys(reader: Reader, webhookIds: readonly string[], at: Date) {
	if (webhookIds.length === 0) return []
	return reader
		.select()
		.from(webhookKeys)
		.where(
			and(
				inArray(webhookKeys.webhookId, [...webhookIds]),
				or(isNull(webhookKeys.endsAt), gt(webhookKeys.endsAt, at)),
			),
		)
		.orderBy(desc(webhookKeys.createdAt), desc(webhookKeys.id))
}

/** A statement takes at most 65,535 parameters. */
const AT_ONCE = 2000

export async function insertDeliveries(
	tx: Tx,
	rows: readonly { id: string; webhookId: string; event: DeliveryEvent; madeAt: Date }[],
): Promise<void> {
	for (let from = 0; from < rows.length; from += AT_ONCE)
		await tx
			.insert(webhookDeliveries)
			.values(
				rows
					.slice(from, from + AT_ONCE)
					.map((row) => ({ ...row, state: 'waiting' as const, failures: 0, nextAt: row.madeAt })),
			)
}

/**
 * The delivery that is due longest, given to whoever asks until `leaseUntil`, with its webhook; none of webhooks that
 * were taken away or are called no more.
 */
export async function claimDelivery(tx: Tx, at: Date, leaseUntil: Date) {
	const [row] = await tx
		.select({ delivery: webhookDeliveries, webhook: webhooks })
		.from(webhookDeliveries)
		.innerJoin(webhooks, eq(webhooks.id, webhookDeliveries.webhookId))
		.where(
			and(
				eq(webhookDeliveries.state, 'waiting'),
				lte(webhookDeliveries.nextAt, at),
				isNull(webhooks.endedAt),
				isNull(webhooks.disabledAt),
				or(isNull(webhooks.notBefore), lte(webhooks.notBefore, at)),
			),
		)
		.orderBy(asc(webhookDeliveries.nextAt), asc(webhookDeliveries.id))
		.limit(1)
		.for('update', { of: webhookDeliveries, skipLocked: true })
	if (!row) return null
	await tx
		.update(webhookDeliveries)
		.set({ nextAt: leaseUntil })
		.where(eq(webhookDeliveries.id, row.delivery.id))
	return row
}

/** What became of a delivery that was claimed; one that another attempt has settled meanwhile stays as it is. */
export async function settleDelivery(
	tx: Tx,
	id: string,
	outcome: Partial<Pick<DeliveryRow, 'state' | 'failures' | 'nextAt' | 'code' | 'doneAt'>>,
): Promise<void> {
	await tx
		.update(webhookDeliveries)
		.set(outcome)
		.where(and(eq(webhookDeliveries.id, id), eq(webhookDeliveries.state, 'waiting')))
}

/** What waits for a webhook that is taken away or called no more is given up, each with why. */
export async function giveUpWaiting(tx: Tx, webhookId: string, code: string, at: Date): Promise<void> {
	await tx
		.update(webhookDeliveries)
		.set({ state: 'dead', code, doneAt: at })
		.where(and(eq(webhookDeliveries.webhookId, webhookId), eq(webhookDeliveries.state, 'waiting')))
}

/** Has deliveries that were given up tried anew: one, or all of a webhook. Gives how many. */
export async function reviveDeliveries(
	tx: Tx,
	which: { id: string } | { webhookId: string },
	at: Date,
): Promise<number> {
	const revived = await tx
		.update(webhookDeliveries)
		.set({ state: 'waiting', failures: 0, nextAt: at, doneAt: null })
		.where(
			and(
				eq(webhookDeliveries.state, 'dead'),
				'id' in which ? eq(webhookDeliveries.id, which.id) : eq(webhookDeliveries.webhookId, which.webhookId),
			),
		)
		.returning({ id: webhookDeliveries.id })
	return revived.length
}

/** Deliveries that were given up, newest first. */
export async function deadDeliveries(reader: Reader, limit: number) {
	return reader
		.select({
			id: webhookDeliveries.id,
			webhookId: webhookDeliveries.webhookId,
			name: webhooks.name,
			isOpen: sql<boolean>`${webhooks.endedAt} is null and ${webhooks.disabledAt} is null`,
			event: webhookDeliveries.event,
			code: webhookDeliveries.code,
			madeAt: webhookDeliveries.madeAt,
			doneAt: webhookDeliveries.doneAt,
		})
		.from(webhookDeliveries)
		.innerJoin(webhooks, eq(webhooks.id, webhookDeliveries.webhookId))
		.where(eq(webhookDeliveries.state, 'dead'))
		.orderBy(desc(webhookDeliveries.doneAt))
		.limit(limit)
}

/** How many deliveries of each webhook are in each state. */
export async function countDeliveries(reader: Reader) {
	return reader
		.select({
			webhookId: webhookDeliveries.webhookId,
			state: webhookDeliveries.state,
			n: sql<number>`count(*)::int`,
			lastAt: sql<string | null>`max(${webhookDeliveries.doneAt})::text`,
		})
		.from(webhookDeliveries)
		.groupBy(webhookDeliveries.webhookId, webhookDeliveries.state)
}

/** Forgets deliveries that were settled long ago. */
export async function purgeWebhookDeliveries(tx: Tx, before: Date): Promise<void> {
	await tx
		.delete(webhookDeliveries)
		.where(and(isNotNull(webhookDeliveries.doneAt), lte(webhookDeliveries.doneAt, before)))
}

/** The numbers that people say of these requests. */
export async function numbersOf(reader: Reader, requestIds: readonly string[]): Promise<Map<string, number>> {
	if (requestIds.length === 0) return new Map()
	const rows = await reader
		.select({ id: requests.id, number: requests.number })
		.from(requests)
		.where(inArray(requests.id, [...new Set(requestIds)]))
	return new Map(rows.map(({ id, number }) => [id, number]))
}
