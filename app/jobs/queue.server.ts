import { PgBoss, type JobResult } from 'pg-boss'
import type { ConnectionTarget, Tx } from '#db/client.ts'
import { grantSchema } from '#db/role.ts'
import { bringForward, JOBS_SCHEMA, type Query } from '#db/queries/waiting-jobs.ts'
import { findGrant } from '#db/queries/requests.ts'
import { targetLock } from '#app/services/access/shared-target.server.ts'
import type { Lane } from '#app/integrations/graph/buckets.ts'
import { inLane } from '#app/integrations/graph/urgency.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { sweepLapses } from '#app/services/lapse/sweep.server.ts'
import { rejudgeOpen } from '#app/services/amendments/rejudge-open.server.ts'
import { connectionOf, withoutParameters } from '#db/transaction.ts'
import { commandSchema, type OutwardCommand } from '#workflows/shared/commands.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { auditRecord, isAuditDue } from './audit-record.server.ts'
import { endFindingSessions } from './end-finding-sessions.server.ts'
import { extendGrant } from './extend-grant.server.ts'
import { endTenantSessions } from './end-tenant-sessions.server.ts'
import { followLockbox } from './follow-lockbox.server.ts'
import { performReading } from '#app/services/readiness/readings.server.ts'
import { withJobLock } from './job-lock.server.ts'
import { provisionGrant } from './provision-grant.server.ts'
import { findingLock, removeFinding } from './remove-finding.server.ts'
import { readBackGrants } from './read-back.server.ts'
import { endSessions } from './end-sessions.server.ts'
import { removeGrant } from './remove-grant.server.ts'
import { TryAgain } from './try-again.ts'
import { askOnce } from './waiting-jobs.server.ts'

type Of<T extends OutwardCommand['type']> = Extract<OutwardCommand, { type: T }>
type Performer<C extends OutwardCommand> = {
	/** What the command is about. Two jobs about the same thing, or the same place at the tenant, never run at once. */
	about: (command: C) => string
	handle: (deps: Deps, about: string) => Promise<void>
	priority: number
	/** How urgent its calls to the tenant are. */
	lane: Lane
	/** How many are worked on at once, and how many of those each worker fetches together. Default: four workers, one each. */
	atOnce?: { workers: number; each: number }
	/** How long one may take before it is thought dead though its worker lives, in seconds. Default: two minutes. */
	expiresAfter?: number
}

const findingId = (command: { findingId: string }) => command.findingId
const grantId = (command: { grantId: string }) => command.grantId

/** What performs each command. Removal comes before everything else: an access that must end waits for nobody. */
const HANDLERS: { readonly [T in OutwardCommand['type']]: Performer<Of<T>> } = {
	// Most of a removal is waiting for its turn and for the tenant's lists: what does that holds nothing but memory.
	'grant.remove': {
		about: grantId,
		handle: removeGrant,
		priority: 100,
		lane: 'revoke',
		atOnce: { workers: 8, each: 120 },
	},
	'finding.remove': { about: findingId, handle: removeFinding, priority: 99, lane: 'revoke' },
	'finding.end_sessions': { about: findingId, handle: endFindingSessions, priority: 89, lane: 'sessions' },
	'charter.rejudge': {
		about: ({ charterVersionId }) => charterVersionId,
		handle: rejudgeOpen,
		priority: 95,
		lane: 'grant',
	},
	'grant.end_sessions': { about: grantId, handle: endSessions, priority: 90, lane: 'sessions' },
	'person.end_sessions': {
		about: ({ suspensionId }) => suspensionId,
		handle: endTenantSessions,
		priority: 98,
		lane: 'sessions',
	},
	// The provider's clock runs, and a denial may be all that keeps somebody out.
	'lockbox.follow': {
		about: ({ requestId }) => requestId,
		handle: followLockbox,
		priority: 80,
		lane: 'grant',
	},
	// Nobody's access waits for it. A tenant with thousands of holders is read for some minutes, with every pause it asks for.
	'readiness.read': {
		about: ({ readingId }) => readingId,
		handle: performReading,
		priority: 1,
		lane: 'sync',
		expiresAfter: 6 * 3600,
	},
	'grant.extend': { about: grantId, handle: extendGrant, priority: 20, lane: 'grant' },
	'grant.provision': { about: grantId, handle: provisionGrant, priority: 10, lane: 'grant' },
}
const QUEUES = Object.keys(HANDLERS) as OutwardCommand['type'][]

