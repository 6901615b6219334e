import { findGrant, findRequest, type GrantRow } from '#db/queries/requests.ts'
import { noteMadeSeen, noteRemovalTaken } from '#db/queries/sent-grants.ts'
import type { Sighting, WriteOutcome } from '#app/integrations/grant-port.ts'
import { saysGone } from '#app/integrations/graph/outcome.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { stepGrant } from '#app/services/access/step-grant.server.ts'
import { endsSessions } from '#workflows/charter/entra.schema.ts'
import { isTimedByTenant, placeKey, type Place } from '#workflows/grants/place.ts'
import { fateOf, type RequestFate } from '#workflows/grants/request-fate.ts'
import { plusMs } from '#workflows/shared/instants.ts'
import { isHeldByCharterkeep, lastHolder } from '#app/services/access/shared-target.server.ts'
import { recordConfirmed } from './confirm-grant.server.ts'
import { cancel, fateHere, GRANTED, isStillToCome, noteStillMade } from './cancel-request.server.ts'
import { canBeOurs, mayBeUnlisted, POLL_MS, POLLS, readOrWait, targetOf } from './grant-job.server.ts'
import { leaveToOther } from './leave-to-other.server.ts'
import { notingHeldUp } from './note-held-up.server.ts'
import {
	BARRED,
	isKeptByPim,
	isNeededByOthers,
	readOrKill,
	sendByFirst,
	sendRemoval,
	TOO_EARLY,
} from './send-removal.server.ts'
import { answeredLater, TryAgain } from './try-again.ts'

/** Entra refuses to remove an assignment in its first five minutes. */
const MINIMUM_ACTIVE_MS = 5 * 60_000
/** A tenant may list a new assignment late: only an absence that lasts is an absence. */
const SIGHTINGS_OF_ABSENCE = 2

const REMOVABLE = new Set(['removing', 'notConfirmed'])

/**
 * Ends a grant at the tenant and says "ended" only when the tenant no longer holds it. Idempotent; runs again until
 * the tenant confirms.
 */
export const removeGrant = (deps: Deps, grantId: string): Promise<void> =>
	notingHeldUp(deps, grantId, () => remove(deps, grantId))

async function remove(deps: Deps, grantId: string): Promise<void> {
	let grant = await findGrant(deps.database.db, grantId)
	if (!REMOVABLE.has(grant.state)) return
	if (canBeOurs(grant) && (await isKeptByPim(deps, grant)))
		throw new TryAgain('Another access to the same group would go with the membership.', 30_000, {
			code: 'PLACE_NOT_FREE',
		})
	const target = targetOf(grant)
	const removal = { ...target, justification: `Charterkeep grant ${grantId} ended` }
	const seen = await readOrKill(deps, grant, removal)
	let fate = fateHere(grant, seen)
	const isDecided = fate === 'waits_at_tenant' && (await cancel(deps, grant, seen)) === 'decided'
	if (isDecided) fate = 'made'
	if (fate === 'made' && grant.context.startsAt === null && grant.madeSeenAt === null) {
		await deps.database.withTx((tx) => noteMadeSeen(tx, grantId, deps.now()))
		grant = await findGrant(deps.database.db, grantId)
	}
	// Only what is not there yet cannot be removed: whatever else is still asked for, what is active goes.
	if (fate === 'pending' && isStillToCome(seen)) {
		await noteStillMade(deps, grantId)
		throw new TryAgain('The assignment is still being made; it cannot be removed before.', 1000)
	}
	const isGoneElsewhere = await removeElsewhere(deps, grant, seen.elsewhere)
	if (seen.active !== null && !(await isHeldHere(deps, grant, seen)))
		return closeIfAbsent(deps, grant, { isDecided })
	const confirmed = await confirmLate(deps, grant, seen)
	const holder = seen.active === null ? null : await lastHolder(deps, grant, seen.active.grantIds)
	if (holder !== null && isGoneElsewhere)
		return leaveToOther(deps, grant, holder, seen.active?.endsAt ?? null)
	let answer: Answer = null
	// One reading that lacks it takes nothing from whoever else rests on it.
	const isOfOthers = seen.active === null && fate === 'made' && (await isNeededByOthers(deps, grant))
	if (holder === null && !isOfOthers && (seen.active !== null || fate === 'made')) {
		const outcome = await sendRemoval(deps, confirmed, removal)
		if (isTooEarly(outcome)) return postpone(deps, confirmed, seen.active?.startsAt ?? null)
		answer = answerOf(outcome, confirmed, seen, deps.now())
	} else if (holder === null && !isOfOthers && (await mayBeThereUnseen(deps, grant, seen))) {
		// Only what was confirmed is surely ours, so that the kill switch may be used on it.
		const isConfirmed = grant.context.startsAt !== null
		const outcome = isConfirmed
			? await sendRemoval(deps, grant, removal)
			: await sendByFirst(deps, grant, removal)
		if (isTooEarly(outcome)) return postpone(deps, grant, null)
		answer = unseenAnswerOf(outcome)
	}
	if (!isGoneElsewhere)
		throw new TryAgain('The tenant did not remove the access where it was moved to.', 5000)
	const isRequestKnown = answer !== null && isRequestSettled(confirmed, fate)
	await closeIfAbsent(deps, confirmed, { isRequestKnown, isDecided, isOfOthers, answer })
}

