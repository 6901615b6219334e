import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { startSandboxTenant } from '#app/sandbox/tenant/server.ts'
import { readMethods } from '#app/services/tenant/read-methods.server.ts'
import { syncTenantUsers } from '#app/services/tenant/sync-users.server.ts'
import { look, startStage, type Stage } from './stage.ts'

const NEW = 'c1000000-0000-4000-8000-000000000001'
let stage: Stage<'security-officer' | 'operator'>
let page: Page

beforeAll(async () => {
	stage = await startStage(['security-officer', 'operator'])
	page = stage.of('security-officer').page
}, 300_000)
afterAll(() => stage?.stop())

/** The tenant beside Charterkeep, for what its administrator does. */
const tenant = () => stage.instance.sandbox as Awaited<ReturnType<typeof startSandboxTenant>>
const open = (query = '') => page.goto(`${stage.instance.origin}/people/entra${query}`)
const upnOf = async (persona: string) =>
	(
		await stage.instance.deps.database.pool.query<{ upn: string; object: string }>(
			'select user_principal_name as upn, entra_object_id as object from people where id = $1',
			[stage.instance.idOf(persona)],
		)
	).rows[0]!
/** What the worker does by itself within seconds. */
async function follow() {
	stage.instance.clock.advance(6 * 60_000)
	await syncTenantUsers(stage.instance.deps)
	await readMethods(stage.instance.deps)
}

test('an officer sees whose account works no longer and who can be phished', async () => {
	const users = tenant().users
	const [operator, starter] = [await upnOf('duty-officer'), await upnOf('new-operator')]
	users.put(operator.object, { accountEnabled: false })
	users.remove(starter.object, 'deleted')
	users.put(NEW, { displayName: 'Nele Hartwig', userPrincipalName: starter.upn })
	await follow()
	await page.goto(`${stage.instance.origin}/people`)
	await page.getByRole('link', { name: 'Accounts in Entra' }).click()
	await expect.poll(() => page.getByRole('heading', { level: 1 }).innerText()).toContain('no longer')
	await look('80-entra', page)
	await page.getByRole('link', { name: /^No phishing-resistant method/ }).click()
	await page.getByText(/Microsoft Authenticator, password/).waitFor()
	await page.goto(`${stage.instance.origin}/people/${stage.instance.idOf('duty-officer')}`)
	await page.getByText('The account works no longer').waitFor()
	await look('81-entra-person', page)
})

test('links the proposed account and registers a user, each after a preview', async () => {
	await open('?filter=proposed')
	await page.getByRole('checkbox', { name: 'Choose Nele Hartwig' }).check()
	await page.getByRole('button', { name: 'Link the chosen' }).click()
	await page.getByLabel('Reason').fill('The account was made anew; seen in person.')
	await look('82-entra-link', page)
	await page.getByRole('button', { name: 'Link 1 account' }).click()
	await page.getByText('They are linked.').waitFor()
	await open('?filter=unlinked')
	await page.getByRole('checkbox', { name: 'Choose Nadja Weiland' }).check()
	await page.getByRole('button', { name: 'Register the chosen' }).click()
	await page.getByLabel('Employer').fill('Nordlicht Systemhaus GmbH')
	await page.getByRole('button', { name: 'Register 1 person' }).click()
	await page.getByText('They are registered.').waitFor()
})

test('is told what to do where the tenant refuses, also in German and without scripts; others see none of it', async () => {
	tenant().grantOnly([])
	await follow()
	const still = await (
		await stage.browser.newContext({
			javaScriptEnabled: false,
			storageState: await stage.of('security-officer').context.storageState(),
		})
	).newPage()
	await still.goto(`${stage.instance.origin}/people/entra`)
	await still.locator('#language').selectOption('de')
	await still.getByRole('button', { name: 'Apply' }).click()
	await still.getByText('Anwendungsberechtigung User.Read.All').waitFor()
	await still.getByRole('button', { name: 'Jetzt lesen' }).click()
	await still.getByText('Eine Lesung ist angefordert.').first().waitFor()
	await open()
	await look('83-entra-forbidden', page)
	const operator = stage.of('operator').page
	expect((await operator.goto(`${stage.instance.origin}/people/entra`))?.status()).toBe(403)
})
