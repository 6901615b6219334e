import { setTimeout as pause } from 'node:timers/promises'
import { and, eq, inArray } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { targetOf } from '#app/jobs/grant-job.server.ts'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { removeGrant } from '#app/jobs/remove-grant.server.ts'
import { TryAgain } from '#app/jobs/try-again.ts'
import { decideRequest, prepareDecision } from '#app/services/access/decide-request.server.ts'
import { endGrant } from '#app/services/access/end-access.server.ts'
import { fileRequest } from '#test/app/file-one.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { readCharter } from '#app/services/charter/read-charter.server.ts'
import { acknowledge, showAlarms, showNotices } from '#app/services/lapse/alarms.server.ts'
import { factsChanged } from '#app/services/lapse/facts-changed.server.ts'
import { sweepLapses } from '#app/services/lapse/sweep.server.ts'
import { sampleTexts } from '#app/sandbox/load-organisation.ts'
import type { Tx } from '#db/client.ts'
import { insertCharterVersion } from '#db/queries/charter.ts'
import { lockPeople } from '#db/queries/people.ts'
import { clearances, grants, presences, requests, timers } from '#db/schema/index.ts'
import type { OutwardCommand } from '#workflows/shared/commands.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

let app: TestApp
const jobs: OutwardCommand[] = []
const HOUR = 3_600_000
const YEAR = 365 * 24 * HOUR

async function putIntoForce(yaml: string): Promise<void> {
	const { charter, textSha256 } = readCharter(yaml)
	await app.deps.database.withTx((tx) =>
		insertCharterVersion(tx, {
			id: app.deps.newId(),
			charterId: charter.charter.id,
			version: charter.charter.version,
			yaml,
			textSha256,
			inForceFrom: app.clock.now(),
			entryId: app.deps.newId(),
		}),
	)
}

beforeAll(async () => {
	app = await createTestApp()
	app.deps.enqueue = (_tx, commands) => Promise.resolve(void jobs.push(...commands))
})
afterAll(async () => {
	await app.stop()
})

const db = () => app.deps.database.db
const file = (role: string, durationSeconds = 3600, persona = 'operator') =>
	fileRequest(app.deps, app.actor(persona), {
		role,
		reason: 'Lock the accounts',
		ticket: 'CHG-20417',
		durationSeconds,
	})

async function approve(requestId: string, persona: string) {
	const actor = app.actor(persona)
	const { challengeId } = await prepareDecision(app.deps, actor, {
		requestId,
		verdict: 'approve',
		reason: '',
	})
	return decideRequest(app.deps, actor, { requestId, challengeId, response: app.answerOf(actor) })
}

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

/** An approved access; `active` where it is to be real at the tenant. */
async function granted(role: string, { durationSeconds = 3600, active = true } = {}) {
	const requestId = await file(role, durationSeconds)
	await approve(requestId, 'duty-officer')
	await approve(requestId, 'data-owner')
	const [grant] = await db().select().from(grants).where(eq(grants.requestId, requestId))
	const grantId = grant?.id ?? ''
	if (active) await untilDone(() => provisionGrant(app.deps, grantId))
	return { requestId, grantId }
}

/**
 * A second access to what `user-administrator` assigns. One charter names it once; another version, or break-glass, may
 * assign it by another role.
 */
async function grantedBeside(options: { durationSeconds?: number; active?: boolean } = {}) {
	const { active = true, ...rest } = options
	const granting = await granted('helpdesk-administrator', { ...rest, active: false })
	await app.owner.pool.query(
		`update grants set context = jsonb_set(context, '{place,roleDefinitionId}', to_jsonb($2::text)) where id = $1`,
		[granting.grantId, 'fe930be7-5e62-47db-91af-98c3a49a38b1'],
	)
	if (active) await untilDone(() => provisionGrant(app.deps, granting.grantId))
	return granting
}

const grantRow = async (id: string) => (await db().select().from(grants).where(eq(grants.id, id)))[0]
const requestRow = async (id: string) => (await db().select().from(requests).where(eq(requests.id, id)))[0]
const permitTimer = async (id: string) =>
	(
		await db()
			.select()
			.from(timers)
			.where(and(eq(timers.workflowId, id), eq(timers.name, 'permit')))
	)[0]

