import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectGraph } from '#app/integrations/graph/client.server.ts'
import { directoryRoles } from '#app/integrations/graph/directory-roles.server.ts'
import { openLanes, REAL_TIME } from '#app/integrations/graph/lanes.server.ts'
import { startSandboxTenant } from '#app/sandbox/tenant/server.ts'
import { createShiftableClock } from '#test/fakes/clock.ts'

const USER = '071cc716-8147-4397-a5ba-b2105951cc0b'
const ROLE = 'fdd7a751-b60b-444a-984c-02652fe8fa1c'
const HOUR = 3_600_000

let folder: string
let undo: (() => Promise<void>)[]
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'charterkeep-tenant-'))
	undo = []
})
afterEach(async () => {
	for (const stop of undo) await stop()
	rmSync(folder, { recursive: true, force: true })
})

async function start(options: { permissions?: string[]; pim?: { provisioningMs: number } } = {}) {
	const clock = createShiftableClock()
	const users = [{ id: USER, displayName: 'A', userPrincipalName: 'a@btr.example', accountEnabled: true }]
	const tenant = await startSandboxTenant({
		directory: folder,
		users,
		roles: [{ id: ROLE, displayName: 'R' }],
		now: clock.now,
		...options,
	})
	undo.push(() => tenant.stop())
	const lanes = openLanes(tenant.connection.budgets, REAL_TIME)
	const client = connectGraph(
		{ ...tenant.connection, kind: 'sandbox', name: '', timeoutMs: 1000, groups: 'pim' },
		{ newId: randomUUID, lanes },
	)
	const grants = directoryRoles(client, lanes)
	const target = {
		grantId: randomUUID(),
		principalId: USER,
		place: { kind: 'role' as const, roleDefinitionId: ROLE, directoryScopeId: '/' },
	}
	const order = { ...target, endsAt: new Date(clock.now().getTime() + HOUR), justification: 'CHG-1' }
	return { clock, tenant, client, grants, target, order }
}

test('a missing permission is a refusal, unfolded from the JSON in its message', async () => {
	const { grants, order } = await start({ permissions: [] })
	expect(await grants.assign(order)).toMatchObject({ kind: 'refused', code: 'PermissionScopeNotGranted' })
})

test('a request that is still pending can be canceled, and one that is provisioned cannot', async () => {
	const { clock, client, grants, order, tenant } = await start({ pim: { provisioningMs: 60_000 } })
	const outcome = await grants.assign(order)
	const id = outcome.kind === 'accepted' ? outcome.requestId : ''
	await client.api(`/roleManagement/directory/roleAssignmentScheduleRequests/${id}/cancel`).post({})
	clock.advance(120_000)
	expect(tenant.instances()).toEqual([])
	const second = await grants.assign({ ...order, grantId: randomUUID() })
	clock.advance(120_000)
	const secondId = second.kind === 'accepted' ? second.requestId : ''
	await expect(
		client.api(`/roleManagement/directory/roleAssignmentScheduleRequests/${secondId}/cancel`).post({}),
	).rejects.toThrow('cannot be canceled')
})

test.each([
	[
		'429 with Retry-After',
		{ kind: 'status', status: 429, headers: { 'retry-after': '7' }, when: 'before' },
		{ kind: 'later', retryAfterMs: 7000 },
	],
	['429 without it', { kind: 'status', status: 429, when: 'before' }, { kind: 'later', retryAfterMs: null }],
	['503', { kind: 'status', status: 503, when: 'before' }, { kind: 'unknown' }],
	['504 after the effect', { kind: 'status', status: 504, when: 'after' }, { kind: 'unknown' }],
	['a hung connection', { kind: 'hang', when: 'after' }, { kind: 'unknown' }],
	['HTML', { kind: 'html', status: 502 }, { kind: 'unknown' }],
] as const)('%s is neither success nor failure, and is not repeated', async (_name, fault, expected) => {
	const { tenant, grants, order, target, clock } = await start()
	tenant.faults.next('POST', /roleAssignmentScheduleRequests/, fault)
	expect(await grants.assign(order)).toMatchObject(expected)
	clock.advance(5000)
	const { active, activeIsOurs } = await grants.read(target)
	expect(activeIsOurs).toBe('when' in fault && fault.when === 'after')
	expect(active !== null).toBe(activeIsOurs)
})

test('an access ends by itself at the end that it was given, and a restart remembers it until then', async () => {
	const first = await start()
	await first.grants.assign(first.order)
	first.clock.advance(5000)
	expect(first.tenant.instances()).toHaveLength(1)
	await undo.pop()?.()
	const second = await start()
	second.clock.advance(5000)
	expect(second.tenant.instances()).toHaveLength(1)
	second.clock.advance(HOUR)
	expect(second.tenant.instances()).toEqual([])
})
