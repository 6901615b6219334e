import { isActive, standingOf, type GroupHolding, type RoleHolding } from '../tenant/picture-holdings.ts'
import { isPermanent, type PictureGroup } from '../tenant/picture-holdings.ts'
import type { TenantPicture } from '../tenant/tenant-picture.ts'
import { endOf, isGovernedGroup, nameOf, wrongHolder, type Accounts, type Comparison } from './comparison.ts'
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
import type { GroupPlace, Place } from './place.ts'

/* What groups hold, and who has what the charter governs through a group. */

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

/**
 * Guests, machines and people whom the charter denies, who are in a governed group through a group within it, could be or will be,
 * or own one of them and so could put anybody in. Whoever else is within is told of by the group that they are in; both can be
 * mended only in the tenant.
 */
export function compareWithin(picture: TenantPicture, { governed, accounts }: Comparison): Difference[] {
	return picture.groups.flatMap((group) => {
		const given = governed.get(governedKey({ kind: 'group', groupId: group.objectId, relation: 'member' }))
		if (given === undefined) return []
		const by = given.flatMap(({ place }) => (place.kind === 'group' ? [place.by] : []))[0] ?? 'pim'
		const at = (relation: 'member' | 'owner'): GroupPlace => ({
			kind: 'group',
			groupId: group.objectId,
			relation,
			by,
		})
		const roles = given.map(({ role }) => role)
		const nested = group.members
			.filter(({ isDirect, kind }) => !isDirect && kind !== 'group')
			.map(({ objectId, kind }) => ({
				principalId: objectId,
				principalKind: kind,
				place: at('member'),
				standing: 'active' as const,
				through: innerGroup(picture, group, objectId),
				row: null,
			}))
		const isIn = new Set(nested.map(({ principalId }) => principalId))
		const inner = new Set(group.members.flatMap(({ kind, objectId }) => (kind === 'group' ? [objectId] : [])))
		// Who could take or will have a place in a group within has what the outer one gives; who owns one could put anybody in.
		const becoming = picture.groupHoldings
			.filter(
				(row) =>
					inner.has(row.groupId) &&
					(row.relation === 'owner' || (!isActive(row) && !isIn.has(row.principalId))),
			)
			.map((row) => ({
				principalId: row.principalId,
				principalKind: row.principalKind,
				place: at(row.relation),
				standing: standingOf(row),
				through: row.groupId,
				row,
			}))
		const isOwnerGoverned = governed.has(
			governedKey({ kind: 'group', groupId: group.objectId, relation: 'owner' }),
		)
		const owners = isOwnerGoverned
			? []
			: picture.groupHoldings
					.filter(({ groupId, relation }) => groupId === group.objectId && relation === 'owner')
					.map((row) => ({
						principalId: row.principalId,
						principalKind: row.principalKind,
						place: at('owner'),
						standing: standingOf(row),
						through: null,
						row,
					}))
		return [...nested, ...becoming, ...owners].flatMap((holder): Difference[] => {
			const { row, ...about } = holder
			if (accounts.isBreakGlass(about.principalId)) return []
			const { kinds, personId, reasons } = wrongHolder(accounts, { ...about, roles })
			if (kinds.length === 0) return []
			return [
				{
					...about,
					grantId: null,
					key: differenceKey('holding', { ...about, grantId: null }),
					family: 'holding',
					kinds: inOrderOfDanger(kinds),
					personId,
					roles,
					from: row?.from ?? null,
					...(row === null ? { until: null } : endOf(row)),
					reasons,
					names: {
						principal: nameOf(picture, about.principalId, about.principalKind),
						through: about.through === null ? null : nameOf(picture, about.through, 'group'),
						policy: null,
					},
					people: 0,
					isAbsence: false,
					removal: null,
				},
			]
		})
	})
}

/** The group within the group through which somebody is in it: where several could be, the one that is known to list them. */
function innerGroup(picture: TenantPicture, { members, objectId: outer }: PictureGroup, who: string): string {
	const inner = members
		.filter(({ isDirect, kind }) => isDirect && kind === 'group')
		.map(({ objectId }) => objectId)
	const lists = (id: string) =>
		picture.groups.some(
			(group) => group.objectId === id && group.members.some(({ objectId }) => objectId === who),
		)
	return inner.find(lists) ?? inner.toSorted()[0] ?? outer
}
