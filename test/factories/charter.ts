import fc from 'fast-check'
import { charterSchema, type Charter } from '#workflows/charter/charter.schema.ts'
import { CLEARANCE_SCHEMES } from '#workflows/charter/clearance-schemes.ts'
import { personFacts, type PersonFacts } from '#workflows/charter/facts.ts'
import { plusMs, type Instant } from '#workflows/shared/instants.ts'
import type { z } from 'zod'

/** A Monday, at noon in UTC. */
export const AT: Instant = '2026-11-23T12:00:00.000Z'
export const HOUR = 3_600_000
export const DAY = 24 * HOUR
export const ALWAYS = { validFrom: '2020-01-01T00:00:00.000Z', validUntil: null }

export type CharterInput = z.input<typeof charterSchema>
export type RoleInput = CharterInput['roles'][string]

const held = (title: string, duties: NonNullable<RoleInput['duties']>): RoleInput => ({
	title,
	purpose: `Holds ${title}.`,
	duties,
	citizenship: { anyOf: ['DE'] },
	clearance: { anyOf: [{ scheme: 'DE', level: 'U2' }] },
	facilities: ['hall'],
})

/** A charter with one requestable role, `admin`, and what it needs around it; a test says what differs. */
export function charterInput(role: Partial<RoleInput> = {}, rest: Partial<CharterInput> = {}): CharterInput {
	return {
		charter: {
			id: 'test-charter',
			title: 'Test charter',
			version: 1,
			boundary: 'Test boundary',
			jurisdiction: 'DE',
			organisation: 'Test',
		},
		facilities: {
			hall: { title: 'Hall', country: 'DE', city: 'Berlin', networks: ['10.1.0.0/16'], certified: 'secret' },
			office: { title: 'Office', country: 'DE', city: 'Bonn', networks: ['10.2.0.0/16'] },
		},
		roles: {
			operator: { ...held('Operator', ['operator']), citizenship: { anyOf: ['DE', 'FR', 'AT', 'US'] } },
			approver: held('Approver', ['approver']),
			chief: held('Chief', ['approver']),
			owner: held('Owner', ['charter_owner']),
			admin: {
				title: 'Admin',
				purpose: 'Administers.',
				citizenship: { anyOf: ['DE'] },
				clearance: { anyOf: [{ scheme: 'DE', level: 'U2' }] },
				facilities: ['hall'],
				access: {
					requestedBy: ['operator'],
					maximumDuration: 'PT8H',
					ticket: { pattern: '^CHG-[0-9]{4}$', example: 'CHG-1234' },
					stages: [{ from: 'approver', quorum: 1, within: 'PT4H' }],
					entra: { roleTemplateId: '729827e3-9c14-49f7-bb1b-9608f156bbb8', name: 'Helpdesk', scope: '/' },
				},
				...role,
			},
		},
		...rest,
	}
}

/** The same, checked and with defaults filled in. */
export function charterWith(role: Partial<RoleInput> = {}, rest: Partial<CharterInput> = {}): Charter {
	return charterSchema.parse(charterInput(role, rest))
}

export const citizen = (...countries: string[]) => countries.map((country) => ({ country, ...ALWAYS }))
export const cleared = (
	scheme: string,
	level: string,
	more: Partial<PersonFacts['clearances'][number]> = {},
) => [{ scheme, level, issuer: 'Issuer', state: 'granted' as const, ...ALWAYS, ...more }]

/** Somebody who may ask for `admin`; a test changes only what it is about. */
export function operator(changes: Partial<PersonFacts> = {}): PersonFacts {
	return personFacts(changes.personId ?? 'p', {
		citizenships: citizen('DE'),
		clearances: cleared('DE', 'U2'),
		appointments: [{ role: 'operator', ...ALWAYS }],
		facilities: [{ facility: 'hall', ...ALWAYS }],
		...changes,
	})
}

