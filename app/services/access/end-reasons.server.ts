import type { RequestRow } from '#db/queries/requests.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { reasonsToEnd, type EndReason } from '#workflows/charter/enforcement.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import { msBetween, type Instant } from '#workflows/shared/instants.ts'
import type { Deps } from '../deps.ts'

/**
 * Why a waiting request or a live access does not hold under this charter for the rest of its time; none when it does.
 * `isStarting` judges an access that is about to be sent to the tenant, presence and working hours with it.
 */
export async function endReasonsOf(
	{ charters, database }: Pick<Deps, 'charters' | 'database'>,
	charter: Charter,
	request: RequestRow,
	facts: PersonFacts,
	at: Instant,
	isStarting = false,
): Promise<EndReason[]> {
	const pinned = await charters.version(database.db, request.charterVersionId)
	const endsAt = request.grantContext?.endsAt ?? null
	return reasonsToEnd(charter, {
		role: request.role,
		agreed: pinned.charter.roles[request.role]?.access,
		facts,
		at,
		remainingMs: endsAt === null ? request.durationSeconds * 1000 : Math.max(0, msBetween(at, endsAt)),
		isPending: request.state === 'pending',
		isStarting,
	})
}
