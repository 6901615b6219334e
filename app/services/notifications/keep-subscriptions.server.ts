import { createHash } from 'node:crypto'
import {
	deleteSubscription,
	insertSubscription,
	saveSubscription,
	subscriptionsOf,
	type SubscriptionRow,
} from '#db/queries/graph-subscriptions.ts'
import { askForLook } from '#db/queries/look-asks.ts'
import { saveTenantSync } from '#db/queries/tenant-users.ts'
import { SubscriptionRefused } from '#app/integrations/subscription-port.ts'
import { governedBy, governedParts } from '#workflows/grants/governed.ts'
import { LIFE_MS, planSubscriptions, resourcesOf, USERS } from '#workflows/tenant/subscriptions.ts'
import type { Deps } from '../deps.ts'

const AGAIN_MS = 60_000
/** What only an administrator can mend is tried less often. */
const MUCH_LATER_MS = 15 * 60_000
const STATE_BYTES = 32

/**
 * One round: what the charter governs now is subscribed to, what ends soon or is to be confirmed is renewed, and what leads
 * elsewhere is ended. `isThorough` also asks the tenant what there is: one that it has lost is made anew, and one of ours that nobody
 * here knows is ended; whether it said so is given. What the tenant refuses is noted with the subscription and tried again later;
 * nothing else waits for it.
 */
export async function keepSubscriptions(
	deps: Deps,
	{ isThorough }: { isThorough: boolean },
): Promise<{ isCompared: boolean }> {
	const { database, notifications, charters } = deps
	const { port, url } = notifications
	const isCompared = isThorough && (url === null || (await compareWithTenant(deps, url)))
	const { charter } = await charters.inForce(database.db)
	const { groups } = governedParts(governedBy(charter, deps.tenant.groups))
	const plan = planSubscriptions(await subscriptionsOf(database.db, port.tenant), {
		wanted: resourcesOf(groups),
		url,
		at: deps.now(),
	})
	for (const row of plan.drop) await noting(deps, row, () => drop(deps, row))
	for (const row of plan.renew) await noting(deps, row, () => renew(deps, row))
	if (url !== null) for (const { resource, row } of plan.make) await make(deps, resource, row, url)
	return { isCompared }
}

async function drop({ database, notifications }: Deps, row: SubscriptionRow): Promise<void> {
	if (row.subscriptionId !== null) await notifications.port.remove(row.subscriptionId)
	await deleteSubscription(database.db, row.id)
}

async function renew(deps: Deps, row: SubscriptionRow): Promise<void> {
	const { database, notifications } = deps
	if (row.subscriptionId === null) return
	const expiresAt = await notifications.port.renew(row.subscriptionId, endOf(deps))
	await saveSubscription(
		database.db,
		row.id,
		expiresAt === null ? { ...AT_PEACE, subscriptionId: null, expiresAt: null } : { ...AT_PEACE, expiresAt },
	)
	if (expiresAt === null) await make(deps, row.resource, row, row.url)
}

const AT_PEACE = { trouble: null, troubleCode: null, notBefore: null, reauthorizeAt: null }
const endOf = ({ now }: Deps) => new Date(now().getTime() + LIFE_MS)

/**
 * Makes a subscription. What its deliveries are known by is stored before the tenant is asked, which may deliver before it answers.
 * Whatever changed while there was none is looked for.
 */
async function make(
	deps: Deps,
	resource: string,
	before: SubscriptionRow | null,
	url: string,
): Promise<void> {
	const { database, notifications } = deps
	const clientState = Buffer.from(deps.randomBytes(STATE_BYTES)).toString('base64url')
	const stateSha256 = sha256Of(clientState)
	const row = { id: before?.id ?? deps.newId(), trouble: null }
	if (before === null)
		await insertSubscription(database.db, {
			id: row.id,
			tenant: notifications.port.tenant,
			resource,
			url,
			stateSha256,
		})
	else await saveSubscription(database.db, row.id, { stateSha256, subscriptionId: null, expiresAt: null })
	await noting(deps, { ...row, trouble: before?.trouble ?? null }, async () => {
		const { subscriptionId, expiresAt } = await notifications.port.create({
			resource,
			url,
			clientState,
			expiresAt: endOf(deps),
		})
		const at = deps.now()
		await database.withTx(async (tx) => {
			await saveSubscription(tx, row.id, { ...AT_PEACE, subscriptionId, expiresAt })
			if (resource === USERS) await saveTenantSync(tx, { askedAt: at })
			else await askForLook(tx, at)
		})
	})
}

export const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex')

/** Does it, or notes what stands in the way; told in the log once. */
async function noting(
	deps: Deps,
	{ id, trouble: before }: Pick<SubscriptionRow, 'id' | 'trouble'>,
	act: () => Promise<void>,
): Promise<void> {
	try {
		await act()
	} catch (error) {
		if (!(error instanceof SubscriptionRefused)) throw error
		const { trouble, code } = error
		const pause = trouble === 'unavailable' || trouble === 'unreachable' ? AGAIN_MS : MUCH_LATER_MS
		await saveSubscription(deps.database.db, id, {
			trouble,
			troubleCode: code.slice(0, 64),
			notBefore: new Date(deps.now().getTime() + pause),
		})
		if (trouble !== before)
			deps.log.warn({ trouble, code }, 'the tenant does not tell us of changes by itself; looks go on')
	}
}

/** What the tenant has lost is made anew; what leads to us and nobody here knows is ended, since nothing could come of it. */
async function compareWithTenant(deps: Deps, url: string): Promise<boolean> {
	const { database, notifications } = deps
	try {
		const held = await notifications.port.list()
		const rows = await subscriptionsOf(database.db, notifications.port.tenant)
		const there = new Set(held.map(({ subscriptionId }) => subscriptionId))
		const known = new Set(rows.map(({ subscriptionId }) => subscriptionId))
		for (const { id, subscriptionId } of rows)
			if (subscriptionId !== null && !there.has(subscriptionId))
				await saveSubscription(database.db, id, { ...AT_PEACE, subscriptionId: null, expiresAt: null })
		for (const each of held)
			if (each.url === url && !known.has(each.subscriptionId))
				await notifications.port.remove(each.subscriptionId)
		return true
	} catch (error) {
		// It is asked again soon; what stands in the way of the rest is noted there.
		if (!(error instanceof SubscriptionRefused)) throw error
		return false
	}
}
