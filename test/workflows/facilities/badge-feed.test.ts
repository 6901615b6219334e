import { expect, test } from 'vitest'
import { readEvents } from '#workflows/facilities/badge-feed.schema.ts'

const RULES = { facilities: new Set(['hall']), now: '2026-11-24T08:00:00.000Z' }
const GOOD = { id: '1', at: '2026-11-24T09:00:00+01:00', badge: 'B1', facility: 'hall', direction: 'in' }
const read = (...values: unknown[]) =>
	readEvents(
		values.map((value, i) => ({ line: i + 1, value })),
		RULES,
	)

test('times come back in UTC, whatever their zone', () => {
	expect(read(GOOD)).toEqual({ events: [{ ...GOOD, at: '2026-11-24T08:00:00.000Z' }] })
})

test.each([
	['a time without a zone', { at: '2026-11-24T08:00:00' }, 'at', 'NOT_A_TIME'],
	['a day that never was', { at: '2026-02-31T08:00:00Z' }, 'at', 'NOT_A_TIME'],
	['the future', { at: '2026-11-24T08:02:01Z' }, 'at', 'FROM_THE_FUTURE'],
	['a facility that it may not speak for', { facility: 'lab' }, 'facility', 'UNKNOWN_FACILITY'],
	['a way that is none', { direction: 'sideways' }, 'direction', 'MALFORMED'],
	['no badge', { badge: ' ' }, 'badge', 'MALFORMED'],
	['something unknown', { temperature: 3 }, 'event', 'MALFORMED'],
])('an event with %s is refused with its line', (_, change, field, code) => {
	expect(read(GOOD, { ...GOOD, id: '2', ...change })).toEqual({ problems: [{ line: 2, field, code }] })
})

test('a clock that is a little ahead is no future, and every problem is told at once', () => {
	expect(read({ ...GOOD, at: '2026-11-24T08:01:59Z' })).toHaveProperty('events')
	const wrong = read(null, { ...GOOD, facility: 'x', at: 'never' }, { ...GOOD, facility: 'y' })
	expect('problems' in wrong && wrong.problems.map(({ line, code }) => [line, code])).toEqual([
		[1, 'MALFORMED'],
		[2, 'NOT_A_TIME'],
		[2, 'UNKNOWN_FACILITY'],
		[3, 'UNKNOWN_FACILITY'],
		[3, 'REPEATED'],
	])
})
