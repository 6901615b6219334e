import { randomUUID } from 'node:crypto'
import SCIMMY from 'scimmy'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fileRequest } from '#test/app/file-one.ts'
import type { Actor } from '#app/services/actor.ts'
import { makeToken, revokeToken, rotateToken, showTokens } from '#app/services/scim/tokens.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { entriesAbout } from '#db/queries/entries.ts'
import { findRequest } from '#db/queries/requests.ts'
import { parseLeaf } from '#workflows/ledger/leaf.ts'
import type { Instance } from './instance.ts'
import { startTestInstance } from './stage.ts'

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User'
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const CHARTERKEEP = 'urn:ietf:params:scim:schemas:extension:charterkeep:2.0:User'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

let instance: Instance
let officer: Actor
let token: string
let tokenId: string

beforeAll(async () => {
	instance = await startTestInstance()
	officer = {
		personId: instance.idOf('security-officer'),
		sessionId: '',
		displayName: 'Officer',
		permissions: new Set(['people:provision'] as const),
	}
	;({ token, tokenId } = await makeToken(instance.deps, officer, { name: 'Entra provisioning' }))
}, 120_000)
afterAll(async () => {
	await instance.stop()
}, 60_000)

/** Whatever a server may answer: a user, a list, an error, or what it says of itself. */
type Body = {
	id: string
	externalId: string
	userName: string
	displayName: string
	active: boolean
	name: Record<string, string>
	emails: unknown[]
	meta: { location: string; version: string }
	detail: string
	scimType?: string
	totalResults: number
	Resources: Body[]
	attributes: { name: string }[]
} & Record<typeof ENTERPRISE, { manager: unknown }>
type Answer = { status: number; body: Body; etag: string; headers: Headers }

async function scim(
	method: string,
	path: string,
	body?: unknown,
	headers: Record<string, string> = {},
): Promise<Answer> {
	const response = await fetch(`${instance.origin}/scim/v2/${path}`, {
		method,
		headers: {
			authorization: `Bearer ${token}`,
			...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
			...headers,
		},
		body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
	})
	const text = await response.text()
	if (text !== '') expect(response.headers.get('content-type')).toContain('application/scim+json')
	return {
		status: response.status,
		body: (text === '' ? null : JSON.parse(text)) as Body,
		etag: response.headers.get('etag') ?? '',
		headers: response.headers,
	}
}

let made = 0
function user(more: Record<string, unknown> = {}) {
	const n = ++made
	return {
		schemas: [CORE, ENTERPRISE],
		externalId: randomUUID(),
		userName: `Person.${n}@agency.example`,
		displayName: `Person ${n}`,
		name: { givenName: 'Person', familyName: `Number ${n}`, formatted: `Person Number ${n}` },
		active: true,
		emails: [
			{ value: `home.${n}@elsewhere.example`, type: 'home' },
			{ value: `person.${n}@agency.example`, type: 'work', primary: true },
		],
		[ENTERPRISE]: { employeeNumber: `E${n}`, organization: 'Agency', department: 'not kept' },
		...more,
	}
}
async function create(more: Record<string, unknown> = {}): Promise<Answer> {
	const answer = await scim('POST', 'Users', user(more))
	expect(answer.status, JSON.stringify(answer.body)).toBe(201)
	return answer
}
const patch = (id: string, operations: unknown[], headers = {}) =>
	scim('PATCH', `Users/${id}`, { schemas: [PATCH], Operations: operations }, headers)
const filtered = (filter: string, more = '') =>
	scim('GET', `Users?filter=${encodeURIComponent(filter)}${more}`)
const names = ({ body }: Answer): string[] => body.Resources.map(({ userName }) => userName)

const refusedAs = (answer: Answer, status: number, scimType?: string) => {
	expect(answer.body, JSON.stringify(answer.body)).toMatchObject({
		schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
		status: String(status),
	})
	expect(answer.status).toBe(status)
	expect(answer.body.scimType).toBe(scimType)
	expect(answer.body.detail.length).toBeGreaterThan(10)
}

