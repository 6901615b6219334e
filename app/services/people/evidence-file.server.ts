import { createHash } from 'node:crypto'
import type { Tx } from '#db/client.ts'
import { findEvidence, insertEvidence, type EvidenceRow } from '#db/queries/evidence.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import { recordRead } from '../audit/record-read.server.ts'
import type { Deps } from '../deps.ts'

/** An evidence file holds at most so many bytes. */
export const MAX_EVIDENCE_BYTES = 10 * 1024 * 1024

const SIGNATURES: readonly { type: EvidenceRow['type']; begins: readonly number[]; extension: string }[] = [
	{ type: 'application/pdf', begins: [0x25, 0x50, 0x44, 0x46, 0x2d], extension: 'pdf' },
	{ type: 'image/jpeg', begins: [0xff, 0xd8, 0xff], extension: 'jpg' },
	{ type: 'image/png', begins: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], extension: 'png' },
]

/** The type of a file by its first bytes: whatever it is called, and whatever the browser said. */
function sniff(bytes: Uint8Array): EvidenceRow['type'] | null {
	return SIGNATURES.find(({ begins }) => begins.every((byte, index) => bytes[index] === byte))?.type ?? null
}

/** Throws INVALID_INPUT unless this can be stored as evidence. */
export function demandEvidence(bytes: Uint8Array): EvidenceRow['type'] {
	const refuse = (problem: string) =>
		new DomainError('INVALID_INPUT', `The evidence file cannot be used: ${problem}.`, {
			field: 'file',
			problem,
		})
	if (bytes.length > MAX_EVIDENCE_BYTES) throw refuse('FILE_TOO_LARGE')
	const type = sniff(bytes)
	if (type === null) throw refuse('FILE_TYPE')
	return type
}

/** Encrypts and stores a file that a fact about this person rests on; gives its id and the SHA-256 of what was given. */
export async function storeEvidence(
	tx: Tx,
	deps: Pick<Deps, 'newId' | 'evidence'>,
	{ personId, bytes, at, by }: { personId: string; bytes: Uint8Array; at: Date; by: string },
): Promise<{ id: string; sha256: string }> {
	const type = demandEvidence(bytes)
	const id = deps.newId()
	const sha256 = createHash('sha256').update(bytes).digest('hex')
	const { bytes: sealed, ...key } = deps.evidence.seal(bytes, { fileId: id, personId })
	await insertEvidence(
		tx,
		{ id, personId, type, sha256, bytes: bytes.length, ...key, storedAt: at, storedBy: by },
		sealed,
	)
	return { id, sha256 }
}

export type EvidenceDownload = { fileName: string; contentType: string; bytes: Uint8Array }

/** A stored file, for officers and for the person themselves; that it was read is recorded first. */
export async function openEvidence(
	deps: Deps,
	actor: Actor,
	{ personId, fileId }: { personId: string; fileId: string },
): Promise<EvidenceDownload> {
	if (actor.personId !== personId) demand(actor, 'people:values')
	const { row, sealed } = await findEvidence(deps.database.db, { personId, fileId })
	await recordRead(deps, actor, { view: 'evidence', rows: 1, filter: { fileId }, subject: personId })
	const bytes = deps.evidence.open({ ...row, bytes: sealed }, { fileId, personId })
	if (createHash('sha256').update(bytes).digest('hex') !== row.sha256)
		throw new Error('An evidence file is not what its hash says.')
	const extension = SIGNATURES.find(({ type }) => type === row.type)?.extension ?? 'bin'
	return {
		fileName: `evidence-${row.sha256.slice(0, 12)}.${extension}`,
		contentType: row.type,
		bytes,
	}
}
