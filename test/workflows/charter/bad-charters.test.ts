import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { readCharter, type CharterProblem } from '#app/services/charter/read-charter.server.ts'
import { charterInput, type CharterInput, type RoleInput } from '#test/factories/charter.ts'
import {
	beforeGrantingOf,
	breakGlassAccountsOf,
	endsSessions,
	FINDING_KINDS,
	massRemovalOf,
	reactionTo,
} from '#workflows/charter/entra.schema.ts'
import { DomainError } from '#workflows/shared/errors.ts'

type Access = NonNullable<RoleInput['access']>
type StageInput = Access['stages'][number]

/** Every problem that reading the text gives. Any other failure than a refusal fails the test. */
function problemsIn(text: string): CharterProblem[] {
	try {
		readCharter(text)
	} catch (error) {
		if (!(error instanceof DomainError)) throw error
		expect(error.code).toBe('CHARTER_INVALID')
		const problems = error.details.problems as CharterProblem[]
		expect(problems.length).toBeGreaterThan(0)
		for (const { line, column } of problems) {
			expect(line).toBeGreaterThan(0)
			expect(column).toBeGreaterThan(0)
		}
		return problems
	}
	return []
}

/** Text from line and column on: what the place of a problem points at. */
const textAt = (text: string, { line, column }: CharterProblem) =>
	text.split('\n')[line - 1]?.slice(column - 1) ?? ''

const base = charterInput()
const DE_U2 = { scheme: 'DE', level: 'U2' }
const part = (name: string): RoleInput => {
	const role = base.roles[name]
	if (!role) throw new Error(`No role is called ${name}.`)
	return role
}
const access = (more: Partial<Access> = {}): Access => {
	const known = part('admin').access
	if (!known) throw new Error('The role is not asked for.')
	return { ...known, ...more }
}
const admin = (more: Partial<RoleInput>) => charterInput(more)
const asking = (more: Partial<Access>) => charterInput({ access: access(more) })
const staged = (more: Partial<StageInput>) =>
	asking({ stages: [{ from: 'approver', quorum: 1, within: 'PT4H', ...more }] })
const rest = (more: Partial<CharterInput>) => charterInput({}, more)
const role = (name: string, more: Partial<RoleInput>) =>
	rest({ roles: { ...base.roles, [name]: { ...part(name), ...more } } })
const apart = (separationOfDuty: CharterInput['separationOfDuty']) => rest({ separationOfDuty })
const networks = (hall: string[], office: string[]) =>
	rest({
		facilities: {
			hall: { title: 'Hall', country: 'DE', city: 'Berlin', certified: 'secret', networks: hall },
			office: { title: 'Office', country: 'DE', city: 'Bonn', networks: office },
		},
	})
const equivalent = (scheme: string, level: string, agreement?: string, more: Partial<CharterInput> = {}) =>
	charterInput(
		{
			clearance: {
				anyOf: [DE_U2],
				acceptEquivalent: [{ scheme, level, ...(agreement ? { agreement } : {}) }],
			},
		},
		more,
	)
const pact = (parties: string[], days: { from?: string; until?: string } = {}): Partial<CharterInput> => ({
	agreements: { pact: { title: 'Pact', parties, ...days } },
})
const breakGlass = (more: Partial<NonNullable<CharterInput['breakGlass']>> = {}) =>
	rest({
		breakGlass: {
			usedBy: ['operator'],
			roles: ['admin'],
			maximumDuration: 'PT4H',
			tells: ['owner'],
			review: { by: 'approver', quorum: 1, within: 'P3D' },
			...more,
		},
	})
const lockbox = (more: Partial<NonNullable<CharterInput['lockbox']>> = {}) =>
	rest({
		lockbox: {
			stages: [{ from: 'approver', quorum: 1, within: 'P1D' }],
			maximumDuration: 'P4D',
			...more,
		},
	})
const hours = (more: Partial<NonNullable<RoleInput['workingHours']>>) =>
	admin({ workingHours: { zone: 'Europe/Berlin', days: ['mon'], from: '08:00', until: '18:00', ...more } })
/** What no typed input may say. */
const untyped = (more: object) => admin(more)

const UNKNOWN_ROLE = 'No role is called nobody: add it under roles, or correct the name.'
const NOT_HERE = 'pact: it cannot make FR S acceptable in DE.'
const WHY = 'Nobody can be approver, so nobody could decide here:'
const NEVER_HELD =
	'admin is asked for just in time, so nobody holds it: name a role that is held by appointment.'
const ENTRA = { roleTemplateId: '729827e3-9c14-49f7-bb1b-9608f156bbb8', name: 'Helpdesk', scope: '/' }

test('the charters that these are made from are read', () => {
	for (const input of [
		base,
		breakGlass(),
		lockbox(),
		hours({}),
		equivalent('FR', 'S', 'pact', pact(['DE', 'FR'])),
	])
		expect(problemsIn(stringify(input))).toEqual([])
	const { charter, textSha256 } = readCharter(stringify(base))
	expect(charter.charter.id).toBe('test-charter')
	expect(textSha256).toMatch(/^[0-9a-f]{64}$/)
})

test('the sample charter is read', () => {
	const sample = join(import.meta.dirname, '../../../app/charters/tax-administration.yaml')
	expect(problemsIn(readFileSync(sample, 'utf8'))).toEqual([])
})

/** Name, charter, path of the only problem, its message, and what the text says at its place. */
type Row = [name: string, input: CharterInput, path: string, message: string, at: string]

