import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openHeadGuard } from '#app/integrations/head-guard.server.ts'
import { recordEntry } from '#app/services/record-entry.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'
import { latestCheckpoint } from '#db/queries/ledger.ts'

let folder: string
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'charterkeep-head-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const root = (byte: number) => new Uint8Array(32).fill(byte)

describe('the last signed head', () => {
	test('is kept in a file, and an earlier one changes nothing', () => {
		const file = join(folder, 'head.json')
		expect(openHeadGuard(file, 'o').last()).toBeNull()
		openHeadGuard(file, 'o').remember({ size: 7, root: root(7) })
		openHeadGuard(file, 'o').remember({ size: 5, root: root(5) })
		expect(openHeadGuard(file, 'o').last()).toEqual({ size: 7, root: root(7) })
	})

	test('of another log, or one that cannot be read, is refused with what to do', () => {
		const file = join(folder, 'head.json')
		openHeadGuard(file, 'o').remember({ size: 7, root: root(7) })
		expect(() => openHeadGuard(file, 'other').last()).toThrow(/put back the one that belongs/)
		writeFileSync(file, readFileSync(file, 'utf8').slice(0, 20))
		expect(() => openHeadGuard(file, 'o').last()).toThrow(/does not hold the last signed head of o/)
	})
})

describe('a database that goes back in time', () => {
	const TABLES = ['ledger_entries', 'ledger_nodes', 'ledger_checkpoints', 'ledger_state']
	let app: TestApp
	beforeEach(async () => {
		app = await createTestApp()
	})
	afterEach(() => app.stop())

	const write = async () => {
		await app.deps.database.withTx((tx) =>
			recordEntry(tx, app.deps, {
				kind: 'amendment.withdrawn',
				subject: null,
				actor: app.actor('charter-owner').personId,
				open: { amendmentId: app.deps.newId() },
				sealed: {},
				at: app.clock.now(),
			}),
		)
		return sequencePending(app.deps)
	}
	const size = async () => (await latestCheckpoint(app.deps.database.db))?.size ?? 0
	const run = (...statements: string[]) =>
		app.owner.withTx(async (tx) => {
			for (const statement of statements) await tx.execute(sql.raw(statement))
		})
	/** What a backup does: the tables of the log as they were. */
	const backUp = (name: string) =>
		run(...TABLES.map((table) => `create table ${name}_${table} as table ${table}`))
	const restore = (name: string) =>
		run(
			...TABLES.flatMap((table) => [
				`alter table ${table} disable trigger user`,
				`delete from ${table}`,
				`insert into ${table} select * from ${name}_${table}`,
			]),
			...TABLES.filter((table) => table !== 'ledger_state').flatMap((table) =>
				['append_only_rows', 'append_only_table'].map(
					(trigger) => `alter table ${table} enable always trigger ${trigger}`,
				),
			),
		)

	test('is not signed for below what was signed before, and goes on once the newer one is back', async () => {
		await write()
		await backUp('older')
		await write()
		await backUp('newer')
		const signed = await size()
		await restore('older')
		await expect(write()).rejects.toThrow(
			`This log was signed up to ${signed} entries, and this database holds ${signed - 1}`,
		)
		expect(await size()).toBe(signed - 1)
		await restore('newer')
		// The entry that was refused its index still waits, and so nothing is lost.
		expect(await write()).toBe(2)
		expect(await size()).toBe(signed + 2)
	})

	test('and was written to elsewhere is refused: the same size is not the same log', async () => {
		await write()
		await backUp('older')
		await write()
		const here = app.deps.headGuard
		await restore('older')
		// Somebody begins anew without the file that remembers, and signs other entries up to beyond that size.
		app.deps.headGuard = openHeadGuard(join(folder, 'another'), app.deps.signer.origin)
		await write()
		await write()
		app.deps.headGuard = here
		const before = await size()
		await expect(write()).rejects.toThrow(/are not those that were signed before. Nothing is signed./)
		expect(await size()).toBe(before)
	})
})
