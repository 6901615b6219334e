import { nodeHashOf } from '../ledger/merkle.ts'

/**
 * The tree over hashes that stand in order, each inner node worked out once: roots and inclusion paths of all of them at
 * little cost. Over the leaves of one tile, or over the roots of tiles (RFC 6962 section 2.1: both split alike).
 */
export function createRangeTree(hashes: readonly Uint8Array[], sha256: (bytes: Uint8Array) => Uint8Array) {
	const known = new Map<number, Uint8Array>()

	function rootOfRange(from: number, to: number): Uint8Array {
		if (to - from === 1) return hashes[from]!
		const key = from * (hashes.length + 1) + to
		const found = known.get(key)
		if (found) return found
		const middle = from + splitOf(to - from)
		const root = nodeHashOf(rootOfRange(from, middle), rootOfRange(middle, to), sha256)
		known.set(key, root)
		return root
	}

	return {
		root: () => rootOfRange(0, hashes.length),
		/** The siblings on the way up from one of the hashes, its own first. */
		path(index: number): Uint8Array[] {
			const path: Uint8Array[] = []
			let [from, to] = [0, hashes.length]
			while (to - from > 1) {
				const middle = from + splitOf(to - from)
				if (index < middle) {
					path.unshift(rootOfRange(middle, to))
					to = middle
				} else {
					path.unshift(rootOfRange(from, middle))
					from = middle
				}
			}
			return path
		},
	}
}

/** The largest power of two strictly less than n. */
function splitOf(n: number): number {
	let k = 1
	while (k * 2 < n) k *= 2
	return k
}