describe('separation of duty', () => {
	test.each<Row>([
		[
			'two pairs in a circle',
			apart({
				neverAcross: [
					{ requests: 'operator', approves: 'approver' },
					{ requests: 'approver', approves: 'operator' },
				],
			}),
			'separationOfDuty.neverAcross.1',
			'These pairs run in a circle (operator, then approver, then operator): in the end nobody could decide for anybody. Leave one of them out.',
			'requests: approver',
		],
		[
			'three pairs in a circle, behind one that leads there',
			apart({
				neverAcross: [
					{ requests: 'owner', approves: 'operator' },
					{ requests: 'operator', approves: 'approver' },
					{ requests: 'approver', approves: 'chief' },
					{ requests: 'chief', approves: 'operator' },
				],
			}),
			'separationOfDuty.neverAcross.3',
			'These pairs run in a circle (operator, then approver, then chief, then operator): in the end nobody could decide for anybody. Leave one of them out.',
			'requests: chief',
		],
		[
			'a role that does not decide for itself',
			apart({ neverAcross: [{ requests: 'approver', approves: 'approver' }] }),
			'separationOfDuty.neverAcross.0',
			'These pairs run in a circle (approver, then approver): in the end nobody could decide for anybody. Leave one of them out.',
			'requests: approver',
		],
		[
			'a role paired with itself',
			apart({ neverHeldTogether: [['operator', 'operator']] }),
			'separationOfDuty.neverHeldTogether.0',
			'A role cannot be kept apart from itself: nobody could hold it.',
			'- operator',
		],
		[
			'a pair of three',
			apart({ neverHeldTogether: [['operator', 'owner', 'chief']] }),
			'separationOfDuty.neverHeldTogether.0',
			'A pair names two roles.',
			'- operator',
		],
		[
			'an empty list of pairs',
			apart({ neverAcross: [] }),
			'separationOfDuty.neverAcross',
			'Name at least one, or leave the key out when none is needed.',
			'[]',
		],
		[
			'an unknown role',
			apart({ neverHeldTogether: [['operator', 'nobody']] }),
			'separationOfDuty.neverHeldTogether.0.1',
			UNKNOWN_ROLE,
			'nobody',
		],
		[
			'an unknown role that decides',
			apart({ neverAcross: [{ requests: 'operator', approves: 'nobody' }] }),
			'separationOfDuty.neverAcross.0.approves',
			UNKNOWN_ROLE,
			'nobody',
		],
		[
			'a role that is never active',
			apart({ neverActiveTogether: [['admin', 'owner']] }),
			'separationOfDuty.neverActiveTogether.0.1',
			'owner is held by appointment, so it is never active: use neverHeldTogether.',
			'owner',
		],
	])('refuses %s', expectOnly)

	test.each([
		['never held', apart({ neverHeldTogether: [['admin', 'owner']] })],
		['never decided across', apart({ neverAcross: [{ requests: 'admin', approves: 'approver' }] })],
	])('refuses a pair that can have no effect, since one of its roles is asked for: %s', (_name, input) => {
		expect(problemsIn(stringify(input))).toHaveLength(1)
	})
})

describe('clearances and agreements', () => {
	test.each<Row>([
		[
			'an unknown scheme',
			admin({ clearance: { anyOf: [{ scheme: 'XX', level: 'S' }] } }),
			'roles.admin.clearance.anyOf.0.scheme',
			'No clearance scheme is called XX: use one of AU, CA, DE, EU, ES, FI, FR, IT, JP, NATO, NL, NO, NZ, PL, RO, SE, UK, US.',
			'XX',
		],
		[
			'a scheme by a name that every object has',
			admin({ clearance: { anyOf: [{ scheme: 'constructor', level: 'S' }] } }),
			'roles.admin.clearance.anyOf.0.scheme',
			'No clearance scheme is called constructor: use one of AU, CA, DE, EU, ES, FI, FR, IT, JP, NATO, NL, NO, NZ, PL, RO, SE, UK, US.',
			'constructor',
		],
		[
			'an unknown level',
			admin({ clearance: { anyOf: [{ scheme: 'DE', level: 'U9' }] } }),
			'roles.admin.clearance.anyOf.0.level',
			'The scheme DE has no such level as U9: use one of VSNFD, U1, U2, U3.',
			'U9',
		],
		[
			'an unknown level for everyone',
			rest({ everyone: { clearance: { anyOf: [DE_U2, { scheme: 'UK', level: 'O' }] } } }),
			'everyone.clearance.anyOf.1.level',
			'The scheme UK has no such level as O: use one of BPSS, CTC, SC, ESC, DV, EDV, AC.',
			'O',
		],
		[
			'a level below what the role handles',
			admin({ handles: 'secret', clearance: { anyOf: [{ scheme: 'DE', level: 'U1' }] } }),
			'roles.admin.clearance.anyOf.0.level',
			'The role handles secret, and DE U1 does not reach that: ask for a higher level.',
			'U1',
		],
		[
			'an equivalent with an unknown agreement',
			equivalent('FR', 'S', 'pact'),
			'roles.admin.clearance.acceptEquivalent.0.agreement',
			'No agreement is called pact: describe it under agreements, or correct the name.',
			'pact',
		],
		[
			'an agreement by a name that every object has',
			equivalent('FR', 'S', 'constructor'),
			'roles.admin.clearance.acceptEquivalent.0.agreement',
			'No agreement is called constructor: describe it under agreements, or correct the name.',
			'constructor',
		],
		[
			'an agreement that the other state is missing from',
			equivalent('FR', 'S', 'pact', pact(['DE', 'ES'])),
			'roles.admin.clearance.acceptEquivalent.0.agreement',
			`FR is not a party to ${NOT_HERE}`,
			'pact',
		],
		[
			'an agreement that the jurisdiction is missing from',
			equivalent('FR', 'S', 'pact', pact(['FR', 'ES'])),
			'roles.admin.clearance.acceptEquivalent.0.agreement',
			`DE is not a party to ${NOT_HERE}`,
			'pact',
		],
		[
			'an agreement that an organisation is missing from',
			equivalent('NATO', 'NS', 'pact', pact(['DE', 'FR'])),
			'roles.admin.clearance.acceptEquivalent.0.agreement',
			'NATO is not a party to pact: it cannot make NATO NS acceptable in DE.',
			'pact',
		],
		[
			'an agreement of one party',
			rest(pact(['DE'])),
			'agreements.pact.parties',
			'An agreement has two parties at least.',
			'- DE',
		],
		[
			'an agreement that ends before it begins',
			rest(pact(['DE', 'FR'], { from: '2026-02-01', until: '2026-02-01' })),
			'agreements.pact.until',
			'The agreement ends before it begins.',
			'2026-02-01',
		],
		[
			'a lower level as equivalent',
			equivalent('RO', 'SEC', 'pact', pact(['DE', 'RO'])),
			'roles.admin.clearance.acceptEquivalent.0.level',
			'RO SEC (Secret) is confidential, below the secret that the role asks for: names that look alike are not equal.',
			'SEC',
		],
	])('refuses %s', expectOnly)

	const WITHOUT = [
		'roles.admin.clearance.acceptEquivalent.0.agreement',
		'Nothing says that FR S is to be accepted: name the agreement it rests on, and describe that under agreements.',
	]
	const without = () =>
		problemsIn(stringify(equivalent('FR', 'S'))).map(({ path, message }) => [path, message])
	test('refuses an equivalent without an agreement, and says so once', () => {
		expect(without()).toEqual([WITHOUT])
	})

	const beside = (anyOf: NonNullable<RoleInput['clearance']>['anyOf'], scheme: string, level: string) =>
		charterInput(
			{ clearance: { anyOf, acceptEquivalent: [{ scheme, level, agreement: 'pact' }] } },
			pact(['DE', 'FR', 'GB']),
		)
	test.each<Row>([
		[
			'an equivalent to nothing',
			beside([], 'FR', 'S'),
			'roles.admin.clearance.acceptEquivalent',
			'There is nothing to be equivalent to: anyOf is empty, which means nobody.',
			'- scheme: FR',
		],
		[
			'an equivalent of the same scheme, which would lower the level that is asked for',
			beside([{ scheme: 'UK', level: 'ESC' }], 'UK', 'SC'),
			'roles.admin.clearance.acceptEquivalent.0.scheme',
			'The rule names a level of UK itself: put the lowest one that suffices under anyOf.',
			'UK',
		],
		[
			'an agreement of one state with itself',
			rest(pact(['DE', 'DE'])),
			'agreements.pact.parties',
			'An agreement has two parties at least.',
			'- DE',
		],
		[
			'a party that is no state',
			rest(pact(['DE', 'XX'])),
			'agreements.pact.parties.1',
			'No state has the code XX (ISO 3166-1): correct it.',
			'XX',
		],
	])('refuses %s', expectOnly)

	test('a member state is bound by what the Union is party to', () => {
		expect(problemsIn(stringify(equivalent('FR', 'S', 'pact', pact(['EU', 'NATO']))))).toEqual([])
		expect(problemsIn(stringify(equivalent('UK', 'SC', 'pact', pact(['EU', 'NATO']))))).toHaveLength(1)
	})
})

