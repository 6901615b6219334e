import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { buildVerifierPage } from '#app/verifier/build-page.ts'
import { renderSummary } from '#app/verifier/render-summary.ts'
import { bundleOf, verify } from '#test/factories/bundle.ts'
import { LogFixture, logSigner, tellRequest } from '#test/factories/told-log.ts'
import { plusMs } from '#workflows/shared/instants.ts'
import { axeProblems, launchBrowser, takePictures } from './browser.ts'

const PICTURES = join(import.meta.dirname, '../../.charterkeep/walkthrough')
const VKEY = logSigner().vkey
let browser: Browser
let folder: string
const file = (name: string) => join(folder, name)

/** A log with a covered access, and one that outlasts its person's clearance. */
function log(): LogFixture {
	const made = new LogFixture()
	const [operator, approver, chief] = ['operator', 'approver', 'chief'].map((role) => made.person(role))
	if (!operator || !approver || !chief) throw new Error('Three people are needed.')
	tellRequest(made, [operator, approver, chief])
	const lapsing = made.person('operator', { until: plusMs(made.now, 70 * 60_000) })
	tellRequest(made, [lapsing, approver, chief], { minutes: 90 })
	return made
}

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'charterkeep-verifier-'))
	writeFileSync(file('verify.html'), await buildVerifierPage())
	const whole = log()
	writeFileSync(file('kept'), whole.checkpoint(logSigner(), 20).note)
	writeFileSync(file('fork'), log().checkpoint(logSigner(), 20).note)
	const bytes = await bundleOf(whole)
	writeFileSync(file('whole.ckbundle.zip'), bytes)
	const spoiled = bytes.slice()
	spoiled[5000] = (spoiled[5000] ?? 0) ^ 1
	writeFileSync(file('spoiled.ckbundle.zip'), spoiled)
	writeFileSync(file('partly.ckbundle.zip'), await bundleOf(whole, { profile: 'history' }))
	const { manifest, accesses, counts, unchecked } = await verify(bytes)
	if (!manifest) throw new Error('The bundle has no manifest.')
	writeFileSync(
		file('summary.html'),
		renderSummary({
			manifest: { ...manifest, language: 'de' },
			by: 'Frieda Prüfer',
			accesses,
			counts,
			unchecked,
		}),
	)
	browser = await launchBrowser()
}, 120_000)
afterAll(async () => {
	await browser?.close()
	rmSync(folder, { recursive: true, force: true })
})

/** The page as an auditor opens it: from a file, on a machine without a network. */
async function open(name = 'verify.html', locale = 'en-GB'): Promise<{ page: Page; noise: string[] }> {
	const context = await browser.newContext({ locale, viewport: { width: 1280, height: 900 } })
	await context.setOffline(true)
	const page = await context.newPage()
	const noise: string[] = []
	page.on('console', (message) => noise.push(message.text()))
	page.on('pageerror', (error) => noise.push(error.message))
	page.on('request', (request) => {
		if (!request.url().startsWith('file:')) noise.push(request.url())
	})
	await page.goto(pathToFileURL(file(name)).href)
	return { page, noise }
}

const heading = (page: Page, name: RegExp) => page.getByRole('heading', { name }).waitFor()

test('a bundle that is chosen is verified offline, from a file, with the key and a kept checkpoint', async () => {
	const { page, noise } = await open()
	await page.getByText('What you know from elsewhere').click()
	await page.getByLabel("The log's verifier key").fill(VKEY)
	await page.getByLabel('A checkpoint that you kept').setInputFiles(file('kept'))
	expect(await axeProblems(page)).toEqual([])
	await takePictures(page, PICTURES, 'verifier-empty')
	await page.locator('#file').setInputFiles(file('whole.ckbundle.zip'))
	await heading(page, /^✓? ?Verified$/)
	for (const text of [
		'Signed by the key that you gave.',
		'The log contains what you kept (20 entries).',
		'1 of 2 accesses satisfied the charter at every moment; 1 have gaps.',
	])
		await page.getByText(text).waitFor()
	await page.getByText('covered throughout').waitFor()
	await page
		.getByText(/Clearance DE U2 or higher/)
		.first()
		.waitFor()
	expect(await axeProblems(page)).toEqual([])
	await takePictures(page, PICTURES, 'verifier-verified')
	// A fork is found as soon as the other checkpoint is chosen.
	await page.getByLabel('A checkpoint that you kept').setInputFiles(file('fork'))
	await page.getByRole('button', { name: 'Check again' }).click()
	await heading(page, /Refused/)
	await page.getByText('it was forked').first().waitFor()
	expect(noise).toEqual([])
})

test('a bundle that is dropped is verified in part where facts stay sealed, and says what was not checked', async () => {
	const { page, noise } = await open('verify.html', 'de-DE')
	const { readFileSync } = await import('node:fs')
	const base64 = readFileSync(file('partly.ckbundle.zip')).toString('base64')
	const transfer = await page.evaluateHandle((text) => {
		const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
		const dropped = new DataTransfer()
		dropped.items.add(new File([bytes], 'partly.ckbundle.zip'))
		return dropped
	}, base64)
	await page.dispatchEvent('#drop', 'drop', { dataTransfer: transfer })
	await heading(page, /Zum Teil geprüft/)
	await page.getByText('PROFILE_SEALED').waitFor()
	expect(await axeProblems(page)).toEqual([])
	await takePictures(page, PICTURES, 'verifier-partly')
	await page.getByRole('button', { name: 'Language: English' }).click()
	await heading(page, /Verified in part/)
	expect(noise).toEqual([])
})

test('a spoiled bundle is refused with the place named, by keyboard alone', async () => {
	const { page, noise } = await open()
	const chooser = page.waitForEvent('filechooser')
	await page.keyboard.press('Tab')
	await page.keyboard.press('Tab')
	expect(await page.evaluate(() => document.activeElement?.id)).toBe('file')
	await page.keyboard.press('Enter')
	await (await chooser).setFiles(file('spoiled.ckbundle.zip'))
	await heading(page, /Refused/)
	await page.getByText('CRC').waitFor()
	expect(await axeProblems(page)).toEqual([])
	await takePictures(page, PICTURES, 'verifier-refused')
	await page.emulateMedia({ media: 'print' })
	expect(await page.locator('#drop').isVisible()).toBe(false)
	expect(noise).toEqual([])
})

test('the summary reads well without any script', async () => {
	const { page, noise } = await open('summary.html', 'de-DE')
	await page.getByRole('heading', { name: 'Zugriffsverlauf mit Beweis' }).waitFor()
	await page.getByText('durchgehend gedeckt').waitFor()
	expect(await axeProblems(page)).toEqual([])
	await takePictures(page, PICTURES, 'summary')
	expect(noise).toEqual([])
})
