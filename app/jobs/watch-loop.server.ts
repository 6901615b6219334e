import type { Deps } from '#app/services/deps.ts'
import { watchAccounts } from '#app/services/findings/watch-accounts.server.ts'
import { startLockedLoop } from './locked-loop.server.ts'

/** Twenty accounts, the most that a charter names, are a third of what the tenant answers about sign-ins in this time. */
export const WATCH_MS = 120_000

/** Looks at the accounts that are only watched, one process at a time. */
export const startWatchLoop = (deps: Deps, everyMs = WATCH_MS): { stop: () => Promise<void> } =>
	startLockedLoop(
		deps,
		{ lock: 'entra.watch', trouble: 'the accounts for emergencies could not be looked at', everyMs },
		() => watchAccounts(deps),
	)
