import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { withJobLock } from '#app/jobs/job-lock.server.ts'
import { openQueue } from '#app/jobs/queue.server.ts'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { endGrant } from '#app/services/access/end-access.server.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { targetLock } from '#app/services/access/shared-target.server.ts'
import { GrantPortUnavailable, type GrantPort } from '#app/integrations/grant-port.ts'
import { findGrant } from '#db/queries/requests.ts'
import { grants } from '#db/schema/index.ts'
import type { OutwardCommand } from '#workflows/shared/commands.ts'
import { approvedAccess } from './acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

/* However often something is asked for, one job waits for it; and whatever is asked for is done after it was asked. */

const MINUTE = 60_000

let app: TestApp
let queue: Awaited<ReturnType<typeof openQueue>>
beforeEach(async () => {
	app = await createTestApp()
	queue = await openQueue(app.target, () => undefined)
	Object.assign(app.deps, { enqueue: queue.enqueue })
})
afterEach(async () => {
	await queue.stop()
	await app.stop()
})

const ask = (...commands: OutwardCommand[]) => app.deps.database.withTx((tx) => queue.enqueue(tx, commands))
/** Jobs by what they are and where they stand; `created` and `retry` wait. */
const jobs = async () => {
	const { rows } = await app.owner.pool.query<{ job: string; n: number }>(
		`select name || ' ' || state as job, count(*)::int as n from pgboss.job
		where name like '%.%' and data ? 'grantId' group by 1 order by 1`,
	)
	return Object.fromEntries(rows.map(({ job, n }) => [job, n]))
}
const forget = () => app.owner.pool.query('delete from pgboss.job')

/** An access that was active and is to end; nothing performs its jobs. */
async function ending(): Promise<string> {
	const requestId = await approvedAccess(app)
	const [grant] = await app.deps.database.db.select().from(grants)
	const grantId = grant?.id ?? ''
	await provisionGrant(app.deps, grantId)
	app.clock.advance(6 * MINUTE)
	await forget()
	await endGrant(app.deps, app.actor('operator'), requestId)
	return grantId
}

/** What is asked of the tenant about sessions waits until it is let go, one after the other. */
function holdSessions() {
	const held: (() => void)[] = []
	let begun = 0
	const revokeSessions: GrantPort['revokeSessions'] = () => {
		begun += 1
		return new Promise((go) => held.push(go))
	}
	Object.assign(app.deps, { grants: { ...app.deps.grants, revokeSessions } })
	return { begun: () => begun, letGo: () => held.shift()?.() }
}

test('an hour of an access that the tenant does not let go of leaves one job of each kind', async () => {
	await ending()
	for (let minute = 0; minute < 70; minute++) {
		app.clock.advance(MINUTE)
		await fireDueTimers(app.deps)
	}
	const [grant] = await app.deps.database.db.select().from(grants)
	expect(grant?.state).toBe('notConfirmed')
	expect(await jobs()).toEqual({ 'grant.remove created': 1, 'grant.end_sessions created': 1 })
})

test('what is asked for while it is being done is done once more, and few jobs wait for it', async () => {
	const grantId = await ending()
	await forget()
	const sessions = holdSessions()
	const command = { type: 'grant.end_sessions', grantId } as const
	await ask(command)
	await queue.work(app.deps)
	await vi.waitFor(() => expect(sessions.begun()).toBe(1), 10_000)
	for (let n = 0; n < 10; n++) await ask(command, command)
	const { 'grant.end_sessions created': created = 0, 'grant.end_sessions active': active = 0 } = await jobs()
	expect(created + active).toBeLessThanOrEqual(5)
	expect(sessions.begun()).toBe(1)
	await vi.waitFor(async () => {
		sessions.letGo()
		expect(Object.keys(await jobs())).toEqual(['grant.end_sessions completed'])
	}, 20_000)
	expect(sessions.begun()).toBeGreaterThanOrEqual(2)
})

test('a job that others rely on is not begun before what they did can be seen', async () => {
	const grantId = await ending()
	await forget()
	const sessions = holdSessions()
	const command = { type: 'grant.end_sessions', grantId } as const
	await ask(command)
	let seen = 0
	await app.deps.database.withTx(async (tx) => {
		await queue.enqueue(tx, [command])
		await queue.work(app.deps)
		await new Promise((done) => setTimeout(done, 1500))
		seen = sessions.begun()
	})
	expect(seen).toBe(0)
	await vi.waitFor(() => expect(sessions.begun()).toBe(1), 10_000)
	expect(await jobs()).toEqual({ 'grant.end_sessions active': 1 })
	sessions.letGo()
})

test('what is taken back leaves the job that waited, and what was to run later runs at once when it is asked for again', async () => {
	const grantId = await ending()
	await forget()
	const command = { type: 'grant.end_sessions', grantId } as const
	let calls = 0
	const revokeSessions = () => {
		calls += 1
		return Promise.reject(new GrantPortUnavailable('busy', 3_600_000, { code: 'TooManyRequests' }))
	}
	Object.assign(app.deps, { grants: { ...app.deps.grants, revokeSessions } })
	await ask(command)
	await queue.work(app.deps)
	const waiting = async () => (await jobs())['grant.end_sessions created']
	await vi.waitFor(async () => expect([calls, await waiting()]).toEqual([1, 1]), 10_000)
	await expect(
		app.deps.database.withTx(async (tx) => {
			await queue.enqueue(tx, [command])
			throw new Error('taken back')
		}),
	).rejects.toThrow('taken back')
	expect([calls, await waiting()]).toEqual([1, 1])
	await ask(command)
	await vi.waitFor(() => expect(calls).toBe(2), 10_000)
})

test('a job that fails leaves what it is about to one that waits', async () => {
	const grantId = await ending()
	await forget()
	const command = { type: 'grant.end_sessions', grantId } as const
	const failing: (() => void)[] = []
	let calls = 0
	const revokeSessions = () => {
		calls += 1
		return new Promise<void>((_, fail) => failing.push(() => fail(new GrantPortUnavailable('no answer'))))
	}
	Object.assign(app.deps, { grants: { ...app.deps.grants, revokeSessions } })
	await ask(command)
	await queue.work(app.deps)
	await vi.waitFor(() => expect(calls).toBe(1), 10_000)
	await ask(command)
	failing.shift()?.()
	await vi.waitFor(() => expect(calls).toBe(2), 10_000)
	const { 'grant.end_sessions retry': retry = 0, 'grant.end_sessions created': created = 0 } = await jobs()
	expect(retry + created).toBeLessThanOrEqual(1)
	failing.shift()?.()
})

test('sessions are ended while somebody else is at work on the place of the access', async () => {
	const grantId = await ending()
	await forget()
	const sessions = holdSessions()
	const lock = targetLock(await findGrant(app.deps.database.db, grantId))
	await withJobLock(app.deps.database, lock, async () => {
		await ask({ type: 'grant.end_sessions', grantId })
		await queue.work(app.deps)
		await vi.waitFor(() => expect(sessions.begun()).toBe(1), 10_000)
	})
	sessions.letGo()
})
