import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { Exchange } from '#app/sandbox/tenant/server.ts'
import { sharedJson } from '#test/vectors.ts'

/** What is sent to the tenant and what it answers, held against the published slice of Graph and the rules beside it. */

/** The package is CommonJS, so its function is the default of the default. */
const addFormats = (formats as unknown as { default: (ajv: Ajv2020) => void }).default

type Parameter = { name: string; in: string } | { $ref: string }
type Operation = {
	parameters?: Parameter[]
	requestBody?: unknown
	responses: Record<string, unknown>
	'x-documented-success-status'?: string
}
type Slice = {
	paths: Record<string, Record<string, Operation>>
	components: { parameters: Record<string, { name: string; in: string }> }
}
type Rules = { rules: Record<string, object>; semantics: { requiredFilter: Record<string, string> } }

export const slice = sharedJson<Slice>('contracts/graph-slice.openapi.json')
export const rules = sharedJson<Rules>('contracts/graph-request-rules.json')

/** What a required filter must hold, by the rule that requires it: one of these, or all of them. */
const REQUIRED_FILTERS: Readonly<Record<string, { path: RegExp; holds: RegExp }>> = {
	'/identityGovernance/privilegedAccess/group/*ScheduleInstances|*Schedules|*ScheduleRequests': {
		path: /^\/identityGovernance\/privilegedAccess\/group\/[a-z]+Schedule(?:Instances|s|Requests)$/,
		holds: /^(?:.* and )?(?:groupId|principalId) eq '[^']+'/,
	},
	'/policies/roleManagementPolicyAssignments': {
		path: /^\/policies\/roleManagementPolicyAssignments$/,
		holds: /^scopeId eq '[^']+' and scopeType eq '(?:DirectoryRole|Group)'/,
	},
}

/**
 * What single lists take no option for, whatever the slice has for all lists alike. From the reference pages of each:
 * delta-query-overview, signin-list, subscription-list, fido2authenticationmethod-list, authenticationstrengthroot-list-policies.
 */
const NOT_TAKEN: readonly (readonly [RegExp, readonly string[]])[] = [
	[/\/delta$/, ['$top', '$orderby', '$expand', '$search', '$count', '$skip']],
	[/^\/auditLogs\/signIns$/, ['$select', '$expand', '$orderby', '$count', '$search', '$skip']],
	[/^\/subscriptions$/, ['$select', '$filter', '$top', '$expand', '$orderby', '$count', '$search', '$skip']],
	[/\/authentication\/(?:fido2M|m)ethods$/, ['$select', '$filter', '$expand', '$orderby', '$search']],
	[/^\/policies\/authenticationStrengthPolicies$/, ['$select', '$expand', '$orderby', '$search']],
]

