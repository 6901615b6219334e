import { eq } from 'drizzle-orm'
import { afterEach, expect, test } from 'vitest'
import { GrantPortUnavailable } from '#app/integrations/grant-port.ts'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { readBackGrant } from '#app/jobs/read-back.server.ts'
import { removeGrant } from '#app/jobs/remove-grant.server.ts'
import { endGrant } from '#app/services/access/end-access.server.ts'
import { showRequest } from '#app/services/access/show-request.server.ts'
import { grants } from '#db/schema/index.ts'
import { approvedAccess } from '#test/app/acts.ts'
import { pageSays, told } from '#test/app/bad-input.ts'
import { changeRow, through } from '#test/app/life-acts.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'
import type { GroupKeeper } from '#workflows/grants/place.ts'

/** A role of the charter that is a place in a group, from the request to its end, with PIM and without. */

const GROUP = '11111111-1111-4111-8111-111111111111'
const ROLE_LINE = /entra: \{ roleTemplateId: fe930be7[^}]*\}/

let app: TestApp
afterEach(() => app.stop())

async function start(groups: GroupKeeper) {
	app = await createTestApp({
		groups,
		charter: (yaml) =>
			yaml.replace(ROLE_LINE, `entra: { groupId: ${GROUP}, relation: member, name: Account clerks }`),
	})
	const requestId = await approvedAccess(app)
	const grant = await grantOf(requestId)
	return { requestId, grantId: grant.id, principalId: grant.context.principalId }
}

async function grantOf(requestId: string) {
	const [grant] = await app.deps.database.db.select().from(grants).where(eq(grants.requestId, requestId))
	if (!grant) throw new Error('The request opened no grant.')
	return grant
}

/** The tenant takes a moment to list what it was told; the clock of both is ours. */
async function provisioned(grantId: string, requestId: string) {
	const done = provisionGrant(app.deps, grantId)
	const ticking = setInterval(() => app.clock.advance(1000), 100)
	await done.finally(() => clearInterval(ticking))
	return grantOf(requestId)
}

async function ended(requestId: string, grantId: string) {
	app.clock.advance(6 * 60_000)
	await endGrant(app.deps, app.actor('operator'), requestId)
	const ticking = setInterval(() => app.clock.advance(1000), 100)
	await removeGrant(app.deps, grantId).finally(() => clearInterval(ticking))
	return grantOf(requestId)
}

test.each(['pim', 'membership'] as const)(
	'by %s: given, said to be active, and taken away',
	async (groups) => {
		const { requestId, grantId, principalId } = await start(groups)
		const active = await provisioned(grantId, requestId)
		expect([active.state, active.context.place]).toEqual([
			'active',
			{ kind: 'group', groupId: GROUP, relation: 'member', by: groups },
		])
		expect(app.tenant.groups.listed(GROUP, 'members')).toEqual([principalId])
		const { entra } = await showRequest(app.deps, app.actor('operator'), requestId)
		expect(entra).toEqual({
			name: 'Account clerks',
			where: 'member',
			unit: null,
			hasOwnEnd: groups === 'pim',
		})
		expect((await ended(requestId, grantId)).state).toBe('ended')
		expect(app.tenant.groups.listed(GROUP, 'members')).toEqual([])
	},
)

test.each(['pim', 'membership'] as const)(
	'by %s: a place that was taken away beside us is found',
	async (groups) => {
		const { requestId, grantId, principalId } = await start(groups)
		await provisioned(grantId, requestId)
		app.clock.advance(2 * 60_000)
		expect(await readBackGrant(app.deps, grantId)).toBe(false)
		if (groups === 'membership') app.tenant.groups.change(GROUP, principalId, false)
		else app.tenant.groups.pim.meddle(principalId, GROUP, { removedAt: 1 })
		expect(await readBackGrant(app.deps, grantId)).toBe(true)
		const { state, context } = await grantOf(requestId)
		expect([state, context.drift?.what]).toEqual(['drifted', 'missing'])
	},
)

test('who is in the group already keeps that, and the grant says that it was held otherwise', async () => {
	const { requestId, grantId, principalId } = await start('membership')
	app.tenant.groups.change(GROUP, principalId, true)
	await provisionGrant(app.deps, grantId)
	const { state, context } = await grantOf(requestId)
	expect([state, context.failure]).toEqual(['failed', 'HELD_OTHERWISE'])
	expect(app.tenant.groups.listed(GROUP, 'members')).toEqual([principalId])
})

test('a place that another access of ours is about to leave is waited for, and given anew', async () => {
	const { requestId, grantId, principalId } = await start('membership')
	const client = await app.owner.pool.connect()
	// The row alone: what it was asked for by does not matter here.
	await client.query('set session_replication_role = replica')
	await client.query(
		`insert into grants (id, request_id, person_id, role, state, context, machine_version, version, created_at)
		select gen_random_uuid(), gen_random_uuid(), person_id, 'before', 'removing', context, machine_version, version, created_at
		from grants where id = $1`,
		[grantId],
	)
	app.tenant.groups.change(GROUP, principalId, true)
	await expect(provisionGrant(app.deps, grantId)).rejects.toThrow('has not ended yet')
	expect((await grantOf(requestId)).state).toBe('planned')
	app.tenant.groups.change(GROUP, principalId, false)
	await client.query(`delete from grants where role = 'before'`)
	client.release(true)
	expect((await provisioned(grantId, requestId)).state).toBe('active')
})

