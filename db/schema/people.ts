import { sql, type SQL } from 'drizzle-orm'
import {
	boolean,
	check,
	foreignKey,
	index,
	pgEnum,
	pgTable,
	text,
	uniqueIndex,
	uuid,
	type AnyPgColumn,
} from 'drizzle-orm/pg-core'
import { FACT_SOURCES } from '#workflows/ledger/primitives.schema.ts'
import { id, instant, tsvector } from './columns.ts'
import { evidenceFiles } from './evidence.ts'
import { badgeEvents } from './presence.ts'

export const people = pgTable(
	'people',
	{
		id: id(),
		displayName: text('display_name').notNull(),
		userPrincipalName: text('user_principal_name').notNull(),
		entraObjectId: uuid('entra_object_id').notNull(),
		employer: text('employer').notNull(),
		personnelNumber: text('personnel_number'),
		/** Who manages this person; officers do not act on cases in their own line. */
		managerId: uuid('manager_id').references((): AnyPgColumn => people.id),
		/** Key of the sample persona, for the enrolment links printed at start; null for everybody else. */
		persona: text('persona'),
		createdAt: instant('created_at').notNull(),
		/** The words by which a person is found; see `person-search.ts`. Follows the row, so that erasing needs no thought of it. Capitals with accents are named, since a server with the locale C knows no small letter for them. */
		words: tsvector('words').generatedAlwaysAs(
			(): SQL =>
				sql`to_tsvector('simple', lower(translate(display_name || ' ' || user_principal_name || ' ' || employer || ' ' || coalesce(personnel_number, ''), 'àáâãäåāăąçćčďđèéêëēęěìíîïīłñńňòóôõöøōőřśšşťțùúûüūůűýÿźżžÀÁÂÃÄÅĀĂĄÇĆČĎĐÈÉÊËĒĘĚÌÍÎÏĪŁÑŃŇÒÓÔÕÖØŌŐŘŚŠŞŤȚÙÚÛÜŪŮŰÝŸŹŻŽ@.-_/', 'aaaaaaaaacccddeeeeeeeiiiiilnnnoooooooorsssttuuuuuuuyyzzzaaaaaaaaacccddeeeeeeeiiiiilnnnoooooooorsssttuuuuuuuyyzzz     ')))`,
		),
	},
	(t) => [
		uniqueIndex('people_upn_key').on(sql`lower(${t.userPrincipalName})`),
		uniqueIndex('people_entra_object_key').on(t.entraObjectId),
		uniqueIndex('people_personnel_number_key').on(t.personnelNumber),
		index('people_name_idx').on(t.displayName, t.id),
		index('people_manager_idx').on(t.managerId),
		index('people_words_idx').using('gin', t.words),
		check('people_own_manager', sql`${t.managerId} <> ${t.id}`),
	],
)

export const factSource = pgEnum('fact_source', FACT_SOURCES)

/**
 * Columns of every fact: when it holds, when we learnt of it, where it came from, what it rests on, and who recorded and
 * verified it. Nothing of them is ever overwritten: a correction is a row of its own that names what it corrects, and the
 * last six are set once (the application's role may update no other column).
 */
const fact = () => ({
	id: id(),
	personId: uuid('person_id')
		.notNull()
		.references(() => people.id),
	validFrom: instant('valid_from').notNull(),
	validUntil: instant('valid_until'),
	recordedAt: instant('recorded_at').notNull(),
	recordedBy: uuid('recorded_by').references(() => people.id),
	source: factSource('source').notNull().default('import'),
	evidence: text('evidence').notNull(),
	evidenceFileId: uuid('evidence_file_id').references(() => evidenceFiles.id),
	/** The fact that this one corrects. */
	corrects: uuid('corrects'),
	verifiedAt: instant('verified_at'),
	verifiedBy: uuid('verified_by').references(() => people.id),
	/** Since when it is known to be wrong. */
	retractedAt: instant('retracted_at'),
	retractedBy: uuid('retracted_by').references(() => people.id),
	retractionReason: text('retraction_reason'),
})

