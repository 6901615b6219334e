import { describe, expect, it } from 'vitest'
import { compareReports } from '#workflows/tenant/readiness/compare.ts'
import { hidesHolders, kindsNotJudged } from '#workflows/tenant/readiness/needs.ts'
import type { ProblemKind } from '#workflows/tenant/readiness/report.schema.ts'
import type { PicturePart } from '#workflows/tenant/tenant-picture.ts'
import type { GroupList } from '#workflows/tenant/picture-holdings.ts'
import { operator } from '#test/factories/charter.ts'
import { charterOfGroup, endsToday, GOVERNED_ROLE, judged, problemsIn, signsInWith } from './judged-tenant.ts'
import { group, user } from './picture-parts.ts'

/** What a report could not see must not pass for mended. */

const known = { people: { a: operator() } }
const users = [user('a')]
const methods = [signsInWith('a', 'fido2')]
const mendedIn = (before: ReturnType<typeof judged>, after: ReturnType<typeof judged>) =>
	compareReports(before, after).problems.filter((one) => one.mended.length > 0 || one.after < one.before)

it('a method that could not be read any more is no method that is well', () => {
	const roleHoldings = [endsToday('a')]
	const before = judged({ users, roleHoldings, methods: [signsInWith('a', 'password')] }, known)
	const refused = [{ read: false as const, objectId: 'a', why: 'forbidden' as const }]
	const after = judged({ users, roleHoldings, methods: refused }, known)
	expect([problemsIn(before), problemsIn(after)]).toEqual([
		['noResistantMethod admin'],
		['methodUnknown admin'],
	])
	expect(kindsNotJudged(after)).toContain('noResistantMethod')
	expect(mendedIn(before, after)).toEqual([])
	// Of one of two it is known that they have none: that stays told, and the other is not taken for mended.
	const two = {
		users: [user('a'), user('b')],
		roleHoldings: [endsToday('a'), endsToday('b')],
	}
	const both = judged(
		{ ...two, methods: [signsInWith('a', 'password'), signsInWith('b', 'password')] },
		known,
	)
	const one = judged({ ...two, methods: [...refused, signsInWith('b', 'password')] }, known)
	expect(mendedIn(both, one)).toEqual([])
	const mended = judged({ ...two, methods: [signsInWith('a', 'fido2'), signsInWith('b', 'password')] }, known)
	expect(mendedIn(both, mended)).toMatchObject([{ kind: 'noResistantMethod', mended: ['a'] }])
})

it.each(['members', 'owners', 'active', 'eligible', 'scheduled'] as const)(
	'a guest does not vanish with the %s of a group that nobody could read',
	(list) => {
		const guest = [user('a', { userType: 'guest' })]
		const roleHoldings = [endsToday('g', { principalKind: 'group' })]
		const members = [{ objectId: 'a', kind: 'user' as const, isDirect: true }]
		const before = judged({ users: guest, methods, roleHoldings, groups: [group('g', { members })] }, known)
		expect(problemsIn(before)).toEqual(['guestHolds admin'])
		const after = judged(
			{ users: guest, methods, roleHoldings, groups: [group('g', { unread: [list] })] },
			known,
		)
		expect(mendedIn(before, after)).toEqual([])
		const isGone = judged({ users: guest, methods, roleHoldings, groups: [group('g')] }, known)
		expect(mendedIn(before, isGone)).toMatchObject([{ kind: 'guestHolds', mended: ['a'] }])
	},
)

it('an account of which nobody could read what it is may be a guest, and a disabled one', () => {
	const after = judged(
		{ users: [user('a', { userType: 'unknown' })], methods, roleHoldings: [endsToday('a')] },
		known,
	)
	expect(problemsIn(after)).toEqual(['accountUnknown admin'])
	for (const kind of ['guestHolds', 'disabledHolds'] as const) expect(kindsNotJudged(after)).toContain(kind)
	expect(kindsNotJudged(after)).not.toContain('permanent')
})

