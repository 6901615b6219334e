import { findRequest, grantsInSamePlace, grantsOnSameTarget, type GrantRow } from '#db/queries/requests.ts'
import { isToBeGiven, noteSending, noteSent } from '#db/queries/sent-grants.ts'
import type { GrantTarget, WriteOutcome } from '#app/integrations/grant-port.ts'
import { whileWanted } from '#app/integrations/graph/urgency.server.ts'
import { isHeldByCharterkeep } from '#app/services/access/shared-target.server.ts'
import { stepGrant } from '#app/services/access/step-grant.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { isHeld, mayBeLive } from '#workflows/grants/grant-states.ts'
import { isTimedByTenant } from '#workflows/grants/place.ts'
import {
	mayBeUnlisted,
	POLL_MS,
	POLLS,
	readOrWait,
	refuse,
	SHORTEST_AT_TENANT_MS,
	stands,
	targetOf,
} from './grant-job.server.ts'
import { answeredLater, TryAgain } from './try-again.ts'

/**
 * Sends the assignment once, if the access is still to be given; false when the tenant has definitely refused, or it has
 * ended. When it was sent is stored before, and taken back where the tenant surely did nothing: until that is known, not even
 * a refusal of a later attempt says that there is nothing.
 */
export async function sendAssignment(deps: Deps, grant: GrantRow, target: GrantTarget): Promise<boolean> {
	const { database, grants, now } = deps
	const { ticket } = await findRequest(database.db, grant.requestId)
	const endsAt = new Date(grant.context.endsAt ?? '')
	if (endsAt.getTime() - now().getTime() < SHORTEST_AT_TENANT_MS) {
		await endForLackOfTime(deps, grant)
		return false
	}
	const sentBefore = grant.sentAt
	if (!(await database.withTx((tx) => noteSending(tx, grant.id, now())))) return false
	const outcome = await assignIfWanted(deps, grant, () =>
		grants.assign({ ...target, endsAt, justification: `${ticket} (Charterkeep grant ${grant.id})` }),
	)
	// It may be listed only some time from now, however long it was under way.
	if (outcome?.kind === 'unknown' || outcome?.kind === 'accepted')
		await database.withTx((tx) => noteSent(tx, grant.id, now()))
	if (outcome === null || DONE_NOTHING.has(outcome.kind))
		await database.withTx((tx) => noteSent(tx, grant.id, sentBefore))
	switch (outcome?.kind) {
		case undefined:
			return false
		case 'accepted':
			return true
		case 'later':
			if (isGoneForGood(grant, outcome.code, now())) return isThereAllTheSame(deps, grant, target, outcome)
			throw answeredLater(outcome)
		case 'refused':
			return isThereAllTheSame(deps, grant, target, outcome)
		case 'exists':
			// Nothing of ours can be there before anything was sent: somebody else was faster, and there is no mark to tell by.
			if (sentBefore === null && (await isTakenUnmarked(deps, grant))) {
				await refuse(deps, grant, 'HELD_OTHERWISE')
				return false
			}
			return isOursAfterAll(deps, grant, target)
		case 'absent':
		case 'unknown':
			throw new TryAgain('The tenant gave no clear answer; reading back before anything is sent again.', 0)
	}
}

/** Answers that say that this attempt had no effect. */
const DONE_NOTHING: ReadonlySet<WriteOutcome['kind']> = new Set(['later', 'refused', 'exists'])

/** Null where it has ended while its call waited for its turn: then nothing was sent. */
async function assignIfWanted(
	{ database }: Deps,
	{ id }: GrantRow,
	assign: () => Promise<WriteOutcome>,
): Promise<WriteOutcome | null> {
	let isWanted = true
	const ask = async () => (isWanted = await isToBeGiven(database.db, id))
	const outcome = await whileWanted(ask, assign)
	return isWanted ? outcome : null
}

/** So little is left that Entra would hold it for longer than was approved. What was sent before may have had its effect. */
async function endForLackOfTime(deps: Deps, { id, requestId }: GrantRow): Promise<void> {
	const at = deps.now().toISOString()
	await stepGrant(deps, id, { type: 'END', cause: 'deadline', actorId: null, at }, ({ grantId }) => ({
		kind: 'grant.ending',
		open: { grantId, requestId, cause: 'deadline' },
	}))
}

/**
 * After a refusal for good: whether an earlier attempt of which nobody knows what came of it has had its effect. Only once the
 * tenant would list that, and does not, has the access failed.
 */
