import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askFor, decide } from './acts.ts'
import { takePictures } from './browser.ts'
import { look, PICTURES, startStage, type Stage } from './stage.ts'

const CHECKOUT = join(import.meta.dirname, '../..')
const PERSONAS = ['operator', 'duty-officer', 'data-owner', 'security-officer', 'auditor'] as const
type Name = (typeof PERSONAS)[number]

let stage: Stage<Name>
let instance: Stage<Name>['instance']
let browser: Browser
let folder: string
const of = (name: Name) => stage.of(name)

/** A day from now as a date-and-time field takes it. */
const day = (from: number) =>
	`${new Date(instance.clock.now().getTime() + from * 86_400_000).toISOString().slice(0, 10)}T00:00`

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'charterkeep-shared-'))
	stage = await startStage(PERSONAS)
	;({ instance, browser } = stage)
})
afterAll(async () => {
	await stage?.stop()
	rmSync(folder, { recursive: true, force: true })
})

describe('was anything reached from outside the boundary?', () => {
	let request = ''
	let link = ''

	test('an access is given and ends', async () => {
		const { page } = of('operator')
		request = await askFor(page, instance.origin, {
			role: 'User administrator',
			minutes: '30',
			reason: 'Lock accounts of a phishing wave',
			ticket: 'CHG-77123',
		})
		await decide(of('duty-officer').page, request, 'Approve')
		await decide(of('data-owner').page, request, 'Approve')
		await page.goto(request)
		await page.getByRole('heading', { name: /active, confirmed by Entra/ }).waitFor()
		await page.getByRole('button', { name: 'End access now' }).click()
		await page
			.getByText('Entra refuses to remove an access in its first five minutes')
			.waitFor({ timeout: 20_000 })
		instance.clock.advance(6 * 60_000)
		await page.getByRole('heading', { name: /ended, confirmed by Entra/ }).waitFor()
	})

	test('the answer is one sentence that says no more than was checked', async () => {
		const { page } = of('auditor')
		await page.goto(`${instance.origin}/audit`)
		await page.getByRole('link', { name: 'Ask the question' }).click()
		await page.getByRole('heading', { name: 'Was anything reached from outside the boundary?' }).waitFor()
		await look('50-question', page)
		await page.getByLabel('From').fill(day(-1))
		await page.getByLabel('Before').fill(day(-2))
		await page.getByRole('button', { name: 'Ask', exact: true }).click()
		await page.getByText('It would end before it begins.').first().waitFor()
		await page.getByLabel('Before').fill(day(2))
		await page.getByRole('button', { name: 'Ask', exact: true }).click()
		await page.getByTestId('answer').waitFor()
		expect(await page.getByTestId('answer').innerText()).toBe(
			'1 access by 1 person; all by persons who satisfied the charter then in force; 0 from unapproved facilities as far as there is evidence of place; 1 without evidence of place; no break-glass; no access of a provider to customer content.',
		)
		await page.getByText('What this says, and what it does not').click()
		await look('51-answer', page)
	})

	test('a number leads to its rows, and a row to the proof of its entries', async () => {
		const { page } = of('auditor')
		await page.getByRole('link', { name: 'all by persons who satisfied the charter then in force' }).click()
		await page
			.getByRole('heading', { name: 'Accesses by persons who satisfied the charter throughout' })
			.waitFor()
		const row = page.getByRole('row', { name: /Jonas Weidner/ })
		await row.getByText('satisfied throughout').waitFor()
		await look('52-answer-rows', page)
		await row.getByText('confirmed active').getByRole('link').click()
		await page.getByRole('heading', { name: /Entry \d+: Active, confirmed by Entra/ }).waitFor()
		await page.getByRole('heading', { name: /Inclusion proof in the tree of/ }).waitFor()
		await page.goBack()
		await page.getByRole('link', { name: '← The answer' }).click()
		await page.getByTestId('answer').waitFor()
	})

	test('a link is made that opens without an account, and its file verifies offline', async () => {
		const { page } = of('auditor')
		await page.getByLabel('Works for').selectOption('1')
		await page.getByRole('button', { name: 'Make the link' }).click()
		link = await page.getByTestId('share-link').innerText()
		expect(link).toMatch(new RegExp(`^${instance.origin}/shared/[A-Za-z0-9_-]{43}$`))
		await look('53-share-made', page)
		const stranger = await browser.newContext({ locale: 'en-GB', acceptDownloads: true })
		try {
			const shared = await stranger.newPage()
			const answer = await shared.goto(link)
			expect(answer?.headers()).toMatchObject({
				'cache-control': 'no-store',
				'referrer-policy': expect.stringMatching(/no-referrer$/) as string,
			})
			await shared.getByText('1 access by 1 person').waitFor()
			expect(await shared.locator('main').innerText()).not.toContain('Weidner')
			await look('54-shared', shared)
			const download = shared.waitForEvent('download')
			await shared.getByRole('link', { name: 'Download the bundle' }).click()
			const file = join(folder, (await download).suggestedFilename())
			await (await download).saveAs(file)
			expect(createHash('sha256').update(readFileSync(file)).digest('hex')).toBe(
				await shared.getByTestId('file-sha256').innerText(),
			)
			const verified = spawnSync('npm', ['run', '-s', 'verify', '--', file, '--vkey', instance.vkey], {
				cwd: CHECKOUT,
				encoding: 'utf8',
			})
			expect(verified.status, `${verified.stdout}${verified.stderr}`).toBe(0)
		} finally {
			await stranger.close()
		}
	})

	test('the link ends at once, and then looks like one that never was', async () => {
		const { page } = of('auditor')
		await page.goto(`${instance.origin}/audit/shares`)
		await page.getByRole('heading', { name: '1 share link works' }).waitFor()
		await look('55-shares', page)
		await page.getByRole('button', { name: 'End it now' }).click()
		await page.getByText('The link works no longer, and its file is deleted.').waitFor()
		const stranger = await browser.newContext({ locale: 'en-GB', javaScriptEnabled: false })
		try {
			const shared = await stranger.newPage()
			for (const address of [link, `${link}/file`, `${instance.origin}/shared/${'A'.repeat(43)}`])
				expect((await shared.goto(address))?.status()).toBe(404)
			await shared.goto(link)
			await shared.getByRole('heading', { name: 'Not found' }).waitFor()
		} finally {
			await stranger.close()
		}
	})

	test('all of it works without JavaScript and in German', async () => {
		const { context } = of('auditor')
		const plain = await browser.newContext({
			javaScriptEnabled: false,
			storageState: await context.storageState(),
			locale: 'en-GB',
		})
		try {
			const page = await plain.newPage()
			await page.goto(`${instance.origin}/audit/question`)
			await page.getByLabel('From').fill(day(-1))
			await page.getByLabel('Before').fill(day(2))
			await page.getByRole('button', { name: 'Ask', exact: true }).click()
			await page.getByLabel('Language').selectOption('de')
			await page.getByRole('button', { name: 'Apply' }).click()
			await page.getByText('alle von Personen, die die damals geltende Charta erfüllten').waitFor()
			await page.getByRole('button', { name: 'Link erzeugen' }).click()
			const german = await page.getByTestId('share-link').innerText()
			await takePictures(page, PICTURES, '56-answer-german')
			await page.goto(german)
			await page.getByRole('heading', { name: /^Eine Antwort von/ }).waitFor()
			await takePictures(page, PICTURES, '57-shared-german')
			await page.goto(`${instance.origin}/audit/shares`)
			await page.getByRole('button', { name: 'Jetzt beenden' }).click()
			await page.getByText('Der Link gilt nicht mehr').waitFor()
		} finally {
			await plain.close()
		}
	})
})

