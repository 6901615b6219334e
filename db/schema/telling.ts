import { sql } from 'drizzle-orm'
import {
	boolean,
	check,
	index,
	integer,
	jsonb,
	pgEnum,
	pgTable,
	text,
	uniqueIndex,
	uuid,
} from 'drizzle-orm/pg-core'
import { NOTICE_KINDS, NOTICE_SUBJECTS, URGENCIES, type Topic } from '#workflows/notify/notice-kinds.ts'
import type { MailMode } from '#workflows/notify/plan-mail.ts'
import { WEBHOOK_FORMATS, type WebhookEvent } from '#workflows/notify/webhook-body.ts'
import { requests } from './access.ts'
import { bytea, id, instant } from './columns.ts'
import { people } from './people.ts'

export const noticeKind = pgEnum('notice_kind', NOTICE_KINDS)
export const noticeSubject = pgEnum('notice_subject', NOTICE_SUBJECTS)
/** In order: what is greater goes first. */
export const urgency = pgEnum('urgency', URGENCIES)

export const mailState = pgEnum('mail_state', ['waiting', 'sent', 'dropped', 'dead'])

/** Mails to one person. The text is made of the notices when it is sent, so that none is kept, and none outdated. */
export const mails = pgTable(
	'mails',
	{
		/** Also the Message-ID, the same at every attempt. */
		id: id(),
		personId: uuid('person_id')
			.notNull()
			.references(() => people.id),
		urgency: urgency('urgency').notNull(),
		state: mailState('state').notNull(),
		/** Attempts that the server answered by putting the mail off. */
		failures: integer('failures').notNull(),
		/** When to try next; while somebody tries, when their attempt counts as lost. */
		nextAt: instant('next_at').notNull(),
		/** The last answer of the server as its code, or why nothing was sent; never a text, which may hold addresses. */
		code: text('code'),
		madeAt: instant('made_at').notNull(),
		doneAt: instant('done_at'),
	},
	(t) => [
		index('mails_person_idx').on(t.personId),
		index('mails_waiting_idx')
			.on(t.urgency.desc(), t.nextAt)
			.where(sql`${t.state} = 'waiting'`),
		index('mails_dead_idx')
			.on(t.doneAt)
			.where(sql`${t.state} = 'dead'`),
		check('mails_done', sql`(${t.state} = 'waiting') = (${t.doneAt} is null)`),
	],
)

/** What somebody is told: shown in their inbox until they have put it away, and mailed as they prefer. */
export const notices = pgTable(
	'notices',
	{
		id: id(),
		personId: uuid('person_id')
			.notNull()
			.references(() => people.id),
		kind: noticeKind('kind').notNull(),
		urgency: urgency('urgency').notNull().default('normal'),
		/** What it is about: a request, or something else. */
		requestId: uuid('request_id').references(() => requests.id),
		subject: noticeSubject('subject'),
		subjectId: uuid('subject_id'),
		/** The stage of the request that it is about. */
		stage: integer('stage'),
		/** By when something must be done, or when something ends. */
		deadline: instant('deadline'),
		/** Why: a clause, or another reason of the machine; never what the facts are. Empty where there is none. */
		code: text('code').notNull(),
		/** What must not be told twice has a name of its own. */
		once: text('once'),
		at: instant('at').notNull(),
		seenAt: instant('seen_at'),
		/** When the mail server took the mail that it is in. */
		mailedAt: instant('mailed_at'),
		/** When to look whether to mail it; null once that is settled. */
		mailAt: instant('mail_at'),
		mailId: uuid('mail_id').references(() => mails.id, { onDelete: 'set null' }),
		/** Why it is in no mail: switched off, no server, or it no longer mattered. */
		unmailedCode: text('unmailed_code'),
	},
	(t) => [
		index('notices_unseen_idx')
			.on(t.personId, t.at)
			.where(sql`${t.seenAt} is null`),
		index('notices_person_idx').on(t.personId, t.at),
		index('notices_request_idx').on(t.requestId),
		index('notices_mail_idx').on(t.mailId),
		index('notices_to_mail_idx')
			.on(t.mailAt)
			.where(sql`${t.mailAt} is not null`),
		uniqueIndex('notices_once_key')
			.on(t.personId, t.once)
			.where(sql`${t.once} is not null`),
		check('notices_one_subject', sql`${t.requestId} is null or ${t.subject} is null`),
		check('notices_subject', sql`${t.subject} is not null or ${t.subjectId} is null`),
		check('notices_mail', sql`${t.mailAt} is null or (${t.mailId} is null and ${t.unmailedCode} is null)`),
	],
)