async function leavesOf(personId: string, kinds: Parameters<typeof entriesAbout>[2]) {
	await sequencePending(instance.deps)
	const entries = await entriesAbout(instance.deps.database.db, personId, kinds)
	return entries.map(({ leaf }) => parseLeaf(new TextDecoder().decode(leaf)))
}

describe('who may', () => {
	test('nobody without a token that works, told in the form of the standard', async () => {
		for (const authorization of [
			'',
			'Bearer ',
			`Bearer ckscim_${'A'.repeat(43)}`,
			'Basic YTpi',
			`Bearer ${token}x`,
		]) {
			const answer = await scim('GET', 'Users', undefined, { authorization })
			refusedAs(answer, 401)
			expect(answer.headers.get('www-authenticate')).toContain('Bearer')
		}
		refusedAs(await scim('POST', 'Users', user(), { authorization: '' }), 401)
	})

	test('a token is shown once, and a list of tokens holds none', async () => {
		const listed = await showTokens(instance.deps, officer)
		expect(listed.find(({ id }) => id === tokenId)).toMatchObject({
			name: 'Entra provisioning',
			state: 'works',
		})
		expect(JSON.stringify(listed)).not.toContain(token)
		const { rows } = await instance.deps.database.pool.query(
			'select scim_tokens::text as all from scim_tokens',
		)
		expect(JSON.stringify(rows)).not.toContain(token.slice(7))
	})

	test('both tokens while one takes over, then only the new one; a revoked one at once no more', async () => {
		const first = await makeToken(instance.deps, officer, { name: 'HR' })
		const second = await rotateToken(instance.deps, officer, { tokenId: first.tokenId, overlapHours: 1 })
		const works = async (held: string) =>
			(await scim('GET', 'Users?count=0', undefined, { authorization: `Bearer ${held}` })).status === 200
		expect([await works(first.token), await works(second.token)]).toEqual([true, true])
		await expect(
			rotateToken(instance.deps, officer, { tokenId: first.tokenId, overlapHours: 1 }),
		).rejects.toMatchObject({ code: 'STALE_VERSION' })
		instance.clock.advance(3_600_000)
		expect([await works(first.token), await works(second.token)]).toEqual([false, true])
		await revokeToken(instance.deps, officer, second.tokenId)
		expect(await works(second.token)).toBe(false)
		await expect(
			makeToken(instance.deps, { ...officer, permissions: new Set() }, { name: 'x' }),
		).rejects.toMatchObject({ code: 'FORBIDDEN' })
	})
})

describe('what it says of itself (RFC 7643, sections 5 to 7)', () => {
	test('is what it does', async () => {
		const { body: config } = await scim('GET', 'ServiceProviderConfig')
		expect(config).toMatchObject({
			patch: { supported: true },
			bulk: { supported: false },
			filter: { supported: true, maxResults: 500 },
			sort: { supported: true },
			etag: { supported: true },
			changePassword: { supported: false },
		})
		const { body: types } = await scim('GET', 'ResourceTypes')
		expect(types).toMatchObject({
			totalResults: 1,
			Resources: [{ id: 'User', endpoint: '/Users', schema: CORE }],
		})
		expect((await scim('GET', 'ResourceTypes/User')).body.name).toBe('User')
		const { body: schemas } = await scim('GET', 'Schemas')
		expect(schemas.Resources.map(({ id }) => id)).toEqual([CORE, ENTERPRISE, CHARTERKEEP])
		const { body: core } = await scim('GET', `Schemas/${CORE}`)
		const described = new Set(core.attributes.map(({ name }) => name))
		const { body: resource } = await create()
		const top = Object.keys(resource).filter(
			(name) => !['schemas', 'id', 'externalId', 'meta'].includes(name),
		)
		for (const name of top) expect(described.has(name) || name.startsWith('urn:'), name).toBe(true)
	})

	test('what is not there or not supported is said', async () => {
		refusedAs(await scim('GET', 'Schemas/urn:nothing'), 404)
		refusedAs(await scim('GET', 'Schemas?filter=id%20pr'), 403)
		refusedAs(await scim('GET', 'Groups'), 501)
		refusedAs(await scim('POST', 'Bulk', {}), 501)
		refusedAs(await scim('GET', 'Me'), 501)
		refusedAs(await scim('GET', 'Nothing'), 404)
		refusedAs(await scim('DELETE', 'Users'), 405)
		refusedAs(await scim('GET', `Users/${randomUUID()}`), 404)
		refusedAs(await scim('GET', 'Users/1'), 404)
	})
})

