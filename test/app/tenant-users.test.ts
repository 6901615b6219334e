import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SANDBOX_TENANT_ID } from '#app/sandbox/tenant/server.ts'
import { erasePerson } from '#app/services/people/erase-person.server.ts'
import { exportPerson } from '#app/services/people/export-person.server.ts'
import { METHODS_BATCH, readMethods } from '#app/services/tenant/read-methods.server.ts'
import { accountOf, askForRound, showAccounts } from '#app/services/tenant/show-accounts.server.ts'
import { ROUND_EVERY_MS, syncTenantUsers } from '#app/services/tenant/sync-users.server.ts'
import { linkChosen, previewChosen, registerChosen } from '#app/services/tenant/take-chosen.server.ts'
import type { AccountView } from '#app/services/tenant/views.ts'
import type { TenantFilter } from '#db/queries/tenant-lists.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

const DAY = 86_400_000
let app: TestApp
beforeAll(async () => {
	app = await createTestApp()
}, 60_000)
afterAll(() => app?.stop())

const rows = async <T>(text: string, values: unknown[] = []) =>
	(await app.deps.database.pool.query(text, values)).rows as T[]
const state = async () =>
	(
		await rows<{
			next_link: string | null
			delta_link: string | null
			round: number
			reading: string
			trouble: string | null
			trouble_code: string | null
			not_before: Date | null
		}>('select * from tenant_sync')
	)[0]
/** A round, after the time between two has passed. */
async function sync(more?: Parameters<typeof syncTenantUsers>[1]): Promise<boolean> {
	app.clock.advance(ROUND_EVERY_MS)
	return syncTenantUsers(app.deps, more)
}
const officer = () => app.actor('security-officer')
const list = async (filter: TenantFilter, search = ''): Promise<AccountView[]> =>
	(await showAccounts(app.deps, officer(), { filter, search, after: null })).accounts
const namesIn = async (filter: TenantFilter) => (await list(filter)).map(({ name }) => name)
const personOf = async (persona: string) =>
	(
		await rows<{ id: string; entra_object_id: string; display_name: string; user_principal_name: string }>(
			'select * from people where persona = $1',
			[persona],
		)
	)[0]!
const entries = async (kind: string, subject: string) =>
	(
		await rows<{ leaf: Buffer }>(
			`select leaf from ledger_pending where kind = $1 and subject = $2
				union all select leaf from ledger_entries where kind = $1 and subject = $2`,
			[kind, subject],
		)
	).map(({ leaf }) => (JSON.parse(leaf.toString('utf8')) as { open: unknown }).open)
const linkTo = (path: string) => new URL(path, app.connection.graphBaseUrl).href

test('everyone is read page by page, and a crash between two pages leaves nothing out', async () => {
	expect(
		(await showAccounts(app.deps, officer(), { filter: 'all', search: '', after: null })).sync.state,
	).toBe('never')
	app.tenant.users.setPageSize(4)
	let pages = 0
	// Stopped after two pages, as a worker is that is killed.
	expect(await sync({ mayGoOn: () => pages++ < 2 })).toBe(false)
	expect(await rows('select * from tenant_users')).toHaveLength(8)
	expect(await state()).toMatchObject({ reading: 'everyone', delta_link: null })
	const asked = app.tenant.exchanges().length
	expect(await sync()).toBe(true)
	const [first] = app.tenant.exchanges().slice(asked)
	expect(first?.query).toContain('skiptoken')
	const [{ n = 0 } = {}] = await rows<{ n: number }>('select count(*)::int as n from people')
	expect(await rows('select * from tenant_users')).toHaveLength(n + 4)
	expect(await list('without_account')).toEqual([])
	expect((await list('unlinked')).map(({ name }) => name)).toEqual([
		'Emergency access',
		'Nadja Weiland',
		'Scan service',
		'Visiting auditor',
	])
})

test('a page and the link behind it are stored together or not at all', async () => {
	const operator = await personOf('operator')
	app.tenant.users.put(operator.entra_object_id, { displayName: 'Another Name' })
	const before = await state()
	await app.owner.pool.query(
		`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$`,
	)
	await app.owner.pool.query(
		'create trigger refuse before update of finished_at on tenant_sync for each row when (new.finished_at is distinct from old.finished_at) execute function refuse()',
	)
	await expect(sync()).rejects.toThrow()
	await app.owner.pool.query('drop trigger refuse on tenant_sync')
	expect((await state())?.delta_link).toBe(before?.delta_link)
	expect(await list('all', 'Another Name')).toEqual([])
	expect(await sync()).toBe(true)
	expect(await list('all', 'Another Name')).toHaveLength(1)
})

