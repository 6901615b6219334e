import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { holdsAt } from '#workflows/charter/forecast/fit-spans.ts'
import { DAYS } from '#workflows/charter/person-rules.schema.ts'
import { endOfDays, hoursOf } from '#workflows/lockbox/hours.ts'
import { dutySpans, isPlanned, withoutSpans, type Shift } from '#workflows/lockbox/shifts.ts'
import { timeZone } from '#workflows/shared/zoned-time.ts'

const zoneOf = (name: string) => {
	const zone = timeZone(name)
	if (zone === null) throw new Error(name)
	return zone
}
const BERLIN = zoneOf('Europe/Berlin')
const ZONES = [BERLIN, zoneOf('America/New_York'), zoneOf('Australia/Lord_Howe'), zoneOf('UTC')]
const HOUR = 3_600_000
const DAY = 24 * HOUR
const at = (text: string) => Date.parse(text)
const weekly = (startsAt: string, endsAt: string, more: Partial<Shift> = {}): Shift => ({
	kind: 'weekly',
	personId: 'p',
	days: DAYS,
	startsAt,
	endsAt,
	zone: BERLIN,
	from: -Infinity,
	until: Infinity,
	...more,
})
const iso = (spans: readonly { from: number; until: number }[]) =>
	spans.map(({ from, until }) => [new Date(from).toISOString(), new Date(until).toISOString()])

describe('shifts', () => {
	test('a night shift goes on into the next day, and into the first day of the horizon', () => {
		const horizon = { from: at('2026-11-23T00:00:00Z'), until: at('2026-11-25T00:00:00Z') }
		expect(iso(dutySpans([weekly('22:00', '06:00')], 'p', horizon))).toEqual([
			['2026-11-23T00:00:00.000Z', '2026-11-23T05:00:00.000Z'],
			['2026-11-23T21:00:00.000Z', '2026-11-24T05:00:00.000Z'],
			['2026-11-24T21:00:00.000Z', '2026-11-25T00:00:00.000Z'],
		])
	})

	test('ends where the clock says so, on the nights on which it changes too', () => {
		const spring = { from: at('2026-03-28T20:00:00Z'), until: at('2026-03-29T12:00:00Z') }
		const autumn = { from: at('2026-10-24T18:00:00Z'), until: at('2026-10-25T12:00:00Z') }
		const night = [weekly('22:00', '06:00', { days: ['sat'] })]
		expect(iso(dutySpans(night, 'p', spring))).toEqual([
			['2026-03-28T21:00:00.000Z', '2026-03-29T04:00:00.000Z'],
		])
		expect(iso(dutySpans(night, 'p', autumn))).toEqual([
			['2026-10-24T20:00:00.000Z', '2026-10-25T05:00:00.000Z'],
		])
	})

	test('leaves no gap where one shift ends and the next begins in the hour that is skipped or comes twice', () => {
		for (const day of ['2026-03-29', '2026-10-25']) {
			const horizon = { from: at(`${day}T00:00:00Z`) - 2 * HOUR, until: at(`${day}T06:00:00Z`) }
			const spans = dutySpans([weekly('14:30', '02:30'), weekly('02:30', '14:30')], 'p', horizon)
			expect(spans).toEqual([horizon])
		}
	})

	test('an exception adds or takes away, and whoever is only ever taken off has no plan', () => {
		const horizon = { from: at('2026-11-23T00:00:00Z'), until: at('2026-11-24T00:00:00Z') }
		const off: Shift = { kind: 'off', personId: 'p', from: at('2026-11-23T08:00:00Z'), until: Infinity }
		const on: Shift = {
			kind: 'on',
			personId: 'p',
			from: at('2026-11-23T05:00:00Z'),
			until: at('2026-11-23T09:00:00Z'),
		}
		const other = { ...on, personId: 'q' }
		expect(iso(dutySpans([weekly('08:00', '16:00'), on, off, other], 'p', horizon))).toEqual([
			['2026-11-23T05:00:00.000Z', '2026-11-23T08:00:00.000Z'],
		])
		expect([isPlanned([off]), isPlanned([off, on]), isPlanned([])]).toEqual([false, true, false])
	})

	test('somebody is on duty exactly when the local clock says so', () => {
		const time = fc.integer({ min: 0, max: 23 }).map((hour) => `${String(hour).padStart(2, '0')}:00`)
		fc.assert(
			fc.property(
				fc.constantFrom(...ZONES),
				fc.subarray([...DAYS], { minLength: 1 }),
				time,
				time,
				fc.integer({ min: at('2026-01-01T00:00:00Z') / 60_000, max: at('2026-12-31T00:00:00Z') / 60_000 }),
				fc.array(fc.integer({ min: 0, max: 14 * 24 * 60 - 1 }), { minLength: 20, maxLength: 20 }),
				(zone, days, startsAt, endsAt, start, minutes) => {
					const horizon = { from: start * 60_000, until: start * 60_000 + 14 * DAY }
					const spans = dutySpans([weekly(startsAt, endsAt, { zone, days })], 'p', horizon)
					for (const minute of minutes) {
						const moment = horizon.from + minute * 60_000
						const local = zone.local(new Date(moment).toISOString())
						const clock = local.slice(11, 16)
						// In the night of a change the same time may come twice or not at all: the examples above say what then.
						const offsets = [-DAY, 0, DAY].map((by) =>
							zone.local(new Date(moment + by).toISOString()).slice(23),
						)
						if (new Set(offsets).size > 1) continue
						const weekday = (by: number) => {
							const noon = new Date(`${local.slice(0, 10)}T12:00:00Z`)
							return DAYS[(noon.getUTCDay() + 6 + 7 + by) % 7]!
						}
						const isNight = endsAt <= startsAt
						const byToday = days.includes(weekday(0)) && clock >= startsAt && (isNight || clock < endsAt)
						const byYesterday = isNight && days.includes(weekday(-1)) && clock < endsAt
						expect([local, holdsAt(spans, moment)]).toEqual([local, byToday || byYesterday])
					}
				},
			),
			{ numRuns: 100 },
		)
	}, 30_000)

	test('what is taken away is gone and nothing else', () => {
		const span = fc
			.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 20 }))
			.map(([from, length]) => ({ from, until: from + length }))
		fc.assert(
			fc.property(fc.array(span, { maxLength: 5 }), fc.array(span, { maxLength: 5 }), (spans, others) => {
				const left = withoutSpans(spans, others)
				for (let moment = 0; moment < 61; moment++)
					expect(holdsAt(left, moment)).toBe(holdsAt(spans, moment) && !holdsAt(others, moment))
			}),
		)
	})
})

