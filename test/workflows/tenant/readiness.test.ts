import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { personFacts, type PersonFacts } from '#workflows/charter/facts.ts'
import type { PicturePart, TenantPicture } from '#workflows/tenant/tenant-picture.ts'
import { holdingKey } from '#workflows/tenant/readiness/judge-lines.ts'
import { countQuorum } from '#workflows/tenant/readiness/judge-quorum.ts'
import { judgeReadiness } from '#workflows/tenant/readiness/readiness.ts'
import { reportSchema, type ProblemKind } from '#workflows/tenant/readiness/report.schema.ts'
import { AT, charterWith, operator } from '#test/factories/charter.ts'
import { group, groupHolding, pictureOf, roleHolding, user } from './picture-parts.ts'

const ROLE = '729827e3-9c14-49f7-bb1b-9608f156bbb8'
const STRENGTH = '00000000-0000-0000-0000-000000000004'
const charter = charterWith()
const holds = (id: string, given: Parameters<typeof roleHolding>[1] = {}) =>
	roleHolding(id, {
		roleDefinitionId: ROLE,
		from: '2026-11-23T10:00:00.000Z',
		until: '2026-11-23T18:00:00.000Z',
		scheduleId: 's',
		...given,
	})
const withKey = (objectId: string) => ({
	read: true as const,
	objectId,
	kinds: ['fido2' as const],
	passkeys: [],
	readAt: AT,
})
const policy = (given: Partial<TenantPicture['conditionalAccess'][number]> = {}) => ({
	id: 'ca',
	displayName: 'Keys for all',
	state: 'enabled' as const,
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
	operator: 'AND' as const,
	builtInControls: [],
	authenticationStrengthId: STRENGTH,
	hasOtherControls: false,
	...given,
})
const rolePolicy = (given: Partial<TenantPicture['rolePolicies'][number]> = {}) => ({
	place: { kind: 'role' as const, roleDefinitionId: ROLE },
	maximumAssignment: 'PT8H',
	isExpirationRequired: true,
	maximumActivation: null,
	assignmentRules: [],
	activationRules: [],
	needsApproval: null,
	...given,
})
const strength = { id: STRENGTH, displayName: 'Phishing-resistant', allowedCombinations: ['fido2'] }
const approver = operator({
	personId: 'approver',
	appointments: [{ role: 'approver', validFrom: AT, validUntil: null }],
})

function report(
	given: Partial<Omit<TenantPicture, 'parts'>>,
	{
		people = {},
		unread = [],
		approved = [],
		everybody,
	}: {
		people?: Record<string, PersonFacts>
		unread?: readonly PicturePart[]
		approved?: readonly string[]
		everybody?: readonly PersonFacts[]
	} = {},
) {
	const quorum = countQuorum(charter, AT)
	for (const facts of everybody ?? [operator(), approver]) quorum.add(facts)
	return judgeReadiness({
		charter,
		picture: pictureOf(
			{
				conditionalAccess: [policy()],
				authenticationStrengths: [strength],
				rolePolicies: [rolePolicy()],
				...given,
			},
			unread,
		),
		people: new Map(Object.entries(people).map(([id, facts]) => [id, { personId: facts.personId, facts }])),
		approved: new Set(approved),
		quorum,
		at: AT,
	})
}
const kindsOf = ({ problems }: ReturnType<typeof report>) => problems.map(({ kind }) => kind)
const fit = { users: [user('a')], methods: [withKey('a')] }
const isFit = { people: { a: operator() } }

