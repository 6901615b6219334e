import { toBase64 } from '../shared/bytes.ts'

const PROOF_HEADER = 'c2sp.org/tlog-proof@v1'

/** A proof of one entry as a file (C2SP tlog-proof): its index, the path, and the signed checkpoint verbatim. */
export function tlogProof({
	index,
	proof,
	checkpoint,
}: {
	index: number
	proof: readonly Uint8Array[]
	checkpoint: string
}): string {
	return [PROOF_HEADER, `index ${index}`, ...proof.map(toBase64), '', checkpoint].join('\n')
}

/** What a witness is sent (C2SP tlog-witness, add-checkpoint); also our file of an offline proof of consistency. */
export function addCheckpointBody({
	old,
	proof,
	checkpoint,
}: {
	old: number
	proof: readonly Uint8Array[]
	checkpoint: string
}): string {
	return [`old ${old}`, ...proof.map(toBase64), '', checkpoint].join('\n')
}
