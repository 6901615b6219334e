import { afterEach, expect, test } from 'vitest'
import { endSessions } from '#app/jobs/end-sessions.server.ts'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { removeGrant } from '#app/jobs/remove-grant.server.ts'
import type { WriteOutcome } from '#app/integrations/grant-port.ts'
import { approvedFor, drive, pageSays, recorded, stateOf, type Access } from './bad-input.ts'
import { verifiedRecord } from './findings-acts.ts'
import {
	changeRow,
	end,
	inGroup,
	isHeldBy,
	NOTHING,
	overlappingIn,
	rowOf,
	runOnce,
	through,
} from './life-acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

/* Answers that are lost, and lists and approvals that come late, make no access anything that it is not. */

const SECOND = 1000
const MINUTE = 60 * SECOND

let app: TestApp
const start = async (options: Parameters<typeof createTestApp>[0] = {}) =>
	(app = await createTestApp({ timeoutMs: 2000, ...options }))
afterEach(async () => {
	await app.stop()
})
const howEnded = async () => (await recorded(app, 'grant.ended')).map(({ how }) => how)
const LOST = { kind: 'drop', when: 'after' } as const
const DECIDED: WriteOutcome = { kind: 'refused', code: 'BadRequest', message: '' }
const BUSY: WriteOutcome = { kind: 'later', code: 'TooManyRequests', retryAfterMs: 120_000 }

test('one reading that lacks it takes no assignment from the other access that rests on it', async () => {
	const { first, second } = await overlappingIn(await start())
	expect(await drive(app, 'give', second)).toBe(true)
	app.clock.advance(6 * MINUTE)
	await end(app, first)
	let readings = 0
	through(app, (port) => ({
		read: async (target, how) => {
			const seen = await port.read(target, how)
			return readings++ === 0 ? { ...seen, active: null, activeIsOurs: false } : seen
		},
	}))
	expect(await drive(app, 'take', first)).toBe(true)
	expect([await stateOf(app, second), isHeldBy(app, second)]).toEqual(['active', true])
	expect(app.tenant.requests().map(({ action }) => action)).not.toContain('adminRemove')
})

test('a removal of which the answer was lost was of something that was there', async () => {
	await start({ rules: '  endSessions: true\n' })
	const access = await approvedFor(app, 'operator', 'user-administrator')
	app.tenant.faults.next('POST', /Requests$/, LOST)
	expect(await runOnce(app, provisionGrant, access)).toContain('no clear answer')
	app.clock.advance(6 * MINUTE)
	await end(app, access)
	expect(isHeldBy(app, access)).toBe(true)
	let readings = 0
	through(app, (port) => ({
		read: (target, how) => (readings++ === 0 ? Promise.resolve(NOTHING) : port.read(target, how)),
	}))
	app.tenant.faults.next('POST', /Requests$/, LOST)
	expect(await runOnce(app, removeGrant, access)).toContain('no clear answer')
	app.clock.advance(2 * SECOND)
	expect(await drive(app, 'take', access)).toBe(true)
	expect([await howEnded(), isHeldBy(app, access)]).toEqual([['removed'], false])
	expect((await rowOf(app, access)).removalTakenAt).not.toBeNull()
	expect((await verifiedRecord(app)).failures).toEqual([])
})

