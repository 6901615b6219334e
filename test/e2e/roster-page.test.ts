import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { look, startStage, type Stage } from './stage.ts'

const PERSONAS = ['security-officer', 'charter-owner'] as const
let stage: Stage<(typeof PERSONAS)[number]>
let page: Page
beforeAll(async () => {
	stage = await startStage(PERSONAS)
	page = stage.of('security-officer').page
}, 300_000)
afterAll(() => stage?.stop())

const SUBSCRIPTION = '/subscriptions/9caae579-5eb2-4751-bc89-f1f1553eace6'
/** A local time in Berlin, where pages read times, so many days from now at this hour. */
const local = (days: number, clock: string) => {
	const at = new Date(stage.instance.clock.now().getTime() + days * 86_400_000)
	return `${new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin', dateStyle: 'short' }).format(at)}T${clock}`
}

test('an officer records a boundary and who holds its role, and is told what the provider would never match', async () => {
	await page.goto(stage.instance.origin)
	await page.getByRole('link', { name: 'Roster', exact: true }).click()
	await page.getByRole('heading', { name: /^Enough people at every hour until/ }).waitFor()
	await look('80-roster-stages', page)
	await page.getByRole('link', { name: 'Boundaries and duty' }).click()
	await page.getByRole('heading', { name: 'No boundary of a provider is recorded' }).waitFor()
	await page.getByLabel('Name', { exact: true }).fill('Subscription of the register')
	await page.getByLabel('Scope').fill('/providers/Microsoft.Management/managementGroups/register')
	await page.getByLabel("The provider's role").fill('Owner')
	await page.getByLabel('People needed at every hour').fill('1')
	await page.getByRole('button', { name: 'Record boundary' }).click()
	await page.getByRole('link', { name: /^For this role it takes a subscription/ }).waitFor()
	expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Subscription of the register')
	await page.getByLabel('Scope').fill(SUBSCRIPTION.toUpperCase())
	await page.getByRole('button', { name: 'Record boundary' }).click()
	await page.getByText('The boundary is recorded.').waitFor()
	await page.getByText(SUBSCRIPTION).waitFor()

	await page.locator('summary', { hasText: 'Record who holds it' }).click()
	const holder = page.locator('form', { has: page.getByRole('button', { name: 'Record holder' }) })
	await holder.getByLabel('Person').fill('Nobody at all')
	await holder.getByLabel('What shows it').fill('Role assignment 2026-11-02')
	await holder.getByRole('button').click()
	await page.getByRole('link', { name: /^Nobody here is called so/ }).waitFor()
	expect(await holder.getByLabel('What shows it').inputValue()).toBe('Role assignment 2026-11-02')
	await holder.getByLabel('Person').fill('Thomas Aschauer')
	await holder.getByLabel('Until').fill(local(9, '18:00'))
	await holder.getByRole('button').click()
	await page.getByText('The holder is recorded.').waitFor()
	await page.getByRole('row', { name: /Thomas Aschauer.*yes/ }).waitFor()

	await page.locator('summary', { hasText: 'Plan duty' }).click()
	const weekly = page.locator('form', { has: page.getByRole('button', { name: 'Plan every week' }) })
	await weekly.getByLabel('Person').fill('thomas.aschauer@btr.example')
	await weekly.getByLabel('From (local time)').fill('06:00')
	await weekly.getByLabel('Until (local time)').fill('22:00')
	await weekly.getByRole('button').click()
	await page.getByText('The duty is planned.').waitFor()
	await look('81-roster-boundaries', page)
})

