import { afterEach, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'
import { showMyWork } from '#app/services/home/frame.server.ts'
import { syncTenantUsers } from '#app/services/tenant/sync-users.server.ts'
import { reconcileRound } from '#app/jobs/reconcile-loop.server.ts'
import { SANDBOX_CLIENT_ID } from '#app/sandbox/tenant/server.ts'
import type { GroupKeeper } from '#workflows/grants/place.ts'
import {
	approvedFor,
	drive,
	endOnTime,
	pageSays,
	recorded,
	stateOf,
	told,
	type Access,
} from '#test/app/bad-input.ts'

/**
 * What Entra ID can be given that it cannot take: each has a sentence that says what to do, goes to whoever can mend it, loses
 * nothing, and leaves other accesses alone. Two accesses are approved each time, and the fault hits one of them, or both.
 */

const MINUTE = 60_000
const GROUP = '11111111-1111-4111-8111-111111111111'
const UNIT = '/administrativeUnits/22222222-2222-4222-8222-222222222222'
const HELPDESK = '729827e3-9c14-49f7-bb1b-9608f156bbb8'
/** One role is a place in a group, one reaches an administrative unit, and one is left alone. */
const places = (yaml: string) =>
	yaml
		.replace(
			/entra: \{ roleTemplateId: fe930be7[^}]*\}/,
			`entra: { groupId: ${GROUP}, relation: member, name: Account clerks }`,
		)
		.replace('name: Helpdesk Administrator, scope: /', `name: Helpdesk Administrator, scope: ${UNIT}`)

let app: TestApp
afterEach(() => app.stop())

const start = async (groups: GroupKeeper = 'pim') => {
	app = await createTestApp({ charter: places, groups, hasKillSwitch: true, timeoutMs: 2000 })
}
/** What goes on whatever becomes of one access: users are followed, and the tenant is compared. */
async function goesOn(): Promise<void> {
	app.clock.advance(6 * MINUTE)
	expect(await syncTenantUsers(app.deps)).toBe(true)
	await expect(reconcileRound(app.deps)).resolves.toBeDefined()
}
const homeOf = async (persona: string) => (await showMyWork(app.deps, app.actor(persona))).entra

type One = {
	name: string
	role: string
	groups?: GroupKeeper
	spoil: (access: Access) => void
	code: string
	says: readonly [en: RegExp, de: RegExp]
	/** Beside the requester. */
	owner: string
}
const OF_ONE: readonly One[] = [
	{
		name: 'a role template that does not exist',
		role: 'helpdesk-administrator',
		spoil: () => app.tenant.deletePlace(HELPDESK),
		code: 'RoleNotFound',
		says: [/no role with the template id.*Correct roleTemplateId/, /keine Rolle mit der Vorlagen-ID/],
		owner: 'charter-owner',
	},
	{
		name: 'a scope that is gone',
		role: 'helpdesk-administrator',
		spoil: () => app.tenant.deletePlace(UNIT),
		code: 'InvalidScope',
		says: [/administrative unit that was deleted. Correct scope/, /gelöschte Verwaltungseinheit/],
		owner: 'charter-owner',
	},
	{
		name: 'a group under PIM that is gone',
		role: 'user-administrator',
		spoil: () => app.tenant.groups.remove(GROUP),
		code: 'ResourceNotFound',
		says: [/no group with the id.*Correct groupId/, /keine Gruppe mit der ID/],
		owner: 'charter-owner',
	},
	{
		name: 'a group of plain membership that is gone',
		role: 'user-administrator',
		groups: 'membership',
		spoil: () => app.tenant.groups.remove(GROUP),
		code: 'GroupNotFound',
		says: [/no group with the id.*Correct groupId/, /keine Gruppe mit der ID/],
		owner: 'charter-owner',
	},
	{
		name: 'a group synchronised from on-premises, under PIM',
		role: 'user-administrator',
		spoil: () => app.tenant.groups.put({ id: GROUP, displayName: 'G', managed: 'onPremises' }),
		code: 'InvalidResource',
		says: [/synchronised from on-premises, or filled by a rule/, /aus dem lokalen Verzeichnis/],
		owner: 'charter-owner',
	},
	{
		name: 'a group synchronised from on-premises',
		role: 'user-administrator',
		groups: 'membership',
		spoil: () => app.tenant.groups.put({ id: GROUP, displayName: 'G', managed: 'onPremises' }),
		code: 'GroupFromOnPremises',
		says: [/Name a group of the cloud/, /Nennen Sie in der Charta eine Gruppe der Cloud/],
		owner: 'charter-owner',
	},
	{
		name: 'a dynamic group',
		role: 'user-administrator',
		groups: 'membership',
		spoil: () => app.tenant.groups.put({ id: GROUP, displayName: 'G', managed: 'dynamic' }),
		code: 'GroupIsDynamic',
		says: [/filled by a rule.*Name a group with assigned members/, /Eine Regel füllt die Gruppe/],
		owner: 'charter-owner',
	},
	{
		name: 'a deleted principal',
		role: 'user-administrator',
		spoil: ({ principalId }) => app.tenant.users.remove(principalId, 'changed'),
		code: 'ACCOUNT_ABSENT',
		says: [/no such account. A security officer corrects the object id/, /Konto/],
		owner: 'security-officer',
	},
	{
		name: 'a missing permission for groups',
		role: 'user-administrator',
		spoil: () =>
			app.tenant.grantOnly([
				'RoleAssignmentSchedule.ReadWrite.Directory',
				'User.Read.All',
				'UserAuthenticationMethod.Read.All',
				'Policy.Read.All',
			]),
		code: 'PermissionScopeNotGranted',
		says: [/lacks a permission.*charterkeep tenant check/, /fehlt dafür in Entra eine Berechtigung/],
		owner: 'security-officer',
	},
]

