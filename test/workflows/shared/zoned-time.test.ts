import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { timeZone } from '#workflows/shared/zoned-time.ts'

const zone = (name: string) => {
	const found = timeZone(name)
	if (!found) throw new Error(`${name} is not known.`)
	return found
}

describe('a local time in a named zone', () => {
	test.each([
		['Europe/Berlin', '2026-05-01T08:30', ['2026-05-01T06:30:00.000Z']],
		['Europe/Berlin', '2026-05-01', ['2026-04-30T22:00:00.000Z']],
		['Europe/Berlin', '2026-03-29T02:30', []],
		['Europe/Berlin', '2026-10-25T02:30', ['2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z']],
		['America/New_York', '2026-11-01T01:15:30.5', ['2026-11-01T05:15:30.500Z', '2026-11-01T06:15:30.500Z']],
		['Australia/Lord_Howe', '2026-04-05T01:45', ['2026-04-04T14:45:00.000Z', '2026-04-04T15:15:00.000Z']],
		['Asia/Kathmandu', '2026-01-01T00:00', ['2025-12-31T18:15:00.000Z']],
		['UTC', '2026-01-01T00:00', ['2026-01-01T00:00:00.000Z']],
	])('%s %s is %j', (name, local, instants) => {
		expect(zone(name).instants(local)).toEqual(instants)
	})

	test.each([
		'2026-02-30',
		'2026-13-01',
		'2026-05-01T24:00',
		'2026-05-01T10:61',
		'yesterday',
		'',
		'26-05-01',
	])('%j is no date and time', (text) => expect(zone('Europe/Berlin').instants(text)).toBeNull())

	test.each(['Europe/Atlantis', '', '../etc', '+01:00', 'Europe/Berlin\0'])('%j is no zone', (name) =>
		expect(timeZone(name)).toBeNull(),
	)

	test('every instant is among those that its own local time names, and its offset leads back to it', () => {
		const zones = ['Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC'].map(
			zone,
		)
		fc.assert(
			fc.property(
				fc.date({
					min: new Date('1975-01-01T00:00:00Z'),
					max: new Date('2060-01-01T00:00:00Z'),
					noInvalidDate: true,
				}),
				fc.constantFrom(...zones),
				(date, { local, instants }) => {
					const text = local(date.toISOString())
					expect(new Date(text).toISOString()).toBe(date.toISOString())
					expect(instants(text.slice(0, 23))).toContain(date.toISOString())
				},
			),
			{ numRuns: 500 },
		)
	})
})
