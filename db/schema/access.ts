import { sql } from 'drizzle-orm'
import {
	type AnyPgColumn,
	bigint,
	check,
	customType,
	index,
	integer,
	jsonb,
	pgEnum,
	pgTable,
	text,
	uniqueIndex,
	uuid,
} from 'drizzle-orm/pg-core'
import { REQUEST_STATES } from '#workflows/access/privileged.machine.ts'
import type { RequestContext } from '#workflows/access/request-context.ts'
import { upgradeContext, type GrantContext, type StoredContext } from '#workflows/grants/grant-context.ts'
import {
	CLOSED_GRANT_STATES,
	GRANT_STATES,
	RUNNING_GRANT_STATES,
	type GrantState,
} from '#workflows/grants/grant-states.ts'
import type { Assertion, DecisionEnvelope, DecisionsEnvelope } from '#workflows/ledger/envelope.schema.ts'
import { charterVersions } from './charter.ts'
import { amongTexts, id, instant } from './columns.ts'
import { credentials } from './credentials.ts'
import { people } from './people.ts'

export const requestState = pgEnum('request_state', REQUEST_STATES)

export const requests = pgTable(
	'requests',
	{
		id: id(),
		/** The number people say aloud: R-204. */
		number: bigint('number', { mode: 'number' }).generatedAlwaysAsIdentity().notNull(),
		requesterId: uuid('requester_id')
			.notNull()
			.references(() => people.id),
		role: text('role').notNull(),
		charterVersionId: uuid('charter_version_id')
			.notNull()
			.references(() => charterVersions.id),
		/** Who filed it for the requester; null where the requester did. */
		filedBy: uuid('filed_by').references(() => people.id),
		durationSeconds: integer('duration_seconds').notNull(),
		/** When the access is to begin; null: once it is approved. */
		startAt: instant('start_at'),
		/** The grant whose end this request is to move; null where it asks for an access of its own. */
		extendsGrantId: uuid('extends_grant_id').references((): AnyPgColumn => grants.id),
		reason: text('reason').notNull(),
		ticket: text('ticket').notNull(),
		/**
		 * The filing that it came of, with what else was asked for in the same form; null for an extension. The foreign key is
		 * added by hand in the migration, once the requests of before have their filings.
		 */
		filingKey: uuid('filing_key'),
		/** SHA-256 of the canonical request as it is; every decision signs it. */
		requestSha256: text('request_sha256').notNull(),
		state: requestState('state').notNull(),
		context: jsonb('context').$type<RequestContext>().notNull(),
		machineVersion: integer('machine_version').notNull(),
		/** Optimistic lock: every update names the version it read and adds one. */
		version: integer('version').notNull(),
		createdAt: instant('created_at').notNull(),
	},
	(t) => [
		uniqueIndex('requests_number_key').on(t.number),
		index('requests_requester_idx').on(t.requesterId, t.createdAt),
		index('requests_filed_by_idx').on(t.filedBy),
		/** Each role once in a filing. */
		uniqueIndex('requests_filing_role_key').on(t.filingKey, t.role),
		index('requests_charter_idx').on(t.charterVersionId),
		index('requests_extends_idx').on(t.extendsGrantId),
		index('requests_created_idx').on(t.createdAt),
		/** One pending request for the same role: a double click files once. */
		uniqueIndex('requests_pending_key')
			.on(t.requesterId, t.role)
			.where(sql`${t.state} = 'pending'`),
		/** Everything that is judged again when a charter changes, page by page. */
		index('requests_waiting_idx')
			.on(t.id)
			.where(sql`${t.state} = 'pending'`),
		check('requests_version_positive', sql`${t.version} > 0`),
		check('requests_duration_positive', sql`${t.durationSeconds} > 0`),
		check('requests_filed_by_other', sql`${t.filedBy} is null or ${t.filedBy} <> ${t.requesterId}`),
	],
)

