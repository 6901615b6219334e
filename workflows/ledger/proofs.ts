import { fromBase64, sameBytes } from '../shared/bytes.ts'
import { nodeHashOf } from './merkle.ts'

const isSize = (n: number) => Number.isSafeInteger(n) && n >= 0

/** True when `leafHash` is leaf `index` of the tree with this size and root (RFC 9162 section 2.1.3.2). */
export function verifyInclusion(
	{ index, size, root }: { index: number; size: number; root: Uint8Array },
	leafHash: Uint8Array,
	proof: readonly Uint8Array[],
	hashed?: (bytes: Uint8Array) => Uint8Array,
): boolean {
	if (!isSize(index) || !isSize(size) || index >= size || leafHash.length !== 32) return false
	let node = index
	let last = size - 1
	let hash = leafHash
	for (const sibling of proof) {
		if (last === 0 || sibling.length !== 32) return false
		if (node % 2 === 1 || node === last) {
			hash = nodeHashOf(sibling, hash, hashed)
			while (node % 2 === 0 && node !== 0) {
				node = Math.floor(node / 2)
				last = Math.floor(last / 2)
			}
		} else {
			hash = nodeHashOf(hash, sibling, hashed)
		}
		node = Math.floor(node / 2)
		last = Math.floor(last / 2)
	}
	return last === 0 && sameBytes(hash, root)
}

/** The same for a path that is written in base64; false where it is not. */
export function verifyPath(
	leaf: { index: number; size: number; root: Uint8Array },
	leafHash: Uint8Array,
	path: readonly string[],
	hashed?: (bytes: Uint8Array) => Uint8Array,
): boolean {
	const proof: Uint8Array[] = []
	for (const text of path) {
		const hash = fromBase64(text)
		if (hash === null) return false
		proof.push(hash)
	}
	return verifyInclusion(leaf, leafHash, proof, hashed)
}

/**
 * True when the tree (size1, root1) is a prefix of (size2, root2) (RFC 9162 section 2.1.4.2). An empty first tree
 * is refused: it proves nothing.
 */
export function verifyConsistency(
	first: { size: number; root: Uint8Array },
	second: { size: number; root: Uint8Array },
	proof: readonly Uint8Array[],
): boolean {
	if (!isSize(first.size) || !isSize(second.size) || first.size < 1 || first.size > second.size) return false
	if (proof.some((hash) => hash.length !== 32)) return false
	if (first.size === second.size) return proof.length === 0 && sameBytes(first.root, second.root)
	if (first.root.length !== 32) return false
	const isPowerOfTwo = Number.isInteger(Math.log2(first.size))
	const path = isPowerOfTwo ? [first.root, ...proof] : [...proof]
	let node = first.size - 1
	let last = second.size - 1
	while (node % 2 === 1) {
		node = Math.floor(node / 2)
		last = Math.floor(last / 2)
	}
	const [start, ...rest] = path
	if (start === undefined) return false
	let oldRoot = start
	let newRoot = start
	for (const hash of rest) {
		if (last === 0) return false
		if (node % 2 === 1 || node === last) {
			oldRoot = nodeHashOf(hash, oldRoot)
			newRoot = nodeHashOf(hash, newRoot)
			while (node % 2 === 0 && node !== 0) {
				node = Math.floor(node / 2)
				last = Math.floor(last / 2)
			}
		} else {
			newRoot = nodeHashOf(newRoot, hash)
		}
		node = Math.floor(node / 2)
		last = Math.floor(last / 2)
	}
	return last === 0 && sameBytes(oldRoot, first.root) && sameBytes(newRoot, second.root)
}
