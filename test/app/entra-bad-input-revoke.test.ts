import { afterEach, describe, expect, test } from 'vitest'
import { endGrant } from '#app/services/access/end-access.server.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { showMyWork } from '#app/services/home/frame.server.ts'
import { withJobLock } from '#app/jobs/job-lock.server.ts'
import { readBackGrant } from '#app/jobs/read-back.server.ts'
import { removeGrant } from '#app/jobs/remove-grant.server.ts'
import { endConnectionTrouble } from '#app/services/tenant/note-trouble.server.ts'
import { SANDBOX_CLIENT_ID, SANDBOX_KILL_SWITCH_ID } from '#app/sandbox/tenant/server.ts'
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
import { createTestApp, type TestApp } from '#test/app/test-app.ts'
import type { GroupKeeper } from '#workflows/grants/place.ts'

/** Bad input of Entra ID while an access is held and must go: nothing is said to have ended that may not have. */

const MINUTE = 60_000
const GROUP = '11111111-1111-4111-8111-111111111111'
const UNIT = '/administrativeUnits/22222222-2222-4222-8222-222222222222'
const places = (yaml: string) =>
	yaml
		.replace(
			/entra: \{ roleTemplateId: fe930be7[^}]*\}/,
			`entra: { groupId: ${GROUP}, relation: member, name: Account clerks }`,
		)
		.replace('name: Helpdesk Administrator, scope: /', `name: Helpdesk Administrator, scope: ${UNIT}`)

let app: TestApp
afterEach(() => app.stop())

/** Two accesses that are held, one of which is being taken away. */
async function taking(role: string, groups: GroupKeeper = 'pim', hasKillSwitch = true) {
	app = await createTestApp({ charter: places, groups, hasKillSwitch, timeoutMs: 2000 })
	const hit = await approvedFor(app, 'operator', role)
	const other = await approvedFor(app, 'second-operator', 'security-reader')
	for (const access of [hit, other]) expect(await drive(app, 'give', access)).toBe(true)
	app.clock.advance(6 * MINUTE)
	return { hit, other }
}
const take = ({ requestId }: Access) => endGrant(app.deps, app.actor('security-officer'), requestId)
const isHeld = ({ principalId }: Access) =>
	[...app.tenant.instances(), ...app.tenant.groups.pim.instances()].some(
		(row) => row.principalId === principalId,
	) || app.tenant.groups.listed(GROUP, 'members').includes(principalId)

/** Where tokens are had takes the call and never answers; what is held of tokens is not taken any more. */
const hangAuthority = () => {
	app.tenant.authorityFaults.stand('away', {
		method: /./,
		path: /./,
		fault: { kind: 'hang', when: 'before' },
	})
	app.tenant.reevaluation.challenge()
}

const expire = (clientId = SANDBOX_CLIENT_ID) => {
	app.tenant.applications.expireCertificate(clientId)
	app.tenant.reevaluation.challenge()
}

describe('what is gone at the tenant has ended', () => {
	test.each<[string, string, GroupKeeper, (hit: Access) => void]>([
		[
			'a principal that was deleted',
			'helpdesk-administrator',
			'pim',
			({ principalId }) => app.tenant.users.remove(principalId, 'deleted'),
		],
		[
			'a principal that was deleted, in a group',
			'user-administrator',
			'pim',
			({ principalId }) => app.tenant.users.remove(principalId, 'deleted'),
		],
		[
			'an administrative unit that was deleted',
			'helpdesk-administrator',
			'pim',
			() => app.tenant.deletePlace(UNIT),
		],
		[
			'a group of plain membership that was deleted',
			'user-administrator',
			'membership',
			() => app.tenant.groups.remove(GROUP),
		],
	])('%s: confirmed, and the other access goes on to its end', async (_, role, groups, spoil) => {
		const { hit, other } = await taking(role, groups)
		spoil(hit)
		await take(hit)
		expect(await drive(app, 'take', hit)).toBe(true)
		expect(await stateOf(app, hit)).toBe('revoked')
		expect(await pageSays(app, hit, 'en')).toMatch(/Entra has confirmed it/)
		expect(await stateOf(app, other)).toBe('active')
		expect(await endOnTime(app, other)).toBe('expired')
	})
})