describe('taking somebody in', () => {
	test('gives the whole resource with its address and version, as another implementation reads it', async () => {
		const sent = user()
		const { status, body, headers, etag } = await scim('POST', 'Users', sent)
		expect(status).toBe(201)
		expect(headers.get('location')).toBe(body.meta.location)
		expect(etag).toBe(body.meta.version)
		expect(body).toMatchObject({
			externalId: sent.externalId,
			userName: sent.userName,
			name: sent.name,
			active: true,
			emails: [{ value: sent.emails[1]?.value, type: 'work', primary: true }],
			[ENTERPRISE]: { employeeNumber: `E${made}`, organization: 'Agency' },
			[CHARTERKEEP]: { entraObjectId: sent.externalId },
			meta: { resourceType: 'User', location: `${instance.origin}/scim/v2/Users/${body.id}` },
		})
		expect(JSON.stringify(body)).not.toContain('not kept')
		expect((await scim('GET', `Users/${body.id}`)).body).toEqual(body)
		const read = new SCIMMY.Schemas.User(body) as unknown as Record<string, unknown>
		expect(read.userName).toBe(sent.userName)
		expect(await leavesOf(body.id, ['person.recorded', 'person.identity_changed'])).toMatchObject([
			{ kind: 'person.recorded', actor: null, open: { source: 'scim', tokenId } },
			{ kind: 'person.identity_changed', open: { source: 'scim', tokenId } },
		])
	})

	test('takes the object id from our extension where externalId is something else, and asks for it elsewhere', async () => {
		const entraObjectId = randomUUID()
		const { body } = await create({ externalId: 'hr-4711', [CHARTERKEEP]: { entraObjectId } })
		expect(body).toMatchObject({ externalId: 'hr-4711', [CHARTERKEEP]: { entraObjectId } })
		const without = await scim('POST', 'Users', user({ externalId: 'hr-4712' }))
		refusedAs(without, 400, 'invalidValue')
		expect(without.body.detail).toContain('Map objectId to externalId')
	})

	test.each([
		['no JSON', '{"schemas":', 400, 'invalidSyntax'],
		['a list', [], 400, 'invalidSyntax'],
		['no schemas', { userName: 'a@b.example' }, 400, 'invalidSyntax'],
		['no userName', { schemas: [CORE], externalId: randomUUID() }, 400, 'invalidValue'],
		['an empty userName', { schemas: [CORE], userName: ' ' }, 400, 'invalidValue'],
		['a userName that is a number in a list', { schemas: [CORE], userName: [5] }, 400, 'invalidValue'],
		[
			'active as nonsense',
			{ schemas: [CORE], userName: 'a@b.example', active: 'perhaps' },
			400,
			'invalidValue',
		],
		[
			'a NUL in a name',
			{ schemas: [CORE], userName: 'a@b.example', displayName: 'a\0b' },
			400,
			'invalidValue',
		],
		[
			'a very long name',
			{ schemas: [CORE], userName: 'a@b.example', displayName: 'a'.repeat(400) },
			400,
			'invalidValue',
		],
	])('refuses %s', async (_, body, status, scimType) => {
		refusedAs(await scim('POST', 'Users', body), status, scimType)
	})

	test('refuses a body of another type, and one that is too large', async () => {
		refusedAs(await scim('POST', 'Users', 'userName=a', { 'content-type': 'text/plain' }), 415)
		refusedAs(await scim('POST', 'Users', { schemas: [CORE], userName: 'a'.repeat(1_100_000) }), 413)
	})

	test('refuses a second one with the same name in any case, object id, external id or number', async () => {
		const { body } = await create()
		for (const same of [
			{ userName: body.userName.toUpperCase() },
			{ externalId: body.externalId },
			{ externalId: 'other', [CHARTERKEEP]: { entraObjectId: body.externalId.toUpperCase() } },
			{ [ENTERPRISE]: body[ENTERPRISE] },
		])
			refusedAs(await scim('POST', 'Users', user(same)), 409, 'uniqueness')
		refusedAs(await scim('POST', 'Users', user({ userName: 'jonas.weidner@btr.example' })), 409, 'uniqueness')
		const [one, two] = [user(), user()]
		const both = await Promise.all(
			[one, { ...two, externalId: one.externalId, userName: one.userName }].map((sent) =>
				scim('POST', 'Users', sent),
			),
		)
		expect(both.map(({ status }) => status).sort()).toEqual([201, 409])
	})
})

