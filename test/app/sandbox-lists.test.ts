import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connectGraph } from '#app/integrations/graph/client.server.ts'
import { openLanes, REAL_TIME } from '#app/integrations/graph/lanes.server.ts'
import { startSandboxTenant } from '#app/sandbox/tenant/server.ts'
import { createShiftableClock } from '#test/fakes/clock.ts'

/** Lists of the sandbox tenant are not what it holds: they lag behind, go back in time, and forget. */

const USER = '071cc716-8147-4397-a5ba-b2105951cc0b'
const ROLE = 'fdd7a751-b60b-444a-984c-02652fe8fa1c'
const GROUP = '11111111-1111-4111-8111-111111111111'
const SECOND = 1000
const DAY = 86_400_000

let folder: string
let undo: (() => Promise<void>)[]
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'charterkeep-lists-'))
	undo = []
})
afterEach(async () => {
	for (const stop of undo) await stop()
	rmSync(folder, { recursive: true, force: true })
})

async function start(options: { pim?: { maximumDurationMs: number }; exchangesKept?: number } = {}) {
	const clock = createShiftableClock()
	const tenant = await startSandboxTenant({
		directory: folder,
		users: [{ id: USER, displayName: 'A', userPrincipalName: 'a@btr.example', accountEnabled: true }],
		roles: [{ id: ROLE, displayName: 'R' }],
		groups: [{ id: GROUP, displayName: 'G' }],
		now: clock.now,
		...options,
	})
	undo.push(() => tenant.stop())
	const lanes = openLanes(tenant.connection.budgets, REAL_TIME)
	const client = connectGraph(
		{ ...tenant.connection, kind: 'sandbox', name: '', timeoutMs: 1000, groups: 'pim' },
		{ newId: randomUUID, lanes },
	)
	const rows = async (path: string) =>
		((await client.api(path).get()) as { value: Record<string, unknown>[] }).value
	return {
		clock,
		tenant,
		rows,
		isListed: async (list = 'members') => (await rows(`/groups/${GROUP}/${list}`)).length > 0,
		add: () =>
			client
				.api(`/groups/${GROUP}/members/$ref`)
				.post({ '@odata.id': `${tenant.graphBaseUrl}/v1.0/directoryObjects/${USER}` }),
		remove: () => client.api(`/groups/${GROUP}/members/${USER}/$ref`).delete(),
		assign: (body: object) =>
			client.api('/roleManagement/directory/roleAssignmentScheduleRequests').post({
				action: 'adminAssign',
				principalId: USER,
				roleDefinitionId: ROLE,
				directoryScopeId: '/',
				justification: 'CHG-1',
				...body,
			}) as Promise<{ id: string }>,
		cancel: (id: string) =>
			client.api(`/roleManagement/directory/roleAssignmentScheduleRequests/${id}/cancel`).post({}),
	}
}

describe('plain membership', () => {
	test.each(['members', 'transitiveMembers'])(
		'stands in %s only after a while, and stays there for as long',
		async (list) => {
			const { tenant, clock, add, remove, isListed } = await start()
			tenant.switches.set('late', true)
			await add()
			expect([tenant.groups.holds(GROUP, 'members', USER), await isListed(list)]).toEqual([true, false])
			clock.advance(29 * SECOND)
			expect(await isListed(list)).toBe(false)
			clock.advance(2 * SECOND)
			expect(await isListed(list)).toBe(true)
			await remove()
			expect([tenant.groups.holds(GROUP, 'members', USER), await isListed(list)]).toEqual([false, true])
			clock.advance(31 * SECOND)
			expect(await isListed(list)).toBe(false)
		},
	)

	test('goes back in time with every second reading', async () => {
		const { tenant, clock, add, isListed } = await start()
		tenant.switches.set('out-of-order', true)
		await add()
		clock.advance(2 * SECOND)
		const seen = [await isListed(), await isListed(), await isListed(), await isListed()]
		expect(seen).toEqual([true, false, true, false])
		clock.advance(5 * SECOND)
		expect([await isListed(), await isListed()]).toEqual([true, true])
	})

	test('that a list does not tell yet is not made twice, nor is one that a list still tells taken away twice', async () => {
		const { add, remove } = await start()
		await add()
		await expect(add()).rejects.toThrow('already exist')
		await remove()
		await expect(remove()).rejects.toThrow('is not referenced')
	})

	test('is remembered over a restart, also from a file of before lists could lag', async () => {
		mkdirSync(join(folder, 'state'))
		writeFileSync(
			join(folder, 'state', 'tenant.json'),
			JSON.stringify({
				requests: [],
				groupRequests: [],
				groups: { [GROUP]: { members: [USER], owners: [] } },
				sessionsRevoked: {},
			}),
		)
		const first = await start()
		expect(await first.isListed()).toBe(true)
		await first.remove()
		await undo.pop()?.()
		const second = await start()
		second.clock.advance(SECOND)
		expect(await second.isListed()).toBe(false)
	})
})

describe('requests to PIM', () => {
	const REQUESTS = '/roleManagement/directory/roleAssignmentScheduleRequests'
	const INSTANCES = '/roleManagement/directory/roleAssignmentScheduleInstances'

	test('are purged after 45 days, and what they gave lives on under its schedule', async () => {
		const { clock, rows, assign, cancel } = await start({ pim: { maximumDurationMs: 365 * DAY } })
		const { id } = await assign({ scheduleInfo: { expiration: { type: 'afterDuration', duration: 'P90D' } } })
		clock.advance(44 * DAY)
		expect(await rows(REQUESTS)).toHaveLength(1)
		clock.advance(2 * DAY)
		expect(await rows(REQUESTS)).toEqual([])
		expect(await rows(INSTANCES)).toMatchObject([{ principalId: USER, roleAssignmentScheduleId: id }])
		await expect(cancel(id)).rejects.toThrow('not found')
	})

	test('are purged within a minute where that is switched on', async () => {
		const { tenant, clock, rows, assign } = await start()
		await assign({ scheduleInfo: { expiration: { type: 'afterDuration', duration: 'PT8H' } } })
		tenant.switches.set('requests-purged', true)
		clock.advance(61 * SECOND)
		expect([(await rows(REQUESTS)).length, (await rows(INSTANCES)).length]).toEqual([0, 1])
		tenant.switches.set('requests-purged', false)
		expect(await rows(REQUESTS)).toHaveLength(1)
	})
})

test('what was asked of it is kept for its last calls only, and whole for whoever wants it', async () => {
	const few = await start({ exchangesKept: 3 })
	for (let call = 0; call < 5; call++) await few.rows(`/groups/${GROUP}/${call < 4 ? 'members' : 'owners'}`)
	expect(few.tenant.exchanges().map(({ path }) => path.split('/').at(-1))).toEqual([
		'members',
		'members',
		'owners',
	])
})
