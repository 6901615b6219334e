import { namesOf } from '#db/queries/people.ts'
import { countRenewals } from '#db/queries/renewals.ts'
import type { DemandCourse, SeatCourse } from '#workflows/charter/forecast/course.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { dayOf, findForecast, type FoundForecast } from './find-forecast.server.ts'
import type { Lapse } from './lapses.ts'
import {
	WINDOWS,
	type CoverageView,
	type DayCount,
	type DemandView,
	type SeatView,
	type WindowCount,
} from './views.ts'

const DAY_MS = 86_400_000
const iso = (ms: number) => new Date(ms).toISOString()

/**
 * How many people fill each role, stage and duty from now on. Everybody with `forecast:read` sees numbers; who it is, and
 * what ends on which day, is for those who record facts.
 */
export async function showCoverage(deps: Deps, actor: Actor): Promise<CoverageView> {
	demand(actor, 'forecast:read')
	const found = await findForecast(deps)
	const { at, until, course, forecast, lapses, titles } = found
	const isOfficer = actor.permissions.has('people:record')
	const names = isOfficer ? await namesIn(deps, course.seats) : new Map<string, string>()
	return {
		at: at.toISOString(),
		until: until.toISOString(),
		seats: course.seats.map((seat) => seatView(seat, titles, names)),
		demands: course.demands.map((one) => demandView(one, titles)),
		charterChanges: forecast.charterChanges.map(iso),
		calendar: isOfficer
			? {
					windows: windowCounts(found),
					days: dayCounts(lapses),
					today: dayOf(at),
					lastDay: dayOf(until.getTime() - 1),
				}
			: null,
		renewals: isOfficer
			? await countRenewals(deps.database.db, { at, until, leads: deps.renewalLeads })
			: null,
	}
}

/** Names of everybody whose end brings a seat below what it needs. */
export const namesIn = ({ database }: Deps, seats: readonly SeatCourse[]) =>
	namesOf(
		database.db,
		seats.flatMap(({ firstBelow }) => firstBelow?.lost ?? []),
	)

/** One seat as pages show it. */
export function seatView(
	{ kind, key, now, needed, lowest, outlook, steps, needs, firstBelow }: SeatCourse,
	titles: FoundForecast['titles'],
	names: ReadonlyMap<string, string>,
): SeatView {
	return {
		kind,
		key,
		title: kind === 'duty' ? key : (titles[key] ?? key),
		now,
		needed,
		lowest: { at: iso(lowest.at), count: lowest.count },
		outlook,
		steps: steps.map(({ at, count }) => ({ at: iso(at), count })),
		needs: needs.map((need) => ({ at: iso(need.at), needed: need.needed })),
		firstBelow: firstBelow && {
			at: iso(firstBelow.at),
			count: firstBelow.count,
			needed: firstBelow.needed,
			lost: firstBelow.lost.flatMap((id) => {
				const name = names.get(id)
				return name === undefined ? [] : [{ id, name }]
			}),
		},
	}
}

export const demandView = (
	{ role, outlook, spare, firstBelow }: DemandCourse,
	titles: FoundForecast['titles'],
): DemandView => ({
	role,
	title: titles[role] ?? role,
	outlook,
	spare,
	firstBelow: firstBelow && { at: iso(firstBelow.at), spare: firstBelow.spare },
})

const countOf = (lapses: readonly Lapse[]) => ({
	all: lapses.length,
	roles: lapses.filter(({ weight }) => weight !== 'nothing').length,
	quorum: lapses.filter(({ weight }) => weight === 'quorum').length,
})

/** How much ends in each window; each holds the smaller ones. */
export const windowCounts = ({ lapses, at, until }: FoundForecast): WindowCount[] =>
	WINDOWS.map((days) => ({
		days,
		...countOf(lapses.filter((lapse) => lapse.at < windowEnd({ at, until }, days))),
	}))

/** The end of a window; that of the longest is the end of what is looked at. */
export const windowEnd = ({ at, until }: Pick<FoundForecast, 'at' | 'until'>, days: number) =>
	Math.min(at.getTime() + days * DAY_MS, until.getTime())

function dayCounts(lapses: readonly Lapse[]): DayCount[] {
	const days = new Map<string, Lapse[]>()
	for (const lapse of lapses) {
		const day = dayOf(lapse.at)
		const known = days.get(day)
		if (known) known.push(lapse)
		else days.set(day, [lapse])
	}
	return [...days].map(([day, all]) => ({ day, ...countOf(all) })).sort((a, b) => (a.day < b.day ? -1 : 1))
}
