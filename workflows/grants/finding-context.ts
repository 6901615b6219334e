import type { FindingKind, Reaction } from '../charter/entra.schema.ts'
import { canonicalJson } from '../shared/canonical-json.ts'
import { msBetween, type Instant } from '../shared/instants.ts'
import type { Difference } from './differences.ts'
import { type Sent, turnsOutGroup, weightOf } from './mass-guard.ts'

/** What is seen is believed at the second sighting; what is not seen only after a while, since lists lag. */
export const PRESENCE_AGE_MS = 2_000
export const ABSENCE_AGE_MS = 60_000
/** Within so long a confirmed removal that is seen again is lag of the lists, and no second assignment. */
const SIGHTINGS_TO_BELIEVE = 2
/** By so much clocks may differ. */
const CLOCKS_MS = 2 * 60_000

export const FINDING_STATES = [
	'seen',
	'alerted',
	'awaiting',
	'referred',
	'accepted',
	'ordered',
	'held',
	'removing',
	'postponed',
	'notConfirmed',
	'removed',
	'gone',
	'explained',
	'neverConfirmed',
] as const
export type FindingState = (typeof FINDING_STATES)[number]

/** States that are the end. */
export const CLOSED_FINDING_STATES = [
	'removed',
	'gone',
	'explained',
	'neverConfirmed',
] as const satisfies readonly FindingState[]
/** States in which somebody can decide. */
export const DECIDABLE_STATES = [
	'alerted',
	'awaiting',
	'referred',
	'held',
] as const satisfies readonly FindingState[]

/**
 * Why a finding is not found any more: Entra no longer shows it (`gone`), a grant of ours explains it by now (`explained`), the
 * charter does not govern the place any more (`ungoverned`), or names the account as one that is only watched (`watched`); or its
 * tenant was left for good (`leftTenant`), and what it holds nobody knows. Or why a removal is given up: a watched account has it
 * through the group (`watchedThrough`), what Charterkeep gave rests on it (`oursThrough`), or what is left of it can be taken
 * away in the tenant alone (`fixed`).
 */
export const MISSED = [
	'gone',
	'explained',
	'ungoverned',
	'watched',
	'leftTenant',
	'watchedThrough',
	'oursThrough',
	'fixed',
] as const
export type Missed = (typeof MISSED)[number]

/** Its removal is under way. */
export const REMOVING_STATES = [
	'removing',
	'postponed',
	'notConfirmed',
] as const satisfies readonly FindingState[]

export const isClosedFinding = (state: FindingState): boolean =>
	(CLOSED_FINDING_STATES as readonly FindingState[]).includes(state)

/** What ordered a removal: a rule of the charter, silence, an officer, or two of them. */
export type OrderedBy = 'rule' | 'silence' | 'decision'

/**
 * What came of ending the sessions of whoever a finding is about: the tenant ended them; it has no such user (`absent`); they are a
 * guest's, which only its own tenant ends (`foreign`); it does not take it (`refused`); or there are none that could be ended, since
 * it is about a group, an application, or what gives nothing yet (`none`).
 */
export type SessionsEnd = { what: 'ended' | 'absent' | 'foreign' | 'refused' | 'none'; at: Instant }

export type FindingContext = {
	findingId: string
	/** As it was last seen. */
	difference: Difference
	reaction: Reaction
	firstSeenAt: Instant
	lastSeenAt: Instant
	sightings: number
	confirmedAt: Instant | null
	/** It was certain once, also where it counts anew since. */
	wasBelieved: boolean
	/** Who has taken it on. */
	ownerId: string | null
	/** Until when somebody decides; null where nobody is asked. */
	decideBy: Instant | null
	/** Since when somebody is asked, however often for another time since; null where nobody was, or of a deadline of before this was kept. */
	waitsSince: Instant | null
	/** Nobody decided in time. */
	wasSilent: boolean
	orderedAt: Instant | null
	orderedBy: OrderedBy | null
	/** The officer who decided so. */
	decidedBy: string | null
	/** The officer who asks for the release of a removal that the guard holds, and whoever released it. */
	askedBy: string | null
	releasedBy: string | null
	/** The officer who asked for it before what is shown became another thing; null where nobody did, or somebody has asked since. */
	askedBefore: string | null
	/** When its removal was first begun; what the tenant made of it says `tenantAskedAt`. */
	sentAt: Instant | null
	/**
	 * Since when the tenant may be taking it away: when it was first asked to and did not refuse, noted before it is asked, beside the
	 * statechart. Null while it was not asked, or refused.
	 */
	tenantAskedAt: Instant | null
	/** When it was last let pass, by the guard or by two officers: so long it has been tried. Null where it was not yet. */
	begunAt: Instant | null
	/** From how many people the guard let it take something, and when; null where it did not yet. */
	admitted: Sent | null
	retryAt: Instant | null
	failure: string | null
	killSwitchAt: Instant | null
	/** As the tenant answered last, noted beside the statechart, which does not ask; absent while it has not. */
	sessions?: SessionsEnd
	acceptedUntil: Instant | null
	/** What was accepted: everything that was wrong with it, why, until when, and with whom in the group that it is about. */
	acceptedKinds: readonly FindingKind[]
	acceptedReasons: readonly string[]
	acceptedEnd: Instant | null
	/** Null: it is about no group, or nobody has read who is in it since an acceptance of before this was kept. */
	acceptedMembers: readonly string[] | null
	/** How the rule stood, as a digest; null where it is about none, or that was not known. */
	acceptedRule: string | null
	/** Since when looks do not see it any more; null while they do. */
	missedSince: Instant | null
	missed: Missed | null
	closedAt: Instant | null
}

