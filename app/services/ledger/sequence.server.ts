import type { Tx } from '#db/client.ts'
import type { SignedHead } from '#app/integrations/head-guard.server.ts'
import {
	entriesFrom,
	insertCheckpoint,
	insertEntries,
	latestCheckpoint,
	lockLogState,
	saveLogState,
	takePending,
} from '#db/queries/ledger.ts'
import { signCheckpoint } from '#workflows/ledger/checkpoint.ts'
import {
	appendLeaf,
	edgeFromHex,
	edgeToHex,
	leafHashOf,
	rootOf,
	type Edge,
} from '#workflows/ledger/merkle.ts'
import { rootsOf } from '#workflows/ledger/tree-proofs.ts'
import { sameBytes } from '#workflows/shared/bytes.ts'
import type { Deps } from '../deps.ts'
import { growTree, tileReader } from './tree.server.ts'

const BATCH = 500

/** The log must not be signed in this state: somebody has to look. */
export class LogDamaged extends Error {
	override readonly name = 'LogDamaged'
}

/**
 * Gives pending entries their index and signs one checkpoint for each batch. The lock on the state row makes this one
 * at a time, whatever the number of processes; a signature leaves only with the commit of what it signs. Gives how
 * many entries were added.
 */
export async function sequencePending({
	database,
	signer,
	headGuard,
	now,
}: Pick<Deps, 'database' | 'signer' | 'headGuard' | 'now'>): Promise<number> {
	let added = 0
	for (;;) {
		const signed = await database.withTx(async (tx) => {
			const state = await lockLogState(tx)
			const pending = await takePending(tx, BATCH)
			if (pending.length === 0) return null
			const last = await latestCheckpoint(tx)
			if ((last?.size ?? 0) !== state.size) {
				throw new LogDamaged(
					`The last signed checkpoint has size ${last?.size ?? 0}, the log ${state.size}: restore the database to one moment.`,
				)
			}
			const rows = pending.map(({ id, kind, subject, time, leaf }, i) => ({
				index: state.size + i,
				id,
				kind,
				subject,
				time,
				leaf,
				leafHash: leafHashOf(leaf),
			}))
			await insertEntries(tx, rows)
			// Read back what is stored and compute from that: a bit that flipped on the way must not be signed.
			const stored = await entriesFrom(tx, state.size, state.size + rows.length, BATCH)
			const edge = stored.reduce<Edge>(
				(before, row, i) => {
					const leafHash = leafHashOf(row.leaf)
					if (row.index !== state.size + i || !sameBytes(leafHash, row.leafHash)) {
						throw new LogDamaged(`Entry ${row.index} was not stored as it was written.`)
					}
					return appendLeaf(before, leafHash)
				},
				edgeFromHex(state.size, state.edge),
			)
			if (edge.size !== state.size + rows.length) throw new LogDamaged('The batch was not stored whole.')
			const root = rootOf(edge)
			await growTree(tx, edge.size)
			// The same root by another way: what proofs are built from must come to what is signed.
			const [built] = await rootsOf([{ from: 0, to: edge.size }], tileReader(tx, edge.size))
			if (!built || !sameBytes(built, root))
				throw new LogDamaged('The stored subtrees do not come to the root of the log.')
			await demandExtends(tx, state.size, headGuard.last())
			const note = signCheckpoint({ origin: signer.origin, size: edge.size, root }, signer)
			await saveLogState(tx, { size: edge.size, edge: edgeToHex(edge) })
			await insertCheckpoint(tx, { size: edge.size, note, createdAt: now() })
			return { count: rows.length, head: { size: edge.size, root } }
		})
		if (signed === null) return added
		headGuard.remember(signed.head)
		added += signed.count
		if (signed.count < BATCH) return added
	}
}

/**
 * The log must hold everything that was ever signed here: a database that was restored from an older backup, or a
 * standby that lags, would else sign another log under the same name, which nobody can take back.
 */
async function demandExtends(tx: Tx, size: number, known: SignedHead | null): Promise<void> {
	if (known === null || known.size === 0) return
	if (known.size > size) {
		throw new LogDamaged(
			`This log was signed up to ${known.size} entries, and this database holds ${size}: it is older than what others have seen. Nothing is signed. Restore a backup or a standby that has all ${known.size}; if there is none, the log has to be begun anew under another origin.`,
		)
	}
	const [root] = await rootsOf([{ from: 0, to: known.size }], tileReader(tx, known.size))
	if (!root || !sameBytes(root, known.root)) {
		throw new LogDamaged(
			`The first ${known.size} entries of this database are not those that were signed before. Nothing is signed. Find out which database is the right one before anything else is written.`,
		)
	}
}
