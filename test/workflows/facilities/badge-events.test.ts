import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { presencesOf, type BadgeEvent } from '#workflows/facilities/badge-events.ts'

const HOUR_MS = 3_600_000
const LONGEST = 14 * HOUR_MS
const at = (hours: number) => new Date(Date.UTC(2026, 10, 24) + hours * HOUR_MS).toISOString()
const event = (id: string, hours: number, facility: string, direction: 'in' | 'out'): BadgeEvent => ({
	id,
	at: at(hours),
	facility,
	direction,
})

describe('badge events show presence', () => {
	test.each<[string, BadgeEvent[], [string, string, number, number][]]>([
		[
			'from the way in to the way out',
			[event('a', 8, 'x', 'in'), event('b', 12, 'x', 'out')],
			[['a', 'x', 8, 12]],
		],
		['for the longest stay where nobody saw the way out', [event('a', 8, 'x', 'in')], [['a', 'x', 8, 22]]],
		[
			'no longer than until the way into another facility',
			[event('a', 8, 'x', 'in'), event('b', 9, 'y', 'in')],
			[
				['a', 'x', 8, 9],
				['b', 'y', 9, 23],
			],
		],
		[
			'for each time that somebody is seen on the way in',
			[event('a', 8, 'x', 'in'), event('b', 10, 'x', 'in'), event('c', 11, 'x', 'out')],
			[
				['a', 'x', 8, 11],
				['b', 'x', 10, 11],
			],
		],
		[
			'past a second time on the way in of the same facility to the other one',
			[event('a', 8, 'x', 'in'), event('b', 9, 'x', 'in'), event('c', 10, 'y', 'in')],
			[
				['a', 'x', 8, 10],
				['b', 'x', 9, 10],
				['c', 'y', 10, 24],
			],
		],
		['nothing where both ways are of one instant', [event('a', 8, 'x', 'out'), event('b', 8, 'x', 'in')], []],
		[
			'nothing by the way out of another facility',
			[event('a', 8, 'x', 'in'), event('b', 9, 'y', 'out')],
			[['a', 'x', 8, 22]],
		],
		[
			'no longer than until the badge is handed back',
			[{ ...event('a', 8, 'x', 'in'), endsBy: at(9) }],
			[['a', 'x', 8, 9]],
		],
		['nothing by a way out alone', [event('a', 8, 'x', 'out')], []],
	])('%s', (_, events, expected) => {
		expect(presencesOf(events, LONGEST)).toEqual(
			expected.map(([eventId, facility, from, until]) => ({
				eventId,
				facility,
				from: at(from),
				until: at(until),
			})),
		)
	})

	const events = fc.array(
		fc.record({
			hours: fc.integer({ min: 0, max: 60 }),
			facility: fc.constantFrom('x', 'y', 'z'),
			direction: fc.constantFrom('in' as const, 'out' as const),
		}),
		{ maxLength: 25 },
	)

	test('whatever the order in which they come', () => {
		fc.assert(
			fc.property(
				events.chain((list) =>
					fc.tuple(
						fc.constant(list),
						fc.shuffledSubarray(
							list.map((_, i) => i),
							{ minLength: list.length },
						),
					),
				),
				([list, order]) => {
					const all = list.map(({ hours, facility, direction }, i) =>
						event(`e${i}`, hours, facility, direction),
					)
					expect(
						presencesOf(
							order.map((i) => all[i]!),
							LONGEST,
						),
					).toEqual(presencesOf(all, LONGEST))
				},
			),
		)
	})

	test('at no instant at two facilities, always with an end, and never after the way out', () => {
		fc.assert(
			fc.property(events, (list) => {
				const all = list.map(({ hours, facility, direction }, i) =>
					event(`e${i}`, hours, facility, direction),
				)
				const found = presencesOf(all, LONGEST)
				for (const a of found) {
					expect(a.until > a.from && Date.parse(a.until) - Date.parse(a.from) <= LONGEST).toBe(true)
					for (const out of all)
						if (out.direction === 'out' && out.facility === a.facility)
							expect(out.at >= a.from && out.at < a.until).toBe(false)
					for (const b of found)
						if (a.facility !== b.facility && a.from !== b.from)
							expect(a.from < b.until && b.from < a.until).toBe(false)
				}
			}),
		)
	})
})
