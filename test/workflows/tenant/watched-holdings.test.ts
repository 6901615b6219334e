import { describe, expect, it } from 'vitest'
import { watchedHoldings, type WatchedHolding } from '#workflows/tenant/watched-holdings.ts'
import type { PicturePart, TenantPicture } from '#workflows/tenant/tenant-picture.ts'
import { unseenIn } from '#workflows/tenant/unseen-parts.ts'
import { GLOBAL_READER, group, groupHolding, pictureOf, roleHolding } from './picture-parts.ts'

const GLASS = 'glass'
const ACTIVE = `assigned ${GLOBAL_READER} /`
const PLAIN = `direct ${GLOBAL_READER} /`
const ELIGIBLE = `eligible ${GLOBAL_READER} /`
const look = (picture: TenantPicture, last: readonly WatchedHolding[]) =>
	watchedHoldings([GLASS], picture, last)
const seen = (places: string[], unknown?: string[]): WatchedHolding[] => [
	{ objectId: GLASS, places, ...(unknown ? { unknown } : {}) },
]
const active = roleHolding(GLASS)
const eligible = roleHolding(GLASS, { how: 'eligible' })
const pictureWith = (
	roleHoldings: TenantPicture['roleHoldings'],
	unread: readonly PicturePart[] = [],
	more: Partial<TenantPicture> = {},
) => pictureOf({ roleHoldings, ...more }, unread)

describe('what a watched account holds', () => {
	it('is no change at the first look, and one when something comes or goes', () => {
		expect(look(pictureWith([active]), [])).toEqual({ holdings: seen([ACTIVE]), changes: [] })
		expect(look(pictureWith([active]), seen([])).changes).toEqual([
			{ objectId: GLASS, before: [], after: [ACTIVE] },
		])
		expect(look(pictureWith([]), seen([ACTIVE])).changes).toEqual([
			{ objectId: GLASS, before: [ACTIVE], after: [] },
		])
	})
	it('is no other where it came about in another way', () => {
		expect(look(pictureWith([roleHolding(GLASS, { how: 'direct' })]), seen([ACTIVE])).changes).toEqual([])
	})
	it('stays what it was where it could not be read, and is compared with that when it is read again', () => {
		const lost = look(pictureWith([active], ['roleEligibilities']), seen([ACTIVE, ELIGIBLE]))
		expect(lost).toEqual({ holdings: seen([ACTIVE, ELIGIBLE]), changes: [] })
		expect(look(pictureWith([active, eligible]), lost.holdings).changes).toEqual([])
		expect(look(pictureWith([active]), lost.holdings).changes).toEqual([
			{ objectId: GLASS, before: [ACTIVE, ELIGIBLE], after: [ACTIVE] },
		])
	})
	it('is no change where it is read for the first time', () => {
		const first = look(pictureWith([active], ['roleEligibilities']), [])
		expect(first.holdings).toEqual(seen([ACTIVE], ['roles eligible']))
		const second = look(pictureWith([active], ['roleEligibilities']), first.holdings)
		expect(second).toEqual({ ...first, changes: [] })
		const read = look(pictureWith([active, eligible]), second.holdings)
		expect(read).toEqual({ holdings: seen([ACTIVE, ELIGIBLE]), changes: [] })
	})
	it('by the plain list of assignments alone is what was known and what is new', () => {
		const through = roleHolding(GLASS, { memberType: 'group', roleDefinitionId: 'through' })
		const before = look(pictureWith([active, through]), []).holdings
		const plain = roleHolding(GLASS, { how: 'direct', isEndKnown: false })
		const partial = look(pictureWith([plain], ['roleInstances']), before)
		expect(partial).toEqual({ holdings: before, changes: [] })
		expect(look(pictureWith([plain], ['roleInstances']), seen([])).changes).toEqual([
			{ objectId: GLASS, before: [], after: [PLAIN] },
		])
	})
	it('in a group is known where the list of that group is, by PIM or not', () => {
		const inGroup = (how: 'pim' | 'direct') => [groupHolding('g', GLASS, { how })]
		const whole = { groups: [group('g')], groupHoldings: inGroup('pim') }
		const before = look(pictureWith([], [], whole), []).holdings
		expect(before).toEqual(seen(['pim g member']))
		const noPim = { groups: [group('g', { unread: ['active'] })], groupHoldings: inGroup('direct') }
		expect(look(pictureWith([], [], noPim), before).changes).toEqual([])
		const unread = { groups: [group('g', { unread: ['members'] })], groupHoldings: [] }
		expect(look(pictureWith([], [], unread), before)).toEqual({ holdings: before, changes: [] })
		const out = { groups: [group('g')], groupHoldings: [] }
		expect(look(pictureWith([], [], out), before).changes).toHaveLength(1)
	})
})

describe('what is not seen', () => {
	it('is said of each part and of each list of a group', () => {
		const picture = pictureOf(
			{ groups: [group('g', { unread: ['active', 'eligible', 'members', 'requests'] })] },
			['roleEligibilities', 'rolePolicies', 'users'],
		)
		expect(unseenIn(picture, 'group g')).toEqual([
			'GROUP_PIM_UNREAD',
			'ELIGIBILITIES_UNREAD',
			'GROUPS_UNREAD',
		])
		expect(unseenIn(picture, 'roleEligibilities')).toEqual(['ELIGIBILITIES_UNREAD'])
		expect(unseenIn(picture, 'rolePolicies')).toEqual(['POLICIES_UNREAD'])
		expect(unseenIn(picture, 'users')).toEqual([])
	})
	it('is nothing where the cloud or the tenant does not have it, or nobody asked for it', () => {
		const picture = pictureOf({ groups: [group('g', { unread: ['active', 'scheduled', 'owners'] })] })
		picture.parts.groupSchedules = { read: false, why: 'unsupported', code: 'NotInThisCloud' }
		picture.parts.roleSchedules = { read: false, why: 'forbidden', code: 'AadPremiumLicenseRequired' }
		picture.parts.rolePolicies = { read: false, why: 'notAsked', code: null }
		expect(unseenIn(picture, 'group g')).toEqual(['GROUPS_UNREAD'])
		expect(unseenIn(picture, 'roleSchedules')).toEqual([])
		expect(unseenIn(picture, 'rolePolicies')).toEqual([])
	})
})
