import { setTimeout as pause } from 'node:timers/promises'
import { findGrant, findRequest, type GrantRow } from '#db/queries/requests.ts'
import { noteSessionsEnded } from '#db/queries/workflow-rows.ts'
import { GrantPortUnavailable, type GrantTarget } from '#app/integrations/grant-port.ts'
import type { Deps } from '#app/services/deps.ts'
import { recordEntry } from '#app/services/record-entry.server.ts'
import { stepGrant } from '#app/services/access/step-grant.server.ts'
import { endsSessions } from '#workflows/charter/entra.schema.ts'
import { placeKey, type Place } from '#workflows/grants/place.ts'
import { fateOf } from '#workflows/grants/request-fate.ts'
import { plusMs } from '#workflows/shared/instants.ts'
import { isHeldByCharterkeep, lastHolder } from '#app/services/access/shared-target.server.ts'
import { END_TOLERANCE_MS, POLL_MS, POLLS, SHORTEST_AT_TENANT_MS, targetOf } from './grant-job.server.ts'
import { notingHeldUp } from './note-held-up.server.ts'
import { readOrKill, sendRemoval } from './send-removal.server.ts'
import { answeredLater, TryAgain } from './try-again.ts'

/** Entra refuses to remove an assignment in its first five minutes. */
const MINIMUM_ACTIVE_MS = 5 * 60_000
/** A tenant may list a new assignment late: only an absence that lasts is an absence. */
const SIGHTINGS_OF_ABSENCE = 2

/** Within this time the tenant lists what it has taken on. */
const LISTED_WITHIN_MS = 60_000

const REMOVABLE = new Set(['removing', 'notConfirmed'])

/**
 * Ends a grant at the tenant and says "ended" only when the tenant no longer holds it. Idempotent; runs again until
 * the tenant confirms.
 */
export const removeGrant = (deps: Deps, grantId: string): Promise<void> =>
	notingHeldUp(deps, grantId, () => remove(deps, grantId))

async function remove(deps: Deps, grantId: string): Promise<void> {
	const grant = await findGrant(deps.database.db, grantId)
	if (!REMOVABLE.has(grant.state)) return
	const target = targetOf(grant)
	const removal = { ...target, justification: `Charterkeep grant ${grantId} ended` }
	const seen = await readOrKill(deps, grant, removal)
	const fate = seen.assignRequest === null ? null : fateOf(seen.assignRequest.status)
	if (fate === 'waits_at_tenant') await cancel(deps, target, seen.assignRequest?.requestId ?? '')
	if (fate === 'pending')
		throw new TryAgain('The assignment is still being made; it cannot be removed before.', 1000)
	await removeElsewhere(deps, grant, seen.elsewhere)
	const isHeldHere =
		seen.active !== null &&
		(seen.activeIsOurs || (await isHeldByCharterkeep(deps, grant, seen.active.grantIds)))
	if (seen.active !== null && !isHeldHere) return closeIfAbsent(deps, grant)
	const holder = seen.active === null ? null : await lastHolder(deps, grant, seen.active.grantIds)
	if (holder !== null) return leaveToOther(deps, grant, holder, seen.active?.endsAt ?? null)
	if (seen.active !== null || fate === 'made') {
		const outcome = await sendRemoval(deps, grant, removal)
		if (outcome.kind === 'later' && outcome.code === 'ActiveDurationTooShort')
			return postpone(deps, grant, seen.active?.startsAt ?? null)
		if (outcome.kind === 'later') throw answeredLater(outcome)
		if (outcome.kind === 'refused')
			throw new TryAgain(`The tenant refused the removal: ${outcome.code}.`, null, { code: outcome.code })
		if (outcome.kind === 'unknown' || outcome.kind === 'exists')
			throw new TryAgain('The tenant gave no clear answer to the removal.', 0)
	}
	await closeIfAbsent(deps, grant)
}

const isUndecided = (status: string) => ['pending', 'waits_at_tenant'].includes(fateOf(status))

/** Takes back a request that somebody in the tenant still has to approve: there is nothing to remove yet. */
async function cancel(deps: Deps, target: GrantTarget, requestId: string): Promise<void> {
	const outcome = await deps.grants.cancel(target, requestId)
	if (outcome.kind !== 'accepted' && outcome.kind !== 'refused')
		throw new TryAgain('The tenant gave no clear answer to taking the request back.', 1000)
}

/** What is ours and was moved to another scope is taken away there. */
async function removeElsewhere(deps: Deps, grant: GrantRow, places: readonly Place[]): Promise<void> {
	for (const place of places) {
		const justification = `Charterkeep grant ${grant.id} ended`
		const outcome = await sendRemoval(deps, grant, { ...targetOf(grant), place, justification })
		if (outcome.kind !== 'accepted' && outcome.kind !== 'absent')
			throw new TryAgain(`The tenant did not remove the access in ${placeKey(place)}.`, 5000)
	}
}

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

