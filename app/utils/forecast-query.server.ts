import { z } from 'zod'
import type { LapseFilter } from '#app/services/forecast/views.ts'
import { WINDOWS } from '#app/services/forecast/views.ts'
import { queryOf } from './http.server.ts'

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** Which of what ends to show, from the address: what cannot be read is taken for absent. */
export function lapseFilterOf(request: Request): LapseFilter {
	const query = queryOf(request)
	const day = query('day')
	const follows = query('follows')
	return {
		days: WINDOWS.find((days) => String(days) === query('days')) ?? 180,
		day: day !== undefined && DAY.test(day) ? day : null,
		weight: follows === 'quorum' ? 'quorum' : follows === 'some' ? 'role_or_quorum' : null,
	}
}

/** Whom somebody asks about, from the address: ids, each once. */
export const peopleAskedOf = (request: Request): string[] => [
	...new Set(
		new URL(request.url).searchParams.getAll('person').filter((id) => z.uuid().safeParse(id).success),
	),
]
