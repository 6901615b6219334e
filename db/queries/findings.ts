import { and, asc, desc, eq, gt, inArray, isNotNull, lt, notInArray, or, sql } from 'drizzle-orm'
import type { SnapshotFrom } from 'xstate'
import {
	CLOSED_FINDING_STATES,
	upgradeFinding,
	type FindingState,
	type SessionsEnd,
} from '#workflows/grants/finding-context.ts'
import { CLOSED_GRANT_STATES } from '#workflows/grants/grant-states.ts'
import { findingMachine } from '#workflows/grants/finding.machine.ts'
import type { Sent } from '#workflows/grants/mass-guard.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Reader, Tx } from '../client.ts'
import { amongTexts } from '../schema/columns.ts'
import { findingDecisions, findings, grants, people } from '../schema/index.ts'

export type FindingRow = typeof findings.$inferSelect
export type StoredFinding = { row: FindingRow; snapshot: SnapshotFrom<typeof findingMachine> }
type FindingDecisionRow = typeof findingDecisions.$inferSelect & { officerName: string }

/** Keys of advisory locks are pairs here; the first stands for findings. */
const ORDER_LOCK = 727_280

/** Makes everybody take turns who lets removals pass or holds them, so that the guard counts all of them. */
export async function lockRemovals(tx: Tx): Promise<void> {
	await tx.execute(sql`select pg_advisory_xact_lock(${ORDER_LOCK})`)
}

/** A row with its statechart. */
export const stored = (row: FindingRow): StoredFinding => ({
	row,
	snapshot: findingMachine.resolveState({
		value: row.state,
		context: upgradeFinding(row.context, row.version),
	}),
})

/** The same where nobody else holds it: gives whether it was had. */
export async function tryLockRemovals(tx: Tx): Promise<boolean> {
	const { rows } = await tx.execute<{ had: boolean }>(
		sql`select pg_try_advisory_xact_lock(${ORDER_LOCK}) as had`,
	)
	return rows[0]?.had === true
}

/** One finding with its statechart as it stands. `lock` makes other steps on it wait until this transaction ends. */
export async function loadFinding(reader: Reader, id: string, lock = false): Promise<StoredFinding> {
	const query = reader.select().from(findings).where(eq(findings.id, id))
	const [row] = lock ? await query.for('update') : await query
	if (!row) throw new DomainError('NOT_FOUND', 'No such finding.', { id })
	return stored(row)
}

/** These with their statecharts, by id, locked in order of id until this transaction ends. NOT_FOUND where one is not there. */
export async function lockFindings(tx: Tx, ids: readonly string[]): Promise<Map<string, StoredFinding>> {
	const rows = await tx
		.select()
		.from(findings)
		.where(sql`${findings.id} = any(${sql.param([...ids])}::uuid[])`)
		.orderBy(asc(findings.id))
		.for('update')
	if (rows.length < new Set(ids).size) throw new DomainError('NOT_FOUND', 'No such finding.')
	return new Map(rows.map((row) => [row.id, stored(row)]))
}

/** As the index states it: an array of parameters would not find it. */
const isOpen = sql`${findings.state} not in ${amongTexts(CLOSED_FINDING_STATES)}`

/** Every finding that is not over, in the order in which they were found. */
export async function openFindings(reader: Reader): Promise<FindingRow[]> {
	return reader.select().from(findings).where(isOpen).orderBy(asc(findings.number))
}

/** These, locked in order of id, as far as they are in one of the states. */
export async function lockFindingsIn(
	tx: Tx,
	states: readonly FindingState[],
	ids?: readonly string[],
): Promise<StoredFinding[]> {
	const rows = await tx
		.select()
		.from(findings)
		.where(
			and(
				isOpen,
				inArray(findings.state, [...states]),
				ids === undefined ? undefined : inArray(findings.id, [...ids]),
			),
		)
		.orderBy(asc(findings.id))
		.for('update')
	return rows.map(stored)
}

/** Open findings about these accesses of ours, locked in order of id. */
export async function lockFindingsOfGrants(tx: Tx, grantIds: readonly string[]): Promise<StoredFinding[]> {
	if (grantIds.length === 0) return []
	const grantId = sql`(${findings.context} -> 'difference' ->> 'grantId')`
	const rows = await tx
		.select()
		.from(findings)
		.where(and(isOpen, eq(findings.family, 'grant'), inArray(grantId, [...grantIds])))
		.orderBy(asc(findings.id))
		.for('update')
	return rows.map(stored)
}

/** What is over, newest first, older than this number. */
export async function closedFindings(
	reader: Reader,
	{ before, limit }: { before?: number; limit: number },
): Promise<FindingRow[]> {
	return reader
		.select()
		.from(findings)
		.where(
			and(
				// One look saw these and none after: they tell nobody anything.
				inArray(
					findings.state,
					CLOSED_FINDING_STATES.filter((state) => state !== 'neverConfirmed'),
				),
				before === undefined ? undefined : lt(findings.number, before),
			),
		)
		.orderBy(desc(findings.number))
		.limit(limit)
}

/**
 * Removals that passed since then and that no second officer released, with how many people the guard let each take something from
 * through a group: of findings, and of accesses that silence ended.
 */
