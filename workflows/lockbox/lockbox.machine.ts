import { assign, emit, setup, type SnapshotFrom } from 'xstate'
import type { Command } from '../shared/commands.ts'
import { plusMs } from '../shared/instants.ts'
import {
	decideBy,
	firstUnfilled,
	firstContext,
	mayHaveBeenSent,
	type AnswerCause,
	type LockboxContext,
	type LockboxInput,
	type LockboxState,
	type Seen,
} from './lockbox-context.ts'
import {
	atOf,
	fillsAll,
	fillsStage,
	hasApproved,
	mayDecide,
	withoutApproval,
	type ApprovalFell,
	type At,
	type Decide,
	type LockboxEvent,
	type Reading,
	type RequesterFell,
} from './lockbox-events.ts'
import { approving, denying, sendFailed } from './lockbox-answering.ts'
import { DELAYS } from './lockbox-delays.ts'
import {
	afterAccess,
	approvalFalls,
	closed,
	comesIn,
	elsewhere,
	ended,
	endings,
	record,
	requesterAlarms,
	requesterFalls,
} from './lockbox-transitions.ts'

export const LOCKBOX_MACHINE_VERSION = 2

/**
 * A provider's request for customer content. Judged as it comes in; decided by ordered stages of distinct humans, of
 * which any denial denies; and only then answered, once, and read back. Silence denies. The provider's clock is over
 * everything. What somebody decides at the provider beside us is told apart from what we decided, for good.
 */
