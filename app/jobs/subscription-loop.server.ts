import type { Deps } from '#app/services/deps.ts'
import { keepSubscriptions } from '#app/services/notifications/keep-subscriptions.server.ts'
import { startLockedLoop } from './locked-loop.server.ts'

const TICK_MS = 10_000
/** So often the tenant is asked what there is, and so soon again where it did not say. */
const THOROUGH_MS = 3_600_000
const THOROUGH_AGAIN_MS = 60_000

/** Keeps the tenant telling us of changes, one process at a time. */
export function startSubscriptionLoop(deps: Deps): { stop: () => Promise<void> } {
	let thoroughFrom = 0
	return startLockedLoop(
		deps,
		{ lock: 'tenant.subscriptions', trouble: 'subscriptions could not be kept', everyMs: TICK_MS },
		async () => {
			const now = deps.now().getTime()
			const isThorough = now >= thoroughFrom
			const { isCompared } = await keepSubscriptions(deps, { isThorough })
			if (isThorough) thoroughFrom = now + (isCompared ? THOROUGH_MS : THOROUGH_AGAIN_MS)
		},
	)
}
