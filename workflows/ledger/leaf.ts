import { bytesToHex, concatBytes, fromBase64, sha256, toBase64, utf8ToBytes } from '../shared/bytes.ts'
import { canonicalBytes, parseCanonical, type Json } from '../shared/canonical-json.ts'
import { leafSchema, type Leaf, type LeafOf } from './entry.schema.ts'
import type { EntryKind } from './open-parts.schema.ts'
import { SEALED, type Opening, type SealedOf } from './sealed-parts.schema.ts'

const DOMAIN = 'charterkeep/seal/v1'
const SALT_BYTES = 32
/** An entry of the log is at most this long (C2SP tlog-tiles entry bundles carry a 16-bit length). */
export const MAX_LEAF_BYTES = 65_535

export type NewEntry<K extends EntryKind> = {
	id: string
	time: string
	kind: K
	subject: string | null
	actor: string | null
	open: LeafOf<K>['open']
	sealed: SealedOf<K>
}
export type SealedEntry = { leaf: Leaf; bytes: Uint8Array; openings: Record<string, Opening> }

/**
 * Builds the leaf of one entry: what may lie open lies open, everything else is replaced by commitments with a fresh
 * salt each. The openings are stored apart, so that they can be erased without breaking a proof.
 */
export function sealEntry<K extends EntryKind>(
	{ id, time, kind, subject, actor, open, sealed }: NewEntry<K>,
	randomBytes: (length: number) => Uint8Array,
): SealedEntry {
	const openings: Record<string, Opening> = {}
	const seals: Record<string, string> = {}
	for (const [group, schema] of Object.entries(groupsOf(kind))) {
		const record: unknown = schema.parse((sealed as Record<string, unknown>)[group])
		const opening = { salt: toBase64(randomBytes(SALT_BYTES)), record }
		openings[group] = opening
		seals[group] = commitmentOf(id, group, opening)
	}
	const extra = Object.keys(sealed).find((group) => !(group in openings))
	if (extra !== undefined) throw new TypeError(`An entry of kind ${kind} has no sealed group "${extra}".`)
	const leaf = leafSchema.parse({ v: 1, id, kind, time, subject, actor, open, seals })
	const bytes = canonicalBytes(leaf)
	if (bytes.length > MAX_LEAF_BYTES) throw new RangeError(`An entry takes at most ${MAX_LEAF_BYTES} bytes.`)
	return { leaf, bytes, openings }
}

/** Reads a leaf; null unless the text is exactly the canonical form of a known kind with all its seals. */
export function parseLeaf(text: string): Leaf | null {
	const parsed = leafSchema.safeParse(parseCanonical(text))
	if (!parsed.success) return null
	const { kind, seals } = parsed.data
	const groups = Object.keys(groupsOf(kind))
	const isSealed = groups.length === Object.keys(seals).length && groups.every((group) => group in seals)
	return isSealed ? parsed.data : null
}

export type OpeningProblem = 'UNKNOWN_GROUP' | 'SALT_MALFORMED' | 'RECORD_MALFORMED' | 'COMMITMENT_DIFFERS'

/** Whether this opening is what the leaf commits to; null when it is. */
export function checkOpening(
	leaf: Leaf,
	group: string,
	opening: Opening,
	hash: (bytes: Uint8Array) => Uint8Array = sha256,
): OpeningProblem | null {
	const schema = groupsOf(leaf.kind)[group]
	const seal = leaf.seals[group]
	if (schema === undefined || seal === undefined) return 'UNKNOWN_GROUP'
	if (fromBase64(opening.salt)?.length !== SALT_BYTES) return 'SALT_MALFORMED'
	if (commitmentOf(leaf.id, group, opening, hash) !== seal) return 'COMMITMENT_DIFFERS'
	return schema.safeParse(opening.record).success ? null : 'RECORD_MALFORMED'
}

/** SHA-256, in hex, over the canonical form of a value: how envelopes, requests and verdicts are named. */
export function digestOf(value: Json): string {
	return bytesToHex(sha256(canonicalBytes(value)))
}

type Schema = { parse(value: unknown): unknown; safeParse(value: unknown): { success: boolean } }

function groupsOf(kind: EntryKind): Readonly<Record<string, Schema>> {
	return (SEALED as Readonly<Partial<Record<EntryKind, Readonly<Record<string, Schema>>>>>)[kind] ?? {}
}

/** Entry and group are part of what is hashed, so that an opening cannot be moved to another entry. */
function commitmentOf(
	entryId: string,
	group: string,
	{ salt, record }: Opening,
	hash: (bytes: Uint8Array) => Uint8Array = sha256,
): string {
	const head = utf8ToBytes(`${DOMAIN}\n${entryId}\n${group}\n`)
	return toBase64(
		hash(concatBytes(head, fromBase64(salt) ?? new Uint8Array(), canonicalBytes(record as Json))),
	)
}
