import type { FindingKind } from '../charter/entra.schema.ts'
import { msBetween, type Instant } from '../shared/instants.ts'
import { activeRolesKnown, type TenantPicture } from '../tenant/tenant-picture.ts'
import { isActive, isPermanent, type GroupHolding, type RoleHolding } from '../tenant/picture-holdings.ts'
import { areMarksKnown, isMarkedWith, type ApprovedGrant } from './approved-grants.ts'
import type { Comparison } from './comparison.ts'
import { DRIFT_FINDING } from './drift-answer.ts'
import { differenceKey, inOrderOfDanger, NO_NAMES, type Difference } from './differences.ts'
import { findDrift, isSameDrift } from './find-drift.ts'
import { isHeld } from './grant-states.ts'
import { isTimedByTenant, placeKey, type Place } from './place.ts'

/** What was confirmed a moment ago may not stand in all lists yet. */
const MINIMUM_AGE_MS = 60_000

/**
 * Where Entra holds one of our own running accesses otherwise than approved. `before` are the grants as they were before
 * the tenant was read: only what was the same before and after is held against it.
 */
export function compareGrants(
	picture: TenantPicture,
	{ governed, grants, accounts, now }: Comparison,
	before: readonly ApprovedGrant[],
): Difference[] {
	const settled = new Map(before.map((grant) => [grant.grantId, grant]))
	return grants
		.filter((grant) => {
			const then = settled.get(grant.grantId)
			return (
				isHeld(grant.state) &&
				then !== undefined &&
				isHeld(then.state) &&
				then.endsAt === grant.endsAt &&
				grant.startsAt !== null &&
				msBetween(grant.startsAt, now) >= MINIMUM_AGE_MS &&
				!accounts.isBreakGlass(grant.principalId) &&
				isPlaceKnown(picture, grant.place)
			)
		})
		.flatMap((grant) => {
			const difference = judgeGrant(picture, grant, grants, now)
			if (difference === null) return []
			const roles = [...governed.values()]
				.flat()
				.filter(({ place }) => placeKey(place) === placeKey(grant.place))
				.map(({ role }) => role)
			return [{ ...difference, roles }]
		})
		.sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** Whether who holds this place actively could be read: otherwise nothing is known, and nothing follows. */
export function isPlaceKnown(picture: TenantPicture, place: Place): boolean {
	if (place.kind === 'role') return activeRolesKnown(picture) !== null
	const group = picture.groups.find(({ objectId }) => objectId === place.groupId.toLowerCase())
	const list = place.relation === 'member' ? ('members' as const) : ('owners' as const)
	return (
		picture.parts.groups.read &&
		group !== undefined &&
		!group.unread.includes(list) &&
		(place.by === 'membership' || !group.unread.includes('active'))
	)
}

type Listed = { place: Place; holding: RoleHolding | GroupHolding }

function judgeGrant(
	picture: TenantPicture,
	grant: ApprovedGrant,
	grants: readonly ApprovedGrant[],
	now: Instant,
): Difference | null {
	const { principalId, place, endsAt, grantId } = grant
	if (endsAt === null) return null
	const listed = listedFor(picture, grant)
	const here = listed.filter((each) => placeKey(each.place) === placeKey(place))
	const beside = grants.filter(
		(other) =>
			isHeld(other.state) && other.principalId === principalId && placeKey(other.place) === placeKey(place),
	)
	const isMarked = ({ holding }: Listed) => beside.some((other) => isMarkedWith(holding, other))
	const own = here.find(isMarked) ?? here[0]
	const isTimed = isTimedByTenant(place)
	// Where the marks could not be read, nobody can say that it is not ours.
	const isOurs = own !== undefined && (!isTimed || !areMarksKnown(picture, place) || isMarked(own))
	const moved = listed.find(
		(each) => placeKey(each.place) !== placeKey(place) && isMarkedWith(each.holding, grant),
	)
	const isEndKnown = own === undefined || own.holding.isEndKnown
	const drift = findDrift(
		{
			endsAt,
			lastEnd:
				beside
					.map((other) => other.endsAt ?? '')
					.sort()
					.at(-1) ?? endsAt,
			isTimed: isTimed && isEndKnown,
		},
		{
			isListed: own !== undefined,
			isOurs,
			endsAt: own?.holding.until ?? null,
			isElsewhere: moved !== undefined,
		},
		now,
	)
	if (drift === null || isSameDrift(drift, grant.acceptedDrift)) return null
	const about = { principalId, place, standing: 'active' as const, through: null, grantId }
	const kinds: FindingKind[] = [DRIFT_FINDING[drift.what]]
	const shown = drift.what === 'scope' ? moved : own
	if (isTimed && shown !== undefined && isPermanent(shown.holding)) kinds.push('permanent')
	return {
		...about,
		key: differenceKey('grant', about),
		family: 'grant',
		kinds: inOrderOfDanger(kinds),
		principalKind: 'user',
		personId: grant.personId,
		roles: [],
		from: own?.holding.from ?? null,
		until: drift.seenEndsAt,
		reasons: [],
		names: NO_NAMES,
		people: 0,
		isAbsence: drift.what === 'missing',
		// Nothing is taken away of what is not there.
		removal: drift.what === 'missing' ? null : { what: 'grant', grantId },
	}
}

/** What this principal holds actively of the same directory role, in whatever scope, or of the same group. */
function listedFor(picture: TenantPicture, { principalId, place }: ApprovedGrant): Listed[] {
	if (place.kind === 'role')
		return picture.roleHoldings.flatMap((holding) =>
			holding.principalId === principalId &&
			isActive(holding) &&
			holding.memberType === 'direct' &&
			holding.roleDefinitionId.toLowerCase() === place.roleDefinitionId.toLowerCase()
				? [{ holding, place: { ...place, directoryScopeId: holding.directoryScopeId } }]
				: [],
		)
	return picture.groupHoldings.flatMap((holding) =>
		holding.principalId === principalId &&
		isActive(holding) &&
		holding.groupId.toLowerCase() === place.groupId.toLowerCase()
			? [{ holding, place: { ...place, relation: holding.relation } }]
			: [],
	)
}
