import type { FactRule, FieldProblem } from './fact-kinds.ts'

/** Nothing that is recorded here was true before then. */
const EARLIEST = Date.UTC(1900, 0, 1)
/** No authority states an end later than this many years from now. */
const YEARS_AHEAD = 75
/** What is planned begins within so many years. */
const YEARS_PLANNED = 5
const YEAR_MS = 366 * 86_400_000
/** It is today already where days begin first (UTC+14), so a day counts as begun from then on. */
const EARLIEST_ZONE_MS = 14 * 3_600_000

/** What is wrong with the dates of a fact; null when nothing is. */
export function validityProblem(
	{ validFrom, validUntil }: { validFrom: Date; validUntil: Date | null },
	{ mayBeginLater, needsEnd }: Pick<FactRule, 'mayBeginLater' | 'needsEnd'>,
	now: Date,
): FieldProblem | null {
	const ahead = validFrom.getTime() - now.getTime()
	if (Number.isNaN(ahead) || validFrom.getTime() < EARLIEST || ahead > YEARS_PLANNED * YEAR_MS)
		return { field: 'validFrom', problem: 'DATE_FAR_OFF' }
	if (!mayBeginLater && ahead > EARLIEST_ZONE_MS) return { field: 'validFrom', problem: 'BEGINS_IN_FUTURE' }
	if (validUntil === null) return needsEnd ? { field: 'validUntil', problem: 'MISSING' } : null
	const end = validUntil.getTime()
	if (Number.isNaN(end) || end < EARLIEST || end - now.getTime() > YEARS_AHEAD * YEAR_MS)
		return { field: 'validUntil', problem: 'DATE_FAR_OFF' }
	return end <= validFrom.getTime() ? { field: 'validUntil', problem: 'ENDS_BEFORE_IT_BEGINS' } : null
}
