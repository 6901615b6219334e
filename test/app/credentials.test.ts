import { generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { claimsOf } from '#app/integrations/graph/authenticate.server.ts'
import type { TenantConnection } from '#app/integrations/graph/client.server.ts'
import { connectTenant } from '#app/integrations/graph/connect-tenant.server.ts'
import { openTokens } from '#app/integrations/graph/credentials.server.ts'
import { SANDBOX_CLIENT_ID, startSandboxTenant } from '#app/sandbox/tenant/server.ts'
import { createShiftableClock } from '#test/fakes/clock.ts'

const USER = '071cc716-8147-4397-a5ba-b2105951cc0b'
const ROLE = 'fdd7a751-b60b-444a-984c-02652fe8fa1c'
const HOUR = 3_600_000

let folder: string
let undo: (() => Promise<void> | void)[]
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'charterkeep-credentials-'))
	undo = []
})
afterEach(async () => {
	for (const step of undo.reverse()) await step()
	rmSync(folder, { recursive: true, force: true })
})

async function start(changed: Partial<TenantConnection> = {}) {
	const clock = createShiftableClock()
	const tenant = await startSandboxTenant({
		directory: folder,
		users: [{ id: USER, displayName: 'A', userPrincipalName: 'a@btr.example', accountEnabled: true }],
		roles: [{ id: ROLE, displayName: 'R' }],
		now: clock.now,
	})
	undo.push(() => tenant.stop())
	const connection: TenantConnection = {
		...tenant.connection,
		kind: 'sandbox',
		name: '',
		timeoutMs: 2000,
		groups: 'pim',
		...changed,
	}
	const { grants, directory } = connectTenant(connection, randomUUID)
	const target = {
		grantId: randomUUID(),
		principalId: USER,
		place: { kind: 'role' as const, roleDefinitionId: ROLE, directoryScopeId: '/' },
	}
	const order = { ...target, endsAt: new Date(clock.now().getTime() + HOUR), justification: 'CHG-1' }
	const writes = () => tenant.exchanges().filter(({ method }) => method === 'POST')
	return { clock, tenant, connection, grants, directory, target, order, writes }
}

describe('a certificate', () => {
	test('gives a token over TLS, and the permissions stand in it', async () => {
		const { connection } = await start()
		const token = await openTokens(connection, connection.identity, true).tokenFor(
			`${connection.graphBaseUrl}/.default`,
		)
		const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object
		expect(claims).toMatchObject({ appid: SANDBOX_CLIENT_ID, xms_cc: ['cp1'] })
		expect(claims).toHaveProperty('roles', expect.arrayContaining(['User.Read.All']))
	})

	test.each([
		['taken off the application', 'revokeCertificate', 'CredentialRefused'],
		['that has expired', 'expireCertificate', 'CredentialRefused'],
		['of an application that was deleted', 'deleteApplication', 'ApplicationNotFound'],
	] as const)('%s is a clear "later": nothing is sent', async (_, act, code) => {
		const { tenant, grants, target, order, directory, writes } = await start()
		tenant.applications[act](SANDBOX_CLIENT_ID)
		expect(await grants.assign(order)).toMatchObject({ kind: 'later', code })
		await expect(grants.read(target)).rejects.toThrow(code)
		await expect(directory.changes(null)).rejects.toMatchObject({ trouble: 'unavailable', code })
		expect(writes()).toEqual([])
		tenant.applications.restore(SANDBOX_CLIENT_ID)
		expect(await grants.assign(order)).toMatchObject({ kind: 'accepted' })
	})
})

test('a tenant that does not exist is a clear "later" with the reason in words, and other tenants go on', async () => {
	const right = await start()
	const { grants, directory } = connectTenant(
		{ ...right.connection, tenantId: '00000000-0000-4000-8000-00000000beef' },
		randomUUID,
	)
	expect(await grants.assign(right.order)).toMatchObject({ kind: 'later', code: 'ApplicationNotFound' })
	await expect(directory.changes(null)).rejects.toMatchObject({ code: 'ApplicationNotFound' })
	expect(right.writes()).toEqual([])
	expect(await right.grants.assign(right.order)).toMatchObject({ kind: 'accepted' })
})

