import { sql } from 'drizzle-orm'
import { check, index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import type { Weekday } from '#workflows/lockbox/shifts.ts'
import { id, instant } from './columns.ts'
import { people } from './people.ts'
import { providerBoundaries } from './provider-boundaries.ts'

const boundary = () =>
	uuid('boundary_id')
		.notNull()
		.references(() => providerBoundaries.id)
const person = (name: string) =>
	uuid(name)
		.notNull()
		.references(() => people.id)

/** Who holds the provider's role for a boundary, as an officer recorded it with what shows it. */
export const providerHolders = pgTable(
	'provider_holders',
	{
		id: id(),
		boundaryId: boundary(),
		personId: person('person_id'),
		validFrom: instant('valid_from').notNull(),
		/** When it was to end, or was ended; null: no end is known. */
		validUntil: instant('valid_until'),
		/** What shows it; erasable. */
		evidence: text('evidence').notNull(),
		recordedBy: person('recorded_by'),
		recordedAt: instant('recorded_at').notNull(),
		entryId: uuid('entry_id').notNull(),
		endEntryId: uuid('end_entry_id'),
	},
	(t) => [
		index('provider_holders_boundary_idx').on(t.boundaryId, t.validUntil),
		index('provider_holders_person_idx').on(t.personId),
		index('provider_holders_recorder_idx').on(t.recordedBy),
		check('provider_holders_interval', sql`${t.validUntil} is null or ${t.validUntil} >= ${t.validFrom}`),
	],
)

/** When the tenant was last asked who holds the directory role of a boundary, and what stood in the way. */
export const providerReadings = pgTable('provider_readings', {
	boundaryId: uuid('boundary_id')
		.primaryKey()
		.references(() => providerBoundaries.id),
	/** When it answered; null: never yet. */
	readAt: instant('read_at'),
	triedAt: instant('tried_at').notNull(),
	/** The tenant's own word for what stood in the way the last time; null where it answered. */
	trouble: text('trouble'),
})

/** What the tenant answered: each account that holds the role, or could activate it and has not. */
export const providerSightings = pgTable(
	'provider_sightings',
	{
		id: id(),
		boundaryId: boundary(),
		/** Object id in Entra, in lower case; whether it is of somebody known here is found when it is looked at. */
		objectId: text('object_id').notNull(),
		kind: text('kind').$type<'active' | 'eligible'>().notNull(),
		validFrom: instant('valid_from'),
		validUntil: instant('valid_until'),
	},
	(t) => [
		index('provider_sightings_boundary_idx').on(t.boundaryId),
		check('provider_sightings_kind', sql`${t.kind} in ('active', 'eligible')`),
	],
)

/** Who is on duty for a boundary: weeks, and single exceptions. A boundary without any counts its holders at all hours. */
export const providerShifts = pgTable(
	'provider_shifts',
	{
		id: id(),
		boundaryId: boundary(),
		personId: person('person_id'),
		kind: text('kind').$type<'weekly' | 'on' | 'off'>().notNull(),
		/** Weekly: on which days it begins, and its local times such as 22:00 in which zone. */
		days: text('days').array().$type<Weekday[]>(),
		startsAt: text('starts_at'),
		endsAt: text('ends_at'),
		zone: text('zone'),
		validFrom: instant('valid_from').notNull(),
		validUntil: instant('valid_until'),
		recordedBy: person('recorded_by'),
		recordedAt: instant('recorded_at').notNull(),
		entryId: uuid('entry_id').notNull(),
		/** Taken out of the plan. */
		removedAt: instant('removed_at'),
		removeEntryId: uuid('remove_entry_id'),
	},
	(t) => [
		index('provider_shifts_boundary_idx').on(t.boundaryId),
		index('provider_shifts_person_idx').on(t.personId),
		index('provider_shifts_recorder_idx').on(t.recordedBy),
		check('provider_shifts_kind', sql`${t.kind} in ('weekly', 'on', 'off')`),
		check(
			'provider_shifts_week',
			sql`(${t.kind} = 'weekly') = (${t.days} is not null and ${t.startsAt} is not null and ${t.endsAt} is not null and ${t.zone} is not null)`,
		),
		check(
			'provider_shifts_interval',
			sql`case when ${t.validUntil} is null then ${t.kind} = 'weekly' else ${t.validUntil} > ${t.validFrom} end`,
		),
	],
)

/** A stretch with too few people that was found ahead, and what was told of it; so that it is told once. */
export const coverageGaps = pgTable(
	'coverage_gaps',
	{
		id: id(),
		/** The boundary, or the stage of the lockbox, that it is a gap of. */
		row: text('row').notNull(),
		startsAt: instant('starts_at').notNull(),
		endsAt: instant('ends_at').notNull(),
		/** The nearest warning that was given: a week ahead, a day ahead, at its beginning. */
		told: text('told').$type<'nothing' | 'week' | 'day' | 'begun'>().notNull(),
		foundAt: instant('found_at').notNull(),
		/** It is over, or there will be enough people after all. */
		closedAt: instant('closed_at'),
	},
	(t) => [
		index('coverage_gaps_open_idx')
			.on(t.row, t.startsAt)
			.where(sql`${t.closedAt} is null`),
		check('coverage_gaps_told', sql`${t.told} in ('nothing', 'week', 'day', 'begun')`),
		check('coverage_gaps_interval', sql`${t.endsAt} > ${t.startsAt}`),
	],
)
