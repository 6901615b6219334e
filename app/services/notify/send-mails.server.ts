import type { Tx } from '#db/client.ts'
import {
	addressOf,
	claimMail,
	findMailServer,
	leaveUnmailed,
	mailContent,
	noteMailed,
	saveMailServer,
	settleMail,
	type MailItem,
	type MailRow,
} from '#db/queries/mails.ts'
import type { MailPort } from '#app/integrations/mail-port.ts'
import { DEFAULT_PREFERENCES } from '#workflows/notify/plan-mail.ts'
import { MAIL_PATIENCE_MS, mailPauseMs, serverPauseMs } from '#workflows/notify/retry.ts'
import { outdatedBy, type Outdated } from '#workflows/notify/still-matters.ts'
import type { Deps } from '../deps.ts'
import { composeMail } from './compose-mail.ts'
import { notify } from './notify.server.ts'
import { standingOf } from './plan-mails.server.ts'

/** For so long a mail belongs to whoever took it. If they die meanwhile it is sent again, with the same Message-ID. */
export const MAIL_LEASE_MS = 2 * 60_000

/**
 * Sends the mails that are due, the most urgent first, until there is none or the server cannot be used. A mail goes out
 * at least once: where a worker dies between the server's answer and ours, the mail is sent again, and its Message-ID
 * shows that it is the same. Gives how many the server took.
 */
export async function sendMails(deps: Deps): Promise<number> {
	const { mail: port } = deps.telling
	if (port === null) return 0
	let sent = 0
	for (;;) {
		const at = deps.now()
		const server = await findMailServer(deps.database.db)
		if (server?.notBefore && server.notBefore > at) return sent
		const mail = await deps.database.withTx((tx) => claimMail(tx, at, new Date(at.getTime() + MAIL_LEASE_MS)))
		if (mail === null) return sent
		const outcome = await attempt(deps, port, mail)
		if (outcome === 'sent') sent += 1
		if (outcome === 'server') return sent
	}
}

async function attempt(deps: Deps, port: MailPort, mail: MailRow): Promise<'sent' | 'server' | 'settled'> {
	const { db, withTx } = deps.database
	const items = (await mailContent(db, mail.id)).map((item) => ({ item, reason: reasonNotToSend(item) }))
	const outdated = items.filter(({ reason }) => reason !== null)
	const current = items.filter(({ reason }) => reason === null).map(({ item }) => item)
	const to = await addressOf(db, mail.personId)
	const settle = (outcome: Parameters<typeof settleMail>[2]) =>
		withTx(async (tx) => {
			for (const { item, reason } of outdated) await leaveUnmailed(tx, [item.id], reason ?? '')
			await settleMail(tx, mail.id, outcome)
		})
	if (current.length === 0 || to === null) {
		const code = to === null ? 'NO_ADDRESS' : (outdated[0]?.reason ?? 'GONE')
		await settle({ state: 'dropped', code, doneAt: deps.now() })
		return 'settled'
	}
	const { origin } = deps.passkeys
	const outcome = await port.send({
		messageId: `<${mail.id}@${new URL(origin).hostname}>`,
		to: to.address,
		date: mail.madeAt,
		...composeMail(
			current.map((item) => ({
				...item,
				at: item.at.toISOString(),
				deadline: item.deadline?.toISOString() ?? null,
			})),
			{
				language: to.language === 'de' ? 'de' : 'en',
				zone: to.zone ?? DEFAULT_PREFERENCES.zone,
				origin,
			},
		),
	})
	const at = deps.now()
	switch (outcome.kind) {
		case 'accepted':
			await settle({ state: 'sent', code: null, doneAt: at })
			await withTx(async (tx) => {
				await noteMailed(tx, mail.id, at)
				await noteServerWorks(tx, deps, at)
			})
			return 'sent'
		case 'refused':
			deps.log.warn({ mail: mail.id, code: outcome.code }, 'the mail server refused a mail for good')
			await settle({ state: 'dead', code: outcome.code, doneAt: at })
			return 'settled'
		case 'later':
			await settle(putOff(mail, outcome.code, at))
			return 'settled'
		case 'server':
			await withTx(async (tx) => {
				const notBefore = await noteServerTrouble(tx, deps, outcome.code, at)
				await settleMail(tx, mail.id, { nextAt: notBefore, code: outcome.code })
			})
			return 'server'
	}
}

function reasonNotToSend(item: MailItem): Outdated | null {
	const { context, grantState } = item
	return context === null ? null : outdatedBy(item, standingOf({ context, grantState }))
}

/** The server takes the mail later, or never where it has put it off for days. */
function putOff({ failures }: MailRow, code: string, at: Date): Parameters<typeof settleMail>[2] {
	const pause = mailPauseMs(failures + 1)
	return pause === null
		? { state: 'dead', failures: failures + 1, code, doneAt: at }
		: { failures: failures + 1, code, nextAt: new Date(at.getTime() + pause) }
}

async function noteServerWorks(tx: Tx, { log }: Deps, at: Date): Promise<void> {
	const before = await findMailServer(tx)
	if (before?.troubleSince) log.info({}, 'the mail server works again')
	await saveMailServer(tx, {
		troubleCode: null,
		troubleSince: null,
		failures: 0,
		notBefore: null,
		told: false,
		lastSentAt: at,
	})
}

/** No mail is blamed for it: all wait. Officers are told in their inbox, and over webhooks, once it lasts. */
async function noteServerTrouble(tx: Tx, deps: Deps, code: string, at: Date): Promise<Date> {
	const before = await findMailServer(tx)
	const since = before?.troubleSince ?? at
	const failures = (before?.failures ?? 0) + 1
	const notBefore = new Date(at.getTime() + serverPauseMs(failures))
	if (before?.troubleCode !== code)
		deps.log.warn({ code }, 'the mail server cannot be used; mails wait for it')
	const lasts = at.getTime() - since.getTime() >= MAIL_PATIENCE_MS
	if (lasts && before?.told !== true)
		await notify(tx, deps, {
			kind: 'mail_trouble',
			to: [{ duty: 'security_officer' }],
			about: { type: 'delivery', id: null },
			at,
		})
	await saveMailServer(tx, {
		troubleCode: code,
		troubleSince: since,
		failures,
		notBefore,
		told: lasts || before?.told === true,
	})
	return notBefore
}