describe('hours of days', () => {
	const countOf = (day: string) => hoursOf(BERLIN, at(`${day}T06:00:00Z`) - 12 * HOUR, 2)[1]?.hours
	test('a day has 24 hours, 23 when clocks go forward and 25 when they go back', () => {
		expect(countOf('2026-11-23')?.map(({ hour }) => hour)).toEqual([...Array(24).keys()])
		expect(countOf('2026-03-29')?.map(({ hour }) => hour)).toEqual(
			[...Array(24).keys()].filter((h) => h !== 2),
		)
		const autumn = countOf('2026-10-25') ?? []
		expect(autumn.map(({ hour }) => hour)).toEqual([0, 1, 2, ...[...Array(24).keys()].slice(2)])
		expect(autumn.filter(({ hour }) => hour === 2).map(({ offset }) => offset)).toEqual(['+02:00', '+01:00'])
	})

	test('hours follow one another without a gap from the instant on to the end of the last day', () => {
		fc.assert(
			fc.property(
				fc.constantFrom(...ZONES),
				fc.integer({ min: at('2026-01-01T00:00:00Z') / 1000, max: at('2027-01-01T00:00:00Z') / 1000 }),
				(zone, second) => {
					const from = second * 1000
					const days = hoursOf(zone, from, 14)
					const hours = days.flatMap((day) => day.hours)
					expect(days).toHaveLength(14)
					expect([hours[0]?.from, hours.at(-1)?.until]).toEqual([from, endOfDays(zone, from, 14)])
					hours.forEach((hour, i) => {
						if (i > 0) expect(hour.from).toBe(hours[i - 1]?.until)
						expect(hour.until - hour.from).toBeLessThanOrEqual(HOUR)
						expect(Number(zone.local(new Date(hour.from).toISOString()).slice(11, 13))).toBe(hour.hour)
					})
				},
			),
			{ numRuns: 30 },
		)
	}, 30_000)
})
