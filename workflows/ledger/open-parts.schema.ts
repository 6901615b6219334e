import { z } from 'zod'
import { ASSURANCE_CODES } from '../grants/assurance-codes.ts'
import { BREAK_GLASS_OPEN } from './break-glass-parts.schema.ts'
import { FINDING_OPEN } from './finding-parts.schema.ts'
import { LOCKBOX_OPEN } from './lockbox-parts.schema.ts'
import { TOPICS } from '../notify/notice-kinds.ts'
import { WEBHOOK_FORMATS } from '../notify/webhook-body.ts'
import { API_SCOPES } from '../people/api-scopes.ts'
import { TWO_OFFICER_ACTS, VETTING_STATES } from '../people/vetting-case.events.ts'
import { READINESS_OPEN } from './readiness-parts.schema.ts'
import { ROSTER_OPEN } from './roster-parts.schema.ts'
import { WATCH_OPEN } from './watch-parts.schema.ts'
import { count, FACT_SOURCES, id, instant, sha256Hex, slug, vkey } from './primitives.schema.ts'

/** Which fact, who recorded it, where it came from, and which fact it corrects; the last two are absent in older entries. */
const factRecorded = {
	factId: id,
	recordedBy: id.nullable(),
	source: z.enum(FACT_SOURCES).optional(),
	corrects: id.optional(),
}

/** One stage as it was agreed to; what is absent was not asked for. */
const group = { from: slug, quorum: z.int().min(1) }
const stage = z.strictObject({
	...group,
	alongside: z.array(z.strictObject(group)).min(1).optional(),
	denials: z.int().min(1).optional(),
	escalation: z.strictObject({ afterMs: count, to: slug }).optional(),
})

