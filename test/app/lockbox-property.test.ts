import fc from 'fast-check'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LockboxPort } from '#app/integrations/lockbox-port.ts'
import { followLockbox } from '#app/jobs/follow-lockbox.server.ts'
import { TryAgain } from '#app/jobs/try-again.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { prepareLockbox, signLockbox } from '#app/services/lockbox/decide-lockbox.server.ts'
import { pollProviders } from '#app/services/lockbox/poll-providers.server.ts'
import { lockboxRequests } from '#db/schema/index.ts'
import { eventsOf } from '#db/queries/workflow-rows.ts'
import { isOpenLockbox } from '#workflows/lockbox/lockbox-context.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { insertBoundary } from '#test/factories/lockbox.ts'
import { createTestApp, type TestApp } from './test-app.ts'

const MINUTE = 60_000
let app: TestApp
beforeAll(async () => {
	app = await createTestApp()
	await insertBoundary(app.deps, app.actor('security-officer').personId)
})
afterAll(() => app.stop())

type Step =
	| { do: 'poll' | 'follow' | 'timers' }
	| { do: 'decide'; who: string; verdict: 'approve' | 'deny' }
	| { do: 'wait'; minutes: number }
	/** The worker dies while it follows: before it reads, before its answer leaves, or after it had its effect. */
	| { do: 'crash'; when: 'read' | 'before' | 'after' }
	| { do: 'fault'; kind: 'lost' | 'late' | 500 | 409 | 410 }
	/** Somebody acts at the provider. */
	| { do: 'beside'; status: 'Approved' | 'Denied' | 'Expired' }

const step: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.constantFrom<Step>({ do: 'follow' }, { do: 'follow' }, { do: 'poll' }, { do: 'timers' }),
	},
	{
		weight: 5,
		arbitrary: fc.record({
			do: fc.constant('decide' as const),
			who: fc.constantFrom('duty-officer', 'data-owner', 'double-approver', 'auditor'),
			verdict: fc.constantFrom('approve' as const, 'approve' as const, 'approve' as const, 'deny' as const),
		}),
	},
	{
		weight: 2,
		arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.constantFrom(1, 5, 60, 300, 3000) }),
	},
	{
		weight: 2,
		arbitrary: fc.record({
			do: fc.constant('crash' as const),
			when: fc.constantFrom('read' as const, 'before' as const, 'after' as const),
		}),
	},
	{
		weight: 2,
		arbitrary: fc.record({
			do: fc.constant('fault' as const),
			kind: fc.constantFrom('lost' as const, 'late' as const, 500 as const, 409 as const, 410 as const),
		}),
	},
	{
		weight: 1,
		arbitrary: fc.record({
			do: fc.constant('beside' as const),
			status: fc.constantFrom('Approved' as const, 'Denied' as const, 'Expired' as const),
		}),
	},
)

/** The job as the queue runs it, once; what it may throw is what brings it back. */
async function follow(requestId: string, port?: LockboxPort): Promise<void> {
	const deps = port ? { ...app.deps, lockbox: { ...app.deps.lockbox, azure: port } } : app.deps
	try {
		await followLockbox(deps, requestId)
	} catch (error) {
		if (!(error instanceof TryAgain) && (error as Error).message !== 'killed') throw error
	}
}

const rowOf = async (id: string) => {
	const [row] = await app.deps.database.db.select().from(lockboxRequests).where(eq(lockboxRequests.id, id))
	if (!row) throw new Error('The request is gone.')
	return row
}

