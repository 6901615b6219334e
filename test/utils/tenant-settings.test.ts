import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '#app/config.server.ts'

const TENANT = '00000000-0000-4000-8000-000000000001'
const CLIENT = '00000000-0000-4000-8000-000000000002'
const SECOND = '00000000-0000-4000-8000-000000000003'

let folder: string
let byCertificate: Record<string, string>
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'charterkeep-settings-'))
	for (const name of ['one.pem', 'two.pem', 'token']) writeFileSync(join(folder, name), name)
	byCertificate = {
		ENTRA_TENANT_ID: TENANT,
		ENTRA_CLIENT_ID: CLIENT,
		ENTRA_CERTIFICATE_FILE: join(folder, 'one.pem'),
	}
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const read = (environment: Record<string, string>) => readConfig(environment, folder)

describe('the cloud', () => {
	test.each([
		['global', 'https://login.microsoftonline.com', 'https://graph.microsoft.com', []],
		['usgov-l4', 'https://login.microsoftonline.us', 'https://graph.microsoft.us', []],
		['usgov-l5', 'https://login.microsoftonline.us', 'https://dod-graph.microsoft.us', []],
		[
			'china',
			'https://login.chinacloudapi.cn',
			'https://microsoftgraph.chinacloudapi.cn',
			['authentication-methods'],
		],
	])('%s has its own hosts, and lacks what it lacks', (cloud, authorityHost, graphBaseUrl, lacks) => {
		expect(read({ ...byCertificate, ENTRA_CLOUD: cloud }).tenant).toMatchObject({
			cloud,
			authorityHost,
			graphBaseUrl,
			lacks,
		})
	})

	test('is the global one where nothing is said', () => {
		expect(read(byCertificate).tenant).toMatchObject({ cloud: 'global', lacks: [] })
	})

	test('is custom where a host is another, which says itself what it lacks', () => {
		const own = {
			...byCertificate,
			ENTRA_CLOUD: 'custom',
			ENTRA_AUTHORITY_HOST: 'https://login.cloud.example',
			ENTRA_GRAPH_URL: 'https://graph.cloud.example/',
			ENTRA_CLOUD_LACKS: 'conditional-access, pim-roles',
		}
		const tenant = {
			cloud: 'custom',
			authorityHost: 'https://login.cloud.example',
			graphBaseUrl: 'https://graph.cloud.example',
			lacks: ['pim-roles', 'conditional-access'],
		}
		expect(read(own).tenant).toMatchObject(tenant)
		const { ENTRA_CLOUD: _, ...unnamed } = own
		expect(read(unnamed).tenant).toMatchObject(tenant)
		expect(() => read({ ...byCertificate, ENTRA_CLOUD: 'custom' })).toThrow(/ENTRA_GRAPH_URL/)
	})

	test('without PIM for groups takes places in groups as plain membership alone', () => {
		const without = { ...byCertificate, ENTRA_CLOUD_LACKS: 'pim-groups' }
		expect(() => read(without)).toThrow(/set ENTRA_GROUPS=membership/)
		expect(read({ ...without, ENTRA_GROUPS: 'membership' }).tenant?.groups).toBe('membership')
	})

	test('decides where the Resource Manager is, and a custom one must say', () => {
		const azure = { ...byCertificate, CHARTERKEEP_LOCKBOX_AZURE: 'on' }
		expect(read({ ...azure, ENTRA_CLOUD: 'usgov-l4' }).lockbox.azure).toEqual({
			armUrl: 'https://management.usgovcloudapi.net',
		})
		const custom = {
			...azure,
			ENTRA_CLOUD: 'custom',
			ENTRA_AUTHORITY_HOST: 'https://login.cloud.example',
			ENTRA_GRAPH_URL: 'https://graph.cloud.example',
		}
		expect(() => read(custom)).toThrow(/AZURE_ARM_URL/)
	})

	test.each([
		[{ ENTRA_CLOUD: 'moon' }, /ENTRA_CLOUD must be one of global/],
		[{ ENTRA_CLOUD_LACKS: 'gravity' }, /ENTRA_CLOUD_LACKS must be some of pim-roles/],
	])('that is none is refused: %o', (environment, sentence) => {
		expect(() => read({ ...byCertificate, ...environment })).toThrow(sentence)
	})
})

