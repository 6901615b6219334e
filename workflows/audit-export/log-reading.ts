import type { Leaf } from '../ledger/entry.schema.ts'
import { parseLeaf } from '../ledger/leaf.ts'
import { hashLeaf } from '../ledger/merkle.ts'
import { parseEntryBundle, TILE_WIDTH, tileBytes } from '../ledger/tiles.ts'
import { bytesToHex, sameBytes } from '../shared/bytes.ts'
import type { AccessRow } from './access-book.ts'
import {
	entriesTile,
	leafTile,
	logPath,
	openingsPath,
	PATHS,
	rotationPath,
	upperTiles,
} from './bundle-layout.ts'
import { createBundleWalk } from './bundle-walk.ts'
import type { Findings } from './findings.ts'
import { manifestBytes, readOpenings, type Manifest, type OpeningLine } from './manifest.ts'
import type { Platform } from './platform.ts'
import { problem } from './problem.ts'
import { createSelectionCheck } from './selection.ts'
import { strictUtf8 } from './strict-utf8.ts'
import { createTreeReading } from './tree-reading.ts'
import { readHead, type createKeyChain, type NotedHead } from './trust.ts'

type Tile = { index: number; entries: Uint8Array[]; hashes: Uint8Array[]; openings: Map<number, OpeningLine> }

/** Reads the part of a bundle that is the log: entries with what opens them, tile by tile, and the hashes above. */
export class LogReading {
	readonly #platform: Platform
	readonly #findings: Findings
	readonly #manifest: Manifest
	readonly #head: NotedHead
	readonly #chain: ReturnType<typeof createKeyChain>
	readonly #tree: ReturnType<typeof createTreeReading>
	readonly #walk: ReturnType<typeof createBundleWalk>
	readonly #selection: ReturnType<typeof createSelectionCheck>
	readonly #manifestSha256: string
	/** Tiles above the leaves that are still to come, the next one last. */
	readonly #upper: ReturnType<typeof upperTiles>
	#nextUpper
	#lastRotation = 0
	#tile: Tile | null = null
	#nextTile = 0
	#charters = 0
	#counts = { selected: 0, proofs: 0, bundled: 0 }

	constructor(
		platform: Platform,
		findings: Findings,
		manifest: Manifest,
		head: NotedHead,
		chain: ReturnType<typeof createKeyChain>,
	) {
		this.#platform = platform
		this.#findings = findings
		this.#manifest = manifest
		this.#head = head
		this.#chain = chain
		this.#tree = createTreeReading(platform.sha256)
		this.#walk = createBundleWalk(platform, findings, manifest.profile)
		this.#selection = createSelectionCheck(manifest, platform.createSha256())
		this.#manifestSha256 = bytesToHex(platform.sha256(manifestBytes(manifest)))
		this.#upper = upperTiles(head.size)
		this.#nextUpper = this.#upper.next()
		this.claim({ ...head, where: PATHS.checkpoint })
	}

	/** Hashes of the charter texts that are to follow: those in force when the choice was made. */
	charterTexts(): { version: number; textSha256: string }[] {
		return this.#walk.charters.texts(this.#charters)
	}

	/** Says what the root of the tree must be at a size. */
	claim(claim: { size: number; root: Uint8Array; where: string }): void {
		this.#tree.claim(claim)
	}

