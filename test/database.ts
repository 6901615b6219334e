import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { inject, test as base } from 'vitest'
import { openDatabase, type Database } from '#db/client.ts'
import type { Connection } from '#db/embedded/launcher.ts'
import { TEMPLATE } from './template-name.ts'

export type TestDatabase = {
	/** As the application has it: with the application's role. */
	database: Database
	/** As the owner of the tables: for what an administrator, a restored backup or an attacker does. */
	owner: Database
	connection: Connection
	drop(): Promise<void>
}

/** Works as the administrator of the server that the tests share, on a connection of its own. */
export async function asAdmin<T>(work: (admin: pg.Client) => Promise<T>): Promise<T> {
	const admin = new pg.Client(inject('connection'))
	await admin.connect()
	try {
		return await work(admin)
	} finally {
		await admin.end()
	}
}

let kept: Promise<pg.Client> | null = null

/**
 * The one connection of this process for what is asked in every test: to open one costs the server more than the question. It ends
 * with the server, or the process.
 */
export function keptAdmin(): Promise<pg.Client> {
	kept ??= (async () => {
		const admin = new pg.Client(inject('connection'))
		admin.on('error', () => {
			kept = null
		})
		await admin.connect()
		return admin
	})()
	return kept
}

async function openConnections(admin: pg.Client, database: string): Promise<number> {
	const { rows } = await admin.query<{ n: string }>(
		'select count(*) n from pg_stat_activity where datname = $1',
		[database],
	)
	return Number(rows[0]?.n)
}

/** How a database of that server is reached. */
export const connectionOf = (database: string): Connection => ({ ...inject('connection'), database })

/** A database of its own, cloned from `template`: as a rule the one that is migrated and empty. */
export async function createTestDatabase(template = TEMPLATE): Promise<TestDatabase> {
	const name = `ck_${randomUUID().replaceAll('-', '')}`
	// Files are copied: by way of the write-ahead log, which is the usual strategy, it takes twice as long.
	const admin = await keptAdmin()
	await admin.query(`create database ${name} template ${template} strategy file_copy`)
	const connection = connectionOf(name)
	const database = openDatabase(connection, { max: 8 })
	const owner = openDatabase(connection, { max: 2, asOwner: true })
	const drop = async () => {
		await database.close()
		await owner.close()
		// A server process ends a moment after its client has said goodbye.
		let left = await openConnections(admin, name)
		for (let n = 0; left > 0 && n < 50; n++) {
			await pause(50)
			left = await openConnections(admin, name)
		}
		await admin.query(`drop database ${name} with (force)`)
		if (left > 0) throw new Error(`${left} connections were left open.`)
	}
	return { database, owner, connection, drop }
}

/** `dbTest` gives each test its own database and fails when the test leaves connections behind. */
export const dbTest = base.extend<{ testDatabase: TestDatabase; database: Database; owner: Database }>({
	// eslint-disable-next-line no-empty-pattern -- vitest reads the fixture's needs from this pattern
	testDatabase: async ({}, use) => {
		const created = await createTestDatabase()
		await use(created)
		await created.drop()
	},
	database: async ({ testDatabase }, use) => {
		await use(testDatabase.database)
	},
	owner: async ({ testDatabase }, use) => {
		await use(testDatabase.owner)
	},
})

/** The connection as an address: the host is a folder with a socket. */
export function urlOf({ host, port, user, password, database }: Connection): string {
	const url = new URL(`postgres://localhost/${database}`)
	url.username = user
	url.password = password
	url.searchParams.set('host', host)
	url.searchParams.set('port', String(port))
	return url.href
}