type FactColumns = Record<
	| 'id'
	| 'personId'
	| 'validFrom'
	| 'validUntil'
	| 'recordedBy'
	| 'verifiedAt'
	| 'verifiedBy'
	| 'retractedAt'
	| 'retractedBy'
	| 'retractionReason'
	| 'corrects'
	| 'evidenceFileId',
	AnyPgColumn
>

/** What holds for the columns of every fact. */
const factRules = (name: string, t: FactColumns) => [
	index(`${name}_recorder_idx`).on(t.recordedBy),
	index(`${name}_verifier_idx`).on(t.verifiedBy),
	index(`${name}_retractor_idx`).on(t.retractedBy),
	index(`${name}_evidence_idx`).on(t.evidenceFileId),
	uniqueIndex(`${name}_corrects_key`).on(t.corrects),
	foreignKey({ name: `${name}_corrects_fk`, columns: [t.corrects], foreignColumns: [t.id] }),
	check(`${name}_interval`, sql`${t.validUntil} is null or ${t.validUntil} > ${t.validFrom}`),
	check(`${name}_verified`, sql`(${t.verifiedAt} is null) = (${t.verifiedBy} is null)`),
	check(
		`${name}_retracted`,
		sql`${t.retractedAt} is not null or (${t.retractedBy} is null and ${t.retractionReason} is null)`,
	),
]

export const citizenshipDocument = pgEnum('citizenship_document', [
	'passport',
	'identity_card',
	'certificate',
	'register',
	'declaration',
])

export const citizenships = pgTable(
	'citizenships',
	{
		...fact(),
		country: text('country').notNull(),
		/** What was shown, and who issued it; null for facts of before it was asked for. */
		document: citizenshipDocument('document'),
		issuer: text('issuer'),
	},
	(t) => [
		index('citizenships_person_idx').on(t.personId),
		index('citizenships_country_idx').on(t.country),
		check('citizenships_country', sql`${t.country} ~ '^[A-Z]{2}$'`),
		...factRules('citizenships', t),
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
		index('clearances_level_idx').on(t.scheme, t.level),
		/** What ends, and what has ended: an officer's home page asks for both. */
		index('clearances_ending_idx')
			.on(t.validUntil)
			.where(sql`${t.state} = 'granted' and ${t.retractedAt} is null`),
		...factRules('clearances', t),
	],
)

export const appointments = pgTable('appointments', { ...fact(), role: text('role').notNull() }, (t) => [
	index('appointments_person_idx').on(t.personId),
	index('appointments_role_idx').on(t.role),
	...factRules('appointments', t),
])

export const facilityAuthorisations = pgTable(
	'facility_authorisations',
	{ ...fact(), facility: text('facility').notNull() },
	(t) => [
		index('facility_authorisations_person_idx').on(t.personId),
		index('facility_authorisations_facility_idx').on(t.facility),
		...factRules('facility_authorisations', t),
	],
)

export const residenceStatus = pgEnum('residence_status', ['resident', 'permanent', 'protected'])

export const residences = pgTable(
	'residences',
	{ ...fact(), country: text('country').notNull(), status: residenceStatus('status').notNull() },
	(t) => [
		index('residences_person_idx').on(t.personId),
		check('residences_country', sql`${t.country} ~ '^[A-Z]{2}$'`),
		...factRules('residences', t),
	],
)

export const attendanceKind = pgEnum('attendance_kind', ['briefing', 'training'])

/** Briefings and courses that a person attended; `valid_from` is the day. */
export const attendances = pgTable(
	'attendances',
	{ ...fact(), kind: attendanceKind('kind').notNull(), key: text('key').notNull() },
	(t) => [index('attendances_person_idx').on(t.personId), ...factRules('attendances', t)],
)

/** Special categories that a person was read in to, beside the level of their clearance. */
export const readIns = pgTable('read_ins', { ...fact(), caveat: text('caveat').notNull() }, (t) => [
	index('read_ins_person_idx').on(t.personId),
	...factRules('read_ins', t),
])

