import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exportBundle } from '#app/services/audit/export-bundle.server.ts'
import { EVERYTHING } from '#app/services/audit/history.server.ts'
import { verify, wholeOf } from '#test/factories/bundle.ts'
import { checklistFor } from '#workflows/people/vetting-checklists.ts'
import { en } from '#app/messages/en/index.ts'
import { askFor, decide } from './acts.ts'
import { look as lookAt, startStage, type Stage } from './stage.ts'

const PERSONAS = [
	'security-officer',
	'second-security-officer',
	'operator',
	'duty-officer',
	'data-owner',
] as const
type Name = (typeof PERSONAS)[number]
const DAY = 86_400_000

let stage: Stage<Name>
let instance: Stage<Name>['instance']
let browser: Stage<Name>['browser']
const of = (name: Name) => stage.of(name)
const officer = () => of('security-officer').page
const second = () => of('second-security-officer').page

const look = (name: string, who: Name = 'security-officer') => lookAt(name, of(who).page)

beforeAll(async () => {
	stage = await startStage(PERSONAS)
	;({ instance, browser } = stage)
}, 300_000)
afterAll(() => stage?.stop())

const stands = (page: Page, state: keyof typeof en.vetting) =>
	page.getByRole('heading', { level: 1, name: en.vetting[state] }).waitFor()

/** Takes an act by the words on its fold and its button. */
async function act(page: Page, words: string, reason = ''): Promise<void> {
	const fold = page.locator('details.act').filter({ has: page.locator('summary', { hasText: words }) })
	if ((await fold.getAttribute('open')) === null) await fold.locator('summary').click()
	if (reason) await fold.getByLabel(/Reason|Note/).fill(reason)
	await fold.getByRole('button', { name: words }).click()
}

/** Proposes with the first officer's passkey and confirms with the second's. */
async function bothSign(
	words: string,
	fill: (page: Page) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
	const page = officer()
	const fold = page.locator('details.act').filter({ has: page.locator('summary', { hasText: words }) })
	if ((await fold.getAttribute('open')) === null) await fold.locator('summary').first().click()
	await fill(page)
	await fold.getByLabel('Reason').fill('As the authority wrote on Monday.')
	await fold.getByRole('button', { name: 'Review what you will sign' }).click()
	await page.getByRole('button', { name: 'Sign the proposal with passkey' }).click()
	await page.getByText('You proposed this. Another officer must confirm it.').waitFor()
	await second().goto(page.url().split('?')[0] ?? '')
	await second().getByRole('button', { name: 'Review what you will sign' }).click()
	await second().getByRole('button', { name: 'Confirm with passkey' }).click()
	await second().getByText('Your signature is recorded.').waitFor()
	await page.reload()
}

