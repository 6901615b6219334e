import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyCharter, anyPerson, AT, HOUR } from '#test/factories/charter.ts'
import type { Charter, CharterRole } from '#workflows/charter/charter.schema.ts'
import { compileCharter } from '#workflows/charter/compiled.ts'
import { judge, judgeTerms } from '#workflows/charter/eligibility.ts'
import { prepareFacts } from '#workflows/charter/prepared-facts.ts'
import type { Question } from '#workflows/charter/term.ts'
import { termsOf } from '#workflows/charter/terms.ts'
import { plusMs } from '#workflows/shared/instants.ts'

const question: fc.Arbitrary<Question> = fc
	.record({
		part: fc.constantFrom(
			'holder' as const,
			'requester' as const,
			'beneficiary' as const,
			'approver' as const,
		),
		role: fc.constantFrom('admin', 'admin', 'admin', 'operator', 'constructor'),
		hours: fc.integer({ min: -30, max: 2000 }),
		durationMs: fc.constantFrom(0, HOUR, 8 * HOUR, 9 * HOUR, -1),
		standing: fc.boolean(),
		facility: fc.constantFrom(undefined, undefined, 'hall', 'office', 'nowhere'),
		stage: fc.constantFrom(0, 0, 1, undefined, -1),
		group: fc.option(fc.nat(2), { nil: undefined }),
		escalated: fc.boolean(),
	})
	.map(({ part, role, hours, durationMs, standing, facility, stage, group, escalated }) => ({
		part,
		role,
		at: plusMs(AT, hours * HOUR),
		durationMs: part === 'requester' || part === 'beneficiary' ? durationMs : 0,
		standing,
		...(group === undefined ? {} : { group }),
		escalated,
		...(stage === undefined ? {} : { stage }),
		...(facility === undefined ? {} : { facility }),
	}))

const withAdmin = (charter: Charter, change: (role: CharterRole) => CharterRole): Charter => {
	const { admin } = charter.roles
	if (!admin) throw new Error('No such role.')
	return { ...charter, roles: { ...charter.roles, admin: change(admin) } }
}