describe('the readiness report', () => {
	it('finds nothing where everything is as the charter has it, and its score is 1', () => {
		const found = report({ ...fit, roleHoldings: [holds('a')] }, isFit)
		expect(found.problems).toEqual([])
		expect(found.score).toBe(1)
		expect(found.sections.map(({ certainty }) => certainty)).toEqual([1, 1, 1, 1, 1, 1])
		expect(found.counts).toMatchObject({ holdings: 1, permitted: 1, refused: 0, users: 1 })
		expect(reportSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found)
	})

	it.each<[ProblemKind, Parameters<typeof report>[0], Parameters<typeof report>[1]]>([
		['guestHolds', { ...fit, users: [user('a', { userType: 'guest' })], roleHoldings: [holds('a')] }, isFit],
		['applicationHolds', { roleHoldings: [holds('x', { principalKind: 'servicePrincipal' })] }, {}],
		['unknownPersonHolds', { ...fit, roleHoldings: [holds('a')] }, {}],
		['refusedHolds', { ...fit, roleHoldings: [holds('a')] }, { people: { a: operator({ clearances: [] }) } }],
		[
			'disabledHolds',
			{ ...fit, users: [user('a', { accountEnabled: false })], roleHoldings: [holds('a')] },
			isFit,
		],
		['permanent', { ...fit, roleHoldings: [holds('a', { until: null })] }, isFit],
		['pastPim', { ...fit, roleHoldings: [holds('a', { how: 'direct' })] }, isFit],
		[
			'beginsLater',
			{
				...fit,
				roleHoldings: [
					holds('a', {
						how: 'scheduled',
						from: '2026-11-25T10:00:00.000Z',
						until: '2026-11-25T18:00:00.000Z',
					}),
				],
			},
			isFit,
		],
		['standingEligible', { ...fit, roleHoldings: [holds('a', { how: 'eligible', until: null })] }, isFit],
		[
			'controlsGroup',
			{
				...fit,
				groups: [group('g', { owners: [{ objectId: 'a', kind: 'user', isDirect: true }] })],
				roleHoldings: [holds('g', { principalKind: 'group' })],
			},
			isFit,
		],
		[
			'noResistantMethod',
			{ ...fit, methods: [{ ...withKey('a'), kinds: ['password'] }], roleHoldings: [holds('a')] },
			isFit,
		],
		['methodUnknown', { ...fit, methods: [], roleHoldings: [holds('a')] }, isFit],
		['noPolicy', { conditionalAccess: [] }, {}],
		['policyReportOnly', { conditionalAccess: [policy({ state: 'reportOnly' })] }, {}],
		[
			'policyWeak',
			{ conditionalAccess: [policy({ authenticationStrengthId: null, builtInControls: ['mfa'] })] },
			{},
		],
		['policyWeak', { conditionalAccess: [policy({ narrowedBy: ['locations'] })] }, {}],
		[
			'policyExcludes',
			{ ...fit, roleHoldings: [holds('a')], conditionalAccess: [policy({ excludeUsers: ['a'] })] },
			isFit,
		],
		[
			'policyTooLong',
			{
				rolePolicies: [rolePolicy({ maximumAssignment: 'P180D', isExpirationRequired: false })],
			},
			{},
		],
		['noQuorum', {}, { everybody: [operator()] }],
		['nobodyMay', {}, { everybody: [approver] }],
		['partUnknown', {}, { unread: ['conditionalAccess'] }],
	])('tells %s, and nothing else', (kind, given, more) => {
		const found = report(given, more)
		expect(kindsOf(found)).toEqual([kind])
		expect(found.score).toBeLessThan(1)
	})

	it('says why the charter refuses, and of people without facts only that they are not known', () => {
		const found = report(
			{ ...fit, users: [user('a'), user('b')], roleHoldings: [holds('a'), holds('b')] },
			{ people: { a: operator({ clearances: [] }) } },
		)
		expect(found.lines).toMatchObject([
			{ principalId: 'a', verdict: 'refused', codes: ['CLEARANCE'], personId: operator().personId },
			{ principalId: 'b', verdict: 'unknownPerson', codes: [], personId: null },
		])
	})

	it('judges a place in a group by each of those who are in it, and a group that takes nobody', () => {
		const groupId = '33333333-3333-4333-8333-333333333333'
		const ofGroup = charterWith({
			access: {
				...charter.roles.admin!.access!,
				entra: { groupId, relation: 'member', name: 'Admins' },
			},
		})
		const quorum = countQuorum(ofGroup, AT)
		quorum.add(operator())
		quorum.add(approver)
		const found = judgeReadiness({
			charter: ofGroup,
			picture: pictureOf({
				...fit,
				conditionalAccess: [policy()],
				authenticationStrengths: [strength],
				groups: [group(groupId, { managed: 'dynamic' })],
				groupHoldings: [groupHolding(groupId, 'a')],
			}),
			people: new Map([['a', { personId: 'a', facts: operator() }]]),
			approved: new Set(),
			quorum,
			at: AT,
		})
		expect(kindsOf(found)).toEqual(['permanent', 'groupUnfit'])
		expect(found.problems[1]?.detail).toEqual({ why: 'dynamic' })
	})

	it('judges who holds a role in the whole tenant by the role for a part of it, and leaves others alone', () => {
		const found = report({ ...fit, roleHoldings: [holds('a', { roleDefinitionId: 'other' })] }, isFit)
		expect(found.lines).toMatchObject([{ verdict: 'notGoverned', problems: [] }])
	})

	it('puts whoever acts without being answerable before everything else', () => {
		const found = report(
			{
				users: [user('g', { userType: 'guest' }), user('b')],
				roleHoldings: [holds('g'), holds('b', { until: null })],
				conditionalAccess: [],
			},
			{},
		)
		expect(kindsOf(found)).toEqual([
			'guestHolds',
			'unknownPersonHolds',
			'permanent',
			'noPolicy',
			'methodUnknown',
		])
	})
})

