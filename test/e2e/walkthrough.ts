import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Download } from 'playwright-core'
import { askFor, decide, enrol, prepare, sign, signIn, signOut } from './acts.ts'
import { axeProblems, launchBrowser, newPersona, takePictures, type Persona } from './browser.ts'
import { startInstance, type Instance } from './instance.ts'

const CHECKOUT = join(import.meta.dirname, '../..')
const OUTPUT = join(CHECKOUT, '.charterkeep/walkthrough')
const PERSONAS = [
	'security-officer',
	'operator',
	'duty-officer',
	'data-owner',
	'charter-owner',
	'auditor',
] as const
type Name = (typeof PERSONAS)[number]

const MINUTE_MS = 60_000
if (process.argv.includes('--pictures')) process.env.CHARTERKEEP_PICTURES = 'yes'

/** The main job from an empty folder to a verified bundle, each step by a real form or passkey ceremony. */
async function walk(
	instance: Instance,
	browser: Browser,
	step: <T>(name: string, work: () => Promise<T>) => Promise<T>,
) {
	const { origin, clock } = instance
	const people = new Map<Name, Persona>()
	const of = (name: Name): Persona => {
		const persona = people.get(name)
		if (!persona) throw new Error(`${name} is not there yet.`)
		return persona
	}
	const look = async (name: string, { page }: Persona) => {
		const problems = await axeProblems(page)
		if (problems.length > 0) throw new Error(`Accessibility of "${name}": ${problems.join('; ')}`)
		await takePictures(page, OUTPUT, name)
	}

	await step('enrol passkeys by one-time links and sign in', async () => {
		for (const name of PERSONAS) {
			const persona = await newPersona(browser)
			people.set(name, persona)
			const link = await instance.linkFor(name)
			await persona.page.goto(link)
			if (name === 'security-officer') await look('01-enrol', persona)
			await enrol(persona, link)
			if (name === 'security-officer') await look('02-sign-in', persona)
			await signIn(persona, origin)
			await persona.page.goto(link)
			await persona.page.getByText('has been used or has expired').waitFor()
			await persona.page.goto(origin)
		}
	})
	await step('home shows each persona what waits', async () => {
		await of('security-officer').page.getByText('Appointed, but not complete').first().waitFor()
		await of('auditor').page.getByRole('link', { name: 'Open the access history' }).waitFor()
		await look('03-home-officer', of('security-officer'))
	})
	await step('the security officer records a citizenship and a clearance', async () => {
		const { page } = of('security-officer')
		await page.goto(`${origin}/people`)
		await look('04-people', of('security-officer'))
		await page.getByRole('link', { name: 'Nele Hartwig' }).click()
		await page.getByText('Nele Hartwig satisfies no role now').waitFor()
		await look('05-person-before', of('security-officer'))
		const file = new URL(page.url()).pathname
		await page.goto(`${origin}${file}/facts/new/citizenship`)
		await page.getByLabel('Country').selectOption('DE')
		await page.getByLabel('What was shown').selectOption('identity_card')
		await page.getByLabel('Issued by').fill('Stadt Bonn')
		await page.getByLabel('Valid from').fill('1990-01-01')
		await page.getByLabel('Evidence', { exact: true }).fill('Personalausweis, file 4711')
		await look('05-record-citizenship', of('security-officer'))
		await page.getByRole('button', { name: 'Record', exact: true }).click()
		await page.getByText('This is recorded.').waitFor()
		await page.goto(`${origin}${file}/facts/new/clearance`)
		await page.getByLabel('Scheme and level').selectOption('DE U1')
		await page.getByLabel('Issued by').fill('Bundesamt für Verfassungsschutz')
		await page.getByLabel('State').selectOption('granted')
		await page.getByLabel('Evidence', { exact: true }).fill('SÜ file 0815')
		await page.getByRole('button', { name: 'Record', exact: true }).click()
		await page.getByText('This is recorded.').waitFor()
		await page.getByRole('heading', { name: /Nele Hartwig satisfies \d roles/ }).waitFor()
		await page.locator('text=Clearance DE U2 >> visible=true').first().waitFor()
		await look('06-person-after', of('security-officer'))
	})
	const url = await step('the operator asks for a role', async () => {
		const { page } = of('operator')
		await page.goto(`${origin}/requests/new`)
		await page.getByRole('heading', { name: 'The charter does not allow you' }).waitFor()
		await look('07-ask', of('operator'))
		return askFor(page, origin, {
			role: 'User administrator',
			minutes: '30',
			reason: 'Lock accounts of a phishing wave',
			ticket: 'CHG-20417',
		})
	})
	const filedAt = performance.now()
	await step('the requester cannot decide on their own request', async () => {
		await of('operator').page.getByText('Nobody decides on their own request.').waitFor()
		await look('08-waiting', of('operator'))
	})
	await step('the duty officer approves with a passkey', async () => {
		const { page } = of('duty-officer')
		await page.goto(origin)
		await page
			.getByRole('link', { name: /^R-\d+$/ })
			.first()
			.waitFor()
		await look('09-home-approver', of('duty-officer'))
		await prepare(page, url, 'Approve', 'Incident confirmed with the control room')
		await look('10-sign-panel', of('duty-officer'))
		await sign(page)
	})
	await step('the data owner approves with a passkey', () => decide(of('data-owner').page, url, 'Approve'))
	const requestToActiveMs = await step(
		'Entra confirms and the page says active without a reload',
		async () => {
			const { page } = of('operator')
			await page.getByRole('heading', { name: /active, confirmed by Entra/ }).waitFor()
			const ms = performance.now() - filedAt
			const timer = page.locator('.countdown')
			const first = await timer.innerText()
			await page.waitForFunction(
				(text) => document.querySelector('.countdown')?.textContent !== text,
				first,
				{ timeout: 5000 },
			)
			await look('11-active', of('operator'))
			return Math.round(ms)
		},
	)
	await step('the requester ends early; Entra holds on for five minutes, then removes', async () => {
		const { page } = of('operator')
		await page.getByRole('button', { name: 'End access now' }).click()
		await page
			.getByText('Entra refuses to remove an access in its first five minutes')
			.waitFor({ timeout: 20_000 })
		await look('12-ending', of('operator'))
		clock.advance(6 * MINUTE_MS)
		await page.getByRole('heading', { name: /ended, confirmed by Entra/ }).waitFor()
		await look('13-ended', of('operator'))
	})
	await step('a second access ends by its deadline', async () => {
		const { page } = of('operator')
		const second = await askFor(page, origin, {
			role: 'Security reader',
			minutes: '10',
			reason: 'Read the sign-in report',
			ticket: 'CHG-20418',
		})
		await decide(of('duty-officer').page, second, 'Approve')
		await decide(of('data-owner').page, second, 'Approve')
		await page.getByRole('heading', { name: /active, confirmed by Entra/ }).waitFor()
		clock.advance(10 * MINUTE_MS)
		await page.getByRole('heading', { name: /ended at its time, confirmed by Entra/ }).waitFor()
		await page.getByText('its deadline').waitFor()
	})
	const bundle = await step('the auditor filters the history and takes CSV and bundle away', async () => {
		const { page } = of('auditor')
		await page.goto(`${origin}/audit`)
		await page.locator('#person summary').click()
		await page.getByLabel('Jonas Weidner').check()
		await page.getByRole('button', { name: 'Filter' }).click()
		await page.getByText('2 rows').waitFor()
		await look('14-audit', of('auditor'))
		await save(page.waitForEvent('download'), () =>
			page.getByRole('link', { name: 'CSV', exact: true }).click(),
		)
		await page.locator('input[name=profile][value=auditor]').check()
		const saved = await save(page.waitForEvent('download'), () =>
			page.getByRole('button', { name: 'Download bundle' }).click(),
		)
		await page.goto(`${origin}/record`)
		await look('15-record', of('auditor'))
		await page.locator('tbody a').first().click()
		await page.getByText('Inclusion proof').waitFor()
		await look('16-entry', of('auditor'))
		await page.goto(`${origin}/charter`)
		await look('17-charter', of('auditor'))
		await page.goto(`${origin}/requests?state=closed`)
		await page.getByRole('link', { name: 'R-1' }).waitFor()
		await look('18-requests', of('auditor'))
		await page.goto(`${origin}/grants`)
		await look('19-grants', of('auditor'))
		return saved
	})
	await step('the bundle verifies offline', async () => {
		const { status, stdout } = spawnSync(
			process.execPath,
			[join(CHECKOUT, 'app/commands/verify.ts'), bundle, '--vkey', instance.vkey],
			{ encoding: 'utf8' },
		)
		if (status !== 0 || !stdout.trimEnd().endsWith('\nverified'))
			throw new Error(`The bundle does not verify:\n${stdout}`)
	})
	await step('sign out', () => signOut(of('operator')))
	return { requestToActiveMs, bundle }
}

