import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { COUNTRIES, countryProblem } from '#workflows/people/countries.ts'
import { coarseGroup, withoutValues } from '#workflows/people/coarse-reasons.ts'
import { clearanceProblem } from '#workflows/people/facts/check-clearance.ts'
import { validityProblem } from '#workflows/people/facts/check-validity.ts'
import { isCertifiable } from '#workflows/people/facts/check-visit.ts'
import { erasableKinds, JUDGED_KINDS } from '#workflows/people/facts/erasable-kinds.ts'
import { FACT_KINDS, readValues, type FactKind } from '#workflows/people/facts/fact-kinds.ts'
import { isAlike, saysTheSame } from '#workflows/people/facts/same-fact.ts'
import { REPORTABLE_EVENTS } from '#workflows/people/facts/reportable-events.ts'
import { DEFAULT_RETENTION, dueDates, readRetention } from '#workflows/people/facts/retention.ts'
import { shift } from '#workflows/shared/instants.ts'
import type { ClauseResult } from '#workflows/charter/verdict.ts'

const NOW = new Date('2026-11-24T12:00:00.000Z')
const day = (text: string) => new Date(`${text}T00:00:00.000Z`)
const PLAIN = { mayBeginLater: false, needsEnd: false }

describe('a country code', () => {
	test('in use is fine, a former one is said to be former, and others never existed', () => {
		expect(COUNTRIES.filter((code) => countryProblem(code) !== null)).toEqual([])
		expect(['DDR', 'YU', 'SU', 'CS', 'ZR', 'AN'].map(countryProblem)).toEqual(
			Array.from({ length: 6 }, () => 'FORMER_COUNTRY'),
		)
		expect(['', 'QQ', 'de', 'DEU', ' DE', 'D'].map(countryProblem)).toEqual(
			Array.from({ length: 6 }, () => 'UNKNOWN_COUNTRY'),
		)
	})
})

describe('the dates of a fact', () => {
	test.for([
		['2026-11-24', null, null],
		['2026-11-25', null, null],
		['2026-11-26', null, 'BEGINS_IN_FUTURE'],
		['0202-01-01', null, 'DATE_FAR_OFF'],
		['1899-12-31', null, 'DATE_FAR_OFF'],
		['2026-01-01', '2026-01-01', 'ENDS_BEFORE_IT_BEGINS'],
		['2026-01-01', '2025-12-31', 'ENDS_BEFORE_IT_BEGINS'],
		['2026-01-01', '2226-01-01', 'DATE_FAR_OFF'],
		['2026-01-01', '2036-01-01', null],
	] as const)('from %s until %s: %s', ([from, until, problem]) => {
		const validity = { validFrom: day(from), validUntil: until === null ? null : day(until) }
		expect(validityProblem(validity, PLAIN, NOW)?.problem ?? null).toBe(problem)
	})

	test('may lie ahead where something is planned, and not for ever', () => {
		const planned = { mayBeginLater: true, needsEnd: true }
		const journey = { validFrom: day('2027-06-01'), validUntil: day('2027-06-09') }
		expect(validityProblem(journey, planned, NOW)).toBeNull()
		expect(validityProblem({ ...journey, validUntil: null }, planned, NOW)?.problem).toBe('MISSING')
		expect(
			validityProblem(
				{ validFrom: day('2036-01-01'), validUntil: null },
				{ ...planned, needsEnd: false },
				NOW,
			)?.problem,
		).toBe('DATE_FAR_OFF')
	})
})

test('values that a kind does not have are refused, and so are those of another kind', () => {
	expect(
		readValues('citizenship', { country: 'DE', document: 'passport', issuer: 'Berlin', level: 'U2' }),
	).toHaveProperty('problem')
	expect(readValues('briefing', { key: 'NATO Brief' })).toEqual({ field: 'key', problem: 'BAD_KEY' })
	expect(readValues('travel', { countries: ['DE', 'SU'], itinerary: 'x' })).toMatchObject({
		problem: 'FORMER_COUNTRY',
	})
})

