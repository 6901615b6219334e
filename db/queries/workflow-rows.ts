import { and, asc, eq, inArray, lte, notInArray } from 'drizzle-orm'
import type { AnyStateMachine, SnapshotFrom } from 'xstate'
import {
	GRANT_MACHINE_VERSION,
	type grantMachine,
	RUNNING_GRANT_STATES,
	type GrantContext,
} from '#workflows/grants/grant.machine.ts'
import {
	PRIVILEGED_MACHINE_VERSION,
	restoreRequest,
	storedState,
	type privilegedMachine,
	type RequestSnapshot,
} from '#workflows/access/privileged.machine.ts'
import { resolveGrant } from '#workflows/grants/stored-grant.ts'
import type { Decided } from '#workflows/shared/decide.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Reader, Tx } from '../client.ts'
import { grants, requests, timers, workflowEvents } from '../schema/index.ts'
import { followWaiting, waitingRoles } from './queue.ts'
import { saveStep, type SavedStep, type Step } from './save-step.ts'

export type { Step } from './save-step.ts'

export type WorkflowKind =
	'request' | 'grant' | 'amendment' | 'vetting' | 'break_glass' | 'lockbox' | 'finding'
export type WorkflowEventRow = typeof workflowEvents.$inferSelect
export type TimerRow = typeof timers.$inferSelect

/**
 * The deadline at which the permit ends that a waiting request or a running access rests on. No statechart sets it: it
 * follows from facts and charters, and is set anew whenever those change.
 */
export const PERMIT_TIMER = 'permit'
export const PERMIT_EVENT = 'permit.ends'

/** Whether nothing rests on a permit any more in this state. */
export function endsPermit(workflow: 'request' | 'grant', state: string): boolean {
	return workflow === 'request'
		? state !== 'pending'
		: !(RUNNING_GRANT_STATES as readonly string[]).includes(state)
}

export type StoredRequest = { id: string; version: number; snapshot: RequestSnapshot }
export type StoredGrant = { id: string; version: number; snapshot: SnapshotFrom<typeof grantMachine> }

/** The request's statechart as it stands. `lock` makes other steps on it wait until this transaction ends. */
export async function loadRequestState(reader: Reader, id: string, lock = false): Promise<StoredRequest> {
	const query = reader.select(requestState).from(requests).where(eq(requests.id, id))
	const [row] = lock ? await query.for('update') : await query
	if (!row) throw new DomainError('NOT_FOUND', 'No such request.', { id })
	return { id, version: row.version, snapshot: restoreRequest(row) }
}

/** What it takes to go on with a request's statechart. */
export const requestState = {
	state: requests.state,
	context: requests.context,
	machineVersion: requests.machineVersion,
	durationSeconds: requests.durationSeconds,
	version: requests.version,
}

/** The grant's statechart as it stands. */
export async function loadGrantState(reader: Reader, id: string, lock = false): Promise<StoredGrant> {
	const query = reader
		.select({ state: grants.state, context: grants.context, version: grants.version })
		.from(grants)
		.where(eq(grants.id, id))
	const [row] = lock ? await query.for('update') : await query
	if (!row) throw new DomainError('NOT_FOUND', 'No such grant.', { id })
	return {
		id,
		version: row.version,
		snapshot: resolveGrant(row.state, row.context),
	}
}

export type NewRequest = Omit<
	typeof requests.$inferInsert,
	'id' | 'number' | 'state' | 'context' | 'machineVersion' | 'version'
>

/** Stores a request that has just begun, with its deadlines. */
export async function insertRequest(
	tx: Tx,
	row: NewRequest,
	decided: Decided<typeof privilegedMachine>,
	step: Step,
): Promise<void> {
	const { context } = decided.next
	const state = storedState(decided.next)
	const id = context.requestId
	await tx
		.insert(requests)
		.values({ ...row, id, state, context, machineVersion: PRIVILEGED_MACHINE_VERSION, version: 1 })
	await saveTimers(tx, 'request', id, decided)
	await followWaiting(tx, [{ requestId: id, state, context }])
	await rememberStep(tx, 'request', id, 1, state, step)
}

/** Stores a grant that has just begun. */
export async function insertGrant(
	tx: Tx,
	{ role, createdAt }: { role: string; createdAt: Date },
	decided: Decided<typeof grantMachine>,
	step: Step,
): Promise<void> {
	const { value, context } = decided.next
	const state = value
	await tx.insert(grants).values({
		id: context.grantId,
		requestId: context.requestId,
		personId: context.personId,
		role,
		state,
		context,
		machineVersion: GRANT_MACHINE_VERSION,
		version: 1,
		createdAt,
	})
	await saveTimers(tx, 'grant', context.grantId, decided)
	await rememberStep(tx, 'grant', context.grantId, 1, state, step)
}

