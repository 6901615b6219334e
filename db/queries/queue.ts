import { sql } from 'drizzle-orm'
import type { RequestState } from '#workflows/access/privileged.machine.ts'
import { rolesThatDecide, type RequestContext } from '#workflows/access/request-context.ts'
import type { Reader, Tx } from '../client.ts'
import { connectionOf } from '../transaction.ts'

type Stepped = { requestId: string; state: RequestState; context: RequestContext }

/** Which roles may decide on a request in this state, and by when: none on one that does not wait. */
export const waitingRoles = (state: RequestState, context: RequestContext) =>
	state === 'pending' ? rolesThatDecide(context).map((role) => ({ role, decideBy: context.decideBy })) : []

/** Says anew which roles may decide on these requests, and by when; nobody on those that no longer wait. */
export async function followWaiting(tx: Tx, stepped: readonly Stepped[]): Promise<void> {
	if (stepped.length === 0) return
	const rows = stepped.flatMap(({ requestId, state, context }) =>
		waitingRoles(state, context).map((waiting) => ({ requestId, ...waiting })),
	)
	await connectionOf(tx).query({
		name: 'queue_left',
		text: 'delete from requests_waiting where request_id = any($1::uuid[])',
		values: [stepped.map(({ requestId }) => requestId)],
	})
	if (rows.length === 0) return
	await connectionOf(tx).query({
		name: 'queue_entered',
		text: `insert into requests_waiting (request_id, role, decide_by)
			select * from unnest($1::uuid[], $2::text[], $3::timestamptz[])`,
		values: [
			rows.map(({ requestId }) => requestId),
			rows.map(({ role }) => role),
			rows.map(({ decideBy }) => decideBy),
		],
	})
}

/** Where the next page of a queue begins: after this request. */
export type QueueCursor = { decideBy: Date; requestId: string }

type AskedQueue = { roles: readonly string[]; personId: string }

/**
 * Requests that holders of these roles may decide on, the one that runs out first on top, without those that benefit this
 * person, that they filed, or that they have decided on. Each role is read in order of its own index and no further than the
 * page, so that it costs the same however many requests there are.
 */
export async function queueOf(
	reader: Reader,
	asked: AskedQueue,
	after: QueueCursor | null,
	limit: number,
): Promise<QueueCursor[]> {
	if (asked.roles.length === 0) return []
	const { rows } = await reader.execute<{ request_id: string; decide_by: string }>(
		queueQuery(asked, after, limit),
	)
	return rows.map((row) => ({ decideBy: new Date(row.decide_by), requestId: row.request_id }))
}

/** That query, so that its plan can be looked at. */
export function queueQuery({ roles, personId }: AskedQueue, after: QueueCursor | null, limit: number) {
	const from =
		after === null
			? sql``
			: sql`and (w.decide_by, w.request_id) > (${after.decideBy.toISOString()}::timestamptz, ${after.requestId}::uuid)`
	return sql`
		select distinct found.decide_by, found.request_id
		from unnest(${sql.param([...roles])}::text[]) as asked(role)
		cross join lateral (
			select w.decide_by, w.request_id from requests_waiting w
			join requests r on r.id = w.request_id
			where w.role = asked.role ${from}
				and r.requester_id <> ${personId}::uuid and r.filed_by is distinct from ${personId}::uuid
				and not exists (
					select 1 from decisions d where d.request_id = r.id and d.approver_id = ${personId}::uuid
						and d.revision = coalesce((r.context ->> 'revision')::integer, 1)
				)
			order by w.decide_by, w.request_id limit ${limit}
		) as found
		order by found.decide_by, found.request_id limit ${limit}`
}