describe('facilities', () => {
	const hall = base.facilities.hall as CharterInput['facilities'][string]
	test.each<Row>([
		[
			'one outside the jurisdiction',
			rest({
				facilities: { ...base.facilities, paris: { ...hall, country: 'FR', networks: ['10.9.0.0/16'] } },
			}),
			'facilities.paris.country',
			'This facility lies in FR, outside the jurisdiction DE: correct the country, or take the facility out.',
			'FR',
		],
		[
			'overlapping networks of two',
			networks(['10.1.0.0/16'], ['10.3.0.0/16', '10.1.4.0/24']),
			'facilities.office.networks.1',
			'10.1.4.0/24 overlaps 10.1.0.0/16 of hall: presence could not be told apart.',
			'10.1.4.0/24',
		],
		[
			'overlapping IPv6 networks of two, written differently',
			networks(['2001:db8::/32'], ['2001:0DB8:1::/48']),
			'facilities.office.networks.0',
			'2001:0DB8:1::/48 overlaps 2001:db8::/32 of hall: presence could not be told apart.',
			'2001:0DB8:1::/48',
		],
		[
			'a badge event without any time',
			rest({ facilities: { ...base.facilities, hall: { ...hall, presence: { badgeWithin: 'PT0S' } } } }),
			'facilities.hall.presence.badgeWithin',
			'Say how old a badge event may be, such as PT12H.',
			'PT0S',
		],
		[
			'an unknown one of a role',
			admin({ facilities: ['hall', 'cellar'] }),
			'roles.admin.facilities.1',
			'No facility is called cellar: add it under facilities, or correct the name.',
			'cellar',
		],
		[
			'one by a name that every object has',
			admin({ facilities: ['constructor'] }),
			'roles.admin.facilities.0',
			'No facility is called constructor: add it under facilities, or correct the name.',
			'constructor',
		],
	])('refuses %s', expectOnly)

	test('names each network that overlaps, of a great many too', () => {
		const many = (second: number) => Array.from({ length: 100 }, (_, i) => `10.${second}.${i}.0/24`)
		const input = networks(['10.1.0.0/16', '2001:db8::/32'], many(1))
		expect(problemsIn(stringify(input)).filter(({ message }) => /overlaps/.test(message))).toHaveLength(100)
		const hall = input.facilities.hall as CharterInput['facilities'][string]
		const facilities = Object.fromEntries(
			Array.from({ length: 250 }, (_, i) => [`hall-${i}`, { ...hall, networks: many(i + 3) }]),
		)
		// Without a pair by pair comparison: twenty-five thousand networks would outlast this test.
		const all = problemsIn(stringify(rest({ facilities: { ...base.facilities, ...facilities } })))
		expect(all.filter(({ message }) => /overlaps/.test(message))).toEqual([])
	}, 60_000)

	test.each<Row>([
		[
			'a range that another one contains, behind one that ends in between',
			networks(['10.0.0.0/8', '10.1.0.0/24'], ['10.9.0.0/16']),
			'facilities.office.networks.0',
			'10.9.0.0/16 overlaps 10.0.0.0/8 of hall: presence could not be told apart.',
			'10.9.0.0/16',
		],
		[
			'an IPv4 network that another facility writes in IPv6',
			networks(['10.1.0.0/16'], ['::ffff:10.1.4.0/120']),
			'facilities.office.networks.0',
			'::ffff:10.1.4.0/120 overlaps 10.1.0.0/16 of hall: presence could not be told apart.',
			'::ffff:10.1.4.0/120',
		],
		[
			'a facility in the United Kingdom by the code that is usual there',
			rest({ facilities: { ...base.facilities, hall: { ...hall, country: 'UK' } } }),
			'facilities.hall.country',
			'No state has the code UK: write GB.',
			'UK',
		],
	])('refuses %s', (...row) => {
		const text = stringify(row[1])
		const [first] = problemsIn(text)
		expect([first?.path, first?.message, textAt(text, first as CharterProblem)]).toEqual(row.slice(2))
	})

	test('networks of one facility may overlap, and neighbours do not', () => {
		expect(problemsIn(stringify(networks(['10.1.0.0/16', '10.1.4.0/24'], ['10.2.0.0/16'])))).toEqual([])
		expect(problemsIn(stringify(networks(['10.1.0.0/17'], ['10.1.128.0/17'])))).toEqual([])
	})

	test.each(['banana', '10.1.0.0/33', '10.1.0.0', '2001:db8::/129', '300.1.0.0/16'])(
		'refuses %s, which is no network',
		(network) => {
			const input = networks(['10.1.0.0/16'], [network])
			expect(problemsIn(stringify(input)).map(({ path }) => path)).toEqual(['facilities.office.networks.0'])
		},
	)

	test('an IPv4 address inside an IPv6 range is compared or refused, and never fails otherwise', () => {
		const text = stringify(networks(['2001:db8::/32'], ['::ffff:10.2.0.0/112']))
		expect(() => problemsIn(text)).not.toThrow()
	})
})

