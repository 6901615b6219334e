import { findGrant, grantsInSamePlace, grantsOnSameTarget, type GrantRow } from '#db/queries/requests.ts'
import { noteRemovalTaken } from '#db/queries/sent-grants.ts'
import {
	GrantPortUnavailable,
	type GrantTarget,
	type Sighting,
	type WriteOutcome,
} from '#app/integrations/grant-port.ts'
import type { Deps } from '#app/services/deps.ts'
import { stepGrant } from '#app/services/access/step-grant.server.ts'
import { ENDING_GRANT_STATES, isHeld, mayBeLive } from '#workflows/grants/grant-states.ts'
import { REMOVAL_RETRY_MS } from '#workflows/grants/grant.machine.ts'
import { assignmentKey, isTimedByTenant } from '#workflows/grants/place.ts'
import { msBetween } from '#workflows/shared/instants.ts'
import { TryAgain } from './try-again.ts'

type Removal = GrantTarget & { justification: string }

/** The tenant wants fewer calls: who only reads too much is not kept from writing. */
export const THROTTLED = 'TooManyRequests'
/** Answers that say that the first application is kept from removing, and not that there is nothing to remove yet. */
export const BARRED: ReadonlySet<string> = new Set([
	'PermissionScopeNotGranted',
	'Authorization_RequestDenied',
	'InvalidAuthenticationToken',
	'AccessReevaluated',
	'CredentialRefused',
	'ApplicationNotFound',
	'WrongTenant',
	'NoToken',
	THROTTLED,
])
export const TOO_EARLY = 'ActiveDurationTooShort'

/**
 * Sends a removal by the first application, and where that one is kept from it, or the removal is an incident already, by
 * the kill switch. The outcome is that of whichever came last; what the tenant holds is read by the caller in any case.
 */
export async function sendRemoval(deps: Deps, grant: GrantRow, removal: Removal): Promise<WriteOutcome> {
	const first = await sendByFirst(deps, grant, removal)
	if (first.kind === 'accepted' || first.kind === 'absent') return first
	const code = 'code' in first ? first.code : first.kind
	if (code === TOO_EARLY) return first
	if (!BARRED.has(code) && grant.state !== 'notConfirmed') return first
	return (await sendByKillSwitch(deps, grant, removal, code)) ?? first
}

/** Sends a removal by the first application alone. */
export async function sendByFirst(deps: Deps, grant: GrantRow, removal: Removal): Promise<WriteOutcome> {
	const outcome = await deps.grants.remove(removal)
	await noteTaken(deps, grant, removal, outcome)
	return outcome
}

/** That the tenant took the removal is kept before anything else is done: a later one is answered with "there is nothing". */
async function noteTaken(
	{ database, now }: Deps,
	{ id, sentAt, context }: GrantRow,
	{ place }: Removal,
	{ kind }: WriteOutcome,
): Promise<void> {
	// What was moved elsewhere is another assignment, and what of ours was never sent was not what was taken.
	const mayBeOurs = sentAt !== null || context.startsAt !== null
	if (kind === 'accepted' && mayBeOurs && assignmentKey(place) === assignmentKey(context.place))
		await database.withTx((tx) => noteRemovalTaken(tx, id, now()))
}

/**
 * What the tenant holds for a grant that is to end. Where the first application may not read it, the kill switch sends the
 * removal unseen, and the reading is tried again: nothing is said to be removed before somebody has read it.
 */
export async function readOrKill(deps: Deps, grant: GrantRow, removal: Removal): Promise<Sighting> {
	try {
		return await deps.grants.read(removal)
	} catch (error) {
		if (!(error instanceof GrantPortUnavailable)) throw error
		const isBarred = error.code !== null && BARRED.has(error.code)
		if ((isBarred || grant.state === 'notConfirmed') && (await isSurelyOurs(deps, grant)))
			await sendUnread(deps, grant, removal, error.code ?? 'unread')
		throw new TryAgain(`The tenant cannot be read: ${error.message}`, error.retryAfterMs, {
			cause: error,
			code: error.code,
		})
	}
}

