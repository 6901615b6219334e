import { assign, emit, setup, type SnapshotFrom } from 'xstate'
import type { Command } from '../shared/commands.ts'
import { msBetween, plusMs, type Instant } from '../shared/instants.ts'
import {
	refusalToReview,
	REMIND_EVERY_MS,
	SECOND_WITHIN_MS,
	type BreakGlassContext,
	type BreakGlassInput,
	type BreakGlassState,
	type ReviewVerdict,
} from './break-glass-context.ts'

export const BREAK_GLASS_MACHINE_VERSION = 1

type At = { at: Instant }
type Second = At & {
	type: 'SECOND'
	officerId: string
	verdict: 'confirm' | 'refuse'
	useSha256: string
}
type Review = At & { type: 'REVIEW'; reviewerId: string; verdict: ReviewVerdict }
export type BreakGlassEvent =
	| Second
	| Review
	| (At & { type: 'WITHDRAW'; actorId: string })
	| (At & { type: 'VOID'; code: string })
	/** The tenant confirmed the end of the access, or never gave it. */
	| (At & { type: 'ACCESS_ENDED' })

/** The machine's own last line of defence; the use case refuses earlier, with the reason in words. */
const maySecond = (context: BreakGlassContext, { officerId, useSha256, at }: Second) =>
	!context.participants.includes(officerId) && useSha256 === context.useSha256 && at < context.secondBy

const mayReview = (context: BreakGlassContext, { reviewerId }: Review) =>
	refusalToReview(context, reviewerId) === null

/** Time left until then, from the last step on; a moment that is past is due at once. */
const untilThen = ({ steppedAt }: BreakGlassContext, then: Instant | null) =>
	then === null ? 0 : Math.max(0, msBetween(steppedAt, then))

const review = { type: 'recordReview' as const, params: ({ event }: { event: Review }) => event }
const close = { type: 'close' as const, params: ({ event }: { event: At }) => event }
/** The same in both states in which a review is owed: it stays owed until the quorum is there. */
const reviewing = [
	{
		guard: { type: 'completesReview' as const, params: ({ event }: { event: Review }) => event },
		actions: [review, close],
		target: 'reviewed' as const,
	},
	{
		guard: { type: 'addsReview' as const, params: ({ event }: { event: Review }) => event },
		actions: [review],
	},
]

/**
 * One use of break-glass: signed by the user, where the charter asks for it by a second officer as well, and then open at
 * once. Its review is owed from the use on, is given after the access has ended by people who had no part in it, and stays
 * owed when it is late. A use that the sealed procedure made begins with the review.
 */
