import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyPerson, AT, charterWith, DAY, HOUR } from '#test/factories/charter.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import { personFacts, type PersonFacts } from '#workflows/charter/facts.ts'
import { holdsAt, uniteSpans, type Span } from '#workflows/charter/forecast/fit-spans.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import type { InForce } from '#workflows/charter/forecast/forecast.ts'
import {
	boundaryCoverage,
	lowestIn,
	stageCoverage,
	stageNames,
	type Coverage,
	type Member,
} from '#workflows/lockbox/coverage.ts'
import { beginEligibility, type LockboxStage } from '#workflows/lockbox/eligible-spans.ts'

const FROM = Date.parse(AT)
const HORIZON = { from: FROM, until: FROM + 14 * DAY }
const ALL: Span[] = [{ from: -Infinity, until: Infinity }]
const instant = (ms: number) => new Date(ms).toISOString()

const HOURS = {
	zone: 'Europe/Berlin',
	days: ['mon', 'tue', 'wed', 'thu', 'fri'],
	from: '08:00',
	until: '18:00',
} as const

function charterOf(stages: readonly LockboxStage[], atWork: boolean): Charter {
	const charter = charterWith(
		{},
		{
			lockbox: {
				stages: stages.map((stage) => ({ ...stage, within: 'PT4H' })),
				maximumDuration: 'PT4H',
			},
		},
	)
	const { approver } = charter.roles
	if (!approver) throw new Error('The factory has an approver.')
	return atWork
		? {
				...charter,
				roles: {
					...charter.roles,
					approver: { ...approver, workingHours: { ...HOURS, days: [...HOURS.days] } },
				},
			}
		: charter
}

const member = (id: string, more: Partial<Member> = {}): Member => ({
	id,
	isKnown: true,
	held: ALL,
	eligibleOnly: [],
	fit: ALL,
	failing: () => [],
	away: [],
	onDuty: null,
	...more,
})
const at = (coverage: Coverage, ms: number) =>
	coverage.pieces.find(({ from, until }) => from <= ms && ms < until)

describe('coverage of a boundary', () => {
	test('says when too few hold the role, why, and until when', () => {
		const away = { from: FROM + 5 * HOUR, until: FROM + 9 * HOUR }
		const coverage = boundaryCoverage(
			[
				member('a', { away: [away] }),
				member('b', { held: [{ from: FROM + 7 * HOUR, until: FROM + 8 * HOUR }] }),
				member('c', { held: [], eligibleOnly: ALL }),
				member('d', { isKnown: false }),
				member('e', { onDuty: [] }),
				member('f', { fit: [], failing: () => [{ code: 'CLEARANCE', fixedBy: 'security_officer' }] }),
			],
			1,
			HORIZON,
		)
		expect(coverage.gaps.map(({ from, until, missing }) => [from, until, missing])).toEqual([
			[FROM + 5 * HOUR, FROM + 7 * HOUR, 1],
			[FROM + 8 * HOUR, FROM + 9 * HOUR, 1],
		])
		expect(coverage.gaps[0]?.pieces[0]?.causes).toEqual([
			{ kind: 'AWAY', id: 'a', until: away.until },
			{ kind: 'NOT_HELD', id: 'b', from: FROM + 7 * HOUR },
			{ kind: 'NOT_ACTIVATED', id: 'c' },
			{ kind: 'UNKNOWN_HERE', id: 'd' },
			{ kind: 'OFF_DUTY', id: 'e' },
			{ kind: 'NOT_ELIGIBLE', id: 'f', failing: [{ code: 'CLEARANCE', fixedBy: 'security_officer' }] },
		])
		expect(coverage.gaps[1]?.pieces[0]?.causes).toContainEqual({ kind: 'NOT_HELD', id: 'b', from: null })
		expect(lowestIn(coverage, { from: FROM + 6 * HOUR, until: FROM + 8 * HOUR })).toEqual({
			count: 0,
			missing: 1,
			isNeeded: true,
		})
	})

	test('nobody at all is a gap of the whole horizon, and says that nobody holds it', () => {
		const { gaps } = boundaryCoverage([], 2, HORIZON)
		expect(gaps).toEqual([
			{
				...HORIZON,
				missing: 2,
				pieces: [{ ...HORIZON, count: 0, needed: 2, missing: 2, causes: [{ kind: 'NOBODY_HOLDS' }] }],
			},
		])
	})
})

