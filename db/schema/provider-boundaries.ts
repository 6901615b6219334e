import { sql } from 'drizzle-orm'
import { check, index, integer, pgEnum, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { PROVIDERS } from '#workflows/lockbox/providers.ts'
import { instant, id } from './columns.ts'
import { people } from './people.ts'

export const provider = pgEnum('provider', PROVIDERS)

/** What a provider's requests for customer content are matched to: one subscription, tenant or organisation of ours there. */
export const providerBoundaries = pgTable(
	'provider_boundaries',
	{
		id: id(),
		provider: provider('provider').notNull(),
		/** How people call it. */
		name: text('name').notNull(),
		/** As the provider writes it, in lower case: `/subscriptions/{id}`, a tenant id, or any text for other providers. */
		scope: text('scope').notNull(),
		/** The provider's own role that its approvers must hold before a request arrives, by its name there. */
		approverRole: text('approver_role').notNull(),
		/** How many eligible holders there must be at every hour. */
		holdersNeeded: integer('holders_needed').notNull(),
		recordedBy: uuid('recorded_by')
			.notNull()
			.references(() => people.id),
		recordedAt: instant('recorded_at').notNull(),
		entryId: uuid('entry_id').notNull(),
		/** From then on it takes no more requests. */
		closedAt: instant('closed_at'),
	},
	(t) => [
		uniqueIndex('provider_boundaries_scope_key')
			.on(t.provider, t.scope)
			.where(sql`${t.closedAt} is null`),
		index('provider_boundaries_recorder_idx').on(t.recordedBy),
		check('provider_boundaries_needed', sql`${t.holdersNeeded} between 1 and 99`),
		check('provider_boundaries_scope', sql`${t.scope} = lower(${t.scope}) and ${t.scope} <> ''`),
	],
)
