import { z } from 'zod'
import { API_SCOPES } from '#workflows/people/api-scopes.ts'
import { EXAMPLES } from './examples.server.ts'
import { COMMON_REFUSALS, OPERATIONS, type Operation } from './operations.server.ts'
import { problemShape } from './shapes.server.ts'

type Json = Record<string, unknown>

/** What a status means, whatever was asked for. */
const MEANING: Readonly<Record<number, string>> = {
	400: 'The call cannot be read.',
	401: 'The token is missing or does not work.',
	403: 'The token, or its owner, may not do this.',
	404: 'It does not exist, or it is not for the owner of the token to see.',
	409: 'It is not possible as things stand now.',
	413: 'The body is too large.',
	415: 'The body is no JSON.',
	422: 'The body has its form, and what it asks for is not possible: each reason is named.',
	429: 'Too many calls; Retry-After says when to come back.',
	500: 'A fault of the server. Nothing was half done.',
	503: 'Nothing new can be begun just now; Retry-After says when to come back.',
}

const schemaOf = (shape: z.ZodType, io: 'input' | 'output'): Json => {
	const { $schema: _, ...schema } = z.toJSONSchema(shape, {
		io,
		target: 'draft-2020-12',
		override: ({ jsonSchema }) => {
			// Answers may grow without a new version; what comes in is held to its fields.
			if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
		},
	})
	return schema
}
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })

/** The document (OpenAPI 3.1), made of the very shapes that check what comes in and that answers have. */
export function openApiDocument(address: string): Json {
	const schemas: Json = { Problem: schemaOf(problemShape, 'output') }
	for (const { answer, bodies } of OPERATIONS) {
		schemas[answer.name] ??= schemaOf(answer.shape, 'output')
		for (const [name, shape] of bodies?.shapes ?? []) schemas[name] = schemaOf(shape, 'input')
	}
	const paths: Record<string, Json> = {}
	for (const operation of OPERATIONS)
		paths[operation.path] = {
			...paths[operation.path],
			[operation.method.toLowerCase()]: operationOf(operation),
		}
	return {
		openapi: '3.1.0',
		jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
		info: {
			title: 'Charterkeep',
			version: '1',
			summary: 'Asking for privileged access, and giving it up, by programs in a person’s place.',
			description:
				'Each token belongs to a person and passes on what they may do now, as far as its scopes reach. Decisions take a passkey, so that no operation makes any. Errors are problems (RFC 9457); their `type` and `code` are stable. Fields may be added to answers without a new version.',
			license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
		},
		servers: [{ url: address }],
		security: [{ token: [] }],
		paths,
		components: {
			schemas,
			securitySchemes: {
				token: {
					type: 'http',
					scheme: 'bearer',
					description: `A token of the page “Tokens”. Scopes: ${API_SCOPES.join(', ')}.`,
				},
			},
		},
	}
}

function operationOf(operation: Operation): Json {
	const { operationId, summary, description, scopes, bodies, answer, refusals } = operation
	const examples = EXAMPLES[operationId]
	return {
		operationId,
		summary,
		description:
			scopes.length === 0
				? description
				: `${description} Scope: ${scopes.map((scope) => `\`${scope}\``).join(' or ')}.`,
		parameters: parametersOf(operation),
		...(bodies === undefined
			? {}
			: {
					requestBody: {
						required: true,
						content: {
							'application/json': {
								schema: { anyOf: bodies.shapes.map(([name]) => ref(name)) },
								...(examples?.bodies ? { examples: examples.bodies } : {}),
							},
						},
					},
				}),
		responses: {
			[answer.status]: {
				description: summary,
				...(operation.path.includes('{id}') || answer.status !== 201
					? {}
					: {
							headers: {
								Location: { schema: { type: 'string' }, description: 'Of the one request, where it is one.' },
							},
						}),
				content: {
					'application/json': {
						schema: ref(answer.name),
						...(examples ? { example: examples.answer } : {}),
					},
				},
			},
			...Object.fromEntries(
				[...new Set([...COMMON_REFUSALS, ...refusals])]
					.sort((a, b) => a - b)
					.map((status) => [
						status,
						{
							description: MEANING[status],
							content: { 'application/problem+json': { schema: ref('Problem') } },
						},
					]),
			),
		},
	}
}

function parametersOf({ path, query, isKeyed }: Operation): Json[] {
	const { properties = {}, required = [] } = (query ? schemaOf(query, 'input') : {}) as {
		properties?: Record<string, Json>
		required?: string[]
	}
	return [
		...(path.includes('{id}')
			? [{ name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }]
			: []),
		...Object.entries(properties).map(([name, schema]) => ({
			name,
			in: 'query',
			required: required.includes(name),
			schema,
		})),
		...(isKeyed
			? [
					{
						name: 'Idempotency-Key',
						in: 'header',
						required: true,
						description:
							'Made anew for each request and the same whenever it is sent again; 8 to 200 visible characters.',
						schema: { type: 'string', minLength: 8, maxLength: 200 },
					},
				]
			: []),
		{
			name: 'Accept-Language',
			in: 'header',
			required: false,
			description: 'Language of sentences: en or de.',
			schema: { type: 'string' },
		},
	]
}
