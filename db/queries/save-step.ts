import { PRIVILEGED_MACHINE_VERSION } from '#workflows/access/privileged.machine.ts'
import { GRANT_MACHINE_VERSION } from '#workflows/grants/grant.machine.ts'
import type { Timer } from '#workflows/shared/decide.ts'
import type { Tx } from '../client.ts'
import { runNamed } from '../transaction.ts'

/** How one event is remembered beside the state that it led to. */
export type Step = {
	event: { type: string } & Record<string, unknown>
	actorId: string | null
	/** The ledger entry written by the same transaction. */
	entryId: string
	at: Date
}

/** A step as it is stored. */
export type SavedStep = {
	id: string
	/** The version that the step was decided on. */
	version: number
	state: string
	context: object
	timersSet: readonly Timer[]
	timersCancelled: readonly string[]
	step: Step
	/** Columns of a request that change with the step; what is left out stays. */
	changed?: { reason?: string; ticket?: string; durationSeconds?: number; requestSha256?: string }
	/** Which roles may decide on a request from now on, and until when; none for one that no longer waits. */
	waiting?: readonly { role: string; decideBy: string }[]
}

const TABLES = {
	request: { table: 'requests', type: 'request_state', machine: PRIVILEGED_MACHINE_VERSION },
	grant: { table: 'grants', type: 'text', machine: GRANT_MACHINE_VERSION },
} as const

const CHANGED = `, reason = coalesce($16, reason), ticket = coalesce($17, ticket),
	duration_seconds = coalesce($18, duration_seconds), request_sha256 = coalesce($19, request_sha256)`
/** Rows that stay are changed and not made anew: one statement cannot take a key away and give it again. */
const WAITING = `, left_queue as (delete from requests_waiting where request_id = $1 and role <> all($14::text[])),
	entered_queue as (insert into requests_waiting (request_id, role, decide_by)
		select $1, role, decide_by from unnest($14::text[], $15::timestamptz[]) as q(role, decide_by)
		on conflict (request_id, role) do update set decide_by = excluded.decide_by)`

const textOf = (workflow: keyof typeof TABLES) => {
	const { table, type, machine } = TABLES[workflow]
	return `with stepped as (
		update ${table} set state = $3::${type}, context = $4::jsonb, version = $2::int + 1, machine_version = ${machine}${workflow === 'request' ? CHANGED : ''}
		where id = $1 and version = $2::int returning id
	), gone as (
		delete from timers where workflow = '${workflow}' and workflow_id = $1 and name = any($5::text[])
	), armed as (
		insert into timers (workflow, workflow_id, name, event, due_at)
		select '${workflow}', $1, name, event, due_at from unnest($6::text[], $7::text[], $8::timestamptz[]) as t(name, event, due_at)
		on conflict (workflow, workflow_id, name) do update set event = excluded.event, due_at = excluded.due_at
	), remembered as (
		insert into workflow_events (workflow, workflow_id, version, event, state, actor_id, entry_id, at)
		values ('${workflow}', $1, $2::int + 1, $9::jsonb, $10, $11, $12, $13)
	)${workflow === 'request' ? WAITING : ''}
	select id from stepped`
}
const TEXTS = { request: textOf('request'), grant: textOf('grant') }

/**
 * Stores a step with its deadlines, its event and its place in the queues, in one statement: whoever waits for the row
 * waits for one round trip in the place of six. False when somebody was faster: then the transaction must not commit.
 */
export async function saveStep(tx: Tx, workflow: keyof typeof TABLES, saved: SavedStep): Promise<boolean> {
	const { id, version, state, context, timersSet, step, changed = {}, waiting = [] } = saved
	const set = new Set(timersSet.map(({ name }) => name))
	const rows = await runNamed(tx, {
		name: `step_${workflow}`,
		text: TEXTS[workflow],
		values: [
			id,
			version,
			state,
			JSON.stringify(context),
			saved.timersCancelled.filter((name) => !set.has(name)),
			timersSet.map(({ name }) => name),
			timersSet.map(({ event }) => event),
			timersSet.map(({ dueAt }) => dueAt),
			JSON.stringify(step.event),
			state,
			step.actorId,
			step.entryId,
			step.at,
			...(workflow === 'request'
				? [
						waiting.map(({ role }) => role),
						waiting.map(({ decideBy }) => decideBy),
						changed.reason ?? null,
						changed.ticket ?? null,
						changed.durationSeconds ?? null,
						changed.requestSha256 ?? null,
					]
				: []),
		],
	})
	return rows.length === 1
}
