import { readFileSync } from 'node:fs'

/**
 * The most memory in MB that a process ever held, by Linux's own account (VmHWM). What getrusage tells is the peak of
 * whoever started the process as well, since it is handed on over exec.
 */
export function peakMemoryMb(): number {
	const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
	if (kilobytes === undefined) throw new Error('This system does not tell how much memory a process held.')
	return Number(kilobytes) / 1024
}

/** What this process has computed so far, on all its threads: the same on a machine that others use as well. */
export function cpuSeconds(): number {
	const { user, system } = process.cpuUsage()
	return (user + system) / 1e6
}
