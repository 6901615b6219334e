import type { AppLoadContext } from '@remix-run/node'
import { refusal, wordsIn, type ApiAnswer } from '#app/api/answer.server.ts'
import { ApiProblem, problemOfCall } from '#app/api/problems.server.ts'
import type { Program } from '#app/services/api/authenticate.server.ts'
import { withoutParameters } from '#db/transaction.ts'
import { preferredLanguage } from './cookies.server.ts'

type Args = { request: Request; context: AppLoadContext; params: Record<string, string | undefined> }

const REALM = 'Bearer realm="Charterkeep API"'
/** The program whose token this is; everybody else is answered with a problem. A cookie never speaks for anybody here. */
export async function requireProgram({ request, context }: Args): Promise<Program> {
	const header = request.headers.get('authorization')
	const program = await context.services.api.authenticate(header)
	if (program !== null) return program
	const isTooMuch = await context.programs.refused.isTooMuch(context.address)
	const problem = isTooMuch
		? new ApiProblem('TOO_MANY_CALLS', { headers: { 'retry-after': '60' }, values: { seconds: '60' } })
		: header === null
			? new ApiProblem('TOKEN_MISSING', { headers: { 'www-authenticate': REALM } })
			: new ApiProblem('TOKEN_INVALID', {
					headers: { 'www-authenticate': `${REALM}, error="invalid_token"` },
				})
	throw responseOf({ request, context }, refusal(problem, wordsOf(request), context.requestId))
}

/** One call of a program, refusals and faults included: each is answered with a problem and no page. */
export async function answerProgram(args: Args, program: Program): Promise<Response> {
	const { request, context, params } = args
	try {
		const answer = await context.programs.answer({
			services: context.services,
			program,
			method: request.method,
			path: `/${(params['*'] ?? '').replace(/\/$/, '')}`,
			query: new URL(request.url).searchParams,
			requestId: context.requestId,
			language: preferredLanguage(request.headers.get('accept-language')),
			header: (name) => request.headers.get(name),
			stream: request.body,
		})
		return responseOf(args, answer)
	} catch (error) {
		context.log.error({ requestId: context.requestId, error: withoutParameters(error) }, 'a call failed')
		const body = problemOfCall(new ApiProblem('UNEXPECTED'), wordsOf(request), context.requestId)
		const headers = { 'content-type': 'application/problem+json; charset=utf-8' }
		return responseOf(args, { status: 500, body, headers })
	}
}

const wordsOf = (request: Request) => wordsIn(preferredLanguage(request.headers.get('accept-language')))

function responseOf(
	{ request, context }: Pick<Args, 'request' | 'context'>,
	{ status, body, headers }: ApiAnswer,
): Response {
	return new Response(JSON.stringify(body), {
		status,
		headers: {
			'content-type': 'application/json; charset=utf-8',
			'content-language': preferredLanguage(request.headers.get('accept-language')),
			'cache-control': 'no-store',
			'x-request-id': context.requestId,
			...headers,
		},
	})
}
