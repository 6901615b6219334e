import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'
import { exportBundle } from '#app/services/audit/export-bundle.server.ts'
import { EVERYTHING } from '#app/services/audit/history.server.ts'
import { nodePlatform } from '#app/verifier/node-platform.server.ts'
import { readZip } from '#workflows/audit-export/zip/read.ts'
import { verifyBundle } from '#workflows/audit-export/verify-bundle.ts'
import { chunksOf, verify, wholeOf } from '#test/factories/bundle.ts'
import { askFor, decide, prepare, sign } from './acts.ts'
import { axeProblems, launchBrowser, newPersona, type Persona } from './browser.ts'
import { enrolAndSignIn } from './ceremonies.ts'
import type { Instance } from './instance.ts'
import { startTestInstance } from './stage.ts'

let instance: Instance
let browser: Browser
const people = new Map<string, Persona>()

async function as(name: string): Promise<Persona> {
	const known = people.get(name)
	if (known) return known
	const persona = await newPersona(browser)
	people.set(name, persona)
	await enrolAndSignIn(persona, instance, name)
	return persona
}

const ROLES = [
	'User administrator',
	'Exchange administrator',
	'Security administrator',
	'Helpdesk administrator',
	'Security reader',
]
let asked = 0
async function newRequest(who = 'operator'): Promise<string> {
	const role = ROLES[asked++ % ROLES.length] ?? ''
	const { page } = await as(who)
	return askFor(page, instance.origin, {
		role,
		minutes: '15',
		reason: 'Reason of the refusal tests',
		ticket: 'CHG-30001',
	})
}

beforeAll(async () => {
	instance = await startTestInstance()
	browser = await launchBrowser()
}, 120_000)
afterAll(async () => {
	await browser.close()
	await instance.stop()
}, 60_000)

describe('refused, with the reason on the page', () => {
	test('whom the charter does not allow: a lapsed clearance, a wrong citizenship, no appointment', async () => {
		const url = await newRequest()
		const lapsed = await as('lapsed-duty-officer')
		await lapsed.page.goto(url)
		await lapsed.page.getByText('You cannot decide on this request').waitFor()
		await lapsed.page.getByText(/lapsed on/).waitFor()
		const officer = await as('security-officer')
		await officer.page.goto(url)
		await officer.page.getByText(/Appointed to Duty officer/).waitFor()
		await decide((await as('duty-officer')).page, url, 'Approve')
		const foreign = await as('foreign-data-owner')
		await foreign.page.goto(url)
		await foreign.page.getByText(/Citizen of Germany/).waitFor()
		expect(await foreign.page.getByRole('button', { name: 'Review what you will sign' }).count()).toBe(0)
	})

	test('the requester, even when they are an approver of that stage', async () => {
		const url = await newRequest('duty-officer-operator')
		const { page } = await as('duty-officer-operator')
		await page.goto(url)
		await page.getByText('Nobody decides on their own request.').waitFor()
	})

	test('the same human in two stages', async () => {
		const url = await newRequest()
		const { page } = await as('double-approver')
		await decide(page, url, 'Approve')
		await page
			.getByText('You have already decided on this request. Each stage needs another person.')
			.waitFor()
	})

	test('a second decision in the same stage', async () => {
		const url = await newRequest()
		const [first, second] = [await as('duty-officer'), await as('second-duty-officer')]
		await prepare(second.page, url, 'Approve')
		await decide(first.page, url, 'Approve')
		await second.page.getByRole('button', { name: /with passkey$/ }).click()
		await second.page.getByText('This stage has already been decided.').first().waitFor()
	})

	test('a replayed, a tampered and an expired assertion', async () => {
		const url = await newRequest()
		const { page } = await as('duty-officer')
		// Tampered on its way to the server: one character of the signature.
		await prepare(page, url, 'Approve')
		await page.route(
			url,
			async (route) => {
				const form = new URLSearchParams(route.request().postData() ?? '')
				const response = JSON.parse(form.get('response') ?? '{}') as { response: { signature: string } }
				const { signature } = response.response
				response.response.signature =
					signature.slice(0, 20) + (signature[20] === 'A' ? 'B' : 'A') + signature.slice(21)
				form.set('response', JSON.stringify(response))
				await route.continue({ postData: form.toString() })
			},
			{ times: 1 },
		)
		await page.getByRole('button', { name: /with passkey$/ }).click()
		await page.getByText("The passkey's answer does not fit what was to be signed.").waitFor()
		// Expired: signed three minutes after it was prepared.
		await prepare(page, url, 'Approve')
		// The page keeps itself fresh every few seconds; what is about to be signed must stay.
		await page.waitForTimeout(7000)
		instance.clock.advance(3 * 60_000)
		await page.getByRole('button', { name: /with passkey$/ }).click()
		await page.getByText('This signature has expired or was used already').waitFor()
		// Replayed: the same answer sent again after it has been accepted.
		let body = ''
		page.on('request', (request) => {
			if (request.method() === 'POST' && request.postData()?.includes('intent=decide'))
				body = request.postData() ?? ''
		})
		await prepare(page, url, 'Approve')
		await sign(page)
		expect(body).not.toBe('')
		const replay = await page.request.post(url, {
			data: body,
			headers: { 'content-type': 'application/x-www-form-urlencoded', origin: instance.origin },
		})
		expect(replay.status()).toBe(422)
		expect(await replay.text()).toContain('This signature has expired or was used already')
	})

	test('a form that another site sends', async () => {
		const { page } = await as('operator')
		const answer = await page.request.post(`${instance.origin}/sign-out`, {
			headers: { origin: 'https://elsewhere.example' },
		})
		expect(answer.status()).toBe(403)
	})

	test('an address that does not exist, on a page whose scripts run', async () => {
		const { page } = await as('operator')
		const answer = await page.goto(`${instance.origin}/nowhere`)
		expect(answer?.status()).toBe(404)
		expect(await axeProblems(page)).toEqual([])
		await page.getByRole('link', { name: 'Go to My work' }).click()
		await page.getByRole('heading', { level: 1 }).waitFor()
	})
})

