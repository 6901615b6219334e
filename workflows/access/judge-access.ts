import type { Charter } from '../charter/charter.schema.ts'
import { judge, type JudgeUnder } from '../charter/eligibility.ts'
import type { PersonFacts } from '../charter/facts.ts'
import type { Verdict } from '../charter/verdict.ts'
import { digestOf } from '../ledger/leaf.ts'
import { earliest, type Instant } from '../shared/instants.ts'

/** What is asked for: the role, and for how long. */
export type AskedAccess = { role: string; durationSeconds: number }

/** Whether the person may have this access from `at` on for the whole of its duration. */
export function judgeRequester(
	charter: Charter,
	facts: PersonFacts,
	{ role, durationSeconds }: AskedAccess,
	at: Instant,
	judgeUnder: JudgeUnder = judge,
): Verdict {
	return judgeUnder(charter, facts, { role, part: 'requester', at, durationMs: durationSeconds * 1000 })
}

/**
 * Judges who decides and whom it benefits, under the charter version that the request is pinned to, and where another
 * one has come into force since, under that as well: both must permit. `eligibilitySha256` is what the decision signs.
 */
export function judgeBoth(
	charters: readonly Charter[],
	facts: { approver: PersonFacts; requester: PersonFacts },
	{ stage, ...asked }: AskedAccess & { stage: number },
	at: Instant,
	judgeUnder: JudgeUnder = judge,
): { approver: Verdict; requester: Verdict; eligibilitySha256: string } {
	const question = { role: asked.role, part: 'approver', stage, at, durationMs: 0 } as const
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
