import { sql } from 'drizzle-orm'
import { boolean, check, index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { id, instant } from './columns.ts'
import { people } from './people.ts'

/** What a directory or an HR system presents to provision people (SCIM). Only the hash of the token is stored. */
export const scimTokens = pgTable(
	'scim_tokens',
	{
		id: id(),
		/** Which system holds it, as an officer called it. */
		name: text('name').notNull(),
		tokenSha256: text('token_sha256').notNull(),
		createdBy: uuid('created_by')
			.notNull()
			.references(() => people.id),
		createdAt: instant('created_at').notNull(),
		/** Set when another one takes over from it; until then both work. */
		expiresAt: instant('expires_at'),
		lastUsedAt: instant('last_used_at'),
		revokedAt: instant('revoked_at'),
		/** The token that it took over from. */
		replaces: uuid('replaces'),
	},
	(t) => [
		uniqueIndex('scim_tokens_token_key').on(t.tokenSha256),
		uniqueIndex('scim_tokens_replaces_key').on(t.replaces),
		index('scim_tokens_creator_idx').on(t.createdBy),
		check('scim_tokens_hash', sql`${t.tokenSha256} ~ '^[0-9a-f]{64}$'`),
	],
)

/** What a provisioning system says of a person beside what `people` holds; without a row it has said nothing yet. */
export const scimUsers = pgTable(
	'scim_users',
	{
		personId: uuid('person_id')
			.primaryKey()
			.references(() => people.id),
		externalId: text('external_id'),
		givenName: text('given_name'),
		familyName: text('family_name'),
		email: text('email'),
		employeeNumber: text('employee_number'),
		managerId: uuid('manager_id').references(() => people.id),
		active: boolean('active').notNull(),
		/** Taken away by the provisioning system: it finds the person no more, while the record keeps what it rests on. */
		removedAt: instant('removed_at'),
		updatedAt: instant('updated_at').notNull(),
	},
	(t) => [
		uniqueIndex('scim_users_external_key').on(t.externalId),
		uniqueIndex('scim_users_employee_key').on(t.employeeNumber),
		index('scim_users_manager_idx').on(t.managerId),
		check('scim_users_removed', sql`${t.removedAt} is null or not ${t.active}`),
		check('scim_users_manager', sql`${t.managerId} is null or ${t.managerId} <> ${t.personId}`),
	],
)
