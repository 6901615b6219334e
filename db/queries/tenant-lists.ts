import { sql, type SQL } from 'drizzle-orm'
import { LIVE_GRANT_STATES } from '#workflows/grants/grant.machine.ts'
import {
	METHOD_KINDS,
	PHISHING_RESISTANT,
	type MethodKind,
} from '#workflows/people/authentication-methods.ts'
import type { Removal } from '#workflows/people/tenant-users.ts'
import type { Reader } from '../client.ts'
import { grants, people, tenantUsers } from '../schema/index.ts'
import { likeText } from './people.ts'
import type { TenantUserRow } from './tenant-users.ts'

export const TENANT_FILTERS = [
	'all',
	'notices',
	'proposed',
	'unlinked',
	'linked',
	'no_method',
	'unknown_method',
	'without_account',
] as const
export type TenantFilter = (typeof TENANT_FILTERS)[number]

/** A user of the tenant, a person, or both where they are the same. */
export type TenantLine = {
	objectId: string | null
	userPrincipalName: string | null
	displayName: string | null
	accountEnabled: boolean | null
	userType: string | null
	removed: Removal | null
	removedAt: Date | null
	methods: Pick<TenantUserRow, 'methodKinds' | 'methodsReadAt' | 'methodsTrouble'>
	/** `linked` by object id, or `proposed` by the name of an account that is recorded for another object id. */
	person: { id: string; name: string; link: 'linked' | 'proposed'; active: boolean } | null
}

const held = (table: string, personId: SQL, at: SQL) =>
	sql`exists (select 1 from ${sql.identifier(table)} held where held.person_id = ${personId}
		and held.retracted_at is null and held.valid_from <= ${at}
		and (held.valid_until is null or held.valid_until > ${at}))`

/** Whether somebody holds a role, an access, a clearance or an employment, so that they have accesses or may ask for them. */
const activeAt = (personId: SQL, at: Date) => {
	const now = sql`${at.toISOString()}::timestamptz`
	return sql`(${sql.join(
		[
			held('appointments', personId, now),
			held('employments', personId, now),
			held('clearances', personId, now),
			sql`exists (select 1 from ${grants} where ${grants.personId} = ${personId}
				and ${grants.state} in ${[...LIVE_GRANT_STATES]})`,
		],
		sql` or `,
	)})`
}

const ERASED = sql`'%@erased.invalid'`
const texts = (values: Iterable<string>) =>
	sql`array[${sql.join(
		[...values].map((value) => sql`${value}`),
		sql`, `,
	)}]::text[]`

/**
 * Who a user is here: linked by object id; proposed where somebody is recorded under the name of the account, and what is
 * recorded as their account is none that the tenant has.
 */
const matched = sql`
	from ${tenantUsers} u
	left join ${people} l on l.entra_object_id = u.object_id
	left join ${people} p on l.id is null and u.removed is null and lower(p.user_principal_name) = lower(u.user_principal_name)
		and not exists (select 1 from ${tenantUsers} o where o.object_id = p.entra_object_id and o.removed is null)`

function conditionOf(filter: TenantFilter, at: Date, heldSince: Date): SQL {
	const read = sql`u.method_kinds is not null and u.methods_read_at >= ${heldSince.toISOString()}::timestamptz`
	const resistant = sql`u.method_kinds && ${texts(PHISHING_RESISTANT)}`
	const familiar = sql`u.method_kinds <@ ${texts(METHOD_KINDS.filter((kind) => kind !== 'unfamiliar'))}`
	const present = sql`l.id is not null and u.removed is null`
	switch (filter) {
		case 'notices':
			return sql`l.id is not null and (u.removed is not null or u.account_enabled = false) and ${activeAt(sql`l.id`, at)}`
		case 'proposed':
			return sql`p.id is not null`
		case 'unlinked':
			return sql`l.id is null and p.id is null and u.removed is null`
		case 'linked':
			return sql`l.id is not null`
		case 'no_method':
			return sql`${present} and ${read} and ${familiar} and not (${resistant})`
		case 'unknown_method':
			return sql`${present} and ${activeAt(sql`l.id`, at)} and (not (${read}) or (not (${familiar}) and not (${resistant})))`
		default:
			return sql`true`
	}
}

type Asked = { at: Date; heldSince: Date }

/** A page of users of the tenant in order of name, after the one named; `search` looks in name and user principal name. */
export async function listTenantUsers(
	reader: Reader,
	{
		filter,
		search,
		after,
		limit,
		at,
		heldSince,
	}: Asked & {
		filter: Exclude<TenantFilter, 'without_account'>
		search: string
		after: { name: string; id: string } | null
		limit: number
	},
): Promise<TenantLine[]> {
	const like = likeText(search)
	return lines(
		reader,
		sql`${matched} where ${conditionOf(filter, at, heldSince)}
		${search === '' ? sql`` : sql`and (u.display_name ilike ${like} or u.user_principal_name ilike ${like})`}
		${after === null ? sql`` : sql`and (coalesce(u.display_name, ''), u.object_id) > (${after.name}, ${after.id}::uuid)`}
		order by coalesce(u.display_name, ''), u.object_id limit ${limit}`,
		at,
	)
}

