import { sql } from 'drizzle-orm'
import { check, index, pgEnum, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { id, instant } from './columns.ts'
import { people } from './people.ts'

/** An officer stopped a person. It holds until two others lift it; the row is closed then and never reopened. */
export const suspensions = pgTable(
	'suspensions',
	{
		id: id(),
		personId: uuid('person_id')
			.notNull()
			.references(() => people.id),
		officerId: uuid('officer_id')
			.notNull()
			.references(() => people.id),
		reason: text('reason').notNull(),
		at: instant('at').notNull(),
		entryId: uuid('entry_id').notNull(),
		liftedAt: instant('lifted_at'),
		liftEntryId: uuid('lift_entry_id'),
	},
	(t) => [
		index('suspensions_person_idx').on(t.personId, t.at),
		index('suspensions_officer_idx').on(t.officerId),
		/** One at a time: two officers who press at once stop a person once. */
		uniqueIndex('suspensions_open_key')
			.on(t.personId)
			.where(sql`${t.liftedAt} is null`),
		check('suspensions_other', sql`${t.officerId} <> ${t.personId}`),
		check('suspensions_interval', sql`${t.liftedAt} is null or ${t.liftedAt} > ${t.at}`),
		check('suspensions_lifted', sql`(${t.liftedAt} is null) = (${t.liftEntryId} is null)`),
	],
)

/** That a suspension be lifted: proposed by one officer, confirmed by another. */
export const suspensionLifts = pgTable(
	'suspension_lifts',
	{
		id: id(),
		suspensionId: uuid('suspension_id')
			.notNull()
			.references(() => suspensions.id),
		proposedBy: uuid('proposed_by')
			.notNull()
			.references(() => people.id),
		reason: text('reason').notNull(),
		at: instant('at').notNull(),
		entryId: uuid('entry_id').notNull(),
		confirmedBy: uuid('confirmed_by').references(() => people.id),
	},
	(t) => [
		uniqueIndex('suspension_lifts_one_key').on(t.suspensionId),
		index('suspension_lifts_proposer_idx').on(t.proposedBy),
		index('suspension_lifts_confirmer_idx').on(t.confirmedBy),
		check('suspension_lifts_two', sql`${t.confirmedBy} is null or ${t.confirmedBy} <> ${t.proposedBy}`),
	],
)

export const suspensionEffect = pgEnum('suspension_effect', [
	'request',
	'approval',
	'grant',
	'session',
	'link',
	'amendment',
	'tenant_sessions',
	'lockbox',
	'lockbox_approval',
])

/** What a suspension ended, each with the entry that says so, so that an officer can watch it until it is confirmed. */
export const suspensionEffects = pgTable(
	'suspension_effects',
	{
		suspensionId: uuid('suspension_id')
			.notNull()
			.references(() => suspensions.id),
		effect: suspensionEffect('effect').notNull(),
		/** The request, grant, session, link or amendment; of the tenant's sessions, the person. */
		targetId: uuid('target_id').notNull(),
		/** Null while nobody has confirmed it; a grant is confirmed by its own state. */
		confirmedAt: instant('confirmed_at'),
	},
	(t) => [primaryKey({ columns: [t.suspensionId, t.effect, t.targetId] })],
)

export const alarmSubject = pgEnum('alarm_subject', ['request', 'grant', 'timer'])

/** What the sweep found that should have ended before: shown until an officer has seen it. */
export const lapseAlarms = pgTable(
	'lapse_alarms',
	{
		id: id(),
		what: alarmSubject('what').notNull(),
		targetId: uuid('target_id').notNull(),
		code: text('code').notNull(),
		at: instant('at').notNull(),
		entryId: uuid('entry_id').notNull(),
		acknowledgedAt: instant('acknowledged_at'),
		acknowledgedBy: uuid('acknowledged_by').references(() => people.id),
	},
	(t) => [
		/** What is still not seen is not told again at every sweep. */
		uniqueIndex('lapse_alarms_open_key')
			.on(t.what, t.targetId, t.code)
			.where(sql`${t.acknowledgedAt} is null`),
		index('lapse_alarms_acknowledger_idx').on(t.acknowledgedBy),
		check('lapse_alarms_acknowledged', sql`(${t.acknowledgedAt} is null) = (${t.acknowledgedBy} is null)`),
	],
)
