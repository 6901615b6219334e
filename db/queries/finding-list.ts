import { and, desc, eq, inArray, lt, notInArray, sql } from 'drizzle-orm'
import type { FindingKind } from '#workflows/charter/entra.schema.ts'
import { CLOSED_FINDING_STATES } from '#workflows/grants/finding-context.ts'
import type { Reader } from '../client.ts'
import { findings } from '../schema/index.ts'
import type { FindingRow } from './findings.ts'

export type FindingListFilter = {
	state?: 'open' | 'closed'
	/** What is wrong with it, whatever else is. */
	kind?: FindingKind
	/** The number that people say: F-3 is 3. */
	number?: number
	/** Newest first, below this number. */
	before?: number
}

/** Findings newest first, whatever became of them. */
export async function listFindingRows(
	reader: Reader,
	{ state, kind, number, before }: FindingListFilter,
	limit: number,
): Promise<FindingRow[]> {
	const closed = [...CLOSED_FINDING_STATES]
	return reader
		.select()
		.from(findings)
		.where(
			and(
				state === 'open' ? notInArray(findings.state, closed) : undefined,
				state === 'closed' ? inArray(findings.state, closed) : undefined,
				kind === undefined
					? undefined
					: sql`${findings.context} -> 'difference' -> 'kinds' @> ${JSON.stringify([kind])}::jsonb`,
				number === undefined ? undefined : eq(findings.number, number),
				before === undefined ? undefined : lt(findings.number, before),
			),
		)
		.orderBy(desc(findings.number))
		.limit(limit)
}