describe('a passkey', () => {
	test('is one that its owner sees, with who has opened what is recorded of them, and cannot revoke while it is the last', async () => {
		const { page } = of('operator')
		await page.goto(instance.origin)
		await page.getByRole('link', { name: '1 passkey' }).click()
		await page.getByRole('heading', { name: 'You have 1 passkey' }).waitFor()
		await page.getByText('This is your last passkey.').waitFor()
		await look('58-my-passkeys', page)
	})

	test('is revoked by an officer, and from then on opens nothing', async () => {
		const { page } = of('security-officer')
		await page.goto(`${instance.origin}/people/${instance.idOf('operator')}`)
		// The page may wake under the first click; what counts is that the fold is open.
		await page.waitForLoadState('networkidle')
		await page.getByText('Revoke this passkey …').click()
		await page.getByLabel('Why?').selectOption({ label: 'The person has left' })
		await look('59-revoke', page)
		await page.getByRole('button', { name: 'Revoke for good' }).click()
		await page.getByText('The passkey is revoked.').waitFor()
		const operator = of('operator').page
		await operator.goto(`${instance.origin}/requests`)
		await operator.getByRole('button', { name: 'Sign in with passkey' }).click()
		await operator.getByText('This passkey was revoked.').first().waitFor()
	})
})

