import { describe, expect, test } from 'vitest'
import {
	ALWAYS,
	AT,
	charterInput,
	charterWith,
	citizen,
	cleared,
	DAY,
	HOUR,
	operator,
	type CharterInput,
	type RoleInput,
} from '#test/factories/charter.ts'
import { charterShape } from '#workflows/charter/charter.schema.ts'
import { compileCharter } from '#workflows/charter/compiled.ts'
import { judge, judgeTerms } from '#workflows/charter/eligibility.ts'
import { asKnownAt, type PersonFacts } from '#workflows/charter/facts.ts'
import { prepareFacts } from '#workflows/charter/prepared-facts.ts'
import type { Question } from '#workflows/charter/term.ts'
import { termsOf } from '#workflows/charter/terms.ts'
import type { Verdict } from '#workflows/charter/verdict.ts'
import { plusMs } from '#workflows/shared/instants.ts'

/** What differs from the operator who may ask for `admin` now, in the charter of the factory. */
type Case = {
	role?: Partial<RoleInput>
	rest?: Partial<CharterInput>
	person?: Partial<PersonFacts>
	ask?: Partial<Question>
	/** A charter that reading one would refuse. */
	unchecked?: boolean
}
/** `CODE finding` of every denial; none means permit. */
type Expected = Case & { denies: string[] }

/** The verdict, on which the plain and the compiled form agree. */
function verdictOn({ role, rest, person, ask, unchecked = false }: Case): Verdict {
	const charter = unchecked ? charterShape.parse(charterInput(role, rest)) : charterWith(role, rest)
	const question: Question = { role: 'admin', part: 'requester', at: AT, durationMs: 0, ...ask }
	const facts = operator(person)
	const verdict = judge(charter, facts, question)
	const compiled = compileCharter(charter)
	expect(compiled.judge(prepareFacts(facts, compiled.symbols), question)).toEqual(verdict)
	return verdict
}

const denialsIn = (verdict: Verdict) => (verdict.permit ? [] : verdict.denials)
const reasonsIn = (verdict: Verdict) => denialsIn(verdict).map(({ code, found }) => `${code} ${found.is}`)
const untilOf = (asked: Case) => {
	const verdict = verdictOn(asked)
	return verdict.permit ? verdict.until : 'denied'
}

const table = (cases: Record<string, Expected>) =>
	test.each(Object.entries(cases))('%s', (_name, { denies, ...asked }) => {
		expect(reasonsIn(verdictOn(asked))).toEqual(denies)
	})

const later = (ms: number) => plusMs(AT, ms)
const from = (ms: number) => ({ validFrom: later(ms), validUntil: null })
const until = (ms: number) => ({ ...ALWAYS, validUntil: later(ms) })
const appointed = (...roles: string[]) => roles.map((role) => ({ role, ...ALWAYS }))
const resident = (country: string, status: 'resident' | 'permanent' | 'protected' = 'resident') => [
	{ country, status, ...ALWAYS },
]

test('permits who satisfies every clause, and names every reason otherwise, not only the first', () => {
	expect(reasonsIn(verdictOn({}))).toEqual([])
	expect(reasonsIn(verdictOn({ person: { citizenships: [], clearances: [], facilities: [] } }))).toEqual([
		'CITIZENSHIP none',
		'CLEARANCE none',
		'FACILITY none',
	])
})

describe('roles and appointments', () => {
	table({
		'no appointment denies': { person: { appointments: [] }, denies: ['APPOINTMENT none'] },
		'an appointment to another role denies': {
			person: { appointments: appointed('owner') },
			denies: ['APPOINTMENT not_satisfied'],
		},
		'an appointment that begins tomorrow denies': {
			person: { appointments: [{ role: 'operator', ...from(DAY) }] },
			denies: ['APPOINTMENT not_yet'],
		},
		'an appointment that ended at this instant denies': {
			person: { appointments: [{ role: 'operator', ...until(0) }] },
			denies: ['APPOINTMENT lapsed'],
		},
		'a role that nobody may ask for denies': {
			role: { access: { ...accessInput(), requestedBy: [] } },
			denies: ['APPOINTMENT not_satisfied'],
		},
		'a holder is asked for the appointment to the role itself': {
			ask: { role: 'operator', part: 'holder' },
			denies: [],
		},
		'a role that the charter does not have denies': {
			ask: { role: 'administrator' },
			denies: ['ROLE_KNOWN none'],
		},
		'a name that every object has is no role': {
			ask: { role: 'constructor' },
			denies: ['ROLE_KNOWN none'],
		},
		'... nor is it one to hold': {
			ask: { role: 'constructor', part: 'holder' },
			denies: ['ROLE_KNOWN none'],
		},
		'a role that is held by appointment cannot be asked for': {
			ask: { role: 'owner' },
			denies: ['ROLE_KNOWN none'],
		},
	})

	test('a charter may call a role "constructor"', () => {
		const { roles } = charterInput()
		const rest = { roles: { ...roles, constructor: { ...roles.owner } as RoleInput } }
		const person = { appointments: appointed('constructor') }
		expect(reasonsIn(verdictOn({ rest, person, ask: { role: 'constructor', part: 'holder' } }))).toEqual([])
	})
})

describe('citizenship', () => {
	const anyOf: Case = { role: { citizenship: { anyOf: ['DE', 'AT'] } } }
	const soleOf: Case = { role: { citizenship: { soleOf: ['DE', 'AT'] } } }
	const noneOf: Case = { role: { citizenship: { anyOf: ['DE'], noneOf: ['RU'] } } }
	table({
		'anyOf permits each that is listed': {
			...anyOf,
			person: { citizenships: citizen('AT') },
			denies: [],
		},
		'anyOf permits whatever else is held': {
			...anyOf,
			person: { citizenships: citizen('RU', 'DE') },
			denies: [],
		},
		'anyOf denies another': {
			...anyOf,
			person: { citizenships: citizen('US') },
			denies: ['CITIZENSHIP not_satisfied'],
		},
		'anyOf denies where none is known': {
			...anyOf,
			person: { citizenships: [] },
			denies: ['CITIZENSHIP none'],
		},
		'anyOf denies one that was given up': {
			...anyOf,
			person: { citizenships: [{ country: 'DE', ...until(-1) }] },
			denies: ['CITIZENSHIP lapsed'],
		},
		'anyOf denies one that is still to come': {
			...anyOf,
			person: { citizenships: [{ country: 'DE', ...from(1) }] },
			denies: ['CITIZENSHIP not_yet'],
		},
		'an empty anyOf is nobody': {
			role: { citizenship: { anyOf: [] } },
			denies: ['CITIZENSHIP not_satisfied'],
		},
		'soleOf permits the only one': { ...soleOf, denies: [] },
		'soleOf denies a dual citizen': {
			...soleOf,
			person: { citizenships: citizen('DE', 'FR') },
			denies: ['CITIZENSHIP_SOLE not_satisfied'],
		},
		'soleOf denies a dual citizen of two that are listed': {
			...soleOf,
			person: { citizenships: citizen('DE', 'AT') },
			denies: ['CITIZENSHIP_SOLE not_satisfied'],
		},
		'soleOf permits once the other was given up': {
			...soleOf,
			person: { citizenships: [...citizen('DE'), { country: 'FR', ...until(0) }] },
			denies: [],
		},
		'an empty soleOf is nobody': {
			role: { citizenship: { soleOf: [] } },
			denies: ['CITIZENSHIP_SOLE not_satisfied'],
		},
		'noneOf permits who holds none of them': { ...noneOf, denies: [] },
		'noneOf denies a dual citizen, though the other one would do': {
			...noneOf,
			person: { citizenships: citizen('DE', 'RU') },
			denies: ['CITIZENSHIP_EXCLUDED not_satisfied'],
		},
		'noneOf permits once the excluded one was given up': {
			...noneOf,
			person: { citizenships: [...citizen('DE'), { country: 'RU', ...until(0) }] },
			denies: [],
		},
		'noneOf permits an access that ends as the excluded one begins': {
			...noneOf,
			person: { citizenships: [...citizen('DE'), { country: 'RU', ...from(HOUR) }] },
			ask: { durationMs: HOUR },
			denies: [],
		},
		'unionCitizen permits a citizen of a member state': {
			role: { citizenship: { unionCitizen: true } },
			person: { citizenships: citizen('MT') },
			denies: [],
		},
		'unionCitizen denies one of a state that left': {
			role: { citizenship: { unionCitizen: true } },
			person: { citizenships: citizen('GB') },
			denies: ['UNION_CITIZEN not_satisfied'],
		},
	})

	test('an excluded citizenship that begins during the access denies', () => {
		const person = { citizenships: [...citizen('DE'), { country: 'RU', ...from(HOUR) }] }
		const verdict = verdictOn({ ...noneOf, person, ask: { durationMs: HOUR + 1 } })
		expect(denialsIn(verdict).map(({ code }) => code)).toEqual(['CITIZENSHIP_EXCLUDED'])
	})

	test('what forbids tells no date, so that an approver does not read the fact from it', () => {
		const person = { citizenships: [...citizen('DE'), { country: 'RU', ...from(HOUR) }] }
		const verdict = verdictOn({ ...noneOf, person, ask: { durationMs: 2 * HOUR } })
		expect(denialsIn(verdict).map(({ found }) => found)).toEqual([{ is: 'not_satisfied' }])
	})
})

