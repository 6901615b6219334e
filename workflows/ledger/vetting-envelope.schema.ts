import { z } from 'zod'
import { TWO_OFFICER_ACTS, VETTING_STATES } from '../people/vetting-case.events.ts'
import { id, instant } from './primitives.schema.ts'

/** What the authority decided, as it stated it. */
export const vettingTermsSchema = z.strictObject({
	issuer: z.string().max(120),
	issuedAt: instant,
	/** Stated by the authority, never computed; null where it stated none. */
	validUntil: instant.nullable(),
	conditions: z.string().max(500).nullable(),
})
export type VettingTerms = z.infer<typeof vettingTermsSchema>

/**
 * What each of two officers signs. The first one proposes; the second one confirms exactly that, named by its entry. The
 * challenge of the ceremony is SHA-256 over the canonical JSON of this object.
 */
export const vettingEnvelopeSchema = z.strictObject({
	v: z.literal(1),
	purpose: z.literal('vetting.decision'),
	/** 32 random bytes from the server, base64url. */
	nonce: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
	caseId: id,
	/** The case as it stood, so that nothing about it can change between sight and signature. */
	caseVersion: z.int().min(1),
	part: z.enum(['propose', 'confirm']),
	act: z.enum(TWO_OFFICER_ACTS),
	from: z.enum(VETTING_STATES),
	subjectId: id,
	officerId: id,
	scheme: z.string().max(20),
	level: z.string().max(20),
	post: z.string().max(120).nullable(),
	sponsorId: id.nullable(),
	/** Null for an act that leaves the terms as they are. */
	terms: vettingTermsSchema.nullable(),
	reason: z.string().max(500),
	/** The entry of the proposal that is confirmed; null for a proposal. */
	proposalEntry: id.nullable(),
	expiresAt: instant,
})
export type VettingEnvelope = z.infer<typeof vettingEnvelopeSchema>
