import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Lane } from '#app/integrations/graph/buckets.ts'
import { budgetsFor, type Family } from '#app/integrations/graph/families.ts'
import {
	MOST_AT_ONCE,
	NotSent,
	openLanes,
	REAL_TIME,
	retryAfterOf,
	type Call,
} from '#app/integrations/graph/lanes.server.ts'
import { impatiently, inLane, whileWanted } from '#app/integrations/graph/urgency.server.ts'

/** Whose turn it is. */

beforeEach(() => void vi.useFakeTimers({ now: 1_790_000_000_000 }))
afterEach(() => void vi.useRealTimers())

const answer = (status = 200, headers: Record<string, string> = {}) => ({
	status,
	headers: new Headers(headers),
	body: '',
})

function open(pimCallsPerSecond = 10) {
	const lanes = openLanes(budgetsFor(pimCallsPerSecond), {
		...REAL_TIME,
		milliseconds: () => Date.now(),
		random: () => 0.5,
	})
	const sent: { name: string; at: number }[] = []
	const begun = Date.now()
	/** A call that is answered after `ms`, or never. */
	const call = (
		name: string,
		lane: Lane,
		{
			ms = 10,
			method = 'GET',
			family = 'pim-roles',
			cost = 1,
			reply = answer(),
			since = null,
		}: Partial<Call & { ms: number; reply: ReturnType<typeof answer>; since: number | null }> = {},
	) =>
		inLane(
			lane,
			() =>
				lanes.run({ method, family, cost }, async () => {
					sent.push({ name, at: Date.now() - begun })
					await new Promise((done) => setTimeout(done, ms))
					return reply
				}),
			since,
		)
	return { lanes, sent, call, names: () => sent.map(({ name }) => name) }
}
const settle = async (calls: readonly Promise<unknown>[], ms = 600_000) => {
	const all = Promise.allSettled(calls)
	await vi.advanceTimersByTimeAsync(ms)
	return all
}

test('what is more urgent goes first, however late it came', async () => {
	const { call, names } = open(1)
	await settle(
		Array.from({ length: 8 }, (_, n) => call(`first ${n}`, 'revoke')),
		100,
	)
	const lanes: Lane[] = ['sync', 'read-back', 'grant', 'sessions', 'revoke']
	await settle(lanes.map((lane) => call(lane, lane)))
	expect(names().slice(8)).toEqual(['revoke', 'sessions', 'grant', 'read-back', 'sync'])
})

test('a thousand readings that hang leave a connection and a share for a removal, which is sent at once', async () => {
	const { call, sent } = open()
	const hung = (family: Family) =>
		Array.from({ length: 500 }, (_, n) => call(`sync ${n}`, 'sync', { ms: 1e9, family }))
	void Promise.allSettled([...hung('directory'), ...hung('pim-roles')])
	await vi.advanceTimersByTimeAsync(20_000)
	expect(sent.length).toBeLessThan(MOST_AT_ONCE)
	void call('removal', 'revoke', { method: 'POST' })
	await vi.advanceTimersByTimeAsync(0)
	expect(sent.at(-1)).toMatchObject({ name: 'removal', at: 20_000 })
})

test('readings of removals that hang hold no removal back, however long they have waited', async () => {
	const { call, sent } = open()
	void Promise.allSettled(
		Array.from({ length: 60 }, (_, n) => call(`confirm ${n}`, 'confirm', { ms: 20_000 })),
	)
	await vi.advanceTimersByTimeAsync(16_000)
	void call('removal', 'revoke', { method: 'POST' })
	await vi.advanceTimersByTimeAsync(0)
	expect(sent.at(-1)).toEqual({ name: 'removal', at: 16_000 })
})

test('removals are sent at the rate of the budget', async () => {
	const { call, sent } = open(10)
	await settle(Array.from({ length: 130 }, (_, n) => call(`${n}`, 'revoke', { method: 'POST' })))
	expect(sent).toHaveLength(130)
	// Thirty that were saved up, and ten a second from then on.
	expect(sent.at(-1)?.at).toBeGreaterThanOrEqual(9_900)
	expect(sent.at(-1)?.at).toBeLessThanOrEqual(10_200)
	expect(sent.map(({ name }) => Number(name))).toEqual(Array.from({ length: 130 }, (_, n) => n))
})

test('a reading of what came of removals lets those that wait go first, and is not put off for ever', async () => {
	const { call, sent } = open(10)
	const removals = Array.from({ length: 200 }, (_, n) => call(`${n}`, 'revoke', { method: 'POST' }))
	await settle([...removals, call('confirm', 'confirm'), call('sync', 'sync')])
	const at = sent.find(({ name }) => name === 'confirm')?.at
	expect(at).toBeGreaterThanOrEqual(15_000)
	expect(at).toBeLessThan(15_200)
	expect(sent.at(-1)?.name).toBe('sync')
})