describe('US person', () => {
	const usPerson: Case = { role: { citizenship: { usPerson: true } } }
	table({
		'a citizen is one': { ...usPerson, person: { citizenships: citizen('US') }, denies: [] },
		'a permanent resident is one': {
			...usPerson,
			person: { residences: resident('US', 'permanent') },
			denies: [],
		},
		'a protected individual is one': {
			...usPerson,
			person: { residences: resident('US', 'protected') },
			denies: [],
		},
		'a plain resident is none': {
			...usPerson,
			person: { residences: resident('US') },
			denies: ['US_PERSON not_satisfied'],
		},
		'a permanent resident of another state is none': {
			...usPerson,
			person: { residences: resident('DE', 'permanent') },
			denies: ['US_PERSON not_satisfied'],
		},
		'what is forbidden to one by residence cannot be ruled out while no citizenship is on record': {
			role: { citizenship: { usPerson: true, noneOf: ['RU'] } },
			person: { citizenships: [], residences: resident('US', 'permanent') },
			denies: ['CITIZENSHIP_EXCLUDED not_satisfied'],
		},
		'... nor while it has lapsed': {
			role: { citizenship: { usPerson: true, noneOf: ['RU'] } },
			person: {
				citizenships: [{ country: 'DE', ...until(0) }],
				residences: resident('US', 'permanent'),
			},
			denies: ['CITIZENSHIP_EXCLUDED not_satisfied'],
		},
		'... and can where one is': {
			role: { citizenship: { usPerson: true, noneOf: ['RU'] } },
			person: { citizenships: citizen('DE'), residences: resident('US', 'permanent') },
			denies: [],
		},
		'nor can a second citizenship be ruled out of one of whom none is on record': {
			role: { citizenship: { usPerson: true, dualNationality: 'forbidden' } },
			person: { citizenships: [], residences: resident('US', 'permanent') },
			denies: ['DUAL_NATIONALITY not_satisfied'],
		},
		'a permanent residence that ended makes none': {
			...usPerson,
			person: { residences: [{ country: 'US', status: 'permanent', ...until(0) }] },
			denies: ['US_PERSON lapsed'],
		},
	})
})

describe('dual nationality', () => {
	const forbidden: Case = { role: { citizenship: { anyOf: ['DE'], dualNationality: 'forbidden' } } }
	const onlyWith: Case = { role: { citizenship: { anyOf: ['DE'], dualNationality: { onlyWith: ['FR'] } } } }
	const resident: Case = { role: { citizenship: { usPerson: true, dualNationality: { onlyWith: ['FR'] } } } }
	const residences = [{ country: 'US', status: 'permanent' as const, ...ALWAYS }]
	table({
		'allowed permits any second one': { person: { citizenships: citizen('DE', 'RU') }, denies: [] },
		'forbidden permits one citizenship': { ...forbidden, denies: [] },
		'forbidden permits one that is recorded twice': {
			...forbidden,
			person: { citizenships: citizen('DE', 'DE') },
			denies: [],
		},
		'forbidden denies a second one': {
			...forbidden,
			person: { citizenships: citizen('DE', 'FR') },
			denies: ['DUAL_NATIONALITY not_satisfied'],
		},
		'forbidden permits once the second one was given up': {
			...forbidden,
			person: { citizenships: [...citizen('DE'), { country: 'FR', ...until(0) }] },
			denies: [],
		},
		'onlyWith permits one citizenship': { ...onlyWith, denies: [] },
		'onlyWith permits a second one of the list': {
			...onlyWith,
			person: { citizenships: citizen('FR', 'DE') },
			denies: [],
		},
		'onlyWith denies a second one of another state': {
			...onlyWith,
			person: { citizenships: citizen('DE', 'US') },
			denies: ['DUAL_NATIONALITY not_satisfied'],
		},
		'onlyWith denies a third one of another state': {
			...onlyWith,
			person: { citizenships: citizen('DE', 'FR', 'US') },
			denies: ['DUAL_NATIONALITY not_satisfied'],
		},
		'onlyWith denies a second one even if that would do by itself': {
			role: { citizenship: { anyOf: ['DE', 'AT'], dualNationality: { onlyWith: ['FR'] } } },
			person: { citizenships: citizen('DE', 'AT') },
			denies: ['DUAL_NATIONALITY not_satisfied'],
		},
		'onlyWith permits a US person by residence a second one of the list': {
			...resident,
			person: { citizenships: citizen('DE', 'FR'), residences },
			denies: [],
		},
		'onlyWith denies a US person by residence a second one of another state': {
			...resident,
			person: { citizenships: citizen('DE', 'RU'), residences },
			denies: ['DUAL_NATIONALITY not_satisfied'],
		},
	})
})

describe('residence', () => {
	const anyOf: Case = { role: { residence: { anyOf: ['DE'] } } }
	const union: Case = { role: { residence: { unionResident: true } } }
	table({
		'anyOf permits a resident': { ...anyOf, person: { residences: resident('DE') }, denies: [] },
		'anyOf denies a resident of another state': {
			...anyOf,
			person: { residences: resident('FR') },
			denies: ['RESIDENCE not_satisfied'],
		},
		'anyOf denies where none is known': { ...anyOf, denies: ['RESIDENCE none'] },
		'anyOf denies who moves away during the access': {
			...anyOf,
			person: { residences: [{ country: 'DE', status: 'resident', ...until(HOUR) }] },
			ask: { durationMs: HOUR + 1 },
			denies: ['RESIDENCE lapses_early'],
		},
		'an empty anyOf is nobody': {
			role: { residence: { anyOf: [] } },
			person: { residences: resident('DE') },
			denies: ['RESIDENCE not_satisfied'],
		},
		'unionResident permits a resident of a member state': {
			...union,
			person: { residences: resident('FR') },
			denies: [],
		},
		'unionResident denies one of another state': {
			...union,
			person: { residences: resident('GB') },
			denies: ['UNION_RESIDENT not_satisfied'],
		},
	})
})

