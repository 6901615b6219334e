import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eq } from 'drizzle-orm'
import { createApi } from '#app/api/answer.server.ts'
import { EXAMPLES } from '#app/api/examples.server.ts'
import { openApiDocument } from '#app/api/openapi.server.ts'
import { OPERATIONS } from '#app/api/operations.server.ts'
import { authenticate } from '#app/services/api/authenticate.server.ts'
import { revokeToken } from '#app/services/api/manage-tokens.server.ts'
import { buildServices } from '#app/services/services.ts'
import { withdrawRequest } from '#app/services/access/end-access.server.ts'
import { fileRequest } from '#test/app/file-one.ts'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { filings, requests } from '#db/schema/index.ts'
import { approve, signInAs } from '#test/app/acts.ts'
import { apiOf, firstOf, ORIGIN, tokenFor, type Answered, type Asked } from '#test/app/api-client.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'
import { OPENAPI_DOCUMENT } from '#test/schemas/openapi-document.ts'

let app: TestApp
let ask: ReturnType<typeof apiOf>
let token: string
const db = () => app.deps.database.db
const operator = () => app.actor('operator')

beforeAll(async () => {
	app = await createTestApp()
	ask = apiOf(app)
	await renewToken()
})
afterAll(async () => {
	await app.stop()
})

/** A token is let through so often a minute and no more. */
async function renewToken() {
	token = (await tokenFor(app, operator())).token
}

let keys = 0
const newKey = () => `key-of-a-test-${++keys}`
const wish = (more: Record<string, unknown> = {}) => ({
	roles: ['user-administrator'],
	reason: 'Lock the accounts of a phishing wave',
	ticket: 'CHG-20417',
	durationSeconds: 1800,
	...more,
})
const file = (body: unknown = wish(), more: Asked = {}) =>
	ask('POST', '/requests', { token, body, key: newKey(), ...more })
const withdraw = (id: string) => ask('POST', `/requests/${id}/withdraw`, { token })
const withdrawAll = async (filed: Answered) => {
	for (const { id } of filed.body.requests) expect((await withdraw(id)).status).toBe(200)
}

describe('the document', () => {
	const document = openApiDocument(`${ORIGIN}/api/v1`)

	test('is OpenAPI 3.1, and its schemas are JSON Schema', () => {
		const ajv = new Ajv2020({ strict: true, allErrors: true, validateFormats: false })
		const isDocument = ajv.compile(OPENAPI_DOCUMENT)
		expect(isDocument(document), JSON.stringify(isDocument.errors, null, 1)).toBe(true)
		const { schemas } = document.components as { schemas: Record<string, object> }
		for (const schema of Object.values(schemas)) expect(ajv.validateSchema(schema)).toBe(true)
		const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)]
		for (const [, name = ''] of references) expect(Object.keys(schemas)).toContain(name)
	})

	test('names an example for each operation, which its shapes take', () => {
		expect(Object.keys(EXAMPLES).sort()).toEqual(OPERATIONS.map(({ operationId }) => operationId).sort())
		for (const { operationId, answer, bodies } of OPERATIONS) {
			const example = EXAMPLES[operationId]
			expect(answer.shape.parse(example?.answer), operationId).toEqual(example?.answer)
			expect(example?.bodies !== undefined).toBe(bodies !== undefined)
			for (const { value } of Object.values(example?.bodies ?? {}))
				expect(bodies?.shapeOf(value).safeParse(value).success, JSON.stringify(value)).toBe(true)
		}
	})

	test('has no operation that decides, asks, signs or speaks for anybody else', () => {
		expect(OPERATIONS.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
			'GET /findings',
			'GET /findings/{id}',
			'GET /grants',
			'GET /me',
			'GET /requests',
			'GET /requests/{id}',
			'GET /roles',
			'POST /grants/{id}/end',
			'POST /requests',
			'POST /requests/{id}/withdraw',
		])
	})
})

