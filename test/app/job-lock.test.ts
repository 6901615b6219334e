import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withJobLock } from '#app/jobs/job-lock.server.ts'
import { openDatabase, type Database } from '#db/client.ts'
import { createTestDatabase } from '#test/database.ts'

/** One worker at a time for one thing, in this process and in others. */

let own: Awaited<ReturnType<typeof createTestDatabase>>
let here: Database
let there: Database
beforeAll(async () => {
	own = await createTestDatabase()
	here = openDatabase(own.connection, { max: 4 })
	there = openDatabase(own.connection, { max: 4 })
}, 60_000)
afterAll(async () => {
	await here.close()
	await there.close()
	await own.drop()
})

/** Work that goes on until it is told to end. */
function held() {
	let end = () => undefined as void
	let begin = () => undefined as void
	const done = new Promise<void>((resolve) => (end = resolve))
	const begun = new Promise<void>((resolve) => (begin = resolve))
	return {
		work: async () => {
			begin()
			await done
		},
		begun,
		end: () => end(),
	}
}
const nothing = () => Promise.resolve()

test('somebody else is told at once that it is taken, here and in another process, and may have it afterwards', async () => {
	const { work, begun, end } = held()
	const first = withJobLock(here, 'a', work)
	await begun
	expect(await withJobLock(here, 'a', nothing)).toBe(false)
	expect(await withJobLock(there, 'a', nothing)).toBe(false)
	expect(await withJobLock(there, 'b', nothing)).toBe(true)
	end()
	expect(await first).toBe(true)
	expect(await withJobLock(there, 'a', nothing)).toBe(true)
	expect(await withJobLock(here, 'a', nothing)).toBe(true)
})

test('hundreds at once take one connection, which goes back when they are done', async () => {
	const all = Array.from({ length: 300 }, () => held())
	const locked = all.map(({ work }, n) => withJobLock(here, `many ${n}`, work))
	await Promise.all(all.map(({ begun }) => begun))
	expect(here.pool.totalCount - here.pool.idleCount).toBe(1)
	// Others still get what they need.
	await here.pool.query('select 1')
	expect(await withJobLock(there, 'many 7', nothing)).toBe(false)
	for (const { end } of all) end()
	expect(await Promise.all(locked)).toEqual(all.map(() => true))
	expect(here.pool.idleCount).toBe(here.pool.totalCount)
})

describe('what goes wrong', () => {
	test('in the work is thrown, and the lock is free', async () => {
		await expect(withJobLock(here, 'c', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
		expect(await withJobLock(there, 'c', nothing)).toBe(true)
		expect(here.pool.idleCount).toBe(here.pool.totalCount)
	})

	test('in the work of one takes nothing from the others', async () => {
		const { work, begun, end } = held()
		const other = withJobLock(here, 'd', work)
		await begun
		await expect(withJobLock(here, 'e', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
		expect(await withJobLock(there, 'd', nothing)).toBe(false)
		end()
		expect(await other).toBe(true)
	})

	test('with the connection is told, and the next has another one', async () => {
		const { work, begun, end } = held()
		const lost = withJobLock(here, 'f', work)
		const outcome = expect(lost).rejects.toThrow()
		await begun
		await own.owner.pool.query(
			`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'
				and database = (select oid from pg_database where datname = current_database())`,
		)
		end()
		await outcome
		expect(await withJobLock(there, 'f', nothing)).toBe(true)
		expect(await withJobLock(here, 'f', nothing)).toBe(true)
	})
})
