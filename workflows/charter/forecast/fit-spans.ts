import type { Instant } from '../../shared/instants.ts'
import type { CompiledTerm } from '../compiled-terms.ts'
import { NOT_NOW } from '../fact-cover.ts'
import { FACT_KINDS, isDated, type PersonFacts } from '../facts.ts'
import { NO_END, parseInstant, type PreparedFacts } from '../prepared-facts.ts'

/** A stretch of time in milliseconds since 1970: from `from` (inclusive) until `until` (exclusive; Infinity: no end). */
export type Span = { from: number; until: number }
/** What is looked at: from an instant (inclusive) to another (exclusive), in milliseconds since 1970. */
export type Horizon = Span

/** Only ever hold for hours, or are other people's doing: what nobody can look ahead of. */
const MOMENTARY: ReadonlySet<string> = new Set(['presences', 'live'])

/**
 * The instants inside the horizon at which a person who does not satisfy a clause may begin to: where one of their facts
 * begins or ends, sorted. Ends of a permit need none of these: a clause says its own end, exactly.
 */
export function momentsOf(facts: PersonFacts, { from, until }: Horizon): number[] {
	const moments = new Set<number>()
	const add = (at: Instant | null) => {
		const ms = at === null ? NO_END : parseInstant(at)
		if (ms > from && ms < until) moments.add(ms)
	}
	for (const kind of FACT_KINDS) {
		if (MOMENTARY.has(kind)) continue
		for (const fact of facts[kind]) {
			if (!isDated(fact)) continue
			add(fact.validFrom)
			add(fact.validUntil)
		}
	}
	return [...moments].sort((a, b) => a - b)
}

/** Until when all clauses hold at this instant; NOT_NOW when one does not. What cannot be evaluated does not hold. */
export function heldUntil(terms: readonly CompiledTerm[], person: PreparedFacts, at: number): number {
	const text = textOf(at)
	let end = NO_END
	for (let i = 0; i < terms.length; i++) {
		const until = termUntil(terms[i]!, person, at, text)
		if (until <= at) return NOT_NOW
		if (until < end) end = until
	}
	return end
}

/** The clauses that do not hold at this instant. */
export const failingAt = (terms: readonly CompiledTerm[], person: PreparedFacts, at: number) =>
	terms.filter((term) => termUntil(term, person, at, textOf(at)) <= at)

function termUntil(term: CompiledTerm, person: PreparedFacts, at: number, text: Instant): number {
	try {
		return term.holdsUntil(person, at, text)
	} catch {
		return NOT_NOW
	}
}

/**
 * The stretches of the horizon in which all clauses hold, exact to the millisecond: where they hold the clauses say until
 * when, and where they do not the next of `moments` is tried. Ends at the horizon are the horizon's.
 */
export function fitSpans(
	terms: readonly CompiledTerm[],
	person: PreparedFacts,
	{ from, until }: Horizon,
	moments: readonly number[],
): Span[] {
	const spans: Span[] = []
	let at = from
	let next = 0
	while (at < until) {
		const end = heldUntil(terms, person, at)
		if (end !== NOT_NOW) {
			pushSpan(spans, { from: at, until: Math.min(end, until) })
			at = end
			continue
		}
		while (next < moments.length && moments[next]! <= at) next++
		if (next === moments.length) break
		at = moments[next]!
	}
	return spans
}

/** Adds a stretch behind the others; one that touches the last goes on with it. */
export function pushSpan(spans: Span[], { from, until }: Span): void {
	const last = spans.at(-1)
	if (last !== undefined && from <= last.until) last.until = Math.max(last.until, until)
	else spans.push({ from, until })
}

/** All of these stretches, sorted, without overlap. */
export function uniteSpans(spans: readonly Span[]): Span[] {
	const united: Span[] = []
	for (const span of [...spans].sort((a, b) => a.from - b.from)) pushSpan(united, { ...span })
	return united
}

/** What of these stretches lies before this instant. */
export const before = (spans: readonly Span[], at: number): Span[] =>
	spans.filter(({ from }) => from < at).map(({ from, until }) => ({ from, until: Math.min(until, at) }))

/** Whether one of these stretches holds at this instant. */
export const holdsAt = (spans: readonly Span[], at: number) =>
	spans.some(({ from, until }) => from <= at && at < until)

/** A ministry is asked about the same few instants; writing them costs more than judging. */
const texts = new Map<number, Instant>()
function textOf(ms: number): Instant {
	const known = texts.get(ms)
	if (known !== undefined) return known
	if (texts.size > 4096) texts.clear()
	const text = new Date(ms).toISOString()
	texts.set(ms, text)
	return text
}
