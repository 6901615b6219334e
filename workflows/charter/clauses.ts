import { durationMs as parseDuration, earliest, plusMs, type Instant } from '../shared/instants.ts'
import type { Charter, CharterRole } from './charter.schema.ts'
import { levelAtLeast } from './clearance-schemes.ts'
import type { PersonFacts, Validity } from './facts.ts'
import type { ClauseCode, Finding, FixOwner, Requirement } from './verdict.ts'

/** Everything one clause may look at. `role` is the role whose person rules apply. */
export type Case = {
	charter: Charter
	role: CharterRole
	facts: PersonFacts
	at: Instant
	/** The person must still satisfy every clause until then (exclusive). */
	throughout: Instant
	/** Roles of which the person must hold one; empty means nobody. */
	appointmentTo: readonly string[]
	/** How long the access would last; null when the question is not about one. */
	durationMs: number | null
}

export type Clause = {
	code: ClauseCode
	fixedBy: FixOwner
	required: (question: Case) => Requirement
	judge: (question: Case) => { finding: Finding; until: Instant | null }
}

const SATISFIED: Finding = { is: 'satisfied' }

const holdsAt = ({ validFrom, validUntil }: Validity, at: Instant) =>
	validFrom <= at && (validUntil === null || at < validUntil)

/**
 * Until when these facts hold without a gap from `at` on, one taking over from another; null is no end at all, and
 * `at` itself means that none holds now.
 */
function endOfCover(facts: readonly Validity[], at: Instant): Instant | null {
	let end = at
	for (;;) {
		const onward = facts.filter(
			({ validFrom, validUntil }) => validFrom <= end && (validUntil === null || validUntil > end),
		)
		if (onward.length === 0) return end
		for (const { validUntil } of onward) {
			if (validUntil === null) return null
			if (validUntil > end) end = validUntil
		}
	}
}

/**
 * Whether the facts that fit hold now and throughout. Where none holds, the finding tells when the last one ended.
 */
function oneHolds(
	fitting: readonly Validity[],
	hasOthers: boolean,
	{ at, throughout }: Case,
): ReturnType<Clause['judge']> {
	const end = endOfCover(fitting, at)
	if (end !== at) {
		if (end !== null && end < throughout) return { finding: { is: 'lapses_early', at: end }, until: null }
		return { finding: SATISFIED, until: end }
	}
	const ended = fitting
		.flatMap(({ validUntil }) => (validUntil !== null && validUntil <= at ? [validUntil] : []))
		.sort()
	const last = ended.at(-1)
	if (last !== undefined) return { finding: { is: 'lapsed', at: last }, until: null }
	return { finding: { is: hasOthers ? 'not_satisfied' : 'none' }, until: null }
}

const levelNames = ({ role }: Case) => role.clearance.anyOf.map(({ scheme, level }) => `${scheme} ${level}`)

/** The clauses of a charter, in the order in which a person reads them. Each is judged whatever the others say. */
export const CLAUSES: readonly Clause[] = [
	{
		code: 'APPOINTMENT',
		fixedBy: 'charter_owner',
		required: ({ appointmentTo }) => ({ anyOf: appointmentTo }),
		judge: (question) => {
			const { facts, appointmentTo } = question
			const fitting = facts.appointments.filter(({ role }) => appointmentTo.includes(role))
			return oneHolds(fitting, facts.appointments.length > 0, question)
		},
	},
	{
		code: 'CITIZENSHIP',
		fixedBy: 'security_officer',
		required: ({ role }) => ({ anyOf: role.citizenship.anyOf }),
		judge: (question) => {
			const { facts, role } = question
			const fitting = facts.citizenships.filter(({ country }) => role.citizenship.anyOf.includes(country))
			return oneHolds(fitting, facts.citizenships.length > 0, question)
		},
	},
	{
		code: 'CITIZENSHIP_EXCLUDED',
		fixedBy: 'nobody',
		required: ({ role }) => ({ noneOf: role.citizenship.noneOf }),
		judge: ({ facts, role, at, throughout }) => {
			// An interval that ends before it begins never holds.
			const excluded = facts.citizenships.filter(
				({ country, validFrom, validUntil }) =>
					role.citizenship.noneOf.includes(country) && (validUntil === null || validUntil > validFrom),
			)
			// One that begins before the access would end excludes as well.
			const isHeld = excluded.some(({ validFrom, validUntil }) =>
				throughout > at
					? validFrom < throughout && (validUntil === null || at < validUntil)
					: holdsAt({ validFrom, validUntil }, at),
			)
			if (isHeld) return { finding: { is: 'not_satisfied' }, until: null }
			const next = excluded.filter(({ validFrom }) => validFrom > at).map(({ validFrom }) => validFrom)
			return { finding: SATISFIED, until: earliest(next) }
		},
	},
	{
		code: 'CLEARANCE',
		fixedBy: 'security_officer',
		required: (question) => ({ anyOf: levelNames(question) }),
		judge: (question) => {
			const { facts, role } = question
			const suffices = facts.clearances.filter(({ scheme, level }) =>
				role.clearance.anyOf.some(
					(need) => need.scheme === scheme && levelAtLeast(scheme, level, need.level),
				),
			)
			const granted = suffices.filter(({ state }) => state === 'granted')
			if (suffices.length > 0 && granted.length === 0) return { finding: { is: 'not_granted' }, until: null }
			return oneHolds(granted, facts.clearances.length > 0, question)
		},
	},
	{
		code: 'FACILITY',
		fixedBy: 'security_officer',
		required: ({ role, charter }) => ({
			anyOf: role.facilities.map((key) => charter.facilities[key]?.title ?? key),
		}),
		judge: (question) => {
			const { facts, role } = question
			const fitting = facts.facilities.filter(({ facility }) => role.facilities.includes(facility))
			return oneHolds(fitting, facts.facilities.length > 0, question)
		},
	},
	{
		code: 'DURATION',
		fixedBy: 'requester',
		required: ({ role }) => ({ atMost: role.access?.maximumDuration ?? 'PT0S' }),
		judge: ({ role, durationMs }) => {
			const cap = role.access === undefined ? null : parseDuration(role.access.maximumDuration)
			const isWithin = durationMs === null || (cap !== null && durationMs >= 0 && durationMs <= cap)
			return { finding: isWithin ? SATISFIED : { is: 'not_satisfied' }, until: null }
		},
	},
]

/** The instant until which the person must satisfy everything. */
export function throughoutOf(at: Instant, durationMs: number | null): Instant {
	return durationMs === null ? at : plusMs(at, durationMs)
}
