import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import type { Connection } from '#db/embedded/launcher.ts'
import { startEmbedded } from '#db/embedded/launcher.ts'
import { migrateDatabase } from '#db/migrate.ts'
import { makeSandboxCertificates } from './sandbox-certificates.ts'
import { TEMPLATE } from './template-name.ts'
import { makeTemporaryRoot, quickestFolder } from './temporary-root.ts'

declare module 'vitest' {
	interface ProvidedContext {
		/** The server that all tests of this project share; each test clones the template. */
		connection: Connection
	}
}

/** One real PostgreSQL for a project's tests. Nothing in it must survive, so it does without fsync. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	const temporary = makeTemporaryRoot()
	project.config.env = { ...project.config.env, TMPDIR: temporary.path }
	await makeSandboxCertificates(temporary.path)
	const databases = makeTemporaryRoot(quickestFolder())
	const server = await startEmbedded({
		dataDirectory: join(databases.path, 'data'),
		settings: {
			fsync: 'off',
			synchronous_commit: 'off',
			full_page_writes: 'off',
			max_connections: '200',
			max_wal_size: '256MB',
		},
	})
	const admin = new pg.Client(server.connection)
	await admin.connect()
	await admin.query(`create database ${TEMPLATE}`)
	await admin.end()
	await migrateDatabase({ ...server.connection, database: TEMPLATE })
	project.provide('connection', server.connection)
	return async () => {
		await server.stop()
		databases.remove()
		temporary.remove()
	}
}
