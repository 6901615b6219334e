import type { ScimUserRow } from '#db/queries/scim.ts'
import type { Deps } from '../deps.ts'
import type { Origin } from './deactivate.server.ts'
import { ScimError } from './errors.ts'
import { project, representUser } from './represent.server.ts'
import { resourceTypes, schemaDocuments, serviceProviderConfig } from './schemas.ts'
import {
	createUser,
	getUser,
	listUsers,
	modifyUser,
	removeUser,
	replaceUser,
	type Expectation,
} from './users.server.ts'

export type ScimRequest = {
	method: string
	/** Below `/scim/v2/`, without a slash at either end. */
	path: string
	query: URLSearchParams
	header: (name: string) => string | null
	/** Reads the body as JSON; invalidSyntax where it is none. */
	body: () => Promise<unknown>
}
export type ScimAnswer = { status: number; body: unknown; headers: Record<string, string> }

const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'

/** Answers one SCIM request (RFC 7644) of whoever holds this token. Throws ScimError, or DomainError. */
export async function answerScim(deps: Deps, tokenId: string, request: ScimRequest): Promise<ScimAnswer> {
	const base = `${deps.passkeys.origin}/scim/v2`
	const { method, path } = request
	const [endpoint = '', id, ...beyond] = path.split('/')
	if (beyond.length > 0) throw nothingAt(path)
	if (endpoint === 'Users') {
		if (id === undefined || id === '.search') return answerCollection(deps, tokenId, request, base, id)
		return answerOne(deps, tokenId, request, base, id)
	}
	const documents = documentsOf(endpoint, base)
	if (documents === null) throw notThere(endpoint, path)
	if (method !== 'GET') throw notAllowed(method, path)
	if (request.query.has('filter'))
		throw new ScimError(403, null, 'What this server says of itself cannot be filtered.')
	if (!Array.isArray(documents)) {
		if (id !== undefined) throw nothingAt(path)
		return ok(documents)
	}
	if (id === undefined) return ok(listOf(documents, documents.length, 1))
	const found = documents.find((document) => document.id === decodeURIComponent(id))
	if (found === undefined) throw nothingAt(path)
	return ok(found)
}

function documentsOf(endpoint: string, base: string) {
	if (endpoint === 'ServiceProviderConfig') return serviceProviderConfig(base)
	if (endpoint === 'ResourceTypes') return resourceTypes(base)
	if (endpoint === 'Schemas') return schemaDocuments(base)
	return null
}

async function answerCollection(
	deps: Deps,
	tokenId: string,
	request: ScimRequest,
	base: string,
	id: '.search' | undefined,
): Promise<ScimAnswer> {
	const { method, query } = request
	if (method === 'GET' && id === undefined) return list(deps, base, (name) => query.get(name))
	if (method !== 'POST') throw notAllowed(method, request.path)
	const body = await request.body()
	if (id === '.search') return list(deps, base, searchOf(body))
	const row = await createUser(deps, origin(tokenId), body)
	return one(row, base, query, 201)
}

async function answerOne(
	deps: Deps,
	tokenId: string,
	{ method, path, query, header, body }: ScimRequest,
	base: string,
	id: string,
): Promise<ScimAnswer> {
	const expect = expectation(header('if-match'), base)
	switch (method) {
		case 'GET': {
			const row = await getUser(deps, id)
			const tags = header('if-none-match')
			const { version } = representUser(row, base).meta
			if (tags !== null && names(tags, version))
				return { status: 304, body: null, headers: { etag: version } }
			return one(row, base, query, 200)
		}
		case 'PUT':
			return one(await replaceUser(deps, origin(tokenId), id, await body(), expect), base, query, 200)
		case 'PATCH':
			return one(await modifyUser(deps, origin(tokenId), id, await body(), expect), base, query, 200)
		case 'DELETE':
			await removeUser(deps, origin(tokenId), id, expect)
			return { status: 204, body: null, headers: {} }
		default:
			throw notAllowed(method, path)
	}
}

const origin = (tokenId: string): Origin => ({ source: 'scim', tokenId })

async function list(deps: Deps, base: string, param: (name: string) => string | null): Promise<ScimAnswer> {
	const { total, startIndex, rows } = await listUsers(deps, {
		filter: param('filter'),
		sortBy: param('sortBy'),
		sortOrder: param('sortOrder'),
		startIndex: wholeNumber('startIndex', param('startIndex')),
		count: wholeNumber('count', param('count')),
	})
	const wanted = selection(param)
	return ok(
		listOf(
			rows.map((row) => project(representUser(row, base), wanted)),
			total,
			startIndex,
		),
	)
}

/** A search by POST (RFC 7644, section 3.4.3) asks the same as a query does. */
function searchOf(body: unknown): (name: string) => string | null {
	const asked = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
	if (!Array.isArray(asked.schemas) || !asked.schemas.includes(SEARCH))
		throw new ScimError(400, 'invalidSyntax', `schemas must name ${SEARCH}.`)
	return (name) => {
		const value = asked[name]
		if (value === undefined || value === null) return null
		if (Array.isArray(value)) return value.join(',')
		if (typeof value === 'string' || typeof value === 'number') return String(value)
		throw new ScimError(400, 'invalidValue', `${name} cannot be used.`)
	}
}

function wholeNumber(name: string, text: string | null): number | null {
	if (text === null) return null
	if (!/^-?\d{1,9}$/.test(text)) throw new ScimError(400, 'invalidValue', `${name} must be a whole number.`)
	return Number(text)
}

const selection = (param: (name: string) => string | null) => ({
	attributes: param('attributes'),
	excludedAttributes: param('excludedAttributes'),
})

const ok = (body: unknown): ScimAnswer => ({ status: 200, body, headers: {} })

function one(row: ScimUserRow, base: string, query: URLSearchParams, status: number): ScimAnswer {
	const user = representUser(row, base)
	return {
		status,
		body: project(
			user,
			selection((name) => query.get(name)),
		),
		headers: { etag: user.meta.version, location: user.meta.location },
	}
}

const listOf = (resources: readonly unknown[], total: number, startIndex: number) => ({
	schemas: [LIST],
	totalResults: total,
	startIndex,
	itemsPerPage: resources.length,
	Resources: resources,
})

/** The standard lets weak tags be compared here (RFC 7644, section 3.14). */
const names = (tags: string, version: string) =>
	tags.split(',').some((tag) => tag.trim() === '*' || weak(tag) === weak(version))
const weak = (tag: string) => tag.trim().replace(/^W\//, '')

function expectation(ifMatch: string | null, base: string): Expectation {
	return (row) => {
		if (ifMatch !== null && !names(ifMatch, representUser(row, base).meta.version))
			throw new ScimError(412, null, 'This user has changed meanwhile: read it again.')
	}
}

const nothingAt = (path: string) => new ScimError(404, null, `There is nothing at ${path.slice(0, 200)}.`)
const notAllowed = (method: string, path: string) =>
	new ScimError(405, null, `${method} is not possible at ${path.slice(0, 200)}.`)

function notThere(endpoint: string, path: string): ScimError {
	if (endpoint === 'Groups')
		return new ScimError(
			501,
			null,
			'Groups are not taken: roles follow from the charter and from appointments by an officer. Provision users only.',
		)
	if (endpoint === 'Bulk' || endpoint === 'Me')
		return new ScimError(501, null, `${endpoint} is not supported. See /scim/v2/ServiceProviderConfig.`)
	return nothingAt(path)
}
