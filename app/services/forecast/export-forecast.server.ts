import { createHash } from 'node:crypto'
import { listRenewals, type RenewalCursor } from '#db/queries/renewals.ts'
import { csvRecord } from '#workflows/audit-export/formats/csv.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordAlone } from '../record-entry.server.ts'
import { findForecast } from './find-forecast.server.ts'
import { chooseLapses, demandOfficer, lapseViews, renewalView } from './list-lapses.server.ts'
import { seatView } from './show-forecast.server.ts'
import type { LapseFilter, SeatView } from './views.ts'

export const FORECAST_LISTS = ['coverage', 'lapses', 'renewals'] as const
export type ForecastList = (typeof FORECAST_LISTS)[number]
type Cells = readonly (string | number)[]

/** Rows that are looked up at once. */
const PART = 1000

/** One list of the forecast as CSV (RFC 4180, UTF-8), whole; that it was taken is itself an entry of the record. */
export async function exportForecast(
	deps: Deps,
	actor: Actor,
	{ list, filter }: { list: ForecastList; filter: LapseFilter },
): Promise<string> {
	demand(actor, 'forecast:read')
	const rows = await rowsOf(deps, actor, list, filter)
	const text = rows.map((cells) => csvRecord(cells.map(String))).join('')
	await recordAlone(deps, {
		kind: 'record.exported',
		subject: null,
		actor: actor.personId,
		open: {
			format: 'csv',
			fileSha256: createHash('sha256').update(text).digest('hex'),
			rows: rows.length - 1,
		},
		sealed: {
			query: { filter: { forecast: list, ...(list === 'lapses' ? filter : {}) } },
		},
		at: deps.now(),
	})
	deps.wake()
	return text
}

async function rowsOf(deps: Deps, actor: Actor, list: ForecastList, filter: LapseFilter): Promise<Cells[]> {
	switch (list) {
		case 'coverage':
			return coverageRows(deps)
		case 'lapses':
			demandOfficer(actor)
			return lapseRows(deps, filter)
		case 'renewals':
			demandOfficer(actor)
			return renewalRows(deps)
	}
}

async function coverageRows(deps: Deps): Promise<Cells[]> {
	const { course, titles, until } = await findForecast(deps)
	const end = until.toISOString()
	return [
		['counted_as', 'key', 'title', 'from_utc', 'until_utc', 'people', 'needed', 'outlook'],
		...course.seats.flatMap((seat) => {
			const view = seatView(seat, titles, new Map())
			return pieces(view).map(({ at, count, needed }, i, all): Cells => [
				view.kind,
				view.key,
				view.title,
				at,
				all[i + 1]?.at ?? end,
				count,
				needed ?? '',
				needed === null ? 'uncounted' : count < needed ? 'below' : count === needed ? 'limit' : 'enough',
			])
		}),
	]
}

/** A row wherever the count or the need changes: the numbers that a chart draws. */
export function pieces({ steps, needs }: Pick<SeatView, 'steps' | 'needs'>) {
	return [...new Set([...steps, ...needs].map(({ at }) => at))].sort().map((at) => ({
		at,
		count: steps.findLast((step) => step.at <= at)?.count ?? 0,
		needed: needs.findLast((need) => need.at <= at)?.needed ?? null,
	}))
}

async function lapseRows(deps: Deps, filter: LapseFilter): Promise<Cells[]> {
	const found = await findForecast(deps)
	const chosen = chooseLapses(found, filter)
	const rows: Cells[] = [
		['person_id', 'person_name', 'ends_at_utc', 'fact', 'about', 'follows', 'roles_lost', 'clauses'],
	]
	for (let from = 0; from < chosen.length; from += PART)
		for (const row of await lapseViews(deps, found, chosen.slice(from, from + PART)))
			rows.push([
				row.person.id,
				row.person.name,
				row.at,
				row.kind ?? (row.byCharter ? 'charter_version' : 'charter_rule'),
				row.detail,
				row.weight,
				row.ends.map(({ title }) => title).join('; '),
				row.codes.join(' '),
			])
	return rows
}

async function renewalRows(deps: Deps): Promise<Cells[]> {
	const { at, until } = await findForecast(deps)
	const rows: Cells[] = [
		[
			'person_id',
			'person_name',
			'scheme',
			'level',
			'ends_at_utc',
			'lead_days',
			'start_by_utc',
			'overdue',
			'open_case',
		],
	]
	for (let after: RenewalCursor | null = null; ;) {
		const part = await listRenewals(deps.database.db, {
			at,
			until,
			leads: deps.renewalLeads,
			after,
			limit: PART,
		})
		for (const row of part.map((one) => renewalView(deps, one, at)))
			rows.push([
				row.person.id,
				row.person.name,
				row.scheme,
				row.level,
				row.validUntil,
				row.leadDays,
				row.startBy,
				row.isOverdue ? 'yes' : 'no',
				row.openCase === null ? '' : `V-${row.openCase.number}`,
			])
		const last = part.at(-1)
		if (last === undefined || part.length < PART) return rows
		after = { startBy: last.startBy.toISOString(), id: last.id }
	}
}
