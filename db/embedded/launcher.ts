import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
	appendFileSync,
	chownSync,
	closeSync,
	existsSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { findBinaries } from './binaries.ts'
import { postgresDirectory } from './data-directory.ts'
import { EmbeddedError } from './errors.ts'
import {
	answers,
	connectionTo,
	dataOf,
	passwordFile,
	readPostmaster,
	socketDirectory,
	type Connection,
} from './postmaster.ts'
import { isAlive, onWindows, run, type RunAs } from './processes.ts'
import { runAsUser } from './run-as.ts'

export type { Connection } from './postmaster.ts'

export type EmbeddedPostgres = {
	connection: Connection
	pid: number
	/** True when the server ran already and this process only uses it. */
	adopted: boolean
	/** Milliseconds by step. */
	timings: Record<string, number>
	/** Stops the server and waits until it is gone; leaves an adopted one alone. */
	stop(): Promise<void>
}

type Place = { root: string; data: string; sockets: string; log: string; bin: string; user: RunAs }

const START_TIMEOUT_MS = 60_000

/**
 * Starts (or adopts) Charterkeep's own PostgreSQL 18 in `dataDirectory`. No TCP on Unix: a socket in a private
 * folder. The server stops when this process dies, however it dies. Throws EmbeddedError.
 */
export async function startEmbedded({
	dataDirectory,
	binDirectory,
	settings = {},
}: {
	dataDirectory: string
	binDirectory?: string
	settings?: Record<string, string>
}): Promise<EmbeddedPostgres> {
	const timings: Record<string, number> = {}
	const timed = async <T>(name: string, work: () => Promise<T> | T) => {
		const from = performance.now()
		const result = await work()
		timings[name] = Math.round(performance.now() - from)
		return result
	}
	const root = postgresDirectory(resolve(dataDirectory))
	mkdirSync(resolve(dataDirectory), { recursive: true, mode: 0o711 })
	const user = runAsUser(root)
	ownDirectory(root, user)
	const bin = await timed('binaries', () => findBinaries(root, user, binDirectory))
	const place: Place = {
		root,
		data: dataOf(root),
		sockets: socketDirectory(root),
		log: join(root, 'postgres.log'),
		bin,
		user,
	}
	const password = ensurePassword(place)
	await timed('initdb', () => ensureCluster(place))
	ownDirectory(place.sockets, user)
	writeSettings(place, settings)
	const { pid, port, adopted } = await timed('start', () => ensureRunning(place))
	if (!adopted) armDeadManSwitch(place)
	return {
		connection: connectionTo(root, port, password),
		pid,
		adopted,
		timings,
		stop: async () => {
			if (!adopted) await stopServer(place)
		},
	}
}

function ownDirectory(path: string, { uid, gid }: RunAs): void {
	mkdirSync(path, { recursive: true, mode: 0o700 })
	if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid)
}

function writeOwned(path: string, text: string, { uid, gid }: RunAs, flag = 'w'): void {
	writeFileSync(path, text, { mode: 0o600, flag })
	if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid)
}

function ensurePassword({ root, user }: Place): string {
	const file = passwordFile(root)
	try {
		writeOwned(file, randomBytes(24).toString('hex'), user, 'wx')
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
	}
	return readFileSync(file, 'utf8')
}