/** The users with these object ids. */
export const tenantLinesOf = async (reader: Reader, objectIds: readonly string[], at: Date) =>
	objectIds.length === 0
		? []
		: lines(
				reader,
				sql`${matched} where u.object_id in ${[...objectIds]} order by coalesce(u.display_name, ''), u.object_id`,
				at,
			)

async function lines(reader: Reader, rest: SQL, at: Date): Promise<TenantLine[]> {
	const { rows } = await reader.execute<Record<string, unknown>>(sql`
		select u.*, l.id as linked_id, l.display_name as linked_name, p.id as proposed_id, p.display_name as proposed_name,
			coalesce(l.id is not null and ${activeAt(sql`l.id`, at)}, false) as active
		${rest}`)
	return rows.map((row) => {
		const date = (name: string) => (row[name] === null ? null : new Date(row[name] as string))
		const text = (name: string) => row[name] as string | null
		const link = row.linked_id !== null ? 'linked' : 'proposed'
		const personId = text('linked_id') ?? text('proposed_id')
		return {
			objectId: text('object_id'),
			userPrincipalName: text('user_principal_name'),
			displayName: text('display_name'),
			accountEnabled: row.account_enabled as boolean | null,
			userType: text('user_type'),
			removed: row.removed as Removal | null,
			removedAt: date('removed_at'),
			methods: {
				methodKinds: row.method_kinds as MethodKind[] | null,
				methodsReadAt: date('methods_read_at'),
				methodsTrouble: row.methods_trouble as TenantUserRow['methodsTrouble'],
			},
			person:
				personId === null
					? null
					: {
							id: personId,
							name: text('linked_name') ?? text('proposed_name') ?? '',
							link,
							active: row.active as boolean,
						},
		}
	})
}

const withoutAccount = sql`from ${people} where ${people.userPrincipalName} not like ${ERASED}
	and not exists (select 1 from ${tenantUsers} u where u.object_id = ${people.entraObjectId})`

/** A page of people whose account the tenant does not have, in order of name. */
export async function peopleWithoutAccount(
	reader: Reader,
	{
		search,
		after,
		limit,
		at,
	}: { search: string; after: { name: string; id: string } | null; limit: number; at: Date },
): Promise<TenantLine[]> {
	const like = likeText(search)
	const { rows } = await reader.execute<{
		id: string
		display_name: string
		user_principal_name: string
		active: boolean
	}>(sql`
		select id, display_name, user_principal_name, ${activeAt(sql`${people.id}`, at)} as active ${withoutAccount}
		${search === '' ? sql`` : sql`and (display_name ilike ${like} or user_principal_name ilike ${like})`}
		${after === null ? sql`` : sql`and (display_name, id) > (${after.name}, ${after.id}::uuid)`}
		order by display_name, id limit ${limit}`)
	return rows.map(({ id, display_name, user_principal_name, active }) => ({
		objectId: null,
		userPrincipalName: user_principal_name,
		displayName: null,
		accountEnabled: null,
		userType: null,
		removed: null,
		removedAt: null,
		methods: { methodKinds: null, methodsReadAt: null, methodsTrouble: null },
		person: { id, name: display_name, link: 'linked', active },
	}))
}

/** How many lines each filter shows. */
export async function countTenantLines(
	reader: Reader,
	{ at, heldSince }: Asked,
): Promise<Record<TenantFilter, number>> {
	const each = TENANT_FILTERS.filter((filter) => filter !== 'without_account').map(
		(filter) =>
			sql`count(*) filter (where ${conditionOf(filter, at, heldSince)})::int as ${sql.identifier(filter)}`,
	)
	const { rows } = await reader.execute<Record<TenantFilter, number>>(sql`
		select ${sql.join(each, sql`, `)}, (select count(*)::int ${withoutAccount}) as without_account ${matched}`)
	const [counted] = rows
	if (!counted) throw new Error('A count gave no row.')
	return counted
}

/**
 * Object ids of accounts whose methods are to be read: linked, there, and of somebody who holds or may ask for access;
 * not tried since `before`. Whoever was never tried comes first.
 */
export async function dueForMethods(
	reader: Reader,
	{ at, before, limit }: { at: Date; before: Date; limit: number },
): Promise<string[]> {
	const { rows } = await reader.execute<{ object_id: string }>(sql`
		select u.object_id from ${tenantUsers} u join ${people} l on l.entra_object_id = u.object_id
		where u.removed is null and (u.methods_tried_at is null or u.methods_tried_at < ${before.toISOString()}::timestamptz)
			and ${activeAt(sql`l.id`, at)}
		order by u.methods_tried_at nulls first, u.object_id limit ${limit}`)
	return rows.map(({ object_id }) => object_id)
}
