import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { charterkeep } from '#app/commands/access/commands.ts'
import { SANDBOX_CLIENT_ID, SANDBOX_KILL_SWITCH_ID } from '#app/sandbox/tenant/server.ts'
import { sampleTexts } from '#app/sandbox/load-organisation.ts'
import { GROUP_BESIDE } from '#app/sandbox/start-sandbox.ts'
import type { Prober } from '#app/integrations/graph/probe.server.ts'
import { checkTenant } from '#app/services/tenant-check/check-tenant.server.ts'
import type { Finding } from '#app/services/tenant-check/finding.ts'
import { judgePolicy } from '#app/services/tenant-check/role-policy.ts'
import { runHere } from '#test/app/run-command.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

/** The directory role of `user-administrator` in the sample charter. */
const USER_ADMINISTRATOR = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const ALL = [
	'RoleAssignmentSchedule.ReadWrite.Directory',
	'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
	'User.Read.All',
	'User.RevokeSessions.All',
	'UserAuthenticationMethod.Read.All',
	'RoleEligibilitySchedule.Read.Directory',
	'RoleManagementPolicy.Read.Directory',
	'RoleManagementPolicy.Read.AzureADGroup',
	'RoleManagement.Read.Directory',
	'GroupMember.Read.All',
	'Application.Read.All',
	'PrivilegedEligibilitySchedule.Read.AzureADGroup',
	'Policy.Read.All',
	'AuditLog.Read.All',
	'UserAuthMethod-Passkey.Read.All',
	'RoleEligibilitySchedule.Remove.Directory',
	'PrivilegedEligibilitySchedule.Remove.AzureADGroup',
]

let app: TestApp
beforeEach(async () => {
	app = await createTestApp()
	app.tenant.grantOnly(ALL)
})
afterEach(() => app.stop())

/** The command as somebody runs it, against the sandbox as the tenant of a custom cloud. */
async function check(
	more: Record<string, string> = {},
	hasKillSwitch = true,
	changed = (yaml: string) => yaml,
) {
	const fileOf = (name: string, text: string) => {
		const file = join(app.folder, name)
		writeFileSync(file, text)
		return file
	}
	const { tenantId, identity, caPem, authorityHost, graphBaseUrl } = app.tenant.connection
	const env = {
		ENTRA_CLOUD: 'custom',
		ENTRA_AUTHORITY_HOST: authorityHost,
		ENTRA_GRAPH_URL: graphBaseUrl,
		ENTRA_TENANT_ID: tenantId,
		ENTRA_CLIENT_ID: identity.clientId,
		ENTRA_CERTIFICATE_FILE: fileOf('first.pem', identity.certificatePem),
		ENTRA_CA_FILE: fileOf('ca.pem', caPem),
		...(hasKillSwitch
			? {
					ENTRA_KILL_SWITCH_CLIENT_ID: SANDBOX_KILL_SWITCH_ID,
					ENTRA_KILL_SWITCH_CERTIFICATE_FILE: fileOf('second.pem', app.tenant.killSwitch.certificatePem),
				}
			: {}),
		...more,
	}
	const charter = fileOf('charter.yaml', changed(sampleTexts().charterYaml))
	const ran = await runHere(charterkeep, ['tenant', 'check', '--json', '--charter', charter], { env })
	const { findings } = JSON.parse(ran.stdout) as { findings: Finding[] }
	return {
		code: ran.code,
		findings,
		of: (about: string) => findings.filter((each) => each.about === about),
		bad: findings.filter(({ level }) => level !== 'ok'),
	}
}

test('a tenant that gives all that is needed has nothing to mend, and nothing in it is changed', async () => {
	const { code, bad, findings } = await check()
	expect(bad).toEqual([])
	expect(code).toBe(0)
	expect(findings.map(({ about }) => about)).toEqual(expect.arrayContaining([...ALL, 'licence', 'clock']))
	expect(app.tenant.requests()).toEqual([])
	expect(app.tenant.sessionsRevoked()).toEqual({})
})

