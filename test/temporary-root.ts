import {
	accessSync,
	chmodSync,
	constants,
	mkdtempSync,
	readFileSync,
	readdirSync,
	rmSync,
	statfsSync,
} from 'node:fs'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'
import { isAlive } from '#db/embedded/processes.ts'

const NAME = /^charterkeep-tests-(\d+)-/

/** Where Linux keeps files in memory. */
const IN_MEMORY = '/dev/shm'
/** What the databases of a run need at most, with what they write beside. */
const ROOM_BYTES = 3 * 2 ** 30

/**
 * Where databases that nothing must survive of are made quickest: to clone one is to make a thousand files, which takes
 * half a second on a disk and a twentieth of that in memory. Memory is taken where there is plenty, and where programs may
 * run from it (ours are copied beside the data where PostgreSQL's user cannot reach them).
 */
export function quickestFolder(): string {
	try {
		accessSync(IN_MEMORY, constants.W_OK)
		const { bavail, bsize } = statfsSync(IN_MEMORY)
		const mounted = readFileSync('/proc/mounts', 'utf8')
			.split('\n')
			.filter((line) => line.split(' ')[1] === IN_MEMORY)
		const canRun =
			mounted.length > 0 && mounted.every((line) => !line.split(' ')[3]?.split(',').includes('noexec'))
		return canRun && bavail * bsize > ROOM_BYTES && freemem() > ROOM_BYTES ? IN_MEMORY : tmpdir()
	} catch {
		// Not Linux, or not ours to write to.
		return tmpdir()
	}
}

/**
 * A folder that all temporary folders of one project's tests lie in, so that those of a test that failed go as well. What
 * runs left behind that were killed is removed with it.
 */
export function makeTemporaryRoot(folder = tmpdir()): { path: string; remove: () => void } {
	for (const name of readdirSync(folder)) {
		const [, pid] = NAME.exec(name) ?? []
		if (pid !== undefined && !isAlive(Number(pid))) remove(join(folder, name))
	}
	const path = mkdtempSync(join(folder, `charterkeep-tests-${process.pid}-`))
	// PostgreSQL runs as another user where we are root.
	chmodSync(path, 0o711)
	const removed = () => remove(path)
	process.once('exit', removed)
	return { path, remove: removed }
}

function remove(path: string): void {
	try {
		rmSync(path, { recursive: true, force: true, maxRetries: 3 })
	} catch {
		// Something is still in use in it: the next run takes it away.
	}
}
