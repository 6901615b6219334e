import { describe, expect, test } from 'vitest'
import { comparePolicies, type PolicyBaselines } from '#workflows/grants/weakened-policies.ts'
import { conditionalAccessOf, rolePoliciesOf, strengthsOf } from '#workflows/tenant/assemble-policies.ts'
import { conditionalAccessRow, rolePolicyRow, strengthRow } from '#workflows/tenant/graph-rows.ts'
import type { PicturePart, TenantPicture } from '#workflows/tenant/tenant-picture.ts'
import { pictureOf } from '../tenant/picture-parts.ts'

/** Policies as Graph writes them, so that what is compared is what a reader makes of them. */

const STRONG = 'aaaaaaaa-0000-4000-8000-000000000001'
const GROUP = '0a6f4a7e-52fb-4d0b-8c0a-1d8f5c5f4c11'
const ROLE = 'fe930be7-5e62-47db-91af-98c3a49a38b1'

type Row = Record<string, unknown>
const usual = {
	users: { includeRoles: [ROLE] },
	applications: { includeApplications: ['All'] },
	clientAppTypes: ['all'],
}
const demand = (
	strength: string | null,
	controls: string[],
	operator: 'AND' | 'OR' = 'OR',
	more: Row = {},
) => ({
	operator,
	builtInControls: controls,
	authenticationStrength: strength === null ? null : { id: strength },
	...more,
})
const access = (more: Row = {}): Row => ({
	id: 'CA-1',
	displayName: 'Keys',
	state: 'enabled',
	conditions: usual,
	grantControls: demand(STRONG, []),
	...more,
})
const whom = (users: Row, more: Row = {}) => access({ conditions: { ...usual, users, ...more } })
const when = (conditions: Row) => access({ conditions: { ...usual, ...conditions } })
const strength = (allowedCombinations: string[], id = STRONG) => ({
	id,
	displayName: null,
	allowedCombinations,
})

function picture(
	rows: readonly Row[],
	{
		strengths = [strength(['fido2'])],
		policies = [],
		unread = [],
	}: { strengths?: Row[]; policies?: readonly Row[]; unread?: readonly PicturePart[] } = {},
): TenantPicture {
	return pictureOf(
		{
			conditionalAccess: rows.map((row) => conditionalAccessOf(conditionalAccessRow.parse(row))),
			authenticationStrengths: strengthsOf(strengths.map((row) => strengthRow.parse(row))),
			rolePolicies: rolePoliciesOf(policies.map((row) => rolePolicyRow.parse(row))),
		},
		unread,
	)
}
const remember = (seen: TenantPicture, before: PolicyBaselines = new Map(), groups = [GROUP]) =>
	comparePolicies(seen, before, groups).baselines
const reasons = (seen: TenantPicture, before: PolicyBaselines, groups = [GROUP]) =>
	comparePolicies(seen, before, groups).differences.flatMap(({ reasons: found }) => [...found])
const weaker = (then: Row, now: Row) => reasons(picture([now]), remember(picture([then])))

