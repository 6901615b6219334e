import { msBetween, plusMs, type Instant } from '../shared/instants.ts'

/** How often an answer that did not get through is tried again. */
export const RETRY_EVERY_MS = 5 * 60_000
/** How long the provider is asked for the end of an access that should be over before the clock alone says so. */
export const END_GRACE_MS = 3_600_000

/** Who carries the answer to the provider: the worker, through an interface, or a person. */
export type LockboxChannel = 'api' | 'by_hand'

/**
 * What a provider says of a request, whatever its own word for it. `working`: it is on its way from one to another.
 * `approved`: access is open. `ended`: it was open and is over. `unknown`: a word that says nothing of the kind.
 */
export const SEEN = [
	'pending',
	'working',
	'approved',
	'denied',
	'expired',
	'cancelled',
	'ended',
	'unknown',
] as const
export type Seen = (typeof SEEN)[number]

/** Why a request can only be denied, whoever decides. Codes are stored: add freely, never rename. */
export const LOCKBOX_DENIALS = [
	'NO_LOCKBOX_SECTION',
	'REQUESTER_UNDISCLOSED',
	'NO_BOUNDARY',
	'DURATION_OVER_CAP',
	'DURATION_UNKNOWN',
	'REQUESTER_UNFIT',
] as const
export type LockboxDenial = (typeof LOCKBOX_DENIALS)[number]

export type LockboxStage = { from: string; quorum: number; withinMs: number }
export type LockboxDecision = {
	stage: number
	approverId: string
	verdict: 'approve' | 'deny'
	at: Instant
	/** Since when an approval no longer counts, since its giver may not decide any more, and why; left out while it does. */
	fell?: { at: Instant; code: string }
}
/** What made the answer: every stage, one denial, a rule of the charter, or that nobody decided in time. */
export type AnswerCause = 'quorum' | 'denied' | 'rule' | 'silence'

export type LockboxContext = {
	requestId: string
	channel: LockboxChannel
	/** Whom it benefits, and who brought it in by hand: none of them decides. */
	barred: string[]
	stages: LockboxStage[]
	/** Why it can only be denied; empty where the stages decide. */
	denials: LockboxDenial[]
	/** Null: the provider did not say, or says "as long as the support request". */
	durationMs: number | null
	/** The provider's clock: from when, and until when an answer counts (exclusive). */
	askedAt: Instant
	deadline: Instant
	stage: number
	openedAt: Instant
	/** When the open stage runs out: its own time, and never later than the provider's clock. */
	decideBy: Instant
	decisions: LockboxDecision[]
	answer: 'approve' | 'deny' | null
	answerCause: AnswerCause | null
	/** How often the answer was sent, and when last; an attempt counts from before it is made. */
	attempts: number
	/** How many of them had been made when an officer last had it tried again: patience begins anew. */
	attemptsBefore: number
	sentAt: Instant | null
	/** Why the answer did not get through. */
	failure: string | null
	/** What the provider was last seen to say, in its own word, and when that was read. */
	seen: Seen
	providerStatus: string
	readAt: Instant
	/** It was decided at the provider, and not by us. */
	isOutOfBand: boolean
	/** Since when access is open: the moment at which we learned of it, or sent our answer. */
	grantedAt: Instant | null
	/** Of a request from inside: since when the charter no longer allows it to whom it is for, and why; left out while it does. */
	requesterFell?: { at: Instant; code: string }
	/** Null: no end is known. */
	accessEndsAt: Instant | null
	endedBy: 'provider' | 'clock' | null
	closedAt: Instant | null
	/** Time of the last step: deadlines are counted from it. */
	steppedAt: Instant
}

export type LockboxInput = Pick<
	LockboxContext,
	| 'requestId'
	| 'channel'
	| 'barred'
	| 'stages'
	| 'denials'
	| 'durationMs'
	| 'askedAt'
	| 'deadline'
	| 'seen'
	| 'providerStatus'
> & { at: Instant }

