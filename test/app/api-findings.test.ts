import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { syncTenantUsers } from '#app/services/tenant/sync-users.server.ts'
import { lookTwice, allFindings, carryOut, sign } from './findings-acts.ts'
import { apiOf, tokenFor } from './api-client.ts'
import { createTestApp, type TestApp } from './test-app.ts'

const MINUTE = 60_000
const USER_ADMINISTRATOR = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const SECURITY_READER = '5d6b6bb7-de71-4623-b4af-96380a352509'
const STRANGER = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01'
const GUEST = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a03'

let app: TestApp
let ask: ReturnType<typeof apiOf>
const officer = () => app.actor('security-officer')

/** A stranger's role that an officer has removed, and two of a guest that stand. */
beforeAll(async () => {
	app = await createTestApp({ rules: '  findings: {}\n' })
	ask = apiOf(app)
	// Who is a guest, the mirror of the tenant's users says.
	await syncTenantUsers(app.deps)
	app.tenant.assignBeside(STRANGER, USER_ADMINISTRATOR)
	app.clock.advance(6 * MINUTE)
	await lookTwice(app)
	const [{ id } = { id: '' }] = await allFindings(app)
	await sign(app, officer(), { findingIds: [id], step: 'remove', reason: 'Nobody asked for it' })
	await carryOut(app)
	app.tenant.assignBeside(GUEST, USER_ADMINISTRATOR)
	app.tenant.assignBeside(GUEST, SECURITY_READER)
	await lookTwice(app)
})
afterAll(async () => {
	await app.stop()
})

describe('findings by the API', () => {
	test('are listed newest first, page by page, by state, kind and number', async () => {
		const { token } = await tokenFor(app, app.actor('auditor'), ['findings:read'])
		const numbers = async (query: string) => {
			const { status, body } = await ask('GET', `/findings${query}`, { token })
			expect(status).toBe(200)
			return body.findings.map(({ number }) => number)
		}
		expect(await numbers('')).toEqual([3, 2, 1])
		expect(await numbers('?state=open')).toEqual([3, 2])
		expect(await numbers('?state=closed')).toEqual([1])
		expect(await numbers('?kind=guestOrServicePrincipal')).toEqual([3, 2])
		expect(await numbers('?kind=missingGrant')).toEqual([])
		expect(await numbers('?number=2')).toEqual([2])
		const first = await ask('GET', '/findings?limit=2', { token })
		const next = first.body.next?.replace('/api/v1', '') ?? ''
		expect(first.headers.get('link')).toBe(`</api/v1${next}>; rel="next"`)
		const second = await ask('GET', next, { token })
		expect([second.body.findings.map(({ number }) => number), second.body.next]).toEqual([[1], null])
		const refused = await ask('GET', '/findings?kind=rumour', { token })
		expect([refused.status, refused.body.errors?.[0]?.parameter]).toEqual([422, 'kind'])
	})

	test('one is told with its decisions, and when Entra confirmed that it is gone; never why the charter refuses its holder', async () => {
		const { token } = await tokenFor(app, officer(), ['findings:read'])
		const [row] = await allFindings(app)
		expect(row?.context.difference.reasons.length).toBeGreaterThan(0)
		const { status, body } = await ask('GET', `/findings/${row?.id ?? ''}`, { token })
		expect(status).toBe(200)
		expect(body).toMatchObject({
			number: 1,
			state: 'removed',
			holder: { objectId: STRANGER, kind: 'user' },
			place: { name: 'User Administrator', where: 'tenant' },
			closedAt: row?.removedAt?.toISOString(),
			removal: { orderedBy: 'decision' },
			decisions: [{ step: 'remove', reason: 'Nobody asked for it' }],
			weakened: [],
		})
		for (const reason of row?.context.difference.reasons ?? [])
			expect(JSON.stringify(body)).not.toContain(`"${reason}"`)
		expect((await ask('GET', `/findings/${app.deps.newId()}`, { token })).status).toBe(404)
	})

	test('are for people who may see findings, whatever scope their token has', async () => {
		const { token } = await tokenFor(app, app.actor('operator'), ['findings:read'])
		const refused = await ask('GET', '/findings', { token })
		expect([refused.status, refused.body.code]).toEqual([403, 'FORBIDDEN'])
		const { token: other } = await tokenFor(app, officer(), ['requests:read', 'grants:read'])
		expect((await ask('GET', '/findings', { token: other })).body.code).toBe('SCOPE_MISSING')
	})
})
