import { namesOf } from '#db/queries/people.ts'
import { listRenewals, countRenewals, type RenewalCursor, type RenewalRow } from '#db/queries/renewals.ts'
import { leadDays } from '#workflows/people/renewal-leads.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { recordRead } from '../audit/record-read.server.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { dayOf, findForecast, type FoundForecast } from './find-forecast.server.ts'
import { inOrder, WEIGHTS, type Lapse, type Weight } from './lapses.ts'
import { windowCounts, windowEnd } from './show-forecast.server.ts'
import type { LapseFilter, LapsesView, LapseView, RenewalsView, RenewalView } from './views.ts'

const PAGE = 50

/** A page of what ends, what follows most from it first; the page after the row that the cursor names. */
export async function showLapses(
	deps: Deps,
	actor: Actor,
	{ filter, after }: { filter: LapseFilter; after: string | null },
): Promise<LapsesView> {
	demandOfficer(actor)
	const found = await findForecast(deps)
	const chosen = chooseLapses(found, filter)
	const from = after === null ? null : cursorOf(after)
	const begin = from === null ? 0 : chosen.findIndex((lapse) => inOrder(lapse, from) > 0)
	const shown = begin < 0 ? [] : chosen.slice(begin, begin + PAGE)
	const last = shown.at(-1)
	await recordRead(deps, actor, {
		view: 'forecast',
		rows: shown.length,
		filter: { list: 'lapses', days: filter.days, day: filter.day, weight: filter.weight, after },
	})
	return {
		at: found.at.toISOString(),
		rows: await lapseViews(deps, found, shown),
		total: chosen.length,
		windows: windowCounts(found),
		next: last && chosen.at(-1) !== last ? `${last.weight}_${last.at}_${last.id}` : null,
	}
}

/** Lists of facts that end name levels: they are for those who record facts and may see what these say. */
export function demandOfficer(actor: Actor): void {
	demand(actor, 'people:record')
	demand(actor, 'people:values')
}

/** What of the lapses a filter chooses. */
export const chooseLapses = (found: FoundForecast, { days, day, weight }: LapseFilter): Lapse[] =>
	found.lapses.filter(
		(lapse) =>
			(day === null ? lapse.at < windowEnd(found, days) : dayOf(lapse.at) === day) &&
			(weight === null ||
				(weight === 'role_or_quorum' ? lapse.weight !== 'nothing' : lapse.weight === weight)),
	)

function cursorOf(text: string): Pick<Lapse, 'weight' | 'at' | 'id'> {
	const [weight = '', at = '', id = ''] = text.split('_')
	if (!WEIGHTS.includes(weight as Weight) || !/^\d{1,15}$/.test(at))
		throw new DomainError('INVALID_INPUT', 'This address names no place in the list.', { field: 'after' })
	return { weight: weight as Weight, at: Number(at), id }
}

/** Lapses with the names of people and roles. */
export async function lapseViews(
	{ database }: Deps,
	{ forecast, titles, charter }: FoundForecast,
	lapses: readonly Lapse[],
): Promise<LapseView[]> {
	const names = await namesOf(
		database.db,
		lapses.map(({ personId }) => personId),
	)
	return lapses.map(({ id, personId, at, kind, detail, weight, ends, codes, byCharter }) => ({
		id,
		person: { id: personId, name: names.get(personId) ?? personId },
		at: new Date(at).toISOString(),
		kind,
		detail:
			kind === 'appointment'
				? (titles[detail] ?? detail)
				: kind === 'facility'
					? (charter.facilities[detail]?.title ?? detail)
					: detail,
		weight,
		ends: ends.flatMap((seat) => {
			const name = forecast.seats[seat]
			return name === undefined
				? []
				: [{ kind: name.kind, title: name.kind === 'duty' ? name.key : (titles[name.key] ?? name.key) }]
		}),
		codes: [...codes],
		byCharter,
	}))
}

/** A page of clearances whose renewal must begin inside the horizon, overdue first. */
export async function showRenewals(
	deps: Deps,
	actor: Actor,
	after: RenewalCursor | null,
): Promise<RenewalsView> {
	demandOfficer(actor)
	const { at, until } = await findForecast(deps)
	const asked = { at, until, leads: deps.renewalLeads }
	const { db } = deps.database
	const rows = await listRenewals(db, { ...asked, after, limit: PAGE + 1 })
	const shown = rows.slice(0, PAGE)
	const last = shown.at(-1)
	await recordRead(deps, actor, {
		view: 'forecast',
		rows: shown.length,
		filter: { list: 'renewals', after: after?.id ?? null },
	})
	return {
		at: at.toISOString(),
		rows: shown.map((row) => renewalView(deps, row, at)),
		counts: await countRenewals(db, asked),
		next: rows.length > PAGE && last ? { startBy: last.startBy.toISOString(), id: last.id } : null,
	}
}

export const renewalView = ({ renewalLeads }: Deps, row: RenewalRow, at: Date): RenewalView => ({
	id: row.id,
	person: { id: row.personId, name: row.personName },
	scheme: row.scheme,
	level: row.level,
	validUntil: row.validUntil.toISOString(),
	startBy: row.startBy.toISOString(),
	leadDays: leadDays(renewalLeads, row.scheme),
	isOverdue: row.startBy <= at,
	hasEnded: row.validUntil <= at,
	openCase:
		row.caseId === null || row.caseNumber === null ? null : { id: row.caseId, number: row.caseNumber },
})