/** Changes facts about a person as a use case does. */
const change = (personId: string, work: (tx: Tx) => Promise<unknown>) =>
	app.deps.database.withTx(async (tx) => {
		await lockPeople(tx, [personId], 'update')
		await work(tx)
		return factsChanged(tx, app.deps, [personId])
	})

/** Takes a person's clearances and gives them one that ends then. */
const clearedUntil = (personId: string, validUntil: Date, validFrom = later(-YEAR)) =>
	change(personId, async (tx) => {
		await tx.delete(clearances).where(eq(clearances.personId, personId))
		await tx.insert(clearances).values({
			id: app.deps.newId(),
			personId,
			scheme: 'DE',
			level: 'U3',
			issuer: 'BfV',
			state: 'granted',
			evidence: 'test',
			validFrom,
			validUntil,
			recordedAt: app.clock.now(),
			recordedBy: null,
		})
	})
const later = (ms: number) => new Date(app.clock.now().getTime() + ms)

async function settleAll(): Promise<void> {
	app.clock.advance(10 * HOUR)
	await fireDueTimers(app.deps)
	for (const { id, state, requestId } of await db().select().from(grants)) {
		if (state === 'planned') await endGrant(app.deps, app.actor('operator'), requestId)
		if (state === 'removing' || state === 'notConfirmed') await untilDone(() => removeGrant(app.deps, id))
	}
	jobs.length = 0
}

describe('time is an event', () => {
	test('the end of a permit is a deadline that moves with the facts and ends the access when it comes', async () => {
		const person = app.actor('operator').personId
		await clearedUntil(person, later(YEAR))
		const { requestId, grantId } = await granted('user-administrator', { durationSeconds: 4 * 3600 })
		expect((await permitTimer(grantId))?.dueAt.getTime()).toBeGreaterThan(later(YEAR / 2).getTime())
		// Shorter than the access: it goes on until then, and ends then.
		const end = later(2 * HOUR)
		expect(await clearedUntil(person, end)).toBe(0)
		expect((await permitTimer(grantId))?.dueAt).toEqual(end)
		app.clock.advance(2 * HOUR - 1000)
		await fireDueTimers(app.deps)
		expect((await grantRow(grantId))?.state).toBe('active')
		app.clock.advance(1000)
		jobs.length = 0
		const fired = await Promise.all([fireDueTimers(app.deps), fireDueTimers(app.deps)])
		expect(fired.reduce((sum, n) => sum + n, 0)).toBe(1)
		expect(await grantRow(grantId)).toMatchObject({ state: 'removing', context: { cause: 'lapse' } })
		expect(jobs).toEqual([{ type: 'grant.remove', grantId }])
		expect(await permitTimer(grantId)).toBeUndefined()
		for (const persona of ['operator', 'duty-officer', 'data-owner'])
			expect((await showNotices(app.deps, app.actor(persona)))[0]).toMatchObject({
				kind: 'grant_ending',
				requestId,
				code: 'CLEARANCE',
			})
		await clearedUntil(person, later(YEAR))
		await settleAll()
	})

	test('a deadline of something else that cannot be acted on is told, and holds up neither this nor its like', async () => {
		const person = app.actor('operator').personId
		await clearedUntil(person, later(YEAR))
		const { grantId } = await granted('user-administrator', { active: false })
		await clearedUntil(person, later(HOUR / 2))
		app.clock.advance(HOUR)
		// Nothing has these ids: a case and an amendment that are gone from under their deadlines.
		const [broken, alike] = [app.deps.newId(), app.deps.newId()]
		await app.deps.database.withTx((tx) =>
			tx.insert(timers).values([
				{
					workflow: 'vetting',
					workflowId: broken,
					name: 'overdue',
					event: 'OVERDUE',
					dueAt: later(-2 * HOUR),
				},
				{ workflow: 'amendment', workflowId: alike, name: 'x', event: 'x', dueAt: later(-HOUR) },
			]),
		)
		await expect(fireDueTimers(app.deps)).rejects.toMatchObject({ code: 'NOT_FOUND' })
		expect((await grantRow(grantId))?.state).toBe('voided')
		const left = await db()
			.select()
			.from(timers)
			.where(inArray(timers.workflowId, [broken, alike]))
		expect(left).toHaveLength(2)
		await app.owner.pool.query('delete from timers where workflow_id = any($1)', [[broken, alike]])
		await clearedUntil(person, later(YEAR))
		await settleAll()
	})

	test('a request falls at the first moment at which it could no longer be approved', async () => {
		const person = app.actor('operator').personId
		const end = later(3 * HOUR)
		await clearedUntil(person, end)
		const requestId = await file('user-administrator', 2 * 3600)
		expect((await permitTimer(requestId))?.dueAt.getTime()).toBe(end.getTime() - 2 * HOUR + 1)
		app.clock.advance(HOUR + 1000)
		await fireDueTimers(app.deps)
		expect(await requestRow(requestId)).toMatchObject({ state: 'voided', context: { voidedBy: 'CLEARANCE' } })
		await clearedUntil(person, later(YEAR))
		await settleAll()
	})

	test('an approval counts while its giver may decide: until the last one is given', async () => {
		const approver = app.actor('duty-officer').personId
		const requestId = await file('user-administrator')
		await approve(requestId, 'duty-officer')
		const end = later(HOUR)
		await clearedUntil(approver, end)
		expect((await permitTimer(requestId))?.dueAt).toEqual(end)
		app.clock.advance(HOUR)
		await fireDueTimers(app.deps)
		expect((await requestRow(requestId))?.context.voidedBy).toBe('APPROVER_LAPSED')
		await clearedUntil(approver, later(YEAR))
		// Once it is complete, the access stands by itself.
		const { grantId } = await granted('user-administrator', { active: false })
		await clearedUntil(approver, later(-HOUR))
		expect((await grantRow(grantId))?.state).toBe('planned')
		await clearedUntil(approver, later(YEAR))
		await change(app.actor('operator').personId, () => Promise.resolve())
		await settleAll()
	})
})