describe('an account for emergencies', () => {
	const GLASS = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a04'
	const withGlass = {
		...charter,
		entra: { endSessions: false, breakGlassAccounts: [{ objectId: GLASS, title: 'Safe' }] },
	}
	const bound = (passkeyType: 'deviceBound' | 'synced' | 'unknown' = 'deviceBound') => ({
		...withKey(GLASS),
		passkeys: [{ id: 'k', aaGuid: null, passkeyType, attestation: 'unknown' as const }],
	})
	const keyed = {
		users: [user(GLASS)],
		methods: [bound()],
		conditionalAccess: [policy({ excludeUsers: [GLASS] })],
	}
	const glass = (
		given: Partial<Omit<TenantPicture, 'parts'>>,
		{ unread = [], memberOf }: { unread?: readonly PicturePart[]; memberOf?: readonly string[] | null } = {},
	) => {
		const quorum = countQuorum(withGlass, AT)
		for (const facts of [operator(), approver]) quorum.add(facts)
		const found = judgeReadiness({
			charter: withGlass,
			picture: pictureOf({ authenticationStrengths: [strength], ...keyed, ...given }, unread),
			people: new Map(),
			approved: new Set(),
			quorum,
			...(memberOf === undefined
				? {}
				: { memberships: new Map([[GLASS, memberOf === null ? null : new Set(memberOf)]]) }),
			at: AT,
		})
		expect(reportSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found)
		return found.problems.filter(({ kind }) => kind.startsWith('breakGlass'))
	}
	const about = `account ${GLASS}`

	it('that works, is held by no policy and has its key is no problem', () => {
		expect(glass({})).toEqual([])
	})

	it.each<[string, ProblemKind, Partial<Omit<TenantPicture, 'parts'>>, object]>([
		['is not there', 'breakGlassUnusable', { users: [] }, { why: 'absent' }],
		[
			'is disabled',
			'breakGlassUnusable',
			{ users: [user(GLASS, { accountEnabled: false })] },
			{ why: 'disabled' },
		],
		[
			'has no passkey',
			'breakGlassNoKey',
			{ methods: [{ ...withKey(GLASS), kinds: ['password'] }] },
			{ why: 'noKey' },
		],
		['has one that is synchronised', 'breakGlassNoKey', { methods: [bound('synced')] }, { why: 'noKey' }],
		[
			'is held with everybody',
			'breakGlassHeld',
			{ conditionalAccess: [policy()] },
			{ policies: 'Keys for all' },
		],
		[
			'is held by a role that it holds',
			'breakGlassHeld',
			{
				conditionalAccess: [policy({ includeUsers: [], includeRoles: [ROLE.toUpperCase()] })],
				roleHoldings: [holds(GLASS, { until: null })],
			},
			{ policies: 'Keys for all' },
		],
	])('that %s is told as %s', (_, kind, given, detail) => {
		expect(glass(given)).toMatchObject([
			{
				kind,
				about,
				section: 'signIn',
				count: 1,
				isUnknown: false,
				lines: [],
				detail: { account: 'Safe', ...detail },
			},
		])
	})

	it('is judged by its groups where a policy turns on one, and is not known where nobody looked', () => {
		const conditionalAccess = [policy({ excludeGroups: ['G'] })]
		expect(glass({ conditionalAccess }, { memberOf: ['g'] })).toEqual([])
		expect(glass({ conditionalAccess }, { memberOf: [] })).toMatchObject([{ kind: 'breakGlassHeld' }])
		for (const memberOf of [null, undefined])
			expect(glass({ conditionalAccess }, memberOf === null ? { memberOf } : {})).toMatchObject([
				{ kind: 'breakGlassUnknown', isUnknown: true, detail: { account: 'Safe', why: 'policies' } },
			])
		const listed = [group('g', { members: [{ objectId: GLASS, kind: 'user', isDirect: true }] })]
		expect(glass({ conditionalAccess, groups: listed })).toEqual([])
	})

	it('of which something could not be read is not known, and nothing is wrong with it for that', () => {
		expect(glass({ methods: [] })).toMatchObject([
			{ kind: 'breakGlassUnknown', about, detail: { why: 'methods' } },
		])
		// That there is a passkey says nothing of whether it is bound to its device.
		expect(glass({ methods: [{ ...withKey(GLASS), passkeys: null }] })).toMatchObject([
			{ kind: 'breakGlassUnknown', detail: { why: 'methods' } },
		])
		expect(glass({}, { unread: ['users', 'conditionalAccess'] })).toMatchObject([
			{ kind: 'breakGlassUnknown', detail: { why: 'account policies' } },
		])
	})
})

