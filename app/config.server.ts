import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { readLeads, type RenewalLeads } from '#workflows/people/renewal-leads.ts'
import { readRetention, type Retention } from '#workflows/people/facts/retention.ts'
import { parsePolicy, type Policy } from '#workflows/ledger/tlog-policy.ts'
import { rangeOf } from '#workflows/facilities/networks.ts'
import { parseVkey } from '#workflows/ledger/signed-note.ts'
import { lockboxOf, lockboxSchema, type LockboxConfig } from './config-lockbox.server.ts'
import { sandboxRefusal, sandboxSchema } from './config-sandbox.server.ts'
import { cloudOf, tenantOf, tenantSchema, type TenantConfig } from './config-tenant.server.ts'
import { tellingOf, tellingSchema, type TellingConfig } from './config-telling.server.ts'
import { isSafeSignerUrl } from './integrations/external-signer.server.ts'
import type { ExternalKeys } from './integrations/log-keys.server.ts'

/** The settings cannot be used. The message names each and says what to do. */
export class ConfigError extends Error {
	override readonly name = 'ConfigError'
}

const optional = z
	.string()
	.trim()
	.transform((text) => (text === '' ? undefined : text))
	.optional()
const port = z.coerce
	.number({ error: 'must be a port number' })
	.int('must be a port number')
	.min(0)
	.max(65_535, 'must be a port number up to 65535')

/** Addresses and networks, with commas between. */
const networks = z
	.string()
	.transform((text) => text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()])))
	.refine(
		(list) =>
			list.every(
				(one) => rangeOf(one.includes('/') ? one : `${one}/${one.includes(':') ? 128 : 32}`) !== null,
			),
		'must be addresses or networks such as 10.0.0.0/8, with commas between',
	)
	.default([])

const schema = z.object({
	CHARTERKEEP_DATA_DIR: optional,
	HOST: z.string().trim().min(1).default('127.0.0.1'),
	PORT: port.default(3000),
	CHARTERKEEP_ORIGIN: z
		.url({ protocol: /^https?$/, error: 'must be an address such as https://access.example.gov' })
		.optional(),
	CHARTERKEEP_RP_ID: optional,
	CHARTERKEEP_PROCESS: z.enum(['all', 'web', 'worker'], 'must be all, web or worker').default('all'),
	DATABASE_URL: z
		.url({ protocol: /^postgres(ql)?$/, error: 'must be an address such as postgres://user@host/database' })
		.optional(),
	PG_BINDIR: optional,
	LOG_LEVEL: z
		.enum(['silent', 'error', 'warn', 'info', 'debug'], 'must be silent, error, warn, info or debug')
		.default('info'),
	CHARTERKEEP_LOG_KEY_FILE: optional,
	CHARTERKEEP_EVIDENCE_KEY_FILE: optional,
	CHARTERKEEP_RETENTION_MONTHS: z.string().default(''),
	CHARTERKEEP_RENEWAL_DAYS: z.string().default(''),
	CHARTERKEEP_LOG_ORIGIN: z
		.string()
		.regex(/^[^\s+]+$/, 'must have no space and no plus sign')
		.optional(),
	CHARTERKEEP_WITNESS_POLICY_FILE: optional,
	CHARTERKEEP_WITNESS_MODE: z.enum(['open', 'closed'], 'must be open or closed').default('open'),
	CHARTERKEEP_WITNESS_TIMEOUT_SECONDS: z.coerce
		.number('must be a number of seconds')
		.min(1)
		.max(60)
		.default(5),
	CHARTERKEEP_LOG_VKEY: optional,
	CHARTERKEEP_LOG_SIGNER_COMMAND: optional,
	CHARTERKEEP_LOG_SIGNER_URL: z
		.string()
		.refine(isSafeSignerUrl, 'must be an https address, or http on this machine')
		.optional(),
	CHARTERKEEP_LOG_SIGNER_CA_FILE: optional,
	CHARTERKEEP_LOG_SIGNER_TIMEOUT_SECONDS: z.coerce
		.number('must be a number of seconds')
		.min(1)
		.max(60)
		.default(5),
	CHARTERKEEP_RECORD_BACKLOG: z.coerce
		.number('must be a number of entries')
		.int('must be a whole number of entries')
		.min(100, 'must be 100 entries or more')
		.max(10_000_000)
		.default(20_000),
	CHARTERKEEP_FEED_KEY_FILE: optional,
	CHARTERKEEP_TRUSTED_PROXIES: networks,
	...tellingSchema,
	...lockboxSchema,
	CHARTERKEEP_CHARTER_FILE: optional,
	CHARTERKEEP_PEOPLE_FILE: optional,
	CHARTERKEEP_RECONCILE_SECONDS: z.coerce
		.number('must be a number of seconds')
		.int('must be a whole number of seconds')
		.min(10, 'must be 10 seconds or more')
		.max(3600, 'must be 3600 seconds at most')
		.default(60),
	CHARTERKEEP_RULES_SECONDS: z.coerce
		.number('must be a number of seconds')
		.int('must be a whole number of seconds')
		.min(60, 'must be 60 seconds or more')
		.max(86_400, 'must be 86400 seconds at most')
		.default(3600),
	CHARTERKEEP_GROUP_DELTA_SECONDS: z.coerce
		.number('must be a number of seconds')
		.int('must be a whole number of seconds')
		.min(5, 'must be 5 seconds or more')
		.max(3600, 'must be 3600 seconds at most')
		.default(10),
	...sandboxSchema,
	CHARTERKEEP_SANDBOX_PORT: port.default(0),
	CHARTERKEEP_SANDBOX_USERS: z.coerce
		.number('must be a number of users')
		.int()
		.min(0)
		.max(200_000, 'must be 200000 at most')
		.default(0),
	...tenantSchema,
})

