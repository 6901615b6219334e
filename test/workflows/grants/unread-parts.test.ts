import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planReconciliation, type Remembered } from '#workflows/grants/reconcile.ts'
import type {
	GroupHolding,
	GroupList,
	PictureGroup,
	RoleHolding,
} from '#workflows/tenant/picture-holdings.ts'
import type { TenantPicture } from '#workflows/tenant/tenant-picture.ts'
import {
	ALL_REMOVE,
	charterWith,
	GROUP,
	groupHolding,
	groupOf,
	GUEST,
	inputOf,
	later,
	OTHER_GROUP,
	pictureOf,
	ROLE,
	roleHolding,
	STRANGER,
	USERS,
} from '#test/factories/tenant-world.ts'

/* What could not be read opens nothing and closes nothing, also where something is held through groups, and groups within groups. */

const HOUR = 3_600_000
const UNREAD = { read: false, why: 'unavailable', code: null } as const
const [one, two] = USERS
const INNER = ['group-m', 'group-n'] as const
const charter = charterWith(ALL_REMOVE)

const remembered = (plan: ReturnType<typeof planReconciliation>): Remembered[] =>
	plan.open.map(({ difference }) => ({ id: difference.key, ...difference }))
const told = (plan: { difference: { principalId: string | null; through: string | null } }[]) =>
	plan.map(({ difference: { principalId, through } }) => [principalId, through])

/** What one look comes to after another, of the same tenant where less could be read. */
function after(whole: TenantPicture, less: TenantPicture) {
	const before = planReconciliation(whole, inputOf([], { charter }))
	return { before, plan: planReconciliation(less, inputOf([], { charter, remembered: remembered(before) })) }
}

describe('a role through a group', () => {
	/** Whoever could read no role of the group does not read the group either. */
	const without = (picture: TenantPicture, parts: Partial<TenantPicture['parts']>): TenantPicture => ({
		...picture,
		parts: { ...picture.parts, ...parts },
		roleHoldings: [],
		groups: picture.groups.filter(({ objectId }) => objectId !== OTHER_GROUP),
		groupHoldings: [],
	})

	test('that somebody could take is not gone while nobody can read who has roles', () => {
		const whole = pictureOf({
			roleHoldings: [roleHolding(OTHER_GROUP, ROLE)],
			groupHoldings: [groupHolding(GUEST, OTHER_GROUP, { how: 'eligible' })],
		})
		const less = without(whole, { roleInstances: UNREAD, roleAssignments: UNREAD })
		const { before, plan } = after(whole, less)
		expect(told(before.open)).toContainEqual([GUEST, OTHER_GROUP])
		expect([plan.open, plan.missed]).toEqual([[], []])
		expect(
			after(whole, { ...less, groups: whole.groups, groupHoldings: whole.groupHoldings }).plan.missed,
		).toEqual([])
	})

	test('that somebody will have is not gone while nobody can read who could take roles', () => {
		const whole = pictureOf({
			roleHoldings: [roleHolding(OTHER_GROUP, ROLE, { how: 'eligible' })],
			groupHoldings: [
				groupHolding(GUEST, OTHER_GROUP, { how: 'scheduled', from: later(HOUR), until: later(2 * HOUR) }),
			],
		})
		const less = without(whole, { roleEligibilities: UNREAD })
		const { before, plan } = after(whole, less)
		expect(told(before.open)).toContainEqual([GUEST, OTHER_GROUP])
		expect([plan.open, plan.missed]).toEqual([[], []])
		const { groups, groupHoldings } = whole
		expect(after(whole, { ...less, groups, groupHoldings }).plan.missed).toEqual([])
	})

	test('that somebody could take, and will have as well, is both, and the one that is unread hides or shows nothing', () => {
		const whole = pictureOf({
			roleHoldings: [roleHolding(OTHER_GROUP, ROLE)],
			groupHoldings: [
				groupHolding(GUEST, OTHER_GROUP, { how: 'eligible' }),
				groupHolding(GUEST, OTHER_GROUP, { how: 'scheduled', from: later(HOUR) }),
			],
		})
		const { before } = after(whole, whole)
		const standings = before.open
			.filter(({ difference }) => difference.principalId === GUEST)
			.map(({ difference }) => difference.standing)
		expect(standings.sort()).toEqual(['eligible', 'scheduled'])
		for (const list of ['eligible', 'scheduled'] as const) {
			const less: TenantPicture = {
				...whole,
				groups: whole.groups.map((group) => ({ ...group, unread: [...group.unread, list] })),
				groupHoldings: whole.groupHoldings.filter(({ how }) => how !== list),
			}
			const { plan } = after(whole, less)
			expect([plan.open, plan.missed]).toEqual([[], []])
		}
	})

	test('is what the group has for whoever is in it, also where PIM has them renew their place', () => {
		const whole = pictureOf({
			groups: [groupOf(GROUP.groupId), groupOf(OTHER_GROUP, [GUEST])],
			roleHoldings: [roleHolding(OTHER_GROUP, ROLE, { how: 'eligible' })],
			groupHoldings: [groupHolding(GUEST, OTHER_GROUP, { how: 'scheduled', from: later(HOUR) })],
		})
		const { before } = after(whole, whole)
		const standings = before.open
			.filter(({ difference }) => difference.principalId === GUEST)
			.map(({ difference }) => difference.standing)
		expect(standings).toEqual(['eligible'])
	})

	test('is gone with the group that holds nothing any more, once all lists of roles say so', () => {
		for (const how of ['direct', 'eligible', 'scheduled'] as const) {
			const whole = pictureOf({
				roleHoldings: [roleHolding(OTHER_GROUP, ROLE)],
				groupHoldings: [groupHolding(GUEST, OTHER_GROUP, { how, from: later(HOUR) })],
			})
			const { before, plan } = after(whole, without(whole, {}))
			expect(told(before.open)).toContainEqual([GUEST, OTHER_GROUP])
			expect(plan.missed.map(({ why }) => why)).toEqual(before.open.map(() => 'gone'))
		}
	})
})

