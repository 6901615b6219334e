import { lockboxHistory } from '#db/queries/lockbox-history.ts'
import type { HistoryFilter } from '#db/queries/history-filter.ts'
import type { LockboxState } from '#workflows/lockbox/lockbox-context.ts'
import type { Provider } from '#workflows/lockbox/providers.ts'
import type { Deps } from '../deps.ts'
import { toLockboxRecord } from './lockbox-records.server.ts'

/** One request for customer content as the page of the history shows it. */
export type LockboxHistoryView = {
	id: string
	number: number
	provider: Provider
	/** Whom it is for: one of ours, or as the provider discloses it; null for what it does not say. */
	person: string | null
	isInside: boolean
	boundary: string | null
	state: LockboxState
	isOutOfBand: boolean
	requestedAt: string
	approvals: {
		approver: string
		verdict: 'approve' | 'deny'
		hasFallen: boolean
		at: string
		entryIndex: number | null
	}[]
	openedAt: string | null
	endedAt: string | null
}

/** The newest requests for customer content that a filter chooses; whether there are more is told beside. */
export async function lockboxRows(
	{ database: { db }, charters }: Deps,
	filter: HistoryFilter,
	limit: number,
): Promise<{ rows: LockboxHistoryView[]; isWhole: boolean }> {
	const found = await lockboxHistory(db, filter, limit + 1)
	const rows: LockboxHistoryView[] = []
	for (const row of found.slice(0, limit)) {
		const record = toLockboxRecord(row, await charters.version(db, row.charterVersionId))
		rows.push({
			id: record.request.id,
			number: record.request.number,
			provider: record.provider,
			person: record.subject?.name ?? record.disclosed.name,
			isInside: record.origin === 'inside',
			boundary: record.boundary?.name ?? null,
			state: record.state,
			isOutOfBand: record.isOutOfBand,
			requestedAt: record.request.at,
			approvals: record.approvals.map(({ approver, verdict, fell, at, entry }) => ({
				approver: approver.name,
				verdict,
				hasFallen: fell !== null,
				at,
				entryIndex: entry.index,
			})),
			openedAt: record.access?.openedAt ?? null,
			endedAt: record.access?.endedAt ?? null,
		})
	}
	return { rows, isWhole: found.length <= limit }
}
