import { index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import type { RefusedRole } from '#workflows/access/refused-role.ts'
import { apiTokens } from './api-tokens.ts'
import { id, instant } from './columns.ts'
import { people } from './people.ts'

/**
 * One form that was sent, and filed something: `requests.filing_key` names it. Its id is the key that the form was made with,
 * so that this row alone makes sure that a form files once, however often and wherever it is sent.
 */
export const filings = pgTable(
	'filings',
	{
		id: id(),
		filedBy: uuid('filed_by')
			.notNull()
			.references(() => people.id),
		/** Roles that were asked for in the same form and could not be filed, each with why. */
		refused: jsonb('refused').$type<RefusedRole[]>().notNull(),
		/** The token that a program filed with; null where a person sent the form. */
		tokenId: uuid('token_id').references(() => apiTokens.id),
		/** SHA-256 of what the program sent, in canonical form: the same key with something else is another matter. */
		bodySha256: text('body_sha256'),
		createdAt: instant('created_at').notNull(),
	},
	(t) => [index('filings_filed_by_idx').on(t.filedBy), index('filings_token_idx').on(t.tokenId)],
)
