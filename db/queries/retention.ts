import { sql } from 'drizzle-orm'
import { LIVE_GRANT_STATES } from '#workflows/grants/grant.machine.ts'
import type { Reader } from '../client.ts'

export type Leaver = { personId: string; displayName: string; leftAt: Date }

/**
 * People who left before this instant and of whom facts are still held, who left first: no appointment and no employment
 * holds or will hold, no access lives and no request waits. They left when the last of these ended, and no earlier than
 * they were recorded.
 */
export async function leaversBefore(
	reader: Reader,
	{ at, before, limit }: { at: Date; before: Date; limit: number },
): Promise<Leaver[]> {
	const now = at.toISOString()
	const { rows } = await reader.execute<{ id: string; display_name: string; left_at: string }>(sql`
		with held as (
			select person_id, valid_until from appointments where retracted_at is null
			union all
			select person_id, valid_until from employments where retracted_at is null
		), over as (
			select person_id, max(valid_until) as ended from held
			group by person_id having bool_and(valid_until is not null and valid_until <= ${now})
		)
		select p.id, p.display_name, greatest(over.ended, p.created_at,
			(select max((context->>'closedAt')::timestamptz) from grants g where g.person_id = p.id)) as left_at
		from people p left join over on over.person_id = p.id
		where (over.person_id is not null or not exists (select 1 from held where held.person_id = p.id))
			and not exists (select 1 from grants g where g.person_id = p.id and g.state in ${[...LIVE_GRANT_STATES]})
			and not exists (select 1 from requests r where r.requester_id = p.id and r.state = 'pending')
			and (exists (select 1 from citizenships f where f.person_id = p.id)
				or exists (select 1 from clearances f where f.person_id = p.id) or over.person_id is not null)
			and greatest(over.ended, p.created_at,
				(select max((context->>'closedAt')::timestamptz) from grants g where g.person_id = p.id)) <= ${before.toISOString()}
		order by left_at, p.id limit ${limit}`)
	return rows.map((row) => ({
		personId: row.id,
		displayName: row.display_name,
		leftAt: new Date(row.left_at),
	}))
}
