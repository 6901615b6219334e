/** How much a notice may wait: `urgent` passes digests and quiet hours, `break_glass` passes every preference. */
export const URGENCIES = ['normal', 'urgent', 'break_glass'] as const
export type Urgency = (typeof URGENCIES)[number]

/** What people choose by; each kind belongs to one. */
export const TOPICS = ['decide', 'own', 'alarm', 'people', 'system', 'break_glass'] as const
export type Topic = (typeof TOPICS)[number]

/** What somebody can be told. Codes are stored: add freely, never rename, never reuse. */
const KINDS = {
	request_voided: ['own', 'normal'],
	grant_ending: ['own', 'normal'],
	approval_fell: ['decide', 'normal'],
	/** Somebody may decide on a request now, is asked again, or is asked since others were silent. */
	decision_needed: ['decide', 'normal'],
	decision_reminder: ['decide', 'normal'],
	decision_escalated: ['decide', 'urgent'],
	decision_delegated: ['decide', 'normal'],
	information_asked: ['own', 'normal'],
	information_answered: ['decide', 'normal'],
	request_approved: ['own', 'normal'],
	request_denied: ['own', 'normal'],
	request_timed_out: ['own', 'normal'],
	/** A stage that nobody, or too few, can fill any more. */
	quorum_unreachable: ['alarm', 'urgent'],
	access_active: ['own', 'normal'],
	access_failed: ['own', 'normal'],
	/** Approved, or to be ended, and something stands in the way. */
	access_held_up: ['alarm', 'urgent'],
	access_extended: ['own', 'normal'],
	access_ends_soon: ['own', 'urgent'],
	/** Entra holds something else than was approved. */
	access_drifted: ['alarm', 'urgent'],
	access_ended: ['own', 'normal'],
	removal_not_confirmed: ['alarm', 'urgent'],
	break_glass_used: ['break_glass', 'break_glass'],
	review_owed: ['decide', 'urgent'],
	review_overdue: ['alarm', 'urgent'],
	review_not_justified: ['alarm', 'urgent'],
	lockbox_arrived: ['decide', 'normal'],
	/** Somebody who approved may not any more: others are needed. */
	lockbox_approval_fell: ['decide', 'urgent'],
	/** Access of one of ours that the charter no longer allows them: it must be ended at the provider by hand. */
	lockbox_end_by_hand: ['alarm', 'urgent'],
	lockbox_runs_out: ['decide', 'urgent'],
	/** The answer must be carried to a provider that has no interface. */
	lockbox_answer_due: ['alarm', 'urgent'],
	/** Somebody decided at the provider, beside us. */
	lockbox_out_of_band: ['alarm', 'urgent'],
	lockbox_send_failed: ['alarm', 'urgent'],
	/** The requests of a provider could not be read several times in a row: one may wait that nobody sees. */
	lockbox_unread: ['alarm', 'urgent'],
	lockbox_read_again: ['alarm', 'normal'],
	lockbox_access_open: ['alarm', 'normal'],
	lockbox_access_ended: ['alarm', 'normal'],
	lockbox_decided: ['own', 'normal'],
	coverage_gap: ['alarm', 'normal'],
	/** It lies less than a day ahead, or has begun. */
	coverage_gap_near: ['alarm', 'urgent'],
	coverage_restored: ['alarm', 'normal'],
	clearance_lapses: ['people', 'normal'],
	case_needs_you: ['people', 'normal'],
	finding: ['alarm', 'urgent'],
	finding_to_decide: ['alarm', 'urgent'],
	/** More removals than the charter allows at once: a second officer must look. */
	finding_held: ['alarm', 'urgent'],
	finding_not_removed: ['alarm', 'urgent'],
	finding_removed: ['alarm', 'normal'],
	/** Whoever held what was found may be signed in with it for a while. */
	finding_sessions_live: ['alarm', 'urgent'],
	/** An account that is only watched holds something else than before. */
	finding_break_glass: ['alarm', 'urgent'],
	/** Somebody signed in with an account that is only watched, or tried to. */
	watched_sign_in: ['break_glass', 'break_glass'],
	/** It was switched off or deleted, a method came or went, or another policy holds for it. */
	watched_changed: ['alarm', 'urgent'],
	/** Nothing reaches the tenant, or what answers is not it. */
	tenant_trouble: ['alarm', 'urgent'],
	certificate_expires: ['system', 'urgent'],
	person_suspended: ['alarm', 'urgent'],
	suspension_lift_proposed: ['decide', 'normal'],
	amendment_to_sign: ['decide', 'normal'],
	mail_trouble: ['system', 'urgent'],
	webhook_disabled: ['system', 'urgent'],
} as const satisfies Record<string, readonly [Topic, Urgency]>

export type NoticeKind = keyof typeof KINDS
export const NOTICE_KINDS = Object.keys(KINDS) as [NoticeKind, ...NoticeKind[]]

export const topicOf = (kind: NoticeKind): Topic => KINDS[kind][0]
export const urgencyOf = (kind: NoticeKind): Urgency => KINDS[kind][1]

/** New notices are counted up to this: whoever has more reads that there are more. */
export const MOST_COUNTED = 100

/** What a notice is about, where it is no request: each has a page. */
export const NOTICE_SUBJECTS = [
	'case',
	'amendment',
	'person',
	'finding',
	'review',
	'lockbox',
	'roster',
	'delivery',
	'tenant',
] as const
export type NoticeSubject = (typeof NOTICE_SUBJECTS)[number]
