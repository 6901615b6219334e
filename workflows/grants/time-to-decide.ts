import { plusMs, type Instant } from '../shared/instants.ts'

/** Somebody is asked to decide: since when, until when, and how much time the charter gave when they were last asked. */
export type Asked = { since: Instant; by: Instant; withinMs: number }

/** Somebody is asked to decide from this instant on, for so many milliseconds. */
export const ask = (withinMs: number, at: Instant): Asked => ({
	since: at,
	by: plusMs(at, withinMs),
	withinMs,
})

/**
 * The same where the charter, or what is wrong, asks for something else by now. Less time counts from now and more from when they were
 * first asked, so that what goes to and fro puts nothing off for longer than the charter gives; the same time changes nothing.
 */
export function askAgain({ since, by, withinMs: before }: Asked, withinMs: number, at: Instant): Asked {
	if (withinMs === before) return { since, by, withinMs }
	const isLess = withinMs < before
	const other = plusMs(isLess ? at : since, withinMs)
	return { since, by: isLess === other < by ? other : by, withinMs }
}
