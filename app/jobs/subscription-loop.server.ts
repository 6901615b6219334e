import { withoutParameters } from '#db/transaction.ts'
import type { Deps } from '#app/services/deps.ts'
import { keepSubscriptions } from '#app/services/notifications/keep-subscriptions.server.ts'
import { withJobLock } from './job-lock.server.ts'
import { createLoop } from './loop.server.ts'

const LOCK = 'tenant.subscriptions'
const TICK_MS = 10_000
/** So often the tenant is asked what there is. */
const THOROUGH_MS = 3_600_000

/** Keeps the tenant telling us of changes, one process at a time. */
export function startSubscriptionLoop(deps: Deps): { stop: () => Promise<void> } {
	let said = ''
	let thoroughAt: number | null = null
	const loop = createLoop(
		async () => {
			await withJobLock(deps.database, LOCK, async () => {
				const now = deps.now().getTime()
				const isThorough = thoroughAt === null || now - thoroughAt >= THOROUGH_MS
				await keepSubscriptions(deps, { isThorough })
				if (isThorough) thoroughAt = now
			})
			said = ''
		},
		{
			onError(error) {
				const text = error instanceof Error ? error.message : 'unknown'
				if (text !== said)
					deps.log.error({ job: LOCK, error: withoutParameters(error) }, 'subscriptions could not be kept')
				said = text
			},
		},
	)
	loop.wake()
	const tick = setInterval(() => loop.wake(), TICK_MS)
	return {
		async stop() {
			clearInterval(tick)
			await loop.stop()
		},
	}
}
