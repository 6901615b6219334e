import { Worker } from 'node:worker_threads'
import type { ConnectionTarget } from './client.ts'

const RESTART_MS = 1000

/**
 * Calls `onNotify` for each NOTIFY on `channel`, by postgres.js in a worker thread. Losing the connection loses
 * notifications, never the process: the thread is started again, and `onNotify` is called once more after each new
 * subscription, since something may have been missed. Callers poll as well. Gives the function that ends it.
 */
export function listen(target: ConnectionTarget, channel: string, onNotify: () => void): () => Promise<void> {
	let stopped = false
	let worker: Worker | undefined
	let restart: NodeJS.Timeout | undefined
	const start = () => {
		worker = new Worker(new URL('./listen-worker.ts', import.meta.url), { workerData: { target, channel } })
		worker.on('message', onNotify)
		// The exit that follows is what restarts it.
		worker.on('error', () => undefined)
		worker.once('exit', () => {
			if (!stopped) restart = setTimeout(start, RESTART_MS)
		})
	}
	start()
	return async () => {
		stopped = true
		clearTimeout(restart)
		await worker?.terminate()
	}
}
