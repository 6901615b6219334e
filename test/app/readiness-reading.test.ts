import { afterEach, beforeEach, expect, test } from 'vitest'
import type { OutwardCommand } from '#workflows/shared/commands.ts'
import { askForReading, readTenantForReport } from '#app/services/readiness/read-tenant.server.ts'
import { showReadiness } from '#app/services/readiness/show-readiness.server.ts'
import { lastReading } from '#db/queries/readiness-readings.ts'
import type { Deps } from '#app/services/deps.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

const ROLE = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
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
async function asked(): Promise<string> {
	await askForReading(deps, officer())
	const [command] = queued
	if (command?.type !== 'readiness.read') throw new Error('No reading was queued.')
	return command.readingId
}

test('a reading waits as a row with its job, and asked for twice it is one', async () => {
	expect((await show()).reading).toBeNull()
	await asked()
	await askForReading(deps, officer())
	expect(queued).toHaveLength(1)
	expect((await show()).reading).toMatchObject({ state: 'waiting', startedAt: null, progress: null })
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
						seen.push((await show()).reading)
					},
				}),
		},
	}
	await readTenantForReport(told, id)
	const total = expect.any(Number) as number
	expect(seen).toMatchObject([
		{ state: 'reading', progress: { done: 0, total } },
		{ state: 'reading', progress: { done: 200, total } },
		{ state: 'reading', progress: { total } },
	])
	const { report, reading } = await show()
	expect(reading).toMatchObject({ state: 'done', trouble: null })
	expect(report).toMatchObject({ head: { source: 'tenant', number: 1 } })
	await readTenantForReport(deps, id)
	expect((await show()).reports).toHaveLength(1)
	await askForReading(deps, officer())
	expect(queued).toHaveLength(2)
})

test('two workers on one reading make one report', async () => {
	const id = await asked()
	const both = await Promise.allSettled([readTenantForReport(deps, id), readTenantForReport(deps, id)])
	expect(both.some(({ status }) => status === 'fulfilled')).toBe(true)
	expect((await show()).reports).toHaveLength(1)
})

test('a reading that breaks off without the tenant having refused stays open, and the job done again begins anew', async () => {
	const id = await asked()
	const broken: Deps = {
		...deps,
		reader: { ...deps.reader, readTenant: () => Promise.reject(new Error('broke off')) },
	}
	await expect(readTenantForReport(broken, id)).rejects.toThrow('broke off')
	expect((await show()).reading).toMatchObject({ state: 'reading' })
	await readTenantForReport(deps, id)
	expect((await show()).reading).toMatchObject({ state: 'done' })
})

test('a tenant that refuses everything ends it with why, and it can be asked for again', async () => {
	app.tenant.grantOnly([])
	const id = await asked()
	await readTenantForReport(deps, id)
	expect((await show()).reading).toMatchObject({ state: 'failed', trouble: 'TENANT_UNREAD' })
	expect((await show()).report).toBeNull()
	app.clock.advance(1000)
	await askForReading(deps, officer())
	expect(queued).toHaveLength(2)
	expect((await lastReading(app.deps.database.db))?.finishedAt).toBeNull()
})
