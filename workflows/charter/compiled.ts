import type { Instant } from '../shared/instants.ts'
import { judgeTerm } from './clauses.ts'
import { compileTerm, type CompiledTerm } from './compiled-terms.ts'
import { NOT_NOW, NOT_SATISFIED } from './fact-cover.ts'
import type { Charter } from './charter.schema.ts'
import { isTold, notEvaluated, resultOf, unknownRole } from './eligibility.ts'
import {
	createSymbols,
	isAskable,
	NO_END,
	parseInstant,
	textOfEnd,
	type PreparedFacts,
	type Symbols,
} from './prepared-facts.ts'
import { MOST_GROUPS } from './stage-groups.ts'
import type { Question } from './term.ts'
import { termsOf } from './terms.ts'
import type { ClauseResult, Finding, Verdict } from './verdict.ts'

/** A charter in the form that is fast to evaluate. It agrees with `judge` on every question. */
export type CompiledCharter = {
	charter: Charter
	symbols: Symbols
	/** The verdict with every clause, as `judge` gives it. */
	judge(person: PreparedFacts, question: Question): Verdict
	/** Only whether `judge` would permit; stops at the first clause that does not hold. */
	permits(person: PreparedFacts, question: Question): boolean
	/** `permits` for many people at once, 1 or 0 each in their order: what is asked is looked up once for all of them. */
	permitsEach(people: readonly PreparedFacts[], question: Question): Uint8Array
	/** The clauses of a question without its instant; null where `judge` would say that there is no such role. */
	termsFor(question: Omit<Question, 'at' | 'durationMs'>): readonly CompiledTerm[] | null
}

const compiledOnce = new WeakMap<Charter, CompiledCharter>()

/** The fast form of a charter, compiled when it is first asked for: a charter that was read is kept, and so is this. */
export function compiledOf(charter: Charter): CompiledCharter {
	let form = compiledOnce.get(charter)
	if (form === undefined) compiledOnce.set(charter, (form = compileCharter(charter)))
	return form
}

/**
 * Compiles a charter once for many questions. People must be prepared with the same symbols; charters that share them
 * also share the clauses that they have in common.
 */
export function compileCharter(
	charter: Charter,
	symbols: Symbols = createSymbols(),
	shared: SharedTerms = new Map(),
): CompiledCharter {
	const compiled = new Map<string, RoleSlots>()
	const termsFor: CompiledCharter['termsFor'] = (question) => {
		const slot = slotOf(question)
		if (slot === NO_SLOT) return null
		const slots = slotsOf(compiled, question.role, question.facility)
		const known = slots[slot]
		if (known !== undefined) return known
		const terms = termsOf(charter, question)?.map((term) => share(term, symbols, shared)) ?? null
		slots[slot] = terms
		return terms
	}
	const instants = instantReader()
	return {
		charter,
		symbols,
		termsFor,
		permits(person, question) {
			const terms = termsFor(question)
			return terms !== null && allHold(terms, person, question, instants(question.at))
		},
		permitsEach(people, question) {
			const answers = new Uint8Array(people.length)
			const terms = termsFor(question)
			if (terms === null) return answers
			const at = instants(question.at)
			for (let i = 0; i < people.length; i++) answers[i] = allHold(terms, people[i]!, question, at) ? 1 : 0
			return answers
		},
		judge(person, question) {
			const terms = termsFor(question)
			if (terms === null) {
				const clauses = [unknownRole(question.role)]
				return { permit: false, clauses, denials: clauses }
			}
			return judgeAll(terms, person, question, instants(question.at))
		},
	}
}

/** Clauses by what they say, so that a hundred roles with the same rule hold it once. */
export type SharedTerms = Map<string, CompiledTerm>

function share(term: Parameters<typeof compileTerm>[0], symbols: Symbols, shared: SharedTerms): CompiledTerm {
	const name = JSON.stringify(term)
	const known = shared.get(name)
	if (known) return known
	const compiled = compileTerm(term, symbols)
	shared.set(name, compiled)
	return compiled
}

type Slots = (readonly CompiledTerm[] | null | undefined)[]
/** The clauses of one role: wherever it is used from, and by the facility that a question names. */
type RoleSlots = { anywhere: Slots; from: Map<string, Slots> }

function slotsOf(roles: Map<string, RoleSlots>, role: string, facility: string | undefined): Slots {
	let known = roles.get(role)
	if (!known) roles.set(role, (known = { anywhere: [], from: new Map() }))
	if (facility === undefined) return known.anywhere
	let slots = known.from.get(facility)
	if (!slots) known.from.set(facility, (slots = []))
	return slots
}

