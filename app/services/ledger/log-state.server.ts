import { sha256 } from '#app/utils/sha256.server.ts'
import type { Reader } from '#db/client.ts'
import type { SignedHead } from '#app/integrations/head-guard.server.ts'
import { rootsOf } from '#workflows/ledger/tree-proofs.ts'
import { sameBytes } from '#workflows/shared/bytes.ts'
import { tileReader } from './tree.server.ts'

/** Why the log is not signed. Each is shown on the record page and makes the instance not ready. */
const TROUBLES = ['damaged', 'clock', 'signer', 'guard', 'failed'] as const
export type Trouble = (typeof TROUBLES)[number]

export const isTrouble = (state: string): state is Trouble => (TROUBLES as readonly string[]).includes(state)

/** The log is not signed now. The message says why and what to do; entries go on being written and wait. */
export class NotSigned extends Error {
	override readonly name: string = 'NotSigned'
	readonly trouble: Trouble

	constructor(trouble: Trouble, message: string, options?: ErrorOptions) {
		super(message, options)
		this.trouble = trouble
	}
}

/** The log must not be signed in this state: somebody has to look. */
export class LogDamaged extends NotSigned {
	override readonly name = 'LogDamaged'

	constructor(message: string) {
		super('damaged', message)
	}
}

/**
 * The log must hold everything that was ever signed here: a database that was restored from an older backup, or a
 * standby that lags, would else sign another log under the same name, which nobody can take back. `size` is how many
 * entries the database holds.
 */
export function demandNoOlder(size: number, known: SignedHead | null): void {
	if (known !== null && known.size > size)
		throw new LogDamaged(
			`This log was signed up to ${known.size} entries, and this database holds ${size}: it is older than what others have seen. Nothing is signed. Restore a backup or a standby that has all ${known.size}; if there is none, the log has to be begun anew under another origin.`,
		)
}

/** What was signed before must be the beginning of this log; `root` is its root at that size. See `demandNoOlder`. */
export function demandSame(known: SignedHead, root: Uint8Array): void {
	if (!sameBytes(root, known.root))
		throw new LogDamaged(
			`The first ${known.size} entries of this database are not those that were signed before. Nothing is signed. Find out which database is the right one before anything else is written.`,
		)
}

/** The roots of the tree at these sizes, from what proofs are built of: tiles that they share are read once. */
export async function rootsAt(reader: Reader, sizes: readonly number[]): Promise<Uint8Array[]> {
	const largest = Math.max(...sizes)
	try {
		return await rootsOf(
			sizes.map((size) => ({ from: 0, to: size })),
			tileReader(reader, largest),
			sha256,
		)
	} catch (error) {
		if (!(error instanceof RangeError)) throw error
		throw new LogDamaged(`The stored subtrees do not make a tree of ${largest} entries.`)
	}
}
