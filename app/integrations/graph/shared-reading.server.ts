import { GrantPortUnavailable } from '../grant-port.ts'
import type { Family } from './families.ts'
import { fewestCalls } from './fewest-calls.ts'
import type { Lanes } from './lanes.server.ts'
import { inLane, urgencyNow } from './urgency.server.ts'

/** What a list held, and how many calls it took to read it. */
export type Pages<R> = { rows: readonly R[]; calls: number }

/** One list of the tenant, and the ways to read it. */
export type SharedList<A, R> = {
	lanes: Pick<Lanes, 'milliseconds' | 'afterRemovals' | 'pause'>
	/** The budget that its calls are counted in. */
	family: Family
	/** Names the place that something stands in. */
	keyOf: (about: A) => string
	/** What is read of this one alone, in one call; null where only the list of its place tells. */
	one: ((about: A) => Promise<Pages<R>>) | null
	/** All that stands in the place of this one. */
	place: (about: A) => Promise<Pages<R>>
	/** All that stands in any place; null where there is no such list. */
	whole: (() => Promise<Pages<R>>) | null
	/** Finds in rows of the place, or of all places, those of one of those who wait. */
	index: (rows: readonly R[]) => (about: A) => readonly R[]
}

type Waiting<A, R> = {
	about: A
	since: number
	resolve: (found: readonly R[]) => void
	reject: (error: unknown) => void
}

/** Until a list was read once it is thought to be short: reading it tells. */
const UNREAD_PLACE_CALLS = 1
const UNREAD_WHOLE_CALLS = 3
/** Where something is being read already, more of the same will come in a moment: for so long they are gathered. */
const GATHERED_MS = 500

/**
 * Reads what somebody waits for, and once for all of those who wait for the same list: when a thousand removals are read
 * back, a list of all assignments costs fewer calls than theirs one by one. What is read is settled when its turn has come, so that
 * everybody who has asked by then is answered; a reading begins after everybody it answers has asked, and nobody is told of a time
 * before. Who asks while their place is being read is answered by the next.
 *
 * Only readings of removals are shared, since they come in numbers. They let removals that wait go first, for a while counted
 * from `since`, by the clock of the lanes.
 */
export function shareReadings<A, R>(
	list: SharedList<A, R>,
): (about: A, since?: number) => Promise<readonly R[]> {
	const { lanes, family, keyOf } = list
	const waiting = new Map<string, Waiting<A, R>[]>()
	const beingRead = new Set<string>()
	/** How many calls each list took when it was last read. */
	const calls = new Map<string, number>()
	let wholeCalls = UNREAD_WHOLE_CALLS
	let isDispatching = false

	const alone = async (about: A) => list.index((await (list.one ?? list.place)(about)).rows)(about)
	const free = () => [...waiting].filter(([key]) => !beingRead.has(key))
	const oldest = (lines: ReturnType<typeof free>) =>
		Math.min(...lines.flatMap(([, line]) => line.map(({ since }) => since)))

	/** One reading after another is begun, each when its turn has come. Who asked while another one was under way has company. */
	async function dispatch(hasCompany: boolean): Promise<void> {
		if (isDispatching) return
		isDispatching = true
		try {
			for (let lines = free(); lines.length > 0; lines = free()) {
				if (hasCompany || beingRead.size > 0) await lanes.pause(GATHERED_MS)
				// What may not be sent now is tried all the same: the call itself says why not, to everybody who waits.
				await lanes.afterRemovals(family, oldest(lines)).catch(() => undefined)
				begin(free())
			}
		} finally {
			isDispatching = false
		}
	}

	function begin(lines: ReturnType<typeof free>): void {
		const since = oldest(lines)
		const { isWhole, lists } = fewestCalls(
			lines.map(([key, line]) => ({
				key,
				waiting: line.length,
				listCalls: calls.get(key) ?? UNREAD_PLACE_CALLS,
				mayAskAlone: list.one !== null,
			})),
			list.whole === null ? null : wholeCalls,
		)
		for (const [key] of lines) {
			waiting.delete(key)
			beingRead.add(key)
		}
		const read = (keys: readonly string[], work: () => Promise<unknown>) =>
			void inLane('confirm', work, since).finally(() => {
				for (const key of keys) beingRead.delete(key)
				void dispatch(true)
			})
		if (isWhole)
			read(
				lines.map(([key]) => key),
				() => readWhole(lines.flatMap(([, line]) => line)),
			)
		else
			for (const [key, line] of lines)
				read([key], () =>
					lists.has(key) ? readPlace(key, line) : Promise.all(line.map((each) => answerOne(each))),
				)
	}

	const answerOne = ({ about, resolve, reject }: Waiting<A, R>) => alone(about).then(resolve, reject)

	/** A list that cannot be had as a whole is no reason not to look for what is in it, nor asked for again. */
	async function readWhole(those: readonly Waiting<A, R>[]): Promise<void> {
		const { whole } = list
		if (whole !== null) wholeCalls = await answerAll(those, whole, wholeCalls)
		// Now by the lists of their places.
		if (wholeCalls === Infinity) those.forEach(wait)
	}
	async function readPlace(key: string, those: readonly Waiting<A, R>[]): Promise<void> {
		const known = calls.get(key) ?? UNREAD_PLACE_CALLS
		const taken = await answerAll(those, () => list.place(firstOf(those).about), known)
		calls.set(key, taken)
		if (taken === Infinity) await Promise.all(those.map(answerOne))
	}

	/** Gives how many calls the list takes, as far as `known`; Infinity where it cannot be had, and then nobody was answered. */
	async function answerAll(
		those: readonly Waiting<A, R>[],
		read: () => Promise<Pages<R>>,
		known: number,
	): Promise<number> {
		try {
			const { rows, calls: taken } = await read()
			const find = list.index(rows)
			for (const each of those) each.resolve(find(each.about))
			return taken
		} catch (error) {
			// Where nobody can be asked for alone, to ask for each would be this call as often as somebody waits.
			if (list.one !== null && error instanceof GrantPortUnavailable && error.isOfThisCall) return Infinity
			for (const each of those) each.reject(error)
			return known
		}
	}

	const wait = (each: Waiting<A, R>): void => {
		const key = keyOf(each.about)
		const line = waiting.get(key)
		if (line === undefined) waiting.set(key, [each])
		else line.push(each)
	}

	return (about, since = lanes.milliseconds()) =>
		urgencyNow().lane === 'revoke'
			? new Promise((resolve, reject) => {
					wait({ about, since, resolve, reject })
					void dispatch(false)
				})
			: alone(about)
}

function firstOf<T>(those: readonly T[]): T {
	const [first] = those
	if (first === undefined) throw new RangeError('Nobody waits.')
	return first
}
