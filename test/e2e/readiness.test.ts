import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findPerson } from '#db/queries/people.ts'
import { insertReading, saveReading } from '#db/queries/readiness-readings.ts'
import { look, PICTURES, startStage, type Stage } from './stage.ts'

const PERSONAS = ['security-officer', 'auditor'] as const
let stage: Stage<(typeof PERSONAS)[number]>
let page: Page
beforeAll(async () => {
	stage = await startStage(PERSONAS)
	page = stage.of('security-officer').page
}, 300_000)
afterAll(() => stage?.stop())

const json = (name: string, value: unknown) => ({
	name,
	mimeType: 'application/json',
	buffer: Buffer.from(JSON.stringify(value)),
})
const GUEST = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a03'
const HELPER = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a09'
const GLOBAL_ADMINISTRATOR = '62e90394-69f5-4237-9190-012177145e10'
const USER_ADMINISTRATOR = 'fe930be7-5e62-47db-91af-98c3a49a38b1'

/** Now, as a field for date and time has it. */
const nowInForm = () => stage.instance.deps.now().toISOString().slice(0, 19)
/** The full name of somebody whom a task can be given to. */
const ownerName = async () =>
	(await findPerson(stage.instance.deps.database.db, stage.instance.idOf('auditor'))).displayName

test('an officer reads the tenant, sees what to mend first, gives a task to somebody, and compares with files', async () => {
	await page.goto(stage.instance.origin)
	await page.getByRole('link', { name: 'Readiness', exact: true }).click()
	await page.getByRole('heading', { level: 1, name: 'Readiness: no report has been made yet' }).waitFor()
	await look('90-readiness-none', page)
	await page.getByRole('button', { name: 'Read the tenant now' }).click()
	await page.getByRole('heading', { level: 1, name: /^Readiness: \d+ % of the charter is met/ }).waitFor()
	await page.getByRole('heading', { name: 'Mend these first' }).waitFor()
	await look('91-readiness', page)

	const task = page.getByRole('row', { name: /Every part of the tenant can be read/ })
	await task.locator('summary').click()
	await task.getByLabel('Owner').fill('Nobody At All')
	await task.getByRole('button', { name: 'Save the task' }).click()
	await task.getByText('Nobody is called exactly so').waitFor()
	await task.getByLabel('Owner').fill(await ownerName())
	await task.getByLabel('Note').fill('Permissions are granted')
	await task.getByLabel('It is done').check()
	await task.getByRole('button', { name: 'Save the task' }).click()
	await page
		.getByRole('row', { name: /Every part of the tenant can be read.*Permissions are granted.*done/ })
		.waitFor()

	await page.locator('summary', { hasText: 'Exported files' }).click()
	await page
		.getByLabel('Exported files')
		.setInputFiles([{ ...json('users.json', []), buffer: Buffer.from('{') }])
	await page.getByLabel('Exported at (UTC)').fill(nowInForm())
	await page.getByRole('button', { name: 'Make a report from these files' }).click()
	await page.getByText('No report came of the files that').waitFor()
	await page.getByText('users.json: it is no JSON').waitFor()
	await look('92-readiness-files-refused', page)
	await page.getByLabel('Exported at (UTC)').fill('2099-01-01T00:00')
	await page.getByLabel('Exported files').setInputFiles([json('roleAssignments.json', [])])
	await page.getByRole('button', { name: 'Make a report from these files' }).click()
	await page.getByText('cannot have been exported later than now').waitFor()
	expect(await page.getByLabel('Exported at (UTC)').inputValue()).toBe('2099-01-01T00:00')
	await page.getByLabel('Exported at (UTC)').fill(nowInForm())
	await page.getByLabel('Exported files').setInputFiles([
		json('organization.json', [{ id: stage.instance.tenant.id }]),
		json('users.json', {
			value: [
				{ id: GUEST, displayName: 'Visiting auditor', userType: 'Guest' },
				{ id: HELPER, displayName: 'Planned helper', userType: 'Member' },
			],
		}),
		json('roleAssignmentSchedules.json', [
			{
				id: 's',
				principalId: HELPER,
				roleDefinitionId: USER_ADMINISTRATOR,
				directoryScopeId: '/',
				status: 'Provisioned',
				scheduleInfo: {
					startDateTime: '2041-01-07T08:00:00Z',
					expiration: { type: 'afterDuration', duration: 'PT8H' },
				},
			},
		]),
		json('roleAssignments.json', [
			{ id: 'x', principalId: GUEST, roleDefinitionId: USER_ADMINISTRATOR, directoryScopeId: '/' },
		]),
	])
	await page.getByRole('button', { name: 'Make a report from these files' }).click()
	await page.getByText('1 guest account holds User administrator').first().waitFor()
	await page.getByRole('heading', { name: 'Compared with report 1' }).waitFor()
	await page.getByLabel('Problem').selectOption({ label: 'guest account' })
	await page.getByRole('button', { name: 'Show', exact: true }).click()
	await page.waitForURL(/problem=guestHolds/)
	await page.getByRole('row', { name: /Visiting auditor.*no facts: unknown person/ }).waitFor()
	await look('92-readiness-files', page)
	await page.getByLabel('Problem').selectOption({ label: 'begins later' })
	await page.getByRole('button', { name: 'Show', exact: true }).click()
	await page.waitForURL(/problem=beginsLater/)
	await page.getByRole('row', { name: /Planned helper.*begins on .*2041/ }).waitFor()
	await look('95-readiness-later', page)
})

