import { sql } from 'drizzle-orm'
import { check, index, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { ApiScope } from '#workflows/people/api-scopes.ts'
import { id, instant } from './columns.ts'
import { credentials } from './credentials.ts'
import { people } from './people.ts'

/** What a person's own programs show in their place. Only the hash of the token is stored. */
export const apiTokens = pgTable(
	'api_tokens',
	{
		id: id(),
		personId: uuid('person_id')
			.notNull()
			.references(() => people.id),
		/** What its owner calls it; blank once it was erased. */
		name: text('name').notNull(),
		tokenSha256: text('token_sha256').notNull(),
		scopes: jsonb('scopes').$type<ApiScope[]>().notNull(),
		/** The passkey that signed for it: it is worth nothing once that one is revoked. */
		credentialId: uuid('credential_id')
			.notNull()
			.references(() => credentials.id),
		createdAt: instant('created_at').notNull(),
		expiresAt: instant('expires_at').notNull(),
		lastUsedAt: instant('last_used_at'),
		revokedAt: instant('revoked_at'),
		revokedBy: uuid('revoked_by').references(() => people.id),
	},
	(t) => [
		uniqueIndex('api_tokens_token_key').on(t.tokenSha256),
		index('api_tokens_person_idx').on(t.personId, t.createdAt),
		index('api_tokens_credential_idx').on(t.credentialId),
		index('api_tokens_revoked_by_idx').on(t.revokedBy),
		index('api_tokens_created_idx').on(t.createdAt),
		check('api_tokens_ends', sql`${t.expiresAt} > ${t.createdAt}`),
	],
)
