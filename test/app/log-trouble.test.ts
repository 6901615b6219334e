import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openHeadGuard } from '#app/integrations/head-guard.server.ts'
import { auditRecord, isAuditDue } from '#app/jobs/audit-record.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { openBacklog } from '#app/services/ledger/backlog.server.ts'
import { auditLog } from '#app/services/ledger/audit-log.server.ts'
import { recordStatus } from '#app/services/ledger/show-record.server.ts'
import { sequencePending, sequencerNotes } from '#app/services/ledger/sequence.server.ts'
import { createTestLog, ORIGIN, type TestLog } from '#test/app/test-log.ts'
import { mountSmallDisk } from '#test/fakes/small-disk.ts'

const MINUTE = 60_000
let log: TestLog
/** A record that asks nobody to witness it. */
const UNWITNESSED = { policy: null, mode: 'open', notes: new Map() }
let deps: Deps
let milliseconds = 0
beforeEach(async () => {
	log = await createTestLog()
	milliseconds = 0
	const backlog = openBacklog(log.deps.database, 100, () => milliseconds)
	deps = {
		...log.deps,
		backlog,
		witnessing: UNWITNESSED,
		wake: () => undefined,
		log: pino({ level: 'silent' }),
	} as unknown as Deps
})
afterEach(() => log.stop())

const size = async () => (await log.checkpoint())?.size ?? 0

describe('a clock that goes back', () => {
	const at = (shiftMs: number) => ({ ...log.deps, now: () => new Date(log.clock.now().getTime() + shiftMs) })

	test('behind the last checkpoint keeps the log from being signed until it has caught up', async () => {
		await log.write(1)
		await sequencePending(at(10 * MINUTE))
		await log.write(1)
		await expect(sequencePending(at(0))).rejects.toThrow(
			/time went back by \d+ s. Nothing is signed until it has caught up, and then it goes on by itself/,
		)
		expect(await size()).toBe(1)
		await sequencePending(at(10 * MINUTE + 5000))
		expect(await size()).toBe(2)
	})

	test('behind the entries is refused as well, and a little of it is waited for', async () => {
		log.clock.advance(10 * MINUTE)
		await log.write(1)
		await expect(sequencePending(at(-10 * MINUTE))).rejects.toThrow(/time went back/)
		// Within what the clocks of several machines lie apart: not yet, and no alarm.
		await sequencePending(at(-1500))
		expect(await size()).toBe(0)
		await sequencePending(at(MINUTE))
		expect(await size()).toBe(1)
	})
})

describe('a full disk', () => {
	test('under the head guard publishes nothing, loses nothing, and goes on when there is room again', async (context) => {
		const disk = mountSmallDisk(join(log.folder, 'disk'), '64k')
		if (disk === null) return context.skip()
		try {
			const full = { ...log.deps, headGuard: openHeadGuard(join(log.folder, 'disk/head.json'), ORIGIN) }
			await log.write(1)
			await sequencePending(full)
			disk.fill()
			await log.write(2)
			await expect(sequencePending(full)).rejects.toThrow(/cannot be kept outside the database: .*ENOSPC/)
			// Not one checkpoint further than the guard knows, and the guard still knows the last.
			expect([await size(), full.headGuard.last()?.size]).toEqual([1, 1])
			disk.makeRoom()
			await sequencePending(full)
			expect([await size(), full.headGuard.last()?.size]).toEqual([3, 3])
		} finally {
			disk.unmount()
		}
	})
})

test('what keeps the log from being signed is shown with its time, and no longer than it lasts', async () => {
	const note = sequencerNotes(deps)
	await log.write(1)
	const failing = { ...deps, signer: { ...deps.signer, vkey: '', find: () => null } }
	const error = await sequencePending(failing).catch((caught: unknown) => caught)
	await note(error)
	const { trouble, pending } = await recordStatus(deps)
	expect(trouble).toMatchObject({
		state: 'signer',
		problems: [expect.stringMatching(/private key is not here/)],
	})
	expect(pending).toBe(1)
	await sequencePending(deps)
	await note(null)
	expect((await recordStatus(deps)).trouble).toBeNull()
})