describe('laws of eligibility', () => {
	test('the compiled and the plain form of a charter agree on every verdict, reason and end', () => {
		let permits = 0
		fc.assert(
			fc.property(
				anyCharter,
				anyPerson,
				fc.array(question, { minLength: 1, maxLength: 6 }),
				(charter, person, questions) => {
					const compiled = compileCharter(charter)
					const prepared = prepareFacts(person, compiled.symbols)
					for (const asked of questions) {
						const plain = judge(charter, person, asked)
						expect(compiled.judge(prepared, asked)).toEqual(plain)
						expect(compiled.permits(prepared, asked)).toBe(plain.permit)
						expect(compiled.permitsEach([prepared], asked)).toEqual(Uint8Array.of(plain.permit ? 1 : 0))
						if (plain.permit) permits += 1
					}
				},
			),
			{ numRuns: 5000 },
		)
		expect(permits).toBeGreaterThan(100)
	}, 120_000)

	test('`until` is exact: permit one millisecond before, deny at it', () => {
		let seen = 0
		fc.assert(
			fc.property(anyCharter, anyPerson, question, (charter, person, asked) => {
				const now = { ...asked, durationMs: 0 }
				const verdict = judge(charter, person, now)
				if (!verdict.permit || verdict.until === null) return
				seen += 1
				expect(judge(charter, person, { ...now, at: plusMs(verdict.until, -1) }).permit).toBe(true)
				expect(judge(charter, person, { ...now, at: verdict.until }).permit).toBe(false)
			}),
			{ numRuns: 12_000 },
		)
		expect(seen).toBeGreaterThan(50)
	}, 120_000)

	test('a permit for a duration holds at every moment of it', () => {
		let seen = 0
		fc.assert(
			fc.property(
				anyCharter,
				anyPerson,
				question,
				fc.double({ min: 0, max: 1, noNaN: true }),
				(charter, person, asked, part) => {
					const standing = { ...asked, standing: true }
					if (!judge(charter, person, standing).permit || asked.durationMs <= 0) return
					seen += 1
					const moment = plusMs(asked.at, Math.floor(part * (asked.durationMs - 1)))
					expect(judge(charter, person, { ...standing, at: moment, durationMs: 0 }).permit).toBe(true)
				},
			),
			{ numRuns: 12_000 },
		)
		expect(seen).toBeGreaterThan(10)
	}, 120_000)

	test('the order of the clauses never changes the verdict', () => {
		fc.assert(
			fc.property(
				anyCharter,
				anyPerson,
				question,
				fc.infiniteStream(fc.nat()),
				(charter, person, asked, order) => {
					const terms = termsOf(charter, asked)
					if (terms === null) return
					const shuffled = terms
						.map((term) => ({ term, key: Number(order.next().value) }))
						.sort((a, b) => a.key - b.key)
						.map(({ term }) => term)
					const [a, b] = [judgeTerms(terms, person, asked), judgeTerms(shuffled, person, asked)]
					expect(b.permit).toBe(a.permit)
					if (a.permit && b.permit) expect(b.until).toBe(a.until)
				},
			),
		)
	})

	test('adding a restriction never adds a permit', () => {
		const restrictions: ((charter: Charter) => Charter)[] = [
			(charter) =>
				withAdmin(charter, (role) => ({
					...role,
					citizenship: { ...role.citizenship, noneOf: [...role.citizenship.noneOf, 'FR'] },
				})),
			(charter) =>
				withAdmin(charter, (role) => ({
					...role,
					citizenship: {
						...role.citizenship,
						anyOf: (role.citizenship.anyOf ?? ['DE', 'FR', 'AT']).slice(1),
					},
				})),
			(charter) =>
				withAdmin(charter, (role) => ({
					...role,
					citizenship: { ...role.citizenship, dualNationality: 'forbidden' },
				})),
			(charter) =>
				withAdmin(charter, (role) => ({
					...role,
					clearance: { ...role.clearance, anyOf: role.clearance.anyOf.slice(1) },
				})),
			(charter) =>
				withAdmin(charter, (role) => ({ ...role, clearance: { ...role.clearance, acceptEquivalent: [] } })),
			(charter) => withAdmin(charter, (role) => ({ ...role, caveats: [...(role.caveats ?? []), 'NOFORN'] })),
			(charter) =>
				withAdmin(charter, (role) => ({
					...role,
					briefings: [...(role.briefings ?? []), { key: 'law', within: 'P30D' }],
				})),
			(charter) => withAdmin(charter, (role) => ({ ...role, facilities: role.facilities.slice(1) })),
			(charter) => withAdmin(charter, (role) => ({ ...role, handles: 'top-secret' })),
			(charter) => ({
				...charter,
				everyone: {
					...charter.everyone,
					residence: {
						...charter.everyone?.residence,
						anyOf: (charter.everyone?.residence?.anyOf ?? ['DE', 'US']).slice(1),
					},
				},
			}),
			(charter) => ({
				...charter,
				separationOfDuty: { ...charter.separationOfDuty, neverHeldTogether: [['operator', 'approver']] },
			}),
		]
		fc.assert(
			fc.property(
				anyCharter,
				anyPerson,
				question,
				fc.constantFrom(...restrictions),
				(charter, person, asked, restrict) => {
					// The pairs are replaced by that restriction, so only a charter without pairs is made stricter by it.
					const { neverHeldTogether: _pairs, ...apart } = charter.separationOfDuty ?? {}
					const before = { ...charter, separationOfDuty: apart }
					if (judge(restrict(before), person, asked).permit)
						expect(judge(before, person, asked).permit).toBe(true)
				},
			),
			{ numRuns: 12_000 },
		)
	}, 120_000)

	test('an empty list means nobody', () => {
		const emptied: ((role: CharterRole) => CharterRole)[] = [
			(role) => ({ ...role, citizenship: { ...role.citizenship, anyOf: [] } }),
			(role) => ({ ...role, citizenship: { ...role.citizenship, soleOf: [] } }),
			(role) => ({ ...role, clearance: { anyOf: [], acceptEquivalent: [] } }),
			(role) => ({ ...role, facilities: [] }),
			(role) => ({ ...role, residence: { anyOf: [] } }),
			(role) => ({ ...role, employer: { anyOf: [], subcontractors: 'flow-down' } }),
			(role) => ({ ...role, credential: { aaguids: [] } }),
			(role) => (role.access ? { ...role, access: { ...role.access, requestedBy: [] } } : role),
		]
		fc.assert(
			fc.property(anyCharter, anyPerson, fc.constantFrom(...emptied), (charter, person, empty) => {
				const asked = { role: 'admin', part: 'requester' as const, at: AT, durationMs: 0 }
				expect(judge(withAdmin(charter, empty), person, asked).permit).toBe(false)
			}),
		)
	})

	test('two spellings of the same rule agree: said for everyone, or said in each role', () => {
		const KEYS = [
			'residence',
			'caveats',
			'briefings',
			'training',
			'employer',
			'credential',
			'workingHours',
		] as const
		fc.assert(
			fc.property(anyCharter, anyPerson, question, (charter, person, asked) => {
				const { everyone: _none, ...rest } = charter
				const { admin } = charter.roles
				if (!admin) throw new Error('No such role.')
				const common: NonNullable<Charter['everyone']> = Object.fromEntries(
					KEYS.map((key) => [key, admin[key]] as const).filter(([, rule]) => rule !== undefined),
				)
				const bare = Object.fromEntries(KEYS.map((key) => [key, undefined] as const))
				const inRole: Charter = {
					...rest,
					roles: Object.fromEntries(
						Object.entries(rest.roles).map(([key, role]) => [key, { ...role, ...bare, ...common }]),
					),
				}
				const forAll: Charter = {
					...rest,
					everyone: common,
					roles: Object.fromEntries(
						Object.entries(rest.roles).map(([key, role]) => [key, { ...role, ...bare }]),
					),
				}
				expect(judge(forAll, person, asked)).toEqual(judge(inRole, person, asked))
			}),
		)
	})
})
