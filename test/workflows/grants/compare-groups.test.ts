import { describe, expect, test } from 'vitest'
import { planReconciliation } from '#workflows/grants/reconcile.ts'
import type { GroupList, PictureGroup } from '#workflows/tenant/picture-holdings.ts'
import type { TenantPicture } from '#workflows/tenant/tenant-picture.ts'
import {
	accounts,
	ALL_REMOVE,
	asApproved,
	BREAK_GLASS,
	charterWith,
	grantOf,
	GROUP,
	groupHolding,
	groupOf,
	GUEST,
	inputOf,
	OTHER_GROUP,
	pictureOf,
	ROLE,
	roleHolding,
	STRANGER,
	UNIT_ROLE,
	USERS,
} from '#test/factories/tenant-world.ts'

const [one, two] = USERS
const charter = charterWith(ALL_REMOVE)
const NESTED = 'group-n'

const found = (picture: TenantPicture, grants: ReturnType<typeof grantOf>[] = [], more = {}) =>
	planReconciliation(picture, inputOf(grants, { charter, ...more })).open.map(({ difference }) => difference)

/** The governed group with another one in it, and who is in that. */
const nestedWith = (ids: readonly string[], more: Partial<PictureGroup> = {}): TenantPicture => {
	const members: PictureGroup['members'] = [
		{ objectId: NESTED, kind: 'group', isDirect: true },
		...ids.map((objectId) => ({ objectId, kind: 'user' as const, isDirect: false })),
	]
	return pictureOf({
		groups: [{ ...groupOf('group-a'), members, ...more }],
		groupHoldings: [groupHolding(NESTED, 'group-a', { how: 'direct', until: null })],
	})
}

test('a group within a governed group counts as many people as have their place through it', () => {
	const peopleIn = (picture: TenantPicture) =>
		found(picture)
			.filter(({ principalId }) => principalId === NESTED)
			.map(({ people }) => people)
	const nested = nestedWith([one, two, STRANGER])
	expect(peopleIn(nested)).toEqual([3])
	// Read itself, it says how many of them are in it.
	expect(peopleIn({ ...nested, groups: [...nested.groups, groupOf(NESTED, [one, two])] })).toEqual([2])
	const unread = { ...groupOf(NESTED), unread: ['members' as const] }
	expect(peopleIn({ ...nested, groups: [...nested.groups, unread] })).toEqual([3])
})

describe('a mark of ours', () => {
	test('on another role, or in a group, hides nothing', () => {
		const grant = grantOf(one, ROLE)
		const mark = { until: null, ticketNumbers: [grant.grantId], scheduleId: 'another' }
		const picture = asApproved([grant])
		picture.roleHoldings.push(roleHolding(one, UNIT_ROLE, { ...mark, directoryScopeId: '/' }))
		picture.groupHoldings.push(groupHolding(one, 'group-a', mark))
		expect(
			found(picture, [grant]).map(({ principalId, kinds, place }) => [principalId, kinds, place?.kind]),
		).toEqual([
			[one, ['permanent', 'outOfBand'], 'group'],
			[one, ['permanent', 'outOfBand'], 'role'],
		])
	})
	test('on the same role in another scope, and in the same group as an owner, is told once, of the access', () => {
		for (const [grant, elsewhere] of [
			[
				grantOf(one, UNIT_ROLE),
				(id: string) => ({
					roleHoldings: [roleHolding(one, UNIT_ROLE, { directoryScopeId: '/', ticketNumbers: [id] })],
				}),
			],
			[
				grantOf(one, GROUP),
				(id: string) => ({
					groupHoldings: [groupHolding(one, 'group-a', { relation: 'owner', ticketNumbers: [id] })],
				}),
			],
		] as const)
			expect(found(pictureOf(elsewhere(grant.grantId)), [grant])).toMatchObject([
				{ family: 'grant', kinds: ['wrongScope'] },
			])
	})
	test('that could not be read of a group makes no access in it somebody else’s', () => {
		const grant = grantOf(one, GROUP)
		const picture = asApproved([grant])
		const groupHoldings = picture.groupHoldings.map((row) => ({ ...row, ticketNumbers: [] }))
		const unread: GroupList[] = ['requests']
		const groups = picture.groups.map((group) => ({ ...group, unread }))
		expect(found({ ...picture, groupHoldings, groups }, [grant])).toEqual([])
		expect(found({ ...picture, groupHoldings }, [grant])).toMatchObject([{ kinds: ['outOfBand'] }])
	})
	test('that the tenant has forgotten is not needed where the assignment is the one that was confirmed', () => {
		for (const place of [ROLE, GROUP]) {
			const grant = grantOf(one, place, { scheduleId: 'schedule-1' })
			const picture = asApproved([grant])
			const purged = { ticketNumbers: [], scheduleId: 'schedule-1' }
			const roleHoldings = picture.roleHoldings.map((row) => ({ ...row, ...purged }))
			const groupHoldings = picture.groupHoldings.map((row) => ({ ...row, ...purged }))
			expect(found({ ...picture, roleHoldings, groupHoldings }, [grant])).toEqual([])
			const another = { ...grant, scheduleId: 'schedule-2' }
			expect(found({ ...picture, roleHoldings, groupHoldings }, [another])).toMatchObject([
				{ kinds: ['outOfBand'] },
			])
		}
	})
})

