import { GrantPortUnavailable } from '../grant-port.ts'
import type { Lanes } from './lanes.server.ts'
import { inLane, urgencyNow } from './urgency.server.ts'

/** So many who wait for the same list are answered by one reading of all of it. */
const SHARED_FROM = 4

type Waiting<A, T> = { about: A; resolve: (found: T) => void; reject: (error: unknown) => void }
type Line<A, T> = { waiting: Waiting<A, T>[]; isReading: boolean; since: number }

/**
 * Reads what somebody waits for, and once for all of those who wait for the same list: when a thousand removals are read
 * back, a list of all assignments of the role costs fewer calls than theirs one by one. A reading begins after everybody it
 * answers has asked, so that nobody is told of a time before; who asks while one is under way is answered by the next.
 *
 * Only readings of removals are shared, since they come in numbers. `keyOf` names the list that something stands in.
 */
export function shareReadings<A, T>({
	lanes,
	keyOf,
	one,
	all,
}: {
	lanes: Pick<Lanes, 'milliseconds'>
	keyOf: (about: A) => string
	one: (about: A) => Promise<T>
	/** The whole list that this stands in, as a function that finds in it what one of those who wait asks for. */
	all: (about: A) => Promise<(about: A) => T>
}): (about: A) => Promise<T> {
	const lines = new Map<string, Line<A, T>>()

	async function serve(key: string, line: Line<A, T>): Promise<void> {
		line.isReading = true
		while (line.waiting.length > 0) {
			const { since } = line
			const [first, ...rest] = line.waiting
			if (line.waiting.length < SHARED_FROM) {
				line.waiting = []
				const few = first ? [first, ...rest] : rest
				await inLane('confirm', () => Promise.all(few.map(answerOne)), since)
			} else if (first) {
				// Whoever comes while this waits for its turn is not answered by it: its turn may have come already.
				const those = line.waiting
				line.waiting = []
				await inLane('confirm', () => answerAll(those, first.about), since)
			}
			line.since = lanes.milliseconds()
		}
		lines.delete(key)
	}
	const answerOne = async ({ about, resolve, reject }: Waiting<A, T>) => {
		try {
			resolve(await one(about))
		} catch (error) {
			reject(error)
		}
	}
	async function answerAll(those: readonly Waiting<A, T>[], about: A): Promise<void> {
		try {
			const find = await all(about)
			for (const each of those) each.resolve(find(each.about))
		} catch (error) {
			// A list that cannot be had as a whole is no reason not to look for what is in it.
			if (error instanceof GrantPortUnavailable && error.isOfThisCall) await Promise.all(those.map(answerOne))
			else for (const each of those) each.reject(error)
		}
	}

	return (about) => {
		if (urgencyNow().lane !== 'revoke') return one(about)
		const key = keyOf(about)
		return new Promise<T>((resolve, reject) => {
			const line = lines.get(key) ?? { waiting: [], isReading: false, since: lanes.milliseconds() }
			lines.set(key, line)
			line.waiting.push({ about, resolve, reject })
			if (!line.isReading) void serve(key, line)
		})
	}
}
