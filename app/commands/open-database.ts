import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { readConfig } from '#app/config.server.ts'
import { openDatabase, type ConnectionTarget, type Database } from '#db/client.ts'
import { findDataDirectory, lockDataDirectory } from '#db/embedded/data-directory.ts'
import { EmbeddedError } from '#db/embedded/errors.ts'
import { startEmbedded } from '#db/embedded/launcher.ts'
import { findRunning } from '#db/embedded/postmaster.ts'
import { isUpToDate } from '#db/migrate.ts'
import { sqlStateOf } from '#db/transaction.ts'
import { CommandError } from './command-error.ts'

const CHECKOUT = join(import.meta.dirname, '../..')
/** How long a Charterkeep that holds the data may take until its database answers. */
const STARTING_MS = 20_000
const CONNECTIONS = 4
/** What PostgreSQL answers to a role that does not exist, or that we are no member of. */
const NO_SUCH_ROLE = '22023'

/**
 * Runs a command's work on the database that the settings name, as the server finds it: `DATABASE_URL`, else
 * Charterkeep's own PostgreSQL, which is used where it runs and otherwise started and stopped again. Never makes a
 * data directory and never migrates. `instead` says what can be done without a database.
 */
export async function withDatabase<T>(
	work: (database: Database) => Promise<T>,
	{ environment = process.env, instead }: { environment?: NodeJS.ProcessEnv; instead: string },
): Promise<T> {
	const config = readConfig(environment, CHECKOUT)
	const undo: (() => Promise<void> | void)[] = []
	try {
		const target: ConnectionTarget =
			config.databaseUrl === null
				? await openEmbedded(config.dataDirectory, config.pgBinDirectory, instead, undo)
				: { connectionString: config.databaseUrl }
		const database = openDatabase(target, { max: CONNECTIONS })
		undo.push(() => database.close())
		await demandReady(database)
		return await work(database)
	} finally {
		for (const step of undo.reverse()) await step()
	}
}

async function openEmbedded(
	place: { wanted: string; explicit: boolean },
	binDirectory: string | undefined,
	instead: string,
	undo: (() => Promise<void> | void)[],
): Promise<ConnectionTarget> {
	const directory = findDataDirectory(place)
	if (directory === null) {
		throw new CommandError(
			`There are no data in ${place.wanted} yet: start Charterkeep once (npm start), set CHARTERKEEP_DATA_DIR or DATABASE_URL, or ${instead}.`,
		)
	}
	const running = await findRunning(directory)
	if (running !== null) return running
	const release = takeUnlessHeld(directory)
	if (release === null) return waitForServer(directory)
	undo.push(release)
	const server = await startEmbedded({
		dataDirectory: directory,
		...(binDirectory === undefined ? {} : { binDirectory }),
	})
	undo.push(() => server.stop())
	return server.connection
}

/** Takes the data directory, so that no Charterkeep starts on a server that is about to stop; null when one holds it. */
function takeUnlessHeld(directory: string): (() => void) | null {
	try {
		return lockDataDirectory(directory)
	} catch (error) {
		if (error instanceof EmbeddedError && error.code === 'DIRECTORY_IN_USE') return null
		throw new CommandError(
			`The data in ${directory} cannot be used: ${(error as Error).message}. Run this as the user that runs Charterkeep.`,
			{ cause: error },
		)
	}
}

async function waitForServer(directory: string): Promise<ConnectionTarget> {
	for (const until = Date.now() + STARTING_MS; Date.now() < until; await pause(100)) {
		const running = await findRunning(directory)
		if (running !== null) return running
	}
	throw new CommandError(
		`A Charterkeep holds the data in ${directory}, but its database does not answer: try again, or stop it first.`,
	)
}

async function demandReady({ pool }: Database): Promise<void> {
	const isReady = await isUpToDate(pool).catch((cause: Error & { code?: string }) => {
		// A database that was never set up, or by an older version, has no role for us to work as.
		if (sqlStateOf(cause) === NO_SUCH_ROLE) return false
		throw new CommandError(`The database cannot be reached: ${cause.message || cause.code}.`, { cause })
	})
	if (!isReady) {
		throw new CommandError(
			'The database was set up by another version of Charterkeep, or not at all: start this version once (npm start), which brings it up to date.',
		)
	}
}
