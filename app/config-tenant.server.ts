import { z } from 'zod'
import { GROUP_KEEPERS, type GroupKeeper } from '#workflows/grants/place.ts'
import {
	CAPABILITIES,
	CLOUDS,
	KNOWN_CLOUDS,
	type Capability,
	type Cloud,
	type CloudName,
} from './integrations/graph/clouds.ts'
import type { AppIdentity } from './integrations/graph/credentials.server.ts'
import { budgetsFor, PIM_CALLS_PER_SECOND, type Budgets } from './integrations/graph/families.ts'

const optional = z
	.string()
	.trim()
	.transform((text) => (text === '' ? undefined : text))
	.optional()
const httpsAddress = z.url({ protocol: /^https$/, error: 'must be an https address' }).optional()
const lacks = z
	.string()
	.transform((text) => text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()])))
	.pipe(z.array(z.enum(CAPABILITIES, `must be some of ${CAPABILITIES.join(', ')}, with commas between`)))
	.default([])

const tenantIds = z
	.string()
	.transform((text) =>
		text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim().toLowerCase()])),
	)
	.pipe(z.array(z.uuid('must be tenant ids, UUIDs with commas between')))
	.default([])

/** The settings by which a tenant is reached. */
export const tenantSchema = {
	ENTRA_CLOUD: z.enum(CLOUDS, `must be one of ${CLOUDS.join(', ')}`).optional(),
	ENTRA_CLOUD_LACKS: lacks,
	ENTRA_TENANT_ID: z.uuid('must be the tenant id, a UUID').optional(),
	ENTRA_FORMER_TENANT_IDS: tenantIds,
	ENTRA_CREDENTIAL: z
		.enum(['certificate', 'workload', 'managed'], 'must be certificate, workload or managed')
		.default('certificate'),
	ENTRA_CLIENT_ID: z.uuid('must be the application id, a UUID').optional(),
	ENTRA_CERTIFICATE_FILE: optional,
	ENTRA_FEDERATED_TOKEN_FILE: optional,
	/** What a Kubernetes cluster with workload identity sets by itself. */
	AZURE_FEDERATED_TOKEN_FILE: optional,
	ENTRA_KILL_SWITCH_CLIENT_ID: z.uuid('must be the application id, a UUID').optional(),
	ENTRA_KILL_SWITCH_CERTIFICATE_FILE: optional,
	ENTRA_TENANT_NAME: optional,
	ENTRA_GROUPS: z.enum(GROUP_KEEPERS, 'must be pim or membership').default('pim'),
	ENTRA_AUTHORITY_HOST: httpsAddress,
	ENTRA_GRAPH_URL: httpsAddress,
	ENTRA_CA_FILE: optional,
	ENTRA_NOTIFICATION_URL: httpsAddress,
	ENTRA_PIM_CALLS_PER_SECOND: z.coerce
		.number('must be a number of calls')
		.min(0.1)
		.max(1000)
		.default(PIM_CALLS_PER_SECOND),
	ENTRA_TIMEOUT_SECONDS: z.coerce.number('must be a number of seconds').min(1).max(120).default(20),
}
type Environment = z.infer<z.ZodObject<typeof tenantSchema>>

export type TenantConfig = {
	name: string
	/** `custom` where a host is none of a known cloud's. */
	cloud: CloudName
	lacks: readonly Capability[]
	tenantId: string
	/** Tenants that were left for good: what was found there is closed, and nobody waits to look there again. */
	formerTenantIds: readonly string[]
	identity: AppIdentity
	/** The second application, which can only remove; null where none is set up. */
	killSwitch: AppIdentity | null
	caPem: string | null
	authorityHost: string
	graphBaseUrl: string
	timeoutMs: number
	/** Whether places in groups go through PIM, or are plain membership since the tenant has no PIM. */
	groups: GroupKeeper
	/** What its parts are asked at most, by one process. */
	budgets: Budgets
	/** Where the tenant reaches us with what changed; null where nothing of ours can be reached from it. */
	notificationUrl: string | null
}

