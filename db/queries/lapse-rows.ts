import { and, asc, eq, gt, inArray, notInArray, lt, lte, sql } from 'drizzle-orm'
import { restoreRequest } from '#workflows/access/privileged.machine.ts'
import type { RequestContext } from '#workflows/access/request-context.ts'
import { ENDING_GRANT_STATES, RUNNING_GRANT_STATES, type GrantState } from '#workflows/grants/grant-states.ts'
import { resolveGrant } from '#workflows/grants/stored-grant.ts'
import type { Instant } from '#workflows/shared/instants.ts'
import type { Reader, Tx } from '../client.ts'
import { amongTexts } from '../schema/columns.ts'
import { decisions, grants, requests, timers } from '../schema/index.ts'
import {
	PERMIT_TIMER,
	requestState,
	SINGLE,
	type StoredGrant,
	type StoredRequest,
	type TimerRow,
} from './workflow-rows.ts'

/** Ids of what may rest on a permit. */
export type OpenIds = { requestIds: string[]; grantIds: string[] }

/** Locking either waits for its turn, or leaves out what somebody else works on. */
export type Locking = 'wait' | 'skip'

type Asked = {
	requestId: string
	requesterId: string
	role: string
	/** Who filed it for them; null where they did. */
	filedBy: string | null
	durationSeconds: number
	charterVersionId: string
}
/** `permitDue`: when its permit ends, as far as was known; null where no end was. */
export type WaitingRow = Asked & {
	stored: StoredRequest
	permitDue: Date | null
	/** The access that it is to extend, as it stands; null where it asks for one of its own. */
	extended: { state: GrantState; endsAt: Instant | null } | null
}
export type RunningRow = Asked & {
	stored: StoredGrant
	permitDue: Date | null
	/** Who approved it. */
	approverIds: string[]
}

const asked = {
	requestId: requests.id,
	requesterId: requests.requesterId,
	role: requests.role,
	filedBy: requests.filedBy,
	durationSeconds: requests.durationSeconds,
	charterVersionId: requests.charterVersionId,
	permitDue: timers.dueAt,
}

const lockOptions = (locking: Locking) => (locking === 'skip' ? ({ skipLocked: true } as const) : {})

/** Everybody who waits for an access, approved one that somebody waits for, or has one. */
export async function restingPeople(reader: Reader): Promise<string[]> {
	const { rows } = await reader.execute<{ id: string }>(sql`
		select requester_id as id from requests where state = 'pending'
		union
		select d.approver_id from decisions d join requests r on r.id = d.request_id where r.state = 'pending'
		union
		select person_id from grants where state in ${amongTexts(RUNNING_GRANT_STATES)}`)
	return rows.map(({ id }) => id)
}

/** Locks these requests as far as they wait, in order of id. */
export async function lockWaiting(tx: Tx, ids: readonly string[], locking: Locking): Promise<WaitingRow[]> {
	if (ids.length === 0) return []
	const rows = await tx
		.select({ ...asked, ...requestState, extendedState: grants.state, extendedContext: grants.context })
		.from(requests)
		.leftJoin(timers, timerOf('request', requests.id))
		.leftJoin(grants, eq(grants.id, requests.extendsGrantId))
		.where(and(inArray(requests.id, [...ids]), eq(requests.state, 'pending')))
		.orderBy(asc(requests.id))
		.for('update', { of: requests, ...lockOptions(locking) })
	return rows.map(({ state, context, version, machineVersion, extendedState, extendedContext, ...row }) => ({
		...row,
		extended:
			extendedState === null ? null : { state: extendedState, endsAt: extendedContext?.endsAt ?? null },
		stored: {
			id: row.requestId,
			version,
			snapshot: restoreRequest({ ...row, state, context, machineVersion }),
		},
	}))
}

/** Locks these grants as far as they have not begun to end, in order of id. */
export async function lockRunning(tx: Tx, ids: readonly string[], locking: Locking): Promise<RunningRow[]> {
	if (ids.length === 0) return []
	const rows = await tx
		.select({
			...asked,
			id: grants.id,
			state: grants.state,
			context: grants.context,
			version: grants.version,
			agreedTo: requests.context,
		})
		.from(grants)
		.innerJoin(requests, eq(requests.id, grants.requestId))
		.leftJoin(timers, timerOf('grant', grants.id))
		.where(and(inArray(grants.id, [...ids]), inArray(grants.state, [...RUNNING_GRANT_STATES])))
		.orderBy(asc(grants.id))
		.for('update', { of: grants, ...lockOptions(locking) })
	return rows.map(({ id, state, context, version, agreedTo, ...row }) => ({
		...row,
		durationSeconds: givenSeconds(agreedTo, row.durationSeconds),
		approverIds: agreedTo.decisions.flatMap(({ verdict, approverId }) =>
			verdict === 'approve' ? [approverId] : [],
		),
		stored: { id, version, snapshot: resolveGrant(state, context) },
	}))
}

/** What the approvers gave; contexts of version 1 know of nothing shorter than what was asked for. */
const givenSeconds = ({ grantedSeconds }: Partial<RequestContext>, asked: number) => grantedSeconds ?? asked

