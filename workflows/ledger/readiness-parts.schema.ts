import { z } from 'zod'
import { count, id, instant, sha256Hex } from './primitives.schema.ts'

/** How many tasks of a plan one entry tells of; a longer plan is told in several. */
export const MOST_PLANNED_IN_ENTRY = 200

/** What lies open in the entries of readiness reports and of the plan that follows from them. */
export const READINESS_OPEN = {
	/** A readiness report was made: what the tenant held at `readAt`, judged by a version of the charter. */
	'readiness.reported': z.strictObject({
		reportId: id,
		source: z.enum(['tenant', 'files']),
		readAt: instant,
		charterVersion: z.int().min(1),
		/** The entry of that version. Absent, as the next two, in reports that were made before plans were recorded. */
		charterEntry: id.optional(),
		/** Of the canonical form of what was read. */
		readSha256: sha256Hex.optional(),
		/** How many files were judged, and one digest of all (see `filesDigest`); absent where the tenant itself was read. */
		files: z.strictObject({ count: z.int().min(1), sha256: sha256Hex }).optional(),
		/** Of each file that was judged, in order: in its place in reports of before, of as many as an entry holds. */
		filesSha256: z.array(sha256Hex).min(1).max(5000).optional(),
		/** Of the canonical form of the report, which names accounts by id alone. */
		reportSha256: sha256Hex,
		/** Whole percent, rounded down. */
		score: z.int().min(0).max(100),
		problems: count,
	}),
	/** What a report made of the plan: tasks that are new, that were found again, and that it did not find any more. */
	'readiness.planned': z.strictObject({
		reportId: id,
		found: z.array(z.strictObject({ taskId: id, dueOn: z.iso.date() })).max(MOST_PLANNED_IN_ENTRY),
		again: z.array(id).max(MOST_PLANNED_IN_ENTRY),
		/** Of those found again, the new dates of what had been mended; absent where there are none, and of before they got any. */
		dueAgain: z
			.array(z.strictObject({ taskId: id, dueOn: z.iso.date() }))
			.max(MOST_PLANNED_IN_ENTRY)
			.optional(),
		mended: z.array(id).max(MOST_PLANNED_IN_ENTRY),
	}),
	/** Somebody changed a task of the plan; who owns it and the note are sealed. */
	'readiness.task_changed': z.strictObject({
		taskId: id,
		dueOn: z.iso.date(),
		done: z.boolean(),
	}),
} as const

/** What is sealed in them: what is wrong in a tenant is what an attacker would like to know. */
export const READINESS_SEALED = {
	'readiness.planned': {
		plan: z.strictObject({ tasks: z.array(z.strictObject({ taskId: id, what: z.string() })) }),
	},
	'readiness.task_changed': {
		change: z.strictObject({ what: z.string(), ownerId: id.nullable(), note: z.string() }),
	},
} as const
