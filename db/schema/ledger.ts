import { sql } from 'drizzle-orm'
import {
	bigint,
	check,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	uniqueIndex,
	uuid,
} from 'drizzle-orm/pg-core'
import { bytea, instant } from './columns.ts'

/** Entries written by a step's own transaction, waiting for their index. */
export const ledgerPending = pgTable('ledger_pending', {
	/** Order of writing; never the index, since a database sequence leaves gaps. */
	seq: bigint('seq', { mode: 'number' }).generatedAlwaysAsIdentity().primaryKey(),
	id: uuid('id').notNull().unique('ledger_pending_id_key'),
	kind: text('kind').notNull(),
	subject: uuid('subject'),
	time: instant('time').notNull(),
	leaf: bytea('leaf').notNull(),
})

/** The log: exactly the bytes that were hashed. Append-only by trigger. */
export const ledgerEntries = pgTable(
	'ledger_entries',
	{
		index: bigint('index', { mode: 'number' }).primaryKey(),
		id: uuid('id').notNull(),
		kind: text('kind').notNull(),
		subject: uuid('subject'),
		time: instant('time').notNull(),
		leaf: bytea('leaf').notNull(),
		leafHash: bytea('leaf_hash').notNull(),
	},
	(t) => [
		uniqueIndex('ledger_entries_id_key').on(t.id),
		index('ledger_entries_kind_idx').on(t.kind, t.index),
		index('ledger_entries_subject_idx').on(t.subject, t.index),
		index('ledger_entries_time_idx').on(t.time),
		check('ledger_entries_index', sql`${t.index} >= 0`),
		check('ledger_entries_hash', sql`octet_length(${t.leafHash}) = 32`),
		check('ledger_entries_size', sql`octet_length(${t.leaf}) <= 65535`),
	],
)

/**
 * Roots of full subtrees of the log: `level` 1 over 256 leaves each, 2 over 256 of those, and so on. With the leaf hashes
 * they are all that tiles and proofs are made of. Written with the batch that fills them; append-only by trigger.
 */
export const ledgerNodes = pgTable(
	'ledger_nodes',
	{
		level: integer('level').notNull(),
		index: bigint('index', { mode: 'number' }).notNull(),
		hash: bytea('hash').notNull(),
	},
	(t) => [
		primaryKey({ columns: [t.level, t.index] }),
		check('ledger_nodes_level', sql`${t.level} between 1 and 7`),
		check('ledger_nodes_index', sql`${t.index} >= 0`),
		check('ledger_nodes_hash', sql`octet_length(${t.hash}) = 32`),
	],
)

/** What opens the commitments of a leaf. Erasable: no proof rests on this table. */
export const ledgerOpenings = pgTable(
	'ledger_openings',
	{
		entryId: uuid('entry_id').notNull(),
		group: text('group').notNull(),
		salt: text('salt').notNull(),
		record: jsonb('record').$type<unknown>().notNull(),
	},
	(t) => [primaryKey({ columns: [t.entryId, t.group] })],
)

/** One row: the right edge of the tree. Its lock makes the sequencer one at a time. */
export const ledgerState = pgTable(
	'ledger_state',
	{
		id: integer('id').primaryKey(),
		size: bigint('size', { mode: 'number' }).notNull(),
		/** Roots of the full subtrees from left to right, hex. */
		edge: jsonb('edge').$type<string[]>().notNull(),
	},
	(t) => [check('ledger_state_one_row', sql`${t.id} = 1`), check('ledger_state_size', sql`${t.size} >= 0`)],
)

/** Signed tree heads (C2SP checkpoints), one per batch. Append-only by trigger. */
export const ledgerCheckpoints = pgTable(
	'ledger_checkpoints',
	{
		size: bigint('size', { mode: 'number' }).primaryKey(),
		note: text('note').notNull(),
		createdAt: instant('created_at').notNull(),
	},
	(t) => [check('ledger_checkpoints_size', sql`${t.size} > 0`)],
)

/** What witnesses signed of our checkpoints (C2SP tlog-cosignature): one signature line a witness and size. Append-only by trigger. */
export const ledgerCosignatures = pgTable(
	'ledger_cosignatures',
	{
		size: bigint('size', { mode: 'number' })
			.notNull()
			.references(() => ledgerCheckpoints.size),
		/** Key of the witness, as the name and id in its verifier key: a name may change its key. */
		witness: text('witness').notNull(),
		/** The signature line as it stands in the note, without its newline. */
		line: text('line').notNull(),
		/** The time that the witness signed. */
		signedAt: instant('signed_at').notNull(),
	},
	(t) => [primaryKey({ columns: [t.size, t.witness] })],
)

/** How the log is: one row each for the sequencer and for the last audit, so that every process can show it. */
export const ledgerHealth = pgTable('ledger_health', {
	part: text('part').$type<'sequencer' | 'audit'>().primaryKey(),
	/** `ok`, or the code of what is wrong. */
	state: text('state').notNull(),
	/** What is wrong, in words for whoever runs the log. */
	problems: jsonb('problems').$type<string[]>().notNull(),
	/** Since when this state has held. */
	since: instant('since').notNull(),
	/** When it was last found so. */
	at: instant('at').notNull(),
})
