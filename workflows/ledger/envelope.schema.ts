import { z } from 'zod'
import { isOnePlace, placeParts } from './place.schema.ts'
import { API_SCOPES } from '../people/api-scopes.ts'
import { count, id, instant, sha256Hex, slug } from './primitives.schema.ts'

/** The raw WebAuthn evidence of one ceremony; every text is base64url without padding. */
export const assertionSchema = z.strictObject({
	credentialId: z.string().min(1).max(1400),
	clientDataJson: z.string().min(1).max(8000),
	authenticatorData: z.string().min(1).max(2000),
	signature: z.string().min(1).max(2000),
})
export type Assertion = z.infer<typeof assertionSchema>

const duration = z.int().min(1)

const nonce = z.string().regex(/^[A-Za-z0-9_-]{43}$/)

/** What is decided on one request. */
const decided = {
	requestId: id,
	/** The digest of the request as it is, so that nothing about it can change between sight and signature. */
	requestSha256: sha256Hex,
	stage: count,
	/** Group of the stage; left out, the one that it is named after. */
	group: count.optional(),
	/** As holder of the role that the stage escalates to, and in whose absence where it has not escalated yet. */
	escalated: z.literal(true).optional(),
	absenceId: id.optional(),
	verdict: z.enum(['approve', 'deny']),
	requesterId: id,
	role: slug,
	...placeParts,
	durationSeconds: duration,
	/** What the approver gives, where that is less than was asked for. */
	grantedSeconds: duration.optional(),
	/** When the access is to begin; left out: once it is approved. */
	startAt: instant.optional(),
	charterTextSha256: sha256Hex,
	/** SHA-256 of the canonical verdict on the approver and on the requester at the time of asking. */
	eligibilitySha256: sha256Hex,
}

/**
 * What an approver signs. The challenge of the ceremony is SHA-256 over the canonical JSON of this object, so the
 * assertion proves which decision was taken, by whom, on what, under which charter, and until when it was valid.
 */
export const decisionEnvelopeSchema = z
	.strictObject({
		v: z.literal(1),
		purpose: z.literal('request.decision'),
		/** 32 random bytes from the server, base64url. */
		nonce,
		...decided,
		reason: z.string().max(500),
		approverId: id,
		expiresAt: instant,
	})
	.refine(isOnePlace)
export type DecisionEnvelope = z.infer<typeof decisionEnvelopeSchema>

/** How many requests are decided on in one ceremony: no more than somebody can read before they sign. */
export const MOST_AT_ONCE = 20

/** Several decisions in one ceremony: each is bound as fully as if it were signed by itself. */
export const decisionsEnvelopeSchema = z.strictObject({
	v: z.literal(1),
	purpose: z.literal('request.decisions'),
	nonce,
	decisions: z.array(z.strictObject(decided).refine(isOnePlace)).min(1).max(MOST_AT_ONCE),
	reason: z.string().max(500),
	approverId: id,
	expiresAt: instant,
})
export type DecisionsEnvelope = z.infer<typeof decisionsEnvelopeSchema>

/** What a charter owner signs or rejects: the new text by its digest, beside the one it takes the place of. */
export const amendmentEnvelopeSchema = z.strictObject({
	v: z.literal(1),
	purpose: z.literal('charter.amendment'),
	nonce: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
	amendmentId: id,
	verdict: z.enum(['sign', 'reject']),
	reason: z.string().max(500),
	signerId: id,
	charterId: slug,
	version: z.int().min(1),
	textSha256: sha256Hex,
	baseTextSha256: sha256Hex,
	/** Null: in force as soon as the last signature is given. */
	inForceFrom: instant.nullable(),
	/** SHA-256 of the canonical impact that the page showed: who gains, who loses, what ends. */
	impactSha256: sha256Hex,
	expiresAt: instant,
})
export type AmendmentEnvelope = z.infer<typeof amendmentEnvelopeSchema>

/**
 * What a security officer signs to stop a person, to propose that the suspension be lifted, or to confirm that as the
 * second one. The reason goes in by its digest, so that it can be erased while the signature still holds.
 */
export const suspensionEnvelopeSchema = z.strictObject({
	v: z.literal(1),
	purpose: z.literal('person.suspension'),
	nonce: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
	step: z.enum(['suspend', 'propose_lift', 'confirm_lift']),
	suspensionId: id,
	personId: id,
	officerId: id,
	/** SHA-256 of the canonical `{nonce, reason}`. */
	reasonSha256: sha256Hex,
	/** The proposal that is confirmed; null in the other steps. */
	proposalId: id.nullable(),
	expiresAt: instant,
})
export type SuspensionEnvelope = z.infer<typeof suspensionEnvelopeSchema>

/** What a person signs to let programs act in their place. The name goes in by its digest, so that it can be erased. */
export const tokenEnvelopeSchema = z.strictObject({
	v: z.literal(1),
	purpose: z.literal('api.token'),
	nonce,
	tokenId: id,
	personId: id,
	/** SHA-256 of the canonical `{nonce, name}`. */
	nameSha256: sha256Hex,
	scopes: z.array(z.enum(API_SCOPES)).min(1),
	/** When the token ends, at the latest. */
	endsAt: instant,
	/** Until when the signature may be given. */
	expiresAt: instant,
})
export type TokenEnvelope = z.infer<typeof tokenEnvelopeSchema>
