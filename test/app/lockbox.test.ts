import { setTimeout as pause } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LockboxPort } from '#app/integrations/lockbox-port.ts'
import { followLockbox, SETTLE_MS } from '#app/jobs/follow-lockbox.server.ts'
import { followAnswers } from '#app/jobs/lockbox-loop.server.ts'
import { TryAgain } from '#app/jobs/try-again.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import type { Actor } from '#app/services/actor.ts'
import {
	askFromInside,
	importM365,
	recordLockbox,
	type HandForm,
	type InsideForm,
} from '#app/services/lockbox/bring-in.server.ts'
import { prepareLockbox, signLockbox } from '#app/services/lockbox/decide-lockbox.server.ts'
import { pollProviders } from '#app/services/lockbox/poll-providers.server.ts'
import { reportSeen, reportSent, retryAnswer } from '#app/services/lockbox/report.server.ts'
import { UNREAD_AFTER } from '#app/services/lockbox/tell-lockbox.server.ts'
import { showLockbox } from '#app/services/lockbox/show-lockbox.server.ts'
import { showLockboxes } from '#app/services/lockbox/show-lockboxes.server.ts'
import { factsChanged } from '#app/services/lapse/facts-changed.server.ts'
import { settleLockboxes } from '#app/services/lockbox/settle-lockboxes.server.ts'
import { prepareSuspension, signSuspension } from '#app/services/suspension/sign-suspension.server.ts'
import { lockPeople } from '#db/queries/people.ts'
import { appointments, ledgerPending, lockboxRequests } from '#db/schema/index.ts'
import { insertBoundary } from '#test/factories/lockbox.ts'
import { toldTo } from './acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

const HOUR = 3_600_000
let app: TestApp
let boundaryId: string
let m365Id: string
let otherId: string
const who = (persona: string) => app.actor(persona)
const db = () => app.deps.database.db
const lastId = { azure: '' }

const rowOf = async (id: string) =>
	(await db().select().from(lockboxRequests).where(eq(lockboxRequests.id, id)))[0]
const stateOf = async (id: string) => (await rowOf(id))?.state
const byNumber = async (providerRequestId: string) =>
	(
		await db().select().from(lockboxRequests).where(eq(lockboxRequests.providerRequestId, providerRequestId))
	)[0]

/** The provider asks, and the worker reads it. */
async function arrive(more: Parameters<TestApp['arm']['ask']>[0] = {}): Promise<string> {
	lastId.azure = app.arm.ask(more)
	await pollProviders(app.deps)
	const id = (await byNumber(lastId.azure))?.id
	if (!id) throw new Error('The request did not arrive.')
	return id
}
async function decide(
	requestId: string,
	by: Actor,
	verdict: 'approve' | 'deny' = 'approve',
	reason = verdict === 'deny' ? 'The case can be solved from the logs' : '',
) {
	const { challengeId } = await prepareLockbox(app.deps, by, { requestId, verdict, reason })
	return signLockbox(app.deps, by, { requestId, challengeId, response: app.answerOf(by) })
}
async function approveAll(requestId: string) {
	await decide(requestId, who('duty-officer'))
	return decide(requestId, who('data-owner'))
}
/** The job as the queue runs it. */
async function follow(requestId: string, runs = 20): Promise<void> {
	for (let run = 0; run < runs; run++) {
		try {
			return await followLockbox(app.deps, requestId)
		} catch (error) {
			if (!(error instanceof TryAgain)) throw error
			await pause(20)
		}
	}
}
const answersTo = (providerRequestId: string) =>
	app.arm.answers().filter(({ requestId }) => requestId === providerRequestId)
const kindsOf = async (requestId: string) =>
	(await db().select().from(ledgerPending).orderBy(ledgerPending.seq)).flatMap(({ kind, leaf }) => {
		const text = Buffer.from(leaf).toString('utf8')
		return kind.startsWith('lockbox.') && text.includes(requestId) ? [kind] : []
	})
const told = async (persona: string, requestId: string) =>
	(await toldTo(app, who(persona))).filter(({ subjectId }) => subjectId === requestId).map(({ kind }) => kind)