/** The check of one tenant's exchanges: every way in which they do not fit, and how many schemas were held against something. */
export function checkExchanges(exchanges: readonly Exchange[], { paths, components }: Slice, by: Rules) {
	const ajv = new Ajv2020({ strict: false, allErrors: true })
	addFormats(ajv)
	ajv.addSchema({ $id: 'slice', components })
	const problems = new Set<string>()
	let checked = 0
	const check = (what: string, schema: object, value: unknown) => {
		const validate = ajv.compile(schema)
		checked += 1
		if (!validate(value)) problems.add(`${what}: ${ajv.errorsText(validate.errors)}`)
	}
	if (Object.keys(by.semantics.requiredFilter).sort().join() !== Object.keys(REQUIRED_FILTERS).sort().join())
		problems.add('The rules require other filters than are looked for.')
	// `/users/delta` is a path of its own, and no user.
	const templates = Object.keys(paths).sort((a, b) => a.split('{').length - b.split('{').length)
	const templateOf = (plain: string) =>
		templates.find((each) =>
			new RegExp(`^${each.replaceAll(/\{[^}]+\}/g, '[^/]+').replaceAll('$', '\\$')}$`).test(plain),
		)

	for (const { method, path, query, status, request, response } of exchanges) {
		const plain = path.replace(/^\/v1\.0/, '')
		const template = templateOf(plain)
		const operation = paths[template ?? '']?.[method.toLowerCase()]
		const what = `${method} ${template ?? plain}`
		if (!operation) {
			problems.add(`${what} is not in the slice`)
			continue
		}
		for (const problem of queryProblems(plain, method, query, operation))
			problems.add(`${what}${query}: ${problem}`)
		const body = schemaIn(operation.requestBody)
		if (body && request !== null && Object.keys(request as object).length > 0)
			check(`body of ${what}`, body, request)
		const rule = by.rules[`${method} ${template}`]
		if (rule && request !== null)
			check(`rule of ${what}`, { ...rule, $schema: undefined, $id: undefined }, request)
		const { responses } = operation
		const documented = operation['x-documented-success-status']
		if (status < 300 && documented !== undefined && documented !== String(status))
			problems.add(`${status} of ${what} is documented as ${documented}`)
		const answer = schemaIn(
			responses[String(status)] ?? responses[`${Math.floor(status / 100)}XX`] ?? responses.default,
		)
		if (answer) check(`${status} of ${what}`, answer, response)
		else if (response !== null && status !== 204) problems.add(`${status} of ${what} has no schema`)
	}
	return { problems: [...problems].sort(), checked }

	function queryProblems(plain: string, method: string, query: string, operation: Operation): string[] {
		const found: string[] = []
		const asked = new URLSearchParams(query)
		const taken = new Set(
			(operation.parameters ?? [])
				.map((each) => ('$ref' in each ? components.parameters[each.$ref.split('/').at(-1) ?? ''] : each))
				.filter((each) => each?.in === 'query')
				.map((each) => each?.name),
		)
		const refused = NOT_TAKEN.find(([list]) => list.test(plain))?.[1] ?? []
		for (const name of asked.keys())
			if (!taken.has(name)) found.push(`${name} is no option of it`)
			else if (refused.includes(name)) found.push(`${name} is not supported by it`)
		const filter = asked.get('$filter')
		const isContinued = [...asked.keys()].some((name) => /^\$(?:skip|delta)token$/i.test(name))
		for (const { path, holds } of Object.values(REQUIRED_FILTERS))
			if (method === 'GET' && path.test(plain) && !holds.test(filter ?? ''))
				found.push(`the filter that is required is not there: ${filter}`)
		const properties = propertiesOf(operation)
		if (properties === null || isContinued) return found
		const columns = asked.get('$select')?.split(',') ?? []
		const filtered = [...(filter ?? '').matchAll(/([A-Za-z]+) (?:eq|ge|le) /g)].map(([, name = '']) => name)
		for (const name of [...columns, ...filtered])
			if (!properties.has(name)) found.push(`there is no property ${name}`)
		return found
	}
}

/** The names of what one row of a list, or one object, has; null where it is not told what there is. */
function propertiesOf({ responses }: Operation): ReadonlySet<string> | null {
	const schema = schemaIn(responses['2XX'] ?? responses['200'])
	if (schema === null) return null
	const names = new Set<string>()
	gather(schema)
	return names.size === 0 ? null : names

	function gather(node: object): void {
		const {
			$ref,
			properties,
			allOf = [],
			anyOf = [],
			oneOf = [],
		} = node as {
			$ref?: string
			properties?: Record<string, object>
			allOf?: object[]
			anyOf?: object[]
			oneOf?: object[]
		}
		if ($ref !== undefined) return gather(resolved($ref))
		for (const part of [...allOf, ...anyOf, ...oneOf]) gather(part)
		const rows = properties?.value as { items?: object } | undefined
		if (rows?.items !== undefined) return gather(rows.items)
		for (const name of Object.keys(properties ?? {})) names.add(name)
	}
}

const resolved = (reference: string): object =>
	reference
		.replace(/^.*#\//, '')
		.split('/')
		.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], slice) as object

/** The JSON schema behind a body or a response, which may itself be a reference into the slice. */
export function schemaIn(node: unknown): object | null {
	const text = JSON.stringify(node ?? null)
	const reference = /"\$ref":"(#\/components\/(?:responses|requestBodies)\/[^"]+)"/.exec(text)?.[1]
	if (reference) return schemaIn(resolved(reference))
	const schema = /"schema":(\{.*\})/.exec(text) && findSchema(JSON.parse(text))
	return schema
		? (JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"slice#/components')) as object)
		: null
}

function findSchema(node: unknown): unknown {
	if (typeof node !== 'object' || node === null) return null
	if ('schema' in node) return node.schema
	for (const value of Object.values(node)) {
		const found = findSchema(value)
		if (found) return found
	}
	return null
}
