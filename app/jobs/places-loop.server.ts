import type { Deps } from '#app/services/deps.ts'
import { arePlacesAsked, readPlaces } from '#app/services/charter/read-places.server.ts'
import { startLockedLoop } from './locked-loop.server.ts'

/** So soon is seen that a draft was saved whose places nobody has looked at. */
const TICK_MS = 1000
/** So often is gone through what charters name, to read what is due. */
const THOROUGH_MS = 60_000

/** Looks at the places that charters name, one process at a time. */
export function startPlacesLoop(deps: Deps): { stop: () => Promise<void> } {
	let thoroughFrom = 0
	return startLockedLoop(
		deps,
		{ lock: 'tenant.places', trouble: 'the places of the charter could not be looked at', everyMs: TICK_MS },
		async () => {
			const now = deps.now().getTime()
			if (now < thoroughFrom && !(await arePlacesAsked(deps))) return
			await readPlaces(deps)
			thoroughFrom = now + THOROUGH_MS
		},
	)
}
