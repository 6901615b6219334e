import type { GrantRow } from '#db/queries/requests.ts'
import { noteSent } from '#db/queries/sent-grants.ts'
import type { Sighting } from '#app/integrations/grant-port.ts'
import type { Deps } from '#app/services/deps.ts'
import { fateOf, type RequestFate } from '#workflows/grants/request-fate.ts'
import { targetOf } from './grant-job.server.ts'
import { BARRED } from './send-removal.server.ts'
import { TryAgain } from './try-again.ts'

/**
 * What became of our request. One that is only granted has made the assignment where that was seen, or its removal was taken: it
 * is not carried out a second time.
 */
export function fateHere(
	{ context, removalTakenAt }: GrantRow,
	{ assignRequest }: Sighting,
): RequestFate | null {
	if (assignRequest === null) return null
	const wasMade = assignRequest.makes && (context.startsAt !== null || removalTakenAt !== null)
	return wasMade && assignRequest.status === GRANTED ? 'made' : fateOf(assignRequest.status)
}
export const GRANTED = 'Granted'

/** Whether a request is still to make what is not there: a change of the end makes nothing. */
export const isStillToCome = ({ active, assignRequest }: Pick<Sighting, 'active' | 'assignRequest'>) =>
	active === null && assignRequest?.makes === true

/**
 * Takes back a request that somebody in the tenant still has to approve. Where it is to make what is not there yet, there is
 * nothing to remove before, so it must succeed; nothing else waits for it. A refusal says as a rule that it is decided by now,
 * perhaps approved: what became of it is read anew before anything is believed, unless it is known to be made.
 */
export async function cancel(deps: Deps, grant: GrantRow, seen: Sighting): Promise<'done' | 'decided'> {
	const outcome = await deps.grants.cancel(targetOf(grant), seen.assignRequest?.requestId ?? '')
	const isRefused = outcome.kind === 'refused' && !BARRED.has(outcome.code)
	// What is granted and cannot be cancelled is made: the answer to its removal says whether it is there.
	if (isRefused && seen.assignRequest?.status === GRANTED) return 'decided'
	if (!isStillToCome(seen) || outcome.kind === 'accepted') return 'done'
	await noteStillMade(deps, grant.id)
	const { code, retryAfterMs } = { code: null, retryAfterMs: null, ...outcome }
	const why = 'The request was not taken back; what became of it is read anew.'
	throw new TryAgain(why, retryAfterMs ?? 1000, { code })
}

/** What was asked for may be made only now, and then has its time to be listed from now on, however long ago it was sent. */
export const noteStillMade = ({ database, now }: Deps, grantId: string) =>
	database.withTx((tx) => noteSent(tx, grantId, now()))
