import type { Leaving, Loss } from './forecast.ts'
import { before, holdsAt, type Horizon, type Span } from './fit-spans.ts'
import { spareFor, type Demand, type SeatName } from './seats.ts'

/** Somebody who is counted for a seat, and when. */
export type Member = { personId: string; spans: readonly Span[] }
/** From an instant on there are so many. */
export type Step = { at: number; count: number }
/** From an instant on so many are needed; null: none in particular. */
export type NeedStep = { at: number; needed: number | null }

/**
 * `below`: fewer than needed now. `falls`: later in the horizon. `limit`: never below, at times with nobody to spare.
 * `enough`: always somebody to spare. `uncounted`: nobody in particular is needed.
 */
export type Outlook = 'below' | 'falls' | 'limit' | 'enough' | 'uncounted'

export type SeatCourse = SeatName & {
	steps: readonly Step[]
	needs: readonly NeedStep[]
	now: number
	needed: number | null
	lowest: Step
	outlook: Outlook
	/** The first instant below what is needed, and who stops being counted then. */
	firstBelow: { at: number; count: number; needed: number; lost: readonly string[] } | null
}

/** Whether requests for a role can find their approvers: distinct people for all of its stages. */
export type DemandCourse = {
	role: string
	outlook: Outlook
	/** People who could be missing now; negative: so many too few. */
	spare: number
	firstBelow: { at: number; spare: number } | null
}

export type Course = { seats: readonly SeatCourse[]; demands: readonly DemandCourse[] }

type Rules = Horizon & { needed: readonly (number | null)[]; demands: readonly Demand[] }
type Counted = {
	seats: readonly SeatName[]
	horizon: Horizon
	deltas: readonly ReadonlyMap<number, number>[]
	members: readonly (readonly Member[])[]
	losses: readonly Loss[]
	rules: readonly Rules[]
}

/** All numbers over the horizon from what was counted; people who leave are taken out from when they leave. */
export function courseOf(counted: Counted, leaving?: Leaving): Course {
	const { seats } = counted
	const members = counted.members.map((all) => (leaving ? all.flatMap((one) => staying(one, leaving)) : all))
	const lossesOf = seats.map((): Loss[] => [])
	for (const loss of counted.losses) lossesOf[loss.seat]?.push(loss)
	return {
		seats: seats.map((_, i) => seatCourse(counted, i, lossesOf[i] ?? [], leaving)),
		demands: demandCourses(counted, members),
	}
}

function staying({ personId, spans }: Member, { fits, at }: Leaving): Member[] {
	if (!fits.has(personId)) return [{ personId, spans }]
	const left = before(spans, at)
	return left.length > 0 ? [{ personId, spans: left }] : []
}

function seatCourse(counted: Counted, i: number, losses: readonly Loss[], leaving?: Leaving): SeatCourse {
	const { horizon, rules } = counted
	const deltas = new Map(counted.deltas[i])
	for (const fits of leaving?.fits.values() ?? []) {
		for (const { from, until } of fits[i] ?? []) {
			const cut = Math.max(from, leaving?.at ?? from)
			if (cut >= until) continue
			deltas.set(cut, (deltas.get(cut) ?? 0) - 1)
			if (until < horizon.until) deltas.set(until, (deltas.get(until) ?? 0) + 1)
		}
	}
	const steps = stepsOf(deltas, horizon.from)
	const needs = rules.map(({ from, needed }): NeedStep => ({ at: from, needed: needed[i] ?? null }))
	const lowest = steps.reduce((low, step) => (step.count < low.count ? step : low))
	const points = [...new Set([...steps.map(({ at }) => at), ...needs.map(({ at }) => at)])].sort(
		(a, b) => a - b,
	)
	let spare = Infinity
	let firstBelow: SeatCourse['firstBelow'] = null
	for (const at of points) {
		const needed = valueAt(needs, at)?.needed ?? null
		const count = valueAt(steps, at)?.count ?? 0
		if (needed === null || needed === 0) continue
		spare = Math.min(spare, count - needed)
		if (count < needed && firstBelow === null)
			firstBelow = { at, count, needed, lost: lostAt(losses, at, counted, i, leaving) }
	}
	return {
		...counted.seats[i]!,
		steps,
		needs,
		now: steps[0]?.count ?? 0,
		needed: needs[0]?.needed ?? null,
		lowest,
		outlook: outlookOf(spare, firstBelow?.at ?? null, horizon.from),
		firstBelow,
	}
}

