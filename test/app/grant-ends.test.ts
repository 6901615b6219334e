import { eq } from 'drizzle-orm'
import { afterEach, describe, expect, test } from 'vitest'
import type { GrantPort, Sighting } from '#app/integrations/grant-port.ts'
import { endSessions } from '#app/jobs/end-sessions.server.ts'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { removeGrant } from '#app/jobs/remove-grant.server.ts'
import { TryAgain } from '#app/jobs/try-again.ts'
import { grants } from '#db/schema/index.ts'
import { approvedFor, drive, pageSays, recorded, stateOf, told, type Access } from '#test/app/bad-input.ts'
import * as life from '#test/app/life-acts.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

/** The life of an access never says that it is over while Entra holds it, and nothing is sent that is over. */

const SECOND = 1000
const MINUTE = 60 * SECOND
const GROUP = '11111111-1111-4111-8111-111111111111'
const inGroup = (yaml: string) =>
	yaml.replace(
		/entra: \{ roleTemplateId: fe930be7[^}]*\}/,
		`entra: { groupId: ${GROUP}, relation: member, name: Account clerks }`,
	)
const KINDS = [
	['a directory role', {}],
	['a place in a group under PIM', { charter: inGroup }],
	['plain membership', { charter: inGroup, groups: 'membership' }],
] as const
const PLAIN = KINDS[2][1]
const WRITING = /ScheduleRequests$|\$ref$/
const READING = /Schedule(Requests|Instances)$|\/members$/
const LOST = { kind: 'drop', when: 'after' } as const
const busy = (seconds: number) =>
	({ kind: 'status', status: 429, when: 'before', headers: { 'retry-after': String(seconds) } }) as const
const NOTHING: Sighting = { assignRequest: null, active: null, activeIsOurs: false, elsewhere: [] }

let app: TestApp
afterEach(() => app.stop())

async function start(options: Parameters<typeof createTestApp>[0] = {}): Promise<Access> {
	app = await createTestApp({ timeoutMs: 2000, ...options })
	return approvedFor(app, 'operator', 'user-administrator')
}
const rowOf = async ({ grantId }: Access) => {
	const [row] = await app.deps.database.db.select().from(grants).where(eq(grants.id, grantId))
	if (!row) throw new Error('There is no such access.')
	return row
}
const end = (access: Access) => life.end(app, access)
const isHeld = (access: Access) => life.isHeldBy(app, access)
const done = (action: string) =>
	[...app.tenant.requests(), ...app.tenant.groups.pim.requests()].filter((row) => row.action === action)
		.length
const run = (job: typeof provisionGrant, access: Access) => life.runOnce(app, job, access)
const through = (change: (port: GrantPort) => Partial<GrantPort>) => life.through(app, change)

