import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { endSessions } from '#app/jobs/end-sessions.server.ts'
import { removeGrant } from '#app/jobs/remove-grant.server.ts'
import { TryAgain } from '#app/jobs/try-again.ts'
import { decideRequest, prepareDecision } from '#app/services/access/decide-request.server.ts'
import { endGrant } from '#app/services/access/end-access.server.ts'
import { fileRequest } from '#test/app/file-one.ts'
import { showRequest } from '#app/services/access/show-request.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { findPerson } from '#db/queries/people.ts'
import { grants } from '#db/schema/index.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'
import type { OutwardCommand } from '#workflows/shared/commands.ts'

/** What Entra ID must show before an access is given, and what becomes of sessions when it ends. */

const MINUTE = 60_000
const ROLE = 'fe930be7-5e62-47db-91af-98c3a49a38b1'

let app: TestApp
afterEach(() => app.stop())

const open = async (entra: string) => {
	app = await createTestApp({ rules: entra })
	app.tenant.conditionalAccess.clear()
}
const REFUSING = `
  beforeGranting: { method: refuse, passkeys: device-bound, conditionalAccess: refuse }
  endSessions: true
`
const SILENT = ''

async function approvedGrant(): Promise<{ grantId: string; requestId: string; accountId: string }> {
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
	const { entraObjectId } = await findPerson(app.deps.database.db, app.actor('operator').personId)
	return { grantId: grant?.id ?? '', requestId, accountId: entraObjectId }
}

const cover = () =>
	app.tenant.conditionalAccess.put({
		id: '7f0c1c52-0d8e-4a5c-9c55-0b1b7d9d1a11',
		displayName: 'Administrators sign in phishing-resistant',
		includeRoles: [ROLE],
		strengthId: '00000000-0000-0000-0000-000000000004',
	})
const grantOf = async (requestId: string) =>
	(await showRequest(app.deps, app.actor('operator'), requestId)).grant
const assignments = () => app.tenant.requests().filter(({ action }) => action === 'adminAssign')
const recorded = async (kind: string) => {
	await sequencePending(app.deps)
	const { rows } = await app.deps.database.pool.query<{ open: Record<string, unknown> }>(
		`select convert_from(leaf, 'UTF8')::jsonb->'open' as open from ledger_entries where kind = $1 order by index`,
		[kind],
	)
	return rows.map((row) => row.open)
}

