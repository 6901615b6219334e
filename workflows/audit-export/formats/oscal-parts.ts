import { sha1 } from '@noble/hashes/legacy.js'
import { concatBytes, utf8ToBytes } from '../../shared/bytes.ts'
import type { EntryRef } from './access-record.ts'

/** Names of our own properties. The address names, and need not be reached. */
const NS = 'https://charterkeep.example/ns/oscal'

/** Identifies the documents of Charterkeep among those of all others (RFC 9562, version 5). */
const NAMESPACE = new Uint8Array([
	0x3b, 0x1d, 0x5e, 0x52, 0x7c, 0x0e, 0x4a, 0x6f, 0x9d, 0x0a, 0x6c, 0x55, 0x2f, 0x90, 0x41, 0xe8,
])

/** A UUID of version 5 for this name: the same subject has the same one in every document, as OSCAL asks. */
export function oscalUuid(...name: string[]): string {
	const bytes = sha1(concatBytes(NAMESPACE, utf8ToBytes(name.join('\n')))).slice(0, 16)
	bytes[6] = (bytes[6]! & 0x0f) | 0x50
	bytes[8] = (bytes[8]! & 0x3f) | 0x80
	const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
	return [8, 12, 16, 20, 32].map((end, i, ends) => hex.slice(i === 0 ? 0 : ends[i - 1], end)).join('-')
}

/** A title of OSCAL is one line, and so is a name. */
export const line = (words: string) => words.replaceAll(/\s+/g, ' ').trim()
export const prop = (name: string, value: string) => ({ name, ns: NS, value: line(value) })

/** The entries that an observation rests on, as its evidence; nothing where none has its index yet. */
export function evidenceOf(entries: readonly (EntryRef | null | undefined)[]) {
	const indexes = entries.flatMap((entry) =>
		entry?.index === null || entry?.index === undefined ? [] : [entry.index],
	)
	return indexes.length === 0
		? {}
		: { 'relevant-evidence': [{ description: `Entries ${indexes.join(', ')} of the record.` }] }
}
