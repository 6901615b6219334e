import type { Tx } from '#db/client.ts'
import { openRequestsOf } from '#db/queries/requests.ts'
import type { Deps } from '../deps.ts'
import { settleRequest } from './settle-request.server.ts'

/**
 * Ends what rests on these people's permits and no longer holds: waiting requests are voided, accesses begin to end.
 * Called in the transaction that changes a fact of theirs, after the change, so that the revocation is queued with it or
 * not at all. The caller has locked the people for update (`lockPeople`). Gives how many requests and accesses fell.
 */
export async function factsChanged(tx: Tx, deps: Deps, personIds: readonly string[]): Promise<number> {
	let fell = 0
	for (const requestId of await openRequestsOf(tx, personIds))
		if (await settleRequest(tx, deps, requestId, 'lapse')) fell += 1
	return fell
}
