import { z } from 'zod'
import { BREAK_GLASS_SEALED } from './break-glass-parts.schema.ts'
import {
	amendmentEnvelopeSchema,
	assertionSchema,
	decisionEnvelopeSchema,
	decisionsEnvelopeSchema,
	suspensionEnvelopeSchema,
	tokenEnvelopeSchema,
} from './envelope.schema.ts'
import { FINDING_SEALED } from './finding-parts.schema.ts'
import { LOCKBOX_SEALED } from './lockbox-parts.schema.ts'
import type { EntryKind } from './open-parts.schema.ts'
import { isOnePlace, placeParts } from './place.schema.ts'
import { READINESS_SEALED } from './readiness-parts.schema.ts'
import { ROSTER_SEALED } from './roster-parts.schema.ts'
import { WATCH_SEALED } from './watch-parts.schema.ts'
import { id, instant, sha256Hex, slug } from './primitives.schema.ts'
import { vettingEnvelopeSchema } from './vetting-envelope.schema.ts'

const interval = { validFrom: instant, validUntil: instant.nullable() }
/** When a fact holds and what it rests on: a reference, and the hash of a stored file; never what the file holds. */
const evident = { ...interval, evidence: z.string(), evidenceSha256: sha256Hex.optional() }
/** As `evident`, for kinds whose older entries name no evidence. */
const lately = { ...evident, evidence: z.string().optional() }
const identity = z.strictObject({
	displayName: z.string(),
	userPrincipalName: z.string(),
	entraObjectId: z.string(),
	employer: z.string(),
	personnelNumber: z.string().optional(),
})

const askedFor = z
	.strictObject({
		requestId: id,
		requesterId: id,
		/** Absent where the requester filed it. */
		filedBy: id.optional(),
		role: slug,
		...placeParts,
		durationSeconds: z.int().min(1),
		startAt: instant.optional(),
		reason: z.string(),
		ticket: z.string(),
		/** The access that it asks to extend; absent where it asks for one of its own. */
		extendsGrantId: id.optional(),
		/** Absent as it was filed; one more each time it was changed. */
		revision: z.int().min(2).optional(),
		charterTextSha256: sha256Hex,
	})
	.refine(isOnePlace)

