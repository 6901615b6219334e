import type { FindingKind, Reaction } from '../charter/entra.schema.ts'
import { canonicalJson } from '../shared/canonical-json.ts'
import type { Json } from '../shared/canonical-json.ts'
import { msBetween, plusMs, type Instant } from '../shared/instants.ts'
import type { Difference } from './differences.ts'
import type { Missed } from './reconcile.ts'

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

export const isClosedFinding = (state: FindingState): boolean =>
	(CLOSED_FINDING_STATES as readonly FindingState[]).includes(state)

/** What ordered a removal: a rule of the charter, silence, an officer, or two of them. */
export type OrderedBy = 'rule' | 'silence' | 'decision'

export type FindingContext = {
	findingId: string
	/** As it was last seen. */
	difference: Difference
	reaction: Reaction
	firstSeenAt: Instant
	lastSeenAt: Instant
	sightings: number
	confirmedAt: Instant | null
	/** Who has taken it on. */
	ownerId: string | null
	/** Until when somebody decides; null where nobody is asked. */
	decideBy: Instant | null
	/** Nobody decided in time. */
	wasSilent: boolean
	orderedAt: Instant | null
	orderedBy: OrderedBy | null
	/** The officer who decided so. */
	decidedBy: string | null
	/** The officer who asks for the release of a removal that the guard holds, and whoever released it. */
	askedBy: string | null
	releasedBy: string | null
	/** When the first removal was sent; what the guard counts. */
	sentAt: Instant | null
	retryAt: Instant | null
	failure: string | null
	killSwitchAt: Instant | null
	acceptedUntil: Instant | null
	acceptedKinds: readonly FindingKind[]
	/** Since when looks do not see it any more; null while they do. */
	missedSince: Instant | null
	missed: Missed | null
	closedAt: Instant | null
}

export type FindingInput = { findingId: string; difference: Difference; reaction: Reaction; at: Instant }

export const beginFinding = ({ findingId, difference, reaction, at }: FindingInput): FindingContext => ({
	findingId,
	difference,
	reaction,
	firstSeenAt: at,
	lastSeenAt: at,
	sightings: 1,
	confirmedAt: null,
	ownerId: null,
	decideBy: null,
	wasSilent: false,
	orderedAt: null,
	orderedBy: null,
	decidedBy: null,
	askedBy: null,
	releasedBy: null,
	sentAt: null,
	retryAt: null,
	failure: null,
	killSwitchAt: null,
	acceptedUntil: null,
	acceptedKinds: [],
	missedSince: null,
	missed: null,
	closedAt: null,
})

/** The context of a stored finding in today's form: one of version 1 knows of no look that missed it. */
export const upgradeFinding = (
	stored: Omit<FindingContext, 'missedSince'> & Partial<Pick<FindingContext, 'missedSince'>>,
): FindingContext => ({ missedSince: null, ...stored })

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

/** Whether something is wrong with it that was not when it was accepted, or it begins before the time that it was accepted for. */
export const isWorse = (
	{ acceptedKinds, difference: before }: FindingContext,
	{ difference, at }: Sighted,
): boolean =>
	difference.kinds.some((kind) => !acceptedKinds.includes(kind)) ||
	(before.standing === 'scheduled' &&
		before.from !== null &&
		msBetween(difference.standing === 'scheduled' ? (difference.from ?? at) : at, before.from) > CLOCKS_MS)

/** Whether another look tells anything that people would see. */
export const isNews = ({ difference, reaction }: FindingContext, sighted: Sighted): boolean =>
	isAskedOtherwise({ reaction }, sighted) ||
	canonicalJson(plain(difference)) !== canonicalJson(plain(sighted.difference))

const plain = ({ kinds, standing, from, until, reasons, people, removal, personId }: Difference): Json => ({
	kinds: [...kinds],
	standing,
	begins: standing === 'scheduled' ? from : null,
	until,
	reasons: [...reasons],
	people: people > 0,
	removal: removal as Json,
	personId,
})

/** Until when somebody has time to decide; null where nobody is asked. */
export const decideByOf = (reaction: Reaction, at: Instant): Instant | null =>
	reaction.do === 'decide' ? plusMs(at, reaction.withinMs) : null
