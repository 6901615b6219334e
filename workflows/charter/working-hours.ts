import type { Instant } from '../shared/instants.ts'
import { ALWAYS, unite, type Intervals } from './intervals.ts'
import { DAYS, type WorkingHours } from './person-rules.schema.ts'

const DAY_MS = 86_400_000
/** What began on an earlier day has ended by now, or goes on into a stretch of today. */
const DAYS_BACK = 2
/** Far enough that every rule of the week comes round, though its hour may fall out once with the change of the clock. */
const DAYS_AHEAD = 16

/** Working hours around an instant, as stretches of UTC; wall-clock times follow the zone through summer time. */
export function hoursAround({ zone, days, from, until }: WorkingHours, at: Instant): Intervals {
	if (from === '00:00' && until === '24:00' && DAYS.every((day) => days.includes(day))) return ALWAYS
	const atMs = Date.parse(at)
	const local = atMs + offsetMs(zone, atMs)
	const midnight = local - (((local % DAY_MS) + DAY_MS) % DAY_MS)
	const stretches = []
	for (let day = -DAYS_BACK; day <= DAYS_AHEAD; day++) {
		const start = midnight + day * DAY_MS
		// 1970-01-01 was a Thursday.
		const name = DAYS[(((start / DAY_MS + 3) % 7) + 7) % 7]
		if (name === undefined || !days.includes(name)) continue
		stretches.push({
			from: new Date(toUtc(zone, start + clockMs(from))).toISOString(),
			until: new Date(toUtc(zone, start + clockMs(until))).toISOString(),
		})
	}
	return unite(stretches)
}

function clockMs(clock: string): number {
	const [hours = 0, minutes = 0] = clock.split(':').map(Number)
	return (hours * 60 + minutes) * 60_000
}

/** UTC of a wall-clock time: the first of two, and one that the clock jumps over by the offset from before the jump. */
function toUtc(zone: string, wallMs: number): number {
	const before = offsetMs(zone, wallMs - DAY_MS)
	const after = offsetMs(zone, wallMs + DAY_MS)
	const isSaidThen = (utcMs: number) => utcMs + offsetMs(zone, utcMs) === wallMs
	return before !== after && !isSaidThen(wallMs - before) && isSaidThen(wallMs - after)
		? wallMs - after
		: wallMs - before
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** How far the zone's clock is ahead of UTC at an instant. */
function offsetMs(zone: string, utcMs: number): number {
	let format = formats.get(zone)
	if (!format) {
		format = new Intl.DateTimeFormat('en-US', {
			timeZone: zone,
			hourCycle: 'h23',
			year: 'numeric',
			month: 'numeric',
			day: 'numeric',
			hour: 'numeric',
			minute: 'numeric',
			second: 'numeric',
		})
		formats.set(zone, format)
	}
	const part: Record<string, number> = {}
	for (const { type, value } of format.formatToParts(utcMs)) part[type] = Number(value)
	const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
	return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(utcMs / 1000) * 1000
}
