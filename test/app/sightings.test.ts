import type { Client } from '@microsoft/microsoft-graph-client'
import { expect, test } from 'vitest'
import { directoryRoles } from '#app/integrations/graph/directory-roles.server.ts'
import { budgetsFor } from '#app/integrations/graph/families.ts'
import { openLanes, REAL_TIME } from '#app/integrations/graph/lanes.server.ts'

/** What is ours in what the tenant lists of a place: by the requests that it remembers, and by what was confirmed. */

const place = { kind: 'role' as const, roleDefinitionId: 'role', directoryScopeId: '/' }
const instance = {
	id: 'instance',
	principalId: 'person',
	roleDefinitionId: 'role',
	directoryScopeId: '/',
	memberType: 'Direct',
	roleAssignmentScheduleId: 'schedule',
	startDateTime: '2026-10-01T00:00:00Z',
	endDateTime: '2026-12-01T00:00:00Z',
}
const request = (action: string, status: string, createdDateTime: string) => ({
	id: `${action} ${status}`,
	principalId: 'person',
	status,
	action,
	targetScheduleId: 'schedule',
	createdDateTime,
	ticketInfo: { ticketNumber: 'grant', ticketSystem: 'Charterkeep' },
})

function see(scheduleId: string | null, requests: readonly ReturnType<typeof request>[]) {
	const client = {
		api: (path: string) => ({
			get: () => Promise.resolve({ value: path.includes('Requests') ? requests : [instance] }),
		}),
	}
	const lanes = openLanes(budgetsFor(10), { ...REAL_TIME, milliseconds: () => 0 })
	return directoryRoles(client as unknown as Client, lanes).read({
		grantId: 'grant',
		principalId: 'person',
		place,
		scheduleId,
	})
}

test('what was confirmed is ours though the tenant has forgotten the request', async () => {
	expect(await see('schedule', [])).toMatchObject({ assignRequest: null, activeIsOurs: true })
})

test('what was not confirmed, or is another assignment, is not ours without a request', async () => {
	expect(await see(null, [])).toMatchObject({ activeIsOurs: false, active: { instanceId: 'instance' } })
	expect(await see('other', [])).toMatchObject({ activeIsOurs: false })
	// The id of what is active is made anew by the tenant: it says nothing.
	expect(await see('instance', [])).toMatchObject({ activeIsOurs: false })
})

test('a change of the end that waits is told apart from what makes an assignment', async () => {
	const made = request('adminAssign', 'Provisioned', '2026-11-01T00:00:00Z')
	const change = request('adminUpdate', 'PendingApproval', '2026-11-02T00:00:00Z')
	const { assignRequest, activeIsOurs } = await see(null, [made, change])
	expect([assignRequest, activeIsOurs]).toEqual([
		{ requestId: change.id, status: 'PendingApproval', makes: false },
		true,
	])
})

test('what may still make an assignment stands before a later change of its end', async () => {
	const making = request('adminAssign', 'PendingProvisioning', '2026-11-01T00:00:00Z')
	const change = request('adminUpdate', 'Provisioned', '2026-11-02T00:00:00Z')
	expect((await see(null, [change, making])).assignRequest).toEqual({
		requestId: making.id,
		status: 'PendingProvisioning',
		makes: true,
	})
})
