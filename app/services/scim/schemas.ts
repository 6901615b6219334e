import { CHARTERKEEP, CORE, ENTERPRISE } from './attributes.ts'
import { LARGEST_PAGE } from './users.server.ts'

/** What this server can do, its kinds of resources and their attributes (RFC 7643, sections 5 to 7): what is kept, no more. */

type Attribute = {
	name: string
	type: 'string' | 'boolean' | 'complex' | 'reference'
	multiValued: boolean
	description: string
	required: boolean
	mutability: 'readWrite' | 'readOnly' | 'immutable'
	returned: 'default' | 'always'
	caseExact?: boolean
	uniqueness?: 'none' | 'server'
	canonicalValues?: string[]
	referenceTypes?: string[]
	subAttributes?: Attribute[]
}

const text = (name: string, description: string, more: Partial<Attribute> = {}): Attribute => ({
	name,
	type: 'string',
	multiValued: false,
	description,
	required: false,
	mutability: 'readWrite',
	returned: 'default',
	caseExact: false,
	uniqueness: 'none',
	...more,
})
const complex = (
	name: string,
	description: string,
	subAttributes: Attribute[],
	multiValued = false,
): Attribute => ({
	name,
	type: 'complex',
	multiValued,
	description,
	required: false,
	mutability: 'readWrite',
	returned: 'default',
	subAttributes,
})
const flag = (name: string, description: string): Attribute => ({
	name,
	type: 'boolean',
	multiValued: false,
	description,
	required: false,
	mutability: 'readWrite',
	returned: 'default',
})

const SCHEMAS: readonly { id: string; name: string; description: string; attributes: Attribute[] }[] = [
	{
		id: CORE,
		name: 'User',
		description: 'A person whose access the charter governs',
		attributes: [
			text('userName', 'User principal name in Entra', { required: true, uniqueness: 'server' }),
			complex('name', 'Parts of the name', [
				text('formatted', 'Given and family name', { mutability: 'readOnly' }),
				text('givenName', 'Given name'),
				text('familyName', 'Family name'),
			]),
			text('displayName', 'Name as it is shown'),
			flag('active', 'Whether the person is employed. False ends every access at once.'),
			complex(
				'emails',
				'The work address; others are not kept',
				[
					text('value', 'Address'),
					text('type', 'Always "work"', { canonicalValues: ['work'] }),
					flag('primary', 'Always true'),
				],
				true,
			),
		],
	},
	{
		id: ENTERPRISE,
		name: 'EnterpriseUser',
		description: 'Employment',
		attributes: [
			text('employeeNumber', 'Personnel number', { uniqueness: 'server' }),
			text('organization', 'Employer'),
			complex('manager', 'Manager', [
				text('value', 'The id of the manager here', { caseExact: true }),
				{
					...text('$ref', 'Address of the manager', { mutability: 'readOnly', caseExact: true }),
					type: 'reference',
					referenceTypes: ['User'],
				},
			]),
		],
	},
	{
		id: CHARTERKEEP,
		name: 'CharterkeepUser',
		description: 'The account in Entra',
		attributes: [
			text('entraObjectId', 'Object id in Entra; taken from externalId where that is a UUID', {
				mutability: 'immutable',
				uniqueness: 'server',
			}),
		],
	},
]

export const schemaDocuments = (base: string) =>
	SCHEMAS.map((schema) => ({
		schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
		...schema,
		meta: { resourceType: 'Schema', location: `${base}/Schemas/${schema.id}` },
	}))

export const resourceTypes = (base: string) => [
	{
		schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
		id: 'User',
		name: 'User',
		endpoint: '/Users',
		description: 'People',
		schema: CORE,
		schemaExtensions: [
			{ schema: ENTERPRISE, required: false },
			{ schema: CHARTERKEEP, required: false },
		],
		meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/User` },
	},
]

export const serviceProviderConfig = (base: string) => ({
	schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
	patch: { supported: true },
	bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
	filter: { supported: true, maxResults: LARGEST_PAGE },
	changePassword: { supported: false },
	sort: { supported: true },
	etag: { supported: true },
	authenticationSchemes: [
		{
			type: 'oauthbearertoken',
			name: 'Bearer token',
			description: 'A token that a security officer makes in Charterkeep',
			specUri: 'https://www.rfc-editor.org/info/rfc6750',
			primary: true,
		},
	],
	meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
})