/** How somebody wants to be told by mail; who has no row has the defaults. */
export const noticePreferences = pgTable(
	'notice_preferences',
	{
		personId: uuid('person_id')
			.primaryKey()
			.references(() => people.id),
		language: text('language').notNull(),
		zone: text('zone').notNull(),
		/** Minutes of the local day; null where there are no quiet hours. */
		quietFrom: integer('quiet_from'),
		quietUntil: integer('quiet_until'),
		digestHour: integer('digest_hour').notNull(),
		modes: jsonb('modes').$type<Partial<Record<Topic, MailMode>>>().notNull(),
		changedAt: instant('changed_at').notNull(),
	},
	(t) => [
		check('notice_preferences_language', sql`${t.language} in ('en', 'de')`),
		check('notice_preferences_quiet', sql`(${t.quietFrom} is null) = (${t.quietUntil} is null)`),
		check('notice_preferences_hour', sql`${t.digestHour} between 0 and 23`),
	],
)

/** How the mail server is: one row. Trouble of the server is no fault of the mails, which wait for it. */
export const mailServer = pgTable(
	'mail_server',
	{
		id: integer('id').primaryKey().default(1),
		troubleCode: text('trouble_code'),
		troubleSince: instant('trouble_since'),
		failures: integer('failures').notNull().default(0),
		/** Not tried again before. */
		notBefore: instant('not_before'),
		/** Officers were told of this trouble. */
		told: boolean('told').notNull().default(false),
		lastSentAt: instant('last_sent_at'),
	},
	(t) => [
		check('mail_server_one', sql`${t.id} = 1`),
		check('mail_server_trouble', sql`(${t.troubleCode} is null) = (${t.troubleSince} is null)`),
	],
)

export const webhookFormat = pgEnum('webhook_format', WEBHOOK_FORMATS)

/** Where others are told: a channel of Teams or Slack, or a SIEM. The address is encrypted: it is often a key itself. */
export const webhooks = pgTable(
	'webhooks',
	{
		id: id(),
		name: text('name').notNull(),
		host: text('host').notNull(),
		format: webhookFormat('format').notNull(),
		language: text('language').notNull(),
		topics: text('topics').array().$type<Topic[]>().notNull(),
		urlKeyId: text('url_key_id').notNull(),
		urlNonce: bytea('url_nonce').notNull(),
		urlTag: bytea('url_tag').notNull(),
		urlBytes: bytea('url_bytes').notNull(),
		createdBy: uuid('created_by')
			.notNull()
			.references(() => people.id),
		createdAt: instant('created_at').notNull(),
		/** Since when it has taken nothing; null while it does. */
		failingSince: instant('failing_since'),
		failures: integer('failures').notNull().default(0),
		/** Left alone until then, so that a dead address is not called for everything that waits. */
		notBefore: instant('not_before'),
		/** Called no more by itself since then, until an officer lets it go on. */
		disabledAt: instant('disabled_at'),
		/** Taken away. */
		endedAt: instant('ended_at'),
	},
	(t) => [
		index('webhooks_creator_idx').on(t.createdBy),
		check('webhooks_language', sql`${t.language} in ('en', 'de')`),
	],
)

/** The keys that a webhook signs with. The secret is derived from the server's own key and this id, and is in no table. */
export const webhookKeys = pgTable(
	'webhook_keys',
	{
		id: id(),
		webhookId: uuid('webhook_id')
			.notNull()
			.references(() => webhooks.id),
		createdAt: instant('created_at').notNull(),
		endsAt: instant('ends_at'),
	},
	(t) => [index('webhook_keys_webhook_idx').on(t.webhookId)],
)

export const deliveryState = pgEnum('delivery_state', ['waiting', 'sent', 'dead'])

/** What is to be delivered to a webhook, and what came of it. */
export const webhookDeliveries = pgTable(
	'webhook_deliveries',
	{
		/** Also the `webhook-id`, the same at every attempt. */
		id: id(),
		webhookId: uuid('webhook_id')
			.notNull()
			.references(() => webhooks.id),
		event: jsonb('event').$type<Omit<WebhookEvent, 'link' | 'number'>>().notNull(),
		state: deliveryState('state').notNull(),
		failures: integer('failures').notNull(),
		nextAt: instant('next_at').notNull(),
		/** The last answer: a status, or why there was none. */
		code: text('code'),
		madeAt: instant('made_at').notNull(),
		doneAt: instant('done_at'),
	},
	(t) => [
		index('webhook_deliveries_webhook_idx').on(t.webhookId, t.madeAt),
		index('webhook_deliveries_waiting_idx')
			.on(t.nextAt)
			.where(sql`${t.state} = 'waiting'`),
		index('webhook_deliveries_done_idx')
			.on(t.doneAt)
			.where(sql`${t.doneAt} is not null`),
		check('webhook_deliveries_done', sql`(${t.state} = 'waiting') = (${t.doneAt} is null)`),
	],
)
