import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { LANGUAGES } from '#app/messages/create-text.ts'
import { durationMs } from '#workflows/shared/instants.ts'
import { CommandError } from '../command-error.ts'
import { listSchema } from './answers.ts'
import { createClient, type Client } from './client.ts'
import { readClientSettings } from './settings.ts'

const COMMON = {
	json: { type: 'boolean', default: false },
	language: { type: 'string', default: 'en' },
} as const satisfies ParseArgsOptionsConfig

/** The options of a command with those that all have, and the client that they name. */
export function open<const O extends ParseArgsOptionsConfig>(args: string[], options: O) {
	const { values, positionals } = parseArgs({
		args,
		options: { ...COMMON, ...options },
		allowPositionals: true,
	})
	const { language = 'en' } = values as { language?: string }
	if (!LANGUAGES.some((known) => known === language))
		throw new CommandError(`--language is one of ${LANGUAGES.join(', ')}.`)
	return { values, positionals, client: createClient(readClientSettings(), { language }) }
}

/** The one word that a command takes beside its options. */
export function theOne(positionals: readonly string[], what: string): string {
	const [word, ...more] = positionals
	if (word === undefined || more.length > 0) throw new CommandError(`Give one ${what}. See --help.`)
	return word
}

/** 2h, 90m, 1h30m, or ISO 8601 (PT2H), in seconds. */
export function secondsOf(option: string, text: string): number {
	const [, hours, minutes] = /^(?:(\d{1,3})h)?(?:(\d{1,4})(?:m|min))?$/.exec(text) ?? []
	const said =
		hours === undefined && minutes === undefined
			? (durationMs(text) ?? 0) / 1000
			: Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60
	if (!Number.isInteger(said) || said <= 0)
		throw new CommandError(`${option} is a time such as 2h, 90m, 1h30m or PT2H, not "${text}".`)
	return said
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** The id of a request that is given as its id or as its number: R-204. */
export async function requestIdOf(client: Client, word: string): Promise<string> {
	if (UUID.test(word)) return word
	return (await byNumber(client, word)).id
}

/** The id of an access that is given as its id or as the number of its request. */
export async function grantIdOf(client: Client, word: string): Promise<string> {
	if (UUID.test(word)) return word
	const { grantId } = await byNumber(client, word)
	if (grantId === null) throw new CommandError(`There is no access of ${word} that could end.`)
	return grantId
}

async function byNumber(client: Client, word: string) {
	const [, number] = /^R-(\d{1,15})$/i.exec(word) ?? []
	if (number === undefined) throw new CommandError(`"${word}" is neither an id nor a number such as R-204.`)
	const { requests } = await client(listSchema, 'GET', `/requests?whose=all&number=${number}`)
	const [request] = requests
	if (request === undefined) throw new CommandError(`There is no request ${word} that you may see.`)
	return request
}
