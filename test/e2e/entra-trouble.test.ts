import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SANDBOX_CLIENT_ID } from '#app/sandbox/tenant/server.ts'
import { reconcileTenant } from '#app/services/findings/reconcile.server.ts'
import { readMethods } from '#app/services/tenant/read-methods.server.ts'
import { syncTenantUsers } from '#app/services/tenant/sync-users.server.ts'
import { askFor, decide } from './acts.ts'
import { look, startStage, type Stage } from './stage.ts'

/** What people see when Entra ID lacks something, or is not reached: before they file, while they wait, and who mends it. */

let stage: Stage<'operator' | 'second-operator' | 'duty-officer' | 'data-owner' | 'security-officer'>
beforeAll(async () => {
	stage = await startStage(['operator', 'second-operator', 'duty-officer', 'data-owner', 'security-officer'])
	const { deps } = stage.instance
	await syncTenantUsers(deps)
	await readMethods(deps, {})
	await reconcileTenant(deps, 'everything')
}, 300_000)
afterAll(() => stage.stop(), 60_000)

async function speak(page: Page, language: 'en' | 'de'): Promise<void> {
	await page.locator('#language').selectOption(language)
	await page.locator('form[action="/preferences"] button').click()
	await page.locator(`html[lang="${language}"]`).waitFor()
}

test('whoever lacks a method is told before filing and may file all the same; whoever decides sees it too, in German', async () => {
	const { origin } = stage.instance
	const { page } = stage.of('second-operator')
	await page.goto(`${origin}/requests/new`)
	await page.getByRole('heading', { name: 'Entra ID lacks something for this access' }).waitFor()
	await page.getByText('Without it the access is refused.').waitFor()
	await look('lacking-form', page)
	const url = await askFor(page, origin, {
		role: 'Security reader',
		minutes: '30',
		reason: 'Look through the sign-in reports',
		ticket: 'CHG-20417',
	})
	const officer = stage.of('duty-officer').page
	await officer.goto(url)
	await speak(officer, 'de')
	await officer.getByRole('heading', { name: 'In Entra ID fehlt etwas für diesen Zugriff' }).waitFor()
	await officer.getByText('Ohne dies wird der Zugriff abgelehnt.').waitFor()
	await look('lacking-decide-de', officer)
	await speak(officer, 'en')
	await officer.getByRole('heading', { name: 'Entra ID lacks something for this access' }).waitFor()
	const other = stage.of('operator').page
	await other.goto(`${origin}/requests/new`)
	await other.getByRole('checkbox', { name: 'Security reader' }).waitFor()
	expect(await other.getByRole('heading', { name: 'Entra ID lacks something for this access' }).count()).toBe(
		0,
	)
})

test('an expired certificate stands on the page of who waits and on the officers’ home, and goes when it is mended', async () => {
	const { origin, deps, clock, sandbox } = stage.instance
	if (sandbox === null) throw new Error('The sandbox was not started.')
	const { page } = stage.of('operator')
	const url = await askFor(page, origin, {
		role: 'User administrator',
		minutes: '30',
		reason: 'Lock the accounts of a phishing wave',
		ticket: 'CHG-77123',
	})
	sandbox.applications.expireCertificate(SANDBOX_CLIENT_ID)
	sandbox.reevaluation.challenge()
	for (const name of ['duty-officer', 'data-owner'] as const)
		await decide(stage.of(name).page, url, 'Approve')
	await page.goto(url)
	await page.getByText('Nothing was sent to Entra.').waitFor()
	await page.getByText('nothing has to be filed again').waitFor()
	await look('held-up', page)
	const officer = stage.of('security-officer').page
	Object.assign(deps.tenant, {
		certificates: [{ of: 'killSwitch', endsAt: new Date(clock.now().getTime() + 6 * 86_400_000) }],
	})
	await officer.goto(`${origin}/`)
	await officer.getByRole('heading', { name: 'Entra is not reached' }).waitFor()
	await officer.getByRole('heading', { name: '1 access is held up' }).waitFor()
	await officer.getByText('The certificate of the kill switch ends').waitFor()
	await look('entra-not-reached', officer)
	await speak(officer, 'de')
	await officer.getByRole('heading', { name: 'Entra ist nicht erreichbar' }).waitFor()
	await look('entra-not-reached-de', officer)
	await speak(officer, 'en')
	await officer.goto(`${origin}/inbox`)
	await officer.getByText('Charterkeep does not reach the tenant').waitFor()
	await officer.getByText('Register a new one on the app registration').waitFor()
	await look('entra-inbox', officer)

	sandbox.applications.restore(SANDBOX_CLIENT_ID)
	const ticking = setInterval(() => clock.advance(500), 100)
	await page.goto(url)
	await page.getByRole('heading', { name: /active, confirmed by Entra/ }).waitFor()
	clearInterval(ticking)
	Object.assign(deps.tenant, { certificates: [] })
	await officer.goto(`${origin}/`)
	await officer.getByRole('link', { name: 'Inbox' }).first().waitFor()
	expect(await officer.getByRole('heading', { name: 'Entra is not reached' }).count()).toBe(0)
})
