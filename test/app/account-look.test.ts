import { afterEach, describe, expect, test } from 'vitest'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { approvedFor, drive, pageSays, recorded, stateOf, told, type Access } from '#test/app/bad-input.ts'
import { isHeldBy, rowOf, runOnce } from '#test/app/life-acts.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

/** Whoever is disabled in Entra is given nothing, whatever a charter says, and however long an access waits to be sent. */

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const USER = /\/users\/[^/]+$/
const SENDING = /Requests$/
const BUSY = { kind: 'status', status: 503, when: 'before' } as const
const SLOW = { kind: 'status', status: 429, when: 'before', headers: { 'retry-after': '1' } } as const

let app: TestApp
afterEach(() => app.stop())

/** The charter says nothing of what Entra must show: it warns. */
async function start(): Promise<Access> {
	app = await createTestApp({ timeoutMs: 2000 })
	return approvedFor(app, 'operator', 'user-administrator')
}
const disable = ({ principalId }: Access) => app.tenant.users.put(principalId, { accountEnabled: false })
const failureOf = async (access: Access) => (await rowOf(app, access)).context.failure

describe('an account that cannot be read', () => {
	test('for a moment is waited for, and refused when it turns out to be disabled', async () => {
		const access = await start()
		disable(access)
		app.tenant.faults.next('GET', USER, BUSY)
		expect(await runOnce(app, provisionGrant, access)).toContain('cannot be read just now')
		expect(await stateOf(app, access)).toBe('planned')
		expect(await runOnce(app, provisionGrant, access)).toBeNull()
		expect([await failureOf(access), isHeldBy(app, access)]).toEqual(['ACCOUNT_DISABLED', false])
	})

	test('for longer is told, and given its access once it can', async () => {
		const access = await start()
		app.tenant.faults.next('GET', USER, BUSY, 2)
		expect(await drive(app, 'give', access, { runs: 1 })).toBe(false)
		app.clock.advance(3 * MINUTE)
		expect(await drive(app, 'give', access, { runs: 1 })).toBe(false)
		expect(await told(app, 'operator')).toContain('access_held_up ACCOUNT_UNKNOWN')
		expect(await pageSays(app, access, 'en')).toMatch(/Nothing was sent.*account is there and enabled/)
		expect(await drive(app, 'give', access)).toBe(true)
		expect(await rowOf(app, access)).toMatchObject({ state: 'active' })
		expect((await rowOf(app, access)).context.warned).not.toContain('ACCOUNT_UNKNOWN')
	})

	test('for eight hours is not given it', async () => {
		const access = await start()
		app.tenant.faults.next('GET', USER, BUSY, 99)
		expect(await drive(app, 'give', access, { runs: 1 })).toBe(false)
		app.clock.advance(8 * HOUR)
		expect(await drive(app, 'give', access, { runs: 1 })).toBe(true)
		expect([await stateOf(app, access), await failureOf(access)]).toEqual(['failed', 'ACCOUNT_UNKNOWN'])
		expect(app.tenant.requests()).toEqual([])
	})

	test('because nobody may is no reason to wait: the record says that it was given without', async () => {
		const access = await start()
		app.tenant.grantOnly(['RoleAssignmentSchedule.ReadWrite.Directory'])
		expect(await drive(app, 'give', access)).toBe(true)
		const { state, context } = await rowOf(app, access)
		expect([state, context.warned.includes('ACCOUNT_UNKNOWN')]).toEqual(['active', true])
	})
})

describe('an account that was disabled since it was looked at', () => {
	test('is not given what was put off meanwhile', async () => {
		const access = await start()
		app.tenant.faults.next('POST', SENDING, SLOW)
		expect(await runOnce(app, provisionGrant, access)).toContain('TooManyRequests')
		disable(access)
		app.clock.advance(20 * MINUTE)
		expect(await runOnce(app, provisionGrant, access)).toBeNull()
		expect([await stateOf(app, access), isHeldBy(app, access)]).toEqual(['failed', false])
		expect(await recorded(app, 'grant.failed')).toMatchObject([{ code: 'ACCOUNT_DISABLED' }])
		expect(app.tenant.requests()).toEqual([])
	})

	test('is not given it either while that cannot be read', async () => {
		const access = await start()
		app.tenant.faults.next('POST', SENDING, SLOW)
		await runOnce(app, provisionGrant, access)
		disable(access)
		app.clock.advance(5 * MINUTE)
		app.tenant.faults.next('GET', USER, BUSY)
		expect(await runOnce(app, provisionGrant, access)).toContain('cannot be read just now')
		expect([await stateOf(app, access), isHeldBy(app, access)]).toEqual(['provisioning', false])
	})

	test('has not failed while what was sent before may have had its effect', async () => {
		const access = await start()
		app.tenant.faults.next('POST', SENDING, SLOW)
		await runOnce(app, provisionGrant, access)
		app.clock.advance(5 * MINUTE)
		app.tenant.faults.next('POST', SENDING, { kind: 'drop', when: 'before' })
		expect(await runOnce(app, provisionGrant, access)).toContain('no clear answer')
		disable(access)
		expect(await runOnce(app, provisionGrant, access)).toContain('may have had its effect')
		app.clock.advance(MINUTE)
		expect(await runOnce(app, provisionGrant, access)).toBeNull()
		expect([await failureOf(access), isHeldBy(app, access)]).toEqual(['ACCOUNT_DISABLED', false])
	})

	test('is not looked at a second time where nothing was put off', async () => {
		const access = await start()
		app.tenant.faults.next('POST', SENDING, SLOW)
		await runOnce(app, provisionGrant, access)
		const asked = () => app.tenant.exchanges().filter(({ path }) => USER.test(path)).length
		const before = asked()
		app.clock.advance(2000)
		expect(await drive(app, 'give', access)).toBe(true)
		expect([await stateOf(app, access), asked()]).toEqual(['active', before])
	})
})
