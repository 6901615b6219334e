import type { Client } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import { SubscriptionRefused, type HeldSubscription, type SubscriptionPort } from '../subscription-port.ts'
import type { SubscriptionTrouble } from '#workflows/tenant/subscriptions.ts'
import { refusalOf } from './outcome.server.ts'
import { readPages } from './reading.server.ts'

const rowSchema = z.object({
	id: z.string().min(1),
	resource: z.string(),
	notificationUrl: z.string(),
	expirationDateTime: z.string(),
})
const expirySchema = z.object({ expirationDateTime: z.string() })
/** What is created, changed or deleted for a while is `updated`, what is gone for good `deleted`; Graph takes no other of users and groups. */
const CHANGES = 'updated,deleted'

/**
 * Change notifications of Microsoft Graph. Both addresses are the same one of ours: what is said of the life of a subscription is
 * known by what it holds. https://learn.microsoft.com/graph/api/resources/subscription
 */
export function graphSubscriptionPort(
	client: Client,
	{ graphBaseUrl, tenantId }: { graphBaseUrl: string; tenantId: string },
): SubscriptionPort {
	return {
		tenant: `${tenantId} ${graphBaseUrl}`,
		list: () => asked(async () => (await readPages(client, '/subscriptions', rowSchema)).map(heldOf)),
		create: ({ resource, url, clientState, expiresAt }) =>
			asked(async () => {
				const row: unknown = await client.api('/subscriptions').post({
					changeType: CHANGES,
					notificationUrl: url,
					lifecycleNotificationUrl: url,
					resource,
					expirationDateTime: expiresAt.toISOString(),
					clientState,
				})
				return heldOf(rowSchema.parse(row))
			}),
		renew: (subscriptionId, expiresAt) =>
			orGone(async () => {
				const row: unknown = await client
					.api(pathOf(subscriptionId))
					.patch({ expirationDateTime: expiresAt.toISOString() })
				return new Date(expirySchema.parse(row).expirationDateTime)
			}),
		async remove(subscriptionId) {
			await orGone(async () => void (await client.api(pathOf(subscriptionId)).delete()))
		},
	}
}

const pathOf = (subscriptionId: string) => `/subscriptions/${encodeURIComponent(subscriptionId)}`
const heldOf = ({ id, resource, notificationUrl, expirationDateTime }: z.infer<typeof rowSchema>) =>
	({
		subscriptionId: id,
		resource,
		url: notificationUrl,
		expiresAt: new Date(expirationDateTime),
	}) satisfies HeldSubscription

async function orGone<T>(ask: () => Promise<T>): Promise<T | null> {
	try {
		return await asked(ask)
	} catch (error) {
		if (error instanceof SubscriptionRefused && isGone(error)) return null
		throw error
	}
}
const isGone = ({ cause }: SubscriptionRefused) => refusalOf(cause)?.status === 404

async function asked<T>(ask: () => Promise<T>): Promise<T> {
	try {
		return await ask()
	} catch (error) {
		// A list that could not be read carries what was said as its cause.
		const refusal = refusalOf(error)
		const { trouble, code } =
			refusal === null ? { trouble: 'unavailable' as const, code: 'NoAnswer' } : troubleOf(refusal)
		throw new SubscriptionRefused(trouble, code, { cause: error })
	}
}

/** Too many subscriptions are refused with 403 as a missing permission is; an address that does not answer right, with 400. */
function troubleOf({ status, code, message }: { status: number; code: string; message: string }): {
	trouble: SubscriptionTrouble
	code: string
} {
	if (status === 403 && /quota|limit|maximum|too many/i.test(message)) return { trouble: 'quota', code }
	if (status === 403 || status === 401) return { trouble: 'forbidden', code }
	if (status === 400 && /validat|notification (endpoint|url)/i.test(`${code} ${message}`))
		return { trouble: 'unreachable', code }
	if (status === 400 || status === 404 || status === 405 || status === 501)
		return { trouble: 'unsupported', code }
	return { trouble: 'unavailable', code }
}
