import { sql } from 'drizzle-orm'
import type { Reader, Tx } from '../client.ts'

/**
 * Lets one reading of the same thing by the same reader be judged at a time, until the transaction ends: whoever comes
 * second finds what the first has written.
 */
export async function holdReading(tx: Tx, key: string): Promise<void> {
	await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`)
}

/** Whether an entry since this instant says that this person saw this view with this query, and as many rows. */
export async function hasReadSince(
	reader: Reader,
	{ actor, view, filter, since }: { actor: string | null; view: string; filter: unknown; since: Date },
): Promise<boolean> {
	const told = JSON.stringify({ actor, open: { view } })
	const { rows } = await reader.execute(sql`
		select 1 from (
			select id, kind, time, leaf from ledger_entries
			union all
			select id, kind, time, leaf from ledger_pending
		) entry
		join ledger_openings o on o.entry_id = entry.id and o."group" = 'query'
		where entry.kind = 'record.read' and entry.time > ${since.toISOString()}
			and convert_from(entry.leaf, 'UTF8')::jsonb @> ${told}::jsonb
			and o.record -> 'filter' = ${JSON.stringify(filter)}::jsonb
		limit 1`)
	return rows.length > 0
}
