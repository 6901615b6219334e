import { setTimeout as pause } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exportBundle } from '#app/services/audit/export-bundle.server.ts'
import { exportHistory } from '#app/services/audit/export-history.server.ts'
import { EVERYTHING } from '#app/services/audit/history.server.ts'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { removeGrant } from '#app/jobs/remove-grant.server.ts'
import { TryAgain } from '#app/jobs/try-again.ts'
import { answerQuestion } from '#app/services/audit/question/answer-question.server.ts'
import { questionRows } from '#app/services/audit/question/question-rows.server.ts'
import { askExtension } from '#app/services/access/ask-extension.server.ts'
import { endGrant } from '#app/services/access/end-access.server.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import type { Actor } from '#app/services/actor.ts'
import { followEndedUses, withdrawUse } from '#app/services/break-glass/end-use.server.ts'
import {
	prepareOffline,
	signOffline,
	type OfflineForm,
} from '#app/services/break-glass/record-offline.server.ts'
import { prepareReview, signReview } from '#app/services/break-glass/review-use.server.ts'
import { prepareSecond, signSecond } from '#app/services/break-glass/second-use.server.ts'
import { showProcedure } from '#app/services/break-glass/show-procedure.server.ts'
import { showUse } from '#app/services/break-glass/show-use.server.ts'
import { showStanding, showUses } from '#app/services/break-glass/show-uses.server.ts'
import { prepareUse, signUse, type UseForm } from '#app/services/break-glass/sign-use.server.ts'
import { prepareSuspension, signSuspension } from '#app/services/suspension/sign-suspension.server.ts'
import { breakGlassUses, grants, ledgerPending } from '#db/schema/index.ts'
import type { AccessRecord } from '#workflows/audit-export/formats/access-record.ts'
import { SECOND_WITHIN_MS } from '#workflows/access/break-glass-context.ts'
import { verify, wholeOf } from '#test/factories/bundle.ts'
import { approve, askForAccess, toldTo } from './acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

const HOUR = 3_600_000
const FORM: UseForm = {
	role: 'user-administrator',
	reason: 'All administrators are locked out since 02:50',
	ticket: 'CHG-99001',
	durationSeconds: 1800,
}

let app: TestApp
const who = (persona: string) => app.actor(persona)
const db = () => app.deps.database.db

async function use(form: Partial<UseForm> = {}, by = who('operator')) {
	const { challengeId } = await prepareUse(app.deps, by, { ...FORM, ...form })
	return (await signUse(app.deps, by, { challengeId, response: app.answerOf(by) })).useId
}
async function second(useId: string, by: Actor, verdict: 'confirm' | 'refuse' = 'confirm') {
	const { challengeId } = await prepareSecond(app.deps, by, { useId, verdict })
	return signSecond(app.deps, by, { useId, challengeId, response: app.answerOf(by) })
}
async function review(
	useId: string,
	by: Actor,
	verdict: 'justified' | 'not_justified' = 'justified',
	findings = 'The lock-out was real; only accounts were reset',
) {
	const { challengeId } = await prepareReview(app.deps, by, { useId, verdict, findings })
	return signReview(app.deps, by, { useId, challengeId, response: app.answerOf(by) })
}
async function record(form: Partial<OfflineForm> = {}, by = who('security-officer')) {
	const now = app.deps.now().getTime()
	const { challengeId } = await prepareOffline(app.deps, by, {
		usingRole: 'operator',
		openedBy: 'Jonas Weidner',
		witness: 'Thomas Aschauer',
		account: 'emergency-1@btr.example',
		from: new Date(now - 2 * HOUR),
		until: new Date(now - HOUR),
		reason: 'Charterkeep was down with the hall in Frankfurt',
		envelope: 'E-2026-04',
		...form,
	})
	return (await signOffline(app.deps, by, { challengeId, response: app.answerOf(by) })).useId
}
const stateOf = async (useId: string) =>
	(await db().select().from(breakGlassUses).where(eq(breakGlassUses.id, useId)))[0]?.state
const grantOf = async (useId: string) =>
	(await db().select().from(grants).where(eq(grants.requestId, useId)))[0]
const kinds = async () =>
	(await db().select().from(ledgerPending).orderBy(ledgerPending.seq)).map(({ kind }) => kind)

async function untilDone(job: () => Promise<void>): Promise<void> {
	for (let run = 0; run < 30; run++) {
		try {
			return await job()
		} catch (error) {
			if (!(error instanceof TryAgain)) throw error
			await pause(200)
		}
	}
	throw new Error('The job never came to an end.')
}

