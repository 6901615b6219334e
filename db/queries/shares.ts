import { and, asc, desc, eq, gt, inArray, isNull, lte, ne, not, or, sql } from 'drizzle-orm'
import type { Reader, Tx } from '../client.ts'
import { people, sharePieces, shares, suspensions } from '../schema/index.ts'

export type ShareRow = typeof shares.$inferSelect

/** What stands in place of the file's hash while its pieces are still being written. */
const UNFINISHED = ''
/** A share that is not finished after so long never will be: whoever made it is gone. */
const GIVEN_UP_MS = 3_600_000

export type NewShare = Omit<typeof shares.$inferInsert, 'fileSha256' | 'fileBytes' | 'endedAt'>

/** Begins a share that nobody can open yet. */
export async function beginShare(tx: Tx, share: NewShare): Promise<void> {
	await tx.insert(shares).values({ ...share, fileSha256: UNFINISHED, fileBytes: 0 })
}

export async function insertPiece(tx: Tx, piece: typeof sharePieces.$inferInsert): Promise<void> {
	await tx.insert(sharePieces).values(piece)
}

/** From here on the share can be opened. */
export async function finishShare(
	tx: Tx,
	{ id, fileName, fileSha256, fileBytes }: Pick<ShareRow, 'id' | 'fileName' | 'fileSha256' | 'fileBytes'>,
): Promise<void> {
	await tx.update(shares).set({ fileName, fileSha256, fileBytes }).where(eq(shares.id, id))
}

const isOpen = (at: Date) =>
	and(ne(shares.fileSha256, UNFINISHED), isNull(shares.endedAt), gt(shares.expiresAt, at))

/** Whoever made it has been stopped: what they have handed out is closed until the suspension is lifted. */
const isStopped = sql<boolean>`exists (select 1 from ${suspensions}
	where ${suspensions.personId} = ${shares.createdBy} and ${suspensions.liftedAt} is null)`

/** The share with this token hash, if it is finished, not ended and not expired, and its maker is not suspended. */
export async function findOpenShare(reader: Reader, tokenSha256: string, at: Date): Promise<ShareRow | null> {
	const [row] = await reader
		.select()
		.from(shares)
		.where(and(eq(shares.tokenSha256, tokenSha256), isOpen(at), not(isStopped)))
	return row ?? null
}

/** Shares that were finished, newest first, with who made them and whether that person is suspended. */
export async function listShares(
	reader: Reader,
	limit: number,
): Promise<(ShareRow & { creatorName: string; isStopped: boolean })[]> {
	const rows = await reader
		.select({ share: shares, creatorName: people.displayName, isStopped })
		.from(shares)
		.innerJoin(people, eq(people.id, shares.createdBy))
		.where(ne(shares.fileSha256, UNFINISHED))
		.orderBy(desc(shares.createdAt))
		.limit(limit)
	return rows.map(({ share, ...creator }) => ({ ...share, ...creator }))
}

/** Ends a share and takes its file away; false when it had ended already or never was. */
export async function endShare(tx: Tx, id: string, at: Date): Promise<boolean> {
	const ended = await tx
		.update(shares)
		.set({ endedAt: at })
		.where(and(eq(shares.id, id), isOpen(at)))
		.returning({ id: shares.id })
	if (ended.length === 0) return false
	await tx.delete(sharePieces).where(eq(sharePieces.shareId, id))
	return true
}

/** The file of a share, piece by piece. Throws where a piece is gone, so that no file looks whole that is not. */
export async function* piecesOf(reader: Reader, { id, fileBytes }: ShareRow): AsyncGenerator<Uint8Array> {
	let given = 0
	for (let position = 0; given < fileBytes; position++) {
		const [piece] = await reader
			.select({ bytes: sharePieces.bytes })
			.from(sharePieces)
			.where(and(eq(sharePieces.shareId, id), eq(sharePieces.position, position)))
		if (!piece) throw new Error('The share ended while its file was being taken.')
		given += piece.bytes.length
		yield piece.bytes
	}
}

/** Takes away the files of shares that have expired, and of those that were begun and never finished. */
export async function purgeShares(tx: Tx, at: Date): Promise<void> {
	const over = tx
		.select({ id: shares.id })
		.from(shares)
		.where(
			or(
				lte(shares.expiresAt, at),
				and(eq(shares.fileSha256, UNFINISHED), lte(shares.createdAt, new Date(at.getTime() - GIVEN_UP_MS))),
			),
		)
		.orderBy(asc(shares.createdAt))
	await tx.delete(sharePieces).where(inArray(sharePieces.shareId, over))
}
