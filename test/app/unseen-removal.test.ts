import { afterEach, describe, expect, test } from 'vitest'
import { GrantPortUnavailable } from '#app/integrations/grant-port.ts'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { removeGrant } from '#app/jobs/remove-grant.server.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { showRequest } from '#app/services/access/show-request.server.ts'
import { approvedFor, drive, pageSays, recorded, stateOf, told, type Access } from '#test/app/bad-input.ts'
import {
	changeRow,
	end,
	GROUP,
	inGroup,
	isHeldBy,
	NOTHING,
	rowOf,
	runOnce,
	through,
} from '#test/app/life-acts.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

/** What the tenant does not list, or cannot list, is removed all the same, and nothing else is. */

const SECOND = 1000
const MINUTE = 60 * SECOND
const ROLE = ['a directory role', {}] as const
const UNDER_PIM = ['a place in a group under PIM', { charter: inGroup }] as const
const PLAIN = ['plain membership', { charter: inGroup, groups: 'membership' }] as const
const LISTS = /Schedule(Requests|Instances)$|\/members$/

let app: TestApp
afterEach(() => app.stop())

async function start(options: Parameters<typeof createTestApp>[0] = {}): Promise<Access> {
	app = await createTestApp({ timeoutMs: 2000, ...options })
	return approvedFor(app, 'operator', 'user-administrator')
}
async function given(options: Parameters<typeof createTestApp>[0] = {}): Promise<Access> {
	const access = await start(options)
	expect(await drive(app, 'give', access)).toBe(true)
	app.clock.advance(6 * MINUTE)
	return access
}
/** For how long, in milliseconds, what was sent has had its time to be listed. */
const sentAgo = async (access: Access) =>
	app.clock.now().getTime() - ((await rowOf(app, access)).sentAt?.getTime() ?? 0)
const isHeld = (access: Access) => isHeldBy(app, access)
const removals = () =>
	app.tenant
		.exchanges()
		.filter(({ method, path }) => (method === 'POST' && path.endsWith('Requests')) || method === 'DELETE')
const actions = () => [...app.tenant.requests(), ...app.tenant.groups.pim.requests()].map((row) => row.action)

describe.each([ROLE, UNDER_PIM])(
	'a change of the end hides nothing of %s that is not listed',
	(_, options) => {
		test.each(['PendingProvisioning', 'PendingApproval', 'Denied'])('%s', async (status) => {
			const access = await given(options)
			await end(app, access)
			const assignRequest = { requestId: 'x', status, makes: false }
			through(app, () => ({ read: () => Promise.resolve({ ...NOTHING, assignRequest }) }))
			expect(await runOnce(app, removeGrant, access)).toBeNull()
			app.clock.advance(5 * SECOND)
			expect([await stateOf(app, access), isHeld(access)]).toEqual(['ended', false])
			expect(actions()).toEqual(['adminAssign', 'adminRemove'])
		})

		test.each([
			['that could not be sent', { kind: 'later', code: 'TooManyRequests', retryAfterMs: 1000 }],
			['that is not allowed', { kind: 'refused', code: 'PermissionScopeNotGranted', message: '' }],
			['that nobody knows of', { kind: 'unknown', message: 'no answer' }],
		] as const)('a removal %s is no sign that it is gone', async (__, outcome) => {
			const access = await given(options)
			await end(app, access)
			through(app, () => ({
				read: () => Promise.resolve(NOTHING),
				remove: () => Promise.resolve(outcome),
			}))
			expect(await runOnce(app, removeGrant, access)).not.toBeNull()
			expect([await stateOf(app, access), isHeld(access)]).toEqual(['removing', true])
		})
	},
)

describe.each([ROLE, UNDER_PIM])('%s that was sent and that nobody has seen', (_, options) => {
	test('is asked to be removed, however long ago it was taken, and has not ended unasked', async () => {
		const access = await start(options)
		const listing = through(app, () => ({ read: () => Promise.resolve(NOTHING) }))
		expect(await runOnce(app, provisionGrant, access)).toContain('has not listed')
		app.clock.advance(7 * MINUTE)
		await end(app, access)
		expect(await runOnce(app, removeGrant, access)).toBeNull()
		app.clock.advance(5 * SECOND)
		expect([await stateOf(app, access), isHeld(access)]).toEqual(['ended', false])
		// Entra took the removal: it was there.
		expect(await recorded(app, 'grant.ended')).toMatchObject([{ how: 'removed' }])
		listing()
	})

	test('has its time to be listed from when Entra said that it took it, or that it is there', async () => {
		const access = await start(options)
		through(app, (port) => ({
			read: () => Promise.resolve(NOTHING),
			assign: async (order) => {
				const outcome = await port.assign(order)
				app.clock.advance(90 * SECOND)
				return outcome
			},
			remove: () => Promise.resolve({ kind: 'absent' }),
		}))
		expect(await runOnce(app, provisionGrant, access)).toContain('has not listed')
		expect(await sentAgo(access)).toBeLessThan(30 * SECOND)
		app.clock.advance(90 * SECOND)
		expect(await runOnce(app, provisionGrant, access)).toContain('exists')
		expect(await sentAgo(access)).toBeLessThan(30 * SECOND)
		await end(app, access)
		expect(await runOnce(app, removeGrant, access)).toContain('may not be listed yet')
		expect([await stateOf(app, access), isHeld(access)]).toEqual(['removing', true])
	})

	test('of which nothing is there was never active', async () => {
		const access = await start(options)
		app.tenant.faults.next('POST', /Requests$/, { kind: 'drop', when: 'before' })
		expect(await runOnce(app, provisionGrant, access)).toContain('no clear answer')
		app.clock.advance(2 * MINUTE)
		await end(app, access)
		expect(await drive(app, 'take', access)).toBe(true)
		expect(await recorded(app, 'grant.ended')).toMatchObject([{ how: 'never_active' }])
	})
})

