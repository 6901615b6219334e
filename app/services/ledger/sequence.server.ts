import { saveHealth } from '#db/queries/ledger-append.ts'
import { readHealth } from '#db/queries/ledger.ts'
import type { Deps } from '../deps.ts'
import { BATCH, integratePending } from './integrate.server.ts'
import { NotSigned, type Trouble } from './log-state.server.ts'
import { publishHead } from './publish.server.ts'

type Sequencing = Pick<Deps, 'database' | 'signer' | 'headGuard' | 'now'>

/** How often a state that has not changed is noted again. */
const NOTE_AGAIN_MS = 60_000

/**
 * Gives all pending entries their index, batch by batch, and signs the tree that they make. Gives how many entries were
 * added. Throws NotSigned, after which what was added is signed by a later call.
 */
export async function sequencePending(deps: Sequencing): Promise<number> {
	let added = 0
	for (;;) {
		const count = await integratePending(deps)
		added += count
		if (count < BATCH) break
	}
	await publishHead(deps)
	return added
}

/** Notes how the sequencer is, for every process to show: at a change, and now and then. */
export async function noteSequencer(
	{ database, now }: Pick<Deps, 'database' | 'now'>,
	error: unknown,
): Promise<void> {
	const state: Trouble | 'ok' = error === null ? 'ok' : error instanceof NotSigned ? error.trouble : 'failed'
	const problems = error instanceof NotSigned ? [error.message] : []
	const at = now()
	const known = (await readHealth(database.db)).sequencer
	const isFresh = known !== undefined && at.getTime() - known.at.getTime() < NOTE_AGAIN_MS
	if (isFresh && known.state === state && known.problems.join() === problems.join()) return
	await database.withTx((tx) => saveHealth(tx, { part: 'sequencer', state, problems, at }))
}
