import { describe, expect, it } from 'vitest'
import { createText } from '#app/messages/create-text.ts'
import { problemInWords } from '#app/messages/readiness-in-words.ts'
import type { Charter, RoleAccess } from '#workflows/charter/charter.schema.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import { compareReports } from '#workflows/tenant/readiness/compare.ts'
import { countQuorum } from '#workflows/tenant/readiness/judge-quorum.ts'
import { judgeReadiness } from '#workflows/tenant/readiness/readiness.ts'
import type { TenantPicture } from '#workflows/tenant/tenant-picture.ts'
import { AT, charterWith, operator } from '#test/factories/charter.ts'
import { group, pictureOf, roleHolding, user } from './picture-parts.ts'

const ROLE = '729827e3-9c14-49f7-bb1b-9608f156bbb8'
const GROUP = '0a6f4a7e-52fb-4d0b-8c0a-1d8f5c5f4c11'
const STRENGTH = '00000000-0000-0000-0000-000000000004'
const UNIT = '/administrativeUnits/5c2e3a1b-0b1f-4c39-9d3c-1f0f6f3f2a10'

type Policy = TenantPicture['conditionalAccess'][number]
const policy = (given: Partial<Policy> = {}): Policy => ({
	id: 'ca',
	displayName: 'Keys for all',
	state: 'enabled',
	modifiedAt: null,
	includeUsers: ['all'],
	excludeUsers: [],
	includeGroups: [],
	excludeGroups: [],
	includeRoles: [],
	excludeRoles: [],
	excludesGuests: false,
	includeApplications: ['all'],
	excludeApplications: [],
	narrowedBy: [],
	operator: 'AND',
	builtInControls: [],
	authenticationStrengthId: STRENGTH,
	hasOtherControls: false,
	...given,
})
type OfPlace = TenantPicture['rolePolicies'][number]
const rolePolicy = (given: Partial<OfPlace> = {}): OfPlace => ({
	place: { kind: 'role', roleDefinitionId: ROLE },
	maximumAssignment: 'PT8H',
	isExpirationRequired: true,
	maximumActivation: null,
	assignmentRules: [],
	activationRules: [],
	needsApproval: null,
	...given,
})
const holds = (id: string, roleDefinitionId = ROLE) =>
	roleHolding(id, { roleDefinitionId, until: '2026-11-23T18:00:00.000Z', scheduleId: 's' })
const fit = {
	users: [user('a')],
	methods: [{ read: true as const, objectId: 'a', kinds: ['fido2' as const], passkeys: [], readAt: AT }],
}
const isFit: Record<string, PersonFacts> = { a: operator() }
const approver = operator({
	personId: 'approver',
	appointments: [{ role: 'approver', validFrom: AT, validUntil: null }],
})

function report(
	given: Partial<Omit<TenantPicture, 'parts'>>,
	people: Record<string, PersonFacts> = {},
	charter: Charter = charterWith(),
) {
	const quorum = countQuorum(charter, AT)
	for (const facts of [operator(), approver]) quorum.add(facts)
	const strength = { id: STRENGTH, displayName: null, allowedCombinations: ['fido2'] }
	return judgeReadiness({
		charter,
		picture: pictureOf({
			conditionalAccess: [policy()],
			authenticationStrengths: [strength],
			rolePolicies: [rolePolicy()],
			...given,
		}),
		people: new Map(Object.entries(people).map(([id, facts]) => [id, { personId: facts.personId, facts }])),
		approved: new Set(),
		quorum,
		at: AT,
	})
}

/** The charter, with its access given by this place. */
const charterGiving = (entra: RoleAccess['entra']): Charter =>
	charterWith({
		access: {
			requestedBy: ['operator'],
			maximumDuration: 'PT8H',
			ticket: { pattern: '^CHG-[0-9]{4}$', example: 'CHG-1234' },
			stages: [{ from: 'approver', quorum: 1, within: 'PT4H' }],
			entra,
		},
	})