describe.each(KINDS)('%s', (_, options) => {
	test('whose sending was put off for long is looked for from when it was sent', async () => {
		const access = await start(options)
		app.tenant.faults.next('POST', WRITING, busy(90))
		expect(await run(provisionGrant, access)).toContain('TooManyRequests')
		app.clock.advance(90 * SECOND)
		app.tenant.faults.next('POST', WRITING, LOST)
		expect(await run(provisionGrant, access)).toContain('no clear answer')
		expect((await rowOf(access)).sentAt?.getTime()).toBeGreaterThan(app.clock.now().getTime() - 30 * SECOND)
		await end(access)
		// The tenant lists none of it yet.
		const listing = through(() => ({
			read: () => Promise.resolve(NOTHING),
			remove: () => Promise.resolve({ kind: 'absent' }),
		}))
		expect(await run(removeGrant, access)).toContain('may not be listed yet')
		expect(await stateOf(app, access)).toBe('removing')
		listing()
		app.clock.advance(6 * MINUTE)
		expect(await drive(app, 'take', access)).toBe(true)
		expect([await stateOf(app, access), isHeld(access)]).toEqual(['ended', false])
	})

	test('that is refused after an attempt of which nobody knows what came of it has not failed', async () => {
		const access = await start(options)
		app.tenant.faults.next('POST', WRITING, LOST)
		expect(await run(provisionGrant, access)).toContain('no clear answer')
		const listing = through(() => ({
			read: () => Promise.resolve(NOTHING),
			assign: () => Promise.resolve({ kind: 'refused', code: 'PermissionScopeNotGranted', message: '' }),
		}))
		expect(await run(provisionGrant, access)).toContain('may have had its effect')
		expect(await stateOf(app, access)).toBe('provisioning')
		listing()
		expect(await drive(app, 'give', access)).toBe(true)
		expect(await stateOf(app, access)).toBe('active')
	})

	test('that is refused has failed once the tenant would list what was sent before', async () => {
		const access = await start(options)
		app.tenant.faults.next('POST', WRITING, { kind: 'drop', when: 'before' })
		expect(await run(provisionGrant, access)).toContain('no clear answer')
		app.tenant.grantOnly(['RoleAssignmentSchedule.Read.Directory', 'User.Read.All', 'GroupMember.Read.All'])
		const reading = through(() => ({ read: () => Promise.resolve(NOTHING) }))
		expect(await run(provisionGrant, access)).toContain('may have had its effect')
		app.clock.advance(MINUTE)
		expect(await run(provisionGrant, access)).toBeNull()
		expect(await stateOf(app, access)).toBe('failed')
		reading()
	})

	test('that has ended while it was read is not sent', async () => {
		const access = await start(options)
		app.tenant.faults.next('POST', WRITING, busy(1))
		await run(provisionGrant, access)
		app.clock.advance(2 * SECOND)
		through((port) => ({
			read: async (target) => {
				const seen = await port.read(target)
				if ((await stateOf(app, access)) === 'provisioning') await end(access)
				return seen
			},
		}))
		expect(await run(provisionGrant, access)).toBeNull()
		expect([await stateOf(app, access), isHeld(access), done('adminAssign')]).toEqual(['removing', false, 0])
	})

	test('that has ended while its call waited for its turn is not sent, and is no trouble of the tenant', async () => {
		const access = await start(options)
		through((port) => ({
			assign: async (order) => {
				await end(access)
				return port.assign(order)
			},
		}))
		expect(await run(provisionGrant, access)).toBeNull()
		expect([isHeld(access), done('adminAssign')]).toEqual([false, 0])
		expect((await rowOf(access)).sentAt).toBeNull()
		expect(await drive(app, 'take', access)).toBe(true)
		expect(await stateOf(app, access)).toBe('ended')
	})

	test('for which too little time is left ends and is not sent for longer than was approved', async () => {
		const access = await start(options)
		app.tenant.faults.next('POST', WRITING, busy(1))
		await run(provisionGrant, access)
		app.clock.advance(25 * MINUTE)
		expect(await run(provisionGrant, access)).toBeNull()
		const { state, context } = await rowOf(access)
		expect([state, context.cause, isHeld(access)]).toEqual(['removing', 'deadline', false])
		expect(await recorded(app, 'grant.ending')).toMatchObject([{ cause: 'deadline' }])
	})

	test('that was there though nobody had seen it is recorded as active before it is taken away', async () => {
		const access = await start(options)
		const reading = through((port) => ({
			read: async (target) => {
				if ((await stateOf(app, access)) !== 'provisioning') return port.read(target)
				throw new TryAgain('The worker was killed here.', 0)
			},
		}))
		expect(await run(provisionGrant, access)).toContain('killed')
		reading()
		app.clock.advance(6 * MINUTE)
		expect(isHeld(access)).toBe(true)
		await end(access)
		expect(await drive(app, 'take', access)).toBe(true)
		const { state, context } = await rowOf(access)
		expect([state, isHeld(access)]).toEqual(['ended', false])
		expect(context.startsAt).not.toBeNull()
		expect(await recorded(app, 'grant.confirmed')).toHaveLength(1)
		expect(await recorded(app, 'grant.ended')).toMatchObject([{ how: 'removed' }])
		const heard = await told(app, 'operator')
		expect(heard).toContain('access_ended')
		expect(heard).not.toContain('access_active')
	})

	test.each([false, true])(
		'is removed while the tenant answers no question of anybody (kill switch: %s)',
		async (hasKillSwitch) => {
			const access = await start({ ...options, hasKillSwitch })
			expect(await drive(app, 'give', access)).toBe(true)
			app.clock.advance(6 * MINUTE)
			await end(access)
			app.tenant.faults.next('GET', READING, busy(60))
			expect(await run(removeGrant, access)).toContain('cannot be read')
			app.clock.advance(5 * SECOND)
			expect([isHeld(access), await stateOf(app, access)]).toEqual([false, 'removing'])
			expect(await recorded(app, 'grant.kill_switch_used')).toEqual([])
			app.clock.advance(MINUTE)
			expect(await drive(app, 'take', access)).toBe(true)
			expect(await stateOf(app, access)).toBe('ended')
		},
	)

	test('is removed though a change of its end still waits at the tenant', async () => {
		const access = await start(options)
		expect(await drive(app, 'give', access)).toBe(true)
		app.clock.advance(6 * MINUTE)
		await end(access)
		through((port) => ({
			read: async (target) => ({
				...(await port.read(target)),
				assignRequest: { requestId: 'x', status: 'PendingProvisioning', makes: false },
			}),
		}))
		expect(await drive(app, 'take', access)).toBe(true)
		expect([await stateOf(app, access), isHeld(access)]).toEqual(['ended', false])
	})
})

