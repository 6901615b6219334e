import { randomUUID } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { EmbeddedError } from './errors.ts'
import { isAlive, startMarkOf } from './processes.ts'
import { canEnter, runAsUser } from './run-as.ts'

const SYSTEM_DIRECTORY = '/var/lib/charterkeep'

/** Everything Charterkeep keeps on disk lies in one directory; PostgreSQL's own files in this part of it. */
export const postgresDirectory = (dataDirectory: string) => join(dataDirectory, 'postgres')

/**
 * Where the data goes. Makes the directory. As root, PostgreSQL's user must be able to enter it: where it cannot,
 * the default moves to /var/lib/charterkeep (`movedFrom` says so), and a directory that was asked for is refused.
 */
export async function chooseDataDirectory({
	wanted,
	explicit,
	fallback = SYSTEM_DIRECTORY,
}: {
	wanted: string
	explicit: boolean
	fallback?: string
}): Promise<{ directory: string; movedFrom?: string }> {
	const directory = resolve(wanted)
	const user = runAsUser(postgresDirectory(directory))
	makeDirectory(directory)
	if (await canEnter(directory, user)) return { directory }
	if (explicit) {
		throw new EmbeddedError(
			'DIRECTORY_UNREACHABLE',
			`The data directory ${directory} cannot be entered by the user that PostgreSQL runs as (uid ${user.uid}): make its parent folders passable for that user, set CHARTERKEEP_DATA_DIR to another folder, or start Charterkeep as an ordinary user.`,
		)
	}
	makeDirectory(fallback)
	return { directory: fallback, movedFrom: directory }
}

/** Where the data lie already, by the same choice; null when there are none. Makes nothing. */
export function findDataDirectory({
	wanted,
	explicit,
	fallback = SYSTEM_DIRECTORY,
}: {
	wanted: string
	explicit: boolean
	fallback?: string
}): string | null {
	const places = [resolve(wanted), ...(explicit ? [] : [fallback])]
	return places.find((place) => existsSync(join(postgresDirectory(place), 'data', 'PG_VERSION'))) ?? null
}

function makeDirectory(directory: string): void {
	try {
		// Passable (PostgreSQL's user goes through it) but not listable by others; the secrets inside are 0600.
		mkdirSync(directory, { recursive: true, mode: 0o711 })
	} catch (cause) {
		throw new EmbeddedError(
			'DIRECTORY_UNREACHABLE',
			`The data directory ${directory} cannot be made (${(cause as Error).message}): set CHARTERKEEP_DATA_DIR to a folder that you may write to.`,
			{ cause },
		)
	}
}

/**
 * Takes the data directory for this process; throws DIRECTORY_IN_USE, naming the process that holds it. A lock left
 * by a killed process (or by one whose id was given out again) is taken over. Gives the function that lets go.
 */
export function lockDataDirectory(directory: string, pid = process.pid): () => void {
	const lock = join(directory, 'charterkeep.lock')
	const mine = join(directory, `charterkeep.lock.${pid}.${randomUUID()}`)
	writeFileSync(mine, JSON.stringify({ pid, startMark: startMarkOf(pid) }), { mode: 0o644 })
	try {
		for (;;) {
			try {
				// Linking is atomic: it fails when the lock exists, so two starts at once cannot both get it.
				linkSync(mine, lock)
				return () => rmSync(lock, { force: true })
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
			}
			const holder = readHolder(lock)
			if (holder !== null && isAlive(holder.pid, { startMark: holder.startMark })) {
				throw new EmbeddedError(
					'DIRECTORY_IN_USE',
					`The data directory ${directory} is in use by process ${holder.pid}: stop that Charterkeep first, or set CHARTERKEEP_DATA_DIR to another folder.`,
				)
			}
			removeStale(lock)
		}
	} finally {
		rmSync(mine, { force: true })
	}
}

function readHolder(lock: string): { pid: number; startMark: string } | null {
	try {
		const { pid, startMark } = JSON.parse(readFileSync(lock, 'utf8')) as { pid: number; startMark: string }
		return Number.isSafeInteger(pid) ? { pid, startMark } : null
	} catch {
		// Gone in between, or not a lock of ours: nobody holds it.
		return null
	}
}

/** Renames before removing, so that of two processes only one takes a given stale lock away. */
function removeStale(lock: string): void {
	const aside = `${lock}.stale.${randomUUID()}`
	try {
		renameSync(lock, aside)
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
		throw error
	}
	rmSync(aside, { force: true })
}
