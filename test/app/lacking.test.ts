import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { reconcileTenant } from '#app/services/findings/reconcile.server.ts'
import { showRequestForm } from '#app/services/access/list-requests.server.ts'
import { showRequest } from '#app/services/access/show-request.server.ts'
import { readMethods } from '#app/services/tenant/read-methods.server.ts'
import { syncTenantUsers } from '#app/services/tenant/sync-users.server.ts'
import { findPerson } from '#db/queries/people.ts'
import { askForAccess } from '#test/app/acts.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

/** What is said before somebody files: from the database alone, and never a refusal. */

const DAY = 86_400_000
let app: TestApp
beforeEach(async () => {
	app = await createTestApp({ rules: null })
})
afterEach(() => app.stop())

async function read(): Promise<void> {
	await syncTenantUsers(app.deps)
	await readMethods(app.deps, {})
	await reconcileTenant(app.deps, 'everything')
}
const accountOf = async (persona: string) =>
	(await findPerson(app.deps.database.db, app.actor(persona).personId)).entraObjectId
const lacking = async (persona = 'operator') =>
	(await showRequestForm(app.deps, app.actor(persona), null)).lacking.map(({ code, isRefused }) => ({
		code,
		isRefused,
	}))

describe('the form of a new request', () => {
	test('says nothing where everything is there, and asks the tenant nothing', async () => {
		await read()
		const asked = app.tenant.exchanges().length
		expect(await lacking()).toEqual([])
		expect(app.tenant.exchanges()).toHaveLength(asked)
	})

	test('says nothing before the tenant was read', async () => {
		expect(await lacking('second-operator')).toEqual([])
	})

	test('names a missing method, for which roles, and that the charter refuses without it', async () => {
		await read()
		const { lacking: lacks } = await showRequestForm(app.deps, app.actor('second-operator'), null)
		expect(lacks).toEqual([
			{
				code: 'METHOD_MISSING',
				isRefused: true,
				roles: expect.arrayContaining(['Security reader']) as string[],
			},
		])
	})

	test.each([
		['ACCOUNT_DISABLED', (id: string) => app.tenant.users.put(id, { accountEnabled: false })],
		['ACCOUNT_ABSENT', (id: string) => app.tenant.users.remove(id, 'changed')],
	] as const)('names %s, but not from a mirror that is a day old', async (code, spoil) => {
		spoil(await accountOf('operator'))
		await read()
		expect(await lacking()).toEqual([{ code, isRefused: true }])
		app.clock.advance(DAY + 60_000)
		expect(await lacking()).toEqual([])
	})

	test('names a role that no policy covers', async () => {
		app.tenant.conditionalAccess.clear()
		app.tenant.conditionalAccess.put({
			id: '7f0c1c52-0d8e-4a5c-9c55-0b1b7d9d1a11',
			displayName: 'One role alone',
			includeRoles: ['fe930be7-5e62-47db-91af-98c3a49a38b1'],
			strengthId: '00000000-0000-0000-0000-000000000004',
		})
		await read()
		const { lacking: lacks } = await showRequestForm(app.deps, app.actor('operator'), null)
		expect(lacks).toMatchObject([{ code: 'CONDITIONAL_ACCESS_MISSING', isRefused: true }])
		expect(lacks[0]?.roles).not.toContain('User administrator')
	})
})

test('whoever lacks something may file all the same, and whoever decides sees it; others do not', async () => {
	await read()
	const requestId = await askForAccess(app, app.actor('second-operator'), 'security-reader')
	const seenBy = async (persona: string) =>
		(await showRequest(app.deps, app.actor(persona), requestId)).lacking.map(({ code }) => code)
	expect(await seenBy('second-operator')).toEqual(['METHOD_MISSING'])
	expect(await seenBy('duty-officer')).toEqual(['METHOD_MISSING'])
	expect(await seenBy('auditor')).toEqual([])
})
