import { openCheckpoint, parseCheckpointBody, type TreeHead } from '../ledger/checkpoint.ts'
import type { LeafOf } from '../ledger/entry.schema.ts'
import { parseNote, parseVkey, type VerifyEd25519 } from '../ledger/signed-note.ts'
import { parsePolicy, type Policy } from '../ledger/tlog-policy.ts'
import { judgeCheckpoint } from '../ledger/witness-verdict.ts'
import { problem, type StoryProblem } from './problem.ts'

type Rotation = LeafOf<'record.key_rotated'>['open'] & { index: number }
export type NotedHead = TreeHead & { note: string }

/** The head that a checkpoint speaks of, whoever signed it; null when it is no checkpoint. */
export function readHead(note: string): NotedHead | null {
	const parsed = parseNote(note)
	const head = parsed === null ? null : parseCheckpointBody(parsed.text)
	return head === null ? null : { origin: head.origin, size: head.size, root: head.root, note }
}

/** The policy of a text, its quorum left out where it says none; its first fault in words otherwise. */
export function readPolicy(text: string): Policy | string {
	const { policy, refusal } = parsePolicy(text, { quorum: 'optional' })
	return policy ?? refusal.message
}

/** Whose cosignatures stand below a checkpoint: another statement than that the log signed it. */
export function readWitnesses(
	{ note }: NotedHead,
	policy: Policy,
	keys: readonly string[],
	verify: VerifyEd25519,
): { state: 'met' | 'not_met' | 'none'; by: { name: string; at: string }[] } | StoryProblem {
	const logs = keys.flatMap((vkey) => {
		const key = parseVkey(vkey)
		return key === null ? [] : [{ key, vkey, url: null }]
	})
	const { verdict, refusal } = judgeCheckpoint(note, { ...policy, logs }, verify)
	if (refusal === 'bad_cosignature')
		return problem(
			'BAD_COSIGNATURE',
			'a line that is said to be by a witness was not signed by it for this checkpoint',
		)
	// That the log itself did not sign is told elsewhere; nothing can then be said of witnesses.
	if (verdict === null) return { state: policy.quorum === null ? 'none' : 'not_met', by: [] }
	const { isAsked, isMet, by } = verdict.witnessed
	return {
		state: !isAsked ? 'none' : isMet ? 'met' : 'not_met',
		by: by.map(({ name, seconds }) => ({ name, at: timeOf(seconds) })),
	}
}

/** Seconds since 1970 as an instant; beyond what a date can say, as they stand. */
const timeOf = (seconds: number) =>
	seconds < LATEST_SECONDS ? new Date(seconds * 1000).toISOString() : `${seconds} s after 1970`
const LATEST_SECONDS = 253_402_300_800

/**
 * Follows the keys of a log from the one that is trusted to the one that signed its checkpoint: each rotation is an entry,
 * and the new key counts from it on only because a checkpoint that covers the entry is signed by the old and by the new.
 */
export function createKeyChain(trusted: string, verify: VerifyEd25519) {
	const rotations: Rotation[] = []
	const both: NotedHead[] = []
	const keys = [trusted]

	return {
		/** A checkpoint of the time when both keys signed; its root is compared elsewhere. */
		addHead: (head: NotedHead) => void both.push(head),
		/** Takes in a rotation; says whether it goes on from the key in use. */
		tell(index: number, { open }: LeafOf<'record.key_rotated'>): StoryProblem[] {
			const [from, to] = [parseVkey(open.fromVkey), parseVkey(open.toVkey)]
			rotations.push({ ...open, index })
			return from === null || from.name !== to?.name
				? [problem('ROTATION_KEY', 'a key is to be followed by one of another log, or by none')]
				: []
		},
		/** What does not hold about the keys, once every entry is known. `keys` then ends with the one in use. */
		finish(head: NotedHead): StoryProblem[] {
			const problems: StoryProblem[] = []
			for (const { index, fromVkey, toVkey } of rotations) {
				if (fromVkey !== keys.at(-1)) continue
				const isHandedOver = both.some(
					({ size, note }) =>
						size > index &&
						openCheckpoint(note, fromVkey, verify) !== null &&
						openCheckpoint(note, toVkey, verify) !== null,
				)
				if (isHandedOver) keys.push(toVkey)
				else
					problems.push(
						problem('ROTATION_UNSIGNED', 'no checkpoint after the change of keys is signed by both of them'),
					)
			}
			if (keys.every((key) => openCheckpoint(head.note, key, verify) === null))
				problems.push(
					problem(
						'CHECKPOINT_SIGNATURE',
						'the checkpoint is not signed by the key that is trusted, nor by one that followed it',
					),
				)
			return problems
		},
		keys: (): readonly string[] => keys,
		/** Whether one of the log's own keys signed an earlier checkpoint: the trusted one, one before or one after it. */
		isOurs: (note: string): boolean =>
			[...keys, ...rotations.flatMap(({ fromVkey, toVkey }) => [fromVkey, toVkey])].some(
				(key) => openCheckpoint(note, key, verify) !== null,
			),
	}
}