describe('what a clearance hangs on', () => {
	const issuer = 'Authority'
	const people = { personId: 'person', recorderId: 'officer' }
	test.for([
		['DE', 'granted', null, null, null],
		['DE', 'granted', 'desk', 'lead', null],
		['SE', 'granted', null, null, 'post POST_NEEDED'],
		['FR', 'revoked', null, null, 'post POST_NEEDED'],
		['NL', 'granted', 'desk', null, null],
		['AU', 'granted', null, null, 'sponsor SPONSOR_NEEDED'],
		['US', 'granted', 'desk', null, 'sponsor SPONSOR_NEEDED'],
		['UK', 'granted', null, 'lead', null],
		// Nobody has to vouch for what is stopped.
		['UK', 'revoked', null, null, null],
		['UK', 'suspended', null, null, null],
		['DE', 'granted', null, 'person', 'sponsor OWN_SPONSOR'],
		['UK', 'granted', null, 'officer', 'sponsor SPONSOR_RECORDS'],
	] as const)('%s %s with post %s and sponsor %s: %s', ([scheme, state, post, sponsorId, expected]) => {
		const found = clearanceProblem({ scheme, level: 'S', issuer, state, post, sponsorId }, people)
		expect(found && `${found.field} ${found.problem}`).toBe(expected)
	})

	const said = (post: string | null, sponsorId: string | null = null) => ({
		values: { scheme: 'FR', level: 'S', issuer, state: 'granted', post, sponsorId },
		validFrom: day('2026-01-01'),
		validUntil: null,
	})

	test('clearances for two posts are two, and a post that is left open says nothing against one that is named', () => {
		expect(saysTheSame('clearance', said('desk'), said('network'))).toBe(false)
		expect(saysTheSame('clearance', said('desk'), said('desk'))).toBe(true)
		expect(saysTheSame('clearance', said(null), said('desk'))).toBe(true)
		expect(isAlike('clearance', said(null), said('desk', 'lead'))).toBe(true)
		expect(isAlike('clearance', said('desk', 'lead'), said('desk'))).toBe(false)
	})

	test('an empty post is none, and who vouches is named by an id', () => {
		const values = { scheme: 'DE', level: 'U2', issuer, state: 'granted' }
		expect(readValues('clearance', { ...values, post: ' ' })).toMatchObject({
			values: { post: null, sponsorId: null },
		})
		expect(readValues('clearance', { ...values, sponsorId: 'somebody' })).toEqual({
			field: 'sponsorId',
			problem: 'NO_SUCH_PERSON',
		})
	})
})

describe('a clearance that is certified to a host', () => {
	const span = (from: string, until: string | null) => ({
		validFrom: day(from),
		validUntil: until === null ? null : day(until),
	})
	const held = (level: string, from: string, until: string | null, state = 'granted' as const) => ({
		scheme: 'DE',
		level,
		state,
		...span(from, until),
	})
	const visit = { scheme: 'DE', level: 'U2' }
	const june = span('2026-06-01', '2026-06-15')
	test.for([
		['none', [], false],
		['one without an end', [held('U2', '2020-01-01', null)], true],
		['a higher one', [held('U3', '2020-01-01', '2026-06-15')], true],
		['a lower one', [held('U1', '2020-01-01', null)], false],
		['one that ends a day early', [held('U2', '2020-01-01', '2026-06-14')], false],
		['one that begins a day late', [held('U2', '2026-06-02', null)], false],
		[
			'two without a gap, in whatever order',
			[held('U3', '2026-06-07', null), held('U2', '2020-01-01', '2026-06-07')],
			true,
		],
		['two with a gap', [held('U2', '2020-01-01', '2026-06-07'), held('U3', '2026-06-08', null)], false],
		['one that is suspended', [held('U2', '2020-01-01', null, 'suspended' as never)], false],
	] as const)('with %s: %s', ([, clearances, expected]) => {
		expect(isCertifiable(visit, june, clearances)).toBe(expected)
	})

	test('never lasts longer than what is held, whatever that is', () => {
		const at = (n: number) => new Date(Date.UTC(2026, 0, 1 + n))
		const spans = fc.array(
			fc.tuple(
				fc.integer({ min: 0, max: 30 }),
				fc.integer({ min: 1, max: 20 }),
				fc.constantFrom('U1', 'U2', 'U3'),
			),
			{ maxLength: 8 },
		)
		fc.assert(
			fc.property(
				spans,
				fc.integer({ min: 0, max: 30 }),
				fc.integer({ min: 1, max: 20 }),
				(list, from, length) => {
					const clearances = list.map(([begin, days, level]) => ({
						scheme: 'DE',
						level,
						state: 'granted' as const,
						validFrom: at(begin),
						validUntil: at(begin + days),
					}))
					const days = Array.from({ length }, (_, n) => from + n)
					const isHeld = (n: number) =>
						list.some(([begin, count, level]) => level !== 'U1' && begin <= n && n < begin + count)
					const ask = { validFrom: at(from), validUntil: at(from + length) }
					expect(isCertifiable(visit, ask, clearances)).toBe(days.every(isHeld))
				},
			),
		)
	})
})

