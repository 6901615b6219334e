import { fromBase64, toBase64 } from '../shared/bytes.ts'
import { verifyInclusion } from './proofs.ts'
import type { VerifyEd25519 } from './signed-note.ts'
import type { Policy } from './tlog-policy.ts'
import { judgeCheckpoint, type CheckpointRefusal, type CheckpointVerdict } from './witness-verdict.ts'

const PROOF_HEADER = 'c2sp.org/tlog-proof@v1'
/** A tree of 2^63 leaves has no longer path. */
const MOST_HASHES = 63
const HASH_BYTES = 32

export type TlogProof = {
	index: number
	proof: readonly Uint8Array[]
	checkpoint: string
	/** Data beside the proof that nothing authenticates; null where there is none. */
	extra?: Uint8Array | null
}
export type AddCheckpoint = { old: number; proof: readonly Uint8Array[]; checkpoint: string }

/** A proof of one entry as a file (C2SP tlog-proof): its index, the path, and the signed checkpoint verbatim. */
export function tlogProof({ index, proof, checkpoint, extra = null }: TlogProof): string {
	const more = extra === null ? [] : [`extra ${toBase64(extra)}`]
	return [PROOF_HEADER, ...more, `index ${index}`, ...proof.map(toBase64), '', checkpoint].join('\n')
}

/** What a witness is sent (C2SP tlog-witness, add-checkpoint); also our file of an offline proof of consistency. */
export function addCheckpointBody({ old, proof, checkpoint }: AddCheckpoint): string {
	return [`old ${old}`, ...proof.map(toBase64), '', checkpoint].join('\n')
}

/** Reads a tlog-proof without judging it; null unless it is written exactly as the standard says. */
export function parseTlogProof(text: string): (TlogProof & { extra: Uint8Array | null }) | null {
	const parts = partsOf(text)
	const [header, ...rest] = parts?.lines ?? []
	if (parts === null || header !== PROOF_HEADER) return null
	const encoded = rest[0]?.startsWith('extra ') === true ? rest.shift()?.slice('extra '.length) : undefined
	const extra = encoded === undefined ? null : fromBase64(encoded)
	const index = numberAfter('index ', rest.shift())
	const proof = hashesOf(rest)
	if (index === null || proof === null || (encoded !== undefined && extra === null)) return null
	return { index, proof, checkpoint: parts.checkpoint, extra }
}

/** Reads the body of an add-checkpoint request without judging it; null when malformed. */
export function parseAddCheckpoint(text: string): AddCheckpoint | null {
	const parts = partsOf(text)
	const old = numberAfter('old ', parts?.lines[0])
	const proof = hashesOf(parts?.lines.slice(1) ?? [])
	return parts === null || old === null || proof === null
		? null
		: { old, proof, checkpoint: parts.checkpoint }
}

/** Why a proof is refused: its form, its checkpoint under the policy, a quorum that is not met, or another entry or tree. */
export type ProofRefusal = 'not_a_proof' | CheckpointRefusal | 'quorum_not_met' | 'not_included'

/**
 * Checks a tlog-proof for an entry's leaf hash under a policy, in the order of the standard: log signature, quorum of
 * witnesses, inclusion. `verdict` tells what the checkpoint is worth wherever its signatures hold, also when the whole
 * is refused: an entry may be in a log-signed tree that nobody else has seen.
 */
export function verifyTlogProof(
	text: string,
	leafHash: Uint8Array,
	policy: Policy,
	verify?: VerifyEd25519,
): { refusal: ProofRefusal | null; verdict: CheckpointVerdict | null } {
	const parsed = parseTlogProof(text)
	if (parsed === null) return { refusal: 'not_a_proof', verdict: null }
	const { verdict, refusal } = judgeCheckpoint(parsed.checkpoint, policy, verify)
	if (verdict === null) return { refusal, verdict }
	if (!verifyInclusion({ index: parsed.index, ...verdict.head }, leafHash, parsed.proof))
		return { refusal: 'not_included', verdict }
	return { refusal: verdict.witnessed.isMet ? null : 'quorum_not_met', verdict }
}

/** The lines above the first empty one, and the checkpoint below it. */
function partsOf(text: string): { lines: string[]; checkpoint: string } | null {
	const split = text.indexOf('\n\n')
	return split < 0 ? null : { lines: text.slice(0, split).split('\n'), checkpoint: text.slice(split + 2) }
}

function numberAfter(keyword: string, line: string | undefined): number | null {
	if (line?.startsWith(keyword) !== true) return null
	const digits = line.slice(keyword.length)
	const value = /^(0|[1-9][0-9]{0,15})$/.test(digits) ? Number(digits) : Number.NaN
	return Number.isSafeInteger(value) ? value : null
}

function hashesOf(lines: readonly string[]): Uint8Array[] | null {
	if (lines.length > MOST_HASHES) return null
	const hashes = lines.map(fromBase64)
	return hashes.every((hash) => hash?.length === HASH_BYTES) ? (hashes as Uint8Array[]) : null
}
