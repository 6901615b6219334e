import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openWebhookClient } from '#app/integrations/webhook-client.server.ts'
import { sandboxCertificates, type Certificates } from '#app/sandbox/tenant/certificates.ts'
import { showInbox } from '#app/services/notify/inbox.server.ts'
import { notify } from '#app/services/notify/notify.server.ts'
import { showDelivery } from '#app/services/notify/show-delivery.server.ts'
import {
	changeWebhookKey,
	createWebhook,
	enableWebhook,
	endWebhook,
	resendDeliveries,
	testWebhook,
	type WebhookForm,
} from '#app/services/webhooks/manage-webhooks.server.ts'
import { DELIVERY_LEASE_MS, sendWebhooks } from '#app/services/webhooks/send-webhooks.server.ts'
import { verifyDelivery } from '#workflows/shared/webhook-signature.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

const SECOND = 1000
const HOUR = 3_600_000
const DAY = 24 * HOUR

type Received = { id: string; timestamp: string; signature: string; body: Buffer; path: string }
let app: TestApp
let certificates: Certificates
let receiver: Server
let host: string
let received: Received[] = []
/** What the receiver answers; a number is a status. */
let answer: { status: number; headers?: Record<string, string>; body?: string } = { status: 204 }

beforeAll(async () => {
	app = await createTestApp()
	certificates = await sandboxCertificates(join(app.folder, 'hooks'), app.clock.now())
	receiver = createServer(certificates.server, (request, response) => {
		const chunks: Buffer[] = []
		request.on('data', (chunk: Buffer) => chunks.push(chunk))
		request.on('end', () => {
			const header = (name: string) => String(request.headers[name] ?? '')
			received.push({
				id: header('webhook-id'),
				timestamp: header('webhook-timestamp'),
				signature: header('webhook-signature'),
				body: Buffer.concat(chunks),
				path: request.url ?? '',
			})
			response.writeHead(answer.status, answer.headers).end(answer.body)
		})
	})
	await new Promise<void>((resolve) => void receiver.listen(0, '127.0.0.1', resolve))
	host = `localhost:${(receiver.address() as AddressInfo).port}`
})
afterAll(async () => {
	receiver.closeAllConnections()
	await new Promise((done) => receiver.close(done))
	await app.stop()
})
beforeEach(async () => {
	await app.owner.pool.query(
		'delete from webhook_deliveries; delete from webhook_keys; delete from webhooks; delete from notices',
	)
	received = []
	answer = { status: 204 }
	useClient({})
})

function useClient(more: Partial<Parameters<typeof openWebhookClient>[0]>): void {
	app.deps.telling.webhooks = openWebhookClient({
		hosts: [host],
		caPem: certificates.caPem,
		timeoutMs: 3000,
		...more,
	})
}

const officer = () => app.actor('security-officer')
const create = (more: Partial<WebhookForm> = {}) =>
	createWebhook(app.deps, officer(), {
		name: 'SOC channel',
		url: `https://${host}/hooks/secret-path`,
		format: 'standard',
		language: 'en',
		topics: ['alarm', 'break_glass', 'decide'],
		...more,
	})
const tell = (kind: 'finding' | 'request_approved' | 'break_glass_used' = 'finding') =>
	app.deps.database.withTx((tx) =>
		notify(tx, app.deps, {
			kind,
			to: [app.actor('operator').personId],
			about: { type: 'finding', id: app.deps.newId() },
			at: app.clock.now(),
		}),
	)
const view = async () => {
	const { webhooks, deadDeliveries } = await showDelivery(app.deps, officer())
	return { webhooks, deadDeliveries, webhook: webhooks[0] }
}
const keyOf = (secret: string) => ({
	id: 'key',
	secret: new Uint8Array(Buffer.from(secret.slice('whsec_'.length), 'base64')),
	endsAt: null,
})
const isSignedBy = ({ id, timestamp, signature, body }: Received, secret: string) =>
	typeof verifyDelivery({ id, timestamp, signature }, body, [keyOf(secret)], app.clock.now()) === 'object'

