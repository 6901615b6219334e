import { ed25519 } from '@noble/curves/ed25519.js'
import { cosign, cosignerVkeyOf } from '#workflows/ledger/cosignature.ts'
import { signCheckpoint } from '#workflows/ledger/checkpoint.ts'
import { leafHashOf, rootOfLeaves } from '#workflows/ledger/merkle.ts'
import { parseNote, vkeyOf } from '#workflows/ledger/signed-note.ts'
import { sha256, utf8ToBytes } from '#workflows/shared/bytes.ts'

const keyOf = (name: string) => {
	const secret = sha256(utf8ToBytes(`a key for tests: ${name}`))
	return {
		name,
		publicKey: ed25519.getPublicKey(secret),
		sign: (bytes: Uint8Array) => ed25519.sign(bytes, secret),
	}
}

/** A log with a fixed key; `branch` makes another log of the same name and key, which a fork is. */
export function madeLog(origin: string, branch = '') {
	const key = keyOf(origin)
	const leaves = (size: number) =>
		Array.from({ length: size }, (_, i) => leafHashOf(utf8ToBytes(`${branch}${i}`)))
	return {
		vkey: vkeyOf(origin, key.publicKey),
		leaves,
		head: (size: number) => ({ origin, size, root: rootOfLeaves(leaves(size)) }),
		checkpoint: (size: number) => signCheckpoint({ origin, size, root: rootOfLeaves(leaves(size)) }, key),
	}
}

/** A witness with a fixed key that signs whatever it is given. */
export function madeWitness(name: string) {
	const key = keyOf(name)
	return {
		vkey: cosignerVkeyOf(name, key.publicKey),
		/** The note with this witness's line below. */
		cosign: (note: string, seconds = 1_700_000_000) =>
			`${note}${cosign(parseNote(note)?.text ?? '', seconds, key)}\n`,
	}
}
