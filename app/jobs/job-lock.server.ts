import type pg from 'pg'
import type { Database } from '#db/client.ts'

const LOCK_SPACE = 727_275

/** The locks that this process holds on one database, all of them by one connection. */
type Keeper = {
	held: Set<string>
	client: Promise<pg.PoolClient> | null
	/** What was asked of the connection last: it takes one query at a time. */
	last: Promise<unknown>
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
	const keeper = keepers.get(database) ?? { held: new Set(), client: null, last: Promise.resolve() }
	keepers.set(database, keeper)
	// PostgreSQL would give a session the same lock twice.
	if (keeper.held.has(id)) return false
	keeper.held.add(id)
	const connecting = (keeper.client ??= database.pool.connect())
	let isBroken = true
	try {
		if (!(await ask(keeper, connecting, 'select pg_try_advisory_lock($1, hashtext($2)) as done', id))) {
			isBroken = false
			return false
		}
		try {
			await work()
		} finally {
			await ask(keeper, connecting, 'select pg_advisory_unlock($1, hashtext($2)) as done', id)
		}
		isBroken = false
		return true
	} catch (error) {
		// What the work threw says nothing of the connection, which has given its lock back by now.
		isBroken = !(await isAlive(keeper, connecting))
		throw error
	} finally {
		keeper.held.delete(id)
		await letGo(keeper, connecting, isBroken)
	}
}

/** What the connection answers about this lock, once it has answered those who asked before. */
function ask(
	keeper: Keeper,
	connecting: Promise<pg.PoolClient>,
	statement: string,
	id: string,
): Promise<boolean> {
	const asked = keeper.last.then(async () => {
		const { rows } = await (await connecting).query<{ done: boolean }>(statement, [LOCK_SPACE, id])
		return rows[0]?.done === true
	})
	keeper.last = asked.catch(() => undefined)
	return asked
}

async function isAlive(keeper: Keeper, connecting: Promise<pg.PoolClient>): Promise<boolean> {
	try {
		await ask(keeper, connecting, 'select $1::int is not null and $2::text is not null as done', '')
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
