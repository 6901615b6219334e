import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { API_VERSION } from '#app/integrations/lockbox/azure-arm.server.ts'
import { connectM365 } from '#app/integrations/lockbox/m365-endpoint.server.ts'
import { LockboxUnavailable } from '#app/integrations/lockbox-port.ts'
import { SANDBOX_SUBSCRIPTION } from '#app/sandbox/arm/server.ts'
import { sandboxCertificates } from '#app/sandbox/tenant/certificates.ts'
import { join } from 'node:path'
import { sharedJson } from '#test/vectors.ts'
import { createTestApp, type TestApp } from './test-app.ts'

/** The package is CommonJS, so its function is the default of the default. */
const addFormats = (formats as unknown as { default: (ajv: Ajv2020) => void }).default
type Schema = { $ref: string }
type Operation = {
	requestBody?: { content: Record<string, { schema: Schema }> }
	responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}
type Slice = { paths: Record<string, Record<string, Operation>>; components: { schemas: object } }
const slice = sharedJson<Slice>('contracts/lockbox.openapi.json')
const SCOPE = `/subscriptions/${SANDBOX_SUBSCRIPTION}`

let app: TestApp
beforeAll(async () => {
	app = await createTestApp()
})
afterAll(() => app.stop())
const azure = () => {
	const port = app.deps.lockbox.azure
	if (port === null) throw new Error('The sandbox has an interface.')
	return port
}

/** Everything that the adapter does, in success and in refusal. */
async function exercise() {
	const ids = Array.from({ length: 120 }, () => app.arm.ask())
	const [approved = '', denied = '', gone = ''] = ids
	expect((await azure().list(SCOPE)).requests).toHaveLength(120)
	expect(await azure().read(SCOPE, approved)).toMatchObject({ seen: 'pending' })
	expect(await azure().read(SCOPE, 'nothing')).toBeNull()
	expect(await azure().answer(SCOPE, approved, { verdict: 'approve', reason: 'x' })).toEqual({
		kind: 'accepted',
	})
	expect(await azure().answer(SCOPE, approved, { verdict: 'approve', reason: 'x' })).toEqual({
		kind: 'moved',
		status: 'Approved',
	})
	expect(await azure().answer(SCOPE, denied, { verdict: 'deny', reason: 'y' })).toEqual({ kind: 'accepted' })
	expect(await azure().read(SCOPE, denied)).toMatchObject({ seen: 'denied' })
	app.arm.set(gone, 'Expired')
	expect(await azure().answer(SCOPE, gone, { verdict: 'approve', reason: '' })).toEqual({
		kind: 'moved',
		status: 'Expired',
	})
	expect(await azure().answer(SCOPE, 'nothing', { verdict: 'deny', reason: '' })).toMatchObject({
		kind: 'refused',
		code: 'ResourceNotFound',
	})
	await expect(azure().list('/subscriptions/11111111-1111-1111-1111-111111111111')).rejects.toBeInstanceOf(
		LockboxUnavailable,
	)
	return app.arm.exchanges()
}

