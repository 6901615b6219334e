import { describe, expect, test } from 'vitest'
import {
	coverageOf,
	isPhishingResistant,
	type CoverageGap,
	type Holder,
} from '#workflows/tenant/conditional-access.ts'
import type { ConditionalAccessPolicy } from '#workflows/tenant/picture-policies.ts'

const ROLE = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const GROUP = '0a6f4a7e-52fb-4d0b-8c0a-1d8f5c5f4c11'
const OTHER_ROLE = '729827e3-9c14-49f7-bb1b-9608f156bbb8'
const UNIT = '/administrativeUnits/5c2e3a1b-0b1f-4c39-9d3c-1f0f6f3f2a10'
const PERSON = '3e6d1b80-93bb-4a8a-9c3e-2f7a0d1b5c22'
const STRONG = {
	id: 's-strong',
	displayName: null,
	allowedCombinations: ['fido2', 'windowsHelloForBusiness'],
}
const MIXED = { id: 's-mixed', displayName: null, allowedCombinations: ['fido2', 'password,sms'] }

const policy = (more: Partial<ConditionalAccessPolicy> = {}): ConditionalAccessPolicy => ({
	id: 'p1',
	displayName: 'Administrators',
	state: 'enabled',
	modifiedAt: null,
	includeUsers: [],
	excludeUsers: [],
	includeGroups: [],
	excludeGroups: [],
	includeRoles: [ROLE],
	excludeRoles: [],
	excludesGuests: false,
	includeApplications: ['All'],
	excludeApplications: [],
	narrowedBy: [],
	operator: 'OR',
	builtInControls: [],
	authenticationStrengthId: STRONG.id,
	hasOtherControls: false,
	...more,
})
const holder = (more: Partial<Holder> = {}): Holder => ({
	principalId: PERSON,
	isGuest: false,
	place: { kind: 'role', roleDefinitionId: ROLE, directoryScopeId: '/' },
	memberOf: null,
	activeRoles: null,
	...more,
})
const judged = (more: Partial<ConditionalAccessPolicy>, who: Partial<Holder> = {}) =>
	coverageOf([policy(more)], [STRONG, MIXED], holder(who))

