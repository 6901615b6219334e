import { setImmediate as breathe } from 'node:timers/promises'
import { findCharterVersion } from '#db/queries/charter.ts'
import { runningPage, waitingPage } from '#db/queries/lapse-rows.ts'
import type { Deps } from '../deps.ts'
import { settleMany } from '../lapse/settle-many.server.ts'
import { recordAlone } from '../record-entry.server.ts'

/** So many in one transaction: a round trip costs more than what it carries. Pages go on meanwhile: `settleMany` breathes. */
const PAGE = 500

/**
 * Judges every waiting request and every running access under the version that has come into force: voids the requests
 * that no longer hold and begins to end the accesses, page by page, each in a transaction of its own. May run again at
 * any time: what has been settled stays so. The last entry says how many were looked at and how many fell.
 */
export async function rejudgeOpen(deps: Deps, charterVersionId: string): Promise<void> {
	const { db } = deps.database
	const version = await findCharterVersion(db, charterVersionId)
	const counts = { requests: 0, voided: 0, grants: 0, ended: 0 }
	// Accesses first: they are what somebody holds.
	for (let last: string | null = null; ;) {
		const grantIds = await runningPage(db, last, PAGE)
		if (grantIds.length === 0) break
		const { looked, fallen } = await deps.database.withTx((tx) =>
			settleMany(tx, deps, { requestIds: [], grantIds }, { cause: 'charter' }),
		)
		counts.grants += looked.grantIds.length
		counts.ended += fallen.length
		last = grantIds.at(-1) ?? null
		deps.wake()
		await breathe()
	}
	for (let last: string | null = null; ;) {
		const requestIds = await waitingPage(db, last, PAGE)
		if (requestIds.length === 0) break
		const { looked, fallen } = await deps.database.withTx((tx) =>
			settleMany(tx, deps, { requestIds, grantIds: [] }, { cause: 'charter' }),
		)
		counts.requests += looked.requestIds.length
		counts.voided += fallen.length
		last = requestIds.at(-1) ?? null
		deps.wake()
		await breathe()
	}
	await recordAlone(deps, {
		kind: 'charter.rejudged',
		subject: null,
		actor: null,
		open: { charterEntry: version.entryId, ...counts },
		sealed: {},
		at: deps.now(),
	})
	deps.wake()
}
