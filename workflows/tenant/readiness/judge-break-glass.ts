import type { Charter } from '../../charter/charter.schema.ts'
import { breakGlassAccountsOf } from '../../charter/entra.schema.ts'
import { expandHeld } from '../held-through.ts'
import { listOf, type TenantPicture } from '../tenant-picture.ts'
import {
	accountOf,
	holdOf,
	methodsOf,
	policiesOver,
	WATCHED_PARTS,
	weaknessesOf,
	type Weakness,
	type WatchedHolder,
	type WatchedState,
} from '../watched-account.ts'
import type { Problem, ProblemKind } from './report.schema.ts'

/** Groups that an account is in, through others as well, by object ids in lower case; null where they could not be read. */
export type Memberships = ReadonlyMap<string, ReadonlySet<string> | null>

type Found = Pick<Problem, 'kind' | 'about' | 'detail' | 'lines'>

/** How a problem names an account that it is about. */
export const aboutAccount = (objectId: string) => `account ${objectId}`

const KIND_OF: Readonly<Record<Weakness['is'], ProblemKind>> = {
	absent: 'breakGlassUnusable',
	disabled: 'breakGlassUnusable',
	noKey: 'breakGlassNoKey',
	held: 'breakGlassHeld',
}

/**
 * Whether the accounts that the charter keeps for emergencies would work on that day: by the rule by which they are watched. What of
 * them is not known is a problem of its own, and no weakness.
 */
export function judgeBreakGlass(
	charter: Pick<Charter, 'entra'>,
	picture: TenantPicture,
	memberships: Memberships,
): Found[] {
	const accounts = breakGlassAccountsOf(charter)
	if (accounts.length === 0) return []
	const rolesOf = rolesIn(picture)
	const groupsOf = groupsIn(picture)
	return accounts.flatMap(({ objectId, title }): Found[] => {
		const memberOf = memberships.get(objectId) ?? groupsOf(objectId)
		const seen = stateOf(picture, { objectId, memberOf, roles: rolesOf(objectId) })
		const problem = (kind: ProblemKind, detail: Problem['detail']): Found => ({
			kind,
			about: aboutAccount(objectId),
			detail: { account: title, ...detail },
			lines: [],
		})
		const unknown = seen.account === 'absent' ? [] : WATCHED_PARTS.filter((part) => seen[part] === null)
		return [
			...weaknessesOf(seen).map((weakness) =>
				problem(
					KIND_OF[weakness.is],
					weakness.is === 'held'
						? { policies: weakness.policies.map(({ name }) => name).join(', ') }
						: { why: weakness.is },
				),
			),
			...(unknown.length > 0 ? [problem('breakGlassUnknown', { why: unknown.join(' ') })] : []),
		]
	})
}

function stateOf(picture: TenantPicture, holder: WatchedHolder): WatchedState {
	const { objectId } = holder
	const users = listOf(picture, 'users')
	const methods = picture.methods.find((one) => one.objectId === objectId)
	const policies = listOf(picture, 'conditionalAccess')
	const over = policies === null ? [] : policiesOver(holder, policies)
	const isWhole = policies?.every((policy) => holdOf(policy, holder) !== 'unknown') ?? false
	const read = methods === undefined ? { methods: null, hasDeviceBound: null } : methodsOf(methods)
	return {
		account: users === null ? null : accountOf(users.find((one) => one.objectId === objectId) ?? 'absent'),
		// Whether a passkey is bound to its device is the question: that there is one is no answer to it.
		methods: read.hasDeviceBound === null ? null : read.methods,
		hasDeviceBound: read.hasDeviceBound,
		// One that surely holds is told, whatever is not known of others.
		policies: over.length > 0 || isWhole ? over : null,
	}
}

/**
 * Groups of the picture that an account is in; null unless every group that a policy names was read, since a policy turns on
 * groups that nothing else speaks of.
 */
function groupsIn({
	groups,
	conditionalAccess,
}: TenantPicture): (objectId: string) => ReadonlySet<string> | null {
	const read = new Map(
		groups.filter(({ unread }) => !unread.includes('members')).map((group) => [group.objectId, group]),
	)
	const named = conditionalAccess.flatMap(({ includeGroups, excludeGroups }) => [
		...includeGroups,
		...excludeGroups,
	])
	if (!named.every((id) => read.has(id.toLowerCase()))) return () => null
	return (objectId) =>
		new Set(
			[...read.values()].flatMap((group) =>
				group.members.some((member) => member.objectId === objectId) ? [group.objectId] : [],
			),
		)
}

/** Directory roles that an account holds now, also through groups; null where not all of them could be read. */
function rolesIn(picture: TenantPicture): (objectId: string) => ReadonlySet<string> | null {
	if (!picture.parts.roleInstances.read && !picture.parts.roleAssignments.read) return () => null
	const held = expandHeld(picture)
	return (objectId) =>
		new Set(
			held.flatMap(({ principalId, standing, place }) =>
				principalId === objectId && standing === 'active' && place.kind === 'role'
					? [place.roleDefinitionId.toLowerCase()]
					: [],
			),
		)
}
