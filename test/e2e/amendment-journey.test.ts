import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exportBundle } from '#app/services/audit/export-bundle.server.ts'
import { EVERYTHING } from '#app/services/audit/history.server.ts'
import { openCheckpoint } from '#workflows/ledger/checkpoint.ts'
import { leafHashOf } from '#workflows/ledger/merkle.ts'
import { parseEntryBundle, parseTile } from '#workflows/ledger/tiles.ts'
import { verifyBundle } from '#workflows/audit-export/verify-bundle.ts'
import { nodePlatform } from '#app/verifier/node-platform.server.ts'
import { chunksOf, verify, wholeOf } from '#test/factories/bundle.ts'
import { askFor, decide, sign } from './acts.ts'
import { look as lookAt, startStage, type Stage } from './stage.ts'

const PERSONAS = [
	'charter-owner',
	'second-charter-owner',
	'operator',
	'duty-officer',
	'data-owner',
	'security-officer',
	'auditor',
] as const
type Name = (typeof PERSONAS)[number]

let stage: Stage<Name>
let instance: Stage<Name>['instance']
const of = (name: Name) => stage.of(name)
const look = (name: string, who: Name) => lookAt(name, of(who).page)

beforeAll(async () => {
	stage = await startStage(PERSONAS)
	;({ instance } = stage)
})
afterAll(async () => {
	await stage?.stop()
})

const text = (who: Name) => of(who).page.locator('#yaml')

