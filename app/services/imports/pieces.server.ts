import type { Reader, Tx } from '#db/client.ts'
import { deletePieces, findPiece, insertPieces, type ImportPart, type Piece } from '#db/queries/imports.ts'
import type { PlanRow } from '#workflows/people/import/plan.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Deps } from '../deps.ts'
import { inParts } from './batches.ts'

/** So many rows of a dry run are a page. */
export const PAGE_ROWS = 50
const FILE_PIECE = 1024 * 1024

type Keys = Pick<Deps, 'evidence'>
const bound = (importId: string, part: ImportPart, position: number) => ({
	fileId: importId,
	// Binds a piece to its place, as an evidence file is bound to its person.
	personId: `${part} ${position}`,
})

function seal(
	{ evidence }: Keys,
	importId: string,
	part: ImportPart,
	pieces: readonly Uint8Array[],
): Piece[] {
	return pieces.map((bytes, position) => ({
		importId,
		part,
		position,
		...evidence.seal(bytes, bound(importId, part, position)),
	}))
}

/** Stages a file, encrypted. */
export async function storeFile(tx: Tx, deps: Keys, importId: string, bytes: Uint8Array): Promise<void> {
	const pieces: Uint8Array[] = []
	for (let from = 0; from < bytes.length; from += FILE_PIECE)
		pieces.push(bytes.subarray(from, from + FILE_PIECE))
	await insertPieces(tx, seal(deps, importId, 'file', pieces))
}

/** The staged file; STALE_VERSION where it is gone. */
export async function loadFile(reader: Reader, deps: Keys, importId: string): Promise<Uint8Array> {
	const parts: Uint8Array[] = []
	for await (const bytes of openPieces(reader, deps, importId, 'file')) parts.push(bytes)
	if (parts.length === 0) throw gone()
	return Buffer.concat(parts)
}

/** Stores what a dry run came to, in pages: all rows, and once more those with errors. In place of what was there. */
export async function storeRows(
	tx: Tx,
	deps: Keys,
	importId: string,
	rows: readonly PlanRow[],
): Promise<void> {
	await deletePieces(tx, importId, ['rows', 'errors'])
	const pages = (some: readonly PlanRow[]) =>
		inParts(some, PAGE_ROWS).map((page) => new TextEncoder().encode(JSON.stringify(page)))
	await insertPieces(tx, seal(deps, importId, 'rows', pages(rows)))
	const bad = rows.filter(({ outcome }) => outcome === 'error')
	await insertPieces(tx, seal(deps, importId, 'errors', pages(bad)))
}

/** One page of a dry run; empty where there is none. */
export async function loadPage(
	reader: Reader,
	deps: Keys,
	importId: string,
	part: 'rows' | 'errors',
	page: number,
): Promise<PlanRow[]> {
	const piece = await findPiece(reader, importId, part, page)
	return piece ? readPage(open(deps, piece)) : []
}

/** All rows of a dry run, a page at a time. */
export async function* loadPages(
	reader: Reader,
	deps: Keys,
	importId: string,
	part: 'rows' | 'errors',
): AsyncGenerator<PlanRow[]> {
	for await (const bytes of openPieces(reader, deps, importId, part)) yield readPage(bytes)
}

async function* openPieces(
	reader: Reader,
	deps: Keys,
	importId: string,
	part: ImportPart,
): AsyncGenerator<Uint8Array> {
	for (let position = 0; ; position++) {
		const piece = await findPiece(reader, importId, part, position)
		if (piece === null) return
		yield open(deps, piece)
	}
}

const open = ({ evidence }: Keys, { importId, part, position, ...sealed }: Piece) =>
	evidence.open(sealed, bound(importId, part, position))

const readPage = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as PlanRow[]

export const gone = () =>
	new DomainError('STALE_VERSION', 'This file was applied or discarded, or its time is over.')
