import { p256 } from '@noble/curves/nist.js'
import { portable, type Platform } from '#workflows/audit-export/platform.ts'
import type { CoseKey } from '#workflows/ledger/cose-key.ts'
import { concatBytes } from '#workflows/shared/bytes.ts'
import { readCharterText } from './read-charter-text.ts'

type WebKey = Extract<CoseKey, { alg: 'ES256' | 'RS256' }>
/** A passkey signs many times and is read once. */
const keys = new WeakMap<CoseKey, Promise<CryptoKey | null>>()

/**
 * The browser's own cryptography for what takes long, where the page may use it (a page from a file may, in most); the
 * portable one for the rest, and for everything where it may not.
 */
export function browserPlatform(subtle: SubtleCrypto | undefined): Platform {
	if (subtle === undefined) return { ...portable, readCharter: readCharterText }
	return {
		...portable,
		readCharter: readCharterText,
		verifyAssertion: (key, message, signature) =>
			key.alg === 'EdDSA'
				? portable.verifyAssertion(key, message, signature)
				: verifyWith(subtle, key, message, signature),
	}
}

async function verifyWith(
	subtle: SubtleCrypto,
	key: WebKey,
	message: Uint8Array,
	signature: Uint8Array,
): Promise<boolean> {
	const known = keys.get(key) ?? importKey(subtle, key)
	keys.set(key, known)
	const publicKey = await known
	if (publicKey === null) return false
	if (key.alg === 'RS256') return subtle.verify('RSASSA-PKCS1-v1_5', publicKey, own(signature), own(message))
	const plain = plainSignature(signature)
	if (plain === null) return false
	return subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, publicKey, plain, own(message))
}

function importKey(subtle: SubtleCrypto, key: WebKey): Promise<CryptoKey | null> {
	const imported =
		key.alg === 'ES256'
			? subtle.importKey(
					'raw',
					concatBytes(new Uint8Array([4]), key.x, key.y) as Uint8Array<ArrayBuffer>,
					{ name: 'ECDSA', namedCurve: 'P-256' },
					false,
					['verify'],
				)
			: subtle.importKey(
					'jwk',
					{ kty: 'RSA', n: base64Url(key.n), e: base64Url(key.e) },
					{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
					false,
					['verify'],
				)
	// A point off the curve is no key: it verifies nothing.
	return imported.catch(() => null)
}

/** WebAuthn signs in DER, WebCrypto reads r and s one after the other. Null for what is no strict DER. */
function plainSignature(der: Uint8Array): Uint8Array<ArrayBuffer> | null {
	try {
		return p256.Signature.fromBytes(der, 'der').toBytes('compact')
	} catch {
		return null
	}
}

const own = (bytes: Uint8Array) => bytes.slice()
const base64Url = (bytes: Uint8Array) =>
	btoa(String.fromCharCode(...bytes))
		.replaceAll('+', '-')
		.replaceAll('/', '_')
		.replace(/=+$/, '')
