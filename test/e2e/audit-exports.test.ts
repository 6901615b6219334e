import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seedHistory } from '#test/factories/history.ts'
import { enrol, signIn } from './acts.ts'
import { axeProblems, launchBrowser, newPersona, takePictures, type Persona } from './browser.ts'
import { startInstance, type Instance } from './instance.ts'

const OUTPUT = join(import.meta.dirname, '../../.charterkeep/walkthrough')
/** More bytes than the buffers between two processes hold. */
const ROWS = 20_000

let instance: Instance
let browser: Browser
let auditor: Persona
let page: Page

beforeAll(async () => {
	instance = await startInstance()
	browser = await launchBrowser()
	auditor = await newPersona(browser)
	page = auditor.page
	await enrol(auditor, await instance.linkFor('auditor'))
	await signIn(auditor, instance.origin)
	await seedHistory(instance.deps.database.pool, ROWS)
})
afterAll(async () => {
	await browser?.close()
	await instance?.stop()
})

/** The newest export that the page tells of, once it is not the one before. */
async function newestExport(before = ''): Promise<{ entry: string; text: string }> {
	for (let i = 0; i < 100; i++) {
		await page.goto(`${instance.origin}/audit`)
		const row = page.getByRole('region', { name: 'Taken away of late' }).locator('tbody tr').first()
		if ((await row.count()) > 0) {
			const entry = await row.locator('a').innerText()
			if (entry !== before) return { entry, text: await row.innerText() }
		}
		await pause(200)
	}
	throw new Error('No export is told of.')
}

/** The answer to a download, unread, as a receiver that takes its own time. */
async function receive(path: string): Promise<IncomingMessage> {
	const cookies = await auditor.context.cookies()
	const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
	return new Promise((resolve, reject) => {
		get(`${instance.origin}${path}`, { headers: { cookie } }, resolve).on('error', reject)
	})
}

describe('the access history', () => {
	test('is filtered by several people and by a period in a named zone, and says what it shows', async () => {
		await page.goto(`${instance.origin}/audit`)
		await page.getByText('Shown: everyone, all roles, all facilities, at any time.').waitFor()
		expect(await axeProblems(page)).toEqual([])
		await page.locator('#person summary').click()
		const people = page.locator('#person input')
		await people.nth(0).check()
		await people.nth(1).check()
		await page.locator('#from').fill('2025-01-02T00:00')
		await page.locator('#until').fill('2025-01-02T02:00')
		await page.locator('#zone').fill('America/New_York')
		await page.getByRole('button', { name: 'Filter' }).click()
		await page
			.getByText(
				/Shown: 2 people, all roles, all facilities, from 2 Jan 2025 00:00 (EST|GMT-5) to before 2 Jan 2025 02:00/,
			)
			.waitFor()
		await page.locator('#person summary').click()
		expect(await axeProblems(page)).toEqual([])
		await takePictures(page, OUTPUT, '30-audit-filtered')
	})

	test('that cannot be read is an error with its field, and nothing can be taken away', async () => {
		await page.goto(`${instance.origin}/audit?from=2026-03-29T02:30&zone=Europe/Berlin`)
		await page.getByRole('alert').getByText('This hour does not exist').waitFor()
		expect(await page.getByRole('link', { name: 'CSV', exact: true }).count()).toBe(0)
		expect(await axeProblems(page)).toEqual([])
		const answer = await page.request.get(`${instance.origin}/audit/history.csv?person=everyone`)
		expect(answer.status()).toBe(422)
		expect(answer.headers()['content-disposition']).toBeUndefined()
	})

	test('works without JavaScript', async () => {
		const context = await browser.newContext({
			javaScriptEnabled: false,
			storageState: await auditor.context.storageState(),
		})
		const plain = await context.newPage()
		await plain.goto(`${instance.origin}/audit`)
		await plain.locator('#role summary').click()
		await plain.getByLabel('Security reader').check()
		await plain.getByRole('button', { name: 'Filter' }).click()
		await plain.getByText('Shown: everyone, 1 role, all facilities, at any time.').waitFor()
		const saved = plain.waitForEvent('download')
		await plain.getByRole('link', { name: 'JSON Lines' }).click()
		const lines = readFileSync(await (await saved).path(), 'utf8')
			.trimEnd()
			.split('\n')
		expect(lines).toHaveLength(Math.ceil((ROWS - 1) / 3) + 2)
		await context.close()
	})

	test.each(['csv', 'jsonl', 'ocsf', 'oscal'])(
		'as %s is the file whose digest the record holds',
		async (format) => {
			const before = (await newestExport()).entry
			const saved = page.waitForEvent('download')
			await page.locator(`a[href="/audit/history.${format}"]`).click()
			const download = await saved
			expect(download.suggestedFilename()).toMatch(/^charterkeep-access-history_\d{8}T\d{6}Z_[a-z-]+\./)
			const bytes = readFileSync(await download.path())
			const { text } = await newestExport(before)
			expect(text).toContain(createHash('sha256').update(bytes).digest('hex'))
			expect(text).toContain('whole')
			expect(text).toContain('20,000')
		},
	)

	test('is made no faster than it is received, and one that is left is told as cut off', async () => {
		const before = (await newestExport()).entry
		const answer = await receive('/audit/history.csv')
		expect(answer.headers).toMatchObject({
			'content-type': 'text/csv; charset=utf-8',
			'x-content-type-options': 'nosniff',
			'content-disposition': expect.stringMatching(/^attachment; filename="/) as string,
		})
		expect(answer.headers['content-encoding']).toBeUndefined()
		await pause(3000)
		answer.destroy()
		const { text } = await newestExport(before)
		expect(text).toContain('cut off')
		const rows = Number(/\n([\d,]+)\n/.exec(text)?.[1]?.replaceAll(',', ''))
		expect(rows).toBeGreaterThan(0)
		expect(rows).toBeLessThan(ROWS)
		await page.goto(`${instance.origin}/audit?from=2025-01-02T00:00&until=2025-01-02T00:05`)
		await takePictures(page, OUTPUT, '31-audit-exports')
	})

	test('that the database cuts off is a failed download', async () => {
		const answer = await receive('/audit/history.csv')
		await instance.deps.database.pool.query(
			`select pg_terminate_backend(pid) from pg_stat_activity where query like '%from history' and datname = current_database()`,
		)
		await expect(
			(async () => {
				for await (const _ of answer);
			})(),
		).rejects.toThrow('aborted')
	})

	test('reads in German', async () => {
		await page.request.post(`${instance.origin}/preferences`, {
			form: { language: 'de', returnTo: '/audit' },
			headers: { origin: instance.origin },
		})
		await page.goto(`${instance.origin}/audit?until=2025-01-01T01:05`)
		await page.getByText('Gezeigt: alle Personen, alle Rollen, alle Standorte, vor').waitFor()
		expect(await axeProblems(page)).toEqual([])
		await takePictures(page, OUTPUT, '32-audit-de')
	})
})