describe('who is let in', () => {
	test('nobody without a token, whatever cookie they bring, and each is told how', async () => {
		const session = await signInAs(app, operator())
		const none = await ask('GET', '/me', { headers: { cookie: `ck_session=${session}` } })
		expect([none.status, none.body.code]).toEqual([401, 'TOKEN_MISSING'])
		expect(none.headers.get('www-authenticate')).toBe('Bearer realm="Charterkeep API"')
		const wrong = await ask('GET', '/me', { token: `${token.slice(0, -1)}!` })
		expect([wrong.status, wrong.body.code]).toEqual([401, 'TOKEN_INVALID'])
		expect(wrong.headers.get('www-authenticate')).toContain('error="invalid_token"')
		// A session is no token, and a token no session.
		expect((await ask('GET', '/me', { token: session })).status).toBe(401)
	})

	test('a token that is revoked between two calls is worth nothing at the second', async () => {
		const made = await tokenFor(app, operator())
		expect((await ask('GET', '/me', { token: made.token })).status).toBe(200)
		await revokeToken(app.deps, operator(), made.tokenId)
		expect((await ask('GET', '/me', { token: made.token })).status).toBe(401)
	})

	test('each operation takes the scope that it names, and says which', async () => {
		const { token: reader } = await tokenFor(app, operator(), ['requests:read'])
		for (const [method, path, scope] of [
			['POST', '/requests', 'requests:write'],
			['POST', `/requests/${app.deps.newId()}/withdraw`, 'requests:write'],
			['GET', '/grants', 'grants:read'],
			['POST', `/grants/${app.deps.newId()}/end`, 'grants:end'],
			['GET', '/findings', 'findings:read'],
			['GET', `/findings/${app.deps.newId()}`, 'findings:read'],
		] as const) {
			const refused = await ask(method, path, {
				token: reader,
				...(method === 'POST' ? { body: wish(), key: newKey() } : {}),
			})
			expect([refused.status, refused.body.code], path).toEqual([403, 'SCOPE_MISSING'])
			expect(refused.headers.get('www-authenticate')).toBe(
				`Bearer realm="Charterkeep API", error="insufficient_scope", scope="${scope}"`,
			)
			expect(refused.body.detail).toContain(scope)
		}
		expect((await ask('GET', '/roles', { token: reader })).status).toBe(200)
	})

	test('says whose token it is and what it passes on', async () => {
		const { body } = await ask('GET', '/me', { token })
		expect(body).toMatchObject({
			person: { id: operator().personId },
			token: { name: 'Pipeline' },
			permissions: ['request:file'],
			tenant: { kind: 'sandbox' },
		})
	})

	test('only so many calls a minute with one token, and then when to come back', async () => {
		const program = await authenticate(app.deps, `Bearer ${token}`)
		if (program === null) throw new Error('The token works.')
		const api = createApi({ calls: { points: 2, duration: 60 } })
		const call = () =>
			api({
				services: buildServices(app.deps),
				program,
				method: 'GET',
				path: '/me',
				query: new URLSearchParams(),
				requestId: 'r',
				language: 'en',
				header: () => null,
				stream: null,
			})
		expect([(await call()).status, (await call()).status]).toEqual([200, 200])
		const { status, headers } = await call()
		expect(status).toBe(429)
		expect(Number(headers['retry-after'])).toBeGreaterThan(0)
	})
})

