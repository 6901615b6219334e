import { FINDING_MACHINE_VERSION, type findingMachine } from '#workflows/grants/finding.machine.ts'
import type { Decided } from '#workflows/shared/decide.ts'
import type { Tx } from '../client.ts'
import { connectionOf } from '../transaction.ts'
import type { findings } from '../schema/index.ts'
import type { StoredFinding } from './findings.ts'
import { deleteTimers, rememberSteps, setTimers } from './workflow-batch.ts'
import { stale, type Step } from './workflow-rows.ts'

/*
 * Steps of findings, a few statements for all of them: a first look at a large tenant opens thousands, and holds the lock on
 * removals while it does.
 */

type DecidedFinding = Decided<typeof findingMachine>
type NewFinding = Pick<
	typeof findings.$inferInsert,
	'key' | 'family' | 'personId' | 'charterVersionId' | 'createdAt' | 'tenantId'
> & { decided: DecidedFinding; step: Step }
type FindingStep = { before: StoredFinding; decided: DecidedFinding; step: Step }

/** Stores findings that were seen for the first time; they are numbered in this order. */
export async function insertFindings(tx: Tx, rows: readonly NewFinding[]): Promise<void> {
	if (rows.length === 0) return
	await connectionOf(tx).query({
		name: 'batch_findings_made',
		text: `insert into findings (id, key, family, person_id, charter_version_id, entry_id, state, context, machine_version, version, created_at, tenant_id)
			select id, key, family, person_id, charter_version_id, entry_id, state, context, ${FINDING_MACHINE_VERSION}, 1, created_at, tenant_id
			from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::jsonb[], $9::timestamptz[], $10::uuid[])
				with ordinality as f(id, key, family, person_id, charter_version_id, entry_id, state, context, created_at, tenant_id, n)
			order by n`,
		values: [
			rows.map(({ decided }) => decided.next.context.findingId),
			rows.map(({ key }) => key),
			rows.map(({ family }) => family),
			rows.map(({ personId }) => personId ?? null),
			rows.map(({ charterVersionId }) => charterVersionId),
			rows.map(({ step }) => step.entryId),
			rows.map(({ decided }) => decided.next.value),
			rows.map(({ decided }) => JSON.stringify(decided.next.context)),
			rows.map(({ createdAt }) => createdAt),
			rows.map(({ tenantId }) => tenantId ?? null),
		],
	})
	await follow(
		tx,
		rows.map(({ decided, step }) => ({ id: decided.next.context.findingId, version: 1, decided, step })),
	)
}

/** Stores states after a step of each; STALE_VERSION when somebody else was faster with one of them. */
export async function saveFindingSteps(tx: Tx, steps: readonly FindingStep[]): Promise<void> {
	if (steps.length === 0) return
	const after = steps.map(({ decided: { next } }) => next)
	const { rowCount } = await connectionOf(tx).query({
		name: 'batch_findings_stepped',
		text: `update findings f set state = u.state, context = u.context, version = f.version + 1, machine_version = ${FINDING_MACHINE_VERSION},
				person_id = u.person_id, sent_at = u.sent_at, removed_at = u.removed_at
			from unnest($1::uuid[], $2::int[], $3::text[], $4::jsonb[], $5::uuid[], $6::timestamptz[], $7::timestamptz[])
				as u(id, version, state, context, person_id, sent_at, removed_at)
			where f.id = u.id and f.version = u.version`,
		values: [
			steps.map(({ before }) => before.row.id),
			steps.map(({ before }) => before.row.version),
			after.map(({ value }) => value),
			after.map(({ context }) => JSON.stringify(context)),
			after.map(({ context }) => context.difference.personId),
			// What a second officer released is not counted by the guard; the rest since it was last let pass.
			after.map(({ context: { admitted, releasedBy } }) =>
				releasedBy === null ? (admitted?.at ?? null) : null,
			),
			after.map(({ value, context }) => (value === 'removed' ? context.closedAt : null)),
		],
	})
	if (rowCount !== steps.length) throw stale()
	await follow(
		tx,
		steps.map(({ before: { row }, decided, step }) => ({
			id: row.id,
			version: row.version + 1,
			decided,
			step,
		})),
	)
}

/** Another look saw the same: that is noted, with the deadlines it sets, and is no step anybody must read about. */
export async function touchFindings(
	tx: Tx,
	steps: readonly Pick<FindingStep, 'before' | 'decided'>[],
): Promise<void> {
	if (steps.length === 0) return
	await connectionOf(tx).query({
		name: 'batch_findings_touched',
		text: `update findings f set context = u.context
			from unnest($1::uuid[], $2::int[], $3::jsonb[]) as u(id, version, context)
			where f.id = u.id and f.version = u.version`,
		values: [
			steps.map(({ before }) => before.row.id),
			steps.map(({ before }) => before.row.version),
			steps.map(({ decided }) => JSON.stringify(decided.next.context)),
		],
	})
	await moveTimers(
		tx,
		steps.map(({ before, decided }) => ({ id: before.row.id, decided })),
	)
}

const workflow = 'finding'

async function moveTimers(tx: Tx, steps: readonly { id: string; decided: DecidedFinding }[]): Promise<void> {
	await deleteTimers(
		tx,
		steps.flatMap(({ id, decided }) =>
			decided.timersCancelled.map((name) => ({ workflow, workflowId: id, name }) as const),
		),
	)
	await setTimers(
		tx,
		steps.flatMap(({ id, decided }) =>
			decided.timersSet.map((timer) => ({ workflow, workflowId: id, ...timer }) as const),
		),
	)
}

/** Deadlines and events of steps. */
async function follow(
	tx: Tx,
	steps: readonly { id: string; version: number; decided: DecidedFinding; step: Step }[],
): Promise<void> {
	await moveTimers(tx, steps)
	await rememberSteps(
		tx,
		steps.map(({ id, version, decided, step }) => ({
			workflow,
			workflowId: id,
			version,
			state: decided.next.value,
			step,
		})),
	)
}
