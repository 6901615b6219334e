import type { Charter } from '../../charter/charter.schema.ts'
import type { Held } from '../held-through.ts'

/** A place that roles of a charter give, and which. */
export type GovernedPlace = { place: Held['place']; roles: string[] }

/** The key of a place, whatever case its ids are in. */
export const placeKeyOf = (place: Held['place']): string =>
	(place.kind === 'role'
		? `role ${place.roleDefinitionId} ${place.directoryScopeId}`
		: `group ${place.groupId} ${place.relation}`
	).toLowerCase()

/** Every place that a charter gives, by its key. */
export function governedPlaces({ roles }: Charter): Map<string, GovernedPlace> {
	const places = new Map<string, GovernedPlace>()
	for (const [role, { access }] of Object.entries(roles)) {
		if (!access) continue
		const { entra } = access
		const place: Held['place'] =
			'roleTemplateId' in entra
				? {
						kind: 'role',
						roleDefinitionId: entra.roleTemplateId.toLowerCase(),
						directoryScopeId: entra.scope.toLowerCase(),
					}
				: { kind: 'group', groupId: entra.groupId.toLowerCase(), relation: entra.relation }
		const key = placeKeyOf(place)
		const known = places.get(key)
		if (known) known.roles.push(role)
		else places.set(key, { place, roles: [role] })
	}
	return places
}

/** Groups that a charter gives places in: a reader is told to look at them. */
export const governedGroups = (charter: Charter): string[] => [
	...new Set(
		[...governedPlaces(charter).values()].flatMap(({ place }) =>
			place.kind === 'group' ? [place.groupId] : [],
		),
	),
]

/**
 * The charter's roles that give what somebody holds. A role for the whole tenant holds what it gives in a part of it too, so
 * that a holder at a larger scope is judged by the role at the smaller one.
 */
export function rolesGiving(places: ReadonlyMap<string, GovernedPlace>, place: Held['place']): string[] {
	const own = places.get(placeKeyOf(place))?.roles
	if (own) return own
	if (place.kind !== 'role' || place.directoryScopeId !== '/') return []
	return [...places.values()].flatMap((one) =>
		one.place.kind === 'role' && one.place.roleDefinitionId === place.roleDefinitionId ? one.roles : [],
	)
}
