import { eq } from 'drizzle-orm'
import type { Reader, Tx } from '../client.ts'
import { apiTokens, filings } from '../schema/index.ts'

export type FilingRow = typeof filings.$inferSelect

/** Notes that a form was sent. DUPLICATE where it was before: whoever sends it at the same moment waits here for the first. */
export async function insertFiling(tx: Tx, row: FilingRow): Promise<void> {
	await tx.insert(filings).values(row)
}

/** The filing with this key, with what its token is called; null when nothing was filed with it. */
export async function findFiling(
	reader: Reader,
	id: string,
): Promise<(FilingRow & { tokenName: string | null }) | null> {
	const [row] = await reader
		.select({ filing: filings, tokenName: apiTokens.name })
		.from(filings)
		.leftJoin(apiTokens, eq(apiTokens.id, filings.tokenId))
		.where(eq(filings.id, id))
	return row === undefined ? null : { ...row.filing, tokenName: row.tokenName }
}

/** Takes away why roles were refused to whoever asked for themselves: it tells of them. */
export async function blankFilings(tx: Tx, personId: string): Promise<void> {
	await tx.update(filings).set({ refused: [] }).where(eq(filings.filedBy, personId))
}
