import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'

export { bytesToHex, concatBytes, hexToBytes, sha256, utf8ToBytes }

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const VALUE_OF = new Map([...ALPHABET].map((char, value) => [char, value]))

/** Standard base64 with padding (RFC 4648 section 4). */
export function toBase64(bytes: Uint8Array): string {
	let text = ''
	for (let i = 0; i < bytes.length; i += 3) {
		const [a = 0, b = 0, c = 0] = bytes.subarray(i, i + 3)
		const group = (a << 16) | (b << 8) | c
		const left = bytes.length - i
		text += ALPHABET[group >> 18]! + ALPHABET[(group >> 12) & 63]!
		text += left > 1 ? ALPHABET[(group >> 6) & 63]! : '='
		text += left > 2 ? ALPHABET[group & 63]! : '='
	}
	return text
}

/**
 * Strict base64 (RFC 4648 section 3.5): refuses junk, missing padding and non-zero trailing bits, so that one value
 * has one spelling. Returns null for anything else.
 */
export function fromBase64(text: string): Uint8Array | null {
	if (text.length % 4 !== 0) return null
	const body = text.replace(/={1,2}$/, '')
	const bytes = new Uint8Array(Math.floor((body.length * 3) / 4))
	let group = 0
	let bits = 0
	let at = 0
	for (const char of body) {
		const value = VALUE_OF.get(char)
		if (value === undefined) return null
		group = ((group << 6) | value) & 0xffffff
		bits += 6
		if (bits >= 8) {
			bits -= 8
			bytes[at++] = (group >> bits) & 0xff
		}
	}
	return toBase64(bytes) === text ? bytes : null
}

/** Base64url without padding (RFC 4648 section 5), the form that WebAuthn uses. */
export function toBase64Url(bytes: Uint8Array): string {
	return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** Strict inverse of `toBase64Url`; null for padding, junk or non-zero trailing bits. */
export function fromBase64Url(text: string): Uint8Array | null {
	if (/[+/=]/.test(text)) return null
	const padded = text.replaceAll('-', '+').replaceAll('_', '/') + '='.repeat((4 - (text.length % 4)) % 4)
	return fromBase64(padded)
}

/** True when both hold the same bytes. Not constant time: for public values only. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
	return a.length === b.length && a.every((byte, i) => byte === b[i])
}
