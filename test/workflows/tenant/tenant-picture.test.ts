import { describe, expect, it } from 'vitest'
import { expandHeld } from '#workflows/tenant/held-through.ts'
import {
	activeRolesKnown,
	emptyPicture,
	listOf,
	tenantPictureSchema,
} from '#workflows/tenant/tenant-picture.ts'
import { isPermanent } from '#workflows/tenant/picture-holdings.ts'
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
