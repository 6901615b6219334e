import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { sandboxCertificates } from './certificates.ts'
import { createDirectory } from './directory.ts'
import { createEligibilities } from './eligibilities.ts'
import { badRequest, GraphError, missingPermission, notFound } from './errors.ts'
import { createFaults, type Fault } from './faults.ts'
import { filterRows, page, selectColumns } from './odata.ts'
import { createGroups, GROUP_PIM_PERMISSION, MEMBERS_PERMISSION, type SandboxGroup } from './groups.ts'
import { createPim, DEFAULT_PIM, rolePim, type PimSettings } from './pim.ts'
import { openDirectoryState, openState } from './state.ts'
import { createPolicies } from './policies.ts'
import { createReevaluation } from './reevaluation.ts'
import { createTokens, TokenRefused } from './tokens.ts'

export type SandboxUser = {
	id: string
	displayName: string
	userPrincipalName: string
	accountEnabled: boolean
	userType?: string
	/** Kinds of authentication methods; a password and a FIDO2 key where nothing is said. */
	methods?: string[]
}
export type SandboxRole = { id: string; displayName: string }
export type Exchange = {
	method: string
	path: string
	query: string
	request: unknown
	status: number
	response: unknown
}

export const SANDBOX_TENANT_ID = '4b6f2f0e-8a2d-4c1b-9d61-0c5f5a1e7b10'
export const SANDBOX_CLIENT_ID = '9d1c3a52-6f4e-4f0a-8f7c-2b7e9e6d4c31'
/** A second application of the tenant, which can only remove. */
export const SANDBOX_KILL_SWITCH_ID = '4f0a6b1e-2c7d-4e39-9a58-6d1e0c3b7f22'
const KILL_SWITCH_PERMISSIONS = [
	'RoleAssignmentSchedule.Remove.Directory',
	'PrivilegedAssignmentSchedule.Remove.AzureADGroup',
]
const PIM_PERMISSION = 'RoleAssignmentSchedule.ReadWrite.Directory'
const METHODS_PERMISSION = 'UserAuthenticationMethod.Read.All'
const MAX_BODY_BYTES = 64_000

/**
 * Starts the sandbox tenant: a stateful local Microsoft Graph over TLS on loopback. It stands where no tenant is
 * configured, and keeps what it was told in `directory`. Rejects when the port is taken.
 */
