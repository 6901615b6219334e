import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { httpsCall } from '#app/integrations/graph/https-fetch.server.ts'
import { GrantPortUnavailable } from '#app/integrations/grant-port.ts'
import type { SwitchName } from '#app/sandbox/tenant/switches.ts'
import { GROUP_BESIDE } from '#app/sandbox/start-sandbox.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

/** What the switches of the sandbox's page do to whoever calls the tenant: each by the endpoint behind the page. */

const ROLE = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const STRANGER = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01'
const SECOND_STRANGER = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a03'

/** Whoever is told of changes: it answers the handshake and keeps what it is told. */
let hearer: Server
let heard: string[]
let app: TestApp
beforeEach(async () => {
	heard = []
	hearer = createServer((request, response) => {
		const token = new URL(request.url ?? '/', 'http://localhost').searchParams.get('validationToken')
		let body = ''
		request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')))
		request.on('end', () => {
			if (token !== null) return void response.writeHead(200, { 'content-type': 'text/plain' }).end(token)
			for (const id of [STRANGER, SECOND_STRANGER]) if (body.includes(id)) heard.push(id)
			response.writeHead(202).end()
		})
	})
	await new Promise<void>((resolve) => hearer.listen(0, '127.0.0.1', resolve))
	app = await createTestApp({
		timeoutMs: 500,
		reachedAt: `http://127.0.0.1:${(hearer.address() as AddressInfo).port}`,
	})
})
afterEach(async () => {
	await app.stop()
	hearer.closeAllConnections()
	await new Promise((done) => hearer.close(done))
})

async function post(act: string, form: Record<string, string> = {}) {
	const answer = await fetch(new URL(act, app.connection.adminUrl), {
		method: 'POST',
		body: new URLSearchParams(form),
		headers: { accept: 'application/json' },
	})
	expect(answer.status).toBe(200)
	return (await answer.json()) as { throttled: number }
}
const turn = (name: SwitchName, isOn: boolean) => post('switch', { name, on: isOn ? 'yes' : 'no' })
const target = {
	grantId: '0190b0a0-0000-7000-8000-000000000001',
	principalId: STRANGER,
	place: { kind: 'role', roleDefinitionId: ROLE, directoryScopeId: '/' },
} as const
const order = () => ({
	...target,
	endsAt: new Date(app.clock.now().getTime() + 3_600_000),
	justification: 'CHG-1',
})

test('hung: nobody is answered and nothing is done, and whoever still waits is let go when it is off', async () => {
	await turn('hung', true)
	expect(await app.deps.grants.assign(order())).toMatchObject({ kind: 'unknown' })
	await expect(app.deps.grants.read(target)).rejects.toBeInstanceOf(GrantPortUnavailable)
	expect(app.tenant.exchanges()).toEqual([])
	const waiting = app.deps.grants.read(target).catch((error: unknown) => error)
	await turn('hung', false)
	expect(await waiting).toBeDefined()
	expect((await app.deps.grants.read(target)).active).toBeNull()
	expect(app.tenant.requests()).toEqual([])
})

test('html: a page in place of every answer says nothing, and nothing is done', async () => {
	await turn('html', true)
	expect(await app.deps.grants.assign(order())).toMatchObject({ kind: 'unknown' })
	await expect(app.deps.grants.read(target)).rejects.toBeInstanceOf(GrantPortUnavailable)
	await turn('html', false)
	app.clock.advance(60_000)
	expect((await app.deps.grants.read(target)).active).toBeNull()
	expect(app.tenant.requests()).toEqual([])
})

test.each([
	['throttled-with-time', 5000],
	['throttled-without-time', null],
] as const)('%s: every call is refused for a while, and nothing is done', async (name, retryAfterMs) => {
	await turn(name, true)
	expect(await app.deps.grants.assign(order())).toEqual({
		kind: 'later',
		code: 'TooManyRequests',
		retryAfterMs,
	})
	expect(app.tenant.faults.met().map(({ method }) => method)).toContain('POST')
	await turn(name, false)
	app.clock.advance(60_000)
	expect((await app.deps.grants.read(target)).active).toBeNull()
	expect(app.tenant.requests()).toEqual([])
})