test('a group that became dynamic: the removal is refused, an incident, told to officers, and over when the rule lets go', async () => {
	const { hit, other } = await taking('user-administrator', 'membership')
	app.tenant.groups.put({ id: GROUP, displayName: 'G', managed: 'dynamic' })
	await take(hit)
	await drive(app, 'take', hit, { runs: 2 })
	expect(await stateOf(app, hit)).toBe('removing')
	expect(await pageSays(app, hit, 'en')).toMatch(
		/may still be live.*filled by a rule.*administrator of the tenant.*assumed live/,
	)
	expect(await pageSays(app, hit, 'de')).toMatch(
		/Eine Regel füllt die Gruppe.*Administration des Mandanten.*gilt der Zugriff als bestehend/,
	)
	expect(await told(app, 'security-officer')).toContain('access_held_up GroupIsDynamic')
	expect(await recorded(app, 'grant.held_up')).toEqual([expect.objectContaining({ code: 'GroupIsDynamic' })])
	app.clock.advance(11 * MINUTE)
	await fireDueTimers(app.deps)
	expect(await stateOf(app, hit)).toBe('notConfirmed')
	await drive(app, 'take', hit, { runs: 2 })
	expect(await stateOf(app, hit)).toBe('notConfirmed')
	expect((await showMyWork(app.deps, app.actor('security-officer'))).entra?.accesses).toMatchObject([
		{ code: 'GroupIsDynamic' },
	])
	app.tenant.groups.change(GROUP, hit.principalId, false)
	expect(await drive(app, 'take', hit)).toBe(true)
	expect(await stateOf(app, hit)).toBe('revoked')
	expect(await endOnTime(app, other)).toBe('expired')
})

describe('not confirmed in ten minutes', () => {
	test('with the certificate expired: incident, page, kill switch, repeated until confirmed, also hours later with the kill switch failing too', async () => {
		const { hit, other } = await taking('helpdesk-administrator')
		expire()
		expire(SANDBOX_KILL_SWITCH_ID)
		await take(hit)
		await drive(app, 'take', hit, { runs: 2 })
		expect(await pageSays(app, hit, 'en')).toMatch(/may still be live.*it has expired/)
		app.clock.advance(11 * MINUTE)
		await fireDueTimers(app.deps)
		expect(await stateOf(app, hit)).toBe('notConfirmed')
		expect(await told(app, 'security-officer')).toEqual(
			expect.arrayContaining(['tenant_trouble CredentialRefused', 'removal_not_confirmed']),
		)
		expect((await showMyWork(app.deps, app.actor('security-officer'))).alarms).toHaveLength(1)
		expect(await recorded(app, 'grant.removal_not_confirmed')).toHaveLength(1)
		// Three hours in which neither application is let in: each minute the removal is asked for again, and nothing is called ended.
		for (let round = 0; round < 6; round++) {
			app.clock.advance(30 * MINUTE)
			await fireDueTimers(app.deps)
			await drive(app, 'take', hit, { runs: 1 })
			expect(await stateOf(app, hit)).toBe('notConfirmed')
		}
		expect((await recorded(app, 'grant.removal_retried')).length).toBeGreaterThanOrEqual(6)
		expect((await recorded(app, 'grant.kill_switch_used')).length).toBeGreaterThanOrEqual(6)
		expect(await pageSays(app, hit, 'en')).toMatch(/Assume that the access is live.*kill switch/)
		expect(await pageSays(app, hit, 'de')).toMatch(/Notschalter/)
		app.tenant.applications.restore(SANDBOX_KILL_SWITCH_ID)
		app.tenant.applications.restore(SANDBOX_CLIENT_ID)
		app.clock.advance(MINUTE)
		await fireDueTimers(app.deps)
		expect(await drive(app, 'take', hit)).toBe(true)
		expect(isHeld(hit)).toBe(false)
		expect(['revoked', 'expired']).toContain(await stateOf(app, hit))
		expect(await recorded(app, 'tenant.trouble_over')).toHaveLength(1)
		await drive(app, 'take', other)
	})

	test('the kill switch alone takes it away at once, and "ended" waits for a reading', async () => {
		const { hit } = await taking('helpdesk-administrator')
		expire()
		await take(hit)
		await drive(app, 'take', hit, { runs: 2 })
		app.clock.advance(5000)
		expect(isHeld(hit)).toBe(false)
		expect(await stateOf(app, hit)).toBe('removing')
		app.tenant.applications.restore(SANDBOX_CLIENT_ID)
		expect(await drive(app, 'take', hit)).toBe(true)
		expect(await stateOf(app, hit)).toBe('revoked')
	})

	test('an authority that never answers holds no job, and with it no lock: the removal goes on when it answers again', async () => {
		const { hit } = await taking('helpdesk-administrator')
		hangAuthority()
		await take(hit)
		const locked = () => withJobLock(app.deps.database, hit.grantId, () => removeGrant(app.deps, hit.grantId))
		await expect(locked()).rejects.toThrow(/NoToken/)
		expect(isHeld(hit)).toBe(true)
		expect(await stateOf(app, hit)).toBe('removing')
		app.tenant.authorityFaults.lift('away')
		app.clock.advance(MINUTE)
		expect(await withJobLock(app.deps.database, hit.grantId, () => Promise.resolve())).toBe(true)
		expect(await drive(app, 'take', hit)).toBe(true)
		expect(isHeld(hit)).toBe(false)
		expect(await stateOf(app, hit)).toBe('revoked')
	})

	test.each([200, 502])('HTML with %i from a proxy ends nothing, and is told', async (status) => {
		const { hit } = await taking('helpdesk-administrator')
		app.tenant.faults.stand('proxy', { method: /./, path: /v1\.0/, fault: { kind: 'html', status } })
		await take(hit)
		await drive(app, 'take', hit, { runs: 2 })
		app.clock.advance(11 * MINUTE)
		await fireDueTimers(app.deps)
		await drive(app, 'take', hit, { runs: 1 })
		expect(await stateOf(app, hit)).toBe('notConfirmed')
		expect(isHeld(hit)).toBe(true)
		expect(await pageSays(app, hit, 'en')).toMatch(/A page of HTML/)
		expect(await told(app, 'security-officer')).toContain('tenant_trouble NotGraph')
		app.tenant.faults.lift('proxy')
		expect(await drive(app, 'take', hit)).toBe(true)
		expect(await stateOf(app, hit)).toBe('revoked')
	})
})

