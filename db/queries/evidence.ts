import { and, asc, eq } from 'drizzle-orm'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Reader, Tx } from '../client.ts'
import { evidenceFiles, evidencePieces } from '../schema/index.ts'

export type EvidenceRow = typeof evidenceFiles.$inferSelect
const PIECE_BYTES = 256 * 1024

/** Stores an encrypted file whole, in pieces. */
export async function insertEvidence(
	tx: Tx,
	row: typeof evidenceFiles.$inferInsert,
	sealed: Uint8Array,
): Promise<void> {
	await tx.insert(evidenceFiles).values(row)
	for (let position = 0; position * PIECE_BYTES < sealed.length; position++) {
		const bytes = sealed.subarray(position * PIECE_BYTES, (position + 1) * PIECE_BYTES)
		await tx.insert(evidencePieces).values({ fileId: row.id, position, bytes })
	}
}

/** A stored file of this person with its encrypted bytes, or NOT_FOUND. */
export async function findEvidence(
	reader: Reader,
	{ personId, fileId }: { personId: string; fileId: string },
): Promise<{ row: EvidenceRow; sealed: Uint8Array }> {
	const [row] = await reader
		.select()
		.from(evidenceFiles)
		.where(and(eq(evidenceFiles.id, fileId), eq(evidenceFiles.personId, personId)))
	if (!row) throw new DomainError('NOT_FOUND', 'No such file.', { fileId })
	const pieces = await reader
		.select({ bytes: evidencePieces.bytes })
		.from(evidencePieces)
		.where(eq(evidencePieces.fileId, fileId))
		.orderBy(asc(evidencePieces.position))
	return { row, sealed: Buffer.concat(pieces.map(({ bytes }) => bytes)) }
}
