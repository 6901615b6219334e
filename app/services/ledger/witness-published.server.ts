import type { Reader } from '#db/client.ts'
import { cosignaturesAt, newestWitnessed } from '#db/queries/cosignatures.ts'
import { checkpointAt, latestCheckpoint } from '#db/queries/ledger.ts'
import { parseNote, parseSignatureLine } from '#workflows/ledger/signed-note.ts'
import { cosignatureTime } from '#workflows/ledger/cosignature.ts'
import { isQuorumMet, type Policy } from '#workflows/ledger/tlog-policy.ts'
import { columnOf } from './witness-policy.server.ts'

/** A checkpoint as it is given out: what the log signed, with the lines of the policy's witnesses below. */
export type Published = {
	note: string
	size: number
	/** When the log signed it. */
	signedAt: Date
	witnessed: {
		/** Whether the cosignatures on this note meet the quorum; met by nobody where none is asked for. */
		isMet: boolean
		isAsked: boolean
		by: { name: string; witness: string; at: Date }[]
	}
}

const NOBODY: Policy = { logs: [], witnesses: [], groups: [], quorum: null }

/** The name of a witness in the policy -> under which its cosignatures are kept. */
export function columnsOf({ witnesses }: Policy): (name: string) => string {
	const columns = new Map(witnesses.map(({ name, vkey }) => [name, columnOf(vkey)]))
	return (name) => columns.get(name) ?? ''
}

/**
 * The checkpoint that the log gives out, everywhere: on /log/checkpoint, in exports, proofs and bundles. `open`: the newest
 * that was signed, whoever has witnessed it. `closed`: the newest that meets the quorum of the policy; null where none does.
 */
export async function publishedCheckpoint(
	reader: Reader,
	configured: Policy | null,
	mode: 'open' | 'closed',
): Promise<Published | null> {
	const policy = configured ?? NOBODY
	const witnessed = mode === 'open' ? null : await newestWitnessed(reader, policy, columnsOf(policy))
	if (mode === 'closed' && policy.quorum !== null && witnessed === null) return null
	const checkpoint =
		witnessed === null ? await latestCheckpoint(reader) : await checkpointAt(reader, witnessed.size)
	if (checkpoint === null) return null
	const body = parseNote(checkpoint.note)?.text ?? ''
	const by: Published['witnessed']['by'] = []
	let note = checkpoint.note
	for (const row of await cosignaturesAt(reader, checkpoint.size)) {
		const witness = policy.witnesses.find(({ vkey }) => columnOf(vkey) === row.witness)
		const line = parseSignatureLine(row.line)
		// A line that does not verify would condemn the whole note in the eyes of everybody who knows this witness.
		const seconds = witness && line ? cosignatureTime(body, line.signature, witness.key) : null
		if (witness === undefined || seconds === null) continue
		note += `${row.line}\n`
		by.push({ name: witness.name, witness: witness.key.name, at: new Date(seconds * 1000) })
	}
	const isMet = isQuorumMet(policy, new Set(by.map(({ name }) => name)))
	if (mode === 'closed' && !isMet) return null
	return {
		note,
		size: checkpoint.size,
		signedAt: checkpoint.createdAt,
		witnessed: { isMet, isAsked: policy.quorum !== null, by },
	}
}
