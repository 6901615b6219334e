import { setImmediate as breathe } from 'node:timers/promises'
import type { Tx } from '#db/client.ts'
import { claimDueTimers, deleteStalePermits, lockForDeadlines } from '#db/queries/lapse-rows.ts'
import {
	claimDueSingleTimer,
	deleteTimer,
	PERMIT_TIMER,
	type StoredGrant,
	type StoredRequest,
	type TimerRow,
} from '#db/queries/workflow-rows.ts'
import { withoutParameters } from '#db/transaction.ts'
import { deadlineKind } from '#workflows/access/privileged.machine.ts'
import type { GrantContext } from '#workflows/grants/grant-context.ts'
import type { GrantState } from '#workflows/grants/grant-states.ts'
import type { TimerEvent } from '#workflows/shared/decide.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { stepAmendmentTimer } from '../amendments/amendment-timers.server.ts'
import { followEndedUses, stepUseTimer } from '../break-glass/end-use.server.ts'
import type { Deps } from '../deps.ts'
import { admitSilence, isSilence } from '../findings/guard-silence.server.ts'
import { stepFindingTimer } from '../findings/dispatch-removals.server.ts'
import { stepLockboxTimer } from '../lockbox/step-lockbox.server.ts'
import { settleMany } from '../lapse/settle-many.server.ts'
import { openStepBatch, type StepBatch } from '../lapse/step-batch.server.ts'
import type { GrantEntry } from './step-grant.server.ts'
import { stepVettingTimer } from '../vetting/vetting-timers.server.ts'
import { remindDeciders } from '../notify/tell-request.server.ts'

const MOST_AT_ONCE = 5000
/** So many in one transaction: a second full of deadlines is over in a moment, and pages go on meanwhile. */
const BATCH = 200

/**
 * Sends the events of all deadlines that are due. Claiming, stepping and deleting are one transaction for a batch, so a
 * deadline takes effect exactly once, however many workers there are: each takes what no other works on. What somebody
 * else holds just now is left for the next time. Gives how many fired.
 */
export async function fireDueTimers(deps: Deps): Promise<number> {
	let fired = 0
	// What ends access comes first: nothing that goes wrong elsewhere may hold it up.
	while (fired < MOST_AT_ONCE) {
		const done = await fireBatch(deps)
		if (done === 0) break
		fired += done
		deps.wake()
		await breathe()
	}
	fired += await fireSingles(deps, MOST_AT_ONCE - fired)
	fired += await followEndedUses(deps)
	if (fired > 0) deps.wake()
	return fired
}

/** One that fails is left for the next time and told at the end; it does not hold up the others. */
async function fireSingles(deps: Deps, most: number): Promise<number> {
	const failed: { workflowId: string; error: unknown }[] = []
	let fired = 0
	while (fired < most) {
		const outcome = await fireSingle(
			deps,
			failed.map(({ workflowId }) => workflowId),
		)
		if (outcome === 'none') break
		if (outcome === 'fired') fired += 1
		else failed.push(outcome)
	}
	if (failed[0]) throw failed[0].error
	return fired
}

type SingleOutcome = 'fired' | 'none' | { workflowId: string; error: unknown }

/** One at a time, each in a transaction of its own. */
async function fireSingle(deps: Deps, except: readonly string[]): Promise<SingleOutcome> {
	let claimed: TimerRow | null = null
	try {
		await deps.database.withTx(async (tx) => {
			const at = deps.now()
			claimed = await claimDueSingleTimer(tx, at, except)
			if (claimed === null) return
			await stepSingle(tx, deps, claimed, at)
			await deleteTimer(tx, claimed)
		})
	} catch (error) {
		const timer = claimed as TimerRow | null
		if (timer === null) throw error
		return { workflowId: timer.workflowId, error }
	}
	return claimed === null ? 'none' : 'fired'
}

async function stepSingle(tx: Tx, deps: Deps, timer: TimerRow, at: Date): Promise<void> {
	const event: TimerEvent = { type: timer.event as TimerEvent['type'], at: at.toISOString() }
	try {
		if (timer.workflow === 'amendment') await stepAmendmentTimer(tx, deps, timer.workflowId, event)
		else if (timer.workflow === 'break_glass') await stepUseTimer(tx, deps, timer.workflowId, event)
		else if (timer.workflow === 'finding') await stepFindingTimer(tx, deps, timer.workflowId, event)
		else if (timer.workflow === 'lockbox') await stepLockboxTimer(tx, deps, timer.workflowId, event)
		else await stepVettingTimer(tx, deps, timer.workflowId, event)
	} catch (error) {
		// The workflow has left the state that the deadline was for; the deadline is over, not the workflow.
		if (!isDomainError(error) || error.code !== 'ILLEGAL_TRANSITION') throw error
		noteStale(deps, timer)
	}
}

async function fireBatch(deps: Deps): Promise<number> {
	return deps.database.withTx(async (tx) => {
		const at = deps.now()
		const due = await claimDueTimers(tx, at, BATCH)
		if (due.length === 0) return 0
		const deadlines = inOrder(due.filter(({ name }) => name !== PERMIT_TIMER))
		const stepped = await stepDeadlines(tx, deps, deadlines, at)
		// A workflow takes one step in a batch: a permit that ends together with a deadline waits for the next.
		const busy = new Set(deadlines.map(({ workflowId }) => workflowId))
		const permits = due.filter(({ name, workflowId }) => name === PERMIT_TIMER && !busy.has(workflowId))
		return stepped + (await endPermits(tx, deps, permits))
	})
}

