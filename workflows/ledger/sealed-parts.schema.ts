import { z } from 'zod'
import { amendmentEnvelopeSchema, assertionSchema, decisionEnvelopeSchema } from './envelope.schema.ts'
import type { EntryKind } from './open-parts.schema.ts'
import { id, instant, sha256Hex, slug } from './primitives.schema.ts'

/** What each sealed group holds. Groups not named here must not occur. */
export const SEALED = {
	'charter.in_force': { text: z.strictObject({ yaml: z.string() }) },
	'person.recorded': {
		identity: z.strictObject({
			displayName: z.string(),
			userPrincipalName: z.string(),
			entraObjectId: z.string(),
			employer: z.string(),
		}),
	},
	'person.identity_changed': {
		identity: z.strictObject({
			displayName: z.string(),
			userPrincipalName: z.string(),
			entraObjectId: z.string(),
			employer: z.string(),
			externalId: z.string().nullable(),
			givenName: z.string().nullable(),
			familyName: z.string().nullable(),
			email: z.string().nullable(),
			employeeNumber: z.string().nullable(),
			managerId: id.nullable(),
		}),
	},
	'scim.token_made': { token: z.strictObject({ name: z.string() }) },
	'person.citizenship_recorded': {
		fact: z.strictObject({
			country: z.string(),
			validFrom: instant,
			validUntil: instant.nullable(),
			evidence: z.string(),
		}),
	},
	'person.clearance_recorded': {
		fact: z.strictObject({
			scheme: z.string(),
			level: z.string(),
			issuer: z.string(),
			/** Left out: granted. */
			state: z.enum(['granted', 'suspended', 'revoked']).optional(),
			validFrom: instant,
			validUntil: instant.nullable(),
			evidence: z.string(),
		}),
	},
	'person.appointed': { fact: z.strictObject({ validFrom: instant, validUntil: instant.nullable() }) },
	'person.residence_recorded': {
		fact: z.strictObject({
			country: z.string(),
			status: z.string(),
			validFrom: instant,
			validUntil: instant.nullable(),
			evidence: z.string(),
		}),
	},
	'person.attendance_recorded': {
		fact: z.strictObject({ validFrom: instant, validUntil: instant.nullable(), evidence: z.string() }),
	},
	'person.employment_recorded': {
		fact: z.strictObject({
			employer: z.string(),
			under: z.string().nullable(),
			flowDown: z.boolean(),
			validFrom: instant,
			validUntil: instant.nullable(),
			evidence: z.string(),
		}),
	},
	'person.facility_authorised': {
		fact: z.strictObject({ validFrom: instant, validUntil: instant.nullable() }),
	},
	'passkey.enrolled': {
		credential: z.strictObject({
			credentialId: z.string(),
			/** COSE_Key, base64url. */
			publicKey: z.string(),
			aaguid: z.string(),
			backedUp: z.boolean(),
			transports: z.array(z.string()),
			/** The attestation object and client data of the ceremony, base64url. */
			attestationObject: z.string(),
			clientDataJson: z.string(),
		}),
	},
	'session.signed_in': { evidence: z.strictObject({ challenge: z.string(), assertion: assertionSchema }) },
	'request.filed': {
		/** What approvers read; `requestSha256` of the envelope is SHA-256 over its canonical JSON. */
		request: z.strictObject({
			requestId: id,
			requesterId: id,
			role: slug,
			entraRoleTemplateId: id,
			scope: z.string(),
			durationSeconds: z.int().min(1),
			reason: z.string(),
			ticket: z.string(),
			charterTextSha256: sha256Hex,
		}),
		eligibility: z.strictObject({ verdictSha256: sha256Hex, facts: z.json() }),
	},
	'request.decided': {
		evidence: z.strictObject({ envelope: decisionEnvelopeSchema, assertion: assertionSchema }),
		eligibility: z.strictObject({ verdictSha256: sha256Hex, facts: z.json() }),
	},
	'request.decision_refused': { refusal: z.strictObject({ message: z.string() }) },
	'amendment.drafted': { text: z.strictObject({ yaml: z.string() }) },
	'amendment.proposed': { text: z.strictObject({ yaml: z.string(), reason: z.string() }) },
	'amendment.decided': {
		evidence: z.strictObject({ envelope: amendmentEnvelopeSchema, assertion: assertionSchema }),
		/** What the page showed; `impactSha256` of the envelope is SHA-256 over its canonical JSON. */
		impact: z.strictObject({ shown: z.json() }),
	},
	'amendment.decision_refused': { refusal: z.strictObject({ message: z.string() }) },
	'record.exported': { query: z.strictObject({ filter: z.json() }) },
	'record.bundled': { query: z.strictObject({ filter: z.json() }) },
	'record.read': { query: z.strictObject({ filter: z.json() }) },
	'record.erased': { basis: z.strictObject({ ground: slug, reason: z.string() }) },
	'record.shared': { query: z.strictObject({ filter: z.json() }) },
} as const satisfies { [K in EntryKind]?: Record<string, z.ZodType> }

type SealedShapes = typeof SEALED
/** The sealed groups that an entry of kind K must bring. */
export type SealedOf<K extends EntryKind> = K extends keyof SealedShapes
	? { [G in keyof SealedShapes[K]]: z.infer<SealedShapes[K][G]> }
	: Record<string, never>

/** What opens one commitment; kept apart from the leaf, so that it can be erased without breaking a proof. */
export type Opening = { salt: string; record: unknown }
