import { setTimeout as pause } from 'node:timers/promises'
import { findRequest, grantsOnSameTarget, type GrantRow } from '#db/queries/requests.ts'
import type { GrantTarget } from '#app/integrations/grant-port.ts'
import { isHeldByCharterkeep } from '#app/services/access/shared-target.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { isHeld, mayBeLive } from '#workflows/grants/grant-states.ts'
import { isTimedByTenant } from '#workflows/grants/place.ts'
import { fateOf } from '#workflows/grants/request-fate.ts'
import { POLL_MS, POLLS, readOrWait, refuse, SHORTEST_AT_TENANT_MS, targetOf } from './grant-job.server.ts'
import { answeredLater, TryAgain } from './try-again.ts'

/** Sends the assignment once; false when the tenant has definitely refused. */
export async function sendAssignment(
	deps: Deps,
	grant: GrantRow,
	target: GrantTarget,
	isFirst: boolean,
): Promise<boolean> {
	const { database, grants, now } = deps
	const { ticket } = await findRequest(database.db, grant.requestId)
	const soonest = now().getTime() + SHORTEST_AT_TENANT_MS
	const endsAt = new Date(Math.max(Date.parse(grant.context.endsAt ?? ''), soonest))
	const outcome = await grants.assign({
		...target,
		endsAt,
		justification: `${ticket} (Charterkeep grant ${grant.id})`,
	})
	switch (outcome.kind) {
		case 'accepted':
			return true
		case 'later':
			if (isGoneForGood(grant, outcome.code, now())) {
				await refuse(deps, grant, outcome.code)
				return false
			}
			throw answeredLater(outcome)
		case 'refused':
			await refuse(deps, grant, outcome.code)
			return false
		case 'exists':
			// Nothing of ours can be there before the first call: somebody else was faster, and there is no mark to tell by.
			if (isFirst && (await isTakenUnmarked(deps, grant))) {
				await refuse(deps, grant, 'HELD_OTHERWISE')
				return false
			}
			return isOursAfterAll(deps, grant, target)
		case 'absent':
		case 'unknown':
			throw new TryAgain('The tenant gave no clear answer; reading back before anything is sent again.', 0)
	}
}

/**
 * Whether the person is already where a grant is to put them, by somebody else's doing, and the tenant keeps no mark by
 * which the two could be told apart: then ending ours would end theirs.
 */
export async function isTakenUnmarked(deps: Deps, grant: GrantRow): Promise<boolean> {
	const target = targetOf(grant)
	if (isTimedByTenant(target.place)) return false
	if ((await readOrWait(deps, target)).active === null) return false
	const others = await grantsOnSameTarget(deps.database.db, grant)
	if (others.some(({ state }) => isHeld(state))) return false
	// What is there is ours, and about to go: then it is given anew.
	if (others.some(({ state }) => mayBeLive(state)))
		throw new TryAgain('Another access to the same place has not ended yet.', 2000)
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
	for (let poll = 0; poll < POLLS; poll++) {
		const { assignRequest, active, activeIsOurs } = await deps.grants.read(target)
		if (assignRequest && fateOf(assignRequest.status) !== 'over') return true
		if (active && !activeIsOurs && (await isHeldByCharterkeep(deps, grant, active.grantIds)))
			return share(deps, grant, target)
		if (active && !activeIsOurs) {
			await refuse(deps, grant, 'HELD_OTHERWISE')
			return false
		}
		await pause(POLL_MS)
	}
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
