import { attempt, type KindOf } from './assembling.ts'
import { conditionalAccessOf, rolePoliciesOf, strengthsOf } from './assemble-policies.ts'
import { lower, nameOf } from './graph-values.ts'
import { groupsOf } from './assemble-groups.ts'
import { methodsOf } from './assemble-methods.ts'
import { roleHoldingsOf } from './assemble-roles.ts'
import { groupsNamedBy } from './policy-memberships.ts'
import { nothingRead, type Raw, type RawTenant } from './raw-tenant.ts'
import type { GraphRowKind } from './graph-rows.ts'
import {
	emptyPicture,
	NOT_IN_THIS_CLOUD,
	type PartState,
	type PicturePart,
	type TenantPicture,
} from './tenant-picture.ts'
import type { PrincipalKind } from './picture-holdings.ts'

/**
 * The picture of what was read. The same rows make the same picture, whether they came over the network or from files, and in
 * whatever order. A part whose rows cannot be understood is `unreadable`, and the others stay.
 */
export function assemblePicture(raw: RawTenant): TenantPicture {
	const picture = emptyPicture(raw.tenantId === null ? null : lower(raw.tenantId), raw.readAt.toISOString())
	const kindOf = kindsOf(raw)
	const take = <K extends GraphRowKind>(
		part: PicturePart,
		list: Raw<K>,
		put: (rows: Extract<Raw<K>, { read: true }>['rows']) => void,
	) => {
		picture.parts[part] = list.read
			? attempt(() => put(list.rows))
			: { read: false, why: list.why, code: list.code }
	}
	take('users', raw.users, (rows) => {
		picture.users = rows.map((row) => ({
			objectId: lower(row.id),
			displayName: nameOf(row.displayName),
			userPrincipalName: nameOf(row.userPrincipalName),
			accountEnabled: row.accountEnabled ?? null,
			userType: userTypeOf(row.userType),
			syncedFromOnPremises: row.onPremisesSyncEnabled ?? null,
		}))
	})
	const roles = roleHoldingsOf(raw, kindOf)
	picture.roleHoldings = roles.holdings
	for (const [part, state] of Object.entries(roles.parts))
		picture.parts[part as keyof typeof roles.parts] = state
	const groups = groupsOf(raw, kindOf)
	picture.groups = groups.groups
	picture.groupHoldings = groups.holdings
	picture.parts.groups = raw.groups.read ? { read: true } : stateOf(raw.groups)
	picture.parts.groupSchedules = groupSchedulesOf(raw)
	const holders = new Set([...picture.roleHoldings, ...picture.groupHoldings].map((row) => row.principalId))
	for (const { members, owners } of picture.groups)
		for (const { objectId } of [...members, ...owners]) holders.add(objectId)
	take('servicePrincipals', raw.servicePrincipals, (rows) => {
		picture.servicePrincipals = rows
			.filter((row) => holders.has(lower(row.id)))
			.map((row) => ({
				objectId: lower(row.id),
				appId: nameOf(row.appId),
				displayName: nameOf(row.displayName),
				kind: nameOf(row.servicePrincipalType),
				accountEnabled: row.accountEnabled ?? null,
			}))
	})
	take('conditionalAccess', raw.conditionalAccess, (rows) => {
		picture.conditionalAccess = rows.map(conditionalAccessOf)
	})
	take('authenticationStrengths', raw.strengths, (rows) => {
		picture.authenticationStrengths = strengthsOf(rows)
	})
	take('rolePolicies', raw.rolePolicies, (rows) => {
		picture.rolePolicies = rolePoliciesOf(rows)
	})
	for (const { policies } of raw.groupLists.values())
		if (policies?.read) picture.rolePolicies.push(...rolePoliciesOf(policies.rows))
	picture.policyGroups = [...raw.policyGroups].map(([objectId, list]) => ({
		objectId,
		members: list.read ? list.rows.map((row) => lower(row.id)).sort() : null,
	}))
	picture.methods = methodsOf(raw.methods, picture.readAt)
	return inOrder(picture)
}

/** Groups that the policies among these rows turn on; none where the rows cannot be understood, as the picture says then. */
export const policyGroupIds = (conditionalAccess: RawTenant['conditionalAccess']): string[] =>
	groupsNamedBy(assemblePicture({ ...nothingRead(null, new Date(0)), conditionalAccess }).conditionalAccess)

