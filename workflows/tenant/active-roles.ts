import { expandHeld } from './held-through.ts'
import { activeRolesKnown, type TenantPicture } from './tenant-picture.ts'

/** Directory roles that each principal holds now, also through groups, in lower case; null where not all of them could be read. */
export function activeRolesIn(picture: TenantPicture): (objectId: string) => ReadonlySet<string> | null {
	if (activeRolesKnown(picture) === null) return () => null
	const roles = new Map<string, Set<string>>()
	for (const { principalId, standing, place } of expandHeld(picture))
		if (standing === 'active' && place.kind === 'role')
			roles.set(principalId, (roles.get(principalId) ?? new Set()).add(place.roleDefinitionId.toLowerCase()))
	return (objectId) => roles.get(objectId) ?? new Set()
}