export async function removalsSince(reader: Reader, since: Date): Promise<Sent[]> {
	const rows = await reader
		.select({
			at: findings.sentAt,
			// One of before this was kept concerns as many as are seen.
			people: sql<number>`coalesce((${findings.context} -> 'admitted' ->> 'people')::int, (${findings.context} -> 'difference' ->> 'people')::int, 0)`,
		})
		.from(findings)
		.where(gt(findings.sentAt, since))
	const unansweredAt = sql<string>`(${grants.context} ->> 'unansweredAt')`
	const ended = await reader
		.select({ at: unansweredAt })
		.from(grants)
		.where(
			and(
				// As the indexes state it: whatever ended since then is not over, or has been for no longer.
				or(
					sql`${grants.state} not in ${amongTexts(CLOSED_GRANT_STATES)}`,
					sql`(${grants.context} ->> 'closedAt') > ${since.toISOString()}`,
				),
				sql`${unansweredAt} > ${since.toISOString()}`,
			),
		)
	return [
		...rows.flatMap(({ at, people }) => (at === null ? [] : [{ at: at.toISOString(), people }])),
		...ended.map(({ at }) => ({ at, people: 0 })),
	]
}

/** Of removals confirmed since then, how many, and from detection to confirmation in milliseconds: median and worst. */
export async function removalTimes(
	reader: Reader,
	since: Date,
): Promise<{ count: number; medianMs: number | null; worstMs: number | null }> {
	const took = sql`extract(epoch from ${findings.removedAt} - ${findings.createdAt}) * 1000`
	const [row] = await reader
		.select({
			count: sql<string>`count(*)`,
			median: sql<string | null>`percentile_cont(0.5) within group (order by ${took})`,
			worst: sql<string | null>`max(${took})`,
		})
		.from(findings)
		.where(and(isNotNull(findings.removedAt), gt(findings.removedAt, since)))
	const ms = (text: string | null | undefined) =>
		text === null || text === undefined ? null : Math.round(Number(text))
	return { count: Number(row?.count ?? 0), medianMs: ms(row?.median), worstMs: ms(row?.worst) }
}

/** Whether a rule of the tenant was seen weaker once, and not again yet. */
export async function hasUncertainRule(reader: Reader): Promise<boolean> {
	return (await reader.$count(findings, and(eq(findings.family, 'policy'), eq(findings.state, 'seen')))) > 0
}

/** How many findings are open and believed, and how many of them in these states. */
export async function countFindings(
	reader: Reader,
	alarming: readonly FindingState[],
): Promise<{ open: number; alarming: number }> {
	const [row] = await reader
		.select({
			open: sql<string>`count(*)`,
			alarming: sql<string>`count(*) filter (where ${inArray(findings.state, [...alarming])})`,
		})
		.from(findings)
		.where(and(isOpen, notInArray(findings.state, ['seen', 'accepted'])))
	return { open: Number(row?.open ?? 0), alarming: Number(row?.alarming ?? 0) }
}

/** Notes what came of ending the sessions of whoever it is about. That is no step of it: its version stays. */
export async function noteFindingSessions(tx: Tx, id: string, sessions: SessionsEnd): Promise<void> {
	const noted = sql`jsonb_set(${findings.context}, '{sessions}', ${JSON.stringify(sessions)}::jsonb)`
	await tx.update(findings).set({ context: noted }).where(eq(findings.id, id))
}

/** States in which the tenant is asked to take something away. */
const ASKING = ['removing', 'notConfirmed'] as const satisfies readonly FindingState[]

/**
 * Notes that the tenant is about to be asked to take away what it is about, unless it was before. That is no step of it either. False
 * where its removal is under way no more, so that nothing may be asked.
 */
export async function noteAskingTenant(tx: Tx, id: string, at: Date): Promise<boolean> {
	const first = sql`coalesce(${findings.context} ->> 'tenantAskedAt', ${at.toISOString()})`
	const noted = sql`jsonb_set(${findings.context}, '{tenantAskedAt}', to_jsonb(${first}))`
	const rows = await tx
		.update(findings)
		.set({ context: noted })
		.where(and(eq(findings.id, id), inArray(findings.state, [...ASKING])))
		.returning({ id: findings.id })
	return rows.length > 0
}

/** Takes that back: the tenant refused, and never took it before. Whatever has become of the finding meanwhile. */
export async function noteTenantRefused(tx: Tx, id: string): Promise<void> {
	const noted = sql`jsonb_set(${findings.context}, '{tenantAskedAt}', 'null'::jsonb)`
	await tx.update(findings).set({ context: noted }).where(eq(findings.id, id))
}

export async function insertFindingDecision(
	tx: Tx,
	row: typeof findingDecisions.$inferInsert,
): Promise<void> {
	await tx.insert(findingDecisions).values(row)
}

/** What officers signed about it, the oldest first. */
export async function decisionsOfFinding(reader: Reader, findingId: string): Promise<FindingDecisionRow[]> {
	const rows = await reader
		.select({ decision: findingDecisions, officerName: people.displayName })
		.from(findingDecisions)
		.innerJoin(people, eq(people.id, findingDecisions.officerId))
		.where(eq(findingDecisions.findingId, findingId))
		.orderBy(asc(findingDecisions.at), asc(findingDecisions.id))
	return rows.map(({ decision, officerName }) => ({ ...decision, officerName }))
}
