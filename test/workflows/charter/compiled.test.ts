import { describe, expect, test } from 'vitest'
import { ALWAYS, AT, charterInput, charterWith, citizen, HOUR, operator } from '#test/factories/charter.ts'
import { compileCharter } from '#workflows/charter/compiled.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import { asKnownAt, FACT_KINDS, type PersonFacts } from '#workflows/charter/facts.ts'
import { prepareFacts } from '#workflows/charter/prepared-facts.ts'
import type { Question } from '#workflows/charter/term.ts'
import { isInstant } from '#workflows/shared/instants.ts'

const REQUEST: Question = { role: 'admin', part: 'requester', at: AT, durationMs: HOUR }

const { facilities, roles } = charterInput()
const { hall, office } = facilities
const { admin } = roles
if (!hall || !office || !admin?.access) throw new Error('The factory has changed.')

/** A charter whose role looks at every kind of fact, and somebody who satisfies it. */
const everything = charterWith(
	{},
	{
		facilities: { hall: { ...hall, presence: 'network' }, office },
		roles: {
			...roles,
			admin: {
				...admin,
				citizenship: { anyOf: ['DE'], noneOf: ['RU'] },
				residence: { anyOf: ['DE'] },
				briefings: [{ key: 'law' }],
				training: [{ key: 'law', within: 'P10Y' }],
				employer: { anyOf: ['BTR'] },
				credential: { attested: true },
			},
			other: {
				...admin,
				access: {
					...admin.access,
					entra: { groupId: '11111111-1111-4111-8111-111111111111', relation: 'member', name: 'Others' },
				},
			},
		},
		separationOfDuty: { neverActiveTogether: [['admin', 'other']] },
	},
)
const fits = operator({
	residences: [{ country: 'DE', status: 'resident', ...ALWAYS }],
	briefings: [{ key: 'law', ...ALWAYS }],
	training: [{ key: 'law', ...ALWAYS }],
	employments: [{ employer: 'BTR', under: null, flowDown: false, ...ALWAYS }],
	presences: [{ facility: 'hall', by: 'network', ...ALWAYS }],
	credentials: [{ deviceBound: true, attested: true, aaguid: 'x', ...ALWAYS }],
	suspensions: [{ validFrom: '2020-01-01T00:00:00.000Z', validUntil: '2020-02-01T00:00:00.000Z' }],
	live: [{ role: 'chief', ...ALWAYS }],
})

/** The verdict of both forms, which must be the same whatever is asked. */
function bothForms(charter = everything, facts: PersonFacts = fits, question: Question = REQUEST) {
	const plain = judge(charter, facts, question)
	const compiled = compileCharter(charter)
	const prepared = prepareFacts(facts, compiled.symbols)
	expect(compiled.judge(prepared, question)).toEqual(plain)
	expect(compiled.permits(prepared, question)).toBe(plain.permit)
	expect(compiled.permitsEach([prepared], question)).toEqual(Uint8Array.of(plain.permit ? 1 : 0))
	return plain
}

const MALFORMED = [
	'',
	'banana',
	'2026-11-23',
	'2026-11-23T12:00:00Z',
	'2026-11-23T12:00:00.000',
	'2026-11-23T12:00:00.000+01',
	'2026-02-30T12:00:00.000Z',
	'2026-13-23T12:00:00.000Z',
	'2026-11-23T24:00:00.000Z',
	'2026-11-23T12:60:00.000Z',
	'9999-99-99T99:99:99.999Z',
	'aaaa-bb-ccTdd:ee:ff.gggZ',
	'2026/11/23 12:00:00.000Z',
	'+010000-01-01T00:00:00.000Z',
	'0001-01-01T00:00:00.000Z',
]

test.each(MALFORMED)('"%s" is no instant', (text) => expect(isInstant(text)).toBe(false))
test.each([AT, '1000-01-01T00:00:00.000Z', '2028-02-29T23:59:59.999Z', '9999-12-31T23:59:59.999Z'])(
	'%s is an instant',
	(text) => expect(isInstant(text)).toBe(true),
)

