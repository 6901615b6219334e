import { readFileSync, statSync } from 'node:fs'
import { CommandError } from '../command-error.ts'

export type ClientSettings = { url: URL; token: string }

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Which server is asked, and in whose place: CHARTERKEEP_URL, and CHARTERKEEP_TOKEN or the file that CHARTERKEEP_TOKEN_FILE
 * names, which nobody else may read. Without TLS only this very machine is talked to.
 */
export function readClientSettings(environment: NodeJS.ProcessEnv = process.env): ClientSettings {
	const { CHARTERKEEP_URL, CHARTERKEEP_TOKEN, CHARTERKEEP_TOKEN_FILE } = environment
	if (!CHARTERKEEP_URL)
		throw new CommandError(
			'Set CHARTERKEEP_URL to the address of Charterkeep, such as https://charterkeep.example.',
		)
	const url = URL.canParse(CHARTERKEEP_URL) ? new URL(CHARTERKEEP_URL) : null
	if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
		throw new CommandError(`CHARTERKEEP_URL is no address: ${CHARTERKEEP_URL}.`)
	if (url.protocol === 'http:' && !LOOPBACK.has(url.hostname))
		throw new CommandError(
			`${url.origin} has no TLS, so a token would be sent in the clear: use https. A certificate of your own authority is trusted through NODE_EXTRA_CA_CERTS.`,
		)
	if (CHARTERKEEP_TOKEN && CHARTERKEEP_TOKEN_FILE)
		throw new CommandError('Set CHARTERKEEP_TOKEN or CHARTERKEEP_TOKEN_FILE, not both.')
	const token = CHARTERKEEP_TOKEN_FILE ? readTokenFile(CHARTERKEEP_TOKEN_FILE) : CHARTERKEEP_TOKEN?.trim()
	if (!token)
		throw new CommandError(
			'Set CHARTERKEEP_TOKEN, or CHARTERKEEP_TOKEN_FILE to a file that holds it. Tokens are made on the page “Tokens”, beside your passkeys.',
		)
	if (!/^ckp_[A-Za-z0-9_-]{49}$/.test(token))
		throw new CommandError('What was given as the token is none: it begins with ckp_ and has 53 characters.')
	return { url, token }
}

function readTokenFile(file: string): string {
	let mode: number
	let text: string
	try {
		mode = statSync(file).mode
		text = readFileSync(file, 'utf8')
	} catch (error) {
		throw new CommandError(`The token file ${file} cannot be read: ${(error as Error).message}.`, {
			cause: error,
		})
	}
	// Windows keeps no such bits; its own rights hold there.
	if (process.platform !== 'win32' && (mode & 0o077) !== 0)
		throw new CommandError(`Others may read the token file ${file}: run chmod 600 ${file}.`)
	return text.trim()
}
