import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { GrantPortUnavailable } from '#app/integrations/grant-port.ts'
import { shareReadings, type SharedList } from '#app/integrations/graph/shared-reading.server.ts'
import { inLane } from '#app/integrations/graph/urgency.server.ts'

/** Readings of many removals share the tenant's lists. */

type About = { list: string; id: string }
type Row = { id: string; word: string }

/** A tenth of the time: what is gathered comes a millisecond apart here. */
const pause = (ms: number) => wait(ms / 10)

/** A list that changes while it is read; each reading takes a turn of the event loop. */
function open({
	refuses = [] as readonly string[],
	calls = 1,
	wholeCalls = null as number | null,
	isAskedAlone = true,
	untilTurn = () => Promise.resolve(),
	takesMs = 1,
} = {}) {
	const held = new Map<string, string>()
	const log: string[] = []
	const read = async (what: string, taken: number) => {
		log.push(what)
		const kind = what.split(' ')[0] ?? ''
		if (refuses.includes(kind)) throw new GrantPortUnavailable('400', null, { isOfThisCall: true })
		const rows: Row[] = [...held].map(([id, word]) => ({ id, word }))
		await new Promise((done) => setTimeout(done, takesMs))
		return { rows, calls: taken }
	}
	const list: SharedList<About, Row> = {
		lanes: { milliseconds: () => 0, afterRemovals: untilTurn, pause },
		family: 'pim-roles',
		keyOf: ({ list: key }) => key,
		one: isAskedAlone ? ({ id }) => read(`one ${id}`, 1) : null,
		place: ({ list: key }) => read(`list ${key}`, calls),
		whole: wholeCalls === null ? null : () => read('whole', wholeCalls),
		index:
			(rows) =>
			({ id }) =>
				rows.filter((row) => row.id === id),
	}
	const shared = shareReadings(list)
	const ask = async (about: About) => (await shared(about))[0]?.word ?? 'nothing'
	const remove = (about: About) => inLane('revoke', () => ask(about))
	const many = (count: number, key = 'role') =>
		Promise.all(Array.from({ length: count }, (_, n) => remove({ list: key, id: `${n}` })))
	return { held, log, ask, remove, many }
}

test('a thousand removals are read by one reading of the list', async () => {
	const { held, log, many } = open()
	for (let n = 0; n < 1000; n++) held.set(`${n}`, `held ${n}`)
	expect(await many(1000)).toEqual(Array.from({ length: 1000 }, (_, n) => `held ${n}`))
	expect(log).toEqual(['list role'])
})

test('nobody is told of a time before they asked', async () => {
	const { held, many, remove } = open()
	held.set('0', 'held')
	const first = many(50)
	await new Promise((done) => setTimeout(done, 0))
	// It is removed while a reading that still saw it is under way.
	held.delete('0')
	const second = remove({ list: 'role', id: '0' })
	expect((await first)[0]).toBe('held')
	expect(await second).toBe('nothing')
})

test('whoever has asked when the turn of a reading comes is answered by it', async () => {
	const { promise: turn, resolve: come } = Promise.withResolvers<void>()
	const { log, many } = open({ untilTurn: () => turn })
	const early = many(5)
	await new Promise((done) => setTimeout(done, 2))
	const late = many(5)
	come()
	await Promise.all([early, late])
	expect(log).toEqual(['list role'])
})

test('what comes one after another while something is being read is gathered', async () => {
	const { log, remove } = open({ takesMs: 20 })
	const all = Array.from({ length: 40 }, async (_, n) => {
		await new Promise((done) => setTimeout(done, n))
		return remove({ list: `role ${n % 2}`, id: `${n}` })
	})
	await Promise.all(all)
	expect(log.length).toBeLessThan(5)
})

test('each list is read by itself where that takes no more calls than the list of everything', async () => {
	const { log, many } = open({ wholeCalls: 3 })
	await Promise.all([many(20, 'role'), many(20, 'group')])
	expect(log.toSorted()).toEqual(['list group', 'list role'])
})

