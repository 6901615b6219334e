import { openCheckpoint } from './checkpoint.ts'
import { parseVkey, type VerifyEd25519 } from './signed-note.ts'

/** An entry by which another key takes over (`record.key_rotated`), with its index. */
export type Rotation = {
	index: number
	fromVkey: string
	toVkey: string
	/** ISO instant: until then checkpoints carry both signatures. */
	bothUntil: string
}

export type KeyHistory = { readonly first: string; readonly rotations: readonly Rotation[] }

/** The rotations of a log do not make a history of keys. */
export class KeyHistoryBroken extends Error {
	override readonly name = 'KeyHistoryBroken'
}

/**
 * The keys of a log, from its rotation entries in order of index and a key that is known to belong to it: the one that
 * was pinned at any time, or the only one. Throws KeyHistoryBroken when a rotation does not begin with the key before,
 * changes the name, brings back a key, or when the known key is none of them.
 */
export function keyHistory(known: string, rotations: readonly Rotation[]): KeyHistory {
	const first = rotations[0]?.fromVkey ?? known
	const seen = [first]
	let before = -1
	for (const { index, fromVkey, toVkey, bothUntil } of rotations) {
		const wrong =
			index <= before
				? 'is out of order'
				: fromVkey !== seen.at(-1)
					? `takes over from a key that was not in use, ${fromVkey}`
					: parseVkey(toVkey) === null || parseVkey(toVkey)?.name !== parseVkey(first)?.name
						? `names another log, or no key: ${toVkey}`
						: seen.includes(toVkey)
							? `brings back a key that was given up: ${toVkey}`
							: Number.isNaN(Date.parse(bothUntil))
								? 'does not say until when both keys sign'
								: null
		if (wrong !== null) throw new KeyHistoryBroken(`The rotation of entry ${index} ${wrong}.`)
		seen.push(toVkey)
		before = index
	}
	if (!seen.includes(known)) throw new KeyHistoryBroken(`The key ${known} is none of the keys of this log.`)
	return { first, rotations }
}

/** Every key of the log, the first one first. */
export function keysOf({ first, rotations }: KeyHistory): string[] {
	return [first, ...rotations.map(({ toVkey }) => toVkey)]
}

/**
 * The keys that must sign the checkpoint of this size, the oldest first. `previous` is the size of the checkpoint before
 * it (0 before the first): the first checkpoint that covers a rotation is signed by both keys, whatever the time, so
 * that whoever pinned the old one can follow. `at` is the ISO instant of signing; null where it is not known, and then
 * only what holds at any time is demanded.
 */
export function keysThatSign(
	{ first, rotations }: KeyHistory,
	{ size, previous, at }: { size: number; previous: number; at: string | null },
): string[] {
	const covered = rotations.filter(({ index }) => index < size)
	const stillSigning = covered
		.filter(
			({ index, bothUntil }) => previous <= index || (at !== null && Date.parse(at) < Date.parse(bothUntil)),
		)
		.map(({ fromVkey }) => fromVkey)
	return [...stillSigning, covered.at(-1)?.toVkey ?? first]
}

/** For each key the sizes of the checkpoints it may sign: from the first, below the second; null while it still signs. */
export function keyRanges({ first, rotations }: KeyHistory): {
	vkey: string
	fromSize: number
	/** Until when it signs beside the key that took over; null while it is the newest. */
	until: { vkey: string; bothUntil: string; index: number } | null
}[] {
	return keysOf({ first, rotations }).map((vkey, i) => {
		const next = rotations[i]
		return {
			vkey,
			fromSize: i === 0 ? 1 : (rotations[i - 1]?.index ?? 0) + 1,
			until: next ? { vkey: next.toVkey, bothUntil: next.bothUntil, index: next.index } : null,
		}
	})
}

/**
 * The newest key that somebody who pinned `known` can trust: each rotation after it must be covered by a checkpoint that
 * both its keys signed over the same head. `covering` gives the first checkpoint of a size above an index. That the
 * rotations are entries of that head is for the caller to prove. Throws KeyHistoryBroken when a link is missing.
 */
export function followKeys(
	known: string,
	rotations: readonly Rotation[],
	covering: (index: number) => string | null,
	verify?: VerifyEd25519,
): string {
	const history = keyHistory(known, rotations)
	let trusted = known
	for (const { index, fromVkey, toVkey } of history.rotations) {
		if (fromVkey !== trusted) continue
		const note = covering(index)
		const heads = [fromVkey, toVkey].map((vkey) =>
			note === null ? null : openCheckpoint(note, vkey, verify),
		)
		if (heads.some((head) => head === null || head.size <= index))
			throw new KeyHistoryBroken(
				`No checkpoint that covers the rotation of entry ${index} is signed by both ${fromVkey} and ${toVkey}.`,
			)
		trusted = toVkey
	}
	return trusted
}
