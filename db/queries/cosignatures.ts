import { desc, eq, inArray, sql, type SQL } from 'drizzle-orm'
import type { Policy } from '#workflows/ledger/tlog-policy.ts'
import type { Reader, Tx } from '../client.ts'
import { ledgerCosignatures } from '../schema/index.ts'

export type CosignatureRow = typeof ledgerCosignatures.$inferSelect

/** Keeps what a witness signed, verified by the caller; what is kept already stays as it is. */
export async function insertCosignature(tx: Tx, row: CosignatureRow): Promise<void> {
	await tx.insert(ledgerCosignatures).values(row).onConflictDoNothing()
}

/** What witnesses signed of the checkpoint of this size. */
export async function cosignaturesAt(reader: Reader, size: number): Promise<CosignatureRow[]> {
	return reader.select().from(ledgerCosignatures).where(eq(ledgerCosignatures.size, size))
}

/** The newest cosignature of each of these witnesses. */
export async function newestCosignatures(
	reader: Reader,
	witnesses: readonly string[],
): Promise<CosignatureRow[]> {
	if (witnesses.length === 0) return []
	return reader
		.selectDistinctOn([ledgerCosignatures.witness])
		.from(ledgerCosignatures)
		.where(inArray(ledgerCosignatures.witness, [...witnesses]))
		.orderBy(ledgerCosignatures.witness, desc(ledgerCosignatures.size))
}

/**
 * The largest size whose cosignatures meet the quorum of the policy, and when its newest one was signed; null where none
 * does. `columnOf` gives the name under which the cosignatures of a witness of the policy are kept.
 */
export async function newestWitnessed(
	reader: Reader,
	policy: Policy,
	columnOf: (witness: string) => string,
): Promise<{ size: number; at: Date } | null> {
	if (policy.quorum === null) return null
	const { size, witness, signedAt } = ledgerCosignatures
	const isMet = new Map<string, SQL>()
	for (const { name } of policy.witnesses)
		isMet.set(name, sql`coalesce(bool_or(${witness} = ${columnOf(name)}), false)`)
	for (const { name, threshold, members } of policy.groups) {
		const votes = members.map((member) => sql`(${isMet.get(member) ?? sql`false`})::int`)
		isMet.set(name, sql`(${sql.join(votes, sql` + `)} >= ${threshold})`)
	}
	const [row] = await reader
		.select({ size, at: sql<Date>`max(${signedAt})`.mapWith(signedAt) })
		.from(ledgerCosignatures)
		.groupBy(size)
		.having(isMet.get(policy.quorum) ?? sql`false`)
		.orderBy(desc(size))
		.limit(1)
	return row ?? null
}
