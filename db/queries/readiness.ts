import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lt, notInArray, or, sql } from 'drizzle-orm'
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

/** Keys of advisory locks are numbers; this one stands for the plan of readiness. */
const PLAN_LOCK = 727_284

/** Held to the end of the transaction by whoever stores a report: which of two was read later is seen by the second. */
export async function holdPlan(tx: Tx): Promise<void> {
	await tx.execute(sql`select pg_advisory_xact_lock(${PLAN_LOCK})`)
}

/** One report by its number; where none is named, the one that was read last. Null where there is none. */
export async function findReport(reader: Reader, number: number | null): Promise<ReportRow | null> {
	const [row] = await reader
		.select()
		.from(readinessReports)
		.where(number === null ? undefined : eq(readinessReports.number, number))
		.orderBy(...LATEST_FIRST)
		.limit(1)
	return row ?? null
}

/** Files can be older than a report that stands already: what a tenant held follows the order in which it was read. */
const LATEST_FIRST = [desc(readinessReports.readAt), desc(readinessReports.number)]

/** Ids of tenants are in lower case in a report. */
const isOf = (tenantId: string) => sql`${readinessReports.report} ->> 'tenantId' = ${tenantId.toLowerCase()}`

/** The report of the same tenant that was read before this one; of two that were read at one time the one that was made first. */
export async function reportBefore(
	reader: Reader,
	{ number, readAt, tenantId }: { number: number; readAt: Date; tenantId: string },
): Promise<ReportRow | null> {
	const [row] = await reader
		.select()
		.from(readinessReports)
		.where(
			and(
				or(
					lt(readinessReports.readAt, readAt),
					and(eq(readinessReports.readAt, readAt), lt(readinessReports.number, number)),
				),
				isOf(tenantId),
			),
		)
		.orderBy(...LATEST_FIRST)
		.limit(1)
	return row ?? null
}

/**
 * The number of a report of this tenant that was read later than `readAt`; null where none was. With `number` only those count that
 * stood before the report of that number was made.
 */
export async function reportReadLater(
	reader: Reader,
	{ tenantId, readAt, number = null }: { tenantId: string; readAt: Date; number?: number | null },
): Promise<number | null> {
	const [row] = await reader
		.select({ number: readinessReports.number })
		.from(readinessReports)
		.where(
			and(
				gt(readinessReports.readAt, readAt),
				number === null ? undefined : lt(readinessReports.number, number),
				isOf(tenantId),
			),
		)
		.orderBy(...LATEST_FIRST)
		.limit(1)
	return row?.number ?? null
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
export type PlanChange = {
	found: InPlan[]
	/** `isDueAnew`: it had been mended, and so has a new date. */
	again: (InPlan & { isDueAnew: boolean })[]
	mended: InPlan[]
}

/**
 * Brings the plan up to what a report found: what is new is added, what is found again is open again, and what is not found any
 * more is mended, where the report may say so (`mends`). Dates and owners that somebody set stay, but for the date of what was mended
 * and comes back. The plan is held by then (`holdPlan`).
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
	const before = await tx
		.select({ id: readinessTasks.id })
		.from(readinessTasks)
		.where(isNotNull(readinessTasks.mendedAt))
	const wasMended = new Set(before.map(({ id }) => id))
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
				// What comes back is a new thing to do, by a new day.
				dueOn: sql`case when ${readinessTasks.mendedAt} is null then ${readinessTasks.dueOn} else excluded.due_on end`,
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
		again: planned
			.filter(({ isNew }) => !isNew)
			.map((task) => ({ ...task, isDueAnew: wasMended.has(task.id) })),
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