async function perform(each: Step, id: string, number: string): Promise<void> {
	const { azure } = app.deps.lockbox
	if (azure === null) throw new Error('The sandbox has an interface.')
	switch (each.do) {
		case 'poll':
			await pollProviders(app.deps)
			return
		case 'follow':
			return follow(id)
		case 'timers':
			await fireDueTimers(app.deps)
			return
		case 'wait':
			app.clock.advance(each.minutes * MINUTE)
			return
		case 'decide': {
			const by = app.actor(each.who)
			try {
				const form = { requestId: id, verdict: each.verdict, reason: 'Not needed for this' }
				const { challengeId } = await prepareLockbox(app.deps, by, form)
				await signLockbox(app.deps, by, { requestId: id, challengeId, response: app.answerOf(by) })
			} catch (error) {
				if (!isDomainError(error)) throw error
			}
			return
		}
		case 'crash': {
			const die = () => Promise.reject(new Error('killed'))
			return follow(id, {
				list: (scope) => azure.list(scope),
				read: (...order) => (each.when === 'read' ? die() : azure.read(...order)),
				answer: async (...order) => {
					if (each.when === 'after') await azure.answer(...order)
					return die()
				},
			})
		}
		case 'fault': {
			const when = each.kind === 'late' ? ('after' as const) : ('before' as const)
			app.arm.faults.next(
				'POST',
				new RegExp(`${number}/updateApproval$`),
				typeof each.kind === 'number' ? { kind: 'status', status: each.kind, when } : { kind: 'drop', when },
			)
			return
		}
		case 'beside':
			if (app.arm.request(number).status === 'Pending') app.arm.set(number, each.status)
	}
}

test('property: whatever is read, decided, lost, killed and done beside us in whatever order, one answer has effect, and only after the whole quorum', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
			app.arm.faults.clear()
			const number = app.arm.ask({ duration: '2' })
			await pollProviders(app.deps)
			const [found] = await app.deps.database.db
				.select()
				.from(lockboxRequests)
				.where(eq(lockboxRequests.providerRequestId, number))
			const id = found?.id ?? ''
			const beside: string[] = []
			for (const each of steps) {
				if (each.do === 'beside' && app.arm.request(number).status === 'Pending') beside.push(each.status)
				await perform(each, id, number)
			}
			// Then everything goes its way: the provider answers, deadlines fire, the worker looks.
			app.arm.faults.clear()
			for (let round = 0; round < 12 && isOpenLockbox((await rowOf(id)).state); round++) {
				await fireDueTimers(app.deps)
				await follow(id)
				await pollProviders(app.deps)
				app.clock.advance([1, 6, 300, 3000][round % 4]! * MINUTE)
			}
			const { state, context } = await rowOf(id)
			const answers = app.arm.answers().filter(({ requestId }) => requestId === number)
			const approvals = context.decisions.filter(({ verdict }) => verdict === 'approve')
			const isWhole = [0, 1].every((stage) => approvals.some((given) => given.stage === stage))
			const isDenied = context.decisions.some(({ verdict }) => verdict === 'deny')

			// It came to an end, and one answer at most had an effect there.
			expect(isOpenLockbox(state), state).toBe(false)
			expect(answers.length).toBeLessThanOrEqual(1)
			// No yes without every stage, by different people, each in time; none after a denial.
			if (answers.some(({ status }) => status === 'Approve')) {
				expect(isWhole).toBe(true)
				expect(isDenied).toBe(false)
			}
			const people = context.decisions.map(({ approverId }) => approverId)
			expect(new Set(people).size).toBe(people.length)
			for (const { at } of context.decisions) expect(at < context.deadline).toBe(true)
			// What was opened beside us is never called ours; what we opened is never called anybody else's.
			if (state === 'accessEnded' && !context.isOutOfBand) expect(isWhole).toBe(true)
			if (answers.some(({ status }) => status === 'Approve')) expect(context.isOutOfBand).toBe(false)
			if (beside.includes('Approved') && answers.length === 0 && !isWhole)
				expect(context.isOutOfBand).toBe(true)
			// Every step has its entry, and the end is told by the last of them.
			const events = await eventsOf(app.deps.database.db, [id])
			expect(events.at(-1)?.state).toBe(state)
			expect(events.every(({ entryId }) => entryId !== '')).toBe(true)
			expect(context.closedAt).not.toBeNull()
		}),
		{ numRuns: 12 },
	)
}, 240_000)
