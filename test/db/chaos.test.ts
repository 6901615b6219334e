import { setTimeout as pause } from 'node:timers/promises'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import pg from 'pg'
import { expect, test } from 'vitest'
import { openDatabase } from '#db/client.ts'
import { startEmbedded } from '#db/embedded/launcher.ts'
import { listen } from '#db/listen.ts'
import { copyOut, StreamBroken } from '#db/stream.ts'

const WRITERS = 16
const DISRUPTIONS = 10

test(
	'under ten disruptions no write is lost, no caller hangs and nothing is thrown past its caller',
	{ timeout: 120_000 },
	async () => {
		const folder = mkdtempSync(join(tmpdir(), 'charterkeep-chaos-'))
		chmodSync(folder, 0o711)
		const dataDirectory = join(folder, 'data')
		const uncaught: unknown[] = []
		const note = (error: unknown) => void uncaught.push(error)
		process.on('uncaughtException', note)
		process.on('unhandledRejection', note)
		let server = await startEmbedded({ dataDirectory })
		const database = openDatabase(server.connection, { max: WRITERS, asOwner: true })
		const acknowledged: number[] = []
		try {
			await database.pool.query('create table marks (id int primary key)')
			await database.pool.query('create table big as select generate_series(1, 400000) as n')
			let heard = 0
			const stopListening = listen(server.connection, 'chaos', () => (heard += 1))
			let stopped = false
			let next = 0
			const writers = Array.from({ length: WRITERS }, async () => {
				while (!stopped) {
					const id = next++
					try {
						await database.withTx(
							async (tx) => void (await tx.execute(sql`insert into marks values (${id})`)),
						)
						acknowledged.push(id)
					} catch {
						// Not acknowledged: it may or may not be there. Go on with another one.
						await pause(5)
					}
				}
			})
			let exports = 0
			const exporter = (async () => {
				while (!stopped) {
					try {
						for await (const chunk of copyOut(server.connection, 'select n from big', { asOwner: true }))
							expect(chunk.length).toBeGreaterThan(0)
						exports += 1
					} catch (error) {
						expect(error).toBeInstanceOf(StreamBroken)
						await pause(50)
					}
				}
			})()
			for (let i = 0; i < DISRUPTIONS; i++) {
				await pause(300)
				if (i % 3 === 2) {
					process.kill(server.pid, 'SIGKILL')
					await pause(100)
					server = await startEmbedded({ dataDirectory })
				} else {
					const admin = new pg.Client(server.connection)
					await admin.connect()
					await admin.query(
						'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = $1',
						['client backend'],
					)
					await admin.end()
				}
			}
			await pause(1500)
			await database.pool.query("select pg_notify('chaos', '')")
			await pause(500)
			stopped = true
			const hung = await Promise.race([
				Promise.all([...writers, exporter]).then(() => 0),
				pause(20_000).then(() => 1),
			])
			const { rows } = await database.pool.query<{ id: number }>('select id from marks')
			const stored = new Set(rows.map(({ id }) => id))
			expect({ hung, lost: acknowledged.filter((id) => !stored.has(id)), uncaught }).toEqual({
				hung: 0,
				lost: [],
				uncaught: [],
			})
			expect(acknowledged.length).toBeGreaterThan(100)
			expect(exports).toBeGreaterThan(0)
			expect(heard).toBeGreaterThan(0)
			await stopListening()
		} finally {
			process.off('uncaughtException', note)
			process.off('unhandledRejection', note)
			await database.close()
			await server.stop()
			rmSync(folder, { recursive: true, force: true })
		}
	},
)
