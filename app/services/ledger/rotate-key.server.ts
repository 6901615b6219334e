import { leavesOfKind, readLogState } from '#db/queries/ledger.ts'
import { hasPendingOfKind, lockLogState } from '#db/queries/ledger-append.ts'
import { signHead } from '#workflows/ledger/checkpoint.ts'
import { keyHistory, keysOf, type Rotation } from '#workflows/ledger/key-history.ts'
import { sha256 } from '#workflows/shared/bytes.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Deps, LogSigner } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { rotationsOf } from './keys.server.ts'

/**
 * Writes the entry by which another key takes over: from the first checkpoint that covers it both keys sign until
 * `bothForMs` from now, and then the new one alone. `nextKey` gives the new key; it has to prove itself by a signature
 * first (over the empty tree, which says nothing). Throws DomainError where a rotation waits already, or the key was used.
 */
export async function rotateKey(
	deps: Pick<Deps, 'database' | 'signer' | 'now' | 'newId' | 'randomBytes'>,
	{ bothForMs, nextKey }: { bothForMs: number; nextKey: () => LogSigner },
): Promise<{ fromVkey: string; next: LogSigner; bothUntil: Date }> {
	const { database, signer, now } = deps
	// Before a key is made: whether the log can take another one at all.
	const before = await historyNow(deps)
	const next = nextKey()
	await signHead({ origin: signer.origin, size: 0, root: sha256(new Uint8Array()) }, [next])
	const at = now()
	const bothUntil = new Date(at.getTime() + bothForMs)
	return database.withTx(async (tx) => {
		const { size } = await lockLogState(tx)
		if (await hasPendingOfKind(tx, 'record.key_rotated'))
			throw new DomainError(
				'ILLEGAL_TRANSITION',
				'Another rotation waits to be signed: try again in a moment.',
			)
		const rotations = await rotationsOf(tx, size)
		const fromVkey = keysOf(keyHistory(rotations[0]?.fromVkey ?? signer.first, rotations)).at(-1) ?? before
		const open = { fromVkey, toVkey: next.vkey, bothUntil: bothUntil.toISOString() }
		demandPossible(signer.first, [...rotations, { index: size, ...open }])
		await recordEntry(tx, deps, {
			kind: 'record.key_rotated',
			subject: null,
			actor: null,
			open,
			sealed: {},
			at,
		})
		return { fromVkey, next, bothUntil }
	})
}

async function historyNow({ database, signer }: Pick<Deps, 'database' | 'signer'>): Promise<string> {
	const { size } = await readLogState(database.db)
	const rotations = await rotationsOf(database.db, size)
	if ((await leavesOfKind(database.db, 'record.key_rotated', size)).length !== rotations.length)
		throw new DomainError('ILLEGAL_TRANSITION', 'A rotation of this log cannot be read: run log verify.')
	return keysOf(demandPossible(signer.first, rotations)).at(-1) ?? signer.first
}

function demandPossible(known: string, rotations: readonly Rotation[]) {
	try {
		return keyHistory(known, rotations)
	} catch (cause) {
		throw new DomainError('ILLEGAL_TRANSITION', (cause as Error).message)
	}
}
