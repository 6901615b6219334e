import { z } from 'zod'
import { count, id, instant, sha256Hex, slug, vkey } from './primitives.schema.ts'

/** What lies open in a leaf of each kind: references, roles, times, digests. Never a name, a nationality or a level. */
export const OPEN = {
	'record.created': z.strictObject({ origin: z.string(), rpId: z.string(), webOrigin: z.string() }),
	'charter.in_force': z.strictObject({
		charterId: slug,
		version: z.int().min(1),
		textSha256: sha256Hex,
		/** The amendment that brought it, and the entry of the version it takes over from; absent for the first. */
		amendmentId: id.optional(),
		supersedesEntry: id.optional(),
	}),
	'amendment.drafted': z.strictObject({
		amendmentId: id,
		charterId: slug,
		version: z.int().min(1),
		textSha256: sha256Hex,
	}),
	'amendment.proposed': z.strictObject({
		amendmentId: id,
		charterId: slug,
		version: z.int().min(1),
		textSha256: sha256Hex,
		baseEntry: id,
		inForceFrom: instant.nullable(),
		signBy: instant,
	}),
	'amendment.decided': z.strictObject({
		amendmentId: id,
		verdict: z.enum(['sign', 'reject']),
		textSha256: sha256Hex,
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
	/** `source` and what stands for it are absent where an officer recorded the person, or the sample organisation did. */
	'person.recorded': z.strictObject({ source: z.enum(['scim']).optional(), tokenId: id.optional() }),
	/** A provisioning system says otherwise than before who a person is; which attributes, by their names here. */
	'person.identity_changed': z.strictObject({
		source: z.enum(['scim']),
		tokenId: id.optional(),
		attributes: z.array(slug).min(1),
	}),
	/** Employment ended: what was held ended with it. `by` is the fact that says so, null where it had not begun. */
	'person.deactivated': z.strictObject({
		source: z.enum(['scim']),
		tokenId: id.optional(),
		facts: z.array(z.strictObject({ factId: id, by: id.nullable() })).max(400),
		sessions: count,
		removed: z.boolean(),
	}),
	/** Known again, with none of what was held before. */
	'person.reactivated': z.strictObject({ source: z.enum(['scim']), tokenId: id.optional() }),
	'person.deactivation_refused': z.strictObject({
		source: z.enum(['scim']),
		tokenId: id.optional(),
		code: slug,
	}),
	'scim.token_made': z.strictObject({ tokenId: id, replaces: id.optional() }),
	/** Works until then, beside the one that takes over from it. */
	'scim.token_expiring': z.strictObject({ tokenId: id, expiresAt: instant }),
	'scim.token_revoked': z.strictObject({ tokenId: id }),
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
	/** From here on this passkey signs nothing any more; what it signed before stands. */
	'passkey.revoked': z.strictObject({
		credentialEntry: id,
		cause: z.enum(['lost', 'replaced', 'left', 'compromised']),
	}),
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
		cause: z.enum(['deadline', 'requester', 'security_officer', 'charter', 'lapse', 'suspension']),
	}),
	'grant.removal_postponed': z.strictObject({ grantId: id, requestId: id, until: instant, code: slug }),
	'grant.removal_retried': z.strictObject({ grantId: id, requestId: id }),
	'grant.removal_not_confirmed': z.strictObject({ grantId: id, requestId: id }),
	'grant.ended': z.strictObject({
		grantId: id,
		requestId: id,
		how: z.enum(['removed', 'expired', 'never_active']),
	}),
	'record.exported': z.strictObject({
		format: z.enum(['csv', 'jsonl', 'ocsf', 'oscal', 'bundle']),
		/** Of the file, or of what had been handed out of it when it was cut off. */
		fileSha256: sha256Hex,
		rows: count,
		/** Whether the whole file was handed out; absent in entries written before files were streamed, which were whole. */
		outcome: z.enum(['whole', 'cut_off']).optional(),
		/** The `record.read` entry with which a streamed export began. */
		begunEntry: id.optional(),
	}),
	/** A bundle was put together: `manifestSha256` is the digest of the canonical core of its manifest, which this entry proves. */
	'record.bundled': z.strictObject({ manifestSha256: sha256Hex, selected: count }),
	/**
	 * Somebody looked at what the record holds; `rows` is how many they saw. `export` stands before the first byte of a
	 * file leaves, with how many rows it is to have: what follows it is `record.exported`, or the process ended meanwhile.
	 */
	'record.read': z.strictObject({
		view: z.enum(['history', 'entry', 'question', 'shared', 'export']),
		rows: count,
	}),
	/** What opened these commitments was destroyed; the leaves stay, and with them every proof. */
	'record.erased': z.strictObject({
		erased: z
			.array(z.strictObject({ entryId: id, groups: z.array(slug).min(1) }))
			.min(1)
			.max(400),
	}),
	'record.shared': z.strictObject({ shareId: id, expiresAt: instant }),
	'record.share_ended': z.strictObject({ shareId: id }),
	/** Checkpoints are signed with both keys until `bothUntil`, and with `toVkey` alone from then on. */
	'record.key_rotated': z.strictObject({ fromVkey: vkey, toVkey: vkey, bothUntil: instant }),
	/** Every entry was hashed anew and compared with what was signed. */
	'record.audited': z.strictObject({ entries: count, checkpoints: count, problems: count }),
} as const

/** Codes are part of the record: add freely, never rename; a changed meaning is a new code. */
export type EntryKind = keyof typeof OPEN
