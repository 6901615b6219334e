import { describe, expect, test } from 'vitest'
import { sharedJson } from '#test/vectors.ts'
import { leafHashOf } from '#workflows/ledger/merkle.ts'
import { denseTileNodes, tileNodes } from '#workflows/ledger/tile-nodes.ts'
import {
	entryBundle,
	hashesAt,
	parseEntryBundle,
	parseTile,
	parseTilePath,
	subtreeRoot,
	TILE_WIDTH,
	tileBytes,
	tilePath,
	tilesOf,
	widthAt,
	type TileName,
} from '#workflows/ledger/tiles.ts'
import { consistencyRanges, inclusionRanges, rootsOf, type ReadTiles } from '#workflows/ledger/tree-proofs.ts'
import { bytesToHex, hexToBytes, sha256, utf8ToBytes } from '#workflows/shared/bytes.ts'
import { consistencyProof, inclusionProof } from './literal-proofs.ts'

type Vectors = {
	tiles: {
		tree_size: number
		tiles: (TileName & { path: string; sha256_of_tile: string; first_hash: string })[]
	}
	tile_paths: (TileName & { path: string })[]
	entry_bundles: { entries: string[]; bundle: string }[]
	tessera_log: { entries_utf8: string[]; 'entry_bundle_000.p_15': string; 'tile_0_000.p_15': string }
}
const vectors = sharedJson<Vectors>('ledger/tlog-vectors.json')

const leaves = (size: number) => Array.from({ length: size }, (_, i) => leafHashOf(utf8ToBytes(`leaf ${i}`)))

/** Levels of the tree as they are stored: leaf hashes, then the roots of full subtrees of 256. */
function levelsOf(leafHashes: readonly Uint8Array[]): (readonly Uint8Array[])[] {
	const levels: (readonly Uint8Array[])[] = [leafHashes]
	for (let level = 1; hashesAt(level, leafHashes.length) > 0; level++) {
		const below = levels[level - 1] ?? []
		levels.push(
			Array.from({ length: hashesAt(level, leafHashes.length) }, (_, i) =>
				subtreeRoot(below.slice(i * TILE_WIDTH, (i + 1) * TILE_WIDTH)),
			),
		)
	}
	return levels
}

type MakeTile = typeof tileNodes
const readerOf = (
	levels: readonly (readonly Uint8Array[])[],
	size: number,
	makeTile: MakeTile = tileNodes,
): ReadTiles => {
	return (tiles) =>
		Promise.resolve(
			tiles.map(({ level, index }) => {
				const from = index * TILE_WIDTH
				return makeTile((levels[level] ?? []).slice(from, from + widthAt(level, index, size)))
			}),
		)
}
/** Hashed as they are asked for, and with every inner node made at once. */
const TILES = [tileNodes, denseTileNodes]

describe('proofs from tiles', () => {
	test('are those of the RFC for every leaf and every earlier tree, up to 600 leaves', async () => {
		const all = leaves(600)
		for (const size of [1, 2, 3, 7, 8, 9, 255, 256, 257, 511, 512, 513, 600]) {
			const some = all.slice(0, size)
			const readers = TILES.map((makeTile) => readerOf(levelsOf(some), size, makeTile))
			for (let index = 0; index < size; index++) {
				const proof = inclusionProof(some, index).map(bytesToHex)
				for (const read of readers)
					expect((await rootsOf(inclusionRanges(index, size), read)).map(bytesToHex)).toEqual(proof)
			}
			for (let first = 1; first <= size; first++) {
				const proof = consistencyProof(some, first).map(bytesToHex)
				for (const read of readers)
					expect((await rootsOf(consistencyRanges(first, size), read)).map(bytesToHex)).toEqual(proof)
			}
		}
	}, 60_000)

	test('of a tree that is not there are refused', () => {
		for (const index of [-1, 5, 1.5, Number.NaN]) expect(() => inclusionRanges(index, 5)).toThrow(RangeError)
		for (const first of [0, 6, 1.5]) expect(() => consistencyRanges(first, 5)).toThrow(RangeError)
	})

	test('from a tile that lost a hash are refused, not made up', async () => {
		const some = leaves(300)
		const levels = levelsOf(some)
		for (const makeTile of TILES) {
			const read = readerOf([(levels[0] ?? []).slice(0, 299), levels[1] ?? []], 300, makeTile)
			await expect(rootsOf([{ from: 0, to: 300 }], read)).rejects.toThrow(RangeError)
		}
	})
})

describe('names of tiles', () => {
	test.each([
		'tile/0/1',
		'tile/00/000',
		'tile/0/x000/001',
		'tile/0/000.p/0',
		'tile/0/000.p/256',
		'tile/0/000.p/01',
		'tile/64/000',
		'tile/0/000/',
		'tile/0/../0/000',
		'tile/0/x001',
		'tile/entries/0',
		'tile/0/x999/x999/x999/x999/x999/999',
	])('%s is none', (path) => {
		expect(parseTilePath(path)).toBeNull()
	})

	test('cover a tree exactly', () => {
		const names = [...tilesOf(70_000)].map(tilePath)
		expect(new Set(names).size).toBe(names.length)
		expect(names).toEqual(
			expect.arrayContaining([
				'tile/0/273.p/112',
				'tile/1/001.p/17',
				'tile/2/000.p/1',
				'tile/entries/273.p/112',
			]),
		)
		expect([...tilesOf(0)]).toEqual([])
		expect([...tilesOf(256)].map(tilePath)).toEqual(['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1'])
	})
})

test('a bundle or a tile that does not use up its bytes is refused', () => {
	expect(parseEntryBundle(hexToBytes('0003aabb'))).toBeNull()
	expect(parseEntryBundle(hexToBytes('00'))).toBeNull()
	expect(parseTile(new Uint8Array(33))).toBeNull()
	expect(() => entryBundle([new Uint8Array(65_536)])).toThrow(RangeError)
})

describe.skipIf(vectors === null)('published vectors', () => {
	const v = vectors as Vectors

	test('of tile names', () => {
		for (const { path, ...tile } of v.tile_paths) {
			const { level, index, width } = tile
			expect(tilePath({ level, index, width })).toBe(path)
			expect(parseTilePath(path)).toEqual({ level, index, width })
		}
	})

	test('of the tiles of a tree of 70,000 leaves', () => {
		const size = v.tiles.tree_size
		const levels = levelsOf(leaves(size))
		for (const { path, level, index, width, sha256_of_tile, first_hash } of v.tiles.tiles) {
			expect(widthAt(level, index, size)).toBe(width)
			const hashes = (levels[Number(level)] ?? []).slice(index * TILE_WIDTH, index * TILE_WIDTH + width)
			expect(bytesToHex(hashes[0] ?? new Uint8Array())).toBe(first_hash)
			expect(bytesToHex(sha256(tileBytes(hashes))), path).toBe(sha256_of_tile)
			expect(parseTile(tileBytes(hashes))).toHaveLength(width)
		}
	}, 60_000)

	test('of entry bundles', () => {
		for (const { entries, bundle } of v.entry_bundles) {
			expect(bytesToHex(entryBundle(entries.map(hexToBytes)))).toBe(bundle)
			expect(parseEntryBundle(hexToBytes(bundle))?.map(bytesToHex)).toEqual(entries)
		}
		const { tessera_log: log } = v
		const entries = log.entries_utf8.map(utf8ToBytes)
		expect(bytesToHex(entryBundle(entries))).toBe(log['entry_bundle_000.p_15'])
		expect(bytesToHex(tileBytes(entries.map(leafHashOf)))).toBe(log['tile_0_000.p_15'])
	})
})
