import { assign, emit, setup } from 'xstate'
import type { Command } from '../shared/commands.ts'
import { msBetween, plusMs, type Instant } from '../shared/instants.ts'
import {
	deadlineOf,
	seatsAt,
	upgradeContext,
	windowEnd,
	type Capacity,
	type RequestContext,
	type RequestInput,
} from './request-context.ts'

export const PRIVILEGED_MACHINE_VERSION = 2

type Decide = Capacity & {
	type: 'DECIDE'
	stage: number
	approverId: string
	verdict: 'approve' | 'deny'
	/** Less than was asked for; left out, all of it. */
	grantedSeconds?: number
	at: Instant
}
type Amend = { type: 'AMEND'; actorId: string; durationSeconds: number; at: Instant }
type Ask = { type: 'ASK'; actorId: string; at: Instant }
type Answer = { type: 'ANSWER'; actorId: string; at: Instant }
export type RequestEvent =
	| Decide
	| Ask
	| Answer
	| Amend
	| { type: 'WITHDRAW'; actorId: string; at: Instant }
	| { type: 'VOID'; code: string; at: Instant }

/** The machine's own last line of defence; the use case refuses earlier, with the reason in words. */
const mayDecide = (context: RequestContext, event: Decide) => {
	const seats = seatsAt(context, context.stage)[event.group ?? 0]
	return (
		event.stage === context.stage &&
		seats !== undefined &&
		!seats.isFilled &&
		event.approverId !== context.requesterId &&
		event.approverId !== context.filedBy &&
		context.decisions.every((d) => d.approverId !== event.approverId) &&
		(!event.escalated || context.escalatedAt !== null || event.absenceId !== undefined) &&
		event.at < context.decideBy
	)
}

/** An approver may give less than was asked for, never more, and nothing of a window that has passed. */
const isWithin = (context: RequestContext, { grantedSeconds, at }: Decide) => {
	const end = windowEnd(context)
	return (
		(grantedSeconds === undefined || (grantedSeconds > 0 && grantedSeconds <= context.durationSeconds)) &&
		(end === null || at < end)
	)
}

const approves = (context: RequestContext, event: Decide) =>
	event.verdict === 'approve' && mayDecide(context, event) && isWithin(context, event)

const denies = (context: RequestContext, event: Decide) =>
	event.verdict === 'deny' && mayDecide(context, event)

const endsIt = ({ stages, stage, decisions }: RequestContext) =>
	decisions.filter((d) => d.stage === stage && d.verdict === 'deny').length + 1 >=
	(stages[stage]?.denials ?? 1)

/** Whether every group of the stage is filled, this approval counted in. */
const fillsStage = (context: RequestContext, event: Decide) =>
	seatsAt({ ...context, decisions: [...context.decisions, decisionOf(event)] }, context.stage).every(
		({ isFilled }) => isFilled,
	)

const isLastStage = (context: RequestContext) => context.stage === context.stages.length - 1

const decisionOf = ({ type: _, ...decision }: Decide) => decision

/** What a stage that opens begins with. */
const opening = (context: RequestContext, stage: number, at: Instant) => ({
	stage,
	openedAt: at,
	decideBy: deadlineOf(context, stage, at),
	escalatedAt: null,
	asked: null,
})

/** The time of the event; of the filing for the first state, which no event leads to. */
const atOf = (event: { type: string }, { openedAt }: RequestContext): Instant =>
	'at' in event ? (event.at as Instant) : openedAt

/** How long from now until then; a moment that is past, or was never to come, sets no deadline. */
const untilThen = (then: Instant, now: Instant) => (then > now ? msBetween(now, then) : Infinity)

/** At which part of the stage's time something falls due. */
const partOf = ({ openedAt, decideBy }: RequestContext, part: number) =>
	plusMs(openedAt, msBetween(openedAt, decideBy) * part)

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