describe('clearance', () => {
	const issuers = (list: string[]): Case => ({
		role: { clearance: { anyOf: [{ scheme: 'DE', level: 'U2', issuers: list }] } },
	})
	table({
		'a higher level permits': { person: { clearances: cleared('DE', 'U3') }, denies: [] },
		'a lower level denies': {
			person: { clearances: cleared('DE', 'U1') },
			denies: ['CLEARANCE not_satisfied'],
		},
		'none denies': { person: { clearances: [] }, denies: ['CLEARANCE none'] },
		'a level of another scheme denies, however high': {
			person: { clearances: cleared('ES', 'S') },
			denies: ['CLEARANCE not_satisfied'],
		},
		'an empty list is nobody': {
			role: { clearance: { anyOf: [] } },
			denies: ['CLEARANCE not_satisfied'],
		},
		'an issuer of the list permits': {
			...issuers(['BfV', 'MAD']),
			person: { clearances: cleared('DE', 'U2', { issuer: 'MAD' }) },
			denies: [],
		},
		'another issuer denies': {
			...issuers(['BfV']),
			person: { clearances: cleared('DE', 'U2', { issuer: 'MAD' }) },
			denies: ['CLEARANCE not_satisfied'],
		},
		'an empty list of issuers is nobody': { ...issuers([]), denies: ['CLEARANCE not_satisfied'] },
		'a suspended one denies': {
			person: { clearances: cleared('DE', 'U2', { state: 'suspended' }) },
			denies: ['CLEARANCE not_granted'],
		},
		'a revoked one denies': {
			person: { clearances: cleared('DE', 'U2', { state: 'revoked' }) },
			denies: ['CLEARANCE not_granted'],
		},
		'a granted one beside a suspended one permits': {
			person: { clearances: [...cleared('DE', 'U2', { state: 'suspended' }), ...cleared('DE', 'U3')] },
			denies: [],
		},
		'one that has ended denies': {
			person: { clearances: cleared('DE', 'U2', until(0)) },
			denies: ['CLEARANCE lapsed'],
		},
		'one that begins later denies': {
			person: { clearances: cleared('DE', 'U2', from(1)) },
			denies: ['CLEARANCE not_yet'],
		},
		'one that ends with the access permits': {
			person: { clearances: cleared('DE', 'U2', until(HOUR)) },
			ask: { durationMs: HOUR },
			denies: [],
		},
		'one that ends before the access denies': {
			person: { clearances: cleared('DE', 'U2', until(HOUR)) },
			ask: { durationMs: HOUR + 1 },
			denies: ['CLEARANCE lapses_early'],
		},
		'a renewal that takes over without a gap counts': {
			person: {
				clearances: [...cleared('DE', 'U2', until(HOUR)), ...cleared('DE', 'U3', from(HOUR))],
			},
			ask: { durationMs: 2 * HOUR },
			denies: [],
		},
		'a renewal after a gap does not': {
			person: {
				clearances: [...cleared('DE', 'U2', until(HOUR)), ...cleared('DE', 'U3', from(HOUR + 1))],
			},
			ask: { durationMs: 2 * HOUR },
			denies: ['CLEARANCE lapses_early'],
		},
	})

	test('nothing is equivalent to a list of none', () => {
		const asked: Case = {
			role: {
				clearance: {
					anyOf: [],
					acceptEquivalent: [{ scheme: 'FR', level: 'TS', agreement: 'pact' }],
				},
			},
			rest: { agreements: { pact: { title: 'Pact', parties: ['DE', 'FR'] } } },
			person: { clearances: cleared('FR', 'TS') },
		}
		// No charter that is read says so; the engine does not rely on that.
		expect(reasonsIn(verdictOn({ ...asked, unchecked: true }))).toEqual(['CLEARANCE not_satisfied'])
	})

	describe('that must remain for a while', () => {
		const month: Case = {
			role: { clearance: { anyOf: [{ scheme: 'DE', level: 'U2' }], minimumRemaining: 'P30D' } },
		}
		const halves = (gap: number) => [
			...cleared('DE', 'U2', until(DAY)),
			...cleared('DE', 'U2', { validFrom: later(DAY + gap), validUntil: later(31 * DAY) }),
		]
		table({
			'permits exactly so long before its end': {
				...month,
				person: { clearances: cleared('DE', 'U2', until(30 * DAY + HOUR)) },
				ask: { durationMs: HOUR },
				denies: [],
			},
			'denies a millisecond later': {
				...month,
				person: { clearances: cleared('DE', 'U2', until(30 * DAY + HOUR)) },
				ask: { durationMs: HOUR + 1 },
				denies: ['CLEARANCE lapses_early'],
			},
			'denies where less remains already': {
				...month,
				person: { clearances: cleared('DE', 'U2', until(30 * DAY)) },
				denies: ['CLEARANCE lapsed'],
			},
			'a renewal without a gap counts towards it': {
				...month,
				person: { clearances: halves(0) },
				ask: { durationMs: HOUR },
				denies: [],
			},
			'a renewal after a gap does not': {
				...month,
				person: { clearances: halves(1) },
				ask: { durationMs: HOUR },
				denies: ['CLEARANCE lapsed'],
			},
		})

		const remaining = (minimumRemaining: string, validUntil: string, at: string): Case => ({
			role: { clearance: { anyOf: [{ scheme: 'DE', level: 'U2' }], minimumRemaining } },
			person: { clearances: cleared('DE', 'U2', { validUntil }) },
			ask: { at },
		})
		test.each([
			['P1M', '2027-03-31T00:00:00.000Z', '2027-02-28T00:00:00.000Z'],
			['P1M', '2027-03-28T00:00:00.000Z', '2027-02-28T00:00:00.000Z'],
			['P1Y', '2028-02-29T00:00:00.000Z', '2027-02-28T00:00:00.000Z'],
			// 29 January and a month is 28 February, and five days more is 5 March: not a day later than 26 January will do.
			['P1M5D', '2027-03-03T00:00:00.000Z', '2027-01-26T00:00:00.000Z'],
		])('%s before %s is %s, whatever the length of the month', (period, validUntil, last) => {
			expect(untilOf(remaining(period, validUntil, plusMs(last, -1)))).toBe(last)
			expect(reasonsIn(verdictOn(remaining(period, validUntil, last)))).toEqual(['CLEARANCE lapsed'])
		})
	})

	describe('accepted as equivalent', () => {
		const pact = (days: { from?: string; until?: string } = {}): Case => ({
			role: {
				clearance: {
					anyOf: [{ scheme: 'DE', level: 'U2' }],
					acceptEquivalent: [{ scheme: 'FR', level: 'S', agreement: 'pact' }],
				},
			},
			rest: { agreements: { pact: { title: 'Pact', parties: ['DE', 'FR'], ...days } } },
		})
		const french = (level: string): Case => ({ person: { clearances: cleared('FR', level) } })
		table({
			'under an agreement permits': { ...pact(), ...french('S'), denies: [] },
			'a higher level permits as well': { ...pact(), ...french('TS'), denies: [] },
			'a lower one denies': { ...pact(), ...french('DR'), denies: ['CLEARANCE not_satisfied'] },
			'without an agreement denies': { ...french('TS'), denies: ['CLEARANCE not_satisfied'] },
			'once the agreement has ended denies': {
				...pact({ until: '2026-11-23' }),
				...french('S'),
				denies: ['CLEARANCE lapsed'],
			},
			'before the agreement is in force denies': {
				...pact({ from: '2026-11-24' }),
				...french('S'),
				denies: ['CLEARANCE not_yet'],
			},
			'the agreement must outlast the access': {
				...pact({ until: '2026-11-24' }),
				...french('S'),
				ask: { at: '2026-11-23T18:00:00.000Z', durationMs: 6 * HOUR + 1 },
				denies: ['CLEARANCE lapses_early'],
			},
			'the agreement does not limit a clearance that needs none': {
				...pact({ until: '2026-11-23' }),
				denies: [],
			},
		})

		test('ends with the agreement', () => {
			expect(untilOf({ ...pact({ until: '2026-11-24' }), ...french('S') })).toBe('2026-11-24T00:00:00.000Z')
		})
	})
})

describe('caveats', () => {
	const only = (...caveats: string[]): Case => ({
		role: { citizenship: { anyOf: ['DE', 'US', 'GB'] }, caveats },
	})
	const who = (...countries: string[]): Case => ({ person: { citizenships: citizen(...countries) } })
	table({
		'NOFORN permits a citizen of the United States': { ...only('NOFORN'), ...who('US'), denies: [] },
		'NOFORN permits one with another citizenship beside it': {
			...only('NOFORN'),
			...who('DE', 'US'),
			denies: [],
		},
		'NOFORN denies anybody else': {
			...only('NOFORN'),
			...who('GB'),
			denies: ['CAVEAT not_satisfied'],
		},
		'a release list permits the first state': { ...only('REL TO USA, GBR'), ...who('US'), denies: [] },
		'a release list permits the last state': { ...only('REL TO USA, GBR'), ...who('GB'), denies: [] },
		'a release list denies a state that is not on it': {
			...only('REL TO USA, GBR'),
			...who('DE'),
			denies: ['CAVEAT not_satisfied'],
		},
		'UK EYES ONLY permits a citizen of the United Kingdom': {
			...only('UK EYES ONLY'),
			...who('GB'),
			denies: [],
		},
		'UK EYES ONLY denies anybody else': {
			...only('UK EYES ONLY'),
			...who('US'),
			denies: ['CAVEAT not_satisfied'],
		},
		'a release list without blanks permits as well': {
			...only('REL TO USA,GBR'),
			...who('GB'),
			denies: [],
		},
		'a citizenship that has lapsed admits to nothing': {
			...only('NOFORN'),
			person: { citizenships: [...citizen('DE'), { country: 'US', ...until(0) }] },
			denies: ['CAVEAT lapsed'],
		},
		'each of several must admit': {
			...only('NOFORN', 'UK EYES ONLY'),
			...who('US'),
			denies: ['CAVEAT not_satisfied'],
		},
		'a caveat replaces no clearance': {
			...only('NOFORN'),
			person: { citizenships: citizen('US'), clearances: [] },
			denies: ['CLEARANCE none'],
		},
	})
})

