import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { httpsCall } from '#app/integrations/graph/https-fetch.server.ts'
import type { Exchange } from '#app/sandbox/tenant/server.ts'
import { exercise } from '#test/app/contract-acts.ts'
import { watchPorts } from '#test/app/contract-ports.ts'
import { checkExchanges, rules, slice } from '#test/app/contract-slice.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

let app: TestApp
let listener: Server
beforeEach(async () => {
	// Gives back the token by which the tenant tries an address, and nothing else.
	listener = createServer((request, response) => {
		const token = new URL(request.url ?? '', 'http://localhost').searchParams.get('validationToken')
		response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(token)
	})
	await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
	app = await createTestApp({
		reachedAt: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
	})
})
afterEach(async () => {
	await app.stop()
	listener.closeAllConnections()
	await new Promise((done) => listener.close(done))
})

/** What the sandbox answers when it is told to fail, which no connector reads further than its status. */
async function failures(): Promise<Exchange[]> {
	const path = '/v1.0/organization'
	const answers: Exchange[] = []
	for (const status of [429, 500, 502, 503, 504]) {
		app.tenant.faults.next('GET', /organization$/, { kind: 'status', status, when: 'before' })
		const answer = await httpsCall(new URL(path, app.tenant.origin), {
			method: 'GET',
			headers: new Headers(),
			body: undefined,
			ca: app.connection.caPem,
			timeoutMs: 5000,
		})
		const response: unknown = JSON.parse(answer.body)
		answers.push({ method: 'GET', path, query: '', request: null, status: answer.status, response })
	}
	return answers
}

describe.skipIf(slice === null || rules === null)('the contract', () => {
	const held = (exchanges: readonly Exchange[]) => {
		if (slice === null || rules === null) throw new Error('There is no contract here.')
		return checkExchanges(exchanges, slice, rules)
	}

	test('every request that the product sends and every answer of the sandbox fits the published slice and rules', async () => {
		const uncalled = watchPorts(app)
		const exchanges = await exercise(app)
		// Whatever the ports can do was done: what is never sent is never checked.
		expect(uncalled()).toEqual([])
		expect(new Set(exchanges.map(({ status }) => status))).toEqual(
			new Set([200, 201, 204, 400, 401, 403, 404, 410, 429]),
		)
		const failed = await failures()
		expect(failed.map(({ status }) => status)).toEqual([429, 500, 502, 503, 504])
		const made = exchanges.filter(({ status }) => status === 201)
		const isSubscription = ({ path }: Exchange) => path.endsWith('/subscriptions')
		expect(made.filter(isSubscription)).toHaveLength(2)
		const actions = made
			.filter((each) => !isSubscription(each))
			.map(({ request }) => (request as { action?: string }).action)
		const each = ['adminAssign', 'adminUpdate', 'adminRemove']
		// And two are taken back undecided, and eligibility is taken away, and what begins later, each of a role and of a group.
		expect(actions).toEqual([
			...each,
			...each,
			...Array.from({ length: 2 }, () => 'adminAssign'),
			...Array.from({ length: 4 }, () => 'adminRemove'),
		])
		const { problems, checked } = held([...exchanges, ...failed])
		expect(problems).toEqual([])
		expect(checked).toBeGreaterThan(20)
	})

	/** So that a check which finds nothing is known to find something. */
	test.each<[string, Partial<Exchange>, RegExp]>([
		['an address', { path: '/v1.0/nowhere' }, /not in the slice/],
		['an option', { query: '?$selct=id' }, /\$selct is no option/],
		['a column', { query: '?$select=id,naem' }, /no property naem/],
		['a name in a filter', { query: "?$filter=naem eq 'x'" }, /no property naem/],
		[
			'an option that the list refuses',
			{ path: '/v1.0/auditLogs/signIns', query: '?$select=id' },
			/\$select is not supported/,
		],
		[
			'a filter that is not there',
			{ path: '/v1.0/identityGovernance/privilegedAccess/group/assignmentSchedules', query: '?$select=id' },
			/filter that is required/,
		],
		[
			'a filter on half of what is required',
			{ path: '/v1.0/policies/roleManagementPolicyAssignments', query: "?$filter=scopeId eq '/'" },
			/filter that is required/,
		],
		['an answer', { response: { value: [{ identifier: 1 }] } }, /200 of GET/],
		['a refusal', { status: 503, response: { message: 'no' } }, /503 of GET/],
		['a status', { status: 202 }, /202 of GET .* documented as 200/],
		[
			'a batch',
			{ method: 'POST', path: '/v1.0/$batch', request: { requests: [] }, response: { responses: [{}] } },
			/body of POST \/\$batch/,
		],
		[
			'the answer to a batch',
			{
				method: 'POST',
				path: '/v1.0/$batch',
				request: { requests: [{ id: '1', method: 'GET', url: '/users' }] },
				response: { responses: [{}] },
			},
			/200 of POST \/\$batch/,
		],
	])('%s that does not fit is found', (_, change, problem) => {
		const right: Exchange = {
			method: 'GET',
			path: '/v1.0/users',
			query: '?$select=id&$top=999',
			request: null,
			status: 200,
			response: { '@odata.context': 'x', value: [{ id: 'a' }] },
		}
		expect(held([right]).problems).toEqual([])
		expect(held([{ ...right, ...change }]).problems.join('\n')).toMatch(problem)
	})
})
