import type { GraphRow } from './graph-rows.ts'
import { instantOf, lower, nameOf } from './graph-values.ts'
import { accessDetailsOf, roleDetailsOf } from './policy-details.ts'
import type { AuthenticationStrength, ConditionalAccessPolicy, RolePolicy } from './picture-policies.ts'

const STATES: Readonly<Record<string, ConditionalAccessPolicy['state']>> = {
	enabled: 'enabled',
	disabled: 'disabled',
	enabledForReportingButNotEnforced: 'reportOnly',
}
/** Conditions that are about something other than who and what: with any of them a policy applies only sometimes. */
const NARROWING = [
	'authenticationFlows',
	'clientApplications',
	'devices',
	'insiderRiskLevels',
	'locations',
	'platforms',
	'servicePrincipalRiskLevels',
	'signInRiskLevels',
	'userRiskLevels',
] as const

/** A policy of Conditional Access in our words. Throws RangeError where an instant cannot be read. */
export function conditionalAccessOf(row: GraphRow<'conditionalAccessPolicies'>): ConditionalAccessPolicy {
	const { users, applications, clientAppTypes } = row.conditions
	const controls = row.grantControls ?? null
	const operator = controls?.operator?.toUpperCase()
	const narrowedBy = [
		...NARROWING.filter((name) => isThere(row.conditions[name])),
		...(isThere(applications?.applicationFilter) ? ['applicationFilter'] : []),
		...(isThere(clientAppTypes) && !(clientAppTypes ?? []).includes('all') ? ['clientAppTypes'] : []),
	].sort()
	return {
		id: lower(row.id),
		displayName: nameOf(row.displayName),
		state: STATES[row.state ?? ''] ?? 'unknown',
		modifiedAt: instantOf(row.modifiedDateTime),
		includeUsers: ids(users?.includeUsers),
		excludeUsers: ids(users?.excludeUsers),
		includeGroups: ids(users?.includeGroups),
		excludeGroups: ids(users?.excludeGroups),
		includeRoles: ids(users?.includeRoles),
		excludeRoles: ids(users?.excludeRoles),
		excludesGuests: isThere(users?.excludeGuestsOrExternalUsers),
		includeApplications: ids(applications?.includeApplications),
		excludeApplications: ids(applications?.excludeApplications),
		narrowedBy,
		operator: operator === 'AND' || operator === 'OR' ? operator : null,
		builtInControls: [...(controls?.builtInControls ?? [])].sort(),
		authenticationStrengthId: controls?.authenticationStrength
			? lower(controls.authenticationStrength.id)
			: null,
		hasOtherControls:
			(controls?.customAuthenticationFactors ?? []).length > 0 || (controls?.termsOfUse ?? []).length > 0,
		details: accessDetailsOf(row, narrowedBy),
	}
}

/** Ids and words such as `All` or `None`, all in lower case, in order. */
const ids = (list: readonly string[] | null | undefined) => (list ?? []).map(lower).sort()

const isThere = (value: unknown): boolean =>
	Array.isArray(value) ? value.length > 0 : value !== null && value !== undefined

/** Authentication strengths; the methods of each combination in order, so that two readings compare. */
export const strengthsOf = (
	rows: readonly GraphRow<'authenticationStrengthPolicies'>[],
): AuthenticationStrength[] =>
	rows.map((row) => ({
		id: lower(row.id),
		displayName: nameOf(row.displayName),
		allowedCombinations: [...(row.allowedCombinations ?? [])].sort(),
	}))

/** Policies of roles and of places in groups, by the rules that concern assignments and activations. */
export function rolePoliciesOf(rows: readonly GraphRow<'roleManagementPolicyAssignments'>[]): RolePolicy[] {
	return rows.flatMap((row): RolePolicy[] => {
		const place = placeOf(row)
		if (place === null) return []
		const rules = row.policy?.rules ?? []
		const rule = (id: string) => rules.find((one) => one.id === id)
		const expiration = rule('Expiration_Admin_Assignment')
		return [
			{
				place,
				maximumAssignment: expiration?.maximumDuration ?? null,
				isExpirationRequired: expiration?.isExpirationRequired ?? null,
				maximumActivation: rule('Expiration_EndUser_Assignment')?.maximumDuration ?? null,
				assignmentRules: [...(rule('Enablement_Admin_Assignment')?.enabledRules ?? [])].sort(),
				activationRules: [...(rule('Enablement_EndUser_Assignment')?.enabledRules ?? [])].sort(),
				needsApproval: rule('Approval_EndUser_Assignment')?.setting?.isApprovalRequired ?? null,
				details: roleDetailsOf(rule),
			},
		]
	})
}

function placeOf(row: GraphRow<'roleManagementPolicyAssignments'>): RolePolicy['place'] | null {
	const id = row.roleDefinitionId
	if (!id) return null
	if (row.scopeType === 'Group')
		return id === 'member' || id === 'owner'
			? { kind: 'group', groupId: lower(row.scopeId), relation: id }
			: null
	return { kind: 'role', roleDefinitionId: lower(id) }
}
