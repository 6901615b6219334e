import { ClientCertificateCredential } from '@azure/identity'
import {
	AuthenticationHandler,
	Client,
	type Context,
	type Middleware,
} from '@microsoft/microsoft-graph-client'
import type { GroupKeeper } from '#workflows/grants/place.ts'
import { httpsCall } from './https-fetch.server.ts'

export type TenantConnection = {
	kind: 'sandbox' | 'entra'
	/** What the page calls it. */
	name: string
	/** Such as https://graph.microsoft.com. */
	graphBaseUrl: string
	/** Such as https://login.microsoftonline.com. */
	authorityHost: string
	tenantId: string
	clientId: string
	/** Certificate and private key of the app registration. */
	certificatePem: string
	/** Authority of the tenant's certificates where the system's are not enough; null otherwise. */
	caPem: string | null
	timeoutMs: number
	/** How it keeps places in groups. */
	groups: GroupKeeper
}

/**
 * A Graph client that sends each call once. The library's own chain repeats POSTs after 429, 503 and 504, and an
 * assignment sent twice answers "exists" to the second; so its retry handler is left out, and ours is read-back.
 */
export function connectGraph(tenant: TenantConnection, newId: () => string): Client {
	const credential = new ClientCertificateCredential(
		tenant.tenantId,
		tenant.clientId,
		{ certificate: tenant.certificatePem },
		{
			authorityHost: tenant.authorityHost,
			disableInstanceDiscovery: tenant.kind === 'sandbox',
			...(tenant.caPem === null ? {} : { tlsOptions: { ca: tenant.caPem } }),
		},
	)
	const scope = `${tenant.graphBaseUrl}/.default`
	const authentication = new AuthenticationHandler({
		getAccessToken: async () => {
			const token = await credential.getToken(scope)
			return token.token
		},
	})
	authentication.setNext(new SendOnce(tenant, newId))
	return Client.initWithMiddleware({
		middleware: authentication,
		baseUrl: `${tenant.graphBaseUrl}/`,
		defaultVersion: 'v1.0',
		// The library sends Authorization to hosts it knows and to these, compared without the port.
		customHosts: new Set([new URL(tenant.graphBaseUrl).hostname]),
	})
}

class SendOnce implements Middleware {
	readonly #tenant: TenantConnection
	readonly #newId: () => string

	constructor(tenant: TenantConnection, newId: () => string) {
		this.#tenant = tenant
		this.#newId = newId
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