// --- Generated charters and people ----------------------------------------------------------------------------------

const COUNTRIES = ['DE', 'FR', 'AT', 'US', 'RU', 'GB']
const LEVELS: [string, string][] = [
	['DE', 'U1'],
	['DE', 'U2'],
	['DE', 'U3'],
	['NATO', 'NS'],
	['ES', 'S'],
	['ES', 'R'],
	['US', 'S'],
]
const ISSUERS = ['BfV', 'MAD']
const countries = fc.subarray(COUNTRIES)
const someCountries = fc.subarray(COUNTRIES, { minLength: 1 })
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
/** Mostly nothing: a charter that says everything at once permits nobody. */
const rarely = <T>(value: fc.Arbitrary<T>) =>
	fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value })
const stated = <T extends object>(record: fc.Arbitrary<T>) =>
	record.map(
		(value) => Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T,
	)
const period = fc.constantFrom('P30D', 'P1Y', 'P6M', 'P1M')

const citizenship = stated(
	fc.record({
		anyOf: fc.oneof(fc.constantFrom(['DE'], ['DE', 'FR'], undefined), countries),
		soleOf: rarely(countries),
		noneOf: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: countries }),
		unionCitizen: rarely(fc.constant(true as const)),
		usPerson: rarely(fc.constant(true as const)),
		dualNationality: fc.oneof(
			fc.constantFrom('allowed' as const, 'allowed' as const, 'forbidden' as const),
			someCountries.map((onlyWith) => ({ onlyWith })),
		),
	}),
).map((rule) =>
	rule.anyOf || rule.soleOf || rule.unionCitizen || rule.usPerson ? rule : { ...rule, anyOf: ['DE', 'FR'] },
)

const accepted = fc
	.tuple(fc.constantFrom(...LEVELS), maybe(fc.subarray(ISSUERS)))
	.map(([[scheme, level], issuers]) => ({ scheme, level, ...(issuers ? { issuers } : {}) }))
const clearance = fc.record(
	{
		anyOf: fc
			.array(accepted, { maxLength: 2 })
			.chain((levels) =>
				fc.constantFrom(levels, [...levels, { scheme: 'DE', level: 'U2' }], [{ scheme: 'DE', level: 'U1' }]),
			),
		acceptEquivalent: fc.array(
			accepted.map((level) => ({ ...level, agreement: 'pact' })),
			{ maxLength: 2 },
		),
		minimumRemaining: period,
	},
	{ requiredKeys: ['anyOf'] },
)
const attended = fc.array(
	fc.record({ key: fc.constantFrom('nato-brief', 'law'), within: period }, { requiredKeys: ['key'] }),
	{ minLength: 1, maxLength: 2 },
)
const everyRule = {
	residence: fc.record(
		{ anyOf: countries, unionResident: fc.constant(true as const) },
		{ requiredKeys: ['anyOf'] },
	),
	caveats: fc.subarray(['NOFORN', 'REL TO USA, GBR, DEU', 'SPECIAL FRANCE'], { minLength: 1 }),
	briefings: attended,
	training: attended,
	employer: fc.record({
		anyOf: fc.subarray(['BTR', 'Nordlicht']),
		subcontractors: fc.constantFrom('forbidden' as const, 'flow-down' as const),
	}),
	credential: fc.record(
		{
			deviceBound: fc.constant(true as const),
			attested: fc.constant(true as const),
			aaguids: fc.subarray(['00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002']),
		},
		{ requiredKeys: [] },
	),
	workingHours: fc.record({
		zone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'),
		days: fc.subarray(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const, { minLength: 1 }),
		from: fc.constantFrom('00:00', '06:00', '09:30'),
		until: fc.constantFrom('14:00', '18:00', '24:00'),
	}),
}
const shared = {
	residence: rarely(everyRule.residence),
	caveats: rarely(everyRule.caveats),
	briefings: rarely(everyRule.briefings),
	training: rarely(everyRule.training),
	employer: rarely(everyRule.employer),
	credential: rarely(everyRule.credential),
	workingHours: rarely(everyRule.workingHours),
}
const rules = {
	citizenship,
	clearance,
	facilities: fc.oneof(fc.constant(['hall', 'office']), fc.subarray(['hall', 'office'])),
	handles: fc.constantFrom('unclassified' as const, 'unclassified' as const, 'secret' as const),
	...shared,
}
const presence = fc.oneof(
	fc.constantFrom('none' as const, 'none' as const, 'network' as const),
	fc.record({ badgeWithin: fc.constantFrom('PT12H', 'PT1H'), network: fc.boolean() }),
)

