/** A piece of work that runs when it is asked for, never twice at once, and once more when asked for while it ran. */
export type Loop = { wake(): void; stop(): Promise<void> }

/** `work` handles its own failures; one that it throws is given to `onError`. */
export function createLoop(work: () => Promise<void>, onError: (error: unknown) => void): Loop {
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
			await running
		},
	}
}