const timerOf = (workflow: 'request' | 'grant', id: typeof requests.id | typeof grants.id) =>
	and(eq(timers.workflow, workflow), eq(timers.workflowId, id), eq(timers.name, PERMIT_TIMER))

/** What rests on these people: their waiting requests and running accesses, and waiting requests they have approved. */
export async function restingOn(reader: Reader, personIds: readonly string[]): Promise<OpenIds> {
	const ids = [...new Set(personIds)]
	if (ids.length === 0) return { requestIds: [], grantIds: [] }
	const own = await reader
		.select({ id: requests.id })
		.from(requests)
		.where(and(inArray(requests.requesterId, ids), eq(requests.state, 'pending')))
	const approved = await reader
		.select({ id: requests.id })
		.from(decisions)
		.innerJoin(requests, eq(requests.id, decisions.requestId))
		.where(and(inArray(decisions.approverId, ids), eq(requests.state, 'pending')))
	const running = await reader
		.select({ id: grants.id })
		.from(grants)
		.where(and(inArray(grants.personId, ids), inArray(grants.state, [...RUNNING_GRANT_STATES])))
	return {
		requestIds: [...new Set([...own, ...approved].map(({ id }) => id))],
		grantIds: running.map(({ id }) => id),
	}
}

/** Accesses of this person that have begun to end and that the tenant may still hold. */
export async function endingGrantsOf(reader: Reader, personId: string): Promise<string[]> {
	const rows = await reader
		.select({ id: grants.id })
		.from(grants)
		.where(and(eq(grants.personId, personId), inArray(grants.state, [...ENDING_GRANT_STATES])))
	return rows.map(({ id }) => id)
}

/** A page of the requests that wait, in order of id, after the one given. */
export async function waitingPage(reader: Reader, after: string | null, limit: number): Promise<string[]> {
	const rows = await reader
		.select({ id: requests.id })
		.from(requests)
		.where(and(eq(requests.state, 'pending'), after === null ? undefined : gt(requests.id, after)))
		.orderBy(asc(requests.id))
		.limit(limit)
	return rows.map(({ id }) => id)
}

/** The same of accesses that have not begun to end. */
export async function runningPage(reader: Reader, after: string | null, limit: number): Promise<string[]> {
	const rows = await reader
		.select({ id: grants.id })
		.from(grants)
		.where(
			and(
				// As the index states it: an array of parameters would not find it.
				sql`${grants.state} in ${amongTexts(RUNNING_GRANT_STATES)}`,
				after === null ? undefined : gt(grants.id, after),
			),
		)
		.orderBy(asc(grants.id))
		.limit(limit)
	return rows.map(({ id }) => id)
}

/** Locks and gives deadlines that are due, the oldest first, but those that others work on. Amendments have their own. */
export async function claimDueTimers(tx: Tx, at: Date, limit: number): Promise<TimerRow[]> {
	return tx
		.select()
		.from(timers)
		.where(and(lte(timers.dueAt, at), notInArray(timers.workflow, [...SINGLE])))
		.orderBy(asc(timers.dueAt))
		.limit(limit)
		.for('update', { skipLocked: true })
}

/** Locks these requests and grants whatever their state, leaving out those that others work on. */
export async function lockForDeadlines(
	tx: Tx,
	{ requestIds, grantIds }: OpenIds,
): Promise<{ requests: StoredRequest[]; grants: StoredGrant[] }> {
	const skip = { skipLocked: true } as const
	const waiting =
		requestIds.length === 0
			? []
			: await tx
					.select({ id: requests.id, ...requestState })
					.from(requests)
					.where(inArray(requests.id, requestIds))
					.orderBy(asc(requests.id))
					.for('update', skip)
	const held =
		grantIds.length === 0
			? []
			: await tx
					.select({ id: grants.id, state: grants.state, context: grants.context, version: grants.version })
					.from(grants)
					.where(inArray(grants.id, grantIds))
					.orderBy(asc(grants.id))
					.for('update', skip)
	return {
		requests: waiting.map(({ id, version, ...row }) => ({ id, version, snapshot: restoreRequest(row) })),
		grants: held.map(({ id, version, state, context }) => ({
			id,
			version,
			snapshot: resolveGrant(state, context),
		})),
	}
}

/** Takes away deadlines of permits on which nothing rests any more. */
export async function deleteStalePermits(tx: Tx, ids: readonly string[]): Promise<number> {
	if (ids.length === 0) return 0
	const gone = await tx
		.delete(timers)
		.where(
			and(
				eq(timers.name, PERMIT_TIMER),
				inArray(timers.workflowId, [...ids]),
				sql`not exists (select 1 from ${requests} where ${requests.id} = ${timers.workflowId} and ${requests.state} = 'pending')`,
				sql`not exists (select 1 from ${grants} where ${grants.id} = ${timers.workflowId}
					and ${grants.state} in ${amongTexts(RUNNING_GRANT_STATES)})`,
			),
		)
		.returning({ id: timers.workflowId })
	return gone.length
}

/** Deadlines that should have fired before this moment. */
export async function overdueTimers(reader: Reader, before: Date, limit: number): Promise<TimerRow[]> {
	return reader.select().from(timers).where(lt(timers.dueAt, before)).orderBy(asc(timers.dueAt)).limit(limit)
}
