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
	place: { kind: 'role', roleDefinitionId: ROLE },
	memberOf: null,
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
			{ place: { kind: 'group', groupId: GROUP } },
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
			{ place: { kind: 'group', groupId: GROUP } },
		],
		['exclusionUnknown', 'an excluded group, and nobody knows theirs', { excludeGroups: [GROUP] }, {}],
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
		expect(judged({ includeRoles: [], includeGroups: [GROUP] })).toEqual({ is: 'gap', nearest: [] })
	})

	test('one policy that holds is enough beside others that do not', () => {
		const policies = [policy({ id: 'off', state: 'disabled' }), policy({ id: 'on' })]
		expect(coverageOf(policies, [STRONG], holder())).toEqual({ is: 'covered', by: ['on'] })
	})

	test('a strength that lets nothing pass is none', () => {
		expect(isPhishingResistant({ allowedCombinations: [] })).toBe(false)
		expect(isPhishingResistant(STRONG)).toBe(true)
		expect(isPhishingResistant(MIXED)).toBe(false)
	})
})
