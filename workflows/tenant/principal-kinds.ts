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