/** Brings a running use to its confirmed end. */
async function end(useId: string, by = who('operator')) {
	await endGrant(app.deps, by, useId)
	const grant = await grantOf(useId)
	if (grant?.state !== 'ended') await untilDone(() => removeGrant(app.deps, grant?.id ?? ''))
	await fireDueTimers(app.deps)
}

beforeAll(async () => {
	app = await createTestApp()
})
afterAll(async () => {
	await app.stop()
})

describe('a use of break-glass', () => {
	test('opens the access with the second signature, tells everybody at once, and bars the next until it is reviewed', async () => {
		const useId = await use()
		expect(await stateOf(useId)).toBe('awaitingSecond')
		expect(await grantOf(useId)).toBeUndefined()
		expect(await second(useId, who('security-officer'))).toEqual({ state: 'inUse' })
		const grant = await grantOf(useId)
		expect(grant).toMatchObject({ state: 'planned', context: { durationMs: 1_800_000 } })
		for (const persona of ['security-officer', 'second-security-officer', 'data-owner', 'charter-owner']) {
			const told = await toldTo(app, who(persona))
			expect(told.filter(({ kind }) => kind === 'break_glass_used')).toMatchObject([
				{ subject: 'review', subjectId: useId, urgency: 'break_glass' },
			])
		}
		expect(await toldTo(app, who('operator'))).toEqual([])

		await untilDone(() => provisionGrant(app.deps, grant?.id ?? ''))
		expect(await showUse(app.deps, who('operator'), useId)).toMatchObject({
			access: 'active',
			mayEnd: true,
			canReview: ['Dr. Katharina Brandt', 'Sabine Okafor', 'Sophie Krämer'],
		})
		const more = { reason: 'The incident goes on', ticket: 'CHG-20417', durationSeconds: 600 }
		await expect(askExtension(app.deps, who('operator'), useId, more)).rejects.toMatchObject({
			code: 'NOTHING_TO_EXTEND',
		})
		await expect(review(useId, who('data-owner'))).rejects.toMatchObject({ code: 'REVIEW_TOO_EARLY' })
		app.clock.advance(6 * 60_000)
		await end(useId)
		expect(await stateOf(useId)).toBe('reviewOwed')

		const barred = use({ role: 'security-administrator' })
		await expect(barred).rejects.toMatchObject({ code: 'BREAK_GLASS_DEBT', details: { number: 1 } })
		// Every holder of the role is barred, not only who used it.
		await expect(use({}, who('duty-officer-operator'))).rejects.toMatchObject({ code: 'BREAK_GLASS_DEBT' })
		expect(await showStanding(app.deps, who('operator'))).toMatchObject({
			isUser: true,
			debts: [{ number: 1, canReview: ['Dr. Katharina Brandt', 'Sabine Okafor', 'Sophie Krämer'] }],
		})
		for (const [persona, code] of [
			['operator', 'OWN_USE'],
			['security-officer', 'OWN_USE'],
			['auditor', 'NOT_REVIEWER'],
		] as const)
			await expect(review(useId, who(persona))).rejects.toMatchObject({ code })

		expect(await review(useId, who('data-owner'), 'not_justified')).toEqual({ state: 'reviewed' })
		expect((await toldTo(app, who('second-security-officer'))).map(({ kind }) => kind)).toContain(
			'review_not_justified',
		)
		await expect(review(useId, who('double-approver'))).rejects.toMatchObject({ code: 'BREAK_GLASS_CLOSED' })
		const told = (await kinds()).filter((kind) => kind.startsWith('break_glass.'))
		expect(told.filter((kind) => kind !== 'break_glass.attempt_refused')).toEqual([
			'break_glass.signed',
			'break_glass.seconded',
			'break_glass.access_ended',
			'break_glass.reviewed',
		])
		// Every refusal is in the record as well.
		expect(told.filter((kind) => kind === 'break_glass.attempt_refused')).toHaveLength(7)

		const next = await use()
		await withdrawUse(app.deps, who('operator'), next)
		expect(await stateOf(next)).toBe('withdrawn')
	})

	test('is refused with the reason: role, length, number, person, open access', async () => {
		for (const [form, code] of [
			[{ role: 'helpdesk-administrator' }, 'BREAK_GLASS_NOT_ALLOWED'],
			[{ role: 'no-such-role' }, 'BREAK_GLASS_NOT_ALLOWED'],
			[{ durationSeconds: 3601 }, 'DURATION_TOO_LONG'],
			[{ durationSeconds: 60 }, 'DURATION_TOO_SHORT'],
			[{ ticket: 'nonsense' }, 'TICKET_MALFORMED'],
		] as const)
			await expect(use(form)).rejects.toMatchObject({ code })
		await expect(use({}, who('auditor'))).rejects.toMatchObject({ code: 'BREAK_GLASS_NOT_ALLOWED' })
		// An operator by appointment who lacks what the role asks of a person.
		await expect(use({}, who('new-operator'))).rejects.toMatchObject({ code: 'BREAK_GLASS_NOT_ALLOWED' })
		const open = await askForAccess(app)
		await expect(use()).rejects.toMatchObject({ code: 'ALREADY_REQUESTED' })
		await approve(app, open, who('duty-officer'))
		await approve(app, open, who('data-owner'))
		await endGrant(app.deps, who('operator'), open)
	})

	test('the rules about a person deny in an emergency as well; only the stages fall away', async () => {
		// Holds the using role, but the training that the taken role asks for is out of date.
		await expect(use({}, who('second-operator'))).rejects.toMatchObject({
			code: 'INELIGIBLE',
			details: {
				denials: expect.arrayContaining([expect.objectContaining({ satisfied: false })]) as unknown,
			},
		})
	})

	test('waits for a second officer who is somebody else and has the duty, and ends by silence', async () => {
		const useId = await use()
		await expect(second(useId, who('operator'))).rejects.toMatchObject({ code: 'OWN_USE' })
		await expect(second(useId, who('auditor'))).rejects.toMatchObject({ code: 'NOT_SECOND_OFFICER' })
		// One that waits bars the next as well: two could not be begun side by side.
		await expect(use({}, who('duty-officer-operator'))).rejects.toMatchObject({ code: 'BREAK_GLASS_DEBT' })
		expect(await showStanding(app.deps, who('duty-officer'))).toMatchObject({
			open: [{ id: useId, needsYou: 'second' }],
		})
		app.clock.advance(SECOND_WITHIN_MS)
		await expect(second(useId, who('duty-officer'))).rejects.toMatchObject({ code: 'BREAK_GLASS_CLOSED' })
		await fireDueTimers(app.deps)
		expect(await stateOf(useId)).toBe('timedOut')
		expect(await grantOf(useId)).toBeUndefined()

		const refused = await use()
		expect(await second(refused, who('duty-officer'), 'refuse')).toEqual({ state: 'refused' })
		await expect(second(refused, who('security-officer'))).rejects.toMatchObject({
			code: 'BREAK_GLASS_CLOSED',
		})
	})

	test('two second officers at once open one access', async () => {
		const useId = await use()
		const outcomes = await Promise.allSettled([
			second(useId, who('security-officer')),
			second(useId, who('duty-officer')),
		])
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
		expect(await db().select().from(grants).where(eq(grants.requestId, useId))).toHaveLength(1)
		await end(useId)
		await review(useId, who('data-owner'))
	})

	test('two uses of one role at once begin one', async () => {
		const outcomes = await Promise.allSettled([
			use({ role: 'user-administrator' }),
			use({ role: 'user-administrator' }, who('duty-officer-operator')),
		])
		expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
		const begun = outcomes.find((each) => each.status === 'fulfilled')
		const useId = begun?.value ?? ''
		await second(useId, who('security-officer'), 'refuse')
	})

	test('a suspension before the second signature voids it, and nobody can confirm it any more', async () => {
		const useId = await use()
		const officer = who('security-officer')
		const { personId } = who('operator')
		const { challengeId } = await prepareSuspension(app.deps, officer, {
			personId,
			step: 'suspend',
			reason: 'Laptop reported stolen, file 17/26',
		})
		await signSuspension(app.deps, officer, {
			personId,
			step: 'suspend',
			challengeId,
			response: app.answerOf(officer),
		})
		expect(await stateOf(useId)).toBe('voided')
		await expect(second(useId, who('duty-officer'))).rejects.toMatchObject({ code: 'BREAK_GLASS_CLOSED' })
		expect(await grantOf(useId)).toBeUndefined()
		// Whoever is suspended holds no role, so they never can.
		await expect(use()).rejects.toMatchObject({ code: 'BREAK_GLASS_NOT_ALLOWED' })
		expect(await kinds()).toContain('break_glass.voided')
	})
})