test.each([
	['NOFORN', 'US'],
	['UK EYES ONLY', 'GB'],
	['SPECIAL FRANCE', 'FR'],
	['CANADIAN EYES ONLY', 'CA'],
	['AUSTEO', 'AU'],
	['NZEO', 'NZ'],
])('%s is for citizens of %s alone', (caveat, state) => {
	const STATES = ['US', 'GB', 'FR', 'CA', 'AU', 'NZ', 'DE']
	const reasons = (citizenship: string) =>
		reasonsIn(
			verdictOn({
				role: { citizenship: { anyOf: STATES }, caveats: [caveat] },
				person: { citizenships: citizen(citizenship) },
			}),
		)
	expect(reasons(state)).toEqual([])
	for (const other of STATES.filter((one) => one !== state))
		expect(reasons(other)).toEqual(['CAVEAT not_satisfied'])
})

test.each([
	'noforn',
	' NOFORN',
	'REL TO',
	'REL TO USA;GBR',
	'REL TO US',
	'REL TO USA, ',
	'REL TO XXX',
	'constructor',
])('"%s" is no caveat', (caveat) =>
	expect(charterShape.safeParse(charterInput({ caveats: [caveat] })).success).toBe(false),
)

describe.each([
	['briefings', 'BRIEFING'],
	['training', 'TRAINING'],
] as const)('%s', (fact, code) => {
	const law = (within?: string): Case => ({
		role: { [fact]: [{ key: 'law', ...(within ? { within } : {}) }] },
	})
	const attended = (validity: { validFrom: string; validUntil: string | null }, key = 'law'): Case => ({
		person: { [fact]: [{ key, ...validity }] },
	})
	const YEAR_AGO = '2025-11-23T12:00:00.000Z'
	table({
		'one that was attended permits': { ...law(), ...attended(ALWAYS), denies: [] },
		'none denies': { ...law(), denies: [`${code} none`] },
		'another one denies': { ...law(), ...attended(ALWAYS, 'fire'), denies: [`${code} not_satisfied`] },
		'one that is still to come denies': { ...law(), ...attended(from(1)), denies: [`${code} not_yet`] },
		'one attended so long ago denies': {
			...law('P1Y'),
			...attended({ validFrom: YEAR_AGO, validUntil: null }),
			denies: [`${code} lapsed`],
		},
		'one attended a millisecond later permits': {
			...law('P1Y'),
			...attended({ validFrom: plusMs(YEAR_AGO, 1), validUntil: null }),
			denies: [],
		},
		'one that becomes too old during the access denies': {
			...law('P1Y'),
			...attended({ validFrom: plusMs(YEAR_AGO, HOUR), validUntil: null }),
			ask: { durationMs: HOUR + 1 },
			denies: [`${code} lapses_early`],
		},
		'one that ends of itself denies, however recent': {
			...law('P1Y'),
			...attended(until(0)),
			denies: [`${code} lapsed`],
		},
	})

	test('ends exactly when it becomes too old', () => {
		const recent = attended({ validFrom: '2026-10-31T08:00:00.000Z', validUntil: null })
		expect(untilOf({ ...law('P1M'), ...recent })).toBe('2026-11-30T08:00:00.000Z')
		expect(untilOf({ ...law('P30D'), ...recent })).toBe('2026-11-30T08:00:00.000Z')
	})
})

describe('employer', () => {
	const rule = (subcontractors?: 'forbidden' | 'flow-down', anyOf = ['BTR']): Case => ({
		role: { employer: { anyOf, ...(subcontractors ? { subcontractors } : {}) } },
	})
	const works = (employer: string, under: string | null = null, flowDown = false): Case => ({
		person: { employments: [{ employer, under, flowDown, ...ALWAYS }] },
	})
	table({
		'direct staff may': { ...rule(), ...works('BTR'), denies: [] },
		'staff of another employer may not': {
			...rule(),
			...works('Fremd'),
			denies: ['EMPLOYER not_satisfied'],
		},
		'who works nowhere may not': { ...rule(), denies: ['EMPLOYER none'] },
		'an empty list is nobody': {
			...rule('flow-down', []),
			...works('BTR'),
			denies: ['EMPLOYER not_satisfied'],
		},
		'a subcontractor may not unless the charter says so': {
			...rule(),
			...works('Nordlicht', 'BTR', true),
			denies: ['EMPLOYER not_satisfied'],
		},
		'a subcontractor may where the contract passes the duties on': {
			...rule('flow-down'),
			...works('Nordlicht', 'BTR', true),
			denies: [],
		},
		'a subcontractor may not where the contract does not': {
			...rule('flow-down'),
			...works('Nordlicht', 'BTR', false),
			denies: ['EMPLOYER not_satisfied'],
		},
		'a subcontractor of another may not': {
			...rule('flow-down'),
			...works('BTR', 'Fremd', true),
			denies: ['EMPLOYER not_satisfied'],
		},
		'an employment that ends before the access does not suffice': {
			...rule(),
			person: { employments: [{ employer: 'BTR', under: null, flowDown: false, ...until(HOUR) }] },
			ask: { durationMs: 2 * HOUR },
			denies: ['EMPLOYER lapses_early'],
		},
	})
})

describe('facilities', () => {
	const office: Case = { person: { facilities: [{ facility: 'office', ...ALWAYS }] } }
	table({
		'who is authorised for one of them may': {
			role: { facilities: ['hall', 'office'] },
			...office,
			denies: [],
		},
		'who is authorised for another may not': { ...office, denies: ['FACILITY not_satisfied'] },
		'who is authorised for none may not': { person: { facilities: [] }, denies: ['FACILITY none'] },
		'an empty list is nobody': { role: { facilities: [] }, denies: ['FACILITY not_satisfied'] },
		'one that is certified for what the role handles counts': {
			role: { facilities: ['hall', 'office'], handles: 'secret' },
			denies: [],
		},
		'one that is not certified for it does not': {
			role: { facilities: ['hall', 'office'], handles: 'secret' },
			...office,
			denies: ['FACILITY not_satisfied'],
		},
		'the one that the access is to be used from is asked for': {
			role: { facilities: ['hall', 'office'] },
			ask: { facility: 'office' },
			denies: ['FACILITY not_satisfied'],
		},
		'one that the role does not approve cannot be named': {
			...office,
			ask: { facility: 'office' },
			denies: ['FACILITY not_satisfied'],
		},
	})
})

