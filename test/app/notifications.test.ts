import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isAskedLookDue } from '#app/jobs/reconcile-loop.server.ts'
import { action } from '#app/routes/graph.notifications.ts'
import { reconcileTenant } from '#app/services/findings/reconcile.server.ts'
import { keepSubscriptions } from '#app/services/notifications/keep-subscriptions.server.ts'
import { showNotifications } from '#app/services/notifications/show-notifications.server.ts'
import { takeNotifications, type Taken } from '#app/services/notifications/take-notifications.server.ts'
import { syncTenantUsers } from '#app/services/tenant/sync-users.server.ts'
import type { Services } from '#app/services/services.ts'
import { subscriptionsOf } from '#db/queries/graph-subscriptions.ts'
import { readLookTimes } from '#db/queries/look-asks.ts'
import { readTenantSync } from '#db/queries/tenant-users.ts'
import { lookAsks } from '#db/schema/index.ts'
import { LIFE_MS, type SubscriptionTrouble } from '#workflows/tenant/subscriptions.ts'
import { createTestApp, type TestApp } from './test-app.ts'

const GROUP = '7d0c2f4e-5a1b-4c9d-8e3f-2b6a9c0d1e4f'
const STRANGER = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01'
const ROLE_LINE =
	'entra: { roleTemplateId: 5d6b6bb7-de71-4623-b4af-96380a352509, name: Security Reader, scope: / }'
const ADDRESS = 'https://charterkeep.invalid/graph/notifications'
const HOUR = 3_600_000

/** The route of the product behind a server of HTTP, which the sandbox tenant reaches. */
let server: Server
let app: TestApp
let isAway = false
let taken: (Taken | null)[] = []

beforeEach(async () => {
	isAway = false
	taken = []
	server = createServer((request, response) => {
		const chunks: Buffer[] = []
		request.on('data', (chunk: Buffer) => chunks.push(chunk))
		request.on('end', () => {
			if (isAway) return void response.writeHead(503).end()
			const body = Buffer.concat(chunks).toString('utf8')
			void answerOf(request.url ?? '', body).then(async (answer) =>
				response
					.writeHead(answer.status, Object.fromEntries(answer.headers))
					.end(Buffer.from(await answer.arrayBuffer())),
			)
		})
	})
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
	app = await createTestApp({
		charter: (yaml) =>
			yaml.replace(ROLE_LINE, `entra: { groupId: ${GROUP}, relation: member, name: Readers }`),
		reachedAt: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
	})
	app.deps.notifications.url = ADDRESS
})
afterEach(async () => {
	await app.stop()
	server.closeAllConnections()
	await new Promise((done) => server.close(done))
})

async function answerOf(path: string, body: string, method = 'POST'): Promise<Response> {
	const services = {
		notifications: {
			isWanted: () => app.deps.notifications.url !== null,
			take: async (text: string) => {
				const result = await takeNotifications(app.deps, text)
				taken.push(result)
				return result
			},
		},
	} as unknown as Services
	const request = new Request(`http://localhost${path}`, method === 'POST' ? { method, body } : { method })
	return action({ request, params: {}, context: { services, log: app.deps.log } } as unknown as Parameters<
		typeof action
	>[0])
}
const post = (value: object, path = '/graph/notifications') => answerOf(path, JSON.stringify(value))
const keep = (isThorough = false) => keepSubscriptions(app.deps, { isThorough })
const rows = () => subscriptionsOf(app.deps.database.db, app.deps.notifications.port.tenant)
const held = () => app.tenant.subscriptions.all()
const asked = async () => isAskedLookDue(await readLookTimes(app.deps.database.db), app.clock.now())
const nothingAsked = () => app.owner.db.delete(lookAsks)
const usersAsked = async () => (await readTenantSync(app.deps.database.db))?.askedAt ?? null
/** Something that nobody may use. */
const untouched = <T extends object>(name: string): T =>
	new Proxy<T>({} as T, {
		get: () => {
			throw new Error(`${name} was used.`)
		},
	})
