import { afterEach, expect, test } from 'vitest'
import { isAskedLookDue, reconcileRound, startReconcileLoop } from '#app/jobs/reconcile-loop.server.ts'
import { startTenantLoop } from '#app/jobs/tenant-loop.server.ts'
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
