import {
	answered,
	blockedFor,
	directionOf,
	fullBucket,
	rankOf,
	taken,
	waitFor,
	type Asked,
	type Bucket,
	type Lane,
} from './buckets.ts'
import { FAMILIES, type Budgets, type Family } from './families.ts'
import type { HttpAnswer } from './https-fetch.server.ts'
import { urgencyNow } from './urgency.server.ts'

/** Calls under way at once to one tenant by one application. */
export const MOST_AT_ONCE = 16
/** How many of those may be of this lane and less urgent ones: the rest are places kept for what is more urgent. */
const PLACES: Readonly<Record<Lane, number>> = {
	revoke: MOST_AT_ONCE,
	confirm: 14,
	sessions: 12,
	grant: 10,
	'read-back': 8,
	sync: 6,
}
/**
 * For so long a reading of what came of removals lets the removals that wait go first. A list of a thousand is six calls: so
 * often they take a twentieth of what PIM gives, and the removals nearly all of it.
 */
const CONFIRM_WAITS_MS = 15_000
/**
 * A tenant that wants nothing for longer is not waited for here: whoever called learns it at once and may do something else,
 * such as sending a removal by the kill switch.
 */
const PATIENCE_MS: Readonly<Record<Lane, number>> = {
	revoke: 1000,
	confirm: 1000,
	sessions: 1000,
	grant: 3000,
	'read-back': 3000,
	sync: 3000,
}
/** Whoever is held for so long by others is told so, and tried again later. Removals go first and wait for removals alone. */
const LONGEST_WAIT_MS: Readonly<Record<Lane, number>> = {
	revoke: Infinity,
	confirm: Infinity,
	sessions: 60_000,
	grant: 60_000,
	'read-back': 60_000,
	sync: 60_000,
}

/** The call was not sent: the tenant wants nothing now, too many were before it, or nobody wants it any more. */
export class NotSent extends Error {
	override readonly name = 'NotSent'
	readonly retryAfterMs: number

	constructor(retryAfterMs: number) {
		super('The call was not sent: the tenant wants none for a while.')
		this.retryAfterMs = retryAfterMs
	}
}

export type Call = { method: string; family: Family; cost: number }
type Waiting = Asked & {
	family: Family
	longestMs: number
	seq: number
	since: number
	askedAt: number
	go: () => void
	giveUp: (error: NotSent) => void
}

export type Lanes = ReturnType<typeof openLanes>

/** Time and chance, as the lanes have them. */
export type LanesClock = {
	/** Of a clock that never goes back. */
	milliseconds: () => number
	/** From 0 to 1. */
	random: () => number
	/** Does something when so many milliseconds have passed; gives what calls that off. */
	after: (ms: number, work: () => void) => () => void
}
/** Of this process. */
export const REAL_TIME: LanesClock = {
	milliseconds: () => performance.now(),
	random: Math.random,
	after(ms, work) {
		const timer = setTimeout(work, ms)
		return () => clearTimeout(timer)
	},
}

/**
 * The turn of each call of one application to one tenant: by urgency, within the budget of its family, and with a place and
 * a share kept for what is more urgent. It counts for this process alone; several processes share what the tenant gives.
 */
