import { z } from 'zod'
import type { Reader, Tx } from '#db/client.ts'
import { filePieces, insertFilePieces, type FilePiece } from '#db/queries/readiness-readings.ts'
import type { Deps } from '../deps.ts'
import type { TenantFile } from './tenant-files.ts'

/** So many bytes are encrypted and stored together. */
const PIECE = 4 * 1024 * 1024

type Keys = Pick<Deps, 'evidence'>
/** The first piece: when the files were exported, what they are called and how long each is. */
const contentsSchema = z.object({
	readAt: z.iso.datetime().transform((text) => new Date(text)),
	files: z.array(z.object({ name: z.string(), length: z.int().min(0) })),
})
/** What a site gave, and when it was exported. */
export type GivenFiles = { files: readonly TenantFile[]; readAt: Date }

// Binds a piece to its place, as an evidence file is bound to its person.
const bound = (readingId: string, position: number) => ({
	fileId: readingId,
	personId: `readiness ${position}`,
})

/** Keeps files of a tenant, encrypted, until the report is made of them: they say who holds what. */
export async function stageFiles(
	tx: Tx,
	{ evidence }: Keys,
	readingId: string,
	{ files, readAt }: GivenFiles,
): Promise<void> {
	const contents = {
		readAt: readAt.toISOString(),
		files: files.map(({ name, bytes }) => ({ name, length: bytes.length })),
	}
	const sealed = (bytes: Uint8Array, position: number): FilePiece => ({
		readingId,
		position,
		...evidence.seal(bytes, bound(readingId, position)),
	})
	await insertFilePieces(tx, sealed(new TextEncoder().encode(JSON.stringify(contents)), 0))
	let position = 1
	for (const piece of inPieces(files)) await insertFilePieces(tx, sealed(piece, position++))
}

/** The bytes of all files, one after the other, cut without regard to where a file ends: thousands of small ones are few pieces. */
function* inPieces(files: readonly TenantFile[]): Generator<Uint8Array> {
	let gathered: Uint8Array[] = []
	let length = 0
	for (const { bytes } of files)
		for (let from = 0; from < bytes.length;) {
			const part = bytes.subarray(from, from + PIECE - length)
			gathered.push(part)
			length += part.length
			from += part.length
			if (length < PIECE) continue
			yield Buffer.concat(gathered)
			gathered = []
			length = 0
		}
	if (length > 0) yield Buffer.concat(gathered)
}

/** The files as they were given; null where they are gone. */
export async function loadStaged(
	reader: Reader,
	{ evidence }: Keys,
	readingId: string,
): Promise<GivenFiles | null> {
	const pieces: Uint8Array[] = []
	for await (const { position, ...sealed } of filePieces(reader, readingId))
		pieces.push(evidence.open(sealed, bound(readingId, position)))
	const [first, ...rest] = pieces
	if (first === undefined) return null
	const contents = contentsSchema.safeParse(JSON.parse(new TextDecoder().decode(first)))
	// Kept by a version that did not ask when they were exported: they are given again.
	if (!contents.success) return null
	const { readAt, files } = contents.data
	const all = Buffer.concat(rest)
	if (files.reduce((sum, { length }) => sum + length, 0) !== all.length)
		throw new Error('Files that were kept for a report are not whole.')
	let from = 0
	const cut = files.map(({ name, length }) => {
		const bytes = new Uint8Array(all.subarray(from, from + length))
		from += length
		return { name, bytes }
	})
	return { files: cut, readAt }
}
