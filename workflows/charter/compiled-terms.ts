import { shiftMs, type Instant, type Period } from '../shared/instants.ts'
import { isForbidding, judgeTerm } from './clauses.ts'
import { resultOf } from './eligibility.ts'
import { cleared } from './compiled-clearance.ts'
import { coverOf, isIn, maskOf, missing, NONE, NOT_GRANTED, NOT_NOW, NOT_SATISFIED } from './fact-cover.ts'
import { NO_END, parseInstant, type FactList, type PreparedFacts, type Symbols } from './prepared-facts.ts'
import type { Term } from './term.ts'
import type { ClauseResult, Finding } from './verdict.ts'

/** Until when the clause holds, in milliseconds; `NO_END`, or `NOT_NOW` when it does not hold at `at`. */
type HoldsUntil = (person: PreparedFacts, at: number, atText: Instant) => number

export type CompiledTerm = {
	term: Term
	holdsUntil: HoldsUntil
	/** Longest duration; null for every clause but that on duration. */
	maximumMs: number | null
	atOnce: boolean
	isForbidding: boolean
	/** The result when it holds without an end, made once. */
	satisfied: ClauseResult
	/** Results of findings that carry no date, made once each. */
	unmet: Map<Finding, ClauseResult>
	/** Why it does not hold; null where the plain form must say. */
	explain: ((person: PreparedFacts, at: number) => Finding) | null
}

/** One clause as a test over prepared facts. It must come to what `judgeTerm` comes to. */
export function compileTerm(term: Term, symbols: Symbols): CompiledTerm {
	return {
		term,
		maximumMs: term.test.kind === 'duration' ? term.test.maximumMs : null,
		atOnce: term.atOnce,
		isForbidding: isForbidding(term.test),
		satisfied: Object.freeze(resultOf(term, { is: 'satisfied' }, null)),
		unmet: new Map(
			[NONE, NOT_SATISFIED, NOT_GRANTED].map((found) => [found, Object.freeze(resultOf(term, found, null))]),
		),
		...formOf(term, symbols),
	}
}

export type Form = Pick<CompiledTerm, 'holdsUntil' | 'explain'>

function formOf(term: Term, symbols: Symbols): Form {
	const { test } = term
	const mask = (names: readonly string[]) => maskOf(names, symbols)
	switch (test.kind) {
		case 'unsuspended': {
			const { holdsUntil: slow, explain } = plain(term)
			return {
				holdsUntil: (person, at, atText) =>
					person.facts.suspensions.length === 0 ? NO_END : slow(person, at, atText),
				explain,
			}
		}
		case 'duration':
			return { holdsUntil: () => NO_END, explain: () => NOT_SATISFIED }
		case 'holds':
			return test.fact === 'appointments'
				? positive((person) => person.appointments, mask(test.keys))
				: positive((person) => person.facilities, mask(test.keys))
		case 'citizen':
			return positive((person) => person.citizenships, mask(test.states))
		case 'resident':
			return positive((person) => person.residences, mask(test.states))
		case 'apart':
			return test.fact === 'appointments'
				? negative((person) => person.appointments, mask(test.keys))
				: negative((person) => person.live, mask(test.keys))
		case 'notBoth':
			return seldom(term, mask(test.others))
		case 'notCitizen':
			if (test.mustBeKnown) return plain(term)
			return negative((person) => person.citizenships, mask(test.states))
		case 'attended': {
			const key = symbols.idOf(test.key)
			const { within } = test
			return test.fact === 'briefings'
				? attendance((person) => person.briefings, key, within)
				: attendance((person) => person.training, key, within)
		}
		case 'cleared':
			return cleared(term, test, symbols)
		case 'sole':
			return alone(term, (person) => person.citizenships, mask(test.states))
		case 'dual':
			return test.qualifying === null ? plain(term) : { ...plain(term), holdsUntil: atMostOne(term) }
		case 'hours':
			return { holdsUntil: remembered(plain(term).holdsUntil), explain: null }
		default:
			return plain(term)
	}
}