export async function isThereAllTheSame(
	deps: Deps,
	grant: GrantRow,
	target: GrantTarget,
	{ code }: { code: string },
): Promise<boolean> {
	const { sentAt } = grant
	if (mayBeUnlisted(sentAt, deps.now()))
		throw new TryAgain('Refused, but what was sent before may have had its effect.', 5000, { code })
	for (let sighting = 0; sentAt !== null && sighting < SIGHTINGS; sighting++) {
		const seen = await readOrWait(deps, target)
		if (seen.activeIsOurs || stands(seen)) return true
		await deps.pause(BETWEEN_MS)
	}
	await refuse(deps, grant, code)
	return false
}
/** The tenant's lists lag: what must be certain is seen so many times in a row. */
const SIGHTINGS = 3
const BETWEEN_MS = 700

/**
 * Whether the person is already where a grant is to put them, by somebody else's doing, and the tenant keeps no mark by
 * which the two could be told apart: then ending ours would end theirs.
 */
export async function isTakenUnmarked(deps: Deps, grant: GrantRow): Promise<boolean> {
	const target = targetOf(grant)
	if (isTimedByTenant(target.place)) return false
	if ((await readOrWait(deps, target)).active === null) return false
	const others = await grantsInSamePlace(deps.database.db, grant)
	if (others.some(({ state, context }) => isHeld(state) && !isTimedByTenant(context.place))) return false
	// What is there is ours, and about to go, or what PIM keeps, which cannot be told from a membership: then it is given anew.
	if (others.some(({ state }) => mayBeLive(state)))
		throw new TryAgain('Another access to the same place has not ended yet.', 2000, {
			code: 'PLACE_NOT_FREE',
		})
	return true
}

/** A new principal is known to PIM within a minute or two; one that is not known after this time is not there. */
const REPLICATED_WITHIN_MS = 10 * 60_000
const NOT_KNOWN_YET = new Set(['SubjectNotFound', 'Request_ResourceNotFound'])
const isGoneForGood = ({ context, createdAt }: GrantRow, code: string, now: Date) =>
	NOT_KNOWN_YET.has(code) &&
	now.getTime() - Date.parse(context.startAt ?? createdAt.toISOString()) > REPLICATED_WITHIN_MS

/** Something holds this role already: ours from a call whose answer was lost, another grant's, or somebody else's. */
async function isOursAfterAll(deps: Deps, grant: GrantRow, target: GrantTarget): Promise<boolean> {
	let others = 0
	for (let poll = 0; poll < POLLS; poll++) {
		const seen = await readOrWait(deps, target)
		const { active, activeIsOurs } = seen
		if (stands(seen)) return true
		if (active && !activeIsOurs && (await isHeldByCharterkeep(deps, grant, active.grantIds)))
			return share(deps, grant, target)
		others = active && !activeIsOurs ? others + 1 : 0
		// Of what was sent before, the request may be listed after what it made.
		if (others > 0 && mayBeUnlisted(grant.sentAt, deps.now()))
			throw new TryAgain('What is held may be what was sent before; that is not listed yet.', 5000)
		if (others >= (grant.sentAt === null ? 1 : SIGHTINGS)) {
			await refuse(deps, grant, 'HELD_OTHERWISE')
			return false
		}
		await deps.pause(others > 0 ? BETWEEN_MS : POLL_MS)
	}
	// It is there, perhaps by what was sent before, and has its time to be listed from now on.
	if (grant.sentAt !== null) await deps.database.withTx((tx) => noteSent(tx, grant.id, deps.now()))
	throw new TryAgain('The tenant says that the assignment exists, but does not list it yet.', null)
}

/**
 * Another grant of this person holds the same role and scope: the tenant knows one assignment for both, so that one is
 * made to last as long as the longer of them and is marked as this grant's as well. False when the tenant refuses.
 */
async function share(deps: Deps, grant: GrantRow, target: GrantTarget): Promise<boolean> {
	const others = await grantsOnSameTarget(deps.database.db, grant)
	const ends = [grant, ...others.filter(({ state }) => isHeld(state))].map(({ context }) =>
		Date.parse(context.endsAt ?? ''),
	)
	const soonest = deps.now().getTime() + SHORTEST_AT_TENANT_MS
	const { ticket } = await findRequest(deps.database.db, grant.requestId)
	const outcome = await deps.grants.update({
		...target,
		endsAt: new Date(Math.max(soonest, ...ends.filter(Number.isFinite))),
		justification: `${ticket} (Charterkeep grant ${grant.id}, beside another)`,
	})
	switch (outcome.kind) {
		case 'accepted':
			return true
		case 'later':
			throw answeredLater(outcome)
		case 'refused':
			await refuse(deps, grant, outcome.code)
			return false
		case 'exists':
		case 'absent':
		case 'unknown':
			throw new TryAgain('The assignment to be shared is not as it was: reading back before going on.', 500)
	}
}
