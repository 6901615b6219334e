import { randomUUID } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import type { ConnectionTarget } from '#db/client.ts'
import { migrateDatabase, MIGRATIONS } from '#db/migrate.ts'

/** The migrations up to this one, in a folder of their own. */
function migrationsUpTo(last: number): string {
	const folder = mkdtempSync(join(tmpdir(), 'charterkeep-migrations-'))
	cpSync(MIGRATIONS, folder, { recursive: true })
	const file = join(folder, 'meta/_journal.json')
	const journal = JSON.parse(readFileSync(file, 'utf8')) as { entries: { idx: number }[] }
	const entries = journal.entries.filter(({ idx }) => idx <= last)
	writeFileSync(file, JSON.stringify({ ...journal, entries }))
	return folder
}

/**
 * A database as it was after the migration `last`, filled by `fill`, and then brought up to date; gone after `look`. Rows are
 * put in as they are: whom they belong to does not matter here.
 */
export async function upgradedDatabase(
	last: number,
	fill: (then: pg.Client) => Promise<void>,
	look: (connection: ConnectionTarget) => Promise<void>,
): Promise<void> {
	const name = `ck_${randomUUID().replaceAll('-', '')}`
	const admin = new pg.Client(inject('connection'))
	await admin.connect()
	const folder = migrationsUpTo(last)
	try {
		await admin.query(`create database ${name} template template0`)
		const connection = { ...inject('connection'), database: name }
		await migrateDatabase(connection, folder)
		const then = new pg.Client(connection)
		await then.connect()
		await then.query(`set session_replication_role = replica`)
		await fill(then).finally(() => then.end())
		if ((await migrateDatabase(connection)) === 0) throw new Error('There was nothing to bring up to date.')
		await look(connection)
	} finally {
		await admin.query(`drop database if exists ${name} with (force)`)
		await admin.end()
		rmSync(folder, { recursive: true, force: true })
	}
}
