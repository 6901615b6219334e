import { setTimeout as pause } from 'node:timers/promises'

/** A piece of work that runs when it is asked for, never twice at once, and once more when asked for while it ran. */
export type Loop = { wake(): void; stop(): Promise<void> }

/**
 * `work` that fails is told to `onError`, and runs again when it is asked for. When idle it runs at once; asked for while
 * it runs, it rests for `restMs` first, so that what comes in the meantime is done together.
 */
export function createLoop(
	work: () => Promise<void>,
	{ onError, restMs = 0 }: { onError: (error: unknown) => void; restMs?: number },
): Loop {
	const resting = new AbortController()
	let stopped = false
	let again = false
	let running: Promise<void> | null = null
	const run = async () => {
		do {
			again = false
			try {
				await work()
			} catch (error) {
				onError(error)
			}
			if (again && restMs > 0)
				await pause(restMs, undefined, { signal: resting.signal }).catch(() => undefined)
		} while (again && !stopped)
	}
	return {
		wake() {
			if (stopped) return
			if (running !== null) {
				again = true
				return
			}
			running = run().finally(() => {
				running = null
			})
		},
		async stop() {
			stopped = true
			resting.abort()
			await running
		},
	}
}