test.each([
	['helpdesk-administrator', 'pim'],
	['user-administrator', 'membership'],
] as const)('Graph that answers nobody ends nothing, and is told: %s, %s', async (role, groups) => {
	const { hit } = await taking(role, groups, false)
	app.tenant.faults.stand('away', {
		method: /./,
		path: /v1\.0/,
		fault: { kind: 'drop', when: 'before' },
	})
	await take(hit)
	await drive(app, 'take', hit, { runs: 1 })
	app.clock.advance(2 * MINUTE)
	await drive(app, 'take', hit, { runs: 1 })
	expect(await stateOf(app, hit)).toBe('removing')
	expect(await pageSays(app, hit, 'en')).toMatch(/Graph does not answer.*must be assumed live/)
	expect(await pageSays(app, hit, 'de')).toMatch(/antwortet nicht.*gilt der Zugriff als bestehend/)
	expect(await told(app, 'security-officer')).toContain('tenant_trouble NoAnswer')
	app.tenant.faults.lift('away')
	expect(await drive(app, 'take', hit)).toBe(true)
	expect(await stateOf(app, hit)).toBe('revoked')
	expect(isHeld(hit)).toBe(false)
})

test('another tenant than the one it was given in says nothing of an access: no reading, no drift, no end', async () => {
	const { hit } = await taking('helpdesk-administrator')
	const { tenant } = app.deps
	Object.assign(app.deps, { tenant: { ...tenant, id: '99999999-9999-4999-8999-999999999999' } })
	const asked = app.tenant.exchanges().length
	expect(await readBackGrant(app.deps, hit.grantId)).toBe(false)
	await take(hit)
	await drive(app, 'take', hit, { runs: 2 })
	expect(app.tenant.exchanges()).toHaveLength(asked)
	expect(await stateOf(app, hit)).toBe('removing')
	expect(await pageSays(app, hit, 'en')).toMatch(/Set ENTRA_TENANT_ID back/)
	expect(await told(app, 'security-officer')).toContain('tenant_trouble OtherTenant')
	// That this tenant can be read is no end of it, and nobody is told twice.
	await endConnectionTrouble(app.deps)
	await drive(app, 'take', hit, { runs: 1 })
	expect((await told(app, 'security-officer')).filter((each) => each.includes('OtherTenant'))).toHaveLength(1)
	Object.assign(app.deps, { tenant })
	expect(await drive(app, 'take', hit)).toBe(true)
	expect(await stateOf(app, hit)).toBe('revoked')
})
