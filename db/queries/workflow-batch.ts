import { GRANT_MACHINE_VERSION, type grantMachine } from '#workflows/grants/grant.machine.ts'
import {
	PRIVILEGED_MACHINE_VERSION,
	storedState,
	type privilegedMachine,
} from '#workflows/access/privileged.machine.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import type { Opening } from '#workflows/ledger/sealed-parts.schema.ts'
import type { Decided } from '#workflows/shared/decide.ts'
import type { Instant } from '#workflows/shared/instants.ts'
import type { Tx } from '../client.ts'
import { connectionOf } from '../transaction.ts'
import { followWaiting } from './queue.ts'
import {
	endsPermit,
	PERMIT_TIMER,
	stale,
	type Step,
	type StoredGrant,
	type StoredRequest,
	type WorkflowKind,
} from './workflow-rows.ts'

/*
 * Steps of many workflows as a handful of statements, whatever their number: what one statement a row would take
 * minutes for (an amendment that ends thousands of accesses) takes a second. Statements are named: planned once.
 */

export type RequestStep = { before: StoredRequest; decided: Decided<typeof privilegedMachine>; step: Step }
export type GrantStep = { before: StoredGrant; decided: Decided<typeof grantMachine>; step: Step }
type Workflow = 'request' | 'grant'
export type TimerKey = { workflow: WorkflowKind; workflowId: string; name: string }

/** Stores these steps with their deadlines and events; STALE_VERSION when somebody was faster with one of them. */
export async function saveSteps(
	tx: Tx,
	{ requests, grants }: { requests: readonly RequestStep[]; grants: readonly GrantStep[] },
): Promise<void> {
	const all = [
		...requests.map((each) => ({
			workflow: 'request' as const,
			state: storedState(each.decided.next),
			...each,
		})),
		...grants.map((each) => ({
			workflow: 'grant' as const,
			state: each.decided.next.value,
			...each,
		})),
	]
	await updateStates(
		tx,
		'request',
		all.filter(({ workflow }) => workflow === 'request'),
	)
	await updateStates(
		tx,
		'grant',
		all.filter(({ workflow }) => workflow === 'grant'),
	)
	await followWaiting(
		tx,
		requests.map(({ before, decided }) => ({
			requestId: before.id,
			state: storedState(decided.next),
			context: decided.next.context,
		})),
	)
	await deleteTimers(
		tx,
		all.flatMap(({ workflow, before, decided, state }) =>
			[...decided.timersCancelled, ...(endsPermit(workflow, state) ? [PERMIT_TIMER] : [])].map((name) => ({
				workflow,
				workflowId: before.id,
				name,
			})),
		),
	)
	await setTimers(
		tx,
		all.flatMap(({ workflow, before, decided }) =>
			decided.timersSet.map((timer) => ({ workflow, workflowId: before.id, ...timer })),
		),
	)
	await rememberSteps(
		tx,
		all.map(({ workflow, before, state, step }) => ({
			workflow,
			workflowId: before.id,
			version: before.version + 1,
			state,
			step,
		})),
	)
}

type Remembered = { workflow: WorkflowKind; workflowId: string; version: number; state: string; step: Step }

/** Adds the events of steps to the histories of their workflows. */
export async function rememberSteps(tx: Tx, rows: readonly Remembered[]): Promise<void> {
	if (rows.length === 0) return
	await connectionOf(tx).query({
		name: 'batch_events',
		text: `insert into workflow_events (workflow, workflow_id, version, event, state, actor_id, entry_id, at)
			select * from unnest($1::workflow_kind[], $2::uuid[], $3::int[], $4::jsonb[], $5::text[], $6::uuid[], $7::uuid[], $8::timestamptz[])`,
		values: [
			rows.map(({ workflow }) => workflow),
			rows.map(({ workflowId }) => workflowId),
			rows.map(({ version }) => version),
			rows.map(({ step }) => JSON.stringify(step.event)),
			rows.map(({ state }) => state),
			rows.map(({ step }) => step.actorId),
			rows.map(({ step }) => step.entryId),
			rows.map(({ step }) => step.at),
		],
	})
}

