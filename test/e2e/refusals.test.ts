import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'
import { exportBundle } from '#app/services/audit/export-bundle.server.ts'
import { EVERYTHING } from '#app/services/audit/history.server.ts'
import { verifyBundle } from '#workflows/audit-export/verify-bundle.ts'
import { askFor, decide, enrol, prepare, sign, signIn } from './acts.ts'
import { launchBrowser, newPersona, type Persona } from './browser.ts'
import { startInstance, type Instance } from './instance.ts'

let instance: Instance
let browser: Browser
const people = new Map<string, Persona>()

async function as(name: string): Promise<Persona> {
	const known = people.get(name)
	if (known) return known
	const persona = await newPersona(browser)
	people.set(name, persona)
	await enrol(persona, await instance.linkFor(name))
	await signIn(persona, instance.origin)
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
	instance = await startInstance()
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
})

describe('the bundle of all that', () => {
	const chunks = async function* (bytes: Uint8Array) {
		yield bytes
	}
	const auditor = () => ({
		personId: instance.idOf('auditor'),
		sessionId: '',
		displayName: '',
		permissions: new Set(['record:export', 'request:read_all'] as const),
	})

	test(
		'verifies, and is refused with the place named after any flipped byte',
		{ timeout: 240_000 },
		async () => {
			const { text } = await exportBundle(instance.deps, auditor(), EVERYTHING)
			const bytes = new TextEncoder().encode(text)
			const report = await verifyBundle(chunks(bytes), { expectedVkey: instance.vkey })
			expect(report.failures).toEqual([])
			expect(report.counts.decisions).toBeGreaterThan(3)
			const lineStarts = [
				0,
				...[...text.matchAll(/\n/g)].map(
					({ index }) => new TextEncoder().encode(text.slice(0, index + 1)).length,
				),
			].slice(0, -1)
			// Header, end line, and a spread of positions through every part of the entries.
			const inHeader = Array.from({ length: 40 }, (_, i) => Math.floor(((lineStarts[1] ?? 1) * i) / 40))
			const inEnd = Array.from({ length: 40 }, (_, i) => bytes.length - 1 - i * 3)
			const inEntries = Array.from(
				{ length: 160 },
				(_, i) =>
					(lineStarts[1] ?? 0) + Math.floor(((bytes.length - (lineStarts[1] ?? 0)) * (i + 0.37)) / 160),
			)
			for (const at of [...inHeader, ...inEnd, ...inEntries]) {
				const flipped = bytes.slice()
				flipped[at] = (flipped[at] ?? 0) ^ 1
				const { verdict, failures } = await verifyBundle(chunks(flipped), {
					expectedVkey: instance.vkey,
					verifyAssertion: () => true,
				})
				expect(verdict, `byte ${at}`).toBe('refused')
				const line = lineStarts.filter((start) => start <= at).length - 1
				const isEntry = line > 0 && line < lineStarts.length - 1
				if (isEntry)
					expect(
						failures.some(({ where }) => where.startsWith(`entry ${line - 1}`)),
						`byte ${at} of entry ${line - 1}: ${JSON.stringify(failures)}`,
					).toBe(true)
			}
		},
	)

	test('is refused when an entry is dropped, doubled, swapped, or the end is missing', async () => {
		const { text } = await exportBundle(instance.deps, auditor(), EVERYTHING)
		const lines = text.trimEnd().split('\n')
		const changed = [
			lines.filter((_, i) => i !== 20),
			[...lines.slice(0, 21), ...lines.slice(20)],
			[...lines.slice(0, 20), lines[21] ?? '', lines[20] ?? '', ...lines.slice(22)],
			lines.slice(0, -1),
			[...lines, lines.at(-1) ?? ''],
			[`\ufeff${lines[0]}`, ...lines.slice(1)],
			lines.map((line) => `${line}\r`),
		]
		for (const variant of changed) {
			const { verdict } = await verifyBundle(chunks(new TextEncoder().encode(`${variant.join('\n')}\n`)))
			expect(verdict).toBe('refused')
		}
		expect(
			(await verifyBundle(chunks(new TextEncoder().encode(text)), { expectedVkey: `${instance.vkey}x` }))
				.verdict,
		).toBe('refused')
	})
})
