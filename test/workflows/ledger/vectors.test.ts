import { ed25519 } from '@noble/curves/ed25519.js'
import { describe, expect, test } from 'vitest'
import { sharedJson } from '#test/vectors.ts'
import { openCheckpoint, parseCheckpointBody, signCheckpoint } from '#workflows/ledger/checkpoint.ts'
import { leafHashOf, rootOfLeaves } from '#workflows/ledger/merkle.ts'
import { consistencyProof, inclusionProof } from './literal-proofs.ts'
import { verifyConsistency, verifyInclusion } from '#workflows/ledger/proofs.ts'
import { keyIdOf, openNote, parseVkey, vkeyOf } from '#workflows/ledger/signed-note.ts'
import { bytesToHex, fromBase64, hexToBytes, utf8ToBytes } from '#workflows/shared/bytes.ts'

type Proof = { proof: (string | null)[]; want_err?: boolean; desc?: string }
type Vectors = {
	rfc6962: { leaf_inputs: string[]; leaf_hashes: string[]; roots_by_size: string[] }
	inclusion: (Proof & { leaf_index: number; tree_size: number; leaf_hash: string; root: string })[]
	consistency: (Proof & { size1: number; size2: number; root1: string; root2: string })[]
	inclusion_probes: Vectors['inclusion']
	consistency_probes: Vectors['consistency']
	signed_notes: { note?: string; note_hex?: string; vkeys: string[]; want: string; source: string }[]
	key_ids: { name: string; type: number; public_key: string; key_id: string; vkey: string }[]
	checkpoint_bodies: { body: string; want: string; why: string }[]
	vkeys_invalid: { vkey: string; why: string }[]
	tessera_log: {
		origin: string
		vkey: string
		test_only_seed: string
		checkpoints: { signed_checkpoint: string }[]
		leaf_hashes: string[]
	}
}

const vectors = sharedJson<Vectors>('ledger/tlog-vectors.json')
const bytes = (hex: string) => hexToBytes(hex)
const path = (proof: (string | null)[]) => proof.map((hash) => hexToBytes(hash ?? ''))

describe.skipIf(vectors === null)('published vectors', () => {
	const v = vectors as Vectors

	test('leaf hashes and roots of RFC 6962', () => {
		const leaves = v.rfc6962.leaf_inputs.map((input) => leafHashOf(bytes(input)))
		expect(leaves.map(bytesToHex)).toEqual(v.rfc6962.leaf_hashes)
		const roots = v.rfc6962.roots_by_size as (string | { root: string })[]
		roots.forEach((root, size) => {
			expect(bytesToHex(rootOfLeaves(leaves.slice(0, size)))).toBe(
				typeof root === 'string' ? root : root.root,
			)
		})
	})

	test('every inclusion and consistency proof up to size 8 is built and verified', () => {
		const leaves = v.rfc6962.leaf_hashes.map(bytes)
		for (const { leaf_index: index, tree_size: size, leaf_hash, root, proof } of v.inclusion) {
			expect(inclusionProof(leaves.slice(0, size), index).map(bytesToHex)).toEqual(proof)
			expect(verifyInclusion({ index, size, root: bytes(root) }, bytes(leaf_hash), path(proof))).toBe(true)
		}
		for (const { size1, size2, root1, root2, proof } of v.consistency) {
			const ok = verifyConsistency(
				{ size: size1, root: bytes(root1) },
				{ size: size2, root: bytes(root2) },
				path(proof),
			)
			expect(ok, `${size1} -> ${size2}`).toBe(size1 > 0)
			if (size1 > 0) expect(consistencyProof(leaves.slice(0, size2), size1).map(bytesToHex)).toEqual(proof)
		}
	})

	test('the 196 probes of good and corrupt proofs', () => {
		for (const p of v.inclusion_probes) {
			const at = { index: p.leaf_index, size: p.tree_size, root: bytes(p.root) }
			expect(verifyInclusion(at, bytes(p.leaf_hash), path(p.proof)), p.desc).toBe(!p.want_err)
		}
		for (const p of v.consistency_probes) {
			const first = { size: p.size1, root: bytes(p.root1) }
			const ok = verifyConsistency(first, { size: p.size2, root: bytes(p.root2) }, path(p.proof))
			expect(ok, p.desc).toBe(!p.want_err && p.size1 > 0)
		}
	})

	test('verifier keys and key ids', () => {
		for (const { name, type, public_key, key_id, vkey } of v.key_ids) {
			if (type !== 1) continue
			expect(bytesToHex(keyIdOf(name, bytes(public_key)))).toBe(key_id)
			expect(vkeyOf(name, bytes(public_key))).toBe(vkey)
			expect(parseVkey(vkey)?.name).toBe(name)
		}
		for (const { vkey, why } of v.vkeys_invalid) expect(parseVkey(vkey), why).toBeNull()
	})

	test('signed notes', () => {
		for (const { note: text, note_hex: hex, vkeys, want, source } of v.signed_notes) {
			const note = text ?? decodeUtf8(bytes(hex ?? ''))
			const keys = vkeys.map((vkey) => parseVkey(vkey)).filter((key) => key !== null)
			expect(note === null || openNote(note, keys) === null ? 'refuse' : 'ok', `${source}: ${note}`).toBe(
				want === 'ok' ? 'ok' : 'refuse',
			)
		}
	})

	test('checkpoint bodies', () => {
		for (const { body, want, why } of v.checkpoint_bodies) {
			expect(parseCheckpointBody(body) === null ? 'refuse' : 'ok', why).toBe(want === 'ok' ? 'ok' : 'refuse')
		}
	})

	test("the published log's checkpoints are opened, and signed byte for byte", () => {
		const { origin, vkey, test_only_seed: seed, checkpoints, leaf_hashes } = v.tessera_log
		const secret = bytes(seed)
		const publicKey = ed25519.getPublicKey(secret)
		for (const entry of checkpoints) {
			const note = entry.signed_checkpoint
			const head = openCheckpoint(note, vkey)
			expect(head).not.toBeNull()
			if (head === null) continue
			expect(bytesToHex(head.root)).toBe(
				bytesToHex(rootOfLeaves(leaf_hashes.slice(0, head.size).map(decodeHash))),
			)
			const again = signCheckpoint(
				{ ...head, origin },
				{ publicKey, sign: (text) => ed25519.sign(text, secret) },
			)
			expect(utf8ToBytes(again)).toEqual(utf8ToBytes(note))
		}
	})
})

const decodeHash = (text: string) =>
	/^[0-9a-f]{64}$/.test(text) ? hexToBytes(text) : (fromBase64(text) ?? new Uint8Array())

function decodeUtf8(raw: Uint8Array): string | null {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw)
	} catch {
		return null
	}
}
