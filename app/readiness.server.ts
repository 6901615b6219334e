import type { Database } from '#db/client.ts'
import { isUpToDate } from '#db/migrate.ts'
import { readHealth } from '#db/queries/ledger.ts'
import type { Heartbeat } from './jobs/worker.server.ts'
import type { Backlog } from './services/ledger/backlog.server.ts'

/** A worker that has not finished a pass for so long is stuck. */
const WORKER_IS_LATE_MS = 15_000

const CHECKS = ['database', 'migrations', 'worker', 'sequencer', 'audit', 'backlog'] as const
type Checks = Record<(typeof CHECKS)[number], boolean>

export type Readiness = () => Promise<{ ready: boolean; checks: Checks }>

/**
 * What `/readyz` asks: whether the database answers and is of this version; whether the worker gets through its passes
 * (`heartbeat` is null where this process has none); whether the log is signed, its last audit found nothing wrong, and
 * there is room for what people begin. What cannot be found out is not well. Never rejects.
 */
export function readinessOf({
	database,
	backlog,
	heartbeat,
	milliseconds,
}: {
	database: Database
	backlog: Backlog
	heartbeat: (() => Heartbeat) | null
	/** The clock that the heartbeat is told by. */
	milliseconds: () => number
}): Readiness {
	const isWorking = () => {
		if (heartbeat === null) return true
		const { failure, at } = heartbeat()
		return failure === null && milliseconds() - at < WORKER_IS_LATE_MS
	}
	const health = async () => {
		const { sequencer, audit } = await readHealth(database.db)
		return { sequencer: isOk(sequencer), audit: isOk(audit) }
	}
	return async () => {
		const [isUp, isCurrent, record, hasRoom] = await Promise.all([
			known(async () => (await database.pool.query('select 1')).rowCount === 1, false),
			known(() => isUpToDate(database.pool), false),
			known(health, { sequencer: false, audit: false }),
			known(async () => !(await backlog.isFull()), false),
		])
		const checks = {
			database: isUp,
			migrations: isCurrent,
			worker: isWorking(),
			...record,
			backlog: hasRoom,
		}
		return { ready: CHECKS.every((check) => checks[check]), checks }
	}
}

const isOk = (part: { state: string } | undefined) => (part?.state ?? 'ok') === 'ok'

const known = <T>(ask: () => Promise<T>, otherwise: T): Promise<T> => ask().catch(() => otherwise)
