import { sha256 } from '@noble/hashes/sha2.js'
import { z } from 'zod'
import type { Opening } from '../ledger/sealed-parts.schema.ts'
import { bytesToHex, utf8ToBytes } from '../shared/bytes.ts'
import { canonicalJson, type Json } from '../shared/canonical-json.ts'

/** What a bundle's file is called behind its name. */
export const BUNDLE_SUFFIX = '.ckbundle.jsonl'
/** One line holds a leaf and its openings. */
export const MAX_LINE_BYTES = 400_000

const hex = z.string().regex(/^[0-9a-f]{64}$/)
const count = z.int().min(0)

export const headerSchema = z.strictObject({
	format: z.literal('charterkeep-bundle'),
	v: z.literal(1),
	/** The log's verifier key. Whoever wants to be sure compares it with the one they were given another way. */
	vkey: z.string().max(500),
	/** The signed checkpoint, verbatim. */
	checkpoint: z.string().max(5000),
	generatedAt: z.iso.datetime({ precision: 3 }),
	timeZone: z.string().max(60),
	/** What the auditor asked for. */
	filter: z.record(z.string(), z.string().nullable()),
})
export const entryLineSchema = z.strictObject({
	index: count,
	/** Canonical JSON of the leaf: the very bytes that were hashed. */
	leaf: z.string(),
	hash: hex,
	/** Present where the auditor may see what lies behind the commitments. */
	openings: z.record(z.string(), z.strictObject({ salt: z.string(), record: z.json() })).optional(),
	/** Set on the entries that the filter chose; the others are there so that none can be left out unseen. */
	selected: z.literal(true).optional(),
})
export const endSchema = z.strictObject({
	end: z.literal(true),
	entries: count,
	selected: count,
	sha256: hex,
})

export type BundleHeader = z.infer<typeof headerSchema>
export type BundleEntry = {
	index: number
	leaf: string
	hash: string
	openings?: Record<string, Opening>
	selected?: true
}

/**
 * The lines of a bundle: canonical JSON (RFC 8785), one value a line, each ending in a newline. A header, every entry
 * of the log in order, and an end line that carries the SHA-256 of all bytes before it.
 */
export async function* bundleLines(
	header: BundleHeader,
	entries: AsyncIterable<BundleEntry> | Iterable<BundleEntry>,
): AsyncGenerator<string> {
	const digest = sha256.create()
	const line = (value: Json) => {
		const text = `${canonicalJson(value)}\n`
		digest.update(utf8ToBytes(text))
		return text
	}
	yield line(header)
	let count = 0
	let selected = 0
	for await (const entry of entries) {
		count += 1
		if (entry.selected) selected += 1
		yield line(entry as unknown as Json)
	}
	yield `${canonicalJson({ end: true, entries: count, selected, sha256: bytesToHex(digest.digest()) })}\n`
}
