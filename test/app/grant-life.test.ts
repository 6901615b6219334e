import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { GrantPort } from '#app/integrations/grant-port.ts'
import { urgencyNow } from '#app/integrations/graph/urgency.server.ts'
import { extendGrant } from '#app/jobs/extend-grant.server.ts'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { readBackGrant, readBackGrants } from '#app/jobs/read-back.server.ts'
import { removeGrant } from '#app/jobs/remove-grant.server.ts'
import { TryAgain } from '#app/jobs/try-again.ts'
import { acceptDrift } from '#app/services/access/answer-drift.server.ts'
import { askExtension } from '#app/services/access/ask-extension.server.ts'
import { decideRequest, prepareDecision } from '#app/services/access/decide-request.server.ts'
import { endGrant } from '#app/services/access/end-access.server.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { showGrantsNow } from '#app/services/access/show-grants-now.server.ts'
import { showRequest } from '#app/services/access/show-request.server.ts'
import { watchRequest } from '#app/services/access/watch-request.server.ts'
import { exportBundle } from '#app/services/audit/export-bundle.server.ts'
import { EVERYTHING } from '#app/services/audit/history.server.ts'
import { factsChanged } from '#app/services/lapse/facts-changed.server.ts'
import { sweepLapses } from '#app/services/lapse/sweep.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { signOut } from '#app/services/sign-in/sign-in.server.ts'
import { lockPeople } from '#db/queries/people.ts'
import { grants, ledgerEntries, requests } from '#db/schema/index.ts'
import { approve, askForAccess, roleOf, signInAs } from '#test/app/acts.ts'
import { verify, wholeOf } from '#test/factories/bundle.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'
import type { CrashOrder } from '#test/fakes/crashing-worker.ts'

const MINUTE = 60_000

let app: TestApp
/** Length of the record when a test began. */
let begun = 0
beforeAll(async () => {
	app = await createTestApp()
})
beforeEach(async () => {
	await sequencePending(app.deps)
	begun = (await db().select({ index: ledgerEntries.index }).from(ledgerEntries)).length
})
/** One application for all: what a test leaves open is taken away, here and at the tenant. */
afterEach(async () => {
	for (const { context } of await db().select().from(grants))
		app.tenant.changeBeside(context.principalId, roleOf(context.place), { removedAt: 1 })
	app.tenant.forget()
	app.tenant.faults.clear()
	const { pool } = app.owner
	await pool.query(`update grants set state = 'ended' where state not in ('ended', 'voided', 'failed')`)
	await pool.query(`update requests set state = 'withdrawn' where state = 'pending'`)
	await pool.query('delete from timers')
	await pool.query("update appointments set valid_until = null where valid_until < now() + interval '1 day'")
})
afterAll(() => app.stop())

const db = () => app.deps.database.db
const grantOf = async (requestId: string) =>
	(await db().select().from(grants).where(eq(grants.requestId, requestId)))[0]!
const later = (ms: number) => new Date(app.clock.now().getTime() + ms)

/** Runs a job again as the queue would, until it does not ask for another run. */
async function untilDone(job: () => Promise<unknown>): Promise<void> {
	for (let run = 0; run < 20; run++) {
		try {
			await job()
			return
		} catch (error) {
			if (!(error instanceof TryAgain)) throw error
			app.clock.advance(1000)
			await pause(50)
		}
	}
	throw new Error('The job never came to an end.')
}

async function approveBoth(requestId: string): Promise<void> {
	await approve(app, requestId, app.actor('duty-officer'))
	await approve(app, requestId, app.actor('data-owner'))
}

/** An access that begins later: the request says when, as the form for it will. */
async function scheduledAccess(startsInMs: number): Promise<string> {
	const requestId = await askForAccess(app)
	await db()
		.update(requests)
		.set({ startAt: later(startsInMs) })
		.where(eq(requests.id, requestId))
	await approveBoth(requestId)
	return requestId
}

async function activeAccess(): Promise<{ requestId: string; grantId: string }> {
	const requestId = await askForAccess(app)
	await approveBoth(requestId)
	const { id: grantId } = await grantOf(requestId)
	await untilDone(() => provisionGrant(app.deps, grantId))
	expect((await grantOf(requestId)).state).toBe('active')
	return { requestId, grantId }
}

