import { canonicalBytes } from '../shared/canonical-json.ts'
import { bytesToHex, sha256 } from '../shared/bytes.ts'
import { earliest, plusMs, type Instant } from '../shared/instants.ts'
import type { Charter } from './charter.schema.ts'
import { judgeTerm, type Asked } from './clauses.ts'
import type { PersonFacts } from './facts.ts'
import { isAskable, parseInstant } from './prepared-facts.ts'
import { roleOf, type Question, type Term } from './term.ts'
import { termsOf } from './terms.ts'
import type { ClauseResult, Finding, Fix, Verdict } from './verdict.ts'

/** Answers one question under one charter; `judge` does, and so does a compiled charter. */
export type JudgeUnder = (charter: Charter, facts: PersonFacts, question: Question) => Verdict

/**
 * Permit or deny under this charter version, with every clause and not only the first that fails. Pure: the same
 * facts, charter and instant give the same verdict. What cannot be evaluated denies, and an empty list means nobody.
 */
export function judge(charter: Charter, facts: PersonFacts, question: Question): Verdict {
	const terms = termsOf(charter, question)
	return terms === null ? deny([unknownRole(question.role)]) : judgeTerms(terms, facts, question)
}

/** The same for clauses that were already put together; their order does not matter to the verdict. */
export function judgeTerms(
	terms: readonly Term[],
	facts: PersonFacts,
	{ at, durationMs }: Pick<Question, 'at' | 'durationMs'>,
): Verdict {
	if (!isAskable(parseInstant(at), durationMs))
		return deny(terms.filter((term) => isTold(term, facts)).map(notEvaluated))
	const asked: Asked = { facts, at, throughout: plusMs(at, Math.max(0, durationMs)), durationMs }
	const results = terms.filter((term) => isTold(term, facts)).map((term) => apply(term, asked))
	return results.every(({ satisfied }) => satisfied)
		? { permit: true, until: earliest(results.map(({ until }) => until)), clauses: results }
		: deny(results)
}

/**
 * Of people who were never suspended a verdict does not say that they are not: verdicts that were recorded before there
 * were suspensions must come out the same when they are judged anew.
 */
export const isTold = ({ code }: Term, { suspensions }: PersonFacts) =>
	code !== 'SUSPENDED' || suspensions.length > 0

export type RoleVerdict = { role: string; part: 'holder' | 'requester'; verdict: Verdict }

/** How a role is had: asked for where it can be, held by appointment otherwise. */
export function partIn(charter: Charter, role: string): 'holder' | 'requester' {
	return roleOf(charter, role)?.access ? 'requester' : 'holder'
}

/** The standing verdict on a person for every role of the charter: requestable ones as requester, the others as holder. */
export function judgeAllRoles(charter: Charter, facts: PersonFacts, at: Instant): RoleVerdict[] {
	return Object.keys(charter.roles).map((role) => {
		const part = partIn(charter, role)
		return { role, part, verdict: judge(charter, facts, { role, part, at, durationMs: 0, standing: true }) }
	})
}

/** SHA-256, in hex, over the canonical form of the verdict: decisions sign it. */
export function verdictDigest(verdict: Verdict): string {
	return bytesToHex(sha256(canonicalBytes(verdict)))
}

function apply(term: Term, asked: Asked): ClauseResult {
	try {
		const { finding, until } = judgeTerm(term, asked)
		return resultOf(term, finding, until)
	} catch {
		// A rule that cannot be evaluated denies; it must not take the other reasons with it.
		return notEvaluated(term)
	}
}

/** A clause that could not be evaluated, whatever the reason. */
export const notEvaluated = (term: Term) => resultOf(term, { is: 'not_evaluated' }, null)

/** One clause in the verdict. */
export function resultOf(
	{ code, required, fix, fixedBy }: Pick<Term, 'code' | 'required' | 'fix' | 'fixedBy'>,
	found: Finding,
	until: Instant | null,
): ClauseResult {
	const satisfied = found.is === 'satisfied'
	return {
		code,
		satisfied,
		required,
		found,
		fix: satisfied ? null : fixFor(fix, found),
		fixedBy,
		until: satisfied ? until : null,
	}
}

/** What mends it depends on what was found: a clearance that ran out is renewed, a suspended one must be settled. */
function fixFor(fix: Fix, { is }: Finding): Fix {
	if (is === 'not_evaluated') return 'report'
	if (is === 'not_granted') return 'settle_clearance'
	if (is === 'not_yet') return fix === 'wait_for_hours' ? fix : 'wait'
	return fix === 'record_clearance' && (is === 'lapsed' || is === 'lapses_early') ? 'renew_clearance' : fix
}

function deny(clauses: readonly ClauseResult[]): Verdict {
	return { permit: false, clauses, denials: clauses.filter(({ satisfied }) => !satisfied) }
}

/** The answer where the charter has no such role, stage, or way to ask. */
export function unknownRole(role: string): ClauseResult {
	return resultOf(
		{ code: 'ROLE_KNOWN', required: { role }, fix: 'choose_role', fixedBy: 'charter_owner' },
		{ is: 'none' },
		null,
	)
}
