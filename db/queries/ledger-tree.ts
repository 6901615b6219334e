import { and, asc, eq, gte, lt, max, sql } from 'drizzle-orm'
import type { Reader } from '../client.ts'
import { ledgerEntries, ledgerNodes } from '../schema/index.ts'

/** Hashes of one level of the tree in order, `count` at most: leaf hashes at level 0, roots of full subtrees above. */
export async function hashesFrom(
	reader: Reader,
	level: number,
	from: number,
	count: number,
): Promise<Uint8Array[]> {
	const rows =
		level === 0
			? await reader
					.select({ hash: ledgerEntries.leafHash })
					.from(ledgerEntries)
					.where(and(gte(ledgerEntries.index, from), lt(ledgerEntries.index, from + count)))
					.orderBy(asc(ledgerEntries.index))
			: await reader
					.select({ hash: ledgerNodes.hash })
					.from(ledgerNodes)
					.where(
						and(
							eq(ledgerNodes.level, level),
							gte(ledgerNodes.index, from),
							lt(ledgerNodes.index, from + count),
						),
					)
					.orderBy(asc(ledgerNodes.index))
	return rows.map(({ hash }) => hash)
}

export type HashRange = { level: number; from: number; count: number }
const HASH_BYTES = 32

/** As `hashesFrom` for many ranges, in their order, with one statement: a proof is one round trip in a log of any size. */
export async function hashesOfRanges(reader: Reader, ranges: readonly HashRange[]): Promise<Uint8Array[][]> {
	const { rows } = await reader.execute<{ hashes: Buffer | null }>(
		sql`select (select string_agg(hash, ''::bytea order by index) from (
				select index, leaf_hash as hash from ${ledgerEntries}
				where r.level = 0 and index >= r.start and index < r.start + r.count
				union all
				select index, hash from ${ledgerNodes}
				where r.level > 0 and level = r.level and index >= r.start and index < r.start + r.count
			) found) as hashes
			from rows from (json_to_recordset(${JSON.stringify(ranges.map(({ level, from, count }) => ({ level, start: from, count })))}::json)
				as (level int, start bigint, count int)) with ordinality as r(level, start, count, n)
			order by r.n`,
	)
	return rows.map(({ hashes }) =>
		Array.from(
			{ length: (hashes?.length ?? 0) / HASH_BYTES },
			(_, i) => new Uint8Array((hashes as Buffer).subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES)),
		),
	)
}

/** How many subtree roots of a level are stored. They are stored in order, so this is the index of the next. */
export async function countNodes(reader: Reader, level: number): Promise<number> {
	const [row] = await reader
		.select({ last: max(ledgerNodes.index) })
		.from(ledgerNodes)
		.where(eq(ledgerNodes.level, level))
	return row?.last === null || row === undefined ? 0 : row.last + 1
}
