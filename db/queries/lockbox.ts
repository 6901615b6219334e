import { and, asc, desc, eq, inArray, isNotNull, isNull, lt, or, sql } from 'drizzle-orm'
import type { SnapshotFrom } from 'xstate'
import { ACCESS_STATES, ANSWERING_STATES, OPEN_LOCKBOX_STATES } from '#workflows/lockbox/lockbox-context.ts'
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
	lockboxPolls,
	lockboxRequests,
	people,
	providerBoundaries,
} from '../schema/index.ts'
import { amongTexts } from '../schema/columns.ts'
import { rememberStep, saveTimers, stale, type Step } from './workflow-rows.ts'

export type LockboxRow = typeof lockboxRequests.$inferSelect
export type BoundaryRow = typeof providerBoundaries.$inferSelect
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

const withNames = (reader: Reader) =>
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

/** As the index states it: an array of parameters would not find it. */
const isOpen = sql`${lockboxRequests.state} in ${amongTexts(OPEN_LOCKBOX_STATES)}`
const ofPerson = (personId: string) =>
	or(eq(lockboxRequests.requesterId, personId), eq(lockboxRequests.beneficiaryId, personId))

/** Everything that is owed: a decision, an answer or an end; `personId` narrows to what one of ours asked for. */
export async function openLockboxes(reader: Reader, personId?: string): Promise<LockboxWithNames[]> {
	return withNames(reader)
		.where(and(isOpen, personId === undefined ? undefined : ofPerson(personId)))
		.orderBy(asc(lockboxRequests.number))
}

/**
 * Open requests that rest on these people: what one of ours asked for or has, and what they approved that others still
 * decide on. In order of id, in which they are locked.
 */
export async function lockboxesRestingOn(reader: Reader, personIds: readonly string[]): Promise<string[]> {
	const ids = [...new Set(personIds)]
	if (ids.length === 0) return []
	const approved = reader
		.select({ id: lockboxDecisions.requestId })
		.from(lockboxDecisions)
		.where(inArray(lockboxDecisions.approverId, ids))
	const rows = await reader
		.select({ id: lockboxRequests.id })
		.from(lockboxRequests)
		.where(
			and(
				isOpen,
				or(
					inArray(lockboxRequests.requesterId, ids),
					inArray(lockboxRequests.beneficiaryId, ids),
					and(eq(lockboxRequests.state, 'pending'), inArray(lockboxRequests.id, approved)),
				),
			),
		)
		.orderBy(asc(lockboxRequests.id))
	return rows.map(({ id }) => id)
}

/** Every open request that rests on facts of somebody of ours. */
export async function restingLockboxes(reader: Reader): Promise<string[]> {
	const decided = reader.select({ id: lockboxDecisions.requestId }).from(lockboxDecisions)
	const rows = await reader
		.select({ id: lockboxRequests.id })
		.from(lockboxRequests)
		.where(
			and(
				isOpen,
				or(
					isNotNull(lockboxRequests.beneficiaryId),
					and(eq(lockboxRequests.state, 'pending'), inArray(lockboxRequests.id, decided)),
				),
			),
		)
		.orderBy(asc(lockboxRequests.id))
	return rows.map(({ id }) => id)
}

/** What is over, newest first, older than this number. */
export async function closedLockboxes(
	reader: Reader,
	{ personId, before, limit }: { personId?: string; before?: number; limit: number },
): Promise<LockboxWithNames[]> {
	return withNames(reader)
		.where(
			and(
				sql`not (${isOpen})`,
				personId === undefined ? undefined : ofPerson(personId),
				before === undefined ? undefined : lt(lockboxRequests.number, before),
			),
		)
		.orderBy(desc(lockboxRequests.number))
		.limit(limit)
}

/** Requests whose answer is on its way through an interface: each is followed until the provider has said what it came to. */
export async function answeringLockboxes(reader: Reader, limit: number): Promise<string[]> {
	const rows = await reader
		.select({ id: lockboxRequests.id })
		.from(lockboxRequests)
		.where(
			and(
				isOpen,
				inArray(lockboxRequests.state, [...ANSWERING_STATES, 'accessEnding']),
				sql`${lockboxRequests.context} ->> 'channel' = 'api'`,
			),
		)
		.orderBy(asc(lockboxRequests.number))
		.limit(limit)
	return rows.map(({ id }) => id)
}

