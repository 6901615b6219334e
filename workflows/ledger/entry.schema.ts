import { z } from 'zod'

const id = z.uuid()
const instant = z.iso.datetime({ precision: 3 })
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const slug = z.string().min(1).max(64)
const count = z.int().min(0)

/** What lies open in a leaf of each kind: references, roles, times, digests. Never a name, a nationality or a level. */
const OPEN = {
	'record.created': z.strictObject({ origin: z.string(), rpId: z.string(), webOrigin: z.string() }),
	'charter.in_force': z.strictObject({
		charterId: slug,
		version: z.int().min(1),
		textSha256: sha256,
		/** The amendment that brought it, and the entry of the version it takes over from; absent for the first. */
		amendmentId: id.optional(),
		supersedesEntry: id.optional(),
	}),
	'amendment.drafted': z.strictObject({
		amendmentId: id,
		charterId: slug,
		version: z.int().min(1),
		textSha256: sha256,
	}),
	'amendment.proposed': z.strictObject({
		amendmentId: id,
		charterId: slug,
		version: z.int().min(1),
		textSha256: sha256,
		baseEntry: id,
		inForceFrom: instant.nullable(),
		signBy: instant,
	}),
	'amendment.decided': z.strictObject({
		amendmentId: id,
		verdict: z.enum(['sign', 'reject']),
		textSha256: sha256,
		credentialEntry: id,
		/** State of the amendment after this signature. */
		outcome: z.enum(['proposed', 'signed', 'rejected', 'inForce']),
	}),
	'amendment.decision_refused': z.strictObject({ amendmentId: id, code: slug }),
	'amendment.withdrawn': z.strictObject({ amendmentId: id }),
	'amendment.lapsed': z.strictObject({ amendmentId: id }),
	'amendment.stopped': z.strictObject({ amendmentId: id, code: slug }),
	/** After a version came into force, every waiting request and live access was judged under it. */
	'charter.rejudged': z.strictObject({
		charterEntry: id,
		requests: count,
		voided: count,
		grants: count,
		ended: count,
	}),
	'person.recorded': z.strictObject({}),
	'person.citizenship_recorded': z.strictObject({ factId: id, recordedBy: id.nullable() }),
	'person.clearance_recorded': z.strictObject({ factId: id, recordedBy: id.nullable() }),
	'person.appointed': z.strictObject({ factId: id, role: slug, recordedBy: id.nullable() }),
	'person.facility_authorised': z.strictObject({ factId: id, facility: slug, recordedBy: id.nullable() }),
	'person.residence_recorded': z.strictObject({ factId: id, recordedBy: id.nullable() }),
	'person.attendance_recorded': z.strictObject({
		factId: id,
		attendance: z.enum(['briefing', 'training']),
		key: slug,
		recordedBy: id.nullable(),
	}),
	'person.employment_recorded': z.strictObject({ factId: id, recordedBy: id.nullable() }),
	'passkey.link_issued': z.strictObject({ linkId: id, expiresAt: instant }),
	'passkey.enrolled': z.strictObject({ linkId: id, backupEligible: z.boolean() }),
	'session.signed_in': z.strictObject({ sessionId: id, credentialEntry: id }),
	'session.signed_out': z.strictObject({ sessionId: id }),
	'request.filed': z.strictObject({
		requestId: id,
		role: slug,
		charterEntry: id,
		durationSeconds: count,
		stages: z.array(z.strictObject({ from: slug, quorum: z.int().min(1) })).min(1),
	}),
	'request.decided': z.strictObject({
		requestId: id,
		stage: count,
		verdict: z.enum(['approve', 'deny']),
		credentialEntry: id,
		charterEntry: id,
		/** State of the request after this decision. */
		outcome: z.enum(['pending', 'approved', 'denied']),
	}),
	'request.decision_refused': z.strictObject({ requestId: id, stage: count, code: slug }),
	'request.timed_out': z.strictObject({ requestId: id, stage: count }),
	'request.withdrawn': z.strictObject({ requestId: id }),
	'request.voided': z.strictObject({ requestId: id, code: slug }),
	'grant.sending': z.strictObject({ grantId: id, requestId: id, endsAt: instant }),
	'grant.confirmed': z.strictObject({
		grantId: id,
		requestId: id,
		role: slug,
		startsAt: instant,
		endsAt: instant,
		tenantRequestId: slug,
		tenantInstanceId: z.string().min(1).max(200),
	}),
	'grant.failed': z.strictObject({ grantId: id, requestId: id, code: slug }),
	'grant.ending': z.strictObject({
		grantId: id,
		requestId: id,
		cause: z.enum(['deadline', 'requester', 'security_officer', 'charter']),
	}),
	'grant.removal_postponed': z.strictObject({ grantId: id, requestId: id, until: instant, code: slug }),
	'grant.removal_retried': z.strictObject({ grantId: id, requestId: id }),
	'grant.removal_not_confirmed': z.strictObject({ grantId: id, requestId: id }),
	'grant.ended': z.strictObject({
		grantId: id,
		requestId: id,
		how: z.enum(['removed', 'expired', 'never_active']),
	}),
	'record.exported': z.strictObject({ format: z.enum(['csv', 'bundle']), fileSha256: sha256, rows: count }),
} as const

/** Codes are part of the record: add freely, never rename; a changed meaning is a new code. */
export type EntryKind = keyof typeof OPEN