describe('giving an access meets', () => {
	test.each(OF_ONE)(
		'$name: refused with its reason, told to its owner, and the other goes on',
		async (one) => {
			await start(one.groups)
			const hit = await approvedFor(app, 'operator', one.role)
			const other = await approvedFor(app, 'second-operator', 'security-reader')
			one.spoil(hit)
			expect(await drive(app, 'give', hit)).toBe(true)
			expect(await stateOf(app, hit)).toBe('failed')
			for (const [language, words] of [
				['en', one.says[0]],
				['de', one.says[1]],
			] as const) {
				expect(await pageSays(app, hit, language), language).toMatch(words)
				expect(
					await pageSays(app, hit, language, one.owner === 'charter-owner' ? 'auditor' : one.owner),
				).toMatch(words)
			}
			expect(await told(app, 'operator')).toContain(`access_failed ${one.code}`)
			expect(await told(app, one.owner)).toContain(`access_failed ${one.code}`)
			expect(await recorded(app, 'grant.failed')).toEqual([expect.objectContaining({ code: one.code })])
			expect(await drive(app, 'give', other)).toBe(true)
			expect(await stateOf(app, other)).toBe('active')
			await goesOn()
			expect(await endOnTime(app, other)).toBe('expired')
		},
	)
})

type All = {
	name: string
	spoil: () => void
	mend: () => void
	code: string
	says: readonly [en: RegExp, de: RegExp]
	/** How long it stands before people are told. */
	patience?: boolean
}
const HTML = /./
const html = (status: number) => ({
	spoil: () =>
		app.tenant.faults.stand('proxy', { method: HTML, path: /v1\.0/, fault: { kind: 'html', status } }),
	mend: () => app.tenant.faults.lift('proxy'),
	code: 'NotGraph',
	says: [/A page of HTML.*Let Charterkeep reach Graph directly/, /eine HTML-Seite/] as const,
	patience: true,
})
const OTHER = '99999999-9999-4999-8999-999999999999'
const ELSEWHERE = [
	/another tenant than the one that is set/,
	/ein anderer Mandant als der eingestellte/,
] as const
const OF_ALL: readonly All[] = [
	{
		name: 'an expired certificate',
		spoil: () => {
			app.tenant.applications.expireCertificate(SANDBOX_CLIENT_ID)
			app.tenant.reevaluation.challenge()
		},
		mend: () => app.tenant.applications.restore(SANDBOX_CLIENT_ID),
		code: 'CredentialRefused',
		says: [/it has expired.*Register a new one/, /Es ist abgelaufen/],
	},
	{ name: 'HTML with 200 from a proxy', ...html(200) },
	{ name: 'HTML with 403 from a proxy', ...html(403) },
	{ name: 'HTML with 404 from a proxy', ...html(404) },
	{ name: 'HTML with 502 from a proxy', ...html(502) },
	{
		name: 'a tenant that describes itself as another',
		spoil: () => app.tenant.actAs({ organisation: OTHER }),
		mend: () => app.tenant.actAs({ organisation: app.tenant.tenantId }),
		code: 'WrongTenant',
		says: ELSEWHERE,
	},
	{
		name: 'tokens of another tenant',
		spoil: () => app.tenant.actAs({ token: OTHER }),
		mend: () => app.tenant.actAs({ token: app.tenant.tenantId }),
		code: 'WrongTenant',
		says: ELSEWHERE,
	},
]

