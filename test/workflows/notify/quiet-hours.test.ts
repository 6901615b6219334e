import fc from 'fast-check'
import { expect, test } from 'vitest'
import { afterQuiet, isQuiet, nextDaily, nextHour } from '#workflows/notify/quiet-hours.ts'
import { timeZone, type TimeZone } from '#workflows/shared/zoned-time.ts'

const zone = (name: string) => timeZone(name) as TimeZone
const berlin = zone('Europe/Berlin')
const NIGHT = { from: 22 * 60, until: 7 * 60 }
/** Ends within the hour that is skipped in spring and comes twice in autumn. */
const ODD = { from: 22 * 60, until: 2 * 60 + 30 }

test.each([
	['a usual night', '2026-11-29T22:00:00.000Z', NIGHT, '2026-11-30T06:00:00.000Z'],
	['by day at once', '2026-11-29T12:00:00.000Z', NIGHT, '2026-11-29T12:00:00.000Z'],
	['the night that is an hour shorter', '2026-03-28T22:00:00.000Z', NIGHT, '2026-03-29T05:00:00.000Z'],
	['the night that is an hour longer', '2026-10-24T21:00:00.000Z', NIGHT, '2026-10-25T06:00:00.000Z'],
	['an end in the hour that is skipped', '2026-03-29T00:30:00.000Z', ODD, '2026-03-29T01:00:00.000Z'],
	['an end in the hour that comes twice', '2026-10-25T00:10:00.000Z', ODD, '2026-10-25T00:30:00.000Z'],
	['that hour once more', '2026-10-25T01:10:00.000Z', ODD, '2026-10-25T01:30:00.000Z'],
] as const)('quiet hours: %s', (_, at, quiet, until) => {
	expect(afterQuiet(at, quiet, berlin)).toBe(until)
})

test.each([
	['2026-11-29T15:10:00.000Z', 8, '2026-11-30T07:00:00.000Z'],
	['2026-11-30T07:00:00.000Z', 8, '2026-12-01T07:00:00.000Z'],
	['2026-03-28T12:00:00.000Z', 2, '2026-03-29T01:00:00.000Z'],
	['2026-10-24T12:00:00.000Z', 2, '2026-10-25T00:00:00.000Z'],
	['2026-10-25T00:30:00.000Z', 2, '2026-10-26T01:00:00.000Z'],
	['2026-10-25T00:45:00.000Z', 1, '2026-10-26T00:00:00.000Z'],
] as const)('the daily hour after %s at %i is %s', (at, hour, next) => {
	expect(nextDaily(at, hour, berlin)).toBe(next)
})

test('the next full hour follows the local clock, where that is not that of UTC', () => {
	expect(nextHour('2026-11-29T15:10:00.000Z', zone('Asia/Kathmandu'))).toBe('2026-11-29T15:15:00.000Z')
	expect(nextHour('2026-11-29T15:00:00.000Z', berlin)).toBe('2026-11-29T16:00:00.000Z')
})

test('law: whatever the zone, the hours and the day, it is not quiet afterwards, and was until then', () => {
	const quarter = fc.integer({ min: 0, max: 95 }).map((n) => n * 15)
	fc.assert(
		fc.property(
			fc.constantFrom('Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Africa/Casablanca'),
			fc.integer({ min: Date.parse('2026-01-01T00:00:00Z'), max: Date.parse('2027-01-01T00:00:00Z') }),
			fc.record({ from: quarter, until: quarter }).filter(({ from, until }) => from !== until),
			(name, ms, quiet) => {
				const at = new Date(ms).toISOString()
				const after = afterQuiet(at, quiet, zone(name))
				expect(isQuiet(after, quiet, zone(name))).toBe(false)
				if (after !== at)
					expect(isQuiet(new Date(Date.parse(after) - 1).toISOString(), quiet, zone(name))).toBe(true)
			},
		),
	)
})
