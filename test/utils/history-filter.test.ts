import { describe, expect, test } from 'vitest'
import { historyFilterOf, readHistoryFilter, sentFilterOf } from '#app/utils/history-filter.server.ts'

const asked = (query: string) => new Request(`http://localhost/audit?${query}`)
const ID = '0190c3a0-0000-7000-8000-000000000001'
const OTHER = '0190c3a0-0000-7000-8000-000000000002'

describe('the filter of a history', () => {
	test('restricts nothing when nothing is asked, whatever fields a form sends empty', () => {
		const { filter, errors } = readHistoryFilter(asked('person=&role=&from=&until=&zone='))
		expect(filter).toEqual({
			people: [],
			roles: [],
			facilities: [],
			boundaries: [],
			from: undefined,
			until: undefined,
		})
		expect(errors).toEqual({})
	})

	test('takes several of each, once', () => {
		const { filter } = readHistoryFilter(
			asked(`person=${ID}&person=${OTHER}&person=${ID}&role=operator&facility=berlin&facility=bonn`),
		)
		expect(filter).toMatchObject({ people: [ID, OTHER], roles: ['operator'], facilities: ['berlin', 'bonn'] })
	})

	test('reads local time in the zone that is named, and instants as they are', () => {
		const read = (query: string) => readHistoryFilter(asked(query)).filter
		expect(read('from=2026-05-01T08:00&zone=America/New_York').from?.toISOString()).toBe(
			'2026-05-01T12:00:00.000Z',
		)
		expect(read('from=2026-05-01').from?.toISOString()).toBe('2026-04-30T22:00:00.000Z')
		expect(read('until=2026-05-01T00:00:00.000Z&zone=Asia/Tokyo').until?.toISOString()).toBe(
			'2026-05-01T00:00:00.000Z',
		)
	})

	test('leaves nothing out in the hour that comes twice', () => {
		const { filter } = readHistoryFilter(asked('from=2026-10-25T02:30&until=2026-10-25T02:30'))
		expect(filter.from?.toISOString()).toBe('2026-10-25T00:30:00.000Z')
		expect(filter.until?.toISOString()).toBe('2026-10-25T01:30:00.000Z')
	})

	test.each([
		['person=everyone', 'person', 'errors.unreadableChoice'],
		[`person=${ID}&person='; drop table people`, 'person', 'errors.unreadableChoice'],
		['role=Operator', 'role', 'errors.unreadableChoice'],
		['facility=../etc', 'facility', 'errors.unreadableChoice'],
		['from=yesterday', 'from', 'errors.instant'],
		['from=2026-02-30', 'from', 'errors.instant'],
		['until=2026-03-29T02:30', 'until', 'errors.skippedHour'],
		['from=2026-05-01&from=2026-06-01', 'from', 'errors.severalValues'],
		['from=2026-05-01&zone=Europe/Atlantis', 'zone', 'errors.timeZone'],
		[Array.from({ length: 501 }, (_, i) => `role=role-${i}`).join('&'), 'role', 'errors.tooManyValues'],
	])('%.40s is named as an error, and no file is made of more than was asked', (query, field, error) => {
		expect(readHistoryFilter(asked(query)).errors).toMatchObject({ [field]: error })
		expect(() => historyFilterOf(asked(query))).toThrow(
			expect.objectContaining({ code: 'INVALID_INPUT', details: { field } }),
		)
	})

	test('comes back to the form as it was meant', () => {
		const request = asked('from=2026-05-01T00:00:00.000Z&until=2026-05-02T10:30:15&zone=UTC')
		expect(sentFilterOf(request, readHistoryFilter(request))).toMatchObject({
			from: '2026-05-01T00:00',
			until: '2026-05-02T10:30:15',
			zone: 'UTC',
		})
	})
})
