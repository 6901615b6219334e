import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { id, instant } from './columns.ts'

/** Every charter version that was ever in force, by its exact text. Rows never change. */
export const charterVersions = pgTable(
	'charter_versions',
	{
		id: id(),
		charterId: text('charter_id').notNull(),
		version: integer('version').notNull(),
		yaml: text('yaml').notNull(),
		textSha256: text('text_sha256').notNull(),
		inForceFrom: instant('in_force_from').notNull(),
		/** Id of the `charter.in_force` entry, to which requests and decisions are pinned. */
		entryId: uuid('entry_id').notNull(),
	},
	(t) => [
		uniqueIndex('charter_versions_version_key').on(t.charterId, t.version),
		index('charter_versions_force_idx').on(t.inForceFrom),
		check('charter_versions_positive', sql`${t.version} > 0`),
	],
)