/**
 * Charters that say something of everything. They skip the checks that a charter as a whole must pass (an approver
 * role that nobody can hold is refused there), since the engine must agree with itself on those as well.
 */
export const anyCharter: fc.Arbitrary<Charter> = fc
	.record({
		role: stated(fc.record(rules)),
		approver: fc.record({ citizenship, clearance }),
		everyone: rarely(
			stated(fc.record({ citizenship: rarely(citizenship), clearance: rarely(clearance), ...shared })),
		),
		hall: presence,
		office: presence,
		heldApart: fc.boolean(),
		activeApart: fc.boolean(),
		across: fc.boolean(),
		requestedBy: fc.constantFrom(
			['operator'],
			['operator'],
			['operator', 'owner'],
			['owner', 'approver', 'operator'],
		),
		escalates: fc.boolean(),
		alongside: fc.boolean(),
		pact: fc.record({
			from: fc.constantFrom('2020-01-01', '2026-12-01'),
			until: maybe(fc.constant('2027-02-01')),
		}),
	})
	.map((drawn) => {
		const { role, approver, everyone, hall, office, heldApart, activeApart, across, pact } = drawn
		const input = charterInput(role as Partial<RoleInput>)
		const { hall: hallInput, office: officeInput } = input.facilities
		const base = charterWith()
		return {
			...base,
			agreements: {
				pact: {
					title: 'Pact',
					parties: ['DE', 'ES'],
					from: pact.from,
					...(pact.until ? { until: pact.until } : {}),
				},
			},
			facilities: {
				hall: { ...hallInput, certified: 'secret', presence: hall },
				office: { ...officeInput, certified: 'unclassified', presence: office },
			},
			...(everyone ? { everyone: filled(everyone) } : {}),
			roles: {
				...base.roles,
				approver: { ...base.roles.approver, ...filled(approver) },
				admin: {
					...base.roles.admin,
					...filled(role),
					access: {
						...base.roles.admin?.access,
						requestedBy: drawn.requestedBy,
						stages: [
							{
								from: 'approver',
								quorum: 1,
								within: 'PT4H',
								...(drawn.alongside ? { alongside: [{ from: 'chief', quorum: 1 }] } : {}),
								...(drawn.escalates ? { escalation: { after: 'PT1H', to: 'operator' } } : {}),
							},
						],
					},
				},
			},
			separationOfDuty: {
				...(heldApart ? { neverHeldTogether: [['operator', 'owner']] } : {}),
				...(activeApart ? { neverActiveTogether: [['admin', 'other']] } : {}),
				...(across ? { neverAcross: [{ requests: 'operator', approves: 'approver' }] } : {}),
			},
		} as unknown as Charter
	})

/** The defaults that reading a charter fills in. */
function filled<T extends object>(part: T): T {
	const { citizenship: nation, clearance: level } = part as { citizenship?: object; clearance?: object }
	return {
		...part,
		...(nation ? { citizenship: { noneOf: [], dualNationality: 'allowed', ...nation } } : {}),
		...(level ? { clearance: { acceptEquivalent: [], ...level } } : {}),
	}
}

const instant = (min: number, max: number) =>
	fc.integer({ min: min * 4, max: max * 4 }).map((quarters) => plusMs(AT, quarters * 6 * HOUR))
