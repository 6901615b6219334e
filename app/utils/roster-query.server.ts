import { ZONE_NAME } from '#app/services/forecast/find-forecast.server.ts'
import type { RosterQuery } from '#app/services/roster/show-roster.server.ts'
import { queryOf } from './http.server.ts'

/** What somebody asks of the roster, from the address. */
export function rosterQueryOf(request: Request): RosterQuery {
	const query = queryOf(request)
	const person = query('absent')
	return {
		zone: query('zone') ?? ZONE_NAME,
		row: query('row') ?? null,
		absent:
			person === undefined
				? null
				: { person, from: query('absentFrom') ?? '', until: query('absentUntil') ?? '' },
	}
}

/** The same question without what could not be answered. */
export const answerable = (query: RosterQuery, field: string | null): RosterQuery => ({
	...query,
	absent: null,
	zone: field === 'zone' ? ZONE_NAME : query.zone,
})
