import { findCharterVersion } from '#db/queries/charter.ts'
import { factsOfPerson } from '#db/queries/facts.ts'
import { findRequest, listOpenRequests } from '#db/queries/requests.ts'
import { loadGrantState, loadRequestState, saveRequestStep } from '#db/queries/workflow-rows.ts'
import type { Tx } from '#db/client.ts'
import { privilegedMachine } from '#workflows/access/privileged.machine.ts'
import { decide } from '#workflows/shared/decide.ts'
import { endReasonsOf } from '../access/end-reasons.server.ts'
import { applyGrantEvent } from '../access/step-grant.server.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'

/** States in which an access has not begun to end. */
const RUNNING = new Set(['planned', 'provisioning', 'active'])

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
		if (!isPending && !RUNNING.has(grantState ?? '')) continue
		counts[isPending ? 'requests' : 'grants'] += 1
		const fell = await deps.database.withTx((tx) => settle(tx, deps, id))
		if (fell) counts[isPending ? 'voided' : 'ended'] += 1
		deps.wake()
	}
	await deps.database.withTx((tx) =>
		recordEntry(tx, deps, {
			kind: 'charter.rejudged',
			subject: null,
			actor: null,
			open: { charterEntry: version.entryId, ...counts },
			sealed: {},
			at: deps.now(),
		}),
	)
	deps.wake()
}

/** Ends one request or access if the charter in force no longer allows it; true when it did. */
async function settle(tx: Tx, deps: Deps, requestId: string): Promise<boolean> {
	const before = await loadRequestState(tx, requestId, true)
	const request = await findRequest(tx, requestId)
	const grant = request.grantId === null ? null : await loadGrantState(tx, request.grantId, true)
	const at = deps.now()
	// Under the newest version, even if another one has come into force since this job was queued.
	const { charter } = await deps.charters.inForce(tx)
	const facts = await factsOfPerson(tx, request.requesterId)
	const [code] = await endReasonsOf(deps, charter, request, facts, at.toISOString())
	if (code === undefined) return false
	if (grant !== null) {
		if (!RUNNING.has(grant.snapshot.value)) return false
		await applyGrantEvent(
			tx,
			deps,
			grant,
			{ type: 'END', cause: 'charter', actorId: null, at: at.toISOString() },
			({ grantId }, state) =>
				state === 'ended'
					? { kind: 'grant.ended', open: { grantId, requestId, how: 'never_active' } }
					: { kind: 'grant.ending', open: { grantId, requestId, cause: 'charter' } },
		)
		return true
	}
	if (before.snapshot.value !== 'pending') return false
	const event = { type: 'VOID', code, at: at.toISOString() } as const
	const decided = decide(privilegedMachine, before.snapshot, event)
	const entryId = await recordEntry(tx, deps, {
		kind: 'request.voided',
		subject: request.requesterId,
		actor: null,
		open: { requestId, code },
		sealed: {},
		at,
	})
	await saveRequestStep(tx, before, decided, { event, actorId: null, entryId, at })
	return true
}
