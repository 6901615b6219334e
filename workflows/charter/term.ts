import type { Instant, Period } from '../shared/instants.ts'
import type { Charter, CharterRole } from './charter.schema.ts'
import type { AcceptedClearance } from './effective.ts'
import type { WorkingHours } from './person-rules.schema.ts'
import type { ClauseCode, Fix, FixOwner, Requirement } from './verdict.ts'

/** Whether a person may play a part in a role. */
export type Question = {
	role: string
	/**
	 * Holds it by appointment, asks for it just in time, has it asked for by somebody else, or decides at one of its
	 * stages as holder of that stage's role.
	 */
	part: 'holder' | 'requester' | 'beneficiary' | 'approver'
	/** Approver only: index of the stage. */
	stage?: number
	/** Approver only: index of the group of that stage; left out, the one that the stage is named after. */
	group?: number
	/** Approver only: as holder of the role that the stage escalates to. */
	escalated?: boolean
	at: Instant
	/** How long the access would last; every clause must outlast it. 0 for a holder and an approver. */
	durationMs: number
	/** Requester and beneficiary: one of the role's facilities that the access is to be used from; left out, any. */
	facility?: string
	/** Leaves out what only ever holds for hours: presence, working hours, and what else is live. */
	standing?: boolean
}

/** What one clause tests, as data: the plain and the compiled form of the charter both read these. */
export type Test =
	/** No suspension of the person holds. */
	| { kind: 'unsuspended' }
	| { kind: 'holds'; fact: 'appointments' | 'facilities'; keys: readonly string[] }
	| { kind: 'apart'; fact: 'appointments' | 'live'; keys: readonly string[] }
	/** Holds that role and one of the others: barred, by whichever of them the person comes. */
	| { kind: 'notBoth'; role: string; others: readonly string[] }
	| { kind: 'citizen'; states: readonly string[] }
	| { kind: 'sole'; states: readonly string[] }
	/** `mustBeKnown`: no other clause asks for a citizenship, so one must be on record. */
	| { kind: 'notCitizen'; states: readonly string[]; mustBeKnown: boolean }
	| { kind: 'usPerson' }
	/** A second citizenship only of `onlyWith`, beside one of `qualifying` (null: any qualifies). */
	| { kind: 'dual'; onlyWith: readonly string[]; qualifying: readonly string[] | null }
	| { kind: 'resident'; states: readonly string[] }
	| { kind: 'cleared'; accepted: readonly AcceptedClearance[]; minimumRemaining: readonly Period[] }
	| { kind: 'attended'; fact: 'briefings' | 'training'; key: string; within: readonly Period[] }
	| { kind: 'employed'; employers: readonly string[]; flowDown: boolean }
	| { kind: 'present'; at: readonly PresenceRule[] }
	| { kind: 'hours'; hours: WorkingHours }
	| { kind: 'credential'; deviceBound: boolean; attested: boolean; aaguids: readonly string[] | null }
	| { kind: 'duration'; maximumMs: number }

export type PresenceRule = { facility: string; network: boolean; badgeWithinMs: number | null }

export type Term = {
	code: ClauseCode
	required: Requirement
	fix: Fix
	fixedBy: FixOwner
	test: Test
	/** Tested at the instant alone: nobody can be known to stay until the access ends. */
	atOnce: boolean
}

/** Own properties only: a role called "constructor" is not a role of every charter. */
export function roleOf(charter: Charter, key: string): CharterRole | null {
	return Object.hasOwn(charter.roles, key) ? (charter.roles[key] ?? null) : null
}

/** Puts one clause together. */
export const term = (
	code: ClauseCode,
	required: Requirement,
	fix: Fix,
	fixedBy: FixOwner,
	test: Test,
	atOnce = false,
): Term => ({ code, required, fix, fixedBy, test, atOnce })

/** Titles of these roles, for people. */
export const titles = (charter: Charter, roles: readonly string[]) =>
	roles.map((key) => roleOf(charter, key)?.title ?? key)
