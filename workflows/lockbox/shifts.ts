import { uniteSpans, type Horizon, type Span } from '../charter/forecast/fit-spans.ts'
import { DAYS } from '../charter/person-rules.schema.ts'
import type { TimeZone } from '../shared/zoned-time.ts'

export type Weekday = (typeof DAYS)[number]

/** Who is on duty for a boundary, and when: every week at these hours, or one exception either way. */
export type Shift = { personId: string; from: number; until: number } & (
	| {
			kind: 'weekly'
			days: readonly Weekday[]
			/** Local times such as 22:00. One that does not end after it begins ends on the next day. */
			startsAt: string
			endsAt: string
			zone: TimeZone
	  }
	| { kind: 'on' | 'off' }
)

const DAY_MS = 86_400_000
/** How far back a local time is looked for where the clock jumps over it: an hour, a day, and a day that was left out. */
const JUMPS_MS = [3_600_000, DAY_MS, 2 * DAY_MS]

/** When this person is on duty inside the horizon: their weeks and extra duties, without what they are off for. */
export function dutySpans(shifts: readonly Shift[], personId: string, horizon: Horizon): Span[] {
	const own = shifts.filter((shift) => shift.personId === personId)
	const on = own.flatMap((shift) =>
		shift.kind === 'weekly'
			? weekly(shift, horizon).map((span) => clipped(clipped(span, shift), horizon))
			: shift.kind === 'on'
				? [clipped(shift, horizon)]
				: [],
	)
	const off = own.filter(({ kind }) => kind === 'off')
	return withoutSpans(uniteSpans(on.filter(({ from, until }) => from < until)), off)
}

/** Whether duty is planned at all: until then every holder counts at every hour. Exceptions alone that end a duty plan none. */
export const isPlanned = (shifts: readonly Shift[]) => shifts.some(({ kind }) => kind !== 'off')

const clipped = (span: Span, to: Span): Span => ({
	from: Math.max(span.from, to.from),
	until: Math.min(span.until, to.until),
})

function weekly(
	{ days, startsAt, endsAt, zone }: Extract<Shift, { kind: 'weekly' }>,
	horizon: Horizon,
): Span[] {
	const spans: Span[] = []
	// A day earlier, since a night shift goes on into the first day; noon, since a day of the zone is not one of UTC.
	const first = Date.parse(`${dayOf(zone, horizon.from)}T12:00:00Z`) - 2 * DAY_MS
	for (let noon = first; noon < horizon.until + 2 * DAY_MS; noon += DAY_MS) {
		const name = DAYS[(new Date(noon).getUTCDay() + 6) % 7]
		if (name === undefined || !days.includes(name)) continue
		const day = new Date(noon).toISOString().slice(0, 10)
		const next = new Date(noon + DAY_MS).toISOString().slice(0, 10)
		spans.push({
			from: instantOf(zone, day, startsAt),
			until: instantOf(zone, endsAt > startsAt ? day : next, endsAt),
		})
	}
	return spans
}

const dayOf = (zone: TimeZone, at: number) => zone.local(new Date(at).toISOString()).slice(0, 10)

/**
 * The instant of a local time: the first of two where it comes twice; where the clock jumps over it, as if it had not
 * jumped. So a shift that begins when another ends always begins when it ends.
 */
function instantOf(zone: TimeZone, day: string, time: string): number {
	const said = zone.instants(`${day}T${time}`)?.[0]
	if (said !== undefined) return Date.parse(said)
	const wall = Date.parse(`${day}T${time}Z`)
	for (const back of JUMPS_MS) {
		const before = zone.instants(new Date(wall - back).toISOString().slice(0, -1))?.[0]
		if (before !== undefined) return Date.parse(before) + back
	}
	throw new Error(`${day} ${time} cannot be told in ${zone.name}.`)
}

/** What of these stretches none of the others covers. */
export function withoutSpans(spans: readonly Span[], others: readonly Span[]): Span[] {
	let left = spans.map(({ from, until }) => ({ from, until }))
	for (const { from, until } of others)
		left = left.flatMap((span) =>
			[
				{ from: span.from, until: Math.min(span.until, from) },
				{ from: Math.max(span.from, until), until: span.until },
			].filter((part) => part.from < part.until),
		)
	return uniteSpans(left)
}