describe('erasing what is recorded of somebody who has left', () => {
	test('says what goes, what stays and what can then no longer be checked, and asks for the name', async () => {
		const { page } = of('security-officer')
		const name = 'Jonas Weidner'
		await page.goto(`${instance.origin}/people/${instance.idOf('operator')}`)
		await page.getByRole('link', { name: 'Erase personal data …' }).click()
		await page.getByRole('heading', { name: `What can be erased of ${name}` }).waitFor()
		await page.getByText('Which entries').first().click()
		await look('60-erase', page)
		await page.getByLabel('On what ground?').selectOption('retention_over')
		await page.getByLabel('Reason').fill('Retention rule 7, five years after leaving')
		await page.getByLabel(`To confirm, type: ${name}`).fill('Weidner')
		await page.getByRole('button', { name: 'Erase for good' }).click()
		await page.getByText('Type the name exactly as it stands.').first().waitFor()
		await look('61-erase-refused', page)
		await page.getByLabel(`To confirm, type: ${name}`).fill(name)
		await page.getByRole('button', { name: 'Erase for good' }).click()
		await page.getByText('The data are erased.').waitFor()
		await page.getByRole('heading', { name: /^Pseudonym [0-9a-f]{8}/ }).waitFor()
		await look('62-erased', page)
		expect(await page.locator('main').innerText()).not.toContain('Weidner')
	})

	test('shows on each entry since when it is erased, and the answer says what it cannot check', async () => {
		const { page } = of('auditor')
		await page.goto(`${instance.origin}/audit/question?from=${day(-1)}&until=${day(2)}`)
		await page.getByText('1 that cannot be checked, since facts were erased').waitFor()
		await look('63-answer-erased', page)
		await page.goto(`${instance.origin}/record`)
		await page
			.getByRole('row', { name: /Personal data erased/ })
			.getByRole('link')
			.click()
		await page.getByRole('heading', { name: /Entry \d+: Personal data erased/ }).waitFor()
		const leaf = JSON.parse(await page.locator('pre').first().innerText()) as {
			open: { erased: { entryId: string }[] }
		}
		const [first] = leaf.open.erased
		const { rows } = await instance.deps.database.pool.query<{ index: string }>(
			'select index from ledger_entries where id = $1',
			[first?.entryId],
		)
		await page.goto(`${instance.origin}/record/${rows[0]?.index}`)
		await page.getByText('erased on').first().waitFor()
		await look('64-entry-erased', page)
	})

	test('cannot begin while the person is still tied to something', async () => {
		const { page } = of('security-officer')
		await page.goto(`${instance.origin}/people/${instance.idOf('duty-officer')}/erase`)
		await page.getByRole('heading', { name: 'Nothing can be erased yet' }).waitFor()
		expect(await page.getByRole('button', { name: 'Erase for good' }).count()).toBe(0)
		await look('65-erase-blocked', page)
		await page.getByLabel('Language').selectOption('de')
		await page.getByRole('button', { name: 'Apply' }).click()
		await page.getByRole('heading', { name: 'Noch kann nichts gelöscht werden' }).waitFor()
		await takePictures(page, PICTURES, '66-erase-german')
	})
})
