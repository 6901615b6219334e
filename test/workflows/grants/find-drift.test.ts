import { describe, expect, test } from 'vitest'
import { findDrift, isSameDrift, type Seen } from '#workflows/grants/find-drift.ts'
import { plusMs } from '#workflows/shared/instants.ts'

const NOW = '2026-11-23T12:00:00.000Z'
const MINUTE = 60_000
const inMinutes = (minutes: number) => plusMs(NOW, minutes * MINUTE)
const endsAt = inMinutes(30)
const asApproved: Seen = { isListed: true, isOurs: true, endsAt, isElsewhere: false }
const found = (seen: Partial<Seen>, lastEnd = endsAt, isTimed = true) =>
	findDrift({ endsAt, lastEnd, isTimed }, { ...asApproved, ...seen }, NOW)

describe('a read-back', () => {
	test('that agrees within what clocks differ by says nothing', () => {
		for (const minutes of [28, 29, 30, 36, 38])
			expect(found({ endsAt: inMinutes(minutes) }), String(minutes)).toBeNull()
	})

	test.each([
		['missing', { isListed: false, isOurs: false, endsAt: null }, 'missing', null],
		['not ours', { isOurs: false }, 'not_ours', endsAt],
		['in another scope', { isListed: false, isElsewhere: true }, 'scope', endsAt],
		['ended earlier', { endsAt: inMinutes(20) }, 'end', inMinutes(20)],
		['ended later', { endsAt: inMinutes(90) }, 'end', inMinutes(90)],
		['without an end', { endsAt: null }, 'end', null],
	] as const)('tells what is %s', (_, seen, what, seenEndsAt) => {
		expect(found(seen)).toEqual({ what, seenEndsAt })
	})

	test('lets an assignment last as long as the last of those who rest on it', () => {
		expect(found({ endsAt: inMinutes(90) }, inMinutes(90))).toBeNull()
		expect(found({ endsAt: inMinutes(120) }, inMinutes(90))).not.toBeNull()
	})

	test('asks for no end where the tenant keeps none, and still misses what is missing', () => {
		expect(found({ endsAt: null }, endsAt, false)).toBeNull()
		expect(found({ isListed: false, endsAt: null }, endsAt, false)?.what).toBe('missing')
	})

	test('says nothing near the end, where the tenant may end it by itself', () => {
		expect(
			findDrift(
				{ endsAt, lastEnd: endsAt, isTimed: true },
				{ ...asApproved, isListed: false },
				inMinutes(28),
			),
		).toBeNull()
	})
})

test('what was accepted is the same only with the same end', () => {
	expect(isSameDrift({ what: 'end', seenEndsAt: endsAt }, { what: 'end', seenEndsAt: endsAt })).toBe(true)
	expect(isSameDrift({ what: 'end', seenEndsAt: endsAt }, { what: 'end', seenEndsAt: null })).toBe(false)
	expect(isSameDrift(null, null)).toBe(false)
})
