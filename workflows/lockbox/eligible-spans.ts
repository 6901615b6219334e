import type { Charter } from '../charter/charter.schema.ts'
import { compileCharter, type SharedTerms } from '../charter/compiled.ts'
import type { CompiledTerm } from '../charter/compiled-terms.ts'
import type { PersonFacts } from '../charter/facts.ts'
import {
	failingAt,
	fitSpans,
	holdsAt,
	momentsOf,
	uniteSpans,
	type Horizon,
	type Span,
} from '../charter/forecast/fit-spans.ts'
import { agreementMoments, segmentsOf, type InForce } from '../charter/forecast/forecast.ts'
import { createSymbols, prepareFacts, type PreparedFacts } from '../charter/prepared-facts.ts'
import type { ClauseCode, FixOwner } from '../charter/verdict.ts'
import type { WorkingHours } from '../charter/person-rules.schema.ts'
import { hoursAround } from '../charter/working-hours.ts'

/** A clause that does not hold, and who can mend it. */
export type Failing = { code: ClauseCode; fixedBy: FixOwner }

/** A role that decides at a stage of the lockbox, and how many of its holders the stage takes. */
export type LockboxStage = { from: string; quorum: number }

/** The stages of the lockbox while a charter is in force; none where it has no lockbox: then nobody decides. */
export type StagesInForce = Horizon & { stages: readonly LockboxStage[] }

export type Eligibility = {
	segments: readonly StagesInForce[]
	/** Every role that decides at some stage inside the horizon. */
	roles: readonly string[]
	of(facts: PersonFacts): PersonEligibility
}

export type PersonEligibility = {
	/** When they may decide as holder of this role. */
	spans(role: string): Span[]
	/** Why they may not at this instant: the clauses that fail, of this role; null where it decides at no stage then. */
	failing(role: string, at: number): Failing[] | null
}

/**
 * When people may decide at the stages of the lockbox, as holders of the stage's role, under the charters in force inside
 * the horizon. Working hours count, since they are known ahead; where somebody will be is not, so presence is left out.
 */
export function beginEligibility(charters: readonly InForce[], horizon: Horizon): Eligibility {
	const symbols = createSymbols()
	const shared: SharedTerms = new Map()
	const segments = segmentsOf(charters, horizon).map((segment) => {
		const compiled = compileCharter(segment.charter, symbols, shared)
		const stages = stagesOf(segment.charter)
		const rules = new Map(
			stages.map(({ from }) => [
				from,
				rulesOf(compiled.termsFor({ role: from, part: 'holder' }) ?? [], segment),
			]),
		)
		return { ...segment, stages, rules, moments: agreementMoments(segment) }
	})
	return {
		segments,
		roles: [...new Set(segments.flatMap(({ stages }) => stages.map(({ from }) => from)))],
		of(facts) {
			const person: PreparedFacts = prepareFacts(facts, symbols)
			const moments = momentsOf(facts, horizon)
			return {
				spans: (role) =>
					uniteSpans(
						segments.flatMap((segment) => {
							const rules = segment.rules.get(role)
							// No clause at all is no permit: the charter does not know the role.
							if (rules === undefined || rules.terms.length === 0) return []
							const tried = [...new Set([...moments, ...segment.moments])].sort((x, y) => x - y)
							const fit = fitSpans(rules.terms, person, segment, tried)
							return rules.hours.reduce((left, { spans }) => overlapOfSpans(left, spans), fit)
						}),
					),
				failing(role, at) {
					const rules = segments.find(({ from, until }) => from <= at && at < until)?.rules.get(role)
					if (rules === undefined) return null
					return [
						...failingAt(rules.terms, person, at),
						...rules.hours.filter(({ spans }) => !holdsAt(spans, at)),
					].map(({ term: { code, fixedBy } }) => ({ code, fixedBy }))
				},
			}
		},
	}
}

/** Clauses about the person, and apart from them working hours: those are the same for everybody, and found once. */
function rulesOf(all: readonly CompiledTerm[], segment: Horizon) {
	return {
		terms: all.filter(({ term: { test } }) => test.kind !== 'present' && test.kind !== 'hours'),
		hours: all.flatMap(({ term }) =>
			term.test.kind === 'hours' ? [{ term, spans: hoursIn(term.test.hours, segment) }] : [],
		),
	}
}

/** Working hours inside of a stretch. What is known around one instant reaches some days, so it is walked through. */
function hoursIn(hours: WorkingHours, { from, until }: Horizon): Span[] {
	const spans: Span[] = []
	for (let at = from; at < until + WEEK_MS; at += WEEK_MS)
		for (const stretch of hoursAround(hours, new Date(at).toISOString()))
			spans.push({
				from: stretch.from === '' ? from : Date.parse(stretch.from),
				until: stretch.until === null ? until : Date.parse(stretch.until),
			})
	return overlapOfSpans(uniteSpans(spans), [{ from, until }])
}

const WEEK_MS = 7 * 86_400_000

/** When one of these stretches and one of those holds. */
function overlapOfSpans(a: readonly Span[], b: readonly Span[]): Span[] {
	return uniteSpans(
		a.flatMap((x) =>
			b
				.map((y) => ({ from: Math.max(x.from, y.from), until: Math.min(x.until, y.until) }))
				.filter(({ from, until }) => from < until),
		),
	)
}

export const stagesOf = ({ lockbox }: Charter): LockboxStage[] =>
	(lockbox?.stages ?? []).map(({ from, quorum }) => ({ from, quorum }))