describe('what begins later', () => {
	const begins = '2026-11-25T10:00:00.000Z'
	const ahead = (given: Parameters<typeof holds>[1] = {}) =>
		holds('a', { how: 'scheduled', from: begins, until: '2026-11-25T18:00:00.000Z', ...given })

	it('is told with its begin, as no access of now, and its lack of an end as well', () => {
		const found = report({ ...fit, roleHoldings: [ahead({ until: null })] }, isFit)
		expect(found.lines).toMatchObject([
			{ standing: 'scheduled', from: begins, verdict: 'permitted', problems: ['beginsLater', 'permanent'] },
		])
		expect(reportSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found)
	})

	it('is our own only where an approved access is marked with it', () => {
		const place = { kind: 'role', roleDefinitionId: ROLE, directoryScopeId: '/' } as const
		const approved = [holdingKey({ principalId: 'a', place })]
		const kinds = (holding: ReturnType<typeof holds>) =>
			kindsOf(report({ ...fit, roleHoldings: [holding] }, { ...isFit, approved }))
		expect(kinds(ahead({ ticketNumbers: ['grant'] }))).toEqual([])
		expect(kinds(ahead())).toEqual(['beginsLater'])
	})

	it('is not known where its schedules were not read, which lowers the section that it belongs to', () => {
		const { sections, problems } = report(fit, { ...isFit, unread: ['roleSchedules', 'groupSchedules'] })
		expect(sections.find(({ key }) => key === 'duration')).toMatchObject({ judged: 0, score: 0 })
		expect(problems.map(({ kind, about }) => [kind, about])).toEqual([
			['partUnknown', 'groupSchedules'],
			['partUnknown', 'roleSchedules'],
		])
	})
})

