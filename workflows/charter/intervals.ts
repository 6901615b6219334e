import type { Instant } from '../shared/instants.ts'

/** A stretch of time from `from` (inclusive) until `until` (exclusive); null is no end, and '' is before any instant. */
export type Interval = { from: Instant; until: Instant | null }

/** Sorted, without overlap, without empty ones, and without two that touch. */
export type Intervals = readonly Interval[]

export const ALWAYS: Intervals = [{ from: '', until: null }]
export const NEVER: Intervals = []

const endsBefore = (a: Instant | null, b: Instant | null) => a !== null && (b === null || a < b)

/** The earlier of two ends; null is no end. */
export const earlierEnd = (a: Instant | null, b: Instant | null) => (endsBefore(b, a) ? b : a)

/** All of these stretches together. Ones that end before they begin never hold. */
export function unite(intervals: readonly Interval[]): Intervals {
	const sorted = intervals
		.filter(({ from, until }) => until === null || from < until)
		.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
	const merged: Interval[] = []
	for (const { from, until } of sorted) {
		const last = merged.at(-1)
		if (last && (last.until === null || from <= last.until)) {
			if (endsBefore(last.until, until)) last.until = until
		} else merged.push({ from, until })
	}
	return merged
}

/** When both hold. */
export function overlapOf(a: Intervals, b: Intervals): Intervals {
	return unite(
		a.flatMap((x) =>
			b.map((y) => ({ from: x.from > y.from ? x.from : y.from, until: earlierEnd(x.until, y.until) })),
		),
	)
}

/** When it does not hold. */
export function except(intervals: Intervals): Intervals {
	const gaps: Interval[] = []
	let from: Instant | null = ''
	for (const next of intervals) {
		if (from !== null && from < next.from) gaps.push({ from, until: next.from })
		from = next.until
	}
	if (from !== null) gaps.push({ from, until: null })
	return gaps
}

/** The stretch that holds at this instant; null when none does. */
export function stretchAt(intervals: Intervals, at: Instant): Interval | null {
	return intervals.find(({ from, until }) => from <= at && (until === null || at < until)) ?? null
}