describe('finding people (RFC 7644, section 3.4.2)', () => {
	const tag = 'Finding'
	beforeAll(async () => {
		for (const [i, letter] of ['b', 'A', 'c', 'd'].entries())
			await create({
				displayName: `${tag} ${letter}`,
				userName: `${letter}.finding@agency.example`,
				name: { givenName: letter, familyName: i < 2 ? 'Early' : 'Late' },
				...(letter === 'd' ? { emails: [] } : {}),
				...(letter === 'c' ? { active: false } : {}),
			})
	})
	const all = `displayName sw "${tag}"`
	const letters = (answer: Answer) => names(answer).map((name) => name.charAt(0))

	test.each([
		['userName eq "A.FINDING@agency.example"', ['A']],
		['USERNAME Eq "a.finding@agency.example"', ['A']],
		[`${all} and active eq false`, ['c']],
		[`${all} and active eq "False"`, ['c']],
		[`${all} and not (active eq false or name.familyName eq "early")`, ['d']],
		[`${all} and (name.givenName eq "b" or name.givenName eq "c")`, ['b', 'c']],
		[`${all} and emails pr`, ['b', 'A', 'c']],
		[`${all} and not (emails pr)`, ['d']],
		[`${all} and emails[type eq "work" and value co "@agency"]`, ['b', 'A', 'c']],
		[`${all} and emails[type eq "home"]`, []],
		[`${all} and userName ew "finding@agency.example" and displayName ne "finding A"`, ['b', 'c', 'd']],
		[`${all} and ${ENTERPRISE}:organization eq "AGENCY"`, ['b', 'A', 'c', 'd']],
		[`${all} and ${CORE}:name.familyName gt "F"`, ['c', 'd']],
		[`${all} and meta.created gt "2020-01-01T00:00:00Z"`, ['b', 'A', 'c', 'd']],
		[`${all} and meta.lastModified lt "2020-01-01T00:00:00Z"`, []],
		[`${all} and externalId eq null`, []],
		['userName eq "no \\"such\\" per%son_\' or 1=1 --"', []],
	])('%s', async (filter, expected) => {
		const answer = await filtered(filter)
		expect(answer.status, JSON.stringify(answer.body)).toBe(200)
		expect(letters(answer)).toEqual(expected)
		expect(answer.body.totalResults).toBe(expected.length)
	})

	test('names one person by external id as well, in its case', async () => {
		const { body } = await create()
		expect((await filtered(`externalId eq "${body.externalId}"`)).body.Resources).toEqual([body])
		expect((await filtered(`id eq "${body.id}"`)).body.totalResults).toBe(1)
		expect((await filtered(`externalId eq "${body.externalId.toUpperCase()}"`)).body.totalResults).toBe(0)
	})

	test.each([
		'userName',
		'userName eq',
		'userName xx "a"',
		'(userName eq "a"',
		'nothing eq "a"',
		'active gt true',
		'meta.created gt "soon"',
		'userName eq 5',
		'""',
		`userName eq "${'a'.repeat(3000)}"`,
	])('refuses %s', async (filter) => {
		refusedAs(await filtered(filter), 400, 'invalidFilter')
	})

	test('goes by pages that hold everybody once, in the order asked for', async () => {
		const page = async (startIndex: number) =>
			filtered(all, `&sortBy=displayName&startIndex=${startIndex}&count=2`)
		const [first, second, beyond] = [await page(1), await page(3), await page(9)]
		expect(letters(first)).toEqual(['A', 'b'])
		expect(letters(second)).toEqual(['c', 'd'])
		expect(first.body).toMatchObject({ totalResults: 4, startIndex: 1, itemsPerPage: 2 })
		expect(beyond.body).toMatchObject({ totalResults: 4, startIndex: 9, itemsPerPage: 0, Resources: [] })
		expect(letters(await filtered(all, '&sortBy=displayName&sortOrder=descending'))).toEqual([
			'd',
			'c',
			'b',
			'A',
		])
		expect((await filtered(all, '&count=0')).body).toMatchObject({ totalResults: 4, Resources: [] })
		expect((await filtered(all, '&count=-3&startIndex=-1')).body).toMatchObject({
			startIndex: 1,
			Resources: [],
		})
		refusedAs(await filtered(all, '&count=many'), 400, 'invalidValue')
		refusedAs(await filtered(all, '&sortBy=nothing'), 400, 'invalidValue')
		new SCIMMY.Messages.ListResponse(first.body as object as never)
	})

	test('gives only the attributes asked for, schemas and id always', async () => {
		const only = await filtered(all, '&count=1&attributes=userName,name.familyName')
		expect(Object.keys(only.body.Resources[0] ?? {}).sort()).toEqual(['id', 'name', 'schemas', 'userName'])
		expect(Object.keys(only.body.Resources[0]?.name ?? {})).toEqual(['familyName'])
		const [but] = (await filtered(all, `&count=1&excludedAttributes=emails,${ENTERPRISE},id`)).body.Resources
		expect(Object.keys(but ?? {})).toEqual(expect.arrayContaining(['id', 'userName', 'name', CHARTERKEEP]))
		expect(but).not.toHaveProperty('emails')
		expect(but).not.toHaveProperty([ENTERPRISE])
	})

	test('by POST to .search as by GET', async () => {
		const answer = await scim('POST', 'Users/.search', {
			schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
			filter: all,
			sortBy: 'displayName',
			count: 1,
			attributes: ['userName'],
		})
		expect(letters(answer)).toEqual(['A'])
		refusedAs(await scim('POST', 'Users/.search', { filter: all }), 400, 'invalidSyntax')
	})
})

