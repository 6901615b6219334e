import { findGrant } from '#db/queries/requests.ts'
import { endTrouble, troubleOf } from '#db/queries/tenant-troubles.ts'
import { noteSessionsEnded } from '#db/queries/workflow-rows.ts'
import { GrantPortUnavailable } from '#app/integrations/grant-port.ts'
import type { Deps } from '#app/services/deps.ts'
import { noteGrantTrouble } from '#app/services/tenant/note-trouble.server.ts'
import { recordEntry } from '#app/services/record-entry.server.ts'
import { isConnectionTrouble, SESSIONS_NOT_ENDED } from '#workflows/tenant/tenant-troubles.ts'
import { TryAgain } from './try-again.ts'

/** Ends the user's sessions, so that what cannot be removed yet is at least not used with old tokens. */
export async function endSessions(deps: Deps, grantId: string): Promise<void> {
	const { context, personId, requestId } = await findGrant(deps.database.db, grantId)
	try {
		await deps.grants.revokeSessions(context.principalId)
	} catch (error) {
		if (!(error instanceof GrantPortUnavailable)) throw error
		// Who is not there has no sessions.
		if (error.code !== 'Request_ResourceNotFound') throw await heldUp(deps, grantId, error)
	}
	if ((await troubleOf(deps.database.db, grantId))?.code === SESSIONS_NOT_ENDED)
		await deps.database.withTx((tx) => endTrouble(tx, grantId))
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		await noteSessionsEnded(tx, grantId, at)
		await recordEntry(tx, deps, {
			kind: 'grant.sessions_ended',
			subject: personId,
			actor: null,
			open: { grantId, requestId },
			sealed: {},
			at,
		})
	})
	deps.wake()
}

/** How soon a refusal that somebody has to mend is worth trying again. */
const REFUSED_AGAIN_MS = 60_000

/**
 * What is thrown to be tried again. A refusal that lasts is told like all that keeps an access from its end; what keeps its
 * removal itself from it comes first.
 */
async function heldUp(
	deps: Deps,
	grantId: string,
	{ message, retryAfterMs, code }: GrantPortUnavailable,
): Promise<TryAgain> {
	const isOfAll = code === null || code === 'TooManyRequests' || isConnectionTrouble(code)
	if (isOfAll) return new TryAgain(message, retryAfterMs, { code })
	const standing = await troubleOf(deps.database.db, grantId)
	if (standing === null || standing.code === SESSIONS_NOT_ENDED)
		await noteGrantTrouble(deps, grantId, SESSIONS_NOT_ENDED)
	return new TryAgain(message, retryAfterMs ?? REFUSED_AGAIN_MS, { code })
}
