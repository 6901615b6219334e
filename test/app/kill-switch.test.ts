import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connectTenant } from '#app/integrations/graph/connect-tenant.server.ts'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { removeGrant } from '#app/jobs/remove-grant.server.ts'
import { TryAgain } from '#app/jobs/try-again.ts'
import { SANDBOX_CLIENT_ID, SANDBOX_KILL_SWITCH_ID } from '#app/sandbox/tenant/server.ts'
import { decideRequest, prepareDecision } from '#app/services/access/decide-request.server.ts'
import { endGrant } from '#app/services/access/end-access.server.ts'
import { fileRequest } from '#test/app/file-one.ts'
import { approvedFor, type Access } from '#test/app/bad-input.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { showRequest } from '#app/services/access/show-request.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { grants } from '#db/schema/index.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

/** A second application that can only remove, for when the first one cannot. */

const MINUTE = 60_000
/** May look, and end sessions, and no more. */
const READING = ['RoleAssignmentSchedule.Read.Directory', 'User.RevokeSessions.All', 'User.Read.All']

let app: TestApp
beforeEach(async () => {
	app = await createTestApp({ hasKillSwitch: true })
})
afterEach(() => app.stop())

/** An access that was active and that an officer takes away: the tenant would go on holding it. */
async function removingGrant(): Promise<{ grantId: string; requestId: string }> {
	const requestId = await fileRequest(app.deps, app.actor('operator'), {
		role: 'user-administrator',
		reason: 'Lock the accounts',
		ticket: 'CHG-20417',
		durationSeconds: 1800,
	})
	for (const persona of ['duty-officer', 'data-owner']) {
		const actor = app.actor(persona)
		const { challengeId } = await prepareDecision(app.deps, actor, {
			requestId,
			verdict: 'approve',
			reason: '',
		})
		await decideRequest(app.deps, actor, { requestId, challengeId, response: app.answerOf(actor) })
	}
	const [grant] = await app.deps.database.db.select().from(grants)
	const grantId = grant?.id ?? ''
	await provisionGrant(app.deps, grantId)
	app.clock.advance(6 * MINUTE)
	await endGrant(app.deps, app.actor('security-officer'), requestId)
	return { grantId, requestId }
}

const stateOf = async (grantId: string) =>
	(await app.deps.database.db.select().from(grants).where(eq(grants.id, grantId)))[0]?.state
const removals = () => app.tenant.requests().filter(({ action }) => action === 'adminRemove')
const used = async () => {
	await sequencePending(app.deps)
	const { rows } = await app.deps.database.pool.query<{ kind: string; why: string | null }>(
		`select kind, convert_from(leaf, 'UTF8')::jsonb->'open'->>'why' as why from ledger_entries where kind like 'grant.%' order by index`,
	)
	return rows
}

/** As the queue would, until it does not ask for another run. */
async function untilDone(grantId: string): Promise<void> {
	for (let run = 0; run < 20; run++) {
		try {
			return await removeGrant(app.deps, grantId)
		} catch (error) {
			if (!(error instanceof TryAgain)) throw error
			await pause(100)
		}
	}
	throw new Error('The job never came to an end.')
}

const loseCertificate = () => {
	app.tenant.applications.revokeCertificate(SANDBOX_CLIENT_ID)
	app.tenant.reevaluation.challenge()
}

describe('the first application', () => {
	test('that lost its permission has the removal sent by the kill switch, once, and the end is read back', async () => {
		const { grantId, requestId } = await removingGrant()
		app.tenant.grantOnly(READING)
		await untilDone(grantId)
		expect(await stateOf(grantId)).toBe('revoked')
		expect(removals()).toHaveLength(1)
		expect((await used()).slice(-3).map(({ kind }) => kind)).toEqual([
			'grant.ending',
			'grant.kill_switch_used',
			'grant.ended',
		])
		const { timeline } = await showRequest(app.deps, app.actor('operator'), requestId)
		expect(timeline.map(({ kind }) => kind)).toContain('grant.kill_switch_used')
	})

	test('that is throttled has it sent as well', async () => {
		const { grantId } = await removingGrant()
		app.tenant.faults.next('POST', /roleAssignmentScheduleRequests/, {
			kind: 'status',
			status: 429,
			headers: { 'retry-after': '600' },
			when: 'before',
		})
		await removeGrant(app.deps, grantId)
		expect(await stateOf(grantId)).toBe('revoked')
		expect(removals()).toHaveLength(1)
	})

	test('whose certificate is refused reads nothing: it is removed at once, and "ended" only once somebody can read', async () => {
		const { grantId, requestId } = await removingGrant()
		loseCertificate()
		for (let run = 0; run < 3; run++)
			await expect(removeGrant(app.deps, grantId)).rejects.toBeInstanceOf(TryAgain)
		app.clock.advance(5000)
		expect(app.tenant.instances()).toEqual([])
		expect(removals()).toHaveLength(1)
		expect(await stateOf(grantId)).toBe('removing')
		const { grant } = await showRequest(app.deps, app.actor('operator'), requestId)
		expect(grant?.killSwitchAt).not.toBeNull()
		app.clock.advance(11 * MINUTE)
		await fireDueTimers(app.deps)
		expect(await stateOf(grantId)).toBe('notConfirmed')
		await expect(removeGrant(app.deps, grantId)).rejects.toBeInstanceOf(TryAgain)
		expect(await stateOf(grantId)).toBe('notConfirmed')
		app.tenant.applications.restore(SANDBOX_CLIENT_ID)
		await untilDone(grantId)
		expect(await stateOf(grantId)).toBe('revoked')
		expect(removals()).toHaveLength(1)
		const told = (await used()).filter(({ kind }) => kind === 'grant.kill_switch_used')
		expect(told.map(({ why }) => why)).toEqual(['CredentialRefused', 'CredentialRefused'])
	})

	test('that only gets no clear answer is asked again before anybody else is', async () => {
		const { grantId } = await removingGrant()
		app.tenant.faults.next('POST', /roleAssignmentScheduleRequests/, {
			kind: 'status',
			status: 503,
			when: 'before',
		})
		await untilDone(grantId)
		expect(await stateOf(grantId)).toBe('revoked')
		expect((await used()).map(({ kind }) => kind)).not.toContain('grant.kill_switch_used')
	})
})

