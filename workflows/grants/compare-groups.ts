import { standingOf, type GroupHolding, type RoleHolding } from '../tenant/picture-holdings.ts'
import { isPermanent, type PictureGroup } from '../tenant/picture-holdings.ts'
import type { TenantPicture } from '../tenant/tenant-picture.ts'
import { endOf, isGovernedGroup, type Accounts, type Comparison } from './comparison.ts'
import {
	differenceKey,
	inOrderOfDanger,
	type Difference,
	type GroupMembers,
	type Spared,
} from './differences.ts'
import { governedKey } from './governed.ts'
import { isClosed } from './grant-states.ts'
import { membersOf, membersWithin, sparedFor } from './group-members.ts'
import type { Place } from './place.ts'

/* What groups hold, and what of it must stay. */

/** A group that holds a governed role gives it to whoever is in it. */
export function judgeGroup(
	picture: TenantPicture,
	holding: RoleHolding,
	{ governed, grants, accounts }: Omit<Comparison, 'now'>,
): Difference | null {
	const { principalId, roleDefinitionId, directoryScopeId } = holding
	const place: Place = { kind: 'role', roleDefinitionId, directoryScopeId }
	const given = governed.get(governedKey(place))
	const group = picture.groups.find(({ objectId }) => objectId === principalId)
	if (given === undefined || accounts.isBreakGlass(principalId) || group === undefined) return null
	const standing = standingOf(holding)
	const about = { principalId, place, standing, through: null, grantId: null }
	const members = membersOf(picture, principalId, accounts)
	// What people are given through it, or a break-glass account has or could take through it, would go with it; and of a group
	// that could not be read nobody knows whom it would hit.
	const spared = sparedGroup(members, principalId, { governed, grants, isWatched: accounts.isBreakGlass })
	return {
		...about,
		key: differenceKey('holding', about),
		family: 'holding',
		kinds: inOrderOfDanger(isPermanent(holding) ? ['outOfBand', 'permanent'] : ['outOfBand']),
		principalKind: 'group',
		personId: null,
		roles: given.map(({ role }) => role),
		from: holding.from,
		...endOf(holding),
		reasons: [],
		names: { principal: group.displayName, through: null, policy: null },
		people: peopleIn(group),
		members,
		isAbsence: false,
		removal:
			spared === null
				? { what: standing === 'eligible' ? 'eligibility' : 'assignment', principalId, place }
				: null,
		...(spared === null ? {} : { spared }),
	}
}

/** Why a group that holds a role keeps it; null: nothing speaks for it. */
export function sparedGroup(
	members: Pick<GroupMembers, 'accounts' | 'isWhole'>,
	groupId: string,
	{
		governed,
		grants,
		isWatched,
	}: Pick<Comparison, 'governed' | 'grants'> & { isWatched: (objectId: string) => boolean },
): Spared | null {
	const spared = sparedFor(members, isWatched)
	if (spared === 'watched') return spared
	const carriesGrants =
		isGovernedGroup(governed, groupId) ||
		grants.some(
			({ place, state }) =>
				place.kind === 'group' && place.groupId.toLowerCase() === groupId && !isClosed(state),
		)
	return carriesGrants ? 'ours' : spared
}

/**
 * Why a group within a group is not taken out of it: it could take a place from a break-glass account. Who is in a group within a
 * group stands in the outer one's list; who is in one that is not active in it yet is known only where it was read itself.
 */
export function sparedWithin(
	picture: TenantPicture,
	holding: GroupHolding,
	accounts: Pick<Accounts, 'isBreakGlass' | 'personOf'>,
): Spared | null {
	const outer = picture.groups.find(({ objectId }) => objectId === holding.groupId)
	if (outer === undefined || outer.unread.includes('members')) return 'unread'
	if (outer.members.some(({ objectId, isDirect }) => !isDirect && accounts.isBreakGlass(objectId)))
		return 'watched'
	return sparedFor(membersWithin(picture, holding, accounts), accounts.isBreakGlass)
}

/** How many are in a group, groups within it left aside. */
export const peopleIn = ({ members }: PictureGroup): number =>
	members.filter(({ kind }) => kind !== 'group').length

/**
 * How many people have their place in a group through the group that this holding puts there; 0 where it puts no group there. Where
 * that one was not read itself they are no more than all that stand in the outer one's list without being in it themselves.
 */
export function peopleWithin(picture: TenantPicture, holding: GroupHolding): number {
	if (!isGroupWithin(picture, holding)) return 0
	const find = (id: string) => picture.groups.find(({ objectId }) => objectId === id)
	const inner = find(holding.principalId)
	if (inner !== undefined && !inner.unread.includes('members')) return peopleIn(inner)
	const nested = find(holding.groupId)?.members.filter(({ isDirect, kind }) => !isDirect && kind !== 'group')
	return nested?.length ?? 0
}

/** Whether this principal is a group, by its own row or by the list of members of the group that it is in. */
export function isGroupWithin(
	{ groups }: TenantPicture,
	{ groupId, principalId, principalKind }: GroupHolding,
) {
	const outer = groups.find(({ objectId }) => objectId === groupId)
	return (
		principalKind === 'group' ||
		(outer?.members.some(({ objectId, kind }) => objectId === principalId && kind === 'group') ?? false)
	)
}
