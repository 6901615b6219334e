import { randomUUID } from 'node:crypto'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signDelivery } from '#workflows/shared/webhook-signature.ts'
import { look, startStage, type Stage } from './stage.ts'

const PERSONAS = ['security-officer', 'operator'] as const
let stage: Stage<(typeof PERSONAS)[number]>
let page: Page
let address = ''
let secret = ''

beforeAll(async () => {
	stage = await startStage(PERSONAS)
	page = stage.of('security-officer').page
}, 300_000)
afterAll(() => stage?.stop())

const minutesAgo = (minutes: number) =>
	new Date(stage.instance.clock.now().getTime() - minutes * 60_000).toISOString()
const event = (id: string, minutes: number, direction: 'in' | 'out', facility = 'frankfurt-hall') => ({
	id,
	at: minutesAgo(minutes),
	badge: 'B-4711',
	facility,
	direction,
})

/** Sends events over HTTP as a badge system does. */
async function send(events: unknown, { key = secret, id = randomUUID() } = {}) {
	const body = new TextEncoder().encode(JSON.stringify({ events }))
	const timestamp = Math.floor(stage.instance.clock.now().getTime() / 1000)
	const mac = signDelivery(Buffer.from(key.slice('whsec_'.length), 'base64'), id, timestamp, body)
	const answer = await fetch(address, {
		method: 'POST',
		headers: {
			'content-type': 'application/json',
			'webhook-id': id,
			'webhook-timestamp': String(timestamp),
			'webhook-signature': `v1,${Buffer.from(mac).toString('base64')}`,
		},
		body,
	})
	return { status: answer.status, told: (await answer.json()) as Record<string, unknown> }
}

test('an officer connects a badge system; its address and secret are shown once', async () => {
	await page.goto(`${stage.instance.origin}/facilities`)
	await page.getByText('No badge system is connected.').waitFor()
	await look('70-facilities-empty', page)
	await page.getByLabel('Name', { exact: true }).fill('Frankfurt doors')
	await page.getByRole('button', { name: 'Connect', exact: true }).click()
	await page.getByRole('alert').waitFor()
	expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Frankfurt doors')
	await page.getByRole('checkbox', { name: 'Frankfurt data hall' }).check()
	await page.getByRole('button', { name: 'Connect', exact: true }).click()
	await page.getByText('the secret is not shown again').waitFor()
	const shown = await page.locator('.notice code').allInnerTexts()
	;[address = '', secret = ''] = shown
	expect(secret).toMatch(/^whsec_/)
	await look('71-facilities-connected', page)
	await page.goto(`${stage.instance.origin}/facilities`)
	expect(await page.getByText(secret).count()).toBe(0)
})

test('what it sends is taken once, signed, whole, and in time', async () => {
	const id = randomUUID()
	const first = event('1', 30, 'in')
	expect(await send([first], { id })).toEqual({
		status: 200,
		told: { stored: 1, duplicates: 0, unknownBadges: 1 },
	})
	expect(await send([first], { id })).toEqual({ status: 200, told: { stored: 0, again: true } })
	expect(await send([event('4', 25, 'in')], { id })).toMatchObject({
		status: 409,
		told: { error: 'ID_USED' },
	})
	const other = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
	expect(await send([event('2', 20, 'in')], { key: other })).toMatchObject({
		status: 401,
		told: { error: 'SIGNATURE_WRONG' },
	})
	expect(await send([event('2', -30, 'in'), event('3', 1, 'in', 'moon')])).toMatchObject({
		status: 422,
		told: {
			problems: [
				{ line: 1, code: 'FROM_THE_FUTURE' },
				{ line: 2, code: 'UNKNOWN_FACILITY' },
			],
		},
	})
	expect((await fetch(address.replace(/[^/]+$/, randomUUID()), { method: 'POST', body: '{}' })).status).toBe(
		404,
	)
	expect((await fetch(address)).status).not.toBe(200)
})

test('a badge gets its holder, who is shown to be there until they leave', async () => {
	await page.goto(`${stage.instance.origin}/facilities`)
	await page.getByRole('cell', { name: 'B-4711' }).waitFor()
	await page.getByLabel('Whose?').fill('nobody@nowhere.example')
	await page.getByLabel('Badge number').fill('B-4711')
	await page.getByLabel('Handed out at').fill(minutesAgo(120).slice(0, 16))
	await page.getByRole('button', { name: 'Record the badge' }).click()
	await page.getByRole('link', { name: 'Nobody has this user principal name.' }).waitFor()
	const { rows } = await stage.instance.deps.database.pool.query<{ upn: string }>(
		'select user_principal_name as upn from people where id = $1',
		[stage.instance.idOf('operator')],
	)
	await page.getByLabel('Whose?').fill(rows[0]?.upn ?? '')
	await page.getByRole('button', { name: 'Record the badge' }).click()
	await page.getByText('The badge is recorded.').waitFor()
	await page.getByRole('region', { name: 'People at Frankfurt data hall' }).getByRole('link').waitFor()
	await look('72-facilities-present', page)
	await send([event('9', 1, 'out')])
	await page.reload()
	await page.getByRole('heading', { name: 'Frankfurt data hall' }).waitFor()
	expect(await page.getByRole('region', { name: 'People at Frankfurt data hall' }).count()).toBe(0)
})

test('a badge that is lost is reported from the page of its holder', async () => {
	await page.goto(`${stage.instance.origin}/people/${stage.instance.idOf('operator')}`)
	await page.getByRole('link', { name: 'Badges' }).click()
	await page.getByRole('cell', { name: 'B-4711' }).waitFor()
	await look('73-badges', page)
	await page.getByRole('button', { name: 'Handed back or lost' }).click()
	await page.getByText('From now on nobody is shown by this badge.').waitFor()
	expect(await page.getByRole('button', { name: 'Handed back or lost' }).count()).toBe(0)
})

test('events of a file are refused line by line, then taken, in German and without scripts', async () => {
	const { context } = stage.of('security-officer')
	const plain = await stage.browser.newContext({
		javaScriptEnabled: false,
		storageState: await context.storageState(),
	})
	const still = await plain.newPage()
	await still.goto(`${stage.instance.origin}/facilities`)
	await still.locator('#language').selectOption('de')
	await still.getByRole('button', { name: 'Apply' }).click()
	await still.getByRole('heading', { name: 'Standorte', exact: true }).waitFor()
	const line = (id: string, at: string) => `${id},${at},B-4711,frankfurt-hall,in`
	await still.locator('#events').fill(`id,at,badge,facility,direction\n${line('20', 'gestern')}\n`)
	await still.getByRole('button', { name: 'Diese Ereignisse annehmen' }).click()
	await still.getByText('Zeile 2: at ist keine Zeit mit Zone').waitFor()
	await still.locator('#events').fill(`id,at,badge,facility,direction\n${line('20', minutesAgo(0.1))}\n`)
	await still.getByRole('button', { name: 'Diese Ereignisse annehmen' }).click()
	await still.getByText('1 Ereignisse gespeichert').waitFor()
	await plain.close()
})

test('nobody else sees it', async () => {
	const operator = stage.of('operator').page
	expect((await operator.goto(`${stage.instance.origin}/facilities`))?.status()).toBe(403)
})
