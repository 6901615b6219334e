import { saveHealth } from '#db/queries/ledger-append.ts'
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

/** Gives what notes how the sequencer is, for every process to show: at a change, and now and then. */
export function sequencerNotes({
	database,
	now,
}: Pick<Deps, 'database' | 'now'>): (error: unknown) => Promise<void> {
	let noted = { text: '', at: Number.NEGATIVE_INFINITY }
	return async (error) => {
		const state: Trouble | 'ok' =
			error === null ? 'ok' : error instanceof NotSigned ? error.trouble : 'failed'
		const problems = error instanceof NotSigned ? [error.message] : []
		const text = [state, ...problems].join('\n')
		const at = now()
		if (text === noted.text && Math.abs(at.getTime() - noted.at) < NOTE_AGAIN_MS) return
		await database.withTx((tx) => saveHealth(tx, { part: 'sequencer', state, problems, at }))
		noted = { text, at: at.getTime() }
	}
}
