import { loadFinding, noteFindingSessions, type FindingRow } from '#db/queries/findings.ts'
import type { Deps } from '#app/services/deps.ts'
import { noteConnectionTrouble } from '#app/services/tenant/note-trouble.server.ts'
import {
	isClosedFinding,
	type FindingContext,
	type FindingState,
	type SessionsEnd,
} from '#workflows/grants/finding-context.ts'
import { watchedBy } from '#workflows/grants/reconcile.ts'
import { EVALUATED_TOKEN_MS } from '#workflows/grants/token-tail.ts'
import { msBetween } from '#workflows/shared/instants.ts'
import { endSessionsOf } from './end-sessions-of.server.ts'
import { TryAgain } from './try-again.ts'

/**
 * Ends the sessions of whoever a finding is about, and notes what came of it, so that the page says no more than the tenant did. Runs
 * again until the tenant has ended them, or no token can be left that carries what was found; of guests it ends none, and the
 * removal goes on all the same. What no list called a user is asked for as one: the tenant knows.
 */
export async function endFindingSessions(deps: Deps, findingId: string): Promise<void> {
	const { row } = await loadFinding(deps.database.db, findingId)
	if (isSettled(row, deps.now())) return
	const { principalId, principalKind, standing, from } = row.context.difference
	const { charter } = await deps.charters.inForce(deps.database.db)
	if (principalId === null || watchedBy(charter).has(principalId)) return
	// What is still to begin gives no session anything.
	const isAhead = standing === 'scheduled' && from !== null && from > deps.now().toISOString()
	if (isAhead || principalKind === 'group' || principalKind === 'servicePrincipal')
		return note(deps, row, 'none')
	try {
		const outcome = await endSessionsOf(deps, principalId, row.tenantId)
		await note(deps, row, outcome.kind)
		if (outcome.kind === 'foreign')
			deps.log.warn({ findingId }, 'the sessions of a guest are not ended by this tenant')
		if (outcome.kind === 'refused') throw outcome.again
	} catch (error) {
		if (error instanceof TryAgain && error.code !== null) await noteConnectionTrouble(deps, error.code)
		throw error
	}
}

/** They may be ended more than once; everything else stays as it was first said. */
async function note(deps: Deps, { id, context }: FindingRow, what: SessionsEnd['what']): Promise<void> {
	if (what !== 'ended' && context.sessions?.what === what) return
	const at = deps.now().toISOString()
	await deps.database.withTx((tx) => noteFindingSessions(tx, id, { what, at }))
	deps.wake()
}

/** What turned out to be no finding is nobody's fault; what was removed may be carried by old tokens for a while. */
function isSettled({ state, context }: { state: FindingState; context: FindingContext }, now: Date): boolean {
	if (!isClosedFinding(state)) return false
	const { closedAt } = context
	return (
		state !== 'removed' || closedAt === null || msBetween(closedAt, now.toISOString()) > EVALUATED_TOKEN_MS
	)
}
