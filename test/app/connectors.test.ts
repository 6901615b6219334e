import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connectTenant } from '#app/integrations/graph/connect-tenant.server.ts'
import { GrantPortUnavailable, type Sighting } from '#app/integrations/grant-port.ts'
import { startSandboxTenant } from '#app/sandbox/tenant/server.ts'
import { createShiftableClock } from '#test/fakes/clock.ts'
import { isTimedByTenant, type Place } from '#workflows/grants/place.ts'

/** What every kind of connector must hold, each against the sandbox tenant over TLS. */

const USER = '6a3c2c1e-0b58-4e0d-9f5a-7a3e6f5b1c01'
const ROLE = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const GROUP = '11111111-1111-4111-8111-111111111111'
const HOUR = 3_600_000
const MINUTE = 60_000

const KINDS: readonly (readonly [string, Place, RegExp])[] = [
	[
		'a directory role',
		{ kind: 'role', roleDefinitionId: ROLE, directoryScopeId: '/' },
		/roleAssignmentScheduleRequests$/,
	],
	[
		'a place in a group under PIM',
		{ kind: 'group', groupId: GROUP, relation: 'member', by: 'pim' },
		/group\/assignmentScheduleRequests$/,
	],
	[
		'ownership of a group under PIM',
		{ kind: 'group', groupId: GROUP, relation: 'owner', by: 'pim' },
		/group\/assignmentScheduleRequests$/,
	],
	[
		'plain membership',
		{ kind: 'group', groupId: GROUP, relation: 'member', by: 'membership' },
		/members(\/[^/]+)?\/\$ref$/,
	],
	[
		'plain ownership',
		{ kind: 'group', groupId: GROUP, relation: 'owner', by: 'membership' },
		/owners(\/[^/]+)?\/\$ref$/,
	],
]

/** What became of a write is not told: the tenant has acted, or it has not. */
const LOST = (['after', 'before'] as const).flatMap((when) => [
	{ kind: 'drop', when } as const,
	{ kind: 'status', status: 503, when } as const,
])

let folder: string
let undo: (() => Promise<void>)[]
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'charterkeep-connector-'))
	undo = []
})
afterEach(async () => {
	for (const step of undo.reverse()) await step()
	rmSync(folder, { recursive: true, force: true })
})

async function start(place: Place, managed?: 'onPremises' | 'dynamic') {
	const clock = createShiftableClock()
	const tenant = await startSandboxTenant({
		directory: folder,
		users: [{ id: USER, displayName: 'A', userPrincipalName: 'a@btr.example', accountEnabled: true }],
		roles: [{ id: ROLE, displayName: 'R' }],
		groups: [{ id: GROUP, displayName: 'G', ...(managed ? { managed } : {}) }],
		now: clock.now,
	})
	undo.push(() => tenant.stop())
	const { grants } = connectTenant(
		{
			kind: 'sandbox',
			name: '',
			...tenant.connection,
			timeoutMs: 1000,
			groups: 'pim',
		},
		randomUUID,
	)
	const target = { grantId: randomUUID(), principalId: USER, place }
	const order = { ...target, endsAt: new Date(clock.now().getTime() + HOUR), justification: 'CHG-1' }
	const removal = { ...target, justification: 'ended' }
	const later = async (ms: number): Promise<Sighting> => {
		clock.advance(ms)
		return grants.read(target)
	}
	return { clock, tenant, grants, target, order, removal, later }
}

const nothing: Sighting = { assignRequest: null, active: null, activeIsOurs: false, elsewhere: [] }

