import type { Reader } from '#db/client.ts'
import { leavesOfKind } from '#db/queries/ledger.ts'
import { parseLeaf } from '#workflows/ledger/leaf.ts'
import { keyHistory, keysOf, type KeyHistory, type Rotation } from '#workflows/ledger/key-history.ts'

const utf8 = new TextDecoder()

/** The rotations of the log among its first `size` entries, in order. */
export async function rotationsOf(reader: Reader, size: number): Promise<Rotation[]> {
	const rows = await leavesOfKind(reader, 'record.key_rotated', size)
	return rows.flatMap(({ index, leaf }) => {
		const parsed = parseLeaf(utf8.decode(leaf))
		return parsed?.kind === 'record.key_rotated' ? [{ index, ...parsed.open }] : []
	})
}

/**
 * Which keys the first `size` entries say that the log is signed with. `known` is any verifier key that is known to
 * belong to it. Throws KeyHistoryBroken where that is none of them.
 */
export async function keyHistoryOf(reader: Reader, known: string, size: number): Promise<KeyHistory> {
	return keyHistory(known, await rotationsOf(reader, size))
}

/** The verifier key that a log of this size is signed with, from its own entries; `first` where it has no rotation. */
export async function currentKey(reader: Reader, first: string, size: number): Promise<string> {
	const rotations = await rotationsOf(reader, size)
	return keysOf(keyHistory(rotations[0]?.fromVkey ?? first, rotations)).at(-1) ?? first
}
