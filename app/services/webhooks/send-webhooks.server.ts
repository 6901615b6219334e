import type { Tx } from '#db/client.ts'
import {
	claimDelivery,
	giveUpWaiting,
	numbersOf,
	settleDelivery,
	signingKeys,
	updateWebhook,
	type DeliveryRow,
	type WebhookRow,
} from '#db/queries/webhooks.ts'
import type { WebhookAnswer } from '#app/integrations/webhook-client.server.ts'
import { createText, type Language } from '#app/messages/create-text.ts'
import { formats } from '#app/utils/format.ts'
import { DEFAULT_PREFERENCES } from '#workflows/notify/plan-mail.ts'
import { webhookRestMs, WEBHOOK_PATIENCE_MS, webhookPauseMs } from '#workflows/notify/retry.ts'
import { webhookBody } from '#workflows/notify/webhook-body.ts'
import { utf8ToBytes } from '#workflows/shared/bytes.ts'
import { signatureHeader } from '#workflows/shared/webhook-signature.ts'
import type { Deps } from '../deps.ts'
import { aboutInWords, deadlineInWords } from '../notify/compose-mail.ts'
import { notify } from '../notify/notify.server.ts'
import { noticePath } from '../notify/notice-path.ts'
import { recordEntry } from '../record-entry.server.ts'
import { openAddress } from './webhook-address.ts'

/** For so long a delivery belongs to whoever took it. If they die meanwhile it is sent again, with the same id. */
export const DELIVERY_LEASE_MS = 2 * 60_000

type Claimed = { delivery: DeliveryRow; webhook: WebhookRow }

/** Sends the deliveries that are due until there is none. Gives how many were taken. */
export async function sendWebhooks(deps: Deps): Promise<number> {
	let taken = 0
	for (;;) {
		const at = deps.now()
		const claimed = await deps.database.withTx((tx) =>
			claimDelivery(tx, at, new Date(at.getTime() + DELIVERY_LEASE_MS)),
		)
		if (claimed === null) return taken
		if (await attempt(deps, claimed)) taken += 1
	}
}

async function attempt(deps: Deps, { delivery, webhook }: Claimed): Promise<boolean> {
	const port = deps.telling.webhooks
	const url = openAddress(deps, webhook)
	// A host that is configured no more is not called, whatever was set up while it was.
	const answer: WebhookAnswer = port.hosts.includes(new URL(url).host)
		? await post(deps, { delivery, webhook }, url)
		: { status: null, code: 'HOST_NOT_CONFIGURED' }
	const at = deps.now()
	const isTaken = answer.status !== null && answer.status >= 200 && answer.status < 300
	await deps.database.withTx((tx) =>
		isTaken
			? noteTaken(tx, delivery, webhook, String(answer.status), at)
			: noteFailure(tx, deps, { delivery, webhook }, answer, at),
	)
	return isTaken
}

async function post(deps: Deps, { delivery, webhook }: Claimed, url: string): Promise<WebhookAnswer> {
	const { db } = deps.database
	const now = deps.now()
	const body = utf8ToBytes(JSON.stringify(await bodyOf(deps, { delivery, webhook })))
	const secrets = (await signingKeys(db, [webhook.id], now)).map(({ id }) => deps.telling.webhookSecret(id))
	const timestamp = Math.floor(now.getTime() / 1000)
	return deps.telling.webhooks.post(
		url,
		{
			'webhook-id': delivery.id,
			'webhook-timestamp': String(timestamp),
			'webhook-signature': signatureHeader(secrets, delivery.id, timestamp, body),
		},
		body,
	)
}

/** The same for every attempt but for the signature, which holds the time of the attempt. */
async function bodyOf({ database, passkeys }: Deps, { delivery, webhook }: Claimed): Promise<unknown> {
	const { event } = delivery
	const requestId = event.subject === 'request' ? event.subjectId : null
	const subject = event.subject === 'request' ? null : event.subject
	const number =
		requestId === null ? null : ((await numbersOf(database.db, [requestId])).get(requestId) ?? null)
	const language: Language = webhook.language === 'de' ? 'de' : 'en'
	const t = createText(language)
	const { instant } = formats(language, DEFAULT_PREFERENCES.zone)
	const { kind } = event
	const isTest = kind === 'test'
	const what = isTest ? 'Charterkeep' : aboutInWords({ number, subject }, t)
	return webhookBody(
		webhook.format,
		{
			...event,
			number: number === null ? null : `R-${number}`,
			link: `${passkeys.origin}${noticePath({ requestId, subject, subjectId: event.subjectId })}`,
		},
		{
			sentence: `${what}: ${t(isTest ? 'notify.webhookTest' : `notify.kind_${kind}`)}`,
			deadline: isTest ? null : deadlineInWords({ kind, deadline: event.deadline }, t, instant),
			open: t('notify.mailOpen'),
		},
	)
}

async function noteTaken(tx: Tx, delivery: DeliveryRow, webhook: WebhookRow, code: string, at: Date) {
	await settleDelivery(tx, delivery.id, { state: 'sent', code, doneAt: at })
	if (webhook.failingSince !== null)
		await updateWebhook(tx, webhook.id, { failingSince: null, failures: 0, notBefore: null })
}

/** Retried by the schedule of Standard Webhooks; 410 says that the receiver is gone and wants nothing any more. */
async function noteFailure(
	tx: Tx,
	deps: Deps,
	{ delivery, webhook }: Claimed,
	answer: WebhookAnswer,
	at: Date,
): Promise<void> {
	const code = answer.status === null ? answer.code : String(answer.status)
	const failures = delivery.failures + 1
	const isGone = answer.status === 410
	const pause = isGone ? null : webhookPauseMs(failures)
	const asked = answer.status === null ? 0 : (answer.retryAfterMs ?? 0)
	await settleDelivery(
		tx,
		delivery.id,
		pause === null
			? { state: 'dead', failures, code, doneAt: at }
			: { failures, code, nextAt: new Date(at.getTime() + Math.max(pause, asked)) },
	)
	const failingSince = webhook.failingSince ?? at
	const isOver = at.getTime() - failingSince.getTime() >= WEBHOOK_PATIENCE_MS
	if (isGone || isOver) return disable(tx, deps, webhook, code, at)
	await updateWebhook(tx, webhook.id, {
		failingSince,
		failures: webhook.failures + 1,
		notBefore: new Date(at.getTime() + Math.max(webhookRestMs(webhook.failures + 1), asked)),
	})
}

async function disable(
	tx: Tx,
	deps: Deps,
	{ id, createdBy }: WebhookRow,
	code: string,
	at: Date,
): Promise<void> {
	await updateWebhook(tx, id, { disabledAt: at })
	await giveUpWaiting(tx, id, 'DISABLED', at)
	await recordEntry(tx, deps, {
		kind: 'webhook.disabled',
		subject: null,
		actor: null,
		open: { webhookId: id, code },
		sealed: {},
		at,
	})
	await notify(tx, deps, {
		kind: 'webhook_disabled',
		to: [createdBy, { duty: 'security_officer' }],
		about: { type: 'delivery', id },
		code,
		at,
	})
	deps.log.warn({ webhook: id, code }, 'a webhook took nothing for too long and is called no more')
}
