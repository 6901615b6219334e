import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { postgresDirectory } from './data-directory.ts'
import { isAlive, onWindows } from './processes.ts'

/** What a data directory says of the server that runs in it. Nothing here writes. */

export type Connection = { host: string; port: number; user: string; password: string; database: string }

type Postmaster = { pid: number; port: number; ready: boolean }

const SOCKET_PATH_LIMIT = 85

export const dataOf = (root: string) => join(root, 'data')
export const passwordFile = (root: string) => join(root, 'password')

/** A socket path is at most 107 bytes long: a deep data directory gets a short private folder for it. */
export function socketDirectory(root: string): string {
	const inside = join(root, 'run')
	if (Buffer.byteLength(inside) <= SOCKET_PATH_LIMIT) return inside
	return join(tmpdir(), `charterkeep-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`)
}

export function readPostmaster(data: string): Postmaster | null {
	const file = join(data, 'postmaster.pid')
	if (!existsSync(file)) return null
	const lines = readFileSync(file, 'utf8').split('\n')
	return { pid: Number(lines[0]), port: Number(lines[3]) || 5432, ready: (lines[7] ?? '').trim() === 'ready' }
}

export function answers(root: string, port: number): Promise<boolean> {
	return new Promise((done) => {
		const path = join(socketDirectory(root), `.s.PGSQL.${port}`)
		const socket = connect(onWindows ? { host: '127.0.0.1', port } : { path })
		socket.once('connect', () => {
			socket.destroy()
			done(true)
		})
		socket.once('error', () => done(false))
	})
}

export const connectionTo = (root: string, port: number, password: string): Connection => ({
	host: onWindows ? '127.0.0.1' : socketDirectory(root),
	port,
	user: 'charterkeep',
	password,
	database: 'postgres',
})

/** The server that runs in this data directory and answers; null when there is none. Leaves everything as it is. */
export async function findRunning(dataDirectory: string): Promise<Connection | null> {
	const root = postgresDirectory(resolve(dataDirectory))
	const found = readPostmaster(dataOf(root))
	if (found === null || !found.ready || !isAlive(found.pid, { name: 'postgres' })) return null
	if (!(await answers(root, found.port))) return null
	return connectionTo(root, found.port, readFileSync(passwordFile(root), 'utf8'))
}
