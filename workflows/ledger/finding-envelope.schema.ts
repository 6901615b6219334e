import { z } from 'zod'
import { id, instant, sha256Hex } from './primitives.schema.ts'

/** How many removals that the guard holds are released in one ceremony: no more than somebody can read before they sign. */
export const MOST_RELEASED_AT_ONCE = 25

export const FINDING_STEPS = ['remove', 'accept', 'ask_release', 'release'] as const
export type FindingStep = (typeof FINDING_STEPS)[number]

/**
 * What a security officer signs about findings: that what they tell of is taken away, that somebody answers for it until then,
 * or that removals which the guard holds are sent, asked by one officer and released by another.
 */
export const findingEnvelopeSchema = z.strictObject({
	v: z.literal(1),
	purpose: z.literal('finding.decision'),
	nonce: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
	step: z.enum(FINDING_STEPS),
	/** Each with the SHA-256 of its canonical difference as the page showed it. */
	findings: z
		.array(z.strictObject({ findingId: id, differenceSha256: sha256Hex }))
		.min(1)
		.max(MOST_RELEASED_AT_ONCE),
	officerId: id,
	/** SHA-256 of the canonical `{nonce, reason}`. */
	reasonSha256: sha256Hex,
	/** Until when it is accepted; null in the other steps. */
	acceptedUntil: instant.nullable(),
	charterTextSha256: sha256Hex,
	expiresAt: instant,
})
export type FindingEnvelope = z.infer<typeof findingEnvelopeSchema>