/** What the tenant says of this run's removal: it took it, or there is nothing of it; null where it says neither. */
type Answer = 'accepted' | 'absent' | null

/** Throws TryAgain where the removal is to be sent again. */
function answerOf(outcome: WriteOutcome, { sentAt }: GrantRow, { active }: Sighting, now: Date): Answer {
	if (outcome.kind === 'accepted' || outcome.kind === 'absent') return outcome.kind
	if (outcome.kind === 'unknown' || outcome.kind === 'exists')
		throw new TryAgain('The tenant gave no clear answer to the removal.', 0)
	// What was given goes with either of them; whoever is new may only not be known to each of the tenant's parts yet.
	if (saysGone(outcome.code) && active === null && !mayBeUnlisted(sentAt, now)) return 'absent'
	if (outcome.kind === 'later') throw answeredLater(outcome)
	throw new TryAgain(`The tenant refused the removal: ${outcome.code}.`, null, { code: outcome.code })
}

/** The same of what nobody has seen: that it was not sent, or that we may not, says nothing of whether it is there. */
function unseenAnswerOf(outcome: WriteOutcome): Answer {
	if (outcome.kind === 'accepted' || outcome.kind === 'absent') return outcome.kind
	if (outcome.kind === 'unknown' || outcome.kind === 'exists')
		throw new TryAgain('The tenant gave no clear answer to the removal.', 0)
	if (saysGone(outcome.code)) return null
	if (outcome.kind === 'later') throw answeredLater(outcome)
	if (BARRED.has(outcome.code))
		throw new TryAgain(`The tenant refused the removal: ${outcome.code}.`, null, { code: outcome.code })
	return null
}

/** Whether nothing more can come of our request: the assignment that it made is known, and nothing else is asked for. */
const isRequestSettled = ({ context }: GrantRow, fate: RequestFate | null) =>
	context.startsAt !== null && context.scheduleId !== null && (fate === 'made' || fate === null)

const isTooEarly = (outcome: WriteOutcome) => outcome.kind === 'later' && outcome.code === TOO_EARLY

/** Whether what is active is this grant's, or that of another one of ours on the same assignment. */
const isHeldHere = async (deps: Deps, grant: GrantRow, { active, activeIsOurs }: Sighting) =>
	active !== null &&
	canBeOurs(grant) &&
	(activeIsOurs || (await isHeldByCharterkeep(deps, grant, active.grantIds)))

/** What nobody saw while it was being given, and is there: from then on it was active, whatever is told of it later. */
async function confirmLate(
	deps: Deps,
	grant: GrantRow,
	{ active, activeIsOurs, assignRequest }: Sighting,
): Promise<GrantRow> {
	const isNews = grant.context.startsAt === null && active !== null && activeIsOurs && assignRequest !== null
	if (!isNews) return grant
	await recordConfirmed(deps, grant, { active, assignRequest })
	return findGrant(deps.database.db, grant.id)
}

/**
 * Whether something of ours may be there that the tenant does not list: it was sent and never seen, or was confirmed and not even
 * the request that made it is listed. What a removal is answered with says more than a list then; and plain membership has no end
 * of its own, so that it is sent in any case. Never where others rest on it.
 */
async function mayBeThereUnseen(deps: Deps, grant: GrantRow, { assignRequest }: Sighting): Promise<boolean> {
	const { sentAt, context } = grant
	// A change of the end, whatever becomes of it, says nothing of what was there before.
	const fate = assignRequest?.makes === true ? fateOf(assignRequest.status) : null
	// It was taken back, and the tenant took that.
	if (fate === 'waits_at_tenant') return false
	const isTimedUnseen = context.startsAt === null ? sentAt !== null : fate === null
	const isPossible = isTimedByTenant(context.place) ? isTimedUnseen : canBeOurs(grant)
	return isPossible && !(await isNeededByOthers(deps, grant))
}

