import { describe, expect, it } from 'vitest'
import { beginOf, expandHeld } from '#workflows/tenant/held-through.ts'
import {
	activeRolesKnown,
	emptyPicture,
	listOf,
	tenantPictureSchema,
} from '#workflows/tenant/tenant-picture.ts'
import { isActive, isPermanent } from '#workflows/tenant/picture-holdings.ts'
import { group, groupHolding, pictureOf, READ_AT, roleHolding, user } from './picture-parts.ts'

describe('a picture of a tenant', () => {
	it('survives being stored as JSON', () => {
		const picture = pictureOf({
			users: [user('a')],
			roleHoldings: [roleHolding('a', { until: '2026-12-01T00:00:00.000Z' })],
			groups: [group('g', { members: [{ objectId: 'a', kind: 'user', isDirect: true }] })],
			methods: [{ read: false, objectId: 'a', why: 'forbidden' }],
		})
		expect(tenantPictureSchema.parse(JSON.parse(JSON.stringify(picture)))).toEqual(picture)
	})

	it('of before there were schedules in it says of them that nobody looked', () => {
		const { roleSchedules, groupSchedules, ...parts } = pictureOf().parts
		expect([roleSchedules, groupSchedules]).toEqual([{ read: true }, { read: true }])
		const old = tenantPictureSchema.parse({ ...pictureOf({ users: [user('a')] }), parts })
		expect(old.parts).toEqual({
			...parts,
			roleSchedules: { read: false, why: 'notAsked', code: null },
			groupSchedules: { read: false, why: 'notAsked', code: null },
		})
		expect(tenantPictureSchema.safeParse({ ...pictureOf(), parts: null }).success).toBe(false)
	})

	it('says unknown and not empty of what was not read', () => {
		expect(listOf(emptyPicture(null, READ_AT), 'conditionalAccess')).toBeNull()
		expect(listOf(pictureOf(), 'conditionalAccess')).toEqual([])
		expect(listOf(pictureOf({ users: [user('a')] }, ['users']), 'users')).toBeNull()
	})

	it('knows active roles without PIM, and then not their ends', () => {
		expect(activeRolesKnown(pictureOf())).toBe('whole')
		expect(activeRolesKnown(pictureOf({}, ['roleInstances']))).toBe('withoutEnds')
		expect(activeRolesKnown(pictureOf({}, ['roleInstances', 'roleAssignments']))).toBeNull()
		expect(isPermanent(roleHolding('a'))).toBe(true)
		expect(isPermanent(roleHolding('a', { isEndKnown: false }))).toBe(false)
		expect(isPermanent(groupHolding('g', 'a'))).toBe(true)
	})
})

describe('who will hold what', () => {
	const member = (objectId: string) => ({ objectId, kind: 'user' as const, isDirect: true })
	const [MONDAY, TUESDAY] = ['2026-12-07T08:00:00.000Z', '2026-12-08T08:00:00.000Z'] as const
	const standings = (picture: Parameters<typeof pictureOf>[0]) =>
		expandHeld(pictureOf(picture))
			.filter(({ place }) => place.kind === 'role')
			.map((held) => [held.principalId, held.standing, beginOf(held)])

	it('has nothing now, in their own name or through a group that will have it', () => {
		expect(isActive(roleHolding('a', { how: 'scheduled' }))).toBe(false)
		expect(
			standings({
				groups: [group('g', { members: [member('b')], owners: [member('o')] })],
				roleHoldings: [
					roleHolding('a', { how: 'scheduled', from: MONDAY }),
					roleHolding('g', { principalKind: 'group', how: 'scheduled', from: MONDAY }),
				],
				groupHoldings: [
					groupHolding('g', 'b'),
					groupHolding('g', 'c', { how: 'scheduled', from: TUESDAY }),
					groupHolding('g', 'd', { how: 'eligible' }),
				],
			}),
		).toEqual([
			['a', 'scheduled', MONDAY],
			['b', 'scheduled', MONDAY],
			['o', 'controls', MONDAY],
			['c', 'scheduled', TUESDAY],
			['d', 'scheduled', MONDAY],
		])
	})

	it('comes into a group that has it, and whoever is in it already has it now', () => {
		expect(
			standings({
				groups: [group('g', { members: [member('b')] })],
				roleHoldings: [roleHolding('g', { principalKind: 'group' })],
				groupHoldings: [
					groupHolding('g', 'b'),
					groupHolding('g', 'b', { how: 'scheduled', from: MONDAY }),
					groupHolding('g', 'c', { how: 'scheduled', from: MONDAY }),
					groupHolding('g', 'o', { how: 'scheduled', relation: 'owner', from: MONDAY }),
				],
			}),
		).toEqual([
			['b', 'active', null],
			['c', 'scheduled', MONDAY],
			['o', 'controls', MONDAY],
		])
	})
})

describe('who holds what, through groups as well', () => {
	const byGroup = roleHolding('g', { principalKind: 'group' })
	const member = (objectId: string, isDirect = true) => ({ objectId, kind: 'user' as const, isDirect })

	it('names members, who could be one, and owners of a group that holds a role, each by the most that they have', () => {
		const held = expandHeld(
			pictureOf({
				groups: [
					group('g', { members: [member('a'), member('nested', false)], owners: [member('a'), member('o')] }),
				],
				roleHoldings: [byGroup],
				groupHoldings: [groupHolding('g', 'a'), groupHolding('g', 'e', { how: 'eligible' })],
			}),
		).filter(({ place }) => place.kind === 'role')
		expect(held.map(({ principalId, standing, through }) => [principalId, standing, through])).toEqual([
			['a', 'active', 'g'],
			['nested', 'active', 'g'],
			['o', 'controls', 'g'],
			['e', 'eligible', 'g'],
		])
		expect(held[0]?.membership?.how).toBe('direct')
	})

	it('lets a group that could not be read stand as itself', () => {
		const held = expandHeld(
			pictureOf({ groups: [group('g', { unread: ['members'] })], roleHoldings: [byGroup] }),
		)
		expect(held).toMatchObject([{ principalId: 'g', principalKind: 'group', standing: 'active' }])
		expect(expandHeld(pictureOf({ roleHoldings: [byGroup] }))).toHaveLength(1)
	})

	it('leaves out what repeats a group, and keeps it where the person was not found in it', () => {
		const repeats = roleHolding('a', { memberType: 'group' })
		const found = pictureOf({
			groups: [group('g', { members: [member('a')] })],
			roleHoldings: [byGroup, repeats],
		})
		expect(expandHeld(found)).toHaveLength(1)
		const notFound = pictureOf({ groups: [group('g')], roleHoldings: [byGroup, repeats] })
		expect(expandHeld(notFound)).toMatchObject([{ principalId: 'a', through: null }])
	})

	it('makes members of a group that is only eligible eligible', () => {
		const held = expandHeld(
			pictureOf({
				groups: [group('g', { members: [member('a')] })],
				roleHoldings: [{ ...byGroup, how: 'eligible' }],
			}),
		)
		expect(held).toMatchObject([{ principalId: 'a', standing: 'eligible' }])
	})
})
