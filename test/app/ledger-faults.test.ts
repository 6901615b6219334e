import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openHeadGuard } from '#app/integrations/head-guard.server.ts'
import { openLogKeys } from '#app/integrations/log-keys.server.ts'
import type { Deps, LogKeys } from '#app/services/deps.ts'
import { auditLog } from '#app/services/ledger/audit-log.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { openDatabase } from '#db/client.ts'
import { latestCheckpoint } from '#db/queries/ledger.ts'
import { writeEntries } from '#test/app/write-entries.ts'
import { createTestDatabase, type TestDatabase } from '#test/database.ts'
import { openCheckpoint } from '#workflows/ledger/checkpoint.ts'

type Sequencing = Pick<Deps, 'database' | 'signer' | 'headGuard' | 'now'>
/** Not done and reported; done and reported as failed; done, and the connection is gone before anybody hears of it. */
type Mode = 'not persisted' | 'persisted' | 'persisted, connection lost'

/** What each step of the sequencer sends, in order of its happening. */
const STATEMENTS: Readonly<Record<string, RegExp>> = {
	'begin of the batch': /^begin$/,
	'the lock': /from "ledger_state" .* for update/,
	'taking the pending': /from ledger_pending order by seq/,
	'inserting the entries': /^insert into ledger_entries/,
	'deleting the pending': /^delete from ledger_pending/,
	'reading back': /"leaf", "leaf_hash" from "ledger_entries"/,
	'the subtrees': /^insert into ledger_nodes/,
	'saving the state': /^update "ledger_state"/,
	'commit of the batch': /^commit$/,
	'reading what is to be signed': /select max\("time"\) from "ledger_entries"/,
	'the lock for publishing': /pg_advisory_xact_lock/,
	'storing the checkpoint': /^insert into "ledger_checkpoints"/,
	'commit of the checkpoint': /^commit$/,
}
/** Which of the statements that look alike is meant. */
const OCCURRENCE: Readonly<Record<string, number>> = { 'commit of the checkpoint': 2 }
const MODES: readonly Mode[] = ['not persisted', 'persisted', 'persisted, connection lost']

class Injected extends Error {
	override readonly name = 'Injected'
}

let testDatabase: TestDatabase
let folder: string
let deps: Sequencing & Pick<Deps, 'newId' | 'randomBytes'>
const random = (length: number) => new Uint8Array(randomBytes(length))

beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), 'charterkeep-faults-'))
	testDatabase = await createTestDatabase()
	deps = {
		database: testDatabase.database,
		signer: keys(),
		headGuard: guard(),
		now: () => new Date(),
		newId: () => uuidv7(),
		randomBytes: random,
	}
})
afterEach(async () => {
	await testDatabase.drop()
	rmSync(folder, { recursive: true, force: true })
})

const keys = () =>
	openLogKeys({
		file: join(folder, 'key.json'),
		originIfNew: 'fault.example/log',
		external: null,
		randomBytes: random,
	})
const guard = () => openHeadGuard(join(folder, 'head.json'), 'fault.example/log')

const write = (count: number) => writeEntries(deps, count)

