import { liveAccesses } from '#db/queries/readiness.ts'
import type { Reader } from '#db/client.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { governedPlaces } from '#workflows/tenant/readiness/governed-places.ts'
import { holdingKey } from '#workflows/tenant/readiness/judge-lines.ts'

/** Which holdings a live access of ours stands behind, by their keys: an access to one role says nothing of the places of another. */
export async function approvedIn(reader: Reader, charter: Charter): Promise<Set<string>> {
	const places = [...governedPlaces(charter).values()]
	const live = await liveAccesses(reader)
	return new Set(
		live.flatMap(({ objectId, role }) =>
			places
				.filter(({ roles }) => roles.includes(role))
				.map(({ place }) => holdingKey({ principalId: objectId.toLowerCase(), place })),
		),
	)
}
