import type { Client } from '@microsoft/microsoft-graph-client'
import { assembleHoldings, assemblePicture } from '#workflows/tenant/assemble-picture.ts'
import { methodsOf } from '#workflows/tenant/assemble-methods.ts'
import { expandNested } from '#workflows/tenant/held-through.ts'
import { nothingRead, type Raw, type RawTenant } from '#workflows/tenant/raw-tenant.ts'
import { userRow } from '#workflows/tenant/graph-rows.ts'
import type { PictureUser } from '#workflows/tenant/tenant-picture.ts'
import type { Assurance, Governed, SignInRules, TenantPort } from '../tenant-port.ts'
import type { Capability } from './clouds.ts'
import type { Lanes } from './lanes.server.ts'
import { refusalOf } from './outcome.server.ts'
import { readGroups } from './read-groups.server.ts'
import { listReader, unknownBecause } from './read-list.server.ts'
import { readParts } from './read-parts.server.ts'
import { readMethods } from './read-methods.server.ts'

const ROLES = '/roleManagement/directory'
/** The type of a principal comes with its assignment; Graph takes no more than its id here. */
const WITH_PRINCIPAL = '$expand=principal($select=id)'
const USER_COLUMNS = 'id,displayName,userPrincipalName,accountEnabled,userType,onPremisesSyncEnabled'
const NOT_HERE = { read: false, why: 'unsupported', code: 'NotInThisCloud' } as const
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
	const ofMethods = { client, lanes, graphBaseUrl }
	const has = (capability: Capability) => !lacks.includes(capability)
	const where = async <T>(capability: Capability, reading: () => Promise<T>) =>
		has(capability) ? reading() : NOT_HERE

	/** One list after the other: a tenant throttles by application, and revocations come first. */
	async function privileges({ groupIds }: Governed): Promise<RawTenant> {
		const raw = nothingRead(tenantId, now())
		const roleAssignments = await read(
			'roleAssignments',
			`${ROLES}/roleAssignments?$select=id,principalId,roleDefinitionId,directoryScopeId,appScopeId&${WITH_PRINCIPAL}&$top=999`,
		)
		const roleInstances = await where('pim-roles', () =>
			read(
				'roleAssignmentScheduleInstances',
				`${ROLES}/roleAssignmentScheduleInstances?${WITH_PRINCIPAL}&$top=999`,
			),
		)
		const eligibilities = await where('pim-roles', () =>
			read(
				'roleEligibilityScheduleInstances',
				`${ROLES}/roleEligibilityScheduleInstances?${WITH_PRINCIPAL}&$top=999`,
			),
		)
		const roleSchedules = await where('pim-roles', () =>
			read('roleAssignmentSchedules', `${ROLES}/roleAssignmentSchedules?${WITH_PRINCIPAL}&$top=999`),
		)
		const requests = await where('pim-roles', () =>
			read(
				'roleAssignmentScheduleRequests',
				`${ROLES}/roleAssignmentScheduleRequests?$select=id,action,status,targetScheduleId,ticketInfo&$top=999`,
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
		const groupLists = await readGroups(client, read, {
			ids: groupsThatMatter(groupIds, groups, roles),
			listed: groups,
			hasPim: has('pim-groups'),
		})
		return { ...raw, ...roles, requests, groups, servicePrincipals, groupLists }
	}

	async function signInLists(): Promise<Pick<RawTenant, 'conditionalAccess' | 'strengths'>> {
		return {
			conditionalAccess: await where('conditional-access', () =>
				read('conditionalAccessPolicies', '/identity/conditionalAccess/policies?$top=999'),
			),
			strengths: await where('conditional-access', () =>
				read(
					'authenticationStrengthPolicies',
					'/policies/authenticationStrengthPolicies?$select=id,displayName,allowedCombinations',
				),
			),
		}
	}

	/** Of all roles at once, and of each group that a charter gives places in. */
	async function rolePolicies({ groupIds }: Governed): Promise<RawTenant['rolePolicies']> {
		const list = async (scopeType: string, scopeId: string) => {
			const filter = `scopeId%20eq%20'${scopeId === '/' ? '/' : encodeURIComponent(scopeId)}'%20and%20scopeType%20eq%20'${scopeType}'`
			return read(
				'roleManagementPolicyAssignments',
				`/policies/roleManagementPolicyAssignments?$filter=${filter}&$expand=policy($expand=rules)`,
			)
		}
		const ofRoles = await where('pim-roles', () => list('DirectoryRole', '/'))
		if (!ofRoles.read) return ofRoles
		const rows = [...ofRoles.rows]
		for (const id of has('pim-groups') ? groupIds : []) {
			const ofGroup = await list('Group', id)
			// One that is not there, or not under PIM, has no policy; what is missing is told by whoever looks for it.
			if (ofGroup.read) rows.push(...ofGroup.rows)
		}
		return { read: true, rows }
	}

	const rulesOf = async (governed: Governed) => ({
		...(await signInLists()),
		rolePolicies: await rolePolicies(governed),
	})

	return {
		tenant: `${tenantId} ${graphBaseUrl}`,

		async readPrivileges(governed, { rules } = { rules: false }) {
			const held = await privileges(governed)
			return assemblePicture(rules ? { ...held, ...(await rulesOf(governed)) } : held)
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
			return assemblePicture({ ...held, ...(await rulesOf(governed)), methods })
		},

		async assurance(objectId): Promise<Assurance> {
			const id = objectId.toLowerCase()
			const user = await readUser(client, id)
			const methods = has('authentication-methods')
				? await readMethods(ofMethods, [id])
				: new Map([[id, NO_METHODS]])
			const [ofUser] = methodsOf(methods, now().toISOString())
			return { user, methods: ofUser ?? { read: false, objectId: id, why: 'never' } }
		},

		readParts: (parts) => readParts(client, graphBaseUrl, parts),

		async memberOf(objectId) {
			const groups = await read(
				'memberOf',
				`/users/${encodeURIComponent(objectId)}/transitiveMemberOf?$select=id&$top=999`,
			)
			return groups.read ? { read: true, rows: groups.rows.map(({ id }) => id.toLowerCase()) } : groups
		},

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
		const refusal = refusalOf(error)
		return refusal?.status === 404 ? 'absent' : unknownBecause(error)
	}
}
