import canonicalize from 'canonicalize'
import { utf8ToBytes } from '@noble/hashes/utils.js'

/** What JSON can say without loss. */
export type Json =
	null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

/** One text per value (RFC 8785): what is hashed, signed, stored and exported. Throws on NaN, Infinity and undefined. */
export function canonicalJson(value: Json): string {
	const text = canonicalize(value)
	if (text === undefined) throw new TypeError('This value has no JSON form.')
	return text
}

/** UTF-8 bytes of `canonicalJson`. */
export function canonicalBytes(value: Json): Uint8Array {
	return utf8ToBytes(canonicalJson(value))
}
