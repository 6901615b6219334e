/** An instant as ISO 8601 in UTC with milliseconds, as `Date.prototype.toISOString` writes it. Such texts sort by time. */
export type Instant = string

const DURATION = /^P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/

/** Milliseconds of an ISO 8601 duration made of days, hours, minutes and seconds; null when it is none. */
export function durationMs(text: string): number | null {
	const match = DURATION.exec(text)
	if (!match || text === 'P') return null
	const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0)) as [
		number,
		number,
		number,
		number,
	]
	return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000
}

/** `instant` moved by `ms` milliseconds. */
export function plusMs(instant: Instant, ms: number): Instant {
	return new Date(Date.parse(instant) + ms).toISOString()
}

/** Milliseconds from `from` to `to`; negative when `to` is earlier. */
export function msBetween(from: Instant, to: Instant): number {
	return Date.parse(to) - Date.parse(from)
}

/** The earliest of the instants that are given; null (no end) only when every one is null. */
export function earliest(instants: readonly (Instant | null)[]): Instant | null {
	return instants.reduce<Instant | null>(
		(min, at) => (at !== null && (min === null || at < min) ? at : min),
		null,
	)
}
