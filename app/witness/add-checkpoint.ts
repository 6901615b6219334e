import type { Logger } from 'pino'
import { toBase64 } from '#workflows/shared/bytes.ts'
import type { TreeHead } from '#workflows/ledger/checkpoint.ts'
import { cosign } from '#workflows/ledger/cosignature.ts'
import { parseAddCheckpoint } from '#workflows/ledger/proof-files.ts'
import { parseNote, signatureLine, type NoteKey } from '#workflows/ledger/signed-note.ts'
import { judgeSubmission } from '#workflows/ledger/witness-submission.ts'
import { hashOfOrigin, ownCosignature, type WitnessFolder } from './witness-folder.ts'
import type { WitnessKey } from './witness-key.ts'

export type Reply = { status: number; type: string; body: string }
export type Witness = {
	key: WitnessKey
	logs: readonly NoteKey[]
	folder: WitnessFolder
	now: () => Date
	log: Logger
}

const TEXT = 'text/plain; charset=utf-8'
/** The type of the answer that names the size a witness holds (C2SP tlog-witness). */
const SIZE = 'text/x.tlog.size'

const say = (status: number, text: string): Reply => ({ status, type: TEXT, body: `${text}\n` })

/**
 * The answer to add-checkpoint. It runs to its end without a pause, so that of two submissions one is judged after the other
 * is on disk; a cosignature is given out only when what it says is.
 */
export function addCheckpoint(witness: Witness, request: string): Reply {
	const { key, logs, folder, now, log } = witness
	const answer = judgeSubmission(request, {
		keysOf: (origin) => logs.filter(({ name }) => name === origin),
		latestOf: (origin) => folder.latest(origin)?.head ?? null,
	})
	if (answer.status !== 400 && answer.status !== 403 && answer.status !== 404)
		noticeRollback(witness, request)
	if (answer.status === 409) return { status: 409, type: SIZE, body: `${answer.size}\n` }
	if (answer.status !== 200) {
		if (answer.status === 422 && answer.head && answer.checkpoint)
			keepFork(witness, answer.head, answer.checkpoint)
		return say(answer.status, answer.why)
	}
	const { head, body } = answer
	const seconds = Math.floor(now().getTime() / 1000)
	const before = folder.latest(head.origin)
	if (before !== null && before.seconds > seconds) {
		log.error({ origin: head.origin }, 'the clock is behind what was signed last: nothing is cosigned')
		return say(503, 'The clock of this witness is behind what it signed last.')
	}
	const line = cosign(body, seconds, key)
	folder.save({ head, note: `${body}\n${linesOfLog(request, logs)}${line}\n`, seconds })
	log.debug({ origin: head.origin, size: head.size }, 'cosigned')
	return { status: 200, type: TEXT, body: `${line}\n` }
}

/** What this witness cosigned last for the log with this hash of its origin (C2SP tlog-witness, for monitors). */
export function latestCheckpoint({ folder }: Witness, hash: string): Reply {
	const cosigned = folder.byHash(hash)
	return cosigned === null
		? say(404, 'Nothing was cosigned for this log.')
		: { status: 200, type: TEXT, body: cosigned.note }
}

/** The signature lines of the log itself, which have been verified; what others wrote below a note is not passed on. */
function linesOfLog(request: string, logs: readonly NoteKey[]): string {
	const note = parseNote(parseAddCheckpoint(request)?.checkpoint ?? '')
	const ids = new Set(logs.map(({ name, id }) => `${name} ${toBase64(id)}`))
	return (note?.signatures ?? [])
		.filter(({ name, id }) => ids.has(`${name} ${toBase64(id)}`))
		.map((signature) => `${signatureLine(signature)}\n`)
		.join('')
}

/** A checkpoint under our own cosignature that is larger than all we know of: this folder was put back from an older copy. */
function noticeRollback({ key, folder, log, now }: Witness, request: string): void {
	const own = ownCosignature(parseAddCheckpoint(request)?.checkpoint ?? '', key.vkey)
	if (own === null) return
	const { origin, size } = own.head
	const held = folder.latest(origin)?.head.size ?? 0
	if (own.head.size <= held) return
	log.error(
		{ origin, held, cosigned: size },
		'this folder is older than what this witness has cosigned: it was put back from an older copy',
	)
	folder.keep(
		origin,
		`rolled-back-from-${size}.txt`,
		`${now().toISOString()} This witness held ${held} entries of ${origin}, and was shown its own cosignature over ${size}.\n\n${own.note}`,
	)
}

/** Two checkpoints of one size with two roots, both signed by the log, prove the fork to anybody: they are kept. */
function keepFork({ folder, log, now }: Witness, head: TreeHead, checkpoint: string): void {
	const held = folder.latest(head.origin)
	log.error(
		{ origin: head.origin, hash: hashOfOrigin(head.origin), size: head.size, held: held?.head.size ?? 0 },
		'a log sent a checkpoint that does not extend what it sent before',
	)
	if (held === null || held.head.size !== head.size) return
	folder.keep(
		head.origin,
		`fork-at-${head.size}.txt`,
		`${now().toISOString()} ${head.origin} signed two trees of ${head.size} entries.\n\n${held.note}\n${checkpoint}`,
	)
}
