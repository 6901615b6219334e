import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openLogKey } from '#app/integrations/signer.server.ts'
import { createWitness, type TestWitness } from '#test/app/witnessed-app.ts'
import { madeWitness } from '#test/factories/log.ts'
import { parsePolicy } from '#workflows/ledger/tlog-policy.ts'
import { judgeCheckpoint } from '#workflows/ledger/witness-verdict.ts'
import { enrol } from './acts.ts'
import { axeProblems, launchBrowser, newPersona, takePictures, type Persona } from './browser.ts'
import { enrolAndSignIn } from './ceremonies.ts'
import type { Instance } from './instance.ts'
import { startTestInstance } from './stage.ts'

const PICTURES = join(import.meta.dirname, '../../.charterkeep/pictures')
const ABSENT = madeWitness('witness.court.example').vkey

let folder: string
let witness: TestWitness
let policy: string
let instance: Instance
let browser: Browser
let auditor: Persona

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'charterkeep-witnesses-'))
	const keyFile = join(folder, 'log-key.json')
	const { vkey } = openLogKey(keyFile, 'agency.example/log', (length) => new Uint8Array(randomBytes(length)))
	witness = await createWitness('witness.ministry.example', [vkey])
	policy = `${witness.line('ministry')}\nwitness court ${ABSENT} http://127.0.0.1:65534\ngroup anyone 1 ministry court\nquorum anyone\n`
	writeFileSync(join(folder, 'policy'), policy)
	instance = await startTestInstance({
		CHARTERKEEP_LOG_KEY_FILE: keyFile,
		CHARTERKEEP_WITNESS_POLICY_FILE: join(folder, 'policy'),
		LOG_LEVEL: 'silent',
	})
	browser = await launchBrowser()
	auditor = await newPersona(browser)
	await enrolAndSignIn(auditor, instance, 'auditor')
}, 180_000)
afterAll(async () => {
	await browser?.close()
	await instance?.stop()
	await witness?.stop()
	rmSync(folder, { recursive: true, force: true })
}, 60_000)

/** Waits until the record page says so, and looks at it in both languages by axe. */
async function shows(page: Page, said: RegExp, name: string): Promise<void> {
	for (;;) {
		await page.goto(`${instance.origin}/record`)
		if (await page.getByText(said).first().isVisible()) break
		await page.waitForTimeout(300)
	}
	await takePictures(page, PICTURES, name)
	expect(await axeProblems(page)).toEqual([])
	await speak(page, 'de')
	await page.getByRole('heading', { name: 'Zeugen' }).waitFor()
	await takePictures(page, PICTURES, `${name}-de`)
	expect(await axeProblems(page)).toEqual([])
	await speak(page, 'en')
	await page.getByRole('heading', { name: 'Witnesses' }).waitFor()
}

async function speak(page: Page, language: 'en' | 'de'): Promise<void> {
	await page.locator('#language').selectOption(language)
	await page.locator('form[action="/preferences"] button').click()
}

test('the record page says who has witnessed the record, and the checkpoint that is served carries it', async () => {
	const { page } = auditor
	await shows(page, /^\s*Witnessed: the .* entries that are given out/, 'witnessed')
	await page.getByText('one of ministry, court').waitFor()
	await page.getByText(/Cannot be reached \(.+\): check its address in the policy/).waitFor()
	const note = await (await fetch(`${instance.origin}/log/checkpoint`)).text()
	const { policy: judged } = parsePolicy(`log ${instance.vkey}\n${policy}`)
	if (judged === null) throw new Error('The policy cannot be read.')
	expect(judgeCheckpoint(note, judged).verdict?.witnessed).toMatchObject({
		isMet: true,
		by: [{ name: 'ministry' }],
	})
})

test('it says since when nobody has, and is witnessed again once a witness is back', async () => {
	const { page } = auditor
	await witness.down()
	const other = await newPersona(browser)
	await enrol(other, await instance.linkFor('operator'))
	instance.clock.advance(3 * 60_000)
	await shows(page, /^\s*Not witnessed since .*: .* entries were witnessed then/, 'not-witnessed')
	await witness.up()
	for (;;) {
		await page.goto(`${instance.origin}/record`)
		if (await page.getByText(/^\s*Witnessed: the/).isVisible()) break
		await page.waitForTimeout(500)
	}
	await other.close()
})