test('unavailable: every call is answered with 503, and nothing is done', async () => {
	await turn('unavailable', true)
	expect(await app.deps.grants.assign(order())).toMatchObject({ kind: 'unknown' })
	expect(app.tenant.faults.met().map(({ method }) => method)).toContain('POST')
	app.clock.advance(60_000)
	expect(app.tenant.requests()).toEqual([])
})

test('done-but-504: what is written is done, and its answer lost; what is read is answered', async () => {
	await turn('done-but-504', true)
	expect(await app.deps.grants.assign(order())).toMatchObject({ kind: 'unknown' })
	app.clock.advance(5000)
	expect(app.tenant.requests()).toMatchObject([{ action: 'adminAssign', principalId: STRANGER }])
	expect((await app.deps.grants.read(target)).activeIsOurs).toBe(true)
})

test('certificate-revoked: no application gets in any more, until it is off', async () => {
	await app.deps.grants.read(target)
	await turn('certificate-revoked', true)
	await expect(app.deps.grants.read(target)).rejects.toMatchObject({ code: 'CredentialRefused' })
	await turn('certificate-revoked', false)
	expect((await app.deps.grants.read(target)).active).toBeNull()
})

test.each([
	['clock-ahead', 10],
	['clock-behind', -10],
] as const)('%s: the tenant answers with a time that is ten minutes off', async (name, minutes) => {
	const skew = async () => {
		const answer = await httpsCall(new URL('/v1.0/organization', app.tenant.origin), {
			method: 'GET',
			headers: new Headers(),
			body: undefined,
			ca: app.connection.caPem,
			timeoutMs: 20_000,
		})
		const told = Date.parse(answer.headers.get('date') ?? '') - app.clock.now().getTime()
		return Math.round(told / 60_000)
	}
	expect(Math.abs(await skew())).toBe(0)
	await turn(name, true)
	expect(await skew()).toBe(minutes)
})

test('small-budgets: more calls than PIM gives are refused and counted, and none are when it is off', async () => {
	const many = () => Promise.allSettled(Array.from({ length: 12 }, () => app.deps.grants.read(target)))
	await turn('small-budgets', true)
	const refused = (await many()).filter(({ status }) => status === 'rejected')
	expect(refused.length).toBeGreaterThan(0)
	const { throttled } = await turn('small-budgets', false)
	expect(throttled).toBeGreaterThan(0)
	app.clock.advance(120_000)
	expect((await many()).filter(({ status }) => status === 'rejected')).toEqual([])
	expect((await turn('small-budgets', false)).throttled).toBe(throttled)
})

test('notifications-late: a change is told after a later one, and not before half a minute of the tenant has passed', async () => {
	const made = await app.deps.notifications.port.create({
		resource: `/groups/${GROUP_BESIDE.id}/members`,
		url: app.connection.notificationUrl ?? '',
		clientState: 'state',
		expiresAt: new Date(app.clock.now().getTime() + 3_600_000),
	})
	expect(made.resource).toContain(GROUP_BESIDE.id)
	await turn('notifications-late', true)
	app.tenant.groups.change(GROUP_BESIDE.id, STRANGER, true)
	await turn('notifications-late', false)
	app.tenant.groups.change(GROUP_BESIDE.id, SECOND_STRANGER, true)
	await vi.waitFor(() => expect(heard).toEqual([SECOND_STRANGER]), { timeout: 30_000 })
	app.clock.advance(31_000)
	await vi.waitFor(() => expect(heard).toEqual([SECOND_STRANGER, STRANGER]), { timeout: 30_000 })
})

test('expire-delta: the link that was given out is worth nothing, and a new round gives one that is', async () => {
	const whole = async () => {
		for (let link: string | null = null; ;) {
			const page = await app.deps.directory.changes(link)
			if (page.kind !== 'page') throw new Error('A reading that was to begin anew.')
			if (page.then.kind === 'done') return page.then.link
			link = page.then.link
		}
	}
	const old = await whole()
	expect(await app.deps.directory.changes(old)).toMatchObject({ kind: 'page', changes: [] })
	await post('expire-delta')
	expect(await app.deps.directory.changes(old)).toMatchObject({ kind: 'resync' })
	expect(await app.deps.directory.changes(await whole())).toMatchObject({ kind: 'page', changes: [] })
})