describe('scores', () => {
	type Holder = {
		id: string
		isGuest: boolean
		isKnown: boolean
		isPermanent: boolean
		how: 'assigned' | 'direct' | 'eligible' | 'scheduled'
		method: 'fido2' | 'password' | 'unknown'
		isExcluded: boolean
	}
	const anyHolder: fc.Arbitrary<Holder> = fc.record({
		id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
		isGuest: fc.boolean(),
		isKnown: fc.boolean(),
		isPermanent: fc.boolean(),
		how: fc.constantFrom('assigned' as const, 'direct' as const, 'eligible' as const, 'scheduled' as const),
		method: fc.constantFrom('fido2' as const, 'password' as const, 'unknown' as const),
		isExcluded: fc.boolean(),
	})
	const anyTenant = fc.record({
		holders: fc.uniqueArray(anyHolder, { selector: ({ id }) => id, maxLength: 5 }),
		state: fc.constantFrom('enabled' as const, 'reportOnly' as const, 'disabled' as const),
	})
	const judged = ({
		holders,
		state,
	}: {
		holders: readonly Holder[]
		state: 'enabled' | 'reportOnly' | 'disabled'
	}) =>
		report(
			{
				users: holders.map(({ id, isGuest }) => user(id, { userType: isGuest ? 'guest' : 'member' })),
				methods: holders.flatMap(({ id, method }) =>
					method === 'unknown' ? [] : [{ ...withKey(id), kinds: [method] }],
				),
				roleHoldings: holders.map(({ id, isPermanent, how }) =>
					holds(id, { how, ...(isPermanent ? { until: null } : {}) }),
				),
				conditionalAccess: [
					policy({ state, excludeUsers: holders.filter(({ isExcluded }) => isExcluded).map(({ id }) => id) }),
				],
			},
			{
				people: Object.fromEntries(
					holders.filter(({ isKnown }) => isKnown).map(({ id }) => [id, operator()]),
				),
			},
		)

	it('lie between 0 and 1, and the whole is the lowest', () => {
		fc.assert(
			fc.property(anyTenant, (tenant) => {
				const { sections, score } = judged(tenant)
				for (const { score: one, certainty } of sections) {
					expect(one).toBeGreaterThanOrEqual(0)
					expect(one).toBeLessThanOrEqual(1)
					expect(certainty).toBeGreaterThanOrEqual(one)
				}
				expect(score).toBe(Math.min(...sections.map((section) => section.score)))
			}),
		)
	})

	const mendings: Readonly<Record<string, (holder: Holder) => Holder | null>> = {
		'taking it away': () => null,
		'a member in place of a guest': (holder) => ({ ...holder, isGuest: false }),
		'facts recorded': (holder) => ({ ...holder, isKnown: true }),
		'an end': (holder) => ({ ...holder, isPermanent: false }),
		'through PIM': (holder) => ({ ...holder, how: 'assigned', isPermanent: false }),
		'a key': (holder) => ({ ...holder, method: 'fido2' }),
		'no exception': (holder) => ({ ...holder, isExcluded: false }),
	}
	it.each(Object.entries(mendings))('never fall when something is mended: %s', (_, mend) => {
		fc.assert(
			fc.property(anyTenant, fc.nat(), (tenant, at) => {
				const which = tenant.holders[at % Math.max(1, tenant.holders.length)]
				const holders = tenant.holders.flatMap((one) => (one === which ? (mend(one) ?? []) : [one]))
				const [before, after] = [judged(tenant), judged({ ...tenant, holders })]
				after.sections.forEach(({ score }, i) =>
					expect(score).toBeGreaterThanOrEqual(before.sections[i]?.score ?? 1),
				)
			}),
		)
	})

	it('never fall when a policy is switched on', () => {
		fc.assert(
			fc.property(anyTenant, (tenant) => {
				const [before, after] = [
					judged({ ...tenant, state: 'reportOnly' }),
					judged({ ...tenant, state: 'enabled' }),
				]
				after.sections.forEach(({ score }, i) =>
					expect(score).toBeGreaterThanOrEqual(before.sections[i]?.score ?? 1),
				)
			}),
		)
	})

	it('count what is not known as what is wrong', () => {
		const wrong = report(
			{ ...fit, methods: [{ ...withKey('a'), kinds: ['password'] }], roleHoldings: [holds('a')] },
			isFit,
		)
		const unknown = report({ ...fit, methods: [], roleHoldings: [holds('a')] }, isFit)
		expect(unknown.score).toBe(wrong.score)
		const certainty = (found: typeof wrong) => found.sections.find(({ key }) => key === 'signIn')?.certainty
		expect([certainty(wrong), certainty(unknown)]).toEqual([1, 0.5])
	})

	it('are 0 where nothing could be read', () => {
		const parts: PicturePart[] = [
			'users',
			'roleInstances',
			'roleAssignments',
			'roleEligibilities',
			'groups',
			'conditionalAccess',
			'rolePolicies',
		]
		const { sections } = report({}, { unread: parts })
		expect(
			sections.filter(({ key }) => key !== 'approvals').map(({ score, certainty }) => [score, certainty]),
		).toEqual(Array.from({ length: 5 }, () => [0, 0]))
	})
})

it('knows nobody of a person of whom nothing is recorded', () => {
	const found = report({ ...fit, roleHoldings: [holds('a')] }, { people: { a: personFacts('a') } })
	expect(found.lines).toMatchObject([{ verdict: 'refused' }])
})
