import { sql } from 'drizzle-orm'
import { check, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { SUBSCRIPTION_TROUBLES } from '#workflows/tenant/subscriptions.ts'
import { amongTexts, id, instant } from './columns.ts'

/** What the tenant is asked to tell us of, one row for each place; made before it is asked, so that its first word is known. */
export const graphSubscriptions = pgTable(
	'graph_subscriptions',
	{
		id: id(),
		/** Which tenant it is of. */
		tenant: text('tenant').notNull(),
		/** `/users`, or the members of a group. */
		resource: text('resource').notNull(),
		/** Where the tenant is to tell us. */
		url: text('url').notNull(),
		/** The tenant's own id of it; null while there is none. */
		subscriptionId: text('subscription_id').unique(),
		/** SHA-256 of the secret by which its deliveries are known, in hex. */
		stateSha256: text('state_sha256').notNull(),
		expiresAt: instant('expires_at'),
		/** When the tenant asked that it be confirmed; null once it was. */
		reauthorizeAt: instant('reauthorize_at'),
		/** When it last told of something. */
		heardAt: instant('heard_at'),
		trouble: text('trouble', { enum: SUBSCRIPTION_TROUBLES }),
		troubleCode: text('trouble_code'),
		notBefore: instant('not_before'),
	},
	(t) => [
		check('graph_subscriptions_state', sql`${t.stateSha256} ~ '^[0-9a-f]{64}$'`),
		check('graph_subscriptions_trouble', sql`${t.trouble} in ${amongTexts(SUBSCRIPTION_TROUBLES)}`),
		check('graph_subscriptions_made', sql`(${t.subscriptionId} is null) = (${t.expiresAt} is null)`),
	],
)

/** That somebody wants a look at the tenant now. One row, whoever asks: a look that begins later is an answer to all of them. */
export const lookAsks = pgTable(
	'look_asks',
	{
		id: integer('id').primaryKey().default(1),
		askedAt: instant('asked_at').notNull(),
		/** When an officer last asked for one that reads the rules of the tenant as well. */
		everythingAskedAt: instant('everything_asked_at'),
	},
	(t) => [check('look_asks_one', sql`${t.id} = 1`)],
)