export const anyValidity = fc.record({
	validFrom: instant(-400, 20),
	validUntil: fc.option(instant(-20, 400), { freq: 3 }),
})

const list = <T extends object>(fact: fc.Arbitrary<T>, maxLength = 3) =>
	fc.array(
		fc.tuple(fact, anyValidity).map(([value, validity]) => ({ ...value, ...validity })),
		{ maxLength },
	)

/** People with facts of every kind: some fit, some lapsed, some to come, some that end before they begin. */
export const anyPerson: fc.Arbitrary<PersonFacts> = fc
	.record({
		citizenships: list(fc.record({ country: fc.constantFrom(...COUNTRIES) })),
		residences: list(
			fc.record({
				country: fc.constantFrom('DE', 'US', 'FR'),
				status: fc.constantFrom('resident' as const, 'permanent' as const, 'protected' as const),
			}),
			2,
		),
		clearances: list(
			fc
				.tuple(
					fc.constantFrom(...LEVELS),
					fc.constantFrom('granted' as const, 'granted' as const, 'granted' as const, 'suspended' as const),
					fc.constantFrom(...ISSUERS),
				)
				.map(([[scheme, level], state, issuer]) => ({ scheme, level, issuer, state })),
		),
		briefings: list(fc.record({ key: fc.constantFrom('nato-brief', 'law') }), 2),
		training: list(fc.record({ key: fc.constantFrom('nato-brief', 'law') }), 2),
		employments: list(
			fc.record({
				employer: fc.constantFrom('BTR', 'Nordlicht', 'Fremd'),
				under: fc.constantFrom(null, null, 'BTR'),
				flowDown: fc.boolean(),
			}),
			2,
		),
		appointments: list(fc.record({ role: fc.constantFrom('operator', 'operator', 'approver', 'owner') })),
		facilities: list(fc.record({ facility: fc.constantFrom('hall', 'office') })),
		presences: list(
			fc.record({
				facility: fc.constantFrom('hall', 'office'),
				by: fc.constantFrom('badge' as const, 'network' as const),
			}),
		),
		credentials: list(
			fc.record({
				deviceBound: fc.boolean(),
				attested: fc.boolean(),
				aaguid: fc.constantFrom(
					'00000000-0000-0000-0000-000000000001',
					'00000000-0000-0000-0000-00000000000f',
				),
			}),
			2,
		),
		suspensions: list(fc.record({}), 1),
		live: list(fc.record({ role: fc.constantFrom('other', 'admin') }), 1),
	})
	.chain((known) =>
		fc
			.oneof(
				fc.constant(null),
				fc.constant(0),
				fc.integer({ min: 1, max: 200 }),
				fc.integer({ min: 1, max: 200 }),
			)
			.map((days) => (days === null ? personFacts('p', known) : withBasics(known, days))),
	)

/** The same with what most roles ask for, for so many days or for ever. */
function withBasics(known: Omit<PersonFacts, 'personId'>, days: number): PersonFacts {
	const { citizenships, clearances, appointments, facilities } = operator()
	return personFacts('p', {
		...known,
		citizenships: [...citizenships, ...known.citizenships.slice(0, 1)],
		clearances: [...clearances.map((fact) => ({ ...fact, issuer: 'BfV' })), ...known.clearances],
		appointments: [...appointments, { role: 'approver', ...ALWAYS }, ...known.appointments.slice(2)],
		facilities: [
			...facilities.map((fact) => ({ ...fact, validUntil: days === 0 ? null : plusMs(AT, days * DAY) })),
			...known.facilities.slice(0, 1),
		],
	})
}

/** Every level that there is, as scheme and id. */
export const ALL_LEVELS = Object.entries(CLEARANCE_SCHEMES).flatMap(([scheme, { levels }]) =>
	levels.map(({ id }) => [scheme, id] as const),
)
