import type { LockboxChannel, LockboxContext, LockboxState } from '#workflows/lockbox/lockbox-context.ts'
import type { Disclosed } from '#workflows/lockbox/provider-request.ts'
import type { Provider } from '#workflows/lockbox/providers.ts'
import type { RequestView, TimelineItem } from '../views.ts'

/** One request in a list. */
export type LockboxSummary = {
	id: string
	number: number
	provider: Provider
	/** The provider's own number; null for a request from inside, whose number says nothing. */
	providerRequestId: string | null
	/** Name of the boundary; null where none was matched. */
	boundary: string | null
	state: LockboxState
	/** Which answer is on its way; null before. */
	answer: 'approve' | 'deny' | null
	cause: string
	isInside: boolean
	isOutOfBand: boolean
	askedAt: string
	/** What runs out next: the stage's time, the provider's clock, or the access. Null where nothing does. */
	deadline: string | null
	closedAt: string | null
	/** The stage that is open: how many have approved, how many it takes, and the title of the role. */
	stage: { given: number; needed: number; title: string } | null
	/** What waits for this reader. */
	needsYou: 'decide' | 'carry' | null
	/** Whom it is for may not have it any more, and nothing here can take it back: to be ended by hand. */
	hasFallen: boolean
}

export type LockboxStageView = {
	title: string
	quorum: number
	withinSeconds: number
	isOpen: boolean
	decisions: {
		name: string
		verdict: 'approve' | 'deny'
		reason: string
		at: string
		/** Since when an approval no longer counts; null while it does. */
		fellAt: string | null
		entryIndex: number | null
	}[]
}

/** One line of what was sent to the provider, and of what it was read to say. */
export type ExchangeView = {
	at: string
	kind: 'imported' | 'sent' | 'seen' | 'failed'
	/** The provider's word, or the code of what failed. */
	status: string
	/** Who brought or said it; null for the worker. */
	by: string | null
	entryIndex: number | null
}

export type LockboxView = LockboxSummary & {
	context: Pick<
		LockboxContext,
		| 'denials'
		| 'answerCause'
		| 'attempts'
		| 'sentAt'
		| 'failure'
		| 'providerStatus'
		| 'readAt'
		| 'grantedAt'
		| 'accessEndsAt'
		| 'endedBy'
		| 'deadline'
		| 'decideBy'
		| 'requesterFell'
	>
	channel: LockboxChannel
	origin: 'poll' | 'import' | 'hand' | 'inside'
	scope: string
	type: string
	reach: string
	resources: string[]
	supportRequest: string
	durationSeconds: number | null
	durationText: string
	maximumSeconds: number | null
	disclosed: Disclosed
	requester: string | null
	beneficiary: string | null
	/** Title of the role as whose holder one of ours asks. */
	role: string | null
	broughtBy: string | null
	charterVersion: number
	charterTextSha256: string
	requestSha256: string
	stages: LockboxStageView[]
	exchanges: ExchangeView[]
	/** What was or is to be sent, word by word; null before it is decided. */
	answerText: string | null
	/** Of Microsoft 365, the command that answers; null where nothing is to be carried. */
	command: string | null
	timeline: TimelineItem[]
	charts: RequestView['charts']
	mayDecide: boolean
	/** Why this reader cannot decide on what waits; null where they can, or where nothing waits. */
	refusal: string | null
	/** Rules by which it can only be denied by now, by code. */
	ruledOut: string[]
	/** Who could decide at the open stage, by name. */
	canDecide: string[]
	/** Rules by which a yes must not be carried over any more; empty where it may, or where a worker judges it. */
	doNotSend: string[]
	mayReportSent: boolean
	mayReportSeen: boolean
	mayRetry: boolean
	now: string
}

/** `isRead`: its provider has an interface, which is read and answered by the worker. */
export type BoundaryChoice = { id: string; provider: Provider; name: string; scope: string; isRead: boolean }

export type LockboxesView = {
	waiting: LockboxSummary[]
	access: LockboxSummary[]
	ended: LockboxSummary[]
	/** Number to go on from; null at the end. */
	next: number | null
	boundaries: (BoundaryChoice & {
		readAt: string | null
		okAt: string | null
		trouble: string | null
	})[]
	mayRecord: boolean
	mayAsk: boolean
	/** The reader sees what they asked for alone. */
	isOwnOnly: boolean
	/** False where the charter in force has no such section: every request is denied. */
	isOffered: boolean
	now: string
}
