import { and, desc, eq, inArray, lt, notInArray, or, sql } from 'drizzle-orm'
import type { ApprovedGrant } from '#workflows/grants/approved-grants.ts'
import { CLOSED_GRANT_STATES } from '#workflows/grants/grant-states.ts'
import type { PolicyBaseline } from '#workflows/grants/weakened-policies.ts'
import type { Reader, Tx } from '../client.ts'
import { amongTexts } from '../schema/columns.ts'
import { grants, people, policyBaselines, reconcileRuns, tenantUsers } from '../schema/index.ts'
import { isOfTenant } from './finding-tenants.ts'

export type RunRow = typeof reconcileRuns.$inferSelect

/** Every grant of this tenant that is not over, and those that ended after then; what no tenant was asked for yet is of any. */
export async function grantsSince(
	reader: Reader,
	closedAfter: Date,
	tenantId: string,
): Promise<ApprovedGrant[]> {
	const rows = await reader
		.select({ id: grants.id, personId: grants.personId, state: grants.state, context: grants.context })
		.from(grants)
		.where(
			and(
				isOfTenant(grants.tenantId, tenantId),
				or(
					sql`${grants.state} not in ${amongTexts(CLOSED_GRANT_STATES)}`,
					sql`(${grants.context} ->> 'closedAt') > ${closedAfter.toISOString()}`,
				),
			),
		)
	return rows.map(({ id, personId, state, context }) => ({
		grantId: id,
		personId,
		principalId: context.principalId.toLowerCase(),
		place: context.place,
		state,
		startsAt: context.startsAt,
		endsAt: context.endsAt,
		closedAt: context.closedAt,
		scheduleId: context.scheduleId,
		acceptedDrift: context.acceptedDrift,
	}))
}

/** What each rule of this tenant was at its strictest. */
export async function readBaselines(reader: Reader, tenantId: string): Promise<Map<string, PolicyBaseline>> {
	const rows = await reader
		.select()
		.from(policyBaselines)
		.where(isOfTenant(policyBaselines.tenantId, tenantId))
	return new Map(rows.map(({ key, baseline }) => [key, baseline]))
}

export async function saveBaselines(
	tx: Tx,
	baselines: ReadonlyMap<string, PolicyBaseline>,
	{ seenAt, tenantId }: { seenAt: Date; tenantId: string },
): Promise<void> {
	for (const [key, baseline] of baselines)
		await tx
			.insert(policyBaselines)
			.values({ key, baseline, seenAt, tenantId })
			.onConflictDoUpdate({ target: policyBaselines.key, set: { baseline, seenAt, tenantId } })
}

/** Who is who among these accounts: people of ours by their object id, in lower case. */
export async function peopleByAccount(
	reader: Reader,
	objectIds: readonly string[],
): Promise<Map<string, string>> {
	const ids = uuidsOf(objectIds)
	if (ids.length === 0) return new Map()
	const rows = await reader
		.select({ id: people.id, objectId: people.entraObjectId })
		.from(people)
		.where(inArray(people.entraObjectId, ids))
	return new Map(rows.map(({ id, objectId }) => [objectId.toLowerCase(), id]))
}

export type KnownAccount = { name: string | null; userPrincipalName: string | null; userType: string | null }
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const uuidsOf = (ids: readonly string[]) => [...new Set(ids)].filter((each) => UUID.test(each))

/** What the mirror of the tenant's users says of these accounts, by object id in lower case. */
export async function accountsById(
	reader: Reader,
	objectIds: readonly string[],
): Promise<Map<string, KnownAccount>> {
	const ids = uuidsOf(objectIds)
	if (ids.length === 0) return new Map()
	const rows = await reader
		.select({
			objectId: tenantUsers.objectId,
			name: tenantUsers.displayName,
			userPrincipalName: tenantUsers.userPrincipalName,
			userType: tenantUsers.userType,
		})
		.from(tenantUsers)
		.where(inArray(tenantUsers.objectId, ids))
	return new Map(rows.map(({ objectId, ...account }) => [objectId.toLowerCase(), account]))
}

export async function insertRun(tx: Tx, row: typeof reconcileRuns.$inferInsert): Promise<void> {
	await tx.insert(reconcileRuns).values(row)
}

/**
 * The last look, of one kind or of any, at one tenant or at any; `well` leaves out those that could not be done, and those that could
 * not see who holds which role, `looked` only the former.
 */
export async function lastRun(
	reader: Reader,
	{
		what,
		well = false,
		looked = false,
		tenantId,
	}: { what?: RunRow['what']; well?: boolean; looked?: boolean; tenantId?: string } = {},
): Promise<RunRow | null> {
	const [row] = await reader
		.select()
		.from(reconcileRuns)
		.where(
			and(
				what === undefined ? undefined : eq(reconcileRuns.what, what),
				well ? sql`${reconcileRuns.trouble} is null` : undefined,
				looked
					? sql`(${reconcileRuns.trouble} is null or ${reconcileRuns.trouble} = 'ROLES_UNREAD')`
					: undefined,
				tenantId === undefined ? undefined : isOfTenant(reconcileRuns.tenantId, tenantId),
			),
		)
		.orderBy(desc(reconcileRuns.finishedAt))
		.limit(1)
	return row ?? null
}

/** What the rules of a tenant are read in: what was not answered in passing is asked again soon. */
const RULE_PARTS = ['conditionalAccess', 'authenticationStrengths', 'rolePolicies'] as const
export const isRulePart = (part: string) => RULE_PARTS.some((one) => one === part)
const PASSING = ['throttled', 'unavailable'] as const

/** The last look that could read the rules of the tenant (this one, or any) as well, or was told for good that it may not. */
export async function lastRulesRun(reader: Reader, tenantId?: string): Promise<RunRow | null> {
	const [row] = await reader
		.select()
		.from(reconcileRuns)
		.where(
			and(
				eq(reconcileRuns.what, 'everything'),
				sql`${reconcileRuns.trouble} is null`,
				tenantId === undefined ? undefined : isOfTenant(reconcileRuns.tenantId, tenantId),
				sql`not exists (select from jsonb_array_elements(${reconcileRuns.unread}) as elements(part)
					where part ->> 'part' in ${amongTexts(RULE_PARTS)} and part ->> 'why' in ${amongTexts(PASSING)})`,
			),
		)
		.orderBy(desc(reconcileRuns.finishedAt))
		.limit(1)
	return row ?? null
}

/** Forgets looks of before then, but for the last of each kind. */
export async function purgeRuns(tx: Tx, before: Date): Promise<void> {
	const kept = [
		await lastRun(tx),
		await lastRun(tx, { well: true }),
		await lastRun(tx, { what: 'everything', well: true }),
		await lastRulesRun(tx),
	]
	const ids = kept.flatMap((row) => (row === null ? [] : [row.id]))
	await tx
		.delete(reconcileRuns)
		.where(
			and(
				lt(reconcileRuns.finishedAt, before),
				ids.length === 0 ? undefined : notInArray(reconcileRuns.id, ids),
			),
		)
}