export const breakGlassMachine = setup({
	types: {
		context: {} as BreakGlassContext,
		events: {} as BreakGlassEvent,
		emitted: {} as Command,
		input: {} as BreakGlassInput,
	},
	guards: {
		isTooLong: ({ context }) => context.kind === 'online' && context.durationMs > context.maximumMs,
		isOffline: ({ context }) => context.kind === 'offline',
		needsSecond: ({ context }) => context.needsSecond,
		isLate: ({ context }) => context.overdueAt !== null,
		confirms: ({ context }, event: Second) => event.verdict === 'confirm' && maySecond(context, event),
		refuses: ({ context }, event: Second) => event.verdict === 'refuse' && maySecond(context, event),
		isUser: ({ context }, { actorId }: { actorId: string }) => actorId === context.userId,
		completesReview: ({ context }, event: Review) =>
			mayReview(context, event) && context.reviews.length + 1 >= context.reviewQuorum,
		addsReview: ({ context }, event: Review) => mayReview(context, event),
	},
	actions: {
		recordSecond: assign(({ context }, { officerId, at }: Second) => ({
			secondId: officerId,
			participants: [...context.participants, officerId],
			steppedAt: at,
		})),
		/** The clock of the review runs from the use, whenever the access ends. */
		beginUse: assign(({ context: { usedAt, steppedAt, reviewWithinMs } }) => {
			const from = usedAt ?? steppedAt
			return { usedAt: from, reviewBy: plusMs(from, reviewWithinMs) }
		}),
		openGrant: emit(({ context: { useId } }) => ({ type: 'grant.open' as const, requestId: useId })),
		recordEnd: assign((_, { at }: At) => ({ accessEndedAt: at, steppedAt: at })),
		/** It is overdue from its deadline on, however late that was acted on. */
		markOverdue: assign(({ context: { overdueAt, reviewBy } }) => ({ overdueAt: overdueAt ?? reviewBy })),
		recordReview: assign(({ context }, { reviewerId, verdict, at }: Review) => ({
			reviews: [...context.reviews, { reviewerId, verdict, at }],
			steppedAt: at,
		})),
		recordVoid: assign((_, { code }: { code: string }) => ({ voidedBy: code })),
		close: assign((_, { at }: At) => ({ closedAt: at, steppedAt: at })),
		closeAtDeadline: assign(({ context: { secondBy } }) => ({ closedAt: secondBy, steppedAt: secondBy })),
		closeAtOnce: assign(({ context: { steppedAt } }) => ({ closedAt: steppedAt })),
	},
	delays: {
		timeToSecond: ({ context }) => untilThen(context, context.secondBy),
		timeToReview: ({ context }) => untilThen(context, context.reviewBy),
		reminder: REMIND_EVERY_MS,
	},
}).createMachine({
	id: 'breakGlass',
	initial: 'signed',
	context: ({ input: { at, usedAt, ...input } }) => ({
		...input,
		participants: [...new Set([input.userId, ...input.participants])],
		secondId: null,
		secondBy: plusMs(at, SECOND_WITHIN_MS),
		usedAt: usedAt ?? null,
		reviewBy: null,
		accessEndedAt: null,
		overdueAt: null,
		reviews: [],
		voidedBy: null,
		closedAt: null,
		steppedAt: at,
	}),
	states: {
		/** Passed through at once: by what was signed, and by what the charter asks for. */
		signed: {
			always: [
				{ guard: 'isTooLong', target: 'refused', actions: 'closeAtOnce' },
				{ guard: 'isOffline', target: 'reviewOwed', actions: 'beginUse' },
				{ guard: 'needsSecond', target: 'awaitingSecond' },
				{ target: 'inUse' },
			],
		},
		awaitingSecond: {
			after: { timeToSecond: { target: 'timedOut', actions: 'closeAtDeadline' } },
			on: {
				SECOND: [
					{
						guard: { type: 'confirms', params: ({ event }) => event },
						actions: { type: 'recordSecond', params: ({ event }) => event },
						target: 'inUse',
					},
					{
						guard: { type: 'refuses', params: ({ event }) => event },
						actions: [{ type: 'recordSecond', params: ({ event }) => event }, close],
						target: 'refused',
					},
				],
				WITHDRAW: {
					guard: { type: 'isUser', params: ({ event }) => event },
					actions: close,
					target: 'withdrawn',
				},
				VOID: {
					actions: [{ type: 'recordVoid', params: ({ event }) => event }, close],
					target: 'voided',
				},
			},
		},
		/** The access is being made, runs, or has not been confirmed as ended. */
		inUse: {
			entry: ['beginUse', 'openGrant'],
			after: { timeToReview: { actions: 'markOverdue' } },
			on: {
				ACCESS_ENDED: [
					{
						guard: 'isLate',
						actions: { type: 'recordEnd', params: ({ event }) => event },
						target: 'overdue',
					},
					{ actions: { type: 'recordEnd', params: ({ event }) => event }, target: 'reviewOwed' },
				],
			},
		},
		reviewOwed: {
			after: { timeToReview: { target: 'overdue', actions: 'markOverdue' } },
			on: { REVIEW: reviewing },
		},
		/** Still owed, and told again every day until it is done. */
		overdue: {
			after: { reminder: { target: 'overdue', reenter: true } },
			on: { REVIEW: reviewing },
		},
		reviewed: { type: 'final' },
		refused: { type: 'final' },
		withdrawn: { type: 'final' },
		timedOut: { type: 'final' },
		voided: { type: 'final' },
	},
})

/** The state of a snapshot as it is stored: nothing ever rests in the one that is passed through. */
export function stateOfUse({
	value,
}: Pick<SnapshotFrom<typeof breakGlassMachine>, 'value'>): BreakGlassState {
	if (value === 'signed') throw new Error('A use never rests before it is sorted.')
	return value
}
