import { answeringLockboxes } from '#db/queries/lockbox-lists.ts'
import { withoutParameters } from '#db/transaction.ts'
import type { Deps } from '#app/services/deps.ts'
import { pollProviders } from '#app/services/lockbox/poll-providers.server.ts'
import { settleLockboxes } from '#app/services/lockbox/settle-lockboxes.server.ts'
import { followLockbox } from './follow-lockbox.server.ts'
import { withJobLock } from './job-lock.server.ts'
import { createLoop } from './loop.server.ts'
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
	let said = ''
	const loop = createLoop(
		async () => {
			await withJobLock(deps.database, 'lockbox.poll', async () => {
				await pollProviders(deps, { mayGoOn: () => !stopped })
				if (!stopped) await settleLockboxes(deps)
				if (!stopped) await followAnswers(deps)
			})
			said = ''
		},
		{
			onError(error) {
				const text = error instanceof Error ? error.message : 'unknown'
				if (text !== said)
					deps.log.error(
						{ job: 'lockbox.poll', error: withoutParameters(error) },
						'the requests of providers could not be followed',
					)
				said = text
			},
		},
	)
	loop.wake()
	const tick = setInterval(() => loop.wake(), pollMs)
	return {
		async stop() {
			stopped = true
			clearInterval(tick)
			await loop.stop()
		},
	}
}
