import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { readBackGrant } from '#app/jobs/read-back.server.ts'
import { removeGrant } from '#app/jobs/remove-grant.server.ts'
import { isBefore } from '#app/sandbox/tenant/faults.ts'
import { endGrant } from '#app/services/access/end-access.server.ts'
import {
	busy,
	isEnded,
	KINDS,
	OF_CALLS,
	openStage,
	READING,
	STANDING,
	WRITING,
	type Access,
} from '#test/app/fault-matrix-stage.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

/**
 * Each fault of the tenant, before and after the effect, for giving and taking away, on each kind of place. Whatever goes
 * wrong: nothing is said to be ended while the tenant holds it, what is done is done once, and when the fault is over
 * everything comes to its end. That nothing is given that was not approved is `fault-matrix-approval.test.ts`.
 */

let app: TestApp
let stage: ReturnType<typeof openStage>

const GIVING = { job: provisionGrant, lane: 'grant' } as const
const TAKING = { job: removeGrant, lane: 'revoke' } as const
const ONCE = { given: 1, taken: 1 }

async function give(access: Access): Promise<void> {
	expect(await stage.drive(provisionGrant, access, { lane: 'grant' }), 'never came to an end').toBe(true)
	expect(await stage.stateOf(access.grantId)).toBe('active')
}
async function take(access: Access): Promise<void> {
	expect(await stage.drive(removeGrant, access, { lane: 'revoke' }), 'never came to an end').toBe(true)
	expect(isEnded(await stage.stateOf(access.grantId))).toBe(true)
	app.clock.advance(60_000)
	expect(stage.isHeld(access.principalId)).toBe(false)
}
const beginTaking = async ({ requestId }: Access) => {
	app.clock.advance(6 * 60_000)
	await endGrant(app.deps, app.actor('operator'), requestId)
}

describe.each(KINDS)('%s', (name, options) => {
	const isPlain = name === 'plain membership'
	beforeAll(async () => {
		app = await createTestApp({ ...options, timeoutMs: 200 })
		stage = openStage(app)
	}, 60_000)
	afterEach(() => stage.settle())
	afterAll(() => app.stop())

	test.each(OF_CALLS)('is given once where writing meets %s', async (_, fault) => {
		const access = await stage.approved()
		app.tenant.faults.next('POST', WRITING, fault)
		await give(access)
		// What came of a call that was not answered is read, and not found out by sending it once more.
		expect([stage.done().given, stage.asked().given]).toEqual([1, 1])
		await beginTaking(access)
		await take(access)
	})

	test.each(OF_CALLS)('is taken away once where writing meets %s', async (_, fault) => {
		const access = await stage.approved()
		await give(access)
		await beginTaking(access)
		app.tenant.faults.next(isPlain ? 'DELETE' : 'POST', WRITING, fault)
		await take(access)
		expect(stage.done()).toEqual(ONCE)
		// A membership ends by nothing else, so that it is taken out until the answer is clear.
		if (!isPlain) expect(stage.asked()).toEqual(ONCE)
	})

	// What a reading meets after its effect is what it meets before: it has none.
	test.each(OF_CALLS.filter(([, fault]) => isBefore(fault)))(
		'is given and taken away where reading meets %s, again and again',
		async (_, fault) => {
			const access = await stage.approved()
			app.tenant.faults.next('GET', READING, fault, 2)
			await give(access)
			await beginTaking(access)
			app.tenant.faults.next('GET', READING, fault, 2)
			await take(access)
			expect(stage.done()).toEqual(ONCE)
		},
	)

	test.each(STANDING)('is given once, and taken away once, where "%s" stands for a while', async (fault) => {
		const access = await stage.approved()
		for (const { job, lane } of [GIVING, TAKING]) {
			if (job === removeGrant) await beginTaking(access)
			app.tenant.switches.set(fault, true)
			await stage.drive(job, access, { lane, runs: 3 })
			app.tenant.switches.clear()
			await (job === provisionGrant ? give(access) : take(access))
		}
		expect(stage.done()).toEqual(ONCE)
	})

	test.each([0, 2])(
		'is not said to have ended while nobody knows what came of giving it, %i refusals after the intent, and the tenant lists late',
		async (refusals) => {
			const access = await stage.approved()
			app.tenant.switches.set('late', true)
			for (let refused = 0; refused < refusals; refused++) {
				app.tenant.faults.next('POST', WRITING, busy(429, 'before'))
				expect(await stage.wantsMore(provisionGrant, access.grantId, 'grant')).toBe(true)
				app.clock.advance(90_000)
			}
			app.tenant.faults.next('POST', WRITING, { kind: 'drop', when: 'after' })
			expect(await stage.wantsMore(provisionGrant, access.grantId, 'grant')).toBe(true)
			app.clock.advance(1000)
			expect(stage.isHeld(access.principalId), 'the tenant has given it').toBe(true)
			await endGrant(app.deps, app.actor('operator'), access.requestId)
			await stage.drive(removeGrant, access, { lane: 'revoke', runs: 4, stepMs: 1000 })
			app.clock.advance(6 * 60_000)
			await take(access)
		},
	)

	// A membership has no requests.
	if (!isPlain)
		test('is ours, and is taken away, when the tenant has purged its requests', async () => {
			const access = await stage.approved()
			await give(access)
			app.tenant.switches.set('requests-purged', true)
			app.clock.advance(6 * 60_000)
			expect(await readBackGrant(app.deps, access.grantId)).toBe(false)
			expect(await stage.stateOf(access.grantId)).toBe('active')
			await beginTaking(access)
			await take(access)
			app.tenant.switches.clear()
			expect(stage.done()).toEqual(ONCE)
		})
})