test('an account that works no longer is noticed and recorded, and ends nothing by itself', async () => {
	const operator = await personOf('operator')
	app.tenant.users.put(operator.entra_object_id, {
		accountEnabled: false,
		displayName: operator.display_name,
	})
	await sync()
	await sync()
	expect(await namesIn('notices')).toEqual([operator.display_name])
	expect(await accountOf(app.deps, officer(), operator.id)).toMatchObject({
		account: 'disabled',
		isNotice: true,
	})
	expect(await entries('person.account_seen', operator.id)).toEqual([{ account: 'disabled' }])
	expect(await entries('person.deactivated', operator.id)).toEqual([])
	app.tenant.users.put(operator.entra_object_id, { accountEnabled: true })
	await sync()
	expect(await namesIn('notices')).toEqual([])
	expect(await entries('person.account_seen', operator.id)).toHaveLength(2)
})

describe('a token that is worth nothing', () => {
	test('begins a reading of everyone, which finds who vanished meanwhile', async () => {
		const { entra_object_id, id } = await personOf('lapsed-duty-officer')
		// Nothing is told of whoever is purged: only their absence tells.
		app.tenant.users.remove(entra_object_id, 'purged')
		const before = await state()
		await sync()
		expect(await accountOf(app.deps, officer(), id)).toMatchObject({ account: 'enabled' })
		app.tenant.users.forgetTokens()
		expect(await sync()).toBe(true)
		expect(await accountOf(app.deps, officer(), id)).toMatchObject({
			account: 'removed',
			removal: 'unlisted',
		})
		expect((await state())!.round).toBeGreaterThan(before!.round + 1)
		expect((await state())!.reading).toBe('everyone')
		expect(await sync()).toBe(true)
		expect((await state())!.reading).toBe('changes')
		expect(await entries('person.account_seen', id)).toEqual([{ account: 'removed' }])
	})

	test.each([
		['another host', 'https://elsewhere.example/v1.0/users/delta?$deltatoken=x'],
		['another path', '/v1.0/me'],
	])('also where a stored link leads to %s: it is never called', async (_name, link) => {
		await app.owner.pool.query('update tenant_sync set delta_link = $1', [
			link.startsWith('/') ? linkTo(link) : link,
		])
		const asked = app.tenant.exchanges().length
		expect(await sync()).toBe(true)
		expect((await state())!.reading).toBe('everyone')
		expect(
			app.tenant
				.exchanges()
				.slice(asked)
				.every(({ path }) => path === '/v1.0/users/delta'),
		).toBe(true)
	})

	test('and a reading for another tenant begins from nothing', async () => {
		await app.owner.pool.query(`update tenant_sync set tenant = 'another'`)
		expect(await syncTenantUsers(app.deps)).toBe(true)
		expect(await rows('select tenant, reading from tenant_sync')).toEqual([
			{ tenant: `${SANDBOX_TENANT_ID} ${app.connection.graphBaseUrl}`, reading: 'everyone' },
		])
	})
})

describe('what stands in the way is stored and waited for', () => {
	test('throttling for as long as the tenant says, whoever asks', async () => {
		const headers = { 'retry-after': '90' }
		app.tenant.faults.next('GET', /users\/delta/, { kind: 'status', status: 429, headers, when: 'before' })
		expect(await sync()).toBe(false)
		expect(await state()).toMatchObject({ trouble: 'throttled', trouble_code: 'TooManyRequests' })
		await askForRound(app.deps, officer())
		expect(await syncTenantUsers(app.deps)).toBe(false)
		app.clock.advance(91_000)
		expect(await syncTenantUsers(app.deps)).toBe(true)
		expect(await state()).toMatchObject({ trouble: null, not_before: null })
	})

	test('a missing permission is named, and "read now" tries again at once', async () => {
		app.tenant.grantOnly([])
		expect(await sync()).toBe(false)
		const { sync: shown } = await showAccounts(app.deps, officer(), {
			filter: 'all',
			search: '',
			after: null,
		})
		expect(shown).toMatchObject({
			state: 'failed',
			trouble: 'forbidden',
			code: 'Authorization_RequestDenied',
		})
		app.tenant.grantOnly(['User.Read.All'])
		expect(await syncTenantUsers(app.deps)).toBe(false)
		await askForRound(app.deps, officer())
		expect(await syncTenantUsers(app.deps)).toBe(true)
	})

	test.each([
		['a hung-up connection', { kind: 'drop', when: 'before' }],
		['a page of HTML', { kind: 'html', status: 502 }],
	] as const)('%s', async (_name, fault) => {
		app.tenant.faults.next('GET', /users\/delta/, fault)
		expect(await sync()).toBe(false)
		expect(await state()).toMatchObject({ trouble: 'unavailable' })
		expect(await sync()).toBe(true)
	})
})

