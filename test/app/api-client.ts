import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { AppLoadContext } from '@remix-run/node'
import { pino } from 'pino'
import { expect } from 'vitest'
import { createApi } from '#app/api/answer.server.ts'
import { openApiDocument } from '#app/api/openapi.server.ts'
import { OPERATIONS } from '#app/api/operations.server.ts'
import { problemShape } from '#app/api/shapes.server.ts'
import { action, loader } from '#app/routes/api.v1.$.ts'
import { prepareToken, signToken, type MadeToken } from '#app/services/api/make-token.server.ts'
import type { Actor } from '#app/services/actor.ts'
import { buildServices } from '#app/services/services.ts'
import { createRefusedTokens } from '#app/utils/refused-tokens.server.ts'
import { API_SCOPES, type ApiScope } from '#workflows/people/api-scopes.ts'
import type { TestApp } from './test-app.ts'

const addFormats = (formats as unknown as { default: (ajv: Ajv2020) => void }).default
export const ORIGIN = 'http://localhost'
type Operations = Record<
	string,
	Record<string, { responses: Record<string, { content: Record<string, unknown> }> }>
>

/** Whatever the API may answer: a request, a list, a problem, as a test reads it. What it must be, the document says. */
export type Said = {
	id: string
	number: number
	role: string
	state: string
	status: number
	code: string
	detail: string
	requestId: string
	filingId: string
	grantId: string
	until: string
	next: string | null
	mayAsk: boolean
	mayWithdraw: boolean
	requests: Said[]
	refused: Said[]
	grants: Said[]
	findings: Said[]
	roles: Said[]
	reasons: Record<string, string>[]
	stages: { withinSeconds: number }[]
	errors?: { pointer?: string; parameter?: string; detail: string }[]
}
export type Answered = { status: number; body: Said; headers: Headers }

const document = openApiDocument(`${ORIGIN}/api/v1`)
const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true })
addFormats(ajv)
ajv.addVocabulary(['openapi', 'info', 'servers', 'security', 'paths', 'components', 'jsonSchemaDialect'])
ajv.addSchema(document, 'api')

/** Whether the document says that this method of this path answers so. */
export function expectDocumented(method: string, path: string, { status, body, headers }: Answered): void {
	const paths = document.paths as Operations
	const template = path.split('?')[0]?.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/i, '{id}') ?? ''
	const said = paths[template]?.[method.toLowerCase()]
	if (said === undefined) return
	const type = headers.get('content-type')?.split(';')[0] ?? ''
	expect(Object.keys(said.responses), `${method} ${template}`).toContain(String(status))
	expect(Object.keys(said.responses[status]?.content ?? {})).toEqual([type])
	const pointer = [
		'paths',
		template,
		method.toLowerCase(),
		'responses',
		String(status),
		'content',
		type,
		'schema',
	]
	const where = pointer
		.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
		.map(encodeURIComponent)
	const isFitting = ajv.compile({ $ref: `api#/${where.join('/')}` })
	expect(isFitting(body), JSON.stringify(isFitting.errors)).toBe(true)
	// And says nothing that the document does not name.
	const operation = OPERATIONS.find((each) => each.path === template && each.method === method)
	const shape = status < 400 ? operation?.answer.shape : problemShape
	expect(shape?.safeParse(body).error?.issues ?? []).toEqual([])
}

/** The first request that was filed. */
export function firstOf({ body }: Answered): Said {
	const [first] = body.requests
	if (first === undefined) throw new Error('Nothing was filed.')
	return first
}

/** A token of this person, made with their passkey as the page does it. */
export async function tokenFor(
	app: TestApp,
	actor: Actor,
	scopes: readonly ApiScope[] = API_SCOPES,
	{ days = 30, name = 'Pipeline' }: { days?: number; name?: string } = {},
): Promise<MadeToken> {
	const { challengeId } = await prepareToken(app.deps, actor, { name, scopes, days })
	return signToken(app.deps, actor, { challengeId, response: app.answerOf(actor) })
}

export type Asked = {
	token?: string | null
	body?: unknown
	key?: string
	headers?: Record<string, string>
}

/** The API as a program meets it, but for the wire: each answer is held against the document. */
export function apiOf(app: TestApp) {
	const services = buildServices(app.deps)
	const programs = { answer: createApi(), refused: createRefusedTokens() }
	let count = 0
	return async function ask(
		method: string,
		path: string,
		{ token, body, key, headers }: Asked = {},
	): Promise<Answered> {
		const request = new Request(`${ORIGIN}/api/v1${path}`, {
			method,
			headers: {
				...(token ? { authorization: `Bearer ${token}` } : {}),
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
				...(key === undefined ? {} : { 'idempotency-key': key }),
				...headers,
			},
			...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
		})
		const requestId = `request-${++count}`
		const context = {
			services,
			requestId,
			programs,
			address: '192.0.2.7',
			log: pino({ level: 'silent' }),
		} as unknown as AppLoadContext
		const params = { '*': path.split('?')[0]?.slice(1) }
		const route = method === 'GET' || method === 'HEAD' || method === 'OPTIONS' ? loader : action
		const response = await route({ request, context, params }).catch((thrown: unknown) => {
			if (thrown instanceof Response) return thrown
			throw thrown
		})
		const answered = {
			status: response.status,
			body: JSON.parse(await response.text()) as Said,
			headers: response.headers,
		}
		expect(response.headers.get('cache-control')).toBe('no-store')
		expect(response.headers.get('x-request-id')).toBe(requestId)
		if (response.status >= 400) {
			expect(response.headers.get('content-type')).toContain('application/problem+json')
			expect(answered.body.status).toBe(response.status)
			expect(answered.body.requestId).toBe(requestId)
			expect(answered.body.detail.length).toBeGreaterThan(10)
		}
		expectDocumented(method, path, answered)
		return answered
	}
}
