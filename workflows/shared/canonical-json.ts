import canonicalize from 'canonicalize'
import { utf8ToBytes } from './bytes.ts'

/** What JSON can say without loss. */
export type Json =
	null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

/** One text per value (RFC 8785): what is hashed, signed, stored and exported. Throws on NaN, Infinity and undefined. */
export function canonicalJson(value: Json): string {
	// What is in order already is written as JavaScript writes it, in a tenth of the time: RFC 8785 took its forms from there.
	if (isInOrder(value)) return JSON.stringify(value)
	const text = canonicalize(value)
	if (text === undefined) throw new TypeError('This value has no JSON form.')
	return text
}

/** UTF-8 bytes of `canonicalJson`. */
export function canonicalBytes(value: Json): Uint8Array {
	return utf8ToBytes(canonicalJson(value))
}

/** The value of a text that is exactly the canonical form of it; undefined for any other (white space, a repeated key). */
export function parseCanonical(text: string): unknown {
	try {
		const value: unknown = JSON.parse(text)
		return canonicalJson(value as Json) === text ? value : undefined
	} catch {
		// Not JSON: no schema accepts undefined.
		return undefined
	}
}

/** Whether it is plain JSON throughout, with the keys of every object in the order of RFC 8785 (by UTF-16 code units). */
function isInOrder(value: unknown): boolean {
	switch (typeof value) {
		case 'string':
			return value.isWellFormed()
		case 'boolean':
			return true
		case 'number':
			return Number.isFinite(value)
		case 'object':
			if (value === null) return true
			if (Array.isArray(value)) {
				for (let i = 0; i < value.length; i++) if (!isInOrder(value[i])) return false
				return true
			}
			return isObjectInOrder(value as Readonly<Record<string, unknown>>)
		default:
			return false
	}
}

function isObjectInOrder(value: Readonly<Record<string, unknown>>): boolean {
	if (Object.getPrototypeOf(value) !== Object.prototype || 'toJSON' in value) return false
	let before: string | null = null
	for (const key of Object.keys(value)) {
		if ((before !== null && key <= before) || !key.isWellFormed() || !isInOrder(value[key])) return false
		before = key
	}
	return true
}
