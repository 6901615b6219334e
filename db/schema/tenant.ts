import { sql } from 'drizzle-orm'
import {
	boolean,
	check,
	index,
	integer,
	jsonb,
	pgEnum,
	pgTable,
	primaryKey,
	text,
	uuid,
} from 'drizzle-orm/pg-core'
import { METHOD_TROUBLES } from '#workflows/people/authentication-methods.ts'
import { REMOVALS } from '#workflows/people/tenant-users.ts'
import { TENANT_PART_KINDS, type SeenPart } from '#workflows/tenant/charter-places.ts'
import { PART_TROUBLES } from '#workflows/tenant/tenant-picture.ts'
import { grants } from './access.ts'
import { amongTexts, instant } from './columns.ts'

export const tenantRemoval = pgEnum('tenant_removal', REMOVALS)
export const methodTrouble = pgEnum('method_trouble', METHOD_TROUBLES)

/** Users of the tenant as its delta query tells of them: a mirror, and no fact about anybody. */
export const tenantUsers = pgTable(
	'tenant_users',
	{
		objectId: uuid('object_id').primaryKey(),
		userPrincipalName: text('user_principal_name'),
		displayName: text('display_name'),
		accountEnabled: boolean('account_enabled'),
		userType: text('user_type'),
		firstSeenAt: instant('first_seen_at').notNull(),
		/** When the tenant last told of this user. */
		seenAt: instant('seen_at').notNull(),
		/** The round that told of it: whoever a reading of everyone leaves out is no longer there. */
		round: integer('round').notNull(),
		removed: tenantRemoval('removed'),
		removedAt: instant('removed_at'),
		/** Kinds of authentication methods and nothing else of them: no number, address or name of a device. */
		methodKinds: text('method_kinds').array(),
		methodsReadAt: instant('methods_read_at'),
		methodsTriedAt: instant('methods_tried_at'),
		methodsTrouble: methodTrouble('methods_trouble'),
	},
	(t) => [
		index('tenant_users_upn_idx').on(sql`lower(${t.userPrincipalName})`),
		index('tenant_users_name_idx').on(sql`coalesce(${t.displayName}, '')`, t.objectId),
		index('tenant_users_tried_idx').on(t.methodsTriedAt),
		check('tenant_users_removed', sql`(${t.removed} is null) = (${t.removedAt} is null)`),
		check('tenant_users_read', sql`(${t.methodKinds} is null) = (${t.methodsReadAt} is null)`),
		check('tenant_users_tried', sql`${t.methodsTrouble} is null or ${t.methodsTriedAt} is not null`),
	],
)

export const tenantReading = pgEnum('tenant_reading', ['everyone', 'changes'])
export const tenantTrouble = pgEnum('tenant_trouble', [
	'forbidden',
	'unsupported',
	'throttled',
	'unavailable',
])

/** Where the reading of the tenant's users stands. One row: it goes on from here, whichever process does. */
export const tenantSync = pgTable(
	'tenant_sync',
	{
		id: integer('id').primaryKey().default(1),
		/** Which tenant the links and users are of. */
		tenant: text('tenant').notNull(),
		round: integer('round').notNull().default(0),
		reading: tenantReading('reading').notNull().default('everyone'),
		/** The page that comes next in the round under way; null where none is. */
		nextLink: text('next_link'),
		/** What the next round begins with; null where everyone must be read. */
		deltaLink: text('delta_link'),
		startedAt: instant('started_at'),
		finishedAt: instant('finished_at'),
		/** When an officer last asked for a round. */
		askedAt: instant('asked_at'),
		trouble: tenantTrouble('trouble'),
		troubleCode: text('trouble_code'),
		troubleSince: instant('trouble_since'),
		failures: integer('failures').notNull().default(0),
		notBefore: instant('not_before'),
		/** The same for authentication methods, where it concerns all of them. */
		methodsTrouble: methodTrouble('methods_trouble'),
		methodsTroubleCode: text('methods_trouble_code'),
		methodsTroubleSince: instant('methods_trouble_since'),
		methodsNotBefore: instant('methods_not_before'),
	},
	(t) => [
		check('tenant_sync_one', sql`${t.id} = 1`),
		check('tenant_sync_trouble', sql`(${t.trouble} is null) = (${t.troubleSince} is null)`),
		check('tenant_sync_methods', sql`(${t.methodsTrouble} is null) = (${t.methodsTroubleSince} is null)`),
	],
)

