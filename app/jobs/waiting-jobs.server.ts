import type { JobInsert, PgBoss } from 'pg-boss'
import { bringForward, type Query } from '#db/queries/waiting-jobs.ts'

/*
 * One job waits for each thing that is to be done, however often it is asked for: an access that the tenant does not let go of is
 * asked for anew every minute, and jobs never give up. A job that runs already does not count, since it may have looked before.
 */

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