const HELD_BY_ANOTHER = `insert into grants (id, request_id, person_id, role, state, context, machine_version, version, created_at)
	select gen_random_uuid(), gen_random_uuid(), person_id, 'before', 'removing', context, machine_version, version, created_at
	from grants where id = $1`

test('a place that another access of ours never leaves is told, and not said to be a tenant out of reach', async () => {
	const { requestId, grantId, principalId } = await start('membership')
	const access = { requestId, grantId, principalId, by: 'operator' }
	await changeRow(app, HELD_BY_ANOTHER, [grantId])
	app.tenant.groups.change(GROUP, principalId, true)
	await expect(provisionGrant(app.deps, grantId)).rejects.toThrow('has not ended yet')
	app.clock.advance(3 * 60_000)
	await expect(provisionGrant(app.deps, grantId)).rejects.toThrow('has not ended yet')
	expect(await told(app, 'operator')).toContain('access_held_up PLACE_NOT_FREE')
	app.clock.advance(8 * 3_600_000)
	await provisionGrant(app.deps, grantId)
	const { state, context } = await grantOf(requestId)
	expect([state, context.failure]).toEqual(['failed', 'PLACE_NOT_FREE'])
	expect(await pageSays(app, access, 'en')).toMatch(
		/nothing was sent to Entra.*Another access of the same person.*not ended/,
	)
	expect(await pageSays(app, access, 'de')).toMatch(/nichts an Entra gesendet.*anderer Zugriff derselben/)
})

test.each(['TooManyRequests', 'UnknownError', 'ServiceUnavailable'])(
	'a tenant that answers nothing else for eight hours was not reached, and nothing was sent to it: %s',
	async (code) => {
		const { requestId, grantId, principalId } = await start('membership')
		const access = { requestId, grantId, principalId, by: 'operator' }
		const unread = () => Promise.reject(new GrantPortUnavailable('not now', null, { code }))
		through(app, () => ({ read: unread }))
		await expect(provisionGrant(app.deps, grantId)).rejects.toThrow('not now')
		app.clock.advance(8 * 3_600_000)
		await provisionGrant(app.deps, grantId)
		const { state, context } = await grantOf(requestId)
		expect([state, context.failure]).toEqual(['failed', 'TENANT_UNREACHABLE'])
		expect(await pageSays(app, access, 'en')).toMatch(
			/nothing was sent to Entra.*not reached for eight hours/,
		)
	},
)

test('a permission that was missing for eight hours is what the access says, and not a tenant out of reach', async () => {
	const { requestId, grantId, principalId } = await start('membership')
	const code = 'Authorization_RequestDenied'
	through(app, () => ({ read: () => Promise.reject(new GrantPortUnavailable('no', null, { code })) }))
	await expect(provisionGrant(app.deps, grantId)).rejects.toThrow('no')
	app.clock.advance(8 * 3_600_000)
	await provisionGrant(app.deps, grantId)
	const { state, context } = await grantOf(requestId)
	expect([state, context.failure]).toEqual(['failed', code])
	const access = { requestId, grantId, principalId, by: 'operator' }
	expect(await pageSays(app, access, 'en')).toMatch(/permission/)
})

test('a list that is longer than any is read is said to be that after eight hours', async () => {
	const { requestId, grantId, principalId } = await start('membership')
	const access = { requestId, grantId, principalId, by: 'operator' }
	through(app, () => ({
		read: () => Promise.reject(new GrantPortUnavailable('Too long.', null, { code: 'LIST_TOO_LONG' })),
	}))
	app.clock.advance(8 * 3_600_000)
	await provisionGrant(app.deps, grantId)
	expect((await grantOf(requestId)).context.failure).toBe('LIST_TOO_LONG')
	expect(await pageSays(app, access, 'en')).toMatch(/lists more than Charterkeep reads/)
	expect(await pageSays(app, access, 'de')).toMatch(/mehr auf, als Charterkeep/)
})

test.each(['after', 'before'] as const)(
	'an answer lost %s the effect leaves one membership, which is ours',
	async (when) => {
		const { requestId, grantId, principalId } = await start('membership')
		app.tenant.faults.next('POST', /members\/\$ref$/, { kind: 'drop', when })
		await expect(provisionGrant(app.deps, grantId)).rejects.toThrow()
		const { state } = await provisioned(grantId, requestId)
		expect(state).toBe('active')
		expect(app.tenant.groups.listed(GROUP, 'members')).toEqual([principalId])
	},
)

test.each(['pim', 'membership'] as const)(
	'by %s: the end of one access does not cut off another one to the same place',
	async (groups) => {
		const { requestId, grantId, principalId } = await start(groups)
		expect((await provisioned(grantId, requestId)).state).toBe('active')
		const client = await app.owner.pool.connect()
		// The row alone: one charter gives a group by one role, so the other is of a role of before.
		await client.query('set session_replication_role = replica')
		await client.query(
			`insert into grants (id, request_id, person_id, role, state, context, machine_version, version, created_at)
			select gen_random_uuid(), gen_random_uuid(), person_id, 'before', 'active', context, machine_version, version, created_at
			from grants where id = $1`,
			[grantId],
		)
		client.release(true)
		const { state } = await ended(requestId, grantId)
		expect([state, app.tenant.groups.listed(GROUP, 'members')]).toEqual(['ended', [principalId]])
	},
)
