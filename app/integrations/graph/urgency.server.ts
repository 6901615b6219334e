import { AsyncLocalStorage } from 'node:async_hooks'
import type { Lane } from './buckets.ts'

/** How urgent the calls of one piece of work are. */
export type Urgency = {
	lane: Lane
	/** The clock of the lanes when the work began to wait; null counts from each call by itself. */
	since: number | null
	/** For how long a call waits for its turn at most, in milliseconds; without it, as long as its lane does. */
	longestMs?: number
	/** Asked when its turn has come: what nobody wants any more is not sent. */
	isWanted?: () => Promise<boolean>
}

const current = new AsyncLocalStorage<Urgency>()

/**
 * Sends the calls of `work` in this lane, however deep they are. It travels with the work rather than through every port, so
 * that nobody between a job and its calls can forget to pass it on.
 */
export const inLane = <T>(lane: Lane, work: () => Promise<T>, since: number | null = null): Promise<T> =>
	current.run({ lane, since }, work)

/** Lets no call of `work` wait longer than `longestMs` for its turn: it holds a lock that something urgent may need. */
export const impatiently = <T>(longestMs: number, work: () => Promise<T>): Promise<T> =>
	current.run({ ...urgencyNow(), longestMs }, work)

/** Sends each call of `work` only if it is still wanted once its turn has come; else it is as if there were too many. */
export const whileWanted = <T>(isWanted: () => Promise<boolean>, work: () => Promise<T>): Promise<T> =>
	current.run({ ...urgencyNow(), isWanted }, work)

/** The lane that was asked for; the least urgent where nobody has said anything. */
export const urgencyNow = (): Urgency => current.getStore() ?? { lane: 'sync', since: null }
