import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { filterText, showHistory, type HistoryFilter } from './history.server.ts'
import { findingRows } from './finding-rows.server.ts'
import { lockboxRows } from './lockbox-rows.server.ts'
import { recordRead } from './record-read.server.ts'

/** The access history for somebody's eyes: as `showHistory`, with requests for customer content and findings, and recorded that they read it. */
export async function readHistory(
	deps: Deps,
	actor: Actor,
	filter: HistoryFilter,
	limit: number,
): Promise<
	Awaited<ReturnType<typeof showHistory>> & {
		lockboxes: Awaited<ReturnType<typeof lockboxRows>>
		findings: Awaited<ReturnType<typeof findingRows>>
	}
> {
	const history = await showHistory(deps, actor, filter, limit)
	const lockboxes = await lockboxRows(deps, filter, limit)
	const findings = await findingRows(deps, actor, filter, limit)
	await recordRead(deps, actor, {
		view: 'history',
		rows: history.rows.length + lockboxes.rows.length + findings.rows.length,
		filter: filterText(filter),
		subject: filter.people.length === 1 ? (filter.people[0] ?? null) : null,
	})
	return { ...history, lockboxes, findings }
}
