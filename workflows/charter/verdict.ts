import type { Instant } from '../shared/instants.ts'

/** Stable codes of the charter's clauses; the record and the pages name them. */
export const CLAUSE_CODES = [
	'ROLE_KNOWN',
	'APPOINTMENT',
	'CITIZENSHIP',
	'CITIZENSHIP_EXCLUDED',
	'CLEARANCE',
	'FACILITY',
	'DURATION',
] as const
export type ClauseCode = (typeof CLAUSE_CODES)[number]

/** What the charter asks for, as data: the page puts it into words. */
export type Requirement = Readonly<Record<string, string | number | readonly string[]>>

/**
 * What was found, as a predicate. It never carries the person's own nationality or level, so that an approver may
 * read it: `lapsed` and `lapses_early` carry only a date.
 */
export type Finding =
	| { is: 'satisfied' }
	| { is: 'none' }
	| { is: 'not_satisfied' }
	| { is: 'lapsed'; at: Instant }
	| { is: 'lapses_early'; at: Instant }
	| { is: 'not_granted' }
	| { is: 'not_evaluated' }

/** Who can mend a failing clause. */
export type FixOwner = 'security_officer' | 'charter_owner' | 'requester' | 'nobody'

export type ClauseResult = {
	code: ClauseCode
	satisfied: boolean
	required: Requirement
	found: Finding
	/** Until when this clause stays satisfied if nothing changes; null = no end known. Null too when not satisfied. */
	until: Instant | null
	fixedBy: FixOwner
}

/** Permit or deny, always with every clause. `until` is exact: it permits one millisecond before, and denies at it. */
export type Verdict =
	| { permit: true; until: Instant | null; clauses: readonly ClauseResult[] }
	| { permit: false; clauses: readonly ClauseResult[]; denials: readonly ClauseResult[] }
