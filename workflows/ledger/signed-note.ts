import { ed25519 } from '@noble/curves/ed25519.js'
import {
	bytesToHex,
	concatBytes,
	fromBase64,
	sameBytes,
	sha256,
	toBase64,
	utf8ToBytes,
} from '../shared/bytes.ts'

/** Signature type of a log's own Ed25519 key (C2SP signed-note): over the text and nothing else. */
export const LOG_KEY = 0x01
/** Signature type of a witness's Ed25519 key (C2SP tlog-cosignature): over the text with the time in front. */
export const COSIGNER_KEY = 0x04
/** The types whose keys are read here; lines of any other type are those of unknown keys. */
export type KeyType = typeof LOG_KEY | typeof COSIGNER_KEY
const KEY_ID_BYTES = 4
const MAX_SIGNATURES = 100

export type NoteKey = { name: string; id: Uint8Array; publicKey: Uint8Array }
export type NoteSignature = { name: string; id: Uint8Array; signature: Uint8Array }
export type Note = { text: string; signatures: NoteSignature[] }
export type VerifyEd25519 = (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean

/** Ed25519 by @noble/curves, which also runs in a browser; strict RFC 8032 decoding. */
export const verifyEd25519: VerifyEd25519 = (signature, message, publicKey) => {
	try {
		return ed25519.verify(signature, message, publicKey, { zip215: false })
	} catch {
		// Malformed points and lengths throw: they verify nothing.
		return false
	}
}

/** White space as Unicode has it, which neither `\s` nor `trim` follow exactly. */
const UNICODE_SPACE = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/

/** True for what may stand as the name of a key: not empty, no white space, no plus sign. */
export const isKeyName = (name: string) => name !== '' && !name.includes('+') && !UNICODE_SPACE.test(name)

/** First four bytes of `SHA-256(name || 0x0A || type || public key)`. */
export function keyIdOf(name: string, publicKey: Uint8Array, type: KeyType = LOG_KEY): Uint8Array {
	return sha256(concatBytes(utf8ToBytes(`${name}\n`), new Uint8Array([type]), publicKey)).slice(
		0,
		KEY_ID_BYTES,
	)
}

/** The verifier key line that others pin: `name+id+base64(type || key)`. */
export function vkeyOf(name: string, publicKey: Uint8Array, type: KeyType = LOG_KEY): string {
	const id = bytesToHex(keyIdOf(name, publicKey, type))
	return `${name}+${id}+${toBase64(concatBytes(new Uint8Array([type]), publicKey))}`
}

/** Reads a verifier key; null when malformed, of another type, or when its id does not belong to it. */
export function parseVkey(text: string, type: KeyType = LOG_KEY): NoteKey | null {
	const match = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text)
	const [name, id, encoded] = match?.slice(1) ?? []
	if (name === undefined || id === undefined || encoded === undefined || !isKeyName(name)) return null
	const key = fromBase64(encoded)
	if (key === null || key.length !== 33 || key[0] !== type) return null
	const publicKey = key.slice(1)
	const expected = keyIdOf(name, publicKey, type)
	const given = Uint8Array.from(id.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
	return sameBytes(expected, given) ? { name, id: expected, publicKey } : null
}

/** A note with one signature line. `text` must end in a newline. */
export function signNote(
	text: string,
	{ name, publicKey, sign }: { name: string; publicKey: Uint8Array; sign: (bytes: Uint8Array) => Uint8Array },
): string {
	return assembleNote(text, [{ name, publicKey, signature: sign(utf8ToBytes(text)) }])
}

/** A note with these signatures over the UTF-8 bytes of its text, a line each, in this order. `text` must end in a newline. */
export function assembleNote(
	text: string,
	signatures: readonly { name: string; publicKey: Uint8Array; signature: Uint8Array }[],
): string {
	if (!isNoteText(text))
		throw new TypeError('A note is lines of text without control characters, and ends in a newline.')
	const lines = signatures.map(({ name, publicKey, signature }) => {
		if (!isKeyName(name))
			throw new TypeError('A key name is not empty and has no white space and no plus sign.')
		return `${signatureLine({ name, id: keyIdOf(name, publicKey), signature })}\n`
	})
	return `${text}\n${lines.join('')}`
}

/** A signature as it stands below a note, without the newline. */
export function signatureLine({ name, id, signature }: NoteSignature): string {
	return `\u2014 ${name} ${toBase64(concatBytes(id, signature))}`
}

/** Splits a note into text and signatures without verifying any; null when malformed. */
export function parseNote(note: string): Note | null {
	const split = note.lastIndexOf('\n\n')
	if (split < 0 || !note.endsWith('\n')) return null
	const text = note.slice(0, split + 1)
	const lines = note.slice(split + 2).split('\n')
	lines.pop()
	if (!isNoteText(text) || lines.length === 0 || lines.length > MAX_SIGNATURES) return null
	const signatures = lines.map(parseSignatureLine)
	return signatures.every((signature) => signature !== null) ? { text, signatures } : null
}

/**
 * Opens a note: its text when at least one of the known keys signed it. A bad signature by a known key condemns the
 * whole note; signatures by unknown keys are ignored (C2SP signed-note).
 */
export function openNote(
	note: string,
	keys: readonly NoteKey[],
	verify: VerifyEd25519 = verifyEd25519,
): string | null {
	const parsed = parseNote(note)
	if (parsed === null) return null
	const message = utf8ToBytes(parsed.text)
	let isSigned = false
	for (const { name, id, signature } of parsed.signatures) {
		const key = keys.find((known) => known.name === name && sameBytes(known.id, id))
		if (key === undefined) continue
		if (signature.length !== 64 || !verify(signature, message, key.publicKey)) return null
		isSigned = true
	}
	return isSigned ? parsed.text : null
}

/** Reads such a line; null when malformed. */
export function parseSignatureLine(line: string): NoteSignature | null {
	const match = /^\u2014 ([^ ]+) ([^ ]+)$/.exec(line)
	const [name, encoded] = match?.slice(1) ?? []
	if (name === undefined || encoded === undefined || !isKeyName(name)) return null
	const bytes = fromBase64(encoded)
	if (bytes === null || bytes.length <= KEY_ID_BYTES) return null
	return { name, id: bytes.slice(0, KEY_ID_BYTES), signature: bytes.slice(KEY_ID_BYTES) }
}

/** No control character but the newline; no lone surrogate, which would have no UTF-8 form. */
function isNoteText(text: string): boolean {
	// eslint-disable-next-line no-control-regex -- refusing control characters is the point
	return text.endsWith('\n') && !/[\u0000-\u0009\u000b-\u001f]/.test(text) && text.isWellFormed()
}
