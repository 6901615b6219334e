import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadOrganisation, sampleTexts } from '#app/sandbox/load-organisation.ts'
import { openDatabase } from '#db/client.ts'
import { findDataDirectory, lockDataDirectory } from '#db/embedded/data-directory.ts'
import { startEmbedded, type EmbeddedPostgres } from '#db/embedded/launcher.ts'
import { isAlive } from '#db/embedded/processes.ts'
import { migrateDatabase } from '#db/migrate.ts'
import { runCommand } from '#test/app/run-command.ts'

let folder: string
let dataDirectory: string
let server: EmbeddedPostgres | null = null

const startServer = async () => (server = await startEmbedded({ dataDirectory }))
const stopServer = async () => {
	await server?.stop()
	server = null
}
const isRunning = (pid: number) => isAlive(pid, { name: 'postgres' })
const lock = () => join(dataDirectory, 'charterkeep.lock')

/** Asks the tool something that only the database knows. */
const ask = () =>
	runCommand('charter.ts', ['explain', '--person', 'Jonas Weidner', '--role', 'operator', '--json'], {
		env: { CHARTERKEEP_DATA_DIR: dataDirectory },
	})

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'charterkeep-tool-'))
	chmodSync(folder, 0o711)
	dataDirectory = join(folder, 'data')
	const { connection } = await startServer()
	await migrateDatabase(connection)
	const database = openDatabase(connection, { max: 2 })
	const random = (length: number) => new Uint8Array(randomBytes(length))
	await loadOrganisation(
		{ database, now: () => new Date(), newId: () => uuidv7(), randomBytes: random },
		sampleTexts(),
		{ origin: 'localhost/log', rpId: 'localhost', webOrigin: 'http://localhost' },
	)
	await database.close()
})
afterAll(async () => {
	await stopServer()
	rmSync(folder, { recursive: true, force: true })
})

test('a command uses the server that runs already, and leaves it and the lock alone', async () => {
	const { pid } = server ?? (await startServer())
	const release = lockDataDirectory(dataDirectory)
	try {
		const settings = join(dataDirectory, 'postgres/data/charterkeep.conf')
		const [held, written] = [readFileSync(lock(), 'utf8'), readFileSync(settings, 'utf8')]
		const { code, stdout, stderr } = await ask()
		expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
		expect(JSON.parse(stdout)).toMatchObject({ person: { name: 'Jonas Weidner' }, verdict: { permit: true } })
		expect(isRunning(pid)).toBe(true)
		expect(readFileSync(lock(), 'utf8')).toBe(held)
		expect(readFileSync(settings, 'utf8')).toBe(written)
	} finally {
		release()
	}
})

test('without one it starts the server, and stops it again', async () => {
	await stopServer()
	const before = readdirSync(dataDirectory)
	expect(await ask()).toMatchObject({ code: 0, stderr: '' })
	expect(existsSync(join(dataDirectory, 'postgres/data/postmaster.pid'))).toBe(false)
	expect(readdirSync(dataDirectory)).toEqual(before)
	expect(before).not.toContain('charterkeep.lock')
})

test('while a Charterkeep is still starting it waits for its server', async () => {
	await stopServer()
	const release = lockDataDirectory(dataDirectory)
	try {
		const asked = ask()
		await pause(3000)
		const { pid } = await startServer()
		expect(await asked).toMatchObject({ code: 0, stderr: '' })
		expect(isRunning(pid)).toBe(true)
	} finally {
		release()
	}
})

test('data are looked for where a start would put them, and nothing is made', () => {
	const wanted = join(folder, 'nothing-yet')
	expect(findDataDirectory({ wanted, explicit: true, fallback: dataDirectory })).toBe(null)
	expect(findDataDirectory({ wanted, explicit: false, fallback: dataDirectory })).toBe(dataDirectory)
	expect(findDataDirectory({ wanted: dataDirectory, explicit: true })).toBe(dataDirectory)
	expect(existsSync(wanted)).toBe(false)
})