describe('a question that cannot be evaluated denies every clause, in both forms', () => {
	test('who fits is permitted otherwise', () => expect(bothForms().permit).toBe(true))

	test.each(MALFORMED)('asked at "%s"', (at) => {
		const verdict = bothForms(everything, fits, { ...REQUEST, at })
		expect(verdict.permit).toBe(false)
		expect(new Set(verdict.clauses.map(({ found }) => found.is))).toEqual(new Set(['not_evaluated']))
	})

	test.each([NaN, Infinity, -Infinity, 0.5, HOUR + 0.5, 1e20, Number.MAX_SAFE_INTEGER, 8e15])(
		'asked for %s milliseconds',
		(durationMs) => {
			const holder: Question = { role: 'operator', part: 'holder', at: AT, durationMs }
			expect(bothForms(everything, fits, holder).permit).toBe(false)
			expect(bothForms(everything, fits, { ...REQUEST, durationMs }).permit).toBe(false)
		},
	)
})

describe('a fact with a malformed date denies the clauses that look at its kind, in both forms', () => {
	const bad = MALFORMED.flatMap((text) => [
		{ validFrom: text, validUntil: null },
		{ validFrom: ALWAYS.validFrom, validUntil: text },
	])
	test.each(FACT_KINDS)('%s', (kind) => {
		for (const validity of bad) {
			// The good fact stays beside it: what is forbidden might be the one that cannot be read.
			const broken = fits[kind].map((fact) => ({ ...fact, ...validity }))
			const verdict = bothForms(everything, { ...fits, [kind]: [...fits[kind], ...broken] })
			expect(verdict.permit).toBe(false)
			if (!verdict.permit) expect(verdict.denials.map(({ found }) => found.is)).toContain('not_evaluated')
		}
	})

	test('an excluded citizenship whose dates cannot be read excludes', () => {
		const charter = charterWith({ citizenship: { anyOf: ['DE'], noneOf: ['RU'] } })
		const citizenships = [...citizen('DE'), { country: 'RU', validFrom: 'banana', validUntil: null }]
		expect(bothForms(charter, operator({ citizenships })).permit).toBe(false)
	})

	test('a fact whose recording cannot be dated is not passed over as unknown', () => {
		const excluded = { country: 'RU', ...ALWAYS, recordedAt: 'zzz' }
		const known = asKnownAt(operator({ citizenships: [...citizen('DE'), excluded] }), AT)
		expect(known.citizenships).toHaveLength(2)
		const charter = charterWith({ citizenship: { anyOf: ['DE'], noneOf: ['RU'] } })
		expect(bothForms(charter, known).permit).toBe(false)
	})
})

describe('the compiled form keeps questions apart', () => {
	/** Answers to these questions in this order from one compiled charter, each compared with the plain form. */
	const ask = (facts: PersonFacts, ...questions: Question[]) => {
		const charter = charterWith()
		const compiled = compileCharter(charter)
		const prepared = prepareFacts(facts, compiled.symbols)
		return questions.map((question) => {
			const verdict = compiled.judge(prepared, question)
			expect(verdict).toEqual(judge(charter, facts, question))
			expect(compiled.permits(prepared, question)).toBe(verdict.permit)
			return verdict.permit
		})
	}
	const approver = operator({ appointments: [{ role: 'approver', ...ALWAYS }] })
	const decides: Question = { role: 'admin', part: 'approver', at: AT, durationMs: 0 }

	test('a role and a facility from a role that is named like both', () => {
		const together = { ...REQUEST, role: 'admin hall' }
		expect(ask(operator(), { ...REQUEST, facility: 'hall' }, together)).toEqual([true, false])
		expect(ask(operator(), together, { ...REQUEST, facility: 'hall' })).toEqual([false, true])
		expect(ask(operator(), { ...REQUEST, facility: '' }, REQUEST)).toEqual([false, true])
	})

	test('the first stage from no stage at all', () => {
		expect(ask(approver, { ...decides, stage: 0 }, decides)).toEqual([true, false])
		expect(ask(approver, decides, { ...decides, stage: 0 })).toEqual([false, true])
	})

	test.each([-1, -1.5, 0.5, 9, 1e9, NaN, Infinity])('stage %s from what there is', (stage) => {
		expect(ask(operator(), { ...REQUEST, durationMs: 0 }, { ...decides, stage })).toEqual([true, false])
		expect(ask(approver, { ...decides, stage }, { ...decides, stage: 0 })).toEqual([false, true])
		expect(ask(approver, { ...decides, stage: 0 }, { ...decides, stage })).toEqual([true, false])
	})
})
