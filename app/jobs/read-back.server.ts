import { findGrant, grantsOnSameTarget, heldPage, type GrantRow } from '#db/queries/requests.ts'
import { withoutParameters } from '#db/transaction.ts'
import type { Sighting } from '#app/integrations/grant-port.ts'
import { impatiently } from '#app/integrations/graph/urgency.server.ts'
import { isHeldByCharterkeep, targetLock } from '#app/services/access/shared-target.server.ts'
import { stepGrant } from '#app/services/access/step-grant.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { driftAnswerOf } from '#workflows/grants/drift-answer.ts'
import { findDrift, isSameDrift } from '#workflows/grants/find-drift.ts'
import type { Drift } from '#workflows/grants/grant-context.ts'
import { isHeld } from '#workflows/grants/grant-states.ts'
import { isTimedByTenant } from '#workflows/grants/place.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { withJobLock } from './job-lock.server.ts'
import { LONGEST_LOCKED_MS, targetOf } from './grant-job.server.ts'

const PAGE = 100
/** The tenant's lists lag: only what is seen so many times in a row is so. */
const SIGHTINGS = 3
const BETWEEN_MS = 700
/** What was confirmed a moment ago may not stand in all lists yet. */
const MINIMUM_AGE_MS = 60_000

/**
 * Reads every access back that Entra has confirmed, and compares it with what was approved. What differs is an alarm, in
 * the record and on the pages; what is as approved again ends it. One that cannot be read is left for the next round.
 * Gives how many differ.
 */
export async function readBackGrants(deps: Deps): Promise<number> {
	let found = 0
	for (let last: string | null = null; ;) {
		const ids = await heldPage(deps.database.db, last, PAGE)
		for (const id of ids) {
			try {
				const lock = targetLock(await findGrant(deps.database.db, id))
				await withJobLock(deps.database, lock, async () => {
					// Whoever ends the access may wait for this lock.
					if (await impatiently(LONGEST_LOCKED_MS, () => readBackGrant(deps, id))) found += 1
				})
			} catch (error) {
				// The workflow has gone on in the meantime.
				if (isDomainError(error) && error.code === 'ILLEGAL_TRANSITION') continue
				deps.log.warn({ grantId: id, error: withoutParameters(error) }, 'an access could not be read back')
			}
		}
		last = ids.at(-1) ?? null
		if (ids.length < PAGE) return found
	}
}

/** Whether this access differs from what was approved; steps it where that is news. */
export async function readBackGrant(deps: Deps, grantId: string): Promise<boolean> {
	const grant = await findGrant(deps.database.db, grantId)
	const { drift, acceptedDrift, startsAt } = grant.context
	const now = deps.now()
	if (grant.state !== 'active' && grant.state !== 'drifted') return false
	// What another tenant holds is not told by this one.
	if (grant.tenantId !== null && grant.tenantId !== deps.tenant.id) return false
	if (startsAt !== null && now.getTime() - Date.parse(startsAt) < MINIMUM_AGE_MS) return false
	const seen = await driftOf(deps, grant)
	const isAccepted = isSameDrift(seen, acceptedDrift)
	const at = now.toISOString()
	if (grant.state === 'drifted' && (seen === null || isAccepted)) {
		await stepGrant(deps, grantId, { type: 'AS_APPROVED', at }, ({ requestId }) => ({
			kind: 'grant.as_approved',
			open: { grantId, requestId },
		}))
		return false
	}
	if (seen === null || isAccepted) return false
	if (grant.state === 'drifted') return drift !== null
	deps.log.error({ grantId, ...seen }, 'the tenant holds something else than was approved')
	const { charter } = await deps.charters.inForce(deps.database.db)
	const answer = driftAnswerOf(charter, seen)
	await stepGrant(deps, grantId, { type: 'DRIFTED', ...seen, answer, at }, ({ requestId }) => ({
		kind: 'grant.drifted',
		open: { grantId, requestId, ...seen },
	}))
	return true
}

/** What differs in every one of several sightings; null as soon as one is as approved. */
async function driftOf(deps: Deps, grant: GrantRow): Promise<Drift | null> {
	let drift: Drift | null = null
	for (let sighting = 0; sighting < SIGHTINGS; sighting++) {
		if (sighting > 0) {
			await deps.pause(BETWEEN_MS)
			// Ended meanwhile: what ends it waits for nobody.
			const { state } = await findGrant(deps.database.db, grant.id)
			if (!isHeld(state)) return null
		}
		drift = await compare(deps, grant, await deps.grants.read(targetOf(grant)))
		if (drift === null) return null
	}
	return drift
}

async function compare(
	deps: Deps,
	grant: GrantRow,
	{ active, activeIsOurs, elsewhere }: Sighting,
): Promise<Drift | null> {
	const endsAt = grant.context.endsAt ?? ''
	const others = await grantsOnSameTarget(deps.database.db, grant)
	const ends = others.filter(({ state }) => isHeld(state)).map(({ context }) => context.endsAt ?? '')
	return findDrift(
		{
			endsAt,
			lastEnd: [endsAt, ...ends].sort().at(-1) ?? endsAt,
			isTimed: isTimedByTenant(grant.context.place),
		},
		{
			isListed: active !== null,
			isOurs: activeIsOurs || (active !== null && (await isHeldByCharterkeep(deps, grant, active.grantIds))),
			endsAt: active?.endsAt?.toISOString() ?? null,
			isElsewhere: elsewhere.length > 0,
		},
		deps.now().toISOString(),
	)
}