describe('a charter that refuses', () => {
	test('has access given to whoever shows everything, without a word of warning', async () => {
		await open(REFUSING)
		cover()
		const { grantId, requestId } = await approvedGrant()
		await provisionGrant(app.deps, grantId)
		expect(await grantOf(requestId)).toMatchObject({ state: 'active', warned: [] })
		const [sending] = await recorded('grant.sending')
		expect(Object.keys(sending ?? {})).not.toContain('warned')
	})

	test.each<[string, (accountId: string) => void]>([
		['ACCOUNT_ABSENT', (id) => app.tenant.users.remove(id, 'changed')],
		['ACCOUNT_DISABLED', (id) => app.tenant.users.put(id, { accountEnabled: false })],
		['METHOD_MISSING', (id) => app.tenant.users.setMethods(id, ['password', 'phone'])],
		[
			'METHOD_MISSING',
			(id) =>
				app.tenant.passkeys.set(id, [{ aaGuid: '', passkeyType: 'synced', attestationLevel: 'notAttested' }]),
		],
		['METHOD_UNKNOWN', () => app.tenant.offerMethods(false)],
		[
			'CONDITIONAL_ACCESS_MISSING',
			() => app.tenant.conditionalAccess.remove('7f0c1c52-0d8e-4a5c-9c55-0b1b7d9d1a11'),
		],
		['CONDITIONAL_ACCESS_UNKNOWN', () => app.tenant.conditionalAccess.offer(false)],
	])('%s: nothing is sent, and the requester is told why', async (code, spoil) => {
		await open(REFUSING)
		cover()
		const { grantId, requestId, accountId } = await approvedGrant()
		spoil(accountId)
		await provisionGrant(app.deps, grantId)
		expect(await grantOf(requestId)).toMatchObject({ state: 'failed', failure: code })
		expect(assignments()).toEqual([])
		expect(await recorded('grant.failed')).toEqual([expect.objectContaining({ code })])
	})

	test('waits for what cannot be read for a moment, and refuses once that has lasted', async () => {
		await open(REFUSING)
		cover()
		const { grantId, requestId } = await approvedGrant()
		app.tenant.faults.next('GET', /conditionalAccess/, { kind: 'status', status: 503, when: 'before' }, 99)
		await expect(provisionGrant(app.deps, grantId)).rejects.toBeInstanceOf(TryAgain)
		expect(await grantOf(requestId)).toMatchObject({ state: 'planned' })
		app.clock.advance(3 * MINUTE)
		await provisionGrant(app.deps, grantId)
		expect(await grantOf(requestId)).toMatchObject({ state: 'failed', failure: 'CONDITIONAL_ACCESS_UNKNOWN' })
		expect(assignments()).toEqual([])
	})

	const GROUP = 'c1a6f0d2-55b7-4e0b-9b0e-2f6c1f4d7e01'
	const byGroup = () =>
		app.tenant.conditionalAccess.put({
			id: '7f0c1c52-0d8e-4a5c-9c55-0b1b7d9d1a11',
			displayName: 'Members of one group',
			includeGroups: [GROUP],
			strengthId: '00000000-0000-0000-0000-000000000004',
		})
	const OWN_STRENGTH = '2b1f6c3e-8a4d-4f51-9c07-5d6e7f801234'
	const byOwnStrength = () => {
		app.tenant.conditionalAccess.putStrength(OWN_STRENGTH, 'Keys of ours', ['fido2'])
		app.tenant.conditionalAccess.put({
			id: '7f0c1c52-0d8e-4a5c-9c55-0b1b7d9d1a11',
			displayName: 'Administrators with keys of ours',
			includeRoles: [ROLE],
			strengthId: OWN_STRENGTH,
		})
	}
	const busy = { kind: 'status', status: 503, when: 'before' } as const
	/** A 404 that is not the tenant's own word: somebody in between has nothing to pass the call on to. */
	const lost = {
		kind: 'status',
		status: 404,
		when: 'before',
		error: { code: 'NotFound', message: 'No upstream.' },
	} as const

	describe.each([
		['the groups that a policy is for', byGroup, /transitiveMemberOf/, busy, 'CONDITIONAL_ACCESS_UNKNOWN'],
		[
			'a strength of its own',
			byOwnStrength,
			/authenticationStrengthPolicies/,
			busy,
			'CONDITIONAL_ACCESS_UNKNOWN',
		],
		['an account that a gateway does not find', cover, /\/users\/[^/]+$/, lost, 'ACCOUNT_UNKNOWN'],
	] as const)('waits for %s', (_, put, path, fault, code) => {
		const approved = async () => {
			await open(REFUSING)
			put()
			const access = await approvedGrant()
			app.tenant.groups.change(GROUP, access.accountId, true)
			return access
		}

		test('and gives the access once it can be read', async () => {
			const { grantId, requestId } = await approved()
			app.tenant.faults.next('GET', path, fault, 99)
			await expect(provisionGrant(app.deps, grantId)).rejects.toBeInstanceOf(TryAgain)
			expect(await grantOf(requestId)).toMatchObject({ state: 'planned' })
			app.tenant.faults.clear()
			app.clock.advance(MINUTE)
			await provisionGrant(app.deps, grantId)
			expect(await grantOf(requestId)).toMatchObject({ state: 'active' })
		})

		test('and says that it is not known once that has lasted', async () => {
			const { grantId, requestId } = await approved()
			app.tenant.faults.next('GET', path, fault, 99)
			await expect(provisionGrant(app.deps, grantId)).rejects.toBeInstanceOf(TryAgain)
			app.clock.advance(3 * MINUTE)
			await provisionGrant(app.deps, grantId)
			expect(await grantOf(requestId)).toMatchObject({ state: 'failed', failure: code })
			expect(assignments()).toEqual([])
			expect(await recorded('grant.held_up')).toEqual([])
		})
	})

	test('counts the wait from the first look, however long ago the approval was, and goes on counting after a restart', async () => {
		await open(REFUSING)
		cover()
		const { grantId, requestId } = await approvedGrant()
		app.clock.advance(60 * MINUTE)
		app.tenant.faults.next('GET', /conditionalAccess/, busy, 99)
		await expect(provisionGrant(app.deps, grantId)).rejects.toBeInstanceOf(TryAgain)
		app.clock.advance(MINUTE)
		app.reconnect()
		await expect(provisionGrant(app.deps, grantId)).rejects.toBeInstanceOf(TryAgain)
		app.clock.advance(MINUTE)
		app.reconnect()
		await provisionGrant(app.deps, grantId)
		expect(await grantOf(requestId)).toMatchObject({ state: 'failed', failure: 'CONDITIONAL_ACCESS_UNKNOWN' })
	})

	test('is judged with the groups that the person is in, where a policy leaves one out', async () => {
		await open(REFUSING)
		const group = app.tenant.groups
		const emergency = 'c1a6f0d2-55b7-4e0b-9b0e-2f6c1f4d7e01'
		app.tenant.conditionalAccess.put({
			id: '7f0c1c52-0d8e-4a5c-9c55-0b1b7d9d1a11',
			displayName: 'All but the emergency accounts',
			includeUsers: ['All'],
			excludeGroups: [emergency],
			strengthId: '00000000-0000-0000-0000-000000000004',
		})
		const { grantId, requestId, accountId } = await approvedGrant()
		group.change(emergency, accountId, true)
		await provisionGrant(app.deps, grantId)
		expect(await grantOf(requestId)).toMatchObject({ state: 'failed', failure: 'CONDITIONAL_ACCESS_MISSING' })
	})
})