describe('stages', () => {
	const approver = (more: Partial<RoleInput>) => role('approver', more)
	const AT = 'roles.admin.access.stages.0.from'
	test.each<Row>([
		['an unknown role', staged({ from: 'nobody' }), AT, UNKNOWN_ROLE, 'nobody'],
		[
			'a role by a name that every object has',
			staged({ from: 'constructor' }),
			AT,
			'No role is called constructor: add it under roles, or correct the name.',
			'constructor',
		],
		[
			'a role that may not decide',
			staged({ from: 'owner' }),
			AT,
			'Holders of owner cannot decide: give that role the duty "approver".',
			'owner',
		],
		[
			'a role without any citizenship',
			approver({ citizenship: { anyOf: [] } }),
			AT,
			`${WHY} its citizenship rule allows no state. Mend that role first.`,
			'approver',
		],
		[
			'a role whose only citizenship is excluded',
			approver({ citizenship: { soleOf: ['DE'], noneOf: ['DE'] } }),
			AT,
			`${WHY} its citizenship rule allows no state. Mend that role first.`,
			'approver',
		],
		[
			'a role whose sole citizenship is not allowed',
			approver({ citizenship: { anyOf: ['DE'], soleOf: ['FR'] } }),
			AT,
			`${WHY} the sole citizenship it asks for is none of those it allows. Mend that role first.`,
			'approver',
		],
		[
			'a role whose sole citizenship is of no member state',
			approver({ citizenship: { soleOf: ['US'], unionCitizen: true } }),
			AT,
			`${WHY} the sole citizenship it asks for is of no member state of the European Union. Mend that role first.`,
			'approver',
		],
		[
			'a role without any residence',
			approver({ residence: { anyOf: [] } }),
			AT,
			`${WHY} its residence rule allows no state. Mend that role first.`,
			'approver',
		],
		[
			'a role without any facility',
			approver({ facilities: [] }),
			AT,
			`${WHY} no facility is approved and certified for it. Mend that role first.`,
			'approver',
		],
		[
			'a role without a facility that is certified for it',
			approver({ facilities: ['office'], handles: 'secret' }),
			AT,
			`${WHY} no facility is approved and certified for it. Mend that role first.`,
			'approver',
		],
		[
			'a role without any clearance',
			approver({ clearance: { anyOf: [] } }),
			AT,
			`${WHY} it accepts no clearance. Mend that role first.`,
			'approver',
		],
		[
			'a role without any issuer',
			approver({ clearance: { anyOf: [{ scheme: 'DE', level: 'U2', issuers: [] }] } }),
			AT,
			`${WHY} it accepts no clearance. Mend that role first.`,
			'approver',
		],
		[
			'a role without any employer',
			approver({ employer: { anyOf: [] } }),
			AT,
			`${WHY} it allows no employer. Mend that role first.`,
			'approver',
		],
		[
			'a role without any authenticator',
			approver({ credential: { aaguids: [] } }),
			AT,
			`${WHY} it allows no authenticator. Mend that role first.`,
			'approver',
		],
		[
			'a role that everyone else rules out',
			rest({ everyone: { citizenship: { anyOf: ['FR'] } } }),
			AT,
			`${WHY} its citizenship rule allows no state. Mend that role first.`,
			'approver',
		],
		[
			'an escalation as late as the stage itself',
			staged({ escalation: { after: 'PT4H', to: 'chief' } }),
			'roles.admin.access.stages.0.escalation.after',
			"Escalate before the stage's time (PT4H) runs out.",
			'PT4H',
		],
		[
			'an escalation later than the stage',
			staged({ escalation: { after: 'PT5H', to: 'chief' } }),
			'roles.admin.access.stages.0.escalation.after',
			"Escalate before the stage's time (PT4H) runs out.",
			'PT5H',
		],
		[
			'an escalation to an unknown role',
			staged({ escalation: { after: 'PT1H', to: 'nobody' } }),
			'roles.admin.access.stages.0.escalation.to',
			UNKNOWN_ROLE,
			'nobody',
		],
		[
			'an escalation to who may not decide',
			staged({ escalation: { after: 'PT1H', to: 'owner' } }),
			'roles.admin.access.stages.0.escalation.to',
			'Holders of owner cannot decide: give that role the duty "approver".',
			'owner',
		],
		[
			'an escalation to those who decide already',
			staged({ escalation: { after: 'PT1H', to: 'approver' } }),
			'roles.admin.access.stages.0.escalation.to',
			'Holders of approver decide here already: escalate to another role.',
			'approver',
		],
		['a role that is asked for, which nobody holds', staged({ from: 'admin' }), AT, NEVER_HELD, 'admin'],
		[
			'a second citizenship that the caveats make necessary and the rule forbids',
			approver({
				citizenship: { anyOf: ['DE', 'US'], dualNationality: 'forbidden' },
				caveats: ['NOFORN', 'UK EYES ONLY'],
			}),
			AT,
			`${WHY} no citizen meets its rules and caveats at once without a second citizenship that it forbids. Mend that role first.`,
			'approver',
		],
		[
			'a caveat that admits only whom the rule excludes',
			approver({ citizenship: { anyOf: ['DE'], noneOf: ['US'] }, caveats: ['NOFORN'] }),
			AT,
			`${WHY} its citizenship rule excludes everybody whom NOFORN admits. Mend that role first.`,
			'approver',
		],
		[
			'no time to decide',
			staged({ within: 'PT0S' }),
			'roles.admin.access.stages.0.within',
			'Give the approvers some time to decide, such as PT4H.',
			'PT0S',
		],
	])('refuses %s', expectOnly)

	test('refuses a time to decide that no calendar holds', () => {
		expect(problemsIn(stringify(staged({ within: 'P99999999999D' })))).toHaveLength(1)
	})

	test('lets somebody decide whose second citizenship the rule allows', () => {
		const caveats = ['NOFORN', 'UK EYES ONLY']
		for (const dualNationality of ['allowed' as const, { onlyWith: ['GB'] }])
			expect(
				problemsIn(stringify(approver({ citizenship: { anyOf: ['US'], dualNationality }, caveats }))),
			).toEqual([])
	})

	// Only Germans without another citizenship may, and only citizens of the United States are admitted.
	test('refuses a role whose caveat admits none of those that its citizenship rule allows', () => {
		const input = approver({ citizenship: { soleOf: ['DE'] }, caveats: ['NOFORN'] })
		expect(problemsIn(stringify(input)).map(({ path }) => path)).toEqual([AT])
	})
})