test('a permanent assignment in the place of ours is both', () => {
	const grant = grantOf(one, ROLE)
	const picture = asApproved([grant])
	const change = { ticketNumbers: [], until: null, how: 'direct' as const }
	const roleHoldings = picture.roleHoldings.map((row) => ({ ...row, ...change }))
	expect(found({ ...picture, roleHoldings }, [grant])).toMatchObject([
		{ family: 'grant', kinds: ['permanent', 'outOfBand'] },
	])
})

describe('a group that holds a governed role', () => {
	test.each([
		['is in it', groupHolding(BREAK_GLASS, OTHER_GROUP, { how: 'direct' })],
		['could be in it', groupHolding(BREAK_GLASS, OTHER_GROUP, { how: 'eligible' })],
		['will be in it', groupHolding(BREAK_GLASS, OTHER_GROUP, { how: 'scheduled' })],
		['could own it', groupHolding(BREAK_GLASS, OTHER_GROUP, { how: 'eligible', relation: 'owner' })],
	])('keeps it where a break-glass account %s', (_, holding) => {
		const picture = pictureOf({ roleHoldings: [roleHolding(OTHER_GROUP, ROLE)], groupHoldings: [holding] })
		expect(found(picture)).toMatchObject([{ principalId: OTHER_GROUP, removal: null }])
	})
	test('is told with everybody who has it through it, or could, and with who of them is one of our people', () => {
		const group = groupOf(OTHER_GROUP, [two, STRANGER])
		const picture = pictureOf({
			roleHoldings: [roleHolding(OTHER_GROUP, ROLE)],
			groups: [{ ...group, owners: [{ objectId: GUEST, kind: 'user', isDirect: true }] }],
			groupHoldings: [groupHolding(one, OTHER_GROUP, { how: 'eligible' })],
		})
		const members = {
			accounts: [GUEST, STRANGER, one, two].sort(),
			people: [`person-of-${one}`, `person-of-${two}`],
			isWhole: true,
		}
		const [first] = found(picture).filter(({ principalId }) => principalId === OTHER_GROUP)
		expect(first).toMatchObject({ people: 2, members })
		expect(first?.spared).toBeUndefined()
	})
	test('says why it keeps it: a watched account, an access of ours, or that nobody knows', () => {
		const sparedFor = (more: Partial<TenantPicture>, grants: ReturnType<typeof grantOf>[] = []) =>
			found(pictureOf({ roleHoldings: [roleHolding(OTHER_GROUP, ROLE)], ...more }), grants)
				.filter(({ principalId }) => principalId === OTHER_GROUP)
				.map(({ spared, removal }) => [spared, removal])
		const glass = { groupHoldings: [groupHolding(BREAK_GLASS, OTHER_GROUP, { how: 'direct' })] }
		const ours = grantOf(one, { ...GROUP, groupId: OTHER_GROUP }, { state: 'scheduled' })
		const unread: PictureGroup[] = [{ ...groupOf(OTHER_GROUP), unread: ['owners'] }]
		expect(sparedFor(glass, [ours])).toEqual([['watched', null]])
		expect(sparedFor({ groups: unread }, [ours])).toEqual([['ours', null]])
		expect(sparedFor({ groups: unread })).toEqual([['unread', null]])
	})
	test.each(['members', 'owners', 'eligible', 'scheduled'] as const)(
		'keeps it where nobody knows its list of %s',
		(list) => {
			const picture = pictureOf({
				roleHoldings: [roleHolding(OTHER_GROUP, ROLE)],
				groups: [{ ...groupOf(OTHER_GROUP), unread: [list] }],
			})
			expect(found(picture).filter(({ principalId }) => principalId === OTHER_GROUP)).toMatchObject([
				{ removal: null },
			])
		},
	)
	test('loses it in a cloud that has no PIM for groups, where nobody can only be eligible', () => {
		const picture = pictureOf({
			roleHoldings: [roleHolding(OTHER_GROUP, ROLE)],
			groups: [{ ...groupOf(OTHER_GROUP), unread: ['active', 'eligible', 'scheduled'] }],
		})
		picture.parts.groupSchedules = { read: false, why: 'unsupported', code: 'NotInThisCloud' }
		expect(found(picture)).toMatchObject([{ removal: { what: 'assignment' } }])
	})
})