describe('a request for a later start', () => {
	const HOURS_AHEAD = 5
	const asked = () =>
		fileRequest(app.deps, app.actor('operator'), {
			role: 'user-administrator',
			reason: 'Lock the accounts',
			ticket: 'CHG-20417',
			durationSeconds: 3600,
			startAt: later(HOURS_AHEAD * HOUR),
		})

	test('falls with a fact that is fine now and ends before the start, and stands with one that lasts', async () => {
		const person = app.actor('operator').personId
		await clearedUntil(person, later(YEAR))
		const id = await asked()
		// It outlasts the access from now on, and not from the start on.
		expect(await clearedUntil(person, later((HOURS_AHEAD + 0.5) * HOUR))).toBe(1)
		expect((await requestRow(id))?.state).toBe('voided')
		await clearedUntil(person, later(YEAR))
		const other = await asked()
		expect(await clearedUntil(person, later((HOURS_AHEAD + 2) * HOUR))).toBe(0)
		expect((await requestRow(other))?.state).toBe('pending')
		// The other way round: what would be fine at the start alone is none that could be decided on now.
		expect(await clearedUntil(person, later(YEAR), later(HOUR))).toBe(1)
		expect((await requestRow(other))?.state).toBe('voided')
		await clearedUntil(person, later(YEAR))
	})
})

describe('overlaps', () => {
	test('two roles that assign the same share one assignment, which goes with the last of them', async () => {
		const long = await granted('user-administrator', { durationSeconds: 4 * 3600 })
		const short = await grantedBeside({ durationSeconds: 3600 })
		const target = targetOf((await grantRow(long.grantId))!)
		const standing = async () => (await app.deps.grants.read(target)).active
		expect((await grantRow(short.grantId))?.state).toBe('active')
		const longEnd = Date.parse((await grantRow(long.grantId))?.context.endsAt ?? '')
		const shortEnd = Date.parse((await grantRow(short.grantId))?.context.endsAt ?? '')
		expect(await standing()).toMatchObject({
			endsAt: new Date(longEnd),
			grantIds: [long.grantId, short.grantId],
		})
		app.clock.advance(6 * 60_000)
		// The longer one ends first: the shorter one goes on, and the tenant's end is its end.
		await endGrant(app.deps, app.actor('operator'), long.requestId)
		await untilDone(() => removeGrant(app.deps, long.grantId))
		expect((await grantRow(long.grantId))?.state).toBe('ended')
		expect((await standing())?.endsAt).toEqual(new Date(shortEnd))
		await endGrant(app.deps, app.actor('operator'), short.requestId)
		await untilDone(() => removeGrant(app.deps, short.grantId))
		expect((await grantRow(short.grantId))?.state).toBe('ended')
		expect(await standing()).toBeNull()
		await settleAll()
	})

	test('one that was never sent does not hold what ends; one whose turn comes later makes its own', async () => {
		const first = await granted('user-administrator')
		const second = await grantedBeside({ active: false })
		app.clock.advance(6 * 60_000)
		await endGrant(app.deps, app.actor('operator'), first.requestId)
		await untilDone(() => removeGrant(app.deps, first.grantId))
		await untilDone(() => provisionGrant(app.deps, second.grantId))
		expect((await grantRow(first.grantId))?.state).toBe('ended')
		expect((await grantRow(second.grantId))?.state).toBe('active')
		await settleAll()
	})
})

