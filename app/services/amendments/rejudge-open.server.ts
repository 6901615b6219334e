import { findCharterVersion } from '#db/queries/charter.ts'
import { listOpenRequests } from '#db/queries/requests.ts'
import type { Deps } from '../deps.ts'
import { isRunning, settleRequest } from '../lapse/settle-request.server.ts'
import { recordAlone } from '../record-entry.server.ts'

/**
 * Judges every waiting request and every live access under the version that has come into force: voids the requests
 * that no longer hold and begins to end the accesses, each in a transaction of its own. May run again at any time: what
 * has been settled stays so. The last entry says how many were looked at and how many fell.
 */
export async function rejudgeOpen(deps: Deps, charterVersionId: string): Promise<void> {
	const { db } = deps.database
	const version = await findCharterVersion(db, charterVersionId)
	const counts = { requests: 0, voided: 0, grants: 0, ended: 0 }
	for (const { id, state, grantState } of await listOpenRequests(db)) {
		const isPending = state === 'pending'
		if (!isPending && !isRunning(grantState)) continue
		counts[isPending ? 'requests' : 'grants'] += 1
		const fell = await deps.database.withTx((tx) => settleRequest(tx, deps, id, 'charter'))
		if (fell) counts[isPending ? 'voided' : 'ended'] += 1
		deps.wake()
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
