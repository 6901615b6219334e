import { badRequest } from './errors.ts'
import { page } from './odata.ts'
import type { Answer, Asked, Context } from './surface.ts'

/** Policies for role assignments, as the tenant keeps them for each role and for each relation of each group. */
export type PolicySettings = {
	/** ISO 8601; the longest that an administrator may assign for. */
	maximumDuration: string
	/** What is asked of whoever assigns. */
	enabledRules: readonly string[]
}

const LIST = '/policies/roleManagementPolicyAssignments'
const FILTER =
	/^scopeId eq '([^']+)' and scopeType eq '(DirectoryRole|Group)' and roleDefinitionId eq '([^']+)'$/

/** `GET /policies/roleManagementPolicyAssignments`, with the filter on scope that is mandatory and the rules expanded. */
export function createPolicies({
	tenantId,
	hasRole,
	hasGroup,
	usual,
	context,
}: {
	tenantId: string
	hasRole: (id: string) => boolean
	hasGroup: (id: string) => boolean
	usual: PolicySettings
	context: Context
}) {
	const changed = new Map<string, PolicySettings>()
	function list(url: URL): Record<string, unknown>[] {
		const [, scopeId, scopeType, roleDefinitionId] = FILTER.exec(url.searchParams.get('$filter') ?? '') ?? []
		if (scopeId === undefined || scopeType === undefined || roleDefinitionId === undefined)
			throw badRequest('MissingParameters', 'A filter on scopeId and scopeType is required.')
		const isThere = scopeType === 'Group' ? hasGroup(scopeId) : scopeId === '/' && hasRole(roleDefinitionId)
		if (!isThere) return []
		const { maximumDuration, enabledRules } =
			changed.get(scopeType === 'Group' ? scopeId : roleDefinitionId) ?? usual
		const policyId = `${scopeType}_${tenantId}_${scopeType === 'Group' ? scopeId : roleDefinitionId}`
		const isExpanded = url.searchParams.get('$expand') === 'policy($expand=rules)'
		const rules = [
			{
				'@odata.type': '#microsoft.graph.unifiedRoleManagementPolicyExpirationRule',
				id: 'Expiration_Admin_Assignment',
				isExpirationRequired: true,
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
		return [
			{
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
			},
		]
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
