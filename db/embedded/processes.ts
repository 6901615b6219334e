import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'

export const onWindows = process.platform === 'win32'

/** Ids to run a child process with; empty means as ourselves. */
export type RunAs = { uid?: number; gid?: number }

/** Runs a program to its end and gives its output; rejects with what it said on stderr. */
export function run(
	file: string,
	args: readonly string[],
	options: RunAs & { cwd?: string; env?: NodeJS.ProcessEnv; timeoutMs?: number } = {},
): Promise<string> {
	const { timeoutMs = 120_000, ...rest } = options
	return new Promise((resolve, reject) => {
		execFile(file, [...args], { ...rest, timeout: timeoutMs }, (error, stdout, stderr) => {
			if (error)
				reject(
					new Error(`${basename(file)}: ${(stderr || error.message).trim()}`.slice(0, 2000), {
						cause: error,
					}),
				)
			else resolve(stdout)
		})
	})
}

type ProcessStat = { state: string; name: string; startTicks: string }

/** State, name and start time of a process from /proc; null when there is none (or no /proc). */
function statOf(pid: number): ProcessStat | null {
	try {
		const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
		const close = text.lastIndexOf(')')
		const fields = text.slice(close + 2).split(' ')
		return {
			state: fields[0] ?? '',
			name: text.slice(text.indexOf('(') + 1, close),
			startTicks: fields[19] ?? '',
		}
	} catch {
		// The process is gone, or this system has no /proc: both are answered by null.
		return null
	}
}

/** A value that tells this process from a later one with the same id; empty where the system cannot say. */
export function startMarkOf(pid: number): string {
	return statOf(pid)?.startTicks ?? ''
}

/** True when the process runs. A zombie does not, though a signal still reaches it. */
export function isAlive(pid: number, expected: { name?: string; startMark?: string } = {}): boolean {
	try {
		process.kill(pid, 0)
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
	}
	if (process.platform !== 'linux') return true
	const stat = statOf(pid)
	if (stat === null || stat.state === 'Z' || stat.state === 'X') return false
	if (expected.name !== undefined && stat.name !== expected.name) return false
	return (
		expected.startMark === undefined || expected.startMark === '' || expected.startMark === stat.startTicks
	)
}
