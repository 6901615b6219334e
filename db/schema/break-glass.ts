import { sql } from 'drizzle-orm'
import {
	bigint,
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
import { BREAK_GLASS_STATES, type BreakGlassContext } from '#workflows/access/break-glass-context.ts'
import type {
	BreakGlassEnvelope,
	BreakGlassReviewEnvelope,
	OfflineEnvelope,
} from '#workflows/ledger/break-glass-envelope.schema.ts'
import type { Assertion } from '#workflows/ledger/envelope.schema.ts'
import { charterVersions } from './charter.ts'
import { id, instant } from './columns.ts'
import { credentials } from './credentials.ts'
import { people } from './people.ts'

export const breakGlassState = pgEnum('break_glass_state', BREAK_GLASS_STATES)

/** What the form on paper says of a use by the sealed procedure. */
export type OfflineDetails = {
	account: string
	envelope: string
	witnesses: string[]
	from: string
	until: string
}

/** One use of break-glass. The access that comes of it hangs on a request of the same id. */
export const breakGlassUses = pgTable(
	'break_glass_uses',
	{
		id: id(),
		/** The number people say aloud: B-3. */
		number: bigint('number', { mode: 'number' }).generatedAlwaysAsIdentity().notNull(),
		/** Who used it; of an offline use, who opened the envelope. */
		userId: uuid('user_id')
			.notNull()
			.references(() => people.id),
		usingRole: text('using_role').notNull(),
		/** Null for an offline use: what an emergency account may do is not a role of the charter. */
		role: text('role'),
		charterVersionId: uuid('charter_version_id')
			.notNull()
			.references(() => charterVersions.id),
		durationSeconds: integer('duration_seconds').notNull(),
		reason: text('reason').notNull(),
		ticket: text('ticket').notNull(),
		/** SHA-256 of the use as signed. */
		useSha256: text('use_sha256').notNull(),
		/** Null for a use through this app. */
		offline: jsonb('offline').$type<OfflineDetails>(),
		/** The entry that tells of it first. */
		entryId: uuid('entry_id').notNull(),
		state: breakGlassState('state').notNull(),
		context: jsonb('context').$type<BreakGlassContext>().notNull(),
		machineVersion: integer('machine_version').notNull(),
		version: integer('version').notNull(),
		createdAt: instant('created_at').notNull(),
	},
	(t) => [
		uniqueIndex('break_glass_uses_number_key').on(t.number),
		index('break_glass_uses_user_idx').on(t.userId),
		index('break_glass_uses_charter_idx').on(t.charterVersionId),
		/** The debt: one use of a role that waits, runs or is not reviewed bars the next one through this app. */
		uniqueIndex('break_glass_uses_debt_key')
			.on(t.usingRole)
			.where(
				sql`${t.offline} is null and ${t.state} in ('awaitingSecond', 'inUse', 'reviewOwed', 'overdue')`,
			),
		index('break_glass_uses_owing_idx')
			.on(t.id)
			.where(sql`${t.state} in ('awaitingSecond', 'inUse', 'reviewOwed', 'overdue')`),
		check('break_glass_uses_version_positive', sql`${t.version} > 0`),
		check('break_glass_uses_duration_positive', sql`${t.durationSeconds} > 0`),
		check('break_glass_uses_role', sql`(${t.role} is null) = (${t.offline} is not null)`),
	],
)

/** Every signature on a use: of the user, the second officer, the reviewers, and of who recorded an offline use. */
export const breakGlassSignatures = pgTable(
	'break_glass_signatures',
	{
		id: id(),
		useId: uuid('use_id')
			.notNull()
			.references(() => breakGlassUses.id),
		part: text('part').$type<'use' | 'second' | 'review' | 'offline'>().notNull(),
		signerId: uuid('signer_id')
			.notNull()
			.references(() => people.id),
		verdict: text('verdict')
			.$type<'use' | 'confirm' | 'refuse' | 'justified' | 'not_justified' | 'record'>()
			.notNull(),
		/** What a reviewer found; empty for the others. */
		findings: text('findings').notNull(),
		envelope: jsonb('envelope')
			.$type<BreakGlassEnvelope | BreakGlassReviewEnvelope | OfflineEnvelope>()
			.notNull(),
		assertion: jsonb('assertion').$type<Assertion>().notNull(),
		credentialId: uuid('credential_id')
			.notNull()
			.references(() => credentials.id),
		entryId: uuid('entry_id').notNull(),
		at: instant('at').notNull(),
	},
	(t) => [
		/** One human, one signature on a use, whatever its part. */
		uniqueIndex('break_glass_signatures_one_key').on(t.useId, t.signerId),
		index('break_glass_signatures_signer_idx').on(t.signerId),
		index('break_glass_signatures_credential_idx').on(t.credentialId),
		check('break_glass_signatures_part', sql`${t.part} in ('use', 'second', 'review', 'offline')`),
	],
)
