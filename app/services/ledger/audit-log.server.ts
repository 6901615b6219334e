import type { Reader } from '#db/client.ts'
import { checkpointsFrom, countPending, entriesFrom, hashesFrom } from '#db/queries/ledger.ts'
import { openCheckpoint } from '#workflows/ledger/checkpoint.ts'
import { appendLeaf, EMPTY_EDGE, leafHashOf, rootOf, type Edge } from '#workflows/ledger/merkle.ts'
import { subtreeRoot, TILE_WIDTH } from '#workflows/ledger/tiles.ts'
import { bytesToHex, sameBytes } from '#workflows/shared/bytes.ts'

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

/**
 * Goes through the whole log from the entries up: every entry is hashed anew and compared with its stored hash, every
 * stored subtree with the hashes below it, every signed checkpoint with the root at its size and with the log's key.
 * `since` is a checkpoint kept elsewhere, which the log must contain. Memory does not grow with the log.
 */
export async function auditLog(
	reader: Reader,
	{ vkey, since }: { vkey: string; since: string | null },
): Promise<LogReport> {
	const report: LogReport = { entries: 0, nodes: 0, checkpoints: 0, pending: 0, problems: [] }
	const wrong = (problem: string) => {
		if (report.problems.length < MAX_PROBLEMS) report.problems.push(problem)
	}
	const kept = since === null ? null : openCheckpoint(since, vkey)
	if (since !== null && kept === null) wrong('The checkpoint that was kept is not signed by this key.')
	let isKeptSeen = kept === null || kept.size === 0
	let edge: Edge = EMPTY_EDGE
	let signed = await signedFrom(reader, 1)
	for (;;) {
		const rows = await entriesFrom(reader, edge.size, edge.size + PAGE, PAGE)
		for (const { index, leaf, leafHash } of rows) {
			const hash = leafHashOf(leaf)
			if (index !== edge.size) {
				wrong(`Entry ${edge.size} is missing.`)
				return report
			}
			if (!sameBytes(hash, leafHash)) wrong(`Entry ${index} does not have the hash that is stored with it.`)
			edge = appendLeaf(edge, hash)
			report.entries += 1
			if (kept?.size === edge.size) {
				isKeptSeen = true
				if (!sameBytes(kept.root, rootOf(edge)))
					wrong(
						`The checkpoint that was kept, of ${kept.size} entries, is of another log: this one was forked.`,
					)
			}
			while (signed.next?.size === edge.size) {
				report.checkpoints += 1
				const head = openCheckpoint(signed.next.note, vkey)
				if (head === null) wrong(`The checkpoint of ${edge.size} entries is not signed by this key.`)
				else if (head.size !== edge.size || !sameBytes(head.root, rootOf(edge)))
					wrong(`The checkpoint of ${edge.size} entries is signed over another root.`)
				signed = await signed.advance()
			}
		}
		if (rows.length < PAGE) break
	}
	if (signed.next !== undefined)
		wrong(`A checkpoint of ${signed.next.size} entries is signed, and the log has ${edge.size}.`)
	if (!isKeptSeen)
		wrong(`The checkpoint that was kept has ${kept?.size} entries, and the log has ${edge.size}.`)
	report.nodes = await auditNodes(reader, edge.size, wrong)
	report.pending = await countPending(reader)
	return report
}

type Signed = { next: { size: number; note: string } | undefined; advance: () => Promise<Signed> }

/** Signed checkpoints one after the other, read in pages. */
async function signedFrom(reader: Reader, size: number): Promise<Signed> {
	const rows = await checkpointsFrom(reader, size, PAGE)
	const at = (i: number): Signed => ({
		next: rows[i],
		advance: () => {
			const after = (rows[i]?.size ?? 0) + 1
			return i + 1 < rows.length || rows.length < PAGE
				? Promise.resolve(at(i + 1))
				: signedFrom(reader, after)
		},
	})
	return at(0)
}

async function auditNodes(reader: Reader, size: number, wrong: (problem: string) => void): Promise<number> {
	let checked = 0
	for (let level = 1, count = Math.floor(size / TILE_WIDTH); count > 0; level++) {
		for (let index = 0; index < count; index++) {
			const [stored] = await hashesFrom(reader, level, index, 1)
			const below = await hashesFrom(reader, level - 1, index * TILE_WIDTH, TILE_WIDTH)
			checked += 1
			if (stored === undefined) wrong(`The root of subtree ${index} at level ${level} is missing.`)
			else if (below.length !== TILE_WIDTH || !sameBytes(stored, subtreeRoot(below)))
				wrong(`The root of subtree ${index} at level ${level} is not ${bytesToHex(stored)}.`)
		}
		count = Math.floor(count / TILE_WIDTH)
	}
	return checked
}
