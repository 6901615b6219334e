import { countWaitingMails, deadMails, findMailServer, reviveMail } from '#db/queries/mails.ts'
import {
	countDeliveries,
	deadDeliveries,
	listWebhooks,
	numbersOf,
	signingKeys,
} from '#db/queries/webhooks.ts'
import type { NoticeKind, Topic } from '#workflows/notify/notice-kinds.ts'
import type { WebhookFormat } from '#workflows/notify/webhook-body.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { PersonName } from '../views.ts'

const MOST = 50

export type WebhookView = {
	id: string
	name: string
	host: string
	format: WebhookFormat
	topics: Topic[]
	state: 'works' | 'failing' | 'disabled' | 'ended'
	failingSince: string | null
	sent: number
	waiting: number
	dead: number
	lastSentAt: string | null
	/** Until when an older key signs as well; null where there is one key. */
	overlapUntil: string | null
}
export type DeliveryView = {
	mail: {
		/** Null where no server is set up. */
		server: string | null
		isEncrypted: boolean
		waiting: number
		lastSentAt: string | null
		trouble: { code: string; since: string } | null
		dead: { id: string; person: PersonName; code: string; madeAt: string; doneAt: string }[]
	}
	webhooks: WebhookView[]
	deadDeliveries: {
		id: string
		webhook: string
		isOpen: boolean
		kind: NoticeKind | 'test'
		number: number | null
		code: string
		madeAt: string
	}[]
	/** Hosts that webhooks may be on. */
	hosts: readonly string[]
}

/** Whether what people are told gets through: the mail server, webhooks, and what was given up. */
export async function showDelivery({ database, telling, now }: Deps, actor: Actor): Promise<DeliveryView> {
	demand(actor, 'telling:manage')
	const { db } = database
	const server = await findMailServer(db)
	const mails = await deadMails(db, MOST)
	const rows = await listWebhooks(db)
	const keys = await signingKeys(
		db,
		rows.map(({ id }) => id),
		now(),
	)
	const counts = await countDeliveries(db)
	const dead = await deadDeliveries(db, MOST)
	const numbers = await numbersOf(
		db,
		dead.flatMap(({ event }) => (event.subject === 'request' && event.subjectId ? [event.subjectId] : [])),
	)
	return {
		mail: {
			server: telling.mail?.server ?? null,
			isEncrypted: telling.mail?.isEncrypted ?? true,
			waiting: await countWaitingMails(db),
			lastSentAt: server?.lastSentAt?.toISOString() ?? null,
			trouble:
				server?.troubleCode && server.troubleSince
					? { code: server.troubleCode, since: server.troubleSince.toISOString() }
					: null,
			dead: mails.map(({ id, personId, person, code, madeAt, doneAt }) => ({
				id,
				person: { id: personId, name: person },
				code: code ?? '',
				madeAt: madeAt.toISOString(),
				doneAt: (doneAt ?? madeAt).toISOString(),
			})),
		},
		webhooks: rows.map((row) => {
			const of = (state: string) => counts.find((each) => each.webhookId === row.id && each.state === state)
			const older = keys.filter(({ webhookId, endsAt }) => webhookId === row.id && endsAt !== null)
			const lastAt = of('sent')?.lastAt
			return {
				id: row.id,
				name: row.name,
				host: row.host,
				format: row.format,
				topics: row.topics,
				state:
					row.endedAt !== null
						? 'ended'
						: row.disabledAt !== null
							? 'disabled'
							: row.failingSince !== null
								? 'failing'
								: 'works',
				failingSince: row.failingSince?.toISOString() ?? null,
				sent: of('sent')?.n ?? 0,
				waiting: of('waiting')?.n ?? 0,
				dead: of('dead')?.n ?? 0,
				lastSentAt: lastAt ? new Date(lastAt).toISOString() : null,
				overlapUntil: older[0]?.endsAt?.toISOString() ?? null,
			}
		}),
		deadDeliveries: dead.map(({ id, name, isOpen, event, code, madeAt }) => ({
			id,
			webhook: name,
			isOpen,
			kind: event.kind,
			number: event.subject === 'request' ? (numbers.get(event.subjectId ?? '') ?? null) : null,
			code: code ?? '',
			madeAt: madeAt.toISOString(),
		})),
		hosts: telling.webhooks.hosts,
	}
}

/** Has a mail that was given up sent anew. */
export async function resendMail(deps: Deps, actor: Actor, mailId: string): Promise<void> {
	demand(actor, 'telling:manage')
	const isRevived = await deps.database.withTx((tx) => reviveMail(tx, mailId, deps.now()))
	if (!isRevived) throw new DomainError('STALE_VERSION', 'This mail was not given up.')
	deps.wake()
}
