import { and, asc, desc, eq, inArray, isNull, lt, notInArray, sql } from 'drizzle-orm'
import { LIVE_GRANT_STATES, mayBeLive } from '#workflows/grants/grant-states.ts'
import type { PlannedTask } from '#workflows/tenant/readiness/plan.ts'
import type { Reader, Tx } from '../client.ts'
import { grants, people, readinessAccounts, readinessReports, readinessTasks } from '../schema/index.ts'

export type ReportRow = typeof readinessReports.$inferSelect
export type TaskRow = typeof readinessTasks.$inferSelect

/** Stores a report and what its accounts are called; gives its number. */
export async function insertReport(
	tx: Tx,
	report: Omit<typeof readinessReports.$inferInsert, 'number'>,
	accounts: readonly { objectId: string; name: string | null; upn: string | null }[],
): Promise<number> {
	const [row] = await tx
		.insert(readinessReports)
		.values(report)
		.returning({ number: readinessReports.number })
	for (let from = 0; from < accounts.length; from += 1000)
		await tx
			.insert(readinessAccounts)
			.values(accounts.slice(from, from + 1000).map((one) => ({ ...one, reportId: report.id })))
	return row?.number ?? 0
}

/** The newest reports, without what they say. */
export const listReports = (reader: Reader, limit: number) =>
	reader
		.select({
			id: readinessReports.id,
			number: readinessReports.number,
			madeAt: readinessReports.madeAt,
			source: readinessReports.source,
			score: readinessReports.score,
			maker: people.displayName,
		})
		.from(readinessReports)
		.innerJoin(people, eq(people.id, readinessReports.madeBy))
		.orderBy(desc(readinessReports.number))
		.limit(limit)

/** One report by its number; the newest where none is named. Null where there is none. */
export async function findReport(reader: Reader, number: number | null): Promise<ReportRow | null> {
	const [row] = await reader
		.select()
		.from(readinessReports)
		.where(number === null ? undefined : eq(readinessReports.number, number))
		.orderBy(desc(readinessReports.number))
		.limit(1)
	return row ?? null
}

/** The report before this one that is of the same tenant. */
export async function reportBefore(
	reader: Reader,
	{ number, tenantId }: { number: number; tenantId: string },
): Promise<ReportRow | null> {
	const [row] = await reader
		.select()
		.from(readinessReports)
		.where(
			and(lt(readinessReports.number, number), sql`${readinessReports.report} ->> 'tenantId' = ${tenantId}`),
		)
		.orderBy(desc(readinessReports.number))
		.limit(1)
	return row ?? null
}

/** What these accounts were called when the report was made. */
export async function accountNames(
	reader: Reader,
	reportId: string,
	objectIds: readonly string[],
): Promise<Map<string, { name: string | null; upn: string | null }>> {
	if (objectIds.length === 0) return new Map()
	const rows = await reader
		.select()
		.from(readinessAccounts)
		.where(and(eq(readinessAccounts.reportId, reportId), inArray(readinessAccounts.objectId, [...objectIds])))
	return new Map(rows.map(({ objectId, name, upn }) => [objectId, { name, upn }]))
}

/** The plan, first what is due first. */
export const listTasks = (reader: Reader) =>
	reader.select().from(readinessTasks).orderBy(asc(readinessTasks.dueOn), asc(readinessTasks.key))

export async function lockTask(tx: Tx, id: string): Promise<TaskRow | null> {
	return (await tx.select().from(readinessTasks).where(eq(readinessTasks.id, id)).for('update'))[0] ?? null
}

export async function saveTask(
	tx: Tx,
	id: string,
	change: Partial<Pick<TaskRow, 'ownerId' | 'dueOn' | 'note' | 'doneAt' | 'doneBy' | 'version'>>,
): Promise<void> {
	await tx.update(readinessTasks).set(change).where(eq(readinessTasks.id, id))
}

const IN_PLAN = { id: readinessTasks.id, key: readinessTasks.key, dueOn: readinessTasks.dueOn }
type InPlan = { id: string; key: string; dueOn: string }
/** What a report made of the plan: tasks that are new, that it found again, and that it does not find any more. */
export type PlanChange = { found: InPlan[]; again: InPlan[]; mended: InPlan[] }

/**
 * Brings the plan up to what a report found: what is new is added, what is found again is open again, and what is not found any
 * more is mended, where the report may say so (`mends`). Dates and owners that somebody set stay.
 */
export async function updatePlan(
	tx: Tx,
	tasks: readonly (PlannedTask & { id: string; dueOn: string })[],
	{
		at,
		milestones,
		notJudged,
		mends,
	}: { at: Date; milestones: readonly string[]; notJudged: readonly string[]; mends: boolean },
): Promise<PlanChange> {
	const planned = await tx
		.insert(readinessTasks)
		.values(
			tasks.map(({ id, key, what, about, count, phase, owner, dueOn }) => ({
				id,
				key,
				what,
				about,
				count,
				phase,
				duty: owner,
				dueOn,
				version: 1,
			})),
		)
		.onConflictDoUpdate({
			target: readinessTasks.key,
			set: {
				count: sql`excluded.count`,
				mendedAt: null,
				// A step that was taken stays taken; a problem that is found again was not mended.
				doneAt: sql`case when ${inArray(readinessTasks.what, [...milestones])} then ${readinessTasks.doneAt} end`,
				doneBy: sql`case when ${inArray(readinessTasks.what, [...milestones])} then ${readinessTasks.doneBy} end`,
				version: sql`${readinessTasks.version} + 1`,
			},
		})
		.returning({ ...IN_PLAN, isNew: sql<boolean>`xmax = 0` })
	const mended = !mends
		? []
		: await tx
				.update(readinessTasks)
				.set({ mendedAt: at, version: sql`${readinessTasks.version} + 1` })
				.where(
					and(
						isNull(readinessTasks.mendedAt),
						// What could not be looked at is not mended.
						notJudged.length === 0 ? undefined : notInArray(readinessTasks.what, [...notJudged]),
						notInArray(
							readinessTasks.key,
							tasks.map(({ key }) => key),
						),
					),
				)
				.returning(IN_PLAN)
	return {
		found: planned.filter(({ isNew }) => isNew),
		again: planned.filter(({ isNew }) => !isNew),
		mended,
	}
}

/** How many tasks were due before this day (YYYY-MM-DD) and are neither done nor mended. */
export async function countOverdue(reader: Reader, today: string): Promise<number> {
	const [row] = await reader
		.select({ count: sql<number>`count(*)::int` })
		.from(readinessTasks)
		.where(
			and(lt(readinessTasks.dueOn, today), isNull(readinessTasks.doneAt), isNull(readinessTasks.mendedAt)),
		)
	return row?.count ?? 0
}

/** Accounts and roles with an access of ours that may be live: of what is only planned nothing was sent, and it explains nothing. */
export const liveAccesses = (reader: Reader) =>
	reader
		.select({ objectId: people.entraObjectId, role: grants.role })
		.from(grants)
		.innerJoin(people, eq(people.id, grants.personId))
		.where(inArray(grants.state, LIVE_GRANT_STATES.filter(mayBeLive)))
