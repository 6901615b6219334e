import { existsSync } from 'node:fs'
import type { LogKeys } from '#app/services/deps.ts'
import { parseVkey } from '#workflows/ledger/signed-note.ts'
import { externalSigner, type SignerPlace } from './external-signer.server.ts'
import { findKeyFile, openLogKey } from './signer.server.ts'

/** Verifier keys whose private keys are elsewhere, and where. */
export type ExternalKeys = { vkeys: readonly string[]; place: SignerPlace }

/** The log's keys do not go together. The message says what to do. */
export class LogKeysUnusable extends Error {
	override readonly name = 'LogKeysUnusable'
}

/**
 * The keys of the log: those of the external signer, where one is set, and those in the key file and beside it. A key file
 * is made when there is neither; which key signs when is told by the log itself (`keyHistoryOf`).
 */
export function openLogKeys({
	file,
	originIfNew,
	external,
	randomBytes,
}: {
	file: string
	originIfNew: string
	external: ExternalKeys | null
	randomBytes: (length: number) => Uint8Array
}): LogKeys {
	const others = external === null ? [] : external.vkeys.map((vkey) => externalSigner(vkey, external.place))
	// A key file that is there is what the log began with, even where another signer is to take over from it.
	const [elsewhere] = existsSync(file) ? [] : others
	const first = elsewhere ?? openLogKey(file, originIfNew, randomBytes)
	const stranger = others.find(({ origin }) => origin !== first.origin)
	if (stranger)
		throw new LogKeysUnusable(
			`The log's keys are of two logs, ${first.origin} and ${stranger.origin}: name verifier keys of one in CHARTERKEEP_LOG_VKEY, with the name of the key file where there is one.`,
		)
	const found = new Map([first, ...others].map((key) => [key.vkey, key]))
	let current = first.vkey
	return {
		origin: first.origin,
		first: first.vkey,
		get vkey() {
			return current
		},
		follow(vkey) {
			current = vkey
		},
		find(vkey) {
			const key = found.get(vkey) ?? findKeyFile(file, vkey)
			if (key === null || parseVkey(key.vkey)?.name !== first.origin) return null
			found.set(vkey, key)
			return key
		},
	}
}