export const decisions = pgTable(
	'decisions',
	{
		id: id(),
		requestId: uuid('request_id')
			.notNull()
			.references(() => requests.id),
		stage: integer('stage').notNull(),
		approverId: uuid('approver_id')
			.notNull()
			.references(() => people.id),
		/** Which form of the request it was on: the requester may have changed it since. */
		revision: integer('revision').notNull().default(1),
		/** Group of the stage that it counts for. */
		groupIndex: integer('group_index').notNull().default(0),
		/** The role as whose holder they decided, where that is not the one of the group. */
		asRole: text('as_role'),
		grantedSeconds: integer('granted_seconds'),
		verdict: text('verdict').$type<'approve' | 'deny'>().notNull(),
		reason: text('reason').notNull(),
		envelope: jsonb('envelope').$type<DecisionEnvelope | DecisionsEnvelope>().notNull(),
		assertion: jsonb('assertion').$type<Assertion>().notNull(),
		credentialId: uuid('credential_id')
			.notNull()
			.references(() => credentials.id),
		entryId: uuid('entry_id').notNull(),
		decidedAt: instant('decided_at').notNull(),
	},
	(t) => [
		/** One human, one decision on a request as it is, whatever the stage. */
		uniqueIndex('decisions_one_per_person_key').on(t.requestId, t.revision, t.approverId),
		index('decisions_approver_idx').on(t.approverId),
		index('decisions_credential_idx').on(t.credentialId),
		check('decisions_verdict', sql`${t.verdict} in ('approve', 'deny')`),
	],
)

/** What a grant knows, in today's form whichever version of its statechart stored it. */
const grantContext = customType<{ data: GrantContext; driverData: StoredContext | string }>({
	dataType: () => 'jsonb',
	fromDriver: (stored) =>
		upgradeContext(typeof stored === 'string' ? (JSON.parse(stored) as StoredContext) : stored),
	toDriver: (context) => JSON.stringify(context),
})

export const grants = pgTable(
	'grants',
	{
		id: id(),
		requestId: uuid('request_id')
			.notNull()
			.references(() => requests.id),
		personId: uuid('person_id')
			.notNull()
			.references(() => people.id),
		role: text('role').notNull(),
		/** A text with a check, not an enum: indexes name states, and PostgreSQL lets no new value of an enum into one at once. */
		state: text('state').$type<GrantState>().notNull(),
		context: grantContext('context').notNull(),
		machineVersion: integer('machine_version').notNull(),
		version: integer('version').notNull(),
		createdAt: instant('created_at').notNull(),
		/** When Entra ID was last told to end the person's sessions because of this grant; null where it was not. */
		sessionsEndedAt: instant('sessions_ended_at'),
		/** The tenant that was asked for it; null before any was. Another tenant's silence says nothing of it. */
		tenantId: uuid('tenant_id'),
		/**
		 * When the tenant was last asked for it with an effect that may be: what was surely refused is not counted. Null where
		 * nothing of ours can be there. Until the tenant would list it, not seeing it says nothing.
		 */
		sentAt: instant('sent_at'),
		/** When the tenant first took its removal, though nobody may ever have seen it: it was there. Null where it took none. */
		removalTakenAt: instant('removal_taken_at'),
		/**
		 * When whoever ends it first saw the tenant call its request made, or decided, of which nobody saw what it made: from then on
		 * that has its time to be listed, however long ago it was sent. Null before.
		 */
		madeSeenAt: instant('made_seen_at'),
	},
	(t) => [
		uniqueIndex('grants_request_key').on(t.requestId),
		index('grants_person_idx').on(t.personId),
		/** At most one access that may be live for a person and a role: two would cut each other off at the tenant. */
		uniqueIndex('grants_live_key')
			.on(t.personId, t.role)
			.where(sql`${t.state} not in ${amongTexts(CLOSED_GRANT_STATES)}`),
		index('grants_created_idx').on(t.createdAt),
		/** What ended lately: it explains for a while what the tenant still lists. */
		index('grants_closed_idx').on(sql`(${t.context} ->> 'closedAt')`),
		index('grants_open_idx')
			.on(t.state)
			.where(sql`${t.state} not in ${amongTexts(CLOSED_GRANT_STATES)}`),
		index('grants_running_idx')
			.on(t.id)
			.where(sql`${t.state} in ${amongTexts(RUNNING_GRANT_STATES)}`),
		check('grants_version_positive', sql`${t.version} > 0`),
		check('grants_state', sql`${t.state} in ${amongTexts(GRANT_STATES)}`),
	],
)