const more = { reason: 'The wave is larger than thought', ticket: 'CHG-77124', durationSeconds: 1200 }
const ask = (requestId: string, persona = 'operator', form = more) =>
	askExtension(app.deps, app.actor(persona), requestId, form)
const instance = () => app.tenant.instances()[0] as { endDateTime: string } | undefined
const kindsOf = async (like: string) => {
	await sequencePending(app.deps)
	const rows = await db()
		.select({ kind: ledgerEntries.kind })
		.from(ledgerEntries)
		.where(sql`${ledgerEntries.kind} like ${like} and ${ledgerEntries.index} >= ${begun}`)
		.orderBy(ledgerEntries.index)
	return rows.map(({ kind }) => kind)
}

describe('an access that begins later', () => {
	test('asks Entra for nothing before its start, and then for the whole of its duration', async () => {
		const requestId = await scheduledAccess(2 * 60 * MINUTE)
		const { id, state } = await grantOf(requestId)
		expect(state).toBe('scheduled')
		await provisionGrant(app.deps, id)
		expect(app.tenant.requests()).toEqual([])
		app.clock.advance(119 * MINUTE)
		expect(await fireDueTimers(app.deps)).toBe(0)
		app.clock.advance(MINUTE)
		await fireDueTimers(app.deps)
		expect((await grantOf(requestId)).state).toBe('planned')
		await untilDone(() => provisionGrant(app.deps, id))
		const { state: now, context } = await grantOf(requestId)
		expect(now).toBe('active')
		const whole = Date.parse(context.endsAt ?? '') - Date.parse(context.startAt ?? '')
		expect(whole).toBeGreaterThanOrEqual(30 * MINUTE)
		expect(await kindsOf('grant.%')).toEqual(['grant.due', 'grant.sending', 'grant.confirmed'])
	})

	test('is voided, and Entra never asked, when its permit will have ended before its end', async () => {
		const requestId = await scheduledAccess(2 * 60 * MINUTE)
		const operator = app.actor('operator').personId
		await app.owner.pool.query('update appointments set valid_until = $1 where person_id = $2', [
			later(2.25 * 60 * MINUTE),
			operator,
		])
		await app.deps.database.withTx(async (tx) => {
			await lockPeople(tx, [operator], 'update')
			await factsChanged(tx, app.deps, [operator])
		})
		expect((await grantOf(requestId)).state).toBe('voided')
		expect((await showRequest(app.deps, app.actor('operator'), requestId)).state).toBe('voided')
		expect(app.tenant.requests()).toEqual([])
	})

	test('can be given up before it begins', async () => {
		const requestId = await scheduledAccess(2 * 60 * MINUTE)
		await endGrant(app.deps, app.actor('operator'), requestId)
		const { state, context } = await grantOf(requestId)
		expect([state, context.cause]).toEqual(['voided', 'requester'])
		expect(await fireDueTimers(app.deps)).toBe(0)
	})

	test('is not approved into a window that has passed', async () => {
		const requestId = await askForAccess(app)
		await db()
			.update(requests)
			.set({ startAt: later(-60 * MINUTE) })
			.where(eq(requests.id, requestId))
		await approve(app, requestId, app.actor('duty-officer'))
		await expect(approve(app, requestId, app.actor('data-owner'))).rejects.toMatchObject({
			code: 'WINDOW_LAPSED',
		})
		expect(await grantOf(requestId)).toBeUndefined()
	})

	test('lasts as long as was granted, where that is shorter than was asked for', async () => {
		const requestId = await askForAccess(app)
		const by = app.actor('duty-officer')
		const { challengeId } = await prepareDecision(app.deps, by, {
			requestId,
			verdict: 'approve',
			reason: '',
			grantedSeconds: 900,
		})
		await decideRequest(app.deps, by, { requestId, challengeId, response: app.answerOf(by) })
		await approve(app, requestId, app.actor('data-owner'))
		expect((await grantOf(requestId)).context.durationMs).toBe(15 * MINUTE)
	})
})