describe('presence', () => {
	type Presence = CharterInput['facilities'][string]['presence']
	const hall = (presence: Presence): Case => ({ rest: { facilities: facilitiesWith(presence) } })
	const seen = (...by: ('badge' | 'network')[]) =>
		by.map((kind) => ({ facility: 'hall', by: kind, ...ALWAYS }))
	const badge = (ms: number) => ({ facility: 'hall', by: 'badge' as const, ...from(ms) })
	const both: Presence = { badgeWithin: 'PT12H', network: true }
	table({
		'none is asked for': { ...hall('none'), denies: [] },
		'the network shows it': { ...hall('network'), person: { presences: seen('network') }, denies: [] },
		'nothing shows it': { ...hall('network'), denies: ['PRESENCE none'] },
		'a badge does not show what the network must': {
			...hall('network'),
			person: { presences: seen('badge') },
			denies: ['PRESENCE not_satisfied'],
		},
		'the network of another facility does not show it': {
			...hall('network'),
			person: { presences: [{ facility: 'office', by: 'network', ...ALWAYS }] },
			denies: ['PRESENCE not_satisfied'],
		},
		'a recent badge event shows it': {
			...hall({ badgeWithin: 'PT12H' }),
			person: { presences: [badge(-12 * HOUR + 1)] },
			denies: [],
		},
		'a badge event of so long ago does not': {
			...hall({ badgeWithin: 'PT12H' }),
			person: { presences: [badge(-12 * HOUR)] },
			denies: ['PRESENCE lapsed'],
		},
		'who badged out is not there': {
			...hall({ badgeWithin: 'PT12H' }),
			person: { presences: [{ ...badge(-HOUR), validUntil: AT }] },
			denies: ['PRESENCE lapsed'],
		},
		'badge and network together show it': {
			...hall(both),
			person: { presences: [...seen('network'), badge(-HOUR)] },
			denies: [],
		},
		'the badge alone does not where both are asked for': {
			...hall(both),
			person: { presences: [badge(-HOUR)] },
			denies: ['PRESENCE not_satisfied'],
		},
		'the network alone does not where both are asked for': {
			...hall(both),
			person: { presences: seen('network') },
			denies: ['PRESENCE not_satisfied'],
		},
		'presence without being authorised there is no presence': {
			...hall('network'),
			person: { facilities: [], presences: seen('network') },
			denies: ['FACILITY none', 'PRESENCE not_satisfied'],
		},
		'a facility that asks for none is enough': {
			role: { facilities: ['hall', 'office'] },
			...hall('network'),
			person: { facilities: [{ facility: 'office', ...ALWAYS }] },
			denies: [],
		},
		'it need not outlast the access': {
			...hall({ badgeWithin: 'PT12H' }),
			person: { presences: [badge(-11 * HOUR)] },
			ask: { durationMs: 8 * HOUR },
			denies: [],
		},
		'a standing question leaves it out': { ...hall('network'), ask: { standing: true }, denies: [] },
	})

	test('ends exactly with the badge event', () => {
		expect(untilOf({ ...hall({ badgeWithin: 'PT12H' }), person: { presences: [badge(-HOUR)] } })).toBe(
			later(11 * HOUR),
		)
	})
})

describe('working hours', () => {
	type Hours = NonNullable<RoleInput['workingHours']>
	const hours = (more: Partial<Hours> = {}): Case => ({
		role: {
			workingHours: {
				zone: 'Europe/Berlin',
				days: ['mon', 'tue', 'wed', 'thu', 'fri'],
				from: '08:00',
				until: '18:00',
				...more,
			},
		},
	})
	const nextAt = (asked: Case) =>
		denialsIn(verdictOn(asked)).map(({ found }) => ('at' in found ? found.at : found.is))
	const allDays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
	table({
		'permit within them': { ...hours(), denies: [] },
		'permit as they begin': { ...hours(), ask: { at: '2026-11-23T07:00:00.000Z' }, denies: [] },
		'deny a millisecond earlier': {
			...hours(),
			ask: { at: '2026-11-23T06:59:59.999Z' },
			denies: ['WORKING_HOURS not_yet'],
		},
		'deny as they end': {
			...hours(),
			ask: { at: '2026-11-23T17:00:00.000Z' },
			denies: ['WORKING_HOURS not_yet'],
		},
		'deny on another day': {
			...hours(),
			ask: { at: '2026-11-22T12:00:00.000Z' },
			denies: ['WORKING_HOURS not_yet'],
		},
		'permit an access that ends with them': { ...hours(), ask: { durationMs: 5 * HOUR }, denies: [] },
		'deny one that ends later': {
			...hours(),
			ask: { durationMs: 5 * HOUR + 1 },
			denies: ['WORKING_HOURS lapses_early'],
		},
		'days that touch at midnight are one stretch': {
			...hours({ from: '00:00', until: '24:00' }),
			ask: { at: '2026-11-23T20:00:00.000Z', durationMs: 8 * HOUR },
			denies: [],
		},
		'a standing question leaves them out': {
			...hours(),
			ask: { at: '2026-11-22T12:00:00.000Z', standing: true },
			denies: [],
		},
	})

	test('end exactly, and begin again when they say', () => {
		expect(untilOf(hours())).toBe('2026-11-23T17:00:00.000Z')
		expect(nextAt({ ...hours(), ask: { at: '2026-11-27T17:00:00.000Z' } })).toEqual([
			'2026-11-30T07:00:00.000Z',
		])
		expect(nextAt({ ...hours({ days: ['mon'] }), ask: { at: '2026-11-23T17:00:00.000Z' } })).toEqual([
			'2026-11-30T07:00:00.000Z',
		])
	})

	test.each([
		['forward: an hour shorter', '2027-03-28T00:00:00.000Z', '2027-03-28T04:00:00.000Z'],
		['back: an hour longer', '2026-10-24T23:00:00.000Z', '2026-10-25T05:00:00.000Z'],
	])('follow the clock of the zone on the day it goes %s', (_name, begin, end) => {
		const night = hours({ days: ['sun'], from: '01:00', until: '06:00' })
		expect(nextAt({ ...night, ask: { at: plusMs(begin, -1) } })).toEqual([begin])
		expect(untilOf({ ...night, ask: { at: begin } })).toBe(end)
		expect(untilOf({ ...night, ask: { at: plusMs(end, -1) } })).toBe(end)
		expect(reasonsIn(verdictOn({ ...night, ask: { at: end } }))).toEqual(['WORKING_HOURS not_yet'])
	})

	test('read a time that the clock jumps over with the offset from before the jump', () => {
		const night = hours({ days: ['sun'], from: '02:30', until: '06:00' })
		expect(nextAt({ ...night, ask: { at: '2027-03-28T00:00:00.000Z' } })).toEqual([
			'2027-03-28T01:30:00.000Z',
		])
	})

	// The first guess already lies behind the jump there.
	test('... west of Greenwich as well', () => {
		const night = hours({ zone: 'America/New_York', days: ['sun'], from: '02:30', until: '06:00' })
		expect(nextAt({ ...night, ask: { at: '2027-03-14T05:00:00.000Z' } })).toEqual([
			'2027-03-14T07:30:00.000Z',
		])
	})

	test('that never end have no end', () => {
		expect(untilOf(hours({ days: [...allDays], from: '00:00', until: '24:00' }))).toBeNull()
	})

	test('say when they begin again, though an hour of the week falls out with the change of the clock', () => {
		const night = hours({ days: ['sun'], from: '02:00', until: '03:00' })
		expect(nextAt({ ...night, ask: { at: '2027-03-21T12:00:00.000Z' } })).toEqual([
			'2027-04-04T00:00:00.000Z',
		])
	})
})

describe('credential', () => {
	const [LISTED, OTHER] = ['00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-00000000000f']
	const rule = (credential: NonNullable<RoleInput['credential']>): Case => ({ role: { credential } })
	const enrolled = (more: Partial<PersonFacts['credentials'][number]> = {}): Case => ({
		person: { credentials: [{ deviceBound: false, attested: false, aaguid: OTHER, ...ALWAYS, ...more }] },
	})
	const denies = ['CREDENTIAL not_satisfied']
	table({
		'device-bound permits a key that stays': {
			...rule({ deviceBound: true }),
			...enrolled({ deviceBound: true }),
			denies: [],
		},
		'device-bound denies a key that can be synchronised': {
			...rule({ deviceBound: true }),
			...enrolled({ attested: true }),
			denies,
		},
		'attested permits a verified attestation': {
			...rule({ attested: true }),
			...enrolled({ attested: true }),
			denies: [],
		},
		'attested denies without one': {
			...rule({ attested: true }),
			...enrolled({ deviceBound: true }),
			denies,
		},
		'aaguids permit a model of the list': {
			...rule({ aaguids: [LISTED] }),
			...enrolled({ aaguid: LISTED }),
			denies: [],
		},
		'aaguids deny another model': { ...rule({ aaguids: [LISTED] }), ...enrolled(), denies },
		'an empty list of models is nobody': { ...rule({ aaguids: [] }), ...enrolled(), denies },
		'none denies': { ...rule({}), denies: ['CREDENTIAL none'] },
		'one key must have all of it': {
			...rule({ deviceBound: true, attested: true }),
			person: {
				credentials: [
					{ deviceBound: true, attested: false, aaguid: LISTED, ...ALWAYS },
					{ deviceBound: false, attested: true, aaguid: LISTED, ...ALWAYS },
				],
			},
			denies,
		},
	})
})