describe('a call', () => {
	test('to nowhere, or by another method, is a problem that says what there is', async () => {
		expect((await ask('GET', '/decisions', { token })).body).toMatchObject({
			type: '/api/v1/problems/no-such-address',
			status: 404,
		})
		expect((await ask('GET', '/requests/not-an-id', { token })).status).toBe(404)
		const put = await ask('PUT', '/requests', { token, body: {} })
		expect([put.status, put.headers.get('allow')]).toEqual([405, 'POST, GET, HEAD'])
		expect((await ask('DELETE', `/requests/${app.deps.newId()}`, { token })).headers.get('allow')).toBe(
			'GET, HEAD',
		)
		for (const path of ['/requests/x/approve', `/requests/${app.deps.newId()}/approve`, '/decide'])
			expect((await ask('POST', path, { token, body: {} })).status).toBe(404)
	})

	test('is read no further than it may be long, in JSON alone', async () => {
		const text = await file('reason=x', { headers: { 'content-type': 'application/x-www-form-urlencoded' } })
		expect([text.status, text.body.code]).toEqual([415, 'MEDIA_TYPE'])
		const broken = await file('{"roles": [')
		expect([broken.status, broken.body.code]).toEqual([400, 'BODY_NOT_JSON'])
		const large = await file(JSON.stringify(wish({ reason: 'x'.repeat(70_000) })))
		expect([large.status, large.body.code]).toEqual([413, 'BODY_TOO_LARGE'])
	})

	test('names each field that cannot be used, by its pointer, in the language that was asked for', async () => {
		const before = await db().$count(requests)
		const { status, body } = await file(
			{ roles: [], reason: 'short', durationSeconds: '30', 'a/b~c': 1, startAt: 'tomorrow' },
			{ headers: { 'accept-language': 'de-CH, en;q=0.8' } },
		)
		expect(status).toBe(422)
		const errors: Record<string, string> = Object.fromEntries(
			(body.errors ?? []).map(({ pointer = '', detail }) => [pointer, detail]),
		)
		expect(Object.keys(errors).sort()).toEqual(
			['#/durationSeconds', '#/reason', '#/roles', '#/startAt', '#/ticket', '#/a~1b~0c'].sort(),
		)
		expect(errors['#/roles']).toBe('Wählen Sie eine Rolle.')
		for (const value of ['\0', '\ud800']) {
			const odd = await file(JSON.stringify(wish({ reason: `A reason that is long enough ${value}` })))
			expect([odd.status, odd.body.errors?.[0]?.pointer]).toEqual([422, '#/reason'])
		}
		const query = await ask('GET', '/requests?limit=0&state=pending&cursor=zzz', { token })
		expect((query.body.errors ?? []).map(({ parameter }) => parameter).sort()).toEqual(['limit', 'state'])
		expect((await ask('GET', '/requests?cursor=zzz', { token })).body.errors?.[0]?.parameter).toBe('cursor')
		expect(await db().$count(requests)).toBe(before)
	})
})

