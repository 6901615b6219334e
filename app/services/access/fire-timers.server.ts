import type { Tx } from '#db/client.ts'
import {
	claimDueTimer,
	deleteTimer,
	loadGrantState,
	loadRequestState,
	saveRequestStep,
	type TimerRow,
	type WorkflowKind,
} from '#db/queries/workflow-rows.ts'
import { privilegedMachine } from '#workflows/access/privileged.machine.ts'
import type { GrantContext, GrantState } from '#workflows/grants/grant.machine.ts'
import { decide, type TimerEvent } from '#workflows/shared/decide.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { stepAmendmentTimer } from '../amendments/amendment-timers.server.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { stepVettingTimer } from '../vetting/vetting-timers.server.ts'
import { applyGrantEvent, type GrantEntry } from './step-grant.server.ts'

const MOST_AT_ONCE = 500

/**
 * Sends the events of all deadlines that are due. Claiming, stepping and deleting are one transaction for each, so a
 * deadline takes effect exactly once, however many workers there are. Gives how many fired.
 */
export async function fireDueTimers(deps: Deps): Promise<number> {
	let fired = 0
	while (fired < MOST_AT_ONCE && (await fireOne(deps))) fired++
	if (fired > 0) deps.wake()
	return fired
}

async function fireOne(deps: Deps): Promise<boolean> {
	return deps.database.withTx(async (tx) => {
		const at = deps.now()
		const timer = await claimDueTimer(tx, at)
		if (!timer) return false
		const event: TimerEvent = { type: timer.event as TimerEvent['type'], at: at.toISOString() }
		try {
			await STEPS[timer.workflow](tx, deps, timer, event)
		} catch (error) {
			// The workflow has left the state that the deadline was for; the deadline is over, not the workflow.
			if (!isDomainError(error) || error.code !== 'ILLEGAL_TRANSITION') throw error
			deps.log.warn(
				{ workflow: timer.workflow, id: timer.workflowId, timer: timer.name },
				'a deadline found its workflow in another state',
			)
		}
		await deleteTimer(tx, timer)
		return true
	})
}

type StepTimer = (tx: Tx, deps: Deps, timer: TimerRow, event: TimerEvent) => Promise<void>

/** What a deadline does, by the workflow that set it. */
const STEPS: Readonly<Record<WorkflowKind, StepTimer>> = {
	request: stepRequest,
	grant: stepGrantTimer,
	amendment: (tx, deps, { workflowId }, event) => stepAmendmentTimer(tx, deps, workflowId, event),
	vetting: (tx, deps, { workflowId }, event) => stepVettingTimer(tx, deps, workflowId, event),
}

async function stepRequest(tx: Tx, deps: Deps, { workflowId }: TimerRow, event: TimerEvent): Promise<void> {
	const at = new Date(event.at)
	const before = await loadRequestState(tx, workflowId, true)
	const decided = decide(privilegedMachine, before.snapshot, event)
	const { requesterId, stage } = decided.next.context
	const entryId = await recordEntry(tx, deps, {
		kind: 'request.timed_out',
		subject: requesterId,
		actor: null,
		open: { requestId: workflowId, stage },
		sealed: {},
		at,
	})
	await saveRequestStep(tx, before, decided, { event, actorId: null, entryId, at })
}

async function stepGrantTimer(
	tx: Tx,
	deps: Deps,
	{ workflowId }: TimerRow,
	event: TimerEvent,
): Promise<void> {
	const before = await loadGrantState(tx, workflowId, true)
	const from = before.snapshot.value
	await applyGrantEvent(tx, deps, before, event, (context, state) => tellDeadline(context, from, state))
}

/** A deadline begins the ending, tries a removal again, or finds that the tenant has not confirmed it. */
function tellDeadline({ grantId, requestId }: GrantContext, from: GrantState, to: GrantState): GrantEntry {
	if (to === 'notConfirmed' && from !== 'notConfirmed')
		return { kind: 'grant.removal_not_confirmed', open: { grantId, requestId } }
	if (from === 'postponed' || from === 'notConfirmed')
		return { kind: 'grant.removal_retried', open: { grantId, requestId } }
	return { kind: 'grant.ending', open: { grantId, requestId, cause: 'deadline' } }
}