describe('reportable events', () => {
	const file = join(import.meta.dirname, '../../../../shared/facts/personnel-lifecycle.json')
	test.skipIf(!existsSync(file))(
		'are those that national rules name (left out where ../shared is absent)',
		() => {
			const { reportableEvents } = JSON.parse(readFileSync(file, 'utf8')) as {
				reportableEvents: { id: string }[]
			}
			expect([...REPORTABLE_EVENTS]).toEqual(reportableEvents.map(({ id }) => id))
		},
	)
})

describe('retention', () => {
	test('is read over the defaults, and what cannot be read is named', () => {
		expect(readRetention('clearance=12  event=0')).toEqual({ ...DEFAULT_RETENTION, clearance: 12, event: 0 })
		expect(readRetention('clearence=12')).toEqual({ problem: 'clearence=12' })
		expect(readRetention('clearance=-1')).toEqual({ problem: 'clearance=-1' })
	})

	test('erases no kind that is not over, and what says when somebody left only when all is over', () => {
		const held = fc.uniqueArray(fc.constantFrom(...FACT_KINDS), { minLength: 1 })
		fc.assert(
			fc.property(held, fc.integer({ min: 0, max: 100 }), (kinds, months) => {
				const now = shift('2020-01-31T00:00:00.000Z', { months, ms: 0 })
				const dates = dueDates(DEFAULT_RETENTION, '2020-01-31T00:00:00.000Z')
				const erasable = erasableKinds(dates, new Set(kinds), now)
				const isOver = (kind: FactKind) => (dates.find((date) => date.kind === kind)?.at ?? '9') <= now
				expect(erasable.every((kind) => kinds.includes(kind) && isOver(kind))).toBe(true)
				const last: FactKind[] = kinds.filter((kind) => kind === 'employment' || kind === 'appointment')
				if (!kinds.every(isOver)) expect(erasable.filter((kind) => last.includes(kind))).toEqual([])
				else expect([...erasable].sort()).toEqual([...kinds].sort())
				for (const kind of kinds) if (isOver(kind) && !last.includes(kind)) expect(erasable).toContain(kind)
			}),
		)
	})

	test('every kind that facts are judged on is known to be, and no other', () => {
		const judged = FACT_KINDS.filter((kind) => JUDGED_KINDS.has(kind))
		// `facts.ts` of the charter: what eligibility may know of a person.
		expect(FACT_KINDS.filter((kind) => !judged.includes(kind))).toEqual([
			'readIn',
			'agreement',
			'travel',
			'visit',
			'event',
		])
	})

	test('counts whole months from leaving, soonest first', () => {
		const dates = dueDates(DEFAULT_RETENTION, '2020-02-29T00:00:00.000Z')
		expect(dates[0]).toEqual({ kind: 'travel', at: '2023-02-28T00:00:00.000Z' })
		expect(dates.at(-1)?.at).toBe('2027-02-28T00:00:00.000Z')
	})
})

test('without values, all about nationality holds or fails together, and nothing says when', () => {
	const clause = (code: ClauseResult['code'], satisfied: boolean): ClauseResult => ({
		code,
		satisfied,
		required: {},
		found: satisfied ? { is: 'satisfied' } : { is: 'lapsed', at: '2026-01-01T00:00:00.000Z' },
		fix: satisfied ? null : 'record_citizenship',
		fixedBy: 'security_officer',
		until: satisfied ? '2027-01-01T00:00:00.000Z' : null,
	})
	const told = withoutValues([
		clause('CITIZENSHIP', true),
		clause('CITIZENSHIP_EXCLUDED', false),
		clause('CLEARANCE', true),
	])
	expect(told.map(({ satisfied, found, until }) => ({ satisfied, found, until }))).toEqual([
		{ satisfied: false, found: { is: 'not_satisfied' }, until: null },
		{ satisfied: false, found: { is: 'not_satisfied' }, until: null },
		{ satisfied: true, found: { is: 'satisfied' }, until: null },
	])
	expect(coarseGroup('DUAL_NATIONALITY')).toBe(coarseGroup('RESIDENCE'))
})
