import { assign, emit, setup } from 'xstate'
import type { Command } from '../shared/commands.ts'
import { msBetween, plusMs, type Instant } from '../shared/instants.ts'
import { deadlineOf, upgradeContext, type RequestContext, type RequestInput } from './request-context.ts'
import {
	approves,
	atOf,
	decisionOf,
	denies,
	endsIt,
	fillsStage,
	isLastStage,
	opening,
	partOf,
	untilThen,
	type Amend,
	type Answer,
	type Ask,
	type Decide,
	type RequestEvent,
} from './request-rules.ts'

export const PRIVILEGED_MACHINE_VERSION = 2

/**
 * A request for privileged access: ordered stages, each with groups of distinct humans, all of which must be filled, and a
 * deadline. A denial ends it unless the charter asks for several; silence denies; approval by the last stage opens the
 * grant. Whoever may decide may ask for information, which stops no clock and keeps nobody from deciding. A request that
 * its requester changes begins anew, and what had been decided on it falls.
 */
export const privilegedMachine = setup({
	types: {
		context: {} as RequestContext,
		events: {} as RequestEvent,
		emitted: {} as Command,
		input: {} as RequestInput,
	},
	guards: {
		denies: ({ context }, event: Decide) => denies(context, event) && endsIt(context),
		addsDenial: ({ context }, event: Decide) => denies(context, event),
		completesRequest: ({ context }, event: Decide) =>
			approves(context, event) && fillsStage(context, event) && isLastStage(context),
		completesStage: ({ context }, event: Decide) => approves(context, event) && fillsStage(context, event),
		addsApproval: ({ context }, event: Decide) => approves(context, event),
		isOther: ({ context }, { actorId, at }: Ask) => actorId !== context.requesterId && at < context.decideBy,
		isRequester: ({ context }, { actorId, at }: Answer | Amend) =>
			actorId === context.requesterId && at < context.decideBy,
	},
	actions: {
		recordDecision: assign(({ context }, event: Decide) => ({
			decisions: [...context.decisions, decisionOf(event)],
			grantedSeconds: Math.min(context.grantedSeconds, event.grantedSeconds ?? Infinity),
		})),
		openNextStage: assign(({ context }, { at }: Decide) => opening(context, context.stage + 1, at)),
		beginAnew: assign(({ context }, { durationSeconds, at }: Amend) => ({
			...opening({ ...context, durationSeconds }, 0, at),
			decisions: [],
			revision: context.revision + 1,
			durationSeconds,
			grantedSeconds: durationSeconds,
		})),
		ask: assign({ asked: (_, { actorId, at }: Ask) => ({ by: actorId, at }) }),
		answer: assign({ asked: null }),
		escalate: assign({ escalatedAt: ({ event, context }) => atOf(event, context) }),
		/** A reminder changes nothing: that it was due is the event itself. */
		keep: assign({}),
		close: assign({ closedAt: (_, { at }: { at: Instant }) => at }),
		recordVoid: assign({ voidedBy: (_, { code }: { code: string }) => code }),
		openGrant: emit(({ context: { requestId } }) => ({ type: 'grant.open' as const, requestId })),
	},
	delays: {
		/** Never `Infinity`: a stage that opens too late runs out at once. */
		stageTime: ({ context, event }) => Math.max(0, msBetween(atOf(event, context), context.decideBy)),
		untilEscalation: ({ context, event }) => {
			const rule = context.stages[context.stage]?.escalation
			return rule === undefined || context.escalatedAt !== null
				? Infinity
				: untilThen(plusMs(context.openedAt, rule.afterMs), atOf(event, context))
		},
		halfTime: ({ context, event }) => untilThen(partOf(context, 1 / 2), atOf(event, context)),
		lastQuarter: ({ context, event }) => untilThen(partOf(context, 3 / 4), atOf(event, context)),
	},
}).createMachine({
	id: 'privilegedAccess',
	initial: 'pending',
	context: ({ input: { filedAt, ...input } }) => ({
		...input,
		stage: 0,
		openedAt: filedAt,
		decideBy: deadlineOf(input, 0, filedAt),
		escalatedAt: null,
		decisions: [],
		revision: 1,
		grantedSeconds: input.durationSeconds,
		asked: null,
		closedAt: null,
		voidedBy: null,
	}),
	states: {
		pending: {
			initial: 'deciding',
			states: {
				deciding: {},
				informationRequested: {
					on: {
						ANSWER: {
							guard: { type: 'isRequester', params: ({ event }) => event },
							actions: 'answer',
							target: 'deciding',
						},
					},
				},
			},
			after: {
				stageTime: {
					target: 'timedOut',
					actions: { type: 'close', params: ({ context }) => ({ at: context.decideBy }) },
				},
				untilEscalation: { actions: 'escalate' },
				halfTime: { actions: 'keep' },
				lastQuarter: { actions: 'keep' },
			},
			on: {
				DECIDE: [
					{
						guard: { type: 'denies', params: ({ event }) => event },
						actions: [
							{ type: 'recordDecision', params: ({ event }) => event },
							{ type: 'close', params: ({ event }) => event },
						],
						target: 'denied',
					},
					{
						guard: { type: 'addsDenial', params: ({ event }) => event },
						actions: { type: 'recordDecision', params: ({ event }) => event },
					},
					{
						guard: { type: 'completesRequest', params: ({ event }) => event },
						actions: [
							{ type: 'recordDecision', params: ({ event }) => event },
							{ type: 'close', params: ({ event }) => event },
						],
						target: 'approved',
					},
					{
						guard: { type: 'completesStage', params: ({ event }) => event },
						actions: [
							{ type: 'recordDecision', params: ({ event }) => event },
							{ type: 'openNextStage', params: ({ event }) => event },
						],
						target: 'pending',
						// Re-entering restarts the deadlines with the next stage's time.
						reenter: true,
					},
					{
						guard: { type: 'addsApproval', params: ({ event }) => event },
						actions: { type: 'recordDecision', params: ({ event }) => event },
					},
				],
				ASK: {
					guard: { type: 'isOther', params: ({ event }) => event },
					actions: { type: 'ask', params: ({ event }) => event },
					target: '.informationRequested',
				},
				AMEND: {
					guard: { type: 'isRequester', params: ({ event }) => event },
					actions: { type: 'beginAnew', params: ({ event }) => event },
					target: 'pending',
					reenter: true,
				},
				WITHDRAW: { target: 'withdrawn', actions: { type: 'close', params: ({ event }) => event } },
				VOID: {
					target: 'voided',
					actions: [
						{ type: 'recordVoid', params: ({ event }) => event },
						{ type: 'close', params: ({ event }) => event },
					],
				},
			},
		},
		approved: { type: 'final', entry: 'openGrant' },
		denied: { type: 'final' },
		withdrawn: { type: 'final' },
		timedOut: { type: 'final' },
		voided: { type: 'final' },
	},
})