describe('an extension', () => {
	test('needs the whole approval anew, and moves the end once Entra shows it', async () => {
		const { requestId, grantId } = await activeAccess()
		const before = (await grantOf(requestId)).context.endsAt ?? ''
		const extensionId = await ask(requestId)
		await expect(ask(requestId)).rejects.toMatchObject({ code: 'EXTENSION_OPEN' })
		await approve(app, extensionId, app.actor('duty-officer'))
		expect((await grantOf(requestId)).state).toBe('active')
		await approve(app, extensionId, app.actor('data-owner'))
		const asked = await grantOf(requestId)
		expect([asked.state, asked.context.endsAt]).toEqual(['extending', before])
		expect((await showRequest(app.deps, app.actor('operator'), extensionId)).state).toBe('provisioning')
		await untilDone(() => extendGrant(app.deps, grantId))
		const { state, context } = await grantOf(requestId)
		expect(state).toBe('active')
		expect(Date.parse(context.endsAt ?? '') - Date.parse(before)).toBe(20 * MINUTE)
		expect(Date.parse(instance()?.endDateTime ?? '')).toBe(Date.parse(context.endsAt ?? ''))
		expect((await showRequest(app.deps, app.actor('operator'), extensionId)).state).toBe('active')
		// The old end passes, the new one ends it.
		app.clock.advance(32 * MINUTE)
		expect(await fireDueTimers(app.deps)).toBe(0)
		app.clock.advance(20 * MINUTE)
		await fireDueTimers(app.deps)
		await untilDone(() => removeGrant(app.deps, grantId))
		expect((await grantOf(requestId)).state).toBe('expired')
		expect(await kindsOf('grant.%')).toEqual([
			'grant.sending',
			'grant.confirmed',
			'grant.extending',
			'grant.extended',
			'grant.ending',
			'grant.ended',
		])
	})

	test('is held by the offline verifier to what was approved', async () => {
		const { requestId, grantId } = await activeAccess()
		const extensionId = await ask(requestId)
		await approveBoth(extensionId)
		await untilDone(() => extendGrant(app.deps, grantId))
		const { bytes } = await exportBundle(app.deps, app.actor('auditor'), EVERYTHING, {
			profile: 'history',
			language: 'en',
		})
		const report = await verify(await wholeOf(bytes), { vkey: app.deps.signer.vkey })
		// The passkeys of this test are none, so its signatures are not; everything else holds.
		const codes = report.failures.map(({ code }) => code)
		expect(codes.filter((code) => /^(GRANT|QUORUM|REQUEST|ENDED|HELD)/.test(code))).toEqual([])
		const told = report.accesses.slice(-2).map(({ state, endsAt }) => [state, endsAt])
		expect(told).toEqual([
			['active', (await grantOf(requestId)).context.endsAt],
			['approved', null],
		])
	})

	test('that Entra refuses leaves the old end', async () => {
		const { requestId, grantId } = await activeAccess()
		const before = (await grantOf(requestId)).context.endsAt
		const extensionId = await ask(requestId)
		await approveBoth(extensionId)
		app.tenant.faults.next('POST', /roleAssignmentScheduleRequests/, {
			kind: 'status',
			status: 403,
			when: 'before',
		})
		await untilDone(() => extendGrant(app.deps, grantId))
		const { state, context } = await grantOf(requestId)
		expect([state, context.endsAt]).toEqual(['active', before])
		const shown = await showRequest(app.deps, app.actor('operator'), extensionId)
		expect(shown.state).toBe('refused')
		expect(shown.extends?.id).toBe(requestId)
	})

	test('that is decided too late is voided at the old end, which stands', async () => {
		const { requestId } = await activeAccess()
		const extensionId = await ask(requestId)
		await approve(app, extensionId, app.actor('duty-officer'))
		app.clock.advance(31 * MINUTE)
		await fireDueTimers(app.deps)
		await fireDueTimers(app.deps)
		expect((await grantOf(requestId)).state).toBe('removing')
		const [row] = await db().select().from(requests).where(eq(requests.id, extensionId))
		expect([row?.state, row?.context.voidedBy]).toEqual(['voided', 'EXTENSION_LATE'])
		await expect(approve(app, extensionId, app.actor('data-owner'))).rejects.toMatchObject({
			code: 'STAGE_CLOSED',
		})
		expect(await sweepLapses(app.deps)).toBe(0)
	})

	test('falls with the access when its holder gives that up', async () => {
		const { requestId } = await activeAccess()
		const extensionId = await ask(requestId)
		await endGrant(app.deps, app.actor('operator'), requestId)
		const [row] = await db().select().from(requests).where(eq(requests.id, extensionId))
		expect([row?.state, row?.context.voidedBy]).toEqual(['voided', 'EXTENSION_LATE'])
	})

	test('is refused to others, of what is not active, and beyond the longest access', async () => {
		const { requestId } = await activeAccess()
		await expect(ask(requestId, 'second-operator')).rejects.toMatchObject({ code: 'NOT_FOUND' })
		await expect(ask(requestId, 'operator', { ...more, durationSeconds: 4 * 3600 })).rejects.toMatchObject({
			code: 'TOO_FAR_AHEAD',
		})
		await endGrant(app.deps, app.actor('operator'), requestId)
		await expect(ask(requestId)).rejects.toMatchObject({ code: 'NOTHING_TO_EXTEND' })
	})

	test.each(['before the call', 'after the call'] as const)(
		'whose worker is killed %s is asked for once in effect, and the old end stands until Entra shows the new one',
		async (moment) => {
			const { requestId, grantId } = await activeAccess()
			const before = (await grantOf(requestId)).context.endsAt
			await approveBoth(await ask(requestId))
			await crash({ ...workerOf(grantId), job: 'extend', moment })
			const { state, context } = await grantOf(requestId)
			expect([state, context.endsAt]).toEqual(['extending', before])
			await untilDone(() => extendGrant(app.deps, grantId))
			expect((await grantOf(requestId)).state).toBe('active')
			// A request is listed a moment after it was made.
			app.clock.advance(1000)
			expect(app.tenant.requests().filter(({ action }) => action === 'adminUpdate')).toHaveLength(1)
		},
	)
})