test('an auditor reads it and changes nothing', async () => {
	const auditor = stage.of('auditor').page
	await auditor.goto(`${stage.instance.origin}/readiness`)
	await auditor.getByRole('heading', { level: 1, name: /^Readiness: \d+ %/ }).waitFor()
	expect(await auditor.getByRole('button', { name: 'Read the tenant now' }).count()).toBe(0)
	expect(await auditor.locator('summary', { hasText: /^Change$/ }).count()).toBe(0)
})

test('printed it is a report on A4: light, without navigation, whole, with its foot on every sheet', async () => {
	await page.goto(`${stage.instance.origin}/readiness?report=1`)
	await page.getByRole('heading', { level: 1, name: /^Readiness: \d+ %/ }).waitFor()
	await page.emulateMedia({ colorScheme: 'dark', media: 'print' })
	for (const gone of ['nav', 'header', 'form', 'footer', '.button'])
		expect(
			await page
				.locator(gone)
				.filter({ visible: true })
				.evaluateAll((all) => all.map((one) => one.outerHTML.slice(0, 200))),
		).toEqual([])
	// All that is to be mended, and not only the first three; nothing behind a fold.
	const shown = await page.locator('.print-only li').filter({ visible: true }).count()
	const problems = await page.locator('details li strong').count()
	expect(shown).toBeGreaterThan(3)
	expect(problems).toBe(shown)
	const foot = await page.locator('.print-foot').textContent()
	expect(foot).toMatch(
		/^Readiness report 1, .*2026.*, version 1\. http:\/\/localhost:\d+\/readiness\?report=1$/,
	)
	expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('light')
	const pdf = await page.pdf({ preferCSSPageSize: true })
	const text = pdf.toString('latin1')
	const sheets = text.match(/\/Type\s*\/Page\b/g)?.length ?? 0
	expect(sheets).toBeGreaterThan(1)
	expect(drawnIn(pdf, FOOT_COLOUR)).toBe(sheets)
	// 210 by 297 mm in points.
	expect(text).toMatch(/\/MediaBox\s*\[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]/)
	if (process.env.CHARTERKEEP_PICTURES) {
		mkdirSync(PICTURES, { recursive: true })
		await page.pdf({ preferCSSPageSize: true, path: join(PICTURES, '93-readiness.pdf') })
		await page.setViewportSize({ width: 700, height: 990 })
		await page.screenshot({ path: join(PICTURES, '93-readiness-print.png'), fullPage: true })
	}
	await page.emulateMedia({ colorScheme: null, media: null })
})

/** The colour of the foot of a sheet, and of nothing else, as a PDF has it. */
const FOOT_COLOUR = /\.2157 \.2588 \.3059 rg/