describe('a vetting case, from the sponsor to the debriefing', () => {
	let access = ''
	let caseUrl = ''

	test('an operator has access by a clearance that was recorded', async () => {
		const { page } = of('operator')
		access = await askFor(page, instance.origin, {
			role: 'User administrator',
			minutes: '60',
			reason: 'Lock accounts of a phishing wave',
			ticket: 'CHG-20417',
		})
		await decide(of('duty-officer').page, access, 'Approve')
		await decide(of('data-owner').page, access, 'Approve')
		await page.goto(access)
		await page.getByRole('heading', { name: /active, confirmed by Entra/ }).waitFor()
	})

	test('an officer opens a case from the page of the person; what cannot be used is said at its field', async () => {
		const page = officer()
		await page.goto(`${instance.origin}/vetting`)
		await page.getByText('No case is open.').waitFor()
		await look('60-vetting-empty')
		await page.goto(`${instance.origin}/people/${instance.idOf('operator')}`)
		await page.getByRole('link', { name: 'Open a case' }).click()
		await page.getByRole('heading', { name: 'Open a vetting case for Jonas Weidner' }).waitFor()
		await page.getByLabel('Scheme and level').selectOption('SE SK2')
		await page.getByLabel('Why is it needed?').fill('Runs the platform of the tax office.')
		await page.getByRole('button', { name: 'Open the case' }).click()
		await page.getByRole('link', { name: 'Clearances of this scheme belong to a post: name it.' }).waitFor()
		await look('61-vetting-open-refused')
		await page.getByLabel('Scheme and level').selectOption('DE U3')
		await page.getByLabel('Line manager').fill('Friedrich von Hagen')
		await page.getByRole('button', { name: 'Open the case' }).click()
		await stands(page, 'state_requested')
		caseUrl = page.url()
	})

	test('it goes to the authority once the evidence is there, and says what is missing before', async () => {
		const page = officer()
		await page.locator('#SPONSOR-sponsor').fill('Katharina Brandt')
		await page.getByRole('button', { name: 'Record the sponsor' }).click()
		await page.getByRole('link', { name: /Nobody is called exactly so/ }).waitFor()
		await page.locator('#SPONSOR-sponsor').fill('Dr. Katharina Brandt')
		await page.getByRole('button', { name: 'Record the sponsor' }).click()
		await stands(page, 'state_sponsored')
		await act(page, 'Record the invitation')
		await stands(page, 'state_invited')
		await act(page, 'Record the application')
		await stands(page, 'state_submitted')
		await act(page, 'Hand over to the authority')
		await stands(page, 'state_checks_running')
		await page.locator('summary', { hasText: 'Refer for decision' }).click()
		await page.getByText(/Not yet: Application form, Consent/).waitFor()
		for (const { item } of checklistFor('DE', 'U3')) {
			if (item === 'briefing') continue
			const fold = page.locator('details.act').filter({ hasText: 'Which piece' })
			if ((await fold.getAttribute('open')) === null) await fold.locator('summary').click()
			await page.getByLabel('Which piece').selectOption(item)
			await page.getByLabel('Reference', { exact: true }).fill(`File 12/2026, ${item}`)
			await page.getByRole('button', { name: 'Record it' }).click()
			await page.getByText(`File 12/2026, ${item}`).first().waitFor()
		}
		await act(page, 'Refer for decision')
		await stands(page, 'state_adjudication')
	})

	test('two officers grant it with their passkeys', async () => {
		const page = officer()
		await page.locator('summary', { hasText: /^Grant$/ }).click()
		await page.locator('#GRANT-issuer').fill('Bundesamt für Verfassungsschutz')
		await page
			.locator('#GRANT-validUntil')
			.fill(new Date(instance.clock.now().getTime() + 3650 * DAY).toISOString().slice(0, 10))
		await page.locator('#GRANT-reason').fill('As the authority wrote on Monday.')
		const grant = page.locator('details.act').filter({ has: page.locator('#GRANT-issuer') })
		await grant.getByRole('button', { name: 'Review what you will sign' }).click()
		await page.getByText('Proposal by the first officer').waitFor()
		await look('64-vetting-sign')
		await page.getByRole('button', { name: 'Sign the proposal with passkey' }).click()
		await page.getByText('You proposed this. Another officer must confirm it.').waitFor()
		await second().goto(`${instance.origin}/vetting`)
		await second().getByText('waits for a second officer').waitFor()
		await look('65-vetting-list', 'second-security-officer')
		await second()
			.getByRole('link', { name: /^V-\d+$/ })
			.click()
		await second().getByRole('button', { name: 'Review what you will sign' }).waitFor()
		await look('66-vetting-proposal', 'second-security-officer')
		await second().getByRole('button', { name: 'Review what you will sign' }).click()
		await second().getByText('Confirmation by the second officer').waitFor()
		await second().getByRole('button', { name: 'Confirm with passkey' }).click()
		await stands(second(), 'state_granted')
	})

	test('the briefing makes it active, and the access of before goes on', async () => {
		const page = officer()
		await page.goto(caseUrl)
		await page.locator('#BRIEF-briefingReference').fill('B-17')
		await page.getByRole('button', { name: 'Record the briefing' }).click()
		await stands(page, 'state_briefed_active')
		await look('67-vetting-active')
		await of('operator').page.goto(access)
		await of('operator')
			.page.getByRole('heading', { name: /active, confirmed by Entra/ })
			.waitFor()
	})

	test('a review for cause ends the access at Entra', async () => {
		const page = officer()
		await act(page, 'Open a review for cause', 'A report came in that must be looked into.')
		await stands(page, 'state_review_for_cause')
		instance.clock.advance(6 * 60_000)
		await of('operator').page.goto(access)
		await of('operator')
			.page.getByRole('heading', { name: /taken away, confirmed by Entra/ })
			.waitFor()
		await act(page, 'Suspend; access ends now', 'The report turned out to be true.')
		await stands(page, 'state_suspended')
		await look('68-vetting-suspended')
	})

	test('two officers revoke it, an appeal is dismissed and another one leads on', async () => {
		await bothSign('Revoke')
		const page = officer()
		await stands(page, 'state_revoked')
		await act(page, 'Record an appeal', 'The person has appealed in writing.')
		await stands(page, 'state_appeal')
		await act(page, 'Dismiss the appeal', 'The board saw no reason to change it.')
		await stands(page, 'state_denied')
		await act(page, 'Record an appeal', 'New facts were brought forward.')
		await bothSign('Uphold the appeal', async () => {
			await page.locator('#UPHOLD_APPEAL-issuer').fill('Verwaltungsgericht Berlin')
		})
		await stands(page, 'state_granted')
		await page.locator('#BRIEF-briefingReference').fill('B-18')
		await page.getByRole('button', { name: 'Record the briefing' }).click()
		await stands(page, 'state_briefed_active')
		await act(page, 'Record the debriefing')
		await stands(page, 'state_debriefed')
	})

	test('in German, and with its own filter', async () => {
		const page = officer()
		await page.goto(`${instance.origin}/vetting?closed=1`)
		await page.getByRole('link', { name: /^V-\d+$/ }).waitFor()
		await page.getByLabel('Language').selectOption('de')
		await page.getByRole('button', { name: 'Apply' }).first().click()
		await page
			.getByRole('heading', { name: /Überprüfungsverfahren/ })
			.first()
			.waitFor()
		await page.getByLabel('Name, Adresse oder Nummer').fill('niemand')
		await page.keyboard.press('Enter')
		await page.getByText('Kein Verfahren passt zu diesem Filter.').waitFor()
		await page.goto(caseUrl)
		await look('70-vetting-german')
	})
})

