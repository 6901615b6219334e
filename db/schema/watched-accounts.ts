import { boolean, index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import type { PartTrouble } from '#workflows/tenant/tenant-picture.ts'
import type { WatchedState } from '#workflows/tenant/watched-account.ts'
import { instant } from './columns.ts'

/** Why something of a watched account could not be read. */
export type WatchTrouble = {
	part: 'signIns' | 'account' | 'methods' | 'policies'
	why: PartTrouble
	code: string | null
}

/** Accounts that a charter says are only watched, each as it was last seen. They are of nobody. */
export const watchedAccounts = pgTable('watched_accounts', {
	objectId: text('object_id').primaryKey(),
	state: jsonb('state').$type<WatchedState>().notNull(),
	/** When account, methods and policies were last asked for. */
	lookedAt: instant('looked_at'),
	/** Up to when sign-ins were read without a gap. */
	signInsReadTo: instant('sign_ins_read_to'),
	trouble: jsonb('trouble').$type<WatchTrouble[]>().notNull(),
})

/** Sign-ins of watched accounts, by the tenant's own ids: each was told once. */
export const watchedSignIns = pgTable(
	'watched_sign_ins',
	{
		id: text('id').primaryKey(),
		objectId: text('object_id')
			.notNull()
			.references(() => watchedAccounts.objectId),
		at: instant('at').notNull(),
		succeeded: boolean('succeeded').notNull(),
		errorCode: integer('error_code').notNull(),
		application: text('application'),
		ipAddress: text('ip_address'),
		toldAt: instant('told_at').notNull(),
		entryId: uuid('entry_id').notNull(),
	},
	(t) => [index('watched_sign_ins_account_idx').on(t.objectId, t.at)],
)
