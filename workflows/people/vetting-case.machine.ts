import { assign, enqueueActions, setup } from 'xstate'
import type { Instant } from '../shared/instants.ts'
import {
	DEADLINE_IDS,
	deadlinesOf,
	dueAfter,
	DUE_WITHIN_DAYS,
	PAPERS_WITHIN_DAYS,
} from './vetting-case.deadlines.ts'
import type { TwoOfficerAct, VettingEvent, VettingState } from './vetting-case.events.ts'

export const VETTING_MACHINE_VERSION = 1

/** What one officer has proposed and signed, until another one confirms it. */
export type Proposal = { act: TwoOfficerAct; officerId: string; entryId: string; at: Instant }

/** Ids and instants only: what is known of the person stands in columns, which can be erased. */
export type VettingContext = {
	caseId: string
	subjectId: string
	sponsorId: string | null
	/** When whoever must act is to have acted; null where nobody owes anything. */
	dueAt: Instant | null
	isOverdue: boolean
	/** Papers were asked of the subject again; undelivered, the case is withdrawn. */
	papersAsked: boolean
	/** End of the clearance as the authority stated it; null before a decision, and where it stated none. */
	validUntil: Instant | null
	/** The clearance that the case made current; null before the first briefing. */
	clearanceId: string | null
	proposal: Proposal | null
	steppedAt: Instant
	closedAt: Instant | null
}
export type VettingInput = { caseId: string; subjectId: string; sponsorId: string | null; at: Instant }

type Propose = Extract<VettingEvent, { type: 'PROPOSE' }>
type Seconded = Extract<VettingEvent, { type: TwoOfficerAct }>

/** Two humans, neither of them the subject; the use case refuses earlier, in words. */
const isSeconded = ({ proposal, subjectId }: VettingContext, { type, officerId }: Seconded) =>
	proposal?.act === type && proposal.officerId !== officerId && officerId !== subjectId

const machine = setup({
	types: {
		context: {} as VettingContext,
		events: {} as VettingEvent,
		input: {} as VettingInput,
	},
	guards: {
		isSeconded: ({ context }, event: Seconded) => isSeconded(context, event),
		mayPropose: ({ context }, { event, acts }: { event: Propose; acts: readonly TwoOfficerAct[] }) =>
			context.proposal === null && event.officerId !== context.subjectId && acts.includes(event.act),
		hasProposal: ({ context }) => context.proposal !== null,
		hasEnded: ({ context: { validUntil } }, { at }: { at: Instant }) =>
			validUntil !== null && at >= validUntil,
		papersAsked: ({ context }) => context.papersAsked,
		papersNotAsked: ({ context }) => !context.papersAsked,
	},
	actions: {
		/** On entering a state: since when, and until when somebody is to act. */
		enter: assign(({ context, event }, { state }: { state: VettingState }) => {
			const at = atOf(event, context)
			const days = DUE_WITHIN_DAYS[state]
			return {
				steppedAt: at,
				dueAt: days === null ? null : dueAfter(at, days),
				isOverdue: false,
				papersAsked: false,
				proposal: null,
			}
		}),
		arm: enqueueActions(({ context, enqueue }, { isCurrent }: { isCurrent: boolean }) => {
			const { steppedAt: at, dueAt, papersAsked, validUntil } = context
			for (const id of DEADLINE_IDS) enqueue.cancel(id)
			for (const { id, event, delayMs } of deadlinesOf({ at, dueAt, papersAsked, validUntil, isCurrent }))
				// The worker gives the time of the event when it sends it.
				enqueue.raise({ type: event, at }, { id, delay: delayMs })
		}),
		askPapers: assign((_, { at }: { at: Instant }) => ({
			steppedAt: at,
			dueAt: dueAfter(at, PAPERS_WITHIN_DAYS),
			isOverdue: false,
			papersAsked: true,
		})),
		receivePapers: assign((_, { at, state }: { at: Instant; state: VettingState }) => {
			const days = DUE_WITHIN_DAYS[state]
			return { steppedAt: at, dueAt: days === null ? null : dueAfter(at, days), papersAsked: false }
		}),
		setSponsor: assign((_, { sponsorId }: { sponsorId: string }) => ({ sponsorId })),
		setEnd: assign((_, { validUntil }: { validUntil: Instant | null }) => ({ validUntil })),
		setClearance: assign((_, { clearanceId }: { clearanceId: string }) => ({ clearanceId })),
		propose: assign((_, { act, officerId, entryId, at }: Propose) => ({
			proposal: { act, officerId, entryId, at },
		})),
		dropProposal: assign({ proposal: null }),
		markOverdue: assign({ isOverdue: true }),
		/** A reminder changes nothing: that it was due is the event itself. */
		keep: assign({}),
		close: assign(({ event, context }) => ({ closedAt: atOf(event, context) })),
	},
})

