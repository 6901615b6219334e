import { sql } from 'drizzle-orm'
import { check, index, pgEnum, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
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
		createdAt: instant('created_at').notNull(),
	},
	(t) => [
		uniqueIndex('people_upn_key').on(sql`lower(${t.userPrincipalName})`),
		uniqueIndex('people_entra_object_key').on(t.entraObjectId),
		index('people_name_idx').on(t.displayName, t.id),
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
	},
	(t) => [
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