/** More stages than any role has. */
const STAGES = 16
/** A stage that no role has must not share the place of another question. */
const NO_SLOT = -1

/** Where the clauses of a question stand among those of its role: a number, since building a name would cost more than judging. */
function slotOf({
	part,
	stage = NO_SLOT,
	group = 0,
	escalated = false,
	standing = false,
}: Omit<Question, 'at' | 'durationMs'>): number {
	const half = standing ? 1 : 0
	switch (part) {
		case 'holder':
			return half
		case 'requester':
			return 2 + half
		case 'beneficiary':
			return 4 + half
		case 'approver':
			if (!Number.isInteger(stage) || stage < 0 || stage >= STAGES) return NO_SLOT
			if (!Number.isInteger(group) || group < 0 || group >= MOST_GROUPS) return NO_SLOT
			return 6 + (stage * MOST_GROUPS + group) * 4 + (escalated ? 2 : 0) + half
	}
}

/** Many questions in a row ask about the same instant. */
function instantReader() {
	let text: Instant | null = null
	let ms = NaN
	return (at: Instant) => {
		if (at !== text) {
			ms = parseInstant(at)
			text = at
		}
		return ms
	}
}

function allHold(
	terms: readonly CompiledTerm[],
	person: PreparedFacts,
	{ at: atText, durationMs }: Question,
	at: number,
): boolean {
	if (!isAskable(at, durationMs)) return false
	const throughout = durationMs > 0 ? at + durationMs : at
	for (let i = 0; i < terms.length; i++) {
		if (!holds(terms[i]!, person, at, atText, throughout, durationMs)) return false
	}
	return true
}

function holds(
	term: CompiledTerm,
	person: PreparedFacts,
	at: number,
	atText: Instant,
	throughout: number,
	durationMs: number,
): boolean {
	const { maximumMs } = term
	if (maximumMs !== null) return durationMs >= 0 && durationMs <= maximumMs
	const end = endOf(term, person, at, atText)
	return end !== NOT_NOW && (term.atOnce || end >= throughout)
}

/** What cannot be evaluated does not hold. */
function endOf(term: CompiledTerm, person: PreparedFacts, at: number, atText: Instant): number {
	try {
		return term.holdsUntil(person, at, atText)
	} catch {
		return NOT_NOW
	}
}

function judgeAll(
	terms: readonly CompiledTerm[],
	person: PreparedFacts,
	question: Question,
	at: number,
): Verdict {
	const { at: atText, durationMs } = question
	if (!isAskable(at, durationMs)) {
		const clauses = terms
			.filter(({ term }) => isTold(term, person.facts))
			.map(({ term }) => notEvaluated(term))
		return { permit: false, clauses, denials: clauses }
	}
	const throughout = durationMs > 0 ? at + durationMs : at
	const clauses: ClauseResult[] = []
	const denials: ClauseResult[] = []
	let first = NO_END
	for (let i = 0; i < terms.length; i++) {
		const term = terms[i]!
		if (!isTold(term.term, person.facts)) continue
		const end =
			term.maximumMs === null
				? endOf(term, person, at, atText)
				: durationMs >= 0 && durationMs <= term.maximumMs
					? NO_END
					: NOT_NOW
		if (end !== NOT_NOW && (term.atOnce || end >= throughout)) {
			clauses.push(end === NO_END ? term.satisfied : satisfiedUntil(term, textOfEnd(person, end)))
			if (end < first) first = end
		} else {
			const found = findingOf(term, person, at, end, question)
			const result = term.unmet.get(found) ?? resultOf(term.term, found, null)
			clauses.push(result)
			denials.push(result)
		}
	}
	return denials.length === 0
		? { permit: true, until: textOfEnd(person, first), clauses }
		: { permit: false, clauses, denials }
}

function satisfiedUntil({ satisfied }: CompiledTerm, until: Instant | null): ClauseResult {
	const { code, required, found, fixedBy } = satisfied
	return { code, satisfied: true, required, found, fix: null, fixedBy, until }
}

function findingOf(
	{ term, explain, isForbidding }: CompiledTerm,
	person: PreparedFacts,
	at: number,
	end: number,
	{ at: atText, durationMs }: Question,
): Finding {
	if (end !== NOT_NOW && isForbidding) return NOT_SATISFIED
	if (end !== NOT_NOW) return { is: 'lapses_early', at: textOfEnd(person, end) ?? atText }
	try {
		return explain
			? explain(person, at)
			: judgeTerm(term, { facts: person.facts, at: atText, throughout: atText, durationMs }).finding
	} catch {
		return { is: 'not_evaluated' }
	}
}
