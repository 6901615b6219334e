import type { Capability } from '#app/integrations/graph/clouds.ts'
import { membershipPermissions } from './membership-permissions.ts'
import {
	about,
	assigning,
	ELIGIBLE,
	group,
	GROUP_ELIGIBLE,
	GROUP_PIM,
	NOBODY,
	PIM,
	policyPath,
	role,
	type Need,
	type Setup,
} from './probes.ts'

/** The least that the first application needs for what is set up; `endsAt` stands in the validations. */
export function neededPermissions(setup: Setup, endsAt: Date): Need[] {
	const { groups, lacks } = setup
	const has = (capability: Capability) => !lacks.includes(capability)
	const needs: (Need | false)[] = [
		has('pim-roles') && {
			permission: 'RoleAssignmentSchedule.ReadWrite.Directory',
			orElse: ['RoleManagement.ReadWrite.Directory'],
			purpose: 'give directory roles, take them away and read them back',
			isVital: true,
			probe: { method: 'POST', path: PIM, body: { ...assigning(endsAt), ...role } },
		},
		groups === 'pim' && {
			permission: 'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
			orElse: [],
			purpose: 'give places in groups through PIM, take them away and read them back',
			isVital: true,
			probe: { method: 'POST', path: GROUP_PIM, body: { ...assigning(endsAt), ...group } },
		},
		...membershipPermissions(setup, 'first'),
		{
			permission: 'User.Read.All',
			orElse: ['User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
			purpose: 'read users and what changes of them',
			isVital: true,
			probe: { method: 'GET', path: '/users/delta?$select=id' },
		},
		{
			permission: 'User.RevokeSessions.All',
			orElse: ['User.ReadWrite.All', 'Directory.ReadWrite.All'],
			purpose: 'end the sessions of whoever loses an access',
			isVital: true,
			probe: { method: 'POST', path: `/users/${NOBODY}/revokeSignInSessions`, body: {} },
		},
		has('authentication-methods') && {
			permission: 'UserAuthenticationMethod.Read.All',
			orElse: ['UserAuthenticationMethod.ReadWrite.All'],
			purpose: 'read who has a phishing-resistant method',
			isVital: false,
			probe: { method: 'GET', path: `/users/${NOBODY}/authentication/methods` },
		},
		has('pim-roles') && {
			permission: 'RoleEligibilitySchedule.Read.Directory',
			orElse: ['RoleEligibilitySchedule.ReadWrite.Directory', 'RoleManagement.Read.Directory'],
			purpose: 'tell who could activate a role that answers a provider',
			isVital: false,
			probe: {
				method: 'GET',
				path: `/roleManagement/directory/roleEligibilityScheduleInstances?$filter=roleDefinitionId%20eq%20'${NOBODY}'&$select=id`,
			},
		},
		has('pim-roles') && {
			permission: 'RoleManagementPolicy.Read.Directory',
			orElse: ['RoleManagementPolicy.ReadWrite.Directory', 'RoleManagement.Read.Directory'],
			purpose: 'check here how long the policy of each role lets it be given',
			isVital: false,
			probe: { method: 'GET', path: policyPath('DirectoryRole', '/', NOBODY) },
		},
		groups === 'pim' && {
			permission: 'RoleManagementPolicy.Read.AzureADGroup',
			orElse: ['RoleManagementPolicy.ReadWrite.AzureADGroup'],
			purpose: 'the same for places in groups',
			isVital: false,
			probe: { method: 'GET', path: policyPath('Group', NOBODY, 'member') },
		},
		...readingPermissions(setup),
		...removalPermissions(setup),
	]
	return needs.filter((need) => need !== false)
}

/** The least that taking standing eligibility away takes, where a charter has findings removed. */
const removalPermissions = ({ lacks }: Pick<Setup, 'lacks'>): (Need | false)[] => [
	!lacks.includes('pim-roles') && {
		permission: 'RoleEligibilitySchedule.Remove.Directory',
		orElse: ['RoleEligibilitySchedule.ReadWrite.Directory', 'RoleManagement.ReadWrite.Directory'],
		purpose: 'take away standing eligibility for a role that the charter governs',
		isVital: false,
		probe: { method: 'POST', path: ELIGIBLE, body: { ...about, action: 'adminRemove', ...role } },
	},
	!lacks.includes('pim-groups') && {
		permission: 'PrivilegedEligibilitySchedule.Remove.AzureADGroup',
		orElse: ['PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup'],
		purpose: 'the same for places in groups',
		isVital: false,
		probe: { method: 'POST', path: GROUP_ELIGIBLE, body: { ...about, action: 'adminRemove', ...group } },
	},
]

/** The least that reading what the tenant holds takes: for the readiness report, reconciliation, and checks before granting. */
function readingPermissions({ lacks, isTold, hasUnits }: Setup): (Need | false)[] {
	const has = (capability: Capability) => !lacks.includes(capability)
	return [
		{
			permission: 'RoleManagement.Read.Directory',
			orElse: ['RoleManagement.ReadWrite.Directory', 'Directory.Read.All', 'Directory.ReadWrite.All'],
			purpose: 'see roles that were assigned past PIM',
			isVital: false,
			probe: {
				method: 'GET',
				path: `/roleManagement/directory/roleAssignments?$filter=principalId%20eq%20'${NOBODY}'&$select=id`,
			},
		},
		{
			permission: 'GroupMember.Read.All',
			// What writes members reads members, and nothing of the group itself.
			orElse: ['Group.Read.All', 'Group.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
			purpose:
				'see what groups there are, and who is in those that hold roles or that a charter gives places in',
			isVital: false,
			probe: { method: 'GET', path: `/groups/${NOBODY}?$select=id` },
		},
		hasUnits && {
			permission: 'Directory.Read.All',
			orElse: ['Directory.ReadWrite.All'],
			purpose: 'see whether the administrative units that the charter gives roles in are there',
			isVital: false,
			probe: {
				method: 'POST',
				path: '/directoryObjects/getByIds',
				body: { ids: [NOBODY], types: ['administrativeUnit'] },
			},
		},
		isTold && {
			permission: 'Group.Read.All',
			orElse: ['Directory.Read.All', 'Group.ReadWrite.All'],
			purpose: 'be told at once when somebody is put into a group that a charter gives places in',
			isVital: false,
			probe: { method: 'GET', path: '/subscriptions' },
		},
		{
			permission: 'Application.Read.All',
			orElse: ['Application.ReadWrite.All', 'Directory.Read.All'],
			purpose: 'name applications that hold roles',
			isVital: false,
			probe: { method: 'GET', path: '/servicePrincipals?$select=id&$top=1' },
		},
		has('pim-groups') && {
			permission: 'PrivilegedEligibilitySchedule.Read.AzureADGroup',
			orElse: ['PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup'],
			purpose: 'see who could activate a place in a group',
			isVital: false,
			probe: {
				method: 'GET',
				path: `/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances?$filter=groupId%20eq%20'${NOBODY}'&$select=id`,
			},
		},
		has('conditional-access') && {
			permission: 'Policy.Read.All',
			orElse: [],
			purpose: 'see whether Conditional Access asks administrators for a method that cannot be phished',
			isVital: false,
			probe: { method: 'GET', path: '/identity/conditionalAccess/policies?$select=id&$top=1' },
		},
		{
			permission: 'AuditLog.Read.All',
			orElse: [],
			purpose: 'see when somebody signs in with a break-glass account (takes Entra ID P1 or P2)',
			isVital: false,
			probe: {
				method: 'GET',
				path: `/auditLogs/signIns?$filter=userId%20eq%20'${NOBODY}'&$top=1`,
			},
		},
		has('authentication-methods') && {
			permission: 'UserAuthMethod-Passkey.Read.All',
			orElse: ['UserAuthenticationMethod.Read.All', 'UserAuthenticationMethod.ReadWrite.All'],
			purpose: 'see whether a passkey is bound to its device and attested',
			isVital: false,
			probe: { method: 'GET', path: `/users/${NOBODY}/authentication/fido2Methods` },
		},
	]
}