/** Everything that a bundle lays open of what the leaves only commit to. */
async function laidOpen(bundle: Uint8Array): Promise<string> {
	let text = ''
	for await (const { path, bytes } of readZip(chunksOf(bundle), nodePlatform))
		if (path.startsWith('openings/')) text += Buffer.from(bytes).toString('utf8')
	return text
}

describe('the bundle of all that', () => {
	const auditor = () => ({
		personId: instance.idOf('auditor'),
		sessionId: '',
		displayName: 'Auditor',
		permissions: new Set(['record:export', 'request:read_all'] as const),
	})
	const exported = async (profile: 'history' | 'auditor') =>
		wholeOf((await exportBundle(instance.deps, auditor(), EVERYTHING, { profile })).bytes)

	test('verifies with every verdict come to anew, and holds no fact where the profile seals them', async () => {
		const whole = await exported('auditor')
		const report = await verify(whole, { vkey: instance.vkey })
		expect(report.failures).toEqual([])
		expect(report.unchecked).toEqual([])
		expect(report.counts.decisions).toBeGreaterThan(3)
		expect(report.counts.reevaluated).toBeGreaterThan(report.counts.decisions)
		const history = await exported('history')
		const partly = await verify(history, { vkey: instance.vkey })
		expect(partly.failures).toEqual([])
		expect(partly.verdict).toBe('verified in part')
		for (const secret of ['"citizenships":', '"clearances":', '"fact":'])
			expect([await laidOpen(whole), await laidOpen(history)].map((text) => text.includes(secret))).toEqual([
				true,
				false,
			])
	})

	test('is refused after any flipped byte, and under another key', async () => {
		const bytes = await exported('history')
		const platform = { ...nodePlatform, verifyAssertion: () => true }
		for (let i = 0; i < 60; i++) {
			const at = Math.floor((bytes.length * (i + 0.37)) / 60)
			const flipped = bytes.slice()
			flipped[at] = (flipped[at] ?? 0) ^ 1
			const { verdict } = await verifyBundle(chunksOf(flipped), platform, { vkey: instance.vkey })
			expect(verdict, `byte ${at}`).toBe('refused')
		}
		expect((await verify(bytes, { vkey: `${instance.vkey}x` })).verdict).toBe('refused')
	})
})
