import { and, eq, inArray, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import type { MethodKind, MethodTrouble } from '#workflows/people/authentication-methods.ts'
import type { TenantUser } from '#workflows/people/tenant-users.ts'
import type { PictureUser } from '#workflows/tenant/tenant-picture.ts'
import type { Reader, Tx } from '../client.ts'
import { connectionOf } from '../transaction.ts'
import { people, tenantSync, tenantUsers } from '../schema/index.ts'

export type TenantUserRow = typeof tenantUsers.$inferSelect
export type TenantSyncRow = typeof tenantSync.$inferSelect

/** Where the reading of the tenant's users stands; null before the first. */
export async function readTenantSync(reader: Reader): Promise<TenantSyncRow | null> {
	return (await reader.select().from(tenantSync))[0] ?? null
}

/** The same, locked, and made where there is none; `tenant` is what a new one is of. */
export async function lockTenantSync(tx: Tx, tenant: string): Promise<TenantSyncRow> {
	const find = () => tx.select().from(tenantSync).for('update')
	const [found] = await find()
	if (found) return found
	await tx.insert(tenantSync).values({ tenant }).onConflictDoNothing()
	const [row] = await find()
	if (!row) throw new Error('The row that was just made is not there.')
	return row
}

export async function saveTenantSync(tx: Tx, change: Partial<typeof tenantSync.$inferInsert>): Promise<void> {
	await tx.update(tenantSync).set(change)
}

/** What is known of these users, by object id. */
export async function tenantUsersOf(
	reader: Reader,
	objectIds: readonly string[],
): Promise<Map<string, TenantUserRow>> {
	if (objectIds.length === 0) return new Map()
	const rows = await reader
		.select()
		.from(tenantUsers)
		.where(sql`${tenantUsers.objectId} = any(${sql.param([...objectIds])}::uuid[])`)
	return new Map(rows.map((row) => [row.objectId, row]))
}

/**
 * Stores what users have come to in this round. What was read of their methods stays as it is. A named statement that takes its rows
 * as arrays: a tenant of 50,000 users comes in 500 pages, and one with a parameter for each value took most of the time.
 */
export async function saveTenantUsers(
	tx: Tx,
	users: readonly (TenantUser & { removedAt: Date | null })[],
	{ round, at }: { round: number; at: Date },
): Promise<void> {
	if (users.length === 0) return
	await connectionOf(tx).query({
		name: 'tenant_users_saved',
		text: `insert into tenant_users (object_id, user_principal_name, display_name, account_enabled, user_type, removed, removed_at,
				first_seen_at, seen_at, round)
			select *, $8::timestamptz, $8::timestamptz, $9::int from unnest($1::uuid[], $2::text[], $3::text[], $4::boolean[], $5::text[],
				$6::tenant_removal[], $7::timestamptz[])
			on conflict (object_id) do update set user_principal_name = excluded.user_principal_name,
				display_name = excluded.display_name, account_enabled = excluded.account_enabled, user_type = excluded.user_type,
				seen_at = excluded.seen_at, round = excluded.round, removed = excluded.removed, removed_at = excluded.removed_at`,
		values: [
			users.map(({ objectId }) => objectId),
			users.map(({ userPrincipalName }) => userPrincipalName),
			users.map(({ displayName }) => displayName),
			users.map(({ accountEnabled }) => accountEnabled),
			users.map(({ userType }) => userType),
			users.map(({ removed }) => removed),
			users.map(({ removedAt }) => removedAt),
			at,
			round,
		],
	})
}

/** Marks whoever a reading of everyone did not name as no longer there, and gives their object ids. */
export async function markUnlisted(tx: Tx, round: number, at: Date): Promise<string[]> {
	const rows = await tx
		.update(tenantUsers)
		.set({ removed: 'unlisted', removedAt: at })
		.where(and(lt(tenantUsers.round, round), isNull(tenantUsers.removed)))
		.returning({ objectId: tenantUsers.objectId })
	return rows.map(({ objectId }) => objectId)
}

/** Forgets users who were removed before this instant and are nobody's account here. */
export async function forgetRemoved(tx: Tx, before: Date): Promise<void> {
	await tx
		.delete(tenantUsers)
		.where(
			and(
				lt(tenantUsers.removedAt, before),
				sql`not exists (select 1 from ${people} where ${people.entraObjectId} = ${tenantUsers.objectId})`,
			),
		)
}

/** Ids of the people whose accounts these are, by object id. */
export async function peopleByObjectId(
	reader: Reader,
	objectIds: readonly string[],
): Promise<Map<string, string>> {
	if (objectIds.length === 0) return new Map()
	const rows = await reader
		.select({ id: people.id, objectId: people.entraObjectId })
		.from(people)
		.where(inArray(people.entraObjectId, [...objectIds]))
	return new Map(rows.map(({ id, objectId }) => [objectId, id]))
}

/** Stores what was read of somebody's authentication methods, or why nothing could be. */
export async function saveMethods(
	tx: Tx,
	objectId: string,
	outcome: { kinds: readonly MethodKind[] } | { trouble: MethodTrouble },
	at: Date,
): Promise<void> {
	await tx
		.update(tenantUsers)
		.set(
			'kinds' in outcome
				? { methodKinds: [...outcome.kinds], methodsReadAt: at, methodsTriedAt: at, methodsTrouble: null }
				: { methodsTriedAt: at, methodsTrouble: outcome.trouble },
		)
		.where(eq(tenantUsers.objectId, objectId))
}

/** Forgets what was read of methods before this instant: it tells nothing any more. */
export async function forgetOldMethods(tx: Tx, before: Date): Promise<void> {
	await tx
		.update(tenantUsers)
		.set({ methodKinds: null, methodsReadAt: null })
		.where(and(isNotNull(tenantUsers.methodsReadAt), lt(tenantUsers.methodsReadAt, before)))
}

/**
 * Users of this tenant as the mirror has them, for whoever judges all of them at once; null where it was never read whole, is of
 * another tenant, was last brought up to date before `since`, or cannot be now: who was disabled meanwhile is not known then. What
 * a directory on-premises keeps is not part of it.
 */
export async function pictureUsers(
	reader: Reader,
	tenant: string,
	since: Date,
): Promise<PictureUser[] | null> {
	const sync = await readTenantSync(reader)
	if (sync === null || sync.tenant !== tenant || sync.trouble !== null) return null
	if (sync.finishedAt === null || sync.finishedAt < since) return null
	const rows = await reader
		.select({
			objectId: tenantUsers.objectId,
			displayName: tenantUsers.displayName,
			userPrincipalName: tenantUsers.userPrincipalName,
			accountEnabled: tenantUsers.accountEnabled,
			userType: tenantUsers.userType,
		})
		.from(tenantUsers)
		.where(isNull(tenantUsers.removed))
	return rows.map(({ userType, ...user }) => {
		const type = userType?.toLowerCase()
		return {
			...user,
			userType: type === 'member' || type === 'guest' ? type : 'unknown',
			syncedFromOnPremises: null,
		}
	})
}
