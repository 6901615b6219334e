/*
 * What OpenAPI 3.1.0 asks of the parts that our document has, closed to those: a field that is written wrongly, or that the
 * specification does not know at its place, fails. Schemas are checked by compiling them (JSON Schema 2020-12).
 */
const text = { type: 'string', minLength: 1 }
const closed = (properties: object, required: readonly string[]) => ({
	type: 'object',
	properties,
	required,
	additionalProperties: false,
})
const mapOf = (inner: object, names = '.') => ({
	type: 'object',
	patternProperties: { [names]: inner },
	additionalProperties: false,
})
const schemaOrReference = { type: 'object' }
const media = mapOf(
	closed(
		{
			schema: schemaOrReference,
			example: {},
			examples: mapOf(closed({ summary: text, value: {} }, ['value'])),
		},
		['schema'],
	),
	'^application/(problem\\+)?json$',
)
const parameter = {
	...closed(
		{
			name: text,
			in: { enum: ['query', 'header', 'path'] },
			description: text,
			required: { type: 'boolean' },
			schema: schemaOrReference,
		},
		['name', 'in', 'schema'],
	),
	if: { properties: { in: { const: 'path' } } },
	then: { properties: { required: { const: true } }, required: ['required'] },
}
const response = closed(
	{
		description: text,
		headers: mapOf(closed({ description: text, schema: schemaOrReference }, ['schema'])),
		content: media,
	},
	['description'],
)
const operation = closed(
	{
		operationId: text,
		summary: text,
		description: text,
		parameters: { type: 'array', items: parameter },
		requestBody: closed({ required: { type: 'boolean' }, content: media }, ['content']),
		responses: { ...mapOf(response, '^[1-5][0-9]{2}$'), minProperties: 1 },
	},
	['operationId', 'summary', 'responses'],
)

export const OPENAPI_DOCUMENT = closed(
	{
		openapi: { type: 'string', pattern: '^3\\.1\\.\\d+$' },
		jsonSchemaDialect: { const: 'https://json-schema.org/draft/2020-12/schema' },
		info: closed(
			{
				title: text,
				version: text,
				summary: text,
				description: text,
				license: closed({ name: text, identifier: text }, ['name']),
			},
			['title', 'version'],
		),
		servers: { type: 'array', items: closed({ url: text }, ['url']), minItems: 1 },
		security: { type: 'array', items: mapOf({ type: 'array', items: text }) },
		paths: mapOf(closed({ get: operation, post: operation }, []), '^/'),
		components: closed(
			{
				schemas: mapOf(schemaOrReference, '^[A-Za-z0-9._-]+$'),
				securitySchemes: mapOf(
					closed({ type: { const: 'http' }, scheme: { const: 'bearer' }, description: text }, [
						'type',
						'scheme',
					]),
				),
			},
			['schemas', 'securitySchemes'],
		),
	},
	['openapi', 'info', 'paths', 'components'],
)