describe('versions (RFC 7644, section 3.14)', () => {
	test('what has changed meanwhile is not overwritten, and what has not is not sent again', async () => {
		const { body, etag } = await create()
		const changed = await patch(body.id, [{ op: 'replace', path: 'displayName', value: 'New' }], {
			'if-match': etag,
		})
		expect(changed.status).toBe(200)
		expect(changed.etag).not.toBe(etag)
		refusedAs(
			await patch(body.id, [{ op: 'replace', path: 'displayName', value: 'Late' }], { 'if-match': etag }),
			412,
		)
		refusedAs(await scim('PUT', `Users/${body.id}`, body, { 'if-match': etag }), 412)
		refusedAs(await scim('DELETE', `Users/${body.id}`, undefined, { 'if-match': etag }), 412)
		expect((await scim('GET', `Users/${body.id}`)).body.displayName).toBe('New')
		const same = await scim('GET', `Users/${body.id}`, undefined, { 'if-none-match': changed.etag })
		expect([same.status, same.body]).toEqual([304, null])
		expect((await scim('GET', `Users/${body.id}`, undefined, { 'if-none-match': etag })).status).toBe(200)
		expect(
			(await patch(body.id, [{ op: 'replace', path: 'displayName', value: 'Any' }], { 'if-match': '*' }))
				.status,
		).toBe(200)
	})
})

