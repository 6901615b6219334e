import type { StoredPart } from '#db/queries/tenant-places.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import type { Place } from '#workflows/grants/place.ts'
import type { Instant } from '#workflows/shared/instants.ts'
import {
	isPartDue,
	judgePlace,
	partKey,
	partsOfPlace,
	PLACE_TROUBLES,
	placesIn,
	type PlaceSetup,
} from '#workflows/tenant/charter-places.ts'
import type { PlaceView } from './places-view.ts'

/** Whether a tenant of which this is known could give the places that a charter names; one for each role that gives one. */
export function judgePlaces(
	charter: Pick<Charter, 'roles'>,
	known: ReadonlyMap<string, StoredPart>,
	setup: PlaceSetup,
	at: Instant,
): PlaceView[] {
	return placesIn(charter, setup.groups).map(({ role, place }) => {
		const { troubles, ...judged } = judgePlace(place, known, setup, at)
		const { title = role, access } = charter.roles[role] ?? {}
		return {
			role: { key: role, title },
			charterName: access?.entra.name ?? role,
			ids: idsOf(place),
			...judged,
			troubles: troubles.map((code) => ({ code, mender: PLACE_TROUBLES[code] })),
			isWaiting: partsOfPlace(place, setup).some((part) => {
				const found = known.get(partKey(part))
				// What is tried again and again for trouble of its own is not what anybody waits for.
				return found === undefined || (found.trouble === null && isPartDue(found, at))
			}),
		}
	})
}

const idsOf = (place: Place): PlaceView['ids'] =>
	place.kind === 'role'
		? { roleTemplateId: place.roleDefinitionId, groupId: null, scope: place.directoryScopeId }
		: { roleTemplateId: null, groupId: place.groupId, scope: null }
