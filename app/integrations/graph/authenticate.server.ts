import type { Context, Middleware } from '@microsoft/microsoft-graph-client'
import { NoTokenError, type Tokens } from './credentials.server.ts'
import { NoAnswer } from './https-fetch.server.ts'

/**
 * Puts the token on each call, and answers a challenge of continuous access evaluation: once, with a token for the claims
 * that the tenant wants. The call is then sent a second time, which is no blind retry: what is refused at the door with 401
 * was not performed. A second challenge is left to the caller, as is a token that was not to be had: both become an answer
 * of 401, which means "not done, later".
 */
export class Authenticate implements Middleware {
	readonly #tokens: Tokens
	readonly #graphBaseUrl: string
	#next: Middleware | undefined

	constructor(tokens: Tokens, graphBaseUrl: string) {
		this.#tokens = tokens
		this.#graphBaseUrl = graphBaseUrl
	}

	setNext(next: Middleware): void {
		this.#next = next
	}

	async execute(context: Context): Promise<void> {
		// A link that leads elsewhere gets neither the token nor a call.
		if (urlOf(context).origin !== new URL(this.#graphBaseUrl).origin)
			throw new NoAnswer('The address is not of this tenant.')
		try {
			await this.#send(context)
			const claims = claimsOf(context.response)
			if (claims === null) return
			if (!this.#tokens.answersClaims) return refuse(context, 'AccessReevaluated', UNANSWERED)
			await this.#send(context, claims)
			if (claimsOf(context.response) !== null) refuse(context, 'AccessReevaluated', TWICE)
		} catch (error) {
			if (!(error instanceof NoTokenError)) throw error
			refuse(context, error.code, error.message)
		}
	}

	async #send(context: Context, claims?: string): Promise<void> {
		const token = await this.#tokens.tokenFor(`${this.#graphBaseUrl}/.default`, claims)
		const headers = new Headers(context.options?.headers)
		headers.set('authorization', `Bearer ${token}`)
		context.options = { ...context.options, headers }
		await this.#next?.execute(context)
	}
}

const UNANSWERED = 'The tenant wants the access judged anew, which this kind of identity cannot answer.'
const TWICE = 'The tenant refuses the new token as well.'

const urlOf = ({ request }: Context) => new URL(typeof request === 'string' ? request : request.url)

/** In place of an answer: nothing was done. */
function refuse(context: Context, code: string, message: string): void {
	context.response = Response.json({ error: { code, message } }, { status: 401 })
}

/**
 * The claims that a 401 asks for, as JSON; null where it asks for none. RFC 6750's challenge with Microsoft's `claims`, in
 * base64 or base64url.
 */
export function claimsOf(answer: Response | undefined): string | null {
	if (answer?.status !== 401) return null
	const challenge = answer.headers.get('www-authenticate') ?? ''
	if (!/\berror="insufficient_claims"/i.test(challenge)) return null
	const claims = /\bclaims="([A-Za-z0-9+/_=-]{1,8000})"/i.exec(challenge)?.[1]
	if (claims === undefined) return null
	const text = Buffer.from(claims, 'base64').toString('utf8')
	try {
		const parsed: unknown = JSON.parse(text)
		return typeof parsed === 'object' && parsed !== null ? text : null
	} catch {
		// Not claims: an ordinary refusal.
		return null
	}
}
