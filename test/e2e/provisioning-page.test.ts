import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser, newPersona } from './browser.ts'
import { enrolAndSignIn } from './ceremonies.ts'
import type { Instance } from './instance.ts'
import { look as lookAt, startTestInstance } from './stage.ts'

let instance: Instance
let browser: Browser | null = null

beforeAll(async () => {
	instance = await startTestInstance()
	browser = await launchBrowser()
}, 120_000)
afterAll(async () => {
	await browser?.close()
	await instance.stop()
}, 60_000)

const look = (page: Page, name: string) => lookAt(name, page)

const statusWith = async (token: string) =>
	(await fetch(`${instance.origin}/scim/v2/Users?count=0`, { headers: { authorization: `Bearer ${token}` } }))
		.status

test('an officer makes, replaces and revokes a token, which is shown once; others see none of it', async () => {
	if (browser === null) throw new Error('No browser was started.')
	const officer = await newPersona(browser)
	const { page } = officer
	await enrolAndSignIn(officer, instance, 'security-officer')
	await page.goto(`${instance.origin}/people`)
	await page.getByRole('link', { name: 'Provisioning' }).click()
	await page.getByText('No token has been made').waitFor()
	await page.getByRole('button', { name: 'Make a token' }).click()
	await page.getByRole('link', { name: 'Say which system the token is for' }).waitFor()
	await look(page, 'provisioning-error')
	await page.getByLabel('Which system is it for?').fill('Entra provisioning')
	await page.getByRole('button', { name: 'Make a token' }).click()
	const first = await page.getByTestId('token').innerText()
	expect(await statusWith(first)).toBe(200)
	await look(page, 'provisioning-made')
	await page.reload()
	await page.getByRole('heading', { name: '1 token works' }).waitFor()
	expect(await page.getByText(first).count()).toBe(0)
	await page.getByRole('button', { name: 'Replace' }).click()
	await page.getByRole('heading', { name: '2 tokens work' }).waitFor()
	const second = await page.getByTestId('token').innerText()
	expect([await statusWith(first), await statusWith(second)]).toEqual([200, 200])
	await look(page, 'provisioning-replaced')
	await page
		.getByRole('row', { name: /works until/ })
		.getByRole('button', { name: 'Revoke now' })
		.click()
	await page.getByText('The token works no longer.').waitFor()
	expect([await statusWith(first), await statusWith(second)]).toEqual([401, 200])
	const operator = await newPersona(browser)
	await enrolAndSignIn(operator, instance, 'operator')
	expect((await operator.page.goto(`${instance.origin}/people/provisioning`))?.status()).toBe(403)
})
