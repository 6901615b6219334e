import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gapOf, routeOf, type RoutedGroup } from '#workflows/access/routing.ts'
import { spareFor } from '#workflows/charter/forecast/seats.ts'
import { personFacts } from '#workflows/charter/facts.ts'
import { readCharter } from '#app/services/charter/read-charter.server.ts'
import { ALWAYS, AT, charterInput } from '#test/factories/charter.ts'

const group = (from: string, quorum: number, able: string[], stage = 0): RoutedGroup => ({
	stage,
	group: 0,
	from,
	quorum,
	able,
})

describe('whether a request can be decided at all', () => {
	test('one person cannot fill two seats, in whatever stages', () => {
		expect(gapOf([group('duty', 1, ['a']), group('owner', 1, ['a'], 1)])).toEqual({
			from: 'owner',
			needed: 1,
			able: 1,
			missing: 1,
		})
		expect(gapOf([group('duty', 1, ['a']), group('owner', 1, ['a', 'b'], 1)])).toBeNull()
	})

	test('whoever can fill the other seat moves there where that helps', () => {
		expect(gapOf([group('duty', 1, ['a', 'b']), group('owner', 1, ['a'], 1)])).toBeNull()
	})

	test('an empty stage is a gap', () => {
		expect(gapOf([group('duty', 2, [])])).toEqual({ from: 'duty', needed: 2, able: 0, missing: 2 })
	})

	test('property: it says so exactly when Hall’s theorem does', () => {
		const able = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'))
		const seats = fc.array(fc.record({ quorum: fc.integer({ min: 1, max: 2 }), able }), {
			minLength: 1,
			maxLength: 4,
		})
		fc.assert(
			fc.property(seats, (groups) => {
				const route = groups.map((each, i) => group(`role-${i}`, each.quorum, each.able, i))
				const spare = spareFor(
					{ seats: route.map(({ from, quorum }) => ({ from, needed: quorum })) },
					(from) => route.find((each) => each.from === from)?.able ?? [],
				)
				expect(gapOf(route) === null).toBe(spare >= 0)
			}),
			{ numRuns: 500 },
		)
	})
})

test('who could decide is judged for each group, and whoever a stage escalates to counts as well', () => {
	const input = charterInput()
	const { access } = input.roles.admin ?? {}
	const { charter } = readCharter(
		JSON.stringify(
			charterInput({
				access: {
					...access,
					stages: [
						{
							from: 'approver',
							quorum: 1,
							within: 'PT4H',
							escalation: { after: 'PT1H', to: 'chief' },
						},
					],
				},
			} as never),
		),
	)
	const fit = (id: string, role: string) =>
		personFacts(id, {
			citizenships: [{ country: 'DE', ...ALWAYS }],
			clearances: [{ scheme: 'DE', level: 'U2', issuer: 'Issuer', state: 'granted', ...ALWAYS }],
			appointments: [{ role, ...ALWAYS }],
			facilities: [{ facility: 'hall', ...ALWAYS }],
			credentials: [{ deviceBound: true, attested: true, aaguid: 'make', ...ALWAYS }],
		})
	const people = [fit('one', 'approver'), fit('two', 'chief'), fit('three', 'owner'), personFacts('four')]
	const [first] = routeOf(charter, 'admin', people, AT)
	expect(first?.able).toEqual(['one', 'two'])
})
