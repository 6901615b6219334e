import { appendLeaf, EMPTY_EDGE, nodeHashOf, rootOf, type Edge } from '../ledger/merkle.ts'
import { TILE_WIDTH } from '../ledger/tiles.ts'
import { concatBytes, sameBytes, sha256 as portableSha256 } from '../shared/bytes.ts'

type Sha256 = (bytes: Uint8Array) => Uint8Array
/** A root that something claims for the tree at this size. */
type Claim = { size: number; root: Uint8Array; where: string }

/**
 * Builds the tree of a log anew, leaf by leaf, keeping the right edge and the roots of full tiles. Claims about the root at
 * a size are compared as the tree reaches it.
 */
export function createTreeReading(sha256: Sha256 = portableSha256) {
	let edge: Edge = EMPTY_EDGE
	let tile: Uint8Array[] = []
	/** Roots of the full tiles of each level: level 1 over the leaves' tiles, and so on. */
	const full: Uint8Array[][] = []
	const claims: Claim[] = []
	const forked: Claim[] = []

	function check(): void {
		for (const claim of claims)
			if (claim.size === edge.size && !sameBytes(claim.root, rootOf(edge, sha256))) forked.push(claim)
	}

	return {
		/** Says what the root at a size must be; the tree must not have reached that size yet. */
		claim(claim: Claim): void {
			claims.push(claim)
			if (claim.size === 0 && !sameBytes(claim.root, sha256(new Uint8Array()))) forked.push(claim)
		},
		append(leafHash: Uint8Array): void {
			edge = appendLeaf(edge, leafHash, sha256)
			tile.push(leafHash)
			if (tile.length === TILE_WIDTH) {
				lift(full, 1, rootOfTile(tile, sha256), sha256)
				tile = []
			}
			if (claims.length > 0) check()
		},
		size: () => edge.size,
		root: () => rootOf(edge, sha256),
		/** The bytes of a tile of hashes above the leaves, as far as the tree reaches. */
		tileBytes(level: number, index: number, width: number): Uint8Array {
			const hashes = (full[level] ?? []).slice(index * TILE_WIDTH, index * TILE_WIDTH + width)
			return concatBytes(...hashes)
		},
		/** Claims that are not what the tree came to. */
		forked: (): readonly Claim[] => forked,
		/** Claims about sizes beyond the tree. */
		beyond: (): readonly Claim[] => claims.filter(({ size }) => size > edge.size),
	}
}

/** The root over 256 hashes that stand one after the other. */
function rootOfTile(hashes: readonly Uint8Array[], sha256: Sha256): Uint8Array {
	let level = hashes
	while (level.length > 1) {
		const next: Uint8Array[] = []
		for (let i = 0; i < level.length; i += 2) next.push(nodeHashOf(level[i]!, level[i + 1]!, sha256))
		level = next
	}
	return level[0]!
}

/** Puts the root of a full tile into the level above, which may fill a tile there. */
function lift(full: Uint8Array[][], level: number, root: Uint8Array, sha256: Sha256): void {
	const hashes = (full[level] ??= [])
	hashes.push(root)
	if (hashes.length % TILE_WIDTH === 0)
		lift(full, level + 1, rootOfTile(hashes.slice(-TILE_WIDTH), sha256), sha256)
}
