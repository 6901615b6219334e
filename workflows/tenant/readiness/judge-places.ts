import { durationMs } from '../../shared/instants.ts'
import type { Charter } from '../../charter/charter.schema.ts'
import type { RolePolicy } from '../picture-policies.ts'
import { policyDurationMs } from '../policy-duration.ts'
import type { TenantPicture } from '../tenant-picture.ts'
import { governedPlaces, type GovernedPlace } from './governed-places.ts'
import type { Problem } from './report.schema.ts'

type Found = Pick<Problem, 'kind' | 'about' | 'detail' | 'lines'>

/** How a problem names the tenant's own policy for these roles. */
export const ABOUT_POLICY = 'policy '

const keyOf = (place: RolePolicy['place']): string =>
	(place.kind === 'role' ? place.roleDefinitionId : `${place.groupId} ${place.relation}`).toLowerCase()

/**
 * Whether the tenant's own policy of each place lets it be given without an end, or for longer than the charter does; and whether
 * a group of the charter is one that places can be given in. A policy that was not read is told as not known; where none could be
 * read at all (`rolePolicies`), that part says so by itself.
 */
export function judgePlaces(charter: Charter, picture: TenantPicture): Found[] {
	const known = new Map(picture.rolePolicies.map((policy) => [keyOf(policy.place), policy]))
	const listed = new Map(picture.groups.map((group) => [group.objectId, group]))
	return [...governedPlaces(charter).values()].flatMap((governed): Found[] => {
		const { place, roles } = governed
		const about = roles.join(' ')
		const group = place.kind === 'group' ? listed.get(place.groupId) : undefined
		const why = group === undefined ? null : whyUnfit(group)
		// Of a group that takes nobody PIM keeps no policy.
		if (why !== null) return [{ kind: 'groupUnfit', about, detail: { why }, lines: [] }]
		const policy = known.get(keyOf(place))
		if (policy !== undefined && isTold(policy)) return judgePolicy(charter, governed, policy)
		// Either says so by itself.
		if (group?.unread.includes('policies') || !picture.parts.rolePolicies.read) return []
		return [
			{
				kind: 'partUnknown',
				about: `${ABOUT_POLICY}${about}`,
				detail: { why: policy === undefined ? 'noPolicyRow' : 'noRules' },
				lines: [],
			},
		]
	})
}

/** A policy that was exported without its rules says nothing. */
const isTold = ({ isExpirationRequired, maximumAssignment }: RolePolicy) =>
	isExpirationRequired !== null || maximumAssignment !== null

function judgePolicy(
	charter: Charter,
	{ roles }: GovernedPlace,
	{ isExpirationRequired, maximumAssignment }: RolePolicy,
): Found[] {
	const about = roles.join(' ')
	const longest = Math.max(
		...roles.map((role) => durationMs(charter.roles[role]?.access?.maximumDuration ?? '') ?? 0),
	)
	if (isExpirationRequired === false)
		return [{ kind: 'policyTooLong', about, detail: { why: 'noExpiration' }, lines: [] }]
	if (maximumAssignment === null || policyDurationMs(maximumAssignment) <= longest) return []
	const detail = { why: 'longer', allowed: maximumAssignment, charter: Math.round(longest / 3_600_000) }
	return [{ kind: 'policyTooLong', about, detail, lines: [] }]
}

/** A group that nobody can be put into for a time. */
const whyUnfit = ({ exists, managed }: TenantPicture['groups'][number]): string | null => {
	if (exists === false) return 'absent'
	return managed === 'onPremises' || managed === 'dynamic' ? managed : null
}
