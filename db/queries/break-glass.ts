import { and, asc, desc, eq, gt, inArray, isNotNull, lt, sql } from 'drizzle-orm'
import type { SnapshotFrom } from 'xstate'
import { OWING_STATES } from '#workflows/access/break-glass-context.ts'
import {
	BREAK_GLASS_MACHINE_VERSION,
	breakGlassMachine,
	stateOfUse,
} from '#workflows/access/break-glass.machine.ts'
import { PRIVILEGED_MACHINE_VERSION, privilegedMachine } from '#workflows/access/privileged.machine.ts'
import { begin, type Decided } from '#workflows/shared/decide.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Reader, Tx } from '../client.ts'
import {
	breakGlassSignatures,
	breakGlassUses,
	charterVersions,
	grants,
	people,
	requests,
} from '../schema/index.ts'
import { rememberStep, saveTimers, stale, type Step } from './workflow-rows.ts'

export type UseRow = typeof breakGlassUses.$inferSelect
export type SignatureRow = typeof breakGlassSignatures.$inferSelect & { signerName: string }
export type StoredUse = { row: UseRow; snapshot: SnapshotFrom<typeof breakGlassMachine> }
type DecidedUse = Decided<typeof breakGlassMachine>

/** Keys of advisory locks are pairs here; the first stands for break-glass, the second for the role. */
const USE_LOCK = 727_277

/** Makes everybody who uses this role in an emergency, or records that it was used, take turns. */
export async function lockUses(tx: Tx, usingRole: string): Promise<void> {
	await tx.execute(sql`select pg_advisory_xact_lock(${USE_LOCK}, hashtext(${usingRole}))`)
}

/** One use with its statechart as it stands. `lock` makes other steps on it wait until this transaction ends. */
export async function loadUse(reader: Reader, id: string, lock = false): Promise<StoredUse> {
	const query = reader.select().from(breakGlassUses).where(eq(breakGlassUses.id, id))
	const [row] = lock ? await query.for('update') : await query
	if (!row) throw new DomainError('NOT_FOUND', 'No such use.', { id })
	return { row, snapshot: breakGlassMachine.resolveState({ value: row.state, context: row.context }) }
}

export async function isUse(reader: Reader, id: string): Promise<boolean> {
	const rows = await reader
		.select({ id: breakGlassUses.id })
		.from(breakGlassUses)
		.where(eq(breakGlassUses.id, id))
	return rows.length > 0
}

export type NewUse = Omit<
	typeof breakGlassUses.$inferInsert,
	'id' | 'number' | 'state' | 'context' | 'machineVersion' | 'version' | 'entryId'
>

/** Stores a use that has just begun, with its deadlines. BREAK_GLASS_DEBT when one of the same role is owed. */
export async function insertUse(
	tx: Tx,
	row: NewUse,
	{ next, ...decided }: DecidedUse,
	step: Step,
): Promise<void> {
	const { context } = next
	const state = stateOfUse(next)
	await tx.insert(breakGlassUses).values({
		...row,
		id: context.useId,
		entryId: step.entryId,
		state,
		context,
		machineVersion: BREAK_GLASS_MACHINE_VERSION,
		version: 1,
	})
	await saveTimers(tx, 'break_glass', context.useId, { next, ...decided })
	await rememberStep(tx, 'break_glass', context.useId, 1, state, step)
}

/** Stores the state after a step; STALE_VERSION when somebody else was faster. */
export async function saveUseStep(
	tx: Tx,
	{ row }: StoredUse,
	decided: DecidedUse,
	step: Step,
): Promise<void> {
	const version = row.version + 1
	const { context } = decided.next
	const state = stateOfUse(decided.next)
	const updated = await tx
		.update(breakGlassUses)
		.set({ state, context, version, machineVersion: BREAK_GLASS_MACHINE_VERSION })
		.where(and(eq(breakGlassUses.id, row.id), eq(breakGlassUses.version, row.version)))
		.returning({ id: breakGlassUses.id })
	if (updated.length === 0) throw stale()
	await saveTimers(tx, 'break_glass', row.id, decided)
	await rememberStep(tx, 'break_glass', row.id, version, state, step)
}

