import type { Charter } from '../charter/charter.schema.ts'
import { judge, type JudgeUnder } from '../charter/eligibility.ts'
import type { PersonFacts } from '../charter/facts.ts'
import type { Verdict } from '../charter/verdict.ts'
import type { Capacity } from './request-context.ts'
import { digestOf } from '../ledger/leaf.ts'
import { earliest, type Instant } from '../shared/instants.ts'

/** What is asked for: the role, for how long, and whether whom it benefits asks for themselves (left out: they do). */
export type AskedAccess = { role: string; durationSeconds: number; part?: 'requester' | 'beneficiary' }

/** At which stage somebody decides, and in which capacity. */
export type AskedDecision = { stage: number } & Pick<Capacity, 'group' | 'escalated'>

/** Whether the person may have this access from `at` on for the whole of its duration. */
export function judgeRequester(
	charter: Charter,
	facts: PersonFacts,
	{ role, durationSeconds, part = 'requester' }: AskedAccess,
	at: Instant,
	judgeUnder: JudgeUnder = judge,
): Verdict {
	return judgeUnder(charter, facts, { role, part, at, durationMs: durationSeconds * 1000 })
}

/** The question whether somebody may decide in this capacity. */
export const decisionQuestion = (role: string, { stage, group, escalated }: AskedDecision, at: Instant) =>
	({
		role,
		part: 'approver',
		stage,
		...(group ? { group } : {}),
		...(escalated ? { escalated } : {}),
		at,
		durationMs: 0,
	}) as const

/**
 * Judges who decides and whom it benefits, under the charter version that the request is pinned to, and where another
 * one has come into force since, under that as well: both must permit. `eligibilitySha256` is what the decision signs.
 */
export function judgeBoth(
	charters: readonly Charter[],
	facts: { approver: PersonFacts; requester: PersonFacts },
	{ stage, group, escalated, ...asked }: AskedAccess & AskedDecision,
	at: Instant,
	judgeUnder: JudgeUnder = judge,
): { approver: Verdict; requester: Verdict; eligibilitySha256: string } {
	const question = decisionQuestion(
		asked.role,
		{ stage, ...(group ? { group } : {}), ...(escalated ? { escalated } : {}) },
		at,
	)
	const approver = strictest(charters.map((charter) => judgeUnder(charter, facts.approver, question)))
	const requester = strictest(
		charters.map((charter) => judgeRequester(charter, facts.requester, asked, at, judgeUnder)),
	)
	return { approver, requester, eligibilitySha256: digestOf({ approver, requester }) }
}

/** Of several verdicts the one that denies, of permits the one that ends first. */
function strictest(verdicts: readonly Verdict[]): Verdict {
	const [first, ...rest] = verdicts
	if (!first) throw new Error('At least one verdict is needed.')
	return rest.reduce((strict, next) => {
		if (!strict.permit) return strict
		if (!next.permit) return next
		return earliest([strict.until, next.until]) === strict.until ? strict : next
	}, first)
}