	/** Takes in the next file of the log; false when it is none, or not the next. */
	file(path: string, bytes: Uint8Array): boolean {
		const { size } = this.#head
		if (this.#tile !== null) {
			const { index } = this.#tile
			if (path === openingsPath(index) && this.#tile.openings.size === 0)
				return this.#readOpenings(path, bytes)
			if (path !== logPath(leafTile(index, size))) return false
			if (!sameBytes(bytes, tileBytes(this.#tile.hashes)))
				this.#findings.refuse(path, 'TILE', 'this tile does not hold the hashes of its entries')
			this.#tellTile(this.#tile)
			this.#tile = null
			return true
		}
		if (this.#nextTile === 0 && path.startsWith('log/checkpoints/')) return this.#readRotation(path, bytes)
		if (this.#nextTile * TILE_WIDTH < size)
			return path === logPath(entriesTile(this.#nextTile, size)) && this.#readEntries(path, bytes)
		return this.#readUpper(path, bytes)
	}

	/** Whether every tile is there. */
	isWhole(): boolean {
		return (
			this.#tile === null && this.#nextTile * TILE_WIDTH >= this.#head.size && this.#nextUpper.done === true
		)
	}

	/** Which file of the log comes next. */
	expected(): string {
		const { size } = this.#head
		if (this.#tile !== null) return logPath(leafTile(this.#tile.index, size))
		if (this.#nextTile * TILE_WIDTH < size) return logPath(entriesTile(this.#nextTile, size))
		return this.#nextUpper.done ? 'a charter text' : logPath(this.#nextUpper.value)
	}

	#readRotation(path: string, bytes: Uint8Array): boolean {
		const head = readHead(strictUtf8(bytes) ?? '')
		if (head === null || path !== rotationPath(head.size) || head.size <= this.#lastRotation) {
			this.#findings.refuse(path, 'CHECKPOINT', 'this is no checkpoint of that size')
			return head !== null
		}
		this.#lastRotation = head.size
		this.#chain.addHead(head)
		this.claim({ ...head, where: path })
		return true
	}

	#readEntries(path: string, bytes: Uint8Array): boolean {
		const entries = parseEntryBundle(bytes)
		const { width } = entriesTile(this.#nextTile, this.#head.size)
		if (entries === null || entries.length !== width) {
			this.#findings.refuse(path, 'ENTRY_BUNDLE', `this does not hold ${width} entries, one after the other`)
			return false
		}
		const hashes = entries.map((entry) => hashLeaf(entry, this.#platform.sha256))
		this.#tile = { index: this.#nextTile, entries, hashes, openings: new Map() }
		this.#nextTile += 1
		return true
	}

	#readOpenings(path: string, bytes: Uint8Array): true {
		const lines = readOpenings(bytes)
		if (typeof lines === 'string')
			this.#findings.refuse(
				path,
				lines,
				'this is not how openings are written: one canonical JSON a line, in order',
			)
		else if (this.#tile !== null) {
			this.#tile.openings = lines
			const first = this.#tile.index * TILE_WIDTH
			for (const index of lines.keys())
				if (index < first || index >= first + this.#tile.entries.length)
					this.#findings.refuse(path, 'INDEX', `this opens entry ${index}, which is in another tile`)
		}
		return true
	}

	#readUpper(path: string, bytes: Uint8Array): boolean {
		if (this.#nextUpper.done || path !== logPath(this.#nextUpper.value)) return false
		const { level, index, width } = this.#nextUpper.value
		if (!sameBytes(bytes, this.#tree.tileBytes(Number(level), index, width)))
			this.#findings.refuse(path, 'TILE', 'this tile does not hold the roots of the tiles below it')
		this.#nextUpper = this.#upper.next()
		return true
	}

	#tellTile({ index: tile, entries, hashes, openings }: Tile): void {
		for (const [i, bytes] of entries.entries()) {
			const index = tile * TILE_WIDTH + i
			const hash = hashes[i]!
			this.#tree.append(hash)
			const line = openings.get(index)
			const text = strictUtf8(bytes)
			const leaf = text === null ? null : parseLeaf(text)
			if (leaf === null) {
				this.#findings.refuse(`entry ${index}`, 'LEAF', 'the leaf is not of a known kind in canonical form')
				continue
			}
			if (line?.proof !== undefined || line?.selected) this.#checkInclusion(index, leaf, hash, line.proof)
			this.#tellEntry(index, leaf, line)
		}
	}

	#tellEntry(index: number, leaf: Leaf, line: OpeningLine | undefined): void {
		const isSelected = line?.selected === true
		const where = `entry ${index} (${leaf.kind})`
		if (isSelected) this.#counts.selected += 1
		for (const found of this.#selection.tell(index, leaf, isSelected)) this.#findings.add(where, found)
		if (leaf.kind === 'record.created' && leaf.open.origin !== this.#head.origin)
			this.#findings.refuse(
				where,
				'ORIGIN',
				'the log was created under another name than its checkpoint says',
			)
		if (leaf.kind === 'record.key_rotated')
			for (const found of this.#chain.tell(index, leaf)) this.#findings.add(where, found)
		if (leaf.kind === 'record.bundled' && leaf.open.manifestSha256 === this.#manifestSha256) {
			this.#counts.bundled += 1
			const { asOf, by, selected } = this.#manifest
			if (index < asOf || leaf.actor !== by || leaf.open.selected !== selected)
				this.#findings.refuse(
					where,
					'BUNDLED',
					'the entry about this bundle does not say what its manifest says',
				)
		}
		this.#walk.tell(index, leaf, line?.openings, isSelected)
		if (index < this.#manifest.asOf) this.#charters = this.#walk.charters.count()
	}

	#checkInclusion(
		index: number,
		{ kind }: Leaf,
		hash: Uint8Array,
		path: readonly string[] | undefined,
	): void {
		const { size, root } = this.#head
		this.#counts.proofs += 1
		const holds = path !== undefined && this.#platform.verifyInclusion({ index, size, root }, hash, path)
		const judged = (isIncluded: boolean) =>
			isIncluded ? null : problem('INCLUSION', 'the proof that this entry is in the tree does not hold')
		const where = `entry ${index} (${kind})`
		if (holds instanceof Promise) return this.#findings.later(where, holds.then(judged))
		const found = judged(holds)
		if (found !== null) this.#findings.add(where, found)
	}

	/** Everything that is known only at the end of the log. */
	finish(): { accesses: AccessRow[]; openings: number } {
		for (const { where, size } of this.#tree.forked())
			this.#findings.refuse(
				where,
				where === 'since' ? 'FORK' : 'ROOT',
				where === 'since'
					? `this log is another one than that of the checkpoint of ${size} entries which was kept`
					: 'the entries do not add up to the root that was signed',
			)
		for (const { where, size } of this.#tree.beyond())
			this.#findings.refuse(
				where,
				'SIZE',
				`this speaks of ${size} entries, and there are ${this.#tree.size()}`,
			)
		if (this.#counts.bundled !== 1)
			this.#findings.refuse(
				PATHS.manifest,
				'NOT_BUNDLED',
				'no entry of the log, or more than one, says that a bundle with this manifest was made',
			)
		for (const { index, found } of this.#selection.finish())
			this.#findings.add(index === null ? PATHS.manifest : `entry ${index}`, found)
		return this.#walk.finish(this.#manifest.generatedAt)
	}

	counts() {
		const { selected, proofs } = this.#counts
		return { entries: this.#tree.size(), selected, proofs, ...this.#walk.counts() }
	}
}
