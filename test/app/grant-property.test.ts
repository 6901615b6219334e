import { eq } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { extendGrant } from '#app/jobs/extend-grant.server.ts'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { readBackGrant } from '#app/jobs/read-back.server.ts'
import { removeGrant } from '#app/jobs/remove-grant.server.ts'
import type { AssignOrder, GrantTarget } from '#app/integrations/grant-port.ts'
import { noteOf } from '#app/components/grant-notes.ts'
import { createText } from '#app/messages/create-text.ts'
import { askExtension } from '#app/services/access/ask-extension.server.ts'
import { endGrant } from '#app/services/access/end-access.server.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { showRequest } from '#app/services/access/show-request.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { formats } from '#app/utils/format.ts'
import { grants, requests, workflowEvents } from '#db/schema/index.ts'
import { isClosed } from '#workflows/grants/grant-states.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { approve, askForAccess, roleOf } from '#test/app/acts.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

const SEED = Number(process.env.FC_SEED ?? Date.now() & 0x7fffffff)
/** A few each time; more for whoever looks for something. */
const RUNS = Number(process.env.FC_RUNS ?? 6)
const MINUTE = 60_000
const WRITES = /roleAssignmentScheduleRequests/

let app: TestApp
beforeAll(async () => {
	app = await createTestApp()
})
afterAll(() => app?.stop())

class Crash extends Error {}

/** The worker dies at its n-th call of the tenant, just before it or just after the tenant has acted. */
function dyingDeps(n: number, when: 'before' | 'after'): Deps {
	let calls = 0
	const { grants: port } = app.deps
	const dying =
		<A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
		async (...args: A): Promise<R> => {
			const isLast = calls++ === n
			if (isLast && when === 'before') throw new Crash()
			const result = await call(...args)
			if (isLast) throw new Crash()
			return result
		}
	return {
		...app.deps,
		grants: {
			assign: dying((order: AssignOrder) => port.assign(order)),
			update: dying((order: AssignOrder) => port.update(order)),
			remove: dying((order: GrantTarget & { justification: string }) => port.remove(order)),
			read: dying((target: GrantTarget) => port.read(target)),
			cancel: dying((target: GrantTarget, requestId: string) => port.cancel(target, requestId)),
			revokeSessions: dying((principalId: string) => port.revokeSessions(principalId)),
			eligibilities: port.eligibilities,
			assignments: port.assignments,
			schedules: port.schedules,
			killSwitch: port.killSwitch,
		},
	}
}

type Step =
	| { do: 'work'; diesAt: number; when: 'before' | 'after' }
	| { do: 'wait'; minutes: number }
	| { do: 'answer'; status: number; when: 'before' | 'after' }
	| { do: 'extend' | 'approve' | 'end' | 'revoke' | 'meddle' | 'look' }

const step: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 5,
		arbitrary: fc.record({
			do: fc.constant('work' as const),
			// Most runs come to their end.
			diesAt: fc.oneof(fc.constant(99), fc.integer({ min: 0, max: 4 })),
			when: fc.constantFrom('before' as const, 'after' as const),
		}),
	},
	{
		weight: 3,
		arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.constantFrom(1, 6, 12) }),
	},
	{
		weight: 2,
		arbitrary: fc.record({
			do: fc.constant('answer' as const),
			status: fc.constantFrom(429, 500, 503),
			when: fc.constantFrom('before' as const, 'after' as const),
		}),
	},
	{
		weight: 4,
		arbitrary: fc.record({
			do: fc.constantFrom(
				'extend' as const,
				'approve' as const,
				'end' as const,
				'revoke' as const,
				'meddle' as const,
				'look' as const,
			),
		}),
	},
)

const db = () => app.deps.database.db
let requestId = ''
let extensionId: string | null = null

async function grant() {
	return (await db().select().from(grants).where(eq(grants.requestId, requestId)))[0]!
}

const JOBS = {
	planned: provisionGrant,
	provisioning: provisionGrant,
	extending: extendGrant,
	removing: removeGrant,
	notConfirmed: removeGrant,
} as const