/**
 * The request that the access of a use hangs on. It is approved by the charter's rule for emergencies in place of stages,
 * so it has none, and nobody decides on it any more.
 */
export async function insertUseRequest(tx: Tx, use: UseRow, step: Step): Promise<void> {
	const at = step.at.toISOString()
	const begun = begin(
		privilegedMachine,
		{
			requestId: use.id,
			requesterId: use.userId,
			filedBy: null,
			stages: [],
			filedAt: at,
			durationSeconds: use.durationSeconds,
			startAt: null,
		},
		at,
	)
	await tx.insert(requests).values({
		id: use.id,
		requesterId: use.userId,
		role: use.role ?? '',
		charterVersionId: use.charterVersionId,
		durationSeconds: use.durationSeconds,
		reason: use.reason,
		ticket: use.ticket,
		requestSha256: use.useSha256,
		createdAt: step.at,
		state: 'approved',
		context: { ...begun.next.context, closedAt: at },
		machineVersion: PRIVILEGED_MACHINE_VERSION,
		version: 1,
	})
	await rememberStep(tx, 'request', use.id, 1, 'approved', step)
}

export async function insertUseSignature(
	tx: Tx,
	row: typeof breakGlassSignatures.$inferInsert,
): Promise<void> {
	await tx.insert(breakGlassSignatures).values(row)
}

/** Every signature on these uses, the oldest first. */
export async function signaturesOfUses(reader: Reader, ids: readonly string[]): Promise<SignatureRow[]> {
	if (ids.length === 0) return []
	const rows = await reader
		.select({ signature: breakGlassSignatures, signerName: people.displayName })
		.from(breakGlassSignatures)
		.innerJoin(people, eq(people.id, breakGlassSignatures.signerId))
		.where(inArray(breakGlassSignatures.useId, [...ids]))
		.orderBy(asc(breakGlassSignatures.at), asc(breakGlassSignatures.id))
	return rows.map(({ signature, signerName }) => ({ ...signature, signerName }))
}

const withNames = (reader: Reader) =>
	reader
		.select({
			use: breakGlassUses,
			userName: people.displayName,
			charterVersion: charterVersions.version,
			charterEntryId: charterVersions.entryId,
			charterTextSha256: charterVersions.textSha256,
			grantId: grants.id,
			grantState: grants.state,
			grantContext: grants.context,
		})
		.from(breakGlassUses)
		.innerJoin(people, eq(people.id, breakGlassUses.userId))
		.innerJoin(charterVersions, eq(charterVersions.id, breakGlassUses.charterVersionId))
		.leftJoin(grants, eq(grants.requestId, breakGlassUses.id))
		.$dynamic()
export type UseWithNames = Awaited<ReturnType<typeof findUse>>

/** One use with its user, its charter version and its access if there is one. */
export async function findUse(reader: Reader, id: string) {
	const [row] = await withNames(reader).where(eq(breakGlassUses.id, id))
	if (!row) throw new DomainError('NOT_FOUND', 'No such use.', { id })
	return row
}

/** Uses, newest first, older than this number; `userId` narrows to one person's. */
export async function listUses(
	reader: Reader,
	{ userId, before, limit }: { userId?: string; before?: number; limit: number },
): Promise<UseWithNames[]> {
	return withNames(reader)
		.where(
			and(
				userId === undefined ? undefined : eq(breakGlassUses.userId, userId),
				before === undefined ? undefined : lt(breakGlassUses.number, before),
			),
		)
		.orderBy(desc(breakGlassUses.number))
		.limit(limit)
}

/** As the index states it: an array of parameters would not find it. */
const isOwed = sql`${breakGlassUses.state} in (${sql.raw(OWING_STATES.map((state) => `'${state}'`).join(', '))})`

