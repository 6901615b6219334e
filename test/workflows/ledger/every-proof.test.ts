import { expect, test } from 'vitest'
import { leafHashOf, nodeHashOf } from '#workflows/ledger/merkle.ts'
import { verifyConsistency, verifyInclusion } from '#workflows/ledger/proofs.ts'
import { tileNodes } from '#workflows/ledger/tile-nodes.ts'
import { hashesAt, subtreeRoot, TILE_WIDTH, widthAt } from '#workflows/ledger/tiles.ts'
import { consistencyRanges, inclusionRanges, rootsOf, type ReadTiles } from '#workflows/ledger/tree-proofs.ts'
import { bytesToHex, utf8ToBytes } from '#workflows/shared/bytes.ts'

/*
 * Every inclusion proof and every consistency proof of every tree of up to 600 leaves. A proof is a list of ranges and
 * the roots over them; that the ranges are those of the RFC is compared for all, that the roots are is compared once for
 * each range that occurs, and that the whole proves what it should is verified for all.
 */
const LARGEST = 600

type Range = { from: number; to: number }
const leaves = Array.from({ length: LARGEST }, (_, i) => leafHashOf(utf8ToBytes(`leaf ${i}`)))
const subtrees = Array.from({ length: hashesAt(1, LARGEST) }, (_, i) =>
	subtreeRoot(leaves.slice(i * TILE_WIDTH, (i + 1) * TILE_WIDTH)),
)
const readerOf =
	(size: number): ReadTiles =>
	(tiles) =>
		Promise.resolve(
			tiles.map(({ level, index }) => {
				const from = index * TILE_WIDTH
				return tileNodes(
					([leaves, subtrees, []][level] ?? []).slice(from, from + widthAt(level, index, size)),
				)
			}),
		)

/** The largest power of two strictly less than n (RFC 6962 section 2.1). */
function splitOf(n: number): number {
	let k = 1
	while (k * 2 < n) k *= 2
	return k
}

const known = new Map<number, Uint8Array>()
/** The root over a range by the recursion of the RFC. */
function rootOver({ from, to }: Range): Uint8Array {
	const name = from * 1000 + to
	const hash = known.get(name)
	if (hash) return hash
	const middle = from + splitOf(to - from)
	const made =
		to - from === 1
			? (leaves[from] ?? new Uint8Array())
			: nodeHashOf(rootOver({ from, to: middle }), rootOver({ from: middle, to }))
	known.set(name, made)
	return made
}

/** RFC 6962 section 2.1.1, over the leaves of this range. */
function literalInclusion(index: number, { from, to }: Range): Range[] {
	if (to - from === 1) return []
	const middle = from + splitOf(to - from)
	const [left, right] = [
		{ from, to: middle },
		{ from: middle, to },
	]
	return index < middle
		? [...literalInclusion(index, left), right]
		: [...literalInclusion(index, right), left]
}

/** RFC 6962 section 2.1.2: SUBPROOF over the leaves of this range, of which the first end before `first`. */
function literalConsistency(first: number, { from, to }: Range, isWhole: boolean): Range[] {
	if (first === to) return isWhole ? [] : [{ from, to }]
	const middle = from + splitOf(to - from)
	const [left, right] = [
		{ from, to: middle },
		{ from: middle, to },
	]
	return first <= middle
		? [...literalConsistency(first, left, isWhole), right]
		: [...literalConsistency(first, right, false), left]
}

const textOf = (ranges: readonly Range[]) => ranges.map(({ from, to }) => `${from}-${to}`).join()
test('every leaf of every tree is proven, as the RFC does it', () => {
	let failures = 0
	for (let size = 1; size <= LARGEST; size++) {
		const whole = { from: 0, to: size }
		const root = rootOver(whole)
		for (let index = 0; index < size; index++) {
			const ranges = inclusionRanges(index, size)
			const isLiteral = textOf(ranges) === textOf(literalInclusion(index, whole))
			const leaf = leaves[index] ?? new Uint8Array()
			const holds = verifyInclusion({ index, size, root }, leaf, ranges.map(rootOver))
			if (!isLiteral || !holds) failures += 1
		}
	}
	expect(failures).toBe(0)
}, 120_000)

test('every earlier tree of every tree is proven to be its prefix, as the RFC does it', () => {
	let failures = 0
	for (let size = 1; size <= LARGEST; size++) {
		const whole = { from: 0, to: size }
		const last = { size, root: rootOver(whole) }
		for (let first = 1; first <= size; first++) {
			const ranges = consistencyRanges(first, size)
			const isLiteral = textOf(ranges) === textOf(literalConsistency(first, whole, true))
			const before = { size: first, root: rootOver({ from: 0, to: first }) }
			if (!isLiteral || !verifyConsistency(before, last, ranges.map(rootOver))) failures += 1
		}
	}
	expect(failures).toBe(0)
}, 120_000)

test('every root that occurs in them comes out of the tiles', async () => {
	const occurring = new Map<string, { range: Range; size: number }>()
	for (let size = 1; size <= LARGEST; size++) {
		const proofs = Array.from({ length: size }, (_, i) => [
			...inclusionRanges(i, size),
			...consistencyRanges(i + 1, size),
		])
		for (const range of proofs.flat()) occurring.set(textOf([range]), { range, size })
	}
	expect(occurring.size).toBeGreaterThan(LARGEST)
	for (const { range, size } of occurring.values()) {
		const [root] = await rootsOf([range], readerOf(size))
		expect(bytesToHex(root ?? new Uint8Array()), textOf([range])).toBe(bytesToHex(rootOver(range)))
	}
}, 120_000)