describe('coverage of a stage', () => {
	const segments = [
		{
			...HORIZON,
			stages: [
				{ from: 'approver', quorum: 1 },
				{ from: 'chief', quorum: 1 },
			],
		},
	]
	test('one human does not fill two stages', () => {
		const membersOf = () => [member('a')]
		const [first, second] = stageNames(segments)
		expect(stageCoverage(segments, first!, membersOf, HORIZON).gaps).toEqual([])
		const { gaps } = stageCoverage(segments, second!, membersOf, HORIZON)
		expect(gaps).toMatchObject([{ ...HORIZON, missing: 1 }])
		expect(gaps[0]?.pieces[0]?.causes).toEqual([{ kind: 'COUNTED_ELSEWHERE' }])
	})

	test('without a lockbox in the charter every stage that there was has nobody to decide', () => {
		const until = { from: FROM, until: FROM + DAY, stages: segments[0]!.stages }
		const after = { from: FROM + DAY, until: HORIZON.until, stages: [] }
		const { gaps } = stageCoverage(
			[until, after],
			{ stage: 0, from: 'approver' },
			() => [member('a')],
			HORIZON,
		)
		expect(gaps.map(({ from, pieces }) => [from, pieces[0]?.causes])).toEqual([
			[FROM + DAY, [{ kind: 'NO_STAGE' }]],
		])
	})
})

const inHorizon = fc
	.integer({ min: -2 * 24 * 60, max: 16 * 24 * 60 })
	.map((minutes) => FROM + minutes * 60_000)
const spans = fc
	.array(
		fc
			.tuple(inHorizon, fc.integer({ min: 1, max: 8 * 24 * 60 }))
			.map(([from, minutes]) => ({ from, until: from + minutes * 60_000 })),
		{ maxLength: 3 },
	)
	.map(uniteSpans)
const stages = fc.array(
	fc.record({ from: fc.constantFrom('approver', 'chief'), quorum: fc.integer({ min: 1, max: 2 }) }),
	{ minLength: 1, maxLength: 3 },
)
/** Somebody who is often fit, with facts that begin and end inside the horizon. */
const anybody = fc
	.tuple(
		anyPerson,
		fc.array(fc.tuple(inHorizon, fc.option(inHorizon, { freq: 3 })), { minLength: 1, maxLength: 6 }),
		fc.subarray(['approver', 'chief'] as const, { minLength: 1 }),
	)
	.map(([person, dates, roles]): PersonFacts => {
		let n = 0
		const moved = <T extends { validFrom: string; validUntil: string | null }>(list: readonly T[]) =>
			list.map((fact) => {
				const [from, until] = dates[n++ % dates.length] ?? [FROM, null]
				return n % 2 === 0
					? fact
					: { ...fact, validFrom: instant(from), validUntil: until === null ? null : instant(until) }
			})
		return personFacts('p', {
			...person,
			clearances: [...person.clearances, ...moved(person.clearances)],
			suspensions: moved(person.suspensions),
			appointments: moved([
				...person.appointments,
				...roles.map((role) => ({ role, validFrom: '2020-01-01T00:00:00.000Z', validUntil: null })),
			]),
		})
	})
const someone = fc.record({
	facts: anybody,
	held: fc.oneof(fc.constant(ALL), spans),
	away: spans,
	onDuty: fc.option(spans, { freq: 2 }),
})

