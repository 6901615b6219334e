import { afterAll, beforeAll, expect, test } from 'vitest'
import { askFor, prepare, sign } from './acts.ts'
import { look, startStage, type Stage } from './stage.ts'

let stage: Stage<'operator' | 'duty-officer' | 'second-duty-officer'>
beforeAll(async () => {
	stage = await startStage(['operator', 'duty-officer', 'second-duty-officer'])
}, 120_000)
afterAll(() => stage.stop(), 60_000)

const ROLE = 'Helpdesk administrator'

test('a request from its draft over a question and a change to a shorter approval, and several decided at once', async () => {
	const { origin } = stage.instance
	const { page } = stage.of('operator')

	// Before anything is sent the form says who decides, how many can, and by when.
	await page.goto(`${origin}/requests/new`)
	await page.getByRole('checkbox', { name: ROLE }).check()
	await page
		.getByText(/1 of Duty officer \(\d+ can decide/)
		.first()
		.waitFor()
	await page.getByLabel('Why do you need this access?').fill('Reset the sign-in methods of a new colleague')
	await page.getByRole('button', { name: 'Save as draft' }).click()
	await page.getByText('The draft is saved.').waitFor()
	await look('requests-draft', page)
	const draft = page.url().replace('&saved', '')
	await page.goto(`${origin}/requests/new`)
	await page.getByRole('link', { name: ROLE }).click()
	await page.waitForURL(draft)
	await page.getByText('Kept for 14 days').waitFor({ state: 'detached' })
	expect(await page.getByLabel('Why do you need this access?').inputValue()).toContain('new colleague')
	await page.getByLabel('Ticket').fill('CHG-4711')
	await page.getByRole('button', { name: 'Send request' }).click()
	await page.waitForURL(/\/requests\/[0-9a-f-]{36}$/)
	const url = page.url()

	// Back to the form that was sent: it leads on to what it filed.
	await page.goto(draft)
	await page.getByText('This form was sent already.').waitFor()

	const { page: officer } = stage.of('duty-officer')
	await officer.goto(url)
	await officer.getByLabel('Ask the requester').fill('Which colleague, and since when?')
	await officer.getByRole('button', { name: 'Send question' }).click()
	await officer.getByText('asked', { exact: false }).first().waitFor()
	await look('request-asked', officer)

	await page.goto(url)
	await page.getByText('A question waits for your answer.').waitFor()
	await page.getByLabel('Your answer').fill('The one who began on Monday.')
	await page.getByRole('button', { name: 'Send answer' }).click()
	await page.getByText('The one who began on Monday.').waitFor()
	await page.locator('summary', { hasText: 'Change the request' }).click()
	await look('request-change', page)
	await page.getByLabel('Ticket').fill('CHG-4712')
	await page.getByRole('button', { name: 'Change and begin anew' }).click()
	await page.getByText('Changed so often since it was filed').waitFor()

	// An approver gives less than was asked for; what they chose is there again if they come back before they sign.
	await officer.goto(url)
	await officer.getByLabel('Give it for').selectOption('15')
	await prepareChosen(officer)
	await look('request-sign-shorter', officer)
	await officer.goto(url)
	await officer.getByText('You had chosen this before.').waitFor()
	expect(await officer.getByLabel('Give it for').inputValue()).toBe('15')
	await prepareChosen(officer)
	expect(await officer.getByRole('button', { name: 'Approve for 15 min with passkey' }).count()).toBe(1)
	await sign(officer)
	await officer.getByText('for 15 min only').waitFor()
	await look('request-given-shorter', officer)

	// The queue: the most urgent on top, decided with one signature; and who is away says so.
	await askFor(page, origin, {
		role: 'Security reader',
		minutes: '60',
		reason: 'Look into a report',
		ticket: 'CHG-5001',
	})
	await officer.goto(`${origin}/queue`)
	await officer.getByRole('heading', { name: /waits? for your decision$/ }).waitFor()
	await officer.getByRole('button', { name: 'Review what you will sign' }).click()
	await officer.getByText('Choose a verdict for at least one request.').waitFor()
	await officer
		.getByLabel(/^Decision on R-/)
		.first()
		.selectOption('deny')
	await officer.getByRole('button', { name: 'Review what you will sign' }).click()
	await officer.getByRole('link', { name: 'A denial needs a reason of at least 10 characters.' }).waitFor()
	await officer.getByLabel('Reason').fill('The report is closed already.')
	await officer.getByRole('button', { name: 'Review what you will sign' }).click()
	await officer.getByTestId('decision-digest').waitFor()
	await look('queue-sign', officer)
	await officer.getByRole('button', { name: 'Sign 1 decision with passkey' }).click()
	await officer.getByText('1 decision is signed and recorded.').waitFor()

	await officer.locator('summary', { hasText: 'Record an absence' }).click()
	await officer.getByLabel('Until (UTC)').fill('2030-01-01T00:00')
	await officer.getByRole('button', { name: 'Record absence' }).click()
	await officer.getByText('An absence begins now or later').waitFor()
	const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16)
	await officer.getByLabel('Until (UTC)').fill(tomorrow)
	await officer.getByRole('button', { name: 'Record absence' }).click()
	await officer.getByText('You are away:').waitFor()
	await look('queue-away', officer)
	await officer.getByRole('button', { name: 'I am back' }).click()
	await officer.getByText('You are away:').waitFor({ state: 'detached' })

	// Whoever was denied reads why.
	await page.goto(`${origin}/requests?state=closed`)
	await page.getByRole('link', { name: /^R-/ }).first().click()
	await page.getByText('The report is closed already.').first().waitFor()
	await look('request-denied', page)

	async function prepareChosen(persona: typeof officer): Promise<void> {
		await persona.getByRole('radio', { name: 'Approve' }).check()
		await persona.getByRole('button', { name: 'Review what you will sign' }).click()
		await persona.getByTestId('decision-digest').waitFor()
	}
}, 180_000)