describe('access', () => {
	const twin = (entra: Access['entra']) =>
		rest({ roles: { ...base.roles, twin: { ...part('admin'), access: access({ entra }) } } })
	const CAP = 'A maximum duration lies between PT10M and P1D.'
	const PATTERN =
		'Write the pattern from ^ to $ with literal characters, \\d or [classes], each with a count in braces if need be and at most two counts that vary, such as ^CHG-[0-9]{4,7}$.'
	const ticket = (pattern: string, example = 'CHG-1234') => asking({ ticket: { pattern, example } })
	const PATTERN_AT = 'roles.admin.access.ticket.pattern'
	test.each<Row>([
		[
			'a maximum that is too short',
			asking({ maximumDuration: 'PT9M59S' }),
			'roles.admin.access.maximumDuration',
			CAP,
			'PT9M59S',
		],
		[
			'a maximum that is too long',
			asking({ maximumDuration: 'P1DT1S' }),
			'roles.admin.access.maximumDuration',
			CAP,
			'P1DT1S',
		],
		[
			'an unknown role that may ask',
			asking({ requestedBy: ['operator', 'nobody'] }),
			'roles.admin.access.requestedBy.1',
			UNKNOWN_ROLE,
			'nobody',
		],
		[
			'an unknown role that benefits',
			asking({ benefits: ['nobody'] }),
			'roles.admin.access.benefits.0',
			UNKNOWN_ROLE,
			'nobody',
		],
		[
			'a role that may ask and that nobody holds',
			asking({ requestedBy: ['operator', 'admin'] }),
			'roles.admin.access.requestedBy.1',
			NEVER_HELD,
			'admin',
		],
		[
			'a role that benefits and that nobody holds',
			asking({ benefits: ['admin'] }),
			'roles.admin.access.benefits.0',
			NEVER_HELD,
			'admin',
		],
		['a ticket pattern that may run for ever', ticket('^(a+)+$'), PATTERN_AT, PATTERN, '^(a+)+$'],
		['a ticket pattern with a star', ticket('^CHG-[0-9]*$'), PATTERN_AT, PATTERN, '^CHG-[0-9]*$'],
		['a ticket pattern that looks ahead', ticket('^(?=CHG)$'), PATTERN_AT, PATTERN, '^(?=CHG)$'],
		[
			'a ticket pattern that is open at its end',
			ticket('^CHG-[0-9]{4}'),
			PATTERN_AT,
			PATTERN,
			'^CHG-[0-9]{4}',
		],
		[
			'an example that does not match',
			ticket('^CHG-[0-9]{4}$', 'CHG-12'),
			'roles.admin.access.ticket.example',
			'The example does not match the pattern.',
			'CHG-12',
		],
		[
			'two roles with one Entra role at one scope',
			twin({ ...ENTRA, roleTemplateId: ENTRA.roleTemplateId.toUpperCase(), name: 'Other name' }),
			'roles.twin.access.entra.roleTemplateId',
			'The role admin already assigns this Entra role at this scope.',
			ENTRA.roleTemplateId.toUpperCase(),
		],
	])('refuses %s', expectOnly)

	test('refuses a maximum in months, which have no length', () => {
		expect(problemsIn(stringify(asking({ maximumDuration: 'P1M' })))[0]).toMatchObject({
			path: 'roles.admin.access.maximumDuration',
			message: 'Write a duration as in ISO 8601, such as PT4H or PT30M.',
		})
	})

	test('refuses two roles with one Entra group', () => {
		const groupId = '11111111-1111-4111-8111-111111111111'
		const group = (relation: 'member' | 'owner') => access({ entra: { groupId, relation, name: 'Group' } })
		const input = rest({
			roles: {
				...base.roles,
				admin: { ...part('admin'), access: group('member') },
				twin: { ...part('admin'), access: group('owner') },
			},
		})
		expectOnly(
			'',
			input,
			'roles.twin.access.entra.groupId',
			'The role admin already assigns this Entra group.',
			groupId,
		)
	})

	test('one Entra role at two scopes is two targets', () => {
		const scope = '/administrativeUnits/11111111-1111-4111-8111-111111111111'
		expect(problemsIn(stringify(twin({ ...ENTRA, scope })))).toEqual([])
	})

	test.each(['^[z-a]$', '^A{5,2}$'])('refuses %s, which is no pattern', (pattern) => {
		expect(() => problemsIn(stringify(ticket(pattern, 'A')))).not.toThrow()
	})

	test('refuses a ticket pattern whose counts multiply', () => {
		const pattern = `^${'\\d{0,99}'.repeat(20)}X$`
		expect(problemsIn(stringify(ticket(pattern, 'X'))).map(({ path }) => path)).toEqual([PATTERN_AT])
	})
})