describe('changing somebody', () => {
	test('PUT replaces what is kept, leaves out what is not sent, and changes nothing by being sent twice', async () => {
		const { body } = await create()
		const replacement = { schemas: [CORE], id: 'whatever', userName: body.userName, displayName: 'Put' }
		const put = await scim('PUT', `Users/${body.id}`, replacement)
		expect(put.status).toBe(200)
		expect(put.body).toMatchObject({ id: body.id, displayName: 'Put', active: true })
		expect(put.body).not.toHaveProperty('emails')
		expect(put.body).not.toHaveProperty('externalId')
		const again = await scim('PUT', `Users/${body.id}`, replacement)
		expect(again.body).toEqual(put.body)
		expect(await leavesOf(body.id, ['person.identity_changed'])).toHaveLength(2)
		refusedAs(await scim('PUT', `Users/${randomUUID()}`, replacement), 404)
	})

	// Operations, and what they make of a user with everything.
	test.each<[string, unknown[], Record<string, unknown>]>([
		[
			'replace a simple attribute',
			[{ op: 'replace', path: 'displayName', value: 'X' }],
			{ displayName: 'X' },
		],
		[
			'replace without a path',
			[{ op: 'replace', value: { displayName: 'X', name: { givenName: 'Y' } } }],
			{ displayName: 'X', name: { givenName: 'Y', familyName: 'F', formatted: 'Y F' } },
		],
		[
			'add a part of a complex attribute',
			[{ op: 'add', path: 'name.givenName', value: 'Y' }],
			{ name: { givenName: 'Y', familyName: 'F', formatted: 'Y F' } },
		],
		[
			'remove a part',
			[{ op: 'remove', path: 'name.givenName' }],
			{ name: { familyName: 'F', formatted: 'F' } },
		],
		[
			'remove a whole extension',
			[{ op: 'remove', path: `${ENTERPRISE}:employeeNumber` }],
			{ [ENTERPRISE]: { organization: 'Agency' } },
		],
		[
			'replace through the name of the core schema',
			[{ op: 'replace', path: `${CORE}:displayName`, value: 'X' }],
			{ displayName: 'X' },
		],
		[
			'replace an address by a filter',
			[{ op: 'replace', path: 'emails[type eq "work"].value', value: 'x@y.example' }],
			{ emails: [{ value: 'x@y.example', type: 'work', primary: true }] },
		],
		[
			'replace all addresses',
			[
				{
					op: 'replace',
					path: 'emails',
					value: [{ value: 'p@y.example' }, { value: 'x@y.example', type: 'work' }],
				},
			],
			{ emails: [{ value: 'x@y.example', type: 'work', primary: true }] },
		],
		[
			'change an address of another type',
			[{ op: 'replace', path: 'emails[type eq "home"].value', value: 'x@y.example' }],
			{},
		],
		['remove an address', [{ op: 'remove', path: 'emails[type eq "work"]' }], { emails: undefined }],
		// As Entra's provisioning service sends them.
		[
			'Entra: "Replace" of active as text',
			[{ op: 'Replace', path: 'active', value: 'False' }],
			{ active: false },
		],
		['Entra: active without a path', [{ op: 'Replace', value: { active: 'False' } }], { active: false }],
		[
			'Entra: dotted names without a path',
			[{ op: 'Replace', value: { 'name.familyName': 'G', [`${ENTERPRISE}:organization`]: 'Other' } }],
			{
				name: { givenName: 'Person', familyName: 'G', formatted: 'Person G' },
				[ENTERPRISE]: { employeeNumber: 'kept', organization: 'Other' },
			},
		],
		[
			'Entra: "Add" of an address that is not there yet',
			[
				{ op: 'remove', path: 'emails' },
				{ op: 'Add', path: 'emails[type eq "work"].value', value: 'x@y.example' },
			],
			{ emails: [{ value: 'x@y.example', type: 'work', primary: true }] },
		],
		[
			'Entra: attributes that are not kept',
			[
				{ op: 'Add', path: 'addresses[type eq "work"].formatted', value: 'Street' },
				{ op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '1' },
				{ op: 'Add', path: 'title', value: 'Dr' },
				{ op: 'Replace', path: `${ENTERPRISE}:department`, value: 'D' },
			],
			{},
		],
		[
			'several, one after the other',
			[
				{ op: 'replace', path: 'displayName', value: '1' },
				{ op: 'replace', path: 'displayName', value: '2' },
			],
			{ displayName: '2' },
		],
	])('PATCH: %s', async (_, operations, expected) => {
		const number = `E-${randomUUID()}`
		const { body } = await create({
			name: { givenName: 'Person', familyName: 'F' },
			[ENTERPRISE]: { employeeNumber: number, organization: 'Agency' },
		})
		const answer = await patch(body.id, operations)
		expect(answer.status, JSON.stringify(answer.body)).toBe(200)
		const { meta: _meta, ...before } = body
		const { meta: __, ...after } = answer.body
		const wanted: unknown = JSON.parse(
			JSON.stringify({ ...before, ...expected }).replace('"kept"', `"${number}"`),
		)
		expect(after).toEqual(wanted)
	})

	test('the manager, as a text, a value or a list, and only somebody who is there', async () => {
		const { body: boss } = await create()
		const { body } = await create()
		for (const value of [boss.id, { value: boss.id }, [{ value: boss.id, $ref: 'x' }]]) {
			const answer = await patch(body.id, [{ op: 'Add', path: `${ENTERPRISE}:manager`, value }])
			expect(answer.body[ENTERPRISE].manager).toEqual({ value: boss.id, $ref: boss.meta.location })
			await patch(body.id, [{ op: 'remove', path: `${ENTERPRISE}:manager` }])
		}
		for (const value of [randomUUID(), body.id, 'somebody'])
			refusedAs(
				await patch(body.id, [{ op: 'add', path: `${ENTERPRISE}:manager`, value }]),
				400,
				'invalidValue',
			)
	})

	test.each<[string, unknown, number, string?]>([
		['an unknown attribute', [{ op: 'replace', path: 'nothing', value: 1 }], 400, 'invalidPath'],
		[
			'a path that is none',
			[{ op: 'replace', path: 'emails[type eq "work"', value: 'x' }],
			400,
			'invalidPath',
		],
		[
			'a filter that is none',
			[{ op: 'replace', path: 'emails[type].value', value: 'x' }],
			400,
			'invalidPath',
		],
		[
			'an address that is not there',
			[{ op: 'replace', path: 'emails[value eq "q@q"].value', value: 'x' }],
			400,
			'noTarget',
		],
		['remove without a path', [{ op: 'remove' }], 400, 'noTarget'],
		['removing the name', [{ op: 'remove', path: 'userName' }], 400, 'invalidValue'],
		['an empty name', [{ op: 'replace', path: 'userName', value: '' }], 400, 'invalidValue'],
		['another id', [{ op: 'replace', path: 'id', value: randomUUID() }], 400, 'mutability'],
		[
			'another account',
			[{ op: 'replace', path: `${CHARTERKEEP}:entraObjectId`, value: randomUUID() }],
			400,
			'mutability',
		],
		['an unknown operation', [{ op: 'move', path: 'displayName', value: 'x' }], 400, 'invalidSyntax'],
		['no value', [{ op: 'replace', path: 'displayName' }], 400, 'invalidSyntax'],
		['no operation', [], 400, 'invalidSyntax'],
		['active that is neither', [{ op: 'replace', path: 'active', value: 'maybe' }], 400, 'invalidValue'],
		[
			'one bad operation among good ones',
			[
				{ op: 'replace', path: 'displayName', value: 'Half' },
				{ op: 'replace', path: 'nothing', value: 1 },
			],
			400,
			'invalidPath',
		],
	])('PATCH refuses %s and changes nothing', async (_, operations, status, scimType) => {
		const { body } = await create()
		refusedAs(await patch(body.id, operations as unknown[]), status, scimType)
		expect((await scim('GET', `Users/${body.id}`)).body).toEqual(body)
	})

	test('PATCH refuses a name or number of somebody else, and a message that is none', async () => {
		const { body: other } = await create()
		const { body } = await create()
		refusedAs(
			await patch(body.id, [{ op: 'replace', path: 'userName', value: other.userName }]),
			409,
			'uniqueness',
		)
		refusedAs(
			await patch(body.id, [{ op: 'replace', path: 'externalId', value: other.externalId }]),
			409,
			'uniqueness',
		)
		refusedAs(await scim('PATCH', `Users/${body.id}`, { Operations: [] }), 400, 'invalidSyntax')
	})
})

