import type { ExtractTablesWithRelations } from 'drizzle-orm'
import { drizzle, type NodePgQueryResultHKT } from 'drizzle-orm/node-postgres'
import type { PgDatabase } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { asRole } from './role.ts'
import * as schema from './schema/index.ts'
import { transactionsOn, type WithTx } from './transaction.ts'

/** Reads accept the pool or a transaction. */
export type Reader = PgDatabase<
	NodePgQueryResultHKT,
	typeof schema,
	ExtractTablesWithRelations<typeof schema>
>
/** Writes accept only a transaction, so that the compiler refuses a write outside one. */
export type Tx = Parameters<Parameters<Reader['transaction']>[0]>[0]

/** Where the database is: our own server's socket, or `DATABASE_URL`. */
export type ConnectionTarget =
	| { host: string; port: number; user: string; password: string; database: string }
	| { connectionString: string }

export type Database = {
	/** For reads. */
	db: Reader
	/** The only way to write. */
	withTx: WithTx
	pool: pg.Pool
	close(): Promise<void>
}

/**
 * Opens a pool whose every connection works as the application's role, reads and writes alike; `asOwner` leaves them as
 * the user of the target, which only tests and benchmarks ask for. A lost connection rejects the queries on it and
 * never ends the process.
 */
export function openDatabase(
	target: ConnectionTarget,
	{ max = 16, asOwner = false }: { max?: number; asOwner?: boolean } = {},
): Database {
	const pool = new pg.Pool({ max, connectionTimeoutMillis: 10_000, ...(asOwner ? target : asRole(target)) })
	// An idle connection died: the pool drops it by itself, and without a listener the process would end.
	pool.on('error', ignoreLostConnection)
	// A connection in use died: its query rejects, which is where the loss is handled.
	pool.on('connect', (client) => client.on('error', ignoreLostConnection))
	return { db: drizzle(pool, { schema }), withTx: transactionsOn(pool), pool, close: () => pool.end() }
}

function ignoreLostConnection(): void {
	// Deliberately nothing: see the two callers.
}
