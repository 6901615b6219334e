import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { isKeyName, type NoteKey } from '#workflows/ledger/signed-note.ts'
import { parsePolicy } from '#workflows/ledger/tlog-policy.ts'
import { WitnessError } from './witness-error.ts'

const optional = z
	.string()
	.trim()
	.transform((text) => (text === '' ? undefined : text))
	.optional()
const whole = (what: string, min: number, max: number) =>
	z.coerce.number({ error: what }).int(what).min(min, what).max(max, what)

const schema = z.object({
	WITNESS_DIR: optional,
	WITNESS_GUARD_DIR: optional,
	WITNESS_NAME: z
		.string()
		.refine(isKeyName, 'must have no white space and no plus sign, such as witness.agency.example')
		.optional(),
	WITNESS_LOGS_FILE: optional,
	WITNESS_HOST: z.string().trim().min(1).default('127.0.0.1'),
	WITNESS_PORT: whole('must be a port number up to 65535', 0, 65_535).default(3100),
	WITNESS_PREFIX: z
		.string()
		.regex(/^(\/[A-Za-z0-9._~-]+)*$/, 'must be a path such as /witness, without a slash at its end')
		.default(''),
	WITNESS_REQUESTS_PER_MINUTE: whole('must be a whole number from 1 on', 1, 1_000_000).default(600),
	LOG_LEVEL: z
		.enum(['silent', 'error', 'warn', 'info', 'debug'], 'must be silent, error, warn, info or debug')
		.default('info'),
})

export type WitnessSettings = {
	directory: string
	/** A second place for what was signed; null where there is none. */
	guardDirectory: string | null
	/** The name of the key when it is made; null takes that of the key which is there. */
	name: string | null
	/** Keys of the logs that are witnessed, several of one origin while it changes its key. */
	logs: readonly NoteKey[]
	host: string
	port: number
	prefix: string
	requestsPerMinute: number
	logLevel: string
}

/** Reads the settings of the witness, once. Throws WitnessError with every problem. */
export function readWitnessSettings(
	environment: Readonly<Record<string, string | undefined>>,
	checkout: string,
): WitnessSettings {
	const given = Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== '')
	const parsed = schema.safeParse(Object.fromEntries(given))
	if (!parsed.success) {
		const problems = parsed.error.issues.map(({ path, message }) => `${String(path[0])} ${message}`)
		throw new WitnessError(`These settings cannot be used: ${problems.join('; ')}. See .env.example.`)
	}
	const env = parsed.data
	if (env.WITNESS_LOGS_FILE === undefined) {
		throw new WitnessError(
			'WITNESS_LOGS_FILE is not set: name a file with one line "log KEY" for each log to be witnessed, KEY being the record key that the Charterkeep of that log prints at its start.',
		)
	}
	return {
		directory: resolve(env.WITNESS_DIR ?? join(checkout, '.charterkeep-witness')),
		guardDirectory: env.WITNESS_GUARD_DIR === undefined ? null : resolve(env.WITNESS_GUARD_DIR),
		name: env.WITNESS_NAME ?? null,
		logs: readLogs(env.WITNESS_LOGS_FILE),
		host: env.WITNESS_HOST,
		port: env.WITNESS_PORT,
		prefix: env.WITNESS_PREFIX,
		requestsPerMinute: env.WITNESS_REQUESTS_PER_MINUTE,
		logLevel: env.LOG_LEVEL,
	}
}

function readLogs(file: string): NoteKey[] {
	let text: string
	try {
		text = readFileSync(file, 'utf8')
	} catch (cause) {
		throw new WitnessError(
			`WITNESS_LOGS_FILE names ${file}, which cannot be read: ${(cause as Error).message}.`,
			{ cause },
		)
	}
	const { policy, refusal } = parsePolicy(text, { quorum: 'optional' })
	if (policy === null) throw new WitnessError(`${file}: ${refusal.message}`)
	return policy.logs.map(({ key }) => key)
}
