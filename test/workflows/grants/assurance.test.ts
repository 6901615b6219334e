import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BeforeGranting } from '#workflows/charter/entra.schema.ts'
import { judgeAssurance, type Assurance, type SeenBeforeGranting } from '#workflows/grants/assurance.ts'
import type { AssuranceCode } from '#workflows/grants/assurance-codes.ts'
import { tokenTail } from '#workflows/grants/token-tail.ts'
import type { MethodKind } from '#workflows/people/authentication-methods.ts'
import type { PictureMethods, PicturePasskey } from '#workflows/tenant/tenant-picture.ts'
import type { ConditionalAccessPolicy } from '#workflows/tenant/picture-policies.ts'

const ROLE = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const PERSON = '3e6d1b80-93bb-4a8a-9c3e-2f7a0d1b5c22'
const HOLDER = {
	principalId: PERSON,
	place: { kind: 'role' as const, roleDefinitionId: ROLE, directoryScopeId: '/' },
}
const WARN: BeforeGranting = { method: 'warn', passkeys: 'any', conditionalAccess: 'warn' }
const REFUSE: BeforeGranting = { method: 'refuse', passkeys: 'any', conditionalAccess: 'refuse' }

const covering: ConditionalAccessPolicy = {
	id: 'p1',
	displayName: null,
	state: 'enabled',
	modifiedAt: null,
	includeUsers: ['All'],
	excludeUsers: [],
	includeGroups: [],
	excludeGroups: [],
	includeRoles: [],
	excludeRoles: [],
	excludesGuests: false,
	includeApplications: ['All'],
	excludeApplications: [],
	narrowedBy: [],
	operator: 'AND',
	builtInControls: [],
	authenticationStrengthId: '00000000-0000-0000-0000-000000000004',
	hasOtherControls: false,
}
const passkey = (more: Partial<PicturePasskey> = {}): PicturePasskey => ({
	id: 'k',
	aaGuid: null,
	passkeyType: 'deviceBound',
	attestation: 'attested',
	...more,
})
const methods = (kinds: MethodKind[], passkeys: PicturePasskey[] | null = [passkey()]): PictureMethods => ({
	read: true,
	objectId: PERSON,
	kinds,
	passkeys,
	readAt: '2026-11-30T08:00:00.000Z',
})
const good: SeenBeforeGranting = {
	account: { exists: true, accountEnabled: true, isGuest: false },
	methods: methods(['password', 'fido2']),
	conditionalAccess: [covering],
	strengths: [],
	memberOf: new Set(),
	activeRoles: new Set(),
}
const judge = (seen: Partial<SeenBeforeGranting>, ...rules: BeforeGranting[]) =>
	judgeAssurance(rules.length === 0 ? [REFUSE] : rules, { ...good, ...seen }, HOLDER)
const refused = (...codes: AssuranceCode[]): Assurance => ({ refused: codes, warned: [] })
const fine = refused()