test('a change of the end that waits at the tenant keeps nothing from being closed that is gone', async () => {
	const access = await start()
	expect(await drive(app, 'give', access)).toBe(true)
	app.clock.advance(6 * MINUTE)
	app.tenant.forget()
	await end(access)
	const waiting = { requestId: 'x', status: 'PendingProvisioning', makes: false }
	through(() => ({ read: () => Promise.resolve({ ...NOTHING, assignRequest: waiting }) }))
	expect(await run(removeGrant, access)).toBeNull()
	expect(await stateOf(app, access)).toBe('ended')
})

describe('an access whose request the tenant says it has carried out, and of which it lists nothing', () => {
	/** It was sent, and its answer lost; what the tenant says of its request, and that it lists nothing active. */
	const sentAndLost = async (options: Parameters<typeof createTestApp>[0]) => {
		const access = await start(options)
		app.tenant.faults.next('POST', WRITING, LOST)
		expect(await run(provisionGrant, access)).toContain('no clear answer')
		const [sent] = [...app.tenant.requests(), ...app.tenant.groups.pim.requests()]
		const said = (status: string): Sighting => ({
			...NOTHING,
			assignRequest: { requestId: String(sent?.id), status, makes: true },
		})
		return { access, said }
	}
	const absent = () => Promise.resolve({ kind: 'absent' } as const)

	test.each([KINDS[0], KINDS[1]])(
		'has not ended where it was approved while it was taken back: %s',
		async (_, options) => {
			const { access, said } = await sentAndLost(options)
			app.clock.advance(6 * MINUTE)
			await end(access)
			let readings = 0
			const listing = through(() => ({
				read: () => Promise.resolve(said(readings++ === 0 ? 'PendingApproval' : 'Provisioned')),
			}))
			expect(await run(removeGrant, access)).toContain('read anew')
			expect([await stateOf(app, access), isHeld(access)]).toEqual(['removing', true])
			// Approved just now, it may be known to a part of the tenant only.
			const unknown = through(() => ({ remove: absent }))
			expect(await run(removeGrant, access)).toContain('may not be listed yet')
			expect(await stateOf(app, access)).toBe('removing')
			unknown()
			expect(await run(removeGrant, access)).toBeNull()
			app.clock.advance(5 * SECOND)
			expect([await stateOf(app, access), isHeld(access), done('adminRemove')]).toEqual(['ended', false, 1])
			listing()
		},
	)

	test('has not ended where the tenant knows nothing yet to remove', async () => {
		const { access, said } = await sentAndLost({})
		app.clock.advance(5 * SECOND)
		await end(access)
		const listing = through(() => ({
			read: () => Promise.resolve(said('Provisioned')),
			remove: absent,
		}))
		expect(await run(removeGrant, access)).toContain('may not be listed yet')
		expect([await stateOf(app, access), isHeld(access)]).toEqual(['removing', true])
		listing()
		app.clock.advance(6 * MINUTE)
		expect(await drive(app, 'take', access)).toBe(true)
		expect([await stateOf(app, access), isHeld(access)]).toEqual(['ended', false])
		expect(await recorded(app, 'grant.ended')).toMatchObject([{ how: 'removed' }])
	})

	test('has ended where the tenant goes on saying so after the time in which it would list it', async () => {
		const { access, said } = await sentAndLost({})
		await end(access)
		through(() => ({ read: () => Promise.resolve(said('Provisioned')), remove: absent }))
		app.clock.advance(61 * SECOND)
		// It may have been approved there a moment before that was seen.
		expect(await run(removeGrant, access)).toContain('may not be listed yet')
		app.clock.advance(61 * SECOND)
		expect(await run(removeGrant, access)).toBeNull()
		expect(await stateOf(app, access)).toBe('ended')
	})

	test('has not ended where nothing was said of its removal', async () => {
		const { access, said } = await sentAndLost({})
		app.clock.advance(6 * MINUTE)
		await end(access)
		let readings = 0
		through(() => ({
			// What somebody else holds is gone after the first look, and with it why nothing was sent.
			read: async () => ({
				...said('Provisioned'),
				active:
					readings++ > 0
						? null
						: { instanceId: 'x', scheduleId: 'x', startsAt: null, endsAt: null, grantIds: [] },
			}),
		}))
		app.clock.advance(61 * SECOND)
		expect(await run(removeGrant, access)).toContain('may not be listed yet')
		app.clock.advance(61 * SECOND)
		readings = 0
		expect(await run(removeGrant, access)).toContain('still lists')
		expect([await stateOf(app, access), isHeld(access)]).toEqual(['removing', true])
		expect(await run(removeGrant, access)).toBeNull()
		app.clock.advance(5 * SECOND)
		expect([await stateOf(app, access), isHeld(access)]).toEqual(['ended', false])
	})
})

