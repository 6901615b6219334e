import { concatBytes } from '../shared/bytes.ts'
import { nodeHashOf } from './merkle.ts'

/** Hashes in a full tile, and how many levels of the tree lie between one level of tiles and the next (C2SP tlog-tiles). */
export const TILE_WIDTH = 256
const TILE_HEIGHT = 8
export const HASH_BYTES = 32
const MAX_LEVEL = 63

/** A tile of hashes at a level, or a bundle of entries. `width` is 256 for a full one. */
export type TileName = { level: number | 'entries'; index: number; width: number }

/** The path of a tile below the log's address, as in `tile/0/x001/x234/067.p/8` (C2SP tlog-tiles). */
export function tilePath({ level, index, width }: TileName): string {
	const groups: string[] = []
	for (let rest = index, isLast = true; isLast || rest > 0; rest = Math.floor(rest / 1000), isLast = false)
		groups.unshift(`${isLast ? '' : 'x'}${String(rest % 1000).padStart(3, '0')}`)
	return `tile/${level}/${groups.join('/')}${width === TILE_WIDTH ? '' : `.p/${width}`}`
}

const PATH = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/

/** Reads such a path; null unless it is exactly how a tile is named. */
export function parseTilePath(path: string): TileName | null {
	const [, levelText, groups = '', widthText] = PATH.exec(path) ?? []
	if (levelText === undefined) return null
	const tile: TileName = {
		level: levelText === 'entries' ? 'entries' : Number(levelText),
		index: Number(groups.replaceAll(/[x/]/g, '')),
		width: widthText === undefined ? TILE_WIDTH : Number(widthText),
	}
	const isKnown =
		(tile.level === 'entries' || tile.level <= MAX_LEVEL) &&
		Number.isSafeInteger(tile.index) &&
		(widthText === undefined || tile.width < TILE_WIDTH)
	// A leading zero group, or any other spelling, is no other name of the same tile.
	return isKnown && tilePath(tile) === path ? tile : null
}

/** How many hashes a level of tiles has in a tree of this size; entries are as many as the hashes of level 0. */
export function hashesAt(level: number | 'entries', size: number): number {
	return level === 'entries' ? size : Math.floor(size / TILE_WIDTH ** level)
}

/** How wide this tile is in a tree of this size; 0 where it is not there. */
export function widthAt(level: number | 'entries', index: number, size: number): number {
	return Math.max(0, Math.min(TILE_WIDTH, hashesAt(level, size) - index * TILE_WIDTH))
}

/** Every tile and bundle of a tree of this size, each as wide as it is then. */
export function* tilesOf(size: number): Generator<TileName> {
	for (
		let level: number | 'entries' = 'entries';
		hashesAt(level, size) > 0;
		level = level === 'entries' ? 0 : level + 1
	)
		for (let index = 0; index * TILE_WIDTH < hashesAt(level, size); index++)
			yield { level, index, width: widthAt(level, index, size) }
}

/** The root over a full subtree of hashes that stand in order: a power of two of them. */
export function subtreeRoot(
	hashes: readonly Uint8Array[],
	hash?: (bytes: Uint8Array) => Uint8Array,
): Uint8Array {
	let level = hashes
	while (level.length > 1)
		level = Array.from({ length: level.length / 2 }, (_, i) => {
			const [left, right] = [level[i * 2], level[i * 2 + 1]]
			if (!left || !right) throw new RangeError('A full subtree has a power of two of hashes.')
			return nodeHashOf(left, right, hash)
		})
	const [root] = level
	if (!root) throw new RangeError('An empty subtree has no root.')
	return root
}

/** The hashes of a tile one after the other, as they are served. */
export const tileBytes = (hashes: readonly Uint8Array[]): Uint8Array => concatBytes(...hashes)

/** The hashes that a served tile holds; null when it is not a whole number of them. */
export function parseTile(bytes: Uint8Array): Uint8Array[] | null {
	if (bytes.length % HASH_BYTES !== 0) return null
	return Array.from({ length: bytes.length / HASH_BYTES }, (_, i) =>
		bytes.slice(i * HASH_BYTES, (i + 1) * HASH_BYTES),
	)
}

const LONGEST_ENTRY = 65_535

/** Entries one after the other, each behind its length in two bytes, big-endian (C2SP tlog-tiles). */
export function entryBundle(entries: readonly Uint8Array[]): Uint8Array {
	return concatBytes(
		...entries.flatMap((entry) => {
			if (entry.length > LONGEST_ENTRY) throw new RangeError(`An entry has at most ${LONGEST_ENTRY} bytes.`)
			return [Uint8Array.of(entry.length >> 8, entry.length & 0xff), entry]
		}),
	)
}

/** The entries of a bundle; null unless they use up its bytes exactly. */
export function parseEntryBundle(bytes: Uint8Array): Uint8Array[] | null {
	const entries: Uint8Array[] = []
	for (let at = 0; at < bytes.length;) {
		const [high, low] = [bytes[at], bytes[at + 1]]
		if (high === undefined || low === undefined) return null
		const end = at + 2 + high * 256 + low
		if (end > bytes.length) return null
		entries.push(bytes.slice(at + 2, end))
		at = end
	}
	return entries
}

/** Which full subtree of the tree a hash stands for: the `index`-th of 2^`height` leaves. */
export type Subtree = { height: number; index: number }

/** Where a subtree's root is to be found: so many hashes of one tile, from the given one on. */
export function placeOf({ height, index }: Subtree): {
	level: number
	index: number
	from: number
	count: number
} {
	const level = Math.floor(height / TILE_HEIGHT)
	const count = 2 ** (height - level * TILE_HEIGHT)
	const first = index * count
	return {
		level,
		index: Math.floor(first / TILE_WIDTH),
		from: first % TILE_WIDTH,
		count,
	}
}