export type Config = {
	dataDirectory: { wanted: string; explicit: boolean }
	host: string
	port: number
	/** Null means http://localhost and the port that is really used. */
	origin: string | null
	rpId: string | null
	process: 'all' | 'web' | 'worker'
	databaseUrl: string | null
	pgBinDirectory: string | undefined
	logLevel: string
	logKeyFile: string | null
	logOrigin: string | null
	/** Keys that evidence files are encrypted with; null: beside the database. */
	evidenceKeyFile: string | null
	/** For how long each kind of fact is kept after a person has left. */
	retention: Retention
	renewalLeads: RenewalLeads
	/** Who witnesses the log, by whose quorum; and whether what is not witnessed is given out (open) or not (closed). */
	witnessing: { policy: Policy | null; mode: 'open' | 'closed'; timeoutMs: number }
	/** Null means that the key lies in a file. */
	externalKeys: ExternalKeys | null
	/** Null means a file in the data folder. */
	feedKeyFile: string | null
	/** Mail and webhooks. */
	telling: TellingConfig
	/** Providers' requests for customer content. */
	lockbox: LockboxConfig
	/** Networks of the proxies in front, whose word on the sender's address is taken. */
	trustedProxies: readonly string[]
	/** Entries that may wait to be signed before new work is refused. */
	recordBacklog: number
	organisation: { charterYaml: string; peopleYaml: string } | null
	/** How often the tenant is compared with what was approved, in milliseconds. */
	reconcileMs: number
	/** How often its rules are compared as well: policies of Conditional Access and of roles, in milliseconds. */
	rulesMs: number
	/** How often the tenant is asked what changed in governed groups, in milliseconds. */
	groupDeltaMs: number
	sandboxPort: number
	/** How many users the sandbox tenant has at least. */
	sandboxUsers: number
	/** Null means the sandbox tenant. */
	tenant: TenantConfig | null
	/** Why the server does not start with what is set of a tenant or a sandbox; null where it does. */
	sandboxRefusal: string | null
}

/** Reads all settings, once. Throws ConfigError with every problem in one sentence each; secrets come from files. */
export function readConfig(
	environment: Readonly<Record<string, string | undefined>>,
	checkout: string,
): Config {
	const given = Object.fromEntries(
		Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
	)
	const parsed = schema.safeParse(given)
	if (!parsed.success) {
		const problems = parsed.error.issues.map(({ path, message }) => `${String(path[0])} ${message}`)
		throw new ConfigError(`These settings cannot be used: ${problems.join('; ')}. See .env.example.`)
	}
	const env = parsed.data
	const { CHARTERKEEP_CHARTER_FILE: charterFile, CHARTERKEEP_PEOPLE_FILE: peopleFile } = env
	if ((charterFile === undefined) !== (peopleFile === undefined)) {
		throw new ConfigError(
			'Set CHARTERKEEP_CHARTER_FILE and CHARTERKEEP_PEOPLE_FILE together, or neither. See .env.example.',
		)
	}
	const tenant = tenantOf(env, fileOf, refuse)
	return {
		dataDirectory: {
			wanted: resolve(env.CHARTERKEEP_DATA_DIR ?? join(checkout, '.charterkeep')),
			explicit: env.CHARTERKEEP_DATA_DIR !== undefined,
		},
		host: env.HOST,
		port: env.PORT,
		origin: env.CHARTERKEEP_ORIGIN === undefined ? null : new URL(env.CHARTERKEEP_ORIGIN).origin,
		rpId: env.CHARTERKEEP_RP_ID ?? null,
		process: env.CHARTERKEEP_PROCESS,
		databaseUrl: env.DATABASE_URL ?? null,
		pgBinDirectory: env.PG_BINDIR,
		logLevel: env.LOG_LEVEL,
		logKeyFile: env.CHARTERKEEP_LOG_KEY_FILE ?? null,
		logOrigin: env.CHARTERKEEP_LOG_ORIGIN ?? null,
		evidenceKeyFile: env.CHARTERKEEP_EVIDENCE_KEY_FILE ?? null,
		witnessing: witnessingOf(env),
		externalKeys: externalKeysOf(env),
		retention: retentionOf(env),
		renewalLeads: leadsOf(env),
		feedKeyFile: env.CHARTERKEEP_FEED_KEY_FILE ?? null,
		telling: tellingOf(env, fileOf, refuse),
		lockbox: lockboxOf(
			env,
			{
				hasTenant: env.ENTRA_TENANT_ID !== undefined,
				timeoutMs: env.ENTRA_TIMEOUT_SECONDS * 1000,
				armUrl: cloudOf(env, refuse).armUrl,
			},
			fileOf,
			refuse,
		),
		trustedProxies: env.CHARTERKEEP_TRUSTED_PROXIES,
		recordBacklog: env.CHARTERKEEP_RECORD_BACKLOG,
		organisation:
			charterFile !== undefined && peopleFile !== undefined
				? {
						charterYaml: fileOf('CHARTERKEEP_CHARTER_FILE', charterFile),
						peopleYaml: fileOf('CHARTERKEEP_PEOPLE_FILE', peopleFile),
					}
				: null,
		reconcileMs: env.CHARTERKEEP_RECONCILE_SECONDS * 1000,
		rulesMs: env.CHARTERKEEP_RULES_SECONDS * 1000,
		groupDeltaMs: env.CHARTERKEEP_GROUP_DELTA_SECONDS * 1000,
		sandboxPort: env.CHARTERKEEP_SANDBOX_PORT,
		sandboxUsers: env.CHARTERKEEP_SANDBOX_USERS,
		tenant,
		sandboxRefusal: sandboxRefusal(environment, env, tenant !== null),
	}
}

