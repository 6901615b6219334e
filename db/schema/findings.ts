import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { FINDING_FAMILIES } from '#workflows/grants/differences.ts'
import {
	CLOSED_FINDING_STATES,
	FINDING_STATES,
	type FindingContext,
	type FindingState,
} from '#workflows/grants/finding-context.ts'
import type { PolicyBaseline } from '#workflows/grants/weakened-policies.ts'
import type { Assertion } from '#workflows/ledger/envelope.schema.ts'
import {
	FINDING_STEPS,
	type FindingEnvelope,
	type FindingStep,
} from '#workflows/ledger/finding-envelope.schema.ts'
import type { PartTrouble } from '#workflows/tenant/tenant-picture.ts'
import type { UnseenSince } from '#workflows/tenant/unseen-parts.ts'
import type { WatchedHolding } from '#workflows/tenant/watched-holdings.ts'
import { charterVersions } from './charter.ts'
import { amongTexts, id, instant } from './columns.ts'
import { credentials } from './credentials.ts'
import { people } from './people.ts'

/** What Entra holds otherwise than approved, from its first sighting to its end. Names of accounts stand elsewhere. */
export const findings = pgTable(
	'findings',
	{
		id: id(),
		/** The number people say aloud: F-3. */
		number: bigint('number', { mode: 'number' }).generatedAlwaysAsIdentity().notNull(),
		/** What it is about, the same at every look. */
		key: text('key').notNull(),
		family: text('family').$type<(typeof FINDING_FAMILIES)[number]>().notNull(),
		/** Whose account, where that is one of ours. */
		personId: uuid('person_id').references(() => people.id),
		charterVersionId: uuid('charter_version_id')
			.notNull()
			.references(() => charterVersions.id),
		/** The entry that tells of it first. */
		entryId: uuid('entry_id').notNull(),
		state: text('state').$type<FindingState>().notNull(),
		context: jsonb('context').$type<FindingContext>().notNull(),
		machineVersion: integer('machine_version').notNull(),
		version: integer('version').notNull(),
		createdAt: instant('created_at').notNull(),
		/** When a removal of it was first sent by a rule, by silence or by one officer: what the guard counts. */
		sentAt: instant('sent_at'),
		/** When Entra no longer listed it after a removal of ours. */
		removedAt: instant('removed_at'),
		/** The tenant that holds it; null in those of before this was known, which the next look claims for the tenant that is set. */
		tenantId: uuid('tenant_id'),
	},
	(t) => [
		uniqueIndex('findings_number_key').on(t.number),
		/** One open finding for the same thing. */
		uniqueIndex('findings_open_key')
			.on(t.key)
			.where(sql`${t.state} not in ${amongTexts(CLOSED_FINDING_STATES)}`),
		index('findings_open_idx')
			.on(t.id)
			.where(sql`${t.state} not in ${amongTexts(CLOSED_FINDING_STATES)}`),
		index('findings_person_idx').on(t.personId),
		index('findings_charter_idx').on(t.charterVersionId),
		index('findings_sent_idx').on(t.sentAt),
		index('findings_removed_idx').on(t.removedAt),
		check('findings_version_positive', sql`${t.version} > 0`),
		check('findings_state', sql`${t.state} in ${amongTexts(FINDING_STATES)}`),
		check('findings_family', sql`${t.family} in ${amongTexts(FINDING_FAMILIES)}`),
	],
)

/** What officers signed about findings. */
export const findingDecisions = pgTable(
	'finding_decisions',
	{
		id: id(),
		findingId: uuid('finding_id')
			.notNull()
			.references(() => findings.id),
		officerId: uuid('officer_id')
			.notNull()
			.references(() => people.id),
		step: text('step').$type<FindingStep>().notNull(),
		reason: text('reason').notNull(),
		acceptedUntil: instant('accepted_until'),
		envelope: jsonb('envelope').$type<FindingEnvelope>().notNull(),
		assertion: jsonb('assertion').$type<Assertion>().notNull(),
		credentialId: uuid('credential_id')
			.notNull()
			.references(() => credentials.id),
		entryId: uuid('entry_id').notNull(),
		at: instant('at').notNull(),
	},
	(t) => [
		index('finding_decisions_finding_idx').on(t.findingId),
		index('finding_decisions_officer_idx').on(t.officerId),
		index('finding_decisions_credential_idx').on(t.credentialId),
		check('finding_decisions_step', sql`${t.step} in ${amongTexts(FINDING_STEPS)}`),
		check('finding_decisions_until', sql`(${t.step} = 'accept') = (${t.acceptedUntil} is not null)`),
	],
)

/** Each rule of the tenant as it was last seen at its strictest. */
export const policyBaselines = pgTable('policy_baselines', {
	key: text('key').primaryKey(),
	baseline: jsonb('baseline').$type<PolicyBaseline>().notNull(),
	seenAt: instant('seen_at').notNull(),
	/** The tenant whose rule it is; null: not known, the one that is set. */
	tenantId: uuid('tenant_id'),
})

/** A part of the tenant that could not be read, why, and since when that hides what the charter governs. */
export type UnreadPart = { part: string; why: PartTrouble; code: string | null; since?: UnseenSince }

/** Looks at the tenant, each with how it went; kept for a while. */
export const reconcileRuns = pgTable(
	'reconcile_runs',
	{
		id: id(),
		what: text('what').$type<'privileges' | 'everything'>().notNull(),
		startedAt: instant('started_at').notNull(),
		finishedAt: instant('finished_at').notNull(),
		/** Null: it could be done. Otherwise a code of ours. */
		trouble: text('trouble'),
		unread: jsonb('unread').$type<UnreadPart[]>().notNull(),
		/** How many holdings were listed, how many findings are new, still so, and over. */
		holdings: integer('holdings').notNull(),
		opened: integer('opened').notNull(),
		sighted: integer('sighted').notNull(),
		missed: integer('missed').notNull(),
		watched: jsonb('watched').$type<WatchedHolding[]>().notNull(),
		/** The tenant that was set; null: not known. */
		tenantId: uuid('tenant_id'),
	},
	(t) => [
		index('reconcile_runs_finished_idx').on(t.finishedAt),
		check('reconcile_runs_what', sql`${t.what} in ('privileges', 'everything')`),
	],
)
