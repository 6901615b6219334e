import type { Charter } from '../charter/charter.schema.ts'
import { placeOf, type GroupKeeper, type Place } from './place.ts'

/** Every place that a role of the charter gives, by what is governed: a directory role in whatever scope, or a place in a group. */
export type Governed = ReadonlyMap<string, readonly { role: string; place: Place }[]>

/**
 * What is governed. A directory role is governed in every scope: whoever holds it in a wider one than the charter gives has
 * more than the charter's rules were made for.
 */
export function governedBy(charter: Pick<Charter, 'roles'>, groups: GroupKeeper): Governed {
	const governed = new Map<string, { role: string; place: Place }[]>()
	for (const [role, { access }] of Object.entries(charter.roles)) {
		if (!access) continue
		const place = placeOf(access, groups)
		const key = governedKey(place)
		governed.set(key, [...(governed.get(key) ?? []), { role, place }])
	}
	return governed
}

/** A directory role whatever its scope, or a place in a group. */
export const governedKey = (
	place:
		| { kind: 'role'; roleDefinitionId: string }
		| { kind: 'group'; groupId: string; relation: 'member' | 'owner' },
): string =>
	(place.kind === 'role' ? place.roleDefinitionId : `${place.groupId} ${place.relation}`).toLowerCase()

/** What must be read of a tenant to know who holds what is governed. */
export function governedParts(governed: Governed): {
	roles: readonly string[]
	groups: readonly string[]
} {
	const places = [...governed.values()].flat().map(({ place }) => place)
	const unique = (ids: readonly string[]) => [...new Set(ids.map((id) => id.toLowerCase()))].sort()
	return {
		roles: unique(places.flatMap((place) => (place.kind === 'role' ? [place.roleDefinitionId] : []))),
		groups: unique(places.flatMap((place) => (place.kind === 'group' ? [place.groupId] : []))),
	}
}