type Refuse = (message: string) => never
type ReadFile = (setting: string, path: string) => string

/** Which cloud the settings name: its hosts, and what it lacks. `armUrl` is null where nobody said. */
export function cloudOf(
	env: Environment,
	refuse: Refuse,
): Omit<Cloud, 'armUrl'> & { name: CloudName; armUrl: string | null } {
	const { ENTRA_CLOUD: named, ENTRA_AUTHORITY_HOST: authority, ENTRA_GRAPH_URL: graph } = env
	const known = named === 'custom' ? null : KNOWN_CLOUDS[named ?? 'global']
	if (known === null && (authority === undefined || graph === undefined))
		return refuse(
			'ENTRA_CLOUD is custom, which needs ENTRA_AUTHORITY_HOST and ENTRA_GRAPH_URL: where tokens are had, and where Graph is.',
		)
	const authorityHost = authority === undefined ? known?.authorityHost : new URL(authority).origin
	const graphBaseUrl = graph === undefined ? known?.graphBaseUrl : new URL(graph).origin
	const isKnown = authorityHost === known?.authorityHost && graphBaseUrl === known?.graphBaseUrl
	return {
		name: isKnown ? (named ?? 'global') : 'custom',
		authorityHost: authorityHost ?? '',
		graphBaseUrl: graphBaseUrl ?? '',
		armUrl: known?.armUrl ?? null,
		lacks: CAPABILITIES.filter((one) => known?.lacks.includes(one) || env.ENTRA_CLOUD_LACKS.includes(one)),
	}
}

/** How the tenant is reached; null where none is set. `refuse` is called with what is wrong, and throws. */
export function tenantOf(env: Environment, fileOf: ReadFile, refuse: Refuse): TenantConfig | null {
	const { ENTRA_TENANT_ID: tenantId } = env
	const isNone = [tenantId, env.ENTRA_CLIENT_ID, env.ENTRA_CERTIFICATE_FILE].every(
		(each) => each === undefined,
	)
	if (isNone && env.ENTRA_CREDENTIAL === 'certificate') {
		if (env.ENTRA_KILL_SWITCH_CLIENT_ID !== undefined || env.ENTRA_KILL_SWITCH_CERTIFICATE_FILE !== undefined)
			refuse('ENTRA_KILL_SWITCH_… names a second application, but no tenant is set: set ENTRA_TENANT_ID too.')
		if (env.ENTRA_NOTIFICATION_URL !== undefined)
			refuse(
				'ENTRA_NOTIFICATION_URL says where a tenant reaches us, but no tenant is set: set ENTRA_TENANT_ID too.',
			)
		return null
	}
	const identity = identityOf(env, fileOf, refuse)
	if (tenantId === undefined)
		return refuse(
			'Set ENTRA_TENANT_ID to the id of the tenant, a UUID, or no ENTRA_… setting for the sandbox.',
		)
	if (env.ENTRA_FORMER_TENANT_IDS.includes(tenantId.toLowerCase()))
		refuse(
			'ENTRA_FORMER_TENANT_IDS names the tenant of ENTRA_TENANT_ID itself: take it out, since a former tenant is one that was left for good.',
		)
	const cloud = cloudOf(env, refuse)
	if (cloud.lacks.includes('pim-groups') && env.ENTRA_GROUPS === 'pim')
		refuse(
			'This cloud has no Privileged Identity Management for groups: set ENTRA_GROUPS=membership. Plain membership has no end of its own, so Charterkeep alone ends it.',
		)
	return {
		name: env.ENTRA_TENANT_NAME ?? tenantId,
		cloud: cloud.name,
		lacks: cloud.lacks,
		tenantId,
		formerTenantIds: env.ENTRA_FORMER_TENANT_IDS,
		identity,
		killSwitch: killSwitchOf(env, identity, fileOf, refuse),
		caPem: env.ENTRA_CA_FILE === undefined ? null : fileOf('ENTRA_CA_FILE', env.ENTRA_CA_FILE),
		authorityHost: cloud.authorityHost,
		graphBaseUrl: cloud.graphBaseUrl,
		timeoutMs: env.ENTRA_TIMEOUT_SECONDS * 1000,
		groups: env.ENTRA_GROUPS,
		budgets: budgetsFor(env.ENTRA_PIM_CALLS_PER_SECOND),
		// Where the cloud has none, nothing is subscribed to, and the page says so.
		notificationUrl: cloud.lacks.includes('notifications') ? null : notificationUrlOf(env, refuse),
	}
}

