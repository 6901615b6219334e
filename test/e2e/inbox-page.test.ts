import { createServer, type Server } from 'node:https'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sandboxCertificates } from '#app/sandbox/tenant/certificates.ts'
import { startMailServer, type MailServer } from '#test/fakes/mail-server.ts'
import { askFor, decide } from './acts.ts'
import { look, startStage, type Stage } from './stage.ts'

const PERSONAS = ['operator', 'duty-officer', 'security-officer'] as const
let stage: Stage<(typeof PERSONAS)[number]>
let folder: string
let mailServer: MailServer
let receiver: Server
let host: string
const deliveries: string[] = []
let status = 204

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'charterkeep-inbox-'))
	const certificates = await sandboxCertificates(folder, new Date())
	const ca = join(folder, 'ca.pem')
	writeFileSync(ca, certificates.caPem)
	mailServer = await startMailServer({ certificate: certificates.server })
	receiver = createServer(certificates.server, (request, response) => {
		request.on('data', (chunk: Buffer) => deliveries.push(chunk.toString()))
		request.on('end', () => response.writeHead(status).end())
	})
	await new Promise<void>((resolve) => void receiver.listen(0, '127.0.0.1', resolve))
	host = `localhost:${(receiver.address() as AddressInfo).port}`
	stage = await startStage(PERSONAS, {
		CHARTERKEEP_SMTP_URL: `smtp://localhost:${mailServer.port}`,
		CHARTERKEEP_SMTP_CA_FILE: ca,
		CHARTERKEEP_MAIL_FROM: 'Charterkeep <access@agency.example>',
		CHARTERKEEP_WEBHOOK_HOSTS: `hooks.agency.example,${host}`,
		CHARTERKEEP_WEBHOOK_CA_FILE: ca,
	})
}, 300_000)
afterAll(async () => {
	await stage?.stop()
	await mailServer?.stop()
	receiver?.closeAllConnections()
	await new Promise((done) => receiver?.close(done))
	rmSync(folder, { recursive: true, force: true })
})

const page = (persona: (typeof PERSONAS)[number]): Page => stage.of(persona).page
const at = (path: string) => `${stage.instance.origin}${path}`
let request = ''

test('a request is in the inbox and the mail of whoever can decide, and both lead to its page', async () => {
	request = await askFor(page('operator'), stage.instance.origin, {
		role: 'User administrator',
		minutes: '60',
		reason: 'Lock the accounts of a contractor',
		ticket: 'CHG-20417',
	})
	const officer = page('duty-officer')
	await officer.goto(at('/'))
	await officer.getByRole('link', { name: /^Inbox: \d+ new notice/ }).click()
	await officer.getByRole('heading', { level: 1, name: /new notice/ }).waitFor()
	await look('80-inbox', officer)
	await officer.getByRole('link', { name: /a decision is needed/ }).click()
	await officer.waitForURL(request)
	const mail = await until(() =>
		mailServer.mails.find(({ subject }) => subject.includes('a decision is needed')),
	)
	expect(mail.text).toContain(new URL(request).pathname)
	expect(mail.text).not.toContain('contractor')
	// As a mail program shows it: by itself, under no policy of ours.
	const letter = await stage.of('duty-officer').context.newPage()
	const [html = ''] = /<!doctype html>.*<\/html>/s.exec(mail.text) ?? []
	await letter.setContent(html)
	await look('81-mail', letter)
	await letter.close()
})

test('what is decided asks no more, and is put away by one button, also without scripts', async () => {
	const officer = page('duty-officer')
	await decide(officer, request, 'Deny', 'Not without a change window')
	await officer.goto(at('/inbox'))
	await officer.getByText('Decided meanwhile').waitFor()
	await look('82-inbox-decided', officer)
	const plain = await stage.browser.newContext({
		javaScriptEnabled: false,
		storageState: await stage.of('duty-officer').context.storageState(),
	})
	const still = await plain.newPage()
	await still.goto(at('/inbox'))
	await still.getByRole('button', { name: 'Put all of these away' }).click()
	await still.getByRole('heading', { name: 'No new notices' }).waitFor()
	await still.getByRole('link', { name: 'Put away' }).click()
	await still
		.getByRole('button', { name: /^Make new again/ })
		.first()
		.click()
	await plain.close()
	await officer.goto(at('/inbox?show=seen'))
	await officer.getByRole('heading', { name: 'What you have put away' }).waitFor()
})

test('somebody chooses when mail comes, is told what cannot be chosen, and keeps what they typed', async () => {
	const officer = page('duty-officer')
	await officer.goto(at('/inbox/preferences'))
	await officer.getByText('Mail goes to').waitFor()
	await officer.getByLabel('What waits for you').selectOption('daily')
	await officer.getByLabel('Quiet hours: From').selectOption('22:00')
	await officer.getByRole('button', { name: 'Save' }).click()
	await officer.getByRole('link', { name: /a beginning and an end/ }).waitFor()
	expect(await officer.getByLabel('What waits for you').inputValue()).toBe('daily')
	await officer.getByLabel('Quiet hours: Until').selectOption('07:00')
	await officer.getByRole('button', { name: 'Save' }).click()
	await officer.getByText('It holds for what waits as well.').waitFor()
	expect(await officer.getByLabel('Quiet hours: From').inputValue()).toBe('1320')
	await look('83-preferences', officer)
})

test('an officer sets up a webhook, tests it, and sees what does not get through', async () => {
	const officer = page('security-officer')
	await officer.goto(at('/delivery'))
	await officer.getByRole('heading', { name: 'Everything people are told gets through' }).waitFor()
	await look('84-delivery', officer)
	await officer.getByLabel('Name', { exact: true }).fill('SOC channel')
	await officer.getByLabel('Address').fill('https://elsewhere.example/hook')
	await officer.getByRole('button', { name: 'Set up' }).click()
	await officer.getByRole('link', { name: 'This host is not named in CHARTERKEEP_WEBHOOK_HOSTS.' }).waitFor()
	await officer.getByLabel('Address').fill(`https://${host}/hook`)
	await officer.getByRole('button', { name: 'Set up' }).click()
	await officer.getByText('The secret is not shown again').waitFor()
	await look('85-webhook', officer)
	await officer.getByText('Change SOC channel').click()
	await officer.getByRole('button', { name: 'Send a test' }).click()
	await officer.getByText('The test is on its way').waitFor()
	await until(() => deliveries.find((body) => body.includes('"type":"test"')))
	status = 410
	await officer.goto(at('/delivery'))
	await officer.getByText('Change SOC channel').click()
	await officer.getByRole('button', { name: 'Send a test' }).click()
	await until(() => (deliveries.length > 1 ? true : undefined))
	await officer.goto(at('/delivery'))
	await officer.getByText('Called no more', { exact: true }).waitFor()
	await look('86-webhook-disabled', officer)
	expect((await page('operator').goto(at('/delivery')))?.status()).toBe(403)
})

/** Waits until something has come. */
async function until<T>(found: () => T | undefined): Promise<T> {
	for (let n = 0; n < 200; n++) {
		const value = found()
		if (value !== undefined) return value
		await new Promise((resolve) => setTimeout(resolve, 100))
	}
	throw new Error('It never came.')
}
