import { sql } from 'drizzle-orm'
import {
	check,
	date,
	doublePrecision,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	uniqueIndex,
	uuid,
} from 'drizzle-orm/pg-core'
import type { FileProblem } from '#workflows/tenant/file-problem.ts'
import type { ReadinessReport } from '#workflows/tenant/readiness/report.schema.ts'
import { bytea, id, instant } from './columns.ts'
import { people } from './people.ts'

/** Readiness reports: what the tenant held when it was read, judged by one charter. They name accounts and people by id alone. */
export const readinessReports = pgTable(
	'readiness_reports',
	{
		id: id(),
		number: integer('number').notNull().generatedAlwaysAsIdentity(),
		madeAt: instant('made_at').notNull(),
		madeBy: uuid('made_by')
			.notNull()
			.references(() => people.id),
		source: text('source').$type<'tenant' | 'files'>().notNull(),
		readAt: instant('read_at').notNull(),
		charterVersion: integer('charter_version').notNull(),
		/** 0 to 1. */
		score: doublePrecision('score').notNull(),
		report: jsonb('report').$type<ReadinessReport>().notNull(),
		entryId: uuid('entry_id').notNull(),
	},
	(t) => [
		uniqueIndex('readiness_reports_number_key').on(t.number),
		index('readiness_reports_maker_idx').on(t.madeBy),
		check('readiness_reports_source', sql`${t.source} in ('tenant', 'files')`),
		check('readiness_reports_score', sql`${t.score} between 0 and 1`),
	],
)

/** What accounts of a report were called when it was made. Apart from the report, so that it is erased with the person. */
export const readinessAccounts = pgTable(
	'readiness_accounts',
	{
		reportId: uuid('report_id')
			.notNull()
			.references(() => readinessReports.id),
		objectId: text('object_id').notNull(),
		name: text('name'),
		upn: text('upn'),
	},
	(t) => [
		primaryKey({ columns: [t.reportId, t.objectId] }),
		index('readiness_accounts_object_idx').on(t.objectId),
	],
)

/** The plan that follows from the reports: one row for each thing to do, whichever reports found it. */
export const readinessTasks = pgTable(
	'readiness_tasks',
	{
		id: id(),
		/** What it is and what it is about: the same in every report. */
		key: text('key').notNull(),
		what: text('what').notNull(),
		about: text('about'),
		count: integer('count').notNull(),
		phase: text('phase').$type<'assessment' | 'cutover'>().notNull(),
		/** Who mends such a thing: the tenant administrator is nobody here. */
		duty: text('duty').notNull(),
		ownerId: uuid('owner_id').references(() => people.id),
		dueOn: date('due_on', { mode: 'string' }).notNull(),
		note: text('note').notNull().default(''),
		doneAt: instant('done_at'),
		doneBy: uuid('done_by').references(() => people.id),
		/** The last report did not find it any more. */
		mendedAt: instant('mended_at'),
		version: integer('version').notNull(),
	},
	(t) => [
		uniqueIndex('readiness_tasks_key').on(t.key),
		index('readiness_tasks_owner_idx').on(t.ownerId),
		index('readiness_tasks_doer_idx').on(t.doneBy),
		index('readiness_tasks_due_idx')
			.on(t.dueOn)
			.where(sql`${t.doneAt} is null and ${t.mendedAt} is null`),
		check('readiness_tasks_done', sql`(${t.doneAt} is null) = (${t.doneBy} is null)`),
		check('readiness_tasks_phase', sql`${t.phase} in ('assessment', 'cutover')`),
	],
)

/** Readings of a tenant, or of files of one, that somebody asked for: done by a job, so that a restart loses none. One of each sort is under way at a time. */
export const readinessReadings = pgTable(
	'readiness_readings',
	{
		id: id(),
		/** What is read: the tenant itself, or files that were exported of one and wait beside (`readiness_file_pieces`). */
		source: text('source').$type<'tenant' | 'files'>().notNull().default('tenant'),
		askedAt: instant('asked_at').notNull(),
		askedBy: uuid('asked_by')
			.notNull()
			.references(() => people.id),
		/** When the tenant began to be read; null while it waits for its turn. Anew after a restart. */
		startedAt: instant('started_at'),
		/** Holders whose ways of signing in were read, of so many; null while the lists are read. */
		done: integer('done'),
		total: integer('total'),
		finishedAt: instant('finished_at'),
		/** The report that came of it. */
		reportId: uuid('report_id').references(() => readinessReports.id),
		/** Why none came of it: a code of ours. */
		trouble: text('trouble'),
		/** What is wrong with which file, the first of them, where that is why. */
		problems: jsonb('problems').$type<FileProblem[]>(),
	},
	(t) => [
		index('readiness_readings_asked_idx').on(t.askedAt),
		index('readiness_readings_asker_idx').on(t.askedBy),
		index('readiness_readings_report_idx').on(t.reportId),
		uniqueIndex('readiness_readings_one_open')
			.on(t.source)
			.where(sql`${t.finishedAt} is null`),
		check('readiness_readings_source', sql`${t.source} in ('tenant', 'files')`),
		check('readiness_readings_problems', sql`${t.problems} is null or ${t.trouble} is not null`),
		check(
			'readiness_readings_outcome',
			sql`(${t.finishedAt} is not null) = (num_nonnulls(${t.reportId}, ${t.trouble}) = 1)`,
		),
		check('readiness_readings_progress', sql`(${t.done} is null) = (${t.total} is null)`),
	],
)

/** Files of a tenant that a report is to be made of, encrypted and in pieces; gone with the end of the reading. */
export const readinessFilePieces = pgTable(
	'readiness_file_pieces',
	{
		readingId: uuid('reading_id')
			.notNull()
			.references(() => readinessReadings.id, { onDelete: 'cascade' }),
		/** The first says what the files are called and how long each is; the others are their bytes, one file after the other. */
		position: integer('position').notNull(),
		keyId: text('key_id').notNull(),
		nonce: bytea('nonce').notNull(),
		tag: bytea('tag').notNull(),
		bytes: bytea('bytes').notNull(),
	},
	(t) => [
		primaryKey({ columns: [t.readingId, t.position] }),
		check('readiness_file_pieces_nonce', sql`octet_length(${t.nonce}) = 12 and octet_length(${t.tag}) = 16`),
	],
)
