import { isActive, type GroupList } from '../tenant/picture-holdings.ts'
import { activeRolesKnown, hasGroupPim, isPartKnown, type TenantPicture } from '../tenant/tenant-picture.ts'
import { isPlaceKnown } from './compare-grants.ts'
import type { Difference } from './differences.ts'
import { placeKey, type GroupPlace, type Place } from './place.ts'
import { unreadGroupsOf } from './through-unread.ts'

/* Whether everything could be read on which it rests that somebody holds something no longer. */

type About = Pick<Difference, 'standing' | 'through' | 'principalId'> & { place: Place }

/** Whether it is known who stands so to this place, in their own name or through this group: otherwise nothing follows. */
export function isStandingKnown(picture: TenantPicture, { place, standing, through, principalId }: About) {
	if (through !== null)
		return place.kind === 'role'
			? isGivenKnown(picture, standing, through)
			: isWithinKnown(picture, { place, standing, through })
	if (standing === 'scheduled' && !isScheduleKnown(picture, place)) return false
	if (isOfUnreadGroup(picture, { place, standing, principalId })) return false
	if (standing !== 'eligible') return isPlaceKnown(picture, place)
	if (place.kind === 'role') return picture.parts.roleEligibilities.read
	const group = listed(picture, place.groupId)
	return picture.parts.groups.read && group !== undefined && !group.unread.includes('eligible')
}

const listed = ({ groups }: TenantPicture, id: string) =>
	groups.find(({ objectId }) => objectId === id.toLowerCase())

const BY_PIM: readonly GroupList[] = ['active', 'eligible', 'scheduled', 'requests']

/** A group through which something is held. Lists that this cloud does not have name nobody there, and hide nothing. */
function groupIn(picture: TenantPicture, id: string) {
	const group = listed(picture, id)
	if (group === undefined || hasGroupPim(picture)) return group
	return { ...group, unread: group.unread.filter((list) => !BY_PIM.includes(list)) }
}

/** Whether what begins later at this place could be read. */
function isScheduleKnown(picture: TenantPicture, place: Place): boolean {
	if (place.kind === 'role') return picture.parts.roleSchedules.read
	const group = listed(picture, place.groupId)
	return picture.parts.groupSchedules.read && group !== undefined && !group.unread.includes('scheduled')
}

/**
 * A role comes through a group by how the group has it and by how somebody is in the group, and the lesser of both counts: what is
 * eligible may be so by either, and what begins later too.
 */
function isGivenKnown(picture: TenantPicture, standing: Difference['standing'], through: string): boolean {
	const { parts } = picture
	const areRolesKnown =
		parts.groups.read &&
		activeRolesKnown(picture) !== null &&
		(standing === 'active' || isPartKnown(parts.roleEligibilities)) &&
		(standing !== 'scheduled' || isPartKnown(parts.roleSchedules))
	if (!areRolesKnown) return false
	const group = groupIn(picture, through)
	// A group that holds nothing any more is not read either.
	if (group === undefined) return true
	const lists: GroupList[] = ['members']
	if (standing !== 'active') lists.push('eligible')
	if (standing === 'scheduled') lists.push('scheduled')
	return (
		(standing !== 'scheduled' || isPartKnown(parts.groupSchedules)) &&
		!lists.some((list) => group.unread.includes(list))
	)
}

/** Whoever is in a group within a group stands in the outer one's list; who owns it, could be or will be in it, in its own. */
function isWithinKnown(
	picture: TenantPicture,
	{ place, standing, through }: Pick<Difference, 'standing'> & { place: GroupPlace; through: string },
): boolean {
	if (!isPlaceKnown(picture, { ...place, relation: 'member', by: 'membership' })) return false
	// One that is not read is not in the outer group any more.
	const unread = groupIn(picture, through)?.unread ?? []
	if (standing === 'scheduled' && !isPartKnown(picture.parts.groupSchedules)) return false
	if (standing !== 'active') return !unread.includes(standing)
	return place.relation === 'member' || !(unread.includes('owners') || unread.includes('active'))
}

/**
 * Whether PIM lists them there because of a group, and one of which nobody could read who is in it has the place: then it is not
 * known whether they have it in their own name, nor by which group.
 */
function isOfUnreadGroup(
	picture: TenantPicture,
	{ place, standing, principalId }: Omit<About, 'through'>,
): boolean {
	if (place.kind !== 'role') return false
	return picture.roleHoldings.some(
		(row) =>
			row.principalId === principalId &&
			placeKey({ ...row, kind: 'role' }) === placeKey(place) &&
			isActive(row) === (standing !== 'eligible') &&
			unreadGroupsOf(picture, row).length > 0,
	)
}
