import { afterEach, describe, expect, test } from 'vitest'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { removeGrant } from '#app/jobs/remove-grant.server.ts'
import { TryAgain } from '#app/jobs/try-again.ts'
import { approvedFor, drive, recorded, stateOf, told, type Access } from '#test/app/bad-input.ts'
import {
	changeRow,
	end,
	GROUP,
	inGroup,
	isHeldBy,
	overlappingIn,
	rowOf,
	runOnce,
	through,
} from '#test/app/life-acts.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

/** Two accesses of one person that rest on one assignment of Entra's: neither ends, fails or outlives by the other. */

const SECOND = 1000
const MINUTE = 60 * SECOND

let app: TestApp
afterEach(() => app.stop())

const overlapping = async () => overlappingIn((app = await createTestApp({ timeoutMs: 2000 })))
const isHeld = (access: Access) => isHeldBy(app, access)
const actions = () => app.tenant.requests().map(({ action }) => action)
const endAtTenant = ({ principalId }: Access) =>
	app.tenant
		.instances()
		.filter((row) => row.principalId === principalId)
		.map(({ endDateTime }) => Date.parse(String(endDateTime)))
const ownEnd = async (access: Access) => Date.parse((await rowOf(app, access)).context.endsAt ?? '')

/** The second one’s worker is killed once Entra has taken its share, of which nothing is listed. */
async function killedWhileSharing(second: Access): Promise<void> {
	app.tenant.faults.next('POST', /Requests$/, { kind: 'drop', when: 'after' })
	expect(await runOnce(app, provisionGrant, second)).toContain('no clear answer')
	const undo = through(app, (port) => ({
		update: async (order) => {
			const { kind } = await port.update(order)
			throw new TryAgain(`killed after ${kind}`, 0)
		},
	}))
	expect(await runOnce(app, provisionGrant, second)).toBe('killed after accepted')
	undo()
}

describe('of two accesses that rest on one assignment', () => {
	test('the first ends, and the other holds on until its own end, to which Entra’s was moved', async () => {
		const { first, second } = await overlapping()
		expect(await drive(app, 'give', second)).toBe(true)
		expect(await stateOf(app, second)).toBe('active')
		expect(await ownEnd(second)).toBeGreaterThan((await ownEnd(first)) + 4 * MINUTE)
		expect(endAtTenant(first)).toEqual([await ownEnd(second)])
		app.clock.advance(6 * MINUTE)
		await end(app, first)
		expect(await drive(app, 'take', first)).toBe(true)
		expect([await stateOf(app, first), await stateOf(app, second), isHeld(second)]).toEqual([
			'ended',
			'active',
			true,
		])
		expect(await recorded(app, 'grant.ended')).toMatchObject([
			{ grantId: first.grantId, how: 'held_by_other', heldBy: second.grantId },
		])
		expect(actions()).not.toContain('adminRemove')
		await end(app, second)
		expect(await drive(app, 'take', second)).toBe(true)
		app.clock.advance(5 * SECOND)
		expect([await stateOf(app, second), isHeld(second)]).toEqual(['ended', false])
		expect(await recorded(app, 'grant.ended')).toMatchObject([
			{},
			{ grantId: second.grantId, how: 'removed' },
		])
	})

	test('the second ends, and Entra’s end is moved back to that of the first', async () => {
		const { first, second } = await overlapping()
		expect(await drive(app, 'give', second)).toBe(true)
		app.clock.advance(6 * MINUTE)
		await end(app, second)
		expect(await drive(app, 'take', second)).toBe(true)
		expect([await stateOf(app, second), await stateOf(app, first)]).toEqual(['ended', 'active'])
		expect(endAtTenant(first)).toEqual([await ownEnd(first)])
		expect(await recorded(app, 'grant.ended')).toMatchObject([
			{ how: 'held_by_other', heldBy: first.grantId },
		])
	})

	test('the first ends while the second is sharing and is not listed yet: the second is given an own one', async () => {
		const { first, second } = await overlapping()
		await killedWhileSharing(second)
		await end(app, first)
		const listed = through(app, (port) => ({
			read: async (target) => {
				const seen = await port.read(target)
				const grantIds = seen.active?.grantIds.filter((id) => id !== second.grantId) ?? []
				return { ...seen, active: seen.active && { ...seen.active, grantIds } }
			},
		}))
		expect(await drive(app, 'take', first)).toBe(true)
		expect([await stateOf(app, first), isHeld(second)]).toEqual(['ended', false])
		listed()
		app.clock.advance(10 * SECOND)
		expect(await drive(app, 'give', second)).toBe(true)
		expect([await stateOf(app, second), isHeld(second)]).toEqual(['active', true])
		expect(endAtTenant(second)).toEqual([await ownEnd(second)])
		app.clock.advance(6 * MINUTE)
		await end(app, second)
		expect(await drive(app, 'take', second)).toBe(true)
		app.clock.advance(5 * SECOND)
		expect([await stateOf(app, second), isHeld(second)]).toEqual(['ended', false])
	})

	test('so too where Entra goes on calling the share carried out', async () => {
		const { first, second } = await overlapping()
		await killedWhileSharing(second)
		await end(app, first)
		app.tenant.forget()
		const carriedOut = { requestId: 'x', status: 'Provisioned', makes: false }
		through(app, (port) => ({
			read: async (target) => {
				const seen = await port.read(target)
				return target.grantId === second.grantId && seen.assignRequest === null
					? { ...seen, assignRequest: carriedOut }
					: seen
			},
		}))
		expect(await drive(app, 'give', second)).toBe(true)
		expect([await stateOf(app, second), isHeld(second)]).toEqual(['active', true])
	})

	test('a share that Entra refuses after it took it fails the second, and leaves the first as it is', async () => {
		const { first, second } = await overlapping()
		const endsAt = new Date(await ownEnd(first))
		through(app, (port) => ({
			read: async (target) => {
				const seen = await port.read(target)
				const { assignRequest, active } = seen
				return assignRequest?.makes === false
					? {
							...seen,
							assignRequest: { ...assignRequest, status: 'Denied' },
							active: active && { ...active, endsAt },
						}
					: seen
			},
		}))
		expect(await drive(app, 'give', second)).toBe(true)
		expect((await rowOf(app, second)).context.failure).toBe('STATUS_DENIED')
		expect([await stateOf(app, first), isHeld(first)]).toEqual(['active', true])
	})
})