const workerOf = (grantId: string) => ({
	database: app.target,
	tenant: { ...app.connection, kind: 'sandbox' as const },
	grantId,
	shiftMs: app.clock.now().getTime() - Date.now(),
})

async function crash(order: CrashOrder): Promise<void> {
	const worker = spawn(process.execPath, [join(import.meta.dirname, '../fakes/crashing-worker.ts')], {
		env: { ...process.env, CRASH_ORDER: JSON.stringify(order) },
		stdio: 'inherit',
	})
	const signal = await new Promise((resolve) => worker.once('exit', (_code, by) => resolve(by)))
	expect(signal).toBe('SIGKILL')
}

test.each(['before the call', 'after the call'] as const)(
	'a scheduled access whose worker is killed %s is assigned once, at its start',
	async (moment) => {
		const requestId = await scheduledAccess(2000)
		const { id } = await grantOf(requestId)
		await pause(2100)
		await fireDueTimers(app.deps)
		await crash({ ...workerOf(id), moment })
		expect((await grantOf(requestId)).state).toBe('provisioning')
		await untilDone(() => provisionGrant(app.deps, id))
		expect((await grantOf(requestId)).state).toBe('active')
		expect(app.tenant.requests().filter(({ action }) => action === 'adminAssign')).toHaveLength(1)
	},
)

