import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lockDataDirectory } from '#db/embedded/data-directory.ts'
import { EmbeddedError } from '#db/embedded/errors.ts'
import { writeDurably } from '#app/utils/durable-file.ts'
import { bytesToHex, sha256, utf8ToBytes } from '#workflows/shared/bytes.ts'
import { parseCheckpointBody, type TreeHead } from '#workflows/ledger/checkpoint.ts'
import { cosignatureTime, parseCosignerVkey } from '#workflows/ledger/cosignature.ts'
import { parseNote } from '#workflows/ledger/signed-note.ts'
import { linesOfWitnesses } from '#workflows/ledger/witness-verdict.ts'
import { WitnessError } from './witness-error.ts'

/** A checkpoint under this witness's own cosignature, and when it signed (seconds since 1970). */
export type Cosigned = { head: TreeHead; note: string; seconds: number }

/** What was cosigned last for each log: in memory to be asked, on disk before anybody is told. */
export type WitnessFolder = {
	latest(origin: string): Cosigned | null
	/** By the SHA-256 of the origin in hex, as it is asked for. */
	byHash(hash: string): Cosigned | null
	/** Durable when it returns. */
	save(cosigned: Cosigned): void
	/** Keeps what somebody must look at, once under each name. */
	keep(origin: string, name: string, text: string): void
	/** What was kept, as paths. */
	kept(): string[]
	release(): void
}

/** The name of a log in paths and addresses (C2SP tlog-witness). */
export const hashOfOrigin = (origin: string): string => bytesToHex(sha256(utf8ToBytes(origin)))

/**
 * This witness's cosignature on a note, where it holds: what it said, whoever kept it. Null for any other note. The
 * signature of the log is not looked at here: a witness signs nothing that the log did not.
 */
export function ownCosignature(note: string, vkey: string): Cosigned | null {
	const key = parseCosignerVkey(vkey)
	const parsed = parseNote(note)
	const head = parsed === null ? null : parseCheckpointBody(parsed.text)
	if (key === null || parsed === null || head === null) return null
	const [line] = linesOfWitnesses(parsed.signatures, [{ name: key.name, key, vkey, url: null }])
	const seconds = line === undefined ? null : cosignatureTime(parsed.text, line.signature.signature, key)
	const { origin, size, root } = head
	return seconds === null ? null : { head: { origin, size, root }, note, seconds }
}

/**
 * Opens the folder for this process alone. A second folder, on another disk at best, remembers too: where it knows of
 * more than the first, the first was put back from an older copy, and the witness does not start.
 */
export function openWitnessFolder(
	directory: string,
	guardDirectory: string | null,
	vkey: string,
): WitnessFolder {
	const release = lock(directory)
	try {
		const known = readAll(directory, vkey)
		if (guardDirectory !== null) demandNewest(known, directory, guardDirectory, vkey)
		return folderOf(directory, guardDirectory, known, release)
	} catch (error) {
		release()
		throw error
	}
}

function demandNewest(
	known: ReadonlyMap<string, Cosigned>,
	directory: string,
	guardDirectory: string,
	vkey: string,
): void {
	for (const [hash, { head }] of readAll(guardDirectory, vkey)) {
		const held = known.get(hash)?.head.size ?? -1
		if (held >= head.size) continue
		throw new WitnessError(
			`This witness cosigned ${head.size} entries of ${head.origin}, and ${directory} knows of ${Math.max(held, 0)}: it was put back from an older copy, or files are missing. Put back the newest copy; if there is none, copy checkpoints/${hash} from ${guardDirectory} to ${directory}.`,
		)
	}
}

function folderOf(
	directory: string,
	guardDirectory: string | null,
	known: Map<string, Cosigned>,
	release: () => void,
): WitnessFolder {
	return {
		latest: (origin) => known.get(hashOfOrigin(origin)) ?? null,
		byHash: (hash) => known.get(hash) ?? null,
		save(cosigned) {
			const hash = hashOfOrigin(cosigned.head.origin)
			writeDurably(fileOf(directory, hash), cosigned.note)
			known.set(hash, cosigned)
			if (guardDirectory !== null) writeDurably(fileOf(guardDirectory, hash), cosigned.note)
		},
		keep(origin, name, text) {
			const file = join(directory, 'look-at', hashOfOrigin(origin), name)
			if (!existsSync(file)) writeDurably(file, text)
		},
		kept() {
			const folder = join(directory, 'look-at')
			if (!existsSync(folder)) return []
			return readdirSync(folder, { recursive: true, encoding: 'utf8' })
				.filter((name) => name.endsWith('.txt'))
				.map((name) => join(folder, name))
		},
		release,
	}
}

const fileOf = (directory: string, hash: string) => join(directory, 'checkpoints', hash, 'checkpoint')

function readAll(directory: string, vkey: string): Map<string, Cosigned> {
	const folder = join(directory, 'checkpoints')
	const hashes = existsSync(folder) ? readdirSync(folder) : []
	return new Map(
		hashes
			.filter((hash) => existsSync(fileOf(directory, hash)))
			.map((hash) => {
				const cosigned = ownCosignature(readFileSync(fileOf(directory, hash), 'utf8'), vkey)
				if (cosigned === null || hashOfOrigin(cosigned.head.origin) !== hash) {
					throw new WitnessError(
						`The file ${fileOf(directory, hash)} is no checkpoint that this witness cosigned: put back the newest copy of it. Without it this witness would sign whatever the log says next.`,
					)
				}
				return [hash, cosigned]
			}),
	)
}

function lock(directory: string): () => void {
	try {
		return lockDataDirectory(directory)
	} catch (cause) {
		if (!(cause instanceof EmbeddedError) || cause.code !== 'DIRECTORY_IN_USE') throw cause
		const [, holder = '?'] = /process (\d+)/.exec(cause.message) ?? []
		throw new WitnessError(
			`The folder ${directory} is in use by process ${holder}: two witnesses with one key could sign two trees. Stop that one first, or set WITNESS_DIR to another folder.`,
			{ cause },
		)
	}
}
