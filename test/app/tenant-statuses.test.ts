import { afterEach, describe, expect, test } from 'vitest'
import { endGrant } from '#app/services/access/end-access.server.ts'
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
import { through } from '#test/app/life-acts.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

/** What becomes of an access by the status of its request, and by each refusal that only a real tenant has a reason for. */

const GROUP = '11111111-1111-4111-8111-111111111111'
const place = (yaml: string) =>
	yaml.replace(
		/entra: \{ roleTemplateId: fe930be7[^}]*\}/,
		`entra: { groupId: ${GROUP}, relation: member, name: Account clerks }`,
	)

let app: TestApp
afterEach(() => app.stop())

const start = async (role = 'helpdesk-administrator') => {
	app = await createTestApp({ charter: place, hasKillSwitch: true, timeoutMs: 2000 })
	return approvedFor(app, 'operator', role)
}
const isHeld = ({ principalId }: Access) =>
	[...app.tenant.instances(), ...app.tenant.groups.pim.instances()].some(
		(row) => row.principalId === principalId,
	)

describe('a request that the tenant took ends the access that it was for', () => {
	test.each([
		['Denied', /Somebody in Entra refused the request/, /PIM verlangt dort|Anforderung/],
		['Failed', /could not carry it out/, /konnte sie nicht ausführen/],
		['Canceled', /Somebody in Entra cancelled/, /Anforderung abgebrochen/],
		['Revoked', /took the access back before it was confirmed/, /bevor er bestätigt war/],
	] as const)('%s', async (status, en, de) => {
		const access = await start()
		app.tenant.decideNext(status)
		expect(await drive(app, 'give', access)).toBe(true)
		const code = `STATUS_${status.toUpperCase()}`
		expect(await stateOf(app, access)).toBe('failed')
		expect(await recorded(app, 'grant.failed')).toEqual([expect.objectContaining({ code: code })])
		expect(await pageSays(app, access, 'en')).toMatch(en)
		expect(await pageSays(app, access, 'de')).toMatch(de)
		expect(await told(app, 'operator')).toContain(`access_failed ${code}`)
		expect(isHeld(access)).toBe(false)
	})
})

describe('a request that the tenant has still to approve or to carry out is cancelled, and not removed', () => {
	test.each([
		['PendingApproval', 'helpdesk-administrator'],
		['PendingAdminDecision', 'helpdesk-administrator'],
		['PendingApproval', 'user-administrator'],
		['Granted', 'helpdesk-administrator'],
		['Granted', 'user-administrator'],
	] as const)('%s, of %s', async (status, role) => {
		const access = await start(role)
		const pim = role === 'user-administrator' ? app.tenant.groups.pim : app.tenant
		pim.decideNext(status)
		expect(await drive(app, 'give', access, { runs: 2 })).toBe(false)
		expect(await stateOf(app, access)).toBe('provisioning')
		await endGrant(app.deps, app.actor('security-officer'), access.requestId)
		const before = app.tenant.exchanges().length
		expect(await drive(app, 'take', access)).toBe(true)
		const sent = app.tenant
			.exchanges()
			.slice(before)
			.filter(({ method }) => method === 'POST')
		expect(sent.map(({ path, status }) => [path.split('/').at(-1), status])).toEqual([['cancel', 204]])
		expect(await stateOf(app, access)).toBe('revoked')
		expect(await recorded(app, 'grant.ended')).toEqual([expect.objectContaining({ how: 'never_active' })])
		expect(isHeld(access)).toBe(false)
	})
})

