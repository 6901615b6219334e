import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GROUP_BESIDE } from '#app/sandbox/start-sandbox.ts'
import { openProber } from '#app/integrations/graph/probe.server.ts'
import { PHISHING_RESISTANT_STRENGTH } from '#app/sandbox/tenant/conditional-access.ts'
import { policyPath } from '#app/services/tenant-check/needed-permissions.ts'
import type { Exchange } from '#app/sandbox/tenant/server.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'
import { sharedJson } from '#test/vectors.ts'

/** The package is CommonJS, so its function is the default of the default. */
const addFormats = (formats as unknown as { default: (ajv: Ajv2020) => void }).default

type Operation = { requestBody?: unknown; responses: Record<string, unknown> }
type Slice = { paths: Record<string, Record<string, Operation>>; components: object }
type Rules = { rules: Record<string, object> }

const slice = sharedJson<Slice>('contracts/graph-slice.openapi.json')
const rules = sharedJson<Rules>('contracts/graph-request-rules.json')

let app: TestApp
let listener: Server
beforeEach(async () => {
	// Gives back the token by which the tenant tries an address, and nothing else.
	listener = createServer((request, response) => {
		const token = new URL(request.url ?? '', 'http://localhost').searchParams.get('validationToken')
		response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(token)
	})
	await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
	app = await createTestApp({
		reachedAt: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
	})
})
afterEach(async () => {
	await app.stop()
	listener.closeAllConnections()
	await new Promise((done) => listener.close(done))
})

const USER_ADMINISTRATOR = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
/** Customer Lockbox Access Approver, which has the same id in every tenant. */
const CUSTOMER_LOCKBOX_APPROVER = '5c4f9dcd-47dc-4cf7-8c9a-9e4207cbfc91'

/** Everything the connector does, in success and in refusal. */
async function exercise(): Promise<Exchange[]> {
	const { grants } = app.deps
	const operator = (
		await app.deps.database.pool.query<{ entra_object_id: string }>(
			`select entra_object_id from people where persona = 'operator'`,
		)
	).rows[0]
	const target = {
		grantId: app.deps.newId(),
		principalId: operator?.entra_object_id ?? '',
		place: {
			kind: 'role' as const,
			roleDefinitionId: 'fe930be7-5e62-47db-91af-98c3a49a38b1',
			directoryScopeId: '/',
		},
	}
	const order = { ...target, endsAt: new Date(app.clock.now().getTime() + 3_600_000), justification: 'CHG-1' }
	await grants.assign({ ...order, endsAt: new Date(app.clock.now().getTime() + 60_000) })
	await grants.assign({ ...order, principalId: app.deps.newId() })
	await grants.assign(order)
	await grants.assign(order)
	app.tenant.signIns.add({ userId: target.principalId })
	const since = new Date(app.clock.now().getTime() - 3_600_000).toISOString()
	expect(await app.deps.watch.signIns(target.principalId, since)).toMatchObject({
		read: true,
		rows: [{ errorCode: 0, application: 'Azure Portal' }],
	})
	app.tenant.signIns.license(false)
	expect(await app.deps.watch.signIns(target.principalId, since)).toMatchObject({ why: 'forbidden' })
	app.clock.advance(5000)
	await grants.read(target)
	await grants.assign(order)
	await grants.update({
		...order,
		endsAt: new Date(order.endsAt.getTime() + 1_800_000),
		justification: 'CHG-2',
	})
	await grants.update({ ...order, principalId: app.deps.newId() })
	await grants.remove({ ...target, justification: 'too early' })
	await grants.revokeSessions(target.principalId)
	app.clock.advance(6 * 60_000)
	await grants.remove({ ...target, justification: 'ended' })
	await grants.remove({ ...target, justification: 'again' })
	await grants.read(target)
	await exerciseGroup(target.principalId)
	await readTenant(target.principalId)
	await subscribe()
	await readDirectory(target.principalId)
	return app.tenant.exchanges()
}

/** The same for places in a group: under PIM, and as plain membership. */
async function exerciseGroup(principalId: string): Promise<void> {
	const { grants } = app.deps
	for (const by of ['pim', 'membership'] as const) {
		const place = { kind: 'group' as const, groupId: GROUP_BESIDE.id, relation: 'member' as const, by }
		const target = { grantId: app.deps.newId(), principalId, place }
		const order = {
			...target,
			endsAt: new Date(app.clock.now().getTime() + 3_600_000),
			justification: 'CHG-1',
		}
		const made = await grants.assign(order)
		await grants.assign({ ...order, principalId: app.deps.newId() })
		app.clock.advance(5000)
		await grants.read(target)
		await grants.assign(order)
		await grants.update({ ...order, endsAt: new Date(order.endsAt.getTime() + 60_000) })
		await grants.cancel(target, made.kind === 'accepted' ? made.requestId : '')
		app.clock.advance(6 * 60_000)
		await grants.remove({ ...target, justification: 'ended' })
		await grants.remove({ ...target, justification: 'again' })
	}
}

