import { msBetween, type Instant } from '../shared/instants.ts'
import {
	approversAt,
	firstUnfilled,
	refusalToDecideLockbox,
	type LockboxContext,
	type Seen,
} from './lockbox-context.ts'

export type At = { at: Instant }
export type Decide = At & { type: 'DECIDE'; stage: number; approverId: string; verdict: 'approve' | 'deny' }
/** What the provider was read to say; `status` is its own word. */
export type Reading = At & { type: 'SEEN'; seen: Seen; status: string }
/** Whoever approved may not decide any more, before the quorum is whole: others can still fill the stage. */
export type ApprovalFell = At & { type: 'APPROVAL_FELL'; approverId: string; code: string }
/** Of a request from inside: the charter no longer allows it to whom it is for, or they are stopped. */
export type RequesterFell = At & { type: 'REQUESTER_FELL'; code: string }
export type LockboxEvent =
	| Decide
	| Reading
	/** Our answer is about to be sent, or a person says that they carried it over. */
	| (At & { type: 'SENDING' })
	| (At & { type: 'SEND_FAILED'; code: string })
	/** An officer has the answer tried again. */
	| (At & { type: 'RETRY' })
	| ApprovalFell
	| RequesterFell

/** The machine's own last line of defence; the use case refuses earlier, with the reason in words. */
export const mayDecide = (context: LockboxContext, { stage, approverId, at }: Decide) =>
	stage === context.stage &&
	refusalToDecideLockbox(context, approverId) === null &&
	at < context.decideBy &&
	at < context.deadline

export const fillsStage = (context: LockboxContext, { approverId }: Decide) =>
	new Set([...approversAt(context, context.stage), approverId]).size >=
	(context.stages[context.stage]?.quorum ?? Infinity)

/** Every stage has its quorum with this approval. */
export const fillsAll = (context: LockboxContext, { stage, approverId, verdict, at }: Decide) =>
	context.stages.length > 0 &&
	firstUnfilled({ ...context, decisions: [...context.decisions, { stage, approverId, verdict, at }] }) ===
		null

/** The decisions once what this person approved no longer counts. */
export const withoutApproval = ({ decisions }: LockboxContext, { approverId, code, at }: ApprovalFell) =>
	decisions.map((decision) =>
		decision.approverId === approverId && decision.verdict === 'approve' && !decision.fell
			? { ...decision, fell: { at, code } }
			: decision,
	)

export const hasApproved = (
	{ decisions }: LockboxContext,
	{ approverId }: Pick<ApprovalFell, 'approverId'>,
) => decisions.some((each) => each.approverId === approverId && each.verdict === 'approve' && !each.fell)

export const atOf = (event: { type: string }, { steppedAt }: LockboxContext): Instant =>
	'at' in event ? (event.at as Instant) : steppedAt

/** How long until then; a moment that is past, or that was never to come, sets no deadline. */
export const untilThen = (then: Instant | null, now: Instant) =>
	then !== null && then > now ? msBetween(now, then) : Infinity
