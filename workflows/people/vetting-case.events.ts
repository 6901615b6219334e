import type { Instant } from '../shared/instants.ts'

/** Every state of a vetting case, in the order of the path; last the one that no life cycle names, for a case opened by mistake. */
export const VETTING_STATES = [
	'requested',
	'sponsored',
	'invited',
	'submitted',
	'checks_running',
	'clarification',
	'adjudication',
	'granted',
	'granted_with_conditions',
	'denied',
	'briefed_active',
	'review_for_cause',
	'suspended',
	'revoked',
	'appeal',
	'expired',
	'lapsed_no_sponsor',
	'admin_withdrawn',
	'transferred_out',
	'debriefed',
	'cancelled',
] as const
export type VettingState = (typeof VETTING_STATES)[number]

/** Acts that give a clearance, give it back or take it for good: one officer proposes, another one confirms. */
export const TWO_OFFICER_ACTS = [
	'GRANT',
	'GRANT_WITH_CONDITIONS',
	'REINSTATE',
	'CLEAR_REVIEW',
	'REVOKE',
	'UPHOLD_APPEAL',
] as const
export type TwoOfficerAct = (typeof TWO_OFFICER_ACTS)[number]

/** Acts of one officer that move the case on. */
export const ONE_OFFICER_ACTS = [
	'SPONSOR',
	'INVITE',
	'SUBMIT',
	'START_CHECKS',
	'ASK_SUBJECT',
	'ANSWER',
	'REFER',
	'DENY',
	'BRIEF',
	'OPEN_REVIEW',
	'SUSPEND',
	'APPEAL',
	'DISMISS_APPEAL',
	'LOSE_SPONSOR',
	'WITHDRAW_ADMINISTRATIVELY',
	'TRANSFER_OUT',
	'DEBRIEF',
	'ASK_PAPERS',
	'RECEIVE_PAPERS',
	'CANCEL',
] as const
export type OneOfficerAct = (typeof ONE_OFFICER_ACTS)[number]
export type VettingAct = OneOfficerAct | TwoOfficerAct

export const isTwoOfficerAct = (act: string): act is TwoOfficerAct =>
	(TWO_OFFICER_ACTS as readonly string[]).includes(act)

/** What the machine itself does when a deadline has come. */
export const DEADLINE_EVENTS = ['REMIND', 'OVERDUE', 'PAPERS_OVERDUE', 'REMIND_EXPIRY', 'EXPIRE'] as const
export type DeadlineEvent = (typeof DEADLINE_EVENTS)[number]

type Granting = { validUntil: Instant | null }
type Seconded = { officerId: string; at: Instant }
export type VettingEvent =
	| { type: Exclude<OneOfficerAct, 'SPONSOR' | 'BRIEF'>; at: Instant }
	| { type: 'SPONSOR'; sponsorId: string; at: Instant }
	/** The briefing is what makes a granted clearance current: as this fact. */
	| { type: 'BRIEF'; clearanceId: string; at: Instant }
	| ({ type: 'GRANT' | 'GRANT_WITH_CONDITIONS' | 'UPHOLD_APPEAL' } & Granting & Seconded)
	| ({ type: 'REINSTATE' | 'CLEAR_REVIEW' | 'REVOKE' } & Seconded)
	| { type: 'PROPOSE'; act: TwoOfficerAct; officerId: string; entryId: string; at: Instant }
	| { type: 'DROP_PROPOSAL'; at: Instant }
	| { type: DeadlineEvent; at: Instant }

/**
 * The life cycle: which act leads from which state to which. `EXPIRE` is the only one that time alone takes, and
 * papers that do not come in time take `WITHDRAW_ADMINISTRATIVELY`. `CANCEL` is ours: until an application is in, nothing
 * has been asked of an authority, and a case that should never have been opened ends without a verdict on anybody.
 */
export const VETTING_PATH = [
	['requested', 'SPONSOR', 'sponsored'],
	['sponsored', 'INVITE', 'invited'],
	['invited', 'SUBMIT', 'submitted'],
	['submitted', 'START_CHECKS', 'checks_running'],
	['submitted', 'WITHDRAW_ADMINISTRATIVELY', 'admin_withdrawn'],
	['checks_running', 'ASK_SUBJECT', 'clarification'],
	['clarification', 'ANSWER', 'checks_running'],
	['checks_running', 'REFER', 'adjudication'],
	['adjudication', 'GRANT', 'granted'],
	['adjudication', 'GRANT_WITH_CONDITIONS', 'granted_with_conditions'],
	['adjudication', 'DENY', 'denied'],
	['granted', 'BRIEF', 'briefed_active'],
	['granted_with_conditions', 'BRIEF', 'briefed_active'],
	['briefed_active', 'OPEN_REVIEW', 'review_for_cause'],
	['briefed_active', 'SUSPEND', 'suspended'],
	['review_for_cause', 'CLEAR_REVIEW', 'briefed_active'],
	['review_for_cause', 'SUSPEND', 'suspended'],
	['suspended', 'REINSTATE', 'briefed_active'],
	['suspended', 'REVOKE', 'revoked'],
	['denied', 'APPEAL', 'appeal'],
	['revoked', 'APPEAL', 'appeal'],
	['appeal', 'UPHOLD_APPEAL', 'granted'],
	['appeal', 'DISMISS_APPEAL', 'denied'],
	['briefed_active', 'EXPIRE', 'expired'],
	['briefed_active', 'LOSE_SPONSOR', 'lapsed_no_sponsor'],
	['briefed_active', 'WITHDRAW_ADMINISTRATIVELY', 'admin_withdrawn'],
	['briefed_active', 'TRANSFER_OUT', 'transferred_out'],
	['briefed_active', 'DEBRIEF', 'debriefed'],
	['transferred_out', 'DEBRIEF', 'debriefed'],
	['expired', 'DEBRIEF', 'debriefed'],
	['revoked', 'DEBRIEF', 'debriefed'],
	['lapsed_no_sponsor', 'DEBRIEF', 'debriefed'],
	['requested', 'CANCEL', 'cancelled'],
	['sponsored', 'CANCEL', 'cancelled'],
	['invited', 'CANCEL', 'cancelled'],
] as const satisfies readonly (readonly [VettingState, VettingAct | 'EXPIRE', VettingState])[]