/** Everything that is read of what the tenant holds. */
async function readTenant(userId: string): Promise<void> {
	const { reader } = app.deps
	const nested = { id: app.deps.newId(), displayName: 'Nested' }
	app.tenant.groups.put(nested)
	app.tenant.groups.put({ ...GROUP_BESIDE, isAssignableToRole: true })
	app.tenant.groups.change(GROUP_BESIDE.id, nested.id, true)
	app.tenant.groups.makeEligible(GROUP_BESIDE.id, userId)
	const application = { id: app.deps.newId(), appId: app.deps.newId(), displayName: 'Backup' }
	app.tenant.servicePrincipals.put(application)
	for (const id of [userId, GROUP_BESIDE.id, application.id])
		app.tenant.assignDirectly(id, USER_ADMINISTRATOR)
	app.tenant.conditionalAccess.put({
		id: app.deps.newId(),
		displayName: 'Keys for administrators',
		includeRoles: [CUSTOMER_LOCKBOX_APPROVER],
		platforms: ['windows'],
		strengthId: PHISHING_RESISTANT_STRENGTH,
	})
	const governed = { groupIds: [GROUP_BESIDE.id, nested.id, app.deps.newId()] }
	const picture = await reader.readTenant(governed, { users: 'read' })
	expect(Object.entries(picture.parts).filter(([, { read }]) => !read)).toEqual([])
	await reader.readPrivileges(governed)
	// Eligibility, which is only ever taken away.
	app.tenant.makeEligible(userId, USER_ADMINISTRATOR)
	const role = { kind: 'role', roleDefinitionId: USER_ADMINISTRATOR, directoryScopeId: '/' } as const
	const group = { kind: 'group', groupId: GROUP_BESIDE.id, relation: 'member', by: 'pim' } as const
	for (const place of [role, group]) {
		const target = { grantId: app.deps.newId(), principalId: userId, place }
		const { eligibilities } = app.deps.grants
		expect(await eligibilities.isHeld(target)).toBe(true)
		expect(await eligibilities.remove({ ...target, justification: 'not approved' })).toMatchObject({
			kind: 'accepted',
			status: 'Revoked',
		})
		expect(await eligibilities.isHeld(target)).toBe(false)
		expect(await eligibilities.remove({ ...target, justification: 'again' })).toEqual({ kind: 'absent' })
	}
	await exerciseSchedules(userId)
	expect(await reader.assurance(userId)).toMatchObject({ methods: { read: true } })
	expect(await reader.assurance(app.deps.newId())).toMatchObject({ user: 'absent' })
	await reader.signInRules()
}

/** What begins later: read for the whole tenant and for one person, removed, and cancelled where it was only granted. */
async function exerciseSchedules(userId: string): Promise<void> {
	const { grants, reader } = app.deps
	const startAt = new Date(app.clock.now().getTime() + 86_400_000)
	const endAt = new Date(startAt.getTime() + 3_600_000)
	const [role, group] = [
		{ kind: 'role', roleDefinitionId: CUSTOMER_LOCKBOX_APPROVER, directoryScopeId: '/' },
		{ kind: 'group', groupId: GROUP_BESIDE.id, relation: 'owner', by: 'pim' },
	] as const
	app.tenant.assignLater(userId, role.roleDefinitionId, startAt, endAt)
	app.tenant.activateLater(
		userId,
		role.roleDefinitionId,
		new Date(startAt.getTime() + 7_200_000),
		new Date(endAt.getTime() + 7_200_000),
	)
	app.tenant.groups.assignLater(group.groupId, userId, startAt, endAt, 'owner')
	app.clock.advance(3000)
	const picture = await reader.readPrivileges({ groupIds: [GROUP_BESIDE.id] })
	expect(picture.roleHoldings.filter(({ how }) => how === 'scheduled')).toHaveLength(2)
	expect(picture.groupHoldings.filter(({ how }) => how === 'scheduled')).toHaveLength(1)
	for (const place of [role, group]) {
		const target = { grantId: app.deps.newId(), principalId: userId, place }
		for (const { cancel } of await grants.schedules.read(target))
			if (cancel !== null)
				expect(await grants.cancel(target, cancel)).toMatchObject({ kind: 'accepted', status: 'Canceled' })
		expect(await grants.remove({ ...target, justification: 'not approved' })).toMatchObject({
			kind: 'accepted',
			status: 'Revoked',
		})
		app.clock.advance(3000)
		expect(await grants.schedules.read(target)).toEqual([])
	}
}

