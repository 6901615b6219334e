import { eq } from 'drizzle-orm'
import type { QueryConfig } from 'pg'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import type { Opening } from '#workflows/ledger/sealed-parts.schema.ts'
import type { Database, Tx } from '../client.ts'
import { ledgerCheckpoints, ledgerState } from '../schema/index.ts'
import { connectionOf } from '../transaction.ts'
import type { EntryRow, LogState } from './ledger.ts'

export type PendingRow = Omit<EntryRow, 'index' | 'leafHash'>

const PUBLISHING = [727_276, 1] as const

/*
 * Statements here are named and take their rows as arrays: PostgreSQL plans each once for a connection, and a batch is one
 * statement whatever its size.
 */

type NewEntry = { id: string; kind: EntryKind; subject: string | null; time: Date; leaf: Uint8Array }
type Openings = Readonly<Record<string, Opening>>

/** Writes an entry and its openings beside the step that it tells of; the sequencer gives it its index. */
export async function appendPending(tx: Tx, entry: NewEntry, openings: Openings): Promise<void> {
	await connectionOf(tx).query(appending(entry, openings))
}

/**
 * Writes an entry that stands for itself, with its openings. A statement is a transaction of its own in PostgreSQL, so
 * this is as whole and as durable as a transaction around it, at one round trip in the place of three.
 */
export async function appendAlone(
	{ pool }: Pick<Database, 'pool'>,
	entry: NewEntry,
	openings: Openings,
): Promise<void> {
	await pool.query(appending(entry, openings))
}

function appending(entry: NewEntry, openings: Openings): QueryConfig {
	const groups = Object.entries(openings)
	return {
		name: 'ledger_append',
		text: `with entry as (insert into ledger_pending (id, kind, subject, time, leaf) values ($1, $2, $3, $4, $5))
			insert into ledger_openings (entry_id, "group", salt, record)
			select $1, o.name, o.salt, o.record::jsonb from unnest($6::text[], $7::text[], $8::text[]) as o(name, salt, record)`,
		values: [
			entry.id,
			entry.kind,
			entry.subject,
			entry.time,
			Buffer.from(entry.leaf.buffer, entry.leaf.byteOffset, entry.leaf.byteLength),
			groups.map(([group]) => group),
			groups.map(([, { salt }]) => salt),
			groups.map(([, { record }]) => JSON.stringify(record)),
		],
	}
}

/** Locks the tree for adding to it and gives its right edge: whoever holds this lock is the only one that integrates. */
export async function lockLogState(tx: Tx): Promise<LogState> {
	const find = () => tx.select().from(ledgerState).where(eq(ledgerState.id, 1)).for('update')
	const [found] = await find()
	if (found) return { size: found.size, edge: found.edge }
	await tx.insert(ledgerState).values({ id: 1, size: 0, edge: [] }).onConflictDoNothing()
	const [row] = await find()
	if (!row) throw new Error('The state row of the log is missing.')
	return { size: row.size, edge: row.edge }
}

/** The oldest entries that wait for an index. */
export async function takePending(tx: Tx, limit: number): Promise<PendingRow[]> {
	const { rows } = await connectionOf(tx).query<PendingRow & { leaf: Buffer }>({
		name: 'ledger_take',
		text: 'select id, kind, subject, time, leaf from ledger_pending order by seq limit $1',
		values: [limit],
	})
	return rows
}

/** Whether an entry of this kind waits for its index. Exact only under the lock of the state row. */
export async function hasPendingOfKind(tx: Tx, kind: EntryKind): Promise<boolean> {
	const { rows } = await connectionOf(tx).query('select 1 from ledger_pending where kind = $1 limit 1', [
		kind,
	])
	return rows.length > 0
}

/** Puts a batch into the log; the caller has computed the indexes under the lock. */
export async function insertEntries(tx: Tx, rows: readonly EntryRow[]): Promise<void> {
	await connectionOf(tx).query({
		name: 'ledger_insert',
		text: `insert into ledger_entries (index, id, kind, subject, time, leaf, leaf_hash)
			select * from unnest($1::bigint[], $2::uuid[], $3::text[], $4::uuid[], $5::timestamptz[], $6::bytea[], $7::bytea[])`,
		values: [
			rows.map(({ index }) => index),
			rows.map(({ id }) => id),
			rows.map(({ kind }) => kind),
			rows.map(({ subject }) => subject),
			rows.map(({ time }) => time),
			rows.map(({ leaf }) => leaf),
			rows.map(({ leafHash }) => leafHash),
		],
	})
}

/** Takes from the waiting what has its index now. Gives how many those were. */
export async function deletePending(tx: Tx, ids: readonly string[]): Promise<number> {
	const { rowCount } = await connectionOf(tx).query({
		name: 'ledger_sequenced',
		text: 'delete from ledger_pending where id = any($1::uuid[])',
		values: [ids],
	})
	return rowCount ?? 0
}

/** Adds roots of full subtrees of one level, in order from index `from` on. */
export async function insertNodes(
	tx: Tx,
	level: number,
	from: number,
	hashes: readonly Uint8Array[],
): Promise<void> {
	if (hashes.length === 0) return
	await connectionOf(tx).query({
		name: 'ledger_nodes',
		text: `insert into ledger_nodes (level, index, hash)
			select $1, $2::bigint + n - 1, hash from unnest($3::bytea[]) with ordinality as h(hash, n)`,
		values: [level, from, hashes],
	})
}

export async function saveLogState(tx: Tx, { size, edge }: LogState): Promise<void> {
	await tx.update(ledgerState).set({ size, edge }).where(eq(ledgerState.id, 1))
}

/** One at a time may publish, until the end of its transaction; those that integrate do not wait for it. */
export async function lockPublishing(tx: Tx): Promise<void> {
	await connectionOf(tx).query('select pg_advisory_xact_lock($1, $2)', [...PUBLISHING])
}

export async function insertCheckpoint(tx: Tx, row: typeof ledgerCheckpoints.$inferInsert): Promise<void> {
	await tx.insert(ledgerCheckpoints).values(row)
}

/** Says how a part of the log is; `since` moves only when the state does. */
export async function saveHealth(
	tx: Tx,
	{ part, state, problems, at }: { part: 'sequencer' | 'audit'; state: string; problems: string[]; at: Date },
): Promise<void> {
	await connectionOf(tx).query({
		text: `insert into ledger_health (part, state, problems, since, at) values ($1, $2, $3, $4, $4)
			on conflict (part) do update set state = excluded.state, problems = excluded.problems, at = excluded.at,
				since = case when ledger_health.state = excluded.state then ledger_health.since else excluded.since end`,
		values: [part, state, JSON.stringify(problems), at],
	})
}
