import { sql } from 'drizzle-orm'
import { CLOSED } from '#workflows/people/vetting-case.acting.ts'
import type { RenewalLeads } from '#workflows/people/renewal-leads.ts'
import type { Reader } from '../client.ts'

/** A clearance that must be decided anew before it ends. */
export type RenewalRow = {
	id: string
	personId: string
	personName: string
	scheme: string
	level: string
	validUntil: Date
	startBy: Date
	/** The case that is under way for this person in this scheme. */
	caseId: string | null
	caseNumber: number | null
}
export type RenewalCursor = { startBy: string; id: string }

/** States of a case in which nothing is under way: it is over, or its clearance is what is to be renewed. */
const AT_REST = [
	...CLOSED,
	'briefed_active',
	'suspended',
	'revoked',
	'expired',
	'lapsed_no_sponsor',
	'transferred_out',
]

type Asked = { at: Date; until: Date; leads: RenewalLeads }

/**
 * Clearances of people with an appointment that end and that nothing takes over from: those still running, and those
 * that ended in the last half year with nothing in the same scheme since.
 */
const due = ({ at, until, leads }: Asked) => {
	const now = sql`${at.toISOString()}::timestamptz`
	const days = sql`coalesce((${JSON.stringify(leads.byScheme)}::jsonb ->> c.scheme)::int, ${leads.otherwise}::int)`
	return sql`
		select c.id, c.person_id, p.display_name, c.scheme, c.level, c.valid_until,
			c.valid_until - ${days} * interval '1 day' as start_by
		from clearances c join people p on p.id = c.person_id
		where c.state = 'granted' and c.retracted_at is null
			and c.valid_until > ${now} - interval '180 days'
			and c.valid_until < ${until.toISOString()}::timestamptz + ${Math.max(leads.otherwise, ...Object.values(leads.byScheme))}::int * interval '1 day'
			and c.valid_until - ${days} * interval '1 day' < ${until.toISOString()}::timestamptz
			and exists (select 1 from appointments a where a.person_id = c.person_id and a.retracted_at is null
				and a.valid_from <= ${now} and (a.valid_until is null or a.valid_until > ${now}))
			and not exists (select 1 from clearances n where n.person_id = c.person_id and n.scheme = c.scheme
				and n.id <> c.id and n.state = 'granted' and n.retracted_at is null
				and (n.level = c.level or c.valid_until <= ${now})
				and (n.valid_until is null or n.valid_until > c.valid_until))`
}

/** A page of what is due for renewal, what must start first on top; overdue first therefore. */
export async function listRenewals(
	reader: Reader,
	{ after, limit, ...asked }: Asked & { after: RenewalCursor | null; limit: number },
): Promise<RenewalRow[]> {
	const beyond = after
		? sql`where (d.start_by, d.id) > (${after.startBy}::timestamptz, ${after.id}::uuid)`
		: sql``
	const { rows } = await reader.execute<{
		id: string
		person_id: string
		display_name: string
		scheme: string
		level: string
		valid_until: string
		start_by: string
		case_id: string | null
		case_number: string | null
	}>(sql`
		select d.*, v.id as case_id, v.number as case_number from (${due(asked)}) d
		left join lateral (select id, number from vetting_cases v where v.person_id = d.person_id
			and v.scheme = d.scheme and v.state not in ${AT_REST} order by number desc limit 1) v on true
		${beyond} order by d.start_by, d.id limit ${limit}`)
	return rows.map((row) => ({
		id: row.id,
		personId: row.person_id,
		personName: row.display_name,
		scheme: row.scheme,
		level: row.level,
		validUntil: new Date(row.valid_until),
		startBy: new Date(row.start_by),
		caseId: row.case_id,
		caseNumber: row.case_number === null ? null : Number(row.case_number),
	}))
}

/** How many are due for renewal, and how many of them should have begun by now. */
export async function countRenewals(reader: Reader, asked: Asked): Promise<{ all: number; overdue: number }> {
	const { rows } = await reader.execute<{ all: string; overdue: string }>(sql`
		select count(*) as all, count(*) filter (where d.start_by <= ${asked.at.toISOString()}::timestamptz) as overdue
		from (${due(asked)}) d`)
	return { all: Number(rows[0]?.all ?? 0), overdue: Number(rows[0]?.overdue ?? 0) }
}
