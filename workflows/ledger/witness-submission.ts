import { sameBytes } from '../shared/bytes.ts'
import { parseCheckpointBody, type TreeHead } from './checkpoint.ts'
import { parseAddCheckpoint } from './proof-files.ts'
import { verifyConsistency } from './proofs.ts'
import { openNote, parseNote, type NoteKey, type VerifyEd25519 } from './signed-note.ts'

/** What a witness answers to a submission, as the status of HTTP and why (C2SP tlog-witness). */
export type SubmissionAnswer =
	| { status: 200; head: TreeHead; body: string }
	| { status: 400 | 403 | 404 | 422; why: string; head?: TreeHead; checkpoint?: string }
	| { status: 409; size: number }

/**
 * Judges a submission to add-checkpoint. `keysOf` gives the keys that are trusted for an origin (several while a log changes its
 * key; none for an unknown log), `latestOf` what was cosigned last for it. Whoever calls must hold the state still from
 * before this until the new head is stored, or a later head could be taken back by an earlier one.
 */
export function judgeSubmission(
	request: string,
	{
		keysOf,
		latestOf,
		verify,
	}: {
		keysOf: (origin: string) => readonly NoteKey[]
		latestOf: (origin: string) => TreeHead | null
		verify?: VerifyEd25519
	},
): SubmissionAnswer {
	const submission = parseAddCheckpoint(request)
	if (submission === null)
		return { status: 400, why: 'The request is no old size, proof, empty line and checkpoint.' }
	const { old, proof, checkpoint } = submission
	const note = parseNote(checkpoint)
	const head = note === null ? null : parseCheckpointBody(note.text)
	if (note === null || head === null) return { status: 400, why: 'The checkpoint is malformed.' }
	const keys = keysOf(head.origin)
	if (keys.length === 0) return { status: 404, why: 'This log is not witnessed here.' }
	// A bad signature by a trusted key is refused as well, whatever else stands in the note.
	if (openNote(checkpoint, keys, verify) === null)
		return { status: 403, why: 'The checkpoint is not signed by a key that is trusted for this log.' }
	if (old > head.size) return { status: 400, why: 'The old size is larger than the checkpoint.' }
	const latest = latestOf(head.origin)
	if (old !== (latest?.size ?? 0)) return { status: 409, size: latest?.size ?? 0 }
	const inconsistent = { status: 422 as const, head, checkpoint }
	if (latest === null || latest.size === 0) {
		// Nothing was promised yet: whatever the log says first is taken, and nothing needs to be proven.
		if (proof.length > 0) return { ...inconsistent, why: 'From the empty tree there is nothing to prove.' }
	} else if (latest.size === head.size && !sameBytes(latest.root, head.root)) {
		return {
			...inconsistent,
			why: 'A tree of this size was cosigned with another root: this log has forked.',
		}
	} else if (!verifyConsistency(latest, head, proof)) {
		return { ...inconsistent, why: 'The proof does not show that the log only grew.' }
	}
	return { status: 200, head, body: note.text }
}