describe('a request that the tenant is at work on, or has made a schedule of, gives nothing before it is listed', () => {
	const STATUSES = ['ScheduleCreated', 'PendingScheduleCreation', 'PendingProvisioning', 'Granted'] as const
	/** The tenant says this of our request, and lists nothing of what it has made by now. */
	const saying = (status: string) =>
		through(app, (port) => ({
			read: async (target) => {
				const seen = await port.read(target)
				const assignRequest = seen.assignRequest && { ...seen.assignRequest, status }
				return { ...seen, assignRequest, active: null, activeIsOurs: false }
			},
		}))

	test.each(STATUSES)('%s', async (status) => {
		const access = await start()
		const saysOtherwise = saying(status)
		expect(await drive(app, 'give', access, { runs: 2 })).toBe(false)
		expect(await stateOf(app, access)).toBe('provisioning')
		saysOtherwise()
		expect(await drive(app, 'give', access)).toBe(true)
		expect(await stateOf(app, access)).toBe('active')
		expect(app.tenant.requests()).toHaveLength(1)
	})

	test.each(STATUSES)('%s, and is not said to have ended while it may still be made', async (status) => {
		const access = await start()
		const saysOtherwise = saying(status)
		expect(await drive(app, 'give', access, { runs: 1 })).toBe(false)
		through(app, () => ({ remove: () => Promise.resolve({ kind: 'absent' }) }))
		await endGrant(app.deps, app.actor('security-officer'), access.requestId)
		expect(await drive(app, 'take', access, { runs: 3 })).toBe(false)
		expect([await stateOf(app, access), isHeld(access)]).toEqual(['removing', true])
		saysOtherwise()
		app.clock.advance(6 * 60_000)
		expect(await drive(app, 'take', access)).toBe(true)
		app.clock.advance(5000)
		expect([await stateOf(app, access), isHeld(access)]).toEqual(['revoked', false])
		expect(app.tenant.requests().map(({ action }) => action)).toEqual(['adminAssign', 'adminRemove'])
	})

	/** Granted for ever, whatever is listed. */
	const sayingGranted = () =>
		through(app, (port) => ({
			read: async (target) => {
				const seen = await port.read(target)
				const { assignRequest } = seen
				return { ...seen, assignRequest: assignRequest && { ...assignRequest, status: 'Granted' } }
			},
		}))
	const isTaken = async (access: Access) => {
		expect(await drive(app, 'take', access)).toBe(true)
		app.clock.advance(5000)
		expect([await stateOf(app, access), isHeld(access)]).toEqual(['revoked', false])
	}

	test.each(['helpdesk-administrator', 'user-administrator'])(
		'Granted for ever of what was active is no access that goes on: %s',
		async (role) => {
			const access = await start(role)
			expect(await drive(app, 'give', access)).toBe(true)
			app.clock.advance(6 * 60_000)
			await endGrant(app.deps, app.actor('security-officer'), access.requestId)
			sayingGranted()
			await isTaken(access)
			expect(await recorded(app, 'grant.ended')).toMatchObject([{ how: 'removed' }])
		},
	)

	test('Granted of what was active and is not listed now is removed', async () => {
		const access = await start()
		expect(await drive(app, 'give', access)).toBe(true)
		app.clock.advance(6 * 60_000)
		await endGrant(app.deps, app.actor('security-officer'), access.requestId)
		saying('Granted')
		await isTaken(access)
	})

	test.each([
		['taken', 'removed'],
		['answered with nothing there', 'never_active'],
	])('Granted that cannot be cancelled any more is removed, which is %s', async (answer, how) => {
		const access = await start()
		saying('Granted')
		expect(await drive(app, 'give', access, { runs: 1 })).toBe(false)
		app.clock.advance(6 * 60_000)
		await endGrant(app.deps, app.actor('security-officer'), access.requestId)
		if (how === 'never_active')
			through(app, () => ({
				read: () =>
					Promise.resolve({
						assignRequest: { requestId: 'x', status: 'Granted', makes: true },
						active: null,
						activeIsOurs: false,
						elsewhere: [],
					}),
				cancel: () => Promise.resolve({ kind: 'refused', code: 'BadRequest', message: '' }),
				remove: () => Promise.resolve({ kind: 'absent' }),
			}))
		expect(await drive(app, 'take', access, { runs: 40 })).toBe(true)
		expect(await recorded(app, 'grant.ended')).toMatchObject([{ how }])
	})

	test('ScheduleCreated is removed, and not cancelled', async () => {
		const access = await start()
		saying('ScheduleCreated')
		expect(await drive(app, 'give', access, { runs: 1 })).toBe(false)
		app.clock.advance(6 * 60_000)
		await endGrant(app.deps, app.actor('security-officer'), access.requestId)
		expect(await drive(app, 'take', access)).toBe(true)
		app.clock.advance(5000)
		expect([await stateOf(app, access), isHeld(access)]).toEqual(['revoked', false])
		expect(app.tenant.exchanges().filter(({ path }) => path.endsWith('/cancel'))).toEqual([])
	})
})

