import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { chooseDataDirectory, lockDataDirectory } from '#db/embedded/data-directory.ts'
import { isAlive } from '#db/embedded/processes.ts'

const PROGRAM = join(import.meta.dirname, '../fakes/database-user.ts')
const isRoot = process.getuid?.() === 0
const NOBODY = 65_534

let folder: string
const children: ChildProcess[] = []

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "charterkeep it's "))
	chmodSync(folder, 0o777)
})
afterEach(async () => {
	for (const child of children.splice(0)) child.kill('SIGKILL')
	await pause(300)
	rmSync(folder, { recursive: true, force: true })
})

type User = {
	child: ChildProcess
	said: string[]
	ready: Promise<{ server: number }>
	ended: Promise<number | null>
}

/** A process that owns the data directory, runs the server, and writes rows as fast as it can, telling each one. */
function startUser(uid?: number): User {
	const child = spawn(process.execPath, [PROGRAM, join(folder, 'data')], {
		stdio: ['ignore', 'pipe', 'pipe'],
		cwd: '/',
		...(uid === undefined ? {} : { uid, gid: uid }),
	})
	children.push(child)
	const said: string[] = []
	const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
	const ready = new Promise<{ server: number }>((resolve, reject) => {
		for (const stream of [child.stdout, child.stderr]) {
			if (!stream) continue
			createInterface({ input: stream }).on('line', (line) => {
				said.push(line)
				const match = /^ready (\d+)$/.exec(line)
				if (match) resolve({ server: Number(match[1]) })
			})
		}
		void ended.then(() => reject(new Error(said.join('\n'))))
	})
	ready.catch(() => undefined)
	return { child, said, ready, ended }
}

const acknowledged = ({ said }: User) => said.filter((line) => line.startsWith('row ')).length
const rowsFound = ({ said }: User) => Number(said.find((line) => line.startsWith('found '))?.slice(6))

async function goneWithin(pid: number, ms: number): Promise<boolean> {
	for (const until = Date.now() + ms; Date.now() < until; await pause(50))
		if (!isAlive(pid, { name: 'postgres' })) return true
	return false
}

describe('our own PostgreSQL', () => {
	test('a second start finds the rows, and stopping leaves no server', async () => {
		const first = startUser()
		const { server } = await first.ready
		await pause(300)
		first.child.kill('SIGTERM')
		await first.ended
		expect(isAlive(server, { name: 'postgres' })).toBe(false)
		const second = startUser()
		await second.ready
		expect(rowsFound(second)).toBeGreaterThanOrEqual(acknowledged(first))
		expect(acknowledged(first)).toBeGreaterThan(0)
	})

	test('when the app is killed the server stops by itself, and no acknowledged row is lost', async () => {
		const first = startUser()
		const { server } = await first.ready
		await pause(500)
		first.child.kill('SIGKILL')
		await first.ended
		expect(await goneWithin(server, 10_000)).toBe(true)
		const second = startUser()
		await second.ready
		expect(rowsFound(second)).toBeGreaterThanOrEqual(acknowledged(first))
	})

	test('when app and server are killed together the next start recovers', async () => {
		const first = startUser()
		const { server } = await first.ready
		await pause(500)
		first.child.kill('SIGKILL')
		process.kill(server, 'SIGKILL')
		await first.ended
		const second = startUser()
		await second.ready
		expect(rowsFound(second)).toBeGreaterThanOrEqual(acknowledged(first))
	})

	test('of two starts at once one wins, and the other says who holds the directory', async () => {
		const both = [startUser(), startUser()]
		const outcomes = await Promise.allSettled(both.map(({ ready }) => ready))
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
		const winner = both[outcomes.findIndex(({ status }) => status === 'fulfilled')]
		const reason = outcomes.find((outcome) => outcome.status === 'rejected')?.reason as Error
		expect(reason.message).toContain(`is in use by process ${winner?.child.pid}`)
	})

	test.skipIf(!isRoot)(
		'runs as an ordinary user as well (skipped: only root can become somebody else)',
		async () => {
			const user = startUser(NOBODY)
			const { server } = await user.ready
			expect(readFileSync(`/proc/${server}/status`, 'utf8')).toContain(`Uid:\t${NOBODY}`)
		},
	)

	test.skipIf(!isRoot)(
		'as root it runs as somebody else, who cannot read the secrets beside it (skipped: only as root)',
		async () => {
			const user = startUser()
			const { server } = await user.ready
			expect(readFileSync(`/proc/${server}/status`, 'utf8')).not.toContain('Uid:\t0')
		},
	)
})

describe('the data directory', () => {
	test.skipIf(!isRoot)(
		'moves where the other user can enter it, unless it was asked for (skipped: only as root)',
		async () => {
			const closed = join(folder, 'closed')
			mkdirSync(closed, { mode: 0o700 })
			const wanted = join(closed, 'data')
			const fallback = join(folder, 'fallback')
			expect(await chooseDataDirectory({ wanted, explicit: false, fallback })).toEqual({
				directory: fallback,
				movedFrom: wanted,
			})
			await expect(chooseDataDirectory({ wanted, explicit: true, fallback })).rejects.toThrow(
				/cannot be entered/,
			)
		},
	)

	test('a lock left by a killed process, or one with a reused id, is taken over', () => {
		const stale = lockDataDirectory(folder, 2 ** 22 - 1)
		const release = lockDataDirectory(folder)
		expect(() => lockDataDirectory(folder)).toThrow(`is in use by process ${process.pid}`)
		release()
		expect(existsSync(join(folder, 'charterkeep.lock'))).toBe(false)
		stale()
	})
})
