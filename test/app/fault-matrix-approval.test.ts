import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readBackGrants } from '#app/jobs/read-back.server.ts'
import { reconcileRound } from '#app/jobs/reconcile-loop.server.ts'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { removeGrant } from '#app/jobs/remove-grant.server.ts'
import { decideRequest, prepareDecision } from '#app/services/access/decide-request.server.ts'
import { withdrawRequest } from '#app/services/access/end-access.server.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { findRequest } from '#db/queries/requests.ts'
import { grants } from '#db/schema/index.ts'
import type { OutwardCommand } from '#workflows/shared/commands.ts'
import { approve, askForAccess } from '#test/app/acts.ts'
import { KINDS, OF_CALLS, openStage, STANDING, WRITING } from '#test/app/fault-matrix-stage.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

/**
 * Nothing is given before it is approved, nor what is denied, taken back or not decided in time: whatever the tenant does,
 * and however often the jobs run meanwhile. The tenant's own log of calls is the witness.
 */

const HOUR = 3_600_000
/** Filed, half approved, and then each of the ends that are none of an approval. */
const ENDS = ['denied', 'withdrawn', 'timed out'] as const

let app: TestApp
let stage: ReturnType<typeof openStage>
let commands: OutwardCommand[]

async function open(options: Parameters<typeof createTestApp>[0]): Promise<void> {
	app = await createTestApp({ ...options, timeoutMs: 30 })
	stage = openStage(app)
	commands = []
	app.deps.enqueue = (_, more) => {
		commands.push(...more)
		return Promise.resolve()
	}
}

/** Calls that would give or take, also those that met a fault before the tenant looked at them. */
const writes = () =>
	[...app.tenant.exchanges(), ...app.tenant.faults.met()].filter(
		({ method, path }) => method !== 'GET' && WRITING.test(path),
	)

/** All that the worker does: deadlines, what was queued, a look at the tenant, and reading back; whatever fails runs again. */
async function work(): Promise<void> {
	await fireDueTimers(app.deps)
	const rows = await app.deps.database.db.select().from(grants)
	for (const { id } of rows) {
		await stage.wantsMore(provisionGrant, id, 'grant')
		await stage.wantsMore(removeGrant, id, 'revoke')
	}
	// Who waits for the tenant's leave waits by this clock.
	const ticking = setInterval(() => app.clock.advance(200), 10)
	await Promise.allSettled([reconcileRound(app.deps), readBackGrants(app.deps)])
	clearInterval(ticking)
	app.clock.advance(3000)
}

async function end(requestId: string, how: (typeof ENDS)[number]): Promise<void> {
	const owner = app.actor('data-owner')
	if (how === 'withdrawn') return withdrawRequest(app.deps, app.actor('operator'), requestId)
	if (how === 'timed out') return app.clock.advance(9 * HOUR)
	const { challengeId } = await prepareDecision(app.deps, owner, {
		requestId,
		verdict: 'deny',
		reason: 'Not tonight',
	})
	await decideRequest(app.deps, owner, { requestId, challengeId, response: app.answerOf(owner) })
}

const CELLS: readonly (readonly [string, (app: TestApp) => void])[] = [
	...OF_CALLS.map(
		([name, fault]) =>
			[
				name,
				({ tenant }: TestApp) => {
					for (const method of ['GET', 'POST', 'DELETE']) tenant.faults.next(method, /./, fault, 1000)
				},
			] as const,
	),
	...STANDING.map((name) => [name, ({ tenant }: TestApp) => tenant.switches.set(name, true)] as const),
]

/** The worker works once in each of the faults, and nothing is asked of the tenant that would give or take. */
async function workInAllFaults(): Promise<void> {
	for (const [name, spoil] of CELLS) {
		spoil(app)
		await work()
		expect(writes(), name).toEqual([])
		expect(
			commands.filter(({ type }) => type.startsWith('grant.')),
			name,
		).toEqual([])
		stage.settle()
	}
}

describe.each(KINDS)('%s', (_, options) => {
	beforeAll(() => open(options), 60_000)
	afterAll(() => app.stop())

	test.each(ENDS)(
		'is not given before it is approved, nor when it is %s, whatever every call meets',
		async (how) => {
			const requestId = await askForAccess(app)
			// Until its end it is the same, whatever its end will be.
			const before = how === 'denied' ? workInAllFaults : work
			await before()
			await approve(app, requestId, app.actor('duty-officer'))
			await before()
			await end(requestId, how)
			await workInAllFaults()
			const { state } = await findRequest(app.deps.database.db, requestId)
			expect(state).toBe({ denied: 'denied', withdrawn: 'withdrawn', 'timed out': 'timedOut' }[how])
		},
	)

	test('is given once it is approved, which the same witness tells', async () => {
		commands = []
		await stage.approved()
		expect(writes()).toEqual([])
		app.tenant.faults.next('POST', WRITING, { kind: 'drop', when: 'before' })
		await work()
		expect(commands.map(({ type }) => type)).toContain('grant.provision')
		expect(writes().length).toBeGreaterThanOrEqual(1)
	})
})
