import { sha256 } from '#app/utils/sha256.server.ts'
import { insertCosignature, newestCosignatures } from '#db/queries/cosignatures.ts'
import { checkpointAt, latestCheckpoint } from '#db/queries/ledger.ts'
import { cosignatureTime } from '#workflows/ledger/cosignature.ts'
import { keysOf } from '#workflows/ledger/key-history.ts'
import { addCheckpointBody } from '#workflows/ledger/proof-files.ts'
import { parseNote, parseSignatureLine, signatureLine } from '#workflows/ledger/signed-note.ts'
import type { PolicyWitness } from '#workflows/ledger/tlog-policy.ts'
import { consistencyRanges, rootsOf } from '#workflows/ledger/tree-proofs.ts'
import { judgeCheckpoint, linesOfWitnesses } from '#workflows/ledger/witness-verdict.ts'
import { sameBytes } from '#workflows/shared/bytes.ts'
import type { Deps } from '../deps.ts'
import { keyHistoryOf } from './keys.server.ts'
import { tileReader } from './tree.server.ts'
import { columnOf, policyFor, type WitnessProblem } from './witness-policy.server.ts'

export type WitnessDeps = Pick<
	Deps,
	'database' | 'signer' | 'headGuard' | 'witnessing' | 'tiles' | 'now' | 'log'
>
type Reachable = PolicyWitness & { url: string }
type Checkpoint = { size: number; note: string }
export type WitnessOutcome =
	| { kind: 'current' }
	| { kind: 'cosigned'; size: number }
	| { kind: 'failed'; problem: WitnessProblem; text: string }

const ATTEMPTS = 4
/** How far a witness's clock may be ahead of ours. */
const SKEW_SECONDS = 600

/** The witnesses that can be asked. */
export function reachableWitnesses({ witnessing }: Pick<Deps, 'witnessing'>): Reachable[] {
	return (witnessing.policy?.witnesses ?? []).flatMap((witness) =>
		witness.url === null ? [] : [{ ...witness, url: witness.url }],
	)
}

/**
 * Has a witness cosign the newest checkpoint, and keeps the verified cosignature. No network inside a transaction, and the
 * sequencer waits for nobody. A witness that holds more than this database, or another tree, is heard: see `hearWitness`.
 */
export async function askWitness(
	deps: WitnessDeps,
	witness: Reachable,
	signal?: AbortSignal,
): Promise<WitnessOutcome> {
	const { database, witnessing } = deps
	let newest: Checkpoint | null = await latestCheckpoint(database.db)
	if (newest === null) return { kind: 'current' }
	const [last] = await newestCosignatures(database.db, [columnOf(witness.vkey)])
	if (last?.size === newest.size) return { kind: 'current' }
	let old = last?.size ?? 0
	for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
		const answer = await witnessing.port.submit(witness.url, await bodyOf(deps, old, newest), signal)
		switch (answer.kind) {
			case 'cosigned':
				return keep(deps, witness, newest, answer.lines)
			case 'unreachable':
				return { kind: 'failed', problem: 'unreachable', text: answer.text }
			case 'refused':
				return refused(deps, witness, answer, signal)
			case 'conflict':
				if (answer.size === old) return refused(deps, witness, { status: 409, text: '' }, signal)
				if (last !== undefined && answer.size < last.size) {
					await remind(deps, witness, last, answer.size, signal)
					old = last.size
				} else if (answer.size > newest.size) {
					// Another process has signed and sent more in the meantime, or this database is behind.
					newest = await latestCheckpoint(database.db)
					if (newest === null || newest.size < answer.size)
						return refused(deps, witness, { status: 409, text: String(answer.size) }, signal)
					old = answer.size
				} else old = answer.size
		}
	}
	return { kind: 'failed', problem: 'refused', text: 'it names another size each time' }
}

async function bodyOf(
	{ database, tiles }: WitnessDeps,
	old: number,
	{ size, note }: Checkpoint,
): Promise<string> {
	const proof =
		old === 0 ? [] : await rootsOf(consistencyRanges(old, size), tileReader(database.db, size, tiles), sha256)
	return addCheckpointBody({ old, proof, checkpoint: note })
}

/** Verifies before anything is stored: a witness's answer is as good as its signature. */
async function keep(
	{ database, now }: WitnessDeps,
	witness: PolicyWitness,
	{ size, note }: Checkpoint,
	lines: readonly string[],
): Promise<WitnessOutcome> {
	const signatures = lines.map(parseSignatureLine).filter((line) => line !== null)
	const [found] = linesOfWitnesses(signatures, [witness])
	const seconds = found
		? cosignatureTime(parseNote(note)?.text ?? '', found.signature.signature, witness.key)
		: null
	if (found === undefined || seconds === null)
		return { kind: 'failed', problem: 'bad_cosignature', text: 'its answer is no cosignature by its key' }
	if (seconds > now().getTime() / 1000 + SKEW_SECONDS)
		return { kind: 'failed', problem: 'clock', text: new Date(seconds * 1000).toISOString() }
	await database.withTx((tx) =>
		insertCosignature(tx, {
			size,
			witness: columnOf(witness.vkey),
			line: signatureLine(found.signature),
			signedAt: new Date(seconds * 1000),
		}),
	)
	return { kind: 'cosigned', size }
}