/** What changes in groups: somebody comes and leaves, over pages, a group that is gone, and a token that is worth nothing. */
async function readGroupChanges(userId: string): Promise<void> {
	const { directory } = app.deps
	const { groups, groupDelta } = app.tenant
	const other = { id: app.deps.newId(), displayName: 'Another' }
	groups.put(other)
	groups.change(GROUP_BESIDE.id, userId, true)
	const ids = [GROUP_BESIDE.id, other.id]
	const all = async (from: string | null) => {
		const told: string[] = []
		let page = await directory.groupChanges(from, ids)
		while (page.kind === 'page') {
			told.push(...page.changes)
			if (page.then.kind === 'done') return { told, link: page.then.link }
			page = await directory.groupChanges(page.then.link, ids)
		}
		return { told, link: null }
	}
	groupDelta.setPageSize(1)
	const first = await all(null)
	expect(new Set(first.told)).toEqual(new Set(ids))
	groups.change(GROUP_BESIDE.id, userId, false)
	groups.remove(other.id)
	const second = await all(first.link)
	expect(second.told).toEqual(ids)
	expect(await all(second.link)).toEqual({ told: [], link: second.link })
	app.tenant.users.forgetTokens()
	expect(await directory.groupChanges(second.link, ids)).toMatchObject({ kind: 'resync' })
}

/** What the tenant is asked to tell us of, and each way in which that is refused. */
async function subscribe(): Promise<void> {
	const { port } = app.deps.notifications
	const order = {
		url: 'https://charterkeep.invalid/graph/notifications',
		clientState: 'a secret',
		expiresAt: new Date(app.clock.now().getTime() + 86_400_000),
	}
	const refused = { name: 'SubscriptionRefused' }
	for (const resource of ['/users', `/groups/${GROUP_BESIDE.id}/members`]) {
		const { subscriptionId } = await port.create({ ...order, resource })
		expect((await port.list()).map((each) => each.subscriptionId)).toContain(subscriptionId)
		expect(await port.renew(subscriptionId, order.expiresAt)).toEqual(order.expiresAt)
		await port.remove(subscriptionId)
		await port.remove(subscriptionId)
		expect(await port.renew(subscriptionId, order.expiresAt)).toBe(null)
	}
	await expect(
		port.create({ ...order, resource: '/users', url: 'https://127.0.0.1:1/' }),
	).rejects.toMatchObject({
		...refused,
		trouble: 'unreachable',
	})
	await expect(port.create({ ...order, resource: '/me/messages' })).rejects.toMatchObject(refused)
	app.tenant.subscriptions.allow(0)
	await expect(port.create({ ...order, resource: '/users' })).rejects.toMatchObject({
		...refused,
		trouble: 'quota',
	})
	app.tenant.subscriptions.allow(100)
}

/** Everything that is read of the tenant's users, and each way in which that is refused. */
async function readDirectory(userId: string): Promise<void> {
	app.tenant.makeEligible(app.deps.newId(), CUSTOMER_LOCKBOX_APPROVER)
	app.tenant.assignBeside(userId, CUSTOMER_LOCKBOX_APPROVER)
	app.clock.advance(5000)
	expect((await app.deps.directory.roleHolders(CUSTOMER_LOCKBOX_APPROVER)).map(({ kind }) => kind)).toEqual([
		'active',
		'eligible',
	])
	const { directory } = app.deps
	app.tenant.users.setPageSize(20)
	let page = await directory.changes(null)
	while (page.kind === 'page' && page.then.kind === 'next') page = await directory.changes(page.then.link)
	const link = page.kind === 'page' ? page.then.link : ''
	app.tenant.users.setMethods(userId, [
		'password',
		'fido2',
		'windowsHelloForBusiness',
		'platformCredential',
		'microsoftAuthenticator',
		'phone',
	])
	expect(await directory.methods(userId)).toHaveLength(6)
	expect(await directory.methods(app.deps.newId())).toBeNull()
	const [many, nobody] = await directory.methodsOf([userId, app.deps.newId()])
	expect(many).toHaveLength(6)
	expect(nobody).toBeNull()
	app.tenant.users.remove(userId, 'changed')
	expect(await directory.changes(link)).toMatchObject({
		changes: [{ objectId: userId, removed: 'soft_deleted' }],
	})
	// Which makes the token of users worthless too.
	await readGroupChanges(userId)
	expect(await directory.changes(link)).toMatchObject({ kind: 'resync' })
	const prober = openProber(
		{ ...app.connection, kind: 'sandbox' },
		{ newId: app.deps.newId, now: app.clock.now },
	)
	for (const path of [
		policyPath('DirectoryRole', '/', CUSTOMER_LOCKBOX_APPROVER),
		policyPath('Group', GROUP_BESIDE.id, 'member'),
	])
		expect(await prober.send({ method: 'GET', path })).toMatchObject({
			kind: 'done',
			answer: { value: [expect.objectContaining({ policy: expect.anything() as unknown })] },
		})
	app.tenant.offerMethods(false)
	await expect(directory.methods(userId)).rejects.toMatchObject({ trouble: 'unsupported' })
	app.tenant.grantOnly([])
	await expect(directory.changes(null)).rejects.toMatchObject({ trouble: 'forbidden' })
}

