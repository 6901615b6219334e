import type { Held } from '../tenant/held-through.ts'
import { standingOf, type RoleHolding } from '../tenant/picture-holdings.ts'
import type { TenantPicture } from '../tenant/tenant-picture.ts'
import type { Difference, Removal } from './differences.ts'
import type { RememberedHolding } from './known-holders.ts'
import { placeKey } from './place.ts'

type Lists = Pick<TenantPicture, 'groups' | 'roleHoldings'>

/**
 * Of a row that only repeats for somebody what a group has: what groups have there of which nobody could read who is in them, by
 * object id. Empty where all of them were read, and the row is of somebody's own.
 */
export function unreadGroupsOf({ groups, roleHoldings }: Lists, row: RoleHolding): RoleHolding[] {
	if (row.memberType !== 'group') return []
	const at = placeKey({ ...row, kind: 'role' })
	const isRead = (id: string) =>
		groups.find(({ objectId }) => objectId === id)?.unread.includes('members') === false
	return roleHoldings
		.filter(
			(other) =>
				other.principalKind === 'group' &&
				placeKey({ ...other, kind: 'role' }) === at &&
				standingOf(other) === standingOf(row) &&
				!isRead(other.principalId),
		)
		.sort((a, b) => (a.principalId < b.principalId ? -1 : 1))
}

/**
 * Whoever PIM lists because of a group of which nobody could read who is in it, as somebody who holds it through that group: it
 * stands for them, as it does where they are known. Of several it is the one through which they were found.
 */
export function throughUnread(picture: Lists, held: Held, remembered: readonly RememberedHolding[]): Held {
	if (held.through !== null || !('memberType' in held.holding) || held.place.kind !== 'role') return held
	const groups = unreadGroupsOf(picture, held.holding)
	if (groups.length === 0) return held
	const at = placeKey(held.place)
	const isBefore = ({ principalId }: RoleHolding) =>
		remembered.some(
			(finding) =>
				finding.principalId === held.principalId &&
				finding.through === principalId &&
				finding.place !== null &&
				placeKey(finding.place) === at,
		)
	const holding = groups.find(isBefore) ?? groups[0] ?? held.holding
	return { ...held, holding, through: holding.principalId }
}

/** Which way somebody is in a group that could not be read is not known: what was known of it stays. */
export const removalUnread = (
	before: Pick<RememberedHolding, 'removal'> | undefined,
): Pick<Difference, 'removal' | 'spared'> => {
	const removal: Removal | null = before?.removal ?? null
	return removal === null ? { removal, spared: 'unread' } : { removal }
}