async function save(download: Promise<Download>, click: () => Promise<void>): Promise<string> {
	await click()
	const file = await download
	const path = join(OUTPUT, file.suggestedFilename())
	await file.saveAs(path)
	return path
}

/** `npm run walkthrough`: prints what it does, and one line of JSON at the end; exit 1 when a step fails. */
async function main(): Promise<number> {
	rmSync(OUTPUT, { recursive: true, force: true })
	mkdirSync(OUTPUT, { recursive: true })
	const steps: { name: string; ms: number }[] = []
	const undo: (() => Promise<void>)[] = []
	const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
		const from = performance.now()
		try {
			return await work()
		} finally {
			const ms = Math.round(performance.now() - from)
			steps.push({ name, ms })
			console.log(`${String(ms).padStart(7)} ms  ${name}`)
		}
	}
	try {
		const instance = await step('start a fresh instance', () => startInstance())
		undo.push(() => instance.stop())
		const browser = await step('start the browser', () => launchBrowser())
		undo.push(() => browser.close())
		const { requestToActiveMs, bundle } = await walk(instance, browser, step)
		console.log(`${readdirSync(OUTPUT).filter((name) => name.endsWith('.png')).length} pictures in ${OUTPUT}`)
		await end(undo)
		console.log(JSON.stringify({ ok: true, steps, requestToActiveMs, bundle }))
		return 0
	} catch (error) {
		console.log(error instanceof Error ? (error.stack ?? error.message) : error)
		await end(undo)
		console.log(JSON.stringify({ ok: false, steps, failed: steps.at(-1)?.name }))
		return 1
	}
}

async function end(undo: (() => Promise<void>)[]): Promise<void> {
	for (const stop of undo.splice(0).reverse()) await stop()
}

process.exitCode = await main()
