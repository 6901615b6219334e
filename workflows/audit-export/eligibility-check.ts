import type { z } from 'zod'
import { judgeBoth, judgeRequester, type AskedAccess } from '../access/judge-access.ts'
import { judgeUse, type AskedUse } from '../access/judge-break-glass.ts'
import { judgeInsider, judgeLockboxApprover } from '../lockbox/judge-lockbox.ts'
import type { Charter } from '../charter/charter.schema.ts'
import { verdictDigest } from '../charter/eligibility.ts'
import type { PersonFacts } from '../charter/facts.ts'
import type { LeafOf } from '../ledger/entry.schema.ts'
import { digestOf } from '../ledger/leaf.ts'
import type { SEALED } from '../ledger/sealed-parts.schema.ts'
import type { CharterBook } from './charter-book.ts'
import { differingKind, personFactsSchema } from './opened-facts.ts'
import type { createPersonHistory } from './person-history.ts'
import { problem, unchecked, type StoryProblem } from './problem.ts'

type Sealed<K extends 'request.filed' | 'request.amended' | 'request.decided' | 'break_glass.signed'> =
	z.infer<(typeof SEALED)[K]['eligibility']>

/**
 * Judges anew what was judged then: the opened facts under the charter that was in force, to the same verdict by its
 * digest, after holding the facts against the entries that had told them.
 */