test('gaps come first, with who can mend them; then every hour; and what if somebody were absent', async () => {
	await page.goto(`${stage.instance.origin}/roster`)
	await page.getByRole('heading', { level: 1, name: /^Too few people (now|from)/ }).waitFor()
	const card = page.getByRole('region', { name: 'Subscription of the register', exact: true })
	await card.getByText(/Who can mend it: .*security officers/).waitFor()
	expect(await card.getByRole('row', { name: /Thomas Aschauer is not on duty/ }).count()).toBeGreaterThan(8)
	await card.getByText('does not hold the role').first().waitFor()
	const grid = card.getByRole('region', { name: 'Subscription of the register: people at each hour' })
	expect(await grid.getByRole('row').count()).toBe(15)
	const night = grid.getByRole('row').nth(3)
	expect((await night.getByRole('cell').nth(3).textContent())?.trim()).toBe('0!, gap, 1 missing')
	expect((await night.getByRole('cell').nth(10).textContent())?.trim()).toBe('1')
	await look('82-roster-gaps', page)

	await page.getByLabel('Boundary or stage').selectOption({ label: 'Subscription of the register' })
	await page.locator('summary', { hasText: 'What if somebody is absent?' }).click()
	await page.getByLabel('Who', { exact: true }).fill('Thomas Aschauer')
	await page.getByLabel('From', { exact: true }).fill(local(2, '09:00'))
	await page.getByLabel('Until', { exact: true }).fill(local(2, '15:00'))
	await page.getByRole('button', { name: 'Show', exact: true }).click()
	await page.getByText(/^As if Thomas Aschauer were absent/).waitFor()
	await page.getByRole('row', { name: /only if absent.*6 h.*Thomas Aschauer is away until/ }).waitFor()
	expect(await page.getByRole('heading', { level: 2 }).count()).toBe(1)
	await look('83-roster-what-if', page)
	// On a narrow page the picture scrolls, and not the page.
	await page.setViewportSize({ width: 390, height: 900 })
	expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
	await page.setViewportSize({ width: 1280, height: 900 })
	const csv = await page.request.get(page.url().replace('/roster?', '/roster.csv?'))
	expect(csv.headers()['content-type']).toContain('text/csv')
	expect(await csv.text()).toMatch(
		/,boundary,Subscription of the register,[^\r]+,0,1,1,AWAY Thomas Aschauer,person\r\n/,
	)
	const wrong = await page.goto(page.url().replace('absent=Thomas+Aschauer', 'absent=Nobody'))
	expect(wrong?.status()).toBe(422)
	await page.getByRole('link', { name: /^Nobody here is called so/ }).waitFor()
	const zone = await page.goto(`${stage.instance.origin}/roster?zone=Mars`)
	expect(zone?.status()).toBe(422)
})

test('works by keyboard and without scripts, in German, and shows no names to who may not see people', async () => {
	const { context } = stage.of('charter-owner')
	const plain = await stage.browser.newContext({
		javaScriptEnabled: false,
		storageState: await stage.of('security-officer').context.storageState(),
		locale: 'de-DE',
		viewport: { width: 420, height: 900 },
	})
	const reader = await plain.newPage()
	await reader.goto(`${stage.instance.origin}/roster/boundaries`)
	await reader.getByRole('heading', { name: '1 Grenze eines Anbieters' }).waitFor()
	await reader.getByRole('button', { name: /^Aus dem Plan nehmen/ }).click()
	await reader.getByText('Das steht nicht mehr im Plan.').waitFor()
	await reader.getByRole('link', { name: 'Stunde für Stunde' }).click()
	await reader.getByRole('heading', { level: 1, name: /^Zu wenige Personen ab/ }).waitFor()
	await plain.close()

	const owner = await context.newPage()
	await owner.goto(`${stage.instance.origin}/roster`)
	await owner.getByText('Who it is, and why, is shown to those who may see people.').waitFor()
	expect(await owner.locator('main').innerText()).not.toContain('Aschauer')
	await owner.getByRole('link', { name: 'Boundaries and duty' }).focus()
	await owner.keyboard.press('Enter')
	await owner.getByRole('heading', { name: '1 boundary of a provider' }).waitFor()
	expect(await owner.locator('main').innerText()).not.toContain('Aschauer')
	expect(await owner.getByRole('button', { name: 'Record boundary' }).count()).toBe(0)
	await owner.close()

	await page.goto(`${stage.instance.origin}/roster/boundaries`)
	await page.getByRole('button', { name: /^Holds it no longer/ }).click()
	await page.getByText('From now on they do not count as a holder.').waitFor()
	await page.locator('summary', { hasText: /^Change$/ }).click()
	await page.getByRole('button', { name: 'Close this boundary' }).click()
	await page.getByRole('heading', { name: 'No boundary of a provider is recorded' }).waitFor()
})
