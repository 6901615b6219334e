import { sha256 } from '#app/utils/sha256.server.ts'
import { entriesFrom, latestCheckpoint } from '#db/queries/ledger.ts'
import {
	deletePending,
	insertEntries,
	lockLogState,
	saveLogState,
	takePending,
} from '#db/queries/ledger-append.ts'
import { appendLeaf, edgeFromHex, edgeToHex, hashLeaf, rootOf, type Edge } from '#workflows/ledger/merkle.ts'
import { sameBytes } from '#workflows/shared/bytes.ts'
import type { Deps } from '../deps.ts'
import { demandNoOlder, LogDamaged, rootsAt } from './log-state.server.ts'
import { growTree } from './tree.server.ts'

/** Entries of one batch, and of one statement. */
export const BATCH = 2000

/**
 * Gives the oldest pending entries their index and adds them to the tree, in one transaction; nobody is shown them before a
 * checkpoint covers them. The lock on the state row makes this one at a time, whatever the number of processes. Gives
 * how many entries were added. Throws LogDamaged where the database is not the one that was signed for.
 */
export async function integratePending(
	{ database, headGuard }: Pick<Deps, 'database' | 'headGuard'>,
	limit = BATCH,
): Promise<number> {
	return database.withTx(async (tx) => {
		const state = await lockLogState(tx)
		const pending = await takePending(tx, limit)
		if (pending.length === 0) return 0
		const signed = (await latestCheckpoint(tx))?.size ?? 0
		if (signed > state.size) {
			throw new LogDamaged(
				`The last signed checkpoint has size ${signed}, the log ${state.size}: restore the database to one moment.`,
			)
		}
		demandNoOlder(state.size, headGuard.last())
		const rows = pending.map((entry, i) => ({
			...entry,
			index: state.size + i,
			leafHash: hashLeaf(entry.leaf, sha256),
		}))
		await insertEntries(tx, rows)
		const taken = await deletePending(
			tx,
			rows.map(({ id }) => id),
		)
		if (taken !== rows.length) throw new LogDamaged('The batch was not taken whole.')
		// Read back what is stored and compute from that: a bit that flipped on the way must not be signed.
		const stored = await entriesFrom(tx, state.size, state.size + rows.length, rows.length)
		const edge = stored.reduce<Edge>(
			(before, row, i) => {
				const leafHash = hashLeaf(row.leaf, sha256)
				const asTaken = rows[i]?.leafHash
				if (
					row.index !== state.size + i ||
					!asTaken ||
					[row.leafHash, asTaken].some((h) => !sameBytes(h, leafHash))
				)
					throw new LogDamaged(`Entry ${row.index} was not stored as it was written.`)
				return appendLeaf(before, leafHash, sha256)
			},
			edgeFromHex(state.size, state.edge),
		)
		if (edge.size !== state.size + rows.length) throw new LogDamaged('The batch was not stored whole.')
		await growTree(tx, edge.size)
		// The same root by another way: what proofs are built from must come to what will be signed.
		const [built] = await rootsAt(tx, [edge.size])
		if (!built || !sameBytes(built, rootOf(edge, sha256)))
			throw new LogDamaged('The stored subtrees do not come to the root of the log.')
		await saveLogState(tx, { size: edge.size, edge: edgeToHex(edge) })
		return rows.length
	})
}

/** Stores the subtrees that a log of an earlier version has not got yet: before anything is proven or signed. */
export async function completeTree({ database }: Pick<Deps, 'database'>): Promise<void> {
	await database.withTx(async (tx) => {
		const { size } = await lockLogState(tx)
		await growTree(tx, size)
	})
}
