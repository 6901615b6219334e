import type { ConditionalAccessPolicy } from './picture-policies.ts'
import type { TenantPicture } from './tenant-picture.ts'

/** Groups that policies of Conditional Access turn on which are in force, or are tried out: object ids in lower case. */
export const groupsNamedBy = (
	policies: readonly Pick<ConditionalAccessPolicy, 'state' | 'includeGroups' | 'excludeGroups'>[],
	lists: readonly ('includeGroups' | 'excludeGroups')[] = ['includeGroups', 'excludeGroups'],
): string[] =>
	[
		...new Set(
			policies
				.filter(({ state }) => state === 'enabled' || state === 'reportOnly')
				.flatMap((policy) => lists.flatMap((list) => policy[list].map((id) => id.toLowerCase()))),
		),
	].sort()

/**
 * Groups that an account is in, through others as well, of those that the picture knows; null unless each of `needed` was read,
 * since a policy turns on groups that nothing else speaks of.
 */
export function membershipsIn(
	{ groups, policyGroups }: Pick<TenantPicture, 'groups' | 'policyGroups'>,
	needed: readonly string[],
): (objectId: string) => ReadonlySet<string> | null {
	const members = new Map<string, readonly string[]>(
		policyGroups.flatMap(({ objectId, members: list }) => (list === null ? [] : [[objectId, list] as const])),
	)
	for (const group of groups)
		if (!group.unread.includes('members'))
			members.set(
				group.objectId,
				group.members.map(({ objectId }) => objectId),
			)
	if (!needed.every((id) => members.has(id))) return () => null
	const groupsOf = new Map<string, Set<string>>()
	for (const [groupId, list] of members)
		for (const objectId of list) groupsOf.set(objectId, (groupsOf.get(objectId) ?? new Set()).add(groupId))
	return (objectId) => groupsOf.get(objectId) ?? new Set()
}
