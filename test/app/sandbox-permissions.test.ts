import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { GraphError } from '@microsoft/microsoft-graph-client'
import { connectGraph } from '#app/integrations/graph/client.server.ts'
import { openLanes, REAL_TIME } from '#app/integrations/graph/lanes.server.ts'
import { startSandboxTenant } from '#app/sandbox/tenant/server.ts'
import { createShiftableClock } from '#test/fakes/clock.ts'

/** Each part of the sandbox tenant asks for a permission that Microsoft documents for it, and is content with the least. */

const USER = '071cc716-8147-4397-a5ba-b2105951cc0b'
const GROUP = '11111111-1111-4111-8111-111111111111'
const ROLES = '/roleManagement/directory'
const GROUPS = '/identityGovernance/privilegedAccess/group'
const OF_GROUP = `$filter=groupId%20eq%20'${GROUP}'`
const POLICY = (scope: string, type: string) =>
	`/policies/roleManagementPolicyAssignments?$filter=scopeId%20eq%20'${scope}'%20and%20scopeType%20eq%20'${type}'`

const FAMILIES: readonly (readonly [string, string])[] = [
	['/users', 'User.ReadBasic.All'],
	[`/users/${USER}`, 'User.ReadBasic.All'],
	['/users/delta', 'User.Read.All'],
	[`/users/${USER}/transitiveMemberOf`, 'GroupMember.Read.All'],
	[`/users/${USER}/authentication/methods`, 'UserAuthenticationMethod.Read.All'],
	[`/users/${USER}/authentication/fido2Methods`, 'UserAuthMethod-Passkey.Read.All'],
	['/groups', 'GroupMember.Read.All'],
	['/groups/delta', 'GroupMember.Read.All'],
	[`/groups/${GROUP}/members`, 'GroupMember.Read.All'],
	[`/groups/${GROUP}/owners`, 'GroupMember.Read.All'],
	[`/groups/${GROUP}/transitiveMembers`, 'GroupMember.Read.All'],
	[`${ROLES}/roleDefinitions`, 'RoleManagement.Read.Directory'],
	[`${ROLES}/roleAssignments`, 'RoleManagement.Read.Directory'],
	[`${ROLES}/roleAssignmentScheduleRequests`, 'RoleAssignmentSchedule.ReadWrite.Directory'],
	[`${ROLES}/roleAssignmentScheduleInstances`, 'RoleAssignmentSchedule.Read.Directory'],
	[`${ROLES}/roleAssignmentSchedules`, 'RoleAssignmentSchedule.Read.Directory'],
	[`${ROLES}/roleEligibilityScheduleInstances`, 'RoleEligibilitySchedule.Read.Directory'],
	[`${GROUPS}/assignmentScheduleRequests?${OF_GROUP}`, 'PrivilegedAssignmentSchedule.Read.AzureADGroup'],
	[`${GROUPS}/assignmentScheduleInstances?${OF_GROUP}`, 'PrivilegedAssignmentSchedule.Read.AzureADGroup'],
	[`${GROUPS}/assignmentSchedules?${OF_GROUP}`, 'PrivilegedAssignmentSchedule.Read.AzureADGroup'],
	[`${GROUPS}/eligibilityScheduleInstances?${OF_GROUP}`, 'PrivilegedEligibilitySchedule.Read.AzureADGroup'],
	[POLICY('/', 'DirectoryRole'), 'RoleManagementPolicy.Read.Directory'],
	[POLICY(GROUP, 'Group'), 'RoleManagementPolicy.Read.AzureADGroup'],
	['/identity/conditionalAccess/policies', 'Policy.Read.All'],
	['/policies/authenticationStrengthPolicies', 'Policy.Read.AuthenticationMethod'],
	['/servicePrincipals', 'Application.Read.All'],
	['/auditLogs/signIns', 'AuditLog.Read.All'],
	['/subscriptions', 'User.Read.All'],
	['/organization', 'User.Read.All'],
]

let folder: string
let tenant: Awaited<ReturnType<typeof startSandboxTenant>>
let client: ReturnType<typeof connectGraph>
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'charterkeep-permissions-'))
	tenant = await startSandboxTenant({
		directory: folder,
		users: [{ id: USER, displayName: 'A', userPrincipalName: 'a@btr.example', accountEnabled: true }],
		roles: [],
		groups: [{ id: GROUP, displayName: 'G' }],
		now: createShiftableClock().now,
	})
	const lanes = openLanes(tenant.connection.budgets, REAL_TIME)
	client = connectGraph(
		{ ...tenant.connection, kind: 'sandbox', name: '', timeoutMs: 5000, groups: 'pim' },
		{ newId: randomUUID, lanes },
	)
})
afterAll(async () => {
	await tenant.stop()
	rmSync(folder, { recursive: true, force: true })
})

/** What the tenant answers to a reading by whoever has these permissions alone. */
async function statusOf(path: string, permissions: readonly string[]): Promise<number> {
	tenant.grantOnly(permissions)
	try {
		await client.api(path).get()
		return 200
	} catch (error) {
		if (!(error instanceof GraphError)) throw error
		return error.statusCode
	}
}

test.each(FAMILIES)('%s is read with %s, and not without', async (path, least) => {
	expect(await statusOf(path, ['Mail.Read'])).toBe(403)
	expect(await statusOf(path, [least])).toBe(200)
})
