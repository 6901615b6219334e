import type { Database } from '#db/client.ts'

const LOCK_SPACE = 727_275

/**
 * Runs `work` while no other worker, here or in another process, works on the same thing (a grant, a charter version); gives false at once when
 * another does. A session lock of PostgreSQL: it falls with the connection, so a killed worker leaves none behind.
 * It is no transaction: calls to the tenant may take their time inside.
 */
export async function withJobLock(
	database: Database,
	id: string,
	work: () => Promise<void>,
): Promise<boolean> {
	const client = await database.pool.connect()
	let broken = true
	try {
		const { rows } = await client.query<{ taken: boolean }>(
			'select pg_try_advisory_lock($1, hashtext($2)) as taken',
			[LOCK_SPACE, id],
		)
		if (rows[0]?.taken !== true) {
			broken = false
			return false
		}
		try {
			await work()
		} finally {
			await client.query('select pg_advisory_unlock($1, hashtext($2))', [LOCK_SPACE, id])
		}
		broken = false
		return true
	} finally {
		// A connection that may still hold the lock must not go back into the pool.
		client.release(broken)
	}
}