describe('a webhook', () => {
	test('is told of its topics alone, signed as Standard Webhooks says, with no name in it', async () => {
		const { secret } = await create()
		await tell()
		await tell('request_approved')
		expect(await sendWebhooks(app.deps)).toBe(1)
		expect(received).toHaveLength(1)
		const [delivery] = received as [Received]
		expect(isSignedBy(delivery, secret)).toBe(true)
		expect(delivery.path).toBe('/hooks/secret-path')
		const body: unknown = JSON.parse(delivery.body.toString())
		expect(body).toMatchObject({
			type: 'finding',
			data: { urgency: 'urgent', subject: 'finding', number: null, deadline: null },
		})
		expect(JSON.stringify(body)).not.toContain(app.actor('operator').displayName)
		expect(await sendWebhooks(app.deps)).toBe(0)
		expect((await view()).webhook).toMatchObject({ state: 'works', sent: 1, waiting: 0, dead: 0 })
	})

	test('of Teams or Slack leads here by a link and no more', async () => {
		await create({ format: 'teams', language: 'de' })
		await create({ format: 'slack' })
		await tell('break_glass_used')
		await sendWebhooks(app.deps)
		const bodies = received.map(({ body }) => body.toString())
		expect(bodies.find((body) => body.includes('AdaptiveCard'))).toContain('der Notfallzugriff wurde benutzt')
		expect(bodies.find((body) => body.includes('plain_text'))).toContain('break-glass was used')
		for (const body of bodies) expect(body).toContain('"url":"http://localhost/findings/')
	})

	test('gets a new secret while the old one signs as well, or not at all where somebody else may know it', async () => {
		const { webhookId, secret: first } = await create()
		const { secret: second } = await changeWebhookKey(app.deps, officer(), webhookId, 'day')
		await tell()
		await sendWebhooks(app.deps)
		expect([first, second].map((secret) => isSignedBy(received[0] as Received, secret))).toEqual([true, true])
		app.clock.advance(DAY)
		await tell()
		await sendWebhooks(app.deps)
		expect([first, second].map((secret) => isSignedBy(received[1] as Received, secret))).toEqual([
			false,
			true,
		])
		const { secret: third } = await changeWebhookKey(app.deps, officer(), webhookId, 'none')
		await tell()
		await sendWebhooks(app.deps)
		expect([second, third].map((secret) => isSignedBy(received[2] as Received, secret))).toEqual([
			false,
			true,
		])
	})

	test('is only set up over https, on a host that the configuration names, by whoever may, and its address lies encrypted', async () => {
		for (const url of [`http://${host}/`, 'https://user:pass@localhost/', 'file:///etc/passwd', 'nonsense'])
			await expect(create({ url })).rejects.toMatchObject({ details: { problem: 'NOT_HTTPS' } })
		for (const url of ['https://169.254.169.254/', 'https://localhost/', 'https://localhost.evil.example/'])
			await expect(create({ url })).rejects.toMatchObject({ details: { problem: 'HOST_NOT_CONFIGURED' } })
		await expect(create({ topics: [] })).rejects.toMatchObject({ details: { field: 'topics' } })
		await expect(
			createWebhook(app.deps, app.actor('operator'), {
				name: 'x',
				url: `https://${host}/`,
				format: 'slack',
				language: 'en',
				topics: ['alarm'],
			}),
		).rejects.toMatchObject({ code: 'FORBIDDEN' })
		const { secret } = await create()
		const { rows } = await app.owner.pool.query('select * from webhooks, webhook_keys')
		const kept = JSON.stringify(rows)
		expect(kept).not.toContain('secret-path')
		expect(kept).not.toContain(secret.slice('whsec_'.length))
	})

	test('on a host that is configured no more is not called', async () => {
		await create()
		useClient({ hosts: [] })
		await tell()
		await sendWebhooks(app.deps)
		expect(received).toEqual([])
		expect((await view()).webhook?.state).toBe('failing')
	})
})

