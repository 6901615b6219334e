import { sha256 } from '#app/utils/sha256.server.ts'
import { denseTileNodes, type TileNodes } from '#workflows/ledger/tile-nodes.ts'
import type { TilePlace } from '#workflows/ledger/tree-proofs.ts'

/** 16 MiB; enough for every tile above the leaves of a log of 67 million entries. */
const MOST_TILES = 1024

/**
 * Tiles above the leaves: one in 256, and every proof passes through some of them. What a tile holds never changes, only
 * its width grows. Tiles of leaves are not kept: they are as many as the log is long, and seldom asked for twice.
 */
export type TileMemory = {
	/** The tile where it is known at least so wide. */
	find(place: TilePlace, width: number): TileNodes | undefined
	/** Keeps a tile that is committed and covered by a checkpoint; undefined where it is none to be kept. */
	keep(place: TilePlace, hashes: readonly Uint8Array[]): TileNodes | undefined
}

/** A memory for one log; what was not asked for longest goes first. */
export function tileMemory(most = MOST_TILES): TileMemory {
	const known = new Map<string, TileNodes>()
	const nameOf = ({ level, index }: TilePlace) => `${level}/${index}`
	const putLast = (name: string, tile: TileNodes) => {
		known.delete(name)
		known.set(name, tile)
	}
	return {
		find(place, width) {
			const name = nameOf(place)
			const tile = known.get(name)
			if (tile === undefined || tile.width < width) return undefined
			putLast(name, tile)
			return tile
		},
		keep(place, hashes) {
			if (place.level === 0) return undefined
			const tile = denseTileNodes(hashes, sha256)
			putLast(nameOf(place), tile)
			const [oldest] = known.keys()
			if (known.size > most && oldest !== undefined) known.delete(oldest)
			return tile
		},
	}
}