const TABLES = {
	request: { table: 'requests', type: 'request_state', version: PRIVILEGED_MACHINE_VERSION },
	grant: { table: 'grants', type: 'text', version: GRANT_MACHINE_VERSION },
} as const

async function updateStates(
	tx: Tx,
	workflow: Workflow,
	steps: readonly ((RequestStep | GrantStep) & { state: string })[],
): Promise<void> {
	if (steps.length === 0) return
	const { table, type, version } = TABLES[workflow]
	const { rowCount } = await connectionOf(tx).query({
		name: `batch_${table}`,
		text: `update ${table} t set state = u.state, context = u.context, version = t.version + 1, machine_version = ${version}
			from unnest($1::uuid[], $2::int[], $3::${type}[], $4::jsonb[]) as u(id, version, state, context)
			where t.id = u.id and t.version = u.version`,
		values: [
			steps.map(({ before }) => before.id),
			steps.map(({ before }) => before.version),
			steps.map(({ state }) => state),
			steps.map(({ decided }) => JSON.stringify(decided.next.context)),
		],
	})
	if (rowCount !== steps.length) throw stale()
}

/** Takes deadlines away, those that are not there included. */
export async function deleteTimers(tx: Tx, keys: readonly TimerKey[]): Promise<void> {
	if (keys.length === 0) return
	await connectionOf(tx).query({
		name: 'batch_timers_deleted',
		text: `delete from timers t using unnest($1::workflow_kind[], $2::uuid[], $3::text[]) as u(workflow, id, name)
			where t.workflow = u.workflow and t.workflow_id = u.id and t.name = u.name`,
		values: [
			keys.map(({ workflow }) => workflow),
			keys.map(({ workflowId }) => workflowId),
			keys.map(({ name }) => name),
		],
	})
}

/** Sets deadlines, or moves those that are there. */
export async function setTimers(
	tx: Tx,
	rows: readonly (TimerKey & { event: string; dueAt: Instant })[],
): Promise<void> {
	if (rows.length === 0) return
	await connectionOf(tx).query({
		name: 'batch_timers_set',
		text: `insert into timers (workflow, workflow_id, name, event, due_at)
			select * from unnest($1::workflow_kind[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[])
			on conflict (workflow, workflow_id, name) do update set event = excluded.event, due_at = excluded.due_at`,
		values: [
			rows.map(({ workflow }) => workflow),
			rows.map(({ workflowId }) => workflowId),
			rows.map(({ name }) => name),
			rows.map(({ event }) => event),
			rows.map(({ dueAt }) => dueAt),
		],
	})
}

export type NewEntry = {
	id: string
	kind: EntryKind
	subject: string | null
	time: Date
	leaf: Uint8Array
	openings: Readonly<Record<string, Opening>>
}

/** `appendPending` for many entries, which keep their order. */
export async function appendPendingMany(tx: Tx, entries: readonly NewEntry[]): Promise<void> {
	if (entries.length === 0) return
	const openings = entries.flatMap(({ id, openings: groups }) =>
		Object.entries(groups).map(([group, { salt, record }]) => ({ id, group, salt, record })),
	)
	await connectionOf(tx).query({
		name: 'batch_entries',
		text: `insert into ledger_pending (id, kind, subject, time, leaf)
			select id, kind, subject, time, leaf
			from unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[], $5::bytea[]) with ordinality as e(id, kind, subject, time, leaf, n)
			order by n`,
		values: [
			entries.map(({ id }) => id),
			entries.map(({ kind }) => kind),
			entries.map(({ subject }) => subject),
			entries.map(({ time }) => time),
			entries.map(({ leaf }) => Buffer.from(leaf.buffer, leaf.byteOffset, leaf.byteLength)),
		],
	})
	if (openings.length === 0) return
	await connectionOf(tx).query({
		name: 'batch_openings',
		text: `insert into ledger_openings (entry_id, "group", salt, record)
			select * from unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[])`,
		values: [
			openings.map(({ id }) => id),
			openings.map(({ group }) => group),
			openings.map(({ salt }) => salt),
			openings.map(({ record }) => JSON.stringify(record)),
		],
	})
}