/** In how many streams of a PDF, of which each sheet has one, this is drawn. */
function drawnIn(pdf: Buffer, what: RegExp): number {
	const starts = [...pdf.toString('latin1').matchAll(/stream\r?\n/g)].map(
		(each) => each.index + each[0].length,
	)
	return starts.filter((at) => {
		try {
			return what.test(inflateSync(pdf.subarray(at)).toString('latin1'))
		} catch {
			// Not packed, or no stream but the word for its end.
			return false
		}
	}).length
}

test('the whole report is a page to keep, with the last holding of hundreds, and the plan is a file', async () => {
	const { sandbox, deps } = stage.instance
	if (sandbox === null) throw new Error('The sandbox was not started.')
	for (let n = 0; n < 120; n++) {
		const id = deps.newId()
		sandbox.users.put(id, { displayName: `Holder ${n}.` })
		sandbox.assignDirectly(id, n % 2 ? USER_ADMINISTRATOR : GLOBAL_ADMINISTRATOR)
	}
	await page.goto(`${stage.instance.origin}/readiness`)
	await page.getByRole('button', { name: 'Read the tenant now' }).click()
	await page
		.getByRole('row', { name: /Holder .*Global Administrator \(not governed by the charter\).*no end/ })
		.first()
		.waitFor()
	await page.getByRole('link', { name: 'Next page' }).waitFor()
	await look('97-readiness-not-governed', page)
	const whole = await downloaded(page.getByRole('link', { name: 'Whole report to print' }))
	for (let n = 0; n < 120; n++) expect(whole).toContain(`>Holder ${n}.<`)
	const printed = await stage.browser.newPage()
	await printed.setContent(whole)
	await printed.getByRole('row', { name: /Holder 119\..*User administrator/ }).waitFor()
	await look('98-readiness-whole', printed)
	await printed.close()
	expect(await downloaded(page.getByRole('link', { name: 'Plan as CSV' }))).toContain(
		'Permissions are granted',
	)
})

async function downloaded(link: Locator): Promise<string> {
	const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
	return readFileSync(await download.path(), 'utf8')
}

test('in German, on narrow screens and in the dark it reads as well', async () => {
	const auditor = stage.of('auditor').page
	await auditor.goto(`${stage.instance.origin}/readiness`)
	await auditor.locator('#language').selectOption('de')
	await auditor.locator('form[action="/preferences"] button').click()
	await auditor.locator('html[lang="de"]').waitFor()
	await look('94-readiness-german', auditor)
})

test('while it is made the page says so, of the tenant and of files, also without scripts', async () => {
	const { database, newId, now } = stage.instance.deps
	const askedBy = stage.instance.idOf('security-officer')
	const ids = { tenant: newId(), files: newId() }
	const at = now()
	// As a worker leaves them that is in the midst of it.
	await database.withTx(async (tx) => {
		for (const source of ['tenant', 'files'] as const)
			await insertReading(tx, { id: ids[source], source, askedAt: at, askedBy })
		await saveReading(tx, ids.tenant, { startedAt: at, done: 1200, total: 2140 })
	})
	await page.goto(`${stage.instance.origin}/readiness`)
	await page.getByText('How holders sign in is known of 1200 of 2140.').waitFor()
	await page.getByText('a report will be made of these files as soon as a worker is free').waitFor()
	expect(await page.getByRole('button', { name: 'Read the tenant now' }).count()).toBe(0)
	await database.withTx((tx) => saveReading(tx, ids.files, { startedAt: at }))
	await page.getByText('A report is being made of the files that').waitFor()
	await look('95-readiness-being-made', page)
	const bare = await stage.browser.newContext({
		javaScriptEnabled: false,
		storageState: await page.context().storageState(),
	})
	const plain = await bare.newPage()
	await plain.goto(`${stage.instance.origin}/readiness`)
	await plain.getByRole('link', { name: 'Look again' }).first().waitFor()
	await bare.close()
	await database.withTx(async (tx) => {
		const failed = { finishedAt: now(), trouble: 'TENANT_UNREAD' }
		await saveReading(tx, ids.tenant, failed)
		await saveReading(tx, ids.files, { ...failed, trouble: 'FILES_GONE' })
	})
	await page.getByText('The files are not kept any more').waitFor()
	await page.getByRole('button', { name: 'Read the tenant now' }).waitFor()
	await look('96-readiness-failed', page)
})