/** What is lost with each; `null` where another one that is needed anyway holds it. */
const WITHOUT: Readonly<Record<string, 'error' | 'warning' | null>> = {
	'RoleAssignmentSchedule.ReadWrite.Directory': 'error',
	'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup': 'error',
	'User.Read.All': 'error',
	'User.RevokeSessions.All': 'error',
	'UserAuthenticationMethod.Read.All': 'warning',
	'RoleEligibilitySchedule.Read.Directory': null,
	'RoleManagementPolicy.Read.Directory': 'warning',
	'RoleManagementPolicy.Read.AzureADGroup': 'warning',
	'RoleManagement.Read.Directory': 'warning',
	'GroupMember.Read.All': 'warning',
	'Application.Read.All': 'warning',
	'PrivilegedEligibilitySchedule.Read.AzureADGroup': 'warning',
	'Policy.Read.All': 'warning',
	'AuditLog.Read.All': 'warning',
	'UserAuthMethod-Passkey.Read.All': null,
	'RoleEligibilitySchedule.Remove.Directory': 'warning',
	'PrivilegedEligibilitySchedule.Remove.AzureADGroup': 'warning',
}

test.each(ALL)('%s that is not granted is to be mended by the tenant administrator', async (lost) => {
	app.tenant.grantOnly(ALL.filter((each) => each !== lost))
	const { code, of } = await check()
	const level = WITHOUT[lost]
	expect(code).toBe(level === 'error' ? 1 : 0)
	expect(of(lost)).toMatchObject([
		level === null ? { level: 'ok' } : { level, mender: 'tenant administrator' },
	])
})

test('a permission that holds a needed one as well is needed only while that one is missing', async () => {
	const wide = 'RoleManagement.ReadWrite.Directory'
	app.tenant.grantOnly([...ALL, wide])
	const both = await check()
	expect(both.bad).toMatchObject([
		{
			about: wide,
			level: 'warning',
			sentence: expect.stringMatching(/Not needed by the application/) as string,
		},
	])
	const lost = 'RoleManagement.Read.Directory'
	app.tenant.grantOnly([...ALL.filter((each) => each !== lost), wide])
	const wider = await check()
	expect(wider.bad).toMatchObject([
		{ about: lost, level: 'warning', sentence: expect.stringMatching(/allows more/) as string },
	])
})

test('what Charterkeep can do without, and what it does not need, is a warning', async () => {
	const lost = 'UserAuthenticationMethod.Read.All'
	app.tenant.grantOnly([...ALL.filter((each) => each !== lost), 'Mail.ReadWrite'])
	const { code, bad } = await check({}, false)
	expect(code).toBe(0)
	expect(bad.map(({ about, level }) => [about, level])).toEqual([
		[lost, 'warning'],
		['Mail.ReadWrite', 'warning'],
		['kill switch', 'warning'],
	])
})

describe('the kill switch', () => {
	test('that cannot remove is to be mended, and one that can do more is a warning', async () => {
		app.tenant.grantOnly(['RoleAssignmentSchedule.ReadWrite.Directory'], SANDBOX_KILL_SWITCH_ID)
		const { code, of } = await check()
		expect(code).toBe(1)
		expect(of('RoleAssignmentSchedule.Remove.Directory')).toMatchObject([{ level: 'warning' }])
		expect(of('PrivilegedAssignmentSchedule.Remove.AzureADGroup')).toMatchObject([{ level: 'error' }])
	})

	test('that holds what only removes and what gives as well is told to lay the second down', async () => {
		const removing = [
			'RoleAssignmentSchedule.Remove.Directory',
			'PrivilegedAssignmentSchedule.Remove.AzureADGroup',
		]
		const giving = removing.map((one) => one.replace('.Remove.', '.ReadWrite.'))
		app.tenant.grantOnly([...removing, ...giving], SANDBOX_KILL_SWITCH_ID)
		const { bad } = await check()
		expect(bad.map(({ about, level }) => [about, level])).toEqual(giving.map((one) => [one, 'warning']))
		expect(bad.every(({ sentence }) => sentence === 'Not needed by the kill switch: take it away.')).toBe(
			true,
		)
	})
})

test.each([
	['revokeCertificate', /refuses what the application shows/],
	['deleteApplication', /knows no such application/],
] as const)('after %s the token alone is told of', async (act, sentence) => {
	app.tenant.applications[act](SANDBOX_CLIENT_ID)
	const { code, findings } = await check()
	expect(code).toBe(1)
	expect(findings).toHaveLength(1)
	expect(findings[0]?.sentence).toMatch(sentence)
})