/** Boundaries that take requests, of one provider or of all. */
export async function openBoundaries(reader: Reader, provider?: Provider): Promise<BoundaryRow[]> {
	return reader
		.select()
		.from(providerBoundaries)
		.where(
			and(
				isNull(providerBoundaries.closedAt),
				provider === undefined ? undefined : eq(providerBoundaries.provider, provider),
			),
		)
		.orderBy(asc(providerBoundaries.name), asc(providerBoundaries.id))
}

/** Notes how a reading of a boundary's requests went. Gives how many in a row had not worked before it, and have now. */
export async function notePoll(
	tx: Tx,
	{ boundaryId, at, trouble }: { boundaryId: string; at: Date; trouble: string | null },
): Promise<{ before: number; failures: number }> {
	const [known] = await tx
		.select({ failures: lockboxPolls.failures })
		.from(lockboxPolls)
		.where(eq(lockboxPolls.boundaryId, boundaryId))
		.for('update')
	const before = known?.failures ?? 0
	const failures = trouble === null ? 0 : before + 1
	const okAt = trouble === null ? { okAt: at } : {}
	await tx
		.insert(lockboxPolls)
		.values({ boundaryId, at, trouble, failures, ...okAt })
		.onConflictDoUpdate({ target: lockboxPolls.boundaryId, set: { at, trouble, failures, ...okAt } })
	return { before, failures }
}

export async function pollsOf(reader: Reader) {
	return reader.select().from(lockboxPolls)
}

/** Takes the words out of what a person asked for; its digest stays, since it was signed. */
export async function blankLockboxes(tx: Tx, personId: string): Promise<void> {
	await tx
		.update(lockboxRequests)
		.set({ asked: sql`${lockboxRequests.asked} || '{"cause": "–", "supportRequest": "–"}'::jsonb` })
		.where(ofPerson(personId))
}

/** How many requests of this person are open: nothing of them is erased while one is. */
export async function countOpenLockboxes(reader: Reader, personId: string): Promise<number> {
	return (await openLockboxes(reader, personId)).length
}

/** How many open requests this person decided on: what a provider has by then rests on their signature. */
export async function countDecidedLockboxes(reader: Reader, personId: string): Promise<number> {
	const rows = await reader
		.select({ id: lockboxRequests.id })
		.from(lockboxRequests)
		.innerJoin(lockboxDecisions, eq(lockboxDecisions.requestId, lockboxRequests.id))
		.where(and(isOpen, eq(lockboxDecisions.approverId, personId)))
	return rows.length
}

/** Accesses of providers that share a moment with this time, under one charter: how many, and how many none of ours decided on. */
export async function countProviderAccesses(
	reader: Reader,
	{ charterId, from, until }: { charterId: string; from: string; until: string },
): Promise<{ accesses: number; outOfBand: number }> {
	const context = lockboxRequests.context
	// What was opened and over while nobody looked began no later than it was seen to be over.
	const began = sql`coalesce(${context} ->> 'grantedAt', ${context} ->> 'askedAt')`
	const [row] = await reader
		.select({
			accesses: sql<string>`count(*)`,
			outOfBand: sql<string>`count(*) filter (where ${context} ->> 'isOutOfBand' = 'true')`,
		})
		.from(lockboxRequests)
		.innerJoin(charterVersions, eq(charterVersions.id, lockboxRequests.charterVersionId))
		.where(
			and(
				eq(charterVersions.charterId, charterId),
				inArray(lockboxRequests.state, [...ACCESS_STATES, 'accessEnded']),
				lt(began, until),
				sql`coalesce(${context} ->> 'closedAt', '9') >= ${from}`,
			),
		)
	return { accesses: Number(row?.accesses ?? 0), outOfBand: Number(row?.outOfBand ?? 0) }
}
