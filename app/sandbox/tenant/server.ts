import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { budgetsFor } from '#app/integrations/graph/families.ts'
import { sandboxCertificates } from './certificates.ts'
import { createAdministrativeUnits, DIRECTORY_READ } from './administrative-units.ts'
import { createConditionalAccess, type SandboxPolicy } from './conditional-access.ts'
import { createDirectory, type SandboxUser } from './directory.ts'
import {
	createDirectoryRoles,
	ASSIGNMENTS_READ,
	ELIGIBILITY_READ,
	ELIGIBILITY_REMOVAL,
	PIM_PERMISSION,
	type SandboxRole,
} from './directory-roles.ts'
import { createDoor, type Exchange } from './door.ts'
import { createFaults, isBefore } from './faults.ts'
import { GROUPS_READ, MEMBERS_PERMISSION, OWNERS_PERMISSION } from './group-lists.ts'
import { GROUP_ELIGIBILITY_READ, GROUP_ELIGIBILITY_REMOVAL, GROUP_PIM_PERMISSION } from './group-pim.ts'
import { createGroups, type SandboxGroup } from './groups.ts'
import { createGroupDelta } from './group-delta.ts'
import { createOrganisation } from './organisation.ts'
import { createPasskeys } from './passkeys.ts'
import { createServicePrincipals, type SandboxServicePrincipal } from './service-principals.ts'
import type { TypeOf } from './principals.ts'
import { createLicence } from './licence.ts'
import { createPermissions } from './permissions.ts'
import { DEFAULT_PIM } from './pim.ts'
import type { PimSettings } from './pim-lists.ts'
import { createPolicies } from './policies.ts'
import { createReevaluation } from './reevaluation.ts'
import { openDirectoryState, openState } from './state.ts'
import type { SlowSurface } from './surface.ts'
import { createSignIns } from './sign-ins.ts'
import { createSwitches, type Weather } from './switches.ts'
import { createThrottle } from './throttle.ts'
import { createTokenEndpoint } from './token-endpoint.ts'
import { createTokens } from './tokens.ts'
import { createNotificationDelivery } from './notification-delivery.ts'
import { createSubscriptions, SUBSCRIBING_GROUPS } from './subscriptions.ts'
import { correlation, listen, parseJson, readBody, send } from './transport.ts'
import { createUsers, METHODS_PERMISSION } from './users.ts'

export type { Exchange }

export const SANDBOX_TENANT_ID = '4b6f2f0e-8a2d-4c1b-9d61-0c5f5a1e7b10'
export const SANDBOX_CLIENT_ID = '9d1c3a52-6f4e-4f0a-8f7c-2b7e9e6d4c31'
/** A second application of the tenant, which can only remove. */
export const SANDBOX_KILL_SWITCH_ID = '4f0a6b1e-2c7d-4e39-9a58-6d1e0c3b7f22'
/** It may run for weeks, and an answer can be a page of a thousand users. */
const EXCHANGES_KEPT = 1000
const KILL_SWITCH_PERMISSIONS = [
	'RoleAssignmentSchedule.Remove.Directory',
	'PrivilegedAssignmentSchedule.Remove.AzureADGroup',
]

/**
 * Starts the sandbox tenant: a stateful local Microsoft Graph over TLS on loopback. It stands where no tenant is
 * configured, and keeps what it was told in `directory`. Here are its transport and the list of its surfaces, each
 * of which is a file; `door.ts` lets callers in. Rejects when the port is taken.
 */