/** Notes when the tenant was told to end the sessions of a grant's holder; the grant's own state has nothing to do with it. */
export async function noteSessionsEnded(tx: Tx, grantId: string, at: Date): Promise<void> {
	await tx.update(grants).set({ sessionsEndedAt: at }).where(eq(grants.id, grantId))
}

/** Stores the state after a step, with its deadlines and its event; STALE_VERSION when somebody else was faster. */
export async function saveRequestStep(
	tx: Tx,
	before: StoredRequest,
	decided: Decided<typeof privilegedMachine>,
	step: Step,
	changed: ChangedRequest = {},
): Promise<void> {
	const { context } = decided.next
	const state = storedState(decided.next)
	const { timersSet, timersCancelled } = withoutPermit('request', state, decided)
	const isSaved = await saveStep(tx, 'request', {
		...before,
		state,
		context,
		timersSet,
		timersCancelled,
		step,
		changed,
		waiting: waitingRoles(state, context),
	})
	if (!isSaved) throw stale()
}

/** What a requester may change of a request that waits. */
export type ChangedRequest = NonNullable<SavedStep['changed']>

/** As `saveRequestStep`, for a grant. */
export async function saveGrantStep(
	tx: Tx,
	before: StoredGrant,
	decided: Decided<typeof grantMachine>,
	step: Step,
): Promise<void> {
	const state = decided.next.value
	const context = decided.next.context satisfies GrantContext
	const { timersSet, timersCancelled } = withoutPermit('grant', state, decided)
	const isSaved = await saveStep(tx, 'grant', { ...before, state, context, timersSet, timersCancelled, step })
	if (!isSaved) throw stale()
}

/** The permit's deadline goes with the state that rests on it. */
const withoutPermit = <M extends AnyStateMachine>(
	workflow: 'request' | 'grant',
	state: string,
	decided: Decided<M>,
): Decided<M> =>
	endsPermit(workflow, state)
		? { ...decided, timersCancelled: [...decided.timersCancelled, PERMIT_TIMER] }
		: decided

/** Every event of these workflows in order: their history, and what replays to the stored state. */
export async function eventsOf(reader: Reader, ids: readonly string[]): Promise<WorkflowEventRow[]> {
	return reader
		.select()
		.from(workflowEvents)
		.where(inArray(workflowEvents.workflowId, [...ids]))
		.orderBy(asc(workflowEvents.at), asc(workflowEvents.entryId))
}

/** Workflows that take a deadline in a transaction of its own: a charter stands alone, and a case ends what rests on it. */
export const SINGLE = [
	'amendment',
	'vetting',
	'break_glass',
	'lockbox',
	'finding',
] as const satisfies readonly WorkflowKind[]

/** Locks and gives one timer of these that is due, of workflows other than those named; null when none is, or others hold them all. */
export async function claimDueSingleTimer(
	tx: Tx,
	at: Date,
	except: readonly string[],
): Promise<TimerRow | null> {
	const [row] = await tx
		.select()
		.from(timers)
		.where(
			and(
				lte(timers.dueAt, at),
				inArray(timers.workflow, SINGLE),
				notInArray(timers.workflowId, [...except]),
			),
		)
		.orderBy(asc(timers.dueAt))
		.limit(1)
		.for('update', { skipLocked: true })
	return row ?? null
}

/** Removes a timer that has fired. */
export async function deleteTimer(tx: Tx, { workflow, workflowId, name }: TimerRow): Promise<void> {
	await tx.delete(timers).where(timerKey(workflow, workflowId, [name]))
}

/** Sets and cancels the deadlines of a step. */
export async function saveTimers(
	tx: Tx,
	workflow: WorkflowKind,
	workflowId: string,
	decided: Decided<AnyStateMachine>,
) {
	const { timersSet, timersCancelled } = decided
	if (timersCancelled.length > 0)
		await tx.delete(timers).where(timerKey(workflow, workflowId, timersCancelled))
	for (const { name, event, dueAt } of timersSet) {
		const row = { workflow, workflowId, name, event, dueAt: new Date(dueAt) }
		await tx
			.insert(timers)
			.values(row)
			.onConflictDoUpdate({
				target: [timers.workflow, timers.workflowId, timers.name],
				set: { event: row.event, dueAt: row.dueAt },
			})
	}
}

const timerKey = (workflow: WorkflowKind, workflowId: string, names: readonly string[]) =>
	and(eq(timers.workflow, workflow), eq(timers.workflowId, workflowId), inArray(timers.name, [...names]))

/** Adds the event of a step to the history of its workflow. */
export async function rememberStep(
	tx: Tx,
	workflow: WorkflowKind,
	workflowId: string,
	version: number,
	state: string,
	step: Step,
) {
	await tx.insert(workflowEvents).values({ workflow, workflowId, version, state, ...step })
}

export const stale = () => new DomainError('STALE_VERSION', 'Somebody else changed this in the meantime.')
