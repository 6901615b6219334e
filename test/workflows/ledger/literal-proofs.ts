import { rootOfLeaves } from '#workflows/ledger/merkle.ts'

/** Proofs by the recursion of RFC 6962 as it stands there: what the proofs that are built from tiles are held against. */

/** The largest power of two strictly less than n (RFC 6962 section 2.1). */
function splitOf(n: number): number {
	let k = 1
	while (k * 2 < n) k *= 2
	return k
}

/** The audit path of leaf `index` in the tree over these leaf hashes: its sibling first, the root's child last. */
export function inclusionProof(leafHashes: readonly Uint8Array[], index: number): Uint8Array[] {
	if (!Number.isSafeInteger(index) || index < 0 || index >= leafHashes.length) {
		throw new RangeError(`A tree of ${leafHashes.length} leaves has no leaf ${index}.`)
	}
	if (leafHashes.length === 1) return []
	const k = splitOf(leafHashes.length)
	const [left, right] = [leafHashes.slice(0, k), leafHashes.slice(k)]
	return index < k
		? [...inclusionProof(left, index), rootOfLeaves(right)]
		: [...inclusionProof(right, index - k), rootOfLeaves(left)]
}

/** Proof that the tree of the first `size` leaves is a prefix of the whole (RFC 6962 section 2.1.2). */
export function consistencyProof(leafHashes: readonly Uint8Array[], size: number): Uint8Array[] {
	if (!Number.isSafeInteger(size) || size < 1 || size > leafHashes.length) {
		throw new RangeError(`A tree of ${leafHashes.length} leaves has no earlier tree of ${size}.`)
	}
	const walk = (leaves: readonly Uint8Array[], m: number, isWhole: boolean): Uint8Array[] => {
		if (m === leaves.length) return isWhole ? [] : [rootOfLeaves(leaves)]
		const k = splitOf(leaves.length)
		const [left, right] = [leaves.slice(0, k), leaves.slice(k)]
		return m <= k
			? [...walk(left, m, isWhole), rootOfLeaves(right)]
			: [...walk(right, m - k, false), rootOfLeaves(left)]
	}
	return walk(leafHashes, size, true)
}