export async function startSandboxTenant({
	directory,
	port = 0,
	users: initialUsers,
	roles,
	groups: initialGroups = [],
	now,
	pim: settings = {},
	permissions = [
		PIM_PERMISSION,
		GROUP_PIM_PERMISSION,
		MEMBERS_PERMISSION,
		'User.RevokeSessions.All',
		'User.Read.All',
		METHODS_PERMISSION,
		'RoleManagementPolicy.Read.Directory',
		'RoleManagementPolicy.Read.AzureADGroup',
	],
}: {
	directory: string
	port?: number
	users: readonly SandboxUser[]
	roles: readonly SandboxRole[]
	groups?: readonly SandboxGroup[]
	now: () => Date
	pim?: Partial<PimSettings>
	permissions?: readonly string[]
}) {
	const certificates = await sandboxCertificates(directory, now())
	const clock = () => now().getTime()
	const { state, save } = openState(join(directory, 'state'))
	const tokens = createTokens({
		tenantId: SANDBOX_TENANT_ID,
		clients: [
			{ clientId: SANDBOX_CLIENT_ID, pem: certificates.clientPem },
			{ clientId: SANDBOX_KILL_SWITCH_ID, pem: certificates.killSwitchPem },
		],
		rolesOf: (clientId) => granted[clientId] ?? [],
		now: () => Date.now(),
	})
	const granted: Record<string, readonly string[]> = {
		[SANDBOX_CLIENT_ID]: permissions,
		[SANDBOX_KILL_SWITCH_ID]: KILL_SWITCH_PERMISSIONS,
	}
	const reevaluation = createReevaluation()
	/** Whether this cloud has the interface for authentication methods: not all do. */
	let hasMethods = true
	const users = createDirectory({
		...openDirectoryState(join(directory, 'state')),
		users: initialUsers,
		origin: () => origin,
	})
	const pimSettings = { ...DEFAULT_PIM, ...settings }
	const pim = createPim({
		requests: state.requests,
		kind: rolePim((id) => roles.some((role) => role.id === id)),
		directory: { hasUser: users.has },
		now: clock,
		newId: randomUUID,
		settings: pimSettings,
	})
	const eligibilities = createEligibilities(state, { now: clock, newId: randomUUID })
	const groups = createGroups({
		state,
		save,
		groups: initialGroups,
		hasUser: users.has,
		now: clock,
		newId: randomUUID,
		settings: pimSettings,
		context: () => context,
	})
	const policies = createPolicies({
		tenantId: SANDBOX_TENANT_ID,
		hasRole: (id) => roles.some((role) => role.id === id),
		hasGroup: (id) => initialGroups.some((group) => group.id === id),
		usual: { maximumDuration: 'P1D', enabledRules: ['Justification'] },
	})
	/** Whether the tenant has bought what PIM takes; without, it refuses every call of it. */
	let isLicensed = true
	const faults = createFaults()
	const exchanges: Exchange[] = []
	const hanging = new Set<ServerResponse>()

	const server: Server = createServer(
		{ cert: certificates.server.cert, key: certificates.server.key },
		(request, response) => {
			void answer(request, response).catch(() => response.destroy())
		},
	)
	await listen(server, port)
	const origin = `https://localhost:${(server.address() as AddressInfo).port}`
	const context = `${origin}/v1.0/$metadata#`

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const url = new URL(request.url ?? '/', origin)
		const body = await readBody(request)
		if (url.pathname.endsWith('/.well-known/openid-configuration')) return send(response, 200, metadata())
		if (url.pathname === `/${SANDBOX_TENANT_ID}/oauth2/v2.0/token`) return token(response, body)
		const fault = faults.take(request.method ?? 'GET', url.pathname)
		if (fault && isBefore(fault)) return misbehave(response, fault)
		const { status, result, headers } = graph(request, url, body)
		exchanges.push({
			method: request.method ?? 'GET',
			path: url.pathname,
			query: url.search,
			request: body === '' ? null : parseJson(body),
			status,
			response: result,
		})
		if (fault) return misbehave(response, fault)
		send(response, status, result, { ...headers, ...correlation(request) })
	}

	function graph(request: IncomingMessage, url: URL, body: string) {
		try {
			const bearer = tokens.check(request.headers.authorization, origin)
			if (bearer === null) {
				throw new GraphError(
					401,
					'InvalidAuthenticationToken',
					'Access token is missing, expired or not for this host.',
					{
						'www-authenticate': `Bearer realm="", authorization_uri="${origin}/common/oauth2/authorize", error="invalid_token"`,
					},
				)
			}
			reevaluation.demand(bearer, origin)
			return { headers: {}, ...route(request.method ?? 'GET', url, body, bearer.appId) }
		} catch (error) {
			if (!(error instanceof GraphError)) throw error
			const innerError = {
				date: now().toISOString().slice(0, 19),
				'request-id': randomUUID(),
				'client-request-id': String(request.headers['client-request-id'] ?? ''),
			}
			return {
				status: error.status,
				result: { error: { code: error.code, message: error.message, innerError } },
				headers: error.headers,
			}
		}
	}

	function route(method: string, url: URL, body: string, appId: string): { status: number; result: unknown } {
		const path = url.pathname.replace(/^\/v1\.0/, '')
		const filter = url.searchParams.get('$filter')
		const select = url.searchParams.get('$select')
		const has = (permission: string) => (granted[appId] ?? []).includes(permission)
		/** Whoever may only remove may send that one request, and read nothing. */
		const mayRemove = (permission: string) =>
			method === 'POST' &&
			path.endsWith('ScheduleRequests') &&
			has(permission.replace('.ReadWrite.', '.Remove.')) &&
			(parseJson(body) as { action?: unknown } | null)?.action === 'adminRemove'
		const mayRead = (permission: string) =>
			method === 'GET' && has(permission.replace('.ReadWrite.', '.Read.'))
		const need = (permission: string) => {
			if (!has(permission) && !mayRead(permission) && !mayRemove(permission))
				throw missingPermission(permission)
		}
		/** Outside of PIM a refusal is said plainly. */
		const demandOf = (permission: string) => {
			if (!has(permission))
				throw new GraphError(
					403,
					'Authorization_RequestDenied',
					'Insufficient privileges to complete the operation.',
				)
		}
		if (!isLicensed && /^\/(roleManagement|identityGovernance)\//.test(path))
			throw badRequest(
				'AadPremiumLicenseRequired',
				'The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.',
			)
		if (path === '/policies/roleManagementPolicyAssignments' && method === 'GET') {
			const isOfGroup = url.searchParams.get('$filter')?.includes("'Group'") === true
			need(`RoleManagementPolicy.Read.${isOfGroup ? 'AzureADGroup' : 'Directory'}`)
			const rows = policies.list(url)
			return {
				status: 200,
				result: page(rows, url, `${context}policies/roleManagementPolicyAssignments`),
			}
		}
		const ofGroups = groups.answer({
			method,
			path,
			url,
			body: () => parseJson(body),
			need,
			demand: demandOf,
		})
		if (ofGroups !== null) return ofGroups
		const directoryPath = /^\/roleManagement\/directory\/([A-Za-z]+)(?:\/([^/]+))?(?:\/(cancel))?$/.exec(path)
		if (directoryPath) {
			const [, collection = '', id, action] = directoryPath
			const annotation = `${context}roleManagement/directory/${collection}`
			if (collection === 'roleDefinitions') return list(roles, id)
			need(PIM_PERMISSION)
			if (collection === 'roleAssignmentScheduleRequests' && method === 'POST' && action === 'cancel' && id) {
				pim.cancel(id)
				save()
				return { status: 204, result: null }
			}
			if (collection === 'roleAssignmentScheduleRequests' && method === 'POST' && !id) {
				const { row, isStored } = pim.post(parseJson(body))
				if (isStored) save()
				return { status: 201, result: { '@odata.context': `${annotation}/$entity`, ...row } }
			}
			if (collection === 'roleAssignmentScheduleRequests' && method === 'GET') {
				return id
					? {
							status: 200,
							result: {
								'@odata.context': `${annotation}/$entity`,
								...selectColumns(pim.request(id), select),
							},
						}
					: { status: 200, result: page(filterRows(pim.requests(), filter), url, annotation) }
			}
			if (collection === 'roleAssignmentScheduleInstances' && method === 'GET')
				return list(pim.instances(), id)
			if (collection === 'roleEligibilityScheduleInstances' && method === 'GET')
				return list(eligibilities.instances(), id)
			if (collection === 'roleAssignmentSchedules' && method === 'GET') return list(pim.schedules(), id)
		}
		const methodsPath = /^\/users\/([^/]+)\/authentication\/methods$/.exec(path)
		if (methodsPath && method === 'GET' && hasMethods) {
			demandOf(METHODS_PERMISSION)
			return { status: 200, result: users.methods(methodsPath[1] ?? '') }
		}
		if (methodsPath) throw badRequest('BadRequest', "Resource not found for the segment 'authentication'.")
		if (path === '/users/delta' && method === 'GET') {
			demandOf('User.Read.All')
			return { status: 200, result: users.delta(url) }
		}
		const userPath = /^\/users(?:\/([^/]+))?(?:\/(revokeSignInSessions))?$/.exec(path)
		if (userPath) {
			const [, id, action] = userPath
			if (method === 'POST' && action && id) {
				need('User.RevokeSessions.All')
				if (!users.has(id)) throw notFound('Request_ResourceNotFound', `Resource '${id}' does not exist.`)
				state.sessionsRevoked[id] = clock()
				save()
				return { status: 200, result: { '@odata.context': `${context}Edm.Boolean`, value: true } }
			}
			if (method === 'GET' && !action) return list(users.list(), id)
		}
		throw badRequest('BadRequest', `Resource not found for the segment '${path.split('/')[1] ?? ''}'.`)

		function list(rows: readonly Record<string, unknown>[], id: string | undefined) {
			const name = path
				.split('/')
				.filter((part) => part !== id)
				.join('/')
				.slice(1)
			if (id === undefined)
				return { status: 200, result: page(filterRows(rows, filter), url, `${context}${name}`) }
			const found = rows.find((row) => row.id === id)
			if (!found) throw notFound('Request_ResourceNotFound', `Resource '${id}' does not exist.`)
			return {
				status: 200,
				result: { '@odata.context': `${context}${name}/$entity`, ...selectColumns(found, select) },
			}
		}
	}

	function token(response: ServerResponse, body: string): void {
		const form = new URLSearchParams(body)
		const scope = (form.get('scope') ?? '').split(' ').find((part) => part.endsWith('/.default')) ?? ''
		try {
			const audience = `${origin}/${SANDBOX_TENANT_ID}/oauth2/v2.0/token`
			const issued = tokens.issue({
				assertion: form.get('client_assertion') ?? '',
				scope,
				audience,
				clientId: form.get('client_id') ?? '',
				claims: form.get('claims') ?? '',
			})
			send(response, 200, {
				token_type: 'Bearer',
				expires_in: issued.expiresIn,
				ext_expires_in: issued.expiresIn,
				access_token: issued.token,
			})
		} catch (error) {
			if (!(error instanceof TokenRefused)) throw error
			send(response, 401, { error: 'invalid_client', error_description: error.message })
		}
	}

	const metadata = () => {
		const base = `${origin}/${SANDBOX_TENANT_ID}`
		return {
			issuer: `${base}/v2.0`,
			token_endpoint: `${base}/oauth2/v2.0/token`,
			authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
			jwks_uri: `${base}/discovery/v2.0/keys`,
		}
	}

	function misbehave(response: ServerResponse, fault: Fault): void {
		if (fault.kind === 'hang') hanging.add(response)
		else if (fault.kind === 'drop') response.destroy()
		else if (fault.kind === 'html') {
			response
				.writeHead(fault.status, { 'content-type': 'text/html' })
				.end('<html><body>Our services are not available right now</body></html>')
		} else {
			const code = fault.status === 429 ? 'TooManyRequests' : 'ServiceUnavailable'
			send(
				response,
				fault.status,
				{ error: { code, message: 'The sandbox was told to answer so.' } },
				fault.headers,
			)
		}
	}

	return {
		origin,
		tenantId: SANDBOX_TENANT_ID,
		clientId: SANDBOX_CLIENT_ID,
		graphBaseUrl: origin,
		authorityHost: origin,
		caPem: certificates.caPem,
		/** All that a connection to it takes, but for what its user chooses. */
		connection: {
			tenantId: SANDBOX_TENANT_ID,
			cloud: 'custom' as const,
			lacks: [],
			identity: {
				by: 'certificate' as const,
				clientId: SANDBOX_CLIENT_ID,
				certificatePem: certificates.clientPem,
			},
			killSwitch: null,
			caPem: certificates.caPem,
			authorityHost: origin,
			graphBaseUrl: origin,
		},
		/** The second application, which can only remove. */
		killSwitch: {
			by: 'certificate' as const,
			clientId: SANDBOX_KILL_SWITCH_ID,
			certificatePem: certificates.killSwitchPem,
		},
		/** What an administrator does to the applications, and whether access is judged anew; for tests. */
		applications: tokens.acts,
		reevaluation,
		/** What other hosts of the sandbox stand on: their certificate, and whose token it is that they are shown. */
		certificate: certificates.server,
		checkToken: (authorization: string | undefined, audience: string) =>
			tokens.check(authorization, audience)?.appId ?? null,
		faults,
		/** What the tenant holds as active now, for tests. */
		instances: pim.instances,
		requests: pim.requests,
		sessionsRevoked: () => ({ ...state.sessionsRevoked }),
		/** Every Graph call and its answer since the start, for the contract test. */
		exchanges: () => [...exchanges],
		/** What an administrator does to users beside Charterkeep; for tests. */
		users: users.acts,
		/** Which permissions the app has from now on; for tests. */
		grantOnly: (left: readonly string[], clientId = SANDBOX_CLIENT_ID) => {
			granted[clientId] = left
		},
		/** Makes the cloud one without, or with, the interface for authentication methods; for tests. */
		offerMethods: (offered: boolean) => {
			hasMethods = offered
		},
		/** Does to the tenant what an administrator would do beside Charterkeep; for tests. */
		assignBeside: (principalId: string, roleDefinitionId: string) => {
			pim.post({
				action: 'adminAssign',
				principalId,
				roleDefinitionId,
				directoryScopeId: '/',
				justification: 'beside',
				scheduleInfo: { expiration: { type: 'afterDuration', duration: 'PT8H' } },
			})
			save()
		},
		/** The same: makes somebody eligible, who has not activated it. */
		makeEligible: (principalId: string, roleDefinitionId: string) => {
			eligibilities.add(principalId, roleDefinitionId)
			save()
		},
		/** The same: changes the standing assignment of this person and role; false where none stands. */
		changeBeside: (
			principalId: string,
			roleDefinitionId: string,
			change: Parameters<typeof pim.meddle>[2],
		) => {
			const isDone = pim.meddle(principalId, roleDefinitionId, change)
			save()
			return isDone
		},
		/** What an administrator sets as policy of a role or a group; for tests. */
		policies,
		/** Whether the tenant has the licence that PIM takes; for tests. */
		license: (has: boolean) => {
			isLicensed = has
		},
		/** Groups: who is listed in them, and what is done to them beside Charterkeep; for tests. */
		groups,
		/** As if nothing had ever been asked of it. */
		forget: () => {
			state.requests.length = 0
			state.groupRequests.length = 0
			save()
		},
		async stop(): Promise<void> {
			for (const response of hanging) response.destroy()
			server.closeAllConnections()
			await new Promise((done) => server.close(done))
		},
	}
}

const isBefore = (fault: Fault) => fault.kind === 'html' || fault.when === 'before'

function correlation(request: IncomingMessage): Record<string, string> {
	return {
		'request-id': randomUUID(),
		'client-request-id': String(request.headers['client-request-id'] ?? randomUUID()),
	}
}

function send(
	response: ServerResponse,
	status: number,
	result: unknown,
	headers: Record<string, string> = {},
): void {
	const text = result === null ? undefined : JSON.stringify(result)
	response
		.writeHead(status, { ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...headers })
		.end(text)
}

async function readBody(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = []
	let size = 0
	for await (const chunk of request as AsyncIterable<Buffer>) {
		size += chunk.length
		if (size > MAX_BODY_BYTES) throw new Error('The body is too large.')
		chunks.push(chunk)
	}
	return Buffer.concat(chunks).toString('utf8')
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text)
	} catch {
		throw badRequest('BadRequest', 'Unable to read JSON request payload.')
	}
}

function listen(server: Server, port: number): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', reject)
		server.listen(port, '127.0.0.1', resolve)
	})
}
