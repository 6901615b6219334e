import { sha256 } from '#app/utils/sha256.server.ts'
import type { Reader, Tx } from '#db/client.ts'
import { entriesFrom, latestCheckpoint } from '#db/queries/ledger.ts'
import { countNodes, hashesFrom, hashesOfRanges } from '#db/queries/ledger-tree.ts'
import { insertNodes } from '#db/queries/ledger-append.ts'
import {
	entryBundle,
	hashesAt,
	parseTilePath,
	subtreeRoot,
	TILE_WIDTH,
	tileBytes,
	widthAt,
	type TileName,
} from '#workflows/ledger/tiles.ts'
import { tileNodes } from '#workflows/ledger/tile-nodes.ts'
import type { ReadTiles } from '#workflows/ledger/tree-proofs.ts'
import type { Deps } from '../deps.ts'
import type { TileMemory } from './tile-memory.ts'

/** How many leaves are read at once for the roots above them. */
const STRETCH = TILE_WIDTH * 64

/** Stores the roots of all subtrees that are full in a tree of this size and are not stored yet, a level after the other. */
export async function growTree(tx: Tx, size: number): Promise<void> {
	for (let level = 1; hashesAt(level, size) > 0; level++) {
		const full = hashesAt(level, size)
		for (let index = await countNodes(tx, level); index < full; index += STRETCH / TILE_WIDTH) {
			const count = Math.min(full - index, STRETCH / TILE_WIDTH)
			const below = await hashesFrom(tx, level - 1, index * TILE_WIDTH, count * TILE_WIDTH)
			const roots = Array.from({ length: count }, (_, i) =>
				subtreeRoot(below.slice(i * TILE_WIDTH, (i + 1) * TILE_WIDTH), sha256),
			)
			await insertNodes(tx, level, index, roots)
		}
	}
}

/**
 * Tiles of the tree at one size, whatever has been added since. With a memory, those above the leaves are read once only;
 * `size` must then be one that a stored checkpoint covers: what is remembered must not be rolled back.
 */
export function tileReader(reader: Reader, size: number, memory?: TileMemory): ReadTiles {
	return async (places) => {
		const wanted = places.map((place) => {
			const width = widthAt(place.level, place.index, size)
			return { ...place, width, known: memory?.find(place, width) }
		})
		const missing = wanted.filter(({ known }) => known === undefined)
		const read = missing.length === 0 ? [] : await hashesOfRanges(reader, missing.map(rangeOf))
		const found = new Map(missing.map((place, i) => [place, read[i] ?? []]))
		return wanted.map((place) => {
			const hashes = found.get(place) ?? []
			return place.known ?? memory?.keep(place, hashes) ?? tileNodes(hashes, sha256)
		})
	}
}

const rangeOf = ({ level, index, width }: { level: number; index: number; width: number }) => ({
	level,
	from: index * TILE_WIDTH,
	count: width,
})

/** The bytes of a tile or of a bundle of entries. */
export async function readTileBytes(reader: Reader, { level, index, width }: TileName): Promise<Uint8Array> {
	const from = index * TILE_WIDTH
	if (level !== 'entries') return tileBytes(await hashesFrom(reader, level, from, width))
	return entryBundle((await entriesFrom(reader, from, from + width, width)).map(({ leaf }) => leaf))
}

/**
 * The bytes of a tile by its path (C2SP tlog-tiles), for anybody; null where the path names none, or one that no signed
 * checkpoint covers. What is given never changes.
 */
export async function serveTile(
	{ database }: Pick<Deps, 'database'>,
	path: string,
): Promise<Uint8Array | null> {
	const tile = parseTilePath(path)
	if (tile === null) return null
	const size = (await latestCheckpoint(database.db))?.size ?? 0
	return tile.width <= widthAt(tile.level, tile.index, size) ? readTileBytes(database.db, tile) : null
}
