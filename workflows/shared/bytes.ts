import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js'

export { bytesToHex, concatBytes, hexToBytes, sha256 }

const encoder = new TextEncoder()

/** The UTF-8 bytes of a text. */
export const utf8ToBytes = (text: string): Uint8Array => encoder.encode(text)

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const NO_VALUE = 255
/** Value of each ASCII character; 255 for those that base64 does not use. */
const VALUE_OF = new Uint8Array(128).fill(NO_VALUE)
for (let value = 0; value < 64; value++) VALUE_OF[ALPHABET.charCodeAt(value)] = value

/** Standard base64 with padding (RFC 4648 section 4). */
export function toBase64(bytes: Uint8Array): string {
	let text = ''
	for (let i = 0; i < bytes.length; i += 3) {
		const left = bytes.length - i
		const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
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
	const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
	return decode64(text, text.length - padding)
}

/** Decodes the first `length` characters. What they leave over in bits must be zero. */
function decode64(text: string, length: number): Uint8Array | null {
	if (length % 4 === 1) return null
	const bytes = new Uint8Array(Math.floor((length * 3) / 4))
	let group = 0
	let bits = 0
	let at = 0
	for (let i = 0; i < length; i++) {
		const code = text.charCodeAt(i)
		const value = code < 128 ? VALUE_OF[code]! : NO_VALUE
		if (value === NO_VALUE) return null
		group = ((group << 6) | value) & 0xffffff
		bits += 6
		if (bits >= 8) {
			bits -= 8
			bytes[at++] = (group >> bits) & 0xff
		}
	}
	return (group & ((1 << bits) - 1)) === 0 ? bytes : null
}

/** Base64url without padding (RFC 4648 section 5), the form that WebAuthn uses. */
export function toBase64Url(bytes: Uint8Array): string {
	return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** Strict inverse of `toBase64Url`; null for padding, junk or non-zero trailing bits. */
export function fromBase64Url(text: string): Uint8Array | null {
	if (/[+/=]/.test(text)) return null
	return decode64(text.replaceAll('-', '+').replaceAll('_', '/'), text.length)
}

/** True when both hold the same bytes. Not constant time: for public values only. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
	if (a.length !== b.length) return false
	for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
	return true
}
