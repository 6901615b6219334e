import { bytesToHex, hexToBytes, sha256 } from '../shared/bytes.ts'

const NODE_PREFIX = 1
const HASH_BYTES = 32
/** Where two hashes are put together to be hashed: a verifier does that a million times, and nobody keeps the bytes. */
const NODE = new Uint8Array(1 + 2 * HASH_BYTES)
NODE[0] = NODE_PREFIX

/** SHA-256 by whatever does it here; @noble where nothing else is given. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array

/** `SHA-256(0x00 || entry)` (RFC 6962 section 2.1). */
export function leafHashOf(entry: Uint8Array): Uint8Array {
	return hashLeaf(entry, sha256)
}

/** The same by a hash that is given. */
export function hashLeaf(entry: Uint8Array, hash: Sha256): Uint8Array {
	const leaf = new Uint8Array(1 + entry.length)
	leaf.set(entry, 1)
	return hash(leaf)
}

/** `SHA-256(0x01 || left || right)` (RFC 6962 section 2.1). */
export function nodeHashOf(left: Uint8Array, right: Uint8Array, hash: Sha256 = sha256): Uint8Array {
	if (left.length !== HASH_BYTES || right.length !== HASH_BYTES)
		throw new RangeError('A node of the tree is made of two hashes of 32 bytes.')
	NODE.set(left, 1)
	NODE.set(right, 1 + HASH_BYTES)
	return hash(NODE)
}

/**
 * The right edge of a tree: its size and the roots of its full subtrees from left to right. All that is needed to
 * append, and to know the root: about log2(size) hashes.
 */
export type Edge = { readonly size: number; readonly roots: readonly Uint8Array[] }

export const EMPTY_EDGE: Edge = { size: 0, roots: [] }

/** The edge after one more leaf. Full subtrees of equal size merge as the binary digits of the size carry. */
export function appendLeaf({ size, roots }: Edge, leafHash: Uint8Array, hash: Sha256 = sha256): Edge {
	const next = [...roots]
	let carried = leafHash
	for (let digits = size; digits % 2 === 1; digits = Math.floor(digits / 2)) {
		const left = next.pop()
		if (left === undefined) throw new RangeError('The edge does not fit its size.')
		carried = nodeHashOf(left, carried, hash)
	}
	return { size: size + 1, roots: [...next, carried] }
}

/** The root of the tree; of the empty tree the hash of nothing (RFC 6962 section 2.1). */
export function rootOf({ roots }: Edge, hash: Sha256 = sha256): Uint8Array {
	const [last, ...rest] = [...roots].reverse()
	if (last === undefined) return hash(new Uint8Array())
	return rest.reduce((right, left) => nodeHashOf(left, right, hash), last)
}

/** The root over these leaf hashes. */
export function rootOfLeaves(leafHashes: Iterable<Uint8Array>): Uint8Array {
	let edge = EMPTY_EDGE
	for (const hash of leafHashes) edge = appendLeaf(edge, hash)
	return rootOf(edge)
}

/** The stored form of an edge. */
export function edgeToHex({ roots }: Edge): string[] {
	return roots.map(bytesToHex)
}

/** The inverse; throws when the number of roots does not fit the size. */
export function edgeFromHex(size: number, roots: readonly string[]): Edge {
	const expected = [...size.toString(2)].filter((digit) => digit === '1').length
	if (roots.length !== expected)
		throw new RangeError(`A tree of ${size} leaves has ${expected} full subtrees, found ${roots.length}.`)
	return { size, roots: roots.map(hexToBytes) }
}
