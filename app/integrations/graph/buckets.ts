import type { Budget } from './families.ts'

/**
 * Who goes first, most urgent first. `confirm` is the reading that says whether a removal is done: it lets removals that
 * wait go before it, and is one of them itself once it has waited for a while.
 */
export const LANES = ['revoke', 'confirm', 'sessions', 'grant', 'read-back', 'sync'] as const
export type Lane = (typeof LANES)[number]
export const rankOf = (lane: Lane) => LANES.indexOf(lane)

/** What a lane leaves in the bucket for those before it, as a share of what may be saved up. */
const LEFT_FOR_OTHERS: Readonly<Record<Lane, number>> = {
	revoke: 0,
	confirm: 0,
	sessions: 0.1,
	grant: 0.2,
	'read-back': 0.35,
	sync: 0.5,
}

/** Reading and writing are counted apart by the tenant: a refusal of one says nothing of the other. */
export type Direction = 'read' | 'write'
export const directionOf = (method: string): Direction => (method === 'GET' ? 'read' : 'write')

/** What is left of a budget. All times are milliseconds of one clock that never goes back. */
export type Bucket = {
	tokens: number
	at: number
	/** The tenant wants nothing before. */
	blockedUntil: Readonly<Record<Direction, number>>
	/** Refusals in a row that said no time. */
	strikes: number
	/** The tenant said that we are close to its limit: what can wait does. */
	pressedUntil: number
}

export type Asked = { lane: Lane; cost: number; direction: Direction }
export type Answered = {
	status: number
	direction: Direction
	/** Retry-After; null where there was none. */
	retryAfterMs: number | null
	/** `x-ms-throttle-limit-percentage`: 0.8 and more where we are close to the limit; null where it was not sent. */
	pressure: number | null
	/** `x-ms-resource-unit` less what was taken for the call; 0 where it was not sent. */
	extraCost: number
}

const FIRST_BACKOFF_MS = 1000
const LONGEST_BACKOFF_MS = 60_000
const PRESSED = 0.8
const PRESSED_MS = 5000

export const fullBucket = (budget: Budget, now: number): Bucket => ({
	tokens: budget.burst,
	at: now,
	blockedUntil: { read: now, write: now },
	strikes: 0,
	pressedUntil: now,
})

const tokensAt = ({ tokens, at }: Bucket, { perSecond, burst }: Budget, now: number) =>
	Math.min(burst, tokens + ((now - at) * perSecond) / 1000)

/** How many milliseconds the tenant still wants nothing of this direction. */
export const blockedFor = ({ blockedUntil }: Bucket, direction: Direction, now: number) =>
	Math.max(0, blockedUntil[direction] - now)

/**
 * After how many milliseconds a call may be sent; 0 for now. What costs more than its lane may ever find is sent when the
 * bucket is full, and takes from what the next ones would have had.
 */
export function waitFor(
	bucket: Bucket,
	budget: Budget,
	{ lane, cost, direction }: Asked,
	now: number,
): number {
	const left = LEFT_FOR_OTHERS[lane] * budget.burst
	const needed = left + Math.min(cost, budget.burst - left)
	const missing = needed - tokensAt(bucket, budget, now)
	const filled = missing <= 1e-9 ? 0 : (missing / budget.perSecond) * 1000
	const pressed = rankOf(lane) > rankOf('grant') ? bucket.pressedUntil - now : 0
	return Math.max(0, filled, pressed, blockedFor(bucket, direction, now))
}

/** The bucket after a call was sent. */
export const taken = (bucket: Bucket, budget: Budget, { cost }: Asked, now: number): Bucket => ({
	...bucket,
	tokens: tokensAt(bucket, budget, now) - cost,
	at: now,
})

/**
 * The bucket after an answer. Retry-After is obeyed as it stands; a refusal without one is waited out for twice as long as
 * the last, with between half and all of that by `random` (0 to 1). Refusals of calls that were under way together count once.
 */
export function answered(
	bucket: Bucket,
	budget: Budget,
	{ status, direction, retryAfterMs, pressure, extraCost }: Answered,
	now: number,
	random: number,
): Bucket {
	const tokens = tokensAt(bucket, budget, now)
	const isThrottled = status === 429 || (status === 503 && retryAfterMs !== null)
	const next: Bucket = {
		...bucket,
		// What was saved up was not there; one call is left for a removal, which nobody else's refusal is to hold up.
		tokens: isThrottled ? Math.min(1, tokens) : tokens - extraCost,
		at: now,
		strikes: status === 429 ? bucket.strikes : 0,
		pressedUntil: pressure !== null && pressure >= PRESSED ? now + PRESSED_MS : bucket.pressedUntil,
	}
	if (!isThrottled) return next
	const isCounted = blockedFor(bucket, direction, now) > 0
	const strikes = isCounted || retryAfterMs !== null ? bucket.strikes : bucket.strikes + 1
	const backoff = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.max(0, strikes - 1))
	const wait = retryAfterMs ?? (isCounted ? 0 : backoff * (0.5 + random / 2))
	const until = Math.max(bucket.blockedUntil[direction], now + wait)
	return { ...next, strikes, blockedUntil: { ...bucket.blockedUntil, [direction]: until } }
}