describe('what Entra holds otherwise than approved', () => {
	async function meddled(change: Parameters<TestApp['tenant']['changeBeside']>[2]) {
		const { requestId, grantId } = await activeAccess()
		const { context } = await grantOf(requestId)
		app.clock.advance(6 * MINUTE)
		expect(await readBackGrant(app.deps, grantId)).toBe(false)
		expect(app.tenant.changeBeside(context.principalId, roleOf(context.place), change)).toBe(true)
		app.clock.advance(2000)
		expect(await readBackGrant(app.deps, grantId)).toBe(true)
		expect((await grantOf(requestId)).state).toBe('drifted')
		return { requestId, grantId, context }
	}

	test('is an alarm on the pages, and removed when nobody accepts it', async () => {
		const { requestId, grantId } = await meddled({ endAt: later(20 * 60 * MINUTE).getTime() })
		const shown = await showRequest(app.deps, app.actor('security-officer'), requestId)
		expect([shown.state, shown.mayAcceptDrift]).toEqual(['drifted', true])
		app.clock.advance(15 * MINUTE)
		await fireDueTimers(app.deps)
		await untilDone(() => removeGrant(app.deps, grantId))
		const { state, context } = await grantOf(requestId)
		expect([state, context.cause]).toEqual(['revoked', 'drift'])
		expect(app.tenant.instances()).toEqual([])
		expect(await kindsOf('grant.drift%')).toEqual(['grant.drifted'])
	})

	test('is accepted by an officer and never by its holder; the earlier end counts', async () => {
		const { requestId, context } = await meddled({ endAt: later(12 * MINUTE).getTime() })
		await expect(acceptDrift(app.deps, app.actor('operator'), requestId)).rejects.toMatchObject({
			code: 'FORBIDDEN',
		})
		await acceptDrift(app.deps, app.actor('security-officer'), requestId)
		const after = await grantOf(requestId)
		expect(after.state).toBe('active')
		expect((after.context.endsAt ?? '') < (context.endsAt ?? '')).toBe(true)
		// It is no second alarm.
		expect(await readBackGrant(app.deps, after.id)).toBe(false)
		await expect(acceptDrift(app.deps, app.actor('security-officer'), requestId)).rejects.toMatchObject({
			code: 'NO_DRIFT',
		})
	})

	test('is over by itself when Entra holds what was approved again', async () => {
		const { requestId, grantId, context } = await meddled({ endAt: later(20 * 60 * MINUTE).getTime() })
		app.tenant.changeBeside(context.principalId, roleOf(context.place), {
			endAt: Date.parse(context.endsAt ?? ''),
		})
		expect(await readBackGrant(app.deps, grantId)).toBe(false)
		expect((await grantOf(requestId)).state).toBe('active')
	})

	test('is not looked for any further once somebody ends the access, who waits for five seconds at most', async () => {
		const { requestId } = await activeAccess()
		const { context } = await grantOf(requestId)
		app.clock.advance(6 * MINUTE)
		app.tenant.changeBeside(context.principalId, roleOf(context.place), { removedAt: 1 })
		app.clock.advance(2000)
		const { grants: port, pause: usual } = app.deps
		const waits: (number | undefined)[] = []
		const read: GrantPort['read'] = (...asked) => {
			waits.push(urgencyNow().longestMs)
			return port.read(...asked)
		}
		Object.assign(app.deps, { grants: { ...port, read } })
		app.deps.pause = async (ms) => {
			await endGrant(app.deps, app.actor('operator'), requestId)
			await usual(ms)
		}
		await readBackGrants(app.deps).finally(() => Object.assign(app.deps, { grants: port, pause: usual }))
		expect(waits).toEqual([5000])
		expect((await grantOf(requestId)).state).toBe('removing')
		expect(await kindsOf('grant.drift%')).toEqual([])
	})

	test('that is missing can only be removed', async () => {
		const { requestId, grantId } = await meddled({ removedAt: 1 })
		await expect(acceptDrift(app.deps, app.actor('security-officer'), requestId)).rejects.toMatchObject({
			code: 'NO_DRIFT',
		})
		await endGrant(app.deps, app.actor('security-officer'), requestId)
		await untilDone(() => removeGrant(app.deps, grantId))
		expect((await grantOf(requestId)).state).toBe('revoked')
	})

	test('in another scope is found, and removed there', async () => {
		const unit = `/administrativeUnits/${app.deps.newId()}`
		const { requestId, grantId } = await meddled({ directoryScopeId: unit })
		expect((await grantOf(requestId)).context.drift?.what).toBe('scope')
		await endGrant(app.deps, app.actor('security-officer'), requestId)
		await untilDone(() => removeGrant(app.deps, grantId))
		expect((await grantOf(requestId)).state).toBe('revoked')
		expect(app.tenant.instances()).toEqual([])
	})
})

test('a row and a deadline that version 1 stored are stepped to their end', async () => {
	const { requestId, grantId } = await activeAccess()
	const late = ['openedAt', 'startAt', 'extension', 'extended', 'notExtended', 'drift', 'acceptedDrift']
	await db()
		.update(grants)
		.set({
			machineVersion: 1,
			context: sql`${grants.context} - array[${sql.join(
				late.map((key) => sql`${key}`),
				sql`, `,
			)}]::text[]`,
		})
		.where(eq(grants.id, grantId))
	const shown = await showRequest(app.deps, app.actor('operator'), requestId)
	expect(shown.grant).toMatchObject({ state: 'active', drift: null, extendingTo: null })
	app.clock.advance(31 * MINUTE)
	await fireDueTimers(app.deps)
	await untilDone(() => removeGrant(app.deps, grantId))
	const { state, machineVersion, context } = await grantOf(requestId)
	expect([state, machineVersion, context.extended]).toEqual(['expired', 7, []])
})

