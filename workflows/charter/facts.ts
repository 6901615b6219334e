import { isInstant, type Instant } from '../shared/instants.ts'

/** A fact holds from `validFrom` (inclusive) until `validUntil` (exclusive); null means no stated end. */
export type Validity = {
	validFrom: Instant
	validUntil: Instant | null
	/** Since when it is known; left out where that is of no interest, as in a question about today. */
	recordedAt?: Instant
	/** Since when it is known to be wrong: a correction took its place. */
	retractedAt?: Instant | null
}

/** Facts begin before then, so that whatever is counted from one still has a date of four digits. */
const LATEST_BEGIN = '9000'

/** Whether the dates of a fact can be read; one that cannot must deny, not pass for a fact that says nothing. */
export const isDated = ({ validFrom, validUntil, recordedAt, retractedAt }: Validity) =>
	isInstant(validFrom) &&
	validFrom < LATEST_BEGIN &&
	(validUntil === null || isInstant(validUntil)) &&
	(recordedAt === undefined || isInstant(recordedAt)) &&
	(retractedAt === undefined || retractedAt === null || isInstant(retractedAt))

export type Citizenship = Validity & { country: string }
/** Where a person lives, and by which right. */
export type Residence = Validity & { country: string; status: 'resident' | 'permanent' | 'protected' }
/** `validUntil` is what the authority stated, never computed from the scheme. */
export type Clearance = Validity & {
	scheme: string
	level: string
	issuer: string
	state: 'granted' | 'suspended' | 'revoked'
}
/** A briefing or a course; `validFrom` is when it was attended. */
export type Attendance = Validity & { key: string }
/** Works for `employer`; as a subcontractor of `under` when that is set, whose contract may pass the charter's duties on. */
export type Employment = Validity & { employer: string; under: string | null; flowDown: boolean }
export type Appointment = Validity & { role: string }
export type FacilityAuthorisation = Validity & { facility: string }
/** Something that shows the person at a facility: a badge event (`validFrom` is its time) or the network they work from. */
export type Presence = Validity & { facility: string; by: 'badge' | 'network' }
/** An enrolled passkey that may be used. */
export type CredentialFact = Validity & { deviceBound: boolean; attested: boolean; aaguid: string }
/** An officer stopped the person, whatever else holds of them; the end is when two officers lifted it. */
export type Suspension = Validity
/** Access to a requestable role that is live, or about to be. */
export type LiveAccess = Validity & { role: string }

/** Everything that eligibility may know of a person. It holds no name: the verdict must not depend on one. */
export type PersonFacts = {
	personId: string
	citizenships: readonly Citizenship[]
	residences: readonly Residence[]
	clearances: readonly Clearance[]
	briefings: readonly Attendance[]
	training: readonly Attendance[]
	employments: readonly Employment[]
	appointments: readonly Appointment[]
	facilities: readonly FacilityAuthorisation[]
	presences: readonly Presence[]
	credentials: readonly CredentialFact[]
	suspensions: readonly Suspension[]
	live: readonly LiveAccess[]
}

/** The kinds of fact, as `PersonFacts` names them. */
export const FACT_KINDS = [
	'citizenships',
	'residences',
	'clearances',
	'briefings',
	'training',
	'employments',
	'appointments',
	'facilities',
	'presences',
	'credentials',
	'suspensions',
	'live',
] as const satisfies readonly (keyof PersonFacts)[]

/** Somebody of whom nothing is known, with what is given. */
export function personFacts(personId: string, known: Partial<PersonFacts> = {}): PersonFacts {
	return {
		citizenships: [],
		residences: [],
		clearances: [],
		briefings: [],
		training: [],
		employments: [],
		appointments: [],
		facilities: [],
		presences: [],
		credentials: [],
		suspensions: [],
		live: [],
		...known,
		personId,
	}
}

/**
 * What was known at `knownAt`: facts recorded by then and not yet retracted. Together with the instant of a question
 * this answers "as of T, as known at K" (bitemporal: valid time and recorded time).
 */
export function asKnownAt(facts: PersonFacts, knownAt: Instant): PersonFacts {
	const known = <T extends Validity>(list: readonly T[]) =>
		list.filter(
			(fact) =>
				// What cannot be dated stays, for judging to deny on it.
				!isDated(fact) ||
				((fact.recordedAt === undefined || fact.recordedAt <= knownAt) &&
					(fact.retractedAt === undefined || fact.retractedAt === null || fact.retractedAt > knownAt)),
		)
	return {
		personId: facts.personId,
		citizenships: known(facts.citizenships),
		residences: known(facts.residences),
		clearances: known(facts.clearances),
		briefings: known(facts.briefings),
		training: known(facts.training),
		employments: known(facts.employments),
		appointments: known(facts.appointments),
		facilities: known(facts.facilities),
		presences: known(facts.presences),
		credentials: known(facts.credentials),
		suspensions: known(facts.suspensions),
		live: known(facts.live),
	}
}
