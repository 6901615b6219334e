import { sql } from 'drizzle-orm'
import { describe, expect } from 'vitest'
import { isUpToDate, migrateDatabase } from '#db/migrate.ts'
import { sqlStateOf, TransactionAborted, withoutParameters } from '#db/transaction.ts'
import { dbTest } from '#test/database.ts'

describe('withTx', () => {
	dbTest('a failure rolls everything back and reaches the caller', async ({ database }) => {
		await expect(
			database.withTx(async (tx) => {
				await tx.execute(sql`insert into ledger_state (id, size, edge) values (1, 0, '[]')`)
				throw new Error('crash')
			}),
		).rejects.toThrow('crash')
		expect((await database.pool.query('select * from ledger_state')).rows).toEqual([])
	})

	dbTest('COMMIT answered by ROLLBACK is an error, not a success', async ({ database }) => {
		await expect(
			database.withTx(async (tx) => {
				await tx.execute(sql`insert into ledger_state (id, size, edge) values (1, 0, '[]')`)
				// Somebody swallows a failed statement: PostgreSQL will roll back whatever we say.
				await tx.execute(sql`select 1/0`).catch(() => undefined)
			}),
		).rejects.toBeInstanceOf(TransactionAborted)
		expect((await database.pool.query('select * from ledger_state')).rows).toEqual([])
	})

	dbTest('a terminated backend rejects the caller and leaks no connection', async ({ database }) => {
		await expect(
			database.withTx(async (tx) => {
				await tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`)
			}),
		).rejects.toThrow()
		for (let i = 0; i < 20; i++) await database.withTx(async (tx) => void (await tx.execute(sql`select 1`)))
		expect(database.pool.totalCount).toBeLessThanOrEqual(8)
	})

	dbTest('a serialization failure is tried again', async ({ database }) => {
		let attempts = 0
		const result = await database.withTx(async (tx) => {
			attempts += 1
			if (attempts < 3)
				await tx.execute(sql`do $$ begin raise exception 'again' using errcode = '40001'; end $$`)
			return 'done'
		})
		expect([result, attempts]).toEqual(['done', 3])
	})

	dbTest('what is logged of a failed query holds no parameter', async ({ database }) => {
		const error: unknown = await database
			.withTx(async (tx) => void (await tx.execute(sql`select ${'Erika Mustermann'}::int`)))
			.catch((caught: unknown) => caught)
		expect(sqlStateOf(error)).toBe('22P02')
		const { stack, ...logged } = withoutParameters(error)
		expect(stack).toBeUndefined()
		expect(logged.message).not.toContain('select')
	})
})

describe('the tables of what has been recorded', () => {
	dbTest.for(['ledger_entries', 'ledger_checkpoints', 'workflow_events', 'decisions', 'charter_versions'])(
		'%s refuses to be emptied, and its rows to be changed',
		async (table, { owner }) => {
			await expect(owner.pool.query(`truncate ${table} cascade`)).rejects.toThrow('append-only')
		},
	)

	dbTest('an entry cannot be changed or deleted, not even by the owner', async ({ owner }) => {
		await owner.pool.query(
			`insert into ledger_entries values (0, gen_random_uuid(), 'record.created', null, now(), '\\x00', decode(repeat('00', 32), 'hex'))`,
		)
		await expect(owner.pool.query(`update ledger_entries set kind = 'x'`)).rejects.toThrow('append-only')
		await expect(owner.pool.query('delete from ledger_entries')).rejects.toThrow('append-only')
	})
})

describe('migrations', () => {
	dbTest('six starts at once apply each migration once', async ({ testDatabase }) => {
		const { pool } = testDatabase.owner
		await pool.query('drop schema public cascade; create schema public; drop schema drizzle cascade')
		const applied = await Promise.all(
			Array.from({ length: 6 }, () => migrateDatabase(testDatabase.connection)),
		)
		expect(applied.filter((count) => count > 0)).toHaveLength(1)
		expect(await isUpToDate(pool)).toBe(true)
		// And the application finds its tables with the rights it needs.
		expect(await isUpToDate(testDatabase.database.pool)).toBe(true)
	})

	dbTest('one that was changed after it was applied is named', async ({ testDatabase }) => {
		await testDatabase.owner.pool.query(
			`update drizzle.__drizzle_migrations set hash = 'changed' where id = 1`,
		)
		await expect(migrateDatabase(testDatabase.connection)).rejects.toThrow(
			/0000_first_light\.sql was changed/,
		)
	})
})