async function stepDeadlines(tx: Tx, deps: Deps, timers: readonly TimerRow[], at: Date): Promise<number> {
	const locked = await lockForDeadlines(tx, idsOf(timers))
	const requests = new Map(locked.requests.map((each) => [each.id, each]))
	const grants = new Map(locked.grants.map((each) => [each.id, each]))
	const silent = timers.flatMap((timer) => {
		const grant = isSilence(timer) ? grants.get(timer.workflowId) : undefined
		return grant === undefined ? [] : [{ timer, grant }]
	})
	const { isLeft } = await admitSilence(tx, deps, silent, at)
	const batch = openStepBatch(deps)
	const done = new Set<string>()
	let fired = 0
	for (const timer of timers) {
		if (isSilence(timer) && isLeft(timer.workflowId)) continue
		const { workflow, workflowId, name } = timer
		const before = workflow === 'request' ? requests.get(workflowId) : grants.get(workflowId)
		// Somebody else works on it just now; and of two deadlines of one workflow the first may undo the second.
		if (before === undefined || done.has(workflowId)) continue
		const event: TimerEvent = { type: timer.event as TimerEvent['type'], at: at.toISOString() }
		try {
			if (workflow === 'request') stepRequestDeadline(batch, before as StoredRequest, event)
			else stepGrantDeadline(batch, before as StoredGrant, event)
			done.add(workflowId)
		} catch (error) {
			if (!isDomainError(error) || error.code !== 'ILLEGAL_TRANSITION') {
				// One that cannot be acted on must not hold up the others: it stays, and the sweep alarms.
				deps.log.error({ timer: name, id: workflowId, error: withoutParameters(error) }, 'a deadline failed')
				continue
			}
			noteStale(deps, timer)
		}
		batch.setFired({ workflow, workflowId, name })
		fired += 1
	}
	await remindDeciders(
		tx,
		deps,
		batch,
		timers.filter(({ workflowId, event }) => done.has(workflowId) && isReminder(event)),
	)
	await batch.save(tx)
	return fired
}

/** What ends a stage comes before what reminds of it: a server that was down reminds nobody of what is over. */
function inOrder(timers: readonly TimerRow[]): TimerRow[] {
	const isLater = ({ workflow, event }: TimerRow) => (workflow === 'request' && isReminder(event) ? 1 : 0)
	return [...timers].sort((a, b) => isLater(a) - isLater(b))
}

const isReminder = (event: string) => deadlineKind(event) !== 'timed_out'

/** Judges again what rests on permits that have ended: it falls, or its deadline moves. */
async function endPermits(tx: Tx, deps: Deps, timers: readonly TimerRow[]): Promise<number> {
	if (timers.length === 0) return 0
	const ids = idsOf(timers)
	const batch = openStepBatch(deps)
	const { looked } = await settleMany(tx, deps, ids, { cause: 'lapse', locking: 'skip' }, batch)
	const seen = new Set([...looked.requestIds, ...looked.grantIds])
	const others = timers.map(({ workflowId }) => workflowId).filter((id) => !seen.has(id))
	return seen.size + (await deleteStalePermits(tx, others))
}

const idsOf = (timers: readonly TimerRow[]) => ({
	requestIds: timers.flatMap(({ workflow, workflowId }) => (workflow === 'request' ? [workflowId] : [])),
	grantIds: timers.flatMap(({ workflow, workflowId }) => (workflow === 'grant' ? [workflowId] : [])),
})

function noteStale({ log }: Deps, { workflow, workflowId, name }: TimerRow): void {
	log.warn({ workflow, id: workflowId, timer: name }, 'a deadline found its workflow in another state')
}

function stepRequestDeadline(batch: StepBatch, before: StoredRequest, event: TimerEvent): void {
	const requestId = before.id
	const kind = deadlineKind(event.type)
	if (kind === 'timed_out')
		batch.tell({
			kind: 'request_timed_out',
			to: [before.snapshot.context.requesterId],
			about: { type: 'request', id: requestId },
			at: new Date(event.at),
		})
	batch.stepRequest(before, event, ({ stage, stages }) => {
		if (kind === 'timed_out') return { kind: 'request.timed_out', open: { requestId, stage } }
		if (kind === 'escalated')
			return {
				kind: 'request.escalated',
				open: { requestId, stage, to: stages[stage]?.escalation?.to ?? '' },
			}
		return { kind: 'request.reminded', open: { requestId, stage, left: kind } }
	})
}

function stepGrantDeadline(batch: StepBatch, before: StoredGrant, event: TimerEvent): void {
	const from = before.snapshot.value
	batch.stepGrant(before, event, (context, state) => tellDeadline(context, from, state))
}

/** A deadline begins an access or its ending, tries a removal again, or finds that the tenant has not confirmed it. */
function tellDeadline(
	{ grantId, requestId, cause }: GrantContext,
	from: GrantState,
	to: GrantState,
): GrantEntry {
	if (to === 'planned') return { kind: 'grant.due', open: { grantId, requestId } }
	if (to === 'notConfirmed' && from !== 'notConfirmed')
		return { kind: 'grant.removal_not_confirmed', open: { grantId, requestId } }
	if (from === 'postponed' || from === 'notConfirmed')
		return { kind: 'grant.removal_retried', open: { grantId, requestId } }
	return { kind: 'grant.ending', open: { grantId, requestId, cause: cause ?? 'deadline' } }
}
