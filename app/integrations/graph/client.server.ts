import {
	Client,
	type Context,
	type Middleware,
	type MiddlewareOptions,
} from '@microsoft/microsoft-graph-client'
import type { GroupKeeper } from '#workflows/grants/place.ts'
import { Authenticate } from './authenticate.server.ts'
import type { Capability } from './clouds.ts'
import { openTokens, type AppIdentity, type Authority } from './credentials.server.ts'
import { costOf, familyOf, pathOf, type Budgets } from './families.ts'
import { httpsCall, type HttpAnswer } from './https-fetch.server.ts'
import { NotSent, type Call, type Lanes } from './lanes.server.ts'
import type { Lane } from './buckets.ts'
import { SameTenant } from './same-tenant.server.ts'

export type TenantConnection = Authority & {
	kind: 'sandbox' | 'entra'
	/** Tenants that were left for good; none where nobody says. */
	formerTenantIds?: readonly string[]
	/** What the page calls it. */
	name: string
	/** Such as https://graph.microsoft.com. */
	graphBaseUrl: string
	identity: AppIdentity
	/** A second application that can only remove, for when the first one cannot; null where there is none. */
	killSwitch: AppIdentity | null
	/** What this cloud does not have: it is not called. */
	lacks: readonly Capability[]
	/** How it keeps places in groups. */
	groups: GroupKeeper
	/** What its parts are asked at most. */
	budgets: Budgets
}

/** What a call counts as, where its address does not say: one of a batch. */
export class CountsAs implements MiddlewareOptions {
	readonly call: Call

	constructor(call: Call) {
		this.call = call
	}
}

/**
 * A Graph client that sends each call once, when its turn comes. The library's own chain repeats POSTs after 429, 503 and
 * 504, and an assignment sent twice answers "exists" to the second; so its retry handler is left out, and ours is read-back.
 */
export function connectGraph(
	tenant: Omit<TenantConnection, 'killSwitch'>,
	{ newId, lanes, heard }: GraphTools,
): Client {
	const authenticate = new Authenticate(openTokens(tenant, tenant.identity, true), tenant.graphBaseUrl)
	const sameTenant = new SameTenant(tenant)
	sameTenant.setNext(new SendOnce(tenant, { newId, lanes, ...(heard ? { heard } : {}) }))
	authenticate.setNext(sameTenant)
	return Client.initWithMiddleware({
		middleware: authenticate,
		baseUrl: `${tenant.graphBaseUrl}/`,
		defaultVersion: 'v1.0',
		// The library's word for hosts beside those it knows, compared without the port.
		customHosts: new Set([new URL(tenant.graphBaseUrl).hostname]),
	})
}

export type GraphTools = {
	newId: () => string
	/** Where each call waits for its turn: those of one application, however many clients it has. */
	lanes: Lanes
	/** Told the headers of each answer. */
	heard?: (answer: Headers) => void
}

/** What the tenant may take its callers' urgency from, where it cannot serve all of them. */
const PRIORITY: Readonly<Record<Lane, string>> = {
	revoke: 'high',
	confirm: 'high',
	sessions: 'high',
	grant: 'normal',
	'read-back': 'normal',
	sync: 'low',
}

class SendOnce implements Middleware {
	readonly #tenant: Pick<TenantConnection, 'caPem' | 'timeoutMs'>
	readonly #tools: GraphTools

	constructor(tenant: Pick<TenantConnection, 'caPem' | 'timeoutMs'>, tools: GraphTools) {
		this.#tenant = tenant
		this.#tools = tools
	}

	async execute(context: Context): Promise<void> {
		const url = new URL(typeof context.request === 'string' ? context.request : context.request.url)
		const { method = 'GET', headers, body } = context.options ?? {}
		const sent = new Headers(headers)
		// Without it some endpoints refuse what Node sends by default.
		sent.set('accept-language', 'en-US')
		sent.set('client-request-id', this.#tools.newId())
		const text = typeof body === 'string' ? body : undefined
		if (text !== undefined) sent.set('content-length', String(Buffer.byteLength(text)))
		const { caPem, timeoutMs } = this.#tenant
		const option = context.middlewareControl?.getMiddlewareOptions(CountsAs)
		const call =
			option instanceof CountsAs
				? option.call
				: { method, family: familyOf(pathOf(url)), cost: costOf(method, url) }
		try {
			const answer = await this.#tools.lanes.run(call, (lane) => {
				sent.set('x-ms-throttle-priority', PRIORITY[lane])
				return httpsCall(url, { method, headers: sent, body: text, ca: caPem, timeoutMs })
			})
			this.#tools.heard?.(answer.headers)
			context.response = responseOf(answer)
		} catch (error) {
			if (!(error instanceof NotSent)) throw error
			// To whoever called it is as if the tenant had refused at the door: nothing was done.
			context.response = Response.json(
				{ error: { code: 'TooManyRequests', message: error.message } },
				{ status: 429, headers: { 'retry-after': String(Math.ceil(error.retryAfterMs / 1000)) } },
			)
		}
	}
}

/**
 * A page of HTML was not written by Graph, whatever its status: a proxy, a gateway or a sign-in page answers in its place. What
 * it says of the call means nothing, so it becomes an answer of a gateway: unknown after a write, unread after a reading. That
 * there were too many calls stays so, since then none was performed.
 */
function responseOf({ status, headers, body }: HttpAnswer): Response {
	if (/^text\/html\b/i.test(headers.get('content-type') ?? '')) {
		const retryAfter = headers.get('retry-after')
		return Response.json(
			{ error: { code: 'NotGraph', message: `A page of HTML came with status ${status}.` } },
			{
				status: status === 429 || status >= 500 ? status : 502,
				...(retryAfter === null ? {} : { headers: { 'retry-after': retryAfter } }),
			},
		)
	}
	const hasBody = status !== 204 && status !== 304
	return new Response(hasBody ? body : null, { status, headers })
}

/** One `name eq 'value'` term, encoded by us: the library puts filters into the address as they are. */
export function equals(name: string, value: string): string {
	return `${name} eq '${encodeURIComponent(value.replaceAll("'", "''"))}'`
}