describe('in a cloud that has no PIM for groups', () => {
	const lists = { unread: ['active', 'eligible', 'requests', 'scheduled'] as GroupList[] }
	const group = { ...groupOf(OTHER_GROUP), ...lists }
	const cloud = (groups: PictureGroup[], roleHoldings: RoleHolding[]) => {
		const picture = pictureOf({ groups, roleHoldings })
		picture.parts.groupSchedules = { read: false, why: 'unsupported', code: 'NotInThisCloud' }
		return picture
	}
	const member = { objectId: STRANGER, kind: 'user', isDirect: true } as const

	test.each(['eligible', 'scheduled'] as const)(
		'who has left a group that is %s for a role is gone, and not while PIM would only not answer',
		(how) => {
			const holding = roleHolding(OTHER_GROUP, ROLE, { how, principalKind: 'group', from: later(HOUR) })
			const whole = cloud([{ ...group, members: [member] }], [holding])
			const left = cloud([group], [holding])
			const { before, plan } = after(whole, left)
			const id = before.open.find(({ difference }) => difference.principalId === STRANGER)?.difference.key
			expect(id).toBeDefined()
			expect(plan.missed).toEqual([{ id, why: 'gone' }])
			const passing = { read: false, why: 'unsupported', code: 'UnknownError' } as const
			for (const state of [UNREAD, passing])
				for (const part of [
					'groupSchedules',
					how === 'eligible' ? 'roleEligibilities' : 'roleSchedules',
				] as const) {
					const unsure = { ...left, parts: { ...left.parts, [part]: state } }
					expect(after(whole, unsure).plan.missed).toEqual([])
				}
		},
	)
})

