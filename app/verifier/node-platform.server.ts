import { createHash, createPublicKey, hash, verify, type KeyObject } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { Platform } from '#workflows/audit-export/platform.ts'
import type { CoseKey } from '#workflows/ledger/cose-key.ts'
import { readCharterText } from './read-charter-text.ts'

const b64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')

/** A passkey signs many times; reading its key costs as much as half a signature. */
const keys = new WeakMap<CoseKey, KeyObject | null>()

function keyObject(key: CoseKey): KeyObject | null {
	const known = keys.get(key)
	if (known !== undefined) return known
	const made = madeOf(key)
	keys.set(key, made)
	return made
}

function madeOf(key: CoseKey): KeyObject | null {
	try {
		switch (key.alg) {
			case 'ES256':
				return createPublicKey({
					format: 'jwk',
					key: { kty: 'EC', crv: 'P-256', x: b64(key.x), y: b64(key.y) },
				})
			case 'EdDSA':
				return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: b64(key.x) } })
			case 'RS256':
				return createPublicKey({ format: 'jwk', key: { kty: 'RSA', n: b64(key.n), e: b64(key.e) } })
		}
	} catch {
		// A point off the curve is no key: it verifies nothing.
		return null
	}
}

/** Node's own cryptography: the same answers as the portable one, faster, on every core, and with RSA. */
export const nodePlatform: Platform = {
	sha256: (bytes) => hash('sha256', bytes, 'buffer'),
	createSha256: () => createHash('sha256'),
	crc32: (bytes) => crc32(bytes),
	verifyNote: (signature, message, publicKey) => {
		const key = keyObject({ alg: 'EdDSA', x: publicKey })
		return key !== null && verify(null, message, key, signature)
	},
	verifyAssertion: (coseKey, message, signature) => {
		const key = keyObject(coseKey)
		if (key === null) return false
		return new Promise((resolve) => {
			verify(
				coseKey.alg === 'EdDSA' ? null : 'sha256',
				message,
				{ key, dsaEncoding: 'der' },
				signature,
				(error, isGood) => resolve(error === null && isGood),
			)
		})
	},
	readCharter: readCharterText,
}