describe('a policy of Conditional Access is weaker', () => {
	test.each<[string, Row, Row, string[]]>([
		['that is switched off', access(), access({ state: 'disabled' }), ['OFF']],
		['that only reports', access(), access({ state: 'enabledForReportingButNotEnforced' }), ['REPORT_ONLY']],
		['that covers one role fewer', whom({ includeRoles: [ROLE, 'b'] }), access(), ['FEWER_INCLUDED']],
		['that covers some instead of all', whom({ includeUsers: ['All'] }), access(), ['FEWER_INCLUDED']],
		[
			'that covers guests no more',
			whom({
				includeRoles: [ROLE],
				includeGuestsOrExternalUsers: { guestOrExternalUserTypes: 'b2bCollaborationGuest' },
			}),
			access(),
			['FEWER_INCLUDED'],
		],
		[
			'that one application is left of',
			access(),
			when({ applications: { includeApplications: ['MicrosoftAdminPortals'] } }),
			['FEWER_INCLUDED'],
		],
		[
			'that another authentication context asks for',
			when({ applications: { includeAuthenticationContextClassReferences: ['c1', 'c2'] } }),
			when({ applications: { includeAuthenticationContextClassReferences: ['c1'] } }),
			['FEWER_INCLUDED'],
		],
		[
			'that leaves out a group',
			access(),
			whom({ includeRoles: [ROLE], excludeGroups: ['g'] }),
			['MORE_EXCLUDED'],
		],
		[
			'that leaves out guests of another kind',
			whom({
				includeRoles: [ROLE],
				excludeGuestsOrExternalUsers: { guestOrExternalUserTypes: 'serviceProvider' },
			}),
			whom({
				includeRoles: [ROLE],
				excludeGuestsOrExternalUsers: { guestOrExternalUserTypes: 'serviceProvider,internalGuest' },
			}),
			['MORE_EXCLUDED'],
		],
		[
			'that a condition narrows',
			access(),
			when({ platforms: { includePlatforms: ['windows'] } }),
			['NARROWED'],
		],
		[
			'of which a condition names less',
			when({ platforms: { includePlatforms: ['all'] }, signInRiskLevels: ['medium', 'high'] }),
			when({ platforms: { includePlatforms: ['windows'] }, signInRiskLevels: ['medium', 'high'] }),
			['NARROWED'],
		],
		[
			'of which a risk level is gone',
			when({ signInRiskLevels: ['medium', 'high'] }),
			when({ signInRiskLevels: ['high'] }),
			['NARROWED'],
		],
		[
			'of which a condition leaves out a place',
			when({ locations: { includeLocations: ['All'] } }),
			when({ locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } }),
			['NARROWED'],
		],
		[
			'whose filter is another one',
			when({ devices: { deviceFilter: { mode: 'exclude', rule: 'device.isCompliant -eq True' } } }),
			when({ devices: { deviceFilter: { mode: 'exclude', rule: 'device.model -ne "x"' } } }),
			['FILTER_CHANGED'],
		],
		['that demands nothing', access(), access({ grantControls: null }), ['FEWER_CONTROLS']],
		[
			'that demands any second factor',
			access(),
			access({ grantControls: demand(null, ['mfa']) }),
			['FEWER_CONTROLS'],
		],
		[
			'whose terms of use are gone beside a control that stays',
			access({ grantControls: demand(null, ['mfa'], 'AND', { termsOfUse: ['t'] }) }),
			access({ grantControls: demand(null, ['mfa'], 'AND') }),
			['FEWER_CONTROLS'],
		],
		['that blocks no more', access({ grantControls: demand(null, ['block']) }), access(), ['FEWER_CONTROLS']],
		[
			'whose strength has any second factor beside it',
			access(),
			access({ grantControls: demand(STRONG, ['mfa'], 'OR') }),
			['ANY_CONTROL'],
		],
		[
			'whose control has another beside it',
			access({ grantControls: demand(null, ['mfa']) }),
			access({ grantControls: demand(null, ['mfa', 'compliantDevice'], 'OR') }),
			['ANY_CONTROL'],
		],
		[
			'of which one of two is enough',
			access({ grantControls: demand(null, ['mfa', 'compliantDevice'], 'AND') }),
			access({ grantControls: demand(null, ['mfa', 'compliantDevice'], 'OR') }),
			['ANY_CONTROL'],
		],
		[
			'that one may sign in to for longer',
			access({
				sessionControls: {
					signInFrequency: { isEnabled: true, value: 4, type: 'hours', frequencyInterval: 'timeBased' },
				},
			}),
			access({
				sessionControls: {
					signInFrequency: { isEnabled: true, value: 1, type: 'days', frequencyInterval: 'timeBased' },
				},
			}),
			['LONGER_SESSION'],
		],
		[
			'that does not ask each time any more',
			access({ sessionControls: { signInFrequency: { isEnabled: true, frequencyInterval: 'everyTime' } } }),
			access({ sessionControls: { signInFrequency: { isEnabled: false, frequencyInterval: 'everyTime' } } }),
			['LONGER_SESSION'],
		],
		[
			'that lets the browser stay signed in',
			access({ sessionControls: { persistentBrowser: { isEnabled: true, mode: 'never' } } }),
			access(),
			['LONGER_SESSION'],
		],
		[
			'of which a control of the session is gone',
			access({ sessionControls: { secureSignInSession: { isEnabled: true } } }),
			access({ sessionControls: { secureSignInSession: { isEnabled: false } } }),
			['FEWER_SESSION_CONTROLS'],
		],
	])('%s', (_, then, now, expected) => {
		expect(weaker(then, now)).toEqual(expected)
		// It is as strict again when it is what it was.
		expect(weaker(then, then)).toEqual([])
	})

	test.each<[string, Row, Row]>([
		['all users in place of a role', access(), whom({ includeUsers: ['All'] })],
		['all applications in place of one', when({ applications: { includeApplications: ['x'] } }), access()],
		['a strength in place of any second factor', access({ grantControls: demand(null, ['mfa']) }), access()],
		[
			'one of two that were enough',
			access({ grantControls: demand(null, ['mfa', 'compliantDevice'], 'OR') }),
			access({ grantControls: demand(null, ['mfa']) }),
		],
		[
			'a control beside it that is needed as well',
			access(),
			access({ grantControls: demand(STRONG, ['compliantDevice'], 'AND') }),
		],
		['a condition that is gone', when({ platforms: { includePlatforms: ['windows'] } }), access()],
		[
			'all platforms in place of some',
			when({ platforms: { includePlatforms: ['windows'] } }),
			when({ platforms: { includePlatforms: ['all'] } }),
		],
		[
			'an annotation of the answer that is gone',
			when({
				platforms: {
					'@odata.type': '#microsoft.graph.conditionalAccessPlatforms',
					includePlatforms: ['windows'],
				},
			}),
			when({ platforms: { includePlatforms: ['windows'] } }),
		],
		['block in place of a control', access(), access({ grantControls: demand(null, ['block']) })],
	])('is not one with %s', (_, then, now) => {
		expect(weaker(then, now)).toEqual([])
	})

	test('whose strength lets more pass, also where nobody could read it in between', () => {
		const before = remember(picture([access()]))
		const unread = picture([access()], { unread: ['authenticationStrengths'] })
		expect(reasons(unread, before)).toEqual([])
		const after = remember(unread, before)
		const lax = picture([access()], { strengths: [strength(['fido2', 'password,sms'])] })
		expect(reasons(lax, after)).toEqual(['WEAKER_STRENGTH'])
	})

	test('whose strength became another that could not be read at first', () => {
		const before = remember(picture([access()]))
		const changed = access({ grantControls: demand('other', []) })
		const after = remember(picture([changed], { unread: ['authenticationStrengths'] }), before)
		const lax = picture([changed], { strengths: [strength(['password,sms'], 'other')] })
		expect(reasons(lax, after)).toEqual(['WEAKER_STRENGTH'])
	})

	test('that was seen in a state that nobody understands, and then off', () => {
		const before = remember(picture([access()]))
		const after = remember(picture([access({ state: 'paused' })]), before)
		expect(reasons(picture([access({ state: 'disabled' })]), after)).toEqual(['OFF'])
	})

	test('by what is read today, where it was remembered before that was read', () => {
		const then = access({ sessionControls: { persistentBrowser: { isEnabled: true, mode: 'never' } } })
		const old = new Map(
			[...remember(picture([then]))].map(([key, baseline]) => {
				const stored: typeof baseline = structuredClone(baseline)
				delete stored.policy.details
				return [key, stored]
			}),
		)
		expect(reasons(picture([access()]), old)).toEqual([])
		// One that stays found is held to what it says today as well.
		const off = { ...then, state: 'disabled' }
		expect(reasons(picture([{ ...access(), state: 'disabled' }]), remember(picture([off]), old))).toEqual([
			'OFF',
			'LONGER_SESSION',
		])
	})
})