describe('parts of a role', () => {
	const NEEDS =
		'Say who may: anyOf, soleOf, unionCitizen or usPerson. An empty list would mean nobody; leaving all out is not allowed.'
	const ONE = 'Name at least one, or leave the key out when none is needed.'
	test.each<Row>([
		[
			'an unknown key',
			untyped({ colour: 'red' }),
			'roles.admin.colour',
			'No key is called colour here. Use title, purpose, duties, handles, citizenship, clearance, facilities, residence, caveats, briefings, training, employer, credential, workingHours, review, retention, access.',
			'colour: red',
		],
		[
			'an unknown key at the top',
			{ ...base, colour: 'red' } as CharterInput,
			'colour',
			'No key is called colour here. Use charter, agreements, facilities, everyone, roles, separationOfDuty, lockbox, breakGlass, undisclosedRequester, entra.',
			'colour: red',
		],
		[
			'a citizenship rule that asks nothing',
			admin({ citizenship: {} }),
			'roles.admin.citizenship',
			NEEDS,
			'{}',
		],
		[
			'a residence rule that asks nothing',
			admin({ residence: {} }),
			'roles.admin.residence',
			'Say where: anyOf or unionResident.',
			'{}',
		],
		['an empty list of briefings', admin({ briefings: [] }), 'roles.admin.briefings', ONE, '[]'],
		['an empty list of training', admin({ training: [] }), 'roles.admin.training', ONE, '[]'],
		['an empty list of caveats', admin({ caveats: [] }), 'roles.admin.caveats', ONE, '[]'],
		[
			'a caveat that is none',
			admin({ caveats: ['REL TO USA, XXX'] }),
			'roles.admin.caveats.0',
			'Use one of NOFORN, UK EYES ONLY, SPECIAL FRANCE, CANADIAN EYES ONLY, AUSTEO, NZEO, or a release list such as REL TO USA, GBR.',
			'REL TO USA, XXX',
		],
		[
			'a country that is none',
			admin({ citizenship: { anyOf: ['de'] } }),
			'roles.admin.citizenship.anyOf.0',
			'Use a two-letter country code in capitals (ISO 3166-1), such as DE.',
			'de',
		],
		[
			'a country by a code that is of another list',
			admin({ citizenship: { anyOf: ['DE'], noneOf: ['UK'] } }),
			'roles.admin.citizenship.noneOf.0',
			'No state has the code UK: write GB.',
			'UK',
		],
		[
			'a country that is not there, which would exclude nobody',
			admin({ citizenship: { anyOf: ['DE'], noneOf: ['RX'] } }),
			'roles.admin.citizenship.noneOf.0',
			'No state has the code RX (ISO 3166-1): correct it.',
			'RX',
		],
		[
			'the European Union as a citizenship',
			admin({ citizenship: { anyOf: ['EU'] } }),
			'roles.admin.citizenship.anyOf.0',
			'No state has the code EU (ISO 3166-1): correct it.',
			'EU',
		],
		[
			'a period that no calendar holds',
			admin({ training: [{ key: 'law', within: 'P101Y' }] }),
			'roles.admin.training.0.within',
			'Write a period as in ISO 8601, such as P1Y, P6M or P30D, and at most P100Y.',
			'P101Y',
		],
		[
			'a period that is none',
			admin({ training: [{ key: 'law', within: '1 year' }] }),
			'roles.admin.training.0.within',
			'Write a period as in ISO 8601, such as P1Y, P6M or P30D, and at most P100Y.',
			'1 year',
		],
		[
			'an unknown time zone',
			hours({ zone: 'Europe/Bonn' }),
			'roles.admin.workingHours.zone',
			'Use a time zone of the IANA list, such as Europe/Berlin.',
			'Europe/Bonn',
		],
		[
			'working hours that end before they begin',
			hours({ from: '18:00', until: '08:00' }),
			'roles.admin.workingHours.until',
			'Working hours end after they begin, on the same day.',
			'08:00',
		],
		[
			'a time of day that is none',
			hours({ from: '08:0' }),
			'roles.admin.workingHours.from',
			'Write a time of day as 08:00.',
			'08:0',
		],
	])('refuses %s', expectOnly)

	test('refuses a role with a name that is no key, and says how to write one', () => {
		const input = rest({ roles: { ...base.roles, 'Night Shift': part('owner') } })
		expect(problemsIn(stringify(input))).toMatchObject([
			{
				path: 'roles.Night Shift',
				message: 'Use lower-case letters, digits and hyphens, 2 to 48 characters.',
			},
		])
	})
})