export const REQUEST_STATES = ['pending', 'approved', 'denied', 'withdrawn', 'timedOut', 'voided'] as const
/** The state as it is stored: whether a question waits for its answer stands in the context. */
export type RequestState = (typeof REQUEST_STATES)[number]

export type RequestSnapshot = ReturnType<typeof restoreRequest>

/** The statechart of a stored request, whichever version of it stored the request. */
export function restoreRequest({
	state,
	context,
	machineVersion,
	durationSeconds,
}: {
	state: RequestState
	context: RequestContext
	machineVersion: number
	durationSeconds: number
}) {
	const now = upgradeContext(context, machineVersion, durationSeconds)
	const inside = now.asked === null ? ('deciding' as const) : ('informationRequested' as const)
	return privilegedMachine.resolveState({
		value: state === 'pending' ? { pending: inside } : state,
		context: now,
	})
}

/** The state of a snapshot as it is stored. */
export const storedState = ({ value }: { value: RequestSnapshot['value'] }): RequestState =>
	typeof value === 'string' ? value : 'pending'

/** What a deadline of the statechart is for. */
export function deadlineKind(event: string): 'timed_out' | 'escalated' | 'half' | 'quarter' {
	if (event.includes('untilEscalation')) return 'escalated'
	if (event.includes('halfTime')) return 'half'
	return event.includes('lastQuarter') ? 'quarter' : 'timed_out'
}