describe('a policy that leaves out a role', () => {
	const OTHER = '729827e3-9c14-49f7-bb1b-9608f156bbb8'
	const approvedUnder = async () => {
		await open(REFUSING)
		app.tenant.conditionalAccess.put({
			id: '7f0c1c52-0d8e-4a5c-9c55-0b1b7d9d1a11',
			displayName: 'Administrators but for one role',
			includeRoles: [ROLE],
			excludeRoles: [OTHER],
			strengthId: '00000000-0000-0000-0000-000000000004',
		})
		return approvedGrant()
	}
	test('does not hold whoever has that role as well', async () => {
		const { grantId, requestId, accountId } = await approvedUnder()
		app.tenant.assignDirectly(accountId, OTHER)
		app.clock.advance(5000)
		await provisionGrant(app.deps, grantId)
		expect(await grantOf(requestId)).toMatchObject({ state: 'failed', failure: 'CONDITIONAL_ACCESS_MISSING' })
	})

	test('holds everybody else', async () => {
		const { grantId, requestId } = await approvedUnder()
		await provisionGrant(app.deps, grantId)
		expect(await grantOf(requestId)).toMatchObject({ state: 'active' })
	})
})

describe('a charter that says nothing of it', () => {
	test('has access given, says what is lacking, and puts it on record', async () => {
		await open(SILENT)
		const { grantId, requestId, accountId } = await approvedGrant()
		app.tenant.users.setMethods(accountId, ['password'])
		await provisionGrant(app.deps, grantId)
		const warned = ['METHOD_MISSING', 'CONDITIONAL_ACCESS_MISSING']
		expect(await grantOf(requestId)).toMatchObject({ state: 'active', warned })
		expect(await recorded('grant.sending')).toEqual([expect.objectContaining({ warned })])
	})

	test('still refuses an account that is disabled', async () => {
		await open(SILENT)
		const { grantId, requestId, accountId } = await approvedGrant()
		app.tenant.users.put(accountId, { accountEnabled: false })
		await provisionGrant(app.deps, grantId)
		expect(await grantOf(requestId)).toMatchObject({ state: 'failed', failure: 'ACCOUNT_DISABLED' })
	})
})

describe('sessions', () => {
	/** An access that was active and has been removed; gives what was asked of the queue meanwhile. */
	async function removed(): Promise<{
		grantId: string
		requestId: string
		accountId: string
		asked: OutwardCommand[]
	}> {
		const asked: OutwardCommand[] = []
		const { grantId, requestId, accountId } = await approvedGrant()
		await provisionGrant(app.deps, grantId)
		app.clock.advance(6 * MINUTE)
		await endGrant(app.deps, app.actor('operator'), requestId)
		const deps = {
			...app.deps,
			enqueue: (_: unknown, commands: readonly OutwardCommand[]) => {
				asked.push(...commands)
				return Promise.resolve()
			},
		}
		for (let run = 0; (await grantOf(requestId))?.state !== 'ended' && run < 20; run++) {
			await removeGrant(deps, grantId).catch((error: unknown) => {
				if (!(error instanceof TryAgain)) throw error
			})
			await pause(50)
		}
		return { grantId, requestId, accountId, asked }
	}

	test('end with the access where the charter asks, and the page says until when tokens may outlive it', async () => {
		await open(REFUSING)
		cover()
		const { grantId, requestId, accountId, asked } = await removed()
		expect(asked).toEqual([{ type: 'grant.end_sessions', grantId }])
		const before = await grantOf(requestId)
		expect(before?.tokenTail?.evaluated).toBe(
			new Date(Date.parse(before?.closedAt ?? '') + 28 * 60 * MINUTE).toISOString(),
		)
		await endSessions(app.deps, grantId)
		expect(Object.keys(app.tenant.sessionsRevoked())).toEqual([accountId])
		const after = await grantOf(requestId)
		expect(after?.tokenTail?.evaluated).toBe(
			new Date(Date.parse(after?.sessionsEndedAt ?? '') + 15 * MINUTE).toISOString(),
		)
		expect(await recorded('grant.sessions_ended')).toEqual([{ grantId, requestId }])
	})

	test('go on where it does not', async () => {
		await open(SILENT)
		const { requestId, asked } = await removed()
		expect(asked).toEqual([])
		expect(await grantOf(requestId)).toMatchObject({ sessionsEndedAt: null })
	})

	test('of an account that is gone are no reason to try for ever; of one that cannot be reached they are', async () => {
		await open(REFUSING)
		cover()
		const { grantId, accountId } = await removed()
		app.tenant.faults.next('POST', /revokeSignInSessions/, { kind: 'status', status: 503, when: 'before' })
		await expect(endSessions(app.deps, grantId)).rejects.toBeInstanceOf(TryAgain)
		expect(await recorded('grant.sessions_ended')).toEqual([])
		app.tenant.users.remove(accountId, 'deleted')
		await endSessions(app.deps, grantId)
		expect(app.tenant.sessionsRevoked()).toEqual({})
	})
})