describe('people whom PIM lists because of a group of which nobody could read who is in it', () => {
	const listed = (ids: readonly string[]) =>
		pictureOf({
			roleHoldings: [
				roleHolding(OTHER_GROUP, ROLE),
				...ids.map((id) => roleHolding(id, ROLE, { memberType: 'group' })),
			],
			groupHoldings: ids.map((id) => groupHolding(id, OTHER_GROUP)),
		})
	const unreadGroup = (picture: TenantPicture): TenantPicture => ({
		...picture,
		groups: [groupOf(GROUP.groupId), { ...groupOf(OTHER_GROUP), unread: ['members'] }],
		groupHoldings: [],
	})

	test('are no findings of their own: the group stands for them', () => {
		const whole = listed(USERS)
		const { before, plan } = after(whole, unreadGroup(whole))
		expect(told(before.open)).toEqual([[OTHER_GROUP, null]])
		expect([plan.open, plan.missed]).toEqual([[], []])
	})

	test('are not gone either where they were found in their own name', () => {
		const alone = pictureOf({ roleHoldings: [roleHolding(one, ROLE)] })
		const { before, plan } = after(alone, unreadGroup(listed([one])))
		expect(told(before.open)).toEqual([[one, null]])
		expect([told(plan.open), plan.missed]).toEqual([[[OTHER_GROUP, null]], []])
	})

	test('are told apart where they are more than unapproved, as before, and nothing is taken away that nobody knows', () => {
		const whole = listed([GUEST, one])
		const { before, plan } = after(whole, unreadGroup(whole))
		expect(told(plan.sighted)).toContainEqual([GUEST, OTHER_GROUP])
		const ofGuest = (list: { difference: { principalId: string | null; removal: unknown } }[]) =>
			list.filter(({ difference }) => difference.principalId === GUEST)[0]?.difference.removal
		expect(ofGuest(before.open)).not.toBeNull()
		expect(ofGuest(plan.sighted)).toEqual(ofGuest(before.open))
		expect([plan.open, plan.missed]).toEqual([[], []])
		const first = planReconciliation(unreadGroup(whole), inputOf([], { charter })).open
		expect(told(first)).toContainEqual([GUEST, OTHER_GROUP])
		expect(first.find(({ difference }) => difference.principalId === GUEST)?.difference).toMatchObject({
			kinds: ['guestOrServicePrincipal'],
			removal: null,
			spared: 'unread',
		})
	})
})

describe('somebody in a group within a group', () => {
	const outer = (people: readonly string[]): PictureGroup => ({
		...groupOf(GROUP.groupId, INNER),
		members: [
			...groupOf(GROUP.groupId, INNER).members,
			...people.map((objectId) => ({ objectId, kind: 'user' as const, isDirect: false })),
		],
	})
	const groupHoldings = INNER.map((id) => groupHolding(id, GROUP.groupId, { how: 'direct' }))
	const tenant = (inM: PictureGroup, inN: PictureGroup, people = [GUEST]) =>
		pictureOf({ groups: [outer(people), inM, inN], groupHoldings })
	const M = (ids: string[] = []) => groupOf('group-m', ids)
	const N = (ids: string[] = []) => groupOf('group-n', ids)
	const unread = (group: PictureGroup): PictureGroup => ({ ...group, members: [], unread: ['members'] })

	test('stays in the one that could not be read, also where another has them by now', () => {
		const whole = tenant(M(), N([GUEST]))
		for (const less of [tenant(M(), unread(N())), tenant(M([GUEST]), unread(N()))]) {
			const { before, plan } = after(whole, less)
			expect(told(before.open)).toContainEqual([GUEST, 'group-n'])
			expect([plan.open, plan.missed]).toEqual([[], []])
		}
	})

	test('has left it where it was read without them, and is in none where the outer one names them no more', () => {
		const whole = tenant(M(), N([GUEST]))
		const moved = after(whole, tenant(M([GUEST]), N())).plan
		expect(told(moved.open)).toEqual([[GUEST, 'group-m']])
		expect(moved.missed).toHaveLength(1)
		expect(after(whole, tenant(M(), unread(N()), [])).plan.missed).toHaveLength(1)
	})
})

/** A tenant in which much is held through groups. */
const who = fc.constantFrom(one, two, GUEST, STRANGER)
const ahead = (how: string) => (how === 'scheduled' ? { from: later(HOUR) } : {})
const ofRoles = fc.array(
	fc.record({
		id: fc.oneof(who, fc.constant(OTHER_GROUP)),
		how: fc.constantFrom('assigned' as const, 'eligible' as const, 'scheduled' as const),
	}),
	{ maxLength: 5 },
)
const ofGroups = fc.array(
	fc.record({
		id: who,
		group: fc.constantFrom(GROUP.groupId, OTHER_GROUP, ...INNER),
		how: fc.constantFrom('pim' as const, 'direct' as const, 'eligible' as const, 'scheduled' as const),
	}),
	{ maxLength: 8 },
)
const isIn = ({ how }: { how: string }) => how === 'pim' || how === 'direct'

