import pg from 'pg'
import { lockDataDirectory, chooseDataDirectory } from '#db/embedded/data-directory.ts'
import { startEmbedded } from '#db/embedded/launcher.ts'

/** Stands for the app in the launcher's tests: owns a data directory, and tells each row once it is committed. */
async function main(): Promise<void> {
	const { directory } = await chooseDataDirectory({ wanted: process.argv[2] ?? '', explicit: true })
	const release = lockDataDirectory(directory)
	const server = await startEmbedded({ dataDirectory: directory })
	let stopping = false
	process.on('SIGTERM', () => (stopping = true))
	const client = new pg.Client(server.connection)
	client.on('error', () => undefined)
	await client.connect()
	await client.query('create table if not exists rows (id int generated always as identity)')
	const { rows } = await client.query<{ n: string }>('select count(*) n from rows')
	console.log(`found ${rows[0]?.n}`)
	console.log(`ready ${server.pid}`)
	while (!stopping) {
		const { rows: made } = await client.query<{ id: number }>('insert into rows default values returning id')
		console.log(`row ${made[0]?.id}`)
	}
	await client.end()
	await server.stop()
	release()
}

await main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error)
	process.exit(1)
})
