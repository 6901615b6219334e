import { sql, type SQL } from 'drizzle-orm'
import { LIVE_GRANT_STATES } from '#workflows/grants/grant.machine.ts'
import type { FactKind } from '#workflows/people/facts/fact-kinds.ts'
import type { Reader } from '../client.ts'
import { columnOf, placeOf } from './fact-rows.ts'

export type Leaver = { personId: string; displayName: string; leftAt: Date }

/**
 * People who left and of whom facts of some kind are held although they left before the instant that is named for that
 * kind, who left first: no appointment and no employment holds or will hold, no access lives and no request waits. They
 * left when the last of these ended, and no earlier than they were recorded. `only` asks for these people alone.
 */
export async function leaversDue(
	reader: Reader,
	{
		at,
		cutoffs,
		limit,
		only,
	}: {
		at: Date
		cutoffs: readonly { kind: FactKind; before: Date }[]
		limit: number
		only?: readonly string[]
	},
): Promise<Leaver[]> {
	const now = at.toISOString()
	const among = only ? sql`and p.id = any(${sql.param([...only])}::uuid[])` : sql``
	const due = cutoffs.map(
		({ kind, before }) => sql`(l.left_at <= ${before.toISOString()}::timestamptz and ${isHeld(kind)})`,
	)
	const { rows } = await reader.execute<{ id: string; display_name: string; left_at: string }>(sql`
		with held as (
			select person_id, valid_until from appointments where retracted_at is null
			union all
			select person_id, valid_until from employments where retracted_at is null
		), over as (
			select person_id, max(valid_until) as ended from held
			group by person_id having bool_and(valid_until is not null and valid_until <= ${now})
		), l as (
			select p.id, p.display_name, greatest(over.ended, p.created_at,
				(select max((context->>'closedAt')::timestamptz) from grants g where g.person_id = p.id)) as left_at
			from people p left join over on over.person_id = p.id
			where (over.person_id is not null or not exists (select 1 from held where held.person_id = p.id))
				and not exists (select 1 from grants g where g.person_id = p.id and g.state in ${[...LIVE_GRANT_STATES]})
				and not exists (select 1 from requests r where r.requester_id = p.id and r.state = 'pending')
				${among}
		)
		select l.id, l.display_name, l.left_at from l
		where ${sql.join(due, sql` or `)}
		order by l.left_at, l.id limit ${limit}`)
	return rows.map((row) => ({
		personId: row.id,
		displayName: row.display_name,
		leftAt: new Date(row.left_at),
	}))
}

/** Whether a fact of this kind about the person of the row is held, taken back or not. */
function isHeld(kind: FactKind): SQL {
	const { table, fixed } = placeOf(kind)
	const more = Object.entries(fixed).map(([name, value]) => sql` and ${columnOf(table, name)} = ${value}`)
	return sql`exists (select 1 from ${table} where ${table.personId} = l.id${sql.join(more)})`
}
