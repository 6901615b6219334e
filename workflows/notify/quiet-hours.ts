import type { Instant } from '../shared/instants.ts'
import type { TimeZone } from '../shared/zoned-time.ts'

/** From this minute of the local day to that one, over midnight where `until` is smaller. Whole quarters of an hour. */
export type QuietHours = { from: number; until: number }

const QUARTER_MS = 15 * 60_000
/** The longest local day has 25 hours, so whatever comes once a day comes within so many quarters. */
const LONGEST_DAY = 26 * 4

/** Whether this is a stretch of time at all: beginning and end differ, and lie on quarters of an hour. */
export const isQuietHours = ({ from, until }: QuietHours): boolean =>
	from !== until && [from, until].every((m) => Number.isInteger(m / 15) && m >= 0 && m < 24 * 60)

/** Whether the local clock shows a time within the quiet hours. */
export function isQuiet(at: Instant, { from, until }: QuietHours, zone: TimeZone): boolean {
	const minute = minuteOf(at, zone)
	return from < until ? minute >= from && minute < until : minute >= from || minute < until
}

/**
 * The first instant from `at` on that is not quiet. It walks the quarters of real time and reads the local clock at
 * each, so an hour that is skipped or comes twice makes the night shorter or longer and nothing else.
 */
export function afterQuiet(at: Instant, quiet: QuietHours | null, zone: TimeZone): Instant {
	if (quiet === null || !isQuietHours(quiet) || !isQuiet(at, quiet, zone)) return at
	return firstQuarter(at, (quarter) => !isQuiet(quarter, quiet, zone)) ?? at
}

/** The first whole hour of the local clock after `at`. */
export function nextHour(at: Instant, zone: TimeZone): Instant {
	return firstQuarter(at, (quarter) => minuteOf(quarter, zone) % 60 === 0) ?? at
}

/** The first instant after `at` at which the local clock has reached this hour of a day. */
export function nextDaily(at: Instant, hour: number, zone: TimeZone): Instant {
	const wanted = hour * 60
	let before = sinceHour(minuteOf(at, zone), wanted)
	return (
		firstQuarter(at, (quarter) => {
			// Minutes since the hour last was: they begin anew when the clock reaches it or jumps over it, and fall by one
			// hour where that comes twice.
			const since = sinceHour(minuteOf(quarter, zone), wanted)
			const hasPassed = before - since > 720
			before = since
			return hasPassed
		}) ?? at
	)
}

const sinceHour = (minute: number, wanted: number) => (minute - wanted + 1440) % 1440

function firstQuarter(after: Instant, isIt: (quarter: Instant) => boolean): Instant | null {
	const first = Math.floor(Date.parse(after) / QUARTER_MS) + 1
	for (let n = 0; n <= LONGEST_DAY; n++) {
		const quarter = new Date((first + n) * QUARTER_MS).toISOString()
		if (isIt(quarter)) return quarter
	}
	return null
}

function minuteOf(at: Instant, zone: TimeZone): number {
	const local = zone.local(at)
	return Number(local.slice(11, 13)) * 60 + Number(local.slice(14, 16))
}
