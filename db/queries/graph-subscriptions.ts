import { and, eq, inArray, isNull, lt, or } from 'drizzle-orm'
import type { Reader, Tx } from '../client.ts'
import { graphSubscriptions } from '../schema/index.ts'

export type SubscriptionRow = typeof graphSubscriptions.$inferSelect

/** All that is known of what a tenant was asked to tell us of, in a steady order. */
export const subscriptionsOf = (reader: Reader, tenant: string): Promise<SubscriptionRow[]> =>
	reader
		.select()
		.from(graphSubscriptions)
		.where(eq(graphSubscriptions.tenant, tenant))
		.orderBy(graphSubscriptions.resource, graphSubscriptions.id)

/** Those that the tenant calls so; what it names and we do not know is left out. */
export async function subscriptionsCalled(
	reader: Reader,
	subscriptionIds: readonly string[],
): Promise<Map<string, SubscriptionRow>> {
	if (subscriptionIds.length === 0) return new Map()
	const rows = await reader
		.select()
		.from(graphSubscriptions)
		.where(inArray(graphSubscriptions.subscriptionId, [...subscriptionIds]))
	return new Map(rows.map((row) => [row.subscriptionId ?? '', row]))
}

export async function insertSubscription(
	tx: Reader,
	row: typeof graphSubscriptions.$inferInsert,
): Promise<void> {
	await tx.insert(graphSubscriptions).values(row)
}

export async function saveSubscription(
	tx: Reader,
	id: string,
	change: Partial<typeof graphSubscriptions.$inferInsert>,
): Promise<void> {
	await tx.update(graphSubscriptions).set(change).where(eq(graphSubscriptions.id, id))
}

export async function deleteSubscription(tx: Reader, id: string): Promise<void> {
	await tx.delete(graphSubscriptions).where(eq(graphSubscriptions.id, id))
}

/** Notes that these were heard. One that was heard within the second is left as it is: a flood is no flood of writings. */
export async function noteHeardOf(tx: Tx, ids: readonly string[], at: Date): Promise<void> {
	if (ids.length === 0) return
	await tx
		.update(graphSubscriptions)
		.set({ heardAt: at })
		.where(
			and(
				inArray(graphSubscriptions.id, [...ids]),
				or(isNull(graphSubscriptions.heardAt), lt(graphSubscriptions.heardAt, new Date(at.getTime() - 1000))),
			),
		)
}
