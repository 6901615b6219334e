import type { Instant } from '../shared/instants.ts'
import type { TenantPicture } from './tenant-picture.ts'
import {
	isActive,
	standingOf,
	type GroupHolding,
	type PictureGroup,
	type PrincipalKind,
	type RoleHolding,
} from './picture-holdings.ts'

/**
 * How somebody stands to a place: they have it (`active`), could take it by activating (`eligible`), have it from a time on that
 * has not come (`scheduled`), or could put themselves or anybody in, since they own the group that has it (`controls`).
 */
export type Standing = 'active' | 'eligible' | 'scheduled' | 'controls'

/** One principal and one place, and by which holding. Ids are in lower case. */
export type Held = {
	principalId: string
	principalKind: PrincipalKind
	place:
		| { kind: 'role'; roleDefinitionId: string; directoryScopeId: string }
		| { kind: 'group'; groupId: string; relation: 'member' | 'owner' }
	standing: Standing
	/** The holding itself: of the principal, or of the group through which they have it. */
	holding: RoleHolding | GroupHolding
	/** The group through which they hold a role; null: in their own name. */
	through: string | null
	/** Their place in that group, where the tenant lists one of their own. */
	membership: GroupHolding | null
}

/**
 * Every principal that holds a role or a place in a group, with groups expanded to who is in them, who could be and who
 * owns them. Groups that could not be read stand as themselves: nobody in them is made up, and they do not vanish. A listing
 * of a person that only repeats their group's is left out.
 */
export function expandHeld(
	picture: Pick<TenantPicture, 'groups' | 'roleHoldings' | 'groupHoldings'>,
): Held[] {
	const groups = new Map(picture.groups.map((group) => [group.objectId, group]))
	const places = Map.groupBy(picture.groupHoldings, ({ groupId }) => groupId)
	const held: Held[] = []
	const seenThrough = new Set<string>()
	for (const holding of picture.roleHoldings) {
		const { roleDefinitionId, directoryScopeId, principalId, principalKind } = holding
		const place = { kind: 'role', roleDefinitionId, directoryScopeId } as const
		const group = groups.get(principalId)
		if (principalKind !== 'group' || !isReadable(group)) {
			const standing = standingOf(holding)
			held.push({ principalId, principalKind, place, standing, holding, through: null, membership: null })
			continue
		}
		for (const one of throughGroup(group, places.get(group.objectId) ?? [], place, holding)) {
			held.push(one)
			seenThrough.add(roleKey(one.principalId, place, one.standing))
		}
	}
	for (const holding of picture.groupHoldings) {
		const { groupId, relation, principalId, principalKind } = holding
		held.push({
			principalId,
			principalKind,
			place: { kind: 'group', groupId, relation },
			standing: standingOf(holding),
			holding,
			through: null,
			membership: null,
		})
	}
	// What repeats a group's own holding is left out only where that person was found in the group.
	return held.filter(
		({ holding, through, place, principalId, standing }) =>
			through !== null ||
			place.kind !== 'role' ||
			!('memberType' in holding) ||
			holding.memberType !== 'group' ||
			!seenThrough.has(roleKey(principalId, place, standing)),
	)
}

/**
 * The same, and who has a place in a group through groups in it, as far as somebody could read who that is: who is in those, who
 * could activate a place in one or will have it, and who owns one and so could put anybody in. Which of several groups somebody is
 * in is not told: then they stand through the group that has the place.
 */
export function expandNested(picture: Parameters<typeof expandHeld>[0]): Held[] {
	const groups = new Map(picture.groups.map((group) => [group.objectId, group]))
	const places = Map.groupBy(picture.groupHoldings, ({ groupId }) => groupId)
	const inGroups = Map.groupBy(
		picture.groupHoldings.filter(
			(row) => row.relation === 'member' && row.principalKind === 'group' && isActive(row),
		),
		({ groupId }) => groupId,
	)
	const nested = [...inGroups].flatMap(([groupId, rows]) => {
		const group = groups.get(groupId)
		const [first] = rows
		if (first === undefined || !isReadable(group)) return []
		const place = { kind: 'group', groupId, relation: 'member' } as const
		const active = group.members
			.filter(({ isDirect, kind }) => !isDirect && kind !== 'group')
			.map(({ objectId, kind }): Held => ({
				principalId: objectId,
				principalKind: kind,
				place,
				standing: 'active',
				holding: first,
				through: rows.length === 1 ? first.principalId : groupId,
				membership: null,
			}))
		const isIn = new Set(active.map(({ principalId }) => principalId))
		const within = group.members.flatMap(({ objectId, kind }) =>
			kind === 'group' ? (groups.get(objectId) ?? []) : [],
		)
		const becoming = within.flatMap((inner) => {
			const holding = rows.find(({ principalId }) => principalId === inner.objectId) ?? first
			return besideMembers(inner, places.get(inner.objectId) ?? [], place, holding)
		})
		// Who is in it already gains nothing by activating; who owns a group in it may put others in.
		return [...active, ...becoming.filter((one) => one.standing === 'controls' || !isIn.has(one.principalId))]
	})
	return [...expandHeld(picture), ...nested]
}