/** There were no sessions to be ended, since the tenant has no such account. */
const accountAbsent = z.literal(true).optional()

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
	'person.recorded': z.strictObject({
		source: z.enum(['scim', 'import']).optional(),
		tokenId: id.optional(),
		importId: id.optional(),
	}),
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
	/** A person lets programs act in their place, signed with their passkey; never on a decision. */
	'api.token_made': z.strictObject({
		tokenId: id,
		scopes: z.array(z.enum(API_SCOPES)).min(1),
		expiresAt: instant,
		credentialEntry: id,
	}),
	/** Worth nothing from here on; the actor is its owner or an officer, or null where it ended with an employment. */
	'api.token_revoked': z.strictObject({ tokenId: id }),
	/** Who the person is was put right: name, user principal name, employer, personnel number. */
	'person.changed': z.strictObject({ source: z.enum(['import']).optional(), importId: id.optional() }),
	/** What the tenant says of the person's account, where it is not what it was. It ends and opens nothing by itself. */
	'person.account_seen': z.strictObject({ account: z.enum(['enabled', 'disabled', 'removed']) }),
	/** Nothing reaches the tenant, or what answers is not the one that is set; and that this is over. */
	'tenant.trouble': z.strictObject({ code: slug }),
	'tenant.trouble_over': z.strictObject({ code: slug }),
	/** A file was read in a dry run: what it would change was shown, and nothing was changed. */
	'import.examined': z.strictObject({
		importId: id,
		what: slug,
		fileSha256: sha256Hex,
		rows: count,
		errors: count,
	}),
	/** All rows of a file were taken over, each with its own entry; `ended`: how many requests and accesses ended with it. */
	'import.applied': z.strictObject({
		importId: id,
		what: slug,
		fileSha256: sha256Hex,
		rows: count,
		added: count,
		changed: count,
		same: count,
		ended: count,
	}),
	'import.discarded': z.strictObject({ importId: id, fileSha256: sha256Hex }),
	'person.citizenship_recorded': z.strictObject(factRecorded),
	'person.clearance_recorded': z.strictObject({
		...factRecorded,
		/** The vetting case that made it so; absent where an officer recorded what an authority had stated. */
		caseId: id.optional(),
	}),
	/** What this fact said holds until the time of the entry and no longer; what holds instead is an entry of its own. */
	'person.clearance_ended': z.strictObject({
		factId: id,
		caseId: id.nullable(),
		cause: z.enum(['suspended', 'reinstated', 'revoked', 'over', 'replaced']),
	}),
	'person.manager_recorded': z.strictObject({ managerId: id.nullable() }),
	'person.appointed': z.strictObject({ ...factRecorded, role: slug }),
	'person.facility_authorised': z.strictObject({ ...factRecorded, facility: slug }),
	'person.residence_recorded': z.strictObject(factRecorded),
	'person.attendance_recorded': z.strictObject({
		...factRecorded,
		attendance: z.enum(['briefing', 'training']),
		key: slug,
	}),
	'person.employment_recorded': z.strictObject(factRecorded),
	'person.read_in_recorded': z.strictObject(factRecorded),
	'person.agreement_recorded': z.strictObject(factRecorded),
	'person.travel_recorded': z.strictObject(factRecorded),
	/** A visit elsewhere that was announced, with the clearance that was certified to the host. */
	'person.visit_recorded': z.strictObject(factRecorded),
	'person.event_reported': z.strictObject(factRecorded),
	/** Somebody was, or is, at a facility, as a badge or the network they work from shows; always with an end. */
	'person.presence_recorded': z.strictObject({
		...factRecorded,
		facility: slug,
		by: z.enum(['badge', 'network']),
	}),
	'badge.issued': z.strictObject({ badgeId: id }),
	'badge.returned': z.strictObject({ badgeId: id }),
	'badge_feed.created': z.strictObject({ feedId: id, facilities: z.array(slug).min(1), keyId: id }),
	'badge_feed.key_changed': z.strictObject({ feedId: id, keyId: id, othersEndAt: instant }),
	'badge_feed.ended': z.strictObject({ feedId: id }),
	/** A place outside is told of what happens here: which form, of which topics. What it is called and where it is lies sealed. */
	'webhook.created': z.strictObject({
		webhookId: id,
		format: z.enum(WEBHOOK_FORMATS),
		topics: z.array(z.enum(TOPICS)).min(1),
		keyId: id,
	}),
	'webhook.key_changed': z.strictObject({ webhookId: id, keyId: id, othersEndAt: instant }),
	/** Called no more, since it took nothing for too long or said that it is gone. */
	'webhook.disabled': z.strictObject({ webhookId: id, code: slug }),
	'webhook.enabled': z.strictObject({ webhookId: id }),
	'webhook.ended': z.strictObject({ webhookId: id }),
	/** From here on this fact is known to be wrong; `supersededBy` is the fact that says it right. */
	'person.fact_retracted': z.strictObject({ factId: id, supersededBy: id.nullable() }),
	/** Somebody saw the original of what the fact rests on. */
	'person.fact_verified': z.strictObject({ factId: id }),
	'person.travel_decided': z.strictObject({ factId: id, verdict: z.enum(['approved', 'refused']) }),
	'person.travel_debriefed': z.strictObject({ factId: id }),
	'person.event_triaged': z.strictObject({ factId: id }),
	/** Everything recorded about a person was put into one file, for them. */
	'person.exported': z.strictObject({ fileSha256: sha256Hex, facts: count, entries: count }),
	/** An officer stopped this person; with it end so many requests, accesses and sessions. */
	'person.suspended': z.strictObject({
		suspensionId: id,
		credentialEntry: id,
		requests: count,
		grants: count,
		sessions: count,
	}),
	/** The first of the two officers that it takes to lift a suspension. */
	'person.suspension_lift_proposed': z.strictObject({
		suspensionId: id,
		proposalId: id,
		credentialEntry: id,
	}),
	'person.suspension_lifted': z.strictObject({
		suspensionId: id,
		/** Entry of the proposal that this second officer confirmed. */
		proposalEntry: id,
		credentialEntry: id,
	}),
	'person.suspension_refused': z.strictObject({
		step: z.enum(['suspend', 'propose_lift', 'confirm_lift']),
		code: slug,
	}),
	/** The tenant has ended the sessions of a suspended person. */
	'person.tenant_sessions_ended': z.strictObject({ suspensionId: id, accountAbsent }),
	'passkey.link_issued': z.strictObject({ linkId: id, expiresAt: instant }),
	'passkey.enrolled': z.strictObject({ linkId: id, backupEligible: z.boolean() }),
	/** From here on this passkey signs nothing any more; what it signed before stands. */
	'passkey.revoked': z.strictObject({
		credentialEntry: id,
		cause: z.enum(['lost', 'replaced', 'left', 'compromised']),
	}),
	'session.signed_in': z.strictObject({ sessionId: id, credentialEntry: id }),
	'session.signed_out': z.strictObject({ sessionId: id }),
	'session.ended': z.strictObject({ sessionId: id, cause: z.enum(['suspension']) }),
	'vetting.opened': z.strictObject({ caseId: id }),
	'vetting.evidence_recorded': z.strictObject({ caseId: id, item: slug }),
	/** One officer, or a deadline, moved the case on; \`from\` is \`to\` where papers were asked for or came in. */
	'vetting.advanced': z.strictObject({
		caseId: id,
		from: z.enum(VETTING_STATES),
		to: z.enum(VETTING_STATES),
		act: slug,
	}),
	/** The first of two officers; nothing has changed yet. */
	'vetting.proposed': z.strictObject({
		caseId: id,
		from: z.enum(VETTING_STATES),
		act: z.enum(TWO_OFFICER_ACTS),
		credentialEntry: id,
	}),
	/** The second officer confirmed what the first one had proposed. */
	'vetting.confirmed': z.strictObject({
		caseId: id,
		from: z.enum(VETTING_STATES),
		to: z.enum(VETTING_STATES),
		act: z.enum(TWO_OFFICER_ACTS),
		proposalEntry: id,
		credentialEntry: id,
	}),
	'vetting.proposal_dropped': z.strictObject({
		caseId: id,
		act: z.enum(TWO_OFFICER_ACTS),
		proposalEntry: id,
	}),
	'vetting.refused': z.strictObject({ caseId: id, act: slug, code: slug }),
	'vetting.deadline': z.strictObject({
		caseId: id,
		state: z.enum(VETTING_STATES),
		what: z.enum(['reminder', 'overdue', 'expiry_reminder']),
	}),
	'request.filed': z.strictObject({
		requestId: id,
		role: slug,
		charterEntry: id,
		durationSeconds: count,
		stages: z.array(stage).min(1),
		/** The access that it asks to extend; absent where it asks for one of its own. */
		extendsGrant: id.optional(),
		/** When the access is to begin; absent: once it is approved. */
		startAt: instant.optional(),
		/** Filed by somebody else than whom it benefits: the actor of the entry, and its subject. */
		onBehalf: z.literal(true).optional(),
		/** What was asked for in the same form has the same; absent where nothing else was. */
		filingId: id.optional(),
		/** The token by which a program filed it in the actor's place. */
		tokenId: id.optional(),
	}),
	/** The requester changed what is asked for: decisions given before no longer count, and the stages begin anew. */
	'request.amended': z.strictObject({
		requestId: id,
		revision: z.int().min(2),
		durationSeconds: count,
		/** Approvals and denials that fell with it. */
		fell: count,
	}),
	/** Somebody who may decide asked the requester something; what, lies sealed. No clock stops for it. */
	'request.information_asked': z.strictObject({ requestId: id, stage: count, messageId: id }),
	'request.information_given': z.strictObject({ requestId: id, messageId: id }),
	/** From here on holders of the role `to` may decide on the stage as well. */
	'request.escalated': z.strictObject({ requestId: id, stage: count, to: slug }),
	/** Whoever may decide was reminded: half of the stage's time was left, or a quarter. */
	'request.reminded': z.strictObject({ requestId: id, stage: count, left: z.enum(['half', 'quarter']) }),
	/** An approver is away, and may have named somebody who stands in where the charter lets them. */
	'absence.recorded': z.strictObject({
		absenceId: id,
		from: instant,
		until: instant,
		standInId: id.nullable(),
	}),
	'absence.ended': z.strictObject({ absenceId: id }),
	'request.decided': z.strictObject({
		requestId: id,
		stage: count,
		/** Group of the stage, and whether as holder of the role that it escalates to; absent: neither. */
		group: count.optional(),
		escalated: z.literal(true).optional(),
		/** Entry of the absence in which they stand in before the stage has escalated. */
		absenceEntry: id.optional(),
		/** What the approver gave, where that is less than was asked for. */
		grantedSeconds: count.optional(),
		verdict: z.enum(['approve', 'deny']),
		credentialEntry: id,
		charterEntry: id,
		/** State of the request after this decision. */
		outcome: z.enum(['pending', 'approved', 'denied']),
	}),
	'request.decision_refused': z.strictObject({ requestId: id, stage: count, code: slug }),
	'request.timed_out': z.strictObject({ requestId: id, stage: count }),
	'request.withdrawn': z.strictObject({ requestId: id, tokenId: id.optional() }),
	'request.voided': z.strictObject({ requestId: id, code: slug }),
	...BREAK_GLASS_OPEN,
	...ROSTER_OPEN,
	...LOCKBOX_OPEN,
	...FINDING_OPEN,
	'grant.sending': z.strictObject({
		grantId: id,
		requestId: id,
		endsAt: instant,
		/** What Entra ID lacked, though the charter does not refuse for it. */
		warned: z.array(z.enum(ASSURANCE_CODES)).max(9).optional(),
	}),
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
	/** The start that was approved has come. */
	'grant.due': z.strictObject({ grantId: id, requestId: id }),
	/** A later end was approved by a request of its own, and Entra is asked for it; until then the old end stands. */
	'grant.extending': z.strictObject({
		grantId: id,
		requestId: id,
		extensionRequestId: id,
		endsAt: instant,
	}),
	/** Entra shows the later end. */
	'grant.extended': z.strictObject({
		grantId: id,
		requestId: id,
		extensionRequestId: id,
		endsAt: instant,
	}),
	/** The old end stands. */
	'grant.extension_failed': z.strictObject({
		grantId: id,
		requestId: id,
		extensionRequestId: id,
		code: slug,
	}),
	/** A read-back found that Entra holds something else than was approved: an alarm. */
	'grant.drifted': z.strictObject({
		grantId: id,
		requestId: id,
		what: z.enum(['missing', 'not_ours', 'end', 'scope']),
		/** The end that Entra states, where it states one. */
		seenEndsAt: instant.nullable(),
	}),
	/** Entra holds again what was approved. */
	'grant.as_approved': z.strictObject({ grantId: id, requestId: id }),
	/** An officer accepts the end that Entra states; the earlier of the two counts. */
	'grant.drift_accepted': z.strictObject({ grantId: id, requestId: id, endsAt: instant }),
	/** Something keeps it from being given or taken away; it is tried again by itself. The tenant's word for it, or ours. */
	'grant.held_up': z.strictObject({ grantId: id, requestId: id, code: slug }),
	'grant.ending': z.strictObject({
		grantId: id,
		requestId: id,
		cause: z.enum(['deadline', 'requester', 'security_officer', 'charter', 'lapse', 'suspension', 'drift']),
		/** The first clause that no longer holds, where that is the cause. */
		code: slug.optional(),
		/** The token by which a program gave it up in the requester's place. */
		tokenId: id.optional(),
	}),
	'grant.removal_postponed': z.strictObject({ grantId: id, requestId: id, until: instant, code: slug }),
	/** The second application, which can only remove, is about to send the removal; `why`: what kept the first one from it. */
	'grant.kill_switch_used': z.strictObject({ grantId: id, requestId: id, why: slug }),
	'grant.removal_retried': z.strictObject({ grantId: id, requestId: id }),
	/** Entra ID was told to end the person's sessions, since the access ends or cannot be removed yet. */
	'grant.sessions_ended': z.strictObject({ grantId: id, requestId: id, accountAbsent }),
	'grant.removal_not_confirmed': z.strictObject({ grantId: id, requestId: id }),
	'grant.ended': z.strictObject({
		grantId: id,
		requestId: id,
		/** `held_by_other`: the tenant's assignment stays, since another grant rests on the same one. */
		how: z.enum(['removed', 'expired', 'never_active', 'held_by_other']),
		/** That other grant. */
		heldBy: id.optional(),
		/** The token by which a program gave it up before it began. */
		tokenId: id.optional(),
	}),
	/** The sweep found something that a deadline or a change should have ended before: an alarm. */
	'lapse.found_late': z.strictObject({
		what: z.enum(['request', 'grant', 'timer']),
		/** The request or grant; of a timer, what it is for. */
		id,
		code: slug,
	}),
	/** An officer has seen the alarm. */
	'lapse.acknowledged': z.strictObject({ alarmEntry: id }),
	...READINESS_OPEN,
	...WATCH_OPEN,
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
		view: z.enum([
			'history',
			'entry',
			'question',
			'shared',
			'export',
			'person',
			'evidence',
			'case',
			'forecast',
			'accounts',
			'import',
			'due',
			'readiness',
		]),
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
