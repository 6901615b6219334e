import type { Capability } from '#app/integrations/graph/clouds.ts'
import type { GroupKeeper } from '#workflows/grants/place.ts'

/** A call that changes nothing, whoever sends it: it is about somebody who does not exist, or reads, or only validates. */
export type Probe = { method: 'GET' | 'POST'; path: string; body?: object }
export type Need = {
	permission: string
	/** Permissions that hold it as well, though they hold more. */
	orElse: readonly string[]
	/** What it is for. */
	purpose: string
	/** Without it Charterkeep cannot do its work; otherwise it can do less, and says so. */
	isVital: boolean
	probe: Probe
}

/** Nobody: an id that no tenant gives. What is asked of them is refused after the permission was looked at. */
export const NOBODY = '00000000-0000-4000-8000-00000000dead'

/** What is set up, as far as it says what an application must be allowed. */
export type Setup = {
	groups: GroupKeeper
	lacks: readonly Capability[]
	/** Whether the tenant is to tell us of changes. */
	isTold: boolean
	/** Whether the charter gives roles in administrative units. */
	hasUnits: boolean
	/** Whether the charter makes people owners of groups. */
	hasOwners: boolean
	/** Whether it gives places in groups that may hold directory roles; null where that is not known. */
	hasRoleGroups: boolean | null
}

export const PIM = '/roleManagement/directory/roleAssignmentScheduleRequests'
export const GROUP_PIM = '/identityGovernance/privilegedAccess/group/assignmentScheduleRequests'
export const ELIGIBLE = '/roleManagement/directory/roleEligibilityScheduleRequests'
export const GROUP_ELIGIBLE = '/identityGovernance/privilegedAccess/group/eligibilityScheduleRequests'
/** What every request says that is sent to look and not to do. */
export const about = {
	principalId: NOBODY,
	justification: 'Charterkeep tenant check: validation only',
	ticketInfo: { ticketNumber: 'tenant-check', ticketSystem: 'Charterkeep' },
	isValidationOnly: true,
}
export const assigning = (endsAt: Date) => ({
	...about,
	action: 'adminAssign',
	scheduleInfo: { expiration: { type: 'afterDateTime', endDateTime: endsAt.toISOString() } },
})
export const role = { roleDefinitionId: NOBODY, directoryScopeId: '/' }
export const group = { groupId: NOBODY, accessId: 'member' }

/** The policies of one role, or of one relation of one group, with their rules. The filter on scope is mandatory. */
export function policyPath(scopeType: 'DirectoryRole' | 'Group', scopeId: string, roleId: string): string {
	const filter = `scopeId eq '${scopeId}' and scopeType eq '${scopeType}' and roleDefinitionId eq '${roleId}'`
	return `/policies/roleManagementPolicyAssignments?$filter=${filter.replaceAll(' ', '%20')}&$select=id&$expand=policy($expand=rules)`
}