/** A job never gives up by itself: what it must bring about is either confirmed or stays an open incident. */
const RETRY = { retryLimit: 1_000_000, retryDelay: 1, retryBackoff: true, retryDelayMax: 30 }
/** A killed worker's job comes back after the heartbeat is missed. */
const livenessOf = (type: OutwardCommand['type']) => ({
	heartbeatSeconds: 10,
	// Where hundreds wait for their turn, the last of those that were fetched together takes its time.
	expireInSeconds: HANDLERS[type].expiresAfter ?? (HANDLERS[type].atOnce === undefined ? 120 : 600),
})
/** Workers are told of a job with the commit that asks for it; they look by themselves where telling failed. */
const LOOKING = { pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 0.5 }

const SWEEP = 'lapse.sweep'
const SWEEP_CRON = '*/5 * * * *'
const SWEEP_LIVENESS = { heartbeatSeconds: 30, expireInSeconds: 3600 }

const READ_BACK = 'grants.read_back'
const READ_BACK_CRON = '*/2 * * * *'

const AUDIT = 'record.audit'
/** Every night, at an odd minute; and soon after a start that comes later than a day after the last. */
const AUDIT_CRON = '17 3 * * *'
const AUDIT_LIVENESS = { heartbeatSeconds: 30, expireInSeconds: 12 * 3600 }

/** Opens pg-boss on the same database; jobs are enqueued inside the transaction of the step that asks for them. */
export async function openQueue(target: ConnectionTarget, onError: (error: Error) => void) {
	const boss = new PgBoss({
		...target,
		schema: JOBS_SCHEMA,
		max: 6,
		superviseIntervalSeconds: 5,
		application_name: 'charterkeep-jobs',
		useListenNotify: true,
	})
	boss.on('error', onError)
	await boss.start()
	for (const name of QUEUES) {
		const options = { ...RETRY, ...livenessOf(name), notify: true }
		if ((await boss.getQueue(name)) === null) await boss.createQueue(name, options)
		else await boss.updateQueue(name, options)
	}
	if ((await boss.getQueue(AUDIT)) === null)
		await boss.createQueue(AUDIT, { policy: 'singleton', retryLimit: 3, retryDelay: 60, ...AUDIT_LIVENESS })
	if ((await boss.getQueue(SWEEP)) === null)
		await boss.createQueue(SWEEP, { policy: 'singleton', retryLimit: 0, ...SWEEP_LIVENESS })
	if ((await boss.getQueue(READ_BACK)) === null)
		await boss.createQueue(READ_BACK, { policy: 'singleton', retryLimit: 0, ...SWEEP_LIVENESS })
	await grantSchema(target, JOBS_SCHEMA)
	return {
		/** Asks for these in the transaction; what waits already, with nobody at work on it, is asked for once. */
		enqueue: async (tx: Tx, commands: readonly OutwardCommand[]): Promise<void> => {
			const query: Query = (text, values) => connectionOf(tx).query(text, values)
			for (const queue of QUEUES) {
				const jobs = commands.filter(({ type }) => type === queue).map(jobOf)
				await askOnce(boss, query, queue, jobs)
			}
		},
		/** Starts performing jobs. */
		async work(deps: Deps): Promise<void> {
			for (const name of QUEUES) {
				const { workers, each } = HANDLERS[name].atOnce ?? { workers: 4, each: 1 }
				const options = {
					...LOOKING,
					localConcurrency: workers,
					batchSize: each,
					perJobResults: true,
				} as const
				await boss.work(name, options, (jobs) => performAll(deps, boss, jobs))
			}
			await boss.work(AUDIT, { pollingIntervalSeconds: 30 }, async () => {
				await withJobLock(deps.database, AUDIT, async () => void (await auditRecord(deps, target)))
			})
			await boss.work(SWEEP, { pollingIntervalSeconds: 10 }, async () => {
				await withJobLock(deps.database, SWEEP, async () => void (await sweepLapses(deps)))
			})
			await boss.work(READ_BACK, { pollingIntervalSeconds: 10 }, async () => {
				await withJobLock(
					deps.database,
					READ_BACK,
					async () => void (await inLane('read-back', () => readBackGrants(deps))),
				)
			})
			await boss.schedule(READ_BACK, READ_BACK_CRON)
			await boss.schedule(SWEEP, SWEEP_CRON)
			await boss.schedule(AUDIT, AUDIT_CRON)
			if (await isAuditDue(deps)) await boss.send(AUDIT, {}, { singletonKey: 'start' })
		},
		/** Lets running jobs finish for a moment, then stops. */
		async stop(): Promise<void> {
			await boss.stop({ graceful: true, timeout: 3000, close: true })
		},
	}
}

