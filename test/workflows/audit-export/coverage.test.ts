import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { coverageOf, type CharterSpan } from '#workflows/audit-export/coverage.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import { plusMs } from '#workflows/shared/instants.ts'
import {
	ALWAYS,
	anyCharter,
	anyPerson,
	AT,
	charterWith,
	cleared,
	DAY,
	HOUR,
	operator,
} from '#test/factories/charter.ts'

const hours = (count: number) => plusMs(AT, count * HOUR)
const inForce = (charter: Charter, version = 1, from = hours(-1000)): CharterSpan => ({
	version,
	from,
	charter,
})
const access = (from: string, until: string | null) => ({ role: 'admin', from, until })
const laid = (facts: PersonFacts, charters = [inForce(charterWith())], until: string | null = hours(4)) =>
	coverageOf(access(AT, until), { charters, facts, asOf: hours(6) })

describe('an access laid against charter and facts', () => {
	test('is covered where every clause holds from its first moment to its last', () => {
		const coverage = laid(operator())
		expect(coverage.isCovered).toBe(true)
		expect(coverage.stretches).toMatchObject([{ from: AT, until: hours(4), charterVersion: 1 }])
		expect(coverage.stretches[0]?.clauses.map(({ code }) => code)).toEqual(
			expect.arrayContaining(['APPOINTMENT', 'CITIZENSHIP', 'CLEARANCE', 'FACILITY']),
		)
	})

	test('has a gap from the moment a clearance ends, to the millisecond, with the clause', () => {
		const coverage = laid(operator({ clearances: cleared('DE', 'U2', { validUntil: hours(3) }) }))
		expect(coverage.isCovered).toBe(false)
		expect(coverage.stretches).toMatchObject([{ from: AT, until: hours(3) }])
		expect(coverage.gaps).toMatchObject([
			{
				from: hours(3),
				until: hours(4),
				charterVersion: 1,
				denials: [{ code: 'CLEARANCE', found: { is: 'lapsed' } }],
			},
		])
	})

	test('has a gap in its middle where one clearance does not take over from the other', () => {
		const coverage = laid(
			operator({
				clearances: [
					...cleared('DE', 'U2', { validUntil: hours(1) }),
					...cleared('DE', 'U2', { validFrom: hours(2) }),
				],
			}),
		)
		expect(coverage.gaps).toMatchObject([{ from: hours(1), until: hours(2) }])
		expect(coverage.stretches.map(({ from, until }) => [from, until])).toEqual([
			[AT, hours(1)],
			[hours(2), hours(4)],
		])
	})

	test('is laid against each charter from the moment it comes into force', () => {
		const strict = charterWith({ citizenship: { anyOf: ['FR'] } })
		const coverage = laid(operator(), [inForce(charterWith()), inForce(strict, 2, hours(1))])
		expect(coverage.stretches).toMatchObject([{ charterVersion: 1, until: hours(1) }])
		expect(coverage.gaps).toMatchObject([
			{ from: hours(1), charterVersion: 2, denials: [{ code: 'CITIZENSHIP' }] },
		])
	})

	test('has a gap where no charter was in force', () => {
		expect(laid(operator(), [inForce(charterWith(), 1, hours(1))]).gaps).toEqual([
			{ from: AT, until: hours(1), charterVersion: null, denials: [] },
		])
	})

	test('sees a briefing run out that was good for so long', () => {
		const charter = charterWith({ briefings: [{ key: 'law', within: 'P30D' }] })
		const attended = { key: 'law', validFrom: plusMs(AT, -30 * DAY + 2 * HOUR), validUntil: null }
		expect(laid(operator({ briefings: [attended] }), [inForce(charter)]).gaps).toMatchObject([
			{ from: hours(2), until: hours(4), denials: [{ code: 'BRIEFING' }] },
		])
	})

	test('is covered from the day on which an agreement begins to count', () => {
		const charter = charterWith(
			{
				clearance: {
					anyOf: [{ scheme: 'DE', level: 'U2' }],
					acceptEquivalent: [{ scheme: 'ES', level: 'S', agreement: 'pact' }],
				},
			},
			{ agreements: { pact: { title: 'Pact', parties: ['DE', 'ES'], from: '2026-11-24' } } },
		)
		const coverage = laid(operator({ clearances: cleared('ES', 'S') }), [inForce(charter)], hours(14))
		expect(coverage.gaps).toMatchObject([{ from: AT, until: hours(12), denials: [{ code: 'CLEARANCE' }] }])
		expect(coverage.stretches).toMatchObject([{ from: hours(12), until: hours(14) }])
	})

	test('is laid against everything so far while it lasts', () => {
		expect(laid(operator(), undefined, null).stretches).toMatchObject([{ from: AT, until: hours(6) }])
	})

	test('of somebody of whom nothing is known is one gap', () => {
		const coverage = laid(operator({ citizenships: [], clearances: [], appointments: [], facilities: [] }))
		expect(coverage.stretches).toEqual([])
		expect(coverage.gaps).toMatchObject([{ from: AT, until: hours(4) }])
	})

	test('is one gap where the charter has no such role', () => {
		const coverage = coverageOf(
			{ role: 'constructor', from: AT, until: hours(1) },
			{
				charters: [inForce(charterWith())],
				facts: operator({ facilities: [{ facility: 'hall', ...ALWAYS }] }),
				asOf: AT,
			},
		)
		expect(coverage.gaps).toMatchObject([{ denials: [{ code: 'ROLE_KNOWN' }] }])
	})

	test('agrees at every moment with what judging at that moment says, and leaves no moment out', () => {
		fc.assert(
			fc.property(anyCharter, anyCharter, anyPerson, (first, second, facts) => {
				const turn = plusMs(AT, 10 * DAY)
				const [from, until] = [plusMs(AT, -90 * DAY), plusMs(AT, 90 * DAY)]
				const charters = [inForce(first, 1, plusMs(AT, -2000 * DAY)), inForce(second, 2, turn)]
				const { stretches, gaps } = coverageOf(access(from, until), { charters, facts, asOf: until })
				const parts = [
					...stretches.map((part) => ({ ...part, permit: true })),
					...gaps.map((part) => ({ ...part, permit: false })),
				].sort((a, b) => (a.from < b.from ? -1 : 1))
				expect(parts[0]?.from).toBe(from)
				expect(parts.at(-1)?.until).toBe(until)
				parts.slice(1).forEach((part, i) => expect(part.from).toBe(parts[i]?.until))
				for (const part of parts) {
					const length = Date.parse(part.until) - Date.parse(part.from)
					for (const at of [0, Math.floor(length / 2), length - 1].map((ms) => plusMs(part.from, ms))) {
						const charter = at < turn ? first : second
						const verdict = judge(charter, facts, {
							role: 'admin',
							part: 'requester',
							at,
							durationMs: 0,
							standing: true,
						})
						expect(verdict.permit).toBe(part.permit)
					}
				}
			}),
			{ numRuns: 300 },
		)
	})
})
