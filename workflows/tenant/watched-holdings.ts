import { placeKey, type Place } from '../grants/place.ts'
import { standingOf, type GroupHolding, type RoleHolding } from './picture-holdings.ts'
import type { TenantPicture } from './tenant-picture.ts'

/** What an account that is only watched was seen to hold: of each place how, and which. */
export type WatchedHolding = {
	objectId: string
	/** Of what a look could not read, as it was last read. */
	places: string[]
	/** What no look could read yet; not there: nothing. */
	unknown?: string[]
}
export type HoldingsChange = { objectId: string; before: string[]; after: string[] }

const ROLES_ACTIVE = 'roles active'

/**
 * What each of these accounts holds by now, and which of them got or lost something since the last look that could be done. Only what
 * was read both times is compared: a list that could not be read takes nothing away, and gives nothing when it is read again.
 * An account that was not watched before has changed in nothing.
 */
export function watchedHoldings(
	objectIds: readonly string[],
	picture: TenantPicture,
	last: readonly WatchedHolding[],
): { holdings: WatchedHolding[]; changes: HoldingsChange[] } {
	const unread = unreadScopes(picture)
	const { roleInstances } = picture.parts
	// The plain list of assignments does not tell what somebody has through a group.
	const isPartial = !roleInstances.read && roleInstances.why !== 'unsupported'
	const holdings: WatchedHolding[] = []
	const changes: HoldingsChange[] = []
	for (const objectId of [...objectIds].sort()) {
		const listed = placesOf(objectId, picture).filter((place) => !unread.has(scopeOf(place)))
		const then = last.find((each) => each.objectId === objectId)
		if (then === undefined) {
			holdings.push({ objectId, places: listed, ...unknownOf([...unread]) })
			continue
		}
		const never = new Set(then.unknown ?? [])
		const kept = then.places.filter(
			(place) => unread.has(scopeOf(place)) || (isPartial && scopeOf(place) === ROLES_ACTIVE),
		)
		const known = new Set(kept.map(keyOf))
		const places = [...kept, ...listed.filter((place) => !known.has(keyOf(place)))].sort()
		const compared = (all: readonly string[]) =>
			[...new Set(all.filter((place) => !never.has(scopeOf(place))).map(keyOf))].sort().join('\n')
		if (compared(then.places) !== compared(places))
			changes.push({ objectId, before: then.places, after: places })
		holdings.push({ objectId, places, ...unknownOf([...never].filter((scope) => unread.has(scope))) })
	}
	return { holdings, changes }
}

const unknownOf = (scopes: readonly string[]) => (scopes.length === 0 ? {} : { unknown: [...scopes].sort() })

function placesOf(objectId: string, { roleHoldings, groupHoldings }: TenantPicture): string[] {
	const isOwn = ({ principalId }: RoleHolding | GroupHolding) => principalId === objectId
	const text = ({ how }: Pick<RoleHolding | GroupHolding, 'how'>, place: Place) => `${how} ${placeKey(place)}`
	return [
		...roleHoldings.filter(isOwn).map((row) => text(row, { ...row, kind: 'role' })),
		...groupHoldings.filter(isOwn).map((row) => text(row, { ...row, kind: 'group', by: 'pim' })),
	].sort()
}

/** Whether it gives access, could, or will, and where: how it came about is no gain and no loss. */
function keyOf(place: string): string {
	const [how = '', ...where] = place.split(' ')
	return [standingOf({ how: how as RoleHolding['how'] }), ...where].join(' ')
}

/** Of which list a place is: those of directory roles, or one of a group. The scope of a role is a path. */
function scopeOf(place: string): string {
	const [standing = '', id = '', where = ''] = keyOf(place).split(' ')
	return where === 'member' || where === 'owner' ? `${id} ${where} ${standing}` : `roles ${standing}`
}

function unreadScopes({ parts, groups }: TenantPicture): ReadonlySet<string> {
	const unread = new Set<string>()
	if (!parts.roleEligibilities.read) unread.add('roles eligible')
	if (!parts.roleSchedules.read) unread.add('roles scheduled')
	for (const group of groups) {
		const id = group.objectId.toLowerCase()
		if (group.unread.includes('members')) unread.add(`${id} member active`)
		if (group.unread.includes('owners')) unread.add(`${id} owner active`)
		for (const [list, standing] of [
			['eligible', 'eligible'],
			['scheduled', 'scheduled'],
		] as const)
			if (group.unread.includes(list))
				for (const relation of ['member', 'owner']) unread.add(`${id} ${relation} ${standing}`)
	}
	return unread
}