function tenantOf(
	roles: readonly { id: string; how: RoleHolding['how'] }[],
	places: readonly { id: string; group: string; how: GroupHolding['how'] }[],
): TenantPicture {
	const inGroup = (group: string) => [
		...new Set(places.filter((each) => each.group === group && isIn(each)).map(({ id }) => id)),
	]
	const direct = inGroup(GROUP.groupId)
	const nested = [...new Set(INNER.flatMap(inGroup))].filter((id) => !direct.includes(id))
	const outer = groupOf(GROUP.groupId, [...direct, ...INNER])
	const isGiven = roles.some(({ id, how }) => id === OTHER_GROUP && how === 'assigned')
	return pictureOf({
		roleHoldings: [
			...roles.map(({ id, how }) => roleHolding(id, ROLE, { how, ...ahead(how) })),
			...(isGiven ? inGroup(OTHER_GROUP) : []).map((id) => roleHolding(id, ROLE, { memberType: 'group' })),
		],
		groupHoldings: [
			...INNER.map((id) => groupHolding(id, GROUP.groupId, { how: 'direct' })),
			...places.map(({ id, group, how }) => groupHolding(id, group, { how, ...ahead(how) })),
		],
		groups: [
			{
				...outer,
				members: [
					...outer.members,
					...nested.map((objectId) => ({ objectId, kind: 'user' as const, isDirect: false })),
				],
			},
			...[OTHER_GROUP, ...INNER].map((id) => groupOf(id, inGroup(id))),
		],
	})
}

/** Only groups that a charter names, that hold a role, or that are in such a one, are read. */
function asFarAsRead(picture: TenantPicture): TenantPicture {
	const holders = new Set(picture.roleHoldings.map(({ principalId }) => principalId))
	const within = new Set(picture.groups.flatMap(({ members }) => members.map(({ objectId }) => objectId)))
	const isRead = (id: string) => id === GROUP.groupId || holders.has(id) || within.has(id)
	return {
		...picture,
		groups: picture.groups.filter(({ objectId }) => isRead(objectId)),
		groupHoldings: picture.groupHoldings.filter(({ groupId }) => isRead(groupId)),
	}
}

const PARTS = ['roles', 'roleEligibilities', 'roleSchedules', 'groups'] as const
function withoutPart(picture: TenantPicture, part: (typeof PARTS)[number]): TenantPicture {
	if (part === 'groups')
		return { ...picture, groups: [], groupHoldings: [], parts: { ...picture.parts, groups: UNREAD } }
	const hides = { roles: 'assigned', roleEligibilities: 'eligible', roleSchedules: 'scheduled' }[part]
	const lost = part === 'roles' ? { roleInstances: UNREAD, roleAssignments: UNREAD } : { [part]: UNREAD }
	return {
		...picture,
		roleHoldings: picture.roleHoldings.filter(({ how }) => how !== hides),
		parts: { ...picture.parts, ...lost },
	}
}

const LISTS = ['members', 'eligible', 'scheduled'] as const
function withoutList(picture: TenantPicture, of: string, list: (typeof LISTS)[number]): TenantPicture {
	const hides = list === 'members' ? 'direct' : list
	return {
		...picture,
		groups: picture.groups.map((group) =>
			group.objectId === of
				? { ...group, unread: [list], members: list === 'members' ? [] : group.members }
				: group,
		),
		groupHoldings: picture.groupHoldings.filter(({ groupId, how }) => groupId !== of || how !== hides),
	}
}

const unread = fc.oneof(
	fc.constantFrom(...PARTS).map((part) => (picture: TenantPicture) => withoutPart(picture, part)),
	fc.tuple(fc.constantFrom(GROUP.groupId, OTHER_GROUP, ...INNER), fc.constantFrom(...LISTS)).map(
		([of, list]) =>
			(picture: TenantPicture) =>
				withoutList(picture, of, list),
	),
)

test('a part that could not be read opens nothing and closes nothing of what is held through groups', () => {
	fc.assert(
		fc.property(ofRoles, ofGroups, unread, (roles, places, lose) => {
			const whole = asFarAsRead(tenantOf(roles, places))
			const { plan } = after(whole, asFarAsRead(lose(whole)))
			expect([told(plan.open), plan.missed]).toEqual([[], []])
		}),
		{ numRuns: 1500 },
	)
})
