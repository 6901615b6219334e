import { readFileSync } from 'node:fs'
import pg from 'pg'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { reconcileRound } from '#app/jobs/reconcile-loop.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { writeEntries } from '#test/app/write-entries.ts'
import { askFor } from './acts.ts'
import { axeProblems, takePictures } from './browser.ts'
import { look, PICTURES, startStage, type Stage } from './stage.ts'

const PERSONAS = ['operator', 'auditor'] as const
const USER_ADMINISTRATOR = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const STRANGER = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01'

let stage: Stage<(typeof PERSONAS)[number]>
beforeAll(async () => {
	stage = await startStage(PERSONAS, { CHARTERKEEP_RECORD_BACKLOG: '100', LOG_LEVEL: 'silent' })
	await askFor(stage.of('operator').page, stage.instance.origin, {
		role: 'User administrator',
		minutes: '30',
		reason: 'Lock accounts of a phishing wave',
		ticket: 'CHG-77123',
	})
	const { sandbox, clock, deps } = stage.instance
	sandbox?.assignBeside(STRANGER, USER_ADMINISTRATOR)
	// Lists of the tenant lag, and it is certain when it is seen twice.
	await vi.waitFor(
		async () => {
			clock.advance(3000)
			await reconcileRound(deps)
			const { rows } = await deps.database.pool.query<{ state: string }>('select state from findings')
			expect(rows).toEqual([{ state: 'awaiting' }])
		},
		{ timeout: 60_000, interval: 100 },
	)
}, 300_000)
afterAll(() => stage?.stop())

/** The same person in a browser without scripts. */
async function withoutScripts(): Promise<Page> {
	const context = await stage.browser.newContext({
		locale: 'en-GB',
		javaScriptEnabled: false,
		acceptDownloads: true,
		storageState: await stage.of('auditor').context.storageState(),
	})
	return context.newPage()
}

async function downloaded(page: Page, act: () => Promise<void>): Promise<{ name: string; text: string }> {
	const [download] = await Promise.all([page.waitForEvent('download'), act()])
	return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'latin1') }
}