describe('a delivery', () => {
	test('that is not taken is tried again by the schedule, with the same id and body, and given up at its end', async () => {
		await create()
		answer = { status: 500 }
		await tell()
		await sendWebhooks(app.deps)
		await sendWebhooks(app.deps)
		expect(received).toHaveLength(1)
		app.clock.advance(5 * SECOND)
		await sendWebhooks(app.deps)
		expect(received).toHaveLength(2)
		for (let hours = 0; hours < 90; hours++) {
			app.clock.advance(HOUR)
			await sendWebhooks(app.deps)
		}
		expect(received).toHaveLength(10)
		expect(new Set(received.map(({ id }) => id)).size).toBe(1)
		expect(new Set(received.map(({ body }) => body.toString())).size).toBe(1)
		expect(new Set(received.map(({ timestamp }) => timestamp)).size).toBe(10)
		const { deadDeliveries, webhook } = await view()
		expect(deadDeliveries).toMatchObject([{ kind: 'finding', code: '500', isOpen: true }])
		answer = { status: 200 }
		await resendDeliveries(app.deps, officer(), { id: deadDeliveries[0]?.id ?? '' })
		app.clock.advance(HOUR)
		await sendWebhooks(app.deps)
		expect((await view()).webhook).toMatchObject({ id: webhook?.id, state: 'works', sent: 1, dead: 0 })
		await expect(
			resendDeliveries(app.deps, officer(), { id: deadDeliveries[0]?.id ?? '' }),
		).rejects.toMatchObject({ code: 'STALE_VERSION' })
	})

	test('waits as long as the receiver asks, and a dead receiver is not called for everything that waits', async () => {
		await create()
		answer = { status: 429, headers: { 'retry-after': '120' } }
		for (let n = 0; n < 5; n++) await tell()
		await sendWebhooks(app.deps)
		app.clock.advance(119 * SECOND)
		await sendWebhooks(app.deps)
		expect(received).toHaveLength(1)
		answer = { status: 200 }
		app.clock.advance(2 * SECOND)
		expect(await sendWebhooks(app.deps)).toBe(5)
	})

	test('follows no redirect, and an answer without end counts by its status', async () => {
		await create()
		answer = { status: 307, headers: { location: `https://${host}/elsewhere` } }
		await tell()
		await sendWebhooks(app.deps)
		expect(received.map(({ path }) => path)).toEqual(['/hooks/secret-path'])
		answer = { status: 200, body: 'x'.repeat(5_000_000) }
		app.clock.advance(HOUR)
		expect(await sendWebhooks(app.deps)).toBe(1)
	})

	test('goes to nobody who cannot show who they are', async () => {
		await create()
		useClient({ caPem: null })
		await tell()
		await sendWebhooks(app.deps)
		expect(received).toEqual([])
		const { rows } = await app.owner.pool.query<{ code: string }>('select code from webhook_deliveries')
		expect(rows[0]?.code).toMatch(/CERT|SELF_SIGNED|VERIFY/)
	})

	test('is taken by one worker at a time, and comes back when that worker dies', async () => {
		await create()
		for (let n = 0; n < 8; n++) await tell()
		await Promise.all([sendWebhooks(app.deps), sendWebhooks(app.deps), sendWebhooks(app.deps)])
		expect(new Set(received.map(({ id }) => id)).size).toBe(8)
		expect(received).toHaveLength(8)
		await tell()
		const working = app.deps.telling.webhooks
		app.deps.telling.webhooks = {
			...working,
			post: async (...call) => {
				await working.post(...call)
				throw new Error('killed')
			},
		}
		await expect(sendWebhooks(app.deps)).rejects.toThrow('killed')
		app.deps.telling.webhooks = working
		expect(await sendWebhooks(app.deps)).toBe(0)
		app.clock.advance(DELIVERY_LEASE_MS)
		expect(await sendWebhooks(app.deps)).toBe(1)
		expect(received.at(-1)?.id).toBe(received.at(-2)?.id)
	})
})

describe('a webhook that takes nothing', () => {
	test('for five days is called no more, which is told and recorded, until an officer lets it go on', async () => {
		const { webhookId } = await create()
		answer = { status: 503 }
		for (let days = 0; days < 6; days++) {
			await tell()
			for (let n = 0; n < 3; n++) {
				app.clock.advance(8 * HOUR)
				await sendWebhooks(app.deps)
			}
		}
		expect((await view()).webhook).toMatchObject({ state: 'disabled', waiting: 0 })
		const { notices } = await showInbox(app.deps, officer(), { isSeen: false, before: null })
		expect(notices.filter(({ kind }) => kind === 'webhook_disabled')).toHaveLength(1)
		await tell()
		expect((await view()).webhook?.waiting).toBe(0)
		answer = { status: 200 }
		await enableWebhook(app.deps, officer(), webhookId)
		await testWebhook(app.deps, officer(), webhookId)
		expect(await sendWebhooks(app.deps)).toBe(1)
		expect(received.at(-1)?.body.toString()).toContain('"type":"test"')
		expect((await resendDeliveries(app.deps, officer(), { webhookId })).count).toBeGreaterThan(0)
		const { rows } = await app.owner.pool.query<{ kind: string }>(
			`select kind from ledger_pending where kind like 'webhook.%' and leaf is not null`,
		)
		expect(rows.map(({ kind }) => kind)).toEqual(
			expect.arrayContaining(['webhook.created', 'webhook.disabled', 'webhook.enabled']),
		)
	})

	test('since it is gone is called no more at once, and one that is taken away gets nothing', async () => {
		const { webhookId } = await create()
		answer = { status: 410 }
		await tell()
		await sendWebhooks(app.deps)
		expect((await view()).webhook?.state).toBe('disabled')
		await endWebhook(app.deps, officer(), webhookId)
		await tell()
		expect((await view()).webhook).toMatchObject({ state: 'ended', waiting: 0 })
		await expect(testWebhook(app.deps, officer(), webhookId)).rejects.toMatchObject({ code: 'STALE_VERSION' })
	})
})
