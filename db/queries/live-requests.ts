import { sql } from 'drizzle-orm'
import { LIVE_GRANT_STATES } from '#workflows/grants/grant-states.ts'
import type { Reader } from '../client.ts'
import { amongTexts } from '../schema/columns.ts'

/** What changes whenever anything about a request, its access or their extensions does; null where there is none. */
export async function requestVersions(reader: Reader, requestId: string): Promise<string | null> {
	const { rows } = await reader.execute<{ versions: string }>(sql`
		select concat_ws('.', r.version, g.version, x.version,
			(select sum(e.version) || 'of' || count(*) from requests e where e.extends_grant_id = g.id)) as versions
		from requests r left join grants g on g.request_id = r.id left join grants x on x.id = r.extends_grant_id
		where r.id = ${requestId}`)
	return rows[0]?.versions ?? null
}

/** Where a page of accesses ends: by their end, then by the number of their request. */
export type LiveCursor = { end: string; number: number }

/** Ids of the requests of accesses that Entra holds or is about to, those that end first on top. */
export async function liveRequestIds(
	reader: Reader,
	{ personId, role, after, limit }: { personId?: string; role?: string; after?: LiveCursor; limit: number },
): Promise<{ id: string; end: string; number: number }[]> {
	const { rows } = await reader.execute<{ id: string; end: string; number: string }>(sql`
		select * from (
			select r.id, r.number, coalesce(g.context ->> 'endsAt', g.context ->> 'startAt', '') collate "C" as "end"
			from grants g join requests r on r.id = g.request_id
			where g.state in ${amongTexts(LIVE_GRANT_STATES)}
				${personId === undefined ? sql`` : sql`and g.person_id = ${personId}`}
				${role === undefined ? sql`` : sql`and g.role = ${role}`}
		) live
		${after === undefined ? sql`` : sql`where ("end", number) > (${after.end} collate "C", ${after.number})`}
		order by "end", number limit ${limit}`)
	return rows.map(({ id, end, number }) => ({ id, end, number: Number(number) }))
}