export function createEligibilityCheck(
	charters: CharterBook,
	people: Pick<ReturnType<typeof createPersonHistory>, 'factsOf'>,
) {
	let reevaluated = 0

	/** Whether the facts are what the log had said of the person by then. */
	function checkFacts(facts: PersonFacts, personId: string | null, at: string): StoryProblem[] {
		if (personId === null || facts.personId !== personId)
			return [problem('FACTS_OF_ANOTHER', 'the facts that were judged are those of somebody else')]
		const { facts: recorded, sealed } = people.factsOf(personId, at)
		if (sealed.length > 0)
			return [unchecked('FACTS_SEALED', 'entries that tell facts of this person are not laid open')]
		const differing = differingKind(facts, recorded)
		return differing === null
			? []
			: [problem('FACTS_DIFFER', `what was judged differs from what was recorded before: ${differing}`)]
	}

	function judgedAnew(
		charter: Charter,
		facts: PersonFacts,
		asked: AskedAccess,
		personId: string | null,
		at: string,
		verdictSha256: string,
	): StoryProblem[] {
		const verdict = judgeRequester(charter, facts, asked, at)
		reevaluated += 1
		const problems = checkFacts(facts, personId, at)
		if (verdictDigest(verdict) !== verdictSha256) problems.push(differs)
		if (!verdict.permit)
			problems.push(problem('INELIGIBLE', 'the charter in force did not allow this request'))
		return problems
	}

	return {
		filing(
			{ time, subject, open }: LeafOf<'request.filed'>,
			{ facts, verdictSha256 }: Sealed<'request.filed'>,
		): StoryProblem[] {
			const parsed = personFactsSchema.safeParse(facts)
			if (!parsed.success) return [problem('FACTS_MALFORMED', 'the facts that were judged cannot be read')]
			const charter = charters.charterOf(open.charterEntry)
			if (charter === null)
				return [unchecked('CHARTER_SEALED', 'the charter that this was judged under is not laid open')]
			const part = open.onBehalf ? ('beneficiary' as const) : ('requester' as const)
			return judgedAnew(charter, parsed.data, { ...open, part }, subject, time, verdictSha256)
		},
		/** As `filing`, of a request that its requester changed; it stays pinned to the charter it was filed under. */
		amending(
			{ time, subject, open }: LeafOf<'request.amended'>,
			request: { role: string; filedBy: string | null; charterEntry: string },
			{ facts, verdictSha256 }: Sealed<'request.amended'>,
		): StoryProblem[] {
			const parsed = personFactsSchema.safeParse(facts)
			if (!parsed.success) return [problem('FACTS_MALFORMED', 'the facts that were judged cannot be read')]
			const charter = charters.charterOf(request.charterEntry)
			if (charter === null)
				return [unchecked('CHARTER_SEALED', 'the charter that this was judged under is not laid open')]
			const asked = { role: request.role, durationSeconds: open.durationSeconds, part: partOf(request) }
			return judgedAnew(charter, parsed.data, asked, subject, time, verdictSha256)
		},
		decision(
			{ time, actor, open }: LeafOf<'request.decided'>,
			request: AskedAccess & { requester: string; filedBy: string | null },
			signedSha256: string | null,
			{ facts, verdictSha256 }: Sealed<'request.decided'>,
		): StoryProblem[] {
			const both = facts as { approver?: unknown; requester?: unknown } | null
			const approver = personFactsSchema.safeParse(both?.approver)
			const requester = personFactsSchema.safeParse(both?.requester)
			if (!approver.success || !requester.success)
				return [problem('FACTS_MALFORMED', 'the facts that were judged cannot be read')]
			const under = charters.judgedUnder(open.charterEntry)
			if (under === null)
				return [unchecked('CHARTER_SEALED', 'the charter that this was judged under is not laid open')]
			const judged = judgeBoth(
				under,
				{ approver: approver.data, requester: requester.data },
				{
					role: request.role,
					durationSeconds: request.durationSeconds,
					part: partOf(request),
					stage: open.stage,
					...(open.group ? { group: open.group } : {}),
					...(open.escalated ? { escalated: open.escalated } : {}),
				},
				time,
			)
			reevaluated += 1
			const problems = [
				...checkFacts(approver.data, actor, time),
				...checkFacts(requester.data, request.requester, time),
			]
			if (judged.eligibilitySha256 !== verdictSha256) problems.push(differs)
			if (signedSha256 !== null && signedSha256 !== verdictSha256)
				problems.push(problem('VERDICT_UNSIGNED', 'another verdict was signed than the one that was judged'))
			if (!judged.approver.permit)
				problems.push(problem('INELIGIBLE', 'the charter in force did not allow this person to decide'))
			if (!judged.requester.permit && open.verdict === 'approve')
				problems.push(problem('INELIGIBLE', 'the charter in force did not allow what was approved'))
			return problems
		},
		/** The user of break-glass, under the charter signed under and the one in force at the time of this signature. */
		use(
			{
				time,
				user,
				charterEntry,
				mustPermit,
				...asked
			}: AskedUse & { time: string; user: string | null; charterEntry: string; mustPermit: boolean },
			signedSha256: string | null,
			{ facts, verdictSha256 }: Sealed<'break_glass.signed'>,
		): StoryProblem[] {
			const parsed = personFactsSchema.safeParse(facts)
			if (!parsed.success) return [problem('FACTS_MALFORMED', 'the facts that were judged cannot be read')]
			const under = charters.judgedUnder(charterEntry)
			if (under === null)
				return [unchecked('CHARTER_SEALED', 'the charter that this was judged under is not laid open')]
			const judged = judgeUse(under, parsed.data, asked, time)
			reevaluated += 1
			const problems = checkFacts(parsed.data, user, time)
			if (judged.eligibilitySha256 !== verdictSha256) problems.push(differs)
			if (signedSha256 !== null && signedSha256 !== verdictSha256)
				problems.push(problem('VERDICT_UNSIGNED', 'another verdict was signed than the one that was judged'))
			if (mustPermit && judged.denials.length > 0)
				problems.push(problem('INELIGIBLE', 'the charter in force did not allow this use'))
			return problems
		},
		/** Somebody of ours as holder of a role: who decides on a request for customer content, or asks for it from inside. */
		lockbox(
			{
				time,
				person,
				charterEntry,
				role,
				durationMs,
				as,
				mustPermit,
			}: {
				time: string
				person: string | null
				charterEntry: string
				role: string
				durationMs: number
				as: 'approver' | 'requester'
				mustPermit: boolean
			},
			signedSha256: string | null,
			{ facts, verdictSha256 }: Sealed<'break_glass.signed'>,
		): StoryProblem[] {
			const parsed = personFactsSchema.safeParse(facts)
			if (!parsed.success) return [problem('FACTS_MALFORMED', 'the facts that were judged cannot be read')]
			const under = charters.judgedUnder(charterEntry)
			if (under === null)
				return [unchecked('CHARTER_SEALED', 'the charter that this was judged under is not laid open')]
			const { approver, eligibilitySha256 } = judgeLockboxApprover(under, parsed.data, role, time)
			const requester = under[0] ? judgeInsider(under[0], parsed.data, role, durationMs, time) : null
			const [verdict, sha256] =
				as === 'approver' ? [approver, eligibilitySha256] : [requester, digestOf({ requester })]
			reevaluated += 1
			const problems = checkFacts(parsed.data, person, time)
			if (sha256 !== verdictSha256) problems.push(differs)
			if (signedSha256 !== null && signedSha256 !== verdictSha256)
				problems.push(problem('VERDICT_UNSIGNED', 'another verdict was signed than the one that was judged'))
			if (mustPermit && verdict?.permit !== true)
				problems.push(
					problem('INELIGIBLE', 'the charter in force did not allow this person to decide or to ask'),
				)
			return problems
		},
		reevaluated: () => reevaluated,
	}
}

/** Whom a request benefits asked for themselves, or had somebody ask for them. */
const partOf = ({ filedBy }: { filedBy: string | null }) =>
	filedBy === null ? ('requester' as const) : ('beneficiary' as const)

const differs = problem('VERDICT_DIFFERS', 'judged anew, the facts come to another verdict than was recorded')
