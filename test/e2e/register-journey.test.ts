import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Download, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { look, startStage, type Stage } from './stage.ts'

const PERSONAS = ['security-officer', 'duty-officer', 'operator'] as const

let stage: Stage<(typeof PERSONAS)[number]>
let instance: typeof stage.instance
const pageOf = (name: (typeof PERSONAS)[number]): Page => stage.of(name).page
const day = (from: number) =>
	new Date(instance.clock.now().getTime() + from * 86_400_000).toISOString().slice(0, 10)

beforeAll(async () => {
	// What is to be kept for no time is due as soon as somebody has left.
	stage = await startStage(PERSONAS, { CHARTERKEEP_RETENTION_MONTHS: 'travel=0 visit=0 event=0' })
	instance = stage.instance
}, 300_000)
afterAll(() => stage?.stop())

/** The page that somebody keeps of themselves opens from a file, without a network, and is fit for everybody. */
async function readOffline(file: Download): Promise<void> {
	const path = join(mkdtempSync(join(tmpdir(), 'charterkeep-file-')), file.suggestedFilename())
	await file.saveAs(path)
	const context = await stage.browser.newContext({ offline: true })
	const page = await context.newPage()
	await page.goto(`file://${path}`)
	await page.getByRole('heading', { name: 'Everything recorded about' }).waitFor()
	await page.getByRole('heading', { name: 'Clearances' }).waitFor()
	await look('register-person-file', page)
	await context.close()
}