describe('plain membership that was sent and never seen, and the first application may not read it', () => {
	const GROUP = '11111111-1111-4111-8111-111111111111'
	const start = async (relation: 'member' | 'owner') => {
		await app.stop()
		app = await createTestApp({
			hasKillSwitch: true,
			groups: 'membership',
			charter: (yaml) =>
				yaml.replace(
					/entra: \{ roleTemplateId: fe930be7[^}]*\}/,
					`entra: { groupId: ${GROUP}, relation: ${relation}, name: Account clerks }`,
				),
		})
		// In a tenant without PIM the kill switch has the permission that takes membership away.
		app.tenant.grantOnly(['GroupMember.ReadWrite.All', 'Group.ReadWrite.All'], SANDBOX_KILL_SWITCH_ID)
		return approvedFor(app, 'operator', 'user-administrator')
	}
	const endIts = async ({ grantId }: Access) => {
		app.clock.advance(31 * MINUTE)
		await fireDueTimers(app.deps)
		for (let run = 0; run < 2; run++)
			await expect(removeGrant(app.deps, grantId)).rejects.toBeInstanceOf(TryAgain)
	}
	const uses = async () => (await used()).filter(({ kind }) => kind === 'grant.kill_switch_used')

	test.each(['member', 'owner'] as const)('is taken at its end all the same: %s', async (relation) => {
		const access = await start(relation)
		const isHeld = () => app.tenant.groups.holds(GROUP, `${relation}s`, access.principalId)
		app.tenant.faults.next('POST', /\$ref$/, { kind: 'drop', when: 'after' })
		await expect(provisionGrant(app.deps, access.grantId)).rejects.toBeInstanceOf(TryAgain)
		expect(isHeld()).toBe(true)
		loseCertificate()
		await endIts(access)
		expect(isHeld()).toBe(false)
		expect(await uses()).toEqual([{ kind: 'grant.kill_switch_used', why: 'CredentialRefused' }])
		// Nothing is said to have ended before somebody has read it.
		expect(await stateOf(access.grantId)).toBe('removing')
		app.tenant.applications.restore(SANDBOX_CLIENT_ID)
		app.clock.advance(MINUTE)
		await untilDone(access.grantId)
		expect(await stateOf(access.grantId)).toBe('expired')
	})

	test('stays where nothing can have been sent: who is there then was put there by somebody else', async () => {
		const access = await start('member')
		app.tenant.faults.next('POST', /\$ref$/, {
			kind: 'status',
			status: 429,
			headers: { 'retry-after': '1' },
			when: 'before',
		})
		await expect(provisionGrant(app.deps, access.grantId)).rejects.toBeInstanceOf(TryAgain)
		app.tenant.groups.change(GROUP, access.principalId, true)
		loseCertificate()
		await endIts(access)
		expect(app.tenant.groups.holds(GROUP, 'members', access.principalId)).toBe(true)
		expect(await uses()).toEqual([])
	})
})

describe('the kill switch', () => {
	test('removes nothing unseen that the tenant never confirmed as ours', async () => {
		const { grantId } = await removingGrant()
		await app.deps.database.pool.query(
			`update grants set context = jsonb_set(context, '{startsAt}', 'null') where id = $1`,
			[grantId],
		)
		loseCertificate()
		await expect(removeGrant(app.deps, grantId)).rejects.toBeInstanceOf(TryAgain)
		expect(removals()).toEqual([])
		expect((await used()).map(({ kind }) => kind)).not.toContain('grant.kill_switch_used')
	})

	test('can only remove: it gives nothing, moves no end and reads nothing', async () => {
		const { grants: second } = connectTenant(
			{ ...app.connection, kind: 'sandbox', identity: app.tenant.killSwitch },
			randomUUID,
		)
		const place = { kind: 'role' as const, roleDefinitionId: randomUUID(), directoryScopeId: '/' }
		const target = { grantId: randomUUID(), principalId: randomUUID(), place, justification: 'x' }
		const order = { ...target, endsAt: new Date(app.clock.now().getTime() + 60 * MINUTE) }
		const refused = { kind: 'refused', code: 'PermissionScopeNotGranted' }
		expect(await second.assign(order)).toMatchObject(refused)
		expect(await second.update(order)).toMatchObject(refused)
		await expect(second.read(target)).rejects.toMatchObject({ code: 'PermissionScopeNotGranted' })
		expect(await second.remove(target)).not.toMatchObject(refused)
	})
})
