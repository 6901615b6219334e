import { answeringLockboxes } from '#db/queries/lockbox-lists.ts'
import type { Deps } from '#app/services/deps.ts'
import { pollProviders } from '#app/services/lockbox/poll-providers.server.ts'
import { settleLockboxes } from '#app/services/lockbox/settle-lockboxes.server.ts'
import { followLockbox } from './follow-lockbox.server.ts'
import { withJobLock } from './job-lock.server.ts'
import { startLockedLoop } from './locked-loop.server.ts'
import { TryAgain } from './try-again.ts'

const AT_ONCE = 200

/** Follows every answer that is on its way, beside its own job: whatever became of that, none is forgotten. */
export async function followAnswers(deps: Deps): Promise<void> {
	for (const id of await answeringLockboxes(deps.database.db, AT_ONCE))
		try {
			await withJobLock(deps.database, id, () => followLockbox(deps, id))
		} catch (error) {
			if (!(error instanceof TryAgain)) throw error
		}
}

/** Reads the providers' requests at every interval, one process at a time, settles what rests on people, and follows what is on its way. */
export function startLockboxLoop(deps: Deps, pollMs: number): { stop: () => Promise<void> } {
	let stopped = false
	const loop = startLockedLoop(
		deps,
		{
			lock: 'lockbox.poll',
			trouble: 'the requests of providers could not be followed',
			everyMs: pollMs,
		},
		async () => {
			await pollProviders(deps, { mayGoOn: () => !stopped })
			if (!stopped) await settleLockboxes(deps)
			if (!stopped) await followAnswers(deps)
		},
	)
	return {
		async stop() {
			stopped = true
			await loop.stop()
		},
	}
}
