import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createFaults, type Fault } from '../tenant/faults.ts'
import type { Exchange } from '../tenant/server.ts'
import { KEPT_MS, openRequests, rowOf, statusOf, type SandboxLockboxRequest } from './requests.ts'

/** The subscription that the sandbox holds. */
export const SANDBOX_SUBSCRIPTION = '3f6c1a52-7d0b-4f0e-9b0a-5f2f7c1d8e40'
const API_VERSION = '2018-02-28-preview'
const MAX_BODY_BYTES = 64_000
const FILTER = /^properties\/status eq '([A-Za-z]+)'$/
const PATH =
	/^\/subscriptions\/([0-9a-f-]{36})\/providers\/Microsoft\.CustomerLockbox\/requests(?:\/([^/]+))?(?:\/(updateApproval))?$/i

/** An answer that Azure gives in place of what was asked for. */
class ArmError extends Error {
	readonly status: number
	readonly code: string
	readonly currentStatus: string | null

	constructor(status: number, code: string, message: string, currentStatus: string | null = null) {
		super(message)
		this.status = status
		this.code = code
		this.currentStatus = currentStatus
	}
}

export type NewRequest = Partial<
	Omit<SandboxLockboxRequest, 'requestId' | 'status' | 'approvedAt' | 'reason'>
>

/**
 * Starts the sandbox of Azure Customer Lockbox: stateful, over TLS, on loopback, beside the sandbox tenant, whose tokens it
 * takes. What Microsoft's staff and somebody in the portal would do is done by the object that started it, never over
 * the network.
 */