test.each([KINDS[0], KINDS[1]])(
	'an access that was confirmed, and of which a list that is behind knows nothing, is removed all the same: %s',
	async (_, options) => {
		const access = await start(options)
		expect(await drive(app, 'give', access)).toBe(true)
		await end(access)
		const listing = through(() => ({ read: () => Promise.resolve(NOTHING) }))
		// Entra itself says that it is there: it does not remove it yet.
		expect(await run(removeGrant, access)).toBeNull()
		expect([await stateOf(app, access), isHeld(access)]).toEqual(['postponed', true])
		listing()
	},
)

describe('an access whose person was deleted, which the tenant answers its removal with', () => {
	const refuseGone = ({ principalId }: Access) => {
		app.tenant.users.remove(principalId, 'deleted')
		app.tenant.refuseGone()
		app.tenant.groups.pim.refuseGone()
	}

	test.each([KINDS[0], KINDS[1]])('has ended: %s', async (_, options) => {
		const access = await start(options)
		expect(await drive(app, 'give', access)).toBe(true)
		app.clock.advance(6 * MINUTE)
		refuseGone(access)
		await end(access)
		expect(await run(removeGrant, access)).toBeNull()
		expect([await stateOf(app, access), done('adminRemove')]).toEqual(['ended', 0])
		expect(await recorded(app, 'grant.ended')).toMatchObject([{ how: 'removed' }])
	})

	test('has ended only once the tenant would list what was sent', async () => {
		const access = await start()
		app.tenant.faults.next('POST', WRITING, LOST)
		expect(await run(provisionGrant, access)).toContain('no clear answer')
		app.clock.advance(5 * SECOND)
		refuseGone(access)
		await end(access)
		expect(await run(removeGrant, access)).toContain('SubjectNotFound')
		expect(await stateOf(app, access)).toBe('removing')
		app.clock.advance(MINUTE)
		expect(await run(removeGrant, access)).toBeNull()
		expect(await stateOf(app, access)).toBe('ended')
	})

	test.each(['ResourceNotFound', 'RoleNotFound', 'InvalidScope'])(
		'goes on as long as it is listed, whatever is said to be gone: %s',
		async (code) => {
			const access = await start()
			expect(await drive(app, 'give', access)).toBe(true)
			app.clock.advance(6 * MINUTE)
			await end(access)
			const gone = through(() => ({ remove: () => Promise.resolve({ kind: 'refused', code, message: '' }) }))
			expect(await run(removeGrant, access)).toContain(code)
			expect([await stateOf(app, access), isHeld(access)]).toEqual(['removing', true])
			const listing = through((port) => ({
				read: async (target) => ({ ...(await port.read(target)), active: null, activeIsOurs: false }),
			}))
			expect(await run(removeGrant, access)).toBeNull()
			expect(await stateOf(app, access)).toBe('ended')
			listing()
			gone()
		},
	)
})