describe('authentication methods', () => {
	const METHODS = ['User.Read.All', 'UserAuthenticationMethod.Read.All']
	const answerOf = async (persona: string) =>
		(await accountOf(app.deps, officer(), (await personOf(persona)).id))?.methods

	test('are unknown, and never "none", where the permission is missing or the cloud has no interface', async () => {
		expect(await answerOf('operator')).toMatchObject({ answer: 'unknown', why: 'never' })
		expect(await readMethods(app.deps)).toBe(0)
		expect(await answerOf('operator')).toMatchObject({ answer: 'unknown', why: 'forbidden' })
		app.tenant.grantOnly(METHODS)
		app.tenant.offerMethods(false)
		expect(await readMethods(app.deps)).toBe(0)
		await askForRound(app.deps, officer())
		expect(await readMethods(app.deps)).toBe(0)
		expect(await answerOf('operator')).toMatchObject({ answer: 'unknown', why: 'unsupported' })
		expect(await list('no_method')).toEqual([])
		expect((await list('unknown_method')).length).toBeGreaterThan(3)
		app.tenant.offerMethods(true)
	})

	test('are read for people who hold something, kinds only, and wait where the tenant says so', async () => {
		await askForRound(app.deps, officer())
		const asked = () => app.tenant.exchanges().filter(({ path }) => path.endsWith('/methods')).length
		const busy = { kind: 'status', status: 429, headers: { 'retry-after': '30' }, when: 'before' } as const
		app.tenant.faults.next('GET', /authentication\/methods/, busy, METHODS_BATCH)
		expect(await readMethods(app.deps)).toBe(0)
		app.tenant.faults.clear()
		expect(await readMethods(app.deps)).toBe(0)
		app.clock.advance(31_000)
		const before = asked()
		const read = await readMethods(app.deps)
		expect(read).toBeGreaterThan(5)
		expect(read).toBeLessThanOrEqual(METHODS_BATCH)
		expect(asked() - before).toBe(read)
		while ((await readMethods(app.deps)) > 0);
		expect(await answerOf('operator')).toMatchObject({ answer: 'yes', kinds: ['fido2'] })
		expect(await answerOf('data-owner')).toMatchObject({
			answer: 'yes',
			kinds: ['windowsHelloForBusiness'],
		})
		const second = await personOf('second-operator')
		expect(await namesIn('no_method')).toEqual([second.display_name])
		expect(await rows('select method_kinds from tenant_users where object_id = $1', [second.entra_object_id]))
			// What was registered, and no number or address of it.
			.toEqual([{ method_kinds: ['microsoftAuthenticator', 'password', 'phone'] }])
		expect(await list('unknown_method')).toEqual([])
		// Accounts that are nobody's here are none of our business.
		const [{ n = -1 } = {}] = await rows<{ n: number }>(
			`select count(*)::int as n from tenant_users u where methods_tried_at is not null
				and not exists (select 1 from people p where p.entra_object_id = u.object_id)`,
		)
		expect(n).toBe(0)
	})

	test('that were read long ago tell nothing any more', async () => {
		app.clock.advance(8 * DAY)
		expect(await answerOf('second-operator')).toMatchObject({ answer: 'unknown', why: 'old' })
		expect(await list('no_method')).toEqual([])
	})
})

