import type { Page } from 'playwright-core'
import type { Persona } from './browser.ts'

/** What people do in the browser, by the words on the page. */

export async function enrol({ page }: Persona, link: string): Promise<void> {
	await page.goto(link)
	await page.getByRole('button', { name: 'Enrol passkey' }).click()
	await page.getByText('Your passkey is enrolled').waitFor()
}

export async function signIn({ page }: Persona, origin: string): Promise<void> {
	if (!page.url().includes('/sign-in')) await page.goto(`${origin}/sign-in`)
	await page.getByRole('button', { name: 'Sign in with passkey' }).click()
	await page.getByRole('button', { name: 'Sign out' }).waitFor()
}

export async function signOut({ page }: Persona): Promise<void> {
	await page.getByRole('button', { name: 'Sign out' }).click()
	await page.getByRole('button', { name: 'Sign in with passkey' }).waitFor()
}

/** Files a request through the form and gives the address of its page. */
export async function askFor(
	page: Page,
	origin: string,
	{ role, minutes, reason, ticket }: { role: string; minutes: string; reason: string; ticket: string },
): Promise<string> {
	await page.goto(`${origin}/requests/new`)
	await page.getByRole('checkbox', { name: role }).check()
	await page.getByLabel('Why do you need this access?').fill(reason)
	await page.getByLabel('Ticket').fill(ticket)
	await page.getByLabel('For how long?').selectOption(minutes)
	await page.getByRole('button', { name: 'Send request' }).click()
	await page.waitForURL(/\/requests\/[0-9a-f-]{36}/)
	return page.url()
}

/** Chooses a verdict and goes on to the sign panel. */
export async function prepare(
	page: Page,
	url: string,
	verdict: 'Approve' | 'Deny',
	reason = '',
): Promise<void> {
	await page.goto(url)
	await page.getByRole('radio', { name: verdict }).check()
	if (reason) await page.getByLabel('Reason').fill(reason)
	await page.getByRole('button', { name: 'Review what you will sign' }).click()
	await page.getByTestId('decision-digest').waitFor()
}

/** Signs what the panel shows. */
export async function sign(page: Page): Promise<void> {
	await page.getByRole('button', { name: /with passkey$/ }).click()
	await page.getByText('Your decision is signed and recorded.').waitFor()
}

export async function decide(
	page: Page,
	url: string,
	verdict: 'Approve' | 'Deny',
	reason = '',
): Promise<void> {
	await prepare(page, url, verdict, reason)
	await sign(page)
}