export async function startSandboxArm({
	directory,
	certificate,
	checkToken,
	now,
	pageSize = 50,
}: {
	directory: string
	certificate: { cert: string; key: string }
	/** The application that a bearer token for this host belongs to; null where it belongs to none. */
	checkToken: (authorization: string | undefined, audience: string) => string | null
	now: () => Date
	pageSize?: number
}) {
	const { requests, isNew, save } = openRequests(join(directory, 'state', 'lockbox.json'))
	const faults = createFaults()
	const exchanges: Exchange[] = []
	/** Every answer that had its effect, for tests. */
	const answers: { requestId: string; status: string; reason: string }[] = []
	const hanging = new Set<ServerResponse>()
	const clock = () => now().getTime()

	const server: Server = createServer(certificate, (request, response) => {
		void answer(request, response).catch(() => response.destroy())
	})
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject)
		server.listen(0, '127.0.0.1', resolve)
	})
	const origin = `https://localhost:${(server.address() as AddressInfo).port}`

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const url = new URL(request.url ?? '/', origin)
		const method = request.method ?? 'GET'
		const body = await readBody(request)
		const fault = faults.take(method, url.pathname)
		if (fault && (fault.kind === 'html' || fault.when === 'before')) return misbehave(response, fault)
		const { status, result } = perform(request, method, url, body)
		exchanges.push({
			method,
			path: url.pathname,
			query: url.search,
			request: body === '' ? null : parse(body),
			status,
			response: result,
		})
		if (fault) return misbehave(response, fault)
		send(response, status, result)
	}

	function perform(request: IncomingMessage, method: string, url: URL, body: string) {
		try {
			if (checkToken(request.headers.authorization, origin) === null)
				throw new ArmError(
					401,
					'AuthenticationFailed',
					'The access token is missing, expired or for another host.',
				)
			return { status: 200, result: route(method, url, body) }
		} catch (error) {
			if (!(error instanceof ArmError)) throw error
			const { code, message, currentStatus } = error
			const additionalInfo =
				currentStatus === null ? {} : { additionalInfo: [{ type: 'RequestState', info: { currentStatus } }] }
			return { status: error.status, result: { error: { code, message, ...additionalInfo } } }
		}
	}

	function route(method: string, url: URL, body: string): unknown {
		if (url.searchParams.get('api-version') !== API_VERSION)
			throw new ArmError(400, 'MissingApiVersionParameter', 'The api-version query parameter is required.')
		const [, subscription = '', id, action] = PATH.exec(url.pathname) ?? []
		const isKnown = subscription.toLowerCase() === SANDBOX_SUBSCRIPTION
		if (!isKnown) throw new ArmError(404, 'SubscriptionNotFound', 'The subscription could not be found.')
		if (method === 'GET' && id === undefined) return list(url)
		const found = requests.find(({ requestId }) => requestId === id)
		if (found === undefined) throw new ArmError(404, 'ResourceNotFound', 'The request could not be found.')
		if (method === 'GET' && action === undefined) return rowOf(found, clock())
		if (method === 'POST' && action !== undefined) return decide(found, body)
		throw new ArmError(405, 'MethodNotAllowed', 'This cannot be done here.')
	}

	function list(url: URL): unknown {
		const filter = url.searchParams.get('$filter')
		const wanted = filter === null ? null : FILTER.exec(filter)?.[1]
		if (wanted === undefined)
			throw new ArmError(400, 'InvalidFilter', 'Only a filter by status is supported.')
		const rows = requests
			.map((request) => rowOf(request, clock()))
			.filter(({ properties }) => wanted === null || properties.status === wanted)
		const from = Number(url.searchParams.get('$skiptoken') ?? 0)
		const next = new URL(url)
		next.searchParams.set('$skiptoken', String(from + pageSize))
		const value = rows.slice(from, from + pageSize)
		return from + pageSize < rows.length ? { value, nextLink: next.href } : { value }
	}

	function decide(found: SandboxLockboxRequest, body: string): unknown {
		const wanted = parse(body) as { status?: unknown; reason?: unknown } | null
		const { status, reason } = wanted ?? {}
		if ((status !== 'Approve' && status !== 'Deny') || (reason !== undefined && typeof reason !== 'string'))
			throw new ArmError(400, 'InvalidRequestContent', 'The status must be Approve or Deny.')
		const current = statusOf(found, clock())
		if (current !== 'Pending')
			throw new ArmError(409, 'InvalidRequestState', 'The request is no longer pending.', current)
		settle(found, status === 'Approve' ? 'Approved' : 'Denied', reason ?? '')
		answers.push({ requestId: found.requestId, status, reason: reason ?? '' })
		return { status, ...(reason === undefined ? {} : { reason }) }
	}

	function settle(request: SandboxLockboxRequest, status: string, reason: string | null): void {
		request.status = status
		request.approvedAt = status === 'Approved' ? clock() : request.approvedAt
		request.reason = reason
		save()
	}

	function misbehave(response: ServerResponse, fault: Fault): void {
		if (fault.kind === 'hang') hanging.add(response)
		else if (fault.kind === 'drop') response.destroy()
		else if (fault.kind === 'html')
			response
				.writeHead(fault.status, { 'content-type': 'text/html' })
				.end('<html><body>Not now</body></html>')
		else
			send(
				response,
				fault.status,
				{ error: { code: 'SandboxFault', message: 'The sandbox was told to answer so.' } },
				fault.headers,
			)
	}

	const need = (requestId: string) => {
		const found = requests.find((each) => each.requestId === requestId)
		if (!found) throw new Error(`The sandbox has no request ${requestId}.`)
		return found
	}
	const ask = (more: NewRequest = {}): string => {
		const requestId = randomUUID()
		const createdAt = clock()
		requests.push({
			requestId,
			subscriptionId: SANDBOX_SUBSCRIPTION,
			justification: 'Support needs access to the virtual machine to find why it restarts.',
			status: 'Pending',
			createdAt,
			expiresAt: createdAt + KEPT_MS,
			duration: '8',
			resourceIds: `SUBSCRIPTIONS/${SANDBOX_SUBSCRIPTION.toUpperCase()}/RESOURCEGROUPS/TAX-PROD/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/REGISTER-01`,
			resourceType: 'VirtualMachine',
			supportRequest: '2611290010000123',
			accessLevel: 'Memory dump and disk snapshot, read only',
			approvedAt: null,
			reason: null,
			...more,
		})
		save()
		return requestId
	}
	return {
		origin,
		/** True where it was never started in this folder before. */
		isNew,
		faults,
		exchanges: () => [...exchanges],
		answers: () => [...answers],
		request: (requestId: string) => ({ ...need(requestId), status: statusOf(need(requestId), clock()) }),
		/** Somebody at the provider asks; gives the provider's number. */
		ask,
		/** Somebody decides in the portal, the provider withdraws or ends it, or its state moves in any other way. */
		set: (requestId: string, status: string) => settle(need(requestId), status, null),
		async stop(): Promise<void> {
			for (const response of hanging) response.destroy()
			server.closeAllConnections()
			await new Promise((done) => server.close(done))
		},
	}
}
export type SandboxArm = Awaited<ReturnType<typeof startSandboxArm>>

function send(
	response: ServerResponse,
	status: number,
	result: unknown,
	headers: Record<string, string> = {},
): void {
	response
		.writeHead(status, { 'content-type': 'application/json', 'x-ms-request-id': randomUUID(), ...headers })
		.end(JSON.stringify(result))
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

function parse(text: string): unknown {
	try {
		return JSON.parse(text)
	} catch {
		// Not JSON: whoever reads it refuses it.
		return null
	}
}