async function closeIfAbsent(deps: Deps, grant: GrantRow): Promise<void> {
	let absences = 0
	for (let poll = 0; poll < POLLS; poll++) {
		const { active, activeIsOurs, assignRequest, elsewhere } = await deps.grants.read(targetOf(grant))
		const isOurs =
			active !== null && (activeIsOurs || (await isHeldByCharterkeep(deps, grant, active.grantIds)))
		if (assignRequest === null && mayStillCome(grant, deps.now()))
			throw new TryAgain('What was sent a moment ago may not be listed yet.', 5000)
		const isHeld =
			isOurs || elsewhere.length > 0 || (assignRequest !== null && isUndecided(assignRequest.status))
		absences = isHeld ? 0 : absences + 1
		if (absences >= SIGHTINGS_OF_ABSENCE) return close(deps, grant)
		await pause(POLL_MS)
	}
	throw new TryAgain('The tenant still lists the access.', 2000)
}

/**
 * Whether an assignment was sent, nobody has seen what came of it, and the tenant may list it yet: then not even several
 * sightings of nothing say that there is nothing. Its end was fixed just before it was sent.
 */
function mayStillCome({ context }: GrantRow, now: Date): boolean {
	const { startsAt, endsAt, durationMs } = context
	if (startsAt !== null || endsAt === null) return false
	return now.getTime() - (Date.parse(endsAt) - durationMs) < LISTED_WITHIN_MS
}

/**
 * Another grant rests on the same assignment: this one ends without a removal, and the tenant's end is moved to that of
 * the other, which is the last that needs it.
 */
async function leaveToOther(
	deps: Deps,
	{ id, requestId }: GrantRow,
	holder: GrantRow,
	tenantEndsAt: Date | null,
): Promise<void> {
	const now = deps.now().getTime()
	const endsAt = Math.max(Date.parse(holder.context.endsAt ?? ''), now + SHORTEST_AT_TENANT_MS)
	if (tenantEndsAt === null || Math.abs(tenantEndsAt.getTime() - endsAt) > END_TOLERANCE_MS) {
		const outcome = await deps.grants.update({
			...targetOf(holder),
			endsAt: new Date(endsAt),
			justification: `Charterkeep grant ${id} ended; grant ${holder.id} goes on`,
		})
		if (outcome.kind === 'later') throw answeredLater(outcome)
		if (outcome.kind === 'unknown' || outcome.kind === 'absent' || outcome.kind === 'exists')
			throw new TryAgain('The tenant gave no clear answer to the change of the end.', 500)
		// The tenant's end is the backstop behind our own: where it may not be moved, ours still holds.
		if (outcome.kind === 'refused')
			deps.log.warn({ grantId: id, code: outcome.code }, 'the tenant kept the end of a shared assignment')
	}
	const at = deps.now().toISOString()
	await stepGrant(deps, id, { type: 'REMOVED', how: 'held_by_other', at }, ({ grantId }) => ({
		kind: 'grant.ended',
		open: { grantId, requestId, how: 'held_by_other', heldBy: holder.id },
	}))
}

async function close(deps: Deps, { id, requestId, context }: GrantRow): Promise<void> {
	const at = deps.now().toISOString()
	const isPastEnd = context.cause === 'deadline' && context.endsAt !== null && context.endsAt <= at
	const how = context.startsAt === null ? 'never_active' : isPastEnd ? 'expired' : 'removed'
	const endSessions = how !== 'never_active' && (await asksToEndSessions(deps, requestId))
	await stepGrant(deps, id, { type: 'REMOVED', how, endSessions, at }, ({ grantId }) => ({
		kind: 'grant.ended',
		open: { grantId, requestId, how },
	}))
}

/** Whether the charter that the access was given under, or the one in force, asks for it. */
async function asksToEndSessions({ database, charters }: Deps, requestId: string): Promise<boolean> {
	const { charterVersionId } = await findRequest(database.db, requestId)
	const pinned = await charters.version(database.db, charterVersionId)
	return endsSessions(pinned.charter) || endsSessions((await charters.inForce(database.db)).charter)
}

async function postpone(
	deps: Deps,
	{ id, requestId, context, state }: GrantRow,
	startsAt: Date | null,
): Promise<void> {
	// An incident goes on by its own deadline; only a first attempt is put off.
	if (state !== 'removing')
		throw new TryAgain('The tenant refuses a removal in the first five minutes.', 30_000)
	const at = deps.now().toISOString()
	const started = startsAt?.toISOString() ?? context.startsAt ?? at
	const earliestRemoval = plusMs(started, MINIMUM_ACTIVE_MS + 1000)
	const until = earliestRemoval > at ? earliestRemoval : plusMs(at, 15_000)
	const code = 'ActiveDurationTooShort'
	await stepGrant(deps, id, { type: 'POSTPONED', until, code, at }, ({ grantId }) => ({
		kind: 'grant.removal_postponed',
		open: { grantId, requestId, until, code },
	}))
}
