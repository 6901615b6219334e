import { msBetween, plusMs, type Instant } from '../shared/instants.ts'
import { deadlineOf, seatsAt, windowEnd, type Capacity, type RequestContext } from './request-context.ts'

/* What can happen to a request for access, and what each of it rests on. */

export type Decide = Capacity & {
	type: 'DECIDE'
	stage: number
	approverId: string
	verdict: 'approve' | 'deny'
	/** Less than was asked for; left out, all of it. */
	grantedSeconds?: number
	at: Instant
}
export type Amend = { type: 'AMEND'; actorId: string; durationSeconds: number; at: Instant }
export type Ask = { type: 'ASK'; actorId: string; at: Instant }
export type Answer = { type: 'ANSWER'; actorId: string; at: Instant }
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

export const approves = (context: RequestContext, event: Decide) =>
	event.verdict === 'approve' && mayDecide(context, event) && isWithin(context, event)

export const denies = (context: RequestContext, event: Decide) =>
	event.verdict === 'deny' && mayDecide(context, event)

export const endsIt = ({ stages, stage, decisions }: RequestContext) =>
	decisions.filter((d) => d.stage === stage && d.verdict === 'deny').length + 1 >=
	(stages[stage]?.denials ?? 1)

/** Whether every group of the stage is filled, this approval counted in. */
export const fillsStage = (context: RequestContext, event: Decide) =>
	seatsAt({ ...context, decisions: [...context.decisions, decisionOf(event)] }, context.stage).every(
		({ isFilled }) => isFilled,
	)

export const isLastStage = (context: RequestContext) => context.stage === context.stages.length - 1

export const decisionOf = ({ type: _, ...decision }: Decide) => decision

/** What a stage that opens begins with. */
export const opening = (context: RequestContext, stage: number, at: Instant) => ({
	stage,
	openedAt: at,
	decideBy: deadlineOf(context, stage, at),
	escalatedAt: null,
	asked: null,
})

/** The time of the event; of the filing for the first state, which no event leads to. */
export const atOf = (event: { type: string }, { openedAt }: RequestContext): Instant =>
	'at' in event ? (event.at as Instant) : openedAt

/** How long from now until then; a moment that is past, or was never to come, sets no deadline. */
export const untilThen = (then: Instant, now: Instant) => (then > now ? msBetween(now, then) : Infinity)

/** At which part of the stage's time something falls due. */
export const partOf = ({ openedAt, decideBy }: RequestContext, part: number) =>
	plusMs(openedAt, msBetween(openedAt, decideBy) * part)