describe('emergencies', () => {
	const UNDISCLOSED = 'There is no lockbox section with stages that could decide: add one, or say deny.'
	const LONGEST =
		'An emergency access lasts no longer than the shortest maximum duration of the roles it may take.'
	const BOX = 'A lockbox access lasts up to P4D at most, and longer than no time at all.'
	const review = { by: 'approver', quorum: 1, within: 'P3D' }
	test.each<Row>([
		['an unknown user', breakGlass({ usedBy: ['nobody'] }), 'breakGlass.usedBy.0', UNKNOWN_ROLE, 'nobody'],
		['an unknown role', breakGlass({ roles: ['nobody'] }), 'breakGlass.roles.0', UNKNOWN_ROLE, 'nobody'],
		[
			'a role that is held by appointment',
			breakGlass({ roles: ['owner'] }),
			'breakGlass.roles.0',
			'owner is held by appointment and cannot be taken in an emergency.',
			'owner',
		],
		[
			'a user whom nobody can be',
			breakGlass({ usedBy: ['admin'] }),
			'breakGlass.usedBy.0',
			NEVER_HELD,
			'admin',
		],
		[
			'somebody to tell whom nobody can be',
			breakGlass({ tells: ['admin'] }),
			'breakGlass.tells.0',
			NEVER_HELD,
			'admin',
		],
		[
			'somebody unknown to tell',
			breakGlass({ tells: ['nobody'] }),
			'breakGlass.tells.0',
			UNKNOWN_ROLE,
			'nobody',
		],
		[
			'an unknown reviewer',
			breakGlass({ review: { ...review, by: 'nobody' } }),
			'breakGlass.review.by',
			UNKNOWN_ROLE,
			'nobody',
		],
		[
			'a reviewer who may not decide',
			breakGlass({ review: { ...review, by: 'owner' } }),
			'breakGlass.review.by',
			'Holders of owner cannot decide: give that role the duty "approver".',
			'owner',
		],
		[
			'no time for the review',
			breakGlass({ review: { ...review, within: 'PT0S' } }),
			'breakGlass.review.within',
			'Give the reviewers some time, such as P3D.',
			'PT0S',
		],
		[
			'a longer access than the role allows',
			breakGlass({ maximumDuration: 'PT8H1S' }),
			'breakGlass.maximumDuration',
			LONGEST,
			'PT8H1S',
		],
		[
			'an emergency of no time',
			breakGlass({ maximumDuration: 'PT0S' }),
			'breakGlass.maximumDuration',
			LONGEST,
			'PT0S',
		],
		[
			'a lockbox stage of an unknown role',
			lockbox({ stages: [{ from: 'nobody', quorum: 1, within: 'P1D' }] }),
			'lockbox.stages.0.from',
			UNKNOWN_ROLE,
			'nobody',
		],
		[
			'a lockbox stage that may not decide',
			lockbox({ stages: [{ from: 'owner', quorum: 1, within: 'P1D' }] }),
			'lockbox.stages.0.from',
			'Holders of owner cannot decide: give that role the duty "approver".',
			'owner',
		],
		[
			'a lockbox access that is too long',
			lockbox({ maximumDuration: 'P4DT1S' }),
			'lockbox.maximumDuration',
			BOX,
			'P4DT1S',
		],
		[
			'stages that decide without a lockbox',
			rest({ undisclosedRequester: 'stages-decide' }),
			'undisclosedRequester',
			UNDISCLOSED,
			'stages-decide',
		],
	])('refuses %s', expectOnly)

	test('says deny without a lockbox, or lets the stages of one decide', () => {
		expect(problemsIn(stringify(rest({ undisclosedRequester: 'deny' })))).toEqual([])
		expect(problemsIn(stringify({ ...lockbox(), undisclosedRequester: 'stages-decide' }))).toEqual([])
	})
})

