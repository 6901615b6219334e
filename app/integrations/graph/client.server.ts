import { Client, type Context, type Middleware } from '@microsoft/microsoft-graph-client'
import type { GroupKeeper } from '#workflows/grants/place.ts'
import { Authenticate } from './authenticate.server.ts'
import type { Capability } from './clouds.ts'
import { openTokens, type AppIdentity, type Authority } from './credentials.server.ts'
import { httpsCall } from './https-fetch.server.ts'

export type TenantConnection = Authority & {
	kind: 'sandbox' | 'entra'
	/** What the page calls it. */
	name: string
	/** Such as https://graph.microsoft.com. */
	graphBaseUrl: string
	identity: AppIdentity
	/** A second application that can only remove, for when the first one cannot; null where there is none. */
	killSwitch: AppIdentity | null
	/** What this cloud does not have: it is not called. */
	lacks: readonly Capability[]
	timeoutMs: number
	/** How it keeps places in groups. */
	groups: GroupKeeper
}

/**
 * A Graph client that sends each call once. The library's own chain repeats POSTs after 429, 503 and 504, and an
 * assignment sent twice answers "exists" to the second; so its retry handler is left out, and ours is read-back.
 */
export function connectGraph(
	tenant: Omit<TenantConnection, 'killSwitch'>,
	newId: () => string,
	heard?: (answer: Headers) => void,
): Client {
	const authenticate = new Authenticate(openTokens(tenant, tenant.identity, true), tenant.graphBaseUrl)
	authenticate.setNext(new SendOnce(tenant, newId, heard))
	return Client.initWithMiddleware({
		middleware: authenticate,
		baseUrl: `${tenant.graphBaseUrl}/`,
		defaultVersion: 'v1.0',
		// The library's word for hosts beside those it knows, compared without the port.
		customHosts: new Set([new URL(tenant.graphBaseUrl).hostname]),
	})
}

class SendOnce implements Middleware {
	readonly #tenant: Pick<TenantConnection, 'caPem' | 'timeoutMs'>
	readonly #newId: () => string
	readonly #heard: ((answer: Headers) => void) | undefined

	constructor(
		tenant: Pick<TenantConnection, 'caPem' | 'timeoutMs'>,
		newId: () => string,
		/** Told the headers of each answer. */
		heard?: (answer: Headers) => void,
	) {
		this.#tenant = tenant
		this.#newId = newId
		this.#heard = heard
	}

	async execute(context: Context): Promise<void> {
		const url = new URL(typeof context.request === 'string' ? context.request : context.request.url)
		const { method = 'GET', headers, body } = context.options ?? {}
		const sent = new Headers(headers)
		// Without it some endpoints refuse what Node sends by default.
		sent.set('accept-language', 'en-US')
		sent.set('client-request-id', this.#newId())
		const text = typeof body === 'string' ? body : undefined
		if (text !== undefined) sent.set('content-length', String(Buffer.byteLength(text)))
		const { caPem, timeoutMs } = this.#tenant
		const answer = await httpsCall(url, { method, headers: sent, body: text, ca: caPem, timeoutMs })
		this.#heard?.(answer.headers)
		const hasBody = answer.status !== 204 && answer.status !== 304
		context.response = new Response(hasBody ? answer.body : null, {
			status: answer.status,
			headers: answer.headers,
		})
	}
}

/** One `name eq 'value'` term, encoded by us: the library puts filters into the address as they are. */
export function equals(name: string, value: string): string {
	return `${name} eq '${encodeURIComponent(value.replaceAll("'", "''"))}'`
}