/** Assigned, but the answer was lost, and nobody has seen it; then ended, so long after. */
async function unseen(options: Parameters<typeof createTestApp>[0], ms: number): Promise<Access> {
	const access = await start(options)
	app.tenant.faults.next('POST', /Requests$|\$ref$/, { kind: 'drop', when: 'after' })
	expect(await runOnce(app, provisionGrant, access)).toContain('no clear answer')
	app.clock.advance(ms)
	await end(app, access)
	return access
}
const endsAsRemoved = async (access: Access) => {
	expect(await runOnce(app, removeGrant, access)).toBeNull()
	app.clock.advance(5 * SECOND)
	expect([await stateOf(app, access), isHeld(access)]).toEqual(['ended', false])
	expect(await recorded(app, 'grant.ended')).toMatchObject([{ how: 'removed' }])
	expect(await told(app, 'operator')).toContain('access_ended')
	expect(await pageSays(app, access, 'en')).not.toContain('never confirmed')
	const { grant } = await showRequest(app.deps, app.actor(access.by), access.requestId)
	expect([grant?.startsAt, grant?.tokenTail?.plain]).toEqual([null, expect.any(String)])
}

describe('a removal that Entra took in a run that came to nothing is not forgotten by the next one', () => {
	test.each([ROLE, UNDER_PIM, PLAIN])('of %s', async (_, options) => {
		const access = await unseen(options, 6 * MINUTE)
		let isTaken = false
		const restore = through(app, (port) => ({
			read: async (target, how) => {
				if (isTaken) throw new GrantPortUnavailable('503')
				return { ...(await port.read(target, how)), active: null, activeIsOurs: false }
			},
			remove: (removal) => {
				isTaken = true
				return port.remove(removal)
			},
		}))
		expect(await runOnce(app, removeGrant, access)).toBe('503')
		restore()
		app.clock.advance(MINUTE)
		await endsAsRemoved(access)
	})

	test.each(['NoToken', 'TooManyRequests'])('of plain membership that cannot be read: %s', async (code) => {
		const access = await unseen(PLAIN[1], 6 * MINUTE)
		const restore = through(app, (port) => ({
			read: () => Promise.reject(new GrantPortUnavailable('unread', null, { code })),
			killSwitch: { remove: (removal) => port.remove(removal) },
		}))
		expect(await runOnce(app, removeGrant, access)).toContain('cannot be read')
		restore()
		app.clock.advance(MINUTE)
		await endsAsRemoved(access)
	})
})

test('plain membership that Entra took out within its first minute was there', async () => {
	const access = await unseen(PLAIN[1], 5 * SECOND)
	through(app, () => ({ read: () => Promise.resolve(NOTHING) }))
	await endsAsRemoved(access)
})

test('what was never sent is removed of nobody: somebody else may hold it', async () => {
	const access = await start()
	app.tenant.faults.next('POST', /Requests$/, {
		kind: 'status',
		status: 429,
		when: 'before',
		headers: { 'retry-after': '1' },
	})
	expect(await runOnce(app, provisionGrant, access)).toContain('TooManyRequests')
	await end(app, access)
	const before = removals().length
	through(app, () => ({ read: () => Promise.resolve(NOTHING) }))
	expect(await runOnce(app, removeGrant, access)).toBeNull()
	expect([await stateOf(app, access), removals().length]).toEqual(['ended', before])
})

describe.each([ROLE, UNDER_PIM, PLAIN])('%s whose list cannot be read', (_, options) => {
	/** Readings fail for a quarter of an hour, and writings do not. */
	async function unread(access: Access): Promise<void> {
		app.tenant.faults.stand('lists', {
			method: /GET/,
			path: LISTS,
			fault: { kind: 'status', status: 503, when: 'before' },
		})
		for (let minute = 0; minute < 15; minute++) {
			await runOnce(app, removeGrant, access)
			app.clock.advance(MINUTE)
			await fireDueTimers(app.deps)
		}
	}

	test.each([false, true])(
		'is an incident, and sent its removal by the application that gave it (kill switch: %s)',
		async (hasKillSwitch) => {
			const access = await given({ ...options, hasKillSwitch })
			await end(app, access)
			await unread(access)
			expect([await stateOf(app, access), isHeld(access)]).toEqual(['notConfirmed', false])
			app.tenant.faults.lift('lists')
			expect(await drive(app, 'take', access)).toBe(true)
			expect(await stateOf(app, access)).toBe('ended')
		},
	)

	test('is not removed unseen while another access rests on it', async () => {
		const access = await given(options)
		await changeRow(
			app,
			`insert into grants (id, request_id, person_id, role, state, context, machine_version, version, created_at)
			select gen_random_uuid(), gen_random_uuid(), person_id, 'before', 'active', context, machine_version, version, created_at
			from grants where id = $1`,
			[access.grantId],
		)
		await end(app, access)
		const before = removals().length
		await unread(access)
		expect([await stateOf(app, access), isHeld(access), removals().length]).toEqual([
			'notConfirmed',
			true,
			before,
		])
	})
})

test('a group of more than twenty thousand is read to its end, and its member removed', async () => {
	const access = await given(PLAIN[1])
	for (let count = 0; count < 20_000; count++)
		app.tenant.groups.change(GROUP, `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`, true)
	await end(app, access)
	expect(await drive(app, 'take', access)).toBe(true)
	expect([await stateOf(app, access), isHeld(access)]).toEqual(['ended', false])
})
