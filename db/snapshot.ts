import { drizzle } from 'drizzle-orm/node-postgres'
import type pg from 'pg'
import type { Reader } from './client.ts'
import * as schema from './schema/index.ts'

/** A reader that sees the database as it was at one moment, whatever is written meanwhile. Holds a connection until closed. */
export type Snapshot = { reader: Reader; close(): Promise<void> }

/**
 * Opens a snapshot: a read-only transaction at REPEATABLE READ. Old row versions are kept while it is open, so whoever
 * reads on behalf of somebody far away must stop when they are too slow: after `idleSeconds` without a query the server
 * ends it, and the next read fails.
 */
export async function openSnapshot(
	pool: pg.Pool,
	{ idleSeconds = 300 }: { idleSeconds?: number } = {},
): Promise<Snapshot> {
	const client = await pool.connect()
	try {
		await client.query('begin isolation level repeatable read read only')
		await client.query(`set local idle_in_transaction_session_timeout = '${Math.ceil(idleSeconds)}s'`)
	} catch (error) {
		client.release(true)
		throw error
	}
	let isOpen = true
	return {
		reader: drizzle(client, { schema }),
		async close() {
			if (!isOpen) return
			isOpen = false
			// The connection may be gone already; nothing was written that could be lost with it.
			await client.query('rollback').catch(() => undefined)
			client.release(client.getTransactionStatus() !== 'I')
		},
	}
}
