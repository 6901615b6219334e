import { badRequest } from './errors.ts'
import { page } from './odata.ts'
import type { Answer, Asked, Context } from './surface.ts'

/** Policies for role assignments, as the tenant keeps them for each role and for each relation of each group. */
export type PolicySettings = {
	/** ISO 8601; the longest that an administrator may assign for. */
	maximumDuration: string
	/** What is asked of whoever assigns. */
	enabledRules: readonly string[]
	isExpirationRequired: boolean
}

const LIST = '/policies/roleManagementPolicyAssignments'
const FILTER =
	/^scopeId eq '([^']+)' and scopeType eq '(DirectoryRole|Group)'(?: and roleDefinitionId eq '([^']+)')?$/

/** `GET /policies/roleManagementPolicyAssignments`, with the filter on scope that is mandatory and the rules expanded. */
export function createPolicies({
	tenantId,
	roleIds,
	hasGroup,
	usual,
	context,
}: {
	tenantId: string
	roleIds: () => readonly string[]
	hasGroup: (id: string) => boolean
	usual: PolicySettings
	context: Context
}) {
	const changed = new Map<string, PolicySettings>()
	function list(url: URL): Record<string, unknown>[] {
		const [, scopeId, scopeType, roleDefinitionId] = FILTER.exec(url.searchParams.get('$filter') ?? '') ?? []
		if (scopeId === undefined || scopeType === undefined)
			throw badRequest('MissingParameters', 'A filter on scopeId and scopeType is required.')
		const isExpanded = url.searchParams.get('$expand') === 'policy($expand=rules)'
		const isOfGroup = scopeType === 'Group'
		if (isOfGroup ? !hasGroup(scopeId) : scopeId !== '/') return []
		const every = isOfGroup ? ['member', 'owner'] : roleIds()
		return every
			.filter((id) => roleDefinitionId === undefined || id === roleDefinitionId)
			.map((id) => rowOf(scopeType, scopeId, id, isExpanded))
	}

	function rowOf(scopeType: string, scopeId: string, roleDefinitionId: string, isExpanded: boolean) {
		const about = scopeType === 'Group' ? scopeId : roleDefinitionId
		const { maximumDuration, enabledRules, isExpirationRequired } = changed.get(about) ?? usual
		const policyId = `${scopeType}_${tenantId}_${about}`
		const rules = [
			{
				'@odata.type': '#microsoft.graph.unifiedRoleManagementPolicyExpirationRule',
				id: 'Expiration_Admin_Assignment',
				isExpirationRequired,
				maximumDuration,
			},
			{
				'@odata.type': '#microsoft.graph.unifiedRoleManagementPolicyEnablementRule',
				id: 'Enablement_Admin_Assignment',
				enabledRules,
			},
			{
				'@odata.type': '#microsoft.graph.unifiedRoleManagementPolicyExpirationRule',
				id: 'Expiration_EndUser_Assignment',
				isExpirationRequired: true,
				maximumDuration: 'PT8H',
			},
		]
		return {
			id: `${policyId}_${roleDefinitionId}`,
			policyId,
			scopeId,
			scopeType,
			roleDefinitionId,
			...(isExpanded
				? {
						policy: {
							id: policyId,
							displayName: scopeType,
							description: scopeType,
							isOrganizationDefault: false,
							scopeId,
							scopeType,
							rules,
						},
					}
				: {}),
		}
	}

	return {
		/** What an administrator changes of the policy of a role or group; for tests. */
		set: (id: string, settings: Partial<PolicySettings>) => {
			changed.set(id, { ...usual, ...changed.get(id), ...settings })
		},
		answer({ method, path, url, need }: Asked): Answer | null {
			if (path !== LIST || method !== 'GET') return null
			const isOfGroup = url.searchParams.get('$filter')?.includes("'Group'") === true
			need(`RoleManagementPolicy.Read.${isOfGroup ? 'AzureADGroup' : 'Directory'}`)
			return { status: 200, result: page(list(url), url, `${context()}${LIST.slice(1)}`) }
		},
	}
}