describe('everything meets', () => {
	test.each(OF_ALL)(
		'$name: nothing is sent and nothing lost, and all go on when it is mended',
		async (one) => {
			await start()
			const both = [
				await approvedFor(app, 'operator', 'user-administrator'),
				await approvedFor(app, 'second-operator', 'security-reader'),
			]
			one.spoil()
			for (const access of both) {
				await drive(app, 'give', access, { runs: 2 })
				if (one.patience) app.clock.advance(3 * MINUTE)
				await drive(app, 'give', access, { runs: 1 })
				expect(await stateOf(app, access)).toBe('planned')
				expect(await pageSays(app, access, 'en')).toMatch(one.says[0])
				expect(await pageSays(app, access, 'en')).toMatch(/nothing has to be filed again/)
				expect(await pageSays(app, access, 'de')).toMatch(one.says[1])
				expect(await told(app, access.by)).toContain(`access_held_up ${one.code}`)
			}
			expect(app.tenant.requests()).toEqual([])
			expect(
				(await told(app, 'security-officer')).filter((each) => each === `tenant_trouble ${one.code}`),
			).toHaveLength(1)
			expect(await homeOf('security-officer')).toMatchObject({
				connection: { code: one.code, mender: 'tenant_admin' },
				accesses: [{ code: one.code }, { code: one.code }],
			})
			expect(await homeOf('operator')).toBeNull()
			expect(await recorded(app, 'tenant.trouble')).toEqual([{ code: one.code }])
			expect(await recorded(app, 'grant.held_up')).toHaveLength(2)
			one.mend()
			// What said that it is another tenant is asked again after a minute of the process's own time: here it is connected anew.
			app.reconnect()
			for (const access of both) {
				expect(await drive(app, 'give', access)).toBe(true)
				expect(await stateOf(app, access)).toBe('active')
			}
			expect(await homeOf('security-officer')).toBeNull()
			expect(await recorded(app, 'tenant.trouble_over')).toEqual([{ code: one.code }])
			await goesOn()
			for (const access of both) expect(await endOnTime(app, access)).toBe('expired')
		},
	)

	test('for eight hours: the access has outlived its reason, and says so', async () => {
		await start()
		const access = await approvedFor(app, 'operator', 'user-administrator')
		app.tenant.applications.expireCertificate(SANDBOX_CLIENT_ID)
		app.tenant.reevaluation.challenge()
		await drive(app, 'give', access, { runs: 1 })
		app.clock.advance(8 * 60 * MINUTE + 1000)
		expect(await drive(app, 'give', access, { runs: 2 })).toBe(true)
		expect(await stateOf(app, access)).toBe('failed')
		expect(await pageSays(app, access, 'en')).toMatch(/nothing was sent to Entra.*eight hours.*ask again/)
		expect(app.tenant.requests()).toEqual([])
		// Giving up is no sign that the tenant is reached: that still stands, and is not said to be over.
		expect(await homeOf('security-officer')).toMatchObject({
			connection: { code: 'CredentialRefused' },
			accesses: [],
		})
		expect(await recorded(app, 'tenant.trouble_over')).toEqual([])
	})

	describe.each(['drop', 'hang'] as const)('no answer (%s)', (kind) => {
		test.each([
			['a directory role', 'helpdesk-administrator', 'pim'],
			['a place in a group under PIM', 'user-administrator', 'pim'],
			['plain membership', 'user-administrator', 'membership'],
		] as const)(
			'for days: told after two minutes, outlived after eight hours, and never given later: %s',
			async (_, role, groups) => {
				app = await createTestApp({ charter: places, groups, timeoutMs: 2000 })
				const access = await approvedFor(app, 'operator', role)
				app.tenant.faults.stand('away', { method: /./, path: /v1\.0/, fault: { kind, when: 'before' } })
				expect(await drive(app, 'give', access, { runs: 1 })).toBe(false)
				expect(await told(app, 'security-officer')).not.toContain('tenant_trouble NoAnswer')
				app.clock.advance(2 * MINUTE)
				expect(await drive(app, 'give', access, { runs: 1 })).toBe(false)
				expect(await stateOf(app, access)).toBe('planned')
				expect(await told(app, 'security-officer')).toContain('tenant_trouble NoAnswer')
				expect(await told(app, 'operator')).toContain('access_held_up NoAnswer')
				expect(await pageSays(app, access, 'en')).toMatch(
					/Nothing was sent.*Graph does not answer.*filed again/,
				)
				expect(await pageSays(app, access, 'de')).toMatch(/Microsoft Graph antwortet nicht/)
				app.clock.advance(8 * 60 * MINUTE)
				expect(await drive(app, 'give', access, { runs: 1 })).toBe(true)
				expect(await stateOf(app, access)).toBe('failed')
				expect(await recorded(app, 'grant.failed')).toEqual([
					expect.objectContaining({ code: 'TENANT_UNREACHABLE' }),
				])
				app.tenant.faults.lift('away')
				app.clock.advance(64 * 60 * MINUTE)
				await drive(app, 'give', access, { runs: 2 })
				expect(await stateOf(app, access)).toBe('failed')
				expect(app.tenant.exchanges().filter(({ path }) => path.endsWith('$ref'))).toEqual([])
				expect([...app.tenant.requests(), ...app.tenant.groups.pim.requests()]).toEqual([])
			},
		)
	})
})
