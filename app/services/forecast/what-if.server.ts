import { factsAhead } from '#db/queries/facts.ts'
import { namesOf } from '#db/queries/people.ts'
import { listOpenRequestsOf } from '#db/queries/requests.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { accessStateOf } from '../access/summarise.server.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { findForecast, startOfDay } from './find-forecast.server.ts'
import { demandView, namesIn, seatView } from './show-forecast.server.ts'
import type { DemandView, SeatView, WhatIfView } from './views.ts'

/** More people at once are another organisation. */
export const MOST_LEAVING = 50

/**
 * What would become of every count if these people left, now or from the beginning of a day (YYYY-MM-DD): only what would
 * change, and the requests and accesses of theirs that would end. Nothing is stored.
 */
export async function whatIf(
	deps: Deps,
	actor: Actor,
	{ personIds, day }: { personIds: readonly string[]; day: string | null },
): Promise<WhatIfView> {
	demand(actor, 'people:record')
	const { db } = deps.database
	const { at, until, forecast, course, titles } = await findForecast(deps)
	const leavesAt = day === null ? at : startOfDay(day)
	if (leavesAt === null || leavesAt >= until)
		throw new DomainError('INVALID_INPUT', 'Name a day that the forecast reaches.', {
			field: 'day',
			problem: 'forecastDay',
		})
	if (personIds.length > MOST_LEAVING)
		throw new DomainError('INVALID_INPUT', `Name at most ${MOST_LEAVING} people.`, {
			field: 'person',
			problem: 'forecastPeople',
		})
	const names = await namesOf(db, personIds)
	const leaving = [...names].map(([id, name]) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name))
	const ids = leaving.map(({ id }) => id)
	const facts = await factsAhead(db, ids, at)
	const after = forecast.course({
		fits: new Map([...facts].map(([id, known]) => [id, forecast.fitsOf(known)])),
		at: Math.max(leavesAt.getTime(), at.getTime()),
	})
	const known = new Map([...(await namesIn(deps, course.seats)), ...(await namesIn(deps, after.seats))])
	const open = await listOpenRequestsOf(db, ids)
	return {
		at: at.toISOString(),
		until: until.toISOString(),
		leavesAt: (leavesAt > at ? leavesAt : at).toISOString(),
		leaving,
		seats: course.seats
			.map((seat, i) => ({
				before: seatView(seat, titles, known),
				after: seatView(after.seats[i] ?? seat, titles, known),
			}))
			.filter(changesSeat),
		demands: course.demands
			.map((one, i) => ({
				before: demandView(one, titles),
				after: demandView(after.demands[i] ?? one, titles),
			}))
			.filter(changesDemand),
		requests: open.map((row) => ({
			id: row.id,
			number: row.number,
			person: { id: row.requesterId, name: row.requesterName },
			roleTitle: titles[row.role] ?? row.role,
			state: accessStateOf(row),
		})),
	}
}

const changesSeat = ({ before, after }: { before: SeatView; after: SeatView }) =>
	JSON.stringify(before.steps) !== JSON.stringify(after.steps)

const changesDemand = ({ before, after }: { before: DemandView; after: DemandView }) =>
	before.outlook !== after.outlook ||
	before.spare !== after.spare ||
	before.firstBelow?.at !== after.firstBelow?.at