beforeAll(async () => {
	app = await createTestApp()
	const officer = who('security-officer').personId
	boundaryId = await insertBoundary(app.deps, officer)
	m365Id = await insertBoundary(app.deps, officer, 'm365')
	otherId = await insertBoundary(app.deps, officer, 'other')
})
afterAll(async () => {
	await app.stop()
})

describe('a request of a provider with an interface', () => {
	test('is imported once, decided by the quorum of every stage, answered once, read back, and followed to its end', async () => {
		const id = await arrive()
		expect(await pollProviders(app.deps)).toBe(0)
		expect(await rowOf(id)).toMatchObject({
			state: 'pending',
			boundaryId,
			origin: 'poll',
			asked: {
				durationSeconds: 8 * 3600,
				disclosed: { name: null, country: null, clearance: null },
				reach: 'Memory dump and disk snapshot, read only',
			},
		})
		expect(await told('duty-officer', id)).toEqual(['lockbox_arrived'])
		expect(await told('data-owner', id)).toEqual([])
		expect(await decide(id, who('duty-officer'))).toEqual({ state: 'pending' })
		expect(await told('data-owner', id)).toEqual(['lockbox_arrived'])
		// Nothing goes out before the last stage.
		await follow(id)
		await followAnswers(app.deps)
		expect(answersTo(lastId.azure)).toEqual([])
		expect(await decide(id, who('data-owner'))).toEqual({ state: 'approving' })
		expect(answersTo(lastId.azure)).toEqual([])
		await follow(id)
		expect(await stateOf(id)).toBe('approvedAtProvider')
		const number = (await rowOf(id))?.number
		expect(answersTo(lastId.azure)).toEqual([
			{
				requestId: lastId.azure,
				status: 'Approve',
				reason: `Approved by the quorum of every stage (Charterkeep L-${number}, charter version 1).`,
			},
		])
		const open = await showLockbox(app.deps, who('auditor'), id)
		expect(open.stages.map(({ decisions }) => decisions.map(({ name }) => name))).toEqual([
			['Thomas Aschauer'],
			['Dr. Katharina Brandt'],
		])
		expect(open.exchanges.map(({ kind, status }) => [kind, status])).toEqual([
			['imported', 'Pending'],
			['sent', ''],
			['seen', 'Approved'],
		])
		app.clock.advance(8 * HOUR + 60_000)
		await fireDueTimers(app.deps)
		expect(await stateOf(id)).toBe('accessEnding')
		await follow(id)
		expect(await rowOf(id)).toMatchObject({ state: 'accessEnded', context: { endedBy: 'provider' } })
		expect(await told('data-owner', id)).toContain('lockbox_access_ended')
		expect(await kindsOf(id)).toEqual([
			'lockbox.imported',
			'lockbox.decided',
			'lockbox.decided',
			'lockbox.sending',
			'lockbox.seen',
			'lockbox.clock',
			'lockbox.seen',
		])
	})

	test('is decided by eligible people alone, each once, and every refusal is in the record', async () => {
		const id = await arrive()
		for (const [persona, code] of [
			['auditor', 'INELIGIBLE'],
			['data-owner', 'INELIGIBLE'],
			['operator', 'FORBIDDEN'],
		] as const)
			await expect(decide(id, who(persona)), persona).rejects.toMatchObject({ code })
		await expect(decide(id, who('duty-officer'), 'deny', ' ')).rejects.toMatchObject({
			code: 'LOCKBOX_REASON',
		})
		await decide(id, who('duty-officer'))
		await expect(decide(id, who('duty-officer'))).rejects.toMatchObject({ code: 'ALREADY_DECIDED' })
		expect(await decide(id, who('data-owner'), 'deny')).toEqual({ state: 'denying' })
		await expect(decide(id, who('double-approver'))).rejects.toMatchObject({ code: 'LOCKBOX_CLOSED' })
		await follow(id)
		expect(await stateOf(id)).toBe('denied')
		expect(answersTo(lastId.azure)).toMatchObject([
			{ status: 'Deny', reason: expect.stringMatching(/^The case can be solved from the logs \(/) as string },
		])
		const refusals = (await db().select().from(ledgerPending)).filter(
			({ kind }) => kind === 'lockbox.attempt_refused',
		)
		expect(refusals.length).toBeGreaterThanOrEqual(5)
	})

	test('denied by a rule is answered at once: duration, resources', async () => {
		for (const [more, code] of [
			[{ duration: '9' }, 'DURATION_OVER_CAP'],
			[{ duration: 'Support request lifetime' }, 'DURATION_UNKNOWN'],
			[{ resourceIds: '/subscriptions/11111111-1111-1111-1111-111111111111/x' }, 'NO_BOUNDARY'],
			[{ resourceIds: '' }, 'NO_BOUNDARY'],
		] as const) {
			const id = await arrive(more)
			expect((await rowOf(id))?.context).toMatchObject({ denials: [code], answerCause: 'rule' })
			await follow(id)
			expect(await stateOf(id)).toBe('denied')
			expect(answersTo(lastId.azure)[0]?.status).toBe('Deny')
		}
	})

	test('is denied by silence, and the provider is told so', async () => {
		const id = await arrive()
		app.clock.advance(4 * HOUR)
		await expect(decide(id, who('duty-officer'))).rejects.toMatchObject({ code: 'TOO_LATE_TO_DECIDE' })
		await fireDueTimers(app.deps)
		expect(await rowOf(id)).toMatchObject({ state: 'denying', context: { answerCause: 'silence' } })
		await follow(id)
		expect(answersTo(lastId.azure)[0]?.reason).toContain('silence denies')
	})

	test("tells whoever decides as the provider's clock runs out, and never counts past it", async () => {
		const id = await arrive({ expiresAt: app.clock.now().getTime() + 2 * HOUR })
		for (const minutes of [60, 30, 15]) {
			app.clock.advance(minutes * 60_000)
			await fireDueTimers(app.deps)
		}
		expect((await told('duty-officer', id)).filter((kind) => kind === 'lockbox_runs_out')).toHaveLength(3)
		expect(await told('charter-owner', id)).toContain('lockbox_runs_out')
		app.clock.advance(15 * 60_000)
		await fireDueTimers(app.deps)
		expect(await stateOf(id)).toBe('expired')
		expect(answersTo(lastId.azure)).toEqual([])
	})
})

describe('what goes wrong at the provider', () => {
	const approved = async () => {
		const id = await arrive()
		await approveAll(id)
		return id
	}
	const path = () => new RegExp(`${lastId.azure}/updateApproval$`)

	test('an answer that is lost after its effect is found by reading, and not sent again', async () => {
		const id = await approved()
		app.arm.faults.next('POST', path(), { kind: 'drop', when: 'after' })
		await follow(id)
		expect(await rowOf(id)).toMatchObject({ state: 'approvedAtProvider', context: { attempts: 1 } })
		expect(answersTo(lastId.azure)).toHaveLength(1)
	})

	test('500 before the effect is tried again, after reading that it still waits', async () => {
		const id = await approved()
		app.arm.faults.next('POST', path(), { kind: 'status', status: 500, when: 'before' })
		await follow(id, 1)
		expect(await stateOf(id)).toBe('approving')
		// Not blindly: before the provider has had time for it nothing is sent.
		await follow(id, 2)
		expect((await rowOf(id))?.context.attempts).toBe(1)
		app.clock.advance(SETTLE_MS)
		await follow(id)
		expect(await rowOf(id)).toMatchObject({ state: 'approvedAtProvider', context: { attempts: 2 } })
		expect(answersTo(lastId.azure)).toHaveLength(1)
	})

	test('500 again and again is an alarm, which an officer has tried again', async () => {
		const id = await approved()
		app.arm.faults.next('POST', path(), { kind: 'status', status: 500, when: 'before' }, 4)
		for (let run = 0; run < 5; run++) {
			await follow(id, 1)
			app.clock.advance(SETTLE_MS)
		}
		expect(await rowOf(id)).toMatchObject({ state: 'sendFailed', context: { failure: 'UNKNOWN_OUTCOME' } })
		expect(await told('security-officer', id)).toContain('lockbox_send_failed')
		await retryAnswer(app.deps, who('security-officer'), id)
		await follow(id, 1)
		app.clock.advance(5 * 60_000)
		await fireDueTimers(app.deps)
		await followAnswers(app.deps)
		expect(await stateOf(id)).toBe('approvedAtProvider')
	})

	test('409, since the provider expired it meanwhile, is its end', async () => {
		const id = await approved()
		app.arm.faults.next('GET', new RegExp(`${lastId.azure}$`), { kind: 'drop', when: 'before' })
		const { azure } = lastId
		await follow(id, 1)
		app.arm.set(azure, 'Expired')
		await follow(id)
		expect(await stateOf(id)).toBe('expired')
		expect(answersTo(azure)).toEqual([])
	})

	test.each([409, 410])('%i to the answer itself is read back and says what came of it', async (status) => {
		const id = await approved()
		app.arm.faults.next('POST', path(), { kind: 'status', status, when: 'before' })
		const { azure } = lastId
		await Promise.all([follow(id, 1), pause(100).then(() => app.arm.set(azure, 'Expired'))])
		await follow(id)
		expect(await stateOf(id)).toBe('expired')
	})

	test('403 is an alarm at once, and a withdrawn request an end', async () => {
		const id = await approved()
		app.arm.faults.next('POST', path(), { kind: 'status', status: 403, when: 'before' })
		await follow(id)
		expect(await rowOf(id)).toMatchObject({ state: 'sendFailed', context: { failure: 'SandboxFault' } })
		const other = await arrive()
		app.arm.set(lastId.azure, 'Denied')
		await pollProviders(app.deps)
		expect(await stateOf(other)).toBe('deniedElsewhere')
		expect(await told('security-officer', other)).toContain('lockbox_out_of_band')
	})

	test('approved in the portal, past our quorum, is told urgently, followed and never hidden', async () => {
		const id = await arrive()
		app.arm.set(lastId.azure, 'Approved')
		await pollProviders(app.deps)
		expect(await rowOf(id)).toMatchObject({ state: 'overtaken', context: { isOutOfBand: true } })
		for (const persona of ['security-officer', 'charter-owner', 'data-owner', 'duty-officer'])
			expect(await told(persona, id)).toContain('lockbox_out_of_band')
		await expect(decide(id, who('duty-officer'))).rejects.toMatchObject({ code: 'LOCKBOX_CLOSED' })
		const list = await showLockboxes(app.deps, who('auditor'))
		expect(list.access.map((each) => each.id)).toContain(id)
		app.arm.set(lastId.azure, 'Revoked')
		await pollProviders(app.deps)
		expect(await rowOf(id)).toMatchObject({ state: 'accessEnded', context: { endedBy: 'provider' } })
		// Opened and over while nobody looked: it is an alarm all the same.
		const between = app.arm.ask()
		app.arm.set(between, 'Completed')
		await pollProviders(app.deps)
		expect(await byNumber(between)).toMatchObject({ state: 'accessEnded', context: { isOutOfBand: true } })
		const old = app.arm.ask({ createdAt: app.clock.now().getTime() - 400 * 24 * HOUR })
		app.arm.set(old, 'Denied')
		await pollProviders(app.deps)
		expect(await byNumber(old)).toBeUndefined()
	})

	test('a provider out of reach is noted with its boundary and loses nothing', async () => {
		app.arm.ask()
		app.arm.faults.next('GET', /requests$/, { kind: 'drop', when: 'before' })
		await pollProviders(app.deps)
		const boundary = async () =>
			(await showLockboxes(app.deps, who('security-officer'))).boundaries.find(({ id }) => id === boundaryId)
		expect(await boundary()).toMatchObject({ trouble: 'unreachable', isRead: true })
		expect(await pollProviders(app.deps)).toBe(1)
		expect(await boundary()).toMatchObject({ trouble: null })
	})

	test('a provider that stays out of reach is told to the officers once, and its end once', async () => {
		const officer = who('security-officer')
		const kinds = async () =>
			(await toldTo(app, officer)).map(({ kind }) => kind).filter((kind) => /unread|read_again/.test(kind))
		app.arm.faults.next('GET', /requests$/, { kind: 'drop', when: 'before' }, UNREAD_AFTER + 2)
		for (let run = 1; run <= UNREAD_AFTER + 2; run++) {
			await pollProviders(app.deps)
			expect(await kinds()).toEqual(run < UNREAD_AFTER ? [] : ['lockbox_unread'])
		}
		await pollProviders(app.deps)
		await pollProviders(app.deps)
		expect((await kinds()).sort()).toEqual(['lockbox_read_again', 'lockbox_unread'])
		// One reading that fails is none to be told.
		app.arm.faults.next('GET', /requests$/, { kind: 'drop', when: 'before' })
		await pollProviders(app.deps)
		await pollProviders(app.deps)
		expect(await kinds()).toHaveLength(2)
	})

	test('a worker that is killed between any two steps leaves one answer in effect', async () => {
		for (const moment of ['before reading', 'before the answer', 'after the answer'] as const) {
			const id = await approved()
			const { azure } = app.deps.lockbox
			if (azure === null) throw new Error('The sandbox has an interface.')
			const die = () => Promise.reject(new Error('killed'))
			const dying: LockboxPort = {
				...azure,
				read: (...order) => (moment === 'before reading' ? die() : azure.read(...order)),
				answer: async (...order) => {
					if (moment === 'after the answer') await azure.answer(...order)
					return die()
				},
			}
			const deps = { ...app.deps, lockbox: { ...app.deps.lockbox, azure: dying } }
			await expect(followLockbox(deps, id)).rejects.toThrow('killed')
			app.clock.advance(SETTLE_MS)
			await followAnswers(app.deps)
			await follow(id)
			expect(await stateOf(id), moment).toBe('approvedAtProvider')
			expect(answersTo(lastId.azure), moment).toHaveLength(1)
			expect((await rowOf(id))?.context.isOutOfBand).toBe(false)
		}
	})

	test('an interface that is not set up any more is an alarm', async () => {
		const id = await approved()
		const deps = { ...app.deps, lockbox: { azure: null, m365: null, other: null } }
		await followLockbox(deps, id)
		expect(await rowOf(id)).toMatchObject({ state: 'sendFailed', context: { failure: 'NOT_CONFIGURED' } })
	})
})

describe('races', () => {
	test('two people who decide at once: one wins, the other is told; sent twice, a signature counts once', async () => {
		const id = await arrive()
		const officer = who('duty-officer')
		const { challengeId } = await prepareLockbox(app.deps, officer, {
			requestId: id,
			verdict: 'approve',
			reason: '',
		})
		const input = { requestId: id, challengeId, response: app.answerOf(officer) }
		const twice = await Promise.allSettled([
			signLockbox(app.deps, officer, input),
			signLockbox(app.deps, officer, input),
		])
		expect(twice.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
		const both = await Promise.allSettled([
			decide(id, who('data-owner')),
			decide(id, who('double-approver'), 'deny'),
		])
		expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
		expect((await rowOf(id))?.context.decisions).toHaveLength(2)
	})

	test('two workers that read and answer at once import one request and send one answer', async () => {
		const number = app.arm.ask()
		await Promise.all([pollProviders(app.deps), pollProviders(app.deps), pollProviders(app.deps)])
		const id = (await byNumber(number))?.id ?? ''
		lastId.azure = number
		await approveAll(id)
		await Promise.all([followAnswers(app.deps), followAnswers(app.deps)])
		await follow(id)
		expect(answersTo(number)).toHaveLength(1)
		expect(await stateOf(id)).toBe('approvedAtProvider')
	})

	test('whoever approved and is suspended before the quorum is whole counts no more, and another fills the stage', async () => {
		const id = await arrive()
		await decide(id, who('duty-officer'))
		const officer = who('second-security-officer')
		const person = who('duty-officer').personId
		const { challengeId } = await prepareSuspension(app.deps, officer, {
			personId: person,
			step: 'suspend',
			reason: 'Reported missing with a device',
		})
		await signSuspension(app.deps, officer, {
			personId: person,
			step: 'suspend',
			challengeId,
			response: app.answerOf(officer),
		})
		expect(await kindsOf(id)).toEqual(['lockbox.imported', 'lockbox.decided', 'lockbox.approval_fell'])
		expect((await rowOf(id))?.context).toMatchObject({
			stage: 0,
			decisions: [{ fell: { code: 'SUSPENDED' } }],
		})
		expect(await told('duty-officer-operator', id)).toContain('lockbox_approval_fell')
		await expect(decide(id, who('data-owner'))).rejects.toMatchObject({ code: 'INELIGIBLE' })
		const view = await showLockbox(app.deps, who('duty-officer-operator'), id)
		expect(view).toMatchObject({ mayDecide: true, ruledOut: [] })
		expect(view.stages[0]?.decisions[0]?.fellAt).not.toBeNull()
		expect(await decide(id, who('duty-officer-operator'))).toEqual({ state: 'pending' })
		expect(await decide(id, who('data-owner'))).toEqual({ state: 'approving' })
		await follow(id)
		expect(answersTo(lastId.azure)).toHaveLength(1)
	})
})

describe('providers without an interface', () => {
	const hand = (more: Partial<HandForm> = {}): HandForm => ({
		boundaryId: otherId,
		providerRequestId: `CASE-${app.deps.newId().slice(-6)}`,
		cause: 'Disk of the archive is failing',
		type: 'Disk exchange with data on it',
		reach: 'One disk, in the hall, accompanied',
		resources: ['rack 12'],
		supportRequest: '4711',
		askedAt: new Date(app.clock.now().getTime() - 60_000),
		deadline: new Date(app.clock.now().getTime() + 48 * HOUR),
		durationSeconds: 3600,
		disclosed: { name: 'R. Ortega', country: 'ES', clearance: 'none' },
		...more,
	})
	/** Stands for the duty officer, who is suspended by now: another holder of the role. */
	const duty = () => who('duty-officer-operator')

	test('are recorded by hand once, decided by others, carried over and confirmed by an officer', async () => {
		const form = hand()
		const officer = who('security-officer')
		const { id } = await recordLockbox(app.deps, officer, form)
		await expect(recordLockbox(app.deps, officer, form)).rejects.toMatchObject({
			code: 'LOCKBOX_KNOWN',
			details: { id },
		})
		await expect(
			recordLockbox(app.deps, officer, hand({ deadline: new Date(app.clock.now().getTime() - 1) })),
		).rejects.toMatchObject({ code: 'INVALID_INPUT' })
		await expect(recordLockbox(app.deps, who('data-owner'), hand())).rejects.toMatchObject({
			code: 'FORBIDDEN',
		})
		await decide(id, duty())
		expect(await decide(id, who('data-owner'))).toEqual({ state: 'approving' })
		expect(await told('security-officer', id)).toContain('lockbox_answer_due')
		await followLockbox(app.deps, id)
		expect(await stateOf(id)).toBe('approving')
		await reportSent(app.deps, officer, id)
		expect(
			await reportSeen(app.deps, officer, { requestId: id, seen: 'approved', note: 'Mail of 12:30' }),
		).toBe('approvedAtProvider')
		await expect(reportSent(app.deps, officer, id)).rejects.toMatchObject({ code: 'LOCKBOX_CLOSED' })
		app.clock.advance(HOUR + 1)
		await fireDueTimers(app.deps)
		expect(await rowOf(id)).toMatchObject({ state: 'accessEnded', context: { endedBy: 'clock' } })
	})

	test('of Microsoft 365 are read from the output of its command, and so is what became of the answer', async () => {
		const officer = who('security-officer')
		const created = app.clock.now().getTime() - 60_000
		const output = (status: string, at = created) =>
			JSON.stringify([
				{
					RequestId: 'EXSR900001',
					ApprovalStatus: status,
					CreatedDate: `/Date(${at})/`,
					Duration: '04:00:00',
					ServiceName: 'Exchange',
					Reason: "Mailbox of O'Brien does not open",
				},
			])
		const [taken] = await importM365(app.deps, officer, { boundaryId: m365Id, text: output('Pending') })
		const id = taken?.id ?? ''
		expect(taken).toMatchObject({ isNew: true, state: 'pending', providerRequestId: 'EXSR900001' })
		expect(await rowOf(id)).toMatchObject({
			asked: { durationSeconds: 4 * 3600, deadline: new Date(created + 12 * HOUR).toISOString() },
		})
		await expect(decide(id, officer)).rejects.toMatchObject({ code: 'OWN_REQUEST' })
		await decide(id, duty())
		await decide(id, who('data-owner'))
		const view = await showLockbox(app.deps, officer, id)
		expect(view.command).toMatch(
			/^Set-AccessToCustomerDataRequest -ApprovalDecision Approve -RequestId 'EXSR900001' -Comment '.*' -ServiceName Exchange$/,
		)
		expect(view).toMatchObject({ mayReportSent: true, needsYou: 'carry' })
		await reportSent(app.deps, officer, id)
		const again = await importM365(app.deps, officer, { boundaryId: m365Id, text: output('Approved') })
		expect(again).toMatchObject([{ id, isNew: false, state: 'approvedAtProvider' }])
		for (const [text, problem] of [
			['not json', 'NO_JSON'],
			['[{"RequestId":"EXSR1"}]', 'NO_TIME'],
			['[1]', 'NO_REQUESTS'],
		] as const)
			await expect(importM365(app.deps, officer, { boundaryId: m365Id, text })).rejects.toMatchObject({
				code: 'LOCKBOX_UNREADABLE',
				details: { problem },
			})
	})

	test('from inside follow the same chart: whoever asks and whom it benefits are barred, and the charter judges them', async () => {
		const inside = (more: Partial<InsideForm> = {}): InsideForm => ({
			boundaryId: otherId,
			formId: app.deps.newId(),
			beneficiary: '',
			role: 'operator',
			cause: 'Search of a lost tax record',
			type: 'Read access to the archive',
			reach: 'Records of 2019',
			resources: ['archive'],
			durationSeconds: 3600,
			...more,
		})
		const form = inside()
		const { id } = await askFromInside(app.deps, who('operator'), form)
		// Sent twice it is one.
		expect(await askFromInside(app.deps, who('operator'), form)).toMatchObject({ id, isNew: false })
		expect(await rowOf(id)).toMatchObject({ state: 'pending', origin: 'inside', context: { denials: [] } })
		const own = await askFromInside(app.deps, duty(), inside({ role: 'duty-officer' }))
		await expect(decide(own.id, duty())).rejects.toMatchObject({ code: 'OWN_REQUEST' })
		// What the role asks of a person is asked here as well.
		const unfit = await askFromInside(app.deps, who('new-operator'), inside()).catch(
			(error: unknown) => error,
		)
		if (!(unfit instanceof Error))
			expect((await rowOf((unfit as { id: string }).id))?.context).toMatchObject({
				denials: ['REQUESTER_UNFIT'],
				answerCause: 'rule',
			})
		expect(await showLockbox(app.deps, who('operator'), id)).toMatchObject({ requester: 'Jonas Weidner' })
		await expect(showLockbox(app.deps, who('second-operator'), id)).rejects.toMatchObject({
			code: 'NOT_FOUND',
		})
		await decide(id, duty(), 'deny', 'Ask the archive desk, which can do this without access')
		expect(await told('operator', id)).toContain('lockbox_decided')
		const list = await showLockboxes(app.deps, who('operator'))
		expect(list.waiting.map((each) => each.id)).toEqual([id])
		expect(list.boundaries).toEqual([])
		// The requester sees why.
		expect((await showLockbox(app.deps, who('operator'), id)).stages[0]?.decisions[0]?.reason).toContain(
			'archive desk',
		)
	})

	test('from inside fall with whom they are for: denied while they wait, and once open an alarm to end it by hand', async () => {
		const operator = who('second-operator')
		const ask = async () =>
			(
				await askFromInside(app.deps, operator, {
					boundaryId: otherId,
					formId: app.deps.newId(),
					beneficiary: '',
					role: 'operator',
					cause: 'Search of a lost tax record',
					type: 'Read access to the archive',
					reach: 'Records of 2019',
					resources: ['archive'],
					durationSeconds: 3600,
				})
			).id
		const [waiting, agreed, open] = [await ask(), await ask(), await ask()]
		for (const id of [agreed, open]) {
			await decide(id, duty())
			await decide(id, who('data-owner'))
		}
		const officer = who('security-officer')
		await reportSent(app.deps, officer, open)
		await reportSeen(app.deps, officer, { requestId: open, seen: 'approved', note: 'By telephone' })
		const person = operator.personId
		// A fact that lapses is enough; nobody need be suspended for it.
		await app.deps.database.withTx(async (tx) => {
			await lockPeople(tx, [person], 'update')
			await tx.delete(appointments).where(eq(appointments.personId, person))
			await factsChanged(tx, app.deps, [person])
		})
		for (const id of [waiting, agreed])
			expect(await rowOf(id)).toMatchObject({ state: 'denying', context: { answerCause: 'rule' } })
		expect(await rowOf(open)).toMatchObject({ state: 'approvedAtProvider', context: { endedBy: null } })
		for (const persona of ['security-officer', 'second-security-officer', 'charter-owner', 'data-owner'])
			expect((await told(persona, open)).filter((kind) => kind === 'lockbox_end_by_hand')).toHaveLength(1)
		await settleLockboxes(app.deps)
		expect(
			(await told('security-officer', open)).filter((kind) => kind === 'lockbox_end_by_hand'),
		).toHaveLength(1)
		expect((await showLockbox(app.deps, officer, open)).context.requesterFell).toBeDefined()
		expect(await reportSeen(app.deps, officer, { requestId: open, seen: 'ended', note: 'Cut off' })).toBe(
			'accessEnded',
		)
	})

	test('from inside are an alarm as well when whoever has access is suspended', async () => {
		const operator = who('operator')
		const { id } = await askFromInside(app.deps, operator, {
			boundaryId: otherId,
			formId: app.deps.newId(),
			beneficiary: '',
			role: 'operator',
			cause: 'Search of a lost tax record',
			type: 'Read access to the archive',
			reach: 'Records of 2020',
			resources: ['archive'],
			durationSeconds: 3600,
		})
		await decide(id, duty())
		await decide(id, who('data-owner'))
		await reportSent(app.deps, who('security-officer'), id)
		const officer = who('second-security-officer')
		const form = { personId: operator.personId, step: 'suspend' as const }
		const reason = 'Reported missing with a device'
		const { challengeId } = await prepareSuspension(app.deps, officer, { ...form, reason })
		await signSuspension(app.deps, officer, { ...form, challengeId, response: app.answerOf(officer) })
		// Carried over, it may have been granted meanwhile: it is not taken for a denial.
		expect(await rowOf(id)).toMatchObject({
			state: 'approving',
			context: { answer: 'approve', requesterFell: { code: 'SUSPENDED' } },
		})
		expect(await told('security-officer', id)).toContain('lockbox_end_by_hand')
		expect(await kindsOf(id)).toContain('lockbox.requester_fell')
	})
})

/** The last one here: nobody lifts the suspension. */
describe('between the quorum and the answer', () => {
	test('an approver who is suspended after the quorum was whole keeps the answer from being sent, for good', async () => {
		const id = await arrive()
		const number = lastId.azure
		const approver = who('duty-officer-operator')
		await decide(id, approver)
		expect(await decide(id, who('data-owner'))).toEqual({ state: 'approving' })
		const officer = who('second-security-officer')
		const form = { personId: approver.personId, step: 'suspend' as const, reason: 'Badge lost, file 3' }
		const { challengeId } = await prepareSuspension(app.deps, officer, form)
		await signSuspension(app.deps, officer, { ...form, challengeId, response: app.answerOf(officer) })
		await follow(id)
		expect(await rowOf(id)).toMatchObject({
			state: 'sendFailed',
			context: { failure: 'RULED_OUT', attempts: 0 },
		})
		expect(await told('security-officer', id)).toContain('lockbox_send_failed')
		expect(answersTo(number)).toEqual([])
		app.clock.advance(5 * 24 * HOUR)
		await fireDueTimers(app.deps)
		expect(await stateOf(id)).toBe('expired')
		expect(answersTo(number)).toEqual([])
	})
})
