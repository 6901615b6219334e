import { NOBODY, type Need, type Setup } from './probes.ts'

/** What changing who is in a group that may hold directory roles takes besides. */
export const ROLE_MANAGEMENT = 'RoleManagement.ReadWrite.Directory'

const PURPOSES = {
	first: {
		members: 'put people into groups and take them out',
		owners: 'make people owners of groups and take that away, as the charter does',
		roleGroups: 'change who is in the groups of the charter that may hold directory roles',
	},
	killSwitch: {
		members:
			'take people out of groups; there is no permission that only removes, so this one could put people in too',
		owners: 'take ownership of groups away; there is no permission that only removes',
		roleGroups: 'take people out of the groups of the charter that may hold directory roles',
	},
} as const

/**
 * The least that places in groups take where they are plain membership. Owners are another permission than members, and groups
 * that may hold directory roles take one more. https://learn.microsoft.com/graph/api/group-post-owners
 */
export function membershipPermissions(
	{ groups, hasOwners, hasRoleGroups }: Setup,
	who: keyof typeof PURPOSES,
): (Need | false)[] {
	if (groups !== 'membership') return []
	const purposes = PURPOSES[who]
	return [
		{
			permission: 'GroupMember.ReadWrite.All',
			orElse: ['Group.ReadWrite.All', 'Directory.ReadWrite.All'],
			purpose: purposes.members,
			isVital: true,
			probe: { method: 'GET', path: `/groups/${NOBODY}/members?$select=id&$top=1` },
		},
		hasOwners && {
			permission: 'Group.ReadWrite.All',
			orElse: ['Directory.ReadWrite.All'],
			purpose: purposes.owners,
			isVital: true,
			probe: { method: 'GET', path: `/groups/${NOBODY}/owners?$select=id&$top=1` },
		},
		hasRoleGroups === true && {
			permission: ROLE_MANAGEMENT,
			orElse: [],
			purpose: purposes.roleGroups,
			isVital: true,
			probe: { method: 'GET', path: `/groups/${NOBODY}/members?$select=id&$top=1` },
		},
	]
}
