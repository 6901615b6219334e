import { plannedShifts, type ShiftRow } from '#db/queries/boundaries.ts'
import { factsAhead } from '#db/queries/facts.ts'
import { absencesBetween, appointedInto } from '#db/queries/roster.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { uniteSpans, type Horizon, type Span } from '#workflows/charter/forecast/fit-spans.ts'
import {
	boundaryCoverage,
	stageCoverage,
	stageNames,
	type Coverage,
	type Member,
	type StageName,
} from '#workflows/lockbox/coverage.ts'
import {
	beginEligibility,
	type Failing,
	type PersonEligibility,
	type StagesInForce,
} from '#workflows/lockbox/eligible-spans.ts'
import { dutySpans, isPlanned, type Shift } from '#workflows/lockbox/shifts.ts'
import { timeZone } from '#workflows/shared/zoned-time.ts'
import type { Deps } from '../deps.ts'
import { scheduled } from '../forecast/find-forecast.server.ts'
import { findHoldings, type BoundaryHoldings } from './find-holdings.server.ts'

/** Somebody who is imagined away. */
export type Absent = { personId: string; span: Span }

export type FoundRoster = {
	at: Date
	horizon: Horizon
	charter: Charter
	/** Titles of roles, those of charters to come included. */
	titles: Readonly<Record<string, string>>
	segments: readonly StagesInForce[]
	boundaries: readonly (BoundaryHoldings & { shifts: readonly ShiftRow[] })[]
	/** Everybody who is named somewhere. */
	personIds: readonly string[]
	/** How everything is covered; with somebody away, if that is asked. */
	cover(absent?: Absent | null): FoundCoverage
}
export type FoundCoverage = {
	boundaries: ReadonlyMap<string, Coverage>
	stages: readonly { name: StageName; coverage: Coverage }[]
}

const FOREVER: readonly Span[] = [{ from: -Infinity, until: Infinity }]

/** Looks ahead over every boundary and every stage of the lockbox, from now until the end of the horizon. */
export async function findRoster(deps: Deps, at: Date, until: number): Promise<FoundRoster> {
	const { db } = deps.database
	const horizon = { from: at.getTime(), until }
	const period = { from: at, until: new Date(until) }
	const { charter } = await deps.charters.inForce(db, at)
	const charters = [{ charter, from: horizon.from }, ...(await scheduled(db, at, period.until))]
	const eligibility = beginEligibility(charters, horizon)
	const { segments, roles } = eligibility
	const found = await findHoldings(deps, at)
	const shifts = await plannedShifts(db)
	const appointed = await appointedInto(db, roles, period)
	const personIds = [
		...new Set([
			...appointed.map(({ personId }) => personId),
			...found.flatMap(({ holdings }) => holdings.flatMap(({ personId }) => personId ?? [])),
			...shifts.map(({ personId }) => personId),
		]),
	]
	const facts = await factsAhead(db, personIds, at)
	const fits = new Map<string, PersonEligibility>()
	for (const [id, known] of facts) fits.set(id, eligibility.of(known))
	const away = new Map<string, Span[]>()
	for (const absence of await absencesBetween(db, personIds, period))
		away.set(absence.personId, [
			...(away.get(absence.personId) ?? []),
			{ from: absence.from.getTime(), until: absence.until.getTime() },
		])
	const titles: Record<string, string> = {}
	for (const each of [...charters].reverse())
		for (const [key, { title }] of Object.entries(each.charter.roles)) titles[key] = title
	const boundaries = found.map((one) => ({
		...one,
		shifts: shifts.filter(({ boundaryId }) => boundaryId === one.boundary.id),
	}))

	return {
		at,
		horizon,
		charter,
		titles,
		segments,
		boundaries,
		personIds,
		cover(absent = null) {
			const awayOf = (id: string) =>
				uniteSpans([...(away.get(id) ?? []), ...(absent?.personId === id ? [absent.span] : [])])
			const stageMembers = new Map(
				roles.map((role) => [
					role,
					appointed
						.filter((each) => each.role === role)
						.map(({ personId: id }): Member => {
							const fit = fits.get(id)
							return {
								id,
								isKnown: true,
								held: FOREVER,
								eligibleOnly: [],
								fit: fit?.spans(role) ?? [],
								failing: (moment) => fit?.failing(role, moment) ?? [],
								away: awayOf(id),
								onDuty: null,
							}
						}),
				]),
			)
			return {
				boundaries: new Map(
					boundaries.map(({ boundary, holdings, shifts: rows }) => [
						boundary.id,
						boundaryCoverage(
							membersOf(holdings, rows, horizon, roles, fits, awayOf),
							boundary.holdersNeeded,
							horizon,
						),
					]),
				),
				stages: stageNames(segments).map((name) => ({
					name,
					coverage: stageCoverage(segments, name, (role) => stageMembers.get(role) ?? [], horizon),
				})),
			}
		},
	}
}

/** Holders of one boundary as one member each, however many sources say that they hold it. */
function membersOf(
	holdings: BoundaryHoldings['holdings'],
	rows: readonly ShiftRow[],
	horizon: Horizon,
	roles: readonly string[],
	fits: ReadonlyMap<string, PersonEligibility>,
	awayOf: (id: string) => Span[],
): Member[] {
	const shifts = rows.map(shiftOf)
	const planned = isPlanned(shifts)
	const hasExceptions = shifts.length > 0
	const byWho = new Map<string, typeof holdings>()
	for (const holding of holdings) {
		const who = holding.personId ?? holding.account ?? ''
		byWho.set(who, [...(byWho.get(who) ?? []), holding])
	}
	return [...byWho].map(([id, all]): Member => {
		const fit = fits.get(id)
		const spansOf = (isIt: (holding: (typeof all)[number]) => boolean) =>
			uniteSpans(all.filter(isIt).map(({ span }) => span))
		const isKnown = all.some(({ personId }) => personId !== null)
		return {
			id,
			isKnown,
			held: spansOf((one) => one.void === null || (!isKnown && one.source === 'tenant')),
			eligibleOnly: spansOf((one) => one.void === 'NOT_ACTIVATED'),
			fit: uniteSpans(roles.flatMap((role) => fit?.spans(role) ?? [])),
			failing: (at) => fewest(roles.map((role) => fit?.failing(role, at) ?? null)),
			away: awayOf(id),
			onDuty: planned
				? dutySpans(shifts, id, horizon)
				: hasExceptions
					? dutySpans([{ kind: 'on', personId: id, ...horizon }, ...shifts], id, horizon)
					: null,
		}
	})
}

/** Of several roles by which somebody could decide, what stands in the way of the nearest; nothing where none decides. */
const fewest = (all: readonly (readonly Failing[] | null)[]): readonly Failing[] =>
	all
		.filter((each) => each !== null)
		.reduce<readonly Failing[] | null>(
			(least, each) => (least === null || each.length < least.length ? each : least),
			null,
		) ?? []

function shiftOf(row: ShiftRow): Shift {
	const { personId, validFrom, validUntil, kind } = row
	const span = { personId, from: validFrom.getTime(), until: validUntil?.getTime() ?? Infinity }
	if (kind !== 'weekly') return { kind, ...span }
	const { days, startsAt, endsAt, zone: name } = row
	const zone = name === null ? null : timeZone(name)
	// A zone that this runtime no longer knows is no duty: it must not pass for all hours.
	if (days === null || startsAt === null || endsAt === null || zone === null)
		return { kind: 'on', personId, from: 0, until: 0 }
	return { kind, ...span, days, startsAt, endsAt, zone }
}