test('what somebody in the tenant approves late has its minute to be listed from when that is seen', async () => {
	await start()
	const access = await approvedFor(app, 'operator', 'user-administrator')
	let status = 'PendingApproval'
	through(app, () => ({
		read: () => Promise.resolve({ ...NOTHING, assignRequest: { requestId: 'x', status, makes: true } }),
		assign: () => Promise.resolve({ kind: 'accepted', requestId: 'x', status }),
		cancel: () => Promise.resolve(status === 'PendingApproval' ? BUSY : DECIDED),
		remove: () => Promise.resolve({ kind: 'absent' }),
	}))
	await runOnce(app, provisionGrant, access)
	app.clock.advance(6 * MINUTE)
	await end(app, access)
	app.clock.advance(10 * SECOND)
	await runOnce(app, removeGrant, access)
	for (const seen of ['Granted', 'Provisioned']) {
		app.clock.advance(seen === 'Granted' ? 120 * SECOND : 30 * SECOND)
		status = seen
		expect(await runOnce(app, removeGrant, access)).toContain('may not be listed yet')
		expect([await stateOf(app, access), await howEnded()]).toEqual(['removing', []])
	}
	// Its minute is given once.
	app.clock.advance(40 * SECOND)
	await runOnce(app, removeGrant, access)
	expect(await howEnded()).toEqual(['never_active'])
})

test('what is granted and cannot be cancelled ends where somebody else holds the place', async () => {
	await start()
	const access = await approvedFor(app, 'operator', 'user-administrator')
	const other = { instanceId: 'i', scheduleId: 's', startsAt: null, endsAt: null, grantIds: [] }
	let active: typeof other | null = null
	const assignRequest = { requestId: 'x', status: 'Granted', makes: true }
	through(app, () => ({
		read: () => Promise.resolve({ ...NOTHING, active, assignRequest }),
		assign: () => Promise.resolve({ kind: 'accepted', requestId: 'x', status: 'Granted' }),
		cancel: () => Promise.resolve(DECIDED),
		remove: () => Promise.reject(new Error('Somebody else’s is removed.')),
	}))
	await runOnce(app, provisionGrant, access)
	app.clock.advance(6 * MINUTE)
	await end(app, access)
	active = other
	app.clock.advance(2 * MINUTE)
	for (let run = 0; run < 3; run++) {
		await runOnce(app, removeGrant, access)
		app.clock.advance(MINUTE)
	}
	expect(await howEnded()).toEqual(['never_active'])
})

test('that nothing was sent is said of what was not, whatever the reason', async () => {
	await start()
	const access = await approvedFor(app, 'operator', 'user-administrator')
	app.tenant.faults.next('POST', /Requests$/, { kind: 'drop', when: 'before' })
	expect(await runOnce(app, provisionGrant, access)).toContain('no clear answer')
	app.tenant.users.put(access.principalId, { accountEnabled: false })
	app.clock.advance(5 * MINUTE)
	await runOnce(app, provisionGrant, access)
	expect(await stateOf(app, access)).toBe('failed')
	expect(await pageSays(app, access, 'en')).not.toMatch(/nothing was sent/i)
})

test('whose membership waits for an access by PIM is not signed out of that', async () => {
	await start({ charter: inGroup, groups: 'membership' })
	const access: Access = await approvedFor(app, 'operator', 'user-administrator')
	expect(await drive(app, 'give', access)).toBe(true)
	await changeRow(
		app,
		`insert into grants (id, request_id, person_id, role, state, context, machine_version, version, created_at)
		select gen_random_uuid(), gen_random_uuid(), person_id, 'before', 'active', jsonb_set(context, '{place,by}', '"pim"'), machine_version, version, created_at
		from grants where id = $1`,
		[access.grantId],
	)
	app.clock.advance(6 * MINUTE)
	await end(app, access)
	expect(await runOnce(app, removeGrant, access)).toContain('Another access to the same group')
	await endSessions(app.deps, access.grantId)
	expect(app.tenant.sessionsRevoked()).toEqual({})
	app.clock.advance(3 * MINUTE)
	expect(await runOnce(app, removeGrant, access)).toContain('Another access to the same group')
	expect(await pageSays(app, access, 'en')).toMatch(/its removal waits/)
	await changeRow(app, `update grants set state = 'ended' where id <> $1 and role = 'before'`, [
		access.grantId,
	])
	await endSessions(app.deps, access.grantId)
	expect(Object.keys(app.tenant.sessionsRevoked())).toEqual([access.principalId])
})
