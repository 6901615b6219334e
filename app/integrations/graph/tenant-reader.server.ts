import type { Client } from '@microsoft/microsoft-graph-client'
import { assembleHoldings, assemblePicture } from '#workflows/tenant/assemble-picture.ts'
import { methodsOf } from '#workflows/tenant/assemble-methods.ts'
import { expandNested } from '#workflows/tenant/held-through.ts'
import { groupsWithin } from '#workflows/tenant/nested-groups.ts'
import { NOTHING_OF_GROUP, nothingRead, type Raw, type RawTenant } from '#workflows/tenant/raw-tenant.ts'
import { columnsOf, userRow } from '#workflows/tenant/graph-rows.ts'
import { NOT_IN_THIS_CLOUD, type PictureUser } from '#workflows/tenant/tenant-picture.ts'
import type { Assurance, Governed, SignInRules, TenantPort } from '../tenant-port.ts'
import type { Capability } from './clouds.ts'
import type { Lanes } from './lanes.server.ts'
import { isAbsent } from './outcome.server.ts'
import { mayHavePolicy, readGroups } from './read-groups.server.ts'
import { listReader, listsReader, unknownBecause } from './read-list.server.ts'
import { readMemberOf, readPolicyGroups } from './read-memberships.server.ts'
import { readParts } from './read-parts.server.ts'
import { readMethods } from './read-methods.server.ts'

const ROLES = '/roleManagement/directory'
/** The type of a principal comes with its assignment; Graph takes no more than its id here. */
const WITH_PRINCIPAL = '$expand=principal($select=id)'
const USER_COLUMNS = 'id,displayName,userPrincipalName,accountEnabled,userType,onPremisesSyncEnabled'
const NOT_HERE = { read: false, why: 'unsupported', code: NOT_IN_THIS_CLOUD } as const
/** Each takes seven calls at every look: whoever puts more groups into a governed one does not hold up what else is compared. */
const MOST_WITHIN = 50
const NO_METHODS = { methods: NOT_HERE, passkeys: NOT_HERE } as const

