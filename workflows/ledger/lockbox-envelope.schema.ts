import { z } from 'zod'
import { PROVIDERS } from '../lockbox/providers.ts'
import { count, id, instant, sha256Hex, slug } from './primitives.schema.ts'

const text = (most: number) => z.string().max(most)
const name = text(500).nullable()

/** A request for customer content as it came in; every signature names its SHA-256. */
export const lockboxRequestSchema = z.strictObject({
	requestId: id,
	provider: z.enum(PROVIDERS),
	/** The provider's own number. */
	providerRequestId: z.string().min(1).max(200),
	/** Where it is answered: subscription, tenant or organisation there. */
	scope: z.string().min(1).max(300),
	/** The boundary that all of it lies in; null where there is none. */
	boundaryId: id.nullable(),
	resources: z.array(z.string().min(1).max(1000)).max(200),
	cause: text(4000),
	type: text(300),
	reach: text(1000),
	supportRequest: text(300),
	askedAt: instant,
	deadline: instant,
	durationSeconds: z.int().min(1).nullable(),
	durationText: text(200),
	/** What the provider says of whoever asks; null for what it does not disclose. Nothing of it was vetted here. */
	disclosed: z.strictObject({ name, country: name, clearance: name }),
	/** Of a request from inside: who asks, whom it benefits, and as holder of which role. */
	requesterId: id.nullable(),
	beneficiaryId: id.nullable(),
	role: slug.nullable(),
	charterTextSha256: sha256Hex,
})
export type LockboxRequest = z.infer<typeof lockboxRequestSchema>

/** What somebody signs who decides on such a request. */
export const lockboxEnvelopeSchema = z.strictObject({
	v: z.literal(1),
	purpose: z.literal('lockbox.decision'),
	/** 32 random bytes from the server, base64url. */
	nonce: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
	requestId: id,
	/** Digest of the request as it came in, with its cause and everything that the page shows. */
	requestSha256: sha256Hex,
	stage: count,
	verdict: z.enum(['approve', 'deny']),
	/** Of a denial, what the requester is told. */
	reason: text(500),
	approverId: id,
	provider: z.enum(PROVIDERS),
	providerRequestId: z.string().min(1).max(200),
	boundaryId: id.nullable(),
	resources: z.array(z.string().min(1).max(1000)).max(200),
	durationSeconds: z.int().min(1).nullable(),
	/** Which facts of the requester the provider disclosed. */
	disclosed: z.strictObject({ name: z.boolean(), country: z.boolean(), clearance: z.boolean() }),
	deadline: instant,
	charterTextSha256: sha256Hex,
	/** SHA-256 of the canonical verdict on the approver at the time of asking. */
	eligibilitySha256: sha256Hex,
	expiresAt: instant,
})
export type LockboxEnvelope = z.infer<typeof lockboxEnvelopeSchema>
