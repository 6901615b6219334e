import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { v7 as uuidv7 } from 'uuid'
import { readConfig } from '#app/config.server.ts'
import { openLogKeys } from '#app/integrations/log-keys.server.ts'
import { findKeyFile, makeNextKey } from '#app/integrations/signer.server.ts'
import type { LogKeys, LogSigner } from '#app/services/deps.ts'
import { rotateKey } from '#app/services/ledger/rotate-key.server.ts'
import { findDataDirectory } from '#db/embedded/data-directory.ts'
import { CommandError } from '../command-error.ts'
import { withDatabase } from '../open-database.ts'

const CHECKOUT = join(import.meta.dirname, '../../..')
const HOUR_MS = 3_600_000
const USAGE = 'log rotate-key [--vkey KEY] [--both-for HOURS]'

/** `log rotate-key [--vkey KEY] [--both-for HOURS]`: another key takes over, and the log itself says so. */
export async function rotateLogKey(args: string[]): Promise<number> {
	const { values, positionals } = parseArgs({
		args,
		allowPositionals: true,
		options: { vkey: { type: 'string' }, 'both-for': { type: 'string', default: '720' } },
	})
	const hours = /^\d{1,5}$/.test(values['both-for']) ? Number(values['both-for']) : Number.NaN
	if (positionals.length > 0 || Number.isNaN(hours))
		throw new CommandError(`Say for how many whole hours both keys sign: ${USAGE}`)
	const random = (length: number) => new Uint8Array(randomBytes(length))
	const { file, keys } = openKeys(random)
	return withDatabase(
		async (database) => {
			const { next, bothUntil, fromVkey } = await rotateKey(
				{ database, signer: keys, now: () => new Date(), newId: () => uuidv7(), randomBytes: random },
				{
					bothForMs: hours * HOUR_MS,
					nextKey: () =>
						values.vkey === undefined ? makeNextKey(file, keys.origin, random) : named(keys, values.vkey),
				},
			)
			console.log(
				[
					`From          ${fromVkey}`,
					`To            ${next.vkey}`,
					`Both until    ${bothUntil.toISOString()}`,
					findKeyFile(file, next.vkey) === null
						? 'Its signer was asked for a signature, and gave one.'
						: `Its private key lies beside ${file}: back it up, and put it beside the key file of every replica.`,
					'The log says so with its next entry. Give the new verifier key to everybody who checks this log.',
				].join('\n'),
			)
			return 0
		},
		{ instead: 'start Charterkeep first' },
	)
}

function openKeys(random: (length: number) => Uint8Array): { file: string; keys: LogKeys } {
	const { logKeyFile, dataDirectory, externalKeys } = readConfig(process.env, CHECKOUT)
	const directory = findDataDirectory(dataDirectory)
	const file = logKeyFile ?? (directory === null ? null : join(directory, 'log-key.json'))
	if (file === null || (!existsSync(file) && externalKeys === null))
		throw new CommandError(
			"The log's key is not here: run this with the settings of the server, where its key file or its signer is.",
		)
	return { file, keys: openLogKeys({ file, originIfNew: '', external: externalKeys, randomBytes: random }) }
}

function named(keys: LogKeys, vkey: string): LogSigner {
	const key = keys.find(vkey)
	if (key === null)
		throw new CommandError(
			`Nothing here signs for ${vkey}: name it in CHARTERKEEP_LOG_VKEY with its signer, restart the server with that, and then rotate to it.`,
		)
	return key
}
