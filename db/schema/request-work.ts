import { sql } from 'drizzle-orm'
import { check, index, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { requests } from './access.ts'
import { id, instant } from './columns.ts'
import { people } from './people.ts'

/**
 * Which role may decide on which waiting request now, and by when: a row for each role of the open stage. Follows the
 * state of the request in the same transaction, so that a queue is a range of this index however many requests there are.
 */
export const requestsWaiting = pgTable(
	'requests_waiting',
	{
		requestId: uuid('request_id')
			.notNull()
			.references(() => requests.id),
		role: text('role').notNull(),
		decideBy: instant('decide_by').notNull(),
	},
	(t) => [
		primaryKey({ columns: [t.requestId, t.role] }),
		index('requests_waiting_queue_idx').on(t.role, t.decideBy, t.requestId),
	],
)

/** Questions of those who decide and answers of the requester, on a request. The text is erasable. */
export const requestMessages = pgTable(
	'request_messages',
	{
		id: id(),
		requestId: uuid('request_id')
			.notNull()
			.references(() => requests.id),
		authorId: uuid('author_id')
			.notNull()
			.references(() => people.id),
		kind: text('kind').$type<'question' | 'answer'>().notNull(),
		text: text('text').notNull(),
		at: instant('at').notNull(),
		entryId: uuid('entry_id').notNull(),
	},
	(t) => [
		index('request_messages_request_idx').on(t.requestId, t.at),
		index('request_messages_author_idx').on(t.authorId),
		check('request_messages_kind', sql`${t.kind} in ('question', 'answer')`),
	],
)

/** What somebody had typed and not sent: seen by nobody else, and no request yet. */
export const drafts = pgTable(
	'drafts',
	{
		personId: uuid('person_id')
			.notNull()
			.references(() => people.id),
		kind: text('kind').$type<'request' | 'decision'>().notNull(),
		/** The key of the form that is to be filed, or the request that is to be decided on. */
		subject: uuid('subject').notNull(),
		fields: jsonb('fields').$type<Record<string, string>>().notNull(),
		updatedAt: instant('updated_at').notNull(),
	},
	(t) => [
		primaryKey({ columns: [t.personId, t.kind, t.subject] }),
		index('drafts_updated_idx').on(t.updatedAt),
		check('drafts_kind', sql`${t.kind} in ('request', 'decision')`),
	],
)

/** When an approver is away, and who stands in for them where the charter lets that person decide. */
export const absences = pgTable(
	'absences',
	{
		id: id(),
		personId: uuid('person_id')
			.notNull()
			.references(() => people.id),
		standInId: uuid('stand_in_id').references(() => people.id),
		validFrom: instant('valid_from').notNull(),
		/** When it was to end, or was ended. */
		validUntil: instant('valid_until').notNull(),
		recordedAt: instant('recorded_at').notNull(),
		entryId: uuid('entry_id').notNull(),
		endEntryId: uuid('end_entry_id'),
	},
	(t) => [
		index('absences_person_idx').on(t.personId, t.validUntil),
		index('absences_stand_in_idx').on(t.standInId, t.validUntil),
		uniqueIndex('absences_open_key')
			.on(t.personId, t.validFrom)
			.where(sql`${t.endEntryId} is null`),
		check('absences_interval', sql`${t.validUntil} >= ${t.validFrom}`),
		check('absences_other', sql`${t.standInId} is null or ${t.standInId} <> ${t.personId}`),
	],
)
