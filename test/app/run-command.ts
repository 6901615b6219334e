import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { format } from 'node:util'

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
			{ env: { ...ownEnvironment(), ...env }, maxBuffer: 64 * 1024 * 1024 },
			(error, stdout, stderr) => {
				resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr })
			},
		)
		child.stdin?.on('error', () => undefined)
		child.stdin?.end(input)
	})
}

let last: Promise<unknown> = Promise.resolve()

/**
 * Runs the same tool inside this process, which saves the second that a process takes to start: its environment, what it
 * prints and its exit code are as they would be. One after another, since environment and output belong to the process.
 */
export function runHere(
	tool: (words: readonly string[]) => Promise<number>,
	words: readonly string[],
	{ env }: { env: Record<string, string> },
): Promise<Ran> {
	const ran = last.then(() => withOutput(env, () => tool(words)))
	last = ran.catch(() => undefined)
	return ran
}

async function withOutput(env: Record<string, string>, work: () => Promise<number>): Promise<Ran> {
	const said = { stdout: '', stderr: '' }
	const line =
		(stream: 'stdout' | 'stderr') =>
		(...values: unknown[]) =>
			void (said[stream] += `${format(...values)}\n`)
	const text = (stream: 'stdout' | 'stderr') => (written: string | Uint8Array) => {
		said[stream] += typeof written === 'string' ? written : Buffer.from(written).toString()
		return true
	}
	const kept = {
		env: process.env,
		log: console.log,
		error: console.error,
		out: process.stdout.write.bind(process.stdout),
		err: process.stderr.write.bind(process.stderr),
	}
	process.env = { ...ownEnvironment(), ...env }
	console.log = line('stdout')
	console.error = line('stderr')
	process.stdout.write = text('stdout')
	process.stderr.write = text('stderr')
	try {
		return { code: await work(), ...said }
	} finally {
		process.env = kept.env
		console.log = kept.log
		console.error = kept.error
		process.stdout.write = kept.out
		process.stderr.write = kept.err
	}
}

const ownEnvironment = () => ({ NODE_ENV: process.env.NODE_ENV, PATH: process.env.PATH })