describe('duration', () => {
	table({
		'the maximum permits': { ask: { durationMs: 8 * HOUR }, denies: [] },
		'a millisecond more denies': { ask: { durationMs: 8 * HOUR + 1 }, denies: ['DURATION not_satisfied'] },
		'less than no time denies': { ask: { durationMs: -1 }, denies: ['DURATION not_satisfied'] },
	})
})

describe('separation of duty', () => {
	const { roles } = charterInput()
	const other: RoleInput = {
		...(roles.admin as RoleInput),
		access: {
			...accessInput(),
			entra: { groupId: '11111111-1111-4111-8111-111111111111', relation: 'member', name: 'Others' },
		},
	}
	const held: Case = { rest: { separationOfDuty: { neverHeldTogether: [['owner', 'operator']] } } }
	const active: Case = {
		rest: { roles: { ...roles, other }, separationOfDuty: { neverActiveTogether: [['admin', 'other']] } },
	}
	const across: Case = {
		rest: { separationOfDuty: { neverAcross: [{ requests: 'operator', approves: 'approver' }] } },
	}
	const live = (role: string, validity: { validFrom: string; validUntil: string | null } = ALWAYS): Case => ({
		person: { live: [{ role, ...validity }] },
	})
	const decides: Case = { ask: { part: 'approver', stage: 0 } }
	table({
		'one of two roles is held': { ...held, denies: [] },
		'both are held': {
			...held,
			person: { appointments: appointed('operator', 'owner') },
			denies: ['SEPARATION_OF_DUTY not_satisfied'],
		},
		'both are held, asked the other way round': {
			...held,
			person: { appointments: appointed('operator', 'owner') },
			ask: { role: 'owner', part: 'holder' },
			denies: ['SEPARATION_OF_DUTY not_satisfied'],
		},
		'the other one was held before': {
			...held,
			person: { appointments: [...appointed('operator'), { role: 'owner', ...until(0) }] },
			denies: [],
		},
		'access to another role is live': { ...active, ...live('chief'), denies: [] },
		'access to the other role of the pair is live': {
			...active,
			...live('other'),
			denies: ['SEPARATION_ACTIVE not_satisfied'],
		},
		'access to the other role of the pair begins during this one': {
			...active,
			...live('other', from(HOUR)),
			ask: { durationMs: HOUR + 1 },
			denies: ['SEPARATION_ACTIVE not_satisfied'],
		},
		'access to the other role of the pair begins as this one ends': {
			...active,
			...live('other', from(HOUR)),
			ask: { durationMs: HOUR },
			denies: [],
		},
		'access to the other role of the pair has ended': { ...active, ...live('other', until(0)), denies: [] },
		'a standing question leaves live access out': {
			...active,
			...live('other'),
			ask: { standing: true },
			denies: [],
		},
		'who may not ask decides': {
			...across,
			...decides,
			person: { appointments: appointed('approver') },
			denies: [],
		},
		'who may ask does not decide': {
			...across,
			...decides,
			person: { appointments: appointed('approver', 'operator') },
			denies: ['SEPARATION_OF_DUTY not_satisfied'],
		},
		'who decides may ask, for somebody else decides then': {
			...across,
			person: { appointments: appointed('approver', 'operator') },
			denies: [],
		},
	})

	describe('where several roles may ask', () => {
		const several: Case = {
			...held,
			role: { access: { ...accessInput(), requestedBy: ['operator', 'owner', 'chief'] } },
		}
		table({
			'who holds one of the pair may': { ...several, denies: [] },
			'who holds the other may as well': {
				...several,
				person: { appointments: appointed('owner') },
				denies: [],
			},
			'who holds one of the pair and a third may': {
				...several,
				person: { appointments: appointed('operator', 'chief') },
				denies: [],
			},
			'who holds both may not, though a third role of theirs may ask': {
				...several,
				person: { appointments: appointed('owner', 'operator', 'chief') },
				denies: ['SEPARATION_OF_DUTY not_satisfied', 'SEPARATION_OF_DUTY not_satisfied'],
			},
			'who will hold both during the access may not': {
				...several,
				person: { appointments: [...appointed('operator'), { role: 'owner', ...from(HOUR) }] },
				ask: { durationMs: 2 * HOUR },
				denies: ['SEPARATION_OF_DUTY not_satisfied', 'SEPARATION_OF_DUTY not_satisfied'],
			},
			'who held one before the other may': {
				...several,
				person: {
					appointments: [
						{ role: 'owner', ...until(0) },
						{ role: 'operator', ...from(0) },
					],
				},
				denies: [],
			},
		})
	})

	test('a pair is not got round by deciding in place of the role that it names', () => {
		const escalation = { after: 'PT1H', to: 'chief' }
		const asked: Case = {
			...across,
			role: {
				access: {
					...accessInput(),
					stages: [{ from: 'approver', quorum: 1, within: 'PT4H', escalation }],
				},
			},
			ask: { part: 'approver', stage: 0, escalated: true },
		}
		const person = (...roles: string[]) => ({ appointments: appointed(...roles) })
		expect(reasonsIn(verdictOn({ ...asked, person: person('chief') }))).toEqual([])
		expect(reasonsIn(verdictOn({ ...asked, person: person('chief', 'operator') }))).toEqual([
			'SEPARATION_OF_DUTY not_satisfied',
		])
	})

	test('a second role that may ask does not lift the pair of the first', () => {
		const asked: Case = {
			...held,
			role: { access: { ...accessInput(), requestedBy: ['operator', 'chief'] } },
			person: { appointments: appointed('operator', 'owner') },
		}
		expect(reasonsIn(verdictOn(asked))).toEqual(['SEPARATION_OF_DUTY not_satisfied'])
	})
})

describe('beneficiary', () => {
	const benefits: Case = { role: { access: { ...accessInput(), benefits: ['chief'] } } }
	const beneficiary = { part: 'beneficiary' } as const
	table({
		'who may benefit may have it': {
			...benefits,
			ask: beneficiary,
			person: { appointments: appointed('chief') },
			denies: [],
		},
		'who may only ask may not have it': {
			...benefits,
			ask: beneficiary,
			denies: ['APPOINTMENT not_satisfied'],
		},
		'who may benefit may not ask': {
			...benefits,
			person: { appointments: appointed('chief') },
			denies: ['APPOINTMENT not_satisfied'],
		},
		'left out, who may ask may have it': { ask: beneficiary, denies: [] },
		'an empty list is nobody': {
			role: { access: { ...accessInput(), benefits: [] } },
			ask: beneficiary,
			denies: ['APPOINTMENT not_satisfied'],
		},
		'the rules of the role and its maximum hold for them': {
			...benefits,
			ask: { ...beneficiary, durationMs: 9 * HOUR },
			person: { appointments: appointed('chief'), citizenships: citizen('FR') },
			denies: ['CITIZENSHIP not_satisfied', 'DURATION not_satisfied'],
		},
	})
})

describe('approver', () => {
	const escalating: Case = {
		role: {
			access: {
				...accessInput(),
				stages: [{ from: 'approver', quorum: 1, within: 'PT4H', escalation: { after: 'PT1H', to: 'chief' } }],
			},
		},
	}
	const decides = { part: 'approver', stage: 0 } as const
	const approver = { appointments: appointed('approver') }
	const chief = { appointments: appointed('chief') }
	table({
		'a holder of the stage decides': { ask: decides, person: approver, denies: [] },
		'anybody else does not': { ask: decides, person: chief, denies: ['APPOINTMENT not_satisfied'] },
		'the rules of the deciding role hold, not those of the role asked for': {
			role: { citizenship: { anyOf: ['FR'] } },
			ask: decides,
			person: { ...approver, clearances: cleared('DE', 'U1') },
			denies: ['CLEARANCE not_satisfied'],
		},
		'there is no such stage': {
			ask: { ...decides, stage: 1 },
			person: approver,
			denies: ['ROLE_KNOWN none'],
		},
		'no stage is named': { ask: { part: 'approver' }, person: approver, denies: ['ROLE_KNOWN none'] },
		'who the stage escalates to decides then': {
			...escalating,
			ask: { ...decides, escalated: true },
			person: chief,
			denies: [],
		},
		'... and not before': {
			...escalating,
			ask: decides,
			person: chief,
			denies: ['APPOINTMENT not_satisfied'],
		},
		'a holder of the stage does not decide as the one it escalates to': {
			...escalating,
			ask: { ...decides, escalated: true },
			person: approver,
			denies: ['APPOINTMENT not_satisfied'],
		},
		'a stage that does not escalate has no such approver': {
			ask: { ...decides, escalated: true },
			person: chief,
			denies: ['ROLE_KNOWN none'],
		},
	})
})