/** What each sealed group holds. Groups not named here must not occur. */
export const SEALED = {
	'charter.in_force': { text: z.strictObject({ yaml: z.string() }) },
	'person.recorded': { identity },
	'person.changed': { identity, basis: z.strictObject({ reason: z.string() }) },
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
	'api.token_made': {
		/** What its owner calls it; kept apart from the evidence, which stays when a person is erased. */
		token: z.strictObject({ name: z.string() }),
		evidence: z.strictObject({ envelope: tokenEnvelopeSchema, assertion: assertionSchema }),
	},
	'scim.token_made': { token: z.strictObject({ name: z.string() }) },
	'person.citizenship_recorded': {
		fact: z.strictObject({
			country: z.string(),
			/** What was shown, and who issued it; absent in older entries. */
			document: z.string().optional(),
			issuer: z.string().optional(),
			...evident,
		}),
	},
	'person.clearance_recorded': {
		fact: z.strictObject({
			scheme: z.string(),
			level: z.string(),
			issuer: z.string(),
			/** Left out: granted. */
			state: z.enum(['granted', 'suspended', 'revoked']).optional(),
			...evident,
			/** What it hangs on beside the person, and the authority's words; left out: nothing stated. */
			post: z.string().optional(),
			sponsorId: id.optional(),
			conditions: z.string().optional(),
			issuedAt: instant.optional(),
		}),
	},
	'person.appointed': { fact: z.strictObject(lately) },
	'person.residence_recorded': {
		fact: z.strictObject({ country: z.string(), status: z.string(), ...evident }),
	},
	'person.attendance_recorded': { fact: z.strictObject(evident) },
	'person.employment_recorded': {
		fact: z.strictObject({
			employer: z.string(),
			under: z.string().nullable(),
			flowDown: z.boolean(),
			...evident,
		}),
	},
	'person.facility_authorised': { fact: z.strictObject(lately) },
	'person.read_in_recorded': { fact: z.strictObject({ caveat: z.string(), ...evident }) },
	'person.agreement_recorded': {
		fact: z.strictObject({ key: z.string(), party: z.string(), ...evident }),
	},
	'person.travel_recorded': {
		fact: z.strictObject({ countries: z.array(z.string()), itinerary: z.string(), ...evident }),
	},
	'person.visit_recorded': {
		fact: z.strictObject({
			host: z.string(),
			country: z.string(),
			contact: z.string(),
			purpose: z.string(),
			scheme: z.string(),
			level: z.string(),
			...evident,
		}),
	},
	'person.event_reported': {
		fact: z.strictObject({
			event: z.string(),
			details: z.string(),
			reporter: z.string(),
			severity: z.string(),
			...evident,
		}),
	},
	'person.presence_recorded': { fact: z.strictObject(evident) },
	'badge.issued': { badge: z.strictObject({ number: z.string() }) },
	'webhook.created': { webhook: z.strictObject({ name: z.string(), host: z.string() }) },
	'badge_feed.created': { feed: z.strictObject({ name: z.string() }) },
	'person.fact_retracted': { basis: z.strictObject({ reason: z.string() }) },
	'person.travel_decided': { basis: z.strictObject({ reason: z.string() }) },
	'person.travel_debriefed': { basis: z.strictObject({ reason: z.string() }) },
	'person.event_triaged': { basis: z.strictObject({ reason: z.string() }) },
	'person.suspended': {
		evidence: z.strictObject({ envelope: suspensionEnvelopeSchema, assertion: assertionSchema }),
		/** Kept apart from the evidence, which stays when a person is erased: it may tell of them. */
		reason: z.strictObject({ text: z.string() }),
	},
	'person.suspension_lift_proposed': {
		evidence: z.strictObject({ envelope: suspensionEnvelopeSchema, assertion: assertionSchema }),
		reason: z.strictObject({ text: z.string() }),
	},
	'person.suspension_lifted': {
		evidence: z.strictObject({ envelope: suspensionEnvelopeSchema, assertion: assertionSchema }),
	},
	'person.suspension_refused': { refusal: z.strictObject({ message: z.string() }) },
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
	'vetting.opened': {
		case: z.strictObject({
			scheme: z.string(),
			level: z.string(),
			post: z.string().nullable(),
			sponsorId: id.nullable(),
			neededFrom: instant.nullable(),
			neededUntil: instant.nullable(),
			reason: z.string(),
		}),
	},
	'vetting.evidence_recorded': {
		evidence: z.strictObject({ reference: z.string(), fileSha256: sha256Hex.nullable() }),
	},
	'vetting.advanced': { note: z.strictObject({ reason: z.string() }) },
	'vetting.proposed': {
		evidence: z.strictObject({ envelope: vettingEnvelopeSchema, assertion: assertionSchema }),
	},
	'vetting.confirmed': {
		evidence: z.strictObject({ envelope: vettingEnvelopeSchema, assertion: assertionSchema }),
	},
	'vetting.proposal_dropped': { note: z.strictObject({ reason: z.string() }) },
	'vetting.refused': { refusal: z.strictObject({ message: z.string() }) },
	'request.filed': {
		/** What approvers read; `requestSha256` of the envelope is SHA-256 over its canonical JSON. */
		request: askedFor,
		eligibility: z.strictObject({ verdictSha256: sha256Hex, facts: z.json() }),
	},
	'request.amended': {
		request: askedFor,
		eligibility: z.strictObject({ verdictSha256: sha256Hex, facts: z.json() }),
	},
	'request.information_asked': { note: z.strictObject({ text: z.string() }) },
	'request.information_given': { note: z.strictObject({ text: z.string() }) },
	'request.decided': {
		evidence: z.strictObject({
			/** Of several decisions that were signed in one ceremony each entry holds the whole. */
			envelope: z.discriminatedUnion('purpose', [decisionEnvelopeSchema, decisionsEnvelopeSchema]),
			assertion: assertionSchema,
		}),
		eligibility: z.strictObject({ verdictSha256: sha256Hex, facts: z.json() }),
	},
	'request.decision_refused': { refusal: z.strictObject({ message: z.string() }) },
	...BREAK_GLASS_SEALED,
	...ROSTER_SEALED,
	...LOCKBOX_SEALED,
	...FINDING_SEALED,
	'amendment.drafted': { text: z.strictObject({ yaml: z.string() }) },
	'amendment.proposed': { text: z.strictObject({ yaml: z.string(), reason: z.string() }) },
	'amendment.decided': {
		evidence: z.strictObject({ envelope: amendmentEnvelopeSchema, assertion: assertionSchema }),
		/** What the page showed; `impactSha256` of the envelope is SHA-256 over its canonical JSON. */
		impact: z.strictObject({ shown: z.json() }),
	},
	'amendment.decision_refused': { refusal: z.strictObject({ message: z.string() }) },
	...READINESS_SEALED,
	...WATCH_SEALED,
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