/** For what depends on the instant alone: a ministry is judged at one instant. */
function remembered(holdsUntil: HoldsUntil): HoldsUntil {
	let last: Instant | null = null
	let end = NOT_NOW
	return (person, at, atText) => {
		if (atText !== last) {
			end = holdsUntil(person, at, atText)
			last = atText
		}
		return end
	}
}

type Read = (person: PreparedFacts) => FactList

const positive = (read: Read, mask: Uint8Array): Form => ({
	holdsUntil: (person, at) => coverOf(read(person), mask, at),
	explain: (person, at) => missing(person, read(person), mask, at),
})

/** What forbids says no more than that; facts that cannot be read throw here as well. */
const refused = (read: Read) => (person: PreparedFacts) => {
	read(person)
	return NOT_SATISFIED
}

const negative = (read: Read, mask: Uint8Array): Form => ({
	holdsUntil: (person, at) => {
		const list = read(person)
		let next = NO_END
		for (let i = 0; i < list.length; i += 3) {
			const [from, until] = [list[i + 1]!, list[i + 2]!]
			if (!isIn(mask, list[i]!) || from >= until) continue
			if (from <= at) {
				if (until > at) return NOT_NOW
			} else if (from < next) next = from
		}
		return next
	},
	explain: refused(read),
})

/** Recurring and rare clauses go back to the plain form. */
function plain(term: Term): Form {
	return {
		holdsUntil: ({ facts }, _at, atText) => {
			const { finding, until } = judgeTerm(term, { facts, at: atText, throughout: atText, durationMs: 0 })
			return finding.is !== 'satisfied' ? NOT_NOW : until === null ? NO_END : parseInstant(until)
		},
		explain: null,
	}
}

/** One fact of the kind is the common case; with more, the plain form decides. */
function alone(term: Term, read: Read, mask: Uint8Array): Form {
	const slow = plain(term).holdsUntil
	return {
		holdsUntil: (person, at, atText) => {
			const list = read(person)
			return list.length <= 3 ? coverOf(list, mask, at) : slow(person, at, atText)
		},
		explain: refused(read),
	}
}

/** Who holds none of the other roles holds no two of a pair; for the few who do, the plain form decides. */
function seldom(term: Term, others: Uint8Array): Form {
	const { holdsUntil: slow, explain } = plain(term)
	return {
		holdsUntil: (person, at, atText) => {
			const list = person.appointments
			for (let i = 0; i < list.length; i += 3) if (isIn(others, list[i]!)) return slow(person, at, atText)
			return NO_END
		},
		explain,
	}
}

/** Who has one citizenship has no second one. */
function atMostOne(term: Term): HoldsUntil {
	const slow = plain(term).holdsUntil
	return (person, at, atText) => (person.citizenships.length <= 3 ? NO_END : slow(person, at, atText))
}

function attendance(read: Read, wanted: number, within: readonly Period[]): Form {
	const mask = new Uint8Array(wanted + 1)
	mask[wanted] = 1
	if (within.length === 0) return positive(read, mask)
	/** The same facts with their ends drawn in to how long they count. */
	const recent = (person: PreparedFacts): FactList => {
		const list = read(person)
		const drawn: number[] = []
		for (let i = 0; i < list.length; i += 3) {
			if (list[i] !== wanted) continue
			const from = list[i + 1]!
			let until = list[i + 2]!
			for (const period of within) until = Math.min(until, shiftMs(from, period))
			drawn.push(wanted, from, until)
		}
		return drawn
	}
	return {
		holdsUntil: (person, at) => coverOf(recent(person), mask, at),
		explain: (person, at) => {
			const found = missing(person, recent(person), mask, at)
			return found.is === 'none' && read(person).length > 0 ? NOT_SATISFIED : found
		},
	}
}
