import { bigint, check, index, integer, pgEnum, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { sql } from 'drizzle-orm'
import { bytea, id, instant } from './columns.ts'
import { people } from './people.ts'

export const evidenceType = pgEnum('evidence_type', ['application/pdf', 'image/jpeg', 'image/png'])

/**
 * Files that facts rest on, encrypted with AES-256-GCM in one piece, cut up afterwards. `sha256` is of the file as it was
 * given, which facts and the record name. Erased with the facts of the person.
 */
export const evidenceFiles = pgTable(
	'evidence_files',
	{
		id: id(),
		personId: uuid('person_id')
			.notNull()
			.references(() => people.id),
		type: evidenceType('type').notNull(),
		sha256: text('sha256').notNull(),
		bytes: bigint('bytes', { mode: 'number' }).notNull(),
		/** Which of the keys it was encrypted with. */
		keyId: text('key_id').notNull(),
		nonce: bytea('nonce').notNull(),
		tag: bytea('tag').notNull(),
		storedAt: instant('stored_at').notNull(),
		storedBy: uuid('stored_by')
			.notNull()
			.references(() => people.id),
	},
	(t) => [
		index('evidence_files_person_idx').on(t.personId),
		index('evidence_files_storer_idx').on(t.storedBy),
		check('evidence_files_sha256', sql`${t.sha256} ~ '^[0-9a-f]{64}$'`),
		check('evidence_files_nonce', sql`octet_length(${t.nonce}) = 12 and octet_length(${t.tag}) = 16`),
	],
)

/** The encrypted file of an `evidence_files` row, in pieces. */
export const evidencePieces = pgTable(
	'evidence_pieces',
	{
		fileId: uuid('file_id')
			.notNull()
			.references(() => evidenceFiles.id, { onDelete: 'cascade' }),
		position: integer('position').notNull(),
		bytes: bytea('bytes').notNull(),
	},
	(t) => [primaryKey({ columns: [t.fileId, t.position] })],
)
