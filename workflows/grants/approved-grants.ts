import type { FindingKind } from '../charter/entra.schema.ts'
import { msBetween, type Instant } from '../shared/instants.ts'
import { isPermanent, type GroupHolding, type RoleHolding } from '../tenant/picture-holdings.ts'
import type { TenantPicture } from '../tenant/tenant-picture.ts'
import { governedKey } from './governed.ts'
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
	/** The tenant's id of the assignment, as it was when it was confirmed; null where that was not kept. */
	scheduleId: string | null
	/** A deviation that an officer has accepted. */
	acceptedDrift: { what: 'missing' | 'not_ours' | 'end' | 'scope'; seenEndsAt: Instant | null } | null
}

/** Lists lag: what a grant of ours held is explained by it for so long after it has ended. */
export const SETTLING_MS = 5 * 60_000

/** Whether the tenant may hold what this grant gave: it may be live, or was a moment ago. */
const wasLiveLately = ({ state, closedAt }: ApprovedGrant, now: Instant) =>
	mayBeLive(state) || (isClosed(state) && closedAt !== null && msBetween(closedAt, now) < SETTLING_MS)

/** Whether a grant of ours explains that this principal holds this place: it may be live, or was a moment ago. */
export function explanationsOf(grants: readonly ApprovedGrant[], now: Instant) {
	const explained = new Set(
		grants
			.filter((grant) => wasLiveLately(grant, now))
			.map(({ principalId, place }) => `${principalId} ${placeKey(place)}`),
	)
	return (principalId: string, place: Place) => explained.has(`${principalId} ${placeKey(place)}`)
}

/** Clocks differ, and the tenant takes no active time under five minutes, so its own end may be a little later. */
const EARLIER_MS = 2 * 60_000
const LATER_MS = 8 * 60_000

/**
 * What is wrong with an assignment that begins later, by the grant of ours that it is marked with: it ends later than approved, stands
 * in another scope, or begins before it may. Empty: it is as approved. Null: no grant of ours explains it. Where marks could not be
 * read (`areMarksKnown`) nobody can say that it is not ours, and a grant at its place explains what stays within it.
 */
export function wrongWithSchedule(
	{
		principalId,
		place,
		holding,
		areMarksKnown,
	}: { principalId: string; place: Place; holding: RoleHolding | GroupHolding; areMarksKnown: boolean },
	grants: readonly ApprovedGrant[],
	now: Instant,
): FindingKind[] | null {
	const sent = grants.filter((grant) => grant.principalId === principalId && wasLiveLately(grant, now))
	const isHere = (grant: ApprovedGrant) => placeKey(grant.place) === placeKey(place)
	const marked = sent.filter(
		(grant) =>
			isMarkedWith(holding, grant) && (isHere(grant) || governedKey(grant.place) === governedKey(place)),
	)
	const ours = marked.length > 0 || areMarksKnown ? marked : sent.filter(isHere)
	if (ours.length === 0) return null
	const here = ours.filter(isHere)
	if (here.length === 0) return ['wrongScope']
	const starts = here.flatMap(({ startsAt }) => startsAt ?? []).sort()
	const ends = here.flatMap(({ endsAt }) => endsAt ?? []).sort()
	const [first, last] = [starts.length === here.length ? starts[0] : undefined, ends.at(-1)]
	const isLonger =
		holding.until === null
			? isPermanent(holding)
			: last !== undefined && msBetween(last, holding.until) > LATER_MS
	const isEarly = first !== undefined && holding.from !== null && msBetween(holding.from, first) > EARLIER_MS
	// What bears no mark and goes beyond what was approved is not ours.
	if (marked.length === 0 && (isLonger || isEarly)) return null
	return [...(isLonger ? (['wrongEnd'] as const) : []), ...(isEarly ? (['outOfBand'] as const) : [])]
}

/**
 * Whether the assignment is the one that was made for this grant: it bears our mark, or is the schedule that the tenant named when
 * it confirmed it. Requests, and with them marks, are forgotten by the tenant after a while; schedules are not.
 */
export const isMarkedWith = (
	{ ticketNumbers, scheduleId }: Pick<RoleHolding | GroupHolding, 'ticketNumbers' | 'scheduleId'>,
	grant: Pick<ApprovedGrant, 'grantId' | 'scheduleId'>,
): boolean =>
	ticketNumbers.includes(grant.grantId) || (scheduleId !== null && scheduleId === grant.scheduleId)

/**
 * Whether a holding is the assignment of one of these grants, perhaps in another scope than approved. A mark counts for its holder
 * alone, and on the same role or in the same group alone: elsewhere anybody may have typed it.
 */
export function marksOf(grants: readonly ApprovedGrant[]) {
	const byHolder = Map.groupBy(grants, ({ principalId, place }) => `${principalId} ${whereOf(place)}`)
	return ({
		principalId,
		place,
		holding,
	}: {
		principalId: string
		place: Parameters<typeof governedKey>[0]
		holding: RoleHolding | GroupHolding
	}): boolean =>
		(byHolder.get(`${principalId} ${whereOf(place)}`) ?? []).some((grant) => isMarkedWith(holding, grant))
}

/** A role whatever the scope, a group whatever the place in it: that is where an access is looked for. */
const whereOf = (place: Parameters<typeof governedKey>[0]): string =>
	(place.kind === 'role' ? place.roleDefinitionId : place.groupId).toLowerCase()

/** Whether it is known which assignments at this place bear a mark of ours. */
export function areMarksKnown(
	{ parts, groups }: Pick<TenantPicture, 'parts' | 'groups'>,
	place: Place,
): boolean {
	if (place.kind === 'role') return parts.ownRequests.read
	const group = groups.find(({ objectId }) => objectId === place.groupId.toLowerCase())
	return group !== undefined && !group.unread.includes('requests')
}
