import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { bytesToHex, hexToBytes } from '#workflows/shared/bytes.ts'

export type SignedHead = { size: number; root: Uint8Array }

/** Remembers the last signed head outside the database, which a restored backup would take back in time. */
export type HeadGuard = {
	/** The last head that was signed here; null before the first. */
	last(): SignedHead | null
	/**
	 * Called before a signed head can be seen, and durable when it returns: its entries are committed by then, so that the
	 * guard is never ahead of the database. An earlier head changes nothing.
	 */
	remember(head: SignedHead): void
}

const fileSchema = z.strictObject({
	origin: z.string(),
	size: z.int().min(0),
	root: z.string().regex(/^[0-9a-f]{64}$/),
})

/** Keeps the head of the log with this origin in a file, written whole and flushed to disk. */
export function openHeadGuard(file: string, origin: string): HeadGuard {
	const last = (): SignedHead | null => {
		if (!existsSync(file)) return null
		const parsed = fileSchema.safeParse(parseJson(readFileSync(file, 'utf8')))
		if (!parsed.success || parsed.data.origin !== origin) {
			throw new Error(
				`The file ${file} does not hold the last signed head of ${origin}: put back the one that belongs to this log's key, from a backup of that folder.`,
			)
		}
		return { size: parsed.data.size, root: hexToBytes(parsed.data.root) }
	}
	return {
		last,
		remember({ size, root }) {
			if ((last()?.size ?? -1) >= size) return
			// A name of its own, so that two processes on one folder never write into the same draft.
			const draft = `${file}.${process.pid}.draft`
			flushed(draft, 'w', (handle) =>
				writeSync(handle, JSON.stringify({ origin, size, root: bytesToHex(root) })),
			)
			renameSync(draft, file)
			// On Windows a folder cannot be opened; there the rename is as durable as it gets.
			if (process.platform !== 'win32') flushed(dirname(file), 'r', () => undefined)
		},
	}
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

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text)
	} catch {
		// The schema refuses what is not JSON.
		return undefined
	}
}
