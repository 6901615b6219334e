import { describe, expect, test } from 'vitest'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import { judgeAssurance } from '#workflows/grants/assurance.ts'
import type { PictureMethods, PicturePasskey } from '#workflows/tenant/tenant-picture.ts'
import type { RoleHolding } from '#workflows/tenant/picture-holdings.ts'
import {
	ALWAYS,
	AT,
	charterInput,
	charterWith,
	operator,
	type CharterInput,
} from '#test/factories/charter.ts'
import { charterSchema } from '#workflows/charter/charter.schema.ts'
import { endsToday, GOVERNED_ROLE, judged, problemsIn, signsInWith } from './judged-tenant.ts'
import { user } from './picture-parts.ts'

const OTHER_ROLE = 'b1be1c3e-b65d-4f19-8427-f6fa0d97feb9'
const [WEST, EAST] = [1, 2].map((n) => `/administrativeUnits/5eed0000-0000-4000-8000-00000000000${n}`) as [
	string,
	string,
]

/** A charter with more roles that give places, of which these are never active together. */
function apart(
	pairs: [string, string][],
	roles: Record<string, { roleTemplateId: string; scope: string }>,
): Charter {
	const input = charterInput()
	const { admin } = input.roles
	if (!admin?.access) throw new Error('The charter of the tests has no role that is asked for.')
	for (const [key, entra] of Object.entries(roles))
		input.roles[key] = { ...admin, title: key, access: { ...admin.access, entra: { ...entra, name: key } } }
	return charterSchema.parse({
		...input,
		separationOfDuty: pairs.length === 0 ? undefined : { neverActiveTogether: pairs },
	})
}
const SECOND = { ca: { roleTemplateId: OTHER_ROLE, scope: '/' } }

describe('two roles that are never active together', () => {
	const second = (given: Partial<RoleHolding> = {}) =>
		endsToday('a', { roleDefinitionId: OTHER_ROLE, scheduleId: 't', ...given })
	const verdicts = (charter: Charter, roleHoldings: RoleHolding[], facts: PersonFacts | null = operator()) =>
		judged(
			{ users: [user('a')], methods: [signsInWith('a', 'fido2')], roleHoldings },
			{ charter, people: facts === null ? {} : { a: facts } },
		).lines.map(({ verdict, codes }) => [verdict, codes])

	test('are both refused to whoever is active in both, as the decision on either would be', () => {
		const charter = apart([['admin', 'ca']], SECOND)
		const facts = operator({ live: [{ role: 'ca', ...ALWAYS }] })
		const real = judge(charter, facts, { role: 'admin', part: 'requester', at: AT, durationMs: 0 })
		expect(real.permit ? [] : real.denials.map(({ code }) => code)).toEqual(['SEPARATION_ACTIVE'])
		expect(verdicts(charter, [endsToday('a'), second()])).toEqual([
			['refused', ['SEPARATION_ACTIVE']],
			['refused', ['SEPARATION_ACTIVE']],
		])
		expect(verdicts(charter, [endsToday('a'), second()], operator({ clearances: [] }))).toEqual([
			['refused', ['CLEARANCE', 'SEPARATION_ACTIVE']],
			['refused', ['CLEARANCE', 'SEPARATION_ACTIVE']],
		])
	})

	test('are well where one of them is not active, is held by another, or is no such pair', () => {
		const charter = apart([['admin', 'ca']], SECOND)
		const well = [
			['permitted', []],
			['permitted', []],
		]
		expect(verdicts(charter, [endsToday('a'), second({ how: 'eligible' })])).toEqual(well)
		expect(verdicts(apart([], SECOND), [endsToday('a'), second()])).toEqual(well)
		expect(verdicts(charter, [endsToday('b'), second()])[1]).toEqual(['permitted', []])
		expect(verdicts(charter, [endsToday('a'), second()], null)).toEqual([
			['unknownPerson', []],
			['unknownPerson', []],
		])
	})

	test('are both held by whoever holds for the whole tenant what each gives in a part of it', () => {
		const charter = apart([['west', 'east']], {
			west: { roleTemplateId: OTHER_ROLE, scope: WEST },
			east: { roleTemplateId: OTHER_ROLE, scope: EAST },
		})
		expect(verdicts(charter, [second()])).toEqual([['refused', ['SEPARATION_ACTIVE']]])
		expect(verdicts(charter, [second({ directoryScopeId: WEST })])).toEqual([['permitted', []]])
	})
})

