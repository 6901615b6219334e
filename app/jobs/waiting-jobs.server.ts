import type { JobInsert, PgBoss } from 'pg-boss'

/*
 * One job waits for each thing that is to be done, however often it is asked for: an access that the tenant does not let go of is
 * asked for anew every minute, and jobs never give up. A job that runs already does not count, since it may have looked before.
 */

/** Schema of pg-boss, which makes and keeps its tables itself, as the owner of the database. */
export const SCHEMA = 'pgboss'

/** Runs a statement on the connection of a transaction, or on any. */
export type Query = (text: string, values?: unknown[]) => Promise<{ rows: { key: string }[] }>

/** A job with what it is about: two of one queue with the same key are the same. */
export type KeyedJob = JobInsert & { singletonKey: string }

/** Asks for each of these, to run at `startAfter` or at once (null), where none waits that does the same by then. */
export async function askOnce(
	boss: Pick<PgBoss, 'insert'>,
	query: Query,
	queue: string,
	jobs: readonly KeyedJob[],
	startAfter: Date | null = null,
): Promise<void> {
	const byKey = new Map(jobs.map((job) => [job.singletonKey, job]))
	if (byKey.size === 0) return
	for (const key of await bringForward(query, queue, [...byKey.keys()], startAfter ?? new Date()))
		byKey.delete(key)
	if (byKey.size === 0) return
	const left = [...byKey.values()].map((job) =>
		startAfter === null ? job : { ...job, startAfter: startAfter.toISOString() },
	)
	await boss.insert(queue, left, { db: { executeSql: query } })
}

/**
 * For which of these keys a job of this queue waits, each brought forward to `at` where it was to run later. Those jobs are locked
 * until the transaction is over: no worker begins one before it can see what the transaction did, so that nothing that rests on
 * them is lost. One that somebody else has locked may be about to begin, and is not counted.
 */
export async function bringForward(
	query: Query,
	queue: string,
	keys: readonly string[],
	at: Date,
): Promise<string[]> {
	const { rows } = await query(
		`with waiting as (
			select id from ${SCHEMA}.job
			where name = $1 and singleton_key = any($2::text[]) and state < 'active'
			for update skip locked
		)
		update ${SCHEMA}.job job set start_after = least(job.start_after, $3::timestamptz)
		from waiting
		where job.name = $1 and job.id = waiting.id
		returning job.singleton_key as key`,
		[queue, [...keys], at],
	)
	return rows.map(({ key }) => key)
}
