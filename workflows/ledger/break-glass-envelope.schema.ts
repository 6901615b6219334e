import { z } from 'zod'
import { isOnePlace, placeParts } from './place.schema.ts'
import { id, instant, sha256Hex, slug } from './primitives.schema.ts'

/** 32 random bytes from the server, base64url. */
const nonce = z.string().regex(/^[A-Za-z0-9_-]{43}$/)

/**
 * What is used, as the user and the second officer both sign it: each envelope names its SHA-256. The reason and the
 * ticket stand in it, so that it can be erased while the signatures still hold.
 */
export const breakGlassUseSchema = z
	.strictObject({
		requestId: id,
		userId: id,
		usingRole: slug,
		role: slug,
		...placeParts,
		durationSeconds: z.int().min(1),
		reason: z.string().max(500),
		ticket: z.string().max(60),
		charterTextSha256: sha256Hex,
	})
	.refine(isOnePlace)
export type BreakGlassUse = z.infer<typeof breakGlassUseSchema>

/** What the user signs, and the second officer: that this use be opened at once, or refused. */
export const breakGlassEnvelopeSchema = z.strictObject({
	v: z.literal(1),
	purpose: z.literal('break_glass.use'),
	nonce,
	step: z.enum(['use', 'confirm', 'refuse']),
	requestId: id,
	useSha256: sha256Hex,
	signerId: id,
	userId: id,
	role: slug,
	durationSeconds: z.int().min(1),
	charterTextSha256: sha256Hex,
	/** SHA-256 of the canonical verdicts on the user at the time of asking. */
	eligibilitySha256: sha256Hex,
	expiresAt: instant,
})
export type BreakGlassEnvelope = z.infer<typeof breakGlassEnvelopeSchema>

/** What a reviewer signs. The findings go in by their digest, so that they can be erased while the signature still holds. */
export const breakGlassReviewEnvelopeSchema = z.strictObject({
	v: z.literal(1),
	purpose: z.literal('break_glass.review'),
	nonce,
	requestId: id,
	/** Digest of the use under review. */
	useSha256: sha256Hex,
	verdict: z.enum(['justified', 'not_justified']),
	/** SHA-256 of the canonical `{nonce, findings}`. */
	findingsSha256: sha256Hex,
	reviewerId: id,
	expiresAt: instant,
})
export type BreakGlassReviewEnvelope = z.infer<typeof breakGlassReviewEnvelopeSchema>

/** A use by the sealed procedure, as the form on paper tells it. */
export const offlineUseSchema = z.strictObject({
	requestId: id,
	usingRole: slug,
	/** Who opened the envelope, who saw it; two different people at least. */
	openedBy: id,
	witnesses: z.array(id).min(1).max(4),
	/** Name of the emergency account. */
	account: z.string().min(1).max(120),
	from: instant,
	until: instant,
	reason: z.string().max(500),
	envelope: z.string().min(1).max(60),
	charterTextSha256: sha256Hex,
})
export type OfflineUse = z.infer<typeof offlineUseSchema>

/** What the officer signs who records a use by the sealed procedure afterwards. */
export const offlineEnvelopeSchema = z.strictObject({
	v: z.literal(1),
	purpose: z.literal('break_glass.offline'),
	nonce,
	requestId: id,
	useSha256: sha256Hex,
	officerId: id,
	expiresAt: instant,
})
export type OfflineEnvelope = z.infer<typeof offlineEnvelopeSchema>