const REQUESTS = /roleAssignmentScheduleRequests$/

describe('a refusal that trying again does not mend ends the access with its reason', () => {
	test.each([
		[
			'RoleAssignmentRequestAcrsValidationFailed',
			400,
			'&claims=%7B%22access_token%22%3A%7B%22acrs%22%3A%7B%22essential%22%3Atrue%7D%7D%7D',
			/demands an authentication context.*Take it off/,
		],
		[
			'RoleAssignmentRequestPolicyValidationFailed',
			400,
			'The following policy rules failed: ["MfaRule","TicketingRule"]',
			/demands multi-factor sign-in of whoever assigns it/,
		],
		[
			'InvalidRoleAssignmentRequestSchedule',
			400,
			'The schedule of the role assignment request is invalid.',
			/does not accept the times.*Compare the clock/,
		],
		[
			'AadPremiumLicenseRequired',
			400,
			'The tenant needs a premium licence.',
			/no licence.*Buy and assign one/,
		],
		[
			'Authorization_RequestDenied',
			403,
			'Insufficient privileges to complete the operation.',
			/lacks a permission/,
		],
	] as const)('%s', async (code, status, message, en) => {
		// Which rule of a policy failed stands in the message alone: the first is told.
		const recordedAs = message.includes('"MfaRule"') ? 'PolicyMfaRule' : code
		const access = await start()
		app.tenant.faults.next('POST', REQUESTS, {
			kind: 'status',
			status,
			when: 'before',
			error: { code, message },
		})
		expect(await drive(app, 'give', access)).toBe(true)
		expect(await stateOf(app, access)).toBe('failed')
		expect(await recorded(app, 'grant.failed')).toEqual([expect.objectContaining({ code: recordedAs })])
		expect(await pageSays(app, access, 'en')).toMatch(en)
		expect(await told(app, 'operator')).toContain(`access_failed ${recordedAs}`)
		expect(isHeld(access)).toBe(false)
		// It was sent once, and nobody tries by themselves what cannot succeed.
		expect(app.tenant.requests()).toEqual([])
	})
})

describe('a refusal that passes costs the access nothing but time', () => {
	test.each([
		['PendingRoleAssignmentRequest', 400, 'There is already an existing pending Role assignment request.'],
		['SubjectNotFound', 404, 'The subject is not found.'],
		['Request_ResourceNotFound', 404, 'Resource does not exist.'],
		['InvalidAuthenticationToken', 401, 'Lifetime validation failed, the token is expired.'],
		['TooManyRequests', 429, 'Too many requests.'],
	] as const)('%s', async (code, status, message) => {
		const access = await start()
		app.tenant.faults.next('POST', REQUESTS, {
			kind: 'status',
			status,
			when: 'before',
			error: { code, message },
		})
		expect(await drive(app, 'give', access, { runs: 1 })).toBe(false)
		expect(await stateOf(app, access)).not.toBe('failed')
		expect(await drive(app, 'give', access)).toBe(true)
		expect(await stateOf(app, access)).toBe('active')
		expect(app.tenant.requests()).toHaveLength(1)
		app.clock.advance(6 * 60_000)
		expect(await endOnTime(app, access)).toBe('expired')
	})
})