describe.each(KINDS)('%s', (_, place, path) => {
	const isTimed = isTimedByTenant(place)

	test('is not held, is given, is read back as ours until its end, and is taken away', async () => {
		const { grants, target, order, removal, later } = await start(place)
		expect(await grants.read(target)).toEqual(nothing)
		expect(await grants.assign(order)).toMatchObject({ kind: 'accepted' })
		const held = await later(5000)
		expect(held.assignRequest?.status).toBe('Provisioned')
		expect(held.activeIsOurs).toBe(true)
		expect(held.active?.endsAt ?? null).toEqual(isTimed ? order.endsAt : null)
		expect(held.active?.grantIds ?? []).toEqual(isTimed ? [target.grantId] : [])
		await later(6 * MINUTE)
		expect(await grants.remove(removal)).toMatchObject({ kind: 'accepted' })
		const gone = await later(5000)
		expect([gone.active, gone.activeIsOurs, gone.elsewhere]).toEqual([null, false, []])
		expect(gone.isRemovalTaken ?? false).toBe(isTimed)
		expect(await grants.remove(removal)).toEqual({ kind: 'absent' })
	})

	test('is given once, however often it is asked for', async () => {
		const { grants, order, later, tenant } = await start(place)
		await grants.assign(order)
		await later(5000)
		expect(await grants.assign({ ...order, grantId: randomUUID() })).toEqual({ kind: 'exists' })
		const listed = isTimed
			? [...tenant.instances(), ...tenant.groups.pim.instances()]
			: tenant.groups.listed(
					GROUP,
					place.kind === 'group' && place.relation === 'owner' ? 'owners' : 'members',
				)
		expect(listed).toHaveLength(1)
	})

	test('lasts as long as it is told to, where the tenant keeps an end', async () => {
		const { grants, order, later } = await start(place)
		await grants.assign(order)
		await later(5000)
		const endsAt = new Date(order.endsAt.getTime() + HOUR)
		const longer = { ...order, grantId: randomUUID(), endsAt }
		expect(await grants.update(longer)).toMatchObject({ kind: 'accepted' })
		const { active } = await later(1000)
		expect(active?.endsAt ?? null).toEqual(isTimed ? endsAt : null)
		if (isTimed) expect([...(active?.grantIds ?? [])].sort()).toEqual([order.grantId, longer.grantId].sort())
	})

	test('of somebody whom the tenant does not know yet is for later', async () => {
		const { grants, order } = await start(place)
		expect(await grants.assign({ ...order, principalId: randomUUID() })).toMatchObject({ kind: 'later' })
	})

	test('is unknown after every answer that says nothing, and then told by reading', async () => {
		for (const fault of [
			{ kind: 'status', status: 504, when: 'after' },
			{ kind: 'status', status: 503, when: 'after' },
			{ kind: 'drop', when: 'after' },
			{ kind: 'hang', when: 'after' },
			{ kind: 'status', status: 500, when: 'before' },
			{ kind: 'drop', when: 'before' },
			{ kind: 'html', status: 502 },
		] as const) {
			const { grants, order, tenant, later } = await start(place)
			tenant.faults.next('POST', path, fault)
			expect(await grants.assign(order), JSON.stringify(fault)).toMatchObject({ kind: 'unknown' })
			const { active } = await later(5000)
			const isDone = 'when' in fault && fault.when === 'after'
			expect(active !== null, JSON.stringify(fault)).toBe(isDone)
			await undo.pop()?.()
			rmSync(folder, { recursive: true, force: true })
		}
	})

	test.each(LOST)('is taken away, or not, as reading tells where the answer was lost: %j', async (fault) => {
		const { grants, order, removal, tenant, later } = await start(place)
		await grants.assign(order)
		await later(6 * MINUTE)
		tenant.faults.next(isTimed ? 'POST' : 'DELETE', path, fault)
		expect(await grants.remove(removal)).toMatchObject({ kind: 'unknown' })
		const { active } = await later(5000)
		expect(active === null).toBe(fault.when === 'after')
		const again = await grants.remove(removal)
		expect(again.kind).toBe(fault.when === 'after' ? 'absent' : 'accepted')
		expect((await later(5000)).active).toBeNull()
	})

	test.each(LOST)(
		'has its end moved, or not, as reading tells where the answer was lost: %j',
		async (fault) => {
			const { grants, order, tenant, later } = await start(place)
			await grants.assign(order)
			await later(5000)
			const longer = { ...order, endsAt: new Date(order.endsAt.getTime() + HOUR) }
			tenant.faults.next('POST', path, fault)
			// Plain membership has no end: nothing is sent, and nothing can be lost.
			expect(await grants.update(longer)).toMatchObject({ kind: isTimed ? 'unknown' : 'accepted' })
			const { active, activeIsOurs } = await later(5000)
			expect(activeIsOurs).toBe(true)
			const end = fault.when === 'after' ? longer.endsAt : order.endsAt
			expect(active?.endsAt ?? null).toEqual(isTimed ? end : null)
		},
	)

	test('is for later when the tenant throttles, and then no sooner than it says', async () => {
		const { grants, order, target, tenant } = await start(place)
		const busy = (headers?: Record<string, string>) =>
			({ kind: 'status', status: 429, when: 'before', ...(headers ? { headers } : {}) }) as const
		tenant.faults.next('POST', path, busy({ 'retry-after': '7' }))
		expect(await grants.assign(order)).toMatchObject({ kind: 'later', retryAfterMs: 7000 })
		const asked = tenant.exchanges().length
		expect(await grants.assign(order)).toMatchObject({ kind: 'later', retryAfterMs: 7000 })
		expect(tenant.exchanges(), 'asked again before the time it said').toHaveLength(asked)
		tenant.faults.next('GET', /./, busy({ 'retry-after': '3' }))
		const reading = grants.read(target)
		await expect(reading).rejects.toBeInstanceOf(GrantPortUnavailable)
		await expect(reading).rejects.toMatchObject({ retryAfterMs: 3000 })
	})

	test('is for later when the tenant throttles and says no time', async () => {
		const { grants, order, tenant } = await start(place)
		tenant.faults.next('POST', path, { kind: 'status', status: 429, when: 'before' })
		expect(await grants.assign(order)).toMatchObject({ kind: 'later', retryAfterMs: null })
	})

	test('is refused without the permission', async () => {
		const { grants, order, tenant } = await start(place)
		tenant.grantOnly([])
		expect(await grants.assign(order)).toMatchObject({
			kind: 'refused',
			code: isTimed ? 'PermissionScopeNotGranted' : 'Authorization_RequestDenied',
		})
	})
})

