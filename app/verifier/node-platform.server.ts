import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { sha256 } from '#app/utils/sha256.server.ts'
import type { Platform } from '#workflows/audit-export/platform.ts'
import { verifyPath } from '#workflows/ledger/proofs.ts'
import { verifyAssertion } from './node-crypto.server.ts'
import { readCharterText } from './read-charter-text.ts'

/** Node's own cryptography: the same answers as the portable one, faster, and with RSA. */
export const nodePlatform: Platform = {
	sha256,
	createSha256: () => createHash('sha256'),
	crc32: (bytes) => crc32(bytes),
	verifyNote: (signature, message, publicKey) =>
		verifyAssertion({ alg: 'EdDSA', x: publicKey }, message, signature),
	// At once: handing one to Node's thread pool costs nearly as much as checking it.
	verifyAssertion,
	verifyInclusion: (leaf, leafHash, path) => verifyPath(leaf, leafHash, path, sha256),
	readCharter: readCharterText,
}