describe('before an access is given', () => {
	test('nothing speaks against somebody who has everything', () => {
		expect(judge({}, REFUSE)).toEqual(fine)
	})

	test('an account that is not there or is disabled is refused whatever a charter says', () => {
		const account = { exists: false, accountEnabled: null, isGuest: false }
		expect(judge({ account }, WARN)).toEqual(refused('ACCOUNT_ABSENT'))
		expect(judge({ account: { ...account, exists: true, accountEnabled: false } }, WARN)).toEqual(
			refused('ACCOUNT_DISABLED'),
		)
	})

	test('what could not be read is as if missing', () => {
		const nothing = { account: null, methods: null, conditionalAccess: null }
		const codes: AssuranceCode[] = ['ACCOUNT_UNKNOWN', 'METHOD_UNKNOWN', 'CONDITIONAL_ACCESS_UNKNOWN']
		expect(judge(nothing, REFUSE)).toEqual(refused(...codes))
		expect(judge(nothing, WARN)).toEqual({ refused: [], warned: codes })
	})

	test.each<[string, PictureMethods, BeforeGranting['passkeys'], AssuranceCode | null]>([
		['a passkey', methods(['fido2']), 'any', null],
		['a certificate', methods(['x509Certificate'], []), 'any', null],
		['a telephone', methods(['phone', 'password'], []), 'any', 'METHOD_MISSING'],
		['something unfamiliar', methods(['unfamiliar'], []), 'any', 'METHOD_UNKNOWN'],
		['a synced passkey', methods(['fido2'], [passkey({ passkeyType: 'synced' })]), 'any', null],
		[
			'a synced passkey',
			methods(['fido2'], [passkey({ passkeyType: 'synced' })]),
			'device-bound',
			'METHOD_MISSING',
		],
		[
			'a passkey of unknown kind',
			methods(['fido2'], [passkey({ passkeyType: 'unknown' })]),
			'device-bound',
			'METHOD_UNKNOWN',
		],
		['passkeys without details', methods(['fido2'], null), 'device-bound', 'METHOD_UNKNOWN'],
		['Windows Hello', methods(['windowsHelloForBusiness'], []), 'device-bound', null],
		['Windows Hello', methods(['windowsHelloForBusiness'], []), 'attested', 'METHOD_MISSING'],
		[
			'one that was not attested',
			methods(['fido2'], [passkey({ attestation: 'notAttested' })]),
			'attested',
			'METHOD_MISSING',
		],
		[
			'one that was not attested',
			methods(['fido2'], [passkey({ attestation: 'notAttested' })]),
			'device-bound',
			null,
		],
		['one that was attested', methods(['fido2']), 'attested', null],
		[
			'attested, but synced',
			methods(['fido2'], [passkey({ passkeyType: 'synced' })]),
			'attested',
			'METHOD_MISSING',
		],
		[
			'two, of which one does',
			methods(['fido2'], [passkey({ passkeyType: 'synced' }), passkey()]),
			'attested',
			null,
		],
	])('%s (%#)', (_, seen, passkeys, code) => {
		expect(judge({ methods: seen }, { ...REFUSE, passkeys })).toEqual(code === null ? fine : refused(code))
	})

	test('Conditional Access: missing, or not known where only an exclusion is in doubt', () => {
		expect(judge({ conditionalAccess: [] })).toEqual(refused('CONDITIONAL_ACCESS_MISSING'))
		const excluding = { ...covering, excludeGroups: ['emergency'] }
		expect(judge({ conditionalAccess: [excluding], memberOf: null })).toEqual(
			refused('CONDITIONAL_ACCESS_UNKNOWN'),
		)
		expect(judge({ conditionalAccess: [excluding] })).toEqual(fine)
	})

	test('of an account that cannot be read it is not taken for granted that it is no guest', () => {
		const forMembers = { ...covering, excludesGuests: true }
		expect(judge({ account: null, conditionalAccess: [forMembers] }, WARN)).toEqual({
			refused: [],
			warned: ['ACCOUNT_UNKNOWN', 'CONDITIONAL_ACCESS_MISSING'],
		})
	})

	test('law: with several charters the strictest of each part decides, in whatever order', () => {
		const rule = fc.record<BeforeGranting>({
			method: fc.constantFrom('refuse', 'warn'),
			passkeys: fc.constantFrom('any', 'device-bound', 'attested'),
			conditionalAccess: fc.constantFrom('refuse', 'warn'),
		})
		const seen = fc.record({
			methods: fc.constantFrom(
				null,
				methods([]),
				methods(['fido2'], [passkey({ passkeyType: 'synced' })]),
				methods(['fido2'], [passkey({ attestation: 'unknown' })]),
				methods(['fido2']),
			),
			conditionalAccess: fc.constantFrom(null, [], [covering]),
		})
		fc.assert(
			fc.property(rule, rule, seen, (a, b, what) => {
				const both = judge(what, a, b)
				expect(judge(what, b, a)).toEqual(both)
				for (const alone of [judge(what, a), judge(what, b)]) {
					if (alone.refused.length > 0) expect(both.refused.length).toBeGreaterThan(0)
					if (alone.warned.length > 0) expect(both.refused.length + both.warned.length).toBeGreaterThan(0)
				}
			}),
		)
	})
})

describe('how long tokens outlive an access', () => {
	const removedAt = '2026-11-30T08:00:00.000Z'
	test('a change of roles is not among what continuous access evaluation tells of', () => {
		expect(tokenTail({ removedAt, sessionsEndedAt: null })).toEqual({
			plain: '2026-11-30T09:30:00.000Z',
			evaluated: '2026-12-01T12:00:00.000Z',
		})
	})
	test('ended sessions are', () => {
		expect(tokenTail({ removedAt, sessionsEndedAt: '2026-11-30T08:00:05.000Z' }).evaluated).toBe(
			'2026-11-30T08:15:05.000Z',
		)
	})
	test('sessions that were ended before the removal could begin anew', () => {
		expect(tokenTail({ removedAt, sessionsEndedAt: '2026-11-30T07:59:00.000Z' }).evaluated).toBe(
			'2026-12-01T12:00:00.000Z',
		)
	})
})
