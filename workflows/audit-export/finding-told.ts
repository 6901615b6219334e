import type { FindingKind } from '../charter/entra.schema.ts'
import type { FindingState, OrderedBy } from '../grants/finding-context.ts'
import type { Asked } from '../grants/time-to-decide.ts'
import type { LeafOf } from '../ledger/entry.schema.ts'
import type { FindingEnvelope } from '../ledger/finding-envelope.schema.ts'
import type { ShownDifference } from '../ledger/finding-parts.schema.ts'
import { digestOf } from '../ledger/leaf.ts'
import type { Instant } from '../shared/instants.ts'
import { problem } from './problem.ts'

/** A finding as the entries tell it so far. */
export type ToldFinding = {
	subject: string | null
	family: LeafOf<'finding.opened'>['open']['family']
	kinds: readonly FindingKind[]
	state: FindingState
	/** What it was last shown as; null where it is not laid open. */
	shown: ShownDifference | null
	/** Since when it counts as seen for the first time. */
	seenAt: Instant
	/** It was certain once, also where it counts anew since. */
	wasBelieved: boolean
	/** Who is asked to decide: silence is taken no earlier. Null where nobody is. */
	asked: Asked | null
	/** Under which charter it was last looked at. */
	charterEntry: string
	orderedBy: OrderedBy | null
	askedBy: string | null
	/** Its removal was told as about to be sent, since it counts as seen for the first time. */
	wasSent: boolean
	/** It was told so at any time. */
	wasEverSent: boolean
	acceptedUntil: Instant | null
}

/** Entries of a removal that is under way. */
export type RemovalStep =
	| 'finding.removal_postponed'
	| 'finding.removal_retried'
	| 'finding.removal_not_confirmed'
	| 'finding.removal_failed'
	| 'finding.kill_switch_used'

/** Whose account a removal takes from. Of one of our own accesses, the access ends by itself: nothing is taken from the account beside it. */
export const principalOf = ({ family, shown }: ToldFinding) =>
	family === 'holding' ? (shown?.principalId ?? null) : null

/** Where this reaction of a charter leads. */
export const outcomeOf = (reaction: 'alert' | 'remove' | 'decide'): FindingState =>
	reaction === 'remove' ? 'ordered' : reaction === 'decide' ? 'awaiting' : 'alerted'

/** Whether what is laid open is what the entry says. */
export const isOpenedAs = (
	shown: { findingId: string; kinds: readonly string[] } | null,
	open: { findingId: string; kinds: readonly string[] },
) => shown === null || (shown.findingId === open.findingId && shown.kinds.join() === open.kinds.join())

/** Whether so many can lose it: no more than are in the group that it is about, or could be. */
export const isCounted = ({ shown }: ToldFinding, people: number | undefined) =>
	people === undefined || (people >= 1 && people <= Math.max(1, shown?.members?.count ?? people))

/** Whether what begins later is told with its begin, and nothing else is. */
export const isBeginTold = (shown: ShownDifference | null) =>
	shown === null || (shown.standing === 'scheduled') === (shown.from !== undefined)

export const unknown = problem('FINDING_UNKNOWN', 'a step on a finding that was not found before')
export const over = problem('FINDING_OVER', 'a step on a finding that was over')
export const order = problem('FINDING_ORDER', 'a step on a finding that was not due')
export const differs = problem('FINDING_DIFFERS', 'the opened difference is not what the entry says')
export const unruled = problem('FINDING_RULE', 'the charter does not say of it what was done')
export const unordered = problem('FINDING_UNORDERED', 'a removal is sent that nobody and no rule ordered')
export const unsent = problem(
	'FINDING_UNSENT',
	'something is called removed, or being removed, or sessions are ended for it, and it was never sent',
)
export const own = problem('FINDING_OWN', 'somebody decides on what they hold themselves, or nobody does')

export const oneOfficer = problem(
	'FINDING_ONE_OFFICER',
	'a removal that the guard held is released by one officer alone',
)

/** Whether an officer signed exactly this, of exactly what was last shown. */
export function isSignedFor(
	envelope: FindingEnvelope,
	{ open, actor }: Pick<LeafOf<'finding.decided'>, 'open' | 'actor'>,
	{
		shown,
		reason,
		textSha256,
	}: { shown: ShownDifference | null; reason: string | null; textSha256: string | undefined },
): boolean {
	const signedFor = envelope.findings.filter(({ findingId }) => findingId === open.findingId)
	return (
		envelope.step === open.step &&
		envelope.officerId === actor &&
		envelope.acceptedUntil === open.acceptedUntil &&
		signedFor.length === 1 &&
		(shown === null || signedFor[0]?.differenceSha256 === digestOf(shown)) &&
		envelope.charterTextSha256 === textSha256 &&
		(reason === null || envelope.reasonSha256 === digestOf({ nonce: envelope.nonce, reason }))
	)
}
