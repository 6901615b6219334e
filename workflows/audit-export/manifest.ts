import { z } from 'zod'
import { count, id, instant, sha256Hex } from '../ledger/primitives.schema.ts'
import { bytesToHex, utf8ToBytes } from '../shared/bytes.ts'
import { canonicalBytes, parseCanonical, type Json } from '../shared/canonical-json.ts'
import type { RunningSha256 } from './platform.ts'
import { strictUtf8 } from './strict-utf8.ts'

/** What a bundle's file is called behind its name. */
export const BUNDLE_SUFFIX = '.ckbundle.zip'

/** How much is laid open: what happened and who decided, or the facts that eligibility was judged on as well. */
export const PROFILES = ['history', 'auditor'] as const
export type Profile = (typeof PROFILES)[number]

/** What was asked for. An empty list leaves that open; the period is that in which requests were filed. */
const filterSchema = z.strictObject({
	people: z.array(id).max(1000),
	roles: z.array(z.string().max(64)).max(1000),
	facilities: z.array(z.string().max(64)).max(1000),
	/** Ids of boundaries at providers; left out where nothing is narrowed to some, as in bundles of before. */
	boundaries: z.array(id).min(1).max(1000).optional(),
	from: instant.nullable(),
	until: instant.nullable(),
})
export type BundleFilter = z.infer<typeof filterSchema>

/**
 * What a bundle is, as the log itself says: its `record.bundled` entry holds the SHA-256 of these bytes, so that neither
 * the question nor the choice of entries, nor what is there to be read, can be changed afterwards.
 */
export const manifestSchema = z.strictObject({
	format: z.literal('charterkeep-bundle'),
	v: z.literal(1),
	/** Name of the log. */
	origin: z.string().min(1).max(300),
	/** How many entries the log had when the choice was made; what came after is there, and not chosen from. */
	asOf: count,
	generatedAt: instant,
	by: id,
	profile: z.enum(PROFILES),
	language: z.enum(['en', 'de']),
	timeZone: z.string().min(1).max(60),
	filter: filterSchema,
	/** How many requests, and entries about what was chosen, there are; the digest is over their indexes, one a line. */
	requests: count,
	/** How many findings were; absent in bundles of before, which chose none. */
	findings: count.optional(),
	selected: count,
	selectedSha256: sha256Hex,
	/** SHA-256 of what is there to be read and to be run. */
	summarySha256: sha256Hex,
	verifierSha256: sha256Hex,
})
export type Manifest = z.infer<typeof manifestSchema>

/** The bytes of manifest.json: canonical JSON. */
export const manifestBytes = (manifest: Manifest): Uint8Array => canonicalBytes(manifest)

/** Reads manifest.json; null unless it is exactly how a manifest is written. */
export function readManifest(bytes: Uint8Array): Manifest | null {
	const text = strictUtf8(bytes)
	const parsed = manifestSchema.safeParse(text === null ? undefined : parseCanonical(text))
	return parsed.success ? parsed.data : null
}

/** Running digest over the indexes of the chosen entries, in order. */
export function indexDigest(running: RunningSha256) {
	let selected = 0
	return {
		add(index: number): void {
			selected += 1
			running.update(utf8ToBytes(`${index}\n`))
		},
		finish: () => ({ selected, selectedSha256: bytesToHex(running.digest()) }),
	}
}

const openingSchema = z.strictObject({ salt: z.string().max(100), record: z.json() })
const openingLineSchema = z.strictObject({
	index: count,
	/** What lies behind the commitments, where the auditor may see it. */
	openings: z.record(z.string(), openingSchema).optional(),
	/** Inclusion proof of a chosen entry, sibling first, base64. */
	proof: z.array(z.string().max(44)).max(64).optional(),
	selected: z.literal(true).optional(),
})
export type OpeningLine = z.infer<typeof openingLineSchema>

/** A file below openings/: one canonical JSON a line, for each entry of a tile that has something to it. */
export function openingsBytes(lines: readonly OpeningLine[]): Uint8Array {
	return utf8ToBytes(
		lines.map((line) => `${utf8.decode(canonicalBytes(line as unknown as Json))}\n`).join(''),
	)
}
const utf8 = new TextDecoder()

export type OpeningsProblem = 'NOT_UTF8' | 'BYTE_ORDER_MARK' | 'NO_FINAL_NEWLINE' | 'OPENINGS_FORM'

/** The lines of such a file by index; the name of what is wrong with it otherwise. */
export function readOpenings(bytes: Uint8Array): Map<number, OpeningLine> | OpeningsProblem {
	if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'BYTE_ORDER_MARK'
	const text = strictUtf8(bytes)
	if (text === null) return 'NOT_UTF8'
	if (!text.endsWith('\n')) return 'NO_FINAL_NEWLINE'
	const lines = new Map<number, OpeningLine>()
	let last = -1
	for (const line of text.slice(0, -1).split('\n')) {
		const parsed = openingLineSchema.safeParse(parseCanonical(line))
		if (!parsed.success || parsed.data.index <= last) return 'OPENINGS_FORM'
		last = parsed.data.index
		lines.set(last, parsed.data)
	}
	return lines
}