/** Who holds what, of the same rows: of the rest it takes only what each principal is. */
export function assembleHoldings(
	raw: RawTenant,
): Pick<TenantPicture, 'roleHoldings' | 'groupHoldings' | 'groups'> {
	const kindOf = kindsOf(raw)
	const { groups, holdings } = groupsOf(raw, kindOf)
	return { roleHoldings: roleHoldingsOf(raw, kindOf).holdings, groupHoldings: holdings, groups }
}

/** Each group says what of it was not read; where none of them could be, this part was not. */
function groupSchedulesOf({ groups, groupLists }: RawTenant): PartState {
	const lists = [...groupLists.values()].map(({ schedules }) => schedules)
	// Of a group that is not there everything is read: nothing is there.
	const lacking = lists.find((list) => !list.read && list.code === NOT_IN_THIS_CLOUD)
	if (lacking?.read === false) return stateOf(lacking)
	const [first] = lists
	if (first === undefined) return groups.read ? { read: true } : stateOf(groups)
	return first.read || lists.some(({ read }) => read) ? { read: true } : stateOf(first)
}

/**
 * Kinds by the lists that were read, and by what any row says of its own: what PIM lists of groups says of nobody what they are, and
 * the plain list of the same group does.
 */
function kindsOf(raw: RawTenant): KindOf {
	const known = kindsTold(raw)
	if (raw.users.read) for (const row of raw.users.rows) known.set(lower(row.id), 'user')
	if (raw.servicePrincipals.read)
		for (const row of raw.servicePrincipals.rows) known.set(lower(row.id), 'servicePrincipal')
	if (raw.groups.read) for (const row of raw.groups.rows) known.set(lower(row.id), 'group')
	for (const id of raw.groupLists.keys()) known.set(id, 'group')
	return (objectId, told) => kindTold(told) ?? known.get(objectId) ?? 'unknown'
}

function kindsTold({
	roleAssignments,
	roleInstances,
	eligibilities,
	roleSchedules,
	groupLists,
}: RawTenant): Map<string, PrincipalKind> {
	const known = new Map<string, PrincipalKind>()
	const tell = (id: string, told: string | null | undefined) => {
		const kind = kindTold(told)
		if (kind !== null) known.set(lower(id), kind)
	}
	for (const list of [roleAssignments, roleInstances, eligibilities, roleSchedules])
		for (const row of list.read ? list.rows : []) tell(row.principalId, row.principal?.['@odata.type'])
	for (const { members, transitiveMembers, owners } of groupLists.values())
		for (const list of [members, transitiveMembers, owners])
			for (const row of list.read ? list.rows : []) tell(row.id, row['@odata.type'])
	return known
}

/** The kind behind an `@odata.type`; null where it is of none that can hold something. */
function kindTold(told: string | null | undefined): PrincipalKind | null {
	const name = /^#microsoft\.graph\.(\w+)$/.exec(told ?? '')?.[1]
	return name === 'user' || name === 'group' || name === 'servicePrincipal' ? name : null
}

const userTypeOf = (text: string | null | undefined) => {
	const type = text?.toLowerCase()
	return type === 'member' || type === 'guest' ? type : 'unknown'
}

const stateOf = (list: Extract<Raw<GraphRowKind>, { read: false }>): PartState => ({
	read: false,
	why: list.why,
	code: list.code,
})

const by =
	<T>(key: (row: T) => string) =>
	(a: T, b: T) =>
		key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0

/** Lists have no order of their own, and pictures are compared. */
function inOrder(picture: TenantPicture): TenantPicture {
	picture.users.sort(by((row) => row.objectId))
	picture.servicePrincipals.sort(by((row) => row.objectId))
	picture.groups.sort(by((row) => row.objectId))
	picture.policyGroups.sort(by((row) => row.objectId))
	picture.roleHoldings.sort(
		by(
			(row) =>
				`${row.roleDefinitionId} ${row.directoryScopeId} ${row.principalId} ${row.how} ${row.scheduleId ?? ''}`,
		),
	)
	picture.groupHoldings.sort(
		by((row) => `${row.groupId} ${row.relation} ${row.principalId} ${row.how} ${row.scheduleId ?? ''}`),
	)
	picture.conditionalAccess.sort(by((row) => row.id))
	picture.authenticationStrengths.sort(by((row) => row.id))
	picture.rolePolicies.sort(by((row) => JSON.stringify(row.place)))
	picture.methods.sort(by((row) => row.objectId))
	return picture
}