describe('plain membership beside what Privileged Identity Management gives in the same group', () => {
	/** Given by a role of another charter, after the tenant got PIM. */
	async function underPim({ grantId, principalId }: Access, state: string): Promise<void> {
		await changeRow(
			app,
			`insert into grants (id, request_id, person_id, role, state, context, machine_version, version, created_at)
			select gen_random_uuid(), gen_random_uuid(), person_id, 'before', $2, jsonb_set(context, '{place,by}', '"pim"'), machine_version, version, created_at
			from grants where id = $1`,
			[grantId, state],
		)
		const endDateTime = new Date(app.clock.now().getTime() + 40 * MINUTE).toISOString()
		app.tenant.groups.pim.post({
			action: 'adminAssign',
			principalId,
			groupId: GROUP,
			accessId: 'member',
			justification: 'x',
			scheduleInfo: { expiration: { type: 'afterDateTime', endDateTime } },
		})
	}
	const pimBecomes = (state: string) =>
		changeRow(app, `update grants set state = $1 where role = 'before'`, [state])
	const isUnderPim = ({ principalId }: Access) =>
		app.tenant.groups.pim.instances().some((row) => row.principalId === principalId)
	const deletions = () => app.tenant.exchanges().filter(({ method }) => method === 'DELETE').length
	async function start(): Promise<Access> {
		app = await createTestApp({ charter: inGroup, groups: 'membership', timeoutMs: 2000 })
		return approvedFor(app, 'operator', 'user-administrator')
	}

	test('is taken away once that is over, which would go with it', async () => {
		const access = await start()
		expect(await drive(app, 'give', access)).toBe(true)
		await underPim(access, 'active')
		app.clock.advance(6 * MINUTE)
		expect(isUnderPim(access)).toBe(true)
		await end(app, access)
		expect(await drive(app, 'take', access, { runs: 3 })).toBe(false)
		expect([await stateOf(app, access), isUnderPim(access), deletions()]).toEqual(['removing', true, 0])
		app.clock.advance(3 * MINUTE)
		expect(await runOnce(app, removeGrant, access)).toContain('would go with the membership')
		expect(await told(app, 'operator')).toContain('access_held_up PLACE_NOT_FREE')
		// What PIM gave runs out by itself; the membership does not.
		app.clock.advance(60 * MINUTE)
		await pimBecomes('expired')
		expect([isUnderPim(access), isHeld(access)]).toEqual([false, true])
		expect(await drive(app, 'take', access)).toBe(true)
		expect(await recorded(app, 'grant.ended')).toMatchObject([{ how: 'removed' }])
		app.clock.advance(5 * SECOND)
		expect(isHeld(access)).toBe(false)
	})

	test('is taken away at once where that is about to end as well', async () => {
		const access = await start()
		expect(await drive(app, 'give', access)).toBe(true)
		await underPim(access, 'notConfirmed')
		app.clock.advance(6 * MINUTE)
		await end(app, access)
		expect(await drive(app, 'take', access)).toBe(true)
		expect(await recorded(app, 'grant.ended')).toMatchObject([{ how: 'removed' }])
	})

	test.each(['active', 'removing'])('is given once that is over, which is %s', async (state) => {
		const access = await start()
		await underPim(access, state)
		app.clock.advance(10 * SECOND)
		expect(isUnderPim(access)).toBe(true)
		expect(await runOnce(app, provisionGrant, access)).toContain('has not ended yet')
		expect(await stateOf(app, access)).toBe('planned')
		app.clock.advance(60 * MINUTE)
		await pimBecomes('expired')
		expect(await drive(app, 'give', access)).toBe(true)
		expect([await stateOf(app, access), isHeld(access)]).toEqual(['active', true])
	})
})
