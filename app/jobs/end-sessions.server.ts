import { findGrant, type GrantRow } from '#db/queries/requests.ts'
import { endTrouble, troubleOf } from '#db/queries/tenant-troubles.ts'
import { noteSessionsEnded } from '#db/queries/workflow-rows.ts'
import type { Deps } from '#app/services/deps.ts'
import { noteGrantTrouble } from '#app/services/tenant/note-trouble.server.ts'
import { recordEntry } from '#app/services/record-entry.server.ts'
import { EVALUATED_TOKEN_MS } from '#workflows/grants/token-tail.ts'
import { SESSIONS_NOT_ENDED } from '#workflows/tenant/tenant-troubles.ts'
import { endSessionsOf } from './end-sessions-of.server.ts'
import { canBeOurs } from './grant-job.server.ts'
import { isKeptByPim } from './send-removal.server.ts'
import { TryAgain } from './try-again.ts'

/** Ends the user's sessions, so that what cannot be removed yet is at least not used with old tokens. */
export async function endSessions(deps: Deps, grantId: string): Promise<void> {
	const grant = await findGrant(deps.database.db, grantId)
	// No token of before carries it any more.
	if (isTailOver(grant, deps.now())) return forget(deps, grantId)
	// Whoever is in the group by another access that goes on is not signed out of it: that one's end takes both.
	if (canBeOurs(grant) && (await isKeptByPim(deps, grant))) return forget(deps, grantId)
	// What begins while the tenant is at it carries the access if that is still there.
	const askedAt = deps.now()
	const outcome = await endSessionsOf(deps, grant.context.principalId, grant.tenantId)
	if (outcome.kind === 'refused') {
		await noteNotEnded(deps, grantId)
		throw outcome.again
	}
	if (outcome.kind === 'foreign') {
		await noteNotEnded(deps, grantId)
		throw new TryAgain('Of a guest the tenant ends no sessions.', await untilNextLookMs(deps, grantId))
	}
	await forget(deps, grantId)
	await recordEnded(deps, grant, { isAbsent: outcome.kind === 'absent', at: askedAt })
}

const isTailOver = ({ context: { closedAt } }: GrantRow, now: Date) =>
	closedAt !== null && now.getTime() - Date.parse(closedAt) > EVALUATED_TOKEN_MS

/** Nothing is there to be mended: it is only told, and from then on looked at now and then until no token can be left. */
const TOLD_AGAIN_MS = 30 * 60_000
const UNTOLD_AGAIN_MS = 60_000
const untilNextLookMs = async ({ database }: Deps, grantId: string) =>
	(await troubleOf(database.db, grantId))?.toldAt ? TOLD_AGAIN_MS : UNTOLD_AGAIN_MS

/** It is told like all that keeps an access from its end; what keeps its removal itself from it comes first. */
async function noteNotEnded(deps: Deps, grantId: string): Promise<void> {
	const standing = await troubleOf(deps.database.db, grantId)
	if (standing === null || standing.code === SESSIONS_NOT_ENDED)
		await noteGrantTrouble(deps, grantId, SESSIONS_NOT_ENDED)
}

async function forget(deps: Deps, grantId: string): Promise<void> {
	if ((await troubleOf(deps.database.db, grantId))?.code === SESSIONS_NOT_ENDED)
		await deps.database.withTx((tx) => endTrouble(tx, grantId))
}

/** As of when the tenant was asked. Who is not there has no sessions: the record says that this is why. */
async function recordEnded(
	deps: Deps,
	{ id: grantId, requestId, context: { personId } }: GrantRow,
	{ isAbsent, at }: { isAbsent: boolean; at: Date },
): Promise<void> {
	await deps.database.withTx(async (tx) => {
		await noteSessionsEnded(tx, grantId, at)
		await recordEntry(tx, deps, {
			kind: 'grant.sessions_ended',
			subject: personId,
			actor: null,
			open: { grantId, requestId, ...(isAbsent ? { accountAbsent: true as const } : {}) },
			sealed: {},
			at,
		})
	})
	deps.wake()
}
