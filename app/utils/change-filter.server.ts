import type { ChangeFilter } from '#app/services/amendments/views.ts'
import { queryOf } from './http.server.ts'

/** Which changes of an amendment to show, from the address: what cannot be read is taken for absent. */
export function changeFilterOf(request: Request): ChangeFilter {
	const query = queryOf(request)
	const change = query('change')
	return {
		role: query('role'),
		change: change === 'gains' || change === 'loses' ? change : undefined,
		reason: query('reason'),
		search: query('search'),
	}
}
