import { ed25519 } from '@noble/curves/ed25519.js'
import { describe, expect, test } from 'vitest'
import { signHead } from '#workflows/ledger/checkpoint.ts'
import {
	followKeys,
	keyHistory,
	keyRanges,
	keysOf,
	keysThatSign,
	type Rotation,
} from '#workflows/ledger/key-history.ts'
import { vkeyOf } from '#workflows/ledger/signed-note.ts'

const seed = (n: number) => new Uint8Array(32).fill(n)
const key = (n: number, name = 'log.example/log') => {
	const publicKey = ed25519.getPublicKey(seed(n))
	const sign = (bytes: Uint8Array) => Promise.resolve(ed25519.sign(bytes, seed(n)))
	return { vkey: vkeyOf(name, publicKey), publicKey, sign }
}
const [a, b, c] = [key(1), key(2), key(3)]
const UNTIL = '2026-05-01T00:00:00.000Z'
const toB: Rotation = { index: 10, fromVkey: a.vkey, toVkey: b.vkey, bothUntil: UNTIL }
const toC: Rotation = { index: 20, fromVkey: b.vkey, toVkey: c.vkey, bothUntil: '2026-06-01T00:00:00.000Z' }

describe('the keys that must sign', () => {
	const history = keyHistory(a.vkey, [toB, toC])
	test.each<[string, { size: number; previous: number; at: string | null }, string[]]>([
		['before the rotation is covered: the old one', { size: 10, previous: 5, at: UNTIL }, [a.vkey]],
		[
			'when it is first covered: both, though the time is over',
			{ size: 11, previous: 10, at: '2027-01-01T00:00:00.000Z' },
			[a.vkey, b.vkey],
		],
		[
			'while both are to sign: both',
			{ size: 15, previous: 11, at: '2026-04-30T23:59:59.999Z' },
			[a.vkey, b.vkey],
		],
		['from that moment on: the new one', { size: 15, previous: 11, at: UNTIL }, [b.vkey]],
		['at a time that is not known: what holds at any', { size: 15, previous: 11, at: null }, [b.vkey]],
		[
			'with two rotations in one batch: all three',
			{ size: 30, previous: 3, at: '2027-01-01T00:00:00.000Z' },
			[a.vkey, b.vkey, c.vkey],
		],
		[
			'while two overlap: all three',
			{ size: 25, previous: 21, at: '2026-04-01T00:00:00.000Z' },
			[a.vkey, b.vkey, c.vkey],
		],
	])('%s', (_, asked, keys) => {
		expect(keysThatSign(history, asked)).toEqual(keys)
	})

	test('without a rotation are the first one', () => {
		expect(keysThatSign(keyHistory(a.vkey, []), { size: 5, previous: 0, at: UNTIL })).toEqual([a.vkey])
	})
})

describe('a history', () => {
	test('is the same whichever of its keys is known', () => {
		for (const { vkey } of [a, b, c])
			expect(keysOf(keyHistory(vkey, [toB, toC]))).toEqual([a.vkey, b.vkey, c.vkey])
		expect(keyRanges(keyHistory(a.vkey, [toB]))).toEqual([
			{ vkey: a.vkey, fromSize: 1, until: { vkey: b.vkey, bothUntil: UNTIL, index: 10 } },
			{ vkey: b.vkey, fromSize: 11, until: null },
		])
	})

	test.each<[string, string, Rotation[], RegExp]>([
		['that the known key is no part of', c.vkey, [toB], /is none of the keys/],
		[
			'with a link missing',
			a.vkey,
			[toB, { ...toC, fromVkey: a.vkey }],
			/entry 20 takes over from a key that was not in use/,
		],
		['in which a key comes back', a.vkey, [toB, { ...toC, toVkey: a.vkey }], /brings back a key/],
		[
			'that goes over to another log',
			a.vkey,
			[{ ...toB, toVkey: key(2, 'other').vkey }],
			/names another log, or no key/,
		],
		['out of order', a.vkey, [toB, { ...toC, index: 10 }], /out of order/],
		['that does not say until when', a.vkey, [{ ...toB, bothUntil: 'soon' }], /until when both keys sign/],
	])('%s is refused', (_, known, rotations, said) => {
		expect(() => keyHistory(known, rotations)).toThrow(said)
	})
})

test('whoever pinned an old key comes to the newest one, and only over checkpoints that both signed', async () => {
	const head = (size: number) => ({ origin: 'log.example/log', size, root: new Uint8Array(32) })
	const both = new Map([
		[10, await signHead(head(12), [a, b])],
		[20, await signHead(head(21), [b, c])],
	])
	const at = (notes: Map<number, string>) => (index: number) => notes.get(index) ?? null
	expect(followKeys(a.vkey, [toB, toC], at(both))).toBe(c.vkey)
	expect(followKeys(b.vkey, [toB, toC], at(both))).toBe(c.vkey)
	expect(followKeys(c.vkey, [toB, toC], at(new Map()))).toBe(c.vkey)
	const alone = new Map(both).set(10, await signHead(head(12), [b]))
	expect(() => followKeys(a.vkey, [toB, toC], at(alone))).toThrow(/rotation of entry 10 is signed by both/)
	const early = new Map(both).set(20, await signHead(head(20), [b, c]))
	expect(() => followKeys(a.vkey, [toB, toC], at(early))).toThrow(/rotation of entry 20/)
	await expect(signHead(head(1), [{ ...a, sign: b.sign }])).rejects.toThrow(/is no signature by/)
})