/** The time of the event; of the beginning for the first state, which no event leads to. */
function atOf(event: VettingEvent, { steppedAt }: VettingContext): Instant {
	return 'at' in event ? event.at : steppedAt
}

const waiting = (state: VettingState) =>
	[
		{ type: 'enter', params: { state } },
		{ type: 'arm', params: { isCurrent: state === 'briefed_active' } },
	] as const

/** What every state that somebody is to act in takes: a reminder, and being overdue. */
const deadlines = {
	REMIND: { actions: 'keep' },
	OVERDUE: { actions: 'markOverdue' },
} as const

/** Asking the subject for papers again, which end the case when they do not come. */
const papers = (state: 'submitted' | 'briefed_active') =>
	({
		ASK_PAPERS: {
			guard: 'papersNotAsked',
			actions: [
				{ type: 'askPapers', params: ({ event }: { event: { at: Instant } }) => event },
				{ type: 'arm', params: { isCurrent: state === 'briefed_active' } },
			],
		},
		RECEIVE_PAPERS: {
			guard: 'papersAsked',
			actions: [
				{
					type: 'receivePapers',
					params: ({ event }: { event: { at: Instant } }) => ({ at: event.at, state }),
				},
				{ type: 'arm', params: { isCurrent: state === 'briefed_active' } },
			],
		},
		PAPERS_OVERDUE: { guard: 'papersAsked', target: 'admin_withdrawn' },
		WITHDRAW_ADMINISTRATIVELY: 'admin_withdrawn',
	}) as const

const proposing = (acts: readonly TwoOfficerAct[]) =>
	({
		PROPOSE: {
			guard: { type: 'mayPropose', params: ({ event }: { event: Propose }) => ({ event, acts }) },
			actions: { type: 'propose', params: ({ event }: { event: Propose }) => event },
		},
		DROP_PROPOSAL: { guard: 'hasProposal', actions: 'dropProposal' },
	}) as const

const second = { type: 'isSeconded', params: ({ event }: { event: Seconded }) => event } as const
const granting = {
	type: 'setEnd',
	params: ({ event }: { event: { validUntil: Instant | null } }) => event,
} as const
const briefing = {
	BRIEF: {
		target: 'briefed_active',
		actions: { type: 'setClearance', params: ({ event }: { event: { clearanceId: string } }) => event },
	},
} as const

/**
 * A vetting case: from the wish for a clearance through checks and decision to the briefing that makes it current, and
 * on to what ends it. Nobody has access by it in any state but `briefed_active`. What gives a clearance, gives it back or
 * takes it for good needs two officers: PROPOSE by one, the act itself by another.
 */
