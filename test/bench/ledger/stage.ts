import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { openHeadGuard } from '#app/integrations/head-guard.server.ts'
import { openLogKeys } from '#app/integrations/log-keys.server.ts'
import { createLoop } from '#app/jobs/loop.server.ts'
import { GATHER_MS } from '#app/jobs/worker.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { BATCH, integratePending } from '#app/services/ledger/integrate.server.ts'
import { publishHead } from '#app/services/ledger/publish.server.ts'
import { recordAlone, recordEntry } from '#app/services/record-entry.server.ts'
import { openDatabase } from '#db/client.ts'
import { startEmbedded } from '#db/embedded/launcher.ts'
import { migrateDatabase } from '#db/migrate.ts'

type LogDeps = Pick<Deps, 'database' | 'signer' | 'headGuard' | 'now' | 'newId' | 'randomBytes'>
export type BenchLog = LogDeps & { owner: Deps['database'] }

const random = (length: number) => new Uint8Array(randomBytes(length))
/** As the worker has it. */
const TICK_MS = 400

/** A real PostgreSQL with fsync on, as Charterkeep brings it; each log gets a database of its own. */
export async function openStage(settings: Record<string, string> = {}) {
	const folder = mkdtempSync(join(tmpdir(), 'charterkeep-bench-'))
	chmodSync(folder, 0o711)
	const server = await startEmbedded({ dataDirectory: join(folder, 'data'), settings })
	const open: Deps['database'][] = []
	return {
		async log(name: string, { max = 20 }: { max?: number } = {}): Promise<BenchLog> {
			const admin = new pg.Client(server.connection)
			await admin.connect()
			await admin.query(`create database ${name}`)
			await admin.end()
			const connection = { ...server.connection, database: name }
			await migrateDatabase(connection)
			const database = openDatabase(connection, { max })
			const owner = openDatabase(connection, { max: 16, asOwner: true })
			open.push(database, owner)
			const signer = openLogKeys({
				file: join(folder, `${name}-key.json`),
				originIfNew: 'bench.example/log',
				external: null,
				randomBytes: random,
			})
			const headGuard = openHeadGuard(join(folder, `${name}-head.json`), signer.origin)
			return {
				database,
				owner,
				signer,
				headGuard,
				now: () => new Date(),
				newId: () => uuidv7(),
				randomBytes: random,
			}
		},
		async close(): Promise<void> {
			for (const database of open) await database.close()
			await server.stop()
			rmSync(folder, { recursive: true, force: true })
		},
	}
}

/** Appends one entry with a sealed group as what stands for itself is appended, such as that somebody read; gives its id. */
export const appendAlone = (log: LogDeps): Promise<string> => recordAlone(log, entryOf(log))

/** The same in a transaction that it shares with a step, which here has nothing else to store. */
export const appendInStep = (log: LogDeps): Promise<string> =>
	log.database.withTx((tx) => recordEntry(tx, log, entryOf(log)))

const entryOf = (log: LogDeps) => ({
	kind: 'request.decision_refused' as const,
	subject: SOMEBODY,
	actor: SOMEBODY,
	open: { requestId: log.newId(), stage: 0, code: 'BENCH' },
	sealed: { refusal: { message: 'The charter does not allow you to decide here.' } },
	at: log.now(),
})
const SOMEBODY = uuidv7()

/** The sequencer as the worker runs it; `published` has each checkpoint with the time at which its commit was known. */
export function startSequencer(log: LogDeps) {
	const published: { size: number; at: number }[] = []
	const fail = (error: unknown) => {
		throw error
	}
	const publishing = createLoop(
		async () => {
			const head = await publishHead(log)
			if (head !== null) published.push({ size: head.size, at: performance.now() })
		},
		{ onError: fail },
	)
	const integrating = createLoop(
		async () => {
			while ((await integratePending(log)) === BATCH) publishing.wake()
			publishing.wake()
		},
		{ onError: fail, restMs: GATHER_MS },
	)
	const ticks = setInterval(() => integrating.wake(), TICK_MS)
	return {
		published,
		wake: () => integrating.wake(),
		async stop(): Promise<void> {
			clearInterval(ticks)
			await integrating.stop()
			await publishing.stop()
		},
	}
}

export const median = (samples: readonly number[]) => quantile(samples, 0.5)

export function quantile(samples: readonly number[], q: number): number {
	const sorted = [...samples].sort((a, b) => a - b)
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0
}
