import { nodePlatform } from '#app/verifier/node-platform.server.ts'
import { PATHS, sumLine } from '#workflows/audit-export/bundle-layout.ts'
import {
	indexDigest,
	manifestBytes,
	type BundleFilter,
	type Manifest,
} from '#workflows/audit-export/manifest.ts'
import { createRangeTree } from '#workflows/audit-export/range-tree.ts'
import { verifyBundle, type VerifyOptions } from '#workflows/audit-export/verify-bundle.ts'
import { writeBundle, type EntryToWrite } from '#workflows/audit-export/write-bundle.ts'
import { readZip } from '#workflows/audit-export/zip/read.ts'
import { zipOf, type ZipFile } from '#workflows/audit-export/zip/write.ts'
import type { SealedEntry } from '#workflows/ledger/leaf.ts'
import { TILE_WIDTH } from '#workflows/ledger/tiles.ts'
import { utf8ToBytes } from '#workflows/shared/bytes.ts'
import { fixtureId, hexDigest, logSigner, ORIGIN, type LogFixture, type Signer } from './told-log.ts'

const EVERYTHING: BundleFilter = { people: [], roles: [], facilities: [], from: null, until: null }
const AUDITOR = fixtureId(999_999_999)

export type BundleChanges = {
	filter?: Partial<BundleFilter>
	profile?: Manifest['profile']
	signer?: Signer
	/** Which of the entries about requests are marked; all of them if nothing is said. */
	isSelected?: (index: number, entry: SealedEntry) => boolean
	/** What is laid open of an entry; everything if nothing is said. */
	open?: (index: number, entry: SealedEntry) => EntryToWrite['openings']
	manifest?: Partial<Manifest>
	/** Whether the log says that this bundle was made. */
	isBundled?: boolean
	rotations?: readonly { note: string; size: number }[]
	/** The key that the policy names, and the checkpoint that goes in, in the place of the right ones. */
	vkey?: string
	checkpoint?: () => { note: string; size: number }
	policy?: string
}

const isAboutRequest = ({ leaf }: SealedEntry) => 'requestId' in leaf.open

/** A bundle of a whole log, as the application makes it; the entry that tells of it is added to the log. */
export const bundleOf = (log: LogFixture, changes: BundleChanges = {}) => wholeOf(bundleStream(log, changes))

/** Bytes that come in pieces, as one. */
export async function wholeOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
	const parts: Uint8Array[] = []
	for await (const part of pieces) parts.push(part)
	return new Uint8Array(Buffer.concat(parts))
}

export function bundleStream(log: LogFixture, changes: BundleChanges = {}): AsyncIterable<Uint8Array> {
	const { profile = 'auditor', signer = logSigner() } = changes
	const asOf = log.entries.length
	const isSelected = (index: number, entry: SealedEntry) =>
		index < asOf && isAboutRequest(entry) && (changes.isSelected?.(index, entry) ?? true)
	const digest = indexDigest(nodePlatform.createSha256())
	const requests = new Set<unknown>()
	for (const [index, entry] of log.entries.entries()) {
		if (!isSelected(index, entry)) continue
		digest.add(index)
		requests.add((entry.leaf.open as { requestId?: string }).requestId)
	}
	const summary = utf8ToBytes('<p>summary</p>')
	const verifier = utf8ToBytes('<p>verifier</p>')
	const manifest: Manifest = {
		format: 'charterkeep-bundle',
		v: 1,
		origin: ORIGIN,
		asOf,
		generatedAt: log.now,
		by: AUDITOR,
		profile,
		language: 'en',
		timeZone: 'Europe/Berlin',
		filter: { ...EVERYTHING, ...changes.filter },
		requests: requests.size,
		...digest.finish(),
		summarySha256: hexDigest(summary),
		verifierSha256: hexDigest(verifier),
		...changes.manifest,
	}
	if (changes.isBundled ?? true)
		log.add('record.bundled', {
			actor: AUDITOR,
			open: { manifestSha256: hexDigest(manifestBytes(manifest)), selected: manifest.selected },
			sealed: { query: { filter: manifest.filter } },
		})
	const checkpoint = changes.checkpoint?.() ?? log.checkpoint(signer)
	const open = changes.open ?? ((_index, { openings }) => openings as EntryToWrite['openings'])
	const written = log.entries.map((entry, index): EntryToWrite => {
		const openings = only(open(index, entry), profile)
		return {
			leaf: entry.bytes,
			leafHash: log.hashes[index]!,
			...(openings ? { openings } : {}),
			isSelected: isSelected(index, entry),
		}
	})
	return writeBundle(
		{
			manifest,
			checkpoint,
			policy: changes.policy ?? `log ${changes.vkey ?? signer.vkey}\nquorum none\n`,
			rotations: changes.rotations ?? [],
			tileRoots: lots(log.hashes).map((lot) => createRangeTree(lot, nodePlatform.sha256).root()),
			tiles: (async function* () {
				yield* lots(written)
			})(),
			charters: [{ version: 1, yaml: log.yaml }],
			summary,
			verifier,
		},
		nodePlatform,
	)
}

function only(openings: EntryToWrite['openings'], profile: Manifest['profile']): EntryToWrite['openings'] {
	const kept = Object.entries(openings ?? {}).filter(
		([group]) => profile === 'auditor' || !['eligibility', 'fact'].includes(group),
	)
	return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

const lots = <T>(list: readonly T[]): T[][] =>
	Array.from({ length: Math.ceil(list.length / TILE_WIDTH) }, (_, i) =>
		list.slice(i * TILE_WIDTH, (i + 1) * TILE_WIDTH),
	)

export async function* chunksOf(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
	for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

export const verify = (bytes: Uint8Array, options: VerifyOptions = {}) =>
	verifyBundle(chunksOf(bytes), nodePlatform, options)

/** What a bundle is refused for. */
export const codesOf = async (bytes: Uint8Array, options: VerifyOptions = {}) => [
	...new Set((await verify(bytes, options)).failures.map(({ code }) => code)),
]

/** The files of a bundle. */
export async function filesOf(bytes: Uint8Array): Promise<ZipFile[]> {
	const files: ZipFile[] = []
	for await (const file of readZip(chunksOf(bytes), nodePlatform)) files.push(file)
	return files
}

/** Puts changed files together again with every outer hash mended, as somebody would who knows the format. */
export async function repack(
	bytes: Uint8Array,
	change: (files: ZipFile[]) => readonly ZipFile[],
): Promise<Uint8Array> {
	const files = change((await filesOf(bytes)).filter(({ path }) => path !== PATHS.sums))
	const sums = files.map((file) => sumLine(file.path, hexDigest(file.bytes))).join('')
	return packed([...files, { path: PATHS.sums, bytes: utf8ToBytes(sums) }])
}

/** A zip file of these in our profile. */
export async function packed(files: readonly ZipFile[]): Promise<Uint8Array> {
	const stream = (async function* () {
		yield* files
	})()
	return wholeOf(zipOf(stream, nodePlatform))
}
