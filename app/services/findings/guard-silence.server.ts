import type { Tx } from '#db/client.ts'
import { lockFindingsOfGrants, removalsSince, tryLockRemovals } from '#db/queries/findings.ts'
import { setTimers } from '#db/queries/workflow-batch.ts'
import type { StoredGrant, TimerRow } from '#db/queries/workflow-rows.ts'
import { massRemovalOf } from '#workflows/charter/entra.schema.ts'
import { DRIFT_FINDING } from '#workflows/grants/drift-answer.ts'
import { admitRemovals } from '#workflows/grants/mass-guard.ts'
import { plusMs } from '#workflows/shared/instants.ts'
import type { Deps } from '../deps.ts'
import { applyFindingEvents } from './step-finding.server.ts'

/** What is held is looked at again so soon: there may be room, or two officers released it. */
const AGAIN_MS = 60_000

/** Whether this is the deadline by which silence about a deviation ends an access. */
export const isSilence = ({ workflow, name }: Pick<TimerRow, 'workflow' | 'name'>): boolean =>
	workflow === 'grant' && name.includes('driftAnswer')

/**
 * Of these deadlines, those that may end their access now: the guard against mass removal counts them with all other removals. The
 * others stay deviating, their deadline comes again, and their findings wait for two officers. Nobody is waited for here, since
 * whoever fires deadlines holds them: where others let removals pass just now, all of these are left for the next time.
 */
export async function admitSilence(
	tx: Tx,
	deps: Deps,
	silent: readonly { timer: TimerRow; grant: StoredGrant }[],
	at: Date,
): Promise<{ isLeft: (grantId: string) => boolean }> {
	const drifted = silent.filter(({ grant }) => grant.snapshot.value === 'drifted')
	if (drifted.length === 0) return { isLeft: () => false }
	const all = new Set(drifted.map(({ grant }) => grant.id))
	if (!(await tryLockRemovals(tx))) return { isLeft: (id) => all.has(id) }
	const { charter, entryId: charterEntry } = await deps.charters.inForce(tx)
	const guard = massRemovalOf(charter)
	const now = at.toISOString()
	const { hold } = admitRemovals(
		drifted.map(({ grant: { id, snapshot } }) => ({
			id,
			kind: DRIFT_FINDING[snapshot.context.drift?.what ?? 'not_ours'],
			people: 0,
			at: snapshot.context.drift?.since ?? now,
		})),
		await removalsSince(tx, new Date(at.getTime() - guard.withinMs)),
		guard,
		now,
	)
	const held = new Set(hold)
	await setTimers(
		tx,
		drifted
			.filter(({ grant }) => held.has(grant.id))
			.map(({ timer: { workflow, workflowId, name, event } }) => ({
				workflow,
				workflowId,
				name,
				event,
				dueAt: plusMs(now, AGAIN_MS),
			})),
	)
	const findings = await lockFindingsOfGrants(tx, hold)
	await applyFindingEvents(
		tx,
		deps,
		findings
			.filter(({ snapshot }) => snapshot.value === 'referred')
			.map((before) => ({ before, event: { type: 'HOLD' as const, at: now } })),
		{ charterEntry, guard },
	)
	if (hold.length > 0) deps.log.warn({ held: hold.length }, 'the guard holds accesses that silence would end')
	return { isLeft: (id) => held.has(id) }
}
