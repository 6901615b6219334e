import { and, asc, eq, inArray, or, sql } from 'drizzle-orm'
import type { SnapshotFrom } from 'xstate'
import {
	LOCKBOX_MACHINE_VERSION,
	lockboxMachine,
	stateOfLockbox,
} from '#workflows/lockbox/lockbox.machine.ts'
import type { Provider } from '#workflows/lockbox/providers.ts'
import type { Decided } from '#workflows/shared/decide.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Reader, Tx } from '../client.ts'
import {
	charterVersions,
	lockboxDecisions,
	lockboxRequests,
	people,
	providerBoundaries,
} from '../schema/index.ts'
import { rememberStep, saveTimers, stale, type Step } from './workflow-rows.ts'

export type LockboxRow = typeof lockboxRequests.$inferSelect
export type LockboxDecisionRow = typeof lockboxDecisions.$inferSelect & { approverName: string }
export type StoredLockbox = { row: LockboxRow; snapshot: SnapshotFrom<typeof lockboxMachine> }
type DecidedLockbox = Decided<typeof lockboxMachine>

/** Keys of advisory locks are pairs here; the first stands for the lockbox, the second for the provider's request. */
const REQUEST_LOCK = 727_278

export type ProviderKey = { provider: Provider; scope: string; providerRequestId: string }

/** Makes everybody who brings the same request of a provider in take turns. */
export async function lockProviderRequest(tx: Tx, key: ProviderKey): Promise<void> {
	const name = JSON.stringify([key.provider, key.scope, key.providerRequestId])
	await tx.execute(sql`select pg_advisory_xact_lock(${REQUEST_LOCK}, hashtext(${name}))`)
}

/** The id of a provider's request here; null where it was never seen. */
export async function findByProvider(reader: Reader, key: ProviderKey): Promise<string | null> {
	const [row] = await reader
		.select({ id: lockboxRequests.id })
		.from(lockboxRequests)
		.where(
			and(
				eq(lockboxRequests.provider, key.provider),
				eq(lockboxRequests.scope, key.scope),
				eq(lockboxRequests.providerRequestId, key.providerRequestId),
			),
		)
	return row?.id ?? null
}

/** One request with its statechart as it stands. `lock` makes other steps on it wait until this transaction ends. */
export async function loadLockbox(reader: Reader, id: string, lock = false): Promise<StoredLockbox> {
	const query = reader.select().from(lockboxRequests).where(eq(lockboxRequests.id, id))
	const [row] = lock ? await query.for('update') : await query
	if (!row) throw new DomainError('NOT_FOUND', 'No such request.', { id })
	return { row, snapshot: lockboxMachine.resolveState({ value: row.state, context: row.context }) }
}

export type NewLockbox = Omit<
	typeof lockboxRequests.$inferInsert,
	'id' | 'number' | 'state' | 'context' | 'machineVersion' | 'version' | 'entryId'
>

/** Stores a request that has just come in, with its deadlines. */
export async function insertLockbox(
	tx: Tx,
	row: NewLockbox,
	{ next, ...decided }: DecidedLockbox,
	step: Step,
): Promise<void> {
	const { context } = next
	const state = stateOfLockbox(next)
	await tx.insert(lockboxRequests).values({
		...row,
		id: context.requestId,
		entryId: step.entryId,
		state,
		context,
		machineVersion: LOCKBOX_MACHINE_VERSION,
		version: 1,
	})
	await saveTimers(tx, 'lockbox', context.requestId, { next, ...decided })
	await rememberStep(tx, 'lockbox', context.requestId, 1, state, step)
}

/** Stores the state after a step; STALE_VERSION when somebody else was faster. */
export async function saveLockboxStep(
	tx: Tx,
	{ row }: StoredLockbox,
	decided: DecidedLockbox,
	step: Step,
): Promise<void> {
	const version = row.version + 1
	const { context } = decided.next
	const state = stateOfLockbox(decided.next)
	const updated = await tx
		.update(lockboxRequests)
		.set({ state, context, version, machineVersion: LOCKBOX_MACHINE_VERSION })
		.where(and(eq(lockboxRequests.id, row.id), eq(lockboxRequests.version, row.version)))
		.returning({ id: lockboxRequests.id })
	if (updated.length === 0) throw stale()
	await saveTimers(tx, 'lockbox', row.id, decided)
	await rememberStep(tx, 'lockbox', row.id, version, state, step)
}

export async function insertLockboxDecision(
	tx: Tx,
	row: typeof lockboxDecisions.$inferInsert,
): Promise<void> {
	await tx.insert(lockboxDecisions).values(row)
}

/** Every decision on these requests, the oldest first. */
export async function decisionsOfLockbox(
	reader: Reader,
	ids: readonly string[],
): Promise<LockboxDecisionRow[]> {
	if (ids.length === 0) return []
	const rows = await reader
		.select({ decision: lockboxDecisions, approverName: people.displayName })
		.from(lockboxDecisions)
		.innerJoin(people, eq(people.id, lockboxDecisions.approverId))
		.where(inArray(lockboxDecisions.requestId, [...ids]))
		.orderBy(asc(lockboxDecisions.at), asc(lockboxDecisions.id))
	return rows.map(({ decision, approverName }) => ({ ...decision, approverName }))
}

/** Requests with their boundary and charter version, to be narrowed. */
export const withNames = (reader: Reader) =>
	reader
		.select({
			request: lockboxRequests,
			boundaryName: providerBoundaries.name,
			charterVersion: charterVersions.version,
			charterEntryId: charterVersions.entryId,
			charterTextSha256: charterVersions.textSha256,
		})
		.from(lockboxRequests)
		.innerJoin(charterVersions, eq(charterVersions.id, lockboxRequests.charterVersionId))
		.leftJoin(providerBoundaries, eq(providerBoundaries.id, lockboxRequests.boundaryId))
		.$dynamic()
export type LockboxWithNames = Awaited<ReturnType<typeof findLockbox>>

/** One request with its boundary and its charter version. */
export async function findLockbox(reader: Reader, id: string) {
	const [row] = await withNames(reader).where(eq(lockboxRequests.id, id))
	if (!row) throw new DomainError('NOT_FOUND', 'No such request.', { id })
	return row
}

/** Takes the words out of what a person asked for; its digest stays, since it was signed. */
export async function blankLockboxes(tx: Tx, personId: string): Promise<void> {
	await tx
		.update(lockboxRequests)
		.set({ asked: sql`${lockboxRequests.asked} || '{"cause": "–", "supportRequest": "–"}'::jsonb` })
		.where(or(eq(lockboxRequests.requesterId, personId), eq(lockboxRequests.beneficiaryId, personId)))
}
