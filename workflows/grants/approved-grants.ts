import { msBetween, type Instant } from '../shared/instants.ts'
import { isClosed, mayBeLive, type GrantState } from './grant-states.ts'
import { placeKey, type Place } from './place.ts'

/** A grant of ours, as far as it explains what Entra holds, or should hold. */
export type ApprovedGrant = {
	grantId: string
	personId: string
	/** Object id in lower case. */
	principalId: string
	place: Place
	state: GrantState
	startsAt: Instant | null
	endsAt: Instant | null
	closedAt: Instant | null
	/** A deviation that an officer has accepted. */
	acceptedDrift: { what: 'missing' | 'not_ours' | 'end' | 'scope'; seenEndsAt: Instant | null } | null
}

/** Lists lag: what a grant of ours held is explained by it for so long after it has ended. */
export const SETTLING_MS = 5 * 60_000

/** Whether a grant of ours explains that this principal holds this place: it may be live, or was a moment ago. */
export function explanationsOf(grants: readonly ApprovedGrant[], now: Instant) {
	const explained = new Set(
		grants
			.filter(
				({ state, closedAt }) =>
					mayBeLive(state) ||
					(isClosed(state) && closedAt !== null && msBetween(closedAt, now) < SETTLING_MS),
			)
			.map(({ principalId, place }) => `${principalId} ${placeKey(place)}`),
	)
	return (principalId: string, place: Place) => explained.has(`${principalId} ${placeKey(place)}`)
}

/** Names a grant of ours and whose it is: a mark counts for its holder alone. */
export const markOf = ({ grantId, principalId }: Pick<ApprovedGrant, 'grantId' | 'principalId'>) =>
	`${grantId} ${principalId}`