describe.skipIf(slice === null || rules === null)('the contract', () => {
	test('every request that the product sends and every answer of the sandbox fits the published slice and rules', async () => {
		const exchanges = await exercise()
		expect(new Set(exchanges.map(({ status }) => status))).toEqual(
			new Set([200, 201, 204, 400, 403, 404, 410]),
		)
		const ajv = new Ajv2020({ strict: false, allErrors: true })
		addFormats(ajv)
		ajv.addSchema({ $id: 'slice', components: slice?.components })
		const problems: string[] = []
		let checked = 0
		const check = (what: string, schema: object, value: unknown) => {
			const validate = ajv.compile(schema)
			checked += 1
			if (!validate(value)) problems.push(`${what}: ${ajv.errorsText(validate.errors)}`)
		}
		const made = exchanges.filter(({ status }) => status === 201)
		const isSubscription = ({ path }: Exchange) => path.endsWith('/subscriptions')
		const actions = made
			.filter((each) => !isSubscription(each))
			.map(({ request }) => (request as { action?: string }).action)
		expect(made.filter(isSubscription)).toHaveLength(2)
		const each = ['adminAssign', 'adminUpdate', 'adminRemove']
		// And eligibility and what begins later are taken away, of a role and of a group.
		expect(actions).toEqual([...each, ...each, 'adminRemove', 'adminRemove', 'adminRemove', 'adminRemove'])
		for (const { method, path, status, request, response } of exchanges) {
			const plain = path.replace(/^\/v1\.0/, '')
			// `/users/delta` is a path of its own, and no user.
			const templates = Object.keys(slice?.paths ?? {}).sort(
				(a, b) => a.split('{').length - b.split('{').length,
			)
			const template = templates.find((each) =>
				new RegExp(`^${each.replaceAll(/\{[^}]+\}/g, '[^/]+').replaceAll('$', '\\$')}$`).test(plain),
			)
			const operation = slice?.paths[template ?? '']?.[method.toLowerCase()]
			if (!operation) {
				problems.push(`${method} ${plain} is not in the slice`)
				continue
			}
			const body = schemaIn(operation.requestBody)
			if (body && request !== null && Object.keys(request as object).length > 0)
				check(`${method} ${plain}`, body, request)
			const rule = rules?.rules[`${method} ${template}`]
			if (rule && request !== null)
				check(`rule of ${method} ${template}`, { ...rule, $schema: undefined, $id: undefined }, request)
			const answer = schemaIn(operation.responses[status < 300 ? '2XX' : 'default'])
			if (answer) check(`${status} of ${method} ${plain}`, answer, response)
		}
		expect([...new Set(problems)]).toEqual([])
		expect(checked).toBeGreaterThan(20)
	})
})

/** The JSON schema behind a body or a response, which may itself be a reference into the slice. */
function schemaIn(node: unknown): object | null {
	const text = JSON.stringify(node ?? null)
	const reference = /"\$ref":"(#\/components\/(?:responses|requestBodies)\/[^"]+)"/.exec(text)?.[1]
	if (reference) {
		const target = reference
			.slice(2)
			.split('/')
			.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], slice)
		return schemaIn(target)
	}
	const schema = /"schema":(\{.*\})/.exec(text) && findSchema(JSON.parse(text))
	return schema
		? (JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"slice#/components')) as object)
		: null
}

function findSchema(node: unknown): unknown {
	if (typeof node !== 'object' || node === null) return null
	if ('schema' in node) return node.schema
	for (const value of Object.values(node)) {
		const found = findSchema(value)
		if (found) return found
	}
	return null
}
