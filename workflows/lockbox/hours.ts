import type { TimeZone } from '../shared/zoned-time.ts'

/** One hour of a local day. */
export type Hour = {
	/** 0 to 23, as the clock shows it. */
	hour: number
	/** `+02:00`: told apart where the hour comes twice. */
	offset: string
	from: number
	until: number
}
/** A local day and its hours in order: 23 or 25 where the clock changes, or fewer on a day that has begun. */
export type Day = { day: string; hours: Hour[] }

const QUARTER_MS = 15 * 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/**
 * The hours of so many local days from this instant on, the day that has begun being the first. Near a change of the
 * clock real time is walked in quarters of an hour, at which zones change: an hour that is skipped is not there, one that comes twice is
 * there twice.
 */
export function hoursOf(zone: TimeZone, from: number, days: number): Day[] {
	const found: Day[] = []
	const localAt = (at: number) => zone.local(new Date(at).toISOString())
	let at = Math.floor(from / QUARTER_MS) * QUARTER_MS
	for (;;) {
		const local = localAt(at)
		const day = local.slice(0, 10)
		const last = found.at(-1)
		if (last?.day !== day) {
			if (found.length === days) return found
			found.push({ day, hours: [] })
		}
		const { hours } = found.at(-1)!
		const hour = Number(local.slice(11, 13))
		const offset = local.slice(23)
		// Where the clock does not change before the hour is over, the hour is taken at once.
		const left = HOUR_MS - Number(local.slice(14, 16)) * 60_000
		const step = localAt(at + left).slice(23) === offset ? left : QUARTER_MS
		const open = hours.at(-1)
		if (open?.hour === hour && open.offset === offset) open.until = at + step
		else hours.push({ hour, offset, from: Math.max(at, from), until: at + step })
		at += step
	}
}

/** The end of the last of so many local days, the one that has begun being the first. */
export function endOfDays(zone: TimeZone, from: number, days: number): number {
	const today = Date.parse(`${zone.local(new Date(from).toISOString()).slice(0, 10)}T12:00:00Z`)
	const next = new Date(today + days * DAY_MS).toISOString().slice(0, 10)
	const [begins] = zone.instants(next) ?? []
	return begins === undefined ? from + days * DAY_MS : Date.parse(begins)
}
