import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PAGE = 4096

/** A file system of its own of this size in `folder`, to fill; null, with the reason printed, where this user may mount none. */
export function mountSmallDisk(folder: string, size: string) {
	mkdirSync(folder, { mode: 0o755 })
	const ran = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=755`, 'tmpfs', folder])
	if (ran.status !== 0) {
		console.log('left out: this user may mount no file system to fill')
		return null
	}
	const filler = join(folder, 'filler')
	return {
		/** Leaves not one page free. */
		fill(): void {
			for (let bytes = 64 * 1024 * 1024; bytes >= PAGE; bytes /= 2)
				for (;;)
					try {
						writeFileSync(filler, Buffer.alloc(bytes), { flag: 'a' })
					} catch (error) {
						if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
						break
					}
		},
		makeRoom: () => rmSync(filler, { force: true }),
		unmount: () => void spawnSync('umount', ['-l', folder]),
	}
}
