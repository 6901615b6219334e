import { join } from 'node:path'
import type { Reader } from '#db/client.ts'
import { latestCheckpoint } from '#db/queries/ledger.ts'
import { readConfig, type Config } from '#app/config.server.ts'
import { publishedCheckpoint, type Published } from '#app/services/ledger/witness-published.server.ts'
import { CommandError } from '../command-error.ts'

const CHECKOUT = join(import.meta.dirname, '../../..')

/** Who witnesses the log, as the settings say. */
export const witnessSettings = (): Config['witnessing'] => readConfig(process.env, CHECKOUT).witnessing

/** The checkpoint that is given out; throws CommandError, saying why, where there is none. */
export async function demandPublished(reader: Reader): Promise<Published> {
	const { policy, mode } = witnessSettings()
	const published = await publishedCheckpoint(reader, policy, mode)
	if (published !== null) return published
	if ((await latestCheckpoint(reader)) === null)
		throw new CommandError('The log is empty: there is nothing to give out yet.')
	throw new CommandError(
		'No checkpoint of this log has the cosignatures that its policy asks for, and CHARTERKEEP_WITNESS_MODE is closed: nothing is given out. The record page says which witness does not sign and why; CHARTERKEEP_WITNESS_MODE=open gives out what the log alone has signed.',
	)
}