describe('who a user is here', () => {
	const NEW = 'c1000000-0000-4000-8000-000000000001'

	test('is registered by an officer, all that were chosen or nobody', async () => {
		await askForRound(app.deps, officer())
		await sync()
		const [nadja] = await list('unlinked', 'Nadja')
		const [linked] = await list('linked')
		const chosen = [nadja?.objectId ?? '', linked?.objectId ?? '']
		expect(
			(await previewChosen(app.deps, officer(), 'register', chosen)).map(({ problem }) => problem),
		).toEqual([null, 'ACCOUNT_LINKED'])
		await expect(
			registerChosen(app.deps, officer(), { objectIds: chosen, employer: 'Nordlicht' }),
		).rejects.toMatchObject({ details: { problem: 'ACCOUNT_LINKED' } })
		expect(await list('unlinked', 'Nadja')).toHaveLength(1)
		await registerChosen(app.deps, officer(), { objectIds: chosen.slice(0, 1), employer: 'Nordlicht' })
		const [person] = await rows<{ id: string }>('select * from people where entra_object_id = $1', [
			nadja?.objectId,
		])
		expect((await list('linked', 'Nadja'))[0]?.person).toMatchObject({ id: person?.id, active: false })
		expect(await entries('person.recorded', person?.id ?? '')).toHaveLength(1)
	})

	test('is proposed by the user principal name, and linked by an officer with a reason', async () => {
		const { id, entra_object_id, user_principal_name, display_name } = await personOf('new-operator')
		app.tenant.users.put(NEW, { displayName: 'N. O.', userPrincipalName: user_principal_name.toUpperCase() })
		await sync()
		// The account that is recorded is there: somebody else has the name.
		expect(await list('proposed')).toEqual([])
		app.tenant.users.remove(entra_object_id, 'deleted')
		await sync()
		const [proposal] = await list('proposed')
		expect(proposal).toMatchObject({
			objectId: NEW,
			person: { id, name: display_name, link: 'proposed' },
			methods: null,
		})
		expect(await previewChosen(app.deps, officer(), 'register', [NEW])).toMatchObject([
			{ problem: 'ACCOUNT_PROPOSED' },
		])
		await expect(
			linkChosen(app.deps, officer(), { objectIds: [NEW], reason: 'short' }),
		).rejects.toMatchObject({ code: 'INVALID_INPUT' })
		await linkChosen(app.deps, officer(), { objectIds: [NEW], reason: 'Account made anew, seen in person.' })
		expect(await personOf('new-operator')).toMatchObject({ id, entra_object_id: NEW })
		expect(await entries('person.changed', id)).toHaveLength(1)
		expect(await list('proposed')).toEqual([])
		await expect(
			linkChosen(app.deps, officer(), { objectIds: [NEW], reason: 'Once more, for good measure.' }),
		).rejects.toMatchObject({ details: { problem: 'ACCOUNT_LINKED' } })
	})

	test('is never linked by oneself, nor without the permission', async () => {
		const self = await personOf('security-officer')
		const other = 'c1000000-0000-4000-8000-000000000002'
		app.tenant.users.remove(self.entra_object_id, 'deleted')
		app.tenant.users.put(other, { displayName: 'S. O.', userPrincipalName: self.user_principal_name })
		await sync()
		const form = { objectIds: [other], reason: 'This is my new account.' }
		await expect(linkChosen(app.deps, officer(), form)).rejects.toMatchObject({
			details: { problem: 'OWN_ACCOUNT' },
		})
		const operator = app.actor('operator')
		await expect(linkChosen(app.deps, operator, form)).rejects.toMatchObject({ code: 'FORBIDDEN' })
		await expect(
			showAccounts(app.deps, operator, { filter: 'all', search: '', after: null }),
		).rejects.toMatchObject({ code: 'FORBIDDEN' })
	})

	test('goes with the person who is erased, and is in what they are given of themselves', async () => {
		const [nadja] = await list('linked', 'Nadja')
		const personId = nadja?.person?.id ?? ''
		const { bytes } = await exportPerson(app.deps, officer(), personId)
		const file = Buffer.from(bytes).toString('utf8')
		expect(file).toContain('nadja.weiland@btr.example')
		expect(file).toContain('methodKinds')
		await erasePerson(app.deps, officer(), personId, {
			parts: ['identity'],
			ground: 'retention_over',
			reason: 'Never began to work here.',
			confirmation: 'Nadja Weiland',
		})
		expect(await list('all', 'Nadja')).toEqual([])
	})

	test('is forgotten thirty days after it was removed, where it was nobody here', async () => {
		const [scan] = await list('unlinked', 'Scan')
		app.tenant.users.remove(scan?.objectId ?? '', 'changed')
		await sync()
		expect((await list('all', 'Scan'))[0]).toMatchObject({ removal: 'soft_deleted' })
		app.clock.advance(31 * DAY)
		await sync()
		expect(await list('all', 'Scan')).toEqual([])
	})
})
