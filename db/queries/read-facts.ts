import { LIVE_GRANT_STATES } from '#workflows/grants/grant-states.ts'
import type { Reader } from '../client.ts'
import { runNamed } from '../transaction.ts'

/** One row of any table of facts: what it says in the first columns, by its kind. */
export type FactSqlRow = {
	kind: (typeof TABLES)[number][0] | 'credential' | 'suspension' | 'live'
	personId: string
	a: string | null
	b: string | null
	c: string | null
	d: string | null
	/** Flags: of a credential both, of an employment the first. */
	e: boolean | null
	f: boolean | null
	validFrom: Date
	validUntil: Date | null
	recordedAt: Date
	retractedAt: Date | null
}

/** Kind, table, its texts, its flags. */
const TABLES = [
	['citizenship', 'citizenships', ['country'], []],
	['residence', 'residences', ['country', 'status'], []],
	['clearance', 'clearances', ['scheme', 'level', 'issuer', 'state'], []],
	['attendance', 'attendances', ['kind', 'key'], []],
	['employment', 'employments', ['employer', 'under'], ['flow_down']],
	['appointment', 'appointments', ['role'], []],
	['facility', 'facility_authorisations', ['facility'], []],
	['presence', 'presences', ['facility', '"by"'], []],
] as const

/** What is known now; what was ever known, with accesses that have ended; or what is not over by the instant `$2`. */
export type FactScope = 'now' | 'ever' | 'ahead'

const columnsOf = (texts: readonly string[], flags: readonly string[]) =>
	[
		...[0, 1, 2, 3].map((i) => `${texts[i] ?? 'null'}::text`),
		...[0, 1].map((i) => `${flags[i] ?? 'null'}::boolean`),
	].join(', ')

function partsOf(scope: FactScope): string[] {
	const isAhead = scope === 'ahead'
	const stated = TABLES.filter(([kind]) => !isAhead || kind !== 'presence').map(
		([kind, table, texts, flags]) =>
			`select '${kind}'::text, person_id, ${columnsOf(texts, flags)}, valid_from, valid_until, recorded_at, retracted_at
			from ${table} where person_id = any($1::uuid[])${
				isAhead ? ' and retracted_at is null and (valid_until is null or valid_until > $2)' : ''
			}`,
	)
	const credential = `select 'credential', person_id, aaguid::text, null, null, null, device_bound, attested, created_at, null, created_at, revoked_at
		from credentials where person_id = any($1::uuid[])${isAhead ? ' and revoked_at is null' : ''}`
	const suspension = `select 'suspension', person_id, null, null, null, null, null, null, at, null, at, lifted_at
		from suspensions where person_id = any($1::uuid[])${isAhead ? ' and lifted_at is null' : ''}`
	// The context alone is long, and thousands of people are read at once: of it only when the access was over.
	const isLive = `state in ${literal(LIVE_GRANT_STATES)}`
	const live = `select 'live', person_id, role, null, null, null, ${isLive}, null, created_at, null, created_at, (context ->> 'closedAt')::timestamptz
		from grants where person_id = any($1::uuid[])${scope === 'ever' ? '' : ` and ${isLive}`}`
	return [...stated, credential, suspension, ...(isAhead ? [] : [live])]
}

const literal = (words: readonly string[]) => `(${words.map((word) => `'${word}'`).join(', ')})`

const HEAD = 'kind, "personId", a, b, c, d, e, f, "validFrom", "validUntil", "recordedAt", "retractedAt"'
const TEXTS = Object.fromEntries(
	(['now', 'ever', 'ahead'] as const).map((scope) => [
		scope,
		`with facts (${HEAD}) as (${partsOf(scope).join(' union all ')}) select ${HEAD} from facts`,
	]),
) as Record<FactScope, string>

/**
 * Every fact of these people, in one statement: eligibility is asked for in nearly every transaction, and there each
 * round trip is waited for by whoever waits for its locks.
 */
export const readFactRows = (reader: Reader, personIds: readonly string[], scope: FactScope, from?: Date) =>
	runNamed<FactSqlRow>(reader, {
		name: `facts_${scope}`,
		text: TEXTS[scope],
		values: [[...personIds], ...(from ? [from] : [])],
	})
