import type { z } from 'zod'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { createText, type Language } from '#app/messages/create-text.ts'
import type { Program } from '#app/services/api/authenticate.server.ts'
import type { Services } from '#app/services/services.ts'
import { formats } from '#app/utils/format.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { OPERATIONS, type Operation } from './operations.server.ts'
import { ApiProblem, problemOfCall, problemOfRefusal, type Problem, type Words } from './problems.server.ts'
import { readBody, type ReadableCall } from './read-body.server.ts'

/** Calls with one token: a program that waits for an approval asks every few seconds. */
const CALLS = { points: 120, duration: 60 }
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

export type ApiCall = ReadableCall & {
	services: Services
	program: Program
	method: string
	/** Below `/api/v1`, with its slash. */
	path: string
	query: URLSearchParams
	requestId: string
	language: Language
}
export type ApiAnswer = { status: number; body: unknown; headers: Record<string, string> }

export type Api = ReturnType<typeof createApi>

/** Answers calls of programs whose token works; each token is let through so often and no more. */
export function createApi({ calls = CALLS }: { calls?: { points: number; duration: number } } = {}) {
	const limiter = new RateLimiterMemory(calls)

	async function demandRoom(tokenId: string): Promise<void> {
		const wait = await limiter.consume(tokenId).then(
			() => null,
			(refused: { msBeforeNext?: number }) => Math.max(1, Math.ceil((refused.msBeforeNext ?? 0) / 1000)),
		)
		if (wait !== null)
			throw new ApiProblem('TOO_MANY_CALLS', {
				headers: { 'retry-after': String(wait) },
				values: { seconds: String(wait) },
			})
	}

	return async function answer(call: ApiCall): Promise<ApiAnswer> {
		const words = wordsIn(call.language)
		try {
			await demandRoom(call.program.token.id)
			const { operation, id } = findOperation(call)
			demandScope(operation, call.program)
			const sent = operation.bodies === undefined ? undefined : await readBody(call)
			const {
				status,
				body,
				headers = {},
			} = await operation.run({
				services: call.services,
				program: call.program,
				words,
				id,
				query: operation.query && readQuery(operation.query, call.query),
				sent,
				body: operation.bodies && readFields(operation.bodies.shapeOf(sent), sent),
				header: call.header,
			})
			return { status, body, headers }
		} catch (error) {
			return refusal(error, words, call.requestId)
		}
	}
}

/** What was refused, as a problem; faults of ours pass through. */
export function refusal(error: unknown, words: Words, requestId: string): ApiAnswer {
	if (isApiProblem(error)) return problem(problemOfCall(error, words, requestId), error.headers)
	if (isDomainError(error)) {
		const said = problemOfRefusal(error, words, requestId)
		// As for a form: whoever is refused for the record's backlog is told when to come back.
		return problem(said, said.status === 503 ? { 'retry-after': '30' } : {})
	}
	throw error
}

const problem = (body: Problem, headers: Readonly<Record<string, string>>): ApiAnswer => ({
	status: body.status,
	body,
	headers: { ...headers, 'content-type': 'application/problem+json; charset=utf-8' },
})

/** The page bundle and the server each load this module, so `instanceof` would miss the other copy's errors. */
const isApiProblem = (error: unknown): error is ApiProblem =>
	error instanceof Error && error.name === 'ApiProblem'

export const wordsIn = (language: Language): Words => ({
	t: createText(language),
	format: formats(language, 'UTC'),
})

/** The operation at this address, and the id in it. An id that cannot be one does not exist. */
function findOperation({ method, path }: Pick<ApiCall, 'method' | 'path'>): {
	operation: Operation
	id: string
} {
	const fitting = OPERATIONS.flatMap((operation) => {
		const id = idIn(operation.path, path)
		return id === null ? [] : [{ operation, id }]
	})
	if (fitting.length === 0) throw new ApiProblem('NO_SUCH_ADDRESS')
	const asked = method === 'HEAD' ? 'GET' : method
	const found = fitting.find(({ operation }) => operation.method === asked)
	if (found !== undefined) return found
	const allowed = fitting.flatMap(({ operation }) =>
		operation.method === 'GET' ? ['GET', 'HEAD'] : [operation.method],
	)
	throw new ApiProblem('METHOD_NOT_ALLOWED', {
		headers: { allow: allowed.join(', ') },
		values: { method: method.slice(0, 20), allowed: allowed.join(', ') },
	})
}

function idIn(template: string, path: string): string | null {
	const wanted = template.split('/')
	const given = path.split('/')
	if (wanted.length !== given.length) return null
	let id = ''
	for (const [i, part] of wanted.entries()) {
		const said = given[i] ?? ''
		if (part === '{id}' && UUID.test(said)) id = said.toLowerCase()
		else if (part !== said) return null
	}
	return id
}

function demandScope({ scopes }: Operation, { token }: Program): void {
	if (scopes.length === 0 || scopes.some((scope) => token.scopes.includes(scope))) return
	throw new ApiProblem('SCOPE_MISSING', {
		headers: {
			'www-authenticate': `Bearer realm="Charterkeep API", error="insufficient_scope", scope="${scopes.join(' ')}"`,
		},
		values: { scopes: scopes.join(', ') },
	})
}

function readQuery(shape: z.ZodType, query: URLSearchParams): unknown {
	const parsed = shape.safeParse(Object.fromEntries(query))
	if (parsed.success) return parsed.data
	throw new ApiProblem('FIELDS_INVALID', {
		fields: parsed.error.issues.map(({ path, message }) => ({
			at: { parameter: String(path[0] ?? '') },
			message: keyOf(message),
		})),
	})
}

function readFields(shape: z.ZodType, sent: unknown): unknown {
	const parsed = shape.safeParse(sent)
	if (parsed.success) return parsed.data
	throw new ApiProblem('FIELDS_INVALID', { fields: parsed.error.issues.flatMap(fieldsOf) })
}

/** Where an issue is, as a JSON Pointer in a fragment (RFC 6901): each unknown field by itself. */
function fieldsOf(issue: z.core.$ZodIssue): { at: { pointer: string }; message: string }[] {
	if (issue.code === 'unrecognized_keys')
		return issue.keys.map((key) => ({
			at: { pointer: pointerTo([...issue.path, key]) },
			message: 'api.unknownField',
		}))
	return [{ at: { pointer: pointerTo(issue.path) }, message: keyOf(issue.message) }]
}

const pointerTo = (path: readonly PropertyKey[]) =>
	`#${path.map((part) => `/${encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')}`

const keyOf = (message: string) => (/^(errors|api)\.\w+$/.test(message) ? message : 'errors.required')