test('an assignment whose request is listed after it is not taken for somebody else’s', async () => {
	const access = await start()
	app.tenant.faults.next('POST', WRITING, LOST)
	await run(provisionGrant, access)
	app.clock.advance(10 * SECOND)
	const requests = through((port) => ({
		read: async (target) => {
			const { active, ...seen } = await port.read(target)
			return {
				...seen,
				assignRequest: null,
				activeIsOurs: false,
				active: active === null ? null : { ...active, grantIds: [] },
			}
		},
	}))
	expect(await run(provisionGrant, access)).toContain('not listed yet')
	expect(await stateOf(app, access)).toBe('provisioning')
	requests()
	expect(await drive(app, 'give', access)).toBe(true)
	expect([await stateOf(app, access), done('adminAssign')]).toEqual(['active', 1])
})

test('membership that the tenant does not list is taken away all the same', async () => {
	const access = await start(PLAIN)
	const listing = through(() => ({ read: () => Promise.resolve(NOTHING) }))
	expect(await run(provisionGrant, access)).toContain('has not listed')
	expect(isHeld(access)).toBe(true)
	app.clock.advance(5 * MINUTE)
	await end(access)
	expect(await run(removeGrant, access)).toBeNull()
	listing()
	expect(isHeld(access)).toBe(false)
})

describe('membership that somebody else gave while ours was only put off', () => {
	const putOff = async () => {
		const access = await start(PLAIN)
		app.tenant.faults.next('POST', WRITING, busy(1))
		await run(provisionGrant, access)
		app.tenant.groups.change(GROUP, access.principalId, true)
		app.clock.advance(10 * SECOND)
		return access
	}

	test('is held otherwise, and stays', async () => {
		const access = await putOff()
		expect(await run(provisionGrant, access)).toBeNull()
		const { state, context } = await rowOf(access)
		expect([state, context.failure, isHeld(access)]).toEqual(['failed', 'HELD_OTHERWISE', true])
	})

	test('stays when ours ends', async () => {
		const access = await putOff()
		await end(access)
		expect(await run(removeGrant, access)).toBeNull()
		expect([await stateOf(app, access), isHeld(access)]).toEqual(['ended', true])
		expect(await recorded(app, 'grant.ended')).toMatchObject([{ how: 'never_active' }])
	})
})

describe('sessions of an access whose removal is put off', () => {
	const putOff = async () => {
		const access = await start()
		expect(await drive(app, 'give', access)).toBe(true)
		await end(access)
		expect(await run(removeGrant, access)).toBeNull()
		expect(await stateOf(app, access)).toBe('postponed')
		return access
	}

	test('are said to have ended once Entra has ended them, and not before', async () => {
		const access = await putOff()
		expect(await pageSays(app, access, 'en')).toContain('are to be ended')
		app.clock.advance(SECOND)
		expect(await run(endSessions, access)).toBeNull()
		expect(await pageSays(app, access, 'en')).toContain('Entra has ended the sessions')
		expect(await pageSays(app, access, 'de')).toContain('Sitzungen hat Entra beendet')
	})

	test('that Entra does not end are told to whoever can mend it, until it does', async () => {
		const access = await putOff()
		app.tenant.grantOnly(['RoleAssignmentSchedule.ReadWrite.Directory', 'User.Read.All'])
		expect(await run(endSessions, access)).not.toBeNull()
		expect(await recorded(app, 'grant.held_up')).toEqual([])
		app.clock.advance(3 * MINUTE)
		expect(await run(endSessions, access)).not.toBeNull()
		expect(await recorded(app, 'grant.held_up')).toMatchObject([{ code: 'SESSIONS_NOT_ENDED' }])
		expect(await told(app, 'security-officer')).toContain('access_held_up SESSIONS_NOT_ENDED')
		expect(await pageSays(app, access, 'en')).toContain('User.RevokeSessions.All')
		app.tenant.grantOnly([
			'RoleAssignmentSchedule.ReadWrite.Directory',
			'User.Read.All',
			'User.RevokeSessions.All',
		])
		app.clock.advance(MINUTE)
		expect(await run(endSessions, access)).toBeNull()
		expect(await pageSays(app, access, 'en')).not.toContain('User.RevokeSessions.All')
	})
})
