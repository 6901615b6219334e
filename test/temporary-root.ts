import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isAlive } from '#db/embedded/processes.ts'

const NAME = /^charterkeep-tests-(\d+)-/

/**
 * A folder that all temporary folders of one project's tests lie in, so that those of a test that failed go as well. What
 * runs left behind that were killed is removed with it.
 */
export function makeTemporaryRoot(): { path: string; remove: () => void } {
	for (const name of readdirSync(tmpdir())) {
		const [, pid] = NAME.exec(name) ?? []
		if (pid !== undefined && !isAlive(Number(pid))) remove(join(tmpdir(), name))
	}
	const path = mkdtempSync(join(tmpdir(), `charterkeep-tests-${process.pid}-`))
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
