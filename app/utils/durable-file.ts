import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Writes a file whole: it is on disk under its name when this returns, and a crash at any moment leaves the old one or
 * the new one. Only the owner may read it. Makes the folder.
 */
export function writeDurably(path: string, text: string): void {
	const folder = dirname(path)
	mkdirSync(folder, { recursive: true, mode: 0o700 })
	const draft = `${path}.draft`
	flushed(draft, 'w', (handle) => writeSync(handle, text))
	renameSync(draft, path)
	// On Windows a folder cannot be opened; there the rename is as durable as it gets.
	if (process.platform !== 'win32')
		for (const folderOf of [folder, dirname(folder)]) flushed(folderOf, 'r', () => undefined)
}

function flushed(path: string, flags: 'w' | 'r', work: (handle: number) => unknown): void {
	const handle = openSync(path, flags, 0o600)
	try {
		work(handle)
		fsyncSync(handle)
	} finally {
		closeSync(handle)
	}
}