describe('what follows a use', () => {
	const by = () => who('duty-officer-operator')

	test('it ends at its time, its review is owed and becomes overdue, and it is told again', async () => {
		const useId = await use({ durationSeconds: 600 }, by())
		await second(useId, who('security-officer'))
		const grant = await grantOf(useId)
		await untilDone(() => provisionGrant(app.deps, grant?.id ?? ''))
		app.clock.advance(11 * 60_000)
		await fireDueTimers(app.deps)
		expect((await grantOf(useId))?.state).toBe('removing')
		expect(await stateOf(useId)).toBe('inUse')
		await untilDone(() => removeGrant(app.deps, grant?.id ?? ''))
		// The worker is killed here and another one goes on: it looks at the grants as they are.
		expect(await followEndedUses(app.deps)).toBe(1)
		expect(await followEndedUses(app.deps)).toBe(0)
		expect(await stateOf(useId)).toBe('reviewOwed')
		app.clock.advance(72 * HOUR)
		await fireDueTimers(app.deps)
		expect(await stateOf(useId)).toBe('overdue')
		app.clock.advance(24 * HOUR)
		await fireDueTimers(app.deps)
		expect((await kinds()).filter((kind) => kind === 'break_glass.review_overdue')).toHaveLength(2)
		await expect(use({}, by())).rejects.toMatchObject({ code: 'BREAK_GLASS_DEBT' })
		expect(await review(useId, who('data-owner'))).toEqual({ state: 'reviewed' })
	})

	test('an access that is given up before it was sent is over as well', async () => {
		const useId = await use({}, by())
		await second(useId, who('security-officer'))
		await end(useId, by())
		expect(await stateOf(useId)).toBe('reviewOwed')
		await review(useId, who('data-owner'))
	})

	test('is shown to those it concerns, and does not exist for others', async () => {
		const { uses } = await showUses(app.deps, who('auditor'))
		expect(uses.length).toBeGreaterThan(5)
		const [newest] = uses
		await expect(showUse(app.deps, who('new-operator'), newest?.id ?? '')).rejects.toMatchObject({
			code: 'NOT_FOUND',
		})
		expect((await showUses(app.deps, who('new-operator'))).uses).toEqual([])
		const view = await showUse(app.deps, who('auditor'), newest?.id ?? '')
		expect(view.signatures.map(({ part }) => part)).toEqual(['use', 'second', 'review'])
		expect(view.timeline.map(({ kind }) => kind)).toEqual([
			'break_glass.signed',
			'break_glass.seconded',
			'grant.ended',
			'break_glass.access_ended',
			'break_glass.reviewed',
		])
	})
})

