/** An instant as ISO 8601 in UTC with milliseconds, as `Date.prototype.toISOString` writes it. Such texts sort by time. */
export type Instant = string

const SHAPE = '0000-00-00T00:00:00.000Z'
/** Digits of month, day, hour, minute and second in that shape, and the most they may say. */
const PARTS = [
	[5, 12],
	[8, 31],
	[11, 23],
	[14, 59],
	[17, 59],
] as const
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Whether the text is an instant of the years 1000 to 9999, in the one form in which texts sort by time. */
export function isInstant(text: string): boolean {
	if (typeof text !== 'string' || text.length !== SHAPE.length || text.charCodeAt(0) === 48) return false
	for (let i = 0; i < SHAPE.length; i++) {
		const code = text.charCodeAt(i)
		if (SHAPE.charCodeAt(i) === 48 ? code < 48 || code > 57 : code !== SHAPE.charCodeAt(i)) return false
	}
	for (const [start, most] of PARTS) if (twoDigits(text, start) > most) return false
	const [month, day] = [twoDigits(text, 5), twoDigits(text, 8)]
	if (month === 0 || day === 0 || day > DAYS_IN_MONTH[month - 1]!) return false
	if (month !== 2 || day !== 29) return true
	const year = Number(text.slice(0, 4))
	return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

/** The number that two digits of a text write. */
export const twoDigits = (text: string, at: number) =>
	(text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48

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

/** A calendar period: whole years and months first, then a fixed length. */
export type Period = { months: number; ms: number }

const PERIOD = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(.*)$/

/** An ISO 8601 period that may hold years, months and weeks beside days and times; null when it is none. */
export function parsePeriod(text: string): Period | null {
	const match = PERIOD.exec(text)
	if (!match) return null
	const [years, months, weeks] = match.slice(1, 4).map((part) => Number(part ?? 0)) as [
		number,
		number,
		number,
	]
	const rest = match[4] ?? ''
	const isWhole = rest === '' && match.slice(1, 4).some((part) => part !== undefined)
	const ms = isWhole ? 0 : durationMs(`P${rest}`)
	return ms === null ? null : { months: years * 12 + months, ms: ms + weeks * 7 * 86_400_000 }
}

/**
 * Milliseconds since 1970 of `ms` moved by the period, forward or back. Months follow the UTC calendar; a day that the
 * month does not have becomes its last. Back takes the parts in turned order, so that what is so far back reaches `ms`
 * at the latest when it is moved forward again.
 */
export function shiftMs(ms: number, { months, ms: length }: Period, direction: 1 | -1 = 1): number {
	if (months === 0) return ms + direction * length
	return direction === 1 ? addMonths(ms, months) + length : addMonths(ms - length, -months)
}

function addMonths(ms: number, months: number): number {
	const date = new Date(ms)
	const day = date.getUTCDate()
	date.setUTCDate(1)
	date.setUTCMonth(date.getUTCMonth() + months)
	const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
	date.setUTCDate(Math.min(day, lastDay))
	return date.getTime()
}

/** `instant` moved by the period; see `shiftMs`. */
export function shift(instant: Instant, period: Period, direction: 1 | -1 = 1): Instant {
	return new Date(shiftMs(Date.parse(instant), period, direction)).toISOString()
}