test('the bundle of all that verifies, and its coverage has a gap from the review on', async () => {
	const auditor = {
		personId: instance.idOf('auditor'),
		sessionId: '',
		displayName: '',
		permissions: new Set(['record:export', 'request:read_all'] as const),
	}
	const { bytes } = await exportBundle(instance.deps, auditor, EVERYTHING, { profile: 'auditor' })
	const report = await verify(await wholeOf(bytes), { vkey: instance.vkey })
	expect(report.failures).toEqual([])
	expect(report.accesses[0]?.coverage).toMatchObject({
		isCovered: false,
		gaps: [{ until: report.accesses[0]?.endedAt, denials: [{ code: 'CLEARANCE' }] }],
	})
})

test('without JavaScript an officer opens a case and moves it on', async () => {
	const { context } = of('second-security-officer')
	const plain = await browser.newContext({
		javaScriptEnabled: false,
		storageState: await context.storageState(),
		locale: 'en-GB',
	})
	try {
		const page = await plain.newPage()
		await page.goto(`${instance.origin}/vetting/new`)
		await page.getByLabel('Person').fill('thomas.aschauer@btr.example')
		await page.getByRole('button', { name: 'Go on' }).click()
		await page.getByLabel('Scheme and level').selectOption('DE U3')
		await page.getByLabel('Why is it needed?').fill('Leads the night shift from now on.')
		await page.getByRole('button', { name: 'Open the case' }).click()
		await stands(page, 'state_requested')
		await page.locator('#SPONSOR-sponsor').fill('friedrich.vonhagen@btr.example')
		await page.getByRole('button', { name: 'Record the sponsor' }).click()
		await stands(page, 'state_sponsored')
	} finally {
		await plain.close()
	}
})