const until = async (isSo: () => boolean | Promise<boolean>) => {
	while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20))
}

describe('the address', () => {
	test('gives back the token by which the tenant tries it, decoded and as plain text', async () => {
		const answer = await answerOf('/graph/notifications?validationToken=Validation%3A%20a%2Bb%20%C3%A9', '')
		expect(answer.status).toBe(200)
		expect(answer.headers.get('content-type')).toMatch(/^text\/plain/)
		expect(await answer.text()).toBe('Validation: a+b é')
		expect(taken).toEqual([])
	})

	test('refuses a token that is longer than any, reading, and what is no delivery', async () => {
		expect((await answerOf(`/graph/notifications?validationToken=${'x'.repeat(5000)}`, '')).status).toBe(400)
		expect((await answerOf('/graph/notifications', '', 'PUT')).status).toBe(405)
		const long = JSON.stringify({ value: [], padding: 'x'.repeat(1_000_000) })
		expect((await answerOf('/graph/notifications', long)).status).toBe(413)
		for (const text of ['', '{', '[]', '{"value":"x"}', '{"value":[{"clientState":"x"}]}'])
			expect((await answerOf('/graph/notifications', text)).status, text).toBe(400)
		const many = Array.from({ length: 2001 }, () => ({ subscriptionId: 'x' }))
		expect((await post({ value: many })).status).toBe(400)
	})

	test('is nobody’s where nothing was subscribed to', async () => {
		app.deps.notifications.url = null
		expect((await answerOf('/graph/notifications?validationToken=x', '')).status).toBe(404)
	})

	test('answers strangers as it answers the tenant, and does nothing for them', async () => {
		await keep()
		await nothingAsked()
		const [own] = held()
		for (const value of [
			[{ subscriptionId: own?.id, clientState: 'guessed' }],
			[{ subscriptionId: own?.id }],
			[{ subscriptionId: 'none', clientState: '' }],
			[{ subscriptionId: own?.id, clientState: 'guessed', lifecycleEvent: 'subscriptionRemoved' }],
		])
			expect((await post({ value })).status).toBe(202)
		expect(taken.map((each) => each?.known)).toEqual([0, 0, 0, 0])
		expect(await asked()).toBe(false)
		expect(
			(await rows()).every(({ heardAt, subscriptionId }) => heardAt === null && subscriptionId !== null),
		).toBe(true)
	})

	test('a flood about one group is one look', async () => {
		await keep()
		await nothingAsked()
		const group = held().find(({ resource }) => resource !== '/users')
		const value = Array.from({ length: 1000 }, () => ({
			subscriptionId: group?.id,
			clientState: group?.clientState,
		}))
		for (let delivery = 0; delivery < 10; delivery++) expect((await post({ value })).status).toBe(202)
		expect(taken.reduce((sum, each) => sum + (each?.known ?? 0), 0)).toBe(10_000)
		expect(await asked()).toBe(true)
		app.clock.advance(10_000)
		await reconcileTenant(app.deps, 'privileges')
		app.clock.advance(10_000)
		expect(await asked()).toBe(false)
	})
})

