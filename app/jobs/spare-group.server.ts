import { grantsSince, peopleByAccount } from '#db/queries/reconcile-runs.ts'
import { inLane } from '#app/integrations/graph/urgency.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { peopleIn, sparedGroup } from '#workflows/grants/compare-groups.ts'
import type { Difference, GroupMembers, Spared } from '#workflows/grants/differences.ts'
import { governedBy } from '#workflows/grants/governed.ts'
import { membersOf, sparedFor } from '#workflows/grants/group-members.ts'
import { watchedBy } from '#workflows/grants/reconcile.ts'
import type { Standing } from './send-finding-removal.server.ts'

/** Why a removal from a group waits: nobody could read who has it through the group. */
export const MEMBERS_UNREAD = 'MEMBERS_UNREAD'

/** What is known of a group right before something is taken from it. */
export type GroupCount = {
	principalKind: 'group'
	people: number
	members: GroupMembers
	name: string | null
}
/** `counted`: null where it is not about a group. */
type GroupNow = { spared: Spared | null; counted: GroupCount | null }
const NO_GROUP: GroupNow = { spared: null, counted: null }
const UNKNOWN: GroupNow = { spared: 'unread', counted: null }

/**
 * Why what is about to be taken from a group stays, by who is in it now and by the charter in force, and how many lose it: looks are
 * minutes old, and with the group goes whoever has it through it. Null: nothing speaks for it, or it is not about a group.
 */
export async function readGroupNow(
	deps: Deps,
	{ principalKind }: Pick<Difference, 'principalKind'>,
	{ principalId, place }: Standing,
): Promise<GroupNow> {
	if (principalKind === 'user' || principalKind === 'servicePrincipal') return NO_GROUP
	const groupId = principalId.toLowerCase()
	const picture = await inLane('revoke', () => deps.reader.readGroup(groupId))
	const group = picture.groups.find(({ objectId }) => objectId === groupId)
	if (principalKind !== 'group') {
		if (group?.exists === false) return NO_GROUP
		// Nobody could say that it is one: a user is known as such, and of everything else nobody knows whom it hits.
		if (group?.exists !== true) return (await isUser(deps, groupId)) ? NO_GROUP : UNKNOWN
	}
	if (group === undefined) return UNKNOWN
	const { accounts } = membersOf(picture, groupId, { personOf: () => null })
	const people = await peopleByAccount(deps.database.db, accounts)
	const members = membersOf(picture, groupId, { personOf: (objectId) => people.get(objectId) ?? null })
	const { charter } = await deps.charters.inForce(deps.database.db)
	const watched = watchedBy(charter)
	const isWatched = (objectId: string) => watched.has(objectId)
	// Within another group it gives that group's place alone, and what is given in itself stays.
	const spared =
		place.kind === 'group'
			? sparedFor(members, isWatched)
			: sparedGroup(members, groupId, {
					governed: governedBy(charter, deps.tenant.groups),
					grants: await grantsSince(deps.database.db, deps.now(), deps.tenant.id),
					isWatched,
				})
	return {
		spared,
		counted: { principalKind: 'group', people: peopleIn(group), members, name: group.displayName },
	}
}

async function isUser({ reader }: Deps, objectId: string): Promise<boolean> {
	const user = await inLane('revoke', () => reader.account(objectId))
	return user !== 'absent' && !('why' in user)
}
