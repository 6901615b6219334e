import { sha256 as sha256Hash } from '@noble/hashes/sha2.js'
import { openCheckpoint, type TreeHead } from '../ledger/checkpoint.ts'
import type { Leaf } from '../ledger/entry.schema.ts'
import type { Opening } from '../ledger/sealed-parts.schema.ts'
import { checkOpening, parseLeaf } from '../ledger/leaf.ts'
import { appendLeaf, EMPTY_EDGE, leafHashOf, rootOf, type Edge } from '../ledger/merkle.ts'
import { verifyEd25519, type VerifyEd25519 } from '../ledger/signed-note.ts'
import { verifySignature, type VerifySignature } from '../ledger/webauthn-evidence.ts'
import { bytesToHex, sameBytes, utf8ToBytes } from '../shared/bytes.ts'
import { canonicalJson, type Json } from '../shared/canonical-json.ts'
import { endSchema, entryLineSchema, headerSchema, type BundleHeader } from './bundle.ts'
import { BadLine, splitLines, type Line } from './lines.ts'
import { createStory, type StoryCounts } from './story.ts'

/** One thing that does not hold, and where: "header", "end", "checkpoint" or "entry 17 (request.decided)". */
export type Failure = { where: string; code: string; message: string }

export type BundleReport = {
	verdict: 'verified' | 'refused'
	/** The log's verifier key as the file gives it, and whether it was compared with one known beforehand. */
	vkey: string | null
	isKeyPinned: boolean
	origin: string | null
	size: number
	counts: StoryCounts & { entries: number; selected: number; openings: number; liveGrants: number }
	failures: Failure[]
}

const MAX_FAILURES = 200

/**
 * Checks a bundle offline, reading it once: the form of every line, each leaf against its hash, each opening against
 * its commitment, the root and the signature of the checkpoint, and the story that the entries tell (`createStory`).
 * Without `expectedVkey` it shows that the file is whole and agrees with the key it names, not whose key that is.
 */
export async function verifyBundle(
	chunks: AsyncIterable<Uint8Array>,
	{
		expectedVkey,
		verifyNote = verifyEd25519,
		verifyAssertion = verifySignature,
	}: { expectedVkey?: string; verifyNote?: VerifyEd25519; verifyAssertion?: VerifySignature } = {},
): Promise<BundleReport> {
	const reading = new Reading(verifyNote, verifyAssertion, expectedVkey)
	try {
		for await (const line of splitLines(chunks)) {
			reading.line(line)
			if (reading.failures.length >= MAX_FAILURES) break
		}
		reading.finish()
	} catch (error) {
		if (!(error instanceof BadLine)) throw error
		reading.fail(reading.place(), error.problem, 'this line cannot be read')
	}
	return reading.report()
}

/** The state of one pass over a bundle. */
class Reading {
	readonly failures: Failure[] = []
	readonly #story: ReturnType<typeof createStory>
	readonly #verifyNote: VerifyEd25519
	readonly #expectedVkey: string | undefined
	readonly #digest = sha256Hash.create()
	readonly #entryIds = new Set<string>()
	#header: BundleHeader | null = null
	#head: TreeHead | null = null
	#edge: Edge = EMPTY_EDGE
	#lines = 0
	#selected = 0
	#openings = 0
	#isEnded = false

	constructor(verifyNote: VerifyEd25519, verifyAssertion: VerifySignature, expectedVkey: string | undefined) {
		this.#verifyNote = verifyNote
		this.#expectedVkey = expectedVkey
		this.#story = createStory(verifyAssertion)
	}

	place(): string {
		return this.#lines === 0 ? 'header' : `entry ${this.#edge.size}`
	}

	fail(where: string, code: string, message: string): void {
		this.failures.push({ where, code, message })
	}