/** `SHA-256(domain || salt || canonical record)` of one sealed group, base64. */
const seal = z.string().regex(/^[A-Za-z0-9+/]{43}=$/)

const leafOf = <K extends EntryKind>(kind: K) =>
	z.strictObject({
		v: z.literal(1),
		id,
		kind: z.literal(kind),
		/** The log's claim of when it happened. */
		time: instant,
		/** Whom it concerns, as an id that means nothing outside this database; null for the organisation itself. */
		subject: id.nullable(),
		/** Who did it; null for the machine. */
		actor: id.nullable(),
		open: OPEN[kind],
		/** Commitments to what is sealed, by group name. */
		seals: z.record(slug, seal),
	})

/** One leaf of the log, as a closed union over `kind`. Its canonical JSON is what is hashed, stored and exported. */
export const leafSchema = z.discriminatedUnion('kind', [
	leafOf('record.created'),
	leafOf('charter.in_force'),
	leafOf('amendment.drafted'),
	leafOf('amendment.proposed'),
	leafOf('amendment.decided'),
	leafOf('amendment.decision_refused'),
	leafOf('amendment.withdrawn'),
	leafOf('amendment.lapsed'),
	leafOf('amendment.stopped'),
	leafOf('charter.rejudged'),
	leafOf('person.recorded'),
	leafOf('person.citizenship_recorded'),
	leafOf('person.clearance_recorded'),
	leafOf('person.appointed'),
	leafOf('person.facility_authorised'),
	leafOf('person.residence_recorded'),
	leafOf('person.attendance_recorded'),
	leafOf('person.employment_recorded'),
	leafOf('passkey.link_issued'),
	leafOf('passkey.enrolled'),
	leafOf('session.signed_in'),
	leafOf('session.signed_out'),
	leafOf('request.filed'),
	leafOf('request.decided'),
	leafOf('request.decision_refused'),
	leafOf('request.timed_out'),
	leafOf('request.withdrawn'),
	leafOf('request.voided'),
	leafOf('grant.sending'),
	leafOf('grant.confirmed'),
	leafOf('grant.failed'),
	leafOf('grant.ending'),
	leafOf('grant.removal_postponed'),
	leafOf('grant.removal_retried'),
	leafOf('grant.removal_not_confirmed'),
	leafOf('grant.ended'),
	leafOf('record.exported'),
])
export type Leaf = z.infer<typeof leafSchema>
export type LeafOf<K extends EntryKind> = Extract<Leaf, { kind: K }>

/** The raw WebAuthn evidence of one ceremony; every text is base64url without padding. */
export const assertionSchema = z.strictObject({
	credentialId: z.string().min(1).max(1400),
	clientDataJson: z.string().min(1).max(8000),
	authenticatorData: z.string().min(1).max(2000),
	signature: z.string().min(1).max(2000),
})
export type Assertion = z.infer<typeof assertionSchema>

const duration = z.int().min(1)

/**
 * What an approver signs. The challenge of the ceremony is SHA-256 over the canonical JSON of this object, so the
 * assertion proves which decision was taken, by whom, on what, under which charter, and until when it was valid.
 */
export const decisionEnvelopeSchema = z.strictObject({
	v: z.literal(1),
	purpose: z.literal('request.decision'),
	/** 32 random bytes from the server, base64url. */
	nonce: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
	requestId: id,
	/** The digest of the request as filed, so that nothing about it can change between sight and signature. */
	requestSha256: sha256,
	stage: count,
	verdict: z.enum(['approve', 'deny']),
	reason: z.string().max(500),
	approverId: id,
	requesterId: id,
	role: slug,
	entraRoleTemplateId: id,
	scope: z.string().min(1).max(200),
	durationSeconds: duration,
	charterTextSha256: sha256,
	/** SHA-256 of the canonical verdict on the approver and on the requester at the time of asking. */
	eligibilitySha256: sha256,
	expiresAt: instant,
})
export type DecisionEnvelope = z.infer<typeof decisionEnvelopeSchema>

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
	textSha256: sha256,
	baseTextSha256: sha256,
	/** Null: in force as soon as the last signature is given. */
	inForceFrom: instant.nullable(),
	/** SHA-256 of the canonical impact that the page showed: who gains, who loses, what ends. */
	impactSha256: sha256,
	expiresAt: instant,
})
export type AmendmentEnvelope = z.infer<typeof amendmentEnvelopeSchema>

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
			durationSeconds: duration,
			reason: z.string(),
			ticket: z.string(),
			charterTextSha256: sha256,
		}),
		eligibility: z.strictObject({ verdictSha256: sha256, facts: z.json() }),
	},
	'request.decided': {
		evidence: z.strictObject({ envelope: decisionEnvelopeSchema, assertion: assertionSchema }),
		eligibility: z.strictObject({ verdictSha256: sha256, facts: z.json() }),
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
} as const satisfies { [K in EntryKind]?: Record<string, z.ZodType> }

type SealedShapes = typeof SEALED
/** The sealed groups that an entry of kind K must bring. */
export type SealedOf<K extends EntryKind> = K extends keyof SealedShapes
	? { [G in keyof SealedShapes[K]]: z.infer<SealedShapes[K][G]> }
	: Record<string, never>

/** What opens one commitment; kept apart from the leaf, so that it can be erased without breaking a proof. */
export type Opening = { salt: string; record: unknown }
