import type { Tx } from '#db/client.ts'
import { restingOn } from '#db/queries/lapse-rows.ts'
import type { Deps } from '../deps.ts'
import { settleLockboxesOf } from '../lockbox/settle-lockboxes.server.ts'
import { settleMany } from './settle-many.server.ts'

/**
 * Ends what rests on these people's permits and no longer holds: waiting requests are voided, those they approved and
 * that still wait included, and accesses begin to end. Of what holds on, the moment its permit ends is set anew as a
 * deadline. So does what rests on them at the lockbox. Called in the transaction that changes a fact of theirs, after the change, so that the revocation is queued
 * with it or not at all. The caller has locked the people for update (`lockPeople`). Gives how many requests and
 * accesses fell.
 */
export async function factsChanged(tx: Tx, deps: Deps, personIds: readonly string[]): Promise<number> {
	const { fallen } = await settleMany(tx, deps, await restingOn(tx, personIds), { cause: 'lapse' })
	await settleLockboxesOf(tx, deps, personIds)
	return fallen.length
}
