import type { GrantRow } from '#db/queries/requests.ts'
import { stepGrant } from '#app/services/access/step-grant.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { END_TOLERANCE_MS, SHORTEST_AT_TENANT_MS, targetOf } from './grant-job.server.ts'
import { answeredLater, TryAgain } from './try-again.ts'

/**
 * Another grant rests on the same assignment: this one ends without a removal, and the tenant's end is moved to that of
 * the other, which is the last that needs it.
 */
export async function leaveToOther(
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
