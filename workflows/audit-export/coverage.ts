import type { Charter } from '../charter/charter.schema.ts'
import { startOf } from '../charter/effective.ts'
import { judge, partIn } from '../charter/eligibility.ts'
import { FACT_KINDS, type PersonFacts } from '../charter/facts.ts'
import type { ClauseResult } from '../charter/verdict.ts'
import type { Instant } from '../shared/instants.ts'

/** A charter version and since when it is in force; it is until the next one's `from`. */
export type CharterSpan = { version: number; from: Instant; charter: Charter }

/** An access as it was: the role, since when, and until when; null while it lasts. */
export type AccessInterval = { role: string; from: Instant; until: Instant | null }

/** A part of the access on which every clause held, and until when each would have held, null being no known end. */
export type CoveredStretch = {
	from: Instant
	until: Instant
	charterVersion: number
	clauses: readonly { code: ClauseResult['code']; until: Instant | null }[]
}

/** A part of the access that the charter then in force did not permit, with the clauses that failed. */
export type CoverageGap = {
	from: Instant
	until: Instant
	/** Null where no charter was in force. */
	charterVersion: number | null
	denials: readonly ClauseResult[]
}

export type Coverage = {
	/** Whether the whole of the access was permitted at every moment. */
	isCovered: boolean
	stretches: CoveredStretch[]
	gaps: CoverageGap[]
}

/**
 * Lays an access against the charter in force at each of its moments and what is known of the person: the stretches on
 * which appointment, citizenship, residence, clearance, briefings, training, employment, facility and passkey all held,
 * and the gaps with the clauses that did not. Both are exact to the millisecond and together they are the whole access.
 * Presence, working hours and other live access are left out: they are judged once, when the access is asked for.
 * An access that still lasts is laid against everything until `asOf`; one that ends before it begins has no part at all.
 */
export function coverageOf(
	access: AccessInterval,
	{ charters, facts, asOf }: { charters: readonly CharterSpan[]; facts: PersonFacts; asOf: Instant },
): Coverage {
	const end = access.until ?? asOf
	const coverage: Coverage = { isCovered: true, stretches: [], gaps: [] }
	const changes = changesBetween(access.from, end, charters, facts)
	let at = access.from
	while (at < end) {
		const next = changes.find((change) => change > at) ?? end
		at = judgeFrom(coverage, access.role, at, next, charterAt(charters, at), facts)
	}
	coverage.isCovered = coverage.gaps.length === 0
	return coverage
}

/** Adds what holds from `at` on, `next` at the latest, and gives where that ends. */
function judgeFrom(
	{ stretches, gaps }: Coverage,
	role: string,
	at: Instant,
	next: Instant,
	span: CharterSpan | null,
	facts: PersonFacts,
): Instant {
	if (span === null) {
		addGap(gaps, { from: at, until: next, charterVersion: null, denials: [] })
		return next
	}
	const { charter, version } = span
	const part = partIn(charter, role)
	const verdict = judge(charter, facts, { role, part, at, durationMs: 0, standing: true })
	if (!verdict.permit) {
		addGap(gaps, { from: at, until: next, charterVersion: version, denials: verdict.denials })
		return next
	}
	// A clause may end by itself between two changes: a briefing is good for so long after it was attended.
	const until = verdict.until !== null && verdict.until < next ? verdict.until : next
	const clauses = verdict.clauses.map(({ code, until: lasts }) => ({ code, until: lasts }))
	const last = stretches.at(-1)
	if (last?.until === at && last.charterVersion === version && sameClauses(last.clauses, clauses))
		last.until = until
	else stretches.push({ from: at, until, charterVersion: version, clauses })
	return until
}

/** One gap that fails for the same reasons all along is one gap. */
function addGap(gaps: CoverageGap[], gap: CoverageGap): void {
	const last = gaps.at(-1)
	const isSame =
		last?.until === gap.from &&
		last.charterVersion === gap.charterVersion &&
		reasonsOf(last) === reasonsOf(gap)
	if (last && isSame) last.until = gap.until
	else gaps.push(gap)
}

const reasonsOf = ({ denials }: CoverageGap) =>
	denials.map(({ code, required, found }) => JSON.stringify([code, required, found])).join()

type Clauses = CoveredStretch['clauses']
const sameClauses = (a: Clauses, b: Clauses) =>
	a.length === b.length && a.every(({ code, until }, i) => b[i]?.code === code && b[i].until === until)

/** The version in force at an instant; null before the first. */
export function charterAt(charters: readonly CharterSpan[], at: Instant): CharterSpan | null {
	return charters.reduce<CharterSpan | null>(
		(found, span) => (span.from <= at && (found === null || span.from >= found.from) ? span : found),
		null,
	)
}

/** When a verdict may turn: another charter, an agreement of it or a fact that begins or ends. What ends in between is told by the verdict itself. */
function changesBetween(
	from: Instant,
	until: Instant,
	charters: readonly CharterSpan[],
	facts: PersonFacts,
): Instant[] {
	const changes = new Set<Instant>(charters.map((span) => span.from))
	for (const { charter } of charters) {
		for (const { from: begins, until: ends } of Object.values(charter.agreements ?? {})) {
			for (const day of [startOf(begins), startOf(ends)]) if (day !== null) changes.add(day)
		}
	}
	for (const kind of FACT_KINDS) {
		for (const { validFrom, validUntil } of facts[kind]) {
			changes.add(validFrom)
			if (validUntil !== null) changes.add(validUntil)
		}
	}
	return [...changes].filter((change) => change > from && change < until).sort()
}
