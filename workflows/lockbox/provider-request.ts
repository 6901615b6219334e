import type { Instant } from '../shared/instants.ts'
import type { Seen } from './lockbox-context.ts'

/** What a provider says of whoever asks; null for each part that it does not disclose. Nothing here was vetted by us. */
export type Disclosed = { name: string | null; country: string | null; clearance: string | null }

export const NOTHING_DISCLOSED: Disclosed = { name: null, country: null, clearance: null }

/** Whether the provider says who asks, from where and with which clearance: all of it. */
export const isDisclosed = ({ name, country, clearance }: Disclosed) =>
	name !== null && country !== null && clearance !== null

/**
 * A request as a provider tells it, whatever its interface: with cause, time, duration, type and scope, which is what
 * BSI C5 IDM-07 asks to be told of such an access.
 */
export type ProviderRequest = {
	/** The provider's own number. */
	providerRequestId: string
	/** The provider's own word, and what it means. */
	status: string
	seen: Seen
	cause: string
	/** Kind of access: a kind of resource, or a service. */
	type: string
	/** How far it reaches, in the provider's words; empty where it says nothing. */
	reach: string
	resources: string[]
	supportRequest: string
	askedAt: Instant
	/** When the provider's clock runs out. */
	deadline: Instant
	/** Null: the provider did not say, or ties it to something without an end. */
	durationSeconds: number | null
	/** As the provider wrote it. */
	durationText: string
	disclosed: Disclosed
}
