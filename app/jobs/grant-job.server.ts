import type { GrantRow } from '#db/queries/requests.ts'
import { GrantPortUnavailable, type GrantTarget, type Sighting } from '#app/integrations/grant-port.ts'
import { stepGrant } from '#app/services/access/step-grant.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { TryAgain } from './try-again.ts'

/** What every job on a grant shares: whom and what it is about, how long it waits, and how it reads. */

/** Entra's own clock and ours differ, and it refuses active times under five minutes: the backstop leaves room. */
export const SHORTEST_AT_TENANT_MS = 6 * 60_000
export const END_TOLERANCE_MS = 120_000
export const POLL_MS = 400
export const POLLS = 12

export const targetOf = ({ id, context }: GrantRow): GrantTarget => ({
	grantId: id,
	principalId: context.principalId,
	place: context.place,
	scheduleId: context.scheduleId,
})

/** What the tenant holds; TryAgain where it cannot be read now. */
export async function readOrWait({ grants }: Deps, target: GrantTarget): Promise<Sighting> {
	try {
		return await grants.read(target)
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