describe('a group within a governed group', () => {
	test('is one finding and is taken out, and those within who are more than unapproved are told apart', () => {
		const open = found(nestedWith([one, GUEST, STRANGER]))
		expect(open).toMatchObject(
			[
				{
					principalId: NESTED,
					through: null,
					kinds: ['permanent', 'outOfBand'],
					removal: { what: 'assignment' },
				},
				{
					principalId: GUEST,
					through: NESTED,
					kinds: ['guestOrServicePrincipal'],
					roles: ['gamma'],
					removal: null,
				},
				{ principalId: STRANGER, through: NESTED, kinds: ['ineligibleHolder'], removal: null },
			].sort((a, b) => (a.principalId < b.principalId ? -1 : 1)),
		)
		expect(
			found(nestedWith([one, two]), [], { accounts: accounts([two]) }).map(({ principalId }) => principalId),
		).toEqual([NESTED, two])
	})
	test('stays where a break-glass account is within, or could be, which is in no finding itself', () => {
		expect(found(nestedWith([BREAK_GLASS]))).toMatchObject([{ principalId: NESTED, removal: null }])
		const eligible = nestedWith([])
		eligible.groups.push(groupOf(NESTED))
		eligible.groupHoldings.push(groupHolding(BREAK_GLASS, NESTED, { how: 'eligible' }))
		expect(found(eligible)).toMatchObject([{ principalId: NESTED, removal: null }])
		expect(found(nestedWith([], { unread: ['members'] }))).toMatchObject([{ removal: null }])
	})
	test('is told with guests and people whom the charter denies who own it, could be in it or will be', () => {
		const within = (more: Partial<PictureGroup> = {}) => {
			const picture = nestedWith([])
			picture.groups.push({ ...groupOf(NESTED), ...more })
			return picture
		}
		const become = { how: 'eligible' as const }
		const picture = within()
		picture.groupHoldings.push(
			groupHolding(GUEST, NESTED, become),
			groupHolding(one, NESTED, become),
			groupHolding(STRANGER, NESTED, { relation: 'owner', how: 'direct' }),
		)
		expect(found(picture).filter(({ through }) => through === NESTED)).toMatchObject(
			[
				{
					principalId: GUEST,
					kinds: ['guestOrServicePrincipal'],
					standing: 'eligible',
					place: { groupId: 'group-a', relation: 'member' },
					removal: null,
				},
				{
					principalId: STRANGER,
					kinds: ['ineligibleHolder'],
					standing: 'active',
					place: { groupId: 'group-a', relation: 'owner' },
					removal: null,
				},
			].sort((a, b) => (a.principalId < b.principalId ? -1 : 1)),
		)
		const plan = planReconciliation(picture, inputOf([], { charter }))
		const remembered = plan.open.map(({ difference }, i) => ({ id: `${i}`, ...difference }))
		const missed = (later: TenantPicture) =>
			planReconciliation(later, inputOf([], { charter, remembered })).missed.map(({ why }) => why)
		expect(missed(within())).toEqual(['gone', 'gone'])
		expect(missed(within({ unread: ['owners', 'eligible'] }))).toEqual([])
		// Taken out of the governed group it is not read any more, and gives nothing.
		expect(missed(pictureOf({ groups: [groupOf('group-a')] }))).toEqual(['gone', 'gone', 'gone'])
	})
	test('that is only eligible stays where nobody knows who is in it', () => {
		const picture = pictureOf({ groupHoldings: [groupHolding(NESTED, 'group-a', { how: 'eligible' })] })
		expect(found(picture)).toMatchObject([{ standing: 'eligible', removal: null }])
	})
	test('whoever was told within is gone only where the list of the outer group could be read', () => {
		const plan = planReconciliation(nestedWith([GUEST]), inputOf([], { charter }))
		const remembered = plan.open.map(({ difference }, i) => ({ id: `${i}`, ...difference }))
		const missed = (picture: TenantPicture) =>
			planReconciliation(picture, inputOf([], { charter, remembered })).missed.map(({ why }) => why)
		expect(missed(pictureOf({ groups: [{ ...groupOf('group-a'), unread: ['members'] }] }))).toEqual([])
		expect(missed(pictureOf({}))).toEqual(['gone', 'gone'])
	})
})

test('whoever owns a governed group could put anybody in: guests and people whom the charter denies are told, and not touched', () => {
	const owner = { relation: 'owner' as const, how: 'direct' as const, until: null }
	const picture = pictureOf({
		groupHoldings: [one, STRANGER, BREAK_GLASS].map((who) => groupHolding(who, 'group-a', owner)),
		groups: [groupOf('group-a')],
	})
	const open = found(picture)
	expect(open).toMatchObject([
		{ principalId: STRANGER, kinds: ['ineligibleHolder'], place: { relation: 'owner' }, removal: null },
	])
	const remembered = open.map((difference) => ({ id: 'one', ...difference }))
	const none = pictureOf({ groups: [groupOf('group-a')] })
	expect(planReconciliation(none, inputOf([], { charter, remembered })).missed).toEqual([
		{ id: 'one', why: 'gone' },
	])
})
