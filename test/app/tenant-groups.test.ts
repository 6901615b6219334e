import { afterEach, expect, test } from 'vitest'
import { isAskedLookDue, reconcileRound, startReconcileLoop } from '#app/jobs/reconcile-loop.server.ts'
import { startTenantLoop } from '#app/jobs/tenant-loop.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { showFindings } from '#app/services/findings/show-findings.server.ts'
import { showGroupChanges } from '#app/services/tenant/show-group-changes.server.ts'
import { syncTenantGroups } from '#app/services/tenant/sync-groups.server.ts'
import { readLookTimes } from '#db/queries/look-asks.ts'
import { readGroupSyncs } from '#db/queries/tenant-groups.ts'
import { allFindings } from './findings-acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

const EVERY_MS = 10_000
const HOUR = 3_600_000
const GROUP = '7d0c2f4e-5a1b-4c9d-8e3f-2b6a9c0d1e4f'
/** Accounts of the tenant that are nobody here. */
const STRANGER = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01'
const OTHERS = ['b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a02', 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a03']
const ROLE_LINE =
	'entra: { roleTemplateId: 5d6b6bb7-de71-4623-b4af-96380a352509, name: Security Reader, scope: / }'

let app: TestApp
afterEach(() => app.stop())

async function start(): Promise<void> {
	app = await createTestApp({
		charter: (yaml) => {
			expect(yaml).toContain(ROLE_LINE)
			return yaml.replace(ROLE_LINE, `entra: { groupId: ${GROUP}, relation: member, name: Readers }`)
		},
	})
}
const calls = () => app.tenant.exchanges().filter(({ path }) => path.startsWith('/v1.0/groups/delta'))
/** A round, after the time between two has passed; gives its calls. */
async function sync(mayGoOn?: () => boolean) {
	app.clock.advance(EVERY_MS)
	const before = calls().length
	await syncTenantGroups(app.deps, { everyMs: EVERY_MS, ...(mayGoOn ? { mayGoOn } : {}) })
	return calls().slice(before)
}
const state = async () => (await readGroupSyncs(app.deps.database.db)).get(0)
const isLookDue = async () => isAskedLookDue(await readLookTimes(app.deps.database.db), app.clock.now())
/** Everything has been read and compared, and nothing more is asked for. */
async function settle(): Promise<void> {
	await sync()
	app.clock.advance(3000)
	expect(await isLookDue()).toBe(true)
	await reconcileRound(app.deps)
	app.clock.advance(3000)
	expect(await isLookDue()).toBe(false)
}

test('with the whole look once an hour a membership made beside Charterkeep is found within seconds', async () => {
	await start()
	await settle()
	const stops = [startReconcileLoop(app.deps, HOUR), startTenantLoop(app.deps, 1000)]
	try {
		// The look that each start makes is over before anything changes.
		await expect.poll(() => runs(), { timeout: 20_000 }).toBe(2)
		app.tenant.groups.change(GROUP, STRANGER, true)
		await expect
			.poll(async () => (await allFindings(app)).map((row) => row.state), { timeout: 30_000 })
			.toEqual(['alerted'])
	} finally {
		await Promise.all(stops.map((each) => each.stop()))
	}
	const [finding] = await allFindings(app)
	expect(finding?.context.difference).toMatchObject({ principalId: STRANGER })
}, 90_000)

const runs = async () => (await app.deps.database.pool.query('select 1 from reconcile_runs')).rowCount ?? 0

test('where nothing changed a round is one call, and asks for nothing', async () => {
	await start()
	app.tenant.groups.change(GROUP, STRANGER, true)
	await settle()
	for (let round = 0; round < 3; round++) {
		const asked = await sync()
		expect(asked.map(({ status, query }) => [status, query.includes('deltatoken')])).toEqual([[200, true]])
		expect(await isLookDue()).toBe(false)
	}
	// And no call at all before its time has come.
	const before = calls().length
	await syncTenantGroups(app.deps, { everyMs: EVERY_MS })
	expect(calls()).toHaveLength(before)
})

test('whoever leaves is told of as whoever comes, and many changes ask for one look', async () => {
	await start()
	app.tenant.groups.change(GROUP, STRANGER, true)
	await settle()
	for (const other of OTHERS) app.tenant.groups.change(GROUP, other, true)
	app.tenant.groups.change(GROUP, STRANGER, false)
	const [answer] = await sync()
	expect(answer?.response).toMatchObject({
		value: [
			{
				id: GROUP,
				'members@delta': [{ id: OTHERS[0] }, { id: OTHERS[1] }, { id: STRANGER, '@removed': {} }],
			},
		],
	})
	expect(await isLookDue()).toBe(true)
	await reconcileRound(app.deps)
	app.clock.advance(3000)
	expect(await isLookDue()).toBe(false)
})

test('a token that is worth nothing has all read anew, and asks for a look at what was missed', async () => {
	await start()
	await settle()
	app.tenant.groups.change(GROUP, STRANGER, true)
	app.tenant.users.forgetTokens()
	const asked = await sync()
	expect(asked.map(({ status }) => status)).toEqual([410, 200])
	expect(await state()).toMatchObject({ reading: 'everyone', nextLink: null, trouble: null })
	expect(await isLookDue()).toBe(true)
	expect((await sync()).map(({ status }) => status)).toEqual([200])
	expect((await state())?.reading).toBe('changes')
})

test('a group that is gone asks for a look, and the round goes on', async () => {
	await start()
	app.tenant.groups.change(GROUP, STRANGER, true)
	await settle()
	app.tenant.groups.remove(GROUP)
	const [answer] = await sync()
	expect(answer?.response).toMatchObject({ value: [{ id: GROUP, '@removed': { reason: 'changed' } }] })
	expect(await isLookDue()).toBe(true)
	await sync()
	expect(await state()).toMatchObject({ reading: 'changes', trouble: null })
})

test('a process that is killed between two pages is followed where it was, and no change is lost', async () => {
	await start()
	await settle()
	app.tenant.groupDelta.setPageSize(1)
	for (const each of [STRANGER, ...OTHERS]) app.tenant.groups.change(GROUP, each, true)
	let pages = 0
	// Two askings of `mayGoOn` begin the round and read its first page.
	expect(await sync(() => pages++ < 2)).toHaveLength(1)
	const left = await state()
	expect(left?.nextLink).toContain('skiptoken')
	// What the first page told asks already.
	expect(await isLookDue()).toBe(true)
	const after = calls().length
	await syncTenantGroups(app.deps, { everyMs: EVERY_MS })
	const rest = calls().slice(after)
	expect(rest).toHaveLength(2)
	expect(rest[0]?.query).toBe(new URL(left?.nextLink ?? '').search)
	expect(await state()).toMatchObject({ nextLink: null, trouble: null })
	expect(await sync()).toHaveLength(1)
})

test('a page and what it asks for are stored together or not at all', async () => {
	await start()
	await settle()
	app.tenant.groups.change(GROUP, STRANGER, true)
	const before = await state()
	await app.owner.pool.query(
		`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$`,
	)
	await app.owner.pool.query(
		'create trigger refuse before update on tenant_group_sync for each row when (new.finished_at is distinct from old.finished_at) execute function refuse()',
	)
	await expect(sync()).rejects.toThrow()
	expect(await isLookDue()).toBe(false)
	expect((await state())?.deltaLink).toBe(before?.deltaLink)
	await app.owner.pool.query('drop trigger refuse on tenant_group_sync')
	await sync()
	expect(await isLookDue()).toBe(true)
})

test.each(['https://elsewhere.example/v1.0/groups/delta?$deltatoken=x', '/v1.0/users/delta?$deltatoken=x'])(
	'a stored link that leads elsewhere is never followed: %s',
	async (link) => {
		await start()
		await settle()
		await app.owner.pool.query('update tenant_group_sync set delta_link = $1', [
			new URL(link, app.connection.graphBaseUrl).href,
		])
		const before = app.tenant.exchanges().length
		await sync()
		expect(
			app.tenant
				.exchanges()
				.slice(before)
				.map(({ path }) => path),
		).toEqual(['/v1.0/groups/delta'])
		expect((await state())?.reading).toBe('everyone')
	},
)

test('groups that the charter comes to govern, and another tenant, are read from the beginning', async () => {
	await start()
	await settle()
	await app.owner.pool.query(`update tenant_group_sync set group_ids = '{}'`)
	const [other] = await sync()
	expect(decodeURIComponent(other?.query ?? '')).toContain(`id eq '${GROUP}'`)
	expect(await isLookDue()).toBe(true)
	await app.owner.pool.query(`update tenant_group_sync set tenant = 'another'`)
	const [another] = await sync()
	expect(another?.query).toContain('filter')
})

test('what stands in the way is stored and waited for, and the look goes on without', async () => {
	await start()
	await settle()
	const headers = { 'retry-after': '90' }
	app.tenant.faults.next('GET', /groups\/delta/, { kind: 'status', status: 429, headers, when: 'before' })
	await sync()
	expect(await state()).toMatchObject({ trouble: 'throttled', troubleCode: 'TooManyRequests' })
	expect(await sync()).toEqual([])
	app.tenant.groups.change(GROUP, STRANGER, true)
	app.clock.advance(90_000)
	expect(await sync()).toHaveLength(1)
	expect(await state()).toMatchObject({ trouble: null, notBefore: null, failures: 0 })
	expect(await isLookDue()).toBe(true)
})

test('more than fifty groups are asked for in parts, each with a link of its own', async () => {
	await start()
	const { charters } = app.deps
	const ids = Array.from({ length: 53 }, (_, n) => `0a000000-0000-4000-8000-${String(n).padStart(12, '0')}`)
	for (const id of ids) app.tenant.groups.put({ id, displayName: id })
	const deps: Deps = {
		...app.deps,
		charters: {
			...charters,
			async inForce(reader) {
				const stored = await charters.inForce(reader)
				const model = Object.values(stored.charter.roles).find(
					(role) => role.access && 'groupId' in role.access.entra && role.access.entra.groupId === GROUP,
				)
				if (!model?.access) throw new Error('No role gives a place in the group.')
				const { access: given } = model
				const roles = Object.fromEntries(
					ids.map((groupId) => [
						groupId,
						{
							...model,
							access: { ...given, entra: { groupId, relation: 'member' as const, name: groupId } },
						},
					]),
				)
				return { ...stored, charter: { ...stored.charter, roles } }
			},
		},
	}
	await syncTenantGroups(deps, { everyMs: EVERY_MS })
	expect(calls().map(({ query }) => decodeURIComponent(query).split(' or ').length)).toEqual([50, 3])
	app.clock.advance(EVERY_MS)
	await reconcileRound(app.deps)
	app.clock.advance(EVERY_MS)
	const last = ids.at(-1) ?? ''
	app.tenant.groups.change(last, STRANGER, true)
	const before = calls().length
	await syncTenantGroups(deps, { everyMs: EVERY_MS })
	expect(
		calls()
			.slice(before)
			.map(({ response }) => (response as { value: { id: string }[] }).value.map(({ id }) => id)),
	).toEqual([[], [last]])
	expect(await isLookDue()).toBe(true)
	// One part in trouble leaves the other, and is told with how many groups it is about.
	app.clock.advance(EVERY_MS)
	app.tenant.faults.next('GET', /groups\/delta/, { kind: 'drop', when: 'before' })
	await syncTenantGroups(deps, { everyMs: EVERY_MS })
	const since = (await state())?.troubleSince?.toISOString()
	expect(await showGroupChanges(deps, deps.database.db)).toMatchObject({
		groups: 53,
		troubles: [{ trouble: 'unavailable', code: 'NoAnswer', groups: 50, since }],
	})
	app.clock.advance(60_000)
	await syncTenantGroups(deps, { everyMs: EVERY_MS })
	expect(await showGroupChanges(deps, deps.database.db)).toMatchObject({ groups: 53, troubles: [] })
})

const BUSY = { kind: 'status', status: 429, headers: { 'retry-after': '60' }, when: 'before' } as const

test.each([
	['a missing permission', 'forbidden', () => app.tenant.grantOnly(['User.Read.All'])],
	[
		'a tenant that wants to be asked less',
		'throttled',
		() => app.tenant.faults.next('GET', /groups\/delta/, BUSY),
	],
	[
		'a tenant that does not answer',
		'unavailable',
		() => app.tenant.faults.next('GET', /groups\/delta/, { kind: 'drop', when: 'before' }),
	],
] as const)(
	'%s is told to officers with since when, and no more when it is over',
	async (_, trouble, cause) => {
		await start()
		await settle()
		const told = async () => (await showFindings(app.deps, app.actor('security-officer'))).groupChanges
		expect(await told()).toMatchObject({ groups: 1, askedAt: expect.any(String) as unknown, troubles: [] })
		cause()
		await sync()
		const since = (await state())?.troubleSince?.toISOString()
		expect(since).toBeDefined()
		expect(await told()).toMatchObject({ troubles: [{ trouble, groups: 1, since }] })
		app.tenant.grantOnly(['GroupMember.Read.All'])
		app.clock.advance(10 * 60_000)
		await sync()
		expect(await told()).toMatchObject({ troubles: [] })
	},
)
