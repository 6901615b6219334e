import type { HistoryFilter } from '#app/services/audit/history.server.ts'
import { queryOf } from './http.server.ts'

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/

/** The filter of an access history from the address: what cannot be read is taken for absent. */
export function historyFilterOf(request: Request): HistoryFilter {
	const query = queryOf(request)
	const person = query('person')
	const day = (name: string) => {
		const date = new Date(`${query(name) ?? ''}T00:00:00.000Z`)
		return Number.isNaN(date.getTime()) ? undefined : date
	}
	return {
		person: person !== undefined && UUID.test(person) ? person : undefined,
		role: query('role'),
		from: day('from'),
		until: day('until'),
	}
}
