import type { Charter } from '../charter/charter.schema.ts'
import { partIn } from '../charter/eligibility.ts'
import type { PersonFacts } from '../charter/facts.ts'
import { termsOf } from '../charter/terms.ts'
import { plusMs, type Instant } from '../shared/instants.ts'
import { charterAt, coverageOf, type AccessInterval, type Coverage, type CharterSpan } from './coverage.ts'

/** Part of a period: `until` is excluded. */
export type Period = { from: Instant; until: Instant }

/** What shows a person at a facility while an access lasted, and whether the charter then in force approved that one. */
export type Place = { facility: string; by: 'badge' | 'network'; isApproved: boolean }

/** An access within a period, laid against charter and facts. */
export type LaidAccess = {
	personId: string
	/** False where the tenant neither confirmed the access nor ruled it out: it counts as if it had been live. */
	isConfirmed: boolean
	/** The part of it that lies in the period. */
	part: Period
	/** Null where facts of the person were erased, so that nothing can be said. */
	coverage: Coverage | null
	places: Place[]
	/** Whether it was by break-glass, and then whether its review is done. */
	breakGlass: 'owed' | 'reviewed' | null
}

/** The numbers of an answer; each is the number of rows that `isAmong` chooses by the same name. */
export type AnswerCounts = {
	accesses: number
	/** By persons who satisfied the charter then in force at every moment. */
	covered: number
	/** Of which some moment is not permitted by the charter then in force. */
	gaps: number
	/** Of persons whose facts were erased. */
	unchecked: number
	/** Never confirmed by the tenant, nor ruled out. Counted in all the others as well. */
	unconfirmed: number
	/** With evidence that the person was at a facility which the charter then in force did not approve. */
	unapproved: number
	/** Without any evidence of where the person was. */
	unplaced: number
	/** By break-glass. Absent, as the next three, in answers that were given before it was offered. */
	breakGlass?: number
	/** By break-glass and not reviewed yet. */
	breakGlassOwed?: number
	/** Uses of the sealed procedure, which gave no access through this app; and those not reviewed yet. */
	offline?: number
	offlineOwed?: number
	/** Accesses of providers to customer content, and those of them that no stage of ours decided on. Absent in older answers. */
	lockbox?: number
	lockboxOutOfBand?: number
	/** How many people had these accesses. */
	people: number
}
export const ROWS_OF = [
	'accesses',
	'covered',
	'gaps',
	'unchecked',
	'unconfirmed',
	'unapproved',
	'unplaced',
	'breakGlass',
	'breakGlassOwed',
] as const satisfies readonly (keyof AnswerCounts)[]
export type RowsOf = (typeof ROWS_OF)[number]

/** Whether the access is one of those that this number of the answer counts. */
export function isAmong(rows: RowsOf, { coverage, isConfirmed, places, breakGlass }: LaidAccess): boolean {
	switch (rows) {
		case 'accesses':
			return true
		case 'covered':
			return coverage?.isCovered === true
		case 'gaps':
			return coverage?.isCovered === false
		case 'unchecked':
			return coverage === null
		case 'unconfirmed':
			return !isConfirmed
		case 'unapproved':
			return places.some(({ isApproved }) => !isApproved)
		case 'breakGlass':
			return breakGlass !== null
		case 'breakGlassOwed':
			return breakGlass === 'owed'
		case 'unplaced':
			return places.length === 0
	}
}

/** Counts accesses one after the other; only the ids of their people are kept. */
export function createAnswer() {
	const people = new Set<string>()
	const counts: Required<AnswerCounts> = {
		accesses: 0,
		covered: 0,
		gaps: 0,
		unchecked: 0,
		unconfirmed: 0,
		unapproved: 0,
		unplaced: 0,
		breakGlass: 0,
		breakGlassOwed: 0,
		offline: 0,
		offlineOwed: 0,
		lockbox: 0,
		lockboxOutOfBand: 0,
		people: 0,
	}
	return {
		add(access: LaidAccess): void {
			for (const rows of ROWS_OF) if (isAmong(rows, access)) counts[rows] += 1
			people.add(access.personId)
		},
		counts: (): AnswerCounts => ({ ...counts, people: people.size }),
	}
}

/**
 * Lays the part of an access that lies in the period against charter and facts. `facts` null says that facts of this
 * person were erased. An access of no length is taken for one millisecond, so that it is judged and not passed over.
 */
export function layAccess(
	{
		personId,
		isConfirmed,
		access,
		breakGlass = null,
	}: {
		personId: string
		isConfirmed: boolean
		access: AccessInterval
		breakGlass?: LaidAccess['breakGlass']
	},
	{
		charters,
		facts,
		period,
	}: { charters: readonly CharterSpan[]; facts: PersonFacts | null; period: Period },
): LaidAccess {
	const from = access.from > period.from ? access.from : period.from
	const end = access.until !== null && access.until < period.until ? access.until : period.until
	const part = { from, until: end > from ? end : plusMs(from, 1) }
	return {
		personId,
		isConfirmed,
		breakGlass,
		part,
		coverage:
			facts === null
				? null
				: coverageOf({ role: access.role, ...part }, { charters, facts, asOf: part.until }),
		places: facts === null ? [] : placesOf(access.role, part, charters, facts),
	}
}

function placesOf(
	role: string,
	{ from, until }: Period,
	charters: readonly CharterSpan[],
	{ presences }: PersonFacts,
): Place[] {
	return presences
		.filter(({ validFrom, validUntil }) => validFrom < until && (validUntil === null || validUntil > from))
		.map(({ facility, by, validFrom, validUntil }) => {
			// Approved throughout: an amendment may take a facility away while somebody is there.
			const [start, end] = [
				validFrom > from ? validFrom : from,
				validUntil !== null && validUntil < until ? validUntil : until,
			]
			const moments = [start, ...charters.map((span) => span.from).filter((at) => at > start && at < end)]
			const isApproved = moments.every((at) => {
				const charter = charterAt(charters, at)?.charter
				return charter !== undefined && approvedFacilities(charter, role).includes(facility)
			})
			return { facility, by, isApproved }
		})
}

/** The facilities that a charter approves for a role. A role that it does not have has none. */
export function approvedFacilities(charter: Charter, role: string): readonly string[] {
	const terms = termsOf(charter, { role, part: partIn(charter, role), standing: true }) ?? []
	return terms.flatMap(({ test }) => (test.kind === 'holds' && test.fact === 'facilities' ? test.keys : []))
}