test('of two approvers at the same moment one decides, and the other is told', async () => {
	const { page } = stage.of('operator')
	const url = await askFor(page, stage.instance.origin, {
		role: 'Security reader',
		minutes: '60',
		reason: 'Look into another report',
		ticket: 'CHG-5002',
	})
	const { page: first } = stage.of('duty-officer')
	const { page: second } = stage.of('second-duty-officer')
	for (const tab of [first, second]) await prepare(tab, url, 'Approve')
	const told = await Promise.all(
		[first, second].map(async (tab) => {
			const [done, closed] = [
				tab.getByText('Your decision is signed and recorded.'),
				tab.getByText('This stage has already been decided.'),
			]
			await tab.getByRole('button', { name: /with passkey$/ }).click()
			await done.or(closed).waitFor()
			return (await done.count()) > 0
		}),
	)
	expect(told.filter(Boolean)).toHaveLength(1)
}, 120_000)

test('a session that ends while a form is open, or at the moment of signing, loses nothing that was typed', async () => {
	const { origin } = stage.instance
	const { page } = stage.of('operator')
	const { page: officer } = stage.of('duty-officer')
	const waiting = await askFor(page, origin, {
		role: 'User administrator',
		minutes: '60',
		reason: 'Lock the accounts of a phishing wave',
		ticket: 'CHG-5003',
	})
	await prepare(officer, waiting, 'Deny', 'The wave was over yesterday.')
	await page.goto(`${origin}/requests/new`)
	await page.getByRole('checkbox', { name: 'Security administrator' }).check()
	await page.getByLabel('Why do you need this access?').fill('Typed before the session ended')
	// The browser still holds the cookie; the server has let the session run out.
	stage.instance.clock.advance(2 * 3_600_000)
	await page.getByRole('button', { name: 'Send request' }).click()
	await page.getByRole('button', { name: 'Sign in with passkey' }).click()
	await page.getByLabel('Why do you need this access?').waitFor()
	expect(await page.getByLabel('Why do you need this access?').inputValue()).toBe(
		'Typed before the session ended',
	)
	expect(await page.getByRole('checkbox', { name: 'Security administrator' }).isChecked()).toBe(true)

	await officer.getByRole('button', { name: /with passkey$/ }).click()
	await officer.getByRole('button', { name: 'Sign in with passkey' }).click()
	await officer.getByText('You had chosen this before.').waitFor()
	expect(await officer.getByLabel('Reason').inputValue()).toBe('The wave was over yesterday.')
	expect(await officer.getByRole('radio', { name: 'Deny' }).isChecked()).toBe(true)
}, 120_000)
