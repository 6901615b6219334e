import { timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { noteHeardOf, saveSubscription, subscriptionsCalled } from '#db/queries/graph-subscriptions.ts'
import { askForLook } from '#db/queries/look-asks.ts'
import { saveTenantSync } from '#db/queries/tenant-users.ts'
import { USERS } from '#workflows/tenant/subscriptions.ts'
import type { Deps } from '../deps.ts'
import { sha256Of } from './keep-subscriptions.server.ts'

const MOST = 2000
/** What is taken of a delivery; what it says about its resource is not believed and not read. */
const deliverySchema = z.object({
	value: z
		.array(
			z.object({
				subscriptionId: z.string().max(128),
				clientState: z.string().max(128).nullish(),
				lifecycleEvent: z.string().max(64).nullish(),
			}),
		)
		.max(MOST),
})

/** How many of a delivery were ours and known by their secret, and how many were not. */
export type Taken = { known: number; strange: number }

/**
 * Takes a delivery of change notifications: whoever follows users, or compares the tenant with what was approved, looks soon. What a
 * notification says is never believed: it may be late, lost, doubled or made up. Null where the text is no delivery. When this
 * returns, it is in the database.
 */
export async function takeNotifications(deps: Deps, body: string): Promise<Taken | null> {
	const delivery = deliverySchema.safeParse(parsed(body))
	if (!delivery.success) return null
	const told = delivery.data.value
	const rows = await subscriptionsCalled(deps.database.db, [
		...new Set(told.map(({ subscriptionId }) => subscriptionId)),
	])
	const known = told.flatMap(({ subscriptionId, clientState, lifecycleEvent }) => {
		const row = rows.get(subscriptionId)
		// Compared where there is nothing to compare with, too: the time tells nobody which ids there are.
		const isKnown = isSame(clientState ?? '', row?.stateSha256 ?? NOBODYS)
		return row !== undefined && isKnown ? [{ row, lifecycleEvent: lifecycleEvent ?? null }] : []
	})
	const at = deps.now()
	const idsWith = (event: string) =>
		new Set(known.flatMap(({ row, lifecycleEvent }) => (lifecycleEvent === event ? [row.id] : [])))
	const heard = new Map(known.map(({ row }) => [row.id, row]))
	if (heard.size > 0) {
		await deps.database.withTx(async (tx) => {
			await noteHeardOf(tx, [...heard.keys()].sort(), at)
			for (const id of idsWith('reauthorizationRequired'))
				await saveSubscription(tx, id, { reauthorizeAt: at, notBefore: null })
			for (const id of idsWith('subscriptionRemoved'))
				await saveSubscription(tx, id, { subscriptionId: null, expiresAt: null, notBefore: null })
			// Also of what was only said of its life: nothing is lost by a look too many.
			if ([...heard.values()].some(({ resource }) => resource === USERS))
				await saveTenantSync(tx, { askedAt: at })
			if ([...heard.values()].some(({ resource }) => resource !== USERS)) await askForLook(tx, at)
		})
		deps.wake()
	}
	return { known: known.length, strange: told.length - known.length }
}

const NOBODYS = sha256Of('')
const isSame = (given: string, stateSha256: string) =>
	timingSafeEqual(Buffer.from(sha256Of(given), 'hex'), Buffer.from(stateSha256, 'hex'))

function parsed(text: string): unknown {
	try {
		return JSON.parse(text)
	} catch {
		// Whoever sent it is told that it is none.
		return null
	}
}
