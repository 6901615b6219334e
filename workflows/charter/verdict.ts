import type { Instant } from '../shared/instants.ts'

/** Stable codes of the charter's clauses; the record and the pages name them. Add freely, never rename. */
export const CLAUSE_CODES = [
	'ROLE_KNOWN',
	'SUSPENDED',
	'APPOINTMENT',
	'SEPARATION_OF_DUTY',
	'SEPARATION_ACTIVE',
	'CITIZENSHIP',
	'CITIZENSHIP_SOLE',
	'CITIZENSHIP_EXCLUDED',
	'UNION_CITIZEN',
	'US_PERSON',
	'DUAL_NATIONALITY',
	'RESIDENCE',
	'UNION_RESIDENT',
	'CLEARANCE',
	'CAVEAT',
	'BRIEFING',
	'TRAINING',
	'EMPLOYER',
	'FACILITY',
	'PRESENCE',
	'WORKING_HOURS',
	'CREDENTIAL',
	'DURATION',
] as const
export type ClauseCode = (typeof CLAUSE_CODES)[number]

/** What the charter asks for, as data: the page puts it into words. */
export type Requirement = Readonly<Record<string, string | number | boolean | readonly string[]>>

/**
 * What was found, as a predicate. It never carries the person's own nationality or level, so that an approver may
 * read it: `lapsed`, `lapses_early` and `not_yet` carry only a date.
 */
export type Finding =
	| { is: 'satisfied' }
	| { is: 'none' }
	| { is: 'not_satisfied' }
	| { is: 'lapsed'; at: Instant }
	| { is: 'lapses_early'; at: Instant }
	| { is: 'not_yet'; at: Instant }
	| { is: 'not_granted' }
	| { is: 'not_evaluated' }

/** Who can mend a failing clause. */
export type FixOwner = 'security_officer' | 'charter_owner' | 'requester' | 'person' | 'nobody'

/** What mends a failing clause; the page puts it into words. */
export const FIXES = [
	'choose_role',
	'lift_suspension',
	'appoint',
	'end_other_appointment',
	'end_other_access',
	'record_citizenship',
	'change_charter',
	'record_residence',
	'record_clearance',
	'renew_clearance',
	'settle_clearance',
	'brief',
	'train',
	'record_employment',
	'authorise_facility',
	'come_to_facility',
	'wait_for_hours',
	'enrol_passkey',
	'ask_shorter',
	'wait',
	'report',
] as const
export type Fix = (typeof FIXES)[number]

export type ClauseResult = {
	code: ClauseCode
	satisfied: boolean
	required: Requirement
	found: Finding
	/** What mends it; null when satisfied. */
	fix: Fix | null
	fixedBy: FixOwner
	/** Until when this clause stays satisfied if nothing changes; null = no end known. Null too when not satisfied. */
	until: Instant | null
}

/** Permit or deny, always with every clause. `until` is exact: it permits one millisecond before, and denies at it. */
export type Verdict =
	| { permit: true; until: Instant | null; clauses: readonly ClauseResult[] }
	| { permit: false; clauses: readonly ClauseResult[]; denials: readonly ClauseResult[] }
