import { readFileSync, statSync } from 'node:fs'
import { EmbeddedError } from './errors.ts'
import { onWindows, run, type RunAs } from './processes.ts'

/**
 * PostgreSQL refuses to run as root. As root we run it as the owner of an existing data directory, else as
 * `postgres`, else as `nobody`; as anybody else we run it as ourselves.
 */
export function runAsUser(existingDataDirectory: string): RunAs {
	if (onWindows || process.getuid?.() !== 0) return {}
	const owner = ownerOf(existingDataDirectory)
	if (owner !== null && owner.uid !== 0) return owner
	const accounts = readFileSync('/etc/passwd', 'utf8')
		.split('\n')
		.map((line) => line.split(':'))
	const account = ['postgres', 'nobody']
		.map((name) => accounts.find(([n]) => n === name))
		.find((found) => found)
	if (!account) {
		throw new EmbeddedError(
			'NO_RUN_AS_USER',
			'PostgreSQL refuses to run as root, and this machine has neither a "postgres" nor a "nobody" user: start Charterkeep as an ordinary user, or set DATABASE_URL.',
		)
	}
	return { uid: Number(account[2]), gid: Number(account[3]) }
}

function ownerOf(path: string): { uid: number; gid: number } | null {
	const stat = statSync(path, { throwIfNoEntry: false })
	return stat ? { uid: stat.uid, gid: stat.gid } : null
}

/** Whether that user can enter the directory (which exists). */
export async function canEnter(directory: string, user: RunAs): Promise<boolean> {
	if (user.uid === undefined) return true
	try {
		await run('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], { ...user, cwd: '/' })
		return true
	} catch {
		// `cd` said no: that is the answer, whatever the reason.
		return false
	}
}
