import { sql } from 'drizzle-orm'
import type { Reader } from '../client.ts'

const FACT_TABLES = [
	'agreements',
	'appointments',
	'attendances',
	'citizenships',
	'clearances',
	'employments',
	'facility_authorisations',
	'presences',
	'read_ins',
	'reportable_events',
	'residences',
	'travels',
	'visits',
]

/**
 * Columns by which a person's file tells rows in full: those about the person, and those of what they themselves wrote or
 * signed. Every other column that refers to people is counted by `elsewhereOf`.
 */
export const IN_FULL: readonly string[] = [
	...FACT_TABLES.map((table) => `${table}.person_id`),
	'absences.person_id',
	'absences.stand_in_id',
	'amendment_signatures.owner_id',
	'amendments.drafter_id',
	'api_tokens.person_id',
	'badge_events.person_id',
	'badges.person_id',
	'break_glass_signatures.signer_id',
	'break_glass_uses.user_id',
	'credentials.person_id',
	'decisions.approver_id',
	'drafts.person_id',
	'enrolment_links.person_id',
	'evidence_files.person_id',
	'filings.filed_by',
	'finding_decisions.officer_id',
	'findings.person_id',
	'grants.person_id',
	'lockbox_decisions.approver_id',
	'lockbox_requests.beneficiary_id',
	'lockbox_requests.requester_id',
	'mails.person_id',
	'notice_preferences.person_id',
	'notices.person_id',
	'provider_holders.person_id',
	'provider_shifts.person_id',
	'readiness_tasks.done_by',
	'readiness_tasks.owner_id',
	'request_messages.author_id',
	'requests.filed_by',
	'requests.requester_id',
	'scim_users.person_id',
	'sessions.person_id',
	'suspensions.person_id',
	'vetting_cases.person_id',
]

/** Every column of a table that refers to people, by the catalogue of the database: none can be forgotten. */
export async function columnsOfPeople(reader: Reader): Promise<{ table: string; column: string }[]> {
	const { rows } = await reader.execute<{ table: string; column: string }>(sql`
		select t.relname as "table", a.attname as "column"
		from pg_constraint c
			join pg_class t on t.oid = c.conrelid
			join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
		where c.contype = 'f' and c.confrelid = 'people'::regclass
		order by 1, 2`)
	return rows
}

/**
 * Where else a person's name stands, and in how many rows: as who recorded, verified, opened or ended something that is about
 * others or about nobody. What they did there are the entries of `actsOf`.
 */
export async function elsewhereOf(reader: Reader, personId: string) {
	const columns = (await columnsOfPeople(reader)).filter(
		({ table, column }) => !IN_FULL.includes(`${table}.${column}`),
	)
	if (columns.length === 0) return []
	const counts = columns.map(
		({ table, column }) =>
			sql`select ${table}::text as "table", ${column}::text as "column", count(*)::integer as "rows"
				from ${sql.identifier(table)} where ${sql.identifier(column)} = ${personId}`,
	)
	const { rows } = await reader.execute<{ table: string; column: string; rows: number }>(
		sql.join(counts, sql` union all `),
	)
	return rows.filter((each) => each.rows > 0)
}

/** Entries of what a person did, in their order: what it was and when. What lies behind them is mostly about others. */
export async function actsOf(reader: Reader, personId: string) {
	// A leaf is canonical JSON, so that these bytes stand in it exactly where this person acted.
	const told = Buffer.from(`"actor":"${personId}"`, 'utf8')
	const { rows } = await reader.execute<{ index: string | null; kind: string; time: string }>(sql`
		select index, kind, time from (
			select index, kind, time, leaf from ledger_entries
			union all
			select null, kind, time, leaf from ledger_pending
		) entry
		where position(${told}::bytea in leaf) > 0
		order by index nulls last, time`)
	return rows.map(({ index, ...act }) => ({ index: index === null ? null : Number(index), ...act }))
}
