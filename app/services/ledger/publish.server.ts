import { latestCheckpoint, newestTime, readLogState } from '#db/queries/ledger.ts'
import { insertCheckpoint, lockPublishing } from '#db/queries/ledger-append.ts'
import type { SignedHead } from '#app/integrations/head-guard.server.ts'
import { openCheckpoint, signHead, WrongSignature } from '#workflows/ledger/checkpoint.ts'
import { KeyHistoryBroken, keysThatSign, type KeyHistory } from '#workflows/ledger/key-history.ts'
import { edgeFromHex, rootOf } from '#workflows/ledger/merkle.ts'
import { sameBytes } from '#workflows/shared/bytes.ts'
import type { Deps } from '../deps.ts'
import { keyHistoryOf } from './keys.server.ts'
import { demandNoOlder, demandSame, LogDamaged, NotSigned, rootsAt } from './log-state.server.ts'

/** How far the clocks of several machines may lie apart; less than this is waited for, more is said. */
const CLOCK_SKEW_MS = 2000

type Signing = Pick<Deps, 'database' | 'signer' | 'headGuard' | 'now'>
type Checkpoint = { size: number; note: string; createdAt: Date }

/**
 * Signs the tree as it is integrated and publishes the checkpoint; null when there is nothing to publish, or another
 * process was first. Nothing is held while the signer works: the signature is stored only if the checkpoint before it is
 * still the last one, and else thrown away. The head guard knows the head before anybody can see it. Throws NotSigned.
 */
export async function publishHead(deps: Signing): Promise<{ size: number; note: string } | null> {
	const { database, headGuard } = deps
	const last = await latestCheckpoint(database.db)
	const state = await readLogState(database.db)
	const previous = last?.size ?? 0
	if (state.size < previous)
		throw new LogDamaged(
			`The last signed checkpoint has size ${previous}, the log ${state.size}: restore the database to one moment.`,
		)
	const known = guarded(() => headGuard.last())
	demandNoOlder(state.size, known)
	if (state.size === previous) {
		// A head that another process signed is guarded here too, once it is seen to be part of this log.
		if (last !== null && (known?.size ?? 0) < last.size) {
			const [root] = await rootsAt(database.db, [last.size])
			const head = demandSigned(await historyOf(deps, last.size), last, root)
			guarded(() => headGuard.remember(head))
		}
		return null
	}
	const at = deps.now()
	if ((await isBehind(deps, last, state.size, at)) === 'a little') return null
	const head = { size: state.size, root: rootOf(edgeFromHex(state.size, state.edge)) }
	const history = await historyOf(deps, head.size)
	const [built, ...earlier] = await rootsAt(
		database.db,
		[head.size, last?.size ?? 0, known?.size ?? 0].filter((size) => size > 0),
	)
	if (!built || !sameBytes(built, head.root))
		throw new LogDamaged('The stored subtrees do not come to the root of the log.')
	if (known !== null && known.size > 0) demandSame(known, earlier.at(-1) ?? built)
	if (last !== null) demandSigned(history, last, earlier[0])
	const { note, newest } = await sign(deps, history, head, previous, at)
	// Before anybody can see the checkpoint. The entries it covers are committed, so the guard is never ahead of them.
	guarded(() => headGuard.remember(head))
	const isStored = await database.withTx(async (tx) => {
		await lockPublishing(tx)
		if (((await latestCheckpoint(tx))?.size ?? 0) !== previous) return false
		await insertCheckpoint(tx, { size: head.size, note, createdAt: at })
		return true
	})
	if (!isStored) return null
	deps.signer.follow(newest)
	return { size: head.size, note }
}

/** The last checkpoint must be signed by the log's key, over what this database holds: the new one is to extend it. */
function demandSigned(
	history: KeyHistory,
	{ size, note }: Checkpoint,
	root: Uint8Array | undefined,
): SignedHead {
	const vkey = keysThatSign(history, { size, previous: size, at: null }).at(-1) ?? history.first
	const head = openCheckpoint(note, vkey)
	if (head?.size !== size)
		throw new LogDamaged(
			`The last checkpoint, of ${size} entries, is not signed by the log's key ${vkey}. Nothing is signed. Put back the key that belongs to this database, or the database that belongs to this key.`,
		)
	if (root === undefined || !sameBytes(head.root, root))
		throw new LogDamaged(
			`The first ${size} entries of this database are not those of its last checkpoint. Nothing is signed. Restore the database to one moment, and run log verify to see what was changed.`,
		)
	return { size, root: head.root }
}

async function sign({ signer }: Signing, history: KeyHistory, head: SignedHead, previous: number, at: Date) {
	const vkeys = keysThatSign(history, { size: head.size, previous, at: at.toISOString() })
	const keys = vkeys.map((vkey) => {
		const key = signer.find(vkey)
		if (key === null)
			throw new NotSigned(
				'signer',
				`The log is to be signed with ${vkey}, whose private key is not here: put its file beside the log's key file, or name it in CHARTERKEEP_LOG_VKEY with the signer that holds it.`,
			)
		return key
	})
	try {
		return {
			note: await signHead({ origin: signer.origin, ...head }, keys),
			newest: vkeys.at(-1) ?? signer.first,
		}
	} catch (cause) {
		const what = cause instanceof Error ? cause.message : String(cause)
		throw new NotSigned(
			'signer',
			cause instanceof WrongSignature ? what : `The log's signer gave no signature: ${what}`,
			{
				cause,
			},
		)
	}
}

async function historyOf({ database, signer }: Pick<Signing, 'database' | 'signer'>, size: number) {
	try {
		return await keyHistoryOf(database.db, signer.first, size)
	} catch (cause) {
		if (!(cause instanceof KeyHistoryBroken)) throw cause
		throw new NotSigned('signer', `${cause.message} Put back the key that belongs to this log.`, { cause })
	}
}

/** Time must not go back: not behind the checkpoint before, and not behind what is about to be signed. */
async function isBehind(
	{ database }: Signing,
	last: Checkpoint | null,
	size: number,
	at: Date,
): Promise<'a little' | false> {
	const entries = await newestTime(database.db, last?.size ?? 0, size)
	const newest = Math.max(last?.createdAt.getTime() ?? 0, entries?.getTime() ?? 0)
	const behindMs = newest - at.getTime()
	if (behindMs <= 0) return false
	if (behindMs <= CLOCK_SKEW_MS) return 'a little'
	throw new NotSigned(
		'clock',
		`The clock of this machine says ${at.toISOString()}, and the log already tells of ${new Date(newest).toISOString()}: time went back by ${Math.ceil(behindMs / 1000)} s. Nothing is signed until it has caught up, and then it goes on by itself. Set this clock right (or that of the machine that was ahead).`,
	)
}

/** What goes wrong with the guard's file (a full disk, a folder that is gone) is said as that. */
function guarded<T>(work: () => T): T {
	try {
		return work()
	} catch (cause) {
		const what = cause instanceof Error ? cause.message : String(cause)
		throw new NotSigned('guard', `The last signed head cannot be kept outside the database: ${what}`, {
			cause,
		})
	}
}