describe('policies of Conditional Access and of PIM', () => {
	const ofRole = policy({ includeUsers: [], includeRoles: [ROLE] })

	it('by the role count where the role is given for the whole tenant, and not in a part of it', () => {
		const inUnit = charterGiving({ roleTemplateId: ROLE, name: 'Role', scope: UNIT })
		const problems = (conditionalAccess: Policy[], charter?: Charter) =>
			report({ conditionalAccess }, {}, charter).problems
		expect(problems([ofRole])).toEqual([])
		expect(problems([ofRole], inUnit)).toMatchObject([
			{ kind: 'noPolicy', detail: { why: 'unitScope', policy: 'Keys for all' } },
		])
		// Also where there is no policy at all: one that names the role would not help.
		expect(problems([], inUnit)).toMatchObject([{ kind: 'noPolicy', detail: { why: 'unitScope' } }])
		expect(problems([policy()], inUnit)).toEqual([])
	})

	it('by the group count for its members, and not for its owners', () => {
		const problems = (relation: 'member' | 'owner') =>
			report(
				{
					conditionalAccess: [policy({ includeUsers: [], includeGroups: [GROUP] })],
					groups: [group(GROUP)],
					rolePolicies: [rolePolicy({ place: { kind: 'group', groupId: GROUP, relation } })],
				},
				{},
				charterGiving({ groupId: GROUP, name: 'Group', relation }),
			).problems
		expect(problems('member')).toEqual([])
		expect(problems('owner')).toMatchObject([{ kind: 'noPolicy', detail: { why: 'ownerOnly' } }])
	})

	it('are told by the nearest: one that only reports, beside one that blocks', () => {
		const block = policy({ id: 'a', authenticationStrengthId: null, builtInControls: ['block'] })
		const reports = policy({ id: 'b', displayName: 'Tried out', state: 'reportOnly' })
		expect(report({ conditionalAccess: [block, reports] }).problems).toMatchObject([
			{ kind: 'policyReportOnly', detail: { policy: 'Tried out' } },
		])
	})

	it('leave out whoever holds a role beside it that they leave out', () => {
		const conditionalAccess = [policy({ includeUsers: [], includeRoles: [ROLE], excludeRoles: ['other'] })]
		const held = { ...fit, conditionalAccess, roleHoldings: [holds('a')] }
		expect(report(held, isFit).problems).toEqual([])
		const both = { ...held, roleHoldings: [...held.roleHoldings, holds('a', 'other')] }
		expect(report(both, isFit).problems).toMatchObject([{ kind: 'policyExcludes', lines: [0] }])
	})

	it('that leave out a group are judged by who is in it, and are not known where that could not be read', () => {
		const conditionalAccess = [policy({ excludeGroups: ['glass'] })]
		const held = { ...fit, conditionalAccess, roleHoldings: [holds('a')] }
		const seen = (members: string[] | null) =>
			report({ ...held, policyGroups: [{ objectId: 'glass', members }] }, isFit).problems
		expect(seen(['somebody'])).toEqual([])
		expect(seen(['a'])).toMatchObject([{ kind: 'policyExcludes' }])
		expect(seen(null)).toMatchObject([
			{ kind: 'policyUnknown' },
			{ kind: 'partUnknown', about: 'group glass', detail: { why: 'members' } },
		])
		// One that is off turns on nothing.
		const off = [policy(), policy({ id: 'off', state: 'disabled', excludeGroups: ['glass'] })]
		expect(report({ ...held, conditionalAccess: off }, isFit).problems).toEqual([])
	})

	it.each([
		['P1Y', 'policyTooLong'],
		['forever', 'policyTooLong'],
		['PT8H', undefined],
	])('of PIM that allow %s', (maximumAssignment, kind) => {
		expect(report({ rolePolicies: [rolePolicy({ maximumAssignment })] }).problems[0]?.kind).toBe(kind)
	})

	it('of PIM that nobody read are not known, and what was wrong with them is not mended', () => {
		const before = report({ rolePolicies: [rolePolicy({ isExpirationRequired: false })] })
		for (const rolePolicies of [[], [rolePolicy({ maximumAssignment: null, isExpirationRequired: null })]]) {
			const after = report({ rolePolicies })
			expect(after.problems).toMatchObject([{ kind: 'partUnknown', about: 'policy admin', isUnknown: true }])
			expect(compareReports(before, after).problems).toMatchObject([
				{ kind: 'partUnknown', before: 0, after: 1 },
			])
			for (const language of ['en', 'de'] as const) {
				const [problem] = after.problems
				if (problem === undefined) throw new Error('There is one.')
				const { what, fix } = problemInWords(createText(language), problem, { admin: 'Betrieb' })
				expect(what).toContain('Betrieb')
				expect(fix).toContain('roleManagementPolicyAssignments')
			}
		}
	})

	it.each(['unitScope', 'ownerOnly'])('have a sentence that says why they do not hold: %s', (why) => {
		const problem = { kind: 'noPolicy' as const, about: 'admin', count: 1, detail: { why } }
		for (const language of ['en', 'de'] as const) {
			const t = createText(language)
			expect(problemInWords(t, problem, {}).fix).not.toBe(
				problemInWords(t, { ...problem, detail: {} }, {}).fix,
			)
		}
	})
})
