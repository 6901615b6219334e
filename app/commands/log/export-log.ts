import { sha256 } from '#app/utils/sha256.server.ts'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Reader } from '#db/client.ts'
import { keyHistoryOf } from '#app/services/ledger/keys.server.ts'
import { readTileBytes, tileReader } from '#app/services/ledger/tree.server.ts'
import { policyFor } from '#app/services/ledger/witness-policy.server.ts'
import { openCheckpoint, type TreeHead } from '#workflows/ledger/checkpoint.ts'
import { formatPolicy } from '#workflows/ledger/tlog-policy.ts'
import { KeyHistoryBroken, keyRanges, keysOf, type KeyHistory } from '#workflows/ledger/key-history.ts'
import { TILE_WIDTH, tilePath, tilesOf } from '#workflows/ledger/tiles.ts'
import { rootsOf } from '#workflows/ledger/tree-proofs.ts'
import { sameBytes } from '#workflows/shared/bytes.ts'
import { CommandError } from '../command-error.ts'
import { withDatabase } from '../open-database.ts'
import { demandPublished, witnessSettings } from './published.ts'
import { verifierKey } from './verifier-key.ts'

/** `log export DIR [--vkey KEY]`: the log as static files (C2SP tlog-tiles), the checkpoint last. */
export async function exportLog(args: string[]): Promise<number> {
	const { values, positionals } = parseArgs({
		args,
		allowPositionals: true,
		options: { vkey: { type: 'string' } },
	})
	const [directory, ...more] = positionals
	if (directory === undefined || more.length > 0)
		throw new CommandError('Say where to, and once only: log export DIR [--vkey KEY]')
	const vkey = verifierKey(values.vkey)
	return withDatabase(({ db }) => writeLog(db, directory, vkey), {
		instead: 'copy an export that was made before',
	})
}

async function writeLog(reader: Reader, directory: string, vkey: string): Promise<number> {
	const checkpoint = await demandPublished(reader)
	const history = await historyOf(reader, vkey, checkpoint.size)
	const signers = keysOf(history).filter((key) => openCheckpoint(checkpoint.note, key) !== null)
	const head = signers[0] === undefined ? null : openCheckpoint(checkpoint.note, signers[0])
	if (head === null)
		throw new CommandError('The checkpoint of this log is not signed by this key: nothing was written.')
	await demandExtends(reader, directory, keysOf(history), head)
	let written = 0
	for (const tile of tilesOf(head.size)) {
		const path = join(directory, tilePath(tile))
		// A tile never changes, so what is there already is right: full ones stay, and partial ones have their width in their name.
		if (existsSync(path)) continue
		write(path, await readTileBytes(reader, tile))
		written += 1
	}
	// Whoever knows either of two keys can verify while one takes over from the other.
	write(join(directory, 'policy'), formatPolicy(policyFor(witnessSettings().policy, signers)))
	write(join(directory, 'keys'), keyList(history))
	write(join(directory, 'checkpoint'), checkpoint.note)
	console.log(
		`${head.size} entries of ${head.origin} in ${directory}: ${written} tiles written, each of ${TILE_WIDTH} at most.`,
	)
	const { isAsked, isMet, by } = checkpoint.witnessed
	if (isAsked)
		console.log(
			`${isMet ? 'Witnessed' : 'Not witnessed as the policy asks'}: cosigned by ${by.map(({ name }) => name).join(', ') || 'nobody'}.`,
		)
	return 0
}

/** Every key of the log with the sizes of the checkpoints that it signs, a line each. */
function keyList(history: KeyHistory): string {
	const lines = keyRanges(history).map(({ vkey, fromSize, until }) =>
		until === null
			? `${vkey} ${fromSize} -`
			: `${vkey} ${fromSize} ${until.index + 1} and beside its successor until ${until.bothUntil}`,
	)
	return `# verifier key, size of the first checkpoint it signs, size from which another has taken over\n${lines.join('\n')}\n`
}

async function historyOf(reader: Reader, vkey: string, size: number): Promise<KeyHistory> {
	try {
		return await keyHistoryOf(reader, vkey, size)
	} catch (cause) {
		if (!(cause instanceof KeyHistoryBroken)) throw cause
		throw new CommandError(`${cause.message} Nothing was written.`, { cause })
	}
}

/** An export that is there already must be an earlier one of this log: another log must not be mixed into it. */
async function demandExtends(
	reader: Reader,
	directory: string,
	vkeys: readonly string[],
	head: TreeHead,
): Promise<void> {
	const file = join(directory, 'checkpoint')
	if (!existsSync(file)) return
	const note = readFileSync(file, 'utf8')
	const before = vkeys.map((vkey) => openCheckpoint(note, vkey)).find((head) => head !== null) ?? null
	const [root] =
		before === null || before.size === 0 || before.size > head.size
			? []
			: await rootsOf([{ from: 0, to: before.size }], tileReader(reader, before.size), sha256)
	if (before === null || root === undefined || !sameBytes(root, before.root))
		throw new CommandError(
			`What lies in ${directory} is no earlier export of this log: choose an empty folder, and find out which of the two is right.`,
		)
}

/** A reader of the files never sees half of one. */
function write(path: string, bytes: Uint8Array | string): void {
	mkdirSync(dirname(path), { recursive: true })
	writeFileSync(`${path}.draft`, bytes)
	renameSync(`${path}.draft`, path)
}
