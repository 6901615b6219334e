import { sql } from 'drizzle-orm'
import { check, index, integer, jsonb, pgEnum, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { AMENDMENT_STATES, type AmendmentContext } from '#workflows/charter/amendment.machine.ts'
import type { AmendmentEnvelope, Assertion } from '#workflows/ledger/envelope.schema.ts'
import { id, instant } from './columns.ts'
import { credentials } from './credentials.ts'
import { people } from './people.ts'

/** Every charter version that was ever in force, by its exact text. Rows never change. */
export const charterVersions = pgTable(
	'charter_versions',
	{
		id: id(),
		charterId: text('charter_id').notNull(),
		version: integer('version').notNull(),
		yaml: text('yaml').notNull(),
		textSha256: text('text_sha256').notNull(),
		inForceFrom: instant('in_force_from').notNull(),
		/** Id of the `charter.in_force` entry, to which requests and decisions are pinned. */
		entryId: uuid('entry_id').notNull(),
	},
	(t) => [
		uniqueIndex('charter_versions_version_key').on(t.charterId, t.version),
		index('charter_versions_force_idx').on(t.inForceFrom),
		check('charter_versions_positive', sql`${t.version} > 0`),
	],
)

export const amendmentState = pgEnum('amendment_state', AMENDMENT_STATES)

/** Proposals for the next charter version. The text of a draft may change; once proposed it does not. */
export const amendments = pgTable(
	'amendments',
	{
		id: id(),
		charterId: text('charter_id').notNull(),
		/** The version it would become. */
		version: integer('version').notNull(),
		yaml: text('yaml').notNull(),
		/** Why it is proposed, in the words of who drafted it. */
		reason: text('reason').notNull(),
		/** The version in force when it was drafted: it takes the place of that one and no other. */
		baseVersionId: uuid('base_version_id')
			.notNull()
			.references(() => charterVersions.id),
		drafterId: uuid('drafter_id')
			.notNull()
			.references(() => people.id),
		state: amendmentState('state').notNull(),
		context: jsonb('context').$type<AmendmentContext>().notNull(),
		machineVersion: integer('machine_version').notNull(),
		lockVersion: integer('lock_version').notNull(),
		createdAt: instant('created_at').notNull(),
	},
	(t) => [
		index('amendments_base_idx').on(t.baseVersionId),
		index('amendments_drafter_idx').on(t.drafterId),
		index('amendments_created_idx').on(t.createdAt),
		/** One amendment at a time waits for signatures or for its day: two would race for the same version number. */
		uniqueIndex('amendments_open_key')
			.on(t.charterId)
			.where(sql`${t.state} in ('proposed', 'signed')`),
		check('amendments_lock_positive', sql`${t.lockVersion} > 0`),
		check('amendments_version_positive', sql`${t.version} > 1`),
	],
)

/** What charter owners signed. Rows never change. */
export const amendmentSignatures = pgTable(
	'amendment_signatures',
	{
		id: id(),
		amendmentId: uuid('amendment_id')
			.notNull()
			.references(() => amendments.id),
		ownerId: uuid('owner_id')
			.notNull()
			.references(() => people.id),
		verdict: text('verdict').$type<'sign' | 'reject'>().notNull(),
		reason: text('reason').notNull(),
		envelope: jsonb('envelope').$type<AmendmentEnvelope>().notNull(),
		assertion: jsonb('assertion').$type<Assertion>().notNull(),
		credentialId: uuid('credential_id')
			.notNull()
			.references(() => credentials.id),
		entryId: uuid('entry_id').notNull(),
		at: instant('at').notNull(),
	},
	(t) => [
		/** One human, one signature. */
		uniqueIndex('amendment_signatures_one_per_person_key').on(t.amendmentId, t.ownerId),
		index('amendment_signatures_owner_idx').on(t.ownerId),
		index('amendment_signatures_credential_idx').on(t.credentialId),
		check('amendment_signatures_verdict', sql`${t.verdict} in ('sign', 'reject')`),
	],
)
