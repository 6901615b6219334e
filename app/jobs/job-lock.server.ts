import type pg from 'pg'
import type { Database } from '#db/client.ts'

const LOCK_SPACE = 727_275

/** The locks that this process holds on one database, all of them by one connection. */
type Keeper = {
	held: Set<string>
	client: Promise<pg.PoolClient> | null
}
const keepers = new WeakMap<Database, Keeper>()

/**
 * Runs `work` while no other worker, here or in another process, works on the same thing (a grant, a charter version); gives false at once when
 * another does. A session lock of PostgreSQL: it falls with the connection, so a killed worker leaves none behind.
 * It is no transaction: calls to the tenant may take their time inside. Hundreds of removals wait for their turn at once,
 * so the locks of a process share one connection, which goes back into the pool with the last of them.
 */
export async function withJobLock(
	database: Database,
	id: string,
	work: () => Promise<void>,
): Promise<boolean> {
	const keeper = keepers.get(database) ?? { held: new Set(), client: null }
	keepers.set(database, keeper)
	// PostgreSQL would give a session the same lock twice.
	if (keeper.held.has(id)) return false
	keeper.held.add(id)
	const connecting = (keeper.client ??= database.pool.connect())
	let isBroken = true
	try {
		const client = await connecting
		const { rows } = await client.query<{ taken: boolean }>(
			'select pg_try_advisory_lock($1, hashtext($2)) as taken',
			[LOCK_SPACE, id],
		)
		if (rows[0]?.taken !== true) {
			isBroken = false
			return false
		}
		try {
			await work()
		} finally {
			await client.query('select pg_advisory_unlock($1, hashtext($2))', [LOCK_SPACE, id])
		}
		isBroken = false
		return true
	} catch (error) {
		// What the work threw says nothing of the connection, which has given its lock back by now.
		isBroken = !(await isAlive(connecting))
		throw error
	} finally {
		keeper.held.delete(id)
		await letGo(keeper, connecting, isBroken)
	}
}

const isAlive = async (connecting: Promise<pg.PoolClient>): Promise<boolean> => {
	try {
		await (await connecting).query('select')
		return true
	} catch {
		// It is not: whoever asked drops it.
		return false
	}
}

/** A connection that is lost, and its locks with it, is nobody's any more; one that nobody needs goes back. */
async function letGo(keeper: Keeper, connecting: Promise<pg.PoolClient>, isBroken: boolean): Promise<void> {
	if (keeper.client !== connecting || (!isBroken && keeper.held.size > 0)) return
	keeper.client = null
	try {
		const client = await connecting
		client.release(isBroken)
	} catch {
		// There never was a connection.
	}
}
