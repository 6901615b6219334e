import {
	endWebhookKeys,
	findWebhook,
	giveUpWaiting,
	insertDeliveries,
	insertWebhook,
	insertWebhookKey,
	reviveDeliveries,
	updateWebhook,
} from '#db/queries/webhooks.ts'
import type { Tx } from '#db/client.ts'
import type { Language } from '#app/messages/create-text.ts'
import type { Topic } from '#workflows/notify/notice-kinds.ts'
import type { WebhookFormat } from '#workflows/notify/webhook-body.ts'
import { toBase64 } from '#workflows/shared/bytes.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { OVERLAP_MS, type OVERLAPS } from '../presence/manage-feeds.server.ts'
import { recordEntry } from '../record-entry.server.ts'
import { sealAddress } from './webhook-address.ts'

/** What a receiver verifies with; shown once, in the form of Standard Webhooks. */
export type WebhookSecret = { webhookId: string; secret: string }
export type WebhookForm = {
	name: string
	url: string
	format: WebhookFormat
	language: Language
	topics: readonly Topic[]
}

/**
 * Sets up a place outside that is told of what happens here. Only https, and only hosts that the configuration names:
 * whoever can sign in as an officer must not be able to have anything else called from here.
 */
export async function createWebhook(
	deps: Deps,
	actor: Actor,
	{ name, url, format, language, topics }: WebhookForm,
): Promise<WebhookSecret> {
	demand(actor, 'telling:manage')
	const { host } = demandAddress(deps, url)
	if (topics.length === 0) throw invalid('topics', 'MISSING')
	const at = deps.now()
	const [webhookId, keyId] = [deps.newId(), deps.newId()]
	await deps.database.withTx(async (tx) => {
		await insertWebhook(tx, {
			id: webhookId,
			name,
			host,
			format,
			language,
			topics: [...topics],
			...sealAddress(deps, webhookId, url),
			createdBy: actor.personId,
			createdAt: at,
		})
		await insertWebhookKey(tx, { id: keyId, webhookId, createdAt: at })
		await recordEntry(tx, deps, {
			kind: 'webhook.created',
			subject: null,
			actor: actor.personId,
			open: { webhookId, format, topics: [...topics], keyId },
			sealed: { webhook: { name, host } },
			at,
		})
	})
	deps.wake()
	return secretOf(deps, webhookId, keyId)
}

/** Gives a webhook a new key. With an overlap both sign for a day, so that the receiver is changed over without a gap. */
export async function changeWebhookKey(
	deps: Deps,
	actor: Actor,
	webhookId: string,
	overlap: (typeof OVERLAPS)[number],
): Promise<WebhookSecret> {
	const keyId = deps.newId()
	await changing(deps, actor, webhookId, async (tx, at) => {
		const othersEndAt = overlap === 'none' ? at : new Date(at.getTime() + OVERLAP_MS)
		await endWebhookKeys(tx, webhookId, othersEndAt)
		await insertWebhookKey(tx, { id: keyId, webhookId, createdAt: at })
		await recordEntry(tx, deps, {
			kind: 'webhook.key_changed',
			subject: null,
			actor: actor.personId,
			open: { webhookId, keyId, othersEndAt: othersEndAt.toISOString() },
			sealed: {},
			at,
		})
	})
	return secretOf(deps, webhookId, keyId)
}

/** Takes a webhook away; what waits for it is given up. */
export async function endWebhook(deps: Deps, actor: Actor, webhookId: string): Promise<void> {
	await changing(deps, actor, webhookId, async (tx, at) => {
		await updateWebhook(tx, webhookId, { endedAt: at })
		await giveUpWaiting(tx, webhookId, 'ENDED', at)
		await recordEntry(tx, deps, {
			kind: 'webhook.ended',
			subject: null,
			actor: actor.personId,
			open: { webhookId },
			sealed: {},
			at,
		})
	})
}

/** Lets a webhook go on that was called no more. What was given up meanwhile stays so until somebody sends it again. */
export async function enableWebhook(deps: Deps, actor: Actor, webhookId: string): Promise<void> {
	await changing(deps, actor, webhookId, async (tx, at, { disabledAt }) => {
		if (disabledAt === null) throw new DomainError('STALE_VERSION', 'This webhook is not disabled.')
		await updateWebhook(tx, webhookId, { disabledAt: null, failingSince: null, failures: 0, notBefore: null })
		await recordEntry(tx, deps, {
			kind: 'webhook.enabled',
			subject: null,
			actor: actor.personId,
			open: { webhookId },
			sealed: {},
			at,
		})
	})
}

/** Sends something that says that it is a test. */
export async function testWebhook(deps: Deps, actor: Actor, webhookId: string): Promise<void> {
	await changing(deps, actor, webhookId, async (tx, at) => {
		const event = {
			kind: 'test',
			urgency: 'normal',
			subject: null,
			subjectId: null,
			at: at.toISOString(),
			deadline: null,
		} as const
		await insertDeliveries(tx, [{ id: deps.newId(), webhookId, event, madeAt: at }])
		// Whoever tests does not want to wait for a pause to be over.
		await updateWebhook(tx, webhookId, { notBefore: null })
	})
}

/** Has what was given up sent anew: one delivery, or all of a webhook. */
export async function resendDeliveries(
	deps: Deps,
	actor: Actor,
	which: { id: string } | { webhookId: string },
): Promise<{ count: number }> {
	demand(actor, 'telling:manage')
	const count = await deps.database.withTx((tx) => reviveDeliveries(tx, which, deps.now()))
	if (count === 0) throw new DomainError('STALE_VERSION', 'Nothing of this was given up.')
	deps.wake()
	return { count }
}

async function changing(
	deps: Deps,
	actor: Actor,
	webhookId: string,
	work: (tx: Tx, at: Date, before: Awaited<ReturnType<typeof findWebhook>>) => Promise<void>,
): Promise<void> {
	demand(actor, 'telling:manage')
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		const before = await findWebhook(tx, webhookId, true)
		if (before.endedAt !== null) throw new DomainError('STALE_VERSION', 'This webhook was taken away.')
		await work(tx, at, before)
	})
	deps.wake()
}

function demandAddress({ telling }: Deps, text: string): URL {
	const url = URL.canParse(text) ? new URL(text) : null
	if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.hash !== '')
		throw invalid('url', 'NOT_HTTPS')
	if (!telling.webhooks.hosts.includes(url.host)) throw invalid('url', 'HOST_NOT_CONFIGURED')
	return url
}

const invalid = (field: string, problem: string) =>
	new DomainError('INVALID_INPUT', `The webhook cannot be set up: ${problem}.`, { field, problem })

const secretOf = ({ telling }: Deps, webhookId: string, keyId: string): WebhookSecret => ({
	webhookId,
	secret: `whsec_${toBase64(telling.webhookSecret(keyId))}`,
})
