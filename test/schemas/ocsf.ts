/**
 * What OCSF 1.8 asks of the events that we write, restated after ocsf/ocsf-schema (`events/iam`, `objects`): required
 * attributes, types and enumerations. Closed to what we use, so that a misspelt attribute is refused. The classes
 * Authentication, Entity Management and User Access Management and the managed entity were compared by reading with files
 * of that repository from before and after 1.8.0 (class 3005 with commit 352fe6b7, where 1.9.0 deprecates it for User
 * Management); the class Detection Finding with its finding, evidence and analytic likewise. It is not the official schema of the
 * released 1.8.0.
 */
const text = { type: 'string', minLength: 1 }
const whole = { type: 'integer', minimum: 0 }
const closed = (properties: Record<string, object>, required: string[], more: object = {}) => ({
	type: 'object',
	properties,
	required,
	additionalProperties: false,
	...more,
})

const user = closed({ uid: text, name: text, org: closed({ name: text, uid: text }, []) }, [], {
	anyOf: [{ required: ['uid'] }, { required: ['name'] }],
})
const metadata = closed(
	{
		version: { const: '1.8.0' },
		product: closed({ name: text, vendor_name: text, version: text }, ['name', 'vendor_name']),
		uid: text,
		sequence: whole,
		log_name: text,
		original_time: text,
		correlation_uid: text,
	},
	['version', 'product'],
)

const milliseconds = { type: 'integer', minimum: 1_000_000_000_000 }
const findingInfo = closed(
	{
		uid: text,
		title: text,
		desc: text,
		types: { type: 'array', minItems: 1, items: text },
		created_time: milliseconds,
		first_seen_time: milliseconds,
		last_seen_time: milliseconds,
		modified_time: milliseconds,
		analytic: closed(
			{ type_id: { enum: [0, 1, 2, 3, 4, 99] }, type: text, name: text, uid: text, version: text },
			['type_id'],
		),
	},
	['uid'],
)
const evidence = closed({ name: text, uid: text, user, data: { type: 'object' } }, [], {
	anyOf: [{ required: ['user'] }, { required: ['data'] }],
})

const CATEGORIES = { 2: 'Findings', 3: 'Identity & Access Management' } as const

const eventOf = (
	uid: number,
	activities: number[],
	properties: Record<string, object>,
	required: string[],
	category: keyof typeof CATEGORIES = 3,
) => ({
	...closed(
		{
			activity_id: { enum: activities },
			activity_name: text,
			category_uid: { const: category },
			category_name: { const: CATEGORIES[category] },
			class_uid: { const: uid },
			class_name: text,
			type_uid: { enum: activities.map((activity) => uid * 100 + activity) },
			severity_id: { enum: [0, 1, 2, 3, 4, 5, 6, 99] },
			status_id: { enum: [0, 1, 2, 99] },
			status_detail: text,
			/** Milliseconds since 1970; seconds would be smaller than this. */
			time: { type: 'integer', minimum: 1_000_000_000_000 },
			metadata,
			unmapped: { type: 'object' },
			...properties,
		},
		['activity_id', 'category_uid', 'class_uid', 'metadata', 'severity_id', 'time', 'type_uid', ...required],
	),
})

export const OCSF_EVENT = {
	oneOf: [
		eventOf(
			3005,
			[0, 1, 2, 99],
			{
				user,
				privileges: { type: 'array', minItems: 1, items: text },
				resources: { type: 'array', minItems: 1, items: closed({ name: text, type: text, uid: text }, []) },
			},
			['user', 'privileges'],
		),
		eventOf(
			3002,
			[0, 1, 2, 3, 4, 5, 99],
			{
				user,
				service: closed({ name: text, uid: text }, []),
				auth_protocol_id: { enum: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 99] },
				auth_protocol: text,
				is_mfa: { type: 'boolean' },
			},
			// The class asks for a service or an endpoint.
			['user', 'service'],
		),
		eventOf(
			2004,
			[0, 1, 2, 3, 99],
			{
				/** Here the status is that of a finding: new, in progress, suppressed, resolved. */
				status_id: { enum: [0, 1, 2, 3, 4, 5, 6, 99] },
				is_alert: { type: 'boolean' },
				comment: text,
				finding_info: findingInfo,
				evidences: { type: 'array', minItems: 1, items: evidence },
				resources: { type: 'array', minItems: 1, items: closed({ name: text, type: text, uid: text }, []) },
			},
			['finding_info'],
			2,
		),
		eventOf(
			3004,
			[0, 1, 2, 3, 4, 99],
			{
				entity: closed({ uid: text, name: text, type: text, version: text, data: { type: 'object' } }, [], {
					anyOf: [{ required: ['uid'] }, { required: ['name'] }],
				}),
			},
			['entity'],
		),
	],
}
