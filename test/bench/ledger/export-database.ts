import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { loadOrganisation, sampleTexts } from '#app/sandbox/load-organisation.ts'
import { openDatabase } from '#db/client.ts'
import { startEmbedded, type Connection } from '#db/embedded/launcher.ts'
import { migrateDatabase } from '#db/migrate.ts'
import { insertCredential } from '#db/queries/credentials.ts'
import { personas } from '#db/queries/people.ts'
import { seedHistory } from '#test/factories/history.ts'

/** A real PostgreSQL with the sample organisation and so many accesses. */
export async function openBenchDatabase(
	directory: string,
	rows: number,
): Promise<{ connection: Connection; stop: () => Promise<void> }> {
	const server = await startEmbedded({
		dataDirectory: join(directory, 'data'),
		settings: { max_wal_size: '4GB' },
	})
	const { connection } = server
	await migrateDatabase(connection)
	const database = openDatabase(connection)
	try {
		const now = () => new Date()
		const random = (length: number) => new Uint8Array(randomBytes(length))
		const newId = () => uuidv7()
		await loadOrganisation({ database, now, newId, randomBytes: random }, sampleTexts(), {
			origin: 'localhost/log',
			rpId: 'localhost',
			webOrigin: 'http://localhost',
		})
		for (const { id } of (await personas(database.db)).slice(0, 2)) {
			await database.withTx((tx) =>
				insertCredential(tx, {
					id: newId(),
					personId: id,
					credentialId: `key-${id}`,
					publicKey: new Uint8Array(1),
					signCount: 0,
					aaguid: '',
					transports: [],
					backedUp: false,
					entryId: newId(),
					createdAt: now(),
				}),
			)
		}
		await seedHistory(database.pool, rows)
	} finally {
		await database.close()
	}
	return { connection, stop: () => server.stop() }
}
