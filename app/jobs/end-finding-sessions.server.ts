import { loadFinding, noteFindingSessions, type FindingRow } from '#db/queries/findings.ts'
import type { Deps } from '#app/services/deps.ts'
import { recordEntry } from '#app/services/record-entry.server.ts'
import { tellSessionsLive } from '#app/services/findings/tell-finding.server.ts'
import { noteConnectionTrouble } from '#app/services/tenant/note-trouble.server.ts'
import {
	REMOVING_STATES,
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
	// What begins while the tenant is at it carries what was found if that is still there.
	const askedAt = deps.now()
	try {
		const outcome = await endSessionsOf(deps, principalId, row.tenantId)
		if (outcome.kind === 'ended' || outcome.kind === 'absent')
			return await recordEnded(deps, row, { what: outcome.kind, at: askedAt })
		await note(deps, row, outcome.kind)
		if (outcome.kind === 'foreign')
			deps.log.warn({ findingId }, 'the sessions of a guest are not ended by this tenant')
		if (outcome.kind === 'refused') throw outcome.again
	} catch (error) {
		if (error instanceof TryAgain && error.code !== null) await noteConnectionTrouble(deps, error.code)
		throw error
	}
}

/** Said once; what the tenant did not do, and where there is nothing to do. */
async function note(deps: Deps, row: FindingRow, what: Exclude<SessionsEnd['what'], Ended>): Promise<void> {
	if (row.context.sessions?.what === what) return
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		await noteFindingSessions(tx, row.id, { what, at: at.toISOString() })
		if (what !== 'none') await tellSessionsLive(tx, deps, row, at)
	})
	deps.wake()
}

type Ended = 'ended' | 'absent'

/** They may be ended more than once, and each time is recorded. Who is not there has none: that is recorded once. */
async function recordEnded(
	deps: Deps,
	{ id: findingId, context }: FindingRow,
	{ what, at }: { what: Ended; at: Date },
): Promise<void> {
	if (what === 'absent' && context.sessions?.what === 'absent') return
	await deps.database.withTx(async (tx) => {
		await noteFindingSessions(tx, findingId, { what, at: at.toISOString() })
		await recordEntry(tx, deps, {
			kind: 'finding.sessions_ended',
			subject: context.difference.personId,
			actor: null,
			open: { findingId, ...(what === 'absent' ? { accountAbsent: true as const } : {}) },
			sealed: {},
			at,
		})
	})
	deps.wake()
}

/**
 * Whether nothing is, or was just, being taken from them: what turned out to be no finding is nobody's fault, what the guard holds or
 * somebody answers for stays. What was removed may be carried by old tokens for a while.
 */
function isSettled({ state, context }: { state: FindingState; context: FindingContext }, now: Date): boolean {
	if (REMOVING_STATES.some((each) => each === state)) return false
	const { closedAt } = context
	return (
		state !== 'removed' || closedAt === null || msBetween(closedAt, now.toISOString()) > EVALUATED_TOKEN_MS
	)
}