export const lockboxMachine = setup({
	types: {
		context: {} as LockboxContext,
		events: {} as LockboxEvent,
		emitted: {} as Command,
		input: {} as LockboxInput,
	},
	guards: {
		/** In the state that is passed through as it comes in. */
		cameAs: ({ context }, seen: Seen) => context.seen === seen,
		isRuledOut: ({ context }) => context.denials.length > 0 || context.stages.length === 0,
		isSeen: (_, { event, seen }: { event: Reading; seen: Seen }) => event.seen === seen,
		/** Another word than before, which changes nothing of where the request stands. */
		isNews: ({ context }, { status }: Reading) => status !== context.providerStatus,
		isOver: (_, { seen }: Reading) =>
			seen === 'ended' || seen === 'expired' || seen === 'denied' || seen === 'cancelled',
		/** An approval counts as ours only where our answer can have reached the provider; a denial wherever we denied. */
		isOurs: (
			{ context },
			{ event, seen, answer }: { event: Reading; seen: Seen; answer: 'approve' | 'deny' },
		) => event.seen === seen && context.answer === answer && (answer === 'deny' || mayHaveBeenSent(context)),
		denies: ({ context }, event: Decide) => event.verdict === 'deny' && mayDecide(context, event),
		completes: ({ context }, event: Decide) =>
			event.verdict === 'approve' &&
			context.denials.length === 0 &&
			mayDecide(context, event) &&
			fillsAll(context, event),
		completesStage: ({ context }, event: Decide) =>
			event.verdict === 'approve' && mayDecide(context, event) && fillsStage(context, event),
		addsApproval: ({ context }, event: Decide) => event.verdict === 'approve' && mayDecide(context, event),
		hasApproved: ({ context }, event: ApprovalFell) => hasApproved(context, event),
		/** A stage that was filled lacks somebody again. Once the time is over silence denies all the same. */
		reopensStage: ({ context }, event: ApprovalFell) => {
			const lacking = firstUnfilled({ ...context, decisions: withoutApproval(context, event) })
			return (
				hasApproved(context, event) &&
				lacking !== null &&
				lacking < context.stage &&
				event.at < context.decideBy
			)
		},
		isUnsent: ({ context }) => context.answer === 'approve' && context.attempts === 0,
		/** Told once. */
		mayLive: ({ context }) =>
			context.requesterFell === undefined && (context.answer === 'approve' || context.grantedAt !== null),
		isClockOver: ({ context }) => context.decideBy >= context.deadline,
		/** In time; and never a yes once it is an alarm that whom it is for may not have it any more. */
		maySend: ({ context }, { at }: At) =>
			at < context.deadline && !(context.answer === 'approve' && context.requesterFell !== undefined),
		approves: ({ context }) => context.answer === 'approve',
		mayBeOpen: ({ context }) => context.answer === 'approve' && mayHaveBeenSent(context),
		isApi: ({ context }) => context.channel === 'api',
	},
	actions: {
		recordDecision: assign(({ context }, { stage, approverId, verdict, at }: Decide) => ({
			decisions: [...context.decisions, { stage, approverId, verdict, at }],
			steppedAt: at,
		})),
		dropApproval: assign(({ context }, event: ApprovalFell) => ({
			decisions: withoutApproval(context, event),
			steppedAt: event.at,
		})),
		noteRequester: assign((_, { at, code }: RequesterFell) => ({
			requesterFell: { at, code },
			steppedAt: at,
		})),
		/** An earlier one where an approval of it fell, else the next. */
		openNextStage: assign(({ context }, { at }: At) => ({
			stage: firstUnfilled(context) ?? context.stage,
			openedAt: at,
			decideBy: decideBy(context, firstUnfilled(context) ?? context.stage, at),
		})),
		answer: assign((_, { answer, cause }: { answer: 'approve' | 'deny'; cause: AnswerCause }) => ({
			answer,
			answerCause: cause,
		})),
		/** Deadlines move nothing but the clock that later ones are counted from. */
		tick: assign(({ context, event }) => ({ steppedAt: atOf(event, context) })),
		countAttempt: assign(({ context }, { at }: At) => ({
			attempts: context.attempts + 1,
			sentAt: at,
			failure: null,
			steppedAt: at,
		})),
		beginAnew: assign(({ context: { attempts } }, { at }: At) => ({
			attemptsBefore: attempts,
			failure: null,
			steppedAt: at,
		})),
		fail: assign((_, { code }: { code: string }) => ({ failure: code })),
		see: assign((_, { seen, status, at }: Reading) => ({
			seen,
			providerStatus: status,
			readAt: at,
			steppedAt: at,
		})),
		markOutOfBand: assign({ isOutOfBand: true }),
		/** From our own answer on where there was one; else from when it was first seen. */
		openAccess: assign(({ context: { sentAt, isOutOfBand, durationMs, steppedAt } }) => {
			const from = isOutOfBand ? steppedAt : (sentAt ?? steppedAt)
			// Seen later than sent, it may have begun at any time between: it is over when the latest could be.
			return {
				grantedAt: from,
				accessEndsAt: durationMs === null ? null : plusMs(steppedAt, durationMs),
				closedAt: null,
			}
		}),
		endByProvider: assign({ endedBy: 'provider' as const }),
		endByClock: assign(({ context: { accessEndsAt, steppedAt } }) => ({
			endedBy: 'clock' as const,
			closedAt: accessEndsAt ?? steppedAt,
		})),
		close: assign((_, { at }: At) => ({ closedAt: at, steppedAt: at })),
		closeAtClock: assign(({ context: { deadline } }) => ({ closedAt: deadline })),
		closeAtOnce: assign(({ context: { steppedAt } }) => ({ closedAt: steppedAt })),
		/** What is to be sent, and what is to be read, is one job: it reads first, whatever it then does. */
		follow: emit(({ context: { requestId } }) => ({ type: 'lockbox.follow' as const, requestId })),
	},
	delays: DELAYS,
}).createMachine({
	id: 'lockbox',
	initial: 'imported',
	context: ({ input }) => firstContext(input),
	states: {
		/** Passed through at once: by what the provider says as it comes in, and by what the charter says. */
		imported: {
			always: comesIn,
		},
		pending: {
			after: {
				timeToDecide: [
					{ guard: 'isClockOver', actions: ['tick', 'closeAtClock'], target: 'expired' },
					{
						actions: ['tick', { type: 'answer', params: { answer: 'deny', cause: 'silence' } }],
						target: 'denying',
					},
				],
				halfLeft: { actions: 'tick' },
				quarterLeft: { actions: 'tick' },
				eighthLeft: { actions: 'tick' },
			},
			on: {
				DECIDE: [
					{
						guard: { type: 'denies', params: ({ event }) => event },
						actions: [record, { type: 'answer', params: { answer: 'deny', cause: 'denied' } }],
						target: 'denying',
					},
					{
						guard: { type: 'completes', params: ({ event }) => event },
						actions: [record, { type: 'answer', params: { answer: 'approve', cause: 'quorum' } }],
						target: 'approving',
					},
					{
						guard: { type: 'completesStage', params: ({ event }) => event },
						actions: [record, { type: 'openNextStage', params: ({ event }) => event }],
						target: 'pending',
						// Re-entering restarts the deadlines with the next stage's time.
						reenter: true,
					},
					{ guard: { type: 'addsApproval', params: ({ event }) => event }, actions: [record] },
				],
				APPROVAL_FELL: approvalFalls,
				REQUESTER_FELL: requesterFalls,
				SEEN: [...endings, ...elsewhere],
			},
		},
		approving,
		denying,
		sendFailed,
		/** Access is open by our quorum and the provider's own word. */
		approvedAtProvider: {
			after: { accessTime: afterAccess },
			on: { SEEN: [ended], REQUESTER_FELL: requesterAlarms },
		},
		/** Access is open, and nobody of ours decided so: an alarm until it is over. */
		overtaken: {
			after: { accessTime: afterAccess },
			on: { SEEN: [ended], REQUESTER_FELL: requesterAlarms },
		},
		/** Its time is over: the provider is asked to say so, and after a while the clock says it alone. */
		accessEnding: {
			entry: 'follow',
			after: { grace: { actions: 'endByClock', target: 'accessEnded' } },
			on: { SEEN: [ended], REQUESTER_FELL: requesterAlarms },
		},
		accessEnded: { type: 'final' },
		denied: closed,
		deniedElsewhere: closed,
		expired: closed,
		withdrawnByProvider: closed,
	},
})

/** The state of a snapshot as it is stored: nothing ever rests in the one that is passed through. */
export function stateOfLockbox({ value }: Pick<SnapshotFrom<typeof lockboxMachine>, 'value'>): LockboxState {
	if (value === 'imported') throw new Error('A request never rests before it is judged.')
	return value
}
