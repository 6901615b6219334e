import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readBackGrants } from '#app/jobs/read-back.server.ts'
import type { startSandboxTenant } from '#app/sandbox/tenant/server.ts'
import { askFor, decide } from './acts.ts'
import { look, startStage, type Stage } from './stage.ts'

let stage: Stage<'operator' | 'duty-officer' | 'data-owner' | 'security-officer'>
beforeAll(async () => {
	stage = await startStage(['operator', 'duty-officer', 'data-owner', 'security-officer'])
}, 240_000)
afterAll(() => stage?.stop(), 60_000)

test('a page tells of an access as it happens: confirmed, extended, held otherwise, taken away', async () => {
	const { instance } = stage
	const { page } = stage.of('operator')
	const request = await askFor(page, instance.origin, {
		role: 'User administrator',
		minutes: '30',
		reason: 'Lock the accounts of leavers',
		ticket: 'CHG-30001',
	})
	const stream = page.waitForResponse((response) => response.url().endsWith('/events'))
	await page.reload()
	expect((await stream).headers()['content-type']).toContain('text/event-stream')
	await look('grant-waiting', page)
	for (const name of ['duty-officer', 'data-owner'] as const)
		await decide(stage.of(name).page, request, 'Approve')
	// Nobody reloads: the stream tells.
	await page.getByRole('heading', { name: 'active, confirmed by Entra' }).waitFor()
	await page.getByText(/^Active, confirmed by Entra \d\d:\d\d:\d\d\./).waitFor()
	expect(await page.locator('.statechart-here').last().textContent()).toBe('active')
	await showsWhereItStands(page)
	await look('grant-active', page)

	await page.getByRole('link', { name: 'Ask for more time' }).click()
	await look('grant-extend', page)
	await page.getByLabel('How much longer?').selectOption('15')
	await page.getByLabel('Why do you need more time?').fill('More accounts than were reported')
	await page.getByLabel('Ticket').fill('nonsense')
	await page.getByRole('button', { name: 'Send request' }).click()
	await page.getByRole('alert').first().waitFor()
	expect(await page.getByLabel('Why do you need more time?').inputValue()).toBe(
		'More accounts than were reported',
	)
	await page.getByLabel('Ticket').fill('CHG-30002')
	await page.getByRole('button', { name: 'Send request' }).click()
	await page.getByText('Extends').waitFor()
	const extension = page.url()
	for (const name of ['duty-officer', 'data-owner'] as const)
		await decide(stage.of(name).page, extension, 'Approve')
	await page.getByRole('heading', { name: 'extension in force, confirmed by Entra' }).waitFor()
	await look('grant-extension', page)

	// Somebody changes the end in Entra, beside Charterkeep.
	const officer = stage.of('security-officer').page
	const tenant = instance.sandbox as Awaited<ReturnType<typeof startSandboxTenant>>
	const [held] = tenant.instances()
	instance.clock.advance(2 * 60_000)
	tenant.changeBeside(String(held?.principalId), String(held?.roleDefinitionId), {
		endAt: instance.clock.now().getTime() + 20 * 3_600_000,
	})
	await page.goto(request)
	await readBackGrants(instance.deps)
	await page.getByRole('heading', { name: 'Entra holds something else than was approved' }).waitFor()
	await officer.goto(request)
	await officer.getByRole('button', { name: 'Accept what Entra holds' }).waitFor()
	await look('grant-drifted', officer)
	await officer.goto(`${instance.origin}/grants`)
	await officer.getByRole('img', { name: /accesses over time/ }).waitFor()
	await officer.getByLabel('Role').selectOption({ label: 'User administrator' })
	await officer.getByRole('button', { name: 'Filter' }).click()
	await officer.waitForURL(/role=user-administrator/)
	expect(await officer.getByRole('row').count()).toBe(2)
	await look('grants-now', officer)

	await officer.goto(request)
	await officer.getByRole('button', { name: 'End access now' }).click()
	instance.clock.advance(6 * 60_000)
	await page.getByRole('heading', { name: 'taken away, confirmed by Entra' }).waitFor()
	await page.getByText('A security officer took the access away.').waitFor()
	await look('grant-revoked', page)
})

/** On a telephone the picture of the states is wider than the screen: the one that it is in is what is seen of it. */
async function showsWhereItStands(page: Page): Promise<void> {
	const before = page.viewportSize() ?? { width: 1280, height: 900 }
	await page.setViewportSize({ width: 360, height: 740 })
	await page.reload()
	await page.getByRole('button', { name: 'Keyboard' }).waitFor()
	const { left, right } = await page
		.locator('.statechart-here rect')
		.last()
		.evaluate((rect) => rect.getBoundingClientRect())
	expect(left).toBeGreaterThanOrEqual(0)
	expect(right).toBeLessThanOrEqual(360)
	await page.setViewportSize(before)
}