describe('filing', () => {
	beforeAll(renewToken)

	test.each([
		['a ticket of another form', { ticket: 'phone call' }, 422, 'TICKET_MALFORMED', '#/ticket'],
		['longer than the cap', { durationSeconds: 80_000 }, 422, 'DURATION_TOO_LONG', '#/durationSeconds'],
		['shorter than Entra takes', { durationSeconds: 60 }, 422, 'DURATION_TOO_SHORT', '#/durationSeconds'],
		['a start that has passed', { startAt: '2020-01-01T00:00:00Z' }, 422, 'START_PAST', '#/startAt'],
		['a role that the charter has not', { roles: ['ghost'] }, 422, 'ROLE_NOT_REQUESTABLE', '#/roles'],
		[
			'under a charter that is no longer in force',
			{ charterVersion: 999 },
			409,
			'CHARTER_SUPERSEDED',
			undefined,
		],
		[
			'for somebody who is nobody',
			{ beneficiaryId: '00000000-0000-4000-8000-000000000000' },
			422,
			'INELIGIBLE',
			undefined,
		],
	])('%s is refused with its sentence, and nothing is filed', async (_, change, status, code, pointer) => {
		const before = await db().$count(requests)
		const refused = await file(wish(change))
		expect([refused.status, refused.body.code, refused.body.errors?.[0]?.pointer]).toEqual([
			status,
			code,
			pointer,
		])
		expect(await db().$count(requests)).toBe(before)
	})

	test('is what the form does: the same request, the same entry, and the entry names the token', async () => {
		const filed = await file()
		expect(filed.status).toBe(201)
		const { id, number } = firstOf(filed)
		expect(filed.headers.get('location')).toBe(`/api/v1/requests/${id}`)
		const read = await ask('GET', `/requests/${id}`, { token })
		expect(read.body).toMatchObject({ id, number, state: 'waiting', mayWithdraw: true, ticket: 'CHG-20417' })
		const byProgram = await leafOf(id)
		expect((await withdraw(id)).body.state).toBe('voided')
		const byForm = await leafOf(
			await fileRequest(app.deps, operator(), { ...wish(), role: 'user-administrator' }),
		)
		const { tokenId, requestId: _, ...open } = byProgram
		const program = await authenticate(app.deps, `Bearer ${token}`)
		expect(tokenId).toBe(program?.token.id)
		const { requestId, ...form } = byForm
		expect(open).toEqual(form)
		await withdrawRequest(app.deps, operator(), String(requestId))
	})

	test('refuses what the charter does not allow with every reason, its fix and who can mend it', async () => {
		const { token: officers } = await tokenFor(app, app.actor('duty-officer'))
		const refused = await file(wish(), { token: officers })
		expect([refused.status, refused.body.code]).toEqual([403, 'FORBIDDEN'])
		const roles = await ask('GET', '/roles', { token: officers })
		const role = roles.body.roles.find((each) => each.role === 'user-administrator')
		expect(role?.mayAsk).toBe(false)
		expect(role?.reasons.length).toBeGreaterThan(0)
		for (const reason of role?.reasons ?? [])
			expect(Object.values(reason).every((text) => text.length > 0)).toBe(true)
		const mine = await ask('GET', '/roles', { token })
		const own = mine.body.roles.find((each) => each.role === 'user-administrator')
		expect(own).toMatchObject({ mayAsk: true, reasons: [], gap: null })
		expect(own?.stages[0]?.withinSeconds).toBeGreaterThan(0)
	})

	test('several roles in one call: all or none, or those that can be, each refusal by itself', async () => {
		const body = wish({ roles: ['user-administrator', 'ghost'] })
		const none = await file(body)
		expect([none.status, none.body.code]).toEqual([422, 'SEVERAL_REFUSED'])
		expect(none.body.refused).toMatchObject([{ role: 'ghost', code: 'ROLE_NOT_REQUESTABLE' }])
		const some = await file({ ...body, allOrNone: false })
		expect(some.status).toBe(201)
		expect(some.body.requests).toMatchObject([{ role: 'user-administrator' }])
		expect(some.body.refused).toMatchObject([{ role: 'ghost' }])
		await withdrawAll(some)
	})

	test('repeats a request of before with another ticket', async () => {
		const first = await file(wish({ roles: ['security-reader'], durationSeconds: 2700 }))
		await withdrawAll(first)
		const again = await file({ like: 'last', ticket: 'CHG-30001' })
		const { id } = firstOf(again)
		expect((await ask('GET', `/requests/${id}`, { token })).body).toMatchObject({
			role: 'security-reader',
			durationSeconds: 2700,
			ticket: 'CHG-30001',
		})
		await withdrawAll(again)
		const shorter = await file({ like: id, ticket: 'CHG-30002', durationSeconds: 900 })
		expect(shorter.status).toBe(201)
		await withdrawAll(shorter)
		expect((await file({ like: app.deps.newId(), ticket: 'CHG-1' })).status).toBe(404)
	})
})