describe('a tenant that wants nothing for a while', () => {
	test('is waited for where that is short', async () => {
		const { call, sent } = open()
		await settle([call('first', 'grant', { reply: answer(429, { 'retry-after': '2' }) })], 10)
		await settle([call('second', 'grant')])
		expect(sent.map(({ at }) => at)).toEqual([0, 2010])
	})

	test('is told of at once where it is long, with the time that is left, and nothing is sent', async () => {
		const { call, sent } = open()
		await settle([call('first', 'grant', { reply: answer(429, { 'retry-after': '60' }) })], 10)
		const [second] = await settle([call('second', 'revoke')], 10)
		expect(second).toMatchObject({ status: 'rejected', reason: { retryAfterMs: 60_000 } })
		expect(second?.status === 'rejected' && second.reason instanceof NotSent).toBe(true)
		expect(sent).toHaveLength(1)
		await vi.advanceTimersByTimeAsync(60_000)
		await settle([call('third', 'sync')])
		expect(sent.at(-1)?.name).toBe('third')
	})

	test('holds nothing back of another part, nor a removal where only reading was refused', async () => {
		const { call, names } = open()
		await settle([call('first', 'sync', { reply: answer(429, { 'retry-after': '60' }) })], 10)
		await settle(
			[call('users', 'sync', { family: 'directory' }), call('removal', 'revoke', { method: 'POST' })],
			20,
		)
		expect(names().toSorted()).toEqual(['first', 'removal', 'users'])
	})

	test('and gives no time, as conditional access does, is asked more and more seldom', async () => {
		const { call, sent } = open()
		const refused = { family: 'conditional-access' as const, reply: answer(429), ms: 0 }
		await settle([call('1', 'sync', refused)], 0)
		await settle([call('2', 'sync', refused)], 2000)
		await settle([call('3', 'sync', refused)], 4000)
		const [, second = 0, third = 0] = sent.map(({ at }) => at)
		expect(second).toBeGreaterThanOrEqual(750)
		expect(third - second).toBeGreaterThanOrEqual(1500)
	})
})

test('who was held by others for a minute is told so, and removals are held by nothing but removals', async () => {
	const { call, names } = open(1)
	const first = call('first', 'grant')
	const removals = Array.from({ length: 100 }, (_, n) => call(`${n}`, 'revoke', { method: 'POST' }))
	const [grant, ...rest] = await settle([first, call('late', 'grant'), ...removals])
	expect(grant?.status).toBe('fulfilled')
	expect(rest[0]).toMatchObject({ status: 'rejected', reason: { retryAfterMs: 1000 } })
	expect(rest.slice(1).every(({ status }) => status === 'fulfilled')).toBe(true)
	expect(names()).not.toContain('late')
})

test.each([
	['7', 7000],
	['0', 0],
	['Mon, 21 Sep 2026 13:33:30 GMT', 10_000],
	['Mon, 21 Sep 2026 13:00:00 GMT', 0],
	['soon', null],
	['-3', null],
	['', null],
])('Retry-After "%s" is %s ms', (text, expected) => {
	expect(retryAfterOf(new Headers({ 'retry-after': text }), Date.parse('2026-09-21T13:33:20Z'))).toBe(
		expected,
	)
})

describe('what holds a lock on a place', () => {
	const posting = { method: 'POST', family: 'pim-roles', cost: 1 } as const

	test('waits for its turn no longer than it says, while removals take all there is', async () => {
		const { lanes, call } = open(1)
		void settle(Array.from({ length: 60 }, (_, n) => call(`removal ${n}`, 'revoke', { method: 'POST' })))
		const begun = Date.now()
		const send = vi.fn(() => Promise.resolve(answer()))
		const given = inLane('grant', () => impatiently(5000, () => lanes.run(posting, send)))
		const gaveUpAfter = given.catch((error: unknown) =>
			error instanceof NotSent ? Date.now() - begun : null,
		)
		await vi.advanceTimersByTimeAsync(20_000)
		expect(await gaveUpAfter).toBe(5000)
		expect(send).not.toHaveBeenCalled()
	})

	test('is sent only if it is still wanted when its turn comes, and takes up no place after it', async () => {
		const { lanes, call, names } = open()
		const send = vi.fn(() => Promise.resolve(answer()))
		let isWanted = false
		const give = () =>
			inLane('grant', () =>
				whileWanted(
					() => Promise.resolve(isWanted),
					() => lanes.run(posting, send),
				),
			)
		// More than there are places for it, and fewer than may be spent at once.
		for (let n = 0; n < MOST_AT_ONCE; n++) await expect(give()).rejects.toBeInstanceOf(NotSent)
		expect(send).not.toHaveBeenCalled()
		await vi.advanceTimersByTimeAsync(10_000)
		isWanted = true
		await give()
		expect(send).toHaveBeenCalledOnce()
		await settle([call('next', 'sync')], 100)
		expect(names()).toEqual(['next'])
	})
})
