import { describe, expect, test } from 'vitest'
import { ALWAYS, AT, charterWith, cleared, DAY, HOUR, operator } from '#test/factories/charter.ts'
import { approvalUnder, permitUnder, strictestPermit, type Resting } from '#workflows/charter/enforcement.ts'
import { charterInput } from '#test/factories/charter.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import { compileCharter } from '#workflows/charter/compiled.ts'
import { prepareFacts } from '#workflows/charter/prepared-facts.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import type { Question } from '#workflows/charter/term.ts'
import { plusMs } from '#workflows/shared/instants.ts'

const later = (ms: number) => plusMs(AT, ms)
const charter = charterWith()
const agreed = charter.roles.admin?.access
const permit = (person: Partial<PersonFacts>, rest: Partial<Resting> = {}, under = charter) =>
	permitUnder(under, {
		role: 'admin',
		agreed,
		facts: operator(person),
		at: AT,
		phase: 'running',
		remainingMs: 4 * HOUR,
		...rest,
	})
const until = (ms: number) => cleared('DE', 'U2', { validUntil: later(ms) })

describe('until when something stands', () => {
	test('an access runs to the end of the first fact it rests on, however much was agreed to', () => {
		expect(permit({ clearances: until(HOUR) })).toEqual({ reasons: [], until: later(HOUR) })
		expect(permit({ clearances: until(HOUR) }, { at: later(HOUR) }).reasons).toEqual(['CLEARANCE'])
		expect(permit({ clearances: until(HOUR) }, { at: later(HOUR - 1) }).reasons).toEqual([])
	})

	test('a request stands as long as it could still be approved in full', () => {
		const waiting = { phase: 'waiting', remainingMs: 4 * HOUR } as const
		const { reasons, until: end } = permit({ clearances: until(6 * HOUR) }, waiting)
		expect({ reasons, end }).toEqual({ reasons: [], end: later(2 * HOUR + 1) })
		expect(permit({ clearances: until(6 * HOUR) }, { ...waiting, at: later(2 * HOUR) }).reasons).toEqual([])
		expect(permit({ clearances: until(6 * HOUR) }, { ...waiting, at: later(2 * HOUR + 1) }).reasons).toEqual([
			'CLEARANCE',
		])
	})

	test('a fact that forbids ends it when it begins', () => {
		const suspensions = [{ validFrom: later(HOUR), validUntil: null }]
		expect(permit({ suspensions })).toEqual({ reasons: [], until: later(HOUR) })
	})

	test('of several charters the stricter one counts', () => {
		expect(
			strictestPermit([
				{ reasons: [], until: null },
				{ reasons: ['CLEARANCE'], until: later(DAY) },
				{ reasons: ['CLEARANCE', 'TARGET_CHANGED'], until: later(HOUR) },
			]),
		).toEqual({ reasons: ['CLEARANCE', 'TARGET_CHANGED'], until: later(HOUR) })
	})
})

describe('what is asked in which phase', () => {
	const { hall, ...others } = charterInput().facilities
	const badge = charterWith(
		{ workingHours: { zone: 'UTC', days: ['mon'], from: '08:00', until: '14:00' } },
		{ facilities: { ...others, hall: { ...hall!, presence: { badgeWithin: 'PT8H' } } } },
	)
	const there = { presences: [{ facility: 'hall', by: 'badge' as const, ...ALWAYS, validFrom: AT }] }

	test('presence of a request that waits and of an access that runs; working hours only of what runs', () => {
		expect(permit({}, { phase: 'waiting' }, badge).reasons).toEqual(['PRESENCE'])
		expect(permit(there, { phase: 'waiting', remainingMs: HOUR }, badge)).toEqual({
			reasons: [],
			until: later(8 * HOUR),
		})
		expect(permit(there, { phase: 'running' }, badge)).toEqual({ reasons: [], until: later(2 * HOUR) })
		expect(permit(there, { phase: 'starting', remainingMs: 3 * HOUR }, badge).reasons).toEqual([
			'WORKING_HOURS',
		])
		expect(permit({}, { isAhead: true }, badge).reasons).toEqual([])
	})

	test('what the charter changed about the role itself', () => {
		expect(permit({}, { role: 'gone' }).reasons).toEqual(['ROLE_GONE'])
		expect(permit({}, { agreed: undefined, phase: 'waiting' }).reasons).toEqual([
			'TARGET_CHANGED',
			'APPROVAL_CHANGED',
		])
		expect(permit({}, { remainingMs: 9 * HOUR }).reasons).toEqual(['DURATION'])
	})

	test('an approval counts while its giver may decide, wherever they are', () => {
		const facts = operator({
			appointments: [{ role: 'approver', ...ALWAYS }],
			clearances: until(HOUR),
		})
		const given = { role: 'admin', stage: 0, facts }
		expect(approvalUnder(badge, { ...given, at: AT })).toEqual({ reasons: [], until: later(HOUR) })
		expect(approvalUnder(badge, { ...given, at: later(HOUR) }).reasons).toEqual(['APPROVER_LAPSED'])
	})
})

describe('a suspension denies every part, for as long as it holds', () => {
	const suspensions = [{ validFrom: later(-HOUR), validUntil: later(HOUR) }]
	const everything = { appointments: ['operator', 'approver'].map((role) => ({ role, ...ALWAYS })) }
	test.each<[string, Partial<Question>]>([
		['holder', { role: 'operator', part: 'holder' }],
		['requester', { part: 'requester' }],
		['beneficiary', { part: 'beneficiary' }],
		['approver', { part: 'approver', stage: 0 }],
		['standing', { part: 'requester', standing: true }],
	])('%s', (_name, asked) => {
		const question: Question = { role: 'admin', part: 'requester', at: AT, durationMs: 0, ...asked }
		const verdicts = [AT, later(HOUR), later(-HOUR - 1)].map((at) => {
			const facts = operator({ ...everything, suspensions })
			const compiled = compileCharter(charter)
			const verdict = judge(charter, facts, { ...question, at })
			expect(compiled.judge(prepareFacts(facts, compiled.symbols), { ...question, at })).toEqual(verdict)
			return verdict
		})
		expect(verdicts.map(({ permit: isPermitted }) => isPermitted)).toEqual([false, true, true])
		expect(verdicts[0]?.clauses.filter(({ satisfied }) => !satisfied)).toMatchObject([
			{
				code: 'SUSPENDED',
				found: { is: 'not_satisfied' },
				fix: 'lift_suspension',
				fixedBy: 'security_officer',
			},
		])
	})

	test('is not spoken of where there never was one: older verdicts come out the same', () => {
		const verdict = judge(charter, operator(), { role: 'admin', part: 'requester', at: AT, durationMs: 0 })
		expect(verdict.clauses.map(({ code }) => code)).not.toContain('SUSPENDED')
	})
})
