import { sql } from 'drizzle-orm'
import {
	boolean,
	check,
	index,
	pgEnum,
	pgTable,
	text,
	uniqueIndex,
	uuid,
	type AnyPgColumn,
} from 'drizzle-orm/pg-core'
import { id, instant } from './columns.ts'

export const people = pgTable(
	'people',
	{
		id: id(),
		displayName: text('display_name').notNull(),
		userPrincipalName: text('user_principal_name').notNull(),
		entraObjectId: uuid('entra_object_id').notNull(),
		employer: text('employer').notNull(),
		/** Key of the sample persona, for the enrolment links printed at start; null for everybody else. */
		persona: text('persona'),
		/** Who manages this person; officers do not act on cases in their own line. */
		managerId: uuid('manager_id').references((): AnyPgColumn => people.id),
		createdAt: instant('created_at').notNull(),
	},
	(t) => [
		uniqueIndex('people_upn_key').on(sql`lower(${t.userPrincipalName})`),
		uniqueIndex('people_entra_object_key').on(t.entraObjectId),
		index('people_name_idx').on(t.displayName, t.id),
		index('people_manager_idx').on(t.managerId),
		check('people_own_manager', sql`${t.managerId} <> ${t.id}`),
	],
)

/** Columns of every fact: when it holds, when we learnt of it, and who recorded it on which evidence. */
const fact = () => ({
	id: id(),
	personId: uuid('person_id')
		.notNull()
		.references(() => people.id),
	validFrom: instant('valid_from').notNull(),
	validUntil: instant('valid_until'),
	recordedAt: instant('recorded_at').notNull(),
	recordedBy: uuid('recorded_by').references(() => people.id),
	/** Since when it is known to be wrong; a correction is a row of its own. */
	retractedAt: instant('retracted_at'),
	evidence: text('evidence').notNull(),
})

export const citizenships = pgTable(
	'citizenships',
	{ ...fact(), country: text('country').notNull() },
	(t) => [
		index('citizenships_person_idx').on(t.personId),
		index('citizenships_recorder_idx').on(t.recordedBy),
		check('citizenships_interval', sql`${t.validUntil} is null or ${t.validUntil} > ${t.validFrom}`),
		check('citizenships_country', sql`${t.country} ~ '^[A-Z]{2}$'`),
	],
)

export const clearanceState = pgEnum('clearance_state', ['granted', 'suspended', 'revoked'])

export const clearances = pgTable(
	'clearances',
	{
		...fact(),
		scheme: text('scheme').notNull(),
		level: text('level').notNull(),
		issuer: text('issuer').notNull(),
		state: clearanceState('state').notNull(),
		/** One clearance through its states: the rows that tell its history share this. Null: it has this row alone. */
		clearanceId: uuid('clearance_id'),
		/** What it hangs on beside the person, where its scheme knows such a thing. */
		post: text('post'),
		sponsorId: uuid('sponsor_id').references(() => people.id),
		/** The authority's words, where it was granted with conditions. */
		conditions: text('conditions'),
		/** When the authority issued it; `valid_from` is since when it counts here. Null: the same day. */
		issuedAt: instant('issued_at'),
	},
	(t) => [
		index('clearances_history_idx').on(t.clearanceId),
		index('clearances_sponsor_idx').on(t.sponsorId),
		index('clearances_person_idx').on(t.personId),
		index('clearances_recorder_idx').on(t.recordedBy),
		check('clearances_interval', sql`${t.validUntil} is null or ${t.validUntil} > ${t.validFrom}`),
	],
)

export const appointments = pgTable('appointments', { ...fact(), role: text('role').notNull() }, (t) => [
	index('appointments_person_idx').on(t.personId),
	index('appointments_role_idx').on(t.role),
	index('appointments_recorder_idx').on(t.recordedBy),
	check('appointments_interval', sql`${t.validUntil} is null or ${t.validUntil} > ${t.validFrom}`),
])

export const facilityAuthorisations = pgTable(
	'facility_authorisations',
	{ ...fact(), facility: text('facility').notNull() },
	(t) => [
		index('facility_authorisations_person_idx').on(t.personId),
		index('facility_authorisations_recorder_idx').on(t.recordedBy),
		check(
			'facility_authorisations_interval',
			sql`${t.validUntil} is null or ${t.validUntil} > ${t.validFrom}`,
		),
	],
)

export const residenceStatus = pgEnum('residence_status', ['resident', 'permanent', 'protected'])

export const residences = pgTable(
	'residences',
	{ ...fact(), country: text('country').notNull(), status: residenceStatus('status').notNull() },
	(t) => [
		index('residences_person_idx').on(t.personId),
		index('residences_recorder_idx').on(t.recordedBy),
		check('residences_interval', sql`${t.validUntil} is null or ${t.validUntil} > ${t.validFrom}`),
		check('residences_country', sql`${t.country} ~ '^[A-Z]{2}$'`),
	],
)

export const attendanceKind = pgEnum('attendance_kind', ['briefing', 'training'])

/** Briefings and courses that a person attended; `valid_from` is the day. */
export const attendances = pgTable(
	'attendances',
	{ ...fact(), kind: attendanceKind('kind').notNull(), key: text('key').notNull() },
	(t) => [
		index('attendances_person_idx').on(t.personId),
		index('attendances_recorder_idx').on(t.recordedBy),
		check('attendances_interval', sql`${t.validUntil} is null or ${t.validUntil} > ${t.validFrom}`),
	],
)

/** For whom a person works, and as whose subcontractor. */
export const employments = pgTable(
	'employments',
	{
		...fact(),
		employer: text('employer').notNull(),
		under: text('under'),
		/** The contract passes the charter's duties on. */
		flowDown: boolean('flow_down').notNull(),
	},
	(t) => [
		index('employments_person_idx').on(t.personId),
		index('employments_recorder_idx').on(t.recordedBy),
		check('employments_interval', sql`${t.validUntil} is null or ${t.validUntil} > ${t.validFrom}`),
	],
)

export const presenceSource = pgEnum('presence_source', ['badge', 'network'])

/** What shows a person at a facility. */
export const presences = pgTable(
	'presences',
	{ ...fact(), facility: text('facility').notNull(), by: presenceSource('by').notNull() },
	(t) => [
		index('presences_person_idx').on(t.personId, t.validFrom),
		index('presences_recorder_idx').on(t.recordedBy),
		check('presences_interval', sql`${t.validUntil} is null or ${t.validUntil} > ${t.validFrom}`),
	],
)
