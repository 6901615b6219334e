import { findGrant, findRequest } from '#db/queries/requests.ts'
import { DomainError, isDomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { stepGrant } from './step-grant.server.ts'

/**
 * A security officer accepts the end that Entra states in the place of the one that was approved, and the earlier of the
 * two counts: accepting never makes an access longer. Nobody accepts for themselves. NO_DRIFT where there is nothing to
 * accept: what is missing, or is not ours, can only be removed.
 */
export async function acceptDrift(deps: Deps, actor: Actor, requestId: string): Promise<void> {
	demand(actor, 'grant:end_any')
	const { grantId } = await findRequest(deps.database.db, requestId)
	if (grantId === null) throw new DomainError('NOT_FOUND', 'This request has no grant.')
	const { personId, context } = await findGrant(deps.database.db, grantId)
	if (personId === actor.personId)
		throw new DomainError('OWN_REQUEST', 'Nobody decides on a request that benefits them.')
	const { drift, endsAt } = context
	const event = { type: 'ACCEPT_DRIFT', actorId: actor.personId, at: deps.now().toISOString() } as const
	try {
		await stepGrant(
			deps,
			grantId,
			event,
			(after) => ({
				kind: 'grant.drift_accepted',
				open: { grantId, requestId, endsAt: after.endsAt ?? endsAt ?? '' },
			}),
			actor.personId,
		)
	} catch (error) {
		if (isDomainError(error) && error.code === 'ILLEGAL_TRANSITION')
			throw new DomainError('NO_DRIFT', 'There is nothing that could be accepted.', {
				what: drift?.what ?? null,
			})
		throw error
	}
}
