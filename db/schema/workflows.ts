import { sql } from 'drizzle-orm'
import { check, index, integer, jsonb, pgEnum, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.ts'

export const workflowKind = pgEnum('workflow_kind', [
	'request',
	'grant',
	'amendment',
	'vetting',
	'break_glass',
	'lockbox',
	'finding',
])

/** Deadlines of the statecharts (`after` transitions), saved with the state and fired by the worker. */
export const timers = pgTable(
	'timers',
	{
		workflow: workflowKind('workflow').notNull(),
		workflowId: uuid('workflow_id').notNull(),
		name: text('name').notNull(),
		event: text('event').notNull(),
		dueAt: instant('due_at').notNull(),
	},
	(t) => [primaryKey({ columns: [t.workflow, t.workflowId, t.name] }), index('timers_due_idx').on(t.dueAt)],
)

/** Every event that a workflow took, in order: replaying them gives the stored state. Rows never change. */
export const workflowEvents = pgTable(
	'workflow_events',
	{
		workflow: workflowKind('workflow').notNull(),
		workflowId: uuid('workflow_id').notNull(),
		/** The version that this event led to; 1 holds the input that began the workflow. */
		version: integer('version').notNull(),
		event: jsonb('event').$type<{ type: string } & Record<string, unknown>>().notNull(),
		/** The state that the event led to. */
		state: text('state').notNull(),
		actorId: uuid('actor_id'),
		entryId: uuid('entry_id').notNull(),
		at: instant('at').notNull(),
	},
	(t) => [
		primaryKey({ columns: [t.workflow, t.workflowId, t.version] }),
		check('workflow_events_version_positive', sql`${t.version} > 0`),
	],
)