/** Every use that waits, runs or is not reviewed, the oldest first. */
export async function owingUses(reader: Reader): Promise<UseWithNames[]> {
	return withNames(reader).where(isOwed).orderBy(asc(breakGlassUses.number))
}

/** Uses whose access is over at the tenant, or was never given, while they still count as running. */
export async function endedInUse(reader: Reader, limit: number): Promise<string[]> {
	const rows = await reader
		.select({ id: breakGlassUses.id })
		.from(breakGlassUses)
		.innerJoin(grants, eq(grants.requestId, breakGlassUses.id))
		.where(and(eq(breakGlassUses.state, 'inUse'), sql`${grants.context} ->> 'closedAt' is not null`))
		.orderBy(asc(breakGlassUses.id))
		.limit(limit)
	return rows.map(({ id }) => id)
}

/** Uses of this person that wait for a second officer. */
export async function waitingUsesOf(reader: Reader, personId: string): Promise<string[]> {
	const rows = await reader
		.select({ id: breakGlassUses.id })
		.from(breakGlassUses)
		.where(and(eq(breakGlassUses.userId, personId), eq(breakGlassUses.state, 'awaitingSecond')))
	return rows.map(({ id }) => id)
}

/** The number of an offline use of the same account that shares a moment with this time; null where there is none. */
export async function overlappingOffline(
	reader: Reader,
	{ account, from, until }: { account: string; from: string; until: string },
): Promise<number | null> {
	const [row] = await reader
		.select({ number: breakGlassUses.number })
		.from(breakGlassUses)
		.where(
			and(
				isNotNull(breakGlassUses.offline),
				sql`lower(${breakGlassUses.offline} ->> 'account') = lower(${account})`,
				lt(sql`${breakGlassUses.offline} ->> 'from'`, until),
				gt(sql`${breakGlassUses.offline} ->> 'until'`, from),
			),
		)
		.limit(1)
	return row?.number ?? null
}

/** Uses by the sealed procedure that share a moment with this time, under one charter: how many, and how many are not reviewed. */
export async function countOffline(
	reader: Reader,
	{ charterId, from, until }: { charterId: string; from: string; until: string },
): Promise<{ uses: number; owed: number }> {
	const [row] = await reader
		.select({
			uses: sql<string>`count(*)`,
			owed: sql<string>`count(*) filter (where ${isOwed})`,
		})
		.from(breakGlassUses)
		.innerJoin(charterVersions, eq(charterVersions.id, breakGlassUses.charterVersionId))
		.where(
			and(
				eq(charterVersions.charterId, charterId),
				isNotNull(breakGlassUses.offline),
				lt(sql`${breakGlassUses.offline} ->> 'from'`, until),
				gt(sql`${breakGlassUses.offline} ->> 'until'`, from),
			),
		)
	return { uses: Number(row?.uses ?? 0), owed: Number(row?.owed ?? 0) }
}

/** Takes the words out of a person's uses and reviews; their digests stay, since they were signed. */
export async function blankUses(tx: Tx, personId: string): Promise<void> {
	await tx.update(breakGlassUses).set({ reason: '–', ticket: '–' }).where(eq(breakGlassUses.userId, personId))
	const own = tx
		.select({ id: breakGlassUses.id })
		.from(breakGlassUses)
		.where(eq(breakGlassUses.userId, personId))
	await tx
		.update(breakGlassSignatures)
		.set({ findings: '–' })
		.where(and(inArray(breakGlassSignatures.useId, own), eq(breakGlassSignatures.part, 'review')))
}

/** How many uses of this person are open: nothing of them is erased while one is. */
export async function countOwingUses(reader: Reader, personId: string): Promise<number> {
	const rows = await reader
		.select({ id: breakGlassUses.id })
		.from(breakGlassUses)
		.where(and(eq(breakGlassUses.userId, personId), isOwed))
	return rows.length
}