test('a tenant without the licence is told what to buy', async () => {
	app.tenant.license(false)
	const { code, of } = await check()
	expect(code).toBe(1)
	expect(of('licence').some(({ level, sentence }) => level === 'error' && sentence.includes('P2'))).toBe(true)
})

test('a policy that is shorter than the charter, or asks for what an application cannot give, is told by role', async () => {
	app.tenant.policies.set(USER_ADMINISTRATOR, {
		maximumDuration: 'PT30M',
		enabledRules: ['MultiFactorAuthentication'],
	})
	const { code, of } = await check()
	expect(code).toBe(1)
	expect(of('role user-administrator').map(({ mender }) => mender)).toEqual([
		'charter owner',
		'tenant administrator',
	])
})

test('a place that cannot be given is told by role, with who mends it, before anybody sends anything', async () => {
	app.tenant.deletePlace(USER_ADMINISTRATOR)
	const { code, of } = await check()
	expect(code).toBe(1)
	expect(of('role user-administrator')).toEqual([
		{
			about: 'role user-administrator',
			level: 'error',
			sentence: `Entra ID has no directory role with the template id ${USER_ADMINISTRATOR}. Correct roleTemplateId of the role in the charter. A charter owner corrects the text.`,
			mender: 'charter owner',
		},
	])
	expect(of('role helpdesk-administrator')).toMatchObject([{ level: 'ok' }])
})

describe('a role in an administrative unit', () => {
	const UNIT = '22222222-2222-4222-8222-222222222222'
	const inUnit = (yaml: string) =>
		yaml.replace(
			'name: Helpdesk Administrator, scope: /',
			`name: Helpdesk Administrator, scope: /administrativeUnits/${UNIT}`,
		)

	test('takes the permission to see whether it is there; without, that is not known, and nothing is called missing', async () => {
		const { code, of } = await check({}, true, inUnit)
		expect(of('Directory.Read.All')).toMatchObject([{ level: 'warning', mender: 'tenant administrator' }])
		const [told] = of('role helpdesk-administrator')
		expect(told).toMatchObject({ level: 'warning', mender: 'tenant administrator' })
		expect(told?.sentence).toMatch(
			/unit is not known: Charterkeep may not read it.*Authorization_RequestDenied/,
		)
		expect(code).toBe(0)
	})

	test('that is gone is to be corrected in the charter', async () => {
		app.tenant.grantOnly([...ALL, 'Directory.Read.All'])
		expect((await check({}, true, inUnit)).bad).toEqual([])
		app.tenant.deletePlace(`/administrativeUnits/${UNIT}`)
		const { code, of } = await check({}, true, inUnit)
		expect(code).toBe(1)
		expect(of('role helpdesk-administrator')).toMatchObject([{ level: 'error', mender: 'charter owner' }])
	})
})

