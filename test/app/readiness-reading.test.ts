import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { OutwardCommand } from '#workflows/shared/commands.ts'
import { exportReport } from '#app/services/readiness/export-report.server.ts'
import { withJudge } from '#app/services/readiness/judge-apart.server.ts'
import { judgeTenant } from '#app/services/readiness/judge-tenant.ts'
import {
	askForReading,
	askForReport,
	endOldReadings,
	performReading,
} from '#app/services/readiness/readings.server.ts'
import { loadStaged, stageFiles } from '#app/services/readiness/staged-files.server.ts'
import { showReadiness } from '#app/services/readiness/show-readiness.server.ts'
import { MAX_FILES } from '#app/services/readiness/tenant-files.ts'
import { lastReading } from '#db/queries/readiness-readings.ts'
import { readinessFilePieces } from '#db/schema/index.ts'
import type { Deps } from '#app/services/deps.ts'
import { readinessActs } from '#test/app/readiness-acts.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

const ROLE = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const GUEST = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a03'
const HOUR = 3_600_000
const ALL = { number: null, filter: { problem: null, verdict: null }, after: null }

let app: TestApp
let queued: OutwardCommand[]
let deps: Deps
beforeEach(async () => {
	app = await createTestApp()
	queued = []
	deps = {
		...app.deps,
		enqueue: (_, commands) => {
			queued.push(...commands)
			return Promise.resolve()
		},
	}
})
afterEach(() => app.stop())

const officer = () => app.actor('security-officer')
const show = () => showReadiness(deps, officer(), ALL)
const reading = async (source: 'tenant' | 'files' = 'tenant') =>
	(await show()).readings.find((each) => each.source === source)
async function asked(): Promise<string> {
	await askForReading(deps, officer())
	const [command] = queued
	if (command?.type !== 'readiness.read') throw new Error('No reading was queued.')
	return command.readingId
}

test('a reading waits as a row with its job, and asked for twice it is one', async () => {
	expect((await show()).readings).toEqual([])
	await asked()
	await askForReading(deps, officer())
	expect(queued).toHaveLength(1)
	expect(await reading()).toMatchObject({ state: 'waiting', startedAt: null, progress: null })
})

test('without the duty nothing is read', async () => {
	await expect(askForReading(deps, app.actor('auditor'))).rejects.toMatchObject({ code: 'FORBIDDEN' })
	expect(queued).toEqual([])
})

test('the job makes one report, tells how far it is meanwhile, and done again makes no other', async () => {
	for (let n = 0; n < 230; n++) {
		const id = app.deps.newId()
		app.tenant.users.put(id, { displayName: `User ${n}` })
		app.tenant.assignDirectly(id, ROLE)
	}
	const id = await asked()
	const seen: unknown[] = []
	const told: Deps = {
		...deps,
		reader: {
			...deps.reader,
			readTenant: (governed, options) =>
				deps.reader.readTenant(governed, {
					...options,
					onMethods: async (done, total) => {
						await options.onMethods?.(done, total)
						seen.push(await reading())
					},
				}),
		},
	}
	await performReading(told, id)
	const total = expect.any(Number) as number
	expect(seen).toMatchObject([
		{ state: 'reading', progress: { done: 0, total } },
		{ state: 'reading', progress: { done: 200, total } },
		{ state: 'reading', progress: { total } },
	])
	const { report, readings } = await show()
	expect(readings).toEqual([])
	expect(report).toMatchObject({ head: { source: 'tenant', number: 1 } })
	await performReading(deps, id)
	expect((await show()).reports).toHaveLength(1)
	await askForReading(deps, officer())
	expect(queued).toHaveLength(2)
})

test('two workers on one reading make one report', async () => {
	const id = await asked()
	const both = await Promise.allSettled([performReading(deps, id), performReading(deps, id)])
	expect(both.some(({ status }) => status === 'fulfilled')).toBe(true)
	expect((await show()).reports).toHaveLength(1)
})

test('a reading that breaks off without the tenant having refused stays open, and the job done again begins anew', async () => {
	const id = await asked()
	const broken: Deps = {
		...deps,
		reader: { ...deps.reader, readTenant: () => Promise.reject(new Error('broke off')) },
	}
	await expect(performReading(broken, id)).rejects.toThrow('broke off')
	expect(await reading()).toMatchObject({ state: 'reading' })
	await performReading(deps, id)
	expect((await show()).report).not.toBeNull()
})

