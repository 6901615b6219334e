import type { Database } from '#db/client.ts'
import { countPendingUpTo, latestCheckpoint, readLogState } from '#db/queries/ledger.ts'
import { DomainError } from '#workflows/shared/errors.ts'

/** How long a count is good for: so often is the backlog counted, however many people come. */
const COUNTED_FOR_MS = 1000

/** How many entries wait to be signed. What people begin anew is refused while those are too many. */
export type Backlog = {
	/** The count; beyond the bound it may be more than this says. */
	count(): Promise<number>
	isFull(): Promise<boolean>
	/** Throws RECORD_BACKLOG when no new work may begin. */
	demandRoom(): Promise<void>
}

/** Counts, at most once a second, what has no index yet and what no checkpoint covers. `bound` is the most of both. */
export function openBacklog(database: Database, bound: number, milliseconds: () => number): Backlog {
	let counted = { at: Number.NEGATIVE_INFINITY, entries: Promise.resolve(0) }
	const count = () => {
		if (milliseconds() - counted.at >= COUNTED_FOR_MS) {
			const entries = countBacklog(database, bound)
			counted = { at: milliseconds(), entries }
			// A failure is for those who wait for it; the next one counts again.
			entries.catch(() => (counted.at = Number.NEGATIVE_INFINITY))
		}
		return counted.entries
	}
	const isFull = async () => (await count()) > bound
	return {
		count,
		isFull,
		async demandRoom() {
			if (await isFull())
				throw new DomainError(
					'RECORD_BACKLOG',
					'The record cannot be signed fast enough: nothing new is begun until it has caught up.',
				)
		},
	}
}

async function countBacklog({ db }: Database, bound: number): Promise<number> {
	const pending = await countPendingUpTo(db, bound + 1)
	const signed = (await latestCheckpoint(db))?.size ?? 0
	return pending + Math.max(0, (await readLogState(db)).size - signed)
}