async function perform(what: Step): Promise<void> {
	const { id, state, context } = await grant()
	switch (what.do) {
		case 'work': {
			const job = JOBS[state as keyof typeof JOBS] as (typeof JOBS)[keyof typeof JOBS] | undefined
			await job?.(dyingDeps(what.diesAt, what.when), id)
			return
		}
		case 'wait':
			app.clock.advance(what.minutes * MINUTE)
			return
		case 'answer':
			return app.tenant.faults.next('POST', WRITES, { kind: 'status', status: what.status, when: what.when })
		case 'extend':
			extensionId = await askExtension(app.deps, app.actor('operator'), requestId, {
				reason: 'More than was thought',
				ticket: 'CHG-77124',
				durationSeconds: 900,
			})
			return
		case 'approve':
			if (extensionId === null) return
			await approve(app, extensionId, app.actor('duty-officer'))
			await approve(app, extensionId, app.actor('data-owner'))
			return
		case 'end':
			return endGrant(app.deps, app.actor('operator'), requestId)
		case 'revoke':
			return endGrant(app.deps, app.actor('security-officer'), requestId)
		case 'meddle':
			app.tenant.changeBeside(context.principalId, roleOf(context.place), {
				endAt: app.clock.now().getTime() + 600 * MINUTE,
			})
			return
		case 'look':
			await readBackGrant(app.deps, id)
	}
}

const words = { t: createText('en'), format: formats('en', 'UTC') }

async function check(): Promise<void> {
	const { id, state, context } = await grant()
	const ours = app.tenant
		.requests()
		.filter(({ ticketInfo }) => (ticketInfo as { ticketNumber: string }).ticketNumber === id)
	// Every command acted on once in effect: one assignment, however often it was tried.
	expect(ours.filter(({ action }) => action === 'adminAssign').length).toBeLessThanOrEqual(1)
	const held = app.tenant.instances().filter((row) => row.principalId === context.principalId)
	if (isClosed(state)) expect(held).toEqual([])
	if (state === 'active') {
		const events = await db().select().from(workflowEvents).where(eq(workflowEvents.workflowId, id))
		expect(events.some(({ event }) => event.type === 'CONFIRMED')).toBe(true)
		expect(context.startsAt).not.toBeNull()
	}
	const { grant: view } = await showRequest(app.deps, app.actor('operator'), requestId)
	expect(view && noteOf(view, words)).toMatch(/^[A-Z].*\.$/)
}

test(
	'whatever the clock, the worker and the tenant do, an access is what is said of it',
	async () => {
		console.log(`fast-check seed ${SEED}; FC_SEED repeats it, FC_RUNS makes more`)
		await fc.assert(
			fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 14 }), async (steps) => {
				requestId = await askForAccess(app)
				extensionId = null
				await approve(app, requestId, app.actor('duty-officer'))
				await approve(app, requestId, app.actor('data-owner'))
				for (const each of steps) {
					try {
						await perform(each)
					} catch (error) {
						// What a rule refuses, a worker that dies, and a job that is to run again are part of what happens.
						if (!isDomainError(error) && !(error instanceof Crash) && !isExpected(error)) throw error
					}
					await fireDueTimers(app.deps)
					await check()
				}
				await bringToAnEnd()
			}),
			{ numRuns: RUNS, seed: SEED },
		)
	},
	Math.max(240_000, RUNS * 20_000),
)

const isExpected = (error: unknown) =>
	error instanceof Error && ['TryAgain', 'GrantPortUnavailable'].includes(error.name)

/** Nothing goes wrong any more: it must come to an end by itself. */
async function bringToAnEnd(): Promise<void> {
	app.tenant.faults.clear()
	for (let round = 0; round < 40; round++) {
		const { state } = await grant()
		if (isClosed(state)) break
		await perform({ do: 'work', diesAt: 99, when: 'before' }).catch((error: unknown) => {
			if (!isDomainError(error) && !isExpected(error)) throw error
		})
		app.clock.advance(6 * MINUTE)
		await fireDueTimers(app.deps)
		await check()
	}
	expect(isClosed((await grant()).state)).toBe(true)
	app.clock.advance(2 * 60 * MINUTE)
	await fireDueTimers(app.deps)
	const open = await db().select().from(requests).where(eq(requests.state, 'pending'))
	expect(open).toEqual([])
}
