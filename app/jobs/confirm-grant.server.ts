import type { GrantRow } from '#db/queries/requests.ts'
import type { Sighting } from '#app/integrations/grant-port.ts'
import type { Deps } from '#app/services/deps.ts'
import { stepGrant } from '#app/services/access/step-grant.server.ts'
import { plusMs } from '#workflows/shared/instants.ts'

/** What the tenant lists as ours: the request that made it, and what is active. */
export type Listed = {
	[K in 'assignRequest' | 'active']: NonNullable<Sighting[K]>
}

/** Records that the tenant lists the access, and since when; the record has it also of one that is to end already. */
export async function recordConfirmed(
	deps: Deps,
	{ id, role, context }: GrantRow,
	{ assignRequest, active }: Listed,
): Promise<void> {
	const at = deps.now().toISOString()
	const seenStart = (active.startsAt ?? deps.now()).toISOString()
	// On an assignment that another access of ours had made, this one began when it was asked for.
	const askedAt = plusMs(context.endsAt ?? at, -context.durationMs)
	const startsAt = assignRequest.makes || seenStart > askedAt ? seenStart : askedAt
	const tenantRequestId = assignRequest.requestId
	const tenantInstanceId = active.instanceId
	await stepGrant(
		deps,
		id,
		{
			type: 'CONFIRMED',
			startsAt,
			tenantRequestId,
			tenantInstanceId,
			scheduleId: active.scheduleId || null,
			at,
		},
		({ grantId, requestId, endsAt }) => ({
			kind: 'grant.confirmed',
			open: { grantId, requestId, role, startsAt, endsAt: endsAt ?? '', tenantRequestId, tenantInstanceId },
		}),
	)
}
