import { withoutParameters } from '#db/transaction.ts'
import type { Deps } from '#app/services/deps.ts'
import { withJobLock } from './job-lock.server.ts'
import { createLoop, type Loop } from './loop.server.ts'

type Locked = {
	/** The name under which one process at a time does it, and by which the log knows it. */
	lock: string
	/** What the log says where it fails; the same failure is told once. */
	trouble: string
	restMs?: number
}

/** A loop whose work one process at a time does; where another does it, there is nothing to do here. */
export function createLockedLoop(
	deps: Pick<Deps, 'database' | 'log'>,
	{ lock, trouble, restMs = 0 }: Locked,
	work: () => Promise<unknown>,
): Loop {
	let said = ''
	return createLoop(
		async () => {
			await withJobLock(deps.database, lock, async () => void (await work()))
			said = ''
		},
		{
			onError(error) {
				const text = error instanceof Error ? error.message : 'unknown'
				if (text !== said) deps.log.error({ job: lock, error: withoutParameters(error) }, trouble)
				said = text
			},
			restMs,
		},
	)
}

/** The same, now and every `everyMs` from now on, until it is stopped. */
export function startLockedLoop(
	deps: Pick<Deps, 'database' | 'log'>,
	{ everyMs, ...locked }: Locked & { everyMs: number },
	work: () => Promise<unknown>,
): { stop: () => Promise<void> } {
	const loop = createLockedLoop(deps, locked, work)
	loop.wake()
	const tick = setInterval(() => loop.wake(), everyMs)
	return {
		async stop() {
			clearInterval(tick)
			await loop.stop()
		},
	}
}
