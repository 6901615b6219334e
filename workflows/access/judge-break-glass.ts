import type { Charter } from '../charter/charter.schema.ts'
import { judge, type JudgeUnder } from '../charter/eligibility.ts'
import type { PersonFacts } from '../charter/facts.ts'
import type { ClauseResult, Verdict } from '../charter/verdict.ts'
import { digestOf } from '../ledger/leaf.ts'
import { durationMs, type Instant } from '../shared/instants.ts'
import { judgeRequester } from './judge-access.ts'

export type AskedUse = { usingRole: string; role: string; durationSeconds: number }

export type JudgedUse = {
	/** Whether the person holds the role that may break the glass, and satisfies it. */
	holder: Verdict
	/** As for a request: of all rules only the stages of approval fall away. */
	requester: Verdict
	/** Every reason that stands against it; empty where nothing does. */
	denials: readonly ClauseResult[]
	/** What the signatures name: SHA-256 over both verdicts. */
	eligibilitySha256: string
}

/**
 * Whether this person may take this role at once. Citizenship, clearance, training, facility, presence, hours, suspension
 * and all the others count as they do for a request: an emergency makes nobody fit. Under several charters (the one that
 * was signed under and the one in force) the first that denies counts.
 */
export function judgeUse(
	charters: readonly Charter[],
	facts: PersonFacts,
	{ usingRole, role, durationSeconds }: AskedUse,
	at: Instant,
	judgeUnder: JudgeUnder = judge,
): JudgedUse {
	const judged = charters.map((charter) => ({
		holder: judgeUnder(charter, facts, { role: usingRole, part: 'holder', at, durationMs: 0 }),
		requester: judgeRequester(charter, facts, { role, durationSeconds }, at, judgeUnder),
	}))
	const strictest =
		judged.find(({ holder, requester }) => !holder.permit || !requester.permit) ?? judged.at(-1)
	if (!strictest) throw new Error('At least one charter is needed.')
	const { holder, requester } = strictest
	const denials = [holder, requester].flatMap((verdict) => (verdict.permit ? [] : verdict.denials))
	const seen = new Set<string>()
	return {
		holder,
		requester,
		denials: denials.filter(({ code }) => !seen.has(code) && seen.add(code)),
		eligibilitySha256: digestOf({ holder, requester }),
	}
}

/** What a charter allows in an emergency, in the units that the statechart counts in. */
export type BreakGlassRule = {
	usedBy: readonly string[]
	roles: readonly string[]
	maximumMs: number
	secondOfficer: boolean
	tells: readonly string[]
	review: { by: string; quorum: number; withinMs: number }
}

/** The section on break-glass; null where the charter has none, and then nobody may. */
export function breakGlassRule({ breakGlass }: Charter): BreakGlassRule | null {
	if (!breakGlass) return null
	const { usedBy, roles, maximumDuration, secondOfficer, tells, review } = breakGlass
	return {
		usedBy,
		roles,
		maximumMs: durationMs(maximumDuration) ?? 0,
		secondOfficer,
		tells,
		review: { by: review.by, quorum: review.quorum, withinMs: durationMs(review.within) ?? 0 },
	}
}