describe('an Idempotency-Key', () => {
	beforeAll(renewToken)

	test('is demanded', async () => {
		for (const key of [undefined, 'short']) {
			const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key }
			const refused = await ask('POST', '/requests', { token, body: wish(), headers })
			expect([refused.status, refused.body.code]).toEqual([400, 'KEY_MISSING'])
		}
	})

	test('with the same body gives the same answer, with another body is refused, of another person is another key', async () => {
		const key = newKey()
		const first = await file(wish(), { key })
		// Another order of fields, spaces and quotes around the key are the same request.
		const { roles, ...rest } = wish()
		const again = await file(`  ${JSON.stringify({ ...rest, roles })}`, { key: `"${key}"` })
		expect([again.status, again.body]).toEqual([first.status, first.body])
		const other = await file(wish({ ticket: 'CHG-99999' }), { key })
		expect([other.status, other.body.code]).toEqual([422, 'KEY_REUSED'])
		// The key belongs to the person: another token of theirs says the same.
		const { token: second } = await tokenFor(app, operator())
		expect((await file(wish(), { key, token: second })).body).toEqual(first.body)
		const { token: others } = await tokenFor(app, app.actor('second-operator'))
		const theirs = await file(wish({ roles: ['helpdesk-administrator'] }), { key, token: others })
		expect(theirs.status).toBe(201)
		expect(theirs.body.filingId).not.toBe(first.body.filingId)
		await withdrawAll(first)
		await ask('POST', `/requests/${firstOf(theirs).id}/withdraw`, { token: others })
	})

	test('of a call that was refused had no effect, and can be used again', async () => {
		const key = newKey()
		expect((await file(wish({ ticket: 'none' }), { key })).status).toBe(422)
		const filed = await file(wish(), { key })
		expect(filed.status).toBe(201)
		await withdrawAll(filed)
	})

	test('files once, however often and however much at once it is sent', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.array(fc.nat({ max: 1 }), { minLength: 1, maxLength: 4 }), {
					minLength: 1,
					maxLength: 3,
				}),
				fc.boolean(),
				async (waves, isSeveral) => {
					await renewToken()
					const [one, two] = [newKey(), newKey()]
					// Two keys that ask for the same: whichever comes first files, and the other is refused, and stays refused.
					const roles = isSeveral ? ['user-administrator', 'security-reader'] : ['user-administrator']
					const before = await db().$count(requests)
					const said = new Map<string, Answered[]>()
					for (const wave of waves) {
						const answers = await Promise.all(
							wave.map(async (which) => {
								const key = which === 0 ? one : two
								return { key, answer: await file(wish({ roles }), { key }) }
							}),
						)
						for (const { key, answer } of answers) said.set(key, [...(said.get(key) ?? []), answer])
					}
					const filed = [...said.values()].flat().filter(({ status }) => status === 201)
					const filingId = String(filed[0]?.body.filingId)
					const stored = await db().select().from(requests).where(eq(requests.filingKey, filingId))
					// Whatever comes out, the next run begins with nothing open.
					for (const { id } of stored) await withdrawRequest(app.deps, operator(), id)
					expect(new Set(filed.map(({ body }) => body.filingId)).size).toBe(1)
					for (const answers of said.values()) {
						const ids = answers.map(({ status, body }) => (status === 201 ? body.filingId : body.code))
						expect(new Set(ids).size, ids.join()).toBe(1)
					}
					expect(await db().$count(requests)).toBe(before + roles.length)
					expect(await db().$count(filings, eq(filings.id, filingId))).toBe(1)
				},
			),
			{ numRuns: 6, endOnFailure: true },
		)
	}, 120_000)
})

describe('reading', () => {
	beforeAll(renewToken)

	test('goes page by page without leaving out or repeating, by the body and by the link', async () => {
		const { token: second } = await tokenFor(app, app.actor('second-operator'))
		for (let i = 0; i < 5; i++) {
			const filed = await file(wish({ roles: ['helpdesk-administrator'] }), { token: second })
			await ask('POST', `/requests/${firstOf(filed).id}/withdraw`, { token: second })
		}
		const seen: number[] = []
		let path = '/requests?limit=2&state=closed'
		for (let pages = 0; pages < 20; pages++) {
			const { body, headers } = await ask('GET', path, { token: second })
			seen.push(...body.requests.map(({ number }) => number))
			if (body.next === null) {
				expect(headers.get('link')).toBeNull()
				break
			}
			expect(headers.get('link')).toBe(`<${body.next}>; rel="next"`)
			expect(body.next).toContain('state=closed')
			path = body.next.replace('/api/v1', '')
		}
		expect(seen.length).toBeGreaterThanOrEqual(5)
		expect(seen).toEqual([...seen].sort((a, b) => b - a))
		expect(new Set(seen).size).toBe(seen.length)
	})

	test('shows what the owner of the token may see and nothing else', async () => {
		const filed = await file()
		const { id } = firstOf(filed)
		const { token: second } = await tokenFor(app, app.actor('second-operator'))
		const { token: officers } = await tokenFor(app, app.actor('security-officer'))
		expect((await ask('GET', `/requests/${id}`, { token: second })).status).toBe(404)
		expect((await ask('POST', `/requests/${id}/withdraw`, { token: second })).status).toBe(404)
		expect((await ask('GET', '/requests?whose=all&state=open', { token: second })).body.requests).toEqual([])
		const all = await ask('GET', '/requests?whose=all&state=open', { token: officers })
		expect(all.body.requests.map((request) => request.id)).toContain(id)
		expect((await ask('GET', '/requests?state=open', { token: officers })).body.requests).toEqual([])
		expect((await ask('GET', `/requests/${id}`, { token: officers })).body.mayWithdraw).toBe(false)
		expect((await ask('POST', `/requests/${id}/withdraw`, { token: officers })).status).toBe(404)
		// Withdrawn twice, as a program does that heard no answer, it says the same.
		const once = await withdraw(id)
		expect((await withdraw(id)).body).toEqual(once.body)
	})
})

