import { plusMs, shift, type Instant, type Period } from '../shared/instants.ts'
import { isDated, type PersonFacts, type Validity } from './facts.ts'
import {
	ALWAYS,
	earlierEnd,
	except,
	NEVER,
	overlapOf,
	stretchAt,
	unite,
	type Interval,
	type Intervals,
} from './intervals.ts'
import type { PresenceRule, Term, Test } from './term.ts'
import type { Finding } from './verdict.ts'
import { hoursAround } from './working-hours.ts'

/** What one clause is asked: facts of the person, and the time it must hold for. */
export type Asked = {
	facts: PersonFacts
	at: Instant
	/** The clause must hold until then (exclusive); `at` itself when only now is asked. */
	throughout: Instant
	/** How long the access would last. */
	durationMs: number
}

export type Outcome = { finding: Finding; until: Instant | null }

const SATISFIED: Finding = { is: 'satisfied' }
const NOT_SATISFIED: Outcome = { finding: { is: 'not_satisfied' }, until: null }

/**
 * The plain form of one clause: the stretches of time on which it holds, worked out from the facts, and what that
 * comes to at the instant. It defines what every clause means; the compiled form must agree with it.
 */
export function judgeTerm(term: Term, asked: Asked): Outcome {
	const { test, atOnce } = term
	if (test.kind === 'duration') {
		const isWithin = asked.durationMs >= 0 && asked.durationMs <= test.maximumMs
		return isWithin ? { finding: SATISFIED, until: null } : NOT_SATISFIED
	}
	const holds = whenItHolds(test, asked.facts, asked.at)
	const now = stretchAt(holds, asked.at)
	if (now === null) return { finding: findingFor(test, asked, holds), until: null }
	const { until } = now
	if (!atOnce && until !== null && until < asked.throughout)
		return isForbidding(test) ? NOT_SATISFIED : { finding: { is: 'lapses_early', at: until }, until: null }
	return { finding: SATISFIED, until }
}

/** Throws where the dates of any of them cannot be read: it may be the one that matters, and must deny. */
function dated<T extends Validity>(facts: readonly T[]): readonly T[] {
	if (!facts.every(isDated)) throw new TypeError('A fact has no readable dates.')
	return facts
}

const whenOf = <T extends Validity>(facts: readonly T[], fits: (fact: T) => boolean): Intervals =>
	unite(
		dated(facts)
			.filter(fits)
			.map(({ validFrom, validUntil }) => ({ from: validFrom, until: validUntil })),
	)

/** When the clause holds, as far as these facts tell. `at` matters only to what recurs. */
function whenItHolds(test: Exclude<Test, { kind: 'duration' }>, facts: PersonFacts, at: Instant): Intervals {
	const citizenOf = (states: readonly string[]) =>
		whenOf(facts.citizenships, ({ country }) => states.includes(country))
	switch (test.kind) {
		case 'unsuspended':
			return except(whenOf(facts.suspensions, () => true))
		case 'holds':
			return test.fact === 'appointments'
				? whenOf(facts.appointments, ({ role }) => test.keys.includes(role))
				: whenOf(facts.facilities, ({ facility }) => test.keys.includes(facility))
		case 'apart':
			return except(whenOf(facts[test.fact], ({ role }) => test.keys.includes(role)))
		case 'notBoth':
			return except(
				overlapOf(
					whenOf(facts.appointments, ({ role }) => role === test.role),
					whenOf(facts.appointments, ({ role }) => test.others.includes(role)),
				),
			)
		case 'citizen':
			return citizenOf(test.states)
		case 'notCitizen':
			return test.mustBeKnown
				? overlapOf(known(facts), except(citizenOf(test.states)))
				: except(citizenOf(test.states))
		case 'sole':
			return unite(
				test.states.flatMap((state) =>
					overlapOf(
						citizenOf([state]),
						except(whenOf(facts.citizenships, ({ country }) => country !== state)),
					),
				),
			)
		case 'usPerson':
			return unite([
				...citizenOf(['US']),
				...whenOf(facts.residences, ({ country, status }) => country === 'US' && status !== 'resident'),
			])
		case 'dual':
			return whenDualIsAllowed(test, facts)
		case 'resident':
			return whenOf(facts.residences, ({ country }) => test.states.includes(country))
		case 'cleared':
			return whenCleared(test, facts)
		case 'attended':
			return unite(
				dated(facts[test.fact])
					.filter(({ key }) => key === test.key)
					.map(({ validFrom, validUntil }) => ({
						from: validFrom,
						until: test.within.reduce((end, period) => earlierEnd(end, shift(validFrom, period)), validUntil),
					})),
			)
		case 'employed':
			return whenOf(facts.employments, ({ employer, under, flowDown }) =>
				under === null
					? test.employers.includes(employer)
					: test.flowDown && flowDown && test.employers.includes(under),
			)
		case 'present':
			return unite(test.at.flatMap((rule) => whenPresent(rule, facts)))
		case 'hours':
			return hoursAround(test.hours, at)
		case 'credential':
			return whenOf(
				facts.credentials,
				({ deviceBound, attested, aaguid }) =>
					(!test.deviceBound || deviceBound) &&
					(!test.attested || attested) &&
					(test.aaguids === null || test.aaguids.includes(aaguid)),
			)
	}
}

/** When at least one citizenship is known: of who has none recorded, nothing is known to be absent. */
const known = ({ citizenships }: PersonFacts) => whenOf(citizenships, () => true)