describe('the sealed procedure', () => {
	test('says who, what and how long, under which charter', async () => {
		const procedure = await showProcedure(app.deps, who('operator'))
		expect(procedure).toMatchObject({ charterVersion: 1, maximumSeconds: 3600 })
		expect(procedure.charterTextSha256).toMatch(/^[0-9a-f]{64}$/)
		expect(procedure.usedBy[0]?.people).not.toContain('Jonas Weidner')
		expect(procedure.review.people).toContain('Dr. Katharina Brandt')
	})

	test('refuses on the form what cannot be so', async () => {
		const now = app.deps.now().getTime()
		const at = (ms: number) => new Date(now + ms)
		for (const [form, details] of [
			[{ openedBy: 'Nobody Here' }, { field: 'openedBy', problem: 'NO_SUCH_PERSON' }],
			[{ witness: 'Nobody Here' }, { field: 'witness', problem: 'NO_SUCH_PERSON' }],
			[{ witness: 'Jonas Weidner' }, { field: 'witness', problem: 'TWO_PEOPLE' }],
			[
				{ from: at(-HOUR), until: at(-2 * HOUR) },
				{ field: 'until', problem: 'ENDS_BEFORE_IT_BEGINS' },
			],
			[
				{ from: at(-HOUR), until: at(HOUR) },
				{ field: 'until', problem: 'BEGINS_IN_FUTURE' },
			],
			[
				{ from: at(HOUR), until: at(2 * HOUR) },
				{ field: 'from', problem: 'BEGINS_IN_FUTURE' },
			],
		] as const)
			await expect(record(form)).rejects.toMatchObject({ code: 'INVALID_INPUT', details })
		await expect(record({ witness: 'Ingrid Falkenstein' })).rejects.toMatchObject({ code: 'OWN_USE' })
		await expect(record({ usingRole: 'auditor' })).rejects.toMatchObject({ code: 'BREAK_GLASS_NOT_ALLOWED' })
		await expect(record({}, who('auditor'))).rejects.toMatchObject({ code: 'FORBIDDEN' })
	})

	test('a recorded use owes the same review, bars the next use, and cannot be recorded twice', async () => {
		const useId = await record()
		expect(await stateOf(useId)).toBe('reviewOwed')
		await expect(record({ account: 'EMERGENCY-1@btr.example' })).rejects.toMatchObject({
			code: 'OFFLINE_OVERLAPS',
		})
		await expect(use({}, who('duty-officer-operator'))).rejects.toMatchObject({ code: 'BREAK_GLASS_DEBT' })
		await expect(review(useId, who('security-officer'))).rejects.toMatchObject({ code: 'OWN_USE' })
		expect(await showUse(app.deps, who('auditor'), useId)).toMatchObject({
			role: null,
			offline: { account: 'emergency-1@btr.example', witnesses: ['Thomas Aschauer'] },
		})
		expect(await review(useId, who('data-owner'))).toEqual({ state: 'reviewed' })
	})
})