describe('the most restrictive of everyone and the role wins', () => {
	type Everyone = NonNullable<CharterInput['everyone']>
	const and = (role: Partial<RoleInput>, everyone: Everyone): Case => ({ role, rest: { everyone } })
	const AAGUIDS = ['00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002'] as const
	const DE_U2 = { scheme: 'DE', level: 'U2' }
	const NATO_NS = { scheme: 'NATO', level: 'NS' }
	const EU_S = { scheme: 'EU', level: 'S' }
	const hours = (times: { from: string; until: string }) => ({
		zone: 'UTC',
		days: ['mon' as const],
		...times,
	})
	const attended = (key: string, ms: number) => [{ key, ...from(ms) }]
	table({
		'citizenship anyOf: in both lists': {
			...and({ citizenship: { anyOf: ['AT', 'FR'] } }, { citizenship: { anyOf: ['DE', 'FR'] } }),
			denies: ['CITIZENSHIP not_satisfied'],
		},
		'citizenship anyOf: who is in both may': {
			...and({ citizenship: { anyOf: ['DE', 'FR'] } }, { citizenship: { anyOf: ['DE', 'AT'] } }),
			denies: [],
		},
		'citizenship soleOf: in both lists': {
			...and({ citizenship: { soleOf: ['AT'] } }, { citizenship: { soleOf: ['DE'] } }),
			denies: ['CITIZENSHIP_SOLE not_satisfied'],
		},
		'citizenship noneOf: in neither list': {
			...and(
				{ citizenship: { anyOf: ['DE'], noneOf: ['CN'] } },
				{ citizenship: { anyOf: ['DE'], noneOf: ['RU'] } },
			),
			person: { citizenships: citizen('DE', 'RU') },
			denies: ['CITIZENSHIP_EXCLUDED not_satisfied'],
		},
		'union citizen: as well': {
			...and({ citizenship: { anyOf: ['US'] } }, { citizenship: { unionCitizen: true } }),
			person: { citizenships: citizen('US') },
			denies: ['UNION_CITIZEN not_satisfied'],
		},
		'US person: as well': {
			...and({ citizenship: { anyOf: ['DE'] } }, { citizenship: { usPerson: true } }),
			denies: ['US_PERSON not_satisfied'],
		},
		'dual nationality: forbidden beats a list': {
			...and(
				{ citizenship: { anyOf: ['DE'], dualNationality: { onlyWith: ['FR'] } } },
				{ citizenship: { anyOf: ['DE'], dualNationality: 'forbidden' } },
			),
			person: { citizenships: citizen('DE', 'FR') },
			denies: ['DUAL_NATIONALITY not_satisfied'],
		},
		'dual nationality: a list beats allowed': {
			...and(
				{ citizenship: { anyOf: ['DE'] } },
				{ citizenship: { anyOf: ['DE'], dualNationality: { onlyWith: ['FR'] } } },
			),
			person: { citizenships: citizen('DE', 'US') },
			denies: ['DUAL_NATIONALITY not_satisfied'],
		},
		'residence anyOf: in both lists': {
			...and({ residence: { anyOf: ['DE', 'FR'] } }, { residence: { anyOf: ['FR'] } }),
			person: { residences: resident('DE') },
			denies: ['RESIDENCE not_satisfied'],
		},
		'union resident: as well': {
			...and({ residence: { anyOf: ['US'] } }, { residence: { unionResident: true } }),
			person: { residences: resident('US') },
			denies: ['UNION_RESIDENT not_satisfied'],
		},
		'clearance: the higher level': {
			...and({}, { clearance: { anyOf: [{ scheme: 'DE', level: 'U3' }] } }),
			denies: ['CLEARANCE not_satisfied'],
		},
		'clearance: a scheme that both accept': {
			...and({ clearance: { anyOf: [NATO_NS, DE_U2] } }, { clearance: { anyOf: [EU_S, DE_U2] } }),
			person: { clearances: [...cleared('EU', 'TS'), ...cleared('NATO', 'CTS')] },
			denies: ['CLEARANCE not_satisfied'],
		},
		'clearance: an issuer that both accept': {
			...and(
				{ clearance: { anyOf: [{ ...DE_U2, issuers: ['BfV', 'MAD'] }] } },
				{ clearance: { anyOf: [{ ...DE_U2, issuers: ['BfV'] }] } },
			),
			person: { clearances: cleared('DE', 'U2', { issuer: 'MAD' }) },
			denies: ['CLEARANCE not_satisfied'],
		},
		'clearance: the longer remaining time': {
			...and(
				{ clearance: { anyOf: [DE_U2], minimumRemaining: 'P30D' } },
				{ clearance: { anyOf: [DE_U2], minimumRemaining: 'P6M' } },
			),
			person: { clearances: cleared('DE', 'U2', until(60 * DAY)) },
			denies: ['CLEARANCE lapsed'],
		},
		'caveats: all of them': {
			...and({ citizenship: { anyOf: ['US'] }, caveats: ['NOFORN'] }, { caveats: ['UK EYES ONLY'] }),
			person: { citizenships: citizen('US') },
			denies: ['CAVEAT not_satisfied'],
		},
		'briefings: all of them': {
			...and({ briefings: [{ key: 'law' }] }, { briefings: [{ key: 'nato' }] }),
			person: { briefings: attended('law', -DAY) },
			denies: ['BRIEFING not_satisfied'],
		},
		'briefings: the shorter time': {
			...and({ briefings: [{ key: 'law', within: 'P1Y' }] }, { briefings: [{ key: 'law', within: 'P30D' }] }),
			person: { briefings: attended('law', -31 * DAY) },
			denies: ['BRIEFING lapsed'],
		},
		'training: the shorter time': {
			...and({ training: [{ key: 'law', within: 'P30D' }] }, { training: [{ key: 'law' }] }),
			person: { training: attended('law', -31 * DAY) },
			denies: ['TRAINING lapsed'],
		},
		'employer: on both lists': {
			...and({ employer: { anyOf: ['BTR', 'Nordlicht'] } }, { employer: { anyOf: ['Nordlicht'] } }),
			person: { employments: [{ employer: 'BTR', under: null, flowDown: false, ...ALWAYS }] },
			denies: ['EMPLOYER not_satisfied'],
		},
		'employer: subcontractors only where both say so': {
			...and(
				{ employer: { anyOf: ['BTR'], subcontractors: 'flow-down' } },
				{ employer: { anyOf: ['BTR'], subcontractors: 'forbidden' } },
			),
			person: { employments: [{ employer: 'Nordlicht', under: 'BTR', flowDown: true, ...ALWAYS }] },
			denies: ['EMPLOYER not_satisfied'],
		},
		'credential: all that either asks for': {
			...and({ credential: { deviceBound: true } }, { credential: { attested: true } }),
			person: { credentials: [{ deviceBound: true, attested: false, aaguid: AAGUIDS[0], ...ALWAYS }] },
			denies: ['CREDENTIAL not_satisfied'],
		},
		'credential: a model of both lists': {
			...and({ credential: { aaguids: [...AAGUIDS] } }, { credential: { aaguids: [AAGUIDS[1]] } }),
			person: { credentials: [{ deviceBound: true, attested: true, aaguid: AAGUIDS[0], ...ALWAYS }] },
			denies: ['CREDENTIAL not_satisfied'],
		},
		'working hours: both': {
			...and(
				{ workingHours: hours({ from: '06:00', until: '18:00' }) },
				{ workingHours: hours({ from: '13:00', until: '24:00' }) },
			),
			denies: ['WORKING_HOURS not_yet'],
		},
	})

	test('clearance: both agreements must be in force', () => {
		const accepting = (agreement: string) => ({
			anyOf: [DE_U2],
			acceptEquivalent: [{ scheme: 'FR', level: 'S', agreement }],
		})
		const parties = ['DE', 'FR']
		const asked: Case = {
			role: { clearance: accepting('open') },
			rest: {
				everyone: { clearance: accepting('ended') },
				agreements: {
					open: { title: 'Open', parties },
					ended: { title: 'Ended', parties, until: '2026-01-01' },
				},
			},
			person: { clearances: cleared('FR', 'S') },
		}
		expect(reasonsIn(verdictOn(asked))).toEqual(['CLEARANCE lapsed'])
	})
})