describe('places in groups as plain membership', () => {
	const members = 'GroupMember.ReadWrite.All'
	const owners = 'Group.ReadWrite.All'
	const roles = 'RoleManagement.ReadWrite.Directory'
	const OF_PIM = /^PrivilegedAssignment|^RoleManagementPolicy.*Group$/
	const first = ALL.filter((each) => !OF_PIM.test(each))
	const second = ['RoleAssignmentSchedule.Remove.Directory']
	const membership = { ENTRA_GROUPS: 'membership' }
	const as = (relation: 'member' | 'owner') => (yaml: string) =>
		yaml.replace(
			/entra: \{ roleTemplateId: fe930be7[^}]*\}/,
			`entra: { groupId: ${GROUP_BESIDE.id}, relation: ${relation}, name: Account clerks }`,
		)
	const grant = (...more: string[]) => {
		app.tenant.grantOnly([...first, ...more])
		app.tenant.grantOnly([...second, ...more], SANDBOX_KILL_SWITCH_ID)
	}
	const told = ({ bad }: Awaited<ReturnType<typeof check>>) => bad.map(({ about, level }) => [about, level])

	test('of members takes the one permission, of either application', async () => {
		grant(members)
		expect(told(await check(membership, true, as('member')))).toEqual([])
		grant()
		expect(told(await check(membership, true, as('member')))).toEqual([
			[members, 'error'],
			[members, 'error'],
		])
	})

	test('of owners takes another one, which is not called too much, and without which nobody is made an owner', async () => {
		grant(members)
		const without = await check(membership, true, as('owner'))
		expect(without.code).toBe(1)
		expect(told(without)).toEqual([
			[owners, 'error'],
			[owners, 'error'],
		])
		for (const enough of [[owners], [members, owners]]) {
			grant(...enough)
			expect(told(await check(membership, true, as('owner'))), enough.join()).toEqual([])
		}
		grant(owners)
		expect(told(await check(membership, true, as('member')))).toEqual([
			[members, 'warning'],
			[members, 'warning'],
		])
	})

	test('in a group that may hold directory roles takes the management of roles besides, and in another does not', async () => {
		grant(members, roles)
		expect(told(await check(membership, true, as('member')))).toEqual([
			[roles, 'warning'],
			[roles, 'warning'],
		])
		app.tenant.groups.put({ ...GROUP_BESIDE, isAssignableToRole: true })
		expect(told(await check(membership, true, as('member')))).toEqual([])
		grant(members)
		expect(told(await check(membership, true, as('member')))).toEqual([
			[roles, 'error'],
			[roles, 'error'],
		])
	})

	test('in a group that could not be looked at takes nobody that permission away', async () => {
		grant(members, roles)
		const path = new RegExp(`^/v1\\.0/groups/${GROUP_BESIDE.id}$`)
		app.tenant.faults.stand('away', {
			method: /GET/,
			path,
			fault: { kind: 'status', status: 503, when: 'before' },
		})
		const { findings } = await check(membership, true, as('member'))
		expect(findings.filter(({ about }) => about === roles)).toEqual([])
	})
})

test('a cloud without PIM for roles has the charter owner make them places in groups', async () => {
	const { of } = await check({ ENTRA_CLOUD_LACKS: 'pim-roles' })
	expect(of('pim-roles')).toMatchObject([{ level: 'warning' }])
	expect(of('role user-administrator')).toMatchObject([{ level: 'error', mender: 'charter owner' }])
	expect(of('RoleAssignmentSchedule.ReadWrite.Directory')).toMatchObject([
		{ level: 'warning', sentence: 'Not needed by the application: take it away.' },
	])
})

test('without a tenant there is nothing to check', async () => {
	const ran = await runHere(charterkeep, ['tenant', 'check'], { env: {} })
	expect(ran.code).toBe(2)
	expect(ran.stderr).toMatch(/No tenant is set/)
})

test.each([
	[1, 'ok'],
	[-121, 'warning'],
	[121, 'warning'],
	[301, 'error'],
	[-301, 'error'],
	[null, 'warning'],
])('a clock that differs by %s seconds is %s', async (seconds, level) => {
	const first: Prober = {
		roles: () => Promise.resolve({ roles: ALL }),
		send: () => Promise.resolve({ kind: 'done', answer: {} }),
		readParts: () => Promise.resolve(new Map()),
		skewMs: () => (seconds === null ? null : seconds * 1000),
	}
	const setup = { groups: 'pim', lacks: [], isTold: true, charter: null } as const
	const findings = await checkTenant(setup, { first, killSwitch: null }, new Date())
	expect(findings.find(({ about }) => about === 'clock')).toMatchObject({ level })
})

describe('the policy of a role', () => {
	const HOUR = 3_600_000
	const answer = (maximumDuration: string, enabledRules: string[] = ['Justification', 'Ticketing']) => ({
		value: [
			{
				policy: {
					rules: [
						{ id: 'Expiration_Admin_Assignment', isExpirationRequired: true, maximumDuration },
						{ id: 'Enablement_Admin_Assignment', enabledRules },
						{ id: 'Enablement_EndUser_Assignment', enabledRules: ['MultiFactorAuthentication'] },
					],
				},
			},
		],
	})

	test.each([
		['PT4H', 'ok'],
		['P1D', 'ok'],
		['P180D', 'ok'],
		['PT3H59M', 'error'],
		['PT30M', 'error'],
	])('of at most %s is %s for four hours', (maximum, level) => {
		expect(judgePolicy('r', 4 * HOUR, answer(maximum)).map((each) => each.level)).toEqual([level])
	})

	test('that cannot be read says nothing', () => {
		for (const unread of [null, {}, { value: [] }])
			expect(judgePolicy('r', HOUR, unread)).toMatchObject([{ level: 'warning' }])
	})
})