describe('the register', () => {
	let file = ''

	test('a person is registered, found again, and stands without an appointment', async () => {
		const page = pageOf('security-officer')
		await page.goto(`${instance.origin}/people`)
		await page.getByRole('link', { name: 'Register a person' }).click()
		await page.getByLabel('Name', { exact: true }).fill('Søren Müller')
		await page.getByLabel('User principal name').fill('soren')
		await page.getByLabel('Entra object id').fill('9f3c1d52-0000-4000-8000-00000000f00d')
		await page.getByLabel('Employer').fill('Harbour Systems')
		await page.getByLabel('Personnel number').fill('HS-4711')
		await page.getByRole('button', { name: 'Register' }).click()
		await page.getByRole('alert').waitFor()
		expect(await page.getByLabel('Personnel number').inputValue()).toBe('HS-4711')
		await look('register-new-person', page)
		await page.getByLabel('User principal name').fill('soren@harbour.example')
		await page.getByRole('button', { name: 'Register' }).click()
		await page.getByText('The person is registered').waitFor()
		file = page.url().split('?')[0] ?? ''
		await page.goto(`${instance.origin}/people?search=hs-47%20mull`)
		await page.getByRole('link', { name: 'Søren Müller' }).waitFor()
		expect(await page.getByRole('row').count()).toBe(2)
	})

	test('facts are recorded with evidence, a slip is named at its field, and nothing typed is lost', async () => {
		const page = pageOf('security-officer')
		await page.goto(file)
		await page.getByRole('link', { name: 'Record Citizenship' }).click()
		await page.getByLabel('Country').selectOption('DK')
		await page.getByLabel('What was shown').selectOption('passport')
		await page.getByLabel('Issued by').fill('Rigspolitiet')
		await page.getByLabel('Valid from').fill('0202-01-01')
		await page.getByLabel('Evidence', { exact: true }).fill('passport 4711')
		await page.getByRole('button', { name: 'Record' }).click()
		await page.getByRole('link', { name: 'This date is too far off' }).waitFor()
		expect(await page.getByLabel('Issued by').inputValue()).toBe('Rigspolitiet')
		await look('register-fact-refused', page)
		await page.getByLabel('Valid from').fill('1990-01-01')
		await page.getByLabel('Evidence file').setInputFiles({
			name: 'passport.pdf',
			mimeType: 'application/pdf',
			buffer: Buffer.from('%PDF-1.7 a passport'),
		})
		await page.getByRole('button', { name: 'Record' }).click()
		await page.getByText('This is recorded.').waitFor()
		await page.getByRole('link', { name: 'Denmark · Passport · Rigspolitiet' }).click()
		const download = page.waitForEvent('download')
		await page.getByRole('link', { name: 'Save the file' }).click()
		expect((await download).suggestedFilename()).toMatch(/^evidence-[0-9a-f]{12}\.pdf$/)
		await page.getByRole('button', { name: 'I have seen the original' }).click()
		await page.getByText('This is recorded.').waitFor()
	})

	test('a fact is corrected, and what stood before stays visible', async () => {
		const page = pageOf('security-officer')
		await page.getByRole('link', { name: 'Correct', exact: true }).click()
		await look('register-correct', page)
		await page.getByLabel('Country').selectOption('NO')
		await page.getByLabel('Reason').fill('The country was mistaken')
		await page.getByRole('button', { name: 'Correct' }).click()
		await page.getByRole('heading', { name: 'How this came to be' }).waitFor()
		await page.getByText('The country was mistaken').waitFor()
		await look('register-fact', page)
	})

	test('a journey waits for approval and a report for triage', async () => {
		const page = pageOf('security-officer')
		await page.goto(`${file}/facts/new/travel`)
		await page.getByLabel('Countries').selectOption(['CH', 'IT'])
		await page.getByLabel('Itinerary').fill('Zürich, then Milan')
		await page.getByLabel('Departure').fill(day(5))
		await page.getByLabel('Back on').fill(day(9))
		await page.getByLabel('Evidence', { exact: true }).fill('form 7')
		await page.getByRole('button', { name: 'Record' }).click()
		await page.getByText('not approved').waitFor()
		await page.goto(`${file}/facts/new/event`)
		await page.getByLabel('What happened').selectOption('foreign-contact')
		await page.getByLabel('Severity').selectOption('elevated')
		await page.getByLabel('Reported by').selectOption('self')
		await page.getByLabel('Details').fill('An old friend asked about work')
		await page.getByLabel('Evidence', { exact: true }).fill('note 8')
		await page.getByRole('button', { name: 'Record' }).click()
		await page.getByText('open: nobody has triaged it').waitFor()
		await look('register-person', page)
		await page.getByRole('link', { name: /Foreign contact/ }).click()
		await page.getByLabel('What follows from it').fill('Talk held; nothing further')
		await look('register-triage', page)
		await page.getByRole('button', { name: 'Triage' }).click()
		await page.getByText('This is recorded.').waitFor()
	})

	test('a clearance says who vouches for it, and a visit is announced with one that is held', async () => {
		const page = pageOf('security-officer')
		await page.goto(`${file}/facts/new/clearance`)
		expect(await page.title()).toBe('Person: Record a clearance - Charterkeep')
		await page.getByLabel('Scheme and level').selectOption('UK SC')
		await page.getByLabel('Issued by').fill('UK Security Vetting')
		await page.getByLabel('Post').fill('Network desk')
		await page.getByLabel('Evidence', { exact: true }).fill('letter 12')
		await page.getByRole('button', { name: 'Record' }).click()
		await page.getByRole('link', { name: 'last only while somebody vouches' }).waitFor()
		await look('register-clearance-refused', page)
		await page.getByLabel('Sponsor', { exact: true }).fill('Friedrich von Hagen')
		await page.getByRole('button', { name: 'Record' }).click()
		await page.getByText('sponsored by Friedrich von Hagen').waitFor()
		await page.getByRole('link', { name: /^UK .*post: Network desk/ }).click()
		await page.getByText('Lives only while it is sponsored').waitFor()
		await look('register-clearance', page)
		await page.goto(`${file}/facts/new/visit`)
		await page.getByLabel('Whom and where').fill('Rijkswaterstaat, The Hague')
		await page.getByLabel('Country').selectOption('NL')
		await page.getByLabel('Contact there').fill('Jan de Vries, security office')
		await page.getByLabel('Purpose').fill('Meeting on the shared platform')
		await page.getByLabel('Scheme and level').selectOption('UK DV')
		await page.getByLabel('First day').fill(day(3))
		await page.getByLabel('Day after the last').fill(day(5))
		await page.getByLabel('Evidence', { exact: true }).fill('request 7')
		await page.getByRole('button', { name: 'Record' }).click()
		await page.getByRole('link', { name: 'does not hold this clearance throughout' }).waitFor()
		await look('register-visit-refused', page)
		await page.getByLabel('Scheme and level').selectOption('UK SC')
		await page.getByRole('button', { name: 'Record' }).click()
		await page.getByRole('link', { name: /^Rijkswaterstaat/ }).click()
		await look('register-visit', page)
	})

	test('a vetting case that was opened by mistake is closed', async () => {
		const page = pageOf('security-officer')
		await page.goto(`${instance.origin}/vetting/new?person=${file.split('/').at(-1)}`)
		await page.locator('[name=level]').selectOption('DE U2')
		await page.locator('[name=reason]').fill('Needed for the new platform')
		await page.getByRole('button', { name: 'Open the case' }).click()
		await page.getByText('Close: it was opened by mistake').first().click()
		await page.locator('#CANCEL-reason').fill('Opened for the wrong person')
		await look('vetting-cancel', page)
		await page.getByRole('button', { name: 'Close: it was opened by mistake' }).click()
		await page.getByText('closed: opened by mistake').first().waitFor()
		expect(await page.title()).toMatch(/^Vetting case V-\d+ - Charterkeep$/)
		await look('vetting-cancelled', page)
	})

	test('several people are appointed at once, after seeing what it does', async () => {
		const page = pageOf('security-officer')
		await page.goto(`${instance.origin}/people`)
		await look('register-people', page)
		for (const box of await page.getByRole('checkbox', { name: /^Choose / }).all()) await box.check()
		await page.getByRole('button', { name: 'Change the chosen people' }).click()
		await page.getByLabel('What is to change').selectOption('authorise')
		const options = await page.getByLabel('Facility').locator('option').all()
		await page.getByLabel('Facility').selectOption((await options[1]?.getAttribute('value')) ?? '')
		await page.getByLabel('Evidence, or').fill('Order 7')
		await page.getByRole('button', { name: 'Show what this would do' }).click()
		await page.getByText('Not possible for everybody').waitFor()
		await look('register-many', page)
		for (const box of await page.getByRole('checkbox').all()) await box.uncheck()
		await page.getByRole('checkbox', { name: 'Søren Müller' }).check()
		await page.getByRole('button', { name: 'Show what this would do' }).click()
		await page.getByRole('button', { name: 'Change 1 person now' }).click()
		await page.getByText('Changed for all of them.').waitFor()
		await page.goto(`${instance.origin}/people/retention`)
		expect(await page.title()).toBe('What is due for erasure - Charterkeep')
		await look('register-retention', page)
		await page.goto(`${file}/identity`)
		await look('register-identity', page)
	})

	test('an approver sees whether the charter is satisfied, and no value; an operator only themselves', async () => {
		const approver = pageOf('duty-officer')
		await approver.goto(file)
		await approver.getByText('You see whether the charter is satisfied').waitFor()
		expect(await approver.content()).not.toMatch(/Norway|Denmark|"NO"|"DK"|Rigspolitiet|Zürich/)
		await look('register-veiled', approver)
		const operator = pageOf('operator')
		expect((await operator.goto(file))?.status()).toBe(403)
		await operator.goto(`${instance.origin}/people/${instance.idOf('operator')}`)
		await operator.getByRole('heading', { name: 'Standing' }).waitFor()
		for (const [link, ending] of [
			['Save everything recorded', 'html'],
			['The same as JSON', 'json'],
		] as const) {
			const download = operator.waitForEvent('download')
			await operator.getByRole('link', { name: link }).click()
			const file = await download
			expect(file.suggestedFilename()).toMatch(new RegExp(`^charterkeep-person-.*\\.${ending}$`))
			if (ending === 'html') await readOffline(file)
		}
	})

	test('what has been kept for as long as it must be is erased by kind, exactly as it was shown', async () => {
		const page = pageOf('security-officer')
		await page.goto(`${instance.origin}/people/retention`)
		await page.getByRole('checkbox', { name: 'Choose Søren Müller' }).check()
		await page.getByRole('checkbox', { name: 'Travel' }).check()
		await page.getByRole('checkbox', { name: 'Reportable events' }).check()
		await page.getByRole('button', { name: 'Show what would be erased' }).click()
		await page.getByRole('link', { name: 'Say why' }).waitFor()
		await page.getByLabel('Reason').fill('Retention rule 7 of the agency')
		await page.getByRole('button', { name: 'Show what would be erased' }).click()
		await page.getByRole('heading', { name: 'What would be erased' }).waitFor()
		await page.getByLabel('To confirm').fill('20')
		await page.getByRole('button', { name: 'Erase these facts for good' }).click()
		await page.getByRole('link', { name: 'Type the number exactly' }).waitFor()
		await look('register-retention-preview', page)
		await page.getByLabel('To confirm').fill('2')
		await page.getByRole('button', { name: 'Erase these facts for good' }).click()
		await page.getByText('2 facts are erased.').waitFor()
		await page.goto(file)
		await page.getByText('Personal data of this person were erased').waitFor()
		expect(await page.content()).not.toContain('Foreign contact')
		await page.getByRole('link', { name: /^Rijkswaterstaat/ }).waitFor()
	})

	test('all of it works in German and without scripts', async () => {
		const officer = stage.of('security-officer')
		const state = await officer?.context.storageState()
		const context = await stage.browser.newContext({
			...(state ? { storageState: state } : {}),
			javaScriptEnabled: false,
			locale: 'de-DE',
		})
		const page = await context.newPage()
		await page.goto(`${file}/facts/new/briefing`)
		await page.locator('[name=key]').fill('nato-brief')
		await page.locator('[name=evidence]').fill('Liste 9')
		await page.locator('main form button').click()
		// A click does not wait for the page it leads to: what is looked for does.
		await page.locator('a', { hasText: 'nato-brief' }).click()
		await page.locator('[name=act][value=verify]').click()
		await page.waitForURL(/saved=verify/)
		expect(await page.title()).toBe('Person: Belehrung - Charterkeep')
		await context.close()
	})
})
