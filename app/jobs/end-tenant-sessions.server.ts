import { findPerson } from '#db/queries/people.ts'
import { confirmEffect, findSuspension } from '#db/queries/suspensions.ts'
import { GrantPortUnavailable } from '#app/integrations/grant-port.ts'
import type { Deps } from '#app/services/deps.ts'
import { recordEntry } from '#app/services/record-entry.server.ts'
import { TryAgain } from './try-again.ts'

/**
 * Ends the sessions of a suspended person at the tenant, beside the accesses that are removed there: what their tokens
 * still allow ends as soon as the tenant can. Runs again until the tenant has answered; a second run does no harm.
 */
export async function endTenantSessions(deps: Deps, suspensionId: string): Promise<void> {
	const suspension = await findSuspension(deps.database.db, suspensionId)
	if (suspension === null) return
	const { entraObjectId } = await findPerson(deps.database.db, suspension.personId)
	try {
		await deps.grants.revokeSessions(entraObjectId)
	} catch (error) {
		if (!(error instanceof GrantPortUnavailable)) throw error
		throw new TryAgain(error.message, error.retryAfterMs)
	}
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		if (!(await confirmEffect(tx, { suspensionId, effect: 'tenant_sessions', at }))) return
		await recordEntry(tx, deps, {
			kind: 'person.tenant_sessions_ended',
			subject: suspension.personId,
			actor: null,
			open: { suspensionId },
			sealed: {},
			at,
		})
	})
	deps.wake()
}
