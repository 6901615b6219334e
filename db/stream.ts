import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { ConnectionTarget } from './client.ts'
import { APPLICATION_ROLE } from './role.ts'

/** What the worker thread says: a chunk (answered by 'more'), the end, or why it failed. */
export type StreamMessage = { chunk: Uint8Array } | { end: true } | { failure: string }

/** The export could not be finished; what has been read so far is not the whole. */
export class StreamBroken extends Error {
	override readonly name = 'StreamBroken'
}

/**
 * Streams `COPY (query) TO STDOUT` as bytes, by postgres.js in a worker thread: its uncaught errors on a lost
 * connection then end the thread, and reach the caller as StreamBroken. COPY takes no parameters, so `query` must be
 * a text of our own, never one with anybody's input in it. It runs as the application's role; `asOwner` as in
 * `openDatabase`. Stopping early ends the thread.
 */
export async function* copyOut(
	target: ConnectionTarget,
	query: string,
	{ asOwner = false }: { asOwner?: boolean } = {},
): AsyncGenerator<Uint8Array> {
	const workerData = { target, query, role: asOwner ? null : APPLICATION_ROLE }
	const worker = new Worker(new URL('./stream-worker.ts', import.meta.url), { workerData })
	const failed = new Promise<StreamMessage>((resolve) => {
		worker.once('error', (error: unknown) =>
			resolve({ failure: error instanceof Error ? error.message : 'unknown' }),
		)
		worker.once('exit', () => resolve({ failure: 'the reader ended early' }))
	})
	try {
		for (;;) {
			const next = once(worker, 'message').then(([message]) => message as StreamMessage)
			worker.postMessage('more')
			const message = await Promise.race([next.catch((error: Error) => ({ failure: error.message })), failed])
			if ('failure' in message) throw new StreamBroken(`The export was cut off: ${message.failure}`)
			if ('end' in message) return
			yield message.chunk
		}
	} finally {
		await worker.terminate()
	}
}
