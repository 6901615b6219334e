import { sql } from 'drizzle-orm'
import {
	bigint,
	boolean,
	check,
	index,
	integer,
	pgEnum,
	pgTable,
	primaryKey,
	text,
	uniqueIndex,
	uuid,
} from 'drizzle-orm/pg-core'
import { bytea, id, instant } from './columns.ts'
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

/** What part of an import a piece holds: the file as it was given, or pages of what the dry run showed. */
export const importPart = pgEnum('people_import_part', ['file', 'rows', 'errors'])

/**
 * Files of people or facts that were read in a dry run, and what came of them. Of a file that was applied, discarded or
 * has expired only these counts and its digest are left.
 */
export const peopleImports = pgTable(
	'people_imports',
	{
		id: id(),
		/** `people`, or a kind of fact. */
		what: text('what').notNull(),
		sha256: text('sha256').notNull(),
		bytes: bigint('bytes', { mode: 'number' }).notNull(),
		rows: integer('rows').notNull(),
		added: integer('added').notNull(),
		changed: integer('changed').notNull(),
		same: integer('same').notNull(),
		errors: integer('errors').notNull(),
		/** How many requests and accesses it ends. */
		ends: integer('ends').notNull(),
		/** Of what was shown, so that nothing else is applied. */
		planSha256: text('plan_sha256').notNull(),
		uploadedBy: uuid('uploaded_by')
			.notNull()
			.references(() => people.id),
		uploadedAt: instant('uploaded_at').notNull(),
		expiresAt: instant('expires_at').notNull(),
		appliedBy: uuid('applied_by').references(() => people.id),
		appliedAt: instant('applied_at'),
		discardedAt: instant('discarded_at'),
	},
	(t) => [
		index('people_imports_uploader_idx').on(t.uploadedBy),
		index('people_imports_applier_idx').on(t.appliedBy),
		index('people_imports_time_idx').on(t.uploadedAt),
		check(
			'people_imports_hashes',
			sql`${t.sha256} ~ '^[0-9a-f]{64}$' and ${t.planSha256} ~ '^[0-9a-f]{64}$'`,
		),
		check(
			'people_imports_counts',
			sql`${t.rows} = ${t.added} + ${t.changed} + ${t.same} + ${t.errors} and least(${t.added}, ${t.changed}, ${t.same}, ${t.errors}, ${t.ends}) >= 0`,
		),
		check('people_imports_applied', sql`(${t.appliedAt} is null) = (${t.appliedBy} is null)`),
		check('people_imports_whole', sql`${t.appliedAt} is null or ${t.errors} = 0`),
		check('people_imports_one_end', sql`${t.appliedAt} is null or ${t.discardedAt} is null`),
	],
)

/** The encrypted file of an import and pages of its dry run; gone once it is applied, discarded or over. */
export const peopleImportPieces = pgTable(
	'people_import_pieces',
	{
		importId: uuid('import_id')
			.notNull()
			.references(() => peopleImports.id, { onDelete: 'cascade' }),
		part: importPart('part').notNull(),
		position: integer('position').notNull(),
		keyId: text('key_id').notNull(),
		nonce: bytea('nonce').notNull(),
		tag: bytea('tag').notNull(),
		bytes: bytea('bytes').notNull(),
	},
	(t) => [
		primaryKey({ columns: [t.importId, t.part, t.position] }),
		check('people_import_pieces_nonce', sql`octet_length(${t.nonce}) = 12 and octet_length(${t.tag}) = 16`),
	],
)