test('a bundle of all this verifies: signatures, distinct humans, limit, and the debt that barred', async () => {
	const { bytes } = await exportBundle(app.deps, app.actor('auditor'), EVERYTHING, {
		profile: 'history',
		language: 'en',
	})
	const report = await verify(await wholeOf(bytes), { vkey: app.deps.signer.vkey })
	// The test's passkeys sign nothing real and were enrolled without an entry: that, and nothing else, is found.
	expect(new Set(report.failures.map(({ code }) => code))).toEqual(new Set(['CREDENTIAL_NOT_ENROLLED']))
	const { uses } = await showUses(app.deps, who('auditor'))
	const reviewed = uses.filter(({ state }) => state === 'reviewed')
	expect(report.counts).toMatchObject({ breakGlass: uses.length, breakGlassReviewed: reviewed.length })
	const told = report.accesses.filter(({ breakGlass }) => breakGlass !== null)
	expect(told).toHaveLength(uses.length)
	expect(told.filter(({ breakGlass }) => breakGlass?.isReviewed)).toHaveLength(reviewed.length)
	expect(told.filter(({ breakGlass }) => breakGlass?.isOffline)).toMatchObject([
		{ ticket: 'emergency-1@btr.example, E-2026-04', state: 'ended' },
	])
})

test('every export says that an access was by break-glass, with its second officer and its reviews', async () => {
	const textOf = async (format: 'csv' | 'jsonl' | 'ocsf' | 'oscal') => {
		const { pieces } = await exportHistory(app.deps, app.actor('auditor'), {
			format,
			filter: EVERYTHING,
			zone: 'UTC',
		})
		const parts: Uint8Array[] = []
		for await (const piece of pieces) parts.push(piece)
		return Buffer.concat(parts).toString('utf8')
	}
	const csv = await textOf('csv')
	expect(csv).toContain(',break_glass,')
	expect(csv).toContain('""verdict"":""not_justified""')
	const lines = (await textOf('jsonl')).split('\n').filter((line) => line.includes('"type":"access"'))
	const told = lines.map((line) => JSON.parse(line) as AccessRecord).filter(({ breakGlass }) => breakGlass)
	expect(told.length).toBeGreaterThan(3)
	for (const { breakGlass, approvals, stages } of told) {
		expect(breakGlass).toMatchObject({
			state: 'reviewed',
			reviews: [{ reviewer: { name: 'Dr. Katharina Brandt' } }],
		})
		expect(breakGlass?.second?.name).toBeTruthy()
		expect([approvals, stages]).toEqual([[], []])
	}
	expect(await textOf('ocsf')).toContain('"access_type":"break_glass"')
	expect(await textOf('oscal')).toContain('"value":"break-glass"')
})

test('the question counts them and how many are reviewed, each number with its rows', async () => {
	const now = app.deps.now().getTime()
	const { charterId } = await app.deps.charters.inForce(db())
	const question = {
		charterId,
		from: new Date(now - 30 * 24 * HOUR),
		until: new Date(now + HOUR),
		zone: 'Europe/Berlin',
	}
	const { counts } = await answerQuestion(app.deps, app.actor('auditor'), question)
	expect(counts).toMatchObject({ breakGlass: 2, breakGlassOwed: 0, offline: 1, offlineOwed: 0 })
	const { rows } = await questionRows(app.deps, app.actor('auditor'), question, {
		rows: 'breakGlass',
		after: null,
	})
	expect(rows.map(({ breakGlass }) => breakGlass)).toEqual(['reviewed', 'reviewed'])
	await record({ account: 'emergency-2@btr.example' })
	const after = await answerQuestion(app.deps, app.actor('auditor'), question)
	expect(after.counts).toMatchObject({ offline: 2, offlineOwed: 1 })
})