export async function startSandboxTenant({
	directory,
	port = 0,
	users: initialUsers,
	roles: initialRoles,
	groups: initialGroups = [],
	servicePrincipals: initialPrincipals = [],
	conditionalAccess: initialPolicies = [],
	now,
	pim: settings = {},
	reach = (url) => url,
	exchangesKept = EXCHANGES_KEPT,
	permissions: initialPermissions = [
		PIM_PERMISSION,
		GROUP_PIM_PERMISSION,
		MEMBERS_PERMISSION,
		OWNERS_PERMISSION,
		'User.RevokeSessions.All',
		'User.Read.All',
		METHODS_PERMISSION,
		'RoleManagementPolicy.Read.Directory',
		'RoleManagementPolicy.Read.AzureADGroup',
		...ASSIGNMENTS_READ.slice(0, 1),
		GROUPS_READ,
		SUBSCRIBING_GROUPS,
		GROUP_ELIGIBILITY_READ,
		GROUP_ELIGIBILITY_REMOVAL,
		ELIGIBILITY_READ,
		ELIGIBILITY_REMOVAL,
		'Application.Read.All',
		'Policy.Read.All',
		'UserAuthMethod-Passkey.Read.All',
		'AuditLog.Read.All',
		DIRECTORY_READ,
	],
}: {
	directory: string
	port?: number
	users: readonly SandboxUser[]
	roles: readonly SandboxRole[]
	groups?: readonly SandboxGroup[]
	servicePrincipals?: readonly SandboxServicePrincipal[]
	conditionalAccess?: readonly SandboxPolicy[]
	now: () => Date
	pim?: Partial<PimSettings>
	permissions?: readonly string[]
	/** Where a public address is really reached, for notifications. */
	reach?: (url: string) => string
	/** How many calls are kept with their answers, the last of them; Infinity for a test that wants all. */
	exchangesKept?: number
}) {
	const certificates = await sandboxCertificates(directory, now())
	const clock = () => now().getTime()
	const { state, ...file } = openState(join(directory, 'state'))
	const save = () => file.save()
	const stored = openDirectoryState(join(directory, 'state'))
	const weather: Weather = { skewMs: 0, olderMs: 0 }
	const permissions = createPermissions({
		[SANDBOX_CLIENT_ID]: initialPermissions,
		[SANDBOX_KILL_SWITCH_ID]: KILL_SWITCH_PERMISSIONS,
	})
	const told = { token: SANDBOX_TENANT_ID, organisation: SANDBOX_TENANT_ID }
	const tokens = createTokens({
		tenantId: () => told.token,
		clients: [
			{ clientId: SANDBOX_CLIENT_ID, pem: certificates.clientPem },
			{ clientId: SANDBOX_KILL_SWITCH_ID, pem: certificates.killSwitchPem },
		],
		rolesOf: permissions.of,
		now: () => Date.now() + weather.skewMs,
	})
	const tokenEndpoint = createTokenEndpoint({ tokens, tenantId: SANDBOX_TENANT_ID, origin: () => origin })
	const reevaluation = createReevaluation()
	const userDirectory = createDirectory({
		...stored,
		users: initialUsers,
		origin: () => origin,
		changed: (id) => subscriptions.tell({ kind: 'user', id }),
	})
	const typeOf: TypeOf = (id) => {
		if (userDirectory.has(id)) return 'user'
		if (groups.has(id)) return 'group'
		return servicePrincipals.has(id) ? 'servicePrincipal' : null
	}
	const pimSettings = { ...DEFAULT_PIM, ...settings }
	const common = {
		typeOf,
		state,
		save,
		hasUser: userDirectory.has,
		now: clock,
		newId: randomUUID,
		settings: pimSettings,
		olderMs: () => weather.olderMs,
		context: () => `${origin}/v1.0/$metadata#`,
	}
	const licence = createLicence()
	const users = createUsers({ ...common, directory: userDirectory })
	const roles = createDirectoryRoles({ ...common, roles: initialRoles })
	const groups = createGroups({
		...common,
		groups: initialGroups,
		rolesOf: roles.heldBy,
		changed: (groupId, memberId) => subscriptions.tell({ kind: 'members', groupId, memberId }),
	})
	const delivery = createNotificationDelivery(reach, clock)
	const subscriptions = createSubscriptions({
		...common,
		...delivery,
		tenantId: SANDBOX_TENANT_ID,
		hasGroup: groups.has,
	})
	const groupDelta = createGroupDelta({
		...common,
		groups,
		epoch: () => stored.state.epoch,
		origin: () => origin,
	})
	const servicePrincipals = createServicePrincipals({ ...common, initial: initialPrincipals })
	const conditionalAccess = createConditionalAccess({ ...common, initial: initialPolicies })
	const passkeys = createPasskeys({ ...common, kindsOf: userDirectory.methodKinds })
	const policies = createPolicies({
		tenantId: SANDBOX_TENANT_ID,
		roleIds: roles.ids,
		hasGroup: groups.has,
		usual: { maximumDuration: 'P1D', enabledRules: ['Justification'], isExpirationRequired: true },
		context: common.context,
	})
	const signIns = createSignIns({
		...common,
		nameOf: (id) => String(userDirectory.one(id)[0]?.displayName ?? ''),
	})
	/** Asked in turn; the first that has an answer gives it. */
	const surfaces: readonly SlowSurface[] = [
		licence,
		policies,
		groupDelta,
		groups,
		roles,
		passkeys,
		users,
		servicePrincipals,
		conditionalAccess,
		createAdministrativeUnits({ ...common, isGone: roles.isGone }),
		subscriptions,
		signIns,
		createOrganisation({ tenantId: () => told.organisation, context: common.context }),
	]
	const faults = createFaults()
	const throttle = createThrottle(() => performance.now())
	const switches = createSwitches({
		faults,
		throttle,
		settings: pimSettings,
		weather,
		post: delivery.post,
		tokens,
		reevaluation,
		directory: userDirectory,
		signIns,
		clientId: SANDBOX_CLIENT_ID,
	})
	const exchanges: Exchange[] = []
	const note = (exchange: Exchange) => {
		exchanges.push(exchange)
		if (exchanges.length > exchangesKept) exchanges.shift()
	}
	const door = createDoor({
		tokens,
		reevaluation,
		permissions,
		throttle,
		faults,
		surfaces,
		now,
		origin: () => origin,
		note,
	})

	const server: Server = createServer(
		{ cert: certificates.server.cert, key: certificates.server.key },
		(request, response) => {
			void answer(request, response).catch(() => response.destroy())
		},
	)
	await listen(server, port)
	const origin = `https://localhost:${(server.address() as AddressInfo).port}`

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const url = new URL(request.url ?? '/', origin)
		if (weather.skewMs !== 0)
			response.setHeader('date', new Date(now().getTime() + weather.skewMs).toUTCString())
		const body = await readBody(request)
		if (tokenEndpoint.answer(request.method ?? 'GET', url.pathname, body, response)) return
		const fault = faults.take(request.method ?? 'GET', url.pathname)
		if (fault && isBefore(fault)) return faults.misbehave(response, fault)
		const { status, result, headers } = await door(request, url, body)
		note({
			method: request.method ?? 'GET',
			path: url.pathname,
			query: url.search,
			language: request.headers['accept-language'] ?? null,
			priority: request.headers['x-ms-throttle-priority']?.toString() ?? null,
			request: body === '' ? null : parseJson(body),
			status,
			response: result,
		})
		await Promise.all([file.flush(), stored.flush()])
		if (fault) return faults.misbehave(response, fault)
		send(response, status, result, { ...headers, ...correlation(request) })
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
			// Nobody else asks it, and it refuses nothing that it was not told to.
			budgets: budgetsFor(200),
		},
		/** The second application, which can only remove. */
		killSwitch: {
			by: 'certificate' as const,
			clientId: SANDBOX_KILL_SWITCH_ID,
			certificatePem: certificates.killSwitchPem,
		},
		/** Another tenant answers, as its tokens or its own description say; for tests. */
		actAs: (other: Partial<typeof told>): void => void Object.assign(told, other),
		/** What an administrator does to the applications, and whether access is judged anew; for tests. */
		applications: tokens.acts,
		reevaluation,
		/** What other hosts of the sandbox stand on: their certificate, and whose token it is that they are shown. */
		certificate: certificates.server,
		checkToken: (authorization: string | undefined, audience: string) =>
			tokens.check(authorization, audience)?.appId ?? null,
		faults,
		/** What goes wrong where tokens are had; for tests. */
		authorityFaults: tokenEndpoint.faults,
		throttle,
		/** What can be made to go wrong until it is set right again. */
		switches,
		/** What the tenant holds as active now, for tests. */
		instances: roles.pim.instances,
		/** The same with what is still to begin. */
		schedules: roles.pim.schedules,
		requests: roles.pim.requests,
		/** What the tenant has given and not taken away, whatever it lists; for tests. */
		assignments: roles.pim.assignments,
		/** Who could activate a role or a place in a group, for tests. */
		eligibilities: () => [...(state.eligibilities ?? []), ...(state.groupEligibilities ?? [])],
		sessionsRevoked: () => ({ ...state.sessionsRevoked }),
		/** Told of each connection that is opened from now on, for tests. */
		onConnection: (heard: (socket: Socket) => void) => void server.on('secureConnection', heard),
		/** The last Graph calls and their answers, for the contract test. */
		exchanges: () => [...exchanges],
		/** What an administrator does to users beside Charterkeep; for tests. */
		users: userDirectory.acts,
		/** Which permissions an application has from now on; for tests. */
		grantOnly: (left: readonly string[], clientId = SANDBOX_CLIENT_ID) =>
			permissions.grantOnly(left, clientId),
		offerMethods: (offered: boolean) => {
			users.offerMethods(offered)
			passkeys.offer(offered)
		},
		...roles.acts,
		/** What an administrator sets as policy of a role or a group; for tests. */
		policies,
		/** Whether the tenant has the licence that PIM takes; for tests. */
		license: licence.set,
		/** The rest of what an administrator keeps; for tests. */
		servicePrincipals,
		conditionalAccess,
		passkeys,
		/** What the tenant does to subscriptions by itself; for tests. */
		subscriptions: subscriptions.acts,
		/** Who signed in; for tests. */
		signIns,
		/** Groups: who is listed in them, and what is done to them beside Charterkeep; for tests. */
		groups,
		groupDelta: groupDelta.acts,
		/** As if nothing had ever been asked of it. */
		forget: () => {
			state.requests.length = 0
			state.groupRequests.length = 0
			save()
		},
		async stop(): Promise<void> {
			faults.release()
			tokenEndpoint.faults.release()
			await delivery.stop()
			await Promise.all([file.flush(), stored.flush()])
			server.closeAllConnections()
			await new Promise((done) => server.close(done))
		},
	}
}
