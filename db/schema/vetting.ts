import { sql } from 'drizzle-orm'
import {
	bigint,
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
import { VETTING_STATES } from '#workflows/people/vetting-case.events.ts'
import type { VettingContext } from '#workflows/people/vetting-case.machine.ts'
import type { VettingTerms } from '#workflows/ledger/vetting-envelope.schema.ts'
import { id, instant } from './columns.ts'
import { people } from './people.ts'

export const vettingState = pgEnum('vetting_state', VETTING_STATES)

/**
 * Vetting cases. What is known of the person (scheme, level, post, terms) stands in columns that can be erased; the
 * statechart's context holds ids and instants alone.
 */
export const vettingCases = pgTable(
	'vetting_cases',
	{
		id: id(),
		/** The number people say aloud: V-12. */
		number: bigint('number', { mode: 'number' }).generatedAlwaysAsIdentity().notNull(),
		personId: uuid('person_id')
			.notNull()
			.references(() => people.id),
		scheme: text('scheme').notNull(),
		level: text('level').notNull(),
		post: text('post'),
		sponsorId: uuid('sponsor_id').references(() => people.id),
		/** When the clearance is wished for, as asked; the authority decides otherwise. */
		neededFrom: instant('needed_from'),
		neededUntil: instant('needed_until'),
		/** What was decided, as the authority stated it; null before. */
		terms: jsonb('terms').$type<VettingTerms>(),
		/** The same of what one officer has proposed and no second one has confirmed. */
		proposedTerms: jsonb('proposed_terms').$type<VettingTerms>(),
		openedBy: uuid('opened_by')
			.notNull()
			.references(() => people.id),
		/** The two officers of the last act that took two. */
		proposedBy: uuid('proposed_by').references(() => people.id),
		confirmedBy: uuid('confirmed_by').references(() => people.id),
		state: vettingState('state').notNull(),
		/** Copies of the context that lists sort and filter by. */
		dueAt: instant('due_at'),
		papersAsked: boolean('papers_asked').notNull(),
		validUntil: instant('valid_until'),
		context: jsonb('context').$type<VettingContext>().notNull(),
		machineVersion: integer('machine_version').notNull(),
		version: integer('version').notNull(),
		createdAt: instant('created_at').notNull(),
	},
	(t) => [
		uniqueIndex('vetting_cases_number_key').on(t.number),
		index('vetting_cases_person_idx').on(t.personId),
		index('vetting_cases_sponsor_idx').on(t.sponsorId),
		index('vetting_cases_opener_idx').on(t.openedBy),
		index('vetting_cases_proposer_idx').on(t.proposedBy),
		index('vetting_cases_confirmer_idx').on(t.confirmedBy),
		index('vetting_cases_due_idx').on(t.dueAt, t.id),
		index('vetting_cases_state_idx').on(t.state),
		/** One case at a time is on the way to the same clearance of a person. */
		uniqueIndex('vetting_cases_underway_key')
			.on(t.personId, t.scheme, t.level)
			.where(
				sql`${t.state} in ('requested', 'sponsored', 'invited', 'submitted', 'checks_running', 'clarification', 'adjudication', 'granted', 'granted_with_conditions')`,
			),
		check('vetting_cases_version_positive', sql`${t.version} > 0`),
		check('vetting_cases_two_officers', sql`${t.confirmedBy} <> ${t.proposedBy}`),
		check(
			'vetting_cases_not_own',
			sql`${t.personId} not in (${t.proposedBy}, ${t.confirmedBy}, ${t.openedBy})`,
		),
		check('vetting_cases_not_own_sponsor', sql`${t.sponsorId} <> ${t.personId}`),
		check('vetting_cases_needed', sql`${t.neededUntil} > ${t.neededFrom}`),
	],
)

/** What was handed in for a case: who ticked it when, and where it can be found. Never its content. */
export const vettingEvidence = pgTable(
	'vetting_evidence',
	{
		id: id(),
		caseId: uuid('case_id')
			.notNull()
			.references(() => vettingCases.id),
		item: text('item').notNull(),
		/** Number of the document, or where the file lies. */
		reference: text('reference').notNull(),
		/** SHA-256 of the file, hex, where there is one. */
		fileSha256: text('file_sha256'),
		recordedBy: uuid('recorded_by')
			.notNull()
			.references(() => people.id),
		recordedAt: instant('recorded_at').notNull(),
		entryId: uuid('entry_id').notNull(),
	},
	(t) => [
		index('vetting_evidence_case_idx').on(t.caseId, t.recordedAt),
		index('vetting_evidence_recorder_idx').on(t.recordedBy),
		check('vetting_evidence_digest', sql`${t.fileSha256} ~ '^[0-9a-f]{64}$'`),
	],
)
