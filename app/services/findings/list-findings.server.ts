import { listFindingRows, type FindingListFilter } from '#db/queries/finding-list.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { findingLooker, summariseFinding } from './summarise-finding.server.ts'
import type { FindingSummary } from './views.ts'

/** Findings newest first, a page at a time; `next` is the number to go on below, null after the last. */
export async function listFindings(
	deps: Deps,
	actor: Actor,
	{ limit, ...filter }: FindingListFilter & { limit: number },
): Promise<{ findings: FindingSummary[]; next: number | null }> {
	demand(actor, 'finding:read')
	const { db } = deps.database
	const rows = await listFindingRows(db, filter, limit + 1)
	const shown = rows.slice(0, limit)
	const looker = await findingLooker(deps, actor, db, shown)
	return {
		findings: shown.map((row) => summariseFinding(row, looker)),
		next: rows.length > limit ? (shown.at(-1)?.number ?? null) : null,
	}
}