describe('Azure', () => {
	test.skipIf(slice === null)(
		'every request of the adapter and every answer of the sandbox fits the published interface',
		async () => {
			const exchanges = await exercise()
			expect(new Set(exchanges.map(({ status }) => status))).toEqual(new Set([200, 404, 409]))
			const ajv = new Ajv2020({ strict: false, allErrors: true })
			addFormats(ajv)
			ajv.addSchema({ $id: 'slice', components: slice?.components })
			const problems: string[] = []
			let checked = 0
			const check = (what: string, schema: Schema | undefined, value: unknown) => {
				if (!schema) return
				checked += 1
				const validate = ajv.compile({ $ref: `slice${schema.$ref}` })
				if (!validate(value)) problems.push(`${what}: ${ajv.errorsText(validate.errors)}`)
			}
			for (const { method, path, query, status, request, response } of exchanges) {
				expect(new URLSearchParams(query).get('api-version')).toBe(API_VERSION)
				const template = Object.keys(slice?.paths ?? {}).find((each) =>
					new RegExp(`^${each.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(path),
				)
				const operation = slice?.paths[template ?? '']?.[method.toLowerCase()]
				if (!operation) {
					problems.push(`${method} ${path} is not in the interface`)
					continue
				}
				check(`${method} ${path}`, operation.requestBody?.content['application/json']?.schema, request)
				const answer = operation.responses[status === 200 ? '200' : 'default']
				check(`${status} of ${method} ${path}`, answer?.content?.['application/json']?.schema, response)
				if (method === 'POST') expect(Object.keys(request as object).sort()).toEqual(['reason', 'status'])
			}
			expect(problems).toEqual([])
			expect(checked).toBeGreaterThan(10)
		},
	)

	test('is asked at the host that is configured and nowhere else, whatever a link says', async () => {
		const token = app.tenant.checkToken('Bearer x.y.z', app.arm.origin)
		expect(token).toBeNull()
		app.arm.faults.next('GET', /requests$/, { kind: 'html', status: 200 })
		await expect(azure().list(SCOPE)).rejects.toMatchObject({ trouble: 'unreadable' })
		app.arm.faults.next('GET', /requests$/, { kind: 'status', status: 403, when: 'before' })
		await expect(azure().list(SCOPE)).rejects.toMatchObject({ trouble: 'forbidden' })
		for (const [status, outcome] of [
			[500, 'unknown'],
			[429, 'later'],
			[410, 'moved'],
			[403, 'refused'],
		] as const) {
			app.arm.faults.next('POST', /updateApproval$/, { kind: 'status', status, when: 'before' })
			const answer = azure().answer(SCOPE, 'x', { verdict: 'approve', reason: '' })
			expect((await answer).kind, String(status)).toBe(outcome)
		}
		app.arm.faults.next('POST', /updateApproval$/, { kind: 'drop', when: 'after' })
		expect(await azure().answer(SCOPE, 'x', { verdict: 'approve', reason: '' })).toMatchObject({
			kind: 'unknown',
		})
	})
})

describe('Microsoft 365 through a PowerShell of our own', () => {
	let server: Server
	let said: { command: string; authorization: string | undefined }[] = []
	let answer: { status: number; body: unknown } = { status: 200, body: { output: '' } }
	const row = { RequestId: 'EXSR7', ApprovalStatus: 'Pending', CreatedDate: '2026-11-29T09:00:00Z' }

	beforeAll(async () => {
		const certificates = await sandboxCertificates(join(app.folder, 'sandbox'), app.clock.now())
		server = createServer(certificates.server, (request, response) => {
			const chunks: Buffer[] = []
			request.on('data', (chunk: Buffer) => chunks.push(chunk))
			request.on('end', () => {
				const { command } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { command: string }
				said.push({ command, authorization: request.headers.authorization })
				response
					.writeHead(answer.status, { 'content-type': 'application/json' })
					.end(JSON.stringify(answer.body))
			})
		})
		await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
	})
	afterAll(async () => {
		server.closeAllConnections()
		await new Promise((done) => server.close(done))
	})
	const port = () =>
		connectM365(
			{
				url: `https://localhost:${(server.address() as AddressInfo).port}/run`,
				token: 'secret',
				caPem: app.connection.caPem,
				timeoutMs: 2000,
			},
			() => new Date('2026-11-29T10:00:00Z'),
		)

	test('runs the very commands that a person would paste, and reads what they print', async () => {
		said = []
		answer = { status: 200, body: { output: JSON.stringify(row) } }
		expect((await port().list('tenant')).requests).toMatchObject([{ providerRequestId: 'EXSR7' }])
		expect(await port().read('tenant', 'EXSR7')).toMatchObject({ seen: 'pending' })
		expect(await port().read('tenant', 'EXSR8')).toBeNull()
		const order = { verdict: 'approve' as const, reason: "it's needed" }
		expect(await port().answer('tenant', 'EXSR7', order)).toEqual({ kind: 'accepted' })
		expect(said.map(({ command }) => command)).toEqual([
			'Get-AccessToCustomerDataRequest | ConvertTo-Json -Depth 4',
			"Get-AccessToCustomerDataRequest -RequestId 'EXSR7' | ConvertTo-Json -Depth 4",
			"Get-AccessToCustomerDataRequest -RequestId 'EXSR8' | ConvertTo-Json -Depth 4",
			"Set-AccessToCustomerDataRequest -ApprovalDecision Approve -RequestId 'EXSR7' -Comment 'it''s needed'",
		])
		expect(said.every(({ authorization }) => authorization === 'Bearer secret')).toBe(true)
		answer = { status: 200, body: { output: '' } }
		expect((await port().list('tenant')).requests).toEqual([])
	})

	test('never takes a failure for an answer', async () => {
		const order = { verdict: 'deny' as const, reason: 'x' }
		for (const [given, kind, trouble] of [
			[{ status: 200, body: { error: 'It broke' } }, 'unknown', 'unreadable'],
			[{ status: 500, body: {} }, 'unknown', 'unreachable'],
			[{ status: 403, body: {} }, 'refused', 'forbidden'],
			[{ status: 200, body: 'no' }, 'unknown', 'unreachable'],
		] as const) {
			answer = given
			expect((await port().answer('tenant', 'EXSR7', order)).kind).toBe(kind)
			await expect(port().list('tenant')).rejects.toMatchObject({ trouble })
		}
	})
})