describe('who holds what now', () => {
	/** The same access once more, of somebody else and to begin later: rows alone, as pages read them. */
	async function copyFor(persona: string, requestId: string, startAt: Date): Promise<string> {
		const [request] = await db().select().from(requests).where(eq(requests.id, requestId))
		const grant = await grantOf(requestId)
		const [id, grantId, personId] = [app.deps.newId(), app.deps.newId(), app.actor(persona).personId]
		const { number: _, filingKey: _key, ...row } = request!
		await db()
			.insert(requests)
			.values({ ...row, id, requesterId: personId })
		const context = { ...grant.context, startsAt: null, endsAt: null, startAt: startAt.toISOString() }
		await db()
			.insert(grants)
			.values({ ...grant, id: grantId, requestId: id, personId, state: 'scheduled', context })
		return id
	}

	test('is a page by the end, everybody for officers and oneself for others, of a role, with what begins later', async () => {
		const { requestId } = await activeAccess()
		const scheduled = await copyFor('second-operator', requestId, later(60 * MINUTE))
		const officer = app.actor('security-officer')
		const idsOf = async (persona: string, asked: { role?: string; after?: string } = {}) =>
			(await showGrantsNow(app.deps, app.actor(persona), asked)).grants.map(({ id }) => id)
		const all = await showGrantsNow(app.deps, officer, {})
		expect(all.grants.map(({ id, state }) => [id, state])).toEqual([
			[requestId, 'active'],
			[scheduled, 'scheduled'],
		])
		expect(all.grants.every(({ from, until }) => from !== null && until !== null)).toBe(true)
		expect(all.next).toBeNull()
		expect(await idsOf('second-operator')).toEqual([scheduled])
		expect(await idsOf('operator', { role: 'user-administrator' })).toEqual([requestId])
		expect(await idsOf('operator', { role: 'security-reader' })).toEqual([])
		const first = all.grants[0]!
		expect(await idsOf('security-officer', { after: `${first.until}~${first.number}` })).toEqual([scheduled])
		expect(await idsOf('security-officer', { after: "x'~--" })).toHaveLength(2)
	})
})

describe('a page that is being looked at', () => {
	const open = async (persona: string, requestId: string) => {
		const actor = app.actor(persona)
		const token = await signInAs(app, actor)
		const ending = new AbortController()
		const events = await watchRequest(app.deps, actor, token, requestId, ending.signal)
		return { actor, token, events, ending }
	}

	test('is told of a change when it was committed, and of nothing else', async () => {
		const { requestId } = await activeAccess()
		const { events, ending } = await open('operator', requestId)
		expect(await events.next()).toEqual({ done: false, value: 'changed' })
		const next = events.next()
		await pause(300)
		await endGrant(app.deps, app.actor('operator'), requestId)
		app.deps.changes.tell()
		expect(await next).toEqual({ done: false, value: 'changed' })
		const last = events.next()
		ending.abort()
		expect((await last).done).toBe(true)
	})

	test('is told nothing more once its reader has signed out', async () => {
		const { requestId } = await activeAccess()
		const { events, token, actor } = await open('operator', requestId)
		await events.next()
		const next = events.next()
		const signedIn = await app.deps.database.pool.query<{ id: string }>(
			'select id from sessions where person_id = $1 order by created_at desc limit 1',
			[actor.personId],
		)
		expect(token).not.toBe('')
		await signOut(app.deps, { ...actor, sessionId: signedIn.rows[0]?.id ?? '' })
		app.deps.changes.tell()
		expect((await next).done).toBe(true)
	})

	test('is refused to who may not see the request, and beyond a few at once', async () => {
		const { requestId } = await activeAccess()
		await expect(open('second-operator', requestId)).rejects.toMatchObject({ code: 'NOT_FOUND' })
		const held = []
		for (let n = 0; n < 4; n++) held.push(await open('operator', requestId))
		await expect(open('operator', requestId)).rejects.toMatchObject({ code: 'TOO_MANY_ATTEMPTS' })
		for (const { ending } of held) ending.abort()
		const { ending } = await open('operator', requestId)
		ending.abort()
	})
})