describe('as whom we come', () => {
	const withoutCertificate = { ENTRA_TENANT_ID: TENANT, ENTRA_CLIENT_ID: CLIENT }

	test('is nobody: the sandbox', () => {
		expect(read({}).tenant).toBeNull()
	})

	test('is a certificate unless another is named', () => {
		expect(read(byCertificate).tenant?.identity).toEqual({
			by: 'certificate',
			clientId: CLIENT,
			certificatePem: 'one.pem',
		})
	})

	test('is the workload, by the token file of ours or of the cluster', () => {
		const workload = { ...withoutCertificate, ENTRA_CREDENTIAL: 'workload' }
		const tokenFile = join(folder, 'token')
		for (const setting of ['ENTRA_FEDERATED_TOKEN_FILE', 'AZURE_FEDERATED_TOKEN_FILE'])
			expect(read({ ...workload, [setting]: tokenFile }).tenant?.identity).toEqual({
				by: 'workload',
				clientId: CLIENT,
				tokenFile,
			})
		expect(() => read(workload)).toThrow(/ENTRA_FEDERATED_TOKEN_FILE/)
		expect(() => read({ ...workload, ENTRA_FEDERATED_TOKEN_FILE: join(folder, 'none') })).toThrow(
			/cannot be read/,
		)
	})

	test('is the managed identity of the machine, or a named one', () => {
		const managed = { ENTRA_TENANT_ID: TENANT, ENTRA_CREDENTIAL: 'managed' }
		expect(read(managed).tenant?.identity).toEqual({ by: 'managed', clientId: null })
		expect(read({ ...managed, ENTRA_CLIENT_ID: CLIENT }).tenant?.identity).toEqual({
			by: 'managed',
			clientId: CLIENT,
		})
		expect(() => read({ ENTRA_CREDENTIAL: 'managed' })).toThrow(/Set ENTRA_TENANT_ID/)
	})

	test('is one of these and not two', () => {
		expect(() => read({ ...byCertificate, ENTRA_CREDENTIAL: 'managed' })).toThrow(
			/leave ENTRA_CERTIFICATE_FILE out/,
		)
		expect(() => read(withoutCertificate)).toThrow(/ENTRA_CERTIFICATE_FILE together/)
	})
})

describe('the kill switch', () => {
	test('is a second application with a certificate of its own', () => {
		const second = {
			ENTRA_KILL_SWITCH_CLIENT_ID: SECOND,
			ENTRA_KILL_SWITCH_CERTIFICATE_FILE: join(folder, 'two.pem'),
		}
		expect(read({ ...byCertificate, ...second }).tenant?.killSwitch).toEqual({
			by: 'certificate',
			clientId: SECOND,
			certificatePem: 'two.pem',
		})
		expect(read(byCertificate).tenant?.killSwitch).toBeNull()
		expect(() => read(second)).toThrow(/no tenant is set/)
	})

	test.each([
		[() => ({ ENTRA_KILL_SWITCH_CLIENT_ID: SECOND }), /together, or neither/],
		[
			() => ({
				ENTRA_KILL_SWITCH_CLIENT_ID: CLIENT,
				ENTRA_KILL_SWITCH_CERTIFICATE_FILE: join(folder, 'two.pem'),
			}),
			/is the first application itself/,
		],
		[
			() => ({
				ENTRA_KILL_SWITCH_CLIENT_ID: SECOND,
				ENTRA_KILL_SWITCH_CERTIFICATE_FILE: join(folder, 'one.pem'),
			}),
			/make a second one/,
		],
	])('that the same trouble would stop is refused', (more, sentence) => {
		expect(() => read({ ...byCertificate, ...more() })).toThrow(sentence)
	})
})

describe('former tenants', () => {
	test('are those that were left for good, whatever the case of their ids, and never the one that is set', () => {
		const former = (ids: string) => read({ ...byCertificate, ENTRA_FORMER_TENANT_IDS: ids }).tenant
		expect(read(byCertificate).tenant).toMatchObject({ formerTenantIds: [] })
		expect(
			former('AAAAAAAA-0000-4000-8000-000000000009, bbbbbbbb-0000-4000-8000-000000000009'),
		).toMatchObject({
			formerTenantIds: ['aaaaaaaa-0000-4000-8000-000000000009', 'bbbbbbbb-0000-4000-8000-000000000009'],
		})
		expect(() => former('not an id')).toThrow(/ENTRA_FORMER_TENANT_IDS/)
		expect(() => former(TENANT)).toThrow(/left for good/)
	})
})
