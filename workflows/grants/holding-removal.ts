import type { GroupHolding, RoleHolding } from '../tenant/picture-holdings.ts'
import type { Held } from '../tenant/held-through.ts'
import type { TenantPicture } from '../tenant/tenant-picture.ts'
import type { FindingStanding, Removal } from './differences.ts'
import type { Place } from './place.ts'

/**
 * What takes a holding away. Null: nothing here does, since who has it is said elsewhere, or it is held through what must be
 * taken away itself.
 */
export function removalOf(
	picture: TenantPicture,
	{
		principalId,
		place,
		standing,
		holding,
		through,
		membership,
	}: {
		principalId: string
		place: Place
		standing: FindingStanding
		holding: RoleHolding | GroupHolding
		through: string | null
		membership: GroupHolding | null
	},
): Removal | null {
	if (through !== null) {
		const group = picture.groups.find(({ objectId }) => objectId === through)
		const member = group?.members.find(({ objectId }) => objectId === principalId)
		if (group === undefined || !isKeptHere(group) || (member !== undefined && !member.isDirect)) return null
		const by =
			membership?.how === 'direct' || membership === null ? ('membership' as const) : ('pim' as const)
		const at: Place = { kind: 'group', groupId: through, relation: 'member', by }
		return { what: membership?.how === 'eligible' ? 'eligibility' : 'assignment', principalId, place: at }
	}
	if ('memberType' in holding && holding.memberType !== 'direct') return null
	if (place.kind === 'group') {
		const group = picture.groups.find(({ objectId }) => objectId === place.groupId.toLowerCase())
		if (group === undefined || !isKeptHere(group)) return null
		const members = place.relation === 'member' ? group.members : group.owners
		const listed = members.find(({ objectId }) => objectId === principalId)
		if (standing === 'active' && listed !== undefined && !listed.isDirect) return null
	}
	return { what: standing === 'eligible' ? 'eligibility' : 'assignment', principalId, place }
}

/** Who is in a group that is synchronised or filled by a rule is not said here. */
const isKeptHere = ({ managed }: { managed: 'cloud' | 'onPremises' | 'dynamic' | null }) =>
	managed === 'cloud' || managed === null

/** The place as removals name it: what stands in the plain list of a group is taken out of that. */
export function placeWith(at: Held['place'], holding: RoleHolding | GroupHolding): Place {
	return at.kind === 'role' ? at : { ...at, by: holding.how === 'direct' ? 'membership' : 'pim' }
}

/** Of two that take the same away. What is in the plain list as well must be taken out of it: PIM does not do that. */
export function preferMembership(a: Removal | null, b: Removal | null): Removal | null {
	const isPlain = (removal: Removal | null) =>
		removal !== null &&
		removal.what !== 'grant' &&
		removal.place.kind === 'group' &&
		removal.place.by === 'membership'
	return isPlain(b) ? b : (a ?? b)
}