/** A sequencer whose database fails once, at the n-th statement of this form. */
function failingAt(
	form: RegExp,
	nth: number,
	mode: Mode,
): Sequencing & { fired: () => boolean; close(): Promise<void> } {
	const database = openDatabase(testDatabase.connection, { max: 2 })
	let seen = 0
	let fired = false
	database.pool.on('connect', (client) => {
		const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>
		const patched = (...args: unknown[]): unknown => {
			const told = args.at(-1) as ((error: unknown, result?: unknown) => void) | undefined
			if (typeof told !== 'function') return run(args)
			// A read outside of a transaction: the pool is told by a callback.
			run(args.slice(0, -1)).then(
				(result) => told(null, result),
				(error: unknown) => told(error),
			)
			return undefined
		}
		const run = async (args: unknown[]): Promise<unknown> => {
			const [config] = args as [string | { text: string }]
			const text = (typeof config === 'string' ? config : config.text).trim()
			if (fired || !form.test(text) || ++seen < nth) return query(...args)
			fired = true
			if (mode !== 'not persisted') await query(...args)
			if (mode === 'persisted, connection lost')
				(client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
			throw new Injected(text)
		}
		client.query = patched as unknown as pg.PoolClient['query']
	})
	return { ...deps, database, fired: () => fired, close: () => database.close() }
}

/** Everything holds: the log by its own audit, each checkpoint that was ever seen in it, and nothing written is lost. */
async function demandWhole(seen: readonly string[], written: number): Promise<void> {
	await sequencePending(deps)
	for (const since of [null, ...seen]) {
		const report = await auditLog(deps.database.db, { vkey: deps.signer.vkey, since })
		expect(report).toMatchObject({ problems: [], entries: written, pending: 0 })
	}
	const last = await latestCheckpoint(deps.database.db)
	expect(openCheckpoint(last?.note ?? '', deps.signer.vkey)?.size).toBe(written)
	expect(deps.headGuard.last()?.size).toBe(written)
}

const FIRST = 255
const SECOND = 260

describe.each(Object.keys(STATEMENTS))('%s fails', (step) => {
	test.each(MODES)('%s', async (mode) => {
		await write(FIRST)
		await sequencePending(deps)
		const seen = [(await latestCheckpoint(deps.database.db))?.note ?? '']
		// So many that subtrees are filled by this batch.
		await write(SECOND)
		const failing = failingAt(STATEMENTS[step] ?? /^$/, OCCURRENCE[step] ?? 1, mode)
		try {
			await expect(sequencePending(failing)).rejects.toThrow()
			expect(failing.fired()).toBe(true)
			// Whatever was published in the meantime stays true.
			seen.push((await latestCheckpoint(deps.database.db))?.note ?? '')
			const [audit] = [await auditLog(deps.database.db, { vkey: deps.signer.vkey, since: seen[0] ?? null })]
			expect(audit.problems).toEqual([])
			await write(3)
			// The same process goes on once the fault is over.
			await sequencePending(failing)
		} finally {
			await failing.close()
		}
		await demandWhole(seen, FIRST + SECOND + 3)
	})
})

describe('outside the database', () => {
	const failures: readonly [string, (fail: () => never) => Partial<Sequencing>][] = [
		['the signer, before it signed', (fail) => ({ signer: signerThat(async () => fail()) })],
		[
			'the signer, after it signed',
			(fail) => ({
				signer: signerThat(async (sign) => {
					await sign()
					return fail()
				}),
			}),
		],
		[
			'the signer, with another signature',
			() => ({ signer: signerThat(async (sign) => (await sign()).map((byte) => byte ^ 1)) }),
		],
		['the head guard, before it wrote', (fail) => ({ headGuard: { ...deps.headGuard, remember: fail } })],
		[
			'the head guard, after it wrote',
			(fail) => ({
				headGuard: {
					...deps.headGuard,
					remember: (head) => {
						deps.headGuard.remember(head)
						fail()
					},
				},
			}),
		],
		['the head guard, which cannot be read', (fail) => ({ headGuard: { ...deps.headGuard, last: fail } })],
	]
	const signerThat = (work: (sign: () => Promise<Uint8Array>) => Promise<Uint8Array>): LogKeys => ({
		...deps.signer,
		vkey: deps.signer.vkey,
		find: (vkey) => {
			const key = deps.signer.find(vkey)
			return key && { ...key, sign: (bytes) => work(() => key.sign(bytes)) }
		},
	})

	test.each(failures)('%s', async (_, broken) => {
		await write(FIRST)
		await sequencePending(deps)
		const before = await latestCheckpoint(deps.database.db)
		await write(SECOND)
		const fail = () => {
			throw new Injected('outside')
		}
		await expect(sequencePending({ ...deps, ...broken(fail) })).rejects.toThrow()
		// Nothing is published, and nobody is shown what no checkpoint covers.
		expect(await latestCheckpoint(deps.database.db)).toEqual(before)
		await demandWhole([before?.note ?? ''], FIRST + SECOND)
	})
})

test('two sequencers at once, each with a key ring and a guard of its own, sign one log', async () => {
	const others = [1, 2, 3].map((n) => {
		const database = openDatabase(testDatabase.connection, { max: 3 })
		const headGuard = openHeadGuard(join(folder, `head-${n}.json`), 'fault.example/log')
		return { ...deps, database, headGuard, signer: keys() }
	})
	const seen: string[] = []
	let written = 0
	for (let round = 0; round < 6; round++) {
		await write(40)
		written += 40
		await Promise.all([...others, deps].map((each) => sequencePending(each)))
		const note = (await latestCheckpoint(deps.database.db))?.note
		if (note !== undefined) seen.push(note)
	}
	await demandWhole(seen, written)
	for (const other of others) {
		await sequencePending(other)
		// What another signed is guarded here as well.
		expect(other.headGuard.last()?.size).toBe(written)
		await other.database.close()
	}
})
