import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import { openHeadGuard } from '#app/integrations/head-guard.server.ts'
import { openLogKeys } from '#app/integrations/log-keys.server.ts'
import { auditLog } from '#app/services/ledger/audit-log.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { openDatabase, type Database } from '#db/client.ts'
import { startEmbedded, type EmbeddedPostgres } from '#db/embedded/launcher.ts'
import { isAlive } from '#db/embedded/processes.ts'
import { migrateDatabase } from '#db/migrate.ts'
import { latestCheckpoint } from '#db/queries/ledger.ts'
import { mountSmallDisk } from '#test/fakes/small-disk.ts'
import { writeEntries } from './write-entries.ts'

const ORIGIN = 'disk.example/log'
const random = (length: number) => new Uint8Array(randomBytes(length))

/** A log whose database lies on a disk that can be filled. The log's key and its head guard lie elsewhere. */
async function openLog(folder: string) {
	const file = join(folder, 'log-key.json')
	const settings = { max_wal_size: '64MB', min_wal_size: '32MB' }
	let server: EmbeddedPostgres | null = null
	let database: Database | null = null
	const open = async () => {
		server = await startEmbedded({ dataDirectory: join(folder, 'disk/data'), settings })
		await migrateDatabase(server.connection)
		database = openDatabase(server.connection, { max: 3 })
		// A server that falls away takes its idle connections with it.
		database.pool.on('error', () => undefined)
		return {
			database,
			signer: openLogKeys({ file, originIfNew: ORIGIN, external: null, randomBytes: random }),
			headGuard: openHeadGuard(join(folder, 'log-head.json'), ORIGIN),
			now: () => new Date(),
			newId: () => uuidv7(),
			randomBytes: random,
		}
	}
	const close = async () => {
		const [pool, running] = [database, server]
		;[database, server] = [null, null]
		await pool?.close()
		await running?.stop()
	}
	/** After room was made: the server recovers by itself, or had given up and is started again, as npm start would. */
	const answering = async (deps: Awaited<ReturnType<typeof open>>) => {
		while (server !== null && isAlive(server.pid, { name: 'postgres' })) {
			const answer = await deps.database.pool.query('select 1').catch(() => null)
			if (answer !== null) return deps
			await pause(200)
		}
		await close()
		return open()
	}
	return { open, close, answering }
}

test(
	'a database that runs out of disk loses nothing that was committed, and the log holds once there is room',
	{ timeout: 300_000 },
	async (context) => {
		const folder = mkdtempSync(join(tmpdir(), 'charterkeep-disk-'))
		chmodSync(folder, 0o711)
		const disk = mountSmallDisk(join(folder, 'disk'), '256m')
		if (disk === null) return context.skip()
		const log = await openLog(folder)
		try {
			let deps = await log.open()
			let written = 0
			const seen: string[] = []
			const write = async (count: number) => {
				await writeEntries(deps, count)
				written += count
			}
			const keep = async () => seen.push((await latestCheckpoint(deps.database.db))?.note ?? '')
			const demandWhole = async () => {
				await sequencePending(deps)
				await keep()
				for (const since of [null, ...seen]) {
					const report = await auditLog(deps.database.db, { vkey: deps.signer.vkey, since })
					expect(report).toMatchObject({ entries: written, pending: 0, problems: [] })
				}
				expect(deps.headGuard.last()?.size).toBe(written)
			}
			await write(300)
			await sequencePending(deps)
			await keep()

			// No page more for a table: the batch is not added, and nothing of it is signed.
			await write(3000)
			disk.fill()
			await expect(sequencePending(deps)).rejects.toMatchObject({ code: '53100' })
			expect((await latestCheckpoint(deps.database.db))?.note).toBe(seen[0])
			expect(deps.headGuard.last()?.size).toBe(300)
			disk.makeRoom()
			await demandWhole()

			// No page more for what PostgreSQL writes ahead: the server itself gives up, whatever it is doing.
			await write(3000)
			disk.fill()
			const crash = async () => {
				for (let n = 0; n < 200; n++)
					await deps.database.pool.query(`select pg_logical_emit_message(true, 'fill', repeat('x', 1000000))`)
			}
			const [sequenced, crashed] = await Promise.allSettled([sequencePending(deps), crash()])
			expect([sequenced.status, crashed.status]).toEqual(['rejected', 'rejected'])
			disk.makeRoom()
			deps = await log.answering(deps)
			await demandWhole()
		} finally {
			disk.makeRoom()
			await log.close().finally(disk.unmount)
			rmSync(folder, { recursive: true, force: true })
		}
	},
)
