import type { FindingKind, reactionTo } from '../charter/entra.schema.ts'
import { plusMs, type Instant } from '../shared/instants.ts'
import type { Drift, DriftKind } from './grant-context.ts'
import { strictestReaction } from './strictest-reaction.ts'

/** How long an officer has to answer for what Entra holds otherwise than approved, where the charter says nothing of it. */
export const DRIFT_ANSWER_MS = 15 * 60_000

/** For how long an answer is waited for, null: for ever; and what becomes of an access of which nobody says anything. */
export type DriftAnswer =
	{ withinMs: number; silence: 'remove' } | { withinMs: number | null; silence: 'alert' }

/** Where a charter is silent about what deviates, silence ends the access: it is ours, and not as approved. */
export const UNSAID: DriftAnswer = { withinMs: DRIFT_ANSWER_MS, silence: 'remove' }

/** What silence about this deviation does, and when; null: nothing is done by itself. */
export function silenceAbout({ since, answer = UNSAID }: { since: Instant; answer?: DriftAnswer }): {
	does: DriftAnswer['silence']
	at: Instant | null
} {
	const { withinMs, silence } = answer
	return { does: silence, at: withinMs === null ? null : plusMs(since, withinMs) }
}

/** What a deviation of an access of ours is, as a charter names it. */
export const DRIFT_FINDING = {
	missing: 'missingGrant',
	not_ours: 'outOfBand',
	end: 'wrongEnd',
	scope: 'wrongScope',
} as const satisfies Record<DriftKind, FindingKind>

/** What the charter in force says of silence about this deviation: the strictest of all that is wrong with it. */
export function driftAnswerOf(
	charter: Parameters<typeof reactionTo>[0],
	{ what, seenEndsAt }: Pick<Drift, 'what' | 'seenEndsAt'>,
): DriftAnswer {
	const isEndless = what === 'end' && seenEndsAt === null
	const kinds = [DRIFT_FINDING[what], ...(isEndless ? (['permanent'] as const) : [])]
	const said = kinds.filter((kind) => charter.entra?.findings?.[kind] !== undefined)
	if (said.length === 0) return UNSAID
	const reaction = strictestReaction(charter, said, true)
	// What is removed at once is ordered by its finding; this stands in where nobody could look at the tenant as a whole.
	if (reaction.do === 'remove') return UNSAID
	if (reaction.do === 'alert') return { withinMs: null, silence: 'alert' }
	return { withinMs: reaction.withinMs, silence: reaction.otherwise }
}
