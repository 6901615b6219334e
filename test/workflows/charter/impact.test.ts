import { describe, expect, test } from 'vitest'
import {
	ALWAYS,
	AT,
	charterInput,
	charterWith,
	operator,
	type CharterInput,
} from '#test/factories/charter.ts'
import { beginImpact } from '#workflows/charter/impact.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'

const person = (...roles: string[]) => operator({ appointments: roles.map((role) => ({ role, ...ALWAYS })) })

function impactOf(rest: Partial<CharterInput>, people: PersonFacts[], stages?: object) {
	const access = charterInput().roles.admin?.access
	if (!access) throw new Error('The role is not asked for.')
	const role = { access: { ...access, ...stages } }
	const impact = beginImpact(charterWith(role), charterWith(role, rest), AT)
	for (const one of people) impact.add(one)
	return { ...impact.summary(), changes: [...impact.changes()] }
}

const across = { separationOfDuty: { neverAcross: [{ requests: 'operator', approves: 'approver' }] } }

describe('stages that too few could decide after an amendment', () => {
	test('none where somebody can', () => {
		expect(impactOf(across, [person('approver'), person('operator')]).quorumGaps).toEqual([])
	})

	test('who may not decide since they may ask is not counted', () => {
		expect(impactOf(across, [person('approver', 'operator')]).quorumGaps).toEqual([
			{ role: 'admin', from: 'approver', needed: 1, before: 1, after: 0 },
		])
	})

	test('a role that fills several stages needs people for all of them', () => {
		const stages = {
			stages: [
				{ from: 'approver', quorum: 1, within: 'PT4H' },
				{ from: 'approver', quorum: 2, within: 'PT4H' },
			],
		}
		const two = [person('approver'), person('approver')]
		expect(impactOf({}, two, stages).quorumGaps).toEqual([
			{ role: 'admin', from: 'approver', needed: 3, before: 2, after: 2 },
		])
		expect(impactOf({}, [...two, person('approver')], stages).quorumGaps).toEqual([])
	})
})

describe('who gains and who loses', () => {
	test('by name of the clauses that the new charter puts in the way', () => {
		const { changes } = impactOf({ everyone: { citizenship: { anyOf: ['FR', 'DE'], noneOf: ['RU'] } } }, [
			person('operator'),
			{
				...person('operator'),
				personId: 'dual',
				citizenships: ['DE', 'RU'].map((country) => ({ country, ...ALWAYS })),
			},
		])
		expect(changes).toEqual([
			{ personId: 'dual', role: 'operator', change: 'loses', reasons: ['CITIZENSHIP_EXCLUDED'] },
			{ personId: 'dual', role: 'admin', change: 'loses', reasons: ['CITIZENSHIP_EXCLUDED'] },
		])
	})

	test('nobody of whom nothing can be read', () => {
		const broken = operator({ appointments: [{ role: 'operator', validFrom: 'banana', validUntil: null }] })
		const { roles, changes } = impactOf({}, [broken])
		expect(roles.map(({ after }) => after)).toEqual(roles.map(() => 0))
		expect(changes).toEqual([])
	})
})
