import { findGrant } from '#db/queries/requests.ts'
import { noteSessionsEnded } from '#db/queries/workflow-rows.ts'
import { GrantPortUnavailable } from '#app/integrations/grant-port.ts'
import type { Deps } from '#app/services/deps.ts'
import { recordEntry } from '#app/services/record-entry.server.ts'
import { TryAgain } from './try-again.ts'

/** Ends the user's sessions, so that what cannot be removed yet is at least not used with old tokens. */
export async function endSessions(deps: Deps, grantId: string): Promise<void> {
	const { context, personId, requestId } = await findGrant(deps.database.db, grantId)
	try {
		await deps.grants.revokeSessions(context.principalId)
	} catch (error) {
		if (!(error instanceof GrantPortUnavailable)) throw error
		// Who is not there has no sessions.
		if (error.code !== 'Request_ResourceNotFound') throw new TryAgain(error.message, error.retryAfterMs)
	}
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
