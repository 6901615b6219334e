import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '#app/config.server.ts'
import { sampleTexts } from '#app/sandbox/load-organisation.ts'
import { startCharterkeep } from '#app/server.ts'
import { createLog } from '#app/utils/log.server.ts'
import { reconcileRuns } from '#db/schema/index.ts'
import { SANDBOX_TENANT_ID } from '#app/sandbox/tenant/server.ts'
import { SWITCHES } from '#app/sandbox/tenant/switches.ts'
import { createTestDatabase, urlOf } from '#test/database.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

/** The page of the sandbox on which its faults are switched. */

const CHECKOUT = join(import.meta.dirname, '../..')
let app: TestApp
let url: URL
beforeAll(async () => {
	app = await createTestApp()
	url = new URL(app.connection.adminUrl)
})
afterAll(() => app.stop())

const post = (act: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
	fetch(new URL(act, url), {
		method: 'POST',
		body: new URLSearchParams(form),
		headers,
		redirect: 'manual',
	})
const state = async () =>
	(await (await fetch(new URL('state', url))).json()) as { switches: { name: string; isOn: boolean }[] }
const isOn = async (name: string) => (await state()).switches.find((each) => each.name === name)?.isOn

test('lists every fault, and switches it on and off by forms alone', async () => {
	for (const name of Object.keys(SWITCHES)) {
		expect(await isOn(name)).toBe(false)
		const { status, headers } = await post('switch', { name, on: 'yes' }, { origin: url.origin })
		expect(status).toBe(303)
		const page = await (await fetch(new URL(headers.get('location') ?? '', url))).text()
		expect(page).toContain(`<p role="status">${name} is on.</p>`)
		expect(await isOn(name)).toBe(true)
		await post('switch', { name, on: 'no' })
		expect(await isOn(name)).toBe(false)
	}
	await post('switch', { name: 'late', on: 'yes' })
	await post('clear', {})
	expect(await isOn('late')).toBe(false)
	const page = await (await fetch(url)).text()
	expect(page).not.toContain('<script')
})

test('a clock cannot be ahead and behind at once', async () => {
	await post('switch', { name: 'clock-ahead', on: 'yes' })
	await post('switch', { name: 'clock-behind', on: 'yes' })
	expect([await isOn('clock-ahead'), await isOn('clock-behind')]).toEqual([false, true])
	await post('clear', {})
})

test('lets somebody sign in, or fail to, and refuses who is nobody', async () => {
	const user = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a02'
	const since = new Date(0).toISOString()
	expect((await post('sign-in', { user, wrong: 'no' })).status).toBe(303)
	expect((await post('sign-in', { user, wrong: 'yes' })).status).toBe(303)
	expect(await app.deps.watch.signIns(user, since)).toMatchObject({
		rows: [{ errorCode: 50126 }, { errorCode: 0 }],
	})
	expect((await post('sign-in', { user: 'nobody' })).status).toBe(400)
})

test('fills the tenant up with users, in one go', async () => {
	const { status } = await post('users', { count: '2000' }, { accept: 'application/json' })
	expect(status).toBe(200)
	const seen = new Set<string>()
	let page = await app.deps.directory.changes(null)
	for (;;) {
		if (page.kind !== 'page') throw new Error('A reading that was not to begin anew.')
		for (const { objectId } of page.changes) seen.add(objectId)
		if (page.then.kind === 'done') break
		page = await app.deps.directory.changes(page.then.link)
	}
	expect(seen.size).toBe(2000)
	// Whoever asks again is told of nobody, and then of whoever changed.
	const link = page.then.link
	expect(await app.deps.directory.changes(link)).toMatchObject({ changes: [] })
	const [first = ''] = seen
	app.tenant.users.put(first, { accountEnabled: false })
	expect(await app.deps.directory.changes(link)).toMatchObject({ changes: [{ objectId: first }] })
	for (const count of ['0', '-1', '1e9', 'many', ''])
		expect((await post('users', { count })).status).toBe(400)
})

describe('a change is refused', () => {
	test.each([
		['from the page of another site', { origin: 'https://evil.example' }],
		['from a page without an origin', { origin: 'null' }],
		['from a page of the product', { origin: 'http://localhost' }],
		['that the browser says comes from elsewhere', { 'sec-fetch-site': 'cross-site' }],
	])('%s', async (_, headers) => {
		expect((await post('switch', { name: 'hung', on: 'yes' }, headers)).status).toBe(403)
		expect(await isOn('hung')).toBe(false)
	})

	test('without the secret of the address', async () => {
		for (const path of ['/', '/state', '/x/switch', `/${url.pathname.split('/')[1]?.slice(1)}/switch`]) {
			const { status } = await fetch(new URL(path, url.origin), { method: 'POST', body: 'name=hung&on=yes' })
			expect(status).toBe(404)
		}
		expect(await isOn('hung')).toBe(false)
	})

	test('for a name that is not loopback', async () => {
		const { request } = await import('node:http')
		const status = await new Promise((resolve, reject) => {
			const headers = { host: 'rebound.example' }
			request(new URL('state', url), { headers }, (answer) => {
				answer.resume()
				resolve(answer.statusCode)
			})
				.once('error', reject)
				.end()
		})
		expect(status).toBe(421)
	})

	test('of a switch that there is not', async () => {
		expect((await post('switch', { name: 'constructor', on: 'yes' })).status).toBe(400)
	})
})

test('its answers are framed by nobody, kept nowhere, and pass their address on to nobody', async () => {
	const { headers } = await fetch(url)
	expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
	expect(headers.get('content-security-policy')).toContain("default-src 'none'")
	expect(headers.get('cache-control')).toBe('no-store')
	expect(headers.get('referrer-policy')).toBe('no-referrer')
})

test('a start with a tenant loads nothing of the sandbox tenant, its lockbox or this page', async () => {
	const script = `
		const { registerHooks } = await import('node:module')
		const loaded = []
		registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
		const of = () => loaded.filter((url) => /app\\/sandbox\\/(tenant|arm|start-sandbox|seed-lockbox)/.test(url)).length
		await import('./app/server.ts')
		await import('./app/start.ts')
		const before = of()
		await import('./app/sandbox/start-sandbox.ts')
		console.log(JSON.stringify({ all: loaded.length, before, after: of() }))`
	const { stdout } = await promisify(execFile)(
		process.execPath,
		['--no-warnings', '--input-type=module', '-e', script],
		{ cwd: CHECKOUT },
	)
	const { all, before, after } = JSON.parse(stdout) as { all: number; before: number; after: number }
	expect(all).toBeGreaterThan(500)
	expect(before).toBe(0)
	expect(after).toBeGreaterThan(10)
})

test('a start with a tenant connects to it, and has no sandbox, no lockbox of one and no page of its faults', async () => {
	const { tenantId, identity, caPem, authorityHost, graphBaseUrl } = app.tenant.connection
	const folder = mkdtempSync(join(tmpdir(), 'charterkeep-with-tenant-'))
	chmodSync(folder, 0o711)
	const file = (name: string, text: string) => {
		writeFileSync(join(folder, name), text)
		return join(folder, name)
	}
	const { charterYaml, peopleYaml } = sampleTexts()
	const config = readConfig(
		{
			PORT: '0',
			CHARTERKEEP_PROCESS: 'web',
			CHARTERKEEP_ORIGIN: 'https://access.example.gov',
			CHARTERKEEP_DATA_DIR: join(folder, 'data'),
			CHARTERKEEP_CHARTER_FILE: file('charter.yaml', charterYaml),
			CHARTERKEEP_PEOPLE_FILE: file('people.yaml', peopleYaml),
			ENTRA_CLOUD: 'custom',
			ENTRA_AUTHORITY_HOST: authorityHost,
			ENTRA_GRAPH_URL: graphBaseUrl,
			ENTRA_TENANT_ID: tenantId,
			ENTRA_CLIENT_ID: identity.clientId,
			ENTRA_CERTIFICATE_FILE: file('app.pem', identity.certificatePem),
			ENTRA_CA_FILE: file('ca.pem', caPem),
		},
		CHECKOUT,
	)
	const build = () => Promise.reject(new Error('There are no pages here.'))
	const running = await startCharterkeep(config, { build, log: createLog('silent') })
	try {
		expect(running).toMatchObject({ sandbox: null, sandboxAdminUrl: null, arm: null })
		expect(running.tenant).toMatchObject({ kind: 'entra', id: tenantId })
		expect(existsSync(join(running.directory, 'sandbox'))).toBe(false)
	} finally {
		await running.stop()
		rmSync(folder, { recursive: true, force: true })
	}
})

test('no sandbox is started on a database that knows of another tenant, whatever is said; on an empty one and on its own it is', async () => {
	const made = await createTestDatabase()
	const folder = mkdtempSync(join(tmpdir(), 'charterkeep-whose-database-'))
	chmodSync(folder, 0o711)
	const start = async () => {
		const config = readConfig(
			{
				PORT: '0',
				CHARTERKEEP_DATA_DIR: join(folder, 'data'),
				// As a worker has it that lost the settings of its tenant.
				CHARTERKEEP_PROCESS: 'web',
				CHARTERKEEP_SANDBOX: 'yes',
				DATABASE_URL: urlOf(made.connection),
			},
			CHECKOUT,
		)
		const build = () => Promise.reject(new Error('There are no pages here.'))
		const running = await startCharterkeep(config, { build, log: createLog('silent') })
		await running.stop()
	}
	const looked = (tenantId: string, finishedAt: Date) =>
		made.owner.db.insert(reconcileRuns).values({
			id: randomUUID(),
			what: 'privileges',
			startedAt: finishedAt,
			finishedAt,
			unread: [],
			holdings: 0,
			opened: 0,
			sighted: 0,
			missed: 0,
			watched: [],
			tenantId,
		})
	try {
		await start()
		await looked(SANDBOX_TENANT_ID, new Date(1000))
		await start()
		await looked('99999999-9999-4999-8999-999999999999', new Date(2000))
		const refused = start()
		await expect(refused).rejects.toMatchObject({ name: 'StartError' })
		await expect(refused).rejects.toThrow(
			'this database is of the tenant 99999999-9999-4999-8999-999999999999',
		)
	} finally {
		await made.drop()
		rmSync(folder, { recursive: true, force: true })
	}
})
