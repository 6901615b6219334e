import { expect, test } from 'vitest'
import { tileMemory } from '#app/services/ledger/tile-memory.ts'
import { leafHashOf } from '#workflows/ledger/merkle.ts'
import { subtreeRoot } from '#workflows/ledger/tiles.ts'
import { utf8ToBytes } from '#workflows/shared/bytes.ts'

const hashes = Array.from({ length: 256 }, (_, i) => leafHashOf(utf8ToBytes(`hash ${i}`)))
const place = (index: number, level = 1) => ({ level, index })

test('a tile is found again as wide as it was kept, and not wider', () => {
	const memory = tileMemory()
	memory.keep(place(0), hashes.slice(0, 100))
	expect(memory.find(place(0), 100)?.rootOver(64, 32)).toEqual(subtreeRoot(hashes.slice(64, 96)))
	expect(memory.find(place(0), 40)?.rootOver(0, 32)).toEqual(subtreeRoot(hashes.slice(0, 32)))
	expect(memory.find(place(0), 101)).toBeUndefined()
	expect(() => memory.find(place(0), 100)?.rootOver(64, 64)).toThrow(RangeError)
	memory.keep(place(0), hashes)
	expect(memory.find(place(0), 256)?.rootOver(0, 256)).toEqual(subtreeRoot(hashes))
})

test('what is taken out of a tile and changed does not change the tile', () => {
	const memory = tileMemory()
	memory.keep(place(0), hashes)
	memory.find(place(0), 256)?.rootOver(0, 128).fill(0)
	expect(memory.find(place(0), 256)?.rootOver(0, 128)).toEqual(subtreeRoot(hashes.slice(0, 128)))
})

test('tiles of leaves are not kept, and of the others the one that was not asked for longest goes', () => {
	const memory = tileMemory(2)
	expect(memory.keep(place(0, 0), hashes)).toBeUndefined()
	expect(memory.find(place(0, 0), 1)).toBeUndefined()
	memory.keep(place(0), hashes)
	memory.keep(place(1), hashes)
	expect(memory.find(place(0), 256)).toBeDefined()
	memory.keep(place(2), hashes)
	expect(memory.find(place(1), 256)).toBeUndefined()
	expect(memory.find(place(0), 256)).toBeDefined()
	expect(memory.find(place(2), 256)).toBeDefined()
})