describe('an amendment, from the charter in force to ended access', () => {
	let access = ''
	let waiting = ''
	let amendment = ''

	test('an access is live and a request waits under the charter in force', async () => {
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
		waiting = await askFor(page, instance.origin, {
			role: 'Exchange administrator',
			minutes: '30',
			reason: 'Look into a mail loop',
			ticket: 'CHG-20418',
		})
	})

	test('the charter reads without YAML', async () => {
		const { page } = of('charter-owner')
		await page.goto(`${instance.origin}/charter`)
		await page.getByRole('heading', { name: /version 1, is in force/ }).waitFor()
		await look('30-charter', 'charter-owner')
		await page.getByRole('link', { name: 'Versions' }).click()
		await page.getByRole('heading', { name: '1 version of the charter has been in force' }).waitFor()
		await page.getByRole('link', { name: 'Amendments', exact: true }).click()
		await page.getByText('No amendment is open. Draft one').waitFor()
	})

	test('a text that cannot be used is refused with its line, and what was typed is kept', async () => {
		const { page } = of('charter-owner')
		await page.getByRole('link', { name: 'Draft an amendment' }).click()
		await page.getByRole('heading', { name: 'Draft version 2 of the charter' }).waitFor()
		await look('31-editor', 'charter-owner')
		const yaml = await text('charter-owner').inputValue()
		expect(yaml).toContain('# Where people may work from.')
		expect(yaml).toContain('  version: 2')
		await text('charter-owner').fill(yaml.replace('quorum: 1, within: PT4H', 'quorum: 0, within: PT4H'))
		await page.getByLabel('Why does the charter change?').fill('A slip of the finger')
		await page.getByRole('button', { name: 'Check and save the draft' }).click()
		await page.getByRole('heading', { name: '1 problem in this text' }).waitFor()
		await look('32-editor-problems', 'charter-owner')
		await page.getByRole('button', { name: /^Line \d+, column \d+$/ }).click()
		const chosen = await text('charter-owner').evaluate((area: HTMLTextAreaElement) =>
			area.value.slice(area.selectionStart, area.selectionEnd),
		)
		expect(chosen).toContain('quorum: 0')
		expect(await page.getByLabel('Why does the charter change?').inputValue()).toBe('A slip of the finger')
		await text('charter-owner').fill(yaml)
	})

	test('a file that is too large is refused before it is read', async () => {
		const { page } = of('charter-owner')
		await page.locator('#file').setInputFiles({
			name: 'huge.yaml',
			mimeType: 'application/yaml',
			buffer: Buffer.alloc(10_000_000, 97),
		})
		await page.getByRole('button', { name: 'Check and save the draft' }).click()
		await page.getByText('A charter has at most one million bytes.').first().waitFor()
		await page.locator('#file').setInputFiles([])
	})

	test('the draft shows in words and in text what changes, and who loses what', async () => {
		const { page } = of('charter-owner')
		await page.goto(`${instance.origin}/charter/amendments/new`)
		const yaml = await text('charter-owner').inputValue()
		await text('charter-owner').fill(
			yaml
				.replace(
					/(user-administrator:[\s\S]*?clearance: \{ anyOf: )\[[^\]]*\]/,
					'$1[{ scheme: DE, level: U3 }]',
				)
				.replace(/(exchange-administrator:[\s\S]*?duty-officer, quorum: )1/, '$12')
				.replace(/(helpdesk-administrator:[\s\S]*?maximumDuration: )PT8H/, '$1PT6H'),
		)
		await page
			.getByLabel('Why does the charter change?')
			.fill('Accounts and mail of the administration are run with more care from now on.')
		await page.getByRole('button', { name: 'Check and save the draft' }).click()
		await page.getByRole('heading', { name: 'Version 2 is a draft' }).waitFor()
		amendment = page.url()
		// The version number and one line in each of three places: comments and all else as they were.
		await page.getByText('4 lines added, 4 lines removed').waitFor()
		await page.getByText('Clearance DE U3 or higher').first().waitFor()
		const impact = page.getByRole('region', { name: 'Impact by role' })
		await impact
			.getByRole('row', { name: /User administrator/ })
			.getByText(/^−\d+$/)
			.waitFor()
		const endings = page.getByRole('region', { name: 'Requests and accesses that end' })
		await endings.getByRole('row', { name: /access, is removed from Entra/ }).waitFor()
		await endings.getByRole('row', { name: /waiting request, is voided/ }).waitFor()
		await look('33-draft', 'charter-owner')
		await page.getByRole('link', { name: 'List of people' }).click()
		await page.getByRole('heading', { name: /changes? of standing under version 2/ }).waitFor()
		await page.getByLabel('Change').selectOption('loses')
		await page.getByLabel('Name').fill('Weidner')
		await page.getByRole('button', { name: 'Filter' }).click()
		await page.getByRole('heading', { name: '1 change of standing under version 2' }).waitFor()
		await look('34-changes', 'charter-owner')
		const download = page.waitForEvent('download')
		await page.getByRole('link', { name: 'Download CSV' }).click()
		const stream = await (await download).createReadStream()
		let csv = ''
		for await (const chunk of stream) csv += String(chunk)
		expect(csv.split('\r\n').slice(0, 2)).toEqual([
			'person_id,person_name,role,role_title,change,failing_clauses,judged_at_utc',
			expect.stringMatching(/,Jonas Weidner,user-administrator,User administrator,loses,CLEARANCE,/),
		])
	})

	test('two owners sign exactly this text with their passkeys', async () => {
		const { page } = of('charter-owner')
		await page.goto(amendment)
		await page.getByRole('button', { name: 'Propose for signature' }).click()
		await page.getByRole('heading', { name: 'Version 2 waits for signatures: 0 of 2' }).waitFor()
		await prepareSignature('charter-owner')
		// Whoever reads slowly must not lose what they are about to sign to a page that keeps itself fresh.
		await page.waitForTimeout(7000)
		await look('35-sign-panel', 'charter-owner')
		await sign(page)
		await page.getByRole('heading', { name: 'Version 2 waits for signatures: 1 of 2' }).waitFor()
		await page.getByText('You have signed or rejected this amendment already.').waitFor()

		const second = of('second-charter-owner').page
		await second.goto(instance.origin)
		await second
			.getByRole('heading', { name: 'An amendment of the charter waits for your signature' })
			.waitFor()
		await look('36-home-owner', 'second-charter-owner')
		await second.getByRole('link', { name: 'Version 2' }).click()
		await look('37-waiting', 'second-charter-owner')
		await prepareSignature('second-charter-owner')
		await sign(second)
		await second.getByRole('heading', { name: 'Version 2 is in force' }).waitFor()
		await look('38-in-force', 'second-charter-owner')
	})

	test('entering into force voids the request and ends the access at Entra', async () => {
		const { page } = of('operator')
		await page.goto(waiting)
		await page.getByRole('heading', { name: /no longer valid/ }).waitFor()
		await page.goto(access)
		await page.getByText('the charter, which no longer allows it').waitFor()
		instance.clock.advance(6 * 60_000)
		await page.getByRole('heading', { name: /taken away, confirmed by Entra/ }).waitFor()
		await page.goto(`${instance.origin}/charter/versions/1`)
		await page.getByRole('heading', { name: /version 1, is no longer in force/ }).waitFor()
		await page.goto(`${instance.origin}/charter/versions`)
		await page.getByRole('button', { name: 'Compare' }).click()
		await page.getByRole('heading', { name: 'What version 2 says that version 1 does not' }).waitFor()
		await look('39-diff', 'operator')
		await page.goto(`${instance.origin}/charter/versions`)
		await look('40-versions', 'operator')
	})
})