describe('subscriptions', () => {
	test('are made for users and each governed group, known by a secret that is not stored, and asked for a look', async () => {
		await keep(true)
		expect((await rows()).map(({ resource }) => resource)).toEqual([`/groups/${GROUP}/members`, '/users'])
		expect(held()).toHaveLength(2)
		const states = held().map(({ clientState }) => clientState)
		expect(new Set(states).size).toBe(2)
		for (const row of await rows()) expect(states).not.toContain(row.stateSha256)
		// What changed before anybody told of it.
		expect(await asked()).toBe(true)
		await keep(true)
		expect(held()).toHaveLength(2)
	})

	test('are renewed with a third of their life left', async () => {
		await keep()
		const before = held().map(({ expiresAt }) => expiresAt)
		app.clock.advance(LIFE_MS * (2 / 3) - HOUR)
		await keep()
		expect(held().map(({ expiresAt }) => expiresAt)).toEqual(before)
		app.clock.advance(HOUR)
		const from = app.clock.now().getTime()
		await keep()
		for (const { expiresAt } of held()) expect(expiresAt).toBeGreaterThanOrEqual(from + LIFE_MS)
	})

	test('are confirmed when the tenant asks for it', async () => {
		await keep()
		app.clock.advance(HOUR)
		app.tenant.subscriptions.askReauthorization()
		await until(async () => (await rows()).every(({ reauthorizeAt }) => reauthorizeAt !== null))
		const from = app.clock.now().getTime()
		await keep()
		expect((await rows()).every(({ reauthorizeAt }) => reauthorizeAt === null)).toBe(true)
		for (const { expiresAt } of held()) expect(expiresAt).toBeGreaterThanOrEqual(from + LIFE_MS)
	})

	test('are made anew when the tenant has lost them, and what changed meanwhile is looked for', async () => {
		await keep()
		await nothingAsked()
		app.tenant.subscriptions.lose()
		await keep()
		// Nothing was due, so nobody noticed.
		expect(held()).toEqual([])
		await keep(true)
		expect(held()).toHaveLength(2)
		expect(await asked()).toBe(true)
	})

	test('that the tenant says it has removed are made anew at the next turn, and what changed meanwhile is looked for', async () => {
		await syncTenantUsers(app.deps)
		await keep()
		await nothingAsked()
		const askedBefore = (await usersAsked())?.getTime() ?? 0
		app.clock.advance(2000)
		const before = held()
		app.tenant.subscriptions.lose()
		const value = before.map(({ id, clientState }) => ({
			subscriptionId: id,
			clientState,
			lifecycleEvent: 'subscriptionRemoved',
		}))
		expect((await post({ value })).status).toBe(202)
		expect(taken).toEqual([{ known: 2, strange: 0 }])
		expect((await rows()).map(({ subscriptionId }) => subscriptionId)).toEqual([null, null])
		expect(await asked()).toBe(true)
		expect((await usersAsked())?.getTime() ?? 0).toBeGreaterThan(askedBefore)
		await keep()
		expect(held()).toHaveLength(2)
		const known = held().map(({ id }) => id)
		expect((await rows()).map(({ subscriptionId }) => subscriptionId).sort()).toEqual(known.sort())
		for (const { id } of before) expect(known).not.toContain(id)
	})

	test('of ours that nobody knows are ended, others are left alone', async () => {
		const order = {
			clientState: 'x',
			expiresAt: new Date(app.clock.now().getTime() + HOUR),
			resource: '/users',
		}
		const { port } = app.deps.notifications
		await port.create({ ...order, url: ADDRESS })
		await port.create({ ...order, url: 'https://charterkeep.invalid/graph/notifications?of=another' })
		await keep(true)
		expect(
			held()
				.map(({ notificationUrl }) => notificationUrl)
				.sort(),
		).toEqual([ADDRESS, ADDRESS, 'https://charterkeep.invalid/graph/notifications?of=another'])
		expect(
			held().every(({ clientState, notificationUrl }) => notificationUrl !== ADDRESS || clientState !== 'x'),
		).toBe(true)
	})

	test('end when nobody can be reached any more, and the page says what would help', async () => {
		await keep()
		app.deps.notifications.url = null
		await keep()
		expect(held()).toEqual([])
		expect(await rows()).toEqual([])
		expect(await showNotifications(app.deps, app.deps.database.db)).toMatchObject({ standing: 'off' })
	})

	const faults: [SubscriptionTrouble, () => void][] = [
		['unreachable', () => void (isAway = true)],
		['quota', () => void app.tenant.subscriptions.allow(0)],
		['forbidden', () => void app.tenant.grantOnly([])],
		['unavailable', () => void app.tenant.switches.set('unavailable', true)],
	]
	test.each(faults)('what stands in the way is said and tried again: %s', async (trouble, fault) => {
		fault()
		await keep(true)
		expect(held()).toEqual([])
		expect(await showNotifications(app.deps, app.deps.database.db)).toMatchObject({
			standing: 'on',
			live: 0,
			wanted: 2,
			troubles: [{ trouble }],
		})
		const calls = app.tenant.exchanges().length
		await keep()
		// Not before its time.
		expect(app.tenant.exchanges()).toHaveLength(calls)
		isAway = false
		app.tenant.subscriptions.allow(100)
		app.tenant.grantOnly(['User.Read.All', 'Group.Read.All'])
		app.tenant.switches.clear()
		app.clock.advance(16 * 60_000)
		await keep()
		expect(held()).toHaveLength(2)
		expect(await showNotifications(app.deps, app.deps.database.db)).toMatchObject({ live: 2, troubles: [] })
	})
})