const performerOf = ({ type }: OutwardCommand) => HANDLERS[type] as Performer<OutwardCommand>
/** What the command is about: two of one type with the same key are the same. */
const keyOf = (command: OutwardCommand) => performerOf(command).about(command)
const jobOf = (data: OutwardCommand) => ({
	data,
	...RETRY,
	...livenessOf(data.type),
	priority: performerOf(data).priority,
	singletonKey: keyOf(data),
})

/** Two jobs on the same place at the tenant never run at once, whether a grant or a finding asks for them. */
async function lockOf(deps: Deps, command: OutwardCommand, id: string): Promise<string> {
	// Ending sessions touches no place: whoever ends the access does not wait for it.
	if (command.type === 'grant.end_sessions') return `sessions ${id}`
	if ('grantId' in command) return targetLock(await findGrant(deps.database.db, id))
	return command.type === 'finding.remove' ? findingLock(deps, id) : id
}

/**
 * All that were fetched together. The next begins when the one before has begun: otherwise the first of hundreds would wait
 * for the preparations of all of them.
 */
async function performAll(
	deps: Deps,
	boss: PgBoss,
	jobs: readonly { id: string; data: unknown }[],
): Promise<JobResult[]> {
	const results: Promise<JobResult>[] = []
	for (const { id, data } of jobs) {
		const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
		results.push(settled(id, perform(deps, boss, data, begin)).finally(begin))
		await begun
	}
	return Promise.all(results)
}

/** How a job ended; one that fails does not fail those that were fetched with it. */
async function settled(id: string, work: Promise<void>): Promise<JobResult> {
	try {
		await work
		return { id, status: 'completed' }
	} catch (error) {
		return { id, status: 'failed', output: { message: error instanceof Error ? error.message : 'unknown' } }
	}
}

/** `begin` is called once nothing but the work itself is left. */
async function perform(deps: Deps, boss: PgBoss, data: unknown, begin: () => void): Promise<void> {
	const command = commandSchema.parse(data) as OutwardCommand
	const { type } = command
	const { handle, lane } = performerOf(command)
	const id = keyOf(command)
	const query: Query = (text, values) => deps.database.pool.query(text, values)
	const inMs = (ms: number) => new Date(Date.now() + ms)
	const again = (afterMs: number) => askOnce(boss, query, type, [jobOf(command)], inMs(afterMs))
	try {
		const lock = await lockOf(deps, command, id)
		const wasFree = await withJobLock(deps.database, lock, () => {
			begin()
			return inLane(lane, () => handle(deps, id))
		})
		// Whoever has the lock may have looked before this was asked for.
		if (!wasFree) await again(500)
	} catch (error) {
		// The workflow has gone on to another state in the meantime: this command has nothing left to do.
		if (isDomainError(error) && error.code === 'ILLEGAL_TRANSITION') return
		deps.log.warn(
			{ job: type, about: id, error: withoutParameters(error) },
			'a job did not finish and will run again',
		)
		if (error instanceof TryAgain && error.afterMs !== null) {
			await again(error.afterMs)
			return
		}
		// Another one that waits does it as well.
		const waiting = await bringForward(query, type, [id], inMs(RETRY.retryDelayMax * 1000))
		if (waiting.length === 0) throw error
	}
}
