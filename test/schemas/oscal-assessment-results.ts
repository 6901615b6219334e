/**
 * What our OSCAL assessment results must be, restated after NIST's JSON schema (usnistgov/OSCAL, public domain): names,
 * required fields, patterns, and objects closed to what we write. The document, its results, findings and import-ap were
 * compared with the official schema of OSCAL 1.0.4 by reading (commit 08372c80 of usnistgov/OSCAL); the rest follows
 * that schema and the documented requirements of 1.2. It is not the official schema of 1.2, against which our documents
 * are still to be held.
 */
const uuid = {
	type: 'string',
	pattern: '^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[45][0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$',
}
const text = { type: 'string', pattern: '^\\S(.*\\S)?$' }
const token = { type: 'string', pattern: '^(\\p{L}|_)(\\p{L}|\\p{N}|[.\\-_])*$' }
const markup = { type: 'string' }
const uri = { type: 'string', pattern: '^[a-zA-Z][a-zA-Z0-9+\\-.]+:.+$', format: 'uri' }
const uriReference = { type: 'string', format: 'uri-reference' }
const dateTime = {
	type: 'string',
	format: 'date-time',
	pattern:
		'^(((2000|2400|2800|(19|2[0-9](0[48]|[2468][048]|[13579][26])))-02-29)|(((19|2[0-9])[0-9]{2})-02-(0[1-9]|1[0-9]|2[0-8]))|(((19|2[0-9])[0-9]{2})-(0[13578]|10|12)-(0[1-9]|[12][0-9]|3[01]))|(((19|2[0-9])[0-9]{2})-(0[469]|11)-(0[1-9]|[12][0-9]|30)))T(2[0-3]|[01][0-9]):([0-5][0-9]):([0-5][0-9])(\\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$',
}

const closed = (properties: Record<string, object>, required: string[]) => ({
	type: 'object',
	properties,
	required,
	additionalProperties: false,
})
const list = (items: object) => ({ type: 'array', minItems: 1, items })

const props = list(
	closed({ name: token, ns: uri, value: text, uuid, class: token, remarks: markup }, ['name', 'value']),
)

const metadata = closed(
	{
		title: markup,
		'last-modified': dateTime,
		version: text,
		'oscal-version': text,
		props,
		parties: list(
			closed({ uuid, type: { enum: ['person', 'organization'] }, name: text, remarks: markup }, [
				'uuid',
				'type',
			]),
		),
		remarks: markup,
	},
	['title', 'last-modified', 'version', 'oscal-version'],
)

const observation = closed(
	{
		uuid,
		title: markup,
		description: markup,
		props,
		methods: list({ anyOf: [text, { enum: ['EXAMINE', 'INTERVIEW', 'TEST', 'UNKNOWN'] }] }),
		types: list(token),
		'relevant-evidence': list(
			closed({ href: uriReference, description: markup, remarks: markup }, ['description']),
		),
		collected: dateTime,
		expires: dateTime,
		remarks: markup,
	},
	['uuid', 'description', 'methods', 'collected'],
)

const finding = closed(
	{
		uuid,
		title: markup,
		description: markup,
		props,
		target: closed(
			{
				type: { enum: ['statement-id', 'objective-id'] },
				'target-id': token,
				title: markup,
				description: markup,
				status: closed({ state: { enum: ['satisfied', 'not-satisfied'] }, reason: token, remarks: markup }, [
					'state',
				]),
				remarks: markup,
			},
			['type', 'target-id', 'status'],
		),
		'related-observations': list(closed({ 'observation-uuid': uuid }, ['observation-uuid'])),
		remarks: markup,
	},
	['uuid', 'title', 'description', 'target'],
)

const result = closed(
	{
		uuid,
		title: markup,
		description: markup,
		start: dateTime,
		end: dateTime,
		props,
		'reviewed-controls': closed(
			{
				description: markup,
				'control-selections': list(
					closed(
						{
							description: markup,
							'include-controls': list(
								closed({ 'control-id': token, 'statement-ids': list(token) }, ['control-id']),
							),
						},
						[],
					),
				),
				remarks: markup,
			},
			['control-selections'],
		),
		observations: list(observation),
		findings: list(finding),
		remarks: markup,
	},
	['uuid', 'title', 'description', 'start', 'reviewed-controls'],
)

export const OSCAL_ASSESSMENT_RESULTS = closed(
	{
		'assessment-results': closed(
			{
				uuid,
				metadata,
				'import-ap': closed({ href: uriReference, remarks: markup }, ['href']),
				results: list(result),
				'back-matter': closed(
					{
						resources: list(
							closed({ uuid, title: markup, description: markup, props, remarks: markup }, ['uuid']),
						),
					},
					[],
				),
			},
			['uuid', 'metadata', 'import-ap', 'results'],
		),
	},
	['assessment-results'],
)
