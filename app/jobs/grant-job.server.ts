import type { GrantRow } from '#db/queries/requests.ts'
import { GrantPortUnavailable, type GrantTarget, type Sighting } from '#app/integrations/grant-port.ts'
import { stepGrant } from '#app/services/access/step-grant.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { isTimedByTenant } from '#workflows/grants/place.ts'
import { fateOf } from '#workflows/grants/request-fate.ts'
import { TryAgain } from './try-again.ts'

/** What every job on a grant shares: whom and what it is about, how long it waits, and how it reads. */

/** Entra's own clock and ours differ, and it refuses active times under five minutes: the backstop leaves room. */
export const SHORTEST_AT_TENANT_MS = 6 * 60_000
export const END_TOLERANCE_MS = 120_000
export const POLL_MS = 400
export const POLLS = 12
/** For how long a call waits for its turn at most while whoever ends the access may wait for the lock on its place. */
export const LONGEST_LOCKED_MS = 5000
/** Within this time the tenant lists what it has taken on. */
const LISTED_WITHIN_MS = 60_000

export const targetOf = ({ id, context }: GrantRow): GrantTarget => ({
	grantId: id,
	principalId: context.principalId,
	place: context.place,
	scheduleId: context.scheduleId,
})

/** Whether something that was sent may have had its effect though the tenant does not list it yet. */
export const mayBeUnlisted = (sentAt: Date | null, now: Date): boolean =>
	sentAt !== null && now.getTime() - sentAt.getTime() < LISTED_WITHIN_MS

/**
 * Whether anything of ours can be there. Where the tenant marks it, its mark tells; where it does not, only what was sent
 * or confirmed can be ours: whoever is there besides was put there by somebody else.
 */
export const canBeOurs = ({ context, sentAt }: Pick<GrantRow, 'context' | 'sentAt'>): boolean =>
	isTimedByTenant(context.place) || sentAt !== null || context.startsAt !== null

/**
 * Whether a request of ours stands that has made the assignment, is to make it, or shares the one that is there. A change of the end
 * makes nothing that is not there.
 */
export const stands = ({ assignRequest, activeIsOurs }: Sighting): boolean =>
	assignRequest !== null && fateOf(assignRequest.status) !== 'over' && (assignRequest.makes || activeIsOurs)

/** What the tenant holds; TryAgain where it cannot be read now. */
export async function readOrWait(
	{ grants }: Deps,
	target: GrantTarget,
	how: { isRequestKnown?: boolean } = {},
): Promise<Sighting> {
	try {
		return await grants.read(target, how)
	} catch (error) {
		if (!(error instanceof GrantPortUnavailable)) throw error
		throw new TryAgain(error.message, error.retryAfterMs, { code: error.code })
	}
}

/** The tenant, or what it shows, says no for good: the grant ends before it has begun. */
export async function refuse(deps: Deps, { id }: GrantRow, code: string): Promise<void> {
	await stepGrant(
		deps,
		id,
		{ type: 'REFUSED', code, at: deps.now().toISOString() },
		({ grantId, requestId }) => ({
			kind: 'grant.failed',
			open: { grantId, requestId, code: code.slice(0, 64) },
		}),
	)
}