describe('the token of a workload', () => {
	const ISSUER = 'https://oidc.cluster.example'
	const SUBJECT = 'system:serviceaccount:access:charterkeep'
	const AUDIENCE = 'api://AzureADTokenExchange'

	function tokenOf(key: KeyObject, claims: object): string {
		const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
		const text = `${encode({ alg: 'RS256', typ: 'JWT', kid: 'k1' })}.${encode(claims)}`
		return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
	}

	async function startWorkload(change: object = {}, signedBy?: KeyObject) {
		const tokenFile = join(folder, 'token')
		const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
		const started = await start({ identity: { by: 'workload', clientId: SANDBOX_CLIENT_ID, tokenFile } })
		started.tenant.applications.federate({
			issuer: ISSUER,
			subject: SUBJECT,
			audience: AUDIENCE,
			keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1' }],
		})
		const exp = Math.floor(Date.now() / 1000) + 3600
		const claims = { iss: ISSUER, sub: SUBJECT, aud: [AUDIENCE], exp, ...change }
		writeFileSync(tokenFile, tokenOf(signedBy ?? privateKey, claims))
		return started
	}

	test('stands for the application that trusts its issuer', async () => {
		const { grants, order } = await startWorkload()
		expect(await grants.assign(order)).toMatchObject({ kind: 'accepted' })
	})

	test.each([
		['another issuer', { iss: 'https://other.example' }],
		['another subject', { sub: 'system:serviceaccount:access:other' }],
		['another audience', { aud: ['https://other.example'] }],
		['a time that is over', { exp: Math.floor(Date.now() / 1000) - 3600 }],
	])('of %s is refused, and nothing is sent', async (_, change) => {
		const { grants, order, writes } = await startWorkload(change)
		expect(await grants.assign(order)).toMatchObject({ kind: 'later', code: 'CredentialRefused' })
		expect(writes()).toEqual([])
	})

	test('that the issuer did not sign is refused', async () => {
		const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
		const { grants, order } = await startWorkload({}, privateKey)
		expect(await grants.assign(order)).toMatchObject({ kind: 'later', code: 'CredentialRefused' })
	})

	test('answers a challenge too', async () => {
		const { tenant, grants, order, writes } = await startWorkload()
		tenant.reevaluation.challenge()
		expect(await grants.assign(order)).toMatchObject({ kind: 'accepted' })
		expect(writes().map(({ status }) => status)).toEqual([401, 201])
	})
})

describe('a managed identity', () => {
	test('asks the metadata service of the machine, for the named identity, and answers no challenge', async () => {
		const asked: URL[] = []
		const service = createServer((request, response) => {
			asked.push(new URL(request.url ?? '', 'http://metadata'))
			response.writeHead(200, { 'content-type': 'application/json' }).end(
				JSON.stringify({
					access_token: 'of-the-machine',
					expires_in: '3600',
					token_type: 'Bearer',
					resource: 'r',
				}),
			)
		})
		await new Promise<void>((done) => service.listen(0, '127.0.0.1', done))
		undo.push(() => void service.close())
		process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
		undo.push(() => void delete process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST)
		const tokens = openTokens(
			{
				authorityHost: 'https://login.cloud.example',
				tenantId: randomUUID(),
				cloud: 'custom',
				caPem: null,
				timeoutMs: 5000,
			},
			{ by: 'managed', clientId: SANDBOX_CLIENT_ID },
			true,
		)
		expect(await tokens.tokenFor('https://graph.cloud.example/.default')).toBe('of-the-machine')
		expect(tokens.answersClaims).toBe(false)
		const [last] = asked.reverse()
		expect(last?.searchParams.get('resource')).toBe('https://graph.cloud.example')
		expect(last?.searchParams.get('client_id')).toBe(SANDBOX_CLIENT_ID)
	})

	test('is not waited for for ever', async () => {
		const service = createServer(() => undefined)
		await new Promise<void>((done) => service.listen(0, '127.0.0.1', done))
		undo.push(() => {
			service.closeAllConnections()
			service.close()
		})
		process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
		undo.push(() => void delete process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST)
		const tokens = openTokens(
			{
				authorityHost: 'https://login.cloud.example',
				tenantId: randomUUID(),
				cloud: 'custom',
				caPem: null,
				timeoutMs: 300,
			},
			{ by: 'managed', clientId: null },
			true,
		)
		await expect(tokens.tokenFor('https://graph.cloud.example/.default')).rejects.toMatchObject({
			name: 'NoTokenError',
			code: 'NoToken',
		})
	})
})