/** What a tenant holds, read through Microsoft Graph. See `TenantPort`. */
export function graphTenant(
	client: Client,
	lanes: Lanes,
	{
		graphBaseUrl,
		tenantId,
		lacks,
		now,
	}: { graphBaseUrl: string; tenantId: string; lacks: readonly Capability[]; now: () => Date },
): TenantPort {
	const read = listReader(client, graphBaseUrl)
	const readLists = listsReader(client, lanes, graphBaseUrl)
	const ofGroups = { client, lanes, read, readLists }
	const ofMethods = { client, lanes, graphBaseUrl }
	const has = (capability: Capability) => !lacks.includes(capability)
	const where = async <T>(capability: Capability, reading: () => Promise<T>) =>
		has(capability) ? reading() : NOT_HERE

	/** One list after the other: a tenant throttles by application, and revocations come first. */
	async function privileges({ groupIds }: Governed): Promise<RawTenant> {
		const raw = nothingRead(tenantId, now())
		const roleAssignments = await read(
			'roleAssignments',
			`${ROLES}/roleAssignments?$select=${columnsOf('roleAssignments')}&${WITH_PRINCIPAL}&$top=999`,
		)
		const roleInstances = await where('pim-roles', () =>
			read(
				'roleAssignmentScheduleInstances',
				`${ROLES}/roleAssignmentScheduleInstances?$select=${columnsOf('roleAssignmentScheduleInstances')}&${WITH_PRINCIPAL}&$top=999`,
			),
		)
		const eligibilities = await where('pim-roles', () =>
			read(
				'roleEligibilityScheduleInstances',
				`${ROLES}/roleEligibilityScheduleInstances?$select=${columnsOf('roleEligibilityScheduleInstances')}&${WITH_PRINCIPAL}&$top=999`,
			),
		)
		const roleSchedules = await where('pim-roles', () =>
			read(
				'roleAssignmentSchedules',
				`${ROLES}/roleAssignmentSchedules?$select=${columnsOf('roleAssignmentSchedules')}&${WITH_PRINCIPAL}&$top=999`,
			),
		)
		const requests = await where('pim-roles', () =>
			read(
				'roleAssignmentScheduleRequests',
				`${ROLES}/roleAssignmentScheduleRequests?$select=${columnsOf('roleAssignmentScheduleRequests')}&$top=999`,
			),
		)
		const groups = await read(
			'groups',
			'/groups?$filter=isAssignableToRole%20eq%20true&$select=id,displayName,isAssignableToRole,groupTypes,onPremisesSyncEnabled&$top=999',
		)
		const servicePrincipals = await read(
			'servicePrincipals',
			'/servicePrincipals?$select=id,appId,displayName,servicePrincipalType,accountEnabled&$top=999',
		)
		const roles = { roleAssignments, roleInstances, roleSchedules, eligibilities }
		const readEach = (ids: readonly string[]) =>
			readGroups(ofGroups, { ids, listed: groups, hasPim: has('pim-groups') })
		const groupLists = await readEach(groupsThatMatter(groupIds, groups, roles))
		const within = groupsWithin({ groups, groupLists }, groupIds).filter((id) => !groupLists.has(id))
		for (const [id, lists] of await readEach(within.slice(0, MOST_WITHIN))) groupLists.set(id, lists)
		for (const id of within.slice(MOST_WITHIN)) groupLists.set(id, NOTHING_OF_GROUP)
		return { ...raw, ...roles, requests, groups, servicePrincipals, groupLists }
	}

	async function signInLists(): Promise<Pick<RawTenant, 'conditionalAccess' | 'strengths'>> {
		return {
			conditionalAccess: await where('conditional-access', () =>
				read(
					'conditionalAccessPolicies',
					`/identity/conditionalAccess/policies?$select=${columnsOf('conditionalAccessPolicies')}&$top=999`,
				),
			),
			strengths: await where('conditional-access', () =>
				// A filter is all that this list is documented to take.
				read('authenticationStrengthPolicies', '/policies/authenticationStrengthPolicies'),
			),
		}
	}

	/** Of all roles at once, and of each group that a charter gives places in. */
	async function withPolicies(raw: RawTenant, { groupIds }: Governed): Promise<RawTenant> {
		const list = async (scopeType: string, scopeId: string) => {
			const filter = `scopeId%20eq%20'${scopeId === '/' ? '/' : encodeURIComponent(scopeId)}'%20and%20scopeType%20eq%20'${scopeType}'`
			return read(
				'roleManagementPolicyAssignments',
				`/policies/roleManagementPolicyAssignments?$filter=${filter}&$select=${columnsOf('roleManagementPolicyAssignments')}&$expand=policy($expand=rules)`,
			)
		}
		const rolePolicies = await where('pim-roles', () => list('DirectoryRole', '/'))
		const groupLists = new Map(raw.groupLists)
		for (const id of groupIds.map((each) => each.toLowerCase())) {
			const group = groupLists.get(id)
			if (group !== undefined && mayHavePolicy(group))
				groupLists.set(id, { ...group, policies: await where('pim-groups', () => list('Group', id)) })
		}
		return { ...raw, rolePolicies, groupLists }
	}

	return {
		tenant: `${tenantId} ${graphBaseUrl}`,

		async readPrivileges(governed, { rules } = { rules: false }) {
			const held = await privileges(governed)
			if (!rules) return assemblePicture(held)
			return assemblePicture(await withPolicies({ ...held, ...(await signInLists()) }, governed))
		},

		async readGroup(objectId) {
			const raw = nothingRead(tenantId, now())
			const groupLists = await readGroups(ofGroups, {
				ids: [objectId.toLowerCase()],
				listed: raw.groups,
				hasPim: has('pim-groups'),
			})
			return assemblePicture({ ...raw, groupLists })
		},

		async readTenant(governed, options) {
			const users =
				options.users === 'read'
					? await read('users', `/users?$select=${USER_COLUMNS}&$top=999`)
					: given(options.users)
			const held = { ...(await privileges(governed)), users }
			const asked = (governed.accountIds ?? []).map((id) => id.toLowerCase())
			const holders = [...new Set([...holdersIn(held), ...asked])].sort()
			const methods = has('authentication-methods')
				? await readMethods(ofMethods, holders, options.onMethods)
				: new Map(holders.map((id) => [id, NO_METHODS]))
			const ruled = await withPolicies({ ...held, ...(await signInLists()), methods }, governed)
			return assemblePicture({ ...ruled, policyGroups: await readPolicyGroups(readLists, ruled) })
		},

		account: (objectId) => readUser(client, objectId.toLowerCase()),

		async assurance(objectId): Promise<Assurance> {
			const id = objectId.toLowerCase()
			const user = await readUser(client, id)
			const methods = has('authentication-methods')
				? await readMethods(ofMethods, [id])
				: new Map([[id, NO_METHODS]])
			const [ofUser] = methodsOf(methods, now().toISOString())
			return { user, methods: ofUser ?? { read: false, objectId: id, why: 'never' } }
		},

		readParts: (parts) => readParts(client, lanes, graphBaseUrl, parts),

		memberOf: (objectId) => readMemberOf(read, objectId),

		async signInRules(): Promise<SignInRules> {
			const picture = assemblePicture({ ...nothingRead(tenantId, now()), ...(await signInLists()) })
			const { conditionalAccess, authenticationStrengths } = picture.parts
			return {
				conditionalAccess: conditionalAccess.read
					? { read: true, rows: picture.conditionalAccess }
					: conditionalAccess,
				authenticationStrengths: authenticationStrengths.read
					? { read: true, rows: picture.authenticationStrengths }
					: authenticationStrengths,
			}
		},
	}
}