test('many places are read by the list of everything, until that turns out to be long', async () => {
	const { log, many } = open({ wholeCalls: 12 })
	const removals = () => Promise.all(Array.from({ length: 10 }, (_, n) => many(3, `role ${n}`)))
	await removals()
	expect(log).toEqual(['whole'])
	await removals()
	expect(log.filter((line) => line.startsWith('list'))).toHaveLength(10)
	expect(log).toHaveLength(11)
})

test('one is asked for alone, two by their list; what is no removal always alone', async () => {
	const { ask, log, many } = open()
	await many(1)
	await many(2)
	await Promise.all(Array.from({ length: 9 }, (_, n) => ask({ list: 'role', id: `${n}` })))
	expect(log.slice(0, 2)).toEqual(['one 0', 'list role'])
	expect(log.slice(2)).toEqual(Array.from({ length: 9 }, (_, n) => `one ${n}`))
})

test('a list that is long is read only for as many as it has pages', async () => {
	const { log, many } = open({ calls: 30 })
	await many(5)
	await many(5)
	await many(40)
	expect(log.filter((line) => line === 'list role')).toHaveLength(2)
	expect(log.filter((line) => line.startsWith('one'))).toHaveLength(5)
})

test('what cannot be asked for alone is read by its list', async () => {
	const { held, log, remove, ask } = open({ isAskedAlone: false, calls: 30 })
	held.set('7', 'held')
	const seven = { list: 'group', id: '7' }
	expect([await remove(seven), await remove(seven), await ask(seven)]).toEqual(['held', 'held', 'held'])
	expect(log).toEqual(['list group', 'list group', 'list group'])
})

describe('a list that cannot be read', () => {
	test('of a place is looked into one by one, and not asked for again', async () => {
		const { held, log, many } = open({ refuses: ['list'] })
		held.set('7', 'held')
		expect((await many(10))[7]).toBe('held')
		await many(10)
		expect(log.filter((line) => line.startsWith('one'))).toHaveLength(20)
		expect(log.filter((line) => line.startsWith('list'))).toHaveLength(1)
	})

	test('of everything is looked into by the list of each place, and not asked for again', async () => {
		const { held, log, many } = open({ refuses: ['whole'], wholeCalls: 1 })
		held.set('7', 'held')
		const removals = () => Promise.all(Array.from({ length: 5 }, (_, n) => many(10, `role ${n}`)))
		expect((await removals()).map((found) => found[7])).toEqual(Array.from({ length: 5 }, () => 'held'))
		await removals()
		expect(log.filter((line) => line.startsWith('list'))).toHaveLength(10)
		expect(log.filter((line) => !line.startsWith('list'))).toEqual(['whole'])
	})

	test('and of which nobody can be asked for alone, is asked for once', async () => {
		const { log, many } = open({ refuses: ['list'], isAskedAlone: false })
		await expect(many(10)).rejects.toThrow('400')
		expect(log).toEqual(['list role'])
	})

	test('at all is said to everybody who waits, and the next may try again', async () => {
		let isAway = true
		const away = () =>
			isAway ? Promise.reject(new GrantPortUnavailable('away')) : Promise.resolve({ rows: [], calls: 1 })
		const read = shareReadings<string, Row>({
			lanes: { milliseconds: () => 0, afterRemovals: () => Promise.resolve(), pause },
			family: 'pim-roles',
			keyOf: () => 'role',
			one: away,
			place: away,
			whole: away,
			index: () => () => [],
		})
		const asked = await Promise.allSettled(
			['a', 'b', 'c', 'd', 'e', 'f'].map((id) => inLane('revoke', () => read(id))),
		)
		expect(asked.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 'rejected'))
		isAway = false
		expect(await inLane('revoke', () => read('a'))).toEqual([])
	})

	test('because nothing may be sent is tried all the same, and said by the call itself', async () => {
		const { log, many } = open({ untilTurn: () => Promise.reject(new Error('not now')) })
		await many(3)
		expect(log).toEqual(['list role'])
	})
})