describe('an authority that takes a call and never answers', () => {
	test.each([
		['tokens', 'POST', /\/oauth2\/v2\.0\/token$/],
		['its description', 'GET', /openid-configuration$/],
	] as const)(
		'is no token after the time of a call, for %s, and its connection is closed',
		async (_, method, path) => {
			const { tenant, grants, order, target, writes } = await start({ timeoutMs: 500 })
			let open = 0
			tenant.onConnection((socket) => {
				open += 1
				socket.once('close', () => (open -= 1))
			})
			tenant.authorityFaults.stand('away', { method: /./, path, fault: { kind: 'hang', when: 'before' } })
			expect(await grants.assign(order)).toMatchObject({ kind: 'later', code: 'NoToken' })
			await expect(grants.read(target)).rejects.toThrow('NoToken')
			expect(writes()).toEqual([])
			await expect.poll(() => open).toBe(0)
			tenant.authorityFaults.lift('away')
			expect(await grants.assign(order), method).toMatchObject({ kind: 'accepted' })
		},
	)
})

describe('a tenant that wants the access judged anew', () => {
	test('is answered once with a token for its claims: one assignment is made', async () => {
		const { tenant, clock, grants, order, target, writes } = await start()
		await grants.read(target)
		tenant.reevaluation.challenge()
		expect(await grants.assign(order)).toMatchObject({ kind: 'accepted' })
		expect(writes().map(({ status }) => status)).toEqual([401, 201])
		clock.advance(5000)
		expect(tenant.instances()).toHaveLength(1)
		// The new token serves from here on.
		const before = tenant.exchanges().length
		expect((await grants.read(target)).activeIsOurs).toBe(true)
		expect(
			tenant
				.exchanges()
				.slice(before)
				.map(({ status }) => status),
		).toEqual([200, 200])
	})

	test('twice is "later", and nothing was done', async () => {
		const { tenant, clock, grants, order, target, writes } = await start()
		tenant.reevaluation.refuseAll()
		expect(await grants.assign(order)).toMatchObject({ kind: 'later', code: 'AccessReevaluated' })
		expect(writes().map(({ status }) => status)).toEqual([401, 401])
		await expect(grants.read(target)).rejects.toThrow('AccessReevaluated')
		tenant.reevaluation.stop()
		clock.advance(5000)
		expect((await grants.read(target)).active).toBeNull()
	})

	test('while the certificate is refused is "later" with that reason', async () => {
		const { tenant, grants, order, target } = await start()
		await grants.read(target)
		tenant.applications.revokeCertificate(SANDBOX_CLIENT_ID)
		tenant.reevaluation.challenge()
		expect(await grants.assign(order)).toMatchObject({ kind: 'later', code: 'CredentialRefused' })
	})

	test.each([
		['another status', 403, 'Bearer error="insufficient_claims", claims="e30="', null],
		['another error', 401, 'Bearer error="invalid_token", claims="e30="', null],
		['no claims', 401, 'Bearer error="insufficient_claims"', null],
		['claims that are none', 401, 'Bearer error="insufficient_claims", claims="bm9uZQ=="', null],
		['claims', 401, 'Bearer realm="", error="insufficient_claims", claims="e30="', '{}'],
	])('is heard in its words alone: %s', (_, status, challenge, claims) => {
		const answer = new Response(null, { status, headers: { 'www-authenticate': challenge } })
		expect(claimsOf(answer)).toBe(claims)
	})
})

describe('a cloud that lacks something', () => {
	test('has nobody asked for authentication methods, and nothing passes for none', async () => {
		const { tenant, directory } = await start({ lacks: ['authentication-methods'] })
		await expect(directory.methods(USER)).rejects.toMatchObject({ trouble: 'unsupported' })
		expect(tenant.exchanges()).toEqual([])
	})

	test('without PIM refuses a directory role with that reason, and does not call it ended', async () => {
		const { tenant, grants, directory, order, target } = await start({ lacks: ['pim-roles'] })
		expect(await grants.assign(order)).toMatchObject({ kind: 'refused', code: 'NoPimForRoles' })
		await expect(grants.read(target)).rejects.toThrow('no Privileged Identity Management')
		await expect(directory.roleHolders(ROLE)).rejects.toMatchObject({ trouble: 'unsupported' })
		expect(tenant.exchanges()).toEqual([])
	})
})
