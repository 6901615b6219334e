import type { VettingContext } from './vetting-case.machine.ts'
import {
	isTwoOfficerAct,
	VETTING_PATH,
	type OneOfficerAct,
	type TwoOfficerAct,
	type VettingAct,
	type VettingState,
} from './vetting-case.events.ts'

/** Whose turn it is: the person who is vetted, who vouches for the need, the authority that checks, or our own officers. */
export const ACTING_PARTIES = ['subject', 'sponsor', 'agency', 'officer'] as const
export type ActingParty = (typeof ACTING_PARTIES)[number]

const TURN: Readonly<Record<VettingState, ActingParty | null>> = {
	requested: 'sponsor',
	sponsored: 'officer',
	invited: 'subject',
	submitted: 'officer',
	checks_running: 'agency',
	clarification: 'subject',
	adjudication: 'officer',
	granted: 'officer',
	granted_with_conditions: 'officer',
	denied: null,
	briefed_active: null,
	review_for_cause: 'officer',
	suspended: 'officer',
	revoked: 'officer',
	appeal: 'agency',
	expired: 'officer',
	lapsed_no_sponsor: 'officer',
	admin_withdrawn: null,
	transferred_out: 'officer',
	debriefed: null,
	cancelled: null,
}

/** Who must act on a case in this state; null where nobody owes anything. What was asked of the subject comes first. */
export function whoMustAct(
	state: VettingState,
	{ papersAsked }: Pick<VettingContext, 'papersAsked'>,
): ActingParty | null {
	return papersAsked ? 'subject' : TURN[state]
}

/** States in which this party must act as long as no papers are asked for. */
export const statesOfTurn = (party: ActingParty): VettingState[] =>
	(Object.keys(TURN) as VettingState[]).filter((state) => TURN[state] === party)

/** A clearance was decided and nobody has briefed the person yet. */
export const BRIEFING_OWED: readonly VettingState[] = ['granted', 'granted_with_conditions']
/** The clearance is over and the person has not been debriefed. */
export const DEBRIEF_OWED: readonly VettingState[] = [
	'revoked',
	'expired',
	'lapsed_no_sponsor',
	'transferred_out',
]
/** On the way to a clearance: one case for the same person, scheme and level at a time. */
export const UNDERWAY: readonly VettingState[] = [
	'requested',
	'sponsored',
	'invited',
	'submitted',
	'checks_running',
	'clarification',
	'adjudication',
	'granted',
	'granted_with_conditions',
]
/** Nothing more will happen unless somebody appeals. */
export const CLOSED: readonly VettingState[] = ['denied', 'admin_withdrawn', 'debriefed', 'cancelled']

/** The acts that one officer can take now, and those that it takes two for. */
export function actsIn(
	state: VettingState,
	{ papersAsked }: Pick<VettingContext, 'papersAsked'>,
): { one: OneOfficerAct[]; two: TwoOfficerAct[] } {
	const one: OneOfficerAct[] = []
	const two: TwoOfficerAct[] = []
	for (const [from, act] of VETTING_PATH) {
		if (from !== state || act === 'EXPIRE') continue
		if (isTwoOfficerAct(act)) two.push(act)
		else one.push(act)
	}
	if (state === 'submitted' || state === 'briefed_active')
		one.push(papersAsked ? 'RECEIVE_PAPERS' : 'ASK_PAPERS')
	return { one, two }
}

/** Acts that go without saying why; all others are to be told to somebody one day. */
const PLAIN: ReadonlySet<VettingAct> = new Set<VettingAct>([
	'SPONSOR',
	'INVITE',
	'SUBMIT',
	'START_CHECKS',
	'ANSWER',
	'REFER',
	'BRIEF',
	'RECEIVE_PAPERS',
	'DEBRIEF',
])

/** Whether an officer must say why. */
export const needsReason = (act: VettingAct): boolean => !PLAIN.has(act)
