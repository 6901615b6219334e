import type { RowProblem } from './read-row.ts'

/** What a row comes to: somebody or something new, something else than before, nothing, or nothing that can be. */
export type Outcome = 'added' | 'changed' | 'same' | 'error'

/** One row of a dry run. */
export type PlanRow = {
	line: number
	/** As the file names them. */
	person: string
	/** Who it is about; null for somebody new or not found. */
	personId: string | null
	outcome: Outcome
	changes: { field: string; from: string; to: string }[]
	problems: RowProblem[]
	/** How many requests and accesses of this person end with it; told at their first row. */
	ends: number
}

export type Counts = { rows: number; added: number; changed: number; same: number; errors: number }

/** How many rows come to what. */
export function countRows(rows: readonly PlanRow[]): Counts {
	const counts = { rows: rows.length, added: 0, changed: 0, same: 0, errors: 0 }
	for (const { outcome } of rows) counts[outcome === 'error' ? 'errors' : outcome] += 1
	return counts
}

/** The line of a plan by which it is told whether two plans are one: everything that was shown. */
export const planLine = ({ line, person, personId, outcome, changes, problems, ends }: PlanRow) =>
	JSON.stringify([
		line,
		person,
		personId,
		outcome,
		changes.map(({ field, from, to }) => [field, from, to]),
		problems.map(({ field, problem, about }) => [field, problem, about ?? null]),
		ends,
	])