describe('the sweep', () => {
	test('finds nothing where deadlines do their work, and is no alarm for one that is due just now', async () => {
		const person = app.actor('operator').personId
		const { grantId } = await granted('user-administrator', { active: false })
		expect(await sweepLapses(app.deps)).toBe(0)
		await clearedUntil(person, later(1000))
		app.clock.advance(2000)
		expect(await sweepLapses(app.deps)).toBe(0)
		expect((await grantRow(grantId))?.state).toBe('voided')
		await clearedUntil(person, later(YEAR))
		await settleAll()
	})

	test('ends what a lost deadline would have ended, and alarms until an officer has seen it', async () => {
		const person = app.actor('operator').personId
		const officer = app.actor('security-officer')
		const { grantId } = await granted('user-administrator', { active: false })
		await clearedUntil(person, later(1000))
		await app.deps.database.withTx((tx) => tx.delete(timers).where(eq(timers.name, 'permit')))
		app.clock.advance(2000)
		expect(await sweepLapses(app.deps)).toBe(1)
		expect((await grantRow(grantId))?.state).toBe('voided')
		const [alarm] = await showAlarms(app.deps, officer)
		expect(alarm).toMatchObject({ what: 'grant', targetId: grantId, code: 'CLEARANCE' })
		expect(await showAlarms(app.deps, { ...officer, permissions: new Set() })).toEqual([])
		await acknowledge(app.deps, officer, alarm?.id ?? '')
		expect(await showAlarms(app.deps, officer)).toEqual([])
		await clearedUntil(person, later(YEAR))
	})

	test('alarms about a deadline that does not fire', async () => {
		const requestId = await file('user-administrator')
		app.clock.advance(5 * HOUR)
		expect(await sweepLapses(app.deps)).toBe(1)
		// Told once, however often it runs.
		expect(await sweepLapses(app.deps)).toBe(0)
		expect((await showAlarms(app.deps, app.actor('security-officer')))[0]).toMatchObject({
			what: 'timer',
			targetId: requestId,
		})
		await settleAll()
	})
})

test('who leaves a facility that the charter ties to presence loses what is open', async () => {
	const person = app.actor('operator').personId
	const badge = (validUntil: Date | null) =>
		change(person, async (tx) => {
			await tx.delete(presences).where(eq(presences.personId, person))
			await tx.insert(presences).values({
				id: app.deps.newId(),
				personId: person,
				facility: 'berlin-control-room',
				by: 'badge',
				evidence: 'gate 1',
				validFrom: later(-HOUR),
				validUntil,
				recordedAt: app.clock.now(),
				recordedBy: null,
			})
		})
	await putIntoForce(
		sampleTexts()
			.charterYaml.replace(
				'networks: [10.20.0.0/16]',
				'networks: [10.20.0.0/16]\n    presence: { badgeWithin: PT12H }',
			)
			.replace('version: 1\n', 'version: 2\n'),
	)
	await badge(null)
	// Approvers must be there as well; where they were when they decided does not matter afterwards.
	const requestId = await file('user-administrator')
	expect((await permitTimer(requestId))?.dueAt.getTime()).toBeGreaterThan(later(10 * HOUR).getTime())
	expect(await badge(later(-1))).toBe(1)
	expect(await requestRow(requestId)).toMatchObject({ state: 'voided', context: { voidedBy: 'PRESENCE' } })
})