function outlookOf(spare: number, firstBelow: number | null, from: number): Outlook {
	if (firstBelow !== null) return firstBelow <= from ? 'below' : 'falls'
	if (spare === Infinity) return 'uncounted'
	return spare === 0 ? 'limit' : 'enough'
}

/** Who stops being counted at an instant: by what is recorded, or because they leave. */
function lostAt(
	losses: readonly Loss[],
	at: number,
	{ horizon }: Counted,
	seat: number,
	leaving?: Leaving,
): string[] {
	const lost = new Set(losses.filter((loss) => loss.at === at).map(({ personId }) => personId))
	if (leaving && at === Math.max(leaving.at, horizon.from))
		for (const [personId, fits] of leaving.fits) if (holdsAt(fits[seat] ?? [], at)) lost.add(personId)
	return [...lost]
}

function stepsOf(deltas: ReadonlyMap<number, number>, from: number): Step[] {
	const steps: Step[] = [{ at: from, count: 0 }]
	for (const [at, by] of [...deltas].sort(([a], [b]) => a - b)) {
		const last = steps.at(-1)!
		if (by === 0) continue
		if (at <= last.at) last.count += by
		else steps.push({ at, count: last.count + by })
	}
	return steps
}

/** What holds at an instant: the last that is not later. */
const valueAt = <T extends { at: number }>(steps: readonly T[], at: number): T | undefined =>
	steps.findLast((step) => step.at <= at)

function demandCourses({ seats, rules, horizon }: Counted, members: readonly (readonly Member[])[]) {
	const membersOf = (from: string) =>
		members[seats.findIndex(({ kind, key }) => kind === 'decides' && key === from)] ?? []
	const found = new Map<string, DemandCourse>()
	/** Roles with the same demand have the same course. */
	const known = new Map<string, { first: number; least: number; firstBelow: DemandCourse['firstBelow'] }>()
	for (const { demands, ...segment } of rules) {
		for (const demand of demands) {
			const name = `${segment.from} ${JSON.stringify(demand.seats)}`
			const seen = known.get(name) ?? watch(demand, segment, membersOf)
			known.set(name, seen)
			const earlier = found.get(demand.role)
			const firstBelow = earlier?.firstBelow ?? seen.firstBelow
			const outlook = outlookOf(seen.least, firstBelow?.at ?? null, horizon.from)
			found.set(demand.role, {
				role: demand.role,
				outlook: earlier?.outlook === 'limit' && outlook === 'enough' ? 'limit' : outlook,
				spare: earlier?.spare ?? seen.first,
				firstBelow,
			})
		}
	}
	return [...found.values()]
}

/** How many a demand can spare, at the beginning of a stretch and wherever one of its people comes or goes. */
function watch(demand: Demand, { from, until }: Horizon, membersOf: (from: string) => readonly Member[]) {
	const moments = new Set([from])
	for (const seat of demand.seats)
		for (const { spans } of membersOf(seat.from))
			for (const span of spans)
				for (const at of [span.from, span.until]) if (at > from && at < until) moments.add(at)
	let least = Infinity
	let first = 0
	let firstBelow: DemandCourse['firstBelow'] = null
	for (const at of [...moments].sort((a, b) => a - b)) {
		const spare = spareFor(demand, (role) =>
			membersOf(role)
				.filter(({ spans }) => holdsAt(spans, at))
				.map(({ personId }) => personId),
		)
		if (at === from) first = spare
		least = Math.min(least, spare)
		if (spare < 0 && firstBelow === null) firstBelow = { at, spare }
	}
	return { first, least, firstBelow }
}
