import type { PictureMember, PrincipalKind } from './picture-holdings.ts'
import type { TenantPicture } from './tenant-picture.ts'

type Holdings = Pick<TenantPicture, 'groups' | 'roleHoldings' | 'groupHoldings'>

/**
 * The same picture, where `kindOf` says what those are of whom no list that was read tells it; null: it does not know either. What a
 * list tells stays.
 */
export function withKinds<P extends Holdings>(
	picture: P,
	kindOf: (objectId: string) => PrincipalKind | null,
): P {
	const holder = <R extends { principalId: string; principalKind: PrincipalKind }>(row: R): R =>
		row.principalKind === 'unknown' ? { ...row, principalKind: kindOf(row.principalId) ?? 'unknown' } : row
	const member = (row: PictureMember): PictureMember =>
		row.kind === 'unknown' ? { ...row, kind: kindOf(row.objectId) ?? 'unknown' } : row
	return {
		...picture,
		roleHoldings: picture.roleHoldings.map(holder),
		groupHoldings: picture.groupHoldings.map(holder),
		groups: picture.groups.map((group) => ({
			...group,
			members: group.members.map(member),
			owners: group.owners.map(member),
		})),
	}
}

/** One group that was read by itself, with the places in it. */
export type GroupReading = Pick<TenantPicture, 'groups' | 'groupHoldings'>

/**
 * The same picture with groups that were read by themselves, as far as they are groups and it is known who is in them; whoever it
 * names without a kind is a group then. The picture itself where none of them is.
 */
export function withGroups<P extends Holdings>(picture: P, readings: readonly GroupReading[]): P {
	const before = new Set(picture.groups.map(({ objectId }) => objectId))
	const groups = readings
		.flatMap((reading) => reading.groups)
		.filter(
			({ objectId, exists, unread }) =>
				exists === true && !unread.includes('members') && !before.has(objectId),
		)
	if (groups.length === 0) return picture
	const found = new Set(groups.map(({ objectId }) => objectId))
	const places = readings
		.flatMap(({ groupHoldings }) => groupHoldings)
		.filter(({ groupId }) => found.has(groupId))
	return withKinds(
		{
			...picture,
			groups: [...picture.groups, ...groups],
			groupHoldings: [...picture.groupHoldings, ...places],
		},
		(objectId) => (found.has(objectId) ? 'group' : null),
	)
}
