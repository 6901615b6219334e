import { isTimedByTenant, placeOf, type GroupKeeper } from '#workflows/grants/place.ts'
import type { RoleAccess } from '#workflows/charter/charter.schema.ts'
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