	line({ bytes, text }: Line): void {
		const value = parseCanonical(text)
		if (this.#isEnded) return this.fail('end', 'AFTER_THE_END', 'there is something after the end line')
		if (this.#lines++ === 0) this.#readHeader(value)
		else if (endSchema.safeParse(value).success) return this.#readEnd(value)
		else this.#readEntry(value)
		this.#digest.update(bytes)
	}

	#readHeader(value: unknown): void {
		const parsed = headerSchema.safeParse(value)
		if (!parsed.success) return this.fail('header', 'HEADER', 'this is not the header of a bundle')
		this.#header = parsed.data
		const { vkey, checkpoint } = parsed.data
		if (this.#expectedVkey !== undefined && vkey !== this.#expectedVkey) {
			this.fail('header', 'ANOTHER_LOG', 'the bundle names another verifier key than the expected one')
		}
		this.#head = openCheckpoint(checkpoint, vkey, this.#verifyNote)
		if (this.#head === null)
			this.fail(
				'checkpoint',
				'CHECKPOINT_SIGNATURE',
				'the checkpoint is not signed by the key that the bundle names',
			)
	}

	#readEntry(value: unknown): void {
		const index = this.#edge.size
		const parsed = entryLineSchema.safeParse(value)
		if (!parsed.success) {
			this.#edge = appendLeaf(this.#edge, new Uint8Array(32))
			return this.fail(`entry ${index}`, 'ENTRY_FORM', 'this line is not an entry in canonical form')
		}
		const { leaf: text, hash, openings, selected } = parsed.data
		const leaf = parseLeaf(text)
		const where = `entry ${index}${leaf ? ` (${leaf.kind})` : ''}`
		const leafHash = leafHashOf(utf8ToBytes(text))
		if (parsed.data.index !== index)
			this.fail(where, 'INDEX', `this entry says that its index is ${parsed.data.index}`)
		if (bytesToHex(leafHash) !== hash) this.fail(where, 'LEAF_HASH', 'the leaf does not have its hash')
		this.#edge = appendLeaf(this.#edge, leafHash)
		if (selected) this.#selected += 1
		if (leaf === null) return this.fail(where, 'LEAF', 'the leaf is not of a known kind in canonical form')
		this.#readLeaf(where, index, leaf, openings)
	}

	#readLeaf(where: string, index: number, leaf: Leaf, openings: Record<string, Opening> | undefined): void {
		if (this.#entryIds.has(leaf.id)) this.fail(where, 'DUPLICATE', 'this entry stands in the log twice')
		this.#entryIds.add(leaf.id)
		const isCreation = leaf.kind === 'record.created'
		if (isCreation !== (index === 0))
			this.fail(where, 'CREATION', 'a log begins with its creation, and only there')
		if (isCreation && this.#head !== null && leaf.open.origin !== this.#head.origin) {
			this.fail(where, 'ORIGIN', 'the log was created under another origin than its checkpoint names')
		}
		for (const [group, opening] of Object.entries(openings ?? {})) {
			this.#openings += 1
			const found = checkOpening(leaf, group, opening)
			if (found !== null)
				this.fail(where, found, `what is laid open as "${group}" is not what the leaf commits to`)
		}
		for (const { code, message } of this.#story.tell(leaf, openings)) this.fail(where, code, message)
	}

	#readEnd(value: unknown): void {
		this.#isEnded = true
		const { entries, selected, sha256 } = endSchema.parse(value)
		if (entries !== this.#edge.size || selected !== this.#selected)
			this.fail('end', 'COUNT', 'the end line counts other entries than there are')
		if (sha256 !== bytesToHex(this.#digest.digest()))
			this.fail('end', 'FILE_HASH', 'the file does not have the hash of its end line')
	}

	finish(): void {
		if (this.#lines === 0) this.fail('header', 'EMPTY', 'the file is empty')
		else if (!this.#isEnded) this.fail('end', 'TRUNCATED', 'the end line is missing: the file was cut off')
		if (this.#head === null) return
		if (this.#head.size !== this.#edge.size) {
			this.fail(
				'checkpoint',
				'SIZE',
				`the checkpoint covers ${this.#head.size} entries, the file has ${this.#edge.size}`,
			)
		} else if (!sameBytes(rootOf(this.#edge), this.#head.root)) {
			this.fail('checkpoint', 'ROOT', 'the entries do not add up to the root that was signed')
		}
	}

	report(): BundleReport {
		return {
			verdict: this.failures.length === 0 ? 'verified' : 'refused',
			vkey: this.#header?.vkey ?? null,
			isKeyPinned: this.#expectedVkey !== undefined,
			origin: this.#head?.origin ?? null,
			size: this.#edge.size,
			counts: {
				...this.#story.counts(),
				entries: this.#edge.size,
				selected: this.#selected,
				openings: this.#openings,
				liveGrants: this.#story.liveGrants(),
			},
			failures: this.failures,
		}
	}
}

/** The value of a line; undefined unless the text is exactly its canonical form (no white space, no repeated key). */
function parseCanonical(text: string): unknown {
	try {
		const value: unknown = JSON.parse(text)
		return canonicalJson(value as Json) === text ? value : undefined
	} catch {
		// Not JSON: no schema accepts undefined, and the failure names the line.
		return undefined
	}
}
