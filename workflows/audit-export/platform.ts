import { sha256 } from '@noble/hashes/sha2.js'
import type { Charter } from '../charter/charter.schema.ts'
import type { CoseKey } from '../ledger/cose-key.ts'
import { verifyEd25519, type VerifyEd25519 } from '../ledger/signed-note.ts'
import { verifyPath } from '../ledger/proofs.ts'
import { verifySignature } from '../ledger/webauthn-evidence.ts'
import { crc32 } from './zip/format.ts'

export type RunningSha256 = { update(bytes: Uint8Array): unknown; digest(): Uint8Array }

/** What the verifier takes from where it runs: the same answers everywhere, at the speed of the place. */
export type Platform = {
	sha256: (bytes: Uint8Array) => Uint8Array
	createSha256: () => RunningSha256
	crc32: (bytes: Uint8Array) => number
	verifyNote: VerifyEd25519
	/** Checks the signature of a passkey, now or later; null when the algorithm is not known here. */
	verifyAssertion: (
		key: CoseKey,
		message: Uint8Array,
		signature: Uint8Array,
	) => boolean | null | Promise<boolean | null>
	/** Checks that a leaf is in a tree by a path in base64, now or later. */
	verifyInclusion: (
		leaf: { index: number; size: number; root: Uint8Array },
		leafHash: Uint8Array,
		path: readonly string[],
	) => boolean | Promise<boolean>
	/** Reads a charter text (YAML); null when it is none. */
	readCharter: (yaml: string) => Charter | null
}

/** Everything but the reading of YAML by @noble, which runs wherever JavaScript does. */
export const portable: Omit<Platform, 'readCharter'> = {
	sha256,
	createSha256: () => sha256.create(),
	crc32,
	verifyNote: verifyEd25519,
	verifyAssertion: verifySignature,
	verifyInclusion: verifyPath,
}
