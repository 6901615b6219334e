import { governedBy, governedKey } from '#workflows/grants/governed.ts'
import { isTimedByTenant, placeOf, type GroupKeeper, type Place } from '#workflows/grants/place.ts'
import type { Charter, RoleAccess } from '#workflows/charter/charter.schema.ts'
import type { EntraPlaceView } from '../views.ts'

const UNIT = '/administrativeUnits/'

/** What an access of the charter gives in Entra ID, for the page. */
export function entraPlaceView(access: RoleAccess, groups: GroupKeeper): EntraPlaceView {
	const place = placeOf(access, groups)
	const { name } = access.entra
	const hasOwnEnd = isTimedByTenant(place)
	if (place.kind === 'group') return { name, where: place.relation, unit: null, hasOwnEnd }
	const unit = place.directoryScopeId.startsWith(UNIT) ? place.directoryScopeId.slice(UNIT.length) : null
	return { name, where: unit === null ? 'tenant' : 'unit', unit, hasOwnEnd }
}

/** A place that was found in Entra ID as the charter names it; by its ids where no role gives it, or in another scope. */
export function foundPlaceView(
	place: Place,
	charter: Pick<Charter, 'roles'>,
	groups: GroupKeeper,
): EntraPlaceView {
	const given = governedBy(charter, groups).get(governedKey(place))?.[0]
	const access = given === undefined ? undefined : charter.roles[given.role]?.access
	const named =
		access === undefined
			? { name: place.kind === 'role' ? place.roleDefinitionId : place.groupId, hasOwnEnd: true }
			: entraPlaceView(access, groups)
	if (place.kind === 'group') return { ...named, where: place.relation, unit: null, hasOwnEnd: true }
	const { directoryScopeId: scope } = place
	const unit = scope === '/' ? null : scope.startsWith(UNIT) ? scope.slice(UNIT.length) : scope
	return { ...named, where: unit === null ? 'tenant' : 'unit', unit, hasOwnEnd: true }
}
