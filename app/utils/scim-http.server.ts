import type { AppLoadContext } from '@remix-run/node'
import { errorBody, ScimError } from '#app/services/scim/errors.ts'
import type { ScimRequest } from '#app/services/scim/answer-request.server.ts'
import { isDomainError, type DomainError } from '#workflows/shared/errors.ts'

type Args = { request: Request; context: AppLoadContext; params: Record<string, string | undefined> }

const LARGEST_BODY = 1_000_000
/** The token of whoever provisions; everybody else is answered in SCIM's form. */
export async function requireProvisioner({ request, context }: Args): Promise<{ tokenId: string }> {
	const who = await context.services.scim.authenticate(request.headers.get('authorization'))
	if (who !== null) return who
	if (await context.provisioners.refused.isTooMuch(context.address))
		throw answerOf(429, errorBody(new ScimError(429, null, 'Too many refused tokens: wait a minute.')), {
			'retry-after': '60',
		})
	throw answerOf(401, errorBody(new ScimError(401, null, 'The bearer token is missing, unknown or over.')), {
		'www-authenticate': 'Bearer realm="Charterkeep SCIM"',
	})
}

/** One request of whoever provisions, answered in SCIM's form, refusals included. */
export async function answerInScim(
	{ request, context, params }: Args,
	{ tokenId }: { tokenId: string },
): Promise<Response> {
	const asked: ScimRequest = {
		method: request.method,
		path: (params['*'] ?? '').replace(/\/$/, ''),
		query: new URL(request.url).searchParams,
		header: (name) => request.headers.get(name),
		body: () => readBody(request),
	}
	try {
		const { status, body, headers } = await context.services.scim.answer(tokenId, asked)
		return answerOf(status, body, headers)
	} catch (error) {
		const refusal = refusalOf(error)
		if (refusal === null) throw error
		return answerOf(refusal.status, errorBody(refusal), {})
	}
}

function refusalOf(error: unknown): ScimError | null {
	if (error instanceof Error && error.name === 'ScimError') return error as ScimError
	return isDomainError(error) ? inScim(error) : null
}

function inScim(error: DomainError): ScimError {
	switch (error.code) {
		case 'DUPLICATE':
			return new ScimError(409, 'uniqueness', error.message)
		case 'LAST_OFFICER':
			return new ScimError(
				409,
				null,
				'This person is the last security officer. Nothing was changed. Appoint another one in Charterkeep first.',
			)
		case 'CHARTER_LOCKOUT':
			return new ScimError(
				409,
				null,
				'Without this person too few people could amend the charter. Nothing was changed. Appoint another charter owner in Charterkeep first.',
			)
		case 'RECORD_BACKLOG':
		case 'UNAVAILABLE':
			return new ScimError(503, null, 'Nothing new can be taken in at the moment. Nothing was changed.')
		default:
			return new ScimError(409, null, error.message)
	}
}

async function readBody(request: Request): Promise<unknown> {
	const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
	if (type !== 'application/scim+json' && type !== 'application/json')
		throw new ScimError(415, null, 'The body must be application/scim+json.')
	const text = await request.text()
	if (text.length > LARGEST_BODY)
		throw new ScimError(413, null, `A body has at most ${LARGEST_BODY} characters.`)
	try {
		return JSON.parse(text) as unknown
	} catch {
		throw new ScimError(400, 'invalidSyntax', 'The body is no JSON.')
	}
}

function answerOf(status: number, body: unknown, headers: Record<string, string>): Response {
	return new Response(body === null ? null : JSON.stringify(body), {
		status,
		headers: {
			...(body === null ? {} : { 'content-type': 'application/scim+json; charset=utf-8' }),
			'cache-control': 'no-store',
			...headers,
		},
	})
}
