import type { Database } from '#db/client.ts'
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
import type { LogSigner } from '../deps.ts'
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
	now,
}: {
	database: Database
	signer: LogSigner
	now: () => Date
}): Promise<number> {
	let added = 0
	for (;;) {
		const batch = await database.withTx(async (tx) => {
			const state = await lockLogState(tx)
			const pending = await takePending(tx, BATCH)
			if (pending.length === 0) return 0
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
			const note = signCheckpoint({ origin: signer.origin, size: edge.size, root }, signer)
			await saveLogState(tx, { size: edge.size, edge: edgeToHex(edge) })
			await insertCheckpoint(tx, { size: edge.size, note, createdAt: now() })
			return rows.length
		})
		added += batch
		if (batch < BATCH) return added
	}
}
