import type { ClauseCode, ClauseResult } from '../charter/verdict.ts'

const NATIONALITY: ReadonlySet<ClauseCode> = new Set([
	'CITIZENSHIP',
	'CITIZENSHIP_SOLE',
	'CITIZENSHIP_EXCLUDED',
	'UNION_CITIZEN',
	'US_PERSON',
	'DUAL_NATIONALITY',
	'CAVEAT',
	'RESIDENCE',
	'UNION_RESIDENT',
])

/** What a clause is about, no finer than a reader without sight of the facts may know. */
export function coarseGroup(code: ClauseCode): 'NATIONALITY' | ClauseCode {
	return NATIONALITY.has(code) ? 'NATIONALITY' : code
}

/**
 * The same clauses for somebody who may know whether the charter is satisfied, and not what is recorded: those about
 * nationality and residence fail or hold together, so that nobody can tell from them which state it is, and no clause
 * says since or until when.
 */
export function withoutValues(clauses: readonly ClauseResult[]): ClauseResult[] {
	const failing = new Set(clauses.filter(({ satisfied }) => !satisfied).map(({ code }) => coarseGroup(code)))
	return clauses.map((clause) => {
		const satisfied = !failing.has(coarseGroup(clause.code))
		return {
			...clause,
			satisfied,
			found: { is: satisfied ? 'satisfied' : 'not_satisfied' },
			fix: satisfied ? null : coarseGroup(clause.code) === 'NATIONALITY' ? 'report' : clause.fix,
			until: null,
		}
	})
}
