import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readinessOf } from '#app/readiness.server.ts'
import { openBacklog } from '#app/services/ledger/backlog.server.ts'
import type { Heartbeat } from '#app/jobs/worker.server.ts'
import { openDatabase } from '#db/client.ts'
import { saveHealth } from '#db/queries/ledger-append.ts'
import { createTestLog, type TestLog } from './test-log.ts'

const GOOD = { database: true, migrations: true, worker: true, sequencer: true, audit: true, backlog: true }
const NOW = 1_000_000

let log: TestLog
beforeEach(async () => {
	log = await createTestLog()
})
afterEach(() => log.stop())

const ask = (heartbeat: Heartbeat | null = { at: NOW, failure: null }, database = log.deps.database) =>
	readinessOf({
		database,
		backlog: openBacklog(database, 100, () => 0),
		heartbeat: heartbeat === null ? null : () => heartbeat,
		milliseconds: () => NOW,
	})()

describe('what /readyz answers', () => {
	test('is ready where all of it is well, and where this process has no worker', async () => {
		expect(await ask()).toEqual({ ready: true, checks: GOOD })
		expect(await ask(null)).toEqual({ ready: true, checks: GOOD })
	})

	test('names a database that does not answer, with all that cannot be known then', async () => {
		const gone = openDatabase({ connectionString: 'postgres://nobody@127.0.0.1:1/none' }, { max: 1 })
		try {
			expect(await ask(undefined, gone)).toEqual({
				ready: false,
				checks: {
					database: false,
					migrations: false,
					worker: true,
					sequencer: false,
					audit: false,
					backlog: false,
				},
			})
		} finally {
			await gone.close()
		}
	})

	test('names a database of another version', async () => {
		const { pool } = log.owner
		const table = 'drizzle.__drizzle_migrations'
		await pool.query(`update ${table} set hash = 'another' where id = (select max(id) from ${table})`)
		expect(await ask()).toEqual({ ready: false, checks: { ...GOOD, migrations: false } })
	})

	test.each<[string, Heartbeat]>([
		['fails', { at: NOW, failure: 'integrating' }],
		['has not finished a pass for 15 seconds', { at: NOW - 15_000, failure: null }],
	])('names a worker that %s', async (_, heartbeat) => {
		expect(await ask(heartbeat)).toEqual({ ready: false, checks: { ...GOOD, worker: false } })
		expect((await ask({ at: NOW - 14_999, failure: null })).ready).toBe(true)
	})

	test.each(['sequencer', 'audit'] as const)('names the %s that is not well', async (part) => {
		await log.deps.database.withTx((tx) =>
			saveHealth(tx, { part, state: 'failed', problems: ['Something'], at: log.clock.now() }),
		)
		expect(await ask()).toEqual({ ready: false, checks: { ...GOOD, [part]: false } })
	})

	test('names a record that is too far behind', async () => {
		await log.write(101)
		expect(await ask()).toEqual({ ready: false, checks: { ...GOOD, backlog: false } })
	})
})
