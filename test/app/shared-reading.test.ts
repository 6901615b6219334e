import { describe, expect, test } from 'vitest'
import { GrantPortUnavailable } from '#app/integrations/grant-port.ts'
import { shareReadings } from '#app/integrations/graph/shared-reading.server.ts'
import { inLane } from '#app/integrations/graph/urgency.server.ts'

/** Readings of many removals share the tenant's lists. */

/** A list that changes while it is read; each reading takes a turn of the event loop. */
function open({ refusesAll = false } = {}) {
	const held = new Map<string, string>()
	const log: string[] = []
	const read = shareReadings<{ list: string; id: string }, string>({
		lanes: { milliseconds: () => 0 },
		keyOf: ({ list }) => list,
		one: async ({ id }) => {
			log.push(`one ${id}`)
			const found = held.get(id) ?? 'nothing'
			await new Promise((done) => setTimeout(done, 1))
			return found
		},
		all: async ({ list }) => {
			log.push(`all of ${list}`)
			if (refusesAll) throw new GrantPortUnavailable('400', null, { isOfThisCall: true })
			const seen = new Map(held)
			await new Promise((done) => setTimeout(done, 1))
			return ({ id }) => seen.get(id) ?? 'nothing'
		},
	})
	const many = (count: number, list = 'role') =>
		Promise.all(Array.from({ length: count }, (_, n) => inLane('revoke', () => read({ list, id: `${n}` }))))
	return { held, log, read, many }
}

test('a thousand removals are read by one or two readings of the list', async () => {
	const { held, log, many } = open()
	for (let n = 0; n < 1000; n++) held.set(`${n}`, `held ${n}`)
	expect(await many(1000)).toEqual(Array.from({ length: 1000 }, (_, n) => `held ${n}`))
	expect(log.filter((line) => line.startsWith('all'))).toHaveLength(1)
	expect(log.length).toBeLessThan(5)
})

test('nobody is told of a time before they asked', async () => {
	const { held, many, read } = open()
	held.set('0', 'held')
	const first = many(50)
	await new Promise((done) => setTimeout(done, 0))
	// It is removed while a reading that still saw it is under way.
	held.delete('0')
	const second = inLane('revoke', () => read({ list: 'role', id: '0' }))
	expect((await first)[0]).toBe('held')
	expect(await second).toBe('nothing')
})

test('each list is read by itself', async () => {
	const { log, many } = open()
	await Promise.all([many(20, 'role'), many(20, 'group')])
	expect(log.filter((line) => line.startsWith('all')).toSorted()).toEqual(['all of group', 'all of role'])
})

test('a few are read one by one, and what is no removal always', async () => {
	const { log, many, read } = open()
	await many(2)
	await Promise.all(Array.from({ length: 9 }, (_, n) => read({ list: 'role', id: `${n}` })))
	expect(log).toHaveLength(11)
	expect(log.every((line) => line.startsWith('one'))).toBe(true)
})

describe('a list that cannot be read', () => {
	test('as a whole is looked into one by one', async () => {
		const { held, log, many } = open({ refusesAll: true })
		held.set('7', 'held')
		expect((await many(10))[7]).toBe('held')
		expect(log.filter((line) => line.startsWith('one'))).toHaveLength(10)
	})

	test('at all is said to everybody who waits, and the next may try again', async () => {
		let isAway = true
		const read = shareReadings<string, string>({
			lanes: { milliseconds: () => 0 },
			keyOf: () => 'role',
			one: () => (isAway ? Promise.reject(new GrantPortUnavailable('away')) : Promise.resolve('nothing')),
			all: () => Promise.reject(new GrantPortUnavailable('away')),
		})
		const asked = await Promise.allSettled(
			['a', 'b', 'c', 'd', 'e', 'f'].map((id) => inLane('revoke', () => read(id))),
		)
		expect(asked.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 'rejected'))
		isAway = false
		expect(await inLane('revoke', () => read('a'))).toBe('nothing')
	})
})
