import { withoutParameters } from '#db/transaction.ts'
import type { Deps } from '#app/services/deps.ts'
import { watchAccounts } from '#app/services/findings/watch-accounts.server.ts'
import { withJobLock } from './job-lock.server.ts'
import { createLoop } from './loop.server.ts'

const WATCH = 'entra.watch'
/** Twenty accounts, the most that a charter names, are a third of what the tenant answers about sign-ins in this time. */
export const WATCH_MS = 120_000

/** Looks at the accounts that are only watched, one process at a time. */
export function startWatchLoop(deps: Deps, everyMs = WATCH_MS): { stop: () => Promise<void> } {
	let said = ''
	const loop = createLoop(
		async () => {
			await withJobLock(deps.database, WATCH, () => watchAccounts(deps))
			said = ''
		},
		{
			onError(error) {
				const text = error instanceof Error ? error.message : 'unknown'
				if (text !== said)
					deps.log.error(
						{ job: WATCH, error: withoutParameters(error) },
						'the accounts for emergencies could not be looked at',
					)
				said = text
			},
		},
	)
	loop.wake()
	const tick = setInterval(() => loop.wake(), everyMs)
	return {
		async stop() {
			clearInterval(tick)
			await loop.stop()
		},
	}
}