describe('an access', () => {
	test('is listed, given up by its holder alone, and says the same when it is given up again', async () => {
		const filed = await file(wish({ roles: ['user-administrator'] }))
		const { id } = firstOf(filed)
		await approve(app, id, app.actor('duty-officer'))
		await approve(app, id, app.actor('data-owner'))
		expect((await withdraw(id)).body.code).toBe('ILLEGAL_TRANSITION')
		const { grantId } = (await ask('GET', `/requests/${id}`, { token })).body
		await provisionGrant(app.deps, grantId)
		const { body } = await ask('GET', '/grants', { token })
		expect(body.grants).toMatchObject([{ id: grantId, requestId: id, state: 'active', isBreakGlass: false }])
		expect(Date.parse(body.grants[0]?.until ?? '')).toBeGreaterThan(app.clock.now().getTime())

		const { token: officers } = await tokenFor(app, app.actor('security-officer'))
		expect((await ask('GET', '/grants', { token: officers })).body.grants).toEqual([])
		expect((await ask('GET', '/grants?whose=all', { token: officers })).body.grants).toHaveLength(1)
		// An officer may end it on its page, and no token of theirs may.
		expect((await ask('POST', `/grants/${grantId}/end`, { token: officers })).status).toBe(404)

		const ended = await ask('POST', `/grants/${grantId}/end`, { token })
		expect(ended.body).toMatchObject({ state: 'ending', grant: { cause: 'requester' }, mayEnd: false })
		const again = await ask('POST', `/grants/${grantId}/end`, { token })
		expect([again.status, again.body.state]).toEqual([200, 'ending'])
		const program = await authenticate(app.deps, `Bearer ${token}`)
		expect(await leafOf(id, 'grant.ending')).toMatchObject({ cause: 'requester', tokenId: program?.token.id })
	})
})

describe('much later', () => {
	test('a key that filed a week ago does not file again, and says the same', async () => {
		await renewToken()
		const key = newKey()
		const body = wish({ roles: ['security-reader'] })
		const filed = await file(body, { key })
		expect(filed.status).toBe(201)
		await withdrawAll(filed)
		app.clock.advance(7 * 86_400_000)
		expect((await file(body, { key })).body).toEqual(filed.body)
	})
})

async function leafOf(requestId: string, kind = 'request.filed'): Promise<Record<string, unknown>> {
	const { rows } = await app.deps.database.pool.query<{ open: Record<string, unknown> }>(
		`select convert_from(leaf, 'UTF8')::jsonb -> 'open' as open from
			(select id, kind, leaf from ledger_pending union all select id, kind, leaf from ledger_entries) e
			where kind = $2 and convert_from(leaf, 'UTF8')::jsonb -> 'open' ->> 'requestId' = $1`,
		[requestId, kind],
	)
	return rows[0]?.open ?? {}
}
