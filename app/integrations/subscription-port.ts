import type { SubscriptionTrouble } from '#workflows/tenant/subscriptions.ts'

/** The tenant does not take it, or cannot be asked. */
export class SubscriptionRefused extends Error {
	override readonly name = 'SubscriptionRefused'
	readonly trouble: SubscriptionTrouble
	readonly code: string

	constructor(trouble: SubscriptionTrouble, code: string, options?: ErrorOptions) {
		super(`The tenant does not take a subscription: ${code}.`, options)
		this.trouble = trouble
		this.code = code
	}
}

export type SubscriptionOrder = { resource: string; url: string; clientState: string; expiresAt: Date }
export type HeldSubscription = { subscriptionId: string; resource: string; url: string; expiresAt: Date }

/**
 * What a tenant is asked to tell us of by itself. All throw SubscriptionRefused. A notification only says that somebody should look:
 * the delta is the truth.
 */
export interface SubscriptionPort {
	/** Which tenant this is. */
	readonly tenant: string
	/** All of this application, wherever they lead. */
	list(): Promise<HeldSubscription[]>
	/** Makes one. Before it answers, the tenant tries the address. */
	create(order: SubscriptionOrder): Promise<HeldSubscription>
	/** Lets one live until then, which is also the answer to a tenant that asks for it to be confirmed; null: there is none. */
	renew(subscriptionId: string, expiresAt: Date): Promise<Date | null>
	/** Ends one; one that is not there is ended. */
	remove(subscriptionId: string): Promise<void>
}