/** Whoever owns a group that has a place, or is not in it yet and could be or will be: each once, and as an owner apart. */
function besideMembers(
	inner: PictureGroup,
	places: readonly GroupHolding[],
	place: Held['place'],
	holding: GroupHolding,
): Held[] {
	const all: Held[] = []
	const put = (
		{ principalId, principalKind }: Pick<Held, 'principalId' | 'principalKind'>,
		standing: Standing,
		membership: GroupHolding | null,
	) =>
		void all.push({
			principalId,
			principalKind,
			place,
			standing,
			holding,
			through: inner.objectId,
			membership,
		})
	for (const { objectId, kind } of inner.owners)
		put({ principalId: objectId, principalKind: kind }, 'controls', null)
	for (const row of places)
		if (row.relation === 'owner') put(row, 'controls', row)
		else if (!isActive(row)) put(row, standingOf(row), row)
	return telling(
		all,
		({ principalId, standing }) => `${standing === 'controls' ? 'owner' : 'member'} ${principalId}`,
	)
}

const isReadable = (group: PictureGroup | undefined): group is PictureGroup =>
	group !== undefined && !group.unread.includes('members')

type RolePlace = Extract<Held['place'], { kind: 'role' }>
const roleKey = (
	principalId: string,
	{ roleDefinitionId, directoryScopeId }: RolePlace,
	standing: Standing,
) => `${principalId} ${roleDefinitionId} ${directoryScopeId} ${standing}`

function throughGroup(
	group: PictureGroup,
	places: readonly GroupHolding[],
	place: RolePlace,
	holding: RoleHolding,
): Held[] {
	const all: Held[] = []
	const put = (
		principalId: string,
		principalKind: PrincipalKind,
		standing: Standing,
		membership: GroupHolding | null,
	) =>
		void all.push({
			principalId,
			principalKind,
			place,
			standing,
			holding,
			through: group.objectId,
			membership,
		})
	const ownPlace = (id: string, relation: 'member' | 'owner') =>
		places.find((row) => row.principalId === id && row.relation === relation && isActive(row)) ?? null
	const asMember = standingOf(holding)
	for (const { objectId, kind } of group.members)
		// Groups in it are expanded by whoever read it: who is in them stands in the same list.
		if (kind !== 'group') put(objectId, kind, asMember, ownPlace(objectId, 'member'))
	for (const { objectId, kind } of group.owners) put(objectId, kind, 'controls', ownPlace(objectId, 'owner'))
	// Whoever is in it has by that what the group has: a place that they could take or will have adds nothing.
	const isIn = new Set(group.members.map(({ objectId }) => objectId))
	for (const row of places)
		if (!isActive(row) && (row.relation === 'owner' || !isIn.has(row.principalId))) {
			const standing = row.relation === 'owner' ? 'controls' : weaker(standingOf(row), asMember)
			put(row.principalId, row.principalKind, standing, row)
		}
	return telling(all, ({ principalId }) => principalId)
}

/**
 * Of each what says most: whoever has it gains nothing by activating or by waiting, nor by owning the group. What could be activated
 * and what will be there by itself are both said: neither goes with the other.
 */
function telling(all: readonly Held[], of: (held: Held) => string): Held[] {
	return [...Map.groupBy(all, of).values()].flatMap((ofOne) => {
		const first = (...standings: Standing[]) =>
			standings.flatMap((standing) => ofOne.find((held) => held.standing === standing) ?? [])
		return (
			[first('active'), first('eligible', 'scheduled'), first('controls')].find((some) => some.length > 0) ??
			[]
		)
	})
}

/** What comes of a place in a group, and of what the group has: no more than the lesser of both. */
const weaker = (a: Standing, b: Standing): Standing => (RANK[a] >= RANK[b] ? a : b)

const RANK: Readonly<Record<Standing, number>> = { active: 0, eligible: 1, scheduled: 2, controls: 3 }

/** Since when, or from when on, somebody has it: where both the group's role and their place in it begin later, the later. */
export function beginOf({ holding, membership }: Pick<Held, 'holding' | 'membership'>): Instant | null {
	if (membership?.how !== 'scheduled') return holding.from
	if (holding.how !== 'scheduled' || holding.from === null) return membership.from
	return membership.from === null || holding.from > membership.from ? holding.from : membership.from
}
