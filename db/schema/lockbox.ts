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
import type { Assertion } from '#workflows/ledger/envelope.schema.ts'
import type { LockboxEnvelope, LockboxRequest } from '#workflows/ledger/lockbox-envelope.schema.ts'
import {
	LOCKBOX_STATES,
	OPEN_LOCKBOX_STATES,
	type LockboxContext,
} from '#workflows/lockbox/lockbox-context.ts'
import { charterVersions } from './charter.ts'
import { amongTexts, id, instant } from './columns.ts'
import { credentials } from './credentials.ts'
import { people } from './people.ts'
import { provider, providerBoundaries } from './provider-boundaries.ts'

export const lockboxState = pgEnum('lockbox_state', LOCKBOX_STATES)

/** One request for customer content: of a provider, or from inside. */
export const lockboxRequests = pgTable(
	'lockbox_requests',
	{
		id: id(),
		/** The number people say aloud: L-3. */
		number: bigint('number', { mode: 'number' }).generatedAlwaysAsIdentity().notNull(),
		provider: provider('provider').notNull(),
		scope: text('scope').notNull(),
		providerRequestId: text('provider_request_id').notNull(),
		boundaryId: uuid('boundary_id').references(() => providerBoundaries.id),
		origin: text('origin').$type<'poll' | 'import' | 'hand' | 'inside'>().notNull(),
		/** As it came in; its words are erasable where it is one of ours that it tells of. */
		asked: jsonb('asked').$type<LockboxRequest>().notNull(),
		/** SHA-256 of it as it came in. */
		requestSha256: text('request_sha256').notNull(),
		requesterId: uuid('requester_id').references(() => people.id),
		beneficiaryId: uuid('beneficiary_id').references(() => people.id),
		/** Who brought it in; null where the provider's interface was read. */
		broughtBy: uuid('brought_by').references(() => people.id),
		charterVersionId: uuid('charter_version_id')
			.notNull()
			.references(() => charterVersions.id),
		/** The entry that tells of it first. */
		entryId: uuid('entry_id').notNull(),
		state: lockboxState('state').notNull(),
		context: jsonb('context').$type<LockboxContext>().notNull(),
		machineVersion: integer('machine_version').notNull(),
		version: integer('version').notNull(),
		createdAt: instant('created_at').notNull(),
	},
	(t) => [
		uniqueIndex('lockbox_requests_number_key').on(t.number),
		/** However often it is read, it is one. */
		uniqueIndex('lockbox_requests_provider_key').on(t.provider, t.scope, t.providerRequestId),
		index('lockbox_requests_boundary_idx').on(t.boundaryId),
		index('lockbox_requests_requester_idx').on(t.requesterId),
		index('lockbox_requests_beneficiary_idx').on(t.beneficiaryId),
		index('lockbox_requests_brought_idx').on(t.broughtBy),
		index('lockbox_requests_charter_idx').on(t.charterVersionId),
		index('lockbox_requests_open_idx')
			.on(t.id)
			.where(sql`${t.state} in ${amongTexts(OPEN_LOCKBOX_STATES)}`),
		check('lockbox_requests_version_positive', sql`${t.version} > 0`),
		check(
			'lockbox_requests_inside',
			sql`(${t.origin} = 'inside') = (${t.beneficiaryId} is not null) and (${t.requesterId} is null) = (${t.beneficiaryId} is null)`,
		),
		check('lockbox_requests_origin', sql`${t.origin} in ('poll', 'import', 'hand', 'inside')`),
	],
)

/** Decisions on them, each with the passkey's assertion. */
export const lockboxDecisions = pgTable(
	'lockbox_decisions',
	{
		id: id(),
		requestId: uuid('request_id')
			.notNull()
			.references(() => lockboxRequests.id),
		stage: integer('stage').notNull(),
		approverId: uuid('approver_id')
			.notNull()
			.references(() => people.id),
		verdict: text('verdict').$type<'approve' | 'deny'>().notNull(),
		reason: text('reason').notNull(),
		envelope: jsonb('envelope').$type<LockboxEnvelope>().notNull(),
		assertion: jsonb('assertion').$type<Assertion>().notNull(),
		credentialId: uuid('credential_id')
			.notNull()
			.references(() => credentials.id),
		entryId: uuid('entry_id').notNull(),
		at: instant('at').notNull(),
	},
	(t) => [
		/** One human, one decision, whatever its stage. */
		uniqueIndex('lockbox_decisions_one_key').on(t.requestId, t.approverId),
		index('lockbox_decisions_approver_idx').on(t.approverId),
		index('lockbox_decisions_credential_idx').on(t.credentialId),
		check('lockbox_decisions_verdict', sql`${t.verdict} in ('approve', 'deny')`),
	],
)

/** How the last reading of each boundary's requests went. */
export const lockboxPolls = pgTable('lockbox_polls', {
	boundaryId: uuid('boundary_id')
		.primaryKey()
		.references(() => providerBoundaries.id),
	at: instant('at').notNull(),
	/** The last that worked; null where none did. */
	okAt: instant('ok_at'),
	/** A code of ours, never the provider's words; null where all is well. */
	trouble: text('trouble'),
	/** How many readings in a row did not work. */
	failures: integer('failures').notNull().default(0),
})
