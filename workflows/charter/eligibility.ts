import { canonicalBytes } from '../shared/canonical-json.ts'
import { bytesToHex, sha256 } from '../shared/bytes.ts'
import { earliest, type Instant } from '../shared/instants.ts'
import type { Charter } from './charter.schema.ts'
import { CLAUSES, throughoutOf, type Case, type Clause } from './clauses.ts'
import type { PersonFacts } from './facts.ts'
import type { ClauseResult, Verdict } from './verdict.ts'

/** Whether a person may play a part in a role. */
export type Question = {
	role: string
	/** Holds it by appointment, asks for it just in time, or decides at one of its stages as holder of that stage's role. */
	part: 'holder' | 'requester' | 'approver'
	/** Approver only: index of the stage. */
	stage?: number
	at: Instant
	/** Requester only: how long the access would last; every clause must outlast it. 0 otherwise. */
	durationMs: number
}

/**
 * Permit or deny under this charter version, with every clause and not only the first that fails. Pure: the same
 * facts, charter and instant give the same verdict. What cannot be evaluated denies, and an empty list means nobody.
 */
export function judge(charter: Charter, facts: PersonFacts, question: Question, clauses = CLAUSES): Verdict {
	const asked = caseOf(charter, facts, question)
	if (asked === null) return deny([unknownRole(question.role)])
	const results = clauses.map((clause) => apply(clause, asked))
	return results.every(({ satisfied }) => satisfied)
		? { permit: true, until: earliest(results.map(({ until }) => until)), clauses: results }
		: deny(results)
}

export type RoleVerdict = { role: string; part: 'holder' | 'requester'; verdict: Verdict }

/** The verdict on a person for every role of the charter: requestable ones as requester, the others as holder. */
export function judgeAllRoles(charter: Charter, facts: PersonFacts, at: Instant): RoleVerdict[] {
	return Object.entries(charter.roles).map(([role, { access }]) => {
		const part = access ? 'requester' : 'holder'
		return { role, part, verdict: judge(charter, facts, { role, part, at, durationMs: 0 }) }
	})
}

/** SHA-256, in hex, over the canonical form of the verdict: decisions sign it. */
export function verdictDigest(verdict: Verdict): string {
	return bytesToHex(sha256(canonicalBytes(verdict)))
}

/** What the question comes to; null when the charter has no such role, stage, or way to ask. */
function caseOf(charter: Charter, facts: PersonFacts, question: Question): Case | null {
	const { at } = question
	const role = roleOf(charter, question.role)
	if (role === null) return null
	switch (question.part) {
		case 'holder':
			return { charter, role, facts, at, throughout: at, appointmentTo: [question.role], durationMs: null }
		case 'requester': {
			if (!role.access) return null
			const { durationMs } = question
			const throughout = throughoutOf(at, durationMs)
			return { charter, role, facts, at, throughout, appointmentTo: role.access.requestedBy, durationMs }
		}
		case 'approver': {
			const from = question.stage === undefined ? undefined : role.access?.stages[question.stage]?.from
			const approverRole = from === undefined ? null : roleOf(charter, from)
			if (from === undefined || approverRole === null) return null
			return {
				charter,
				role: approverRole,
				facts,
				at,
				throughout: at,
				appointmentTo: [from],
				durationMs: null,
			}
		}
	}
}

/** Own properties only: a role called "constructor" is not a role of every charter. */
function roleOf(charter: Charter, key: string) {
	return Object.hasOwn(charter.roles, key) ? (charter.roles[key] ?? null) : null
}

function apply(clause: Clause, question: Case): ClauseResult {
	try {
		const { finding, until } = clause.judge(question)
		const satisfied = finding.is === 'satisfied'
		return {
			code: clause.code,
			satisfied,
			required: clause.required(question),
			found: finding,
			until: satisfied ? until : null,
			fixedBy: clause.fixedBy,
		}
	} catch {
		// A rule that cannot be evaluated denies; it must not take the other reasons with it.
		const found = { is: 'not_evaluated' } as const
		return { code: clause.code, satisfied: false, required: {}, found, until: null, fixedBy: clause.fixedBy }
	}
}

function deny(clauses: readonly ClauseResult[]): Verdict {
	return { permit: false, clauses, denials: clauses.filter(({ satisfied }) => !satisfied) }
}

function unknownRole(role: string): ClauseResult {
	return {
		code: 'ROLE_KNOWN',
		satisfied: false,
		required: { role },
		found: { is: 'none' },
		until: null,
		fixedBy: 'charter_owner',
	}
}