/**
 * Sends the removal of what cannot be read. Where the tenant only wants fewer questions, answers to writes are another matter:
 * the first application is asked first, and somebody else's reading of a list never counts as a use of the kill switch. So is it
 * where the removal is an incident, or there is no other: whoever cannot read may be able to write.
 */
async function sendUnread(deps: Deps, grant: GrantRow, removal: Removal, code: string): Promise<void> {
	const isFirstAsked = code === THROTTLED || grant.state === 'notConfirmed' || deps.grants.killSwitch === null
	if (isFirstAsked) await sendRemoval(deps, grant, removal)
	else await sendByKillSwitch(deps, grant, removal, code)
}

/**
 * Whether removing unseen can hit nothing but this access: the tenant had confirmed it as ours, or it is plain membership that
 * was sent, which was looked for before and would outlive its end for good; it was not found to be somebody else's since, and
 * no other grant that goes on rests on the same assignment.
 */
async function isSurelyOurs(deps: Deps, grant: GrantRow): Promise<boolean> {
	const { sentAt, context } = grant
	const isOurs = context.startsAt !== null || (!isTimedByTenant(context.place) && sentAt !== null)
	if (!isOurs || context.drift?.what === 'not_ours') return false
	return !(await isNeededByOthers(deps, grant))
}

/** Whether another grant that goes on rests on the same assignment, or is about to. */
export async function isNeededByOthers({ database }: Deps, grant: GrantRow): Promise<boolean> {
	const others = await grantsOnSameTarget(database.db, grant)
	return others.some(goesOn)
}

/**
 * Whether an access of ours that PIM keeps goes on in the group of a plain membership: removing the membership would take it out
 * as well. Not where another one of ours needs the same membership, which is left to that one.
 */
export async function isKeptByPim({ database }: Deps, grant: GrantRow): Promise<boolean> {
	if (isTimedByTenant(grant.context.place)) return false
	const others = await grantsInSamePlace(database.db, grant)
	const isPims = ({ context }: GrantRow) => isTimedByTenant(context.place)
	if (others.some((other) => !isPims(other) && isHeld(other.state))) return false
	return others.some((other) => isPims(other) && goesOn(other))
}

const goesOn = ({ state }: GrantRow) =>
	mayBeLive(state) && !ENDING_GRANT_STATES.some((each) => each === state)

/** A code of the tenant's as the record takes it. */
export const reasonOf = (code: string): string =>
	code.replaceAll(/[^A-Za-z0-9_-]/g, '').slice(0, 64) || 'unknown'

/** Null where there is none, or where it was sent a moment ago and has not had its time. The intent is stored first. */
async function sendByKillSwitch(
	deps: Deps,
	grant: GrantRow,
	removal: Removal,
	code: string,
): Promise<WriteOutcome | null> {
	const { id } = grant
	const { killSwitch } = deps.grants
	if (killSwitch === null) return null
	const { context, state } = await findGrant(deps.database.db, id)
	if (state !== 'removing' && state !== 'notConfirmed') return null
	const at = deps.now().toISOString()
	const { killSwitchAt } = context
	if (killSwitchAt !== null && msBetween(killSwitchAt, at) < REMOVAL_RETRY_MS) return null
	const why = reasonOf(code)
	await stepGrant(deps, id, { type: 'KILL_SWITCH', code: why, at }, ({ grantId, requestId }) => ({
		kind: 'grant.kill_switch_used',
		open: { grantId, requestId, why },
	}))
	const outcome = await killSwitch.remove(removal)
	await noteTaken(deps, grant, removal, outcome)
	deps.log.warn({ grantId: id, why, outcome: outcome.kind }, 'the kill switch sent a removal')
	return outcome
}