/** What is ours and was moved to another scope is taken away there; whether all of it was. */
async function removeElsewhere(deps: Deps, grant: GrantRow, places: readonly Place[]): Promise<boolean> {
	let isDone = true
	for (const place of places) {
		const justification = `Charterkeep grant ${grant.id} ended`
		const outcome = await sendRemoval(deps, grant, { ...targetOf(grant), place, justification })
		if (outcome.kind === 'accepted' || outcome.kind === 'absent') continue
		deps.log.warn({ grantId: grant.id, place: placeKey(place), outcome }, 'a moved access was not removed')
		isDone = false
	}
	return isDone
}

async function closeIfAbsent(
	deps: Deps,
	grant: GrantRow,
	{
		isRequestKnown = false,
		isDecided = false,
		isOfOthers = false,
		answer = null,
	}: { isRequestKnown?: boolean; isDecided?: boolean; isOfOthers?: boolean; answer?: Answer } = {},
): Promise<void> {
	const isTaken = answer === 'accepted' || grant.removalTakenAt !== null
	const mayBeOurs = grant.sentAt !== null || grant.context.startsAt !== null
	let wasTaken = isTaken
	let absences = 0
	for (let poll = 0; poll < POLLS; poll++) {
		const seen = await readOrWait(deps, targetOf(grant), { isRequestKnown })
		const { assignRequest, elsewhere } = seen
		wasTaken ||= seen.isRemovalTaken === true
		// A change of the end makes nothing that is not there.
		const told = assignRequest?.makes === true && canBeOurs(grant) ? fateHere(grant, seen) : null
		const isMade = told === 'waits_at_tenant' && (isTaken || isDecided) && assignRequest?.status === GRANTED
		const makes = isMade ? 'made' : told
		if (assignRequest === null && !isTaken && mayStillCome(grant, deps.now()))
			throw new TryAgain('What was sent a moment ago may not be listed yet.', 5000)
		// "There is nothing" may be said by a part of the tenant that does not know yet what another one has made.
		if (makes === 'made' && !isTaken && mayJustBeMade(grant, deps.now()))
			throw new TryAgain('What was made a moment ago may not be listed yet.', 5000)
		const mayBeMade = makes === 'pending' || makes === 'waits_at_tenant'
		// No list says of what was made that it is gone: only the answer to a removal does, or what stands in its place.
		const isMadeUnseen =
			makes === 'made' && seen.active === null && answer === null && !isTaken && !isOfOthers
		const isHeld = (await isHeldHere(deps, grant, seen)) || elsewhere.length > 0 || mayBeMade || isMadeUnseen
		absences = isHeld ? 0 : absences + 1
		if (absences >= SIGHTINGS_OF_ABSENCE) return close(deps, grant, wasTaken && mayBeOurs)
		await deps.pause(POLL_MS)
	}
	throw new TryAgain('The tenant still lists the access.', 2000)
}

/**
 * Whether an assignment was sent, nobody has seen what came of it, and the tenant may list it yet: then not even several
 * sightings of nothing say that there is nothing.
 */
const mayStillCome = ({ context, sentAt }: GrantRow, now: Date): boolean =>
	context.startsAt === null && mayBeUnlisted(sentAt, now)

/** The same of what the tenant says it has made: perhaps only just before it was to end, by somebody's approval there. */
const mayJustBeMade = (grant: GrantRow, now: Date): boolean => {
	const { startsAt, endingSince } = grant.context
	const isEndingAnew = endingSince !== null && mayBeUnlisted(new Date(endingSince), now)
	return (
		mayStillCome(grant, now) || (startsAt === null && (isEndingAnew || mayBeUnlisted(grant.madeSeenAt, now)))
	)
}

async function close(
	deps: Deps,
	{ id, requestId, context, removalTakenAt }: GrantRow,
	isTaken: boolean,
): Promise<void> {
	// Its answer was lost, and the tenant lists that it was carried out.
	if (isTaken && removalTakenAt === null)
		await deps.database.withTx((tx) => noteRemovalTaken(tx, id, deps.now()))
	const at = deps.now().toISOString()
	const isPastEnd = context.cause === 'deadline' && context.endsAt !== null && context.endsAt <= at
	// Of what is not there no tenant takes a removal: it was there, though nobody has seen it.
	const wasThere = context.startsAt !== null || isTaken
	const how = !wasThere ? 'never_active' : isPastEnd ? 'expired' : 'removed'
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
	// No clock of the tenant's puts it off for longer than its five minutes.
	const earliestRemoval = plusMs(started < at ? started : at, MINIMUM_ACTIVE_MS + 1000)
	const until = earliestRemoval > at ? earliestRemoval : plusMs(at, 15_000)
	const code = TOO_EARLY
	await stepGrant(deps, id, { type: 'POSTPONED', until, code, at }, ({ grantId }) => ({
		kind: 'grant.removal_postponed',
		open: { grantId, requestId, until, code },
	}))
}