test('a tenant that refuses everything ends it with why, and it can be asked for again', async () => {
	app.tenant.grantOnly([])
	const id = await asked()
	await performReading(deps, id)
	expect(await reading()).toMatchObject({ state: 'failed', trouble: 'TENANT_UNREAD' })
	expect((await show()).report).toBeNull()
	app.clock.advance(1000)
	await askForReading(deps, officer())
	expect(queued).toHaveLength(2)
	expect((await lastReading(app.deps.database.db, 'tenant'))?.finishedAt).toBeNull()
})

describe('a report of files', () => {
	const file = (name: string, rows: unknown) => ({ name, bytes: Buffer.from(JSON.stringify(rows)) })
	const ROLES = file('roleAssignments.json', [
		{ id: 'x', principalId: GUEST, roleDefinitionId: ROLE, directoryScopeId: '/' },
	])
	const USERS = file('users.json', [{ id: GUEST, displayName: 'Visiting auditor', userType: 'Guest' }])
	const pieces = async () =>
		(await app.deps.database.pool.query<{ bytes: Buffer }>('select bytes from readiness_file_pieces')).rows
	async function given(files = [USERS, ROLES]): Promise<string> {
		await askForReport(deps, officer(), { files, readAt: app.clock.now() })
		const command = queued.at(-1)
		if (command?.type !== 'readiness.read') throw new Error('No reading was queued.')
		return command.readingId
	}

	test('waits as a row with its job and the files, which nobody can read in the database, and is made of them', async () => {
		const id = await given()
		expect(await reading('files')).toMatchObject({ state: 'waiting', startedAt: null, problems: [] })
		const kept = await pieces()
		expect(kept).toHaveLength(2)
		expect(kept.some(({ bytes }) => /Visiting|users/.test(bytes.toString('latin1')))).toBe(false)
		await performReading(deps, id)
		const { report, readings, lines } = await show()
		expect(report).toMatchObject({ head: { source: 'files', number: 1, maker: officer().displayName } })
		expect(lines).toMatchObject([{ name: 'Visiting auditor', verdict: 'unknownPerson' }])
		expect(readings).toEqual([])
		expect(await pieces()).toEqual([])
		await performReading(deps, id)
		expect((await show()).reports).toHaveLength(1)
	})

	test('may be of the two files of each of five hundred holders: one digest stands for all in the record, and the report keeps each', async () => {
		const holder = (n: number) => `5eed0000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`
		const files = Array.from({ length: 500 }, (_, n) => [
			file(`methods-${holder(n)}.json`, []),
			file(`fido2Methods-${holder(n)}.json`, []),
		]).flat()
		await performReading(deps, await given([ROLES, ...files]))
		const { report, reports } = await show()
		expect(report).not.toHaveProperty('filesSha256')
		const [open] = await readinessActs(() => app).entries('readiness.reported')
		const hex = (what: string | Uint8Array) => createHash('sha256').update(what).digest('hex')
		const each = [ROLES, ...files].map(({ bytes }) => hex(bytes)).sort()
		expect(open).toMatchObject({
			files: { count: 1001, sha256: hex(each.map((one) => `${one}\n`).join('')) },
		})
		expect(open).not.toHaveProperty('filesSha256')
		const text = await exportReport(deps, officer(), { number: reports[0]?.number ?? 0, format: 'json' })
		expect(JSON.parse(text)).toMatchObject({ filesSha256: each })
	})

	test('takes so many files and no more, and says so before anything is kept', async () => {
		const files = Array.from({ length: MAX_FILES + 1 }, (_, n) => ({ ...USERS, name: `users-${n}.json` }))
		await expect(askForReport(deps, officer(), { files, readAt: app.clock.now() })).rejects.toMatchObject({
			code: 'FILES_TOO_MANY',
		})
		expect([queued, await pieces()]).toEqual([[], []])
	})

	test('that fails again ten minutes later ends with that reason, and others can be given', async () => {
		const id = await given()
		const broken: Deps = { ...deps, newId: () => 'of no use' }
		const failing = () =>
			performReading(broken, id).then(
				() => 'ended',
				() => 'open',
			)
		expect(await failing()).toBe('open')
		expect(await failing()).toBe('open')
		app.clock.advance(10 * 60_000)
		expect(await failing()).toBe('ended')
		expect(await reading('files')).toMatchObject({ state: 'failed', trouble: 'REPORT_FAILED' })
		expect(await pieces()).toEqual([])
		app.clock.advance(1000)
		await performReading(deps, await given())
		expect((await show()).report).not.toBeNull()
	})

	test('that nobody came to for long and that fails once stays open: it may be a passing trouble', async () => {
		const id = await given()
		app.clock.advance(HOUR)
		await expect(performReading({ ...deps, newId: () => 'of no use' }, id)).rejects.toThrow()
		expect(await reading('files')).toMatchObject({ state: 'reading' })
	})

	test('is one at a time: others given meanwhile are refused with that reason, and those of before stand', async () => {
		const id = await given()
		await expect(
			askForReport(deps, officer(), { files: [ROLES], readAt: app.clock.now() }),
		).rejects.toMatchObject({ code: 'READING_UNDER_WAY' })
		expect(queued).toHaveLength(1)
		// The tenant is read beside it.
		await askForReading(deps, officer())
		expect((await show()).readings.map(({ source, state }) => [source, state])).toEqual([
			['tenant', 'waiting'],
			['files', 'waiting'],
		])
		await performReading(deps, id)
		expect((await show()).readings).toMatchObject([{ source: 'tenant', state: 'waiting' }])
		await given()
	})

	test('without the duty is not asked for, and nothing is kept', async () => {
		await expect(
			askForReport(deps, app.actor('auditor'), { files: [ROLES], readAt: app.clock.now() }),
		).rejects.toMatchObject({
			code: 'FORBIDDEN',
		})
		expect([queued, await pieces()]).toEqual([[], []])
	})

	test('that cannot be made ends with what is wrong with which file, and they can be given again', async () => {
		const broken = { name: 'users.json', bytes: Buffer.from('{') }
		await performReading(deps, await given([broken, file('notes.json', []), ROLES]))
		expect(await reading('files')).toMatchObject({
			state: 'failed',
			trouble: 'FILES_REFUSED',
			problems: [
				{ file: 'notes.json', code: 'unknownName' },
				{ file: 'users.json', code: 'notJson' },
			],
		})
		expect([(await show()).report, await pieces()]).toEqual([null, []])
		app.clock.advance(1000)
		const again = await given()
		expect(await reading('files')).toMatchObject({ state: 'waiting', problems: [] })
		await performReading(deps, again)
		expect((await show()).readings).toEqual([])
	})

	test('begins anew where a worker was killed over it, from files that are still there', async () => {
		const id = await given()
		const broken: Deps = {
			...deps,
			database: { ...deps.database, withTx: afterFirst(deps, () => Promise.reject(new Error('broke off'))) },
		}
		await expect(performReading(broken, id)).rejects.toThrow('broke off')
		expect(await reading('files')).toMatchObject({ state: 'reading' })
		expect(await pieces()).toHaveLength(2)
		await performReading(deps, id)
		expect((await show()).report).toMatchObject({ head: { source: 'files' } })
	})

	test('by two workers is one, and the other finds it done', async () => {
		const id = await given()
		await Promise.allSettled([performReading(deps, id), performReading(deps, id)])
		expect((await show()).reports).toHaveLength(1)
	})

	test('that nobody got to in a day is given up with its files, and said to be', async () => {
		const id = await given()
		const end = () => deps.database.withTx((tx) => endOldReadings(tx, app.clock.now()))
		app.clock.advance(23 * HOUR)
		await end()
		expect(await pieces()).toHaveLength(2)
		app.clock.advance(2 * HOUR)
		await end()
		expect(await pieces()).toEqual([])
		expect(await reading('files')).toMatchObject({ state: 'failed', trouble: 'FILES_GONE' })
		await performReading(deps, id)
		expect((await show()).report).toBeNull()
	})

	test('tells what the tenant held when they were exported, which is not later than now', async () => {
		const exported = new Date(app.clock.now().getTime() - 72 * HOUR)
		const later = { files: [ROLES], readAt: new Date(app.clock.now().getTime() + 1) }
		await expect(askForReport(deps, officer(), later)).rejects.toMatchObject({ code: 'EXPORTED_LATER' })
		await askForReport(deps, officer(), { files: [ROLES], readAt: exported })
		const command = queued.at(-1)
		await performReading(deps, command?.type === 'readiness.read' ? command.readingId : '')
		expect((await show()).report?.readAt).toBe(exported.toISOString())
	})

	test('of another tenant is refused, and says so, where this installation has one of its own', async () => {
		const other = file('organization.json', [{ id: '99999999-9999-4999-8999-999999999999' }])
		const own: Deps = { ...deps, tenant: { ...deps.tenant, kind: 'entra' } }
		await performReading(own, await given([ROLES, other]))
		expect(await reading('files')).toMatchObject({ state: 'failed', trouble: 'FILES_OTHER_TENANT' })
		expect((await show()).report).toBeNull()
		app.clock.advance(1000)
		const ours = file('organization.json', [{ id: deps.tenant.id.toUpperCase() }])
		await performReading(own, await given([ROLES, ours]))
		expect(await show()).toMatchObject({ belonging: 'own', report: { tenantId: deps.tenant.id } })
	})

	test('has its files back as they were given, whatever their sizes', async () => {
		const sizes = [0, 1, 5_000_000, 4_194_304, 3, 9_000_000, 0]
		const files = sizes.map((size, n) => ({
			name: `f${n}.json`,
			bytes: new Uint8Array(size).map((_, at) => (at * 31 + n) & 0xff),
		}))
		const readAt = new Date('2031-01-02T03:04:05.678Z')
		const id = await given([ROLES])
		await deps.database.withTx(async (tx) => {
			await tx.delete(readinessFilePieces)
			await stageFiles(tx, deps, id, { files, readAt })
		})
		const loaded = await loadStaged(deps.database.db, deps, id)
		expect(loaded?.readAt).toEqual(readAt)
		expect(loaded?.files.map(({ name }) => name)).toEqual(files.map(({ name }) => name))
		for (const [n, { bytes }] of files.entries())
			expect(Buffer.compare(Buffer.from(bytes), Buffer.from(loaded?.files[n]?.bytes ?? []))).toBe(0)
		// Part of them must not pass for all, and a piece that stands in another's place is no piece.
		await app.owner.pool.query('delete from readiness_file_pieces where position = 5')
		await expect(loadStaged(deps.database.db, deps, id)).rejects.toThrow('not whole')
		await app.owner.pool.query('update readiness_file_pieces set position = 5 where position = 1')
		await app.owner.pool.query('update readiness_file_pieces set position = 1 where position = 2')
		await expect(loadStaged(deps.database.db, deps, id)).rejects.toThrow()
	})
})

