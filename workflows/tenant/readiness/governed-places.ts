import type { Charter } from '../../charter/charter.schema.ts'
import type { Held } from '../held-through.ts'
import { privilegedRole } from './privileged-roles.ts'

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

/** The charter's roles that give what somebody holds, and whether they only control it. */
type Given = { roles: string[]; isControl: boolean }

/**
 * The charter's roles that give what somebody holds. A role for the whole tenant holds what it gives in a part of it too, so
 * that a holder at a larger scope is judged by the role at the smaller one. Whoever owns a group gives the place in it to whom they
 * like, themselves included, so they are held to the roles that give it.
 */
export function rolesGiving(places: ReadonlyMap<string, GovernedPlace>, place: Held['place']): Given {
	const own = places.get(placeKeyOf(place))?.roles
	if (own) return { roles: own, isControl: false }
	if (place.kind === 'group') {
		const members = placeKeyOf({ ...place, relation: 'member' })
		return { roles: places.get(members)?.roles ?? [], isControl: place.relation === 'owner' }
	}
	if (place.directoryScopeId !== '/') return { roles: [], isControl: false }
	const within = [...places.values()].flatMap((one) =>
		one.place.kind === 'role' && one.place.roleDefinitionId === place.roleDefinitionId ? one.roles : [],
	)
	return { roles: within, isControl: false }
}

/**
 * Whether somebody has a privileged directory role beside the charter: one that is privileged in every tenant, or that the charter
 * governs elsewhere. What a group has in which the charter gives places is had by the charter, and is judged there.
 */
export function isBesideCharter(
	places: ReadonlyMap<string, GovernedPlace>,
	{ place, through }: Pick<Held, 'place' | 'through'>,
): boolean {
	if (place.kind !== 'role') return false
	if (through !== null && places.has(placeKeyOf({ kind: 'group', groupId: through, relation: 'member' })))
		return false
	const id = place.roleDefinitionId.toLowerCase()
	return (
		privilegedRole(id) !== null ||
		[...places.values()].some((one) => one.place.kind === 'role' && one.place.roleDefinitionId === id)
	)
}