describe('who is held to phishing-resistant sign-in', () => {
	const covered = { is: 'covered', by: ['p1'] }
	test.each<[string, Partial<ConditionalAccessPolicy>, Partial<Holder>]>([
		['by the role', {}, {}],
		['by the role, in whatever letters', { includeRoles: [ROLE.toUpperCase()] }, {}],
		['by all users', { includeRoles: [], includeUsers: ['All'] }, {}],
		['by the account', { includeRoles: [], includeUsers: [PERSON] }, {}],
		[
			'by the group that gives the place',
			{ includeRoles: [], includeGroups: [GROUP] },
			{ place: { kind: 'group', groupId: GROUP, relation: 'member' } },
		],
		[
			'by a group that they are in',
			{ includeRoles: [], includeGroups: [GROUP] },
			{ memberOf: new Set([GROUP]) },
		],
		['as a guest', { includeRoles: [], includeUsers: ['GuestsOrExternalUsers'] }, { isGuest: true }],
		['where the excluded group is not theirs', { excludeGroups: [GROUP] }, { memberOf: new Set(['other']) }],
		['where guests are left out and they are none', { excludesGuests: true }, {}],
		[
			'by all users, also in a part of the tenant',
			{ includeRoles: [], includeUsers: ['all'] },
			{ place: { kind: 'role', roleDefinitionId: ROLE, directoryScopeId: UNIT } },
		],
		[
			'by a group that they are in, also as an owner of another',
			{ includeRoles: [], includeGroups: ['admins'] },
			{ place: { kind: 'group', groupId: GROUP, relation: 'owner' }, memberOf: new Set(['admins']) },
		],
		[
			'where the excluded role is not theirs',
			{ excludeRoles: [OTHER_ROLE] },
			{ activeRoles: new Set([ROLE]) },
		],
		[
			'where other controls must be met as well',
			{ operator: 'AND', builtInControls: ['compliantDevice'] },
			{},
		],
		['by the built-in strength', { authenticationStrengthId: '00000000-0000-0000-0000-000000000004' }, {}],
	])('%s', (_, more, who) => {
		expect(judged(more, who)).toEqual(covered)
	})

	test.each<[CoverageGap, string, Partial<ConditionalAccessPolicy>, Partial<Holder>]>([
		['reportOnly', 'a policy that only reports', { state: 'reportOnly' }, {}],
		['disabled', 'one that is off', { state: 'disabled' }, {}],
		['disabled', 'one whose state is not understood', { state: 'unknown' }, {}],
		['excluded', 'an excluded account', { excludeUsers: [PERSON] }, {}],
		['excluded', 'an excluded role', { includeUsers: ['All'], excludeRoles: [ROLE] }, {}],
		['excluded', 'guests left out', { excludesGuests: true }, { isGuest: true }],
		['excluded', 'an excluded group of theirs', { excludeGroups: [GROUP] }, { memberOf: new Set([GROUP]) }],
		[
			'excluded',
			'the group of the place itself',
			{ includeUsers: ['All'], excludeGroups: [GROUP] },
			{ place: { kind: 'group', groupId: GROUP, relation: 'member' } },
		],
		['exclusionUnknown', 'an excluded group, and nobody knows theirs', { excludeGroups: [GROUP] }, {}],
		[
			'excluded',
			'another role of theirs left out',
			{ excludeRoles: [OTHER_ROLE.toUpperCase()] },
			{ activeRoles: new Set([OTHER_ROLE]) },
		],
		['exclusionUnknown', 'a role left out, and nobody knows theirs', { excludeRoles: [OTHER_ROLE] }, {}],
		[
			'inclusionUnknown',
			'a group named, and nobody knows theirs',
			{ includeRoles: [], includeGroups: [GROUP] },
			{},
		],
		[
			'inclusionUnknown',
			'a group named beside a role that is held in an administrative unit, and nobody knows theirs',
			{ includeGroups: [GROUP] },
			{ place: { kind: 'role', roleDefinitionId: ROLE, directoryScopeId: UNIT } },
		],
		[
			'unitScope',
			'a role named that is held in an administrative unit',
			{},
			{ place: { kind: 'role', roleDefinitionId: ROLE, directoryScopeId: UNIT } },
		],
		[
			'ownerOnly',
			'a group named whose owner they are',
			{ includeRoles: [], includeGroups: [GROUP] },
			{ place: { kind: 'group', groupId: GROUP, relation: 'owner' }, memberOf: new Set() },
		],
		[
			'excluded',
			'a group left out whose owner they are',
			{ includeUsers: ['all'], excludeGroups: [GROUP] },
			{ place: { kind: 'group', groupId: GROUP, relation: 'owner' }, memberOf: new Set() },
		],
		[
			'disabled',
			'one that only reports and asks for too little',
			{ state: 'reportOnly', authenticationStrengthId: null },
			{},
		],
		[
			'weak',
			'one whose exclusion is not known and that asks for too little',
			{ excludeGroups: [GROUP], authenticationStrengthId: null },
			{},
		],
		[
			'excluded',
			'one that leaves them out and whose strength is not known',
			{ excludeUsers: [PERSON], authenticationStrengthId: 's-gone' },
			{},
		],
		['applications', 'one application', { includeApplications: ['MicrosoftAdminPortals'] }, {}],
		['applications', 'an application left out', { excludeApplications: ['app'] }, {}],
		['narrowed', 'only at some places', { narrowedBy: ['locations'] }, {}],
		['alternative', 'or a compliant device', { builtInControls: ['compliantDevice'] }, {}],
		['alternative', 'or terms of use', { hasOtherControls: true }, {}],
		['weak', 'any second factor', { authenticationStrengthId: null, builtInControls: ['mfa'] }, {}],
		['weak', 'a strength that lets a code by SMS pass', { authenticationStrengthId: MIXED.id }, {}],
		['strengthUnknown', 'a strength that is not listed', { authenticationStrengthId: 's-gone' }, {}],
	])('%s: %s', (why, _, more, who) => {
		expect(judged(more, who)).toEqual({
			is: 'gap',
			nearest: [{ policyId: 'p1', displayName: 'Administrators', why }],
		})
	})

	test('a policy for others says nothing', () => {
		expect(judged({ includeRoles: [], includeUsers: ['somebody'] })).toEqual({ is: 'gap', nearest: [] })
		expect(judged({ includeRoles: [], includeGroups: [GROUP] }, { memberOf: new Set() })).toEqual({
			is: 'gap',
			nearest: [],
		})
	})

	test('one policy that holds is enough beside others that do not', () => {
		const policies = [policy({ id: 'off', state: 'disabled' }), policy({ id: 'on' })]
		expect(coverageOf(policies, [STRONG], holder())).toEqual({ is: 'covered', by: ['on'] })
	})

	test('the policy told first is the one whose change is nearest to holding them; what blocks is none of them', () => {
		const policies = [
			policy({ id: 'a-block', authenticationStrengthId: null, builtInControls: ['block'] }),
			policy({ id: 'b-off', state: 'disabled' }),
			policy({
				id: 'c-mfa',
				authenticationStrengthId: null,
				builtInControls: ['mfa'],
				excludeUsers: [PERSON],
			}),
			policy({ id: 'd-report', state: 'reportOnly' }),
		]
		const nearest = (more: typeof policies) => {
			const coverage = coverageOf([...policies, ...more], [STRONG], holder())
			return coverage.is === 'gap' ? coverage.nearest.map(({ policyId }) => policyId) : null
		}
		expect(nearest([])).toEqual(['d-report', 'c-mfa', 'b-off'])
		expect(nearest([policy({ id: 'e-but', excludeUsers: [PERSON] })])?.[0]).toBe('e-but')
	})

	test('a strength that lets nothing pass is none', () => {
		expect(isPhishingResistant({ allowedCombinations: [] })).toBe(false)
		expect(isPhishingResistant(STRONG)).toBe(true)
		expect(isPhishingResistant(MIXED)).toBe(false)
	})
})
