import type { Charter } from '../charter.schema.ts'
import { compileCharter, type SharedTerms } from '../compiled.ts'
import type { CompiledTerm } from '../compiled-terms.ts'
import { parseInstant, prepareFacts, createSymbols, type PreparedFacts } from '../prepared-facts.ts'
import type { PersonFacts } from '../facts.ts'
import type { ClauseCode } from '../verdict.ts'
import { courseOf, type Course, type Member } from './course.ts'
import {
	failingAt,
	fitSpans,
	heldUntil,
	momentsOf,
	uniteSpans,
	type Horizon,
	type Span,
} from './fit-spans.ts'
import { demandsOf, peopleNeeded, seatsOf, waysInto, type SeatName } from './seats.ts'

/** A charter and since when it is in force, in milliseconds; the first from before the horizon, each until the next. */
export type InForce = { charter: Charter; from: number }

/** Somebody stops being counted. `codes`: the clauses that fail from then on; empty when a new charter drops the role. */
export type Loss = {
	personId: string
	seat: number
	at: number
	codes: readonly ClauseCode[]
	/** It is the charter that changes then, and not what is recorded of the person. */
	byCharter: boolean
}

/** When somebody is counted, by seat. */
export type Fits = readonly (readonly Span[])[]

/** People who leave, and from when on. */
export type Leaving = { fits: ReadonlyMap<string, Fits>; at: number }

export type Forecast = {
	seats: readonly SeatName[]
	horizon: Horizon
	/** Instants inside the horizon at which another charter comes into force. */
	charterChanges: readonly number[]
	/** Looks at one person. */
	add(facts: PersonFacts): void
	/** When this person is counted, without adding them. */
	fitsOf(facts: PersonFacts): Fits
	/** The course of all numbers over the horizon; without these people, if they are given. */
	course(leaving?: Leaving): Course
	/** Everybody who stops being counted inside the horizon, in the order in which they were added. */
	losses: readonly Loss[]
}

type Segment = Horizon & { charter: Charter; ways: (readonly CompiledTerm[])[][] }

/**
 * Looks ahead over everybody who is added: when each of them satisfies the charter, for every role, deciding role and
 * duty that takes two. Standing verdicts: what only ever holds for hours (presence, working hours, duration, other live
 * access) is left out. Later charters count from their day on. Substitutes of a stage are not counted: they may decide
 * only when nobody else has.
 */
export function beginForecast(charters: readonly InForce[], horizon: Horizon): Forecast {
	const symbols = createSymbols()
	const shared: SharedTerms = new Map()
	const seats = seatsOf(charters.map(({ charter }) => charter))
	const segments = segmentsOf(charters, horizon).map((segment): Segment => {
		const compiled = compileCharter(segment.charter, symbols, shared)
		return { ...segment, ways: seats.map((seat) => waysInto(compiled, seat)) }
	})
	const changes = segments.map((segment) => agreementMoments(segment))
	/** What is added to the count of a seat at an instant. */
	const deltas = seats.map(() => new Map<number, number>())
	const members: Member[][] = seats.map(() => [])
	const losses: Loss[] = []

	const spansFor = (seat: number, person: PreparedFacts, moments: readonly number[]): Span[] => {
		const spans: Span[] = []
		segments.forEach((segment, i) => {
			for (const terms of segment.ways[seat]!) {
				const tried = changes[i]!.length === 0 ? moments : merge(moments, changes[i]!)
				spans.push(...fitSpans(terms, person, segment, tried))
			}
		})
		return spans.length > 1 ? uniteSpans(spans) : spans
	}

	const lossAt = (personId: string, seat: number, person: PreparedFacts, at: number): Loss => {
		const now = segments.findIndex(({ from, until }) => from <= at && at < until)
		const segment = segments[now]
		const earlier = segment?.from === at ? segments[now - 1] : undefined
		const ways = segment?.ways[seat] ?? []
		const codes = ways.flatMap((terms) => failingAt(terms, person, at).map(({ term }) => term.code))
		return {
			personId,
			seat,
			at,
			codes: [...new Set(codes)],
			byCharter: earlier?.ways[seat]?.some((terms) => heldUntil(terms, person, at) > at) ?? false,
		}
	}

	return {
		seats,
		horizon,
		charterChanges: segments.slice(1).map(({ from }) => from),
		losses,
		add(facts) {
			const person = prepareFacts(facts, symbols)
			const moments = momentsOf(facts, horizon)
			seats.forEach(({ kind }, seat) => {
				const spans = spansFor(seat, person, moments)
				if (spans.length === 0) return
				for (const { from, until } of spans) {
					bump(deltas[seat]!, from, 1)
					if (until >= horizon.until) continue
					bump(deltas[seat]!, until, -1)
					losses.push(lossAt(facts.personId, seat, person, until))
				}
				if (kind !== 'role') members[seat]!.push({ personId: facts.personId, spans })
			})
		},
		fitsOf(facts) {
			const person = prepareFacts(facts, symbols)
			const moments = momentsOf(facts, horizon)
			return seats.map((_, seat) => spansFor(seat, person, moments))
		},
		course: (leaving) =>
			courseOf(
				{
					seats,
					horizon,
					deltas,
					members,
					losses,
					rules: segments.map(({ charter, from, until }) => ({
						from,
						until,
						needed: seats.map((seat) => peopleNeeded(charter, seat)),
						demands: demandsOf(charter),
					})),
				},
				leaving,
			),
	}
}

const bump = (deltas: Map<number, number>, at: number, by: number) =>
	deltas.set(at, (deltas.get(at) ?? 0) + by)

const merge = (a: readonly number[], b: readonly number[]) => [...new Set([...a, ...b])].sort((x, y) => x - y)

/** Each charter for as long as it is in force inside the horizon. */
export function segmentsOf(charters: readonly InForce[], horizon: Horizon) {
	return charters
		.map(({ charter, from }, i) => ({
			charter,
			from: Math.max(from, horizon.from),
			until: Math.min(charters[i + 1]?.from ?? Infinity, horizon.until),
		}))
		.filter(({ from, until }) => from < until)
}

/** Agreements begin on days of their own; somebody may satisfy the charter from then on. */
export function agreementMoments({ charter, from, until }: Horizon & { charter: Charter }): number[] {
	return Object.values(charter.agreements)
		.flatMap(({ from: begin, until: end }) => [begin, end])
		.flatMap((day) => (day === undefined ? [] : [parseInstant(`${day}T00:00:00.000Z`)]))
		.filter((ms) => ms > from && ms < until)
}