describe('coverage', () => {
	test('is what a fresh evaluation at that minute comes to, by charter, role, absence and shift', () => {
		let gaps = 0
		let covered = 0
		fc.assert(
			fc.property(
				fc.tuple(stages, stages),
				fc.tuple(fc.boolean(), fc.boolean()),
				inHorizon,
				fc.array(someone, { minLength: 1, maxLength: 5 }),
				fc.integer({ min: 1, max: 2 }),
				fc.array(fc.integer({ min: 0, max: 14 * 24 * 60 - 1 }), { minLength: 6, maxLength: 6 }),
				([first, second], [atWork, later], change, drawn, needed, minutes) => {
					const charters: InForce[] = [
						{ charter: charterOf(first, atWork), from: FROM - DAY },
						{ charter: charterOf(second, later), from: Math.max(change, FROM) },
					]
					const charterAt = (ms: number) => charters.findLast(({ from }) => from <= ms)!.charter
					const people = drawn.map((one, n) => ({
						...one,
						facts: { ...one.facts, personId: `person-${n}` },
					}))
					const eligibility = beginEligibility(charters, HORIZON)
					const fits = people.map(({ facts }) => eligibility.of(facts))
					const { segments, roles } = eligibility
					const membersOf = (role: string) =>
						people.map(({ facts, away }, n) => member(facts.personId, { away, fit: fits[n]!.spans(role) }))
					const boundary = boundaryCoverage(
						people.map(({ facts, held, away, onDuty }, n) =>
							member(facts.personId, {
								held,
								away,
								onDuty,
								fit: uniteSpans(roles.flatMap((role) => fits[n]!.spans(role))),
							}),
						),
						needed,
						HORIZON,
					)
					const names = stageNames(segments)
					const courses = names.map((name) => stageCoverage(segments, name, membersOf, HORIZON))
					const all = [boundary, ...courses]
					// Every edge of every course would take minutes: a stretch of them, another one each time.
					const edges = [
						...new Set(all.flatMap(({ pieces }) => pieces.flatMap(({ from }) => [from - 1, from]))),
					]
					const begin = (minutes[0] ?? 0) % edges.length
					for (const ms of [
						...minutes.map((minute) => FROM + minute * 60_000),
						...edges.slice(begin, begin + 8),
					]) {
						if (ms < HORIZON.from || ms >= HORIZON.until) continue
						const charter = charterAt(ms)
						const open = charter.lockbox?.stages ?? []
						const may = (facts: PersonFacts, role: string) =>
							judge(charter, facts, { role, part: 'holder', at: instant(ms), durationMs: 0 }).permit
						const present = people.filter(({ away }) => !holdsAt(away, ms))
						const holders = present.filter(
							({ facts, held, onDuty }) =>
								holdsAt(held, ms) &&
								(onDuty === null || holdsAt(onDuty, ms)) &&
								open.some(({ from }) => may(facts, from)),
						).length
						expect(at(boundary, ms)).toMatchObject({
							count: holders,
							missing: Math.max(0, needed - holders),
						})
						const able = open.map(
							({ from }) =>
								new Set(present.filter(({ facts }) => may(facts, from)).map(({ facts }) => facts.personId)),
						)
						// Hall: what stays empty is what the worst set of stages lacks.
						const empty = (upTo: number) => {
							let worst = 0
							for (let chosen = 1; chosen < 1 << upTo; chosen++) {
								const inside = [...Array(upTo).keys()].filter((i) => chosen & (1 << i))
								const union = new Set(inside.flatMap((i) => [...able[i]!]))
								const seats = inside.reduce((sum, i) => sum + open[i]!.quorum, 0)
								worst = Math.max(worst, seats - union.size)
							}
							return worst
						}
						names.forEach(({ stage, from }, i) => {
							const isOpen = open[stage]?.from === from
							const missing = isOpen ? empty(stage + 1) - empty(stage) : 0
							expect([stage, ms, at(courses[i]!, ms)?.missing]).toEqual([stage, ms, missing])
							if (missing > 0) gaps++
							else if (isOpen) covered++
						})
					}
					for (const { pieces, gaps: found } of all) {
						expect(pieces[0]?.from).toBe(HORIZON.from)
						expect(pieces.at(-1)?.until).toBe(HORIZON.until)
						for (const gap of found)
							for (const piece of gap.pieces) expect(piece.causes.length).toBeGreaterThan(0)
					}
				},
			),
			{ numRuns: 80 },
		)
		expect(gaps).toBeGreaterThan(100)
		expect(covered).toBeGreaterThan(100)
	}, 30_000)

	test('why somebody may not decide is what the verdict says of them', () => {
		fc.assert(
			fc.property(anybody, fc.integer({ min: 0, max: 14 * 24 * 60 - 1 }), (facts, minute) => {
				const charter = charterOf([{ from: 'approver', quorum: 1 }], true)
				const ms = FROM + minute * 60_000
				const found = beginEligibility([{ charter, from: FROM }], HORIZON)
					.of(facts)
					.failing('approver', ms)
				const verdict = judge(charter, facts, {
					role: 'approver',
					part: 'holder',
					at: instant(ms),
					durationMs: 0,
				})
				expect(found).toEqual(
					verdict.permit ? [] : verdict.denials.map(({ code, fixedBy }) => ({ code, fixedBy })),
				)
			}),
			{ numRuns: 100 },
		)
	}, 30_000)
})
