import { nodeHashOf, type Sha256 } from './merkle.ts'
import type { TileNodes } from './tile-nodes.ts'
import { placeOf, type Subtree } from './tiles.ts'

/** Leaves from `from` (inclusive) to `to` (exclusive). */
type Range = { from: number; to: number }

export type TilePlace = { level: number; index: number }

/**
 * Gives these tiles in the same order, each as wide as it is at least; the caller knows the size of the tree.
 * All at once: where they lie behind a round trip, a proof takes one, however large the tree.
 */
export type ReadTiles = (tiles: readonly TilePlace[]) => Promise<readonly TileNodes[]>

/** The ranges whose roots prove that a leaf is in a tree of this size: its sibling first (RFC 6962 section 2.1.1). */
export function inclusionRanges(index: number, size: number): Range[] {
	if (!Number.isSafeInteger(index) || index < 0 || index >= size)
		throw new RangeError(`A tree of ${size} leaves has no leaf ${index}.`)
	const ranges: Range[] = []
	let [from, to] = [0, size]
	while (to - from > 1) {
		const middle = from + splitOf(to - from)
		if (index < middle) {
			ranges.unshift({ from: middle, to })
			to = middle
		} else {
			ranges.unshift({ from, to: middle })
			from = middle
		}
	}
	return ranges
}

/** The ranges whose roots prove that a tree of `first` leaves is a prefix of one of `size` (RFC 6962 section 2.1.2). */
export function consistencyRanges(first: number, size: number): Range[] {
	if (!Number.isSafeInteger(first) || first < 1 || first > size)
		throw new RangeError(`A tree of ${size} leaves has no earlier tree of ${first}.`)
	const ranges: Range[] = []
	let [from, to] = [0, size]
	while (to !== first) {
		const middle = from + splitOf(to - from)
		if (first <= middle) {
			ranges.unshift({ from: middle, to })
			to = middle
		} else {
			ranges.unshift({ from, to: middle })
			from = middle
		}
	}
	// The old tree's own root is known to whoever asks, unless it ends inside of a larger one.
	return from === 0 ? ranges : [{ from, to }, ...ranges]
}

/** Roots of these ranges, read from tiles: about log2(size) tiles for a proof, asked for together. */
export async function rootsOf(
	ranges: readonly Range[],
	read: ReadTiles,
	sha256?: Sha256,
): Promise<Uint8Array[]> {
	const parts = ranges.map((range) => subtreesOf(range).map(placeOf))
	const places = new Map(parts.flat().map(({ level, index }) => [nameOf({ level, index }), { level, index }]))
	const found = await read([...places.values()])
	const tiles = new Map([...places.keys()].map((name, i) => [name, found[i]]))
	const rootOf = ({ level, index, from, count }: ReturnType<typeof placeOf>): Uint8Array => {
		const name = nameOf({ level, index })
		const tile = tiles.get(name)
		if (tile === undefined) throw new RangeError(`The tile ${name} was not read.`)
		return tile.rootOver(from, count)
	}
	return parts.map((each) => each.map(rootOf).reduceRight((right, left) => nodeHashOf(left, right, sha256)))
}

const nameOf = ({ level, index }: TilePlace) => `${level}/${index}`

/** Full subtrees that make up a range of a tree, from left to right, each half as large as the one before at most. */
function subtreesOf({ from, to }: Range): Subtree[] {
	const subtrees: Subtree[] = []
	for (let at = from; at < to;) {
		let height = 0
		while (2 ** (height + 1) <= to - at && at % 2 ** (height + 1) === 0) height += 1
		subtrees.push({ height, index: at / 2 ** height })
		at += 2 ** height
	}
	return subtrees
}

/** The largest power of two strictly less than n (RFC 6962 section 2.1). */
function splitOf(n: number): number {
	let k = 1
	while (k * 2 < n) k *= 2
	return k
}
