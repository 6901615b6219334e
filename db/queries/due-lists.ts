import { sql, type SQL } from 'drizzle-orm'
import { RUNNING_GRANT_STATES } from '#workflows/grants/grant.machine.ts'
import type { Reader } from '../client.ts'
import { dueRows, liveAccessesOf } from './due-rows.ts'
import { PERMIT_TIMER } from './workflow-rows.ts'

/** What a security officer must look after, each a list of people; in order of danger. */
export const DUE_LISTS = [
	'suspended-live',
	'events',
	'leavers',
	'overdue',
	'travel-unapproved',
	'travel-debrief',
	'cases-mine',
	'cases-others',
	'expiring',
	'contracts',
	'incomplete',
] as const
export type DueList = (typeof DUE_LISTS)[number]

export type DueAsked = {
	at: Date
	/** Whose lists these are: cases that they may act on are theirs. */
	officerId: string
	/** For what ends: within how many days. */
	days: number
}

export type DueRow = {
	personId: string
	name: string
	/** The fact, case or access that it is about. */
	ref: string | null
	/** What the list is about: a level, a severity, a state, a role. */
	label: string
	/** When it ends, ended, was reported or is due. */
	at: Date | null
	/** How many accesses of the person the tenant may hold now. */
	live: number
	/** Number of the vetting case that is under way, where the list asks for one. */
	number: number | null
	caseId: string | null
}

/**
 * A page of one list and how many rows the whole of it has, counted in the same statement: a number on a page and the
 * rows that it leads to cannot differ.
 */
export async function dueList(
	reader: Reader,
	list: DueList,
	asked: DueAsked,
	{ offset = 0, limit }: { offset?: number; limit: number },
): Promise<{ total: number; rows: DueRow[] }> {
	const { rows } = await reader.execute<{
		total: string
		person_id: string | null
		name: string
		ref: string | null
		label: string
		at: string | null
		live: number
		number: string | null
		case_id: string | null
	}>(sql`
		with due as materialized (${dueRows(list, asked)}),
		page as (
			select d.*, p.display_name as name, ${liveAccessesOf(sql`d.person_id`)} as live
			from due d join people p on p.id = d.person_id
			order by d.rank, d.at, d.person_id, d.ref limit ${limit} offset ${offset}
		)
		select (select count(*) from due) as total, page.* from (select 1) one left join page on true
		order by page.rank, page.at, page.person_id, page.ref`)
	return {
		total: Number(rows[0]?.total ?? 0),
		rows: rows.flatMap(({ person_id, name, ref, label, at, live, number, case_id }) =>
			person_id === null
				? []
				: [
						{
							personId: person_id,
							name,
							ref,
							label,
							at: at === null ? null : new Date(at),
							live,
							number: number === null ? null : Number(number),
							caseId: case_id,
						},
					],
		),
	}
}

/** How many clearances end within each of these numbers of days, in one pass. */
export async function countExpiring(
	reader: Reader,
	asked: Omit<DueAsked, 'days'>,
	windows: readonly number[],
): Promise<Map<number, number>> {
	const days = Math.max(...windows)
	const counts = windows.map((window): SQL => {
		const until = new Date(asked.at.getTime() + window * 86_400_000).toISOString()
		return sql`count(*) filter (where at <= ${until}::timestamptz)`
	})
	const { rows } = await reader.execute<{ counts: string[] }>(sql`
		select array[${sql.join(counts, sql`, `)}]::text[] as counts
		from (${dueRows('expiring', { ...asked, days })}) due`)
	return new Map(windows.map((window, n) => [window, Number(rows[0]?.counts[n] ?? 0)]))
}

/** Accesses that have not begun to end although the moment their permit ends has passed. */
export async function accessWithoutPermit(
	reader: Reader,
	at: Date,
): Promise<{ personId: string; requestId: string; role: string }[]> {
	const { rows } = await reader.execute<{ person_id: string; request_id: string; role: string }>(sql`
		select g.person_id, g.request_id, g.role from timers t
		join grants g on g.id = t.workflow_id and g.state in ${[...RUNNING_GRANT_STATES]}
		where t.workflow = 'grant' and t.name = ${PERMIT_TIMER} and t.due_at <= ${at.toISOString()}::timestamptz
		order by t.due_at, g.id`)
	return rows.map((row) => ({ personId: row.person_id, requestId: row.request_id, role: row.role }))
}