const rule = (id: string, more: Row) => ({ id, ...more })
const rules = [
	rule('Expiration_Admin_Assignment', { isExpirationRequired: true, maximumDuration: 'P15D' }),
	rule('Expiration_Admin_Eligibility', { isExpirationRequired: true, maximumDuration: 'P180D' }),
	rule('Expiration_EndUser_Assignment', { isExpirationRequired: true, maximumDuration: 'PT8H' }),
	rule('Enablement_Admin_Assignment', { enabledRules: ['Justification', 'MultiFactorAuthentication'] }),
	rule('Enablement_EndUser_Assignment', { enabledRules: ['Justification'] }),
	rule('Approval_EndUser_Assignment', {
		setting: {
			isApprovalRequired: true,
			approvalStages: [
				{ primaryApprovers: [{ '@odata.type': '#microsoft.graph.singleUser', userId: 'U1' }] },
			],
		},
	}),
	rule('AuthenticationContext_EndUser_Assignment', { isEnabled: true, claimValue: 'c1' }),
]
const ofRole = (given: readonly Row[] = rules): Row => ({
	scopeId: '/',
	scopeType: 'DirectoryRole',
	roleDefinitionId: ROLE,
	policy: { rules: given },
})
const ofGroup = (relation: string, given: readonly Row[] = rules): Row => ({
	scopeId: GROUP.toUpperCase(),
	scopeType: 'Group',
	roleDefinitionId: relation,
	policy: { rules: given },
})
const changed = (id: string, more: Row) => rules.map((one) => (one.id === id ? rule(id, more) : one))

