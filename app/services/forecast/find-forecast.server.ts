import { listAmendments } from '#db/queries/amendments.ts'
import { factsAhead } from '#db/queries/facts.ts'
import { appointedBetween, factsEnding } from '#db/queries/forecast.ts'
import type { Reader } from '#db/client.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { beginForecast, type Forecast, type InForce } from '#workflows/charter/forecast/forecast.ts'
import type { Course } from '#workflows/charter/forecast/course.ts'
import { timeZone } from '#workflows/shared/zoned-time.ts'
import { readCharter } from '../charter/read-charter.server.ts'
import type { Deps } from '../deps.ts'
import { lapsesOf, type Lapse } from './lapses.ts'

/** Days that are looked ahead. */
export const HORIZON_DAYS = 180
/** Days are those of the zone in which pages show dates. */
export const ZONE_NAME = 'Europe/Berlin'
const BATCH = 2000
const MANY = 1000
const DAY_MS = 86_400_000

export type FoundForecast = {
	at: Date
	/** The end of what is looked at, excluded: the end of the last day in the zone of days. */
	until: Date
	forecast: Forecast
	course: Course
	/** Everything that ends, what follows most from it first. */
	lapses: readonly Lapse[]
	charter: Charter
	/** Titles of roles, those of charters to come included. */
	titles: Readonly<Record<string, string>>
}

/** Looks ahead over everybody with an appointment, from now to the end of the last day of the horizon. */
export function findForecast(deps: Deps): Promise<FoundForecast> {
	return deps.forecasts.of(() => look(deps))
}

async function look({ database, charters, now }: Deps): Promise<FoundForecast> {
	const at = now()
	const until = endOfDay(new Date(at.getTime() + HORIZON_DAYS * DAY_MS))
	const { db } = database
	const inForce = await charters.inForce(db, at)
	const all: InForce[] = [
		{ charter: inForce.charter, from: at.getTime() },
		...(await scheduled(db, at, until)),
	]
	const forecast = beginForecast(all, { from: at.getTime(), until: until.getTime() })
	let after: string | null = null
	for (;;) {
		const ids: string[] = await appointedBetween(db, { from: at, until, after, limit: BATCH })
		const last = ids.at(-1)
		if (last === undefined) break
		after = last
		for (const facts of (await factsAhead(db, ids, at)).values()) forecast.add(facts)
	}
	const course = forecast.course()
	const titles: Record<string, string> = {}
	for (const { charter } of [...all].reverse())
		for (const [key, { title }] of Object.entries(charter.roles)) titles[key] = title
	return {
		at,
		until,
		forecast,
		course,
		lapses: lapsesOf(forecast, course, await factsEnding(db, at, until)),
		charter: inForce.charter,
		titles,
	}
}

/** Charters that are signed and wait for their day, in order of it. */
export async function scheduled(reader: Reader, at: Date, until: Date): Promise<InForce[]> {
	const signed = await listAmendments(reader, ['signed'], MANY)
	return signed
		.flatMap(({ context: { inForceFrom }, yaml }) => {
			const from = inForceFrom === null ? null : Date.parse(inForceFrom)
			return from === null || from <= at.getTime() || from >= until.getTime()
				? []
				: [{ charter: readCharter(yaml).charter, from }]
		})
		.sort((a, b) => a.from - b.from)
}

/** The end of the day on which this instant falls, in the zone of days. */
export function endOfDay(at: Date): Date {
	const [next] = ZONE.instants(dayOf(new Date(at.getTime() + DAY_MS))) ?? []
	return next === undefined ? new Date(at.getTime() + DAY_MS) : new Date(next)
}

/** The day (YYYY-MM-DD) on which this instant falls, in the zone of days. */
export const dayOf = (at: Date | number) => ZONE.local(new Date(at).toISOString()).slice(0, 10)

/** The first instant of a day in the zone of days; null when the text is no day. */
export function startOfDay(day: string): Date | null {
	const [at] = /^\d{4}-\d{2}-\d{2}$/.test(day) ? (ZONE.instants(day) ?? []) : []
	return at === undefined ? null : new Date(at)
}

const ZONE = zoneOf(ZONE_NAME)
function zoneOf(name: string) {
	const zone = timeZone(name)
	if (zone === null) throw new Error(`This runtime knows no time zone ${name}.`)
	return zone
}
