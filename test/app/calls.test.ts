import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readBatch } from '#app/integrations/graph/batch.server.ts'
import { connectGraph } from '#app/integrations/graph/client.server.ts'
import { budgetsFor } from '#app/integrations/graph/families.ts'
import { openLanes } from '#app/integrations/graph/lanes.server.ts'
import { inLane } from '#app/integrations/graph/urgency.server.ts'
import { GROUP_BESIDE } from '#app/sandbox/start-sandbox.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

/** What is sent to the tenant, as it arrives there. */

const ROLE = '5c4f9dcd-47dc-4cf7-8c9a-9e4207cbfc91'
let app: TestApp
let users: string[]
beforeAll(async () => {
	app = await createTestApp()
	const page = await app.deps.directory.changes(null)
	users = page.kind === 'page' ? page.changes.map(({ objectId }) => objectId) : []
}, 60_000)
afterAll(() => app.stop())

const role = { kind: 'role', roleDefinitionId: ROLE, directoryScopeId: '/' } as const
const group = (by: 'pim' | 'membership') =>
	({ kind: 'group', groupId: GROUP_BESIDE.id, relation: 'member', by }) as const
/** The kind of a method stands in its type, and each kind has columns of its own. */
const WITHOUT_SELECT = /\/authentication\/methods$/
/** The token of a delta link holds what was selected. */
const CONTINUED = /[?&]\$(skip|delta)token=/i

test('every reading names its columns, every call its language, and every filter is encoded', async () => {
	const [first = ''] = users
	const { grants, directory } = app.deps
	for (const place of [role, group('pim'), group('membership')]) {
		const target = { grantId: app.deps.newId(), principalId: first, place }
		await grants.assign({
			...target,
			endsAt: new Date(app.clock.now().getTime() + 3_600_000),
			justification: "O'Brien & others #1",
		})
		await grants.read(target)
		await Promise.all(
			users.slice(0, 6).map((principalId) => inLane('revoke', () => grants.read({ ...target, principalId }))),
		)
		await grants.remove({ ...target, justification: 'ended' })
	}
	await grants.revokeSessions(first)
	await directory.roleHolders(ROLE)
	await directory.methodsOf(users.slice(0, 3))
	const sent = app.tenant.exchanges()
	expect(new Set(sent.map(({ method }) => method))).toEqual(new Set(['GET', 'POST', 'DELETE']))
	for (const { method, path, query, language } of sent) {
		expect(language, path).toBe('en-US')
		expect(query, path).not.toMatch(/[ #]/)
		if (method !== 'GET' || WITHOUT_SELECT.test(path) || CONTINUED.test(query)) continue
		expect(new URLSearchParams(query).get('$select'), `${path}${query}`).toMatch(/^[A-Za-z,]+$/)
	}
	expect(sent.filter(({ path }) => path === '/v1.0/$batch')).toHaveLength(1)
	expect(sent.some(({ query }) => query.includes('$top=999'))).toBe(true)
})

describe('a batch', () => {
	function open() {
		const lanes = openLanes(budgetsFor(1000), {
			milliseconds: () => app.clock.now().getTime(),
			random: () => 0,
		})
		const client = connectGraph(
			{ ...app.connection, kind: 'sandbox', timeoutMs: 5000, groups: 'pim' },
			{ newId: app.deps.newId, lanes },
		)
		const begun = app.tenant.exchanges().length
		const batches = () =>
			app.tenant
				.exchanges()
				.slice(begun)
				.filter(({ path }) => path === '/v1.0/$batch')
		return { read: (urls: readonly string[]) => readBatch(client, lanes, urls), batches }
	}
	const urlOf = (id: string) => `/users/${id}?$select=id`
	const many = (count: number) => Array.from({ length: count }, (_, n) => users[n % users.length] ?? '')

	test('gives an answer for each address in the order of the question, twenty in a call', async () => {
		const { read, batches } = open()
		const asked = many(45)
		const answers = await read(asked.map(urlOf))
		expect(answers.map(({ status }) => status)).toEqual(asked.map(() => 200))
		expect(answers.map(({ body }) => (body as { id: string }).id)).toEqual(asked)
		expect(batches().map(({ request }) => (request as { requests: unknown[] }).requests.length)).toEqual([
			20, 20, 5,
		])
	})

	test('asks again for what was throttled in it, and for nothing else', async () => {
		const { read, batches } = open()
		const busy = { kind: 'status', status: 429, headers: { 'retry-after': '1' }, when: 'before' } as const
		app.tenant.faults.next('GET', /users/, busy, 2)
		const answers = await read(many(10).map(urlOf))
		expect(answers.every(({ status }) => status === 200)).toBe(true)
		expect(batches().map(({ request }) => (request as { requests: unknown[] }).requests.length)).toEqual([
			10, 2,
		])
	})

	test('says of each what stands in its way, and of the others what they are', async () => {
		const { read } = open()
		const [first = ''] = users
		const answers = await read([urlOf(first), urlOf(app.deps.newId()), '/nowhere'])
		expect(answers.map(({ status }) => status)).toEqual([200, 404, 400])
	})

	test('that stays throttled gives what was answered', async () => {
		const { read } = open()
		app.tenant.faults.next('GET', /users/, { kind: 'status', status: 503, when: 'before' }, 4)
		const [first, second] = await read([urlOf(users[0] ?? ''), urlOf(users[1] ?? '')])
		app.tenant.faults.clear()
		expect([first?.status, second?.status].every((status) => status === 200 || status === 503)).toBe(true)
	})

	test('of nothing is no call', async () => {
		const { read, batches } = open()
		expect(await read([])).toEqual([])
		expect(batches()).toEqual([])
	})
})

test('connections are reused: many calls one after the other take one', async () => {
	const seen = new Set<unknown>()
	app.tenant.onConnection((socket) => seen.add(socket))
	for (let n = 0; n < 10; n++)
		await app.deps.grants.read({ grantId: app.deps.newId(), principalId: users[0] ?? '', place: role })
	expect(seen.size).toBeLessThanOrEqual(1)
})

test('connections are bounded: hundreds of calls at once take as many as there are places', async () => {
	let open = 0
	let most = 0
	app.tenant.onConnection((socket) => {
		open += 1
		most = Math.max(most, open)
		socket.once('close', () => (open -= 1))
	})
	await Promise.all(
		Array.from({ length: 200 }, (_, n) =>
			inLane('grant', () =>
				app.deps.grants.read({ grantId: app.deps.newId(), principalId: users[n % 5] ?? '', place: role }),
			),
		),
	)
	expect(most).toBeLessThanOrEqual(16)
})