describe('what the tenant tells of', () => {
	beforeEach(async () => {
		await syncTenantUsers(app.deps)
		await keep()
		await nothingAsked()
		app.clock.advance(2000)
	})

	test('a user who changes has a round asked for at once', async () => {
		const before = await usersAsked()
		app.tenant.users.put(STRANGER, { displayName: 'Somebody else' })
		await until(async () => ((await usersAsked())?.getTime() ?? 0) > (before?.getTime() ?? 0))
		expect(await asked()).toBe(false)
	})

	test('somebody who is put into a governed group has the tenant compared at once', async () => {
		app.tenant.groups.change(GROUP, STRANGER, true)
		await until(asked)
		await until(async () => (await rows()).some(({ heardAt }) => heardAt !== null))
	})

	test('is answered after one transaction: nothing is asked of the tenant, and no work is waited for', async () => {
		const [group] = held().filter(({ resource }) => resource !== '/users')
		const text = JSON.stringify({
			value: [{ subscriptionId: group?.id, clientState: group?.clientState }],
		})
		const { database } = app.deps
		let transactions = 0
		const deps = {
			...app.deps,
			grants: untouched<typeof app.deps.grants>('grants'),
			directory: untouched<typeof app.deps.directory>('directory'),
			reader: untouched<typeof app.deps.reader>('reader'),
			watch: untouched<typeof app.deps.watch>('watch'),
			lockbox: untouched<typeof app.deps.lockbox>('lockbox'),
			notifications: untouched<typeof app.deps.notifications>('notifications'),
			enqueue: () => Promise.reject(new Error('Something was enqueued.')),
			database: {
				...database,
				withTx: ((work, ...more) => {
					transactions += 1
					return database.withTx(work, ...more)
				}) as typeof database.withTx,
			},
		}
		app.tenant.switches.set('hung', true)
		const calls = app.tenant.exchanges().length
		expect(await takeNotifications(deps, text)).toEqual({ known: 1, strange: 0 })
		app.tenant.switches.clear()
		expect(transactions).toBe(1)
		expect(app.tenant.exchanges()).toHaveLength(calls)
		expect(await asked()).toBe(true)
	})

	test('is sent again while we are away', async () => {
		isAway = true
		app.tenant.groups.change(GROUP, STRANGER, true)
		await new Promise((resolve) => setTimeout(resolve, 300))
		expect(await asked()).toBe(false)
		isAway = false
		await until(asked)
	})

	test('twice is no more than once, and lost is lost: the next look finds it', async () => {
		app.tenant.switches.set('notifications-twice', true)
		app.tenant.groups.change(GROUP, STRANGER, true)
		await until(() => taken.length === 2)
		expect(await app.deps.database.db.select().from(lookAsks)).toHaveLength(1)
		app.tenant.switches.clear()
		app.tenant.switches.set('notifications-lost', true)
		await nothingAsked()
		app.tenant.groups.change(GROUP, STRANGER, false)
		await new Promise((resolve) => setTimeout(resolve, 300))
		expect(await asked()).toBe(false)
	})
})
