import { sql, type Assume, type SQL } from 'drizzle-orm'
import type { QueryResultRow } from 'pg'
import type { Reader } from '../client.ts'

/** Rows in one fetch: enough that the way there and back does not count, few enough to hold. */
export const HISTORY_BATCH = 1000

/**
 * The rows of a query in batches, by a cursor: memory holds one batch, and the next is fetched while the caller works on
 * this one. `reader` must be inside a transaction. One at a time on one connection.
 */
export async function* streamCursor<Row extends Record<string, unknown>>(
	reader: Reader,
	query: SQL,
	batch: number = HISTORY_BATCH,
): AsyncGenerator<Assume<Row, QueryResultRow>[]> {
	await reader.execute(sql`declare history no scroll cursor for ${query}`)
	const fetch = async () => {
		const { rows } = await reader.execute<Row>(sql`fetch forward ${sql.raw(String(batch))} from history`)
		return rows
	}
	let next = fetch()
	try {
		for (;;) {
			const rows = await next
			if (rows.length < batch) {
				next = Promise.resolve([])
				if (rows.length > 0) yield rows
				return
			}
			next = fetch()
			// Whoever stops early does not wait for this one; its failure is nobody's then.
			next.catch(() => undefined)
			yield rows
		}
	} finally {
		await next.catch(() => undefined)
		await reader.execute(sql`close history`).catch(() => undefined)
	}
}
