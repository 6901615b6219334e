import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askFor, signIn } from './acts.ts'
import { launchBrowser, newPersona, type Persona } from './browser.ts'
import { enrolAndSignIn } from './ceremonies.ts'
import type { Instance } from './instance.ts'
import { look as lookAt, startTestInstance } from './stage.ts'

let instance: Instance
let browser: Browser

async function as(name: string): Promise<Persona> {
	const persona = await newPersona(browser)
	await enrolAndSignIn(persona, instance, name)
	return persona
}

const look = ({ page }: Persona, name: string) => lookAt(name, page)

beforeAll(async () => {
	instance = await startTestInstance()
	browser = await launchBrowser()
}, 240_000)
afterAll(async () => {
	await browser.close()
	await instance.stop()
}, 60_000)

test('an officer stops a person and sees each effect confirmed; two officers lift it', async () => {
	const operator = await as('operator')
	const request = await askFor(operator.page, instance.origin, {
		role: 'User administrator',
		minutes: '15',
		reason: 'Lock the accounts of leavers',
		ticket: 'CHG-30001',
	})
	const officer = await as('security-officer')
	const second = await as('second-security-officer')
	const person = `${instance.origin}/people/${instance.idOf('operator')}`
	const { page } = officer
	await page.goto(person)
	await page.getByRole('link', { name: 'Suspend now' }).click()
	await page.getByText('What ends now').waitFor()
	await look(officer, 'suspend')
	await page.getByRole('button', { name: 'Go on to sign' }).click()
	expect(await page.getByLabel('Reason').evaluate((box: HTMLTextAreaElement) => box.validity.valid)).toBe(
		false,
	)
	await page.getByLabel('Reason').fill('Laptop reported stolen, file 17/26')
	await page.getByRole('button', { name: 'Go on to sign' }).click()
	await page.getByTestId('decision-digest').waitFor()
	await look(officer, 'suspend-sign')
	await page.getByRole('button', { name: /with passkey$/ }).click()
	await page.getByText('Signed and recorded.').waitFor()
	// Told by the tenant, without reloading the page.
	await page.getByRole('heading', { name: 'is suspended, and everything is confirmed' }).waitFor()
	await page.getByText('confirmed by Entra').first().waitFor()
	await look(officer, 'suspended')

	await operator.page.goto(request)
	await operator.page.getByRole('button', { name: 'Sign in with passkey' }).click()
	await operator.page.getByText('This person is suspended').waitFor()

	await page.getByLabel('Reason').fill('Laptop found, nothing was lost')
	await page.getByRole('button', { name: 'Go on to sign' }).click()
	await page.getByRole('button', { name: 'Propose with passkey' }).click()
	await page.getByText('Another security officer must confirm your proposal.').waitFor()

	await second.page.goto(`${person}/suspension`)
	await second.page.getByRole('button', { name: 'Go on to confirm' }).click()
	await second.page.getByRole('button', { name: 'Lift the suspension with passkey' }).click()
	await second.page.getByRole('heading', { name: 'is lifted' }).waitFor()
	await look(second, 'lifted')

	await operator.page.goto(`${instance.origin}/sign-in`)
	await signIn(operator, instance.origin)
	await operator.page.goto(instance.origin)
	await operator.page.getByRole('heading', { name: 'What ended' }).waitFor()
	await look(operator, 'notices')
	await operator.page.getByRole('button', { name: 'Put these away' }).click()
	await operator.page.getByRole('heading', { name: 'What ended' }).waitFor({ state: 'detached' })
})