it.each<[PicturePart, string[], ProblemKind]>([
	['roleEligibilities', ['people', 'accounts', 'duration', 'signIn'], 'standingEligible'],
	['roleSchedules', ['people', 'accounts', 'duration', 'signIn'], 'permanent'],
	['groups', ['people', 'accounts', 'duration', 'signIn'], 'unknownPersonHolds'],
	['users', ['accounts'], 'guestHolds'],
	['servicePrincipals', ['accounts'], 'disabledHolds'],
	['conditionalAccess', ['signIn'], 'noPolicy'],
	['rolePolicies', ['places'], 'policyTooLong'],
])('without %s nothing is said to be well of what it may hide', (part, dark, hidden) => {
	const before = judged({
		users: [user('a', { userType: 'guest', accountEnabled: false })],
		methods: [signsInWith('a', 'password')],
		roleHoldings: [endsToday('a', { until: null }), endsToday('a', { how: 'eligible', until: null })],
		conditionalAccess: [],
		rolePolicies: [
			{
				place: { kind: 'role', roleDefinitionId: GOVERNED_ROLE },
				maximumAssignment: 'P180D',
				isExpirationRequired: false,
				maximumActivation: null,
				assignmentRules: [],
				activationRules: [],
				needsApproval: null,
			},
		],
	})
	const after = (unread: readonly PicturePart[]) =>
		judged({ users, methods, roleHoldings: [endsToday('a')] }, { ...known, unread })
	const mended = (unread: readonly PicturePart[]) => mendedIn(before, after(unread)).map(({ kind }) => kind)
	expect(mended([])).toContain(hidden)
	expect(mended([part])).not.toContain(hidden)
	const darkened = after([part]).sections.filter(({ score }) => score === 0)
	expect(darkened.map(({ key }) => key)).toEqual(dark)
})

it('a policy of which it is not known whether it covers somebody does not mend what was wrong with it', () => {
	const after = judged({ authenticationStrengths: [] }, { unread: ['authenticationStrengths'] })
	for (const kind of ['noPolicy', 'policyReportOnly', 'policyExcludes', 'policyWeak'] as const)
		expect(kindsNotJudged(after)).toContain(kind)
})

describe('a governed group of which nobody could read who is in it', () => {
	const GROUP = '11111111-1111-4111-8111-111111111111'
	const charter = charterOfGroup(GROUP)
	const everyList: GroupList[] = ['members', 'owners', 'active', 'eligible', 'scheduled']
	const ofHolders = ({ sections }: ReturnType<typeof judged>) =>
		sections.filter(({ key }) => ['people', 'accounts', 'duration', 'signIn'].includes(key))

	it('is one thing that is not known in every section about holders, by the formula that is shown', () => {
		for (const unread of [everyList, ...everyList.map((list) => [list])])
			for (const { roles, judged: known, unknown, score, certainty } of ofHolders(
				judged({ groups: [group(GROUP, { unread })] }, { charter }),
			)) {
				expect(unknown).toBe(1)
				expect([score, certainty]).toEqual([known / (roles + unknown), roles / (roles + unknown)])
			}
	})

	it('hides nothing where it is read, is gone, or only lists of PIM are unread where there is no PIM for groups', () => {
		const whole = (given: Parameters<typeof group>[1], unread: PicturePart[] = []) =>
			ofHolders(judged({ groups: [group(GROUP, given)] }, { charter, unread })).map(({ unknown }) => unknown)
		expect(whole({})).toEqual([0, 0, 0, 0])
		expect(whole({ exists: false, unread: everyList })).toEqual([0, 0, 0, 0])
		expect(whole({ unread: ['requests', 'policies', 'properties'] })).toEqual([0, 0, 0, 0])
		const unlicensed = {
			groupSchedules: { read: false, why: 'forbidden', code: 'AadPremiumLicenseRequired' },
		} as const
		const read = { groupSchedules: { read: true } } as const
		expect(hidesHolders(['active', 'eligible', 'scheduled'], unlicensed)).toBe(false)
		expect(hidesHolders(['active'], read)).toBe(true)
		expect(hidesHolders(['owners'], unlicensed)).toBe(true)
	})

	it('is not known as well where the picture does not have it at all, and nothing in it is called mended', () => {
		const report = judged({}, { charter })
		expect(problemsIn(report)).toContain(`partUnknown group ${GROUP}`)
		expect(ofHolders(report).map(({ unknown }) => unknown)).toEqual([1, 1, 1, 1])
		for (const kind of ['guestHolds', 'permanent', 'noResistantMethod', 'groupUnfit'] as const)
			expect(kindsNotJudged(report)).toContain(kind)
		expect(problemsIn(judged({ groups: [group(GROUP)] }, { charter }))).toEqual([])
	})
})
