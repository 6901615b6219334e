import { findPerson } from '#db/queries/people.ts'
import { confirmEffect, findSuspension } from '#db/queries/suspensions.ts'
import type { Deps } from '#app/services/deps.ts'
import { elsewhereOf } from '#app/services/findings/one-tenant.server.ts'
import { recordEntry } from '#app/services/record-entry.server.ts'
import { noteConnectionTrouble } from '#app/services/tenant/note-trouble.server.ts'
import { endSessionsOf } from './end-sessions-of.server.ts'
import { TryAgain } from './try-again.ts'

/**
 * Ends the sessions of a suspended person at the tenant, beside the accesses that are removed there: what their tokens
 * still allow ends as soon as the tenant can. Runs again until the tenant has answered; a second run does no harm. Of a guest it
 * ends none: that stays unconfirmed, and the page of the suspension says so.
 */
export async function endTenantSessions(deps: Deps, suspensionId: string): Promise<void> {
	const suspension = await findSuspension(deps.database.db, suspensionId)
	if (suspension === null) return
	const { entraObjectId } = await findPerson(deps.database.db, suspension.personId)
	const outcome = await endNotingTrouble(deps, entraObjectId)
	if (outcome.kind === 'refused') throw outcome.again
	if (outcome.kind === 'foreign') {
		deps.log.warn({ suspensionId }, 'the sessions of a guest are not ended by this tenant')
		return
	}
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		if (!(await confirmEffect(tx, { suspensionId, effect: 'tenant_sessions', at }))) return
		await recordEntry(tx, deps, {
			kind: 'person.tenant_sessions_ended',
			subject: suspension.personId,
			actor: null,
			open: { suspensionId, ...(outcome.kind === 'absent' ? { accountAbsent: true as const } : {}) },
			sealed: {},
			at,
		})
	})
	deps.wake()
}

/** No access of theirs may be there whose job would tell what keeps Charterkeep from the tenant. */
async function endNotingTrouble(deps: Deps, entraObjectId: string) {
	try {
		return await endSessionsOf(deps, entraObjectId, await elsewhereOf(deps))
	} catch (error) {
		if (error instanceof TryAgain && error.code !== null) await noteConnectionTrouble(deps, error.code)
		throw error
	}
}
