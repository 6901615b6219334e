import {
	bigint,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	uniqueIndex,
	uuid,
} from 'drizzle-orm/pg-core'
import { bytea, id, instant } from './columns.ts'
import { people } from './people.ts'

/** A bundle that whoever holds the link may take until it expires. Only the hash of the token is stored. */
export const shares = pgTable(
	'shares',
	{
		id: id(),
		tokenSha256: text('token_sha256').notNull(),
		createdBy: uuid('created_by')
			.notNull()
			.references(() => people.id),
		/** What was asked, as the page and the bundle say it. */
		query: jsonb('query').$type<unknown>().notNull(),
		fileName: text('file_name').notNull(),
		fileSha256: text('file_sha256').notNull(),
		fileBytes: bigint('file_bytes', { mode: 'number' }).notNull(),
		createdAt: instant('created_at').notNull(),
		expiresAt: instant('expires_at').notNull(),
		endedAt: instant('ended_at'),
	},
	(t) => [uniqueIndex('shares_token_key').on(t.tokenSha256), index('shares_creator_idx').on(t.createdBy)],
)

/** The file of a share, in pieces, so that nobody has to hold it whole. Deleted when the share ends. */
export const sharePieces = pgTable(
	'share_pieces',
	{
		shareId: uuid('share_id')
			.notNull()
			.references(() => shares.id),
		position: integer('position').notNull(),
		bytes: bytea('bytes').notNull(),
	},
	(t) => [primaryKey({ columns: [t.shareId, t.position] })],
)
