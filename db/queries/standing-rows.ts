import { sql } from 'drizzle-orm'
import type { Reader } from '../client.ts'

/** A page of people who hold an appointment now or will hold one, in order of id. */
export async function appointedPage(
	reader: Reader,
	{ at, after, limit }: { at: Date; after: string | null; limit: number },
): Promise<string[]> {
	const { rows } = await reader.execute<{ person_id: string }>(sql`
		select distinct person_id from appointments
		where retracted_at is null and (valid_until is null or valid_until > ${at.toISOString()}::timestamptz)
			${after === null ? sql`` : sql`and person_id > ${after}::uuid`}
		order by person_id limit ${limit}`)
	return rows.map((row) => row.person_id)
}

/**
 * Whom entries of the record are about that came since it had this size, and its size now. What has no index yet is
 * among them every time, so that nothing that is committed is ever missed: whoever changes a fact writes an entry about
 * the person in the same transaction, and entries get their index only after that is committed.
 */
export async function touchedSince(
	reader: Reader,
	size: number,
): Promise<{ size: number; personIds: string[] }> {
	const { rows } = await reader.execute<{ size: string; ids: string[] | null }>(sql`
		select (select size from ledger_state where id = 1) as size, (select array_agg(distinct subject) from (
			select subject from ledger_entries where index >= ${size} and subject is not null
			union select subject from ledger_pending where subject is not null) touched) as ids`)
	return { size: Number(rows[0]?.size ?? 0), personIds: rows[0]?.ids ?? [] }
}

/** How many entries have their index. */
export async function recordSize(reader: Reader): Promise<number> {
	const { rows } = await reader.execute<{ size: string }>(sql`select size from ledger_state where id = 1`)
	return Number(rows[0]?.size ?? 0)
}
