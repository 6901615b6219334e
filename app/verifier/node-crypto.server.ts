import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import type { CoseKey } from '#workflows/ledger/cose-key.ts'

const b64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')

/** A passkey signs many times; reading its key costs as much as half a signature. */
const keys = new WeakMap<CoseKey, KeyObject | null>()

/** Whether a passkey's signature holds. ECDSA signatures come in DER, which Node expects where nothing else is said. */
export function verifyAssertion(coseKey: CoseKey, message: Uint8Array, signature: Uint8Array): boolean {
	const key = keyObject(coseKey)
	return key !== null && verify(coseKey.alg === 'EdDSA' ? null : 'sha256', message, key, signature)
}

/** The key as Node takes it; null for what is no key, such as a point off the curve. */
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
