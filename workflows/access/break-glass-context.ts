import type { Instant } from '../shared/instants.ts'

/** How long a second officer has; silence ends it. Whoever waits longer than that needs the sealed procedure. */
export const SECOND_WITHIN_MS = 15 * 60_000
/** How often an overdue review is told again. */
export const REMIND_EVERY_MS = 24 * 3_600_000

export type ReviewVerdict = 'justified' | 'not_justified'
export type GivenReview = { reviewerId: string; verdict: ReviewVerdict; at: Instant }

export type BreakGlassContext = {
	useId: string
	/** `offline`: used by the sealed procedure and recorded afterwards; nothing is opened any more. */
	kind: 'online' | 'offline'
	userId: string
	/** Who took part: the user, a second officer, whoever opened the envelope, saw it or recorded it. None of them reviews. */
	participants: string[]
	durationMs: number
	/** The charter's limit on it. */
	maximumMs: number
	/** Digest of what the user signed; the second officer signs the same. */
	useSha256: string
	needsSecond: boolean
	secondId: string | null
	/** The second officer may sign until then (exclusive). */
	secondBy: Instant
	reviewQuorum: number
	reviewWithinMs: number
	/** When the access was opened; of an offline use, when the envelope was. Null before. */
	usedAt: Instant | null
	/** Reviews are owed from the use on, and overdue from then on. */
	reviewBy: Instant | null
	accessEndedAt: Instant | null
	overdueAt: Instant | null
	reviews: GivenReview[]
	/** Why a voided use fell; null otherwise. */
	voidedBy: string | null
	closedAt: Instant | null
	/** Time of the last step: deadlines are counted from it. */
	steppedAt: Instant
}

export type BreakGlassInput = Pick<
	BreakGlassContext,
	| 'useId'
	| 'kind'
	| 'userId'
	| 'participants'
	| 'durationMs'
	| 'maximumMs'
	| 'useSha256'
	| 'needsSecond'
	| 'reviewQuorum'
	| 'reviewWithinMs'
> & {
	at: Instant
	/** Of an offline use, when it began. */
	usedAt?: Instant
}

export const BREAK_GLASS_STATES = [
	'awaitingSecond',
	'inUse',
	'reviewOwed',
	'overdue',
	'reviewed',
	'refused',
	'withdrawn',
	'timedOut',
	'voided',
] as const
export type BreakGlassState = (typeof BREAK_GLASS_STATES)[number]

/** States in which a use blocks the next one of its role: it waits, runs, or its review is not done. */
export const OWING_STATES = [
	'awaitingSecond',
	'inUse',
	'reviewOwed',
	'overdue',
] as const satisfies readonly BreakGlassState[]

/** Whether the next use of the role is blocked by a use in this state. */
export const isOwing = (state: BreakGlassState): boolean =>
	(OWING_STATES as readonly BreakGlassState[]).includes(state)

/** Why a person must not review a use, whatever the charter says of them; null where nothing of the kind. */
export function refusalToReview(
	{ participants, reviews }: Pick<BreakGlassContext, 'participants' | 'reviews'>,
	reviewerId: string,
): 'OWN_USE' | 'ALREADY_REVIEWED' | null {
	if (participants.includes(reviewerId)) return 'OWN_USE'
	return reviews.some((review) => review.reviewerId === reviewerId) ? 'ALREADY_REVIEWED' : null
}
