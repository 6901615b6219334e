import { sameBytes, utf8ToBytes } from '../shared/bytes.ts'
import { parseCheckpointBody, type TreeHead } from './checkpoint.ts'
import { cosignatureTime } from './cosignature.ts'
import {
	parseNote,
	verifyEd25519,
	type NoteKey,
	type NoteSignature,
	type VerifyEd25519,
} from './signed-note.ts'
import { isQuorumMet, type Policy, type PolicyWitness } from './tlog-policy.ts'

/** A cosignature that holds: the witness by its names in the policy and of its key, and when it signed (seconds since 1970). */
export type Witnessed = { name: string; witness: string; seconds: number }

/** What is known of a checkpoint. That the log signed it and that others saw the same tree are two statements. */
export type CheckpointVerdict = {
	/** Log-signed: origin, size and root under a signature of a log of the policy. */
	head: TreeHead
	/** Witnessed: whose cosignatures hold, and whether they meet the quorum. `quorum none` is met by nobody. */
	witnessed: { isMet: boolean; isAsked: boolean; by: Witnessed[] }
}

/** Why a checkpoint is refused under a policy. */
export type CheckpointRefusal =
	'not_a_checkpoint' | 'unknown_log' | 'not_signed_by_log' | 'bad_log_signature' | 'bad_cosignature'

/**
 * Judges a checkpoint under a policy (C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-policy). A bad signature by a
 * known key, of a log or of a witness, condemns the whole note: a cosignature that was pasted from another checkpoint is
 * refused, not overlooked. Lines of unknown keys are ignored, and a witness counts once however often it signed.
 */
export function judgeCheckpoint(
	note: string,
	policy: Policy,
	verify: VerifyEd25519 = verifyEd25519,
): { verdict: CheckpointVerdict; refusal: null } | { verdict: null; refusal: CheckpointRefusal } {
	const refused = (refusal: CheckpointRefusal) => ({ verdict: null, refusal })
	const parsed = parseNote(note)
	const head = parsed === null ? null : parseCheckpointBody(parsed.text)
	if (parsed === null || head === null) return refused('not_a_checkpoint')
	const logs = policy.logs.filter(({ key }) => key.name === head.origin)
	if (logs.length === 0) return refused('unknown_log')
	const message = utf8ToBytes(parsed.text)
	const by = new Map<string, Witnessed>()
	let isSigned = false
	for (const signature of parsed.signatures) {
		const log = logs.find(({ key }) => isBy(signature, key))
		if (log !== undefined) {
			const { signature: bytes } = signature
			if (bytes.length !== 64 || !verify(bytes, message, log.key.publicKey))
				return refused('bad_log_signature')
			isSigned = true
			continue
		}
		const witness = policy.witnesses.find(({ key }) => isBy(signature, key))
		if (witness === undefined) continue
		const seconds = cosignatureTime(parsed.text, signature.signature, witness.key, verify)
		if (seconds === null) return refused('bad_cosignature')
		by.set(witness.name, { name: witness.name, witness: witness.key.name, seconds })
	}
	if (!isSigned) return refused('not_signed_by_log')
	const { origin, size, root } = head
	return {
		verdict: {
			head: { origin, size, root },
			witnessed: {
				isMet: isQuorumMet(policy, new Set(by.keys())),
				isAsked: policy.quorum !== null,
				by: [...by.values()],
			},
		},
		refusal: null,
	}
}

/** Signature lines of these witnesses, each at most once, as they follow a note; lines of others are left out. */
export function linesOfWitnesses(
	signatures: readonly NoteSignature[],
	witnesses: readonly PolicyWitness[],
): { witness: PolicyWitness; signature: NoteSignature }[] {
	return witnesses.flatMap((witness) => {
		const signature = signatures.find((candidate) => isBy(candidate, witness.key))
		return signature === undefined ? [] : [{ witness, signature }]
	})
}

const isBy = ({ name, id }: NoteSignature, key: NoteKey) => name === key.name && sameBytes(id, key.id)
