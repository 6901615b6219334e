import type { RoleAccess } from '../charter/charter.schema.ts'

/** How a tenant gives places in groups: through PIM for Groups, or as plain membership where it has no PIM. */
export const GROUP_KEEPERS = ['pim', 'membership'] as const
export type GroupKeeper = (typeof GROUP_KEEPERS)[number]

export type RolePlace = { kind: 'role'; roleDefinitionId: string; directoryScopeId: string }
export type GroupPlace = {
	kind: 'group'
	groupId: string
	relation: 'member' | 'owner'
	by: GroupKeeper
}

/** What a grant gives somebody in Entra ID: a directory role at a scope, or a place in a group. */
export type Place = RolePlace | GroupPlace

/** What an access of the charter gives; `groups` is how this tenant keeps places in groups. */
export function placeOf({ entra }: RoleAccess, groups: GroupKeeper): Place {
	return 'roleTemplateId' in entra
		? { kind: 'role', roleDefinitionId: entra.roleTemplateId, directoryScopeId: entra.scope }
		: { kind: 'group', groupId: entra.groupId, relation: entra.relation, by: groups }
}

/** The tenant knows one assignment for a person and this key, whatever number of grants rests on it. */
export const placeKey = (place: Place): string =>
	(place.kind === 'role'
		? `${place.roleDefinitionId} ${place.directoryScopeId}`
		: `${place.groupId} ${place.relation}`
	).toLowerCase()

/**
 * The same for what keeps it: the two keepers of a group each know an assignment of their own, and removing what PIM gave leaves
 * plain membership. They are one place all the same, at which one job is at work at a time: whoever PIM has put in is listed as a
 * member, and is taken out with the membership.
 */
export const assignmentKey = (place: Place): string =>
	place.kind === 'role' ? placeKey(place) : `${placeKey(place)} ${place.by}`

/**
 * Whether the tenant marks the assignment with our grant and ends it by itself. Of plain membership it does neither: what
 * is there is ours where it was not there before, and our own deadline is its only end.
 */
export const isTimedByTenant = (place: Place): boolean => place.kind === 'role' || place.by === 'pim'

/** The place as requests are sealed and decisions are signed with it. */
export type SignedPlace =
	{ entraRoleTemplateId: string; scope: string } | { entraGroupId: string; entraRelation: 'member' | 'owner' }

/** What an access of the charter gives, as it is signed. */
export function signedPlace({ entra }: RoleAccess): SignedPlace {
	return 'roleTemplateId' in entra
		? { entraRoleTemplateId: entra.roleTemplateId, scope: entra.scope }
		: { entraGroupId: entra.groupId, entraRelation: entra.relation }
}
