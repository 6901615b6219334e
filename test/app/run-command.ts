import { execFile } from 'node:child_process'
import { join } from 'node:path'
import type { Connection } from '#db/embedded/launcher.ts'

export type Ran = { code: number; stdout: string; stderr: string }

/** Runs a command-line tool as somebody would, with nothing in its environment but what is given. */
export function runCommand(
	command: string,
	args: readonly string[],
	{ env, input = '' }: { env: Record<string, string>; input?: string },
): Promise<Ran> {
	return new Promise((resolve) => {
		const child = execFile(
			process.execPath,
			[join(import.meta.dirname, '../../app/commands', command), ...args],
			{
				env: { NODE_ENV: process.env.NODE_ENV, PATH: process.env.PATH, ...env },
				maxBuffer: 64 * 1024 * 1024,
			},
			(error, stdout, stderr) => {
				resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr })
			},
		)
		child.stdin?.on('error', () => undefined)
		child.stdin?.end(input)
	})
}

/** The connection as an address: the host is a folder with a socket. */
export function urlOf({ host, port, user, password, database }: Connection): string {
	const url = new URL(`postgres://localhost/${database}`)
	url.username = user
	url.password = password
	url.searchParams.set('host', host)
	url.searchParams.set('port', String(port))
	return url.href
}