function leadsOf({ CHARTERKEEP_RENEWAL_DAYS: text }: z.infer<typeof schema>): RenewalLeads {
	const read = readLeads(text)
	if ('problem' in read)
		throw new ConfigError(
			`CHARTERKEEP_RENEWAL_DAYS must be pairs such as "DE=180 UK=120 other=192", with schemes that there are; this is none: ${read.problem}`,
		)
	return read
}

function retentionOf({ CHARTERKEEP_RETENTION_MONTHS: text }: z.infer<typeof schema>): Retention {
	const read = readRetention(text)
	if ('problem' in read)
		throw new ConfigError(
			`CHARTERKEEP_RETENTION_MONTHS must be pairs such as "clearance=60 event=36"; this is none: ${read.problem}`,
		)
	return read
}

function witnessingOf(env: z.infer<typeof schema>): Config['witnessing'] {
	const { CHARTERKEEP_WITNESS_POLICY_FILE: file, CHARTERKEEP_WITNESS_MODE: mode } = env
	const timeoutMs = env.CHARTERKEEP_WITNESS_TIMEOUT_SECONDS * 1000
	const parsed = file === undefined ? null : parsePolicy(fileOf('CHARTERKEEP_WITNESS_POLICY_FILE', file))
	if (parsed?.refusal) throw new ConfigError(`CHARTERKEEP_WITNESS_POLICY_FILE: ${parsed.refusal.message}`)
	const policy = parsed?.policy ?? null
	if (mode === 'closed' && (policy === null || policy.quorum === null)) {
		throw new ConfigError(
			'CHARTERKEEP_WITNESS_MODE is closed, which gives out nothing before witnesses have signed it: name them and a quorum in CHARTERKEEP_WITNESS_POLICY_FILE, or set the mode to open.',
		)
	}
	return { policy, mode, timeoutMs }
}

function externalKeysOf(env: z.infer<typeof schema>): ExternalKeys | null {
	const { CHARTERKEEP_LOG_SIGNER_COMMAND: command, CHARTERKEEP_LOG_SIGNER_URL: url } = env
	const vkeys = env.CHARTERKEEP_LOG_VKEY?.split(/\s+/) ?? []
	if (command === undefined && url === undefined && vkeys.length === 0) return null
	if ((command === undefined) === (url === undefined) || vkeys.length === 0) {
		throw new ConfigError(
			'A signer outside Charterkeep needs CHARTERKEEP_LOG_VKEY and either CHARTERKEEP_LOG_SIGNER_COMMAND or CHARTERKEEP_LOG_SIGNER_URL. See .env.example.',
		)
	}
	const wrong = vkeys.find((vkey) => parseVkey(vkey) === null)
	if (wrong !== undefined)
		throw new ConfigError(
			`CHARTERKEEP_LOG_VKEY must be Ed25519 verifier keys such as name+1a2b3c4d+AbC..., separated by spaces; this is none: ${wrong}`,
		)
	const timeoutMs = env.CHARTERKEEP_LOG_SIGNER_TIMEOUT_SECONDS * 1000
	const caFile = env.CHARTERKEEP_LOG_SIGNER_CA_FILE
	return {
		vkeys,
		place:
			command !== undefined
				? { command: command.split(/\s+/), timeoutMs }
				: {
						url: url ?? '',
						caPem: caFile === undefined ? null : fileOf('CHARTERKEEP_LOG_SIGNER_CA_FILE', caFile),
						timeoutMs,
					},
	}
}

function refuse(message: string): never {
	throw new ConfigError(message)
}

function fileOf(setting: string, path: string): string {
	try {
		return readFileSync(path, 'utf8')
	} catch (cause) {
		throw new ConfigError(`${setting} names ${path}, which cannot be read: ${(cause as Error).message}.`, {
			cause,
		})
	}
}