/**
 * What keeps an access from being given or taken away, or Charterkeep from the tenant as a whole (no grant). A row stands as long
 * as the trouble does; the record keeps that it was.
 */
export const tenantTroubles = pgTable(
	'tenant_troubles',
	{
		/** The grant's id, or `connection`. */
		key: text('key').primaryKey(),
		grantId: uuid('grant_id').references(() => grants.id),
		code: text('code').notNull(),
		since: instant('since').notNull(),
		seenAt: instant('seen_at').notNull(),
		/** When people were told and the record has it; null while it may be over in a moment. */
		toldAt: instant('told_at'),
	},
	(t) => [
		index('tenant_troubles_grant_idx').on(t.grantId),
		check('tenant_troubles_key', sql`${t.key} = coalesce(${t.grantId}::text, 'connection')`),
	],
)

/**
 * Where the reading of what changes in governed groups stands, one row for each fifty of them. Who is in them is kept nowhere: that
 * something changed asks for a look, and a look reads.
 */
export const tenantGroupSync = pgTable(
	'tenant_group_sync',
	{
		/** Which fifty, of all in the order of their ids. */
		part: integer('part').primaryKey(),
		/** Which tenant and which groups the links are of. */
		tenant: text('tenant').notNull(),
		groupIds: text('group_ids').array().notNull(),
		reading: tenantReading('reading').notNull().default('everyone'),
		/** The page that comes next in the round under way; null where none is, or where it begins anew. */
		nextLink: text('next_link'),
		/** What the next round begins with; null where all must be read. */
		deltaLink: text('delta_link'),
		startedAt: instant('started_at'),
		finishedAt: instant('finished_at'),
		trouble: tenantTrouble('trouble'),
		troubleCode: text('trouble_code'),
		troubleSince: instant('trouble_since'),
		failures: integer('failures').notNull().default(0),
		notBefore: instant('not_before'),
	},
	(t) => [check('tenant_group_sync_trouble', sql`(${t.trouble} is null) = (${t.troubleSince} is null)`)],
)

/**
 * What the places of the charter in force, and of amendments that are open, rest on in the tenant, as it was last read. A mirror: what
 * no charter names any more goes, and what was never read says nothing.
 */
export const tenantPlaces = pgTable(
	'tenant_places',
	{
		/** Which tenant it is of. */
		tenant: text('tenant').notNull(),
		kind: text('kind', { enum: TENANT_PART_KINDS }).notNull(),
		/** The tenant's own id of it in lower case; of PIM, whether that of roles or of groups. */
		objectId: text('object_id').notNull(),
		/** Null while it could never be read. */
		seen: jsonb('seen').$type<SeenPart>(),
		/** When the tenant said so. */
		readAt: instant('read_at'),
		/** When it was last tried; null while it was not. */
		triedAt: instant('tried_at'),
		/** When somebody last wanted it read again. */
		askedAt: instant('asked_at'),
		/** What stood in the way at the last attempt, and the tenant's own word for it. */
		trouble: text('trouble', { enum: PART_TROUBLES }),
		troubleCode: text('trouble_code'),
	},
	(t) => [
		primaryKey({ columns: [t.tenant, t.kind, t.objectId] }),
		check('tenant_places_kind', sql`${t.kind} in ${amongTexts(TENANT_PART_KINDS)}`),
		check('tenant_places_trouble', sql`${t.trouble} in ${amongTexts(PART_TROUBLES)}`),
		check('tenant_places_read', sql`(${t.seen} is null) = (${t.readAt} is null)`),
		check(
			'tenant_places_tried',
			sql`${t.triedAt} is not null or (${t.readAt} is null and ${t.trouble} is null)`,
		),
	],
)