/** A witness that holds less than it cosigned is shown its own word, so that it can notice and follow. */
async function remind(
	deps: WitnessDeps,
	witness: Reachable,
	last: { size: number; line: string },
	held: number,
	signal?: AbortSignal,
): Promise<void> {
	const { database, witnessing, log, now } = deps
	log.error(
		{ witness: witness.name, held, cosigned: last.size },
		'a witness holds less than it has cosigned: its state was put back from an older copy',
	)
	const note = witnessing.notes.get(witness.name)
	witnessing.notes.set(witness.name, {
		problem: note?.problem ?? null,
		wentBack: { at: now(), held, cosigned: last.size },
	})
	const checkpoint = await checkpointAt(database.db, last.size)
	if (checkpoint === null) return
	const shown = { size: last.size, note: `${checkpoint.note}${last.line}\n` }
	await witnessing.port.submit(witness.url, await bodyOf(deps, held, shown), signal)
}

async function refused(
	deps: WitnessDeps,
	witness: Reachable,
	{ status, text }: { status: number; text: string },
	signal?: AbortSignal,
): Promise<WitnessOutcome> {
	const said = `${status}${text === '' ? '' : `: ${text}`}`
	if (status === 404) return { kind: 'failed', problem: 'unknown_log', text: said }
	// Conflict or inconsistency: what it holds tells whether the mistake is on our side.
	if (status === 409 || status === 422) {
		const heard = await hearWitness(deps, witness, signal)
		if (heard.kind !== 'consistent' && heard.kind !== 'unknown')
			return { kind: 'failed', problem: heard.kind, text: heard.text }
	}
	return { kind: 'failed', problem: 'refused', text: said }
}

export type Heard =
	{ kind: 'unknown' } | { kind: 'consistent'; size: number } | { kind: 'ahead' | 'forked'; text: string }

/**
 * Asks a witness what it cosigned last for this log, and believes it only what the log's own key signed. Where that is more
 * than this database holds, the head guard remembers it, and nothing is signed before the database holds as much; where it
 * is another tree, nothing is signed at all.
 */
export async function hearWitness(
	deps: WitnessDeps,
	witness: Reachable,
	signal?: AbortSignal,
): Promise<Heard> {
	const { database, signer, headGuard, witnessing, log } = deps
	const note = await witnessing.port.latest(witness.url, signer.origin, signal)
	// Read after the witness was asked: what it holds was committed here before it was sent.
	const here = (await latestCheckpoint(database.db))?.size ?? 0
	// A witness may have seen the log last under a key that has been replaced since.
	const keys = keysOf(await keyHistoryOf(database.db, signer.first, here))
	const { verdict } = judgeCheckpoint(note ?? '', policyFor(witnessing.policy, [signer.vkey, ...keys]))
	if (verdict === null || verdict.head.size === 0) return { kind: 'unknown' }
	const { size, root } = verdict.head
	if (size > here) {
		headGuard.remember({ size, root })
		const text = `it cosigned ${size} entries, and this database holds ${here}`
		log.error({ witness: witness.name, held: size, here }, 'a witness holds more than this database')
		return { kind: 'ahead', text }
	}
	const [ours] = await rootsOf([{ from: 0, to: size }], tileReader(database.db, size), sha256)
	if (ours && sameBytes(ours, root)) {
		headGuard.remember({ size, root })
		return { kind: 'consistent', size }
	}
	const text = `it cosigned another tree of ${size} entries under this log's key`
	log.error({ witness: witness.name, size }, 'a witness holds another tree under the key of this log')
	witnessing.accuse(
		`The witness ${witness.name} holds a checkpoint of ${size} entries that was signed with this log's key and is not of this database: this log has forked. Nothing is signed. Find the database that has the witnessed entries, and restore it; if there is none, the log has to be begun anew under another origin.`,
	)
	return { kind: 'forked', text }
}

/** Hears every witness before the first entry is signed; one that cannot be asked is no reason to wait. */
export async function hearWitnesses(deps: WitnessDeps): Promise<void> {
	await Promise.all(
		reachableWitnesses(deps).map(async (witness) => {
			const heard = await hearWitness(deps, witness)
			if (heard.kind === 'unknown')
				deps.log.warn({ witness: witness.name }, 'a witness could not be asked what it holds of this log')
			if (heard.kind === 'ahead' || heard.kind === 'forked')
				deps.witnessing.notes.set(witness.name, {
					problem: { code: heard.kind, text: heard.text, since: deps.now() },
					wentBack: null,
				})
		}),
	)
}