describe.each(KINDS.filter(([, place]) => isTimedByTenant(place)))(
	'%s, which the tenant marks and ends',
	(_, place) => {
		test('is not said to be ours where somebody else gave it', async () => {
			const { grants, order, target, later } = await start(place)
			await grants.assign({ ...order, grantId: randomUUID() })
			const seen = await later(5000)
			expect(seen).toMatchObject({ activeIsOurs: false, assignRequest: null })
			expect(seen.active?.grantIds).not.toContain(target.grantId)
		})

		test('cannot be removed in its first five minutes, nor be given for fewer', async () => {
			const { grants, order, removal, later, clock } = await start(place)
			const short = { ...order, endsAt: new Date(clock.now().getTime() + 4 * MINUTE) }
			const tooShort = { kind: 'later', code: 'ActiveDurationTooShort' }
			expect(await grants.assign(short)).toMatchObject(tooShort)
			await grants.assign(order)
			await later(MINUTE)
			expect(await grants.remove(removal)).toMatchObject(tooShort)
		})

		test('can be taken back while it is being made', async () => {
			const { grants, order, target, later } = await start(place)
			const made = await grants.assign(order)
			if (made.kind !== 'accepted') throw new Error('It was not taken.')
			expect(await grants.cancel(target, made.requestId)).toMatchObject({ kind: 'accepted' })
			expect(await later(5000)).toMatchObject({ active: null, assignRequest: { status: 'Canceled' } })
		})
	},
)

describe('a group that takes no members', () => {
	const member = { kind: 'group', groupId: GROUP, relation: 'member' } as const

	test.each([
		['onPremises', 'GroupFromOnPremises'],
		['dynamic', 'GroupIsDynamic'],
	] as const)('%s is refused with its reason', async (managed, code) => {
		const { grants, order } = await start({ ...member, by: 'membership' }, managed)
		expect(await grants.assign(order)).toMatchObject({ kind: 'refused', code })
	})

	test('cannot be managed in PIM either', async () => {
		const { grants, order } = await start({ ...member, by: 'pim' }, 'dynamic')
		expect(await grants.assign(order)).toMatchObject({ kind: 'refused', code: 'InvalidResource' })
	})
})