describe('new work', () => {
	test('is refused while too many entries wait, counted once a second, and let in again', async () => {
		await deps.backlog.demandRoom()
		await log.write(101)
		await deps.backlog.demandRoom()
		milliseconds += 1000
		await expect(deps.backlog.demandRoom()).rejects.toMatchObject({
			code: 'RECORD_BACKLOG',
			kind: 'unavailable',
		})
		expect((await recordStatus(deps)).isBacklogFull).toBe(true)
		await sequencePending(deps)
		milliseconds += 1000
		await deps.backlog.demandRoom()
	})

	test('is refused while too many entries have an index and no signature', async () => {
		await log.write(101)
		const failing = { ...deps, signer: { ...deps.signer, vkey: '', find: () => null } }
		await expect(sequencePending(failing)).rejects.toThrow()
		expect(await deps.backlog.count()).toBe(101)
		expect(await deps.backlog.isFull()).toBe(true)
	})
})

describe('the daily audit', () => {
	test('is an entry of the record, and due again after a day', async () => {
		expect(await isAuditDue(deps)).toBe(false)
		await log.write(300)
		await sequencePending(deps)
		expect(await isAuditDue(deps)).toBe(false)
		log.clock.advance(25 * 60 * MINUTE)
		expect(await isAuditDue(deps)).toBe(true)
		const report = await auditRecord(deps, log.connection)
		expect(report).toMatchObject({ entries: 300, checkpoints: 1, problems: [] })
		expect(await isAuditDue(deps)).toBe(false)
		await sequencePending(deps)
		const { rows } = await deps.database.pool.query<{ leaf: Buffer }>(
			`select leaf from ledger_entries where kind = 'record.audited'`,
		)
		expect(rows.map(({ leaf }) => (JSON.parse(leaf.toString()) as { open: unknown }).open)).toEqual([
			{ entries: 300, checkpoints: 1, problems: 0 },
		])
		expect((await recordStatus(deps)).audit?.problems).toEqual([])
	})

	const damages: readonly [string, string, RegExp][] = [
		[
			'an entry that was changed',
			`update ledger_entries set leaf = '\\x41' where index = 7`,
			/Entry 7 does not have the hash/,
		],
		[
			'an entry that is filed as another',
			`update ledger_entries set kind = 'grant.ended' where index = 7`,
			/Entry 7 is filed as something/,
		],
		[
			'an entry that nothing counts',
			`insert into ledger_entries select 300, gen_random_uuid(), kind, null, time, leaf, leaf_hash from ledger_entries where index = 1`,
			/has 300 entries, and 301 are stored/,
		],
		[
			'an edge that was changed',
			`update ledger_state set edge = jsonb_set(edge, '{0}', '"${'00'.repeat(32)}"')`,
			/right edge/,
		],
	]
	test.each(damages)('says %s, loudly', async (_, damage, said) => {
		await log.write(300)
		await sequencePending(deps)
		await log.owner.withTx(async (tx) => {
			await tx.execute('alter table ledger_entries disable trigger append_only_rows')
			await tx.execute(damage)
		})
		const report = await auditRecord(deps, log.connection)
		expect(report.problems.join('\n')).toMatch(said)
		expect((await recordStatus(deps)).audit?.problems).toEqual(report.problems)
	})

	test('does not take for damage what is added while it runs', async () => {
		await log.write(300)
		await sequencePending(deps)
		let isRunning = true
		const writing = (async () => {
			while (isRunning) {
				await log.write(5)
				await sequencePending(deps)
			}
		})()
		for (let i = 0; i < 5; i++)
			expect((await auditLog(deps.database.db, { vkey: deps.signer.vkey, since: null })).problems).toEqual([])
		isRunning = false
		await writing
	})
})
