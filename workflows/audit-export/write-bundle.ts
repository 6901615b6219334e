import { entryBundle, TILE_WIDTH, tileBytes } from '../ledger/tiles.ts'
import { bytesToHex, toBase64, utf8ToBytes } from '../shared/bytes.ts'
import {
	charterPath,
	entriesTile,
	leafTile,
	logPath,
	openingsPath,
	PATHS,
	rotationPath,
	sumLine,
	upperTiles,
} from './bundle-layout.ts'
import { manifestBytes, openingsBytes, type Manifest, type OpeningLine } from './manifest.ts'
import type { Platform } from './platform.ts'
import { createRangeTree } from './range-tree.ts'
import { createTreeReading } from './tree-reading.ts'
import { zipOf, type ZipFile } from './zip/write.ts'

/** An entry as it goes into a bundle: the bytes that were hashed, and what opens them where the auditor may see it. */
export type EntryToWrite = {
	leaf: Uint8Array
	leafHash: Uint8Array
	openings?: OpeningLine['openings']
	isSelected: boolean
}

export type BundleSource = {
	manifest: Manifest
	/** The signed checkpoint, with cosignatures, and its size. */
	checkpoint: { note: string; size: number }
	/** C2SP tlog-policy that names the log's key and the witnesses. */
	policy: string
	/** Checkpoints of the times when two keys signed, the smallest first. */
	rotations: readonly { note: string; size: number }[]
	/** Roots over each tile of leaves, the last one as far as the checkpoint reaches. */
	tileRoots: readonly Uint8Array[]
	/** Entries in order, in lots of 256 as the tiles are; the last lot as far as the checkpoint reaches. */
	tiles: AsyncIterable<readonly EntryToWrite[]>
	charters: readonly { version: number; yaml: string }[]
	summary: Uint8Array
	verifier: Uint8Array
}

/** The bytes of a bundle, as they are made: little more than one tile of the log is held at a time. */
export function writeBundle(source: BundleSource, platform: Omit<Platform, 'readCharter'>) {
	return zipOf(withSums(filesOf(source, platform), platform), platform)
}

async function* withSums(
	files: AsyncIterable<ZipFile>,
	{ sha256 }: Pick<Platform, 'sha256'>,
): AsyncGenerator<ZipFile> {
	let sums = ''
	for await (const file of files) {
		sums += sumLine(file.path, bytesToHex(sha256(file.bytes)))
		yield file
	}
	yield { path: PATHS.sums, bytes: utf8ToBytes(sums) }
}

async function* filesOf(
	{ manifest, checkpoint, policy, rotations, charters, summary, verifier, ...log }: BundleSource,
	platform: Pick<Platform, 'sha256'>,
): AsyncGenerator<ZipFile> {
	yield { path: PATHS.manifest, bytes: manifestBytes(manifest) }
	yield { path: PATHS.checkpoint, bytes: utf8ToBytes(checkpoint.note) }
	yield { path: PATHS.policy, bytes: utf8ToBytes(policy) }
	for (const { size, note } of rotations) yield { path: rotationPath(size), bytes: utf8ToBytes(note) }
	yield* logFiles(log, checkpoint.size, platform)
	for (const { version, yaml } of charters) yield { path: charterPath(version), bytes: utf8ToBytes(yaml) }
	yield { path: PATHS.summary, bytes: summary }
	yield { path: PATHS.verifier, bytes: verifier }
}

async function* logFiles(
	{ tiles, tileRoots }: Pick<BundleSource, 'tiles' | 'tileRoots'>,
	size: number,
	{ sha256 }: Pick<Platform, 'sha256'>,
): AsyncGenerator<ZipFile> {
	const above = createRangeTree(tileRoots, sha256)
	const tree = createTreeReading(sha256)
	let tile = 0
	for await (const entries of tiles) {
		const hashes = entries.map(({ leafHash }) => leafHash)
		yield {
			path: logPath(entriesTile(tile, size)),
			bytes: entryBundle(entries.map(({ leaf }) => leaf)),
		}
		const lines = linesOf(entries, tile, hashes, above.path(tile), sha256)
		if (lines.length > 0) yield { path: openingsPath(tile), bytes: openingsBytes(lines) }
		yield { path: logPath(leafTile(tile, size)), bytes: tileBytes(hashes) }
		for (const hash of hashes) tree.append(hash)
		tile += 1
	}
	for (const { level, index, width } of upperTiles(size))
		yield { path: logPath({ level, index, width }), bytes: tree.tileBytes(Number(level), index, width) }
}

function linesOf(
	entries: readonly EntryToWrite[],
	tile: number,
	hashes: readonly Uint8Array[],
	above: readonly Uint8Array[],
	sha256: Platform['sha256'],
): OpeningLine[] {
	const within = createRangeTree(hashes, sha256)
	return entries.flatMap(({ openings, isSelected }, i): OpeningLine[] => {
		if (openings === undefined && !isSelected) return []
		return [
			{
				index: tile * TILE_WIDTH + i,
				...(openings ? { openings } : {}),
				...(isSelected
					? { proof: [...within.path(i), ...above].map(toBase64), selected: true as const }
					: {}),
			},
		]
	})
}