describe('what mends it, and who', () => {
	const hall: Case = { rest: { facilities: facilitiesWith('network') } }
	const nights: Case = {
		role: { workingHours: { zone: 'UTC', days: ['mon'], from: '18:00', until: '24:00' } },
	}
	test.each<[string, Case, string]>([
		['an unknown role', { ask: { role: 'nothing' } }, 'choose_role charter_owner'],
		['no appointment', { person: { appointments: [] } }, 'appoint charter_owner'],
		['no citizenship', { person: { citizenships: [] } }, 'record_citizenship security_officer'],
		[
			'an excluded citizenship',
			{
				role: { citizenship: { anyOf: ['DE'], noneOf: ['RU'] } },
				person: { citizenships: citizen('DE', 'RU') },
			},
			'change_charter nobody',
		],
		['no clearance', { person: { clearances: [] } }, 'record_clearance security_officer'],
		[
			'a lapsed clearance',
			{ person: { clearances: cleared('DE', 'U2', until(0)) } },
			'renew_clearance security_officer',
		],
		[
			'a clearance that ends too early',
			{ person: { clearances: cleared('DE', 'U2', until(1)) }, ask: { durationMs: HOUR } },
			'renew_clearance security_officer',
		],
		[
			'a suspended clearance',
			{ person: { clearances: cleared('DE', 'U2', { state: 'suspended' }) } },
			'settle_clearance security_officer',
		],
		[
			'a clearance that begins later',
			{ person: { clearances: cleared('DE', 'U2', from(1)) } },
			'wait security_officer',
		],
		['a caveat', { role: { caveats: ['NOFORN'] } }, 'change_charter nobody'],
		['a missing briefing', { role: { briefings: [{ key: 'law' }] } }, 'brief security_officer'],
		['a missing course', { role: { training: [{ key: 'law' }] } }, 'train person'],
		['no employer', { role: { employer: { anyOf: ['BTR'] } } }, 'record_employment security_officer'],
		['no residence', { role: { residence: { anyOf: ['DE'] } } }, 'record_residence security_officer'],
		['no facility', { person: { facilities: [] } }, 'authorise_facility security_officer'],
		['being elsewhere', hall, 'come_to_facility person'],
		['being outside working hours', nights, 'wait_for_hours requester'],
		['no passkey', { role: { credential: { attested: true } } }, 'enrol_passkey person'],
		['too long an access', { ask: { durationMs: 9 * HOUR } }, 'ask_shorter requester'],
	])('%s', (_name, asked, expected) => {
		const denials = denialsIn(verdictOn(asked))
		expect(denials.map(({ fix, fixedBy }) => `${fix} ${fixedBy}`)).toEqual([expected])
	})

	test('nothing where the clause holds', () => {
		expect(verdictOn({}).clauses.map(({ fix }) => fix)).toEqual(verdictOn({}).clauses.map(() => null))
	})
})

test('a permit ends with the first of its clauses, and each clause says its own end', () => {
	const person = {
		citizenships: [{ country: 'DE', ...until(3 * DAY) }],
		clearances: cleared('DE', 'U2', until(2 * DAY)),
	}
	const verdict = verdictOn({ person })
	expect(verdict).toMatchObject({ permit: true, until: later(2 * DAY) })
	const ends = Object.fromEntries(verdict.clauses.map((clause) => [clause.code, clause.until]))
	expect(ends).toMatchObject({ CITIZENSHIP: later(3 * DAY), CLEARANCE: later(2 * DAY), FACILITY: null })
	expect(untilOf({})).toBeNull()
})

test('a clause that throws denies, and leaves the other reasons', () => {
	const [stop, first, ...terms] = termsOf(charterWith(), { role: 'admin', part: 'requester' }) ?? []
	if (!stop || !first) throw new Error('There are no clauses.')
	const broken = { ...first, test: null as never }
	const verdict = judgeTerms([broken, ...terms], operator({ clearances: [] }), { at: AT, durationMs: 0 })
	expect(reasonsIn(verdict)).toEqual(['APPOINTMENT not_evaluated', 'CLEARANCE none'])
	expect(denialsIn(verdict)[0]?.fix).toBe('report')
	expect(judgeTerms([broken], operator(), { at: AT, durationMs: 0 }).permit).toBe(false)
	const [lifted] = operator().appointments
	const stopped = operator({ suspensions: lifted ? [lifted] : [] })
	expect(stop.code).toBe('SUSPENDED')
	expect(judgeTerms([{ ...stop, test: null as never }], stopped, { at: AT, durationMs: 0 }).permit).toBe(
		false,
	)
})

describe('as of one time, as known at another', () => {
	const reasonsAt = (facts: PersonFacts, at: string, knownAt: string) =>
		reasonsIn(
			judge(charterWith(), asKnownAt(facts, knownAt), {
				role: 'admin',
				part: 'requester',
				at,
				durationMs: 0,
			}),
		)

	test('a fact that was recorded later was not known then', () => {
		const facts = operator({
			clearances: cleared('DE', 'U2', { ...from(-10 * DAY), recordedAt: later(-2 * DAY) }),
		})
		expect(reasonsAt(facts, later(-5 * DAY), later(-5 * DAY))).toEqual(['CLEARANCE none'])
		expect(reasonsAt(facts, later(-5 * DAY), plusMs(later(-2 * DAY), -1))).toEqual(['CLEARANCE none'])
		expect(reasonsAt(facts, later(-5 * DAY), later(-2 * DAY))).toEqual([])
		expect(reasonsAt(facts, later(-11 * DAY), AT)).toEqual(['CLEARANCE not_yet'])
	})

	test('a fact that was corrected later was believed then', () => {
		const recordedAt = later(-10 * DAY)
		const facts = operator({
			clearances: [
				...cleared('DE', 'U2', { recordedAt, retractedAt: later(-DAY) }),
				...cleared('DE', 'U1', { recordedAt: later(-DAY) }),
			],
		})
		expect(reasonsAt(facts, AT, plusMs(later(-DAY), -1))).toEqual([])
		expect(reasonsAt(facts, AT, later(-DAY))).toEqual(['CLEARANCE not_satisfied'])
	})

	test('every kind of fact is looked at so', () => {
		const fact = { ...ALWAYS, recordedAt: later(1) }
		const facts = {
			citizenships: [{ country: 'DE', ...fact }],
			residences: [{ country: 'DE', status: 'resident' as const, ...fact }],
			clearances: cleared('DE', 'U2', fact),
			briefings: [{ key: 'law', ...fact }],
			training: [{ key: 'law', ...fact }],
			employments: [{ employer: 'BTR', under: null, flowDown: false, ...fact }],
			appointments: [{ role: 'operator', ...fact }],
			facilities: [{ facility: 'hall', ...fact }],
			presences: [{ facility: 'hall', by: 'badge' as const, ...fact }],
			credentials: [{ deviceBound: true, attested: true, aaguid: 'x', ...fact }],
			suspensions: [fact],
			live: [{ role: 'admin', ...fact }],
		} satisfies Omit<PersonFacts, 'personId'>
		const { personId: _id, ...known } = asKnownAt({ personId: 'p', ...facts }, AT)
		expect(Object.values(known).flat()).toEqual([])
		expect(asKnownAt({ personId: 'p', ...facts }, later(1))).toEqual({ personId: 'p', ...facts })
	})
})

function accessInput(): NonNullable<RoleInput['access']> {
	const access = charterInput().roles.admin?.access
	if (!access) throw new Error('The role is not asked for.')
	return access
}

function facilitiesWith(
	presence: CharterInput['facilities'][string]['presence'],
): CharterInput['facilities'] {
	const { hall, ...rest } = charterInput().facilities
	if (!hall) throw new Error('There is no hall.')
	return { ...rest, hall: { ...hall, presence } }
}