describe('the end of an employment', () => {
	test('PATCH active "False" voids what waits and says so in the record; active again gives nothing back', async () => {
		const operator = instance.idOf('operator')
		const requestId = await fileRequest(
			instance.deps,
			{ personId: operator, sessionId: '', displayName: '', permissions: new Set(['request:file'] as const) },
			{ role: 'user-administrator', reason: 'Lock the accounts', ticket: 'CHG-20417', durationSeconds: 1800 },
		)
		const answer = await patch(operator, [{ op: 'Replace', path: 'active', value: 'False' }])
		expect([answer.status, answer.body.active]).toEqual([200, false])
		expect((await findRequest(instance.deps.database.db, requestId)).state).toBe('voided')
		const [leaf] = await leavesOf(operator, ['person.deactivated'])
		expect(leaf).toMatchObject({ actor: null, open: { source: 'scim', tokenId, removed: false } })
		expect(leaf?.kind === 'person.deactivated' && leaf.open.facts.length).toBeGreaterThan(0)
		expect((await patch(operator, [{ op: 'Replace', path: 'active', value: 'True' }])).body.active).toBe(true)
		const { rows } = await instance.deps.database.pool.query(
			'select valid_until from appointments where person_id = $1 and retracted_at is null',
			[operator],
		)
		expect(rows.length).toBeGreaterThan(0)
		for (const { valid_until: until } of rows) expect(until).not.toBeNull()
		expect(await leavesOf(operator, ['person.reactivated'])).toHaveLength(1)
	})

	test('DELETE does the same and hides the person, who comes back with the same id and nothing else', async () => {
		const { body } = await create()
		expect((await scim('DELETE', `Users/${body.id}`)).status).toBe(204)
		refusedAs(await scim('GET', `Users/${body.id}`), 404)
		refusedAs(await scim('DELETE', `Users/${body.id}`), 404)
		refusedAs(await patch(body.id, [{ op: 'replace', path: 'active', value: true }]), 404)
		expect((await filtered(`userName eq "${body.userName}"`)).body.totalResults).toBe(0)
		// The name of somebody who left is not given to another account by a machine.
		refusedAs(await scim('POST', 'Users', user({ userName: body.userName })), 409, 'uniqueness')
		const back = await create({ userName: body.userName, externalId: body.externalId })
		expect(back.body.id).toBe(body.id)
		expect(await leavesOf(body.id, ['person.deactivated', 'person.reactivated'])).toMatchObject([
			{ open: { removed: true } },
			{ kind: 'person.reactivated' },
		])
	})

	describe('of the last security officer', () => {
		beforeAll(async () => {
			const id = instance.idOf('security-officer')
			const { rows } = await instance.deps.database.pool.query<{ id: string }>(
				`select distinct person_id as id from appointments
				where role = 'security-officer' and person_id <> $1 and retracted_at is null`,
				[id],
			)
			for (const { id: other } of rows) expect((await scim('DELETE', `Users/${other}`)).status).toBe(204)
		})

		test.each(['PATCH', 'PUT', 'DELETE'])(
			'%s that would remove the last security officer changes nothing',
			async (method) => {
				const id = instance.idOf('security-officer')
				const { body: before } = await scim('GET', `Users/${id}`)
				const body =
					method === 'PATCH'
						? { schemas: [PATCH], Operations: [{ op: 'replace', path: 'active', value: false }] }
						: method === 'PUT'
							? { ...before, active: false }
							: undefined
				const answer = await scim(method, `Users/${id}`, body)
				refusedAs(answer, 409)
				expect(answer.body.detail).toContain('last security officer')
				expect((await scim('GET', `Users/${id}`)).body).toEqual(before)
				const refusals = await leavesOf(id, ['person.deactivation_refused'])
				expect(refusals.at(-1)).toMatchObject({ open: { code: 'LAST_OFFICER', source: 'scim', tokenId } })
				expect(await leavesOf(id, ['person.deactivated'])).toEqual([])
			},
		)
	})
})

test('refused tokens are limited, and a token that works is not', async () => {
	const statuses: number[] = []
	for (let n = 0; n < 40; n++)
		statuses.push((await scim('GET', 'Users?count=0', undefined, { authorization: 'Bearer wrong' })).status)
	expect(statuses.at(-1)).toBe(429)
	expect((await scim('GET', 'Users?count=0')).status).toBe(200)
})
