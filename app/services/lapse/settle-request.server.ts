import { factsOfPerson } from '#db/queries/facts.ts'
import { findRequest } from '#db/queries/requests.ts'
import { loadGrantState, loadRequestState, saveRequestStep } from '#db/queries/workflow-rows.ts'
import type { Tx } from '#db/client.ts'
import { privilegedMachine } from '#workflows/access/privileged.machine.ts'
import type { EndCause } from '#workflows/grants/grant.machine.ts'
import { decide } from '#workflows/shared/decide.ts'
import { endReasonsOf } from '../access/end-reasons.server.ts'
import { applyGrantEvent } from '../access/step-grant.server.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'

/** States in which an access has not begun to end. */
const RUNNING: ReadonlySet<string> = new Set(['planned', 'provisioning', 'active'])

export const isRunning = (grantState: string | null) => grantState !== null && RUNNING.has(grantState)

/**
 * Ends one waiting request or live access if the facts and the charter in force no longer allow it, inside the
 * transaction that found out; the job that takes the access from the tenant is queued with it. True when it fell.
 */
export async function settleRequest(
	tx: Tx,
	deps: Deps,
	requestId: string,
	cause: EndCause,
): Promise<boolean> {
	const before = await loadRequestState(tx, requestId, true)
	const request = await findRequest(tx, requestId)
	const grant = request.grantId === null ? null : await loadGrantState(tx, request.grantId, true)
	const at = deps.now()
	// Under the newest version, even if another one has come into force meanwhile.
	const { charter } = await deps.charters.inForce(tx)
	const facts = await factsOfPerson(tx, request.requesterId)
	const [code] = await endReasonsOf(deps, charter, request, facts, at.toISOString())
	if (code === undefined) return false
	if (grant !== null) {
		if (!isRunning(grant.snapshot.value)) return false
		await applyGrantEvent(
			tx,
			deps,
			grant,
			{ type: 'END', cause, actorId: null, at: at.toISOString() },
			({ grantId }, state) =>
				state === 'ended'
					? { kind: 'grant.ended', open: { grantId, requestId, how: 'never_active' } }
					: { kind: 'grant.ending', open: { grantId, requestId, cause } },
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
