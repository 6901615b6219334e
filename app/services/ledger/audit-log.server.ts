import { sha256 } from '#app/utils/sha256.server.ts'
import type { Reader } from '#db/client.ts'
import { checkpointsFrom, countPending, entriesFrom, readExtent, type EntryRow } from '#db/queries/ledger.ts'
import { hashesFrom } from '#db/queries/ledger-tree.ts'
import { openCheckpoint } from '#workflows/ledger/checkpoint.ts'
import {
	KeyHistoryBroken,
	keyHistory,
	keysOf,
	keysThatSign,
	type KeyHistory,
} from '#workflows/ledger/key-history.ts'
import { appendLeaf, EMPTY_EDGE, edgeToHex, hashLeaf, rootOf, type Edge } from '#workflows/ledger/merkle.ts'
import { subtreeRoot, TILE_WIDTH } from '#workflows/ledger/tiles.ts'
import { bytesToHex, sameBytes } from '#workflows/shared/bytes.ts'
import { rotationsOf } from './keys.server.ts'

export type LogReport = {
	entries: number
	nodes: number
	checkpoints: number
	pending: number
	/** Everything that does not hold, in words. */
	problems: string[]
}

const PAGE = TILE_WIDTH * 4
const MAX_PROBLEMS = 100
const utf8 = new TextDecoder()

type Wrong = (problem: string) => void
type Kept = { size: number; root: Uint8Array } | null

/**
 * Goes through the whole log from the entries up: every entry is hashed anew and compared with its stored hash and its
 * columns, every stored subtree with the hashes below it, every signed checkpoint with the root at its size and with the
 * keys that were to sign it. `vkey` is any key of the log, `since` a checkpoint kept elsewhere, which the log must contain.
 * What is added while it runs is left for the next time. Memory does not grow with the log.
 */
export async function auditLog(
	reader: Reader,
	{ vkey, since }: { vkey: string; since: string | null },
): Promise<LogReport> {
	const report: LogReport = { entries: 0, nodes: 0, checkpoints: 0, pending: 0, problems: [] }
	const wrong: Wrong = (problem) => {
		if (report.problems.length < MAX_PROBLEMS) report.problems.push(problem)
	}
	const extent = await readExtent(reader)
	if (extent.entries !== extent.size)
		wrong(`The log has ${extent.size} entries, and ${extent.entries} are stored.`)
	if (extent.signed > extent.size)
		wrong(`A checkpoint of ${extent.signed} entries is signed, and the log has ${extent.size}.`)
	const history = await historyOf(reader, vkey, extent.size, wrong)
	const kept = since === null ? null : openKept(since, history)
	if (since !== null && kept === null) wrong('The checkpoint that was kept is not signed by this key.')
	const checkpoints = checkpointAuditor(reader, history, extent.signed, wrong)
	let edge: Edge = EMPTY_EDGE
	while (edge.size < extent.size) {
		const from = edge.size
		const rows = await entriesFrom(reader, from, extent.size, PAGE)
		for (const row of rows) {
			const hash = hashLeaf(row.leaf, sha256)
			if (row.index !== edge.size) break
			if (!sameBytes(hash, row.leafHash))
				wrong(`Entry ${row.index} does not have the hash that is stored with it.`)
			if (!hasOwnColumns(row)) wrong(`Entry ${row.index} is filed as something that its leaf does not say.`)
			edge = appendLeaf(edge, hash, sha256)
			if (kept?.size === edge.size && !sameBytes(kept.root, rootOf(edge)))
				wrong(
					`The checkpoint that was kept, of ${kept.size} entries, is of another log: this one was forked.`,
				)
			await checkpoints.at(edge)
		}
		report.entries = edge.size
		report.checkpoints = checkpoints.count()
		if (rows.length === 0 || edge.size < from + rows.length) {
			wrong(`Entry ${edge.size} is missing.`)
			return report
		}
	}
	if (edge.size === extent.size && edgeToHex(edge).join() !== extent.edge.join())
		wrong('The right edge that the log is added to is not that of its entries.')
	if (kept !== null && kept.size > edge.size)
		wrong(`The checkpoint that was kept has ${kept.size} entries, and the log has ${edge.size}.`)
	report.nodes = await auditNodes(reader, edge.size, wrong)
	report.pending = await countPending(reader)
	return report
}