export const LOCKBOX_STATES = [
	'pending',
	'approving',
	'denying',
	'sendFailed',
	'approvedAtProvider',
	'overtaken',
	'accessEnding',
	'accessEnded',
	'denied',
	'deniedElsewhere',
	'expired',
	'withdrawnByProvider',
] as const
export type LockboxState = (typeof LOCKBOX_STATES)[number]

/** States in which something is owed: a decision, an answer, or an end. */
export const OPEN_LOCKBOX_STATES = [
	'pending',
	'approving',
	'denying',
	'sendFailed',
	'approvedAtProvider',
	'overtaken',
	'accessEnding',
] as const satisfies readonly LockboxState[]
/** States in which the provider has access, or may have. */
export const ACCESS_STATES = [
	'approvedAtProvider',
	'overtaken',
	'accessEnding',
] as const satisfies readonly LockboxState[]
/** States in which our answer is on its way. */
export const ANSWERING_STATES = [
	'approving',
	'denying',
	'sendFailed',
] as const satisfies readonly LockboxState[]

const among = (states: readonly LockboxState[], state: LockboxState) => states.includes(state)
export const isOpenLockbox = (state: LockboxState) => among(OPEN_LOCKBOX_STATES, state)
export const hasAccess = (state: LockboxState) => among(ACCESS_STATES, state)
export const isAnswering = (state: LockboxState) => among(ANSWERING_STATES, state)

/** When the time of a stage that opens now runs out: its own time, and never later than the provider's clock. */
export function decideBy(
	{ stages, deadline }: Pick<LockboxContext, 'stages' | 'deadline'>,
	stage: number,
	at: Instant,
): Instant {
	const own = plusMs(at, stages[stage]?.withinMs ?? 0)
	return own < deadline ? own : deadline
}

/** What a request begins with. */
export const firstContext = ({ at, ...input }: LockboxInput): LockboxContext => ({
	...input,
	barred: [...new Set(input.barred)],
	stage: 0,
	openedAt: at,
	decideBy: decideBy(input, 0, at),
	decisions: [],
	answer: null,
	answerCause: null,
	attempts: 0,
	attemptsBefore: 0,
	sentAt: null,
	failure: null,
	readAt: at,
	isOutOfBand: false,
	grantedAt: null,
	accessEndsAt: null,
	endedBy: null,
	closedAt: null,
	steppedAt: at,
})

/** The moment at which this part of the provider's clock is left: a half, a quarter, an eighth. */
export const momentLeft = (
	{ askedAt, deadline }: Pick<LockboxContext, 'askedAt' | 'deadline'>,
	part: number,
) => plusMs(deadline, -Math.max(0, msBetween(askedAt, deadline)) * part)

/** Who has approved at a stage and may decide still, each human once. */
export const approversAt = ({ decisions }: Pick<LockboxContext, 'decisions'>, stage: number): string[] => [
	...new Set(
		decisions
			.filter((decision) => decision.stage === stage && decision.verdict === 'approve' && !decision.fell)
			.map(({ approverId }) => approverId),
	),
]

/** The first stage that lacks somebody; null once every stage has its quorum. */
export function firstUnfilled(context: Pick<LockboxContext, 'stages' | 'decisions'>): number | null {
	const stage = context.stages.findIndex(({ quorum }, index) => approversAt(context, index).length < quorum)
	return stage === -1 ? null : stage
}

/** Why a person must not decide on a request, whatever the charter says of them; null where nothing of the kind. */
export function refusalToDecideLockbox(
	{ barred, decisions }: Pick<LockboxContext, 'barred' | 'decisions'>,
	approverId: string,
): 'OWN_REQUEST' | 'ALREADY_DECIDED' | null {
	if (barred.includes(approverId)) return 'OWN_REQUEST'
	return decisions.some((decision) => decision.approverId === approverId) ? 'ALREADY_DECIDED' : null
}

/** Whether an answer may have reached the provider: a person may have carried it at any time since it was decided. */
export const mayHaveBeenSent = ({ channel, attempts }: Pick<LockboxContext, 'channel' | 'attempts'>) =>
	channel === 'by_hand' || attempts > 0
