/** Schema of pg-boss, which makes and keeps its tables itself, as the owner of the database. */
export const JOBS_SCHEMA = 'pgboss'

/** Runs a statement on the connection of a transaction, or on any. */
export type Query = (text: string, values?: unknown[]) => Promise<{ rows: { key: string }[] }>

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
			select id from ${JOBS_SCHEMA}.job
			where name = $1 and singleton_key = any($2::text[]) and state < 'active'
			for update skip locked
		)
		update ${JOBS_SCHEMA}.job job set start_after = least(job.start_after, $3::timestamptz)
		from waiting
		where job.name = $1 and job.id = waiting.id
		returning job.singleton_key as key`,
		[queue, [...keys], at],
	)
	return rows.map(({ key }) => key)
}
