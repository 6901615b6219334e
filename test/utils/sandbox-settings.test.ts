import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '#app/config.server.ts'
import { startCharterkeep } from '#app/server.ts'
import { createLog } from '#app/utils/log.server.ts'

let folder: string
let organisation: Record<string, string>
let tenant: Record<string, string>
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'charterkeep-sandbox-settings-'))
	const file = (name: string) => {
		writeFileSync(join(folder, name), name)
		return join(folder, name)
	}
	organisation = {
		CHARTERKEEP_CHARTER_FILE: file('charter.yaml'),
		CHARTERKEEP_PEOPLE_FILE: file('people.yaml'),
	}
	tenant = {
		ENTRA_TENANT_ID: '00000000-0000-4000-8000-000000000001',
		ENTRA_CLIENT_ID: '00000000-0000-4000-8000-000000000002',
		ENTRA_CERTIFICATE_FILE: file('one.pem'),
	}
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const read = (environment: Record<string, string>) => readConfig(environment, folder)
const YES = { CHARTERKEEP_SANDBOX: 'yes' }

describe('without a tenant', () => {
	test.each<[string, Record<string, string>]>([
		['nothing is set', {}],
		['a database is', { DATABASE_URL: 'postgres://u@db/x', HOST: '0.0.0.0' }],
		['it is one process', { CHARTERKEEP_PROCESS: 'all' }],
		['the address is this machine', { CHARTERKEEP_ORIGIN: 'http://localhost:3000' }],
		['the address is this machine by number', { CHARTERKEEP_ORIGIN: 'http://127.0.0.1:3000' }],
	])('the sandbox stands in where %s', (_, environment) => {
		expect(read(environment)).toMatchObject({ tenant: null, sandboxRefusal: null })
	})

	test.each<[string, () => Record<string, string>, string]>([
		[
			'people reach it',
			() => ({ CHARTERKEEP_ORIGIN: 'https://access.example.gov' }),
			'https://access.example.gov',
		],
		[
			'a secret was lost',
			() => ({ ENTRA_TENANT_ID: '', ENTRA_CLIENT_ID: ' ' }),
			'ENTRA_TENANT_ID is there and blank',
		],
		['its cloud is set', () => ({ ENTRA_CLOUD: 'global' }), 'ENTRA_CLOUD is set'],
		['an organisation is its own', () => organisation, 'CHARTERKEEP_CHARTER_FILE'],
		[
			'it is one of several processes',
			() => ({ CHARTERKEEP_PROCESS: 'worker' }),
			'CHARTERKEEP_PROCESS is worker',
		],
		['it is one of several processes', () => ({ CHARTERKEEP_PROCESS: 'web' }), 'CHARTERKEEP_PROCESS is web'],
		['it must not be', () => ({ CHARTERKEEP_SANDBOX: 'no' }), 'CHARTERKEEP_SANDBOX is no'],
	])('nothing starts where %s, unless somebody says that the sandbox is meant', (_, given, says) => {
		const { sandboxRefusal } = read(given())
		expect(sandboxRefusal).toContain(says)
		expect(sandboxRefusal).toMatch(/Set ENTRA_TENANT_ID .* or CHARTERKEEP_SANDBOX=yes/)
		expect(read({ ...given(), ...YES }).sandboxRefusal).toBeNull()
	})

	test('a start is refused before anything is made', async () => {
		const data = join(folder, 'data')
		const config = read({ CHARTERKEEP_DATA_DIR: data, ENTRA_TENANT_ID: '' })
		const build = () => Promise.reject(new Error('There are no pages here.'))
		const started = startCharterkeep(config, { build, log: createLog('silent') })
		await expect(started).rejects.toThrow('Set ENTRA_TENANT_ID')
		await expect(started).rejects.toMatchObject({ name: 'StartError' })
	})
})

test('with a tenant there is no sandbox to ask for', () => {
	expect(read(tenant).sandboxRefusal).toBeNull()
	expect(
		read({ ...tenant, CHARTERKEEP_ORIGIN: 'https://access.example.gov', ...organisation }).sandboxRefusal,
	).toBeNull()
	expect(read({ ...tenant, ...YES }).sandboxRefusal).toContain(
		'CHARTERKEEP_SANDBOX is yes and a tenant is set',
	)
})