/** Agreements that a person signed: of secrecy, of acceptable use. */
export const agreements = pgTable(
	'agreements',
	{ ...fact(), key: text('key').notNull(), party: text('party').notNull() },
	(t) => [index('agreements_person_idx').on(t.personId), ...factRules('agreements', t)],
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
		index('employments_employer_idx').on(sql`lower(${t.employer})`),
		index('employments_ending_idx')
			.on(t.validUntil)
			.where(sql`${t.validUntil} is not null and ${t.retractedAt} is null`),
		...factRules('employments', t),
	],
)

export const travelVerdict = pgEnum('travel_verdict', ['approved', 'refused'])

/** Journeys abroad: approved before departure (`valid_from`), debriefed after the return (`valid_until`). */
export const travels = pgTable(
	'travels',
	{
		...fact(),
		countries: text('countries').array().notNull(),
		itinerary: text('itinerary').notNull(),
		verdict: travelVerdict('verdict'),
		decidedAt: instant('decided_at'),
		decidedBy: uuid('decided_by').references(() => people.id),
		debriefedAt: instant('debriefed_at'),
		debriefedBy: uuid('debriefed_by').references(() => people.id),
	},
	(t) => [
		index('travels_person_idx').on(t.personId),
		/** Journeys that somebody must still look at. */
		index('travels_open_idx')
			.on(t.validUntil)
			.where(sql`${t.retractedAt} is null and ${t.debriefedAt} is null`),
		index('travels_decider_idx').on(t.decidedBy),
		index('travels_debriefer_idx').on(t.debriefedBy),
		check('travels_end', sql`${t.validUntil} is not null`),
		check('travels_decided', sql`(${t.verdict} is null) = (${t.decidedAt} is null)`),
		check('travels_debriefed', sql`(${t.debriefedAt} is null) = (${t.debriefedBy} is null)`),
		...factRules('travels', t),
	],
)

/** Visits elsewhere that were announced: from the first day (`valid_from`) until the day after the last. */
export const visits = pgTable(
	'visits',
	{
		...fact(),
		host: text('host').notNull(),
		country: text('country').notNull(),
		contact: text('contact').notNull(),
		purpose: text('purpose').notNull(),
		/** The clearance that was certified to the host. */
		scheme: text('scheme').notNull(),
		level: text('level').notNull(),
	},
	(t) => [
		index('visits_person_idx').on(t.personId),
		check('visits_end', sql`${t.validUntil} is not null`),
		check('visits_country', sql`${t.country} ~ '^[A-Z]{2}$'`),
		...factRules('visits', t),
	],
)

/** Reportable events: open until somebody has triaged them. `valid_from` is the day of the event. */
export const reportableEvents = pgTable(
	'reportable_events',
	{
		...fact(),
		event: text('event').notNull(),
		details: text('details').notNull(),
		reporter: text('reporter').notNull(),
		severity: text('severity').notNull(),
		triagedAt: instant('triaged_at'),
		triagedBy: uuid('triaged_by').references(() => people.id),
		/** What follows from it, in the words of whoever triaged. */
		outcome: text('outcome'),
	},
	(t) => [
		index('reportable_events_person_idx').on(t.personId),
		index('reportable_events_triager_idx').on(t.triagedBy),
		index('reportable_events_open_idx')
			.on(t.recordedAt)
			.where(sql`${t.triagedAt} is null and ${t.retractedAt} is null`),
		check('reportable_events_triaged', sql`(${t.triagedAt} is null) = (${t.triagedBy} is null)`),
		...factRules('reportable_events', t),
	],
)

export const presenceSource = pgEnum('presence_source', ['badge', 'network'])

/** What shows a person at a facility. */
export const presences = pgTable(
	'presences',
	{
		...fact(),
		facility: text('facility').notNull(),
		by: presenceSource('by').notNull(),
		/** The event on the way in that shows it; null for what the network shows. */
		badgeEventId: uuid('badge_event_id').references((): AnyPgColumn => badgeEvents.id),
	},
	(t) => [
		index('presences_person_idx').on(t.personId, t.validFrom),
		index('presences_event_idx').on(t.badgeEventId),
		index('presences_facility_idx').on(t.facility, t.validUntil),
		...factRules('presences', t),
	],
)