async function historyOf(reader: Reader, vkey: string, size: number, wrong: Wrong): Promise<KeyHistory> {
	try {
		return keyHistory(vkey, await rotationsOf(reader, size))
	} catch (error) {
		if (!(error instanceof KeyHistoryBroken)) throw error
		wrong(error.message)
		return { first: vkey, rotations: [] }
	}
}

function openKept(note: string, history: KeyHistory): Kept {
	for (const vkey of keysOf(history)) {
		const head = openCheckpoint(note, vkey)
		if (head !== null) return head
	}
	return null
}

/** What is stored beside a leaf, to find it by, must be what the leaf says. */
function hasOwnColumns({ id, kind, subject, time, leaf }: EntryRow): boolean {
	try {
		const said = JSON.parse(utf8.decode(leaf)) as Record<string, unknown>
		return (
			said.id === id && said.kind === kind && said.subject === subject && said.time === time.toISOString()
		)
	} catch {
		// Not even JSON: then it says nothing of the kind.
		return false
	}
}

/** Compares each signed checkpoint up to `until` with the tree at its size; they are read in pages. */
function checkpointAuditor(reader: Reader, history: KeyHistory, until: number, wrong: Wrong) {
	let rows: Awaited<ReturnType<typeof checkpointsFrom>> = []
	let next = 0
	let previous = 0
	let isEnd = until === 0
	let count = 0
	return {
		count: () => count,
		async at(edge: Edge): Promise<void> {
			if (next === rows.length && !isEnd) {
				rows = (await checkpointsFrom(reader, previous + 1, PAGE)).filter(({ size }) => size <= until)
				next = 0
				isEnd = rows.length === 0
			}
			const row = rows[next]
			if (row?.size !== edge.size) return
			next += 1
			count += 1
			for (const vkey of keysThatSign(history, {
				size: row.size,
				previous,
				at: row.createdAt.toISOString(),
			})) {
				const head = openCheckpoint(row.note, vkey)
				if (head === null) wrong(`The checkpoint of ${row.size} entries is not signed by the key ${vkey}.`)
				else if (head.size !== row.size || !sameBytes(head.root, rootOf(edge)))
					wrong(`The checkpoint of ${row.size} entries is signed over another root.`)
			}
			previous = row.size
		},
	}
}

async function auditNodes(reader: Reader, size: number, wrong: Wrong): Promise<number> {
	let checked = 0
	for (let level = 1, count = Math.floor(size / TILE_WIDTH); count > 0; level++) {
		for (let from = 0; from < count; from += PAGE / TILE_WIDTH) {
			const some = Math.min(PAGE / TILE_WIDTH, count - from)
			const stored = await hashesFrom(reader, level, from, some)
			const below = await hashesFrom(reader, level - 1, from * TILE_WIDTH, some * TILE_WIDTH)
			for (let i = 0; i < some; i++) {
				const [index, hash] = [from + i, stored[i]]
				checked += 1
				if (hash === undefined) wrong(`The root of subtree ${index} at level ${level} is missing.`)
				else if (!isRootOf(hash, below.slice(i * TILE_WIDTH, (i + 1) * TILE_WIDTH)))
					wrong(`The root of subtree ${index} at level ${level} is not ${bytesToHex(hash)}.`)
			}
		}
		count = Math.floor(count / TILE_WIDTH)
	}
	return checked
}

const isRootOf = (hash: Uint8Array, below: readonly Uint8Array[]) =>
	below.length === TILE_WIDTH && sameBytes(hash, subtreeRoot(below, sha256))
