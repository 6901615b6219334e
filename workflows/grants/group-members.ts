import type { GroupHolding } from '../tenant/picture-holdings.ts'
import { isActive } from '../tenant/picture-holdings.ts'
import { hasGroupPim, type TenantPicture } from '../tenant/tenant-picture.ts'
import type { Accounts } from './comparison.ts'
import type { GroupMembers, Spared } from './differences.ts'

/* Who has what a group holds, and what of it must stay. */

type Lists = Pick<TenantPicture, 'groups' | 'groupHoldings' | 'parts'>

/**
 * Whoever is in this group, owns it, could be in it or will be. In a cloud without PIM for groups nobody can only be eligible, so
 * that those lists are not missed there.
 */
export function membersOf(
	{ groups, groupHoldings, parts }: Lists,
	groupId: string,
	accounts: Pick<Accounts, 'personOf'>,
): GroupMembers {
	const group = groups.find(({ objectId }) => objectId === groupId)
	if (group === undefined) return { accounts: [], people: [], isWhole: false }
	const lists = [
		'members',
		'owners',
		...(hasGroupPim({ parts }) ? (['eligible', 'scheduled'] as const) : []),
	] as const
	return told(
		[
			...[...group.members, ...group.owners].map(({ objectId }) => objectId),
			...groupHoldings.filter((row) => row.groupId === groupId).map(({ principalId }) => principalId),
		],
		!lists.some((list) => group.unread.includes(list)),
		accounts,
	)
}

/**
 * The same of a group within a group. One that was not read itself is known by the list of the outer one, which names everybody
 * who is in any group within; who is in one that is not active in it yet stands nowhere.
 */
export function membersWithin(
	picture: TenantPicture,
	holding: GroupHolding,
	accounts: Pick<Accounts, 'personOf'>,
): GroupMembers {
	const { groupId, principalId } = holding
	if (picture.groups.some(({ objectId }) => objectId === principalId))
		return membersOf(picture, principalId, accounts)
	const outer = picture.groups.find(({ objectId }) => objectId === groupId)
	const within = (outer?.members ?? []).filter(({ isDirect, kind }) => !isDirect && kind !== 'group')
	return told(
		within.map(({ objectId }) => objectId),
		outer !== undefined && !outer.unread.includes('members') && isActive(holding),
		accounts,
	)
}

function told(
	ids: readonly string[],
	isWhole: boolean,
	{ personOf }: Pick<Accounts, 'personOf'>,
): GroupMembers {
	const accounts = [...new Set(ids)].sort()
	const people = [...new Set(accounts.flatMap((id) => personOf(id) ?? []))].sort()
	return { accounts, people, isWhole }
}

/** Why a group keeps what it holds: a watched account has it through it or could, or nobody knows. Null: nothing speaks for it. */
export function sparedFor(
	{ accounts, isWhole }: Pick<GroupMembers, 'accounts' | 'isWhole'>,
	isWatched: (objectId: string) => boolean,
): Exclude<Spared, 'ours'> | null {
	if (accounts.some(isWatched)) return 'watched'
	return isWhole ? null : 'unread'
}