describe('what is demanded of Entra ID', () => {
	const ID = '6f0b1c9e-2a57-4c3b-9d0e-5d1f7a2b3c4d'
	const entra = (rules: NonNullable<CharterInput['entra']>) => rest({ entra: rules })
	test.each<Row>([
		[
			'removing what is not there',
			entra({ findings: { missingGrant: 'remove' } }),
			'entra.findings.missingGrant',
			'There is nothing to remove of missingGrant: say alert, or let its owner decide.',
			'remove',
		],
		[
			'removing a policy when nobody decides',
			entra({ findings: { policyWeakened: { decideWithin: 'PT4H', otherwise: 'remove' } } }),
			'entra.findings.policyWeakened',
			'There is nothing to remove of policyWeakened: say alert, or let its owner decide.',
			'decideWithin: PT4H',
		],
		[
			'a decision in no time',
			entra({ findings: { outOfBand: { decideWithin: 'PT0S' } } }),
			'entra.findings.outOfBand.decideWithin',
			'Give the owner some time to decide, such as PT4H.',
			'PT0S',
		],
		[
			'an emergency account named twice, in whatever letters',
			entra({
				breakGlassAccounts: [
					{ objectId: ID, title: 'First' },
					{ objectId: ID.toUpperCase(), title: 'Second' },
				],
			}),
			'entra.breakGlassAccounts.1.objectId',
			'This account is named already: take one of the two out.',
			ID.toUpperCase(),
		],
		[
			'removals counted over no time',
			entra({ massRemoval: { most: 3, within: 'PT0S' } }),
			'entra.massRemoval.within',
			'Say over which time removals are counted, such as PT1H.',
			'PT0S',
		],
	])('refuses %s', expectOnly)

	test('says what happens, and alerts where it says nothing', () => {
		const text = stringify(
			entra({
				findings: {
					outOfBand: 'remove',
					permanent: { decideWithin: 'PT4H', otherwise: 'remove' },
					wrongEnd: { decideWithin: 'P1D' },
				},
				breakGlassAccounts: [{ objectId: ID.toUpperCase(), title: 'First' }],
			}),
		)
		expect(problemsIn(text)).toEqual([])
		const { charter } = readCharter(text)
		const said = Object.fromEntries(FINDING_KINDS.map((kind) => [kind, reactionTo(charter, kind)]))
		const alert = { do: 'alert' }
		expect(said).toEqual({
			outOfBand: { do: 'remove' },
			permanent: { do: 'decide', withinMs: 4 * 3_600_000, otherwise: 'remove' },
			wrongEnd: { do: 'decide', withinMs: 24 * 3_600_000, otherwise: 'alert' },
			missingGrant: alert,
			wrongScope: alert,
			ineligibleHolder: alert,
			guestOrServicePrincipal: alert,
			policyWeakened: alert,
		})
		expect(breakGlassAccountsOf(charter)).toEqual([{ objectId: ID, title: 'First' }])
		expect(massRemovalOf(charter)).toEqual({ most: 5, withinMs: 3_600_000 })
		expect(beforeGrantingOf(charter)).toEqual({ method: 'warn', passkeys: 'any', conditionalAccess: 'warn' })
		expect(endsSessions(charter)).toBe(false)
		const { charter: silent } = readCharter(stringify(base))
		expect(FINDING_KINDS.map((kind) => reactionTo(silent, kind))).toEqual(FINDING_KINDS.map(() => alert))
		expect(breakGlassAccountsOf(silent)).toEqual([])
	})
})

describe('texts', () => {
	const text = stringify(base)
	const bomb = [
		'a: &a [x,x,x,x,x,x,x,x,x]',
		...['ba', 'cb', 'dc', 'ed', 'fe', 'gf', 'hg'].map(
			([key, of]) => `${key}: &${key} [${Array(9).fill(`*${of}`).join(',')}]`,
		),
	].join('\n')
	test.each<[name: string, text: string, line: number, column: number, message: RegExp]>([
		['ten megabytes', `# ${'x'.repeat(10_000_000)}`, 1, 1, /^A charter takes at most 1000000 bytes/],
		['a little more than fits, in bytes', `# ${'ü'.repeat(500_000)}`, 1, 1, /this one has 1000002\.$/],
		['an alias bomb', bomb, 7, 23, /^A charter uses at most 50 aliases: write it out here\.$/],
		[
			'an alias of nothing',
			'charter: *base\n',
			1,
			10,
			/^Nothing above is marked &base: write it out here\.$/,
		],
		[
			'a duplicate key',
			text.replace('  version: 1', '  version: 1\n  version: 2'),
			5,
			3,
			/^The key version is written twice: keys must be unique, keep one\.$/,
		],
		['two documents', `${text}---\n${text}`, text.split('\n').length, 1, /multiple documents/],
		['no YAML at all', '%PDF-1.7\n stream', 2, 1, /^This cannot be read as YAML: Missing directives-end/],
		['no text at all', '%PDF-1.7\n\u0000\u0001\u0002 stream', 2, 1, /U\+0000/],
		['an open bracket', 'roles: [admin', 1, 14, /end with a \]/],
		['ten thousand open brackets', '['.repeat(10_000), 1, 41, /^This nests more than 40 deep/],
		['an empty text', '', 1, 1, /^A charter begins with its sections: write charter, facilities and roles/],
		[
			'only a comment',
			'# To be written.\n',
			1,
			1,
			/^A charter begins with its sections: write charter, facilities and roles/,
		],
		[
			'a sentence',
			'The charter is to be written.',
			1,
			1,
			/^A charter begins with its sections: write charter, facilities and roles/,
		],
		[
			'a list',
			'- charter\n- roles\n',
			1,
			1,
			/^A charter begins with its sections: write charter, facilities and roles/,
		],
	])('refuses %s', (_name, refused, line, column, message) => {
		const [first] = problemsIn(refused)
		expect(first?.message).toMatch(message)
		expect(first).toMatchObject(column === 0 ? { line, path: '' } : { line, column, path: '' })
	})

	test('keys that every object has are no keys of a charter', () => {
		expect(problemsIn(`${text}__proto__:\n  everyone: {}\n`)[0]?.message).toBe(
			'No key can be called __proto__: give it another name.',
		)
		expect(problemsIn(`${text}constructor: 1\n`)[0]?.message).toMatch(
			/^No key is called constructor here\. Use charter, agreements, /,
		)
	})

	test('names every problem at once, each at its place', () => {
		const input = staged({ from: 'nobody', within: 'PT0S' })
		const written = stringify({ ...input, undisclosedRequester: 'stages-decide' })
		expect(problemsIn(written).map((problem) => `${problem.path}: ${textAt(written, problem)}`)).toEqual([
			'roles.admin.access.stages.0.from: nobody',
			'roles.admin.access.stages.0.within: PT0S',
			'undisclosedRequester: stages-decide',
		])
	})

	test('says the first one in its own message', () => {
		expect(() => readCharter(stringify(staged({ from: 'nobody' })))).toThrow(
			/^This charter cannot be used\. line \d+, column \d+: roles\.admin\.access\.stages\.0\.from No role is called nobody/,
		)
	})
})

function expectOnly(_name: string, input: CharterInput, path: string, message: string, at: string) {
	const text = stringify(input)
	const problems = problemsIn(text)
	expect(problems.map((problem) => [problem.path, problem.message])).toEqual([[path, message]])
	expect(problems.map((problem) => textAt(text, problem))).toEqual([at])
}