const FILES = [
	['CSV', /\.csv$/, /^[\s\S]*CHG-77123[\s\S]*F-1/],
	['JSON Lines', /\.jsonl$/, /"CHG-77123"[\s\S]*"findings":1/],
	['OCSF 1.8', /ocsf/, /^\{"activity_id"[\s\S]*"class_uid":2004/],
	['OSCAL 1.2', /oscal/, /"assessment-results"[\s\S]*"risks"/],
] as const

describe('the page of exports', () => {
	test('passes axe in English and German, light and dark, wide and narrow', async () => {
		const { page } = stage.of('auditor')
		await page.goto(`${stage.instance.origin}/audit`)
		await page.getByText('R-').first().waitFor()
		await page.getByRole('region', { name: 'What Entra ID held otherwise than approved' }).waitFor()
		await page.getByRole('link', { name: 'F-1' }).waitFor()
		await look('70-exports', page)
		await page.emulateMedia({ colorScheme: 'dark' })
		expect(await axeProblems(page)).toEqual([])
		await page.emulateMedia({ colorScheme: null })
		await page.locator('#language').selectOption('de')
		await page.locator('form[action="/preferences"] button').click()
		await page.getByRole('heading', { level: 1, name: 'Zugriffshistorie' }).waitFor()
		expect(await axeProblems(page)).toEqual([])
		await takePictures(page, PICTURES, '71-exports-german')
		await page.goto(`${stage.instance.origin}/record`)
		await page.getByRole('heading', { level: 1 }).waitFor()
		expect(await axeProblems(page)).toEqual([])
		await page.emulateMedia({ colorScheme: 'dark' })
		expect(await axeProblems(page)).toEqual([])
		await page.emulateMedia({ colorScheme: null })
		await takePictures(page, PICTURES, '72-record-german')
		await page.locator('#language').selectOption('en')
		await page.locator('form[action="/preferences"] button').click()
		await page.getByRole('heading', { level: 1 }).waitFor()
	})

	test('gives each file by the keyboard alone', async () => {
		const { page } = stage.of('auditor')
		await page.goto(`${stage.instance.origin}/audit`)
		for (const [link, name, holds] of FILES) {
			const file = await downloaded(page, async () => {
				await page.getByRole('link', { name: link, exact: true }).focus()
				await page.keyboard.press('Enter')
			})
			expect(file.name).toMatch(name)
			expect(file.text).toMatch(holds)
		}
		const bundle = await downloaded(page, async () => {
			await page.getByRole('button', { name: /bundle/i }).focus()
			await page.keyboard.press('Enter')
		})
		expect(bundle.name).toMatch(/\.ckbundle\.zip$/)
		expect(bundle.text.startsWith('PK')).toBe(true)
	})

	test('filters and gives files without scripts', async () => {
		const page = await withoutScripts()
		try {
			await page.goto(`${stage.instance.origin}/audit?from=2020-01-01T00:00&until=2020-02-01T00:00&zone=UTC`)
			const file = await downloaded(page, () => page.getByRole('link', { name: 'CSV', exact: true }).click())
			expect(file.text).not.toContain('CHG-77123')
			expect(file.text).toMatch(/request_id|request_number/)
		} finally {
			await page.context().close()
		}
	})

	test('says at the field why a filter gives no file, instead of bare JSON', async () => {
		const page = await withoutScripts()
		try {
			const answer = await page.goto(`${stage.instance.origin}/audit/history.csv?from=whenever`)
			expect(answer?.status()).toBe(422)
			expect(answer?.headers()['content-type']).toMatch(/^text\/html/)
			await page.getByRole('alert').waitFor()
			expect(await page.getByRole('alert').getByRole('link').getAttribute('href')).toBe('#from')
			// A program is told in its own way.
			const plain = await page.request.get(`${stage.instance.origin}/audit/history.csv?from=whenever`, {
				headers: { accept: '*/*' },
			})
			expect([plain.status(), plain.headers()['content-type']]).toEqual([
				422,
				expect.stringMatching(/json/) as string,
			])
		} finally {
			await page.context().close()
		}
	})

	test('an unknown share is a page that says so', async () => {
		const context = await stage.browser.newContext({ locale: 'en-GB' })
		try {
			const page = await context.newPage()
			const answer = await page.goto(`${stage.instance.origin}/shared/${'A'.repeat(43)}/file`)
			expect(answer?.status()).toBe(404)
			await page.getByRole('heading', { level: 1 }).waitFor()
		} finally {
			await context.close()
		}
	})
})

describe('while the record is too far behind', () => {
	let holder: pg.Client
	beforeAll(async () => {
		// Nothing gets an index while somebody else holds the state of the log.
		holder = new pg.Client(stage.instance.target)
		await holder.connect()
		await holder.query('begin')
		await holder.query('select * from ledger_state for update')
		await writeEntries(stage.instance.deps, 150)
		await new Promise((done) => setTimeout(done, 1100))
	})
	afterAll(async () => {
		await holder?.query('rollback')
		await holder?.end()
	})

	test('readiness, forms and files answer 503 and when to come back, and reading goes on', async () => {
		const { origin } = stage.instance
		const ready = await fetch(`${origin}/readyz`)
		expect([ready.status, ready.headers.get('retry-after')]).toEqual([503, '30'])
		expect(await ready.json()).toMatchObject({ database: true, backlog: false })
		const { page } = stage.of('auditor')
		const answer = await page.goto(`${origin}/audit/history.csv`)
		expect([answer?.status(), answer?.headers()['retry-after']]).toEqual([503, '30'])
		await page.getByText('The record has fallen behind').waitFor()
		await look('73-exports-backlog', page)
		const { page: operator } = stage.of('operator')
		await operator.goto(`${origin}/requests/new`)
		const posted = operator.waitForResponse((response) => response.request().method() === 'POST')
		await operator.getByRole('checkbox', { name: 'Security reader' }).check()
		await operator.getByLabel('Why do you need this access?').fill('Look into a warning of the night')
		await operator.getByLabel('Ticket').fill('CHG-77124')
		await operator.getByRole('button', { name: 'Send request' }).click()
		const response = await posted
		expect(response.status()).toBe(503)
		expect(response.headers()['retry-after']).toBe('30')
		await operator.getByText('The record has fallen behind').waitFor()
	})

	test('and all of it goes on by itself once it has caught up', async () => {
		await holder.query('rollback')
		await sequencePending(stage.instance.deps)
		await new Promise((done) => setTimeout(done, 1100))
		const { page } = stage.of('operator')
		await page.getByRole('button', { name: 'Send request' }).click()
		await page.waitForURL(/\/requests\/[0-9a-f-]{36}/)
	})
})