export function openLanes(budgets: Budgets, { milliseconds, random, after }: LanesClock) {
	const buckets = new Map<Family, Bucket>(
		FAMILIES.map((family) => [family, fullBucket(budgets[family], milliseconds())]),
	)
	const waiting: Waiting[] = []
	const underWay = new Map<Lane, number>()
	let seq = 0
	let callOff: (() => void) | null = null

	const bucketOf = (family: Family) => buckets.get(family) ?? fullBucket(budgets[family], 0)
	/** Places taken by this lane and all less urgent ones. */
	const placesTaken = (lane: Lane) =>
		[...underWay].reduce((sum, [other, count]) => sum + (rankOf(other) >= rankOf(lane) ? count : 0), 0)
	const allTaken = () => [...underWay.values()].reduce((sum, count) => sum + count, 0)
	const count = (lane: Lane, by: 1 | -1) => underWay.set(lane, (underWay.get(lane) ?? 0) + by)
	/** A reading that has let removals go before it for long enough goes before all of them. */
	const rankNow = ({ lane, since }: Waiting, now: number) =>
		lane === 'confirm' && now - since >= CONFIRM_WAITS_MS ? -1 : rankOf(lane)

	/** Lets go whoever may, most urgent first; nobody goes before somebody more urgent of the same family. */
	function serve(): void {
		callOff?.()
		callOff = null
		const now = milliseconds()
		/** Lanes of this rank and less urgent ones wait: for the budget all of a family, for a place those that it may take. */
		const held = new Map<Family, number>()
		let soonest = Infinity
		waiting.sort((a, b) => rankNow(a, now) - rankNow(b, now) || a.seq - b.seq)
		for (const each of [...waiting]) {
			const { family, lane, direction, askedAt, longestMs } = each
			const blocked = blockedFor(bucketOf(family), direction, now)
			const late = askedAt + Math.min(LONGEST_WAIT_MS[lane], longestMs) - now
			if (blocked > PATIENCE_MS[lane] || late <= 0) {
				remove(each)
				each.giveUp(new NotSent(Math.max(blocked, 1000)))
				continue
			}
			soonest = Math.min(soonest, late)
			// What is refused to readers is no reason to hold a writer back.
			if (blocked > 0) soonest = Math.min(soonest, blocked)
			if (blocked > 0 || rankOf(lane) >= (held.get(family) ?? Infinity)) continue
			const wait = waitFor(bucketOf(family), budgets[family], each, now)
			if (wait > 0) {
				held.set(family, 0)
				soonest = Math.min(soonest, wait)
				continue
			}
			if (allTaken() >= MOST_AT_ONCE || placesTaken(lane) >= PLACES[lane]) {
				held.set(family, rankOf(lane))
				continue
			}
			buckets.set(family, taken(bucketOf(family), budgets[family], each, now))
			count(lane, 1)
			remove(each)
			each.go()
		}
		if (waiting.length > 0 && soonest < Infinity) callOff = after(Math.max(1, Math.ceil(soonest)), serve)
	}
	const remove = (each: Waiting) => void waiting.splice(waiting.indexOf(each), 1)

	const turn = (call: Omit<Waiting, 'seq' | 'go' | 'giveUp' | 'askedAt'>) =>
		new Promise<void>((go, giveUp) => {
			waiting.push({ ...call, seq: seq++, askedAt: milliseconds(), go, giveUp })
			serve()
		})

	/** Learns from an answer how much the tenant still gives. */
	function hear(family: Family, direction: Asked['direction'], cost: number, heard: Heard): void {
		const budget = budgets[family]
		const units = numberOf(heard.headers, 'x-ms-resource-unit')
		const answer = {
			status: heard.status,
			direction,
			retryAfterMs: retryAfterOf(heard.headers, Date.now()),
			pressure: numberOf(heard.headers, 'x-ms-throttle-limit-percentage'),
			extraCost: units === null ? 0 : Math.max(0, units - cost),
		}
		buckets.set(family, answered(bucketOf(family), budget, answer, milliseconds(), random()))
	}

	return {
		/** Sends a call when its turn comes. Throws NotSent where it does not come soon enough; then nothing was sent. */
		async run(
			{ method, family, cost }: Call,
			send: (lane: Lane) => Promise<HttpAnswer>,
		): Promise<HttpAnswer> {
			const { lane, since, longestMs = Infinity, isWanted } = urgencyNow()
			const direction = directionOf(method)
			await turn({ family, cost, direction, lane, longestMs, since: since ?? milliseconds() })
			try {
				if (isWanted !== undefined && !(await isWanted())) throw new NotSent(1000)
				const answer = await send(lane)
				hear(family, direction, cost, answer)
				return answer
			} finally {
				count(lane, -1)
				serve()
			}
		},
		/**
		 * Until a reading of this family that has waited since `since` may go: after the removals that wait, or before them when it has
		 * let them go before it for long enough. Takes nothing of the budget. Throws NotSent as `run` does.
		 */
		async afterRemovals(family: Family, since: number): Promise<void> {
			await turn({ family, cost: 0, direction: 'read', lane: 'confirm', longestMs: Infinity, since })
			count('confirm', -1)
			serve()
		},
		/** What was said of a call inside of another, such as one of a batch, that `cost` was taken for. */
		hear: (family: Family, method: string, cost: number, heard: Heard) =>
			hear(family, directionOf(method), cost, heard),
		milliseconds,
		/** Waits by the clock of the lanes. */
		pause: (ms: number): Promise<void> => new Promise((done) => void after(ms, done)),
	}
}

export type Heard = Pick<HttpAnswer, 'status' | 'headers'>

function numberOf(headers: Headers, name: string): number | null {
	const text = headers.get(name)
	return text !== null && /^\d{1,6}(\.\d{1,6})?$/.test(text) ? Number(text) : null
}

/** Retry-After in milliseconds, from seconds or a date (RFC 9110 10.2.3); null when absent or malformed. */
export function retryAfterOf(headers: Headers | undefined, now: number): number | null {
	const text = headers?.get('retry-after')
	if (!text) return null
	if (/^\d{1,6}$/.test(text)) return Number(text) * 1000
	const at = /GMT$/.test(text) ? Date.parse(text) : NaN
	return Number.isNaN(at) ? null : Math.max(0, at - now)
}