const environment = () => ({ ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C' })

/** Makes the cluster in a draft folder and publishes it by rename, so that a crash leaves no half of one. */
async function ensureCluster({ root, data, bin, user }: Place): Promise<void> {
	const draftPrefix = 'data.init-'
	for (const name of readdirSync(root).filter((entry) => entry.startsWith(draftPrefix))) {
		if (!isAlive(Number(name.slice(draftPrefix.length))))
			rmSync(join(root, name), { recursive: true, force: true })
	}
	if (existsSync(join(data, 'PG_VERSION'))) return
	const draft = join(root, `${draftPrefix}${process.pid}`)
	const args = ['-D', draft, '-U', 'charterkeep', '--auth=scram-sha-256', `--pwfile=${passwordFile(root)}`]
	await run(join(bin, 'initdb'), [...args, '-E', 'UTF8', '--locale=C', '--no-instructions'], {
		...user,
		cwd: onWindows ? root : '/',
		env: environment(),
	})
	try {
		renameSync(draft, data)
	} catch {
		// Another process published its cluster first; ours is not needed.
		rmSync(draft, { recursive: true, force: true })
	}
}

/** Settings go into a file of their own: no shell sees them, and paths may hold spaces and quotes. */
function writeSettings({ data, sockets, user }: Place, more: Record<string, string>): void {
	const settings: Record<string, string> = {
		listen_addresses: onWindows ? '127.0.0.1' : '',
		unix_socket_directories: onWindows ? '' : sockets.replaceAll('"', '""'),
		fsync: 'on',
		synchronous_commit: 'on',
		full_page_writes: 'on',
		max_connections: '80',
		shared_buffers: '64MB',
		timezone: 'UTC',
		io_method: 'sync',
		...more,
	}
	if (settings.unix_socket_directories !== '')
		settings.unix_socket_directories = `"${settings.unix_socket_directories}"`
	const main = join(data, 'postgresql.conf')
	const include = "include_if_exists = 'charterkeep.conf'"
	if (!readFileSync(main, 'utf8').includes(include)) appendFileSync(main, `\n${include}\n`)
	const text = Object.entries(settings)
		.map(([name, value]) => `${name} = '${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'\n`)
		.join('')
	writeOwned(join(data, 'charterkeep.conf'), text, user)
}

async function ensureRunning(place: Place): Promise<{ pid: number; port: number; adopted: boolean }> {
	let child: ChildProcess | undefined
	let ended: string | undefined
	const deadline = Date.now() + START_TIMEOUT_MS
	while (Date.now() < deadline) {
		if (ended !== undefined)
			throw new EmbeddedError(
				'DID_NOT_START',
				`PostgreSQL did not start (${ended}). Its log ${place.log} ends: ${tailOf(place.log)}`,
			)
		const found = readPostmaster(place.data)
		if (found !== null && isAlive(found.pid, { name: 'postgres' })) {
			if (found.ready && (await answers(place.root, found.port))) {
				return { pid: found.pid, port: found.port, adopted: child?.pid !== found.pid }
			}
		} else if (child === undefined) {
			if (found !== null) removeLeftovers(place, found.port)
			child = spawnServer(place)
			child.once('exit', (code, signal) => (ended = `exit ${code ?? signal}`))
			child.once('error', (error) => (ended = error.message))
		}
		await pause(10)
	}
	throw new EmbeddedError(
		'DID_NOT_START',
		`PostgreSQL in ${place.data} was not ready after ${START_TIMEOUT_MS / 1000} s; see ${place.log}.`,
	)
}

/** Detached, so that Ctrl-C in the terminal does not reach the server before we have finished with it. */
function spawnServer({ bin, data, log, user, root }: Place): ChildProcess {
	const output = openSync(log, 'a', 0o600)
	const child = spawn(join(bin, 'postgres'), ['-D', data], {
		...user,
		cwd: onWindows ? root : '/',
		env: environment(),
		stdio: ['ignore', output, output],
		detached: true,
	})
	closeSync(output)
	child.unref()
	return child
}

/** A dead server's pid file would make PostgreSQL take any process with that id for it. */
function removeLeftovers({ data, sockets }: Place, port: number): void {
	const socket = join(sockets, `.s.PGSQL.${port}`)
	for (const path of [join(data, 'postmaster.pid'), `${socket}.lock`, socket]) rmSync(path, { force: true })
}

/** A process that sees its input end when we die, even by SIGKILL, and then stops the server. */
function armDeadManSwitch({ bin, data, user }: Place): void {
	if (onWindows) return
	const script = 'trap "" INT TERM HUP; cat >/dev/null; exec "$1" -D "$2" -m fast -w -s stop'
	const watcher = spawn('/bin/sh', ['-c', script, 'charterkeep-watch', join(bin, 'pg_ctl'), data], {
		...user,
		cwd: '/',
		env: environment(),
		stdio: ['pipe', 'ignore', 'ignore'],
		detached: true,
	})
	watcher.unref()
	const input = watcher.stdin as (NodeJS.WritableStream & { unref?: () => void }) | null
	input?.unref?.()
}

async function stopServer({ bin, data, user, root }: Place): Promise<void> {
	const server = readPostmaster(data)
	if (server === null || !isAlive(server.pid, { name: 'postgres' })) return
	await run(join(bin, 'pg_ctl'), ['-D', data, '-m', 'fast', '-w', '-s', 'stop'], {
		...user,
		cwd: onWindows ? root : '/',
		env: environment(),
	})
}

function tailOf(log: string): string {
	return existsSync(log) ? readFileSync(log, 'utf8').slice(-600).trim() : '(empty)'
}
