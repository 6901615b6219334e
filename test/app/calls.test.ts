import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readBatch } from '#app/integrations/graph/batch.server.ts'
import { connectGraph, equals } from '#app/integrations/graph/client.server.ts'
import { budgetsFor } from '#app/integrations/graph/families.ts'
import { openLanes } from '#app/integrations/graph/lanes.server.ts'
import { openProber } from '#app/integrations/graph/probe.server.ts'
import { inLane } from '#app/integrations/graph/urgency.server.ts'
import { GROUP_BESIDE } from '#app/sandbox/start-sandbox.ts'
import { checkTenant } from '#app/services/tenant-check/check-tenant.server.ts'
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
/** What is read with all its columns, and why. */
const WITHOUT_SELECT: Readonly<Record<string, string>> = {
	'/users/*/authentication/methods':
		'the kind of a method stands in its type, and each has columns of its own',
	'/users/*/authentication/fido2Methods': 'the list takes no options',
	'/policies/authenticationStrengthPolicies': 'the list takes a filter and no other option',
	'/auditLogs/signIns': 'the list refuses $select',
	'/subscriptions': 'the list refuses every option',
}
/** Every list and object that the product reads. A reading that is added is added here, and called below. */
const READ: readonly string[] = [
	...Object.keys(WITHOUT_SELECT),
	'/groups',
	'/groups/*',
	'/groups/*/members',
	'/groups/*/owners',
	'/groups/*/transitiveMembers',
	'/groups/delta',
	'/identity/conditionalAccess/policies',
	'/identityGovernance/privilegedAccess/group/assignmentScheduleInstances',
	'/identityGovernance/privilegedAccess/group/assignmentScheduleRequests',
	'/identityGovernance/privilegedAccess/group/assignmentSchedules',
	'/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances',
	'/organization',
	'/policies/roleManagementPolicyAssignments',
	'/roleManagement/directory/roleAssignmentScheduleInstances',
	'/roleManagement/directory/roleAssignmentScheduleRequests',
	'/roleManagement/directory/roleAssignmentSchedules',
	'/roleManagement/directory/roleAssignments',
	'/roleManagement/directory/roleDefinitions',
	'/roleManagement/directory/roleEligibilityScheduleInstances',
	'/servicePrincipals',
	'/users',
	'/users/*',
	'/users/*/transitiveMemberOf',
	'/users/delta',
]
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const listOf = (path: string) => path.replace('/v1.0', '').replaceAll(ID, '*')
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
	await readEverything(first)
	const sent = app.tenant.exchanges()
	expect(new Set(sent.map(({ method }) => method))).toEqual(new Set(['GET', 'POST', 'DELETE']))
	for (const { method, path, query, language } of sent) {
		expect(language, path).toBe('en-US')
		expect(query, path).not.toMatch(/[ #]/)
		if (method !== 'GET' || CONTINUED.test(query)) continue
		const select = new URLSearchParams(query).get('$select')
		if (listOf(path) in WITHOUT_SELECT) expect(select, path).toBe(null)
		else expect(select, `${path}${query}`).toMatch(/^[A-Za-z,]+$/)
	}
	const lists = sent.filter(({ method }) => method === 'GET').map(({ path }) => listOf(path))
	expect([...new Set(lists)].sort()).toEqual([...READ].sort())
	expect(sent.some(({ path }) => path === '/v1.0/$batch')).toBe(true)
	expect(sent.some(({ query }) => query.includes('$top=999'))).toBe(true)
})

/** What is read beside what one access takes: for the mirror, findings, readiness, checks before granting, and `tenant check`. */
async function readEverything(userId: string): Promise<void> {
	const { deps } = app
	const { reader } = deps
	const nested = { id: deps.newId(), displayName: 'Nested' }
	app.tenant.groups.put(nested)
	app.tenant.groups.change(GROUP_BESIDE.id, nested.id, true)
	app.tenant.makeEligible(userId, ROLE)
	const governed = { groupIds: [GROUP_BESIDE.id] }
	await reader.readTenant(governed, { users: 'read' })
	await reader.assurance(userId)
	await reader.signInRules()
	await reader.memberOf(userId)
	await reader.readParts([
		{ kind: 'role', id: ROLE },
		{ kind: 'group', id: GROUP_BESIDE.id },
		{ kind: 'pim', id: 'roles' },
		{ kind: 'pim', id: 'groups' },
	])
	await deps.directory.groupChanges(null, [GROUP_BESIDE.id])
	await deps.notifications.port.list()
	await deps.watch.signIns(userId, deps.now().toISOString())
	for (const place of [role, group('pim')]) {
		const target = { grantId: deps.newId(), principalId: userId, place }
		await deps.grants.eligibilities.isHeld(target)
		await deps.grants.schedules.read(target)
	}
	const tools = { newId: deps.newId, now: app.clock.now }
	const { charter } = await deps.charters.inForce(deps.database.db)
	for (const groups of ['pim', 'membership'] as const) {
		const first = openProber({ ...app.connection, kind: 'sandbox', groups }, tools)
		await checkTenant(
			{ groups, lacks: [], isTold: true, charter },
			{ first, killSwitch: null },
			app.clock.now(),
		)
	}
}

test('a quote in a name is doubled, and what follows it stays part of the name', async () => {
	expect(equals('displayName', "O'Brien' or id ne '")).toBe("displayName eq 'O''Brien''%20or%20id%20ne%20'''")
	const one = { id: app.deps.newId(), displayName: "O'Brien & Söhne #1" }
	const other = { id: app.deps.newId(), displayName: 'O' }
	app.tenant.groups.put(one)
	app.tenant.groups.put(other)
	const prober = openProber(
		{ ...app.connection, kind: 'sandbox' },
		{ newId: app.deps.newId, now: app.clock.now },
	)
	const named = async (name: string) => {
		const filter = equals('displayName', name).replaceAll(' ', '%20')
		const seen = await prober.send({ method: 'GET', path: `/groups?$filter=${filter}&$select=id` })
		return seen.kind === 'done'
			? (seen.answer as { value: { id: string }[] }).value.map(({ id }) => id)
			: seen
	}
	expect(await named(one.displayName)).toEqual([one.id])
	expect(await named("O' or id ne '")).toEqual([])
	const { query } = app.tenant.exchanges().findLast(({ path }) => path === '/v1.0/groups') ?? { query: '' }
	expect(new URLSearchParams(query).get('$filter')).toBe("displayName eq 'O'' or id ne '''")
})

describe('a batch', () => {
	function open() {
		const lanes = openLanes(budgetsFor(1000), {
			milliseconds: () => app.clock.now().getTime(),
			after: app.clock.after,
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