/** Users that are known already, as if the tenant had listed them. */
const given = (users: readonly PictureUser[]): Raw<'users'> => ({
	read: true,
	rows: users.map(({ objectId, userType, syncedFromOnPremises, ...user }) => ({
		id: objectId,
		...user,
		userType,
		onPremisesSyncEnabled: syncedFromOnPremises,
	})),
})

/** Groups that a charter speaks of, and those that hold a directory role. */
function groupsThatMatter(
	governed: readonly string[],
	groups: RawTenant['groups'],
	{
		roleAssignments,
		roleInstances,
		roleSchedules,
		eligibilities,
	}: Pick<RawTenant, 'roleAssignments' | 'roleInstances' | 'roleSchedules' | 'eligibilities'>,
): string[] {
	const ids = new Set(governed.map((id) => id.toLowerCase()))
	const assignable = new Set(groups.read ? groups.rows.map(({ id }) => id.toLowerCase()) : [])
	for (const list of [roleAssignments, roleInstances, roleSchedules, eligibilities])
		for (const row of list.read ? list.rows : []) {
			const id = row.principalId.toLowerCase()
			if (assignable.has(id) || row.principal?.['@odata.type'] === '#microsoft.graph.group') ids.add(id)
		}
	return [...ids].sort()
}

/** Users whose ways of signing in matter: whoever holds something, through groups as well. */
function holdersIn(raw: RawTenant): string[] {
	const held = expandNested(assembleHoldings(raw))
	const ids = held
		.filter(({ principalKind }) => principalKind === 'user')
		.map(({ principalId }) => principalId)
	return [...new Set(ids)].sort()
}

async function readUser(client: Client, objectId: string): Promise<Assurance['user']> {
	try {
		const row: unknown = await client
			.api(`/users/${encodeURIComponent(objectId)}?$select=${USER_COLUMNS}`)
			.get()
		const picture = assemblePicture({
			...nothingRead(null, new Date(0)),
			users: { read: true, rows: [userRow.parse(row)] },
		})
		return picture.users[0] ?? 'absent'
	} catch (error) {
		if (isAbsent(error)) return 'absent'
		const unknown = unknownBecause(error)
		// Every cloud has users: whoever says that there is no such thing is somebody in between, and that passes.
		return unknown.why === 'unsupported' ? { ...unknown, why: 'unavailable' } : unknown
	}
}