export const vettingCaseMachine = machine.createMachine({
	id: 'vettingCase',
	initial: 'requested',
	context: ({ input: { at, ...input } }) => ({
		...input,
		dueAt: null,
		isOverdue: false,
		papersAsked: false,
		validUntil: null,
		clearanceId: null,
		proposal: null,
		steppedAt: at,
		closedAt: null,
	}),
	states: {
		requested: {
			entry: waiting('requested'),
			on: {
				...deadlines,
				SPONSOR: { target: 'sponsored', actions: { type: 'setSponsor', params: ({ event }) => event } },
				CANCEL: 'cancelled',
			},
		},
		sponsored: { entry: waiting('sponsored'), on: { ...deadlines, INVITE: 'invited', CANCEL: 'cancelled' } },
		invited: { entry: waiting('invited'), on: { ...deadlines, SUBMIT: 'submitted', CANCEL: 'cancelled' } },
		submitted: {
			entry: waiting('submitted'),
			on: { ...deadlines, ...papers('submitted'), START_CHECKS: 'checks_running' },
		},
		checks_running: {
			entry: waiting('checks_running'),
			on: { ...deadlines, ASK_SUBJECT: 'clarification', REFER: 'adjudication' },
		},
		clarification: { entry: waiting('clarification'), on: { ...deadlines, ANSWER: 'checks_running' } },
		adjudication: {
			entry: waiting('adjudication'),
			on: {
				...deadlines,
				...proposing(['GRANT', 'GRANT_WITH_CONDITIONS']),
				GRANT: { guard: second, target: 'granted', actions: granting },
				GRANT_WITH_CONDITIONS: { guard: second, target: 'granted_with_conditions', actions: granting },
				DENY: 'denied',
			},
		},
		granted: { entry: waiting('granted'), on: { ...deadlines, ...briefing } },
		granted_with_conditions: {
			entry: waiting('granted_with_conditions'),
			on: { ...deadlines, ...briefing },
		},
		denied: { entry: waiting('denied'), on: { APPEAL: 'appeal' } },
		briefed_active: {
			entry: waiting('briefed_active'),
			on: {
				REMIND: deadlines.REMIND,
				...papers('briefed_active'),
				REMIND_EXPIRY: { actions: 'keep' },
				EXPIRE: { guard: { type: 'hasEnded', params: ({ event }) => event }, target: 'expired' },
				OPEN_REVIEW: 'review_for_cause',
				SUSPEND: 'suspended',
				LOSE_SPONSOR: 'lapsed_no_sponsor',
				TRANSFER_OUT: 'transferred_out',
				DEBRIEF: 'debriefed',
			},
		},
		review_for_cause: {
			entry: waiting('review_for_cause'),
			on: {
				...deadlines,
				...proposing(['CLEAR_REVIEW']),
				CLEAR_REVIEW: { guard: second, target: 'briefed_active' },
				SUSPEND: 'suspended',
			},
		},
		suspended: {
			entry: waiting('suspended'),
			on: {
				...deadlines,
				...proposing(['REINSTATE', 'REVOKE']),
				REINSTATE: { guard: second, target: 'briefed_active' },
				REVOKE: { guard: second, target: 'revoked' },
			},
		},
		revoked: { entry: waiting('revoked'), on: { ...deadlines, APPEAL: 'appeal', DEBRIEF: 'debriefed' } },
		appeal: {
			entry: waiting('appeal'),
			on: {
				...deadlines,
				...proposing(['UPHOLD_APPEAL']),
				UPHOLD_APPEAL: { guard: second, target: 'granted', actions: granting },
				DISMISS_APPEAL: 'denied',
			},
		},
		expired: { entry: waiting('expired'), on: { ...deadlines, DEBRIEF: 'debriefed' } },
		lapsed_no_sponsor: { entry: waiting('lapsed_no_sponsor'), on: { ...deadlines, DEBRIEF: 'debriefed' } },
		transferred_out: { entry: waiting('transferred_out'), on: { ...deadlines, DEBRIEF: 'debriefed' } },
		admin_withdrawn: { type: 'final', entry: [...waiting('admin_withdrawn'), 'close'] },
		debriefed: { type: 'final', entry: [...waiting('debriefed'), 'close'] },
		/** Opened by mistake: what was recorded stays, and says so. */
		cancelled: { type: 'final', entry: [...waiting('cancelled'), 'close'] },
	},
})
