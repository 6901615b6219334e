import { assign, emit, setup } from 'xstate'
import type { Command } from '../shared/commands.ts'
import type { Instant } from '../shared/instants.ts'

export const PRIVILEGED_MACHINE_VERSION = 1

export type StageRule = { from: string; quorum: number; withinMs: number }
export type RecordedDecision = { stage: number; approverId: string; verdict: 'approve' | 'deny'; at: Instant }

export type RequestContext = {
	requestId: string
	requesterId: string
	/** Copied from the charter version in force at filing, to which the request is pinned. */
	stages: StageRule[]
	/** Index of the stage that may decide now. */
	stage: number
	decisions: RecordedDecision[]
	/** When the current stage's time runs out: silence denies. */
	decideBy: Instant
	closedAt: Instant | null
	/** Why a voided request fell; null otherwise. */
	voidedBy: string | null
}
export type RequestInput = Pick<RequestContext, 'requestId' | 'requesterId' | 'stages' | 'decideBy'>

type Decide = { type: 'DECIDE'; stage: number; approverId: string; verdict: 'approve' | 'deny'; at: Instant }
export type RequestEvent =
	Decide | { type: 'WITHDRAW'; actorId: string; at: Instant } | { type: 'VOID'; code: string; at: Instant }

const approvers = ({ decisions }: RequestContext, stage: number) =>
	new Set(decisions.filter((d) => d.stage === stage && d.verdict === 'approve').map((d) => d.approverId))

/** The machine's own last line of defence; the use case refuses earlier, with the reason in words. */
const mayDecide = (context: RequestContext, { stage, approverId, at }: Decide) =>
	stage === context.stage &&
	approverId !== context.requesterId &&
	context.decisions.every((d) => d.approverId !== approverId) &&
	at < context.decideBy

const fillsStage = (context: RequestContext, event: Decide) =>
	approvers(context, context.stage).add(event.approverId).size >=
	(context.stages[context.stage]?.quorum ?? Infinity)

const isLastStage = (context: RequestContext) => context.stage === context.stages.length - 1

const approves = (context: RequestContext, event: Decide) =>
	event.verdict === 'approve' && mayDecide(context, event)

/**
 * A request for privileged access: ordered stages, each with a quorum of distinct humans and a deadline.
 * Any denial ends it; silence denies; approval by the last stage opens the grant.
 */
export const privilegedMachine = setup({
	types: {
		context: {} as RequestContext,
		events: {} as RequestEvent,
		emitted: {} as Command,
		input: {} as RequestInput,
	},
	guards: {
		denies: ({ context }, event: Decide) => event.verdict === 'deny' && mayDecide(context, event),
		completesRequest: ({ context }, event: Decide) =>
			approves(context, event) && fillsStage(context, event) && isLastStage(context),
		completesStage: ({ context }, event: Decide) => approves(context, event) && fillsStage(context, event),
		addsApproval: ({ context }, event: Decide) => approves(context, event),
	},
	actions: {
		recordDecision: assign({
			decisions: ({ context }, { stage, approverId, verdict, at }: Decide) => [
				...context.decisions,
				{ stage, approverId, verdict, at },
			],
		}),
		openNextStage: assign(({ context }, { at }: Decide) => {
			const stage = context.stage + 1
			return {
				stage,
				decideBy: new Date(Date.parse(at) + (context.stages[stage]?.withinMs ?? 0)).toISOString(),
			}
		}),
		close: assign({ closedAt: (_, { at }: { at: Instant }) => at }),
		recordVoid: assign({ voidedBy: (_, { code }: { code: string }) => code }),
		openGrant: emit(({ context: { requestId } }) => ({ type: 'grant.open' as const, requestId })),
	},
	delays: {
		stageTime: ({ context }) => context.stages[context.stage]?.withinMs ?? 0,
	},
}).createMachine({
	id: 'privilegedAccess',
	initial: 'pending',
	context: ({ input }) => ({ ...input, stage: 0, decisions: [], closedAt: null, voidedBy: null }),
	states: {
		pending: {
			after: {
				stageTime: {
					target: 'timedOut',
					actions: { type: 'close', params: ({ context }) => ({ at: context.decideBy }) },
				},
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
						// Re-entering restarts the deadline with the next stage's time.
						reenter: true,
					},
					{
						guard: { type: 'addsApproval', params: ({ event }) => event },
						actions: { type: 'recordDecision', params: ({ event }) => event },
					},
				],
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
export type RequestState = (typeof REQUEST_STATES)[number]
