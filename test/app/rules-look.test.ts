import { afterEach, expect, test } from 'vitest'
import { isAskedLookDue, reconcileRound } from '#app/jobs/reconcile-loop.server.ts'
import { PHISHING_RESISTANT_STRENGTH } from '#app/sandbox/tenant/conditional-access.ts'
import { lookNow } from '#app/services/findings/look-now.server.ts'
import { showFindings } from '#app/services/findings/show-findings.server.ts'
import { readLookTimes } from '#db/queries/look-asks.ts'
import { allFindings } from './findings-acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

/** When the rules of a tenant are read beside what it holds: its policies of Conditional Access and of roles. */

const HOUR = 3_600_000
const MINUTE = 60_000
const USER_ADMINISTRATOR = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const STRANGER = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01'
const POLICY = { id: 'aaaaaaaa-0000-4000-8000-000000000001', displayName: 'Keys for administrators' }
const THROTTLED = { kind: 'status', status: 429, when: 'before' } as const

let app: TestApp
afterEach(() => app.stop())

const officer = () => app.actor('security-officer')
const show = () => showFindings(app.deps, officer())
/** A look; gives what it asked of the tenant, by path. */
async function look(rulesMs = HOUR): Promise<string[]> {
	const begun = app.tenant.exchanges().length
	await reconcileRound(app.deps, rulesMs)
	return app.tenant
		.exchanges()
		.slice(begun)
		.map(({ path }) => path)
}
const RULES = /^\/v1\.0\/(identity\/conditionalAccess|policies)\//
const CONDITIONAL_ACCESS = /^\/v1\.0\/identity\/conditionalAccess\//
const readsRules = (paths: readonly string[]) => paths.some((path) => RULES.test(path))
async function start(): Promise<void> {
	app = await createTestApp()
	app.tenant.conditionalAccess.clear()
	strict()
}
const policy = (more: Partial<Parameters<TestApp['tenant']['conditionalAccess']['put']>[0]>) =>
	app.tenant.conditionalAccess.put({
		...POLICY,
		includeRoles: [USER_ADMINISTRATOR],
		strengthId: PHISHING_RESISTANT_STRENGTH,
		...more,
	})
const strict = () => policy({ state: 'enabled' })
const weak = () => policy({ state: 'disabled' })

test('a look at everything reads what it compares: rules, and neither users nor how anybody signs in', async () => {
	await start()
	app.tenant.assignBeside(STRANGER, USER_ADMINISTRATOR)
	const paths = await look()
	expect(readsRules(paths)).toBe(true)
	expect(paths.filter((path) => /\/authentication\/|\/\$batch$|\/v1\.0\/users/.test(path))).toEqual([])
	// One call of the scarce kind.
	expect(paths.filter((path) => CONDITIONAL_ACCESS.test(path))).toHaveLength(1)
	expect((await show()).lastEverything).not.toBeNull()
})

test('rules are read at their own interval, by one call about Conditional Access each time', async () => {
	await start()
	let scarce = 0
	let withRules = 0
	for (let minute = 0; minute < 150; minute += 5) {
		const paths = await look()
		scarce += paths.filter((path) => CONDITIONAL_ACCESS.test(path)).length
		withRules += readsRules(paths) ? 1 : 0
		app.clock.advance(5 * MINUTE)
	}
	// At the start, after one hour and after two.
	expect([withRules, scarce]).toEqual([3, 3])
	expect(readsRules(await look(24 * HOUR))).toBe(false)
	expect(readsRules(await look(MINUTE))).toBe(true)
})

test('a rule that became weaker is certain with the look after, and not only an hour later', async () => {
	await start()
	await look()
	weak()
	app.clock.advance(HOUR)
	await look()
	expect(await allFindings(app)).toMatchObject([{ state: 'seen', family: 'policy' }])
	app.clock.advance(3000)
	expect(readsRules(await look())).toBe(true)
	expect(await allFindings(app)).toMatchObject([{ state: 'alerted' }])
	app.clock.advance(MINUTE)
	expect(readsRules(await look())).toBe(false)
})

test('an officer who asks has everything read at once, and sees until then that it was asked for', async () => {
	await start()
	await look()
	app.clock.advance(10 * MINUTE)
	weak()
	await expect(lookNow(app.deps, app.actor('auditor'))).rejects.toMatchObject({ code: 'FORBIDDEN' })
	expect((await show()).lookAskedAt).toBeNull()
	await lookNow(app.deps, officer())
	expect((await show()).lookAskedAt).not.toBeNull()
	expect(isAskedLookDue(await readLookTimes(app.deps.database.db), app.clock.now())).toBe(true)
	app.clock.advance(1000)
	expect(readsRules(await look())).toBe(true)
	expect(await allFindings(app)).toMatchObject([{ family: 'policy' }])
	expect((await show()).lookAskedAt).toBeNull()
	expect(isAskedLookDue(await readLookTimes(app.deps.database.db), app.clock.now())).toBe(false)
})

test('rules that could not be read in passing are asked for with the next look, and said until then', async () => {
	await start()
	app.tenant.faults.next('GET', /conditionalAccess/, THROTTLED)
	await look()
	const unread = async () => (await show()).run?.unread.map(({ part, why }) => `${part} ${why}`)
	expect(await unread()).toEqual(['conditionalAccess throttled'])
	expect((await show()).lastEverything).toBeNull()
	app.clock.advance(MINUTE)
	expect(readsRules(await look())).toBe(true)
	expect(await unread()).toEqual([])
	expect((await show()).lastEverything).not.toBeNull()
})

test('rules that may not be read are not asked for at each look, and are said to be unread all the same', async () => {
	await start()
	app.tenant.grantOnly([
		'RoleManagement.Read.Directory',
		'RoleAssignmentSchedule.Read.Directory',
		'RoleEligibilitySchedule.Read.Directory',
	])
	expect(readsRules(await look())).toBe(true)
	app.clock.advance(MINUTE)
	expect(readsRules(await look())).toBe(false)
	const { run } = await show()
	expect(run?.what).toBe('privileges')
	expect(run?.unread).toContainEqual(expect.objectContaining({ part: 'conditionalAccess', why: 'forbidden' }))
})