export type FindingInput = { findingId: string; difference: Difference; reaction: Reaction; at: Instant }

/** Of a finding that nobody answers for. */
export const NOTHING_ACCEPTED = {
	acceptedKinds: [],
	acceptedReasons: [],
	acceptedEnd: null,
	acceptedMembers: null,
	acceptedRule: null,
} as const satisfies Partial<FindingContext>

/** What whoever accepts it answers for. */
export const acceptedOf = ({ kinds, reasons, until, members, rule }: Difference) => ({
	acceptedKinds: kinds,
	acceptedReasons: reasons,
	acceptedEnd: until,
	acceptedMembers: members?.accounts ?? null,
	acceptedRule: rule ?? null,
})

export const beginFinding = ({ findingId, difference, reaction, at }: FindingInput): FindingContext => ({
	findingId,
	difference,
	reaction,
	firstSeenAt: at,
	lastSeenAt: at,
	sightings: 1,
	confirmedAt: null,
	wasBelieved: false,
	ownerId: null,
	decideBy: null,
	waitsSince: null,
	wasSilent: false,
	orderedAt: null,
	orderedBy: null,
	decidedBy: null,
	askedBy: null,
	releasedBy: null,
	askedBefore: null,
	sentAt: null,
	tenantAskedAt: null,
	begunAt: null,
	admitted: null,
	retryAt: null,
	failure: null,
	killSwitchAt: null,
	acceptedUntil: null,
	...NOTHING_ACCEPTED,
	missedSince: null,
	missed: null,
	closedAt: null,
})

type Later =
	| 'missedSince'
	| 'wasBelieved'
	| 'acceptedReasons'
	| 'acceptedEnd'
	| 'acceptedMembers'
	| 'acceptedRule'
	| 'waitsSince'
	| 'askedBefore'
	| 'admitted'
	| 'begunAt'
	| 'tenantAskedAt'

/**
 * The context of a stored finding in today's form. One of version 1 knows of no look that missed it. One of version 2 does not know
 * what was accepted beside the kinds: that is taken to be what was last seen. One of version 3 does not know from how many the guard
 * let it take something: from as many as it concerns now. One of version 4 knows of no attempt but the first, and is taken to have
 * sent it. `version` is the finding's own: whatever is stored after the first was believed before.
 */
export const upgradeFinding = (
	stored: Omit<FindingContext, Later> & Partial<Pick<FindingContext, Later>>,
	version: number,
): FindingContext => ({
	missedSince: null,
	wasBelieved: version > 1,
	acceptedReasons: stored.difference.reasons,
	acceptedEnd: stored.difference.until,
	acceptedMembers: null,
	acceptedRule: null,
	waitsSince: null,
	askedBefore: null,
	tenantAskedAt: stored.sentAt,
	begunAt: stored.sentAt,
	admitted: stored.sentAt === null ? null : { people: weightOf(stored.difference), at: stored.sentAt },
	...stored,
})

export type Sighted = { difference: Difference; reaction: Reaction; at: Instant }

/** Whether this sighting makes it certain. */
export const isBelieved = (
	{ firstSeenAt, sightings }: FindingContext,
	{ difference, at }: Sighted,
): boolean =>
	sightings + 1 >= SIGHTINGS_TO_BELIEVE &&
	msBetween(firstSeenAt, at) >= (difference.isAbsence ? ABSENCE_AGE_MS : PRESENCE_AGE_MS)

/** Whether the charter, or what is wrong, asks for something else than when it was last seen. */
export const isAskedOtherwise = ({ reaction }: Pick<FindingContext, 'reaction'>, sighted: Sighted): boolean =>
	canonicalJson(reaction) !== canonicalJson(sighted.reaction)

/**
 * Whether it is more than what was accepted: something else is wrong with it, or for another reason; it begins earlier, lasts longer
 * or has no end any more; it is a group that has it, and not one account; somebody else has it through the group that it is about; or
 * the rule that it is about stands otherwise.
 */
export const isWorse = (context: FindingContext, { difference, at }: Sighted): boolean => {
	const { acceptedKinds, acceptedReasons, acceptedMembers, acceptedRule, difference: before } = context
	return (
		difference.kinds.some((kind) => !acceptedKinds.includes(kind)) ||
		difference.reasons.some((reason) => !acceptedReasons.includes(reason)) ||
		lastsLonger(context, difference) ||
		turnsOutGroup(before, difference) ||
		(acceptedRule !== null && difference.rule !== undefined && difference.rule !== acceptedRule) ||
		(acceptedMembers !== null &&
			(difference.members?.accounts ?? []).some((id) => !acceptedMembers.includes(id))) ||
		(before.standing === 'scheduled' &&
			before.from !== null &&
			msBetween(difference.standing === 'scheduled' ? (difference.from ?? at) : at, before.from) > CLOCKS_MS)
	)
}

/** A list that tells of no ends takes none away. */
function lastsLonger({ acceptedEnd }: FindingContext, { until, isEndUnknown }: Difference): boolean {
	if (acceptedEnd === null) return false
	return until === null ? isEndUnknown !== true : msBetween(acceptedEnd, until) > CLOCKS_MS
}
