/**
 * What our OSCAL assessment results must be, restated after NIST's JSON schema of OSCAL 1.2.0
 * (`http://csrc.nist.gov/ns/oscal/1.2.0/oscal-ar-schema.json`, public domain): each definition that our documents use was
 * compared with it, names, required fields, patterns and closed objects; those of risks were written after its published reference, and
 * are still to be compared. What we never write is left out, so a document
 * that passes here passes there; the file itself is not part of this repository.
 */
const uuid = {
	type: 'string',
	pattern: '^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[45][0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$',
}
const text = { type: 'string', pattern: '^\\S(.*\\S)?$' }
const token = { type: 'string', pattern: '^(\\p{L}|_)(\\p{L}|\\p{N}|[.\\-_])*$' }
/** One line of Markdown, which is not empty. */
const line = { type: 'string', pattern: '^[^\\n]+$' }
const markup = { type: 'string' }
const uri = { type: 'string', pattern: '^[a-zA-Z][a-zA-Z0-9+\\-.]+:.+$', format: 'uri' }
const uriReference = { type: 'string', format: 'uri-reference' }
const dateTime = {
	type: 'string',
	format: 'date-time',
	pattern:
		'^(((2000|2400|2800|(19|2[0-9](0[48]|[2468][048]|[13579][26])))-02-29)|(((19|2[0-9])[0-9]{2})-02-(0[1-9]|1[0-9]|2[0-8]))|(((19|2[0-9])[0-9]{2})-(0[13578]|10|12)-(0[1-9]|[12][0-9]|3[01]))|(((19|2[0-9])[0-9]{2})-(0[469]|11)-(0[1-9]|[12][0-9]|30)))T(2[0-3]|[01][0-9]):([0-5][0-9]):([0-5][0-9])(\\.[0-9]+)?(Z|(-((0[0-9]|1[0-2]):00|0[39]:30)|\\+((0[0-9]|1[0-4]):00|(0[34569]|10):30|(0[58]|12):45)))$',
}

const closed = (properties: Record<string, object>, required: string[]) => ({
	type: 'object',
	properties,
	required,
	additionalProperties: false,
})
const list = (items: object) => ({ type: 'array', minItems: 1, items })

const props = list(
	closed({ name: token, ns: uri, value: text, uuid, class: token, group: token, remarks: markup }, [
		'name',
		'value',
	]),
)

const metadata = closed(
	{
		title: line,
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
		title: line,
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

const relatedObservations = list(closed({ 'observation-uuid': uuid, remarks: markup }, ['observation-uuid']))

const finding = closed(
	{
		uuid,
		title: line,
		description: markup,
		props,
		target: closed(
			{
				type: { enum: ['statement-id', 'objective-id'] },
				'target-id': token,
				title: line,
				description: markup,
				status: closed({ state: { enum: ['satisfied', 'not-satisfied'] }, reason: token, remarks: markup }, [
					'state',
				]),
				remarks: markup,
			},
			['type', 'target-id', 'status'],
		),
		'related-observations': relatedObservations,
		'related-risks': list(closed({ 'risk-uuid': uuid, remarks: markup }, ['risk-uuid'])),
		remarks: markup,
	},
	['uuid', 'title', 'description', 'target'],
)

const riskStatus = {
	enum: ['open', 'investigating', 'remediating', 'deviation-requested', 'deviation-approved', 'closed'],
}
const risk = closed(
	{
		uuid,
		title: line,
		description: markup,
		statement: markup,
		props,
		status: riskStatus,
		deadline: dateTime,
		'risk-log': closed(
			{
				entries: list(
					closed(
						{
							uuid,
							title: line,
							description: markup,
							start: dateTime,
							end: dateTime,
							props,
							'status-change': riskStatus,
							remarks: markup,
						},
						['uuid', 'start'],
					),
				),
			},
			['entries'],
		),
		'related-observations': relatedObservations,
	},
	['uuid', 'title', 'description', 'statement', 'status'],
)

const result = closed(
	{
		uuid,
		title: line,
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
						['include-controls'],
					),
				),
				remarks: markup,
			},
			['control-selections'],
		),
		observations: list(observation),
		risks: list(risk),
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
							closed({ uuid, title: line, description: markup, props, remarks: markup }, ['uuid']),
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
