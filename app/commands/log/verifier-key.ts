import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '#app/config.server.ts'
import { readVerifierKey } from '#app/integrations/signer.server.ts'
import { findDataDirectory } from '#db/embedded/data-directory.ts'
import { parseVkey } from '#workflows/ledger/signed-note.ts'
import { CommandError } from '../command-error.ts'

const CHECKOUT = join(import.meta.dirname, '../../..')

/** The log's verifier key: as given, else that of the key file which the settings name. */
export function verifierKey(given: string | undefined): string {
	if (given !== undefined) {
		if (parseVkey(given) === null)
			throw new CommandError(`This is no verifier key: ${given}. Give it as npm start prints it.`)
		return given
	}
	const { logKeyFile, dataDirectory, externalKeys } = readConfig(process.env, CHECKOUT)
	const directory = findDataDirectory(dataDirectory)
	const file = logKeyFile ?? (directory === null ? null : join(directory, 'log-key.json'))
	const [elsewhere] = externalKeys?.vkeys ?? []
	if (elsewhere !== undefined && (file === null || !existsSync(file))) return elsewhere
	try {
		if (file !== null) return readVerifierKey(readFileSync(file, 'utf8'))
	} catch (cause) {
		throw new CommandError(
			`The log's key in ${file} cannot be read (${(cause as Error).message}): give the verifier key with --vkey, as npm start prints it.`,
			{ cause },
		)
	}
	throw new CommandError("The log's key file is not here: give the verifier key with --vkey.")
}
