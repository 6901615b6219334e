import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eq } from 'drizzle-orm'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { TryAgain } from '#app/jobs/try-again.ts'
import { removeGrant } from '#app/jobs/remove-grant.server.ts'
import { connectTenant } from '#app/integrations/graph/connect-tenant.server.ts'
import type { Actor } from '#app/services/actor.ts'
import { decideRequest, prepareDecision } from '#app/services/access/decide-request.server.ts'
import { endGrant } from '#app/services/access/end-access.server.ts'
import { fileRequest } from '#test/app/file-one.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { grants, requests, workflowEvents } from '#db/schema/index.ts'
import { privilegedMachine, storedState } from '#workflows/access/privileged.machine.ts'
import type { RequestEvent } from '#workflows/access/request-rules.ts'
import type { RequestInput } from '#workflows/access/request-context.ts'
import { begin, decide } from '#workflows/shared/decide.ts'
import { roleOf } from '#test/app/acts.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'
import type { CrashOrder } from '#test/fakes/crashing-worker.ts'

let app: TestApp

beforeEach(async () => {
	app = await createTestApp()
})
afterEach(async () => {
	await app.stop()
})

const file = () =>
	fileRequest(app.deps, app.actor('operator'), {
		role: 'user-administrator',
		reason: 'Lock the accounts',
		ticket: 'CHG-20417',
		durationSeconds: 1800,
	})

async function approve(requestId: string, actor: Actor) {
	const { challengeId } = await prepareDecision(app.deps, actor, {
		requestId,
		verdict: 'approve',
		reason: '',
	})
	return decideRequest(app.deps, actor, { requestId, challengeId, response: app.answerOf(actor) })
}

async function approvedGrant(): Promise<{ requestId: string; grantId: string }> {
	const requestId = await file()
	await approve(requestId, app.actor('duty-officer'))
	await approve(requestId, app.actor('data-owner'))
	const [grant] = await app.deps.database.db.select().from(grants)
	return { requestId, grantId: grant?.id ?? '' }
}

/** Runs a job again as the queue would, until it does not ask for another run. */
async function untilDone(job: () => Promise<void>): Promise<void> {
	for (let run = 0; run < 20; run++) {
		try {
			return await job()
		} catch (error) {
			if (!(error instanceof TryAgain)) throw error
			await pause(200)
		}
	}
	throw new Error('The job never came to an end.')
}

const stateOf = async (grantId: string) =>
	(await app.deps.database.db.select().from(grants).where(eq(grants.id, grantId)))[0]?.state

describe('races', () => {
	test('of two approvals of one stage at once one wins, and the other is told', async () => {
		const requestId = await file()
		const approvers = [app.actor('duty-officer'), app.actor('second-duty-officer')]
		// Both have the stage before them when they sign.
		const prepared: { challengeId: string }[] = []
		for (const actor of approvers)
			prepared.push(await prepareDecision(app.deps, actor, { requestId, verdict: 'approve', reason: '' }))
		const outcomes = await Promise.allSettled(
			approvers.map((actor, i) =>
				decideRequest(app.deps, actor, {
					requestId,
					challengeId: prepared[i]?.challengeId ?? '',
					response: app.answerOf(actor),
				}),
			),
		)
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
		expect(outcomes.find((outcome) => outcome.status === 'rejected')?.reason).toMatchObject({
			code: 'STAGE_CLOSED',
		})
	})

	test('a decision against the expiry: whichever comes first holds, and only one of them', async () => {
		const requestId = await file()
		const actor = app.actor('duty-officer')
		app.clock.advance(4 * 3_600_000 - 1000)
		const { challengeId } = await prepareDecision(app.deps, actor, {
			requestId,
			verdict: 'approve',
			reason: '',
		})
		app.clock.advance(2000)
		const outcomes = await Promise.allSettled([
			decideRequest(app.deps, actor, { requestId, challengeId, response: app.answerOf(actor) }),
			fireDueTimers(app.deps),
		])
		expect(outcomes[0]?.status).toBe('rejected')
		const [row] = await app.deps.database.db.select().from(requests)
		expect(row?.state).toBe('timedOut')
	})

	test('two workers fire a deadline once', async () => {
		await file()
		app.clock.advance(5 * 3_600_000)
		const fired = await Promise.all([fireDueTimers(app.deps), fireDueTimers(app.deps)])
		expect(fired.reduce((sum, n) => sum + n, 0)).toBe(1)
	})

	test('a double click files one request', async () => {
		const outcomes = await Promise.allSettled([file(), file()])
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
		expect(outcomes.find((outcome) => outcome.status === 'rejected')?.reason).toMatchObject({
			code: 'ALREADY_REQUESTED',
		})
	})
})