/** The first transaction is made, and those after it are as `then` says. */
function afterFirst(of: Deps, then: () => Promise<never>): Deps['database']['withTx'] {
	let count = 0
	return ((work: Parameters<Deps['database']['withTx']>[0]) =>
		count++ === 0 ? of.database.withTx(work) : then()) as Deps['database']['withTx']
}

describe('the thread that judges', () => {
	test('comes to the same report as this one', async () => {
		app.tenant.assignDirectly(GUEST, ROLE)
		const { charter } = await deps.charters.inForce(deps.database.db)
		const picture = await deps.reader.readTenant({ groupIds: [] }, { users: 'read' })
		const how = { approved: new Set<string>(), at: app.clock.now() }
		const there = await withJudge(async (judge) => {
			await judge.take(picture)
			return judge.judge(charter, Readable.from([[]]), how)
		})
		expect(there.report).toEqual(await judgeTenant(charter, picture, Readable.from([]), how))
		expect(there.names).toContainEqual({
			objectId: GUEST,
			name: 'Visiting auditor',
			upn: expect.any(String) as unknown,
		})
	})

	test('that cannot do something ends what it is for with that reason, and not this process', async () => {
		const { charter } = await deps.charters.inForce(deps.database.db)
		const asked = withJudge((judge) =>
			judge.judge(charter, Readable.from([]), { approved: new Set(), at: new Date() }),
		)
		await expect(asked).rejects.toMatchObject({ code: 'REPORT_FAILED' })
	})
})
