import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { answerBatch } from './batch.ts'
import { badRequest, GraphError } from './errors.ts'
import type { createFaults } from './faults.ts'
import type { createPermissions } from './permissions.ts'
import type { createReevaluation } from './reevaluation.ts'
import type { Answer, SlowSurface } from './surface.ts'
import type { createThrottle } from './throttle.ts'
import type { createTokens } from './tokens.ts'
import { parseJson } from './transport.ts'

/** A call and its answer, as they are kept for tests; those of a batch beside the batch itself. */
export type Exchange = {
	method: string
	path: string
	query: string
	/** What was sent as Accept-Language. */
	language?: string | null
	/** What was sent as x-ms-throttle-priority; not there for a call inside of a batch, which goes with it. */
	priority?: string | null
	request: unknown
	status: number
	response: unknown
}

const BATCH = '/v1.0/$batch'

/** Whom the tenant lets in, and to which of its surfaces: token, challenge, budget, permission, and then the answer. */
export function createDoor({
	tokens,
	reevaluation,
	permissions,
	throttle,
	faults,
	surfaces,
	now,
	origin,
	note,
}: {
	tokens: ReturnType<typeof createTokens>
	reevaluation: ReturnType<typeof createReevaluation>
	permissions: ReturnType<typeof createPermissions>
	throttle: ReturnType<typeof createThrottle>
	faults: ReturnType<typeof createFaults>
	/** Asked in turn; the first that has an answer gives it. */
	surfaces: readonly SlowSurface[]
	now: () => Date
	origin: () => string
	/** Told of each call inside of a batch. */
	note: (exchange: Exchange) => void
}): (request: IncomingMessage, url: URL, body: string) => Promise<Answer> {
	type Call = { method: string; url: URL; body: () => unknown }

	function route({ method, url, body }: Call, appId: string): Answer | Promise<Answer> {
		const path = url.pathname.replace(/^\/v1\.0/, '')
		const asked = { method, path, url, body, ...permissions.guards(appId, { method, path, body }) }
		for (const surface of surfaces) {
			const given = surface.answer(asked)
			if (given !== null) return given
		}
		throw badRequest('BadRequest', `Resource not found for the segment '${path.split('/')[1] ?? ''}'.`)
	}

	function limited(call: Call, appId: string): Answer | Promise<Answer> {
		const refused = throttle.take(call.method, call.url)
		if (refused !== null) throw new GraphError(429, 'TooManyRequests', 'Too many requests.', refused)
		return route(call, appId)
	}

	/** What Graph says of a GraphError; anything else is thrown on. */
	function refusal(error: unknown, clientRequestId: string): Answer {
		if (!(error instanceof GraphError)) throw error
		const innerError = {
			date: now().toISOString().slice(0, 19),
			'request-id': randomUUID(),
			'client-request-id': clientRequestId,
		}
		return {
			status: error.status,
			result: { error: { code: error.code, message: error.message, innerError } },
			headers: error.headers,
		}
	}

	/** One call of a batch, which is answered, refused and throttled by itself. */
	function batched({ method, url, body }: Call, language: string | null, appId: string): Answer {
		const answer = () => {
			try {
				const misled = faults.takeInBatch(method, url.pathname)
				if (misled !== null) return misled
				const given = limited({ method, url, body }, appId)
				if (given instanceof Promise)
					throw badRequest('BadRequest', 'The sandbox takes this call by itself, and not in a batch.')
				return given
			} catch (error) {
				return refusal(error, '')
			}
		}
		const { status, result, headers = {} } = answer()
		const { pathname: path, search: query } = url
		note({ method, path, query, language, request: body(), status, response: result })
		return { status, result, headers }
	}

	return async (request, url, body) => {
		try {
			const bearer = tokens.check(request.headers.authorization, origin())
			if (bearer === null) {
				throw new GraphError(
					401,
					'InvalidAuthenticationToken',
					'Access token is missing, expired or not for this host.',
					{
						'www-authenticate': `Bearer realm="", authorization_uri="${origin()}/common/oauth2/authorize", error="invalid_token"`,
					},
				)
			}
			reevaluation.demand(bearer, origin())
			const call = { method: request.method ?? 'GET', url, body: () => parseJson(body) }
			if (url.pathname !== BATCH) return await limited(call, bearer.appId)
			return answerBatch(call.body(), ({ method, path, body: inner, language }) =>
				batched(
					{ method, url: new URL(`/v1.0${path}`, origin()), body: () => inner },
					language,
					bearer.appId,
				),
			)
		} catch (error) {
			return refusal(error, String(request.headers['client-request-id'] ?? ''))
		}
	}
}