describe('a grant', () => {
	test('is provisioned once, however often the job runs and whatever answer is lost', async () => {
		const { grantId } = await approvedGrant()
		// The tenant acts and the connection breaks: nobody knows whether it was done.
		app.tenant.faults.next('POST', /roleAssignmentScheduleRequests/, { kind: 'drop', when: 'after' })
		await expect(provisionGrant(app.deps, grantId)).rejects.toThrow('no clear answer')
		expect(await stateOf(grantId)).toBe('provisioning')
		await untilDone(() => provisionGrant(app.deps, grantId))
		await provisionGrant(app.deps, grantId)
		expect(await stateOf(grantId)).toBe('active')
		expect(app.tenant.requests().filter(({ action }) => action === 'adminAssign')).toHaveLength(1)
	})

	test.each(['before the call', 'after the call'] as const)(
		'is made exactly once when the worker is killed %s',
		async (moment) => {
			const { grantId } = await approvedGrant()
			const order: CrashOrder = {
				database: app.target,
				tenant: { ...app.connection, kind: 'sandbox' },
				grantId,
				moment,
			}
			const worker = spawn(process.execPath, [join(import.meta.dirname, '../fakes/crashing-worker.ts')], {
				env: { ...process.env, CRASH_ORDER: JSON.stringify(order) },
				stdio: 'inherit',
			})
			const signal = await new Promise((resolve) => worker.once('exit', (_code, by) => resolve(by)))
			expect(signal).toBe('SIGKILL')
			// The intent was stored before anything was sent, and nobody calls the access active yet.
			expect(await stateOf(grantId)).toBe('provisioning')
			await untilDone(() => provisionGrant(app.deps, grantId))
			expect(await stateOf(grantId)).toBe('active')
			expect(app.tenant.requests().filter(({ action }) => action === 'adminAssign')).toHaveLength(1)
			await sequencePending(app.deps)
			const kinds = (
				await app.deps.database.pool.query<{ kind: string }>(
					"select kind from ledger_entries where kind like 'grant.%' order by index",
				)
			).rows
			expect(kinds.map(({ kind }) => kind)).toEqual(['grant.sending', 'grant.confirmed'])
		},
	)

	test('whose call never left is sent by the next run', async () => {
		const { grantId } = await approvedGrant()
		app.tenant.faults.next('POST', /roleAssignmentScheduleRequests/, {
			kind: 'status',
			status: 503,
			when: 'before',
		})
		await expect(provisionGrant(app.deps, grantId)).rejects.toThrow()
		await untilDone(() => provisionGrant(app.deps, grantId))
		expect(await stateOf(grantId)).toBe('active')
		expect(app.tenant.requests().filter(({ action }) => action === 'adminAssign')).toHaveLength(1)
	})

	test('is not called active when somebody else gave the role beside Charterkeep', async () => {
		const { grantId } = await approvedGrant()
		const [row] = await app.deps.database.db.select().from(grants)
		app.tenant.assignBeside(row?.context.principalId ?? '', roleOf(row?.context.place))
		app.clock.advance(5000)
		await provisionGrant(app.deps, grantId)
		expect(await stateOf(grantId)).toBe('failed')
	})

	test('is ended only when the tenant no longer lists it, and waits out the first five minutes', async () => {
		const { requestId, grantId } = await approvedGrant()
		await provisionGrant(app.deps, grantId)
		await endGrant(app.deps, app.actor('security-officer'), requestId)
		await removeGrant(app.deps, grantId)
		expect(await stateOf(grantId)).toBe('postponed')
		expect(app.tenant.instances()).toHaveLength(1)
		app.clock.advance(6 * 60_000)
		await fireDueTimers(app.deps)
		expect(await stateOf(grantId)).toBe('removing')
		app.tenant.faults.next('POST', /roleAssignmentScheduleRequests/, { kind: 'drop', when: 'after' })
		await expect(removeGrant(app.deps, grantId)).rejects.toThrow('no clear answer')
		expect(await stateOf(grantId)).toBe('removing')
		await untilDone(() => removeGrant(app.deps, grantId))
		expect(await stateOf(grantId)).toBe('revoked')
		expect(app.tenant.instances()).toEqual([])
	})

	test('goes to its deadline by itself, with every step in the record', async () => {
		const { grantId } = await approvedGrant()
		await provisionGrant(app.deps, grantId)
		app.clock.advance(31 * 60_000)
		await fireDueTimers(app.deps)
		await removeGrant(app.deps, grantId)
		expect(await stateOf(grantId)).toBe('expired')
		await sequencePending(app.deps)
		const kinds = (
			await app.deps.database.pool.query<{ kind: string }>('select kind from ledger_entries order by index')
		).rows.map(({ kind }) => kind)
		expect(kinds.filter((kind) => /^(request|grant)\./.test(kind))).toEqual([
			'request.filed',
			'request.decided',
			'request.decided',
			'grant.sending',
			'grant.confirmed',
			'grant.ending',
			'grant.ended',
		])
	})
})

test('replaying the recorded events of a request gives its stored state', async () => {
	const { requestId } = await approvedGrant()
	const { db } = app.deps.database
	const events = await db
		.select()
		.from(workflowEvents)
		.where(eq(workflowEvents.workflowId, requestId))
		.orderBy(workflowEvents.version)
	const [filed, ...rest] = events
	const { input } = filed?.event as unknown as { input: RequestInput }
	const first = begin(privilegedMachine, input, filed?.at.toISOString() ?? '')
	const last = rest.reduce(
		(snapshot, { event }) => decide(privilegedMachine, snapshot, event as unknown as RequestEvent).next,
		first.next,
	)
	const [row] = await db.select().from(requests).where(eq(requests.id, requestId))
	expect({ state: storedState(last), context: last.context }).toEqual({
		state: row?.state,
		context: row?.context,
	})
})

test('two sequencers at once give contiguous indexes and one checkpoint for each batch', async () => {
	await file()
	const added = await Promise.all([
		sequencePending(app.deps),
		sequencePending(app.deps),
		sequencePending(app.deps),
	])
	const { rows } = await app.deps.database.pool.query<{ n: string; top: string }>(
		'select count(*) n, max(index) + 1 top from ledger_entries',
	)
	expect(Number(rows[0]?.n)).toBe(Number(rows[0]?.top))
	expect(added.reduce((sum, n) => sum + n, 0)).toBe(Number(rows[0]?.n))
})

test('the connector says which tenant it talks to', () => {
	const { label } = connectTenant({ ...app.connection, kind: 'sandbox', name: 'Sandbox tenant' }, () => '')
	expect(label).toMatchObject({ kind: 'sandbox', name: 'Sandbox tenant', groups: 'pim', lacks: [] })
})
