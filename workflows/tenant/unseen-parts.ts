import type { Instant } from '../shared/instants.ts'
import type { GroupList } from './picture-holdings.ts'
import type { PicturePart, TenantPicture } from './tenant-picture.ts'

/** What is not seen of a tenant while something of it cannot be read. Codes are stored: add freely, never rename. */
export const UNSEEN = [
	/** Which groups there are, and who is in them or owns them. */
	'GROUPS_UNREAD',
	/** Until when somebody is in a group, and by whose request. */
	'GROUP_PIM_UNREAD',
	'ELIGIBILITIES_UNREAD',
	'SCHEDULES_UNREAD',
	'POLICIES_UNREAD',
] as const
export type Unseen = (typeof UNSEEN)[number]

/** Since when this part of a tenant hides what. */
export type UnseenSince = Partial<Record<Unseen, Instant>>

const OF_PARTS: Partial<Readonly<Record<PicturePart, Unseen>>> = {
	groups: 'GROUPS_UNREAD',
	roleEligibilities: 'ELIGIBILITIES_UNREAD',
	roleSchedules: 'SCHEDULES_UNREAD',
	conditionalAccess: 'POLICIES_UNREAD',
	authenticationStrengths: 'POLICIES_UNREAD',
	rolePolicies: 'POLICIES_UNREAD',
}
const OF_GROUPS: Readonly<Record<GroupList, Unseen>> = {
	properties: 'GROUPS_UNREAD',
	members: 'GROUPS_UNREAD',
	owners: 'GROUPS_UNREAD',
	active: 'GROUP_PIM_UNREAD',
	requests: 'GROUP_PIM_UNREAD',
	eligible: 'ELIGIBILITIES_UNREAD',
	scheduled: 'SCHEDULES_UNREAD',
	policies: 'POLICIES_UNREAD',
}
const PLAIN: readonly GroupList[] = ['properties', 'members', 'owners']
const UNLICENSED = 'AadPremiumLicenseRequired'

/**
 * What is not seen since this part, or this group, could not be read. What nobody asked for, what the cloud does not have, and what
 * the tenant has no licence for hides nothing.
 */
export function unseenIn({ parts, groups }: Pick<TenantPicture, 'parts' | 'groups'>, part: string): Unseen[] {
	const isThere = (of: PicturePart) => {
		const state = parts[of]
		return (
			state.read || (state.why !== 'unsupported' && state.why !== 'notAsked' && state.code !== UNLICENSED)
		)
	}
	const group = groups.find(({ objectId }) => part === `group ${objectId}`)
	if (group !== undefined) {
		const lists = isThere('groupSchedules')
			? group.unread
			: group.unread.filter((list) => PLAIN.includes(list))
		return [...new Set(lists.map((list) => OF_GROUPS[list]))]
	}
	const code = OF_PARTS[part as PicturePart]
	return code !== undefined && isThere(part as PicturePart) ? [code] : []
}
