import { knownParts } from '#db/queries/tenant-places.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import type { Deps } from '../deps.ts'
import { judgePlaces } from './judge-places.ts'
import type { PlacesView } from './places-view.ts'

/**
 * Whether the tenant could give the places that a charter names, by what was last read of it. It is not asked: whoever waits for the
 * page would wait for it.
 */
export async function showPlaces(
	{ database, reader, tenant, now }: Deps,
	charter: Pick<Charter, 'roles'>,
): Promise<PlacesView> {
	const known = await knownParts(database.db, reader.tenant)
	return {
		isSandbox: tenant.kind === 'sandbox',
		tenantName: tenant.name,
		places: judgePlaces(charter, known, tenant, now().toISOString()),
	}
}