test('whom the charter lets benefit is permitted, and whoever neither asks nor benefits is refused for the least', () => {
	const { access } = charterInput().roles.admin ?? {}
	if (!access) throw new Error('The charter of the tests has no role that is asked for.')
	const charter = charterWith({ access: { ...access, benefits: ['chief'] } })
	const lineOf = (facts: PersonFacts) =>
		judged(
			{ users: [user('a')], methods: [signsInWith('a', 'fido2')], roleHoldings: [endsToday('a')] },
			{ charter, people: { a: facts } },
		).lines[0]
	const chief = operator({ appointments: [{ role: 'chief', ...ALWAYS }] })
	expect(judge(charter, chief, { role: 'admin', part: 'beneficiary', at: AT, durationMs: 0 }).permit).toBe(
		true,
	)
	expect(lineOf(chief)).toMatchObject({ verdict: 'permitted', codes: [] })
	expect(lineOf(operator())).toMatchObject({ verdict: 'permitted', codes: [] })
	expect(lineOf(operator({ appointments: [] }))).toMatchObject({ verdict: 'refused', codes: ['APPOINTMENT'] })
})

describe('what the charter asks of passkeys', () => {
	const passkey = (given: Partial<PicturePasskey> = {}): PicturePasskey => ({
		id: 'k',
		aaGuid: null,
		passkeyType: 'synced',
		attestation: 'notAttested',
		...given,
	})
	type Asked = NonNullable<NonNullable<CharterInput['entra']>['beforeGranting']>['passkeys']
	const found = (passkeys: Asked, methods: PictureMethods) => {
		const charter = charterWith({}, { entra: { beforeGranting: { method: 'refuse', passkeys } } })
		const report = judged(
			{ users: [user('a')], methods: [methods], roleHoldings: [endsToday('a')] },
			{ charter, people: { a: operator() } },
		)
		const rule = charter.entra?.beforeGranting
		const seen = { account: { exists: true, accountEnabled: true, isGuest: false }, methods }
		const unread = { conditionalAccess: null, strengths: null, memberOf: null, activeRoles: null }
		const place = { kind: 'role' as const, roleDefinitionId: GOVERNED_ROLE, directoryScopeId: '/' }
		const real = judgeAssurance(rule ? [rule] : [], { ...seen, ...unread }, { principalId: 'a', place })
		return {
			method: report.lines[0]?.method,
			problems: problemsIn(report),
			refused: real.refused,
			score: report.sections.find(({ key }) => key === 'signIn')?.score,
		}
	}
	const withKeys = (passkeys: PicturePasskey[] | null) => ({ ...signsInWith('a', 'fido2'), passkeys })

	test('is asked of holders as it is before an access is given', () => {
		const synced = withKeys([passkey()])
		expect(found('device-bound', synced)).toEqual({
			method: 'no',
			problems: ['noResistantMethod admin'],
			refused: ['METHOD_MISSING'],
			score: 0.5,
		})
		const well = { method: 'yes', problems: [], refused: [], score: 1 }
		expect(found('any', synced)).toEqual(well)
		const bound = withKeys([passkey({ passkeyType: 'deviceBound' })])
		expect(found('device-bound', bound)).toEqual(well)
		expect(found('attested', bound)).toMatchObject({ method: 'no', refused: ['METHOD_MISSING'] })
	})

	test('is not known where nobody could read which passkeys somebody has', () => {
		expect(found('device-bound', withKeys(null))).toMatchObject({
			method: 'unknown',
			problems: ['methodUnknown admin'],
			refused: ['METHOD_UNKNOWN'],
			score: 0.5,
		})
	})
})