/** Where notifications are taken; the rest of the address is whatever stands before us. */
export const NOTIFICATION_PATH = '/graph/notifications'

function notificationUrlOf({ ENTRA_NOTIFICATION_URL: text }: Environment, refuse: Refuse): string | null {
	if (text === undefined) return null
	const url = new URL(text)
	if (!url.pathname.endsWith(NOTIFICATION_PATH) || url.search !== '' || url.hash !== '')
		return refuse(
			`ENTRA_NOTIFICATION_URL must be the whole address, ending in ${NOTIFICATION_PATH}, such as https://charterkeep.example${NOTIFICATION_PATH}.`,
		)
	return url.href
}

function identityOf(env: Environment, fileOf: ReadFile, refuse: Refuse): AppIdentity {
	const { ENTRA_CREDENTIAL: by, ENTRA_CLIENT_ID: clientId, ENTRA_CERTIFICATE_FILE: certificate } = env
	if (by === 'certificate') {
		if (env.ENTRA_TENANT_ID === undefined || clientId === undefined || certificate === undefined)
			return refuse(
				'A tenant needs ENTRA_TENANT_ID, ENTRA_CLIENT_ID and ENTRA_CERTIFICATE_FILE together; set all three, or none for the sandbox tenant. Without a certificate, set ENTRA_CREDENTIAL to workload or managed.',
			)
		return { by, clientId, certificatePem: fileOf('ENTRA_CERTIFICATE_FILE', certificate) }
	}
	if (certificate !== undefined)
		refuse(
			`ENTRA_CREDENTIAL is ${by}, which uses no certificate: leave ENTRA_CERTIFICATE_FILE out, or set ENTRA_CREDENTIAL=certificate.`,
		)
	if (by === 'managed') return { by, clientId: clientId ?? null }
	const tokenFile = env.ENTRA_FEDERATED_TOKEN_FILE ?? env.AZURE_FEDERATED_TOKEN_FILE
	if (clientId === undefined || tokenFile === undefined)
		return refuse(
			'ENTRA_CREDENTIAL is workload, which needs ENTRA_CLIENT_ID and ENTRA_FEDERATED_TOKEN_FILE, the file in which the platform keeps the token of this workload.',
		)
	// It is read anew for each token; that it can be is found out now.
	fileOf('ENTRA_FEDERATED_TOKEN_FILE', tokenFile)
	return { by, clientId, tokenFile }
}

function killSwitchOf(
	env: Environment,
	{ clientId: first }: AppIdentity,
	fileOf: ReadFile,
	refuse: Refuse,
): AppIdentity | null {
	const { ENTRA_KILL_SWITCH_CLIENT_ID: clientId, ENTRA_KILL_SWITCH_CERTIFICATE_FILE: file } = env
	if (clientId === undefined && file === undefined) return null
	if (clientId === undefined || file === undefined)
		return refuse(
			'Set ENTRA_KILL_SWITCH_CLIENT_ID and ENTRA_KILL_SWITCH_CERTIFICATE_FILE together, or neither.',
		)
	if (clientId === first)
		refuse(
			'ENTRA_KILL_SWITCH_CLIENT_ID is the first application itself: what stops that one would stop this one too. Register a second application, with a certificate of its own.',
		)
	if (env.ENTRA_CERTIFICATE_FILE === file)
		refuse(
			'ENTRA_KILL_SWITCH_CERTIFICATE_FILE is the certificate of the first application: make a second one.',
		)
	return { by: 'certificate', clientId, certificatePem: fileOf('ENTRA_KILL_SWITCH_CERTIFICATE_FILE', file) }
}
