import { isActive, standingOf, type PictureGroup } from '../tenant/picture-holdings.ts'
import type { TenantPicture } from '../tenant/tenant-picture.ts'
import { endOf, nameOf, type Comparison } from './comparison.ts'
import { differenceKey, inOrderOfDanger, type Difference } from './differences.ts'
import { governedKey } from './governed.ts'
import type { JudgeHolder, RememberedHolding } from './known-holders.ts'
import { placeKey, type GroupPlace } from './place.ts'

/**
 * Guests, machines and people whom the charter denies, who are in a governed group through a group within it, could be or will be,
 * or own one of them and so could put anybody in. Whoever else is within is told of by the group that they are in; both can be
 * mended only in the tenant.
 */
export function compareWithin(
	picture: TenantPicture,
	{ governed, accounts }: Pick<Comparison, 'governed' | 'accounts'>,
	{ judge, remembered }: { judge: JudgeHolder; remembered: readonly RememberedHolding[] },
): Difference[] {
	const foundThrough = Map.groupBy(
		remembered.filter(({ place, standing }) => place?.kind === 'group' && standing !== 'eligible'),
		({ place, principalId }) => `${principalId ?? ''} ${place === null ? '' : placeKey(place)}`,
	)
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
				through: innerGroup(
					picture,
					group,
					objectId,
					(foundThrough.get(`${objectId} ${placeKey(at('member'))}`) ?? []).flatMap(
						({ through }) => through ?? [],
					),
				),
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
			const { principalId, principalKind } = about
			const key = differenceKey('holding', { ...about, grantId: null })
			const { kinds, personId, reasons } = judge({ key, principalId, principalKind, roles })
			if (kinds.length === 0) return []
			return [
				{
					...about,
					grantId: null,
					key,
					family: 'holding',
					kinds: inOrderOfDanger(kinds),
					personId,
					roles,
					from: row?.from ?? null,
					...(row === null ? { until: null } : endOf(row)),
					reasons,
					names: {
						principal: nameOf(picture, principalId, principalKind),
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

/**
 * The group within the group through which somebody is in it. They stay in the one through which they were found, unless that one was
 * read without them and another has them: of one that could not be read nobody knows that they have left it.
 */
function innerGroup(
	picture: TenantPicture,
	{ members, objectId: outer }: PictureGroup,
	who: string,
	before: readonly string[],
): string {
	const inner = members
		.filter(({ isDirect, kind }) => isDirect && kind === 'group')
		.map(({ objectId }) => objectId)
		.sort()
	const known = before.filter((id) => inner.includes(id)).sort()
	const find = (id: string) => picture.groups.find(({ objectId }) => objectId === id)
	const lists = (id: string) => find(id)?.members.some(({ objectId }) => objectId === who) ?? false
	const isUnread = (id: string) => find(id)?.unread.includes('members') ?? true
	return (
		known.find(lists) ??
		known.find(isUnread) ??
		inner.find(lists) ??
		known[0] ??
		inner.find(isUnread) ??
		inner[0] ??
		outer
	)
}
