import type { Sha256 } from './merkle.ts'
import { nodeHashOf } from './merkle.ts'
import { HASH_BYTES, TILE_WIDTH } from './tiles.ts'

/** A tile as far as it is known: the root over any full subtree within it. */
export type TileNodes = {
	/** How many hashes it holds, from the left. */
	readonly width: number
	/**
	 * The root over `count` hashes (a power of two) from `from` on (a multiple of it).
	 * Throws a RangeError where the tile is not as wide.
	 */
	rootOver(from: number, count: number): Uint8Array
}

/** A tile of these hashes, for one proof: what is not asked for is not hashed. */
export function tileNodes(hashes: readonly Uint8Array[], sha256?: Sha256): TileNodes {
	const rootOver = (from: number, count: number): Uint8Array => {
		if (count === 1) return demandHash(hashes[from], from)
		const half = count / 2
		return nodeHashOf(rootOver(from, half), rootOver(from + half, half), sha256)
	}
	return { width: hashes.length, rootOver }
}

/**
 * The same with every inner node made at once, for a tile of which many proofs are cut: 16 KiB, however wide it is.
 * The tree lies in one block as a heap does: the node at `p` is over those at `2p` and `2p + 1`, the hashes are the last 256.
 */
export function denseTileNodes(hashes: readonly Uint8Array[], sha256?: Sha256): TileNodes {
	const block = new Uint8Array(2 * TILE_WIDTH * HASH_BYTES)
	const at = (place: number) => block.subarray(place * HASH_BYTES, (place + 1) * HASH_BYTES)
	for (const [i, hash] of hashes.entries()) block.set(hash, (TILE_WIDTH + i) * HASH_BYTES)
	for (let count = 2; count <= TILE_WIDTH; count *= 2) {
		const first = TILE_WIDTH / count
		for (let i = 0; (i + 1) * count <= hashes.length; i++) {
			const place = first + i
			block.set(nodeHashOf(at(2 * place), at(2 * place + 1), sha256), place * HASH_BYTES)
		}
	}
	return {
		width: hashes.length,
		rootOver(from, count) {
			if (from + count > hashes.length) demandHash(undefined, from + count - 1)
			return at(TILE_WIDTH / count + from / count).slice()
		},
	}
}

function demandHash(hash: Uint8Array | undefined, place: number): Uint8Array {
	if (!hash) throw new RangeError(`The tile has no hash ${place}: it is not as wide as the tree asks for.`)
	return hash
}
