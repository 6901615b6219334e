import { Worker } from 'node:worker_threads'
import type { Platform } from '#workflows/audit-export/platform.ts'
import type { CoseKey } from '#workflows/ledger/cose-key.ts'
import { nodePlatform } from './node-platform.server.ts'

/** What the thread is to check: a passkey's signature, by the number of its key, or that an entry is in a tree. */
export type Check =
	| { key: number; message: Uint8Array; signature: Uint8Array }
	| { leaf: { index: number; size: number; root: Uint8Array }; hash: Uint8Array; path: readonly string[] }
/** A batch of checks, with the keys that the thread has not seen yet. */
export type Batch = { keys: [number, CoseKey][]; checks: Check[] }
/** Which of them hold, in order. */
export type Results = boolean[]

/** Handing over one check costs as much as making it; so many at once cost next to nothing. */
const BATCH = 256

/**
 * Does `work` with a platform that has signatures and inclusion proofs checked by a second thread, in batches, while the
 * first reads on: the same answers in about two thirds of the time. The thread has ended when this returns. A thread
 * that fails makes the whole fail: nothing is taken as checked that was not.
 */
export async function withSecondThread<T>(work: (platform: Platform) => Promise<T>): Promise<T> {
	const worker = new Worker(new URL('./checking-thread.ts', import.meta.url), {
		resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 64 },
	})
	const keys = new Map<CoseKey, number>()
	const sent: ((outcome: Results | Error) => void)[] = []
	let batch: Batch = { keys: [], checks: [] }
	let batched: Promise<Results> | null = null
	let failure: Error | null = null

	worker.on('message', (results: Results) => sent.shift()?.(results))
	const fail = (error: unknown) => {
		failure ??= error instanceof Error ? error : new Error('The checking thread failed.')
		for (const settle of sent.splice(0)) settle(failure)
	}
	worker.on('error', fail)
	worker.on('exit', () => fail(new Error('The checking thread ended early.')))

	let send: (() => void) | null = null
	function collect(): Promise<Results> {
		const results = new Promise<Results>((resolve, reject) => {
			send = () => {
				send = null
				batched = null
				const ready = batch
				batch = { keys: [], checks: [] }
				if (failure !== null) {
					reject(failure)
					return
				}
				sent.push((outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome)))
				worker.postMessage(ready)
			}
		})
		// What is left when the reader pauses goes as well.
		setImmediate(() => send?.())
		return results
	}
	async function check(one: Check): Promise<boolean> {
		batched ??= collect()
		const place = batch.checks.push(one) - 1
		const results = batched
		if (batch.checks.length >= BATCH) send?.()
		return (await results)[place] === true
	}

	try {
		return await work({
			...nodePlatform,
			verifyAssertion: (coseKey, message, signature) => {
				let key = keys.get(coseKey)
				if (key === undefined) {
					key = keys.size
					keys.set(coseKey, key)
					batch.keys.push([key, coseKey])
				}
				return check({ key, message, signature })
			},
			verifyInclusion: (leaf, hash, path) => check({ leaf, hash, path }),
		})
	} finally {
		worker.removeAllListeners('exit')
		await worker.terminate()
	}
}