/** One citizenship at most, or one that qualifies with all others among those listed. */
function whenDualIsAllowed(
	{ onlyWith, qualifying }: Extract<Test, { kind: 'dual' }>,
	facts: PersonFacts,
): Intervals {
	const { citizenships } = facts
	const states = [...new Set(citizenships.map(({ country }) => country))]
	const held = (state: string) => whenOf(citizenships, ({ country }) => country === state)
	const noneBut = (...allowed: readonly string[]) =>
		except(whenOf(citizenships, ({ country }) => !allowed.includes(country)))
	const allowed = unite([
		...noneBut(),
		...states.flatMap((state) => noneBut(state)),
		...states
			.filter((state) => qualifying === null || qualifying.includes(state))
			.flatMap((state) => overlapOf(held(state), noneBut(state, ...onlyWith))),
	])
	// Where another clause asks for a citizenship, that one denies who has none.
	return qualifying === null ? overlapOf(known(facts), allowed) : allowed
}

type Cleared = Extract<Test, { kind: 'cleared' }>

const suffices = ({ accepted }: Cleared, { scheme, level, issuer }: PersonFacts['clearances'][number]) =>
	accepted.filter(
		(way) =>
			way.scheme === scheme &&
			way.levels.includes(level) &&
			(way.issuers === null || way.issuers.includes(issuer)),
	)

/** A clearance counts while it is granted and, where it rests on an agreement, while that is in force. */
function whenCleared(test: Cleared, { clearances }: PersonFacts): Intervals {
	const stretches = dated(clearances)
		.filter(({ state }) => state === 'granted')
		.flatMap((clearance) =>
			suffices(test, clearance).map(({ agreement }): Interval => {
				const { validFrom, validUntil } = clearance
				const from = agreement?.from ?? ''
				return {
					from: validFrom > from ? validFrom : from,
					until: earlierEnd(validUntil, agreement?.until ?? null),
				}
			}),
		)
	// A renewal that takes over counts towards what must remain, so the ends are drawn in only after uniting.
	return unite(
		unite(stretches).map(({ from, until }) => ({ from, until: drawIn(until, test.minimumRemaining) })),
	)
}

function drawIn(until: Instant | null, periods: readonly Period[]): Instant | null {
	if (until === null) return null
	return periods.reduce<Instant>((end, period) => {
		const drawn = shift(until, period, -1)
		return drawn < end ? drawn : end
	}, until)
}

/** At a facility the person is authorised for, shown as its rule asks. */
function whenPresent({ facility, network, badgeWithinMs }: PresenceRule, facts: PersonFacts): Intervals {
	const authorised = whenOf(facts.facilities, (fact) => fact.facility === facility)
	const seen = dated(facts.presences).filter((presence) => presence.facility === facility)
	const byNetwork = network ? whenOf(seen, ({ by }) => by === 'network') : ALWAYS
	const byBadge =
		badgeWithinMs === null
			? ALWAYS
			: unite(
					seen
						.filter(({ by }) => by === 'badge')
						.map(({ validFrom, validUntil }) => ({
							from: validFrom,
							until: earlierEnd(validUntil, plusMs(validFrom, badgeWithinMs)),
						})),
				)
	return overlapOf(authorised, overlapOf(byNetwork, byBadge))
}

/** Why the clause does not hold now. What forbids tells no dates: they would tell of the fact itself. */
function findingFor(test: Test, { facts, at }: Asked, holds: Intervals): Finding {
	if (isForbidding(test)) return { is: 'not_satisfied' }
	const others = factsBehind(test, facts)
	if (test.kind === 'cleared') {
		const enough = facts.clearances.filter((clearance) => suffices(test, clearance).length > 0)
		if (enough.length > 0 && enough.every(({ state }) => state !== 'granted')) return { is: 'not_granted' }
	}
	const next = holds.find(({ from }) => from > at)
	if (test.kind === 'hours') return next ? { is: 'not_yet', at: next.from } : { is: 'not_satisfied' }
	const ended = holds.findLast(({ until }) => until !== null && until <= at)
	if (ended?.until) return { is: 'lapsed', at: ended.until }
	if (next) return { is: 'not_yet', at: next.from }
	return { is: others.length > 0 ? 'not_satisfied' : 'none' }
}

type Forbidding = Extract<
	Test,
	{ kind: 'unsuspended' | 'apart' | 'notBoth' | 'notCitizen' | 'sole' | 'dual' | 'duration' }
>

/** Whether a clause forbids: a date in its finding would tell when the forbidden fact begins. */
export const isForbidding = (test: Test): test is Forbidding =>
	['unsuspended', 'apart', 'notBoth', 'notCitizen', 'sole', 'dual', 'duration'].includes(test.kind)

/** The facts that a clause asks for. */
function factsBehind(test: Exclude<Test, Forbidding>, facts: PersonFacts): readonly unknown[] {
	switch (test.kind) {
		case 'holds':
			return facts[test.fact]
		case 'attended':
			return facts[test.fact]
		case 'citizen':
			return facts.citizenships
		case 'resident':
			return facts.residences
		case 'usPerson':
			return [...facts.citizenships, ...facts.residences]
		case 'cleared':
			return facts.clearances
		case 'employed':
			return facts.employments
		case 'present':
			return facts.presences
		case 'credential':
			return facts.credentials
		case 'hours':
			return NEVER
	}
}