describe('a policy of PIM is weaker', () => {
	test.each<[string, readonly Row[]]>([
		[
			'LONGER_ASSIGNMENT',
			changed('Expiration_Admin_Assignment', { isExpirationRequired: true, maximumDuration: 'P1Y' }),
		],
		[
			'NO_EXPIRATION',
			changed('Expiration_Admin_Assignment', { isExpirationRequired: false, maximumDuration: 'P15D' }),
		],
		[
			'LONGER_ELIGIBILITY',
			changed('Expiration_Admin_Eligibility', { isExpirationRequired: true, maximumDuration: 'P365D' }),
		],
		[
			'NO_ELIGIBILITY_END',
			changed('Expiration_Admin_Eligibility', { isExpirationRequired: false, maximumDuration: 'P180D' }),
		],
		[
			'LONGER_ACTIVATION',
			changed('Expiration_EndUser_Assignment', { isExpirationRequired: true, maximumDuration: 'P1D' }),
		],
		['FEWER_RULES', changed('Enablement_Admin_Assignment', { enabledRules: ['Justification'] })],
		['FEWER_RULES', changed('Enablement_EndUser_Assignment', { enabledRules: [] })],
		['NO_APPROVAL', changed('Approval_EndUser_Assignment', { setting: { isApprovalRequired: false } })],
		[
			'MORE_APPROVERS',
			changed('Approval_EndUser_Assignment', {
				setting: {
					isApprovalRequired: true,
					approvalStages: [{ primaryApprovers: [{ userId: 'u1' }, { groupId: 'g1' }] }],
				},
			}),
		],
		[
			'NO_CONTEXT',
			changed('AuthenticationContext_EndUser_Assignment', { isEnabled: false, claimValue: 'c1' }),
		],
		[
			'NO_CONTEXT',
			changed('AuthenticationContext_EndUser_Assignment', { isEnabled: true, claimValue: 'c2' }),
		],
	])('%s', (code, now) => {
		const before = remember(picture([], { policies: [ofRole()] }))
		expect(reasons(picture([], { policies: [ofRole()] }), before)).toEqual([])
		expect(reasons(picture([], { policies: [ofRole(now)] }), before)).toEqual([code])
	})

	test('that of a role is gone where roles were read and it is not among them', () => {
		const before = remember(picture([], { policies: [ofRole()] }))
		expect(reasons(picture([]), before)).toEqual(['GONE'])
		expect(reasons(picture([], { unread: ['rolePolicies'] }), before)).toEqual([])
	})

	test('that of a group is gone only where another of the same group was read', () => {
		const both = picture([], { policies: [ofRole(), ofGroup('member'), ofGroup('owner')] })
		const before = remember(both)
		// The group refused, or is not there yet: of it nothing is known, though roles were read.
		const without = picture([], { policies: [ofRole()] })
		expect(reasons(without, before)).toEqual([])
		expect(remember(without, before)).toEqual(before)
		expect(reasons(picture([], { policies: [ofRole(), ofGroup('owner')] }), before)).toEqual(['GONE'])
	})

	test('that of a group is still known where those of roles could not be read', () => {
		const before = remember(picture([], { policies: [ofRole(), ofGroup('member')] }))
		const lax = ofGroup(
			'member',
			changed('Approval_EndUser_Assignment', { setting: { isApprovalRequired: false } }),
		)
		expect(reasons(picture([], { policies: [lax], unread: ['rolePolicies'] }), before)).toEqual([
			'NO_APPROVAL',
		])
	})

	test('that of a group which the charter does not govern any more is not asked after', () => {
		const before = remember(picture([], { policies: [ofGroup('member'), ofGroup('owner')] }))
		expect(reasons(picture([], { policies: [ofGroup('owner')] }), before, ['another'])).toEqual([])
	})
})