describe('the lockout guard', () => {
	test('keeps a draft from being proposed, and says why', async () => {
		const { page } = of('second-charter-owner')
		await page.goto(`${instance.origin}/charter/amendments/new`)
		const yaml = await text('second-charter-owner').inputValue()
		await text('second-charter-owner').fill(
			yaml.replace(/(charter-owner:\n[\s\S]*?citizenship: \{ anyOf: \[)DE\]/, '$1FR]'),
		)
		await page.getByLabel('Why does the charter change?').fill('Owners of the charter come from elsewhere.')
		// The whole form by keyboard: from the reason on to the button, and Enter.
		await page.getByRole('button', { name: 'Check and save the draft' }).focus()
		await page.keyboard.press('Enter')
		await page.getByRole('heading', { name: 'Version 3 is a draft' }).waitFor()
		await page.getByText('fewer than two people could still amend the charter').first().waitFor()
		expect(await page.getByRole('button', { name: 'Propose for signature' }).count()).toBe(0)
		await look('45-lockout', 'second-charter-owner')
		await page.getByLabel('Language').selectOption('de')
		await page.getByRole('button', { name: 'Apply' }).click()
		await page.getByRole('heading', { name: 'Version 3 ist ein Entwurf' }).waitFor()
		await look('46-lockout-german', 'second-charter-owner')
		await page.goto(`${instance.origin}/charter`)
		await page.getByRole('heading', { name: 'Was in verschiedenen Händen bleibt' }).waitFor()
		await look('47-charter-german', 'second-charter-owner')
	})
})

describe('without JavaScript', () => {
	test('a charter owner drafts, corrects and withdraws, and anybody asks why', async () => {
		const { context } = of('charter-owner')
		const plain = await stage.browser.newContext({
			javaScriptEnabled: false,
			storageState: await context.storageState(),
			locale: 'en-GB',
		})
		try {
			const page = await plain.newPage()
			await page.goto(`${instance.origin}/charter/amendments/new`)
			const yaml = await page.locator('#yaml').inputValue()
			await page.locator('#yaml').fill(yaml.replace('maximumDuration: PT6H', 'maximumDuration: PT6 h'))
			await page.getByLabel('Why does the charter change?').fill('The help desk works in shorter shifts.')
			await page.getByRole('button', { name: 'Check and save the draft' }).click()
			await page.getByRole('heading', { name: '1 problem in this text' }).waitFor()
			await page.getByText('Write a duration as in ISO 8601').waitFor()
			expect(await page.locator('#yaml').inputValue()).toContain('maximumDuration: PT6 h')
			await page.locator('#yaml').fill(yaml.replace('maximumDuration: PT6H', 'maximumDuration: PT5H'))
			await page.getByRole('button', { name: 'Check and save the draft' }).click()
			await page.getByRole('heading', { name: 'Version 3 is a draft' }).waitFor()
			// Two lines, as in any other browser: what was LF is still LF.
			await page.getByText('2 lines added, 2 lines removed').waitFor()
			await page.getByRole('button', { name: 'Withdraw the amendment' }).click()
			await page.getByRole('heading', { name: 'Version 3 was withdrawn' }).waitFor()
			await page.goto(`${instance.origin}/charter/explain`)
			await page.getByLabel('Person').fill('weidner')
			await page.getByLabel('Role').selectOption({ label: 'Helpdesk administrator' })
			await page.getByRole('button', { name: 'Explain' }).click()
			await page.getByRole('heading', { name: 'Jonas Weidner may ask for Helpdesk administrator' }).waitFor()
		} finally {
			await plain.close()
		}
	})
})

describe('the bundle of all that', () => {
	const auditor = () => ({
		personId: instance.idOf('auditor'),
		sessionId: '',
		displayName: '',
		permissions: new Set(['record:export', 'request:read_all'] as const),
	})

	test('stands beside a log that anybody can read as static tiles', async () => {
		const get = (path: string) => fetch(`${instance.origin}/log/${path}`)
		const note = await (await get('checkpoint')).text()
		const head = openCheckpoint(note, instance.vkey)
		expect(head?.size).toBeGreaterThan(100)
		const width = Math.min(256, head?.size ?? 0)
		const name = width === 256 ? '000' : `000.p/${width}`
		const [tile, bundle] = await Promise.all([get(`tile/0/${name}`), get(`tile/entries/${name}`)])
		expect(tile.headers.get('cache-control')).toContain('immutable')
		const hashes = parseTile(new Uint8Array(await tile.arrayBuffer()))
		const entries = parseEntryBundle(new Uint8Array(await bundle.arrayBuffer()))
		expect(entries?.map(leafHashOf)).toEqual(hashes)
		expect((await get('tile/0/999')).status).toBe(404)
	})

	test('proves that two owners signed the version in force, and what they signed', async () => {
		const { bytes } = await exportBundle(instance.deps, auditor(), EVERYTHING, { profile: 'history' })
		const bundle = await wholeOf(bytes)
		const report = await verify(bundle, { vkey: instance.vkey })
		expect(report.failures).toEqual([])
		expect(report.counts).toMatchObject({ charters: 2, amendmentSignatures: 2 })
		expect(Buffer.from(bundle).includes('"impact":{"record"')).toBe(false)
		// The passkeys' signatures are checked for real: with none that holds, each of the two is named.
		const none = { ...nodePlatform, verifyAssertion: () => false }
		const forged = await verifyBundle(chunksOf(bundle), none, { vkey: instance.vkey })
		const refused = forged.failures.filter(({ where }) => where.includes('amendment.decided'))
		expect(refused.map(({ code }) => code)).toEqual(['ASSERTION_SIGNATURE', 'ASSERTION_SIGNATURE'])
	})
})

describe('the explorer', () => {
	test('says why somebody may not, as of a day, under any version, and gives a text to share', async () => {
		const { page } = of('security-officer')
		await page.goto(`${instance.origin}/charter/explain`)
		await look('41-explain-empty', 'security-officer')
		await page.getByLabel('Person').fill('weidner')
		await page.getByLabel('Role').selectOption({ label: 'User administrator' })
		await page.getByRole('button', { name: 'Explain' }).click()
		await page.getByRole('heading', { name: 'Jonas Weidner may not ask for User administrator' }).waitFor()
		await page.getByText('What is on record').waitFor()
		await look('42-explain-deny', 'security-officer')
		expect(page.url()).toMatch(/person=[0-9a-f-]{36}/)
		const shared = await page.locator('pre.text-block').innerText()
		expect(shared).toContain('[ ] Clearance DE U3 or higher: does not satisfy.')
		// Under the version before it was allowed.
		await page.goto(`${page.url()}&version=1`)
		await page.getByRole('heading', { name: 'Jonas Weidner may ask for User administrator' }).waitFor()
		await look('43-explain-permit', 'security-officer')
		// In ten years the clearance has lapsed.
		await page.goto(`${page.url()}&at=2040-01-01T08:00`)
		await page.getByRole('heading', { name: 'Jonas Weidner may not ask for User administrator' }).waitFor()
		await page
			.getByText(/lapsed on/)
			.first()
			.waitFor()
	})

	test('shows predicates and no facts to who may not read the file', async () => {
		const { page } = of('auditor')
		const idOfOperator = instance.idOf('operator')
		await page.goto(
			`${instance.origin}/charter/explain?person=${idOfOperator}&role=conditional-access-administrator`,
		)
		await page.getByRole('heading', { name: /Jonas Weidner may not ask for/ }).waitFor()
		expect(await page.getByText('What is on record').count()).toBe(0)
		expect(await page.locator('main').innerText()).not.toContain('DE U2')
	})

	test('lets one choose where several people fit, and names what cannot be read', async () => {
		const { page } = of('auditor')
		await page.goto(`${instance.origin}/charter/explain?person=btr.example&role=operator`)
		await page.getByRole('heading', { name: 'Several people fit. Whom do you mean?' }).waitFor()
		await look('44-explain-choose', 'auditor')
		await page.goto(`${instance.origin}/charter/explain?person=nobody-of-that-name&role=operator&at=tomorrow`)
		await page.getByText('Nobody on record fits this.').first().waitFor()
		await page.getByText('Give a date and a time.').first().waitFor()
	})
})

async function prepareSignature(who: Name): Promise<void> {
	const { page } = of(who)
	await page.getByRole('radio', { name: 'Sign it' }).check()
	await page.getByRole('button', { name: 'Review what you will sign' }).click()
	await page.getByTestId('decision-digest').waitFor()
}
