import { AsyncLocalStorage } from 'node:async_hooks'
import type { Lane } from './buckets.ts'

/** How urgent the calls of one piece of work are. */
export type Urgency = {
	lane: Lane
	/** The clock of the lanes when the work began to wait; null counts from each call by itself. */
	since: number | null
}

const current = new AsyncLocalStorage<Urgency>()

/**
 * Sends the calls of `work` in this lane, however deep they are. It travels with the work rather than through every port, so
 * that nobody between a job and its calls can forget to pass it on.
 */
export const inLane = <T>(lane: Lane, work: () => Promise<T>, since: number | null = null): Promise<T> =>
	current.run({ lane, since }, work)

/** The lane that was asked for; the least urgent where nobody has said anything. */
export const urgencyNow = (): Urgency => current.getStore() ?? { lane: 'sync', since: null }
