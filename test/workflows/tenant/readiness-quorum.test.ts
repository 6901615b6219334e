import { expect, it } from 'vitest'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { AT, charterWith, operator } from '#test/factories/charter.ts'
import { approver, judged } from './judged-tenant.ts'

const access = charterWith().roles.admin?.access
const stage = (from: string, quorum = 1) => ({ from, quorum, within: 'PT4H' })
const inStages = (...stages: ReturnType<typeof stage>[]) =>
	charterWith({ access: { ...access, stages } as NonNullable<typeof access> })
const appointed = (personId: string, ...roles: string[]) =>
	operator({ personId, appointments: roles.map((role) => ({ role, validFrom: AT, validUntil: null })) })
const gaps = (charter: ReturnType<typeof inStages>, ...everybody: ReturnType<typeof operator>[]) =>
	judged({}, { charter, everybody })
		.problems.filter(({ kind }) => kind === 'noQuorum')
		.map(({ detail }) => detail)

it('one person takes one seat: who alone may decide at both stages is not enough', () => {
	const charter = inStages(stage('approver'), stage('chief'))
	const both = appointed('both', 'approver', 'chief')
	expect(gaps(charter, both, operator())).toEqual([{ from: 'approver chief', needed: 2, there: 1 }])
	expect(gaps(charter, both, appointed('other', 'chief'), operator())).toEqual([])
})

it('each role that has too few by itself is told by itself', () => {
	const charter = inStages(stage('approver', 2), stage('chief'))
	expect(gaps(charter, approver, operator())).toEqual([
		{ from: 'approver', needed: 2, there: 1 },
		{ from: 'chief', needed: 1, there: 0 },
	])
})

it('nobody decides on themselves: whoever alone may decide cannot be the only one who may ask', () => {
	const charter = inStages(stage('approver'))
	const alone = appointed('alone', 'approver', 'operator')
	expect(gaps(charter, alone)).toEqual([{ from: 'approver', needed: 1, there: 0, why: 'requester' }])
	expect(gaps(charter, alone, operator())).toEqual([])
	expect(gaps(charter, alone, approver)).toEqual([])
})

it('only the roles that come up short together are named', () => {
	const two = inStages(stage('approver'), stage('chief'))
	const { admin, chief } = two.roles
	const [first, second] = admin?.access?.stages ?? []
	if (!admin?.access || !chief || !first || !second) throw new Error('The charter is not as it was made.')
	const three = [first, second, { ...second, from: 'guard' }]
	const guarded: Charter = {
		...two,
		roles: { ...two.roles, guard: chief, admin: { ...admin, access: { ...admin.access, stages: three } } },
	}
	const both = appointed('both', 'approver', 'chief')
	const guards = ['g1', 'g2'].map((id) => appointed(id, 'guard'))
	expect(gaps(guarded, both, ...guards, operator())).toEqual([
		{ from: 'approver chief', needed: 2, there: 1 },
	])
})
