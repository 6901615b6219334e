import { sql } from 'drizzle-orm'
import {
	bigint,
	boolean,
	check,
	index,
	jsonb,
	pgEnum,
	pgTable,
	text,
	uniqueIndex,
	uuid,
} from 'drizzle-orm/pg-core'
import { bytea, id, instant } from './columns.ts'
import { people } from './people.ts'

export const credentials = pgTable(
	'credentials',
	{
		id: id(),
		personId: uuid('person_id')
			.notNull()
			.references(() => people.id),
		/** The authenticator's credential id, base64url. */
		credentialId: text('credential_id').notNull(),
		/** COSE_Key bytes. */
		publicKey: bytea('public_key').notNull(),
		signCount: bigint('sign_count', { mode: 'number' }).notNull(),
		aaguid: text('aaguid').notNull(),
		transports: jsonb('transports').$type<string[]>().notNull(),
		backedUp: boolean('backed_up').notNull(),
		/** Not eligible for backup: the key cannot leave the authenticator. Unknown counts as eligible. */
		deviceBound: boolean('device_bound').notNull().default(false),
		/** The attestation was verified against a root that is known here. */
		attested: boolean('attested').notNull().default(false),
		/** Id of the `passkey.enrolled` entry: decisions name it as their evidence. */
		entryId: uuid('entry_id').notNull(),
		createdAt: instant('created_at').notNull(),
		lastUsedAt: instant('last_used_at'),
		/** Signs nothing any more from then on. */
		revokedAt: instant('revoked_at'),
	},
	(t) => [
		uniqueIndex('credentials_credential_key').on(t.credentialId),
		index('credentials_person_idx').on(t.personId),
		check('credentials_sign_count', sql`${t.signCount} >= 0`),
	],
)

/** One-time links for enrolment. Only the hash of the token is stored. */
export const enrolmentLinks = pgTable(
	'enrolment_links',
	{
		id: id(),
		personId: uuid('person_id')
			.notNull()
			.references(() => people.id),
		tokenSha256: text('token_sha256').notNull(),
		createdAt: instant('created_at').notNull(),
		expiresAt: instant('expires_at').notNull(),
		usedAt: instant('used_at'),
	},
	(t) => [
		uniqueIndex('enrolment_links_token_key').on(t.tokenSha256),
		index('enrolment_links_person_idx').on(t.personId),
	],
)

export const challengePurpose = pgEnum('challenge_purpose', [
	'enrol',
	'sign_in',
	'decision',
	'amendment',
	'suspension',
	'vetting',
	'break_glass',
	'api_token',
	'lockbox',
	'finding',
])

/** A ceremony that was begun. The row is deleted before its answer is verified, so no answer counts twice. */
export const challenges = pgTable(
	'challenges',
	{
		id: id(),
		purpose: challengePurpose('purpose').notNull(),
		/** Null for a sign-in: the passkey says who it is. */
		personId: uuid('person_id').references(() => people.id),
		/** What the authenticator signs, base64url. */
		challenge: text('challenge').notNull(),
		/** Exactly what is being decided or enrolled; for a decision the envelope whose hash is the challenge. */
		payload: jsonb('payload').$type<unknown>().notNull(),
		createdAt: instant('created_at').notNull(),
		expiresAt: instant('expires_at').notNull(),
	},
	(t) => [index('challenges_person_idx').on(t.personId), index('challenges_expiry_idx').on(t.expiresAt)],
)

export const sessions = pgTable(
	'sessions',
	{
		id: id(),
		tokenSha256: text('token_sha256').notNull(),
		personId: uuid('person_id')
			.notNull()
			.references(() => people.id),
		createdAt: instant('created_at').notNull(),
		expiresAt: instant('expires_at').notNull(),
		lastSeenAt: instant('last_seen_at').notNull(),
		endedAt: instant('ended_at'),
	},
	(t) => [
		uniqueIndex('sessions_token_key').on(t.tokenSha256),
		index('sessions_person_idx').on(t.personId),
		index('sessions_expiry_idx').on(t.expiresAt),
	],
)
