import { z } from 'zod'
import { duration, key } from './parts.schema.ts'

const stage = z.strictObject({ from: key, quorum: z.int().min(1).max(9), within: duration })

/** How a provider's request for customer content is decided before the one answer is sent to the provider. */
export const lockbox = z.strictObject({
	stages: z.array(stage).min(1).max(5),
	/** Longest access that may be agreed to. */
	maximumDuration: duration,
	/** The provider's clock runs out alone: silence denies. */
	silence: z.literal('deny').default('deny'),
})

/** Access at once, with its price: everybody is told, and a review follows. */
export const breakGlass = z.strictObject({
	/** Holders of one of these roles may use it. Empty means nobody. */
	usedBy: z.array(key).max(50),
	/** Requestable roles that may be taken so. Empty means none. */
	roles: z.array(key).max(50),
	maximumDuration: duration,
	/** True: a second officer signs as well. */
	secondOfficer: z.boolean().default(false),
	/** Holders of these roles are told at once. */
	tells: z.array(key).min(1).max(50),
	/** Who reviews the use, how many, and by when. */
	review: z.strictObject({ by: key, quorum: z.int().min(1).max(9), within: duration }),
})

/**
 * What to do when the provider does not say who asks, from where, or with which clearance: deny, or let the stages of
 * `lockbox` decide while the missing facts are shown as not disclosed.
 */
export const undisclosedRequester = z.enum(['deny', 'stages-decide'])
