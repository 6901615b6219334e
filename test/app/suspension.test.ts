import { setTimeout as pause } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { endTenantSessions } from '#app/jobs/end-tenant-sessions.server.ts'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { removeGrant } from '#app/jobs/remove-grant.server.ts'
import { TryAgain } from '#app/jobs/try-again.ts'
import type { Actor } from '#app/services/actor.ts'
import { decideRequest, prepareDecision } from '#app/services/access/decide-request.server.ts'
import { draftAmendment, proposeAmendment } from '#app/services/amendments/draft-amendment.server.ts'
import { prepareAmendment, signAmendment } from '#app/services/amendments/sign-amendment.server.ts'
import { sampleTexts } from '#app/sandbox/load-organisation.ts'
import { fileRequest } from '#test/app/file-one.ts'
import { issueLink } from '#app/services/enrolment/enrolment.server.ts'
import { beginSignIn, findActor, finishSignIn } from '#app/services/sign-in/sign-in.server.ts'
import { showSuspension } from '#app/services/suspension/show-suspension.server.ts'
import {
	prepareSuspension,
	signSuspension,
	type SuspensionStep,
} from '#app/services/suspension/sign-suspension.server.ts'
import { factsOfPerson } from '#db/queries/facts.ts'
import { amendments, grants, ledgerPending, requests } from '#db/schema/index.ts'
import { createPersonHistory } from '#workflows/audit-export/person-history.ts'
import { coverageOf } from '#workflows/audit-export/coverage.ts'
import { parseLeaf } from '#workflows/ledger/leaf.ts'
import type { OutwardCommand } from '#workflows/shared/commands.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

let app: TestApp
const jobs: OutwardCommand[] = []
const REASON = 'Laptop reported stolen, file 17/26'
const HOUR = 3_600_000

beforeAll(async () => {
	app = await createTestApp()
	app.deps.enqueue = (_tx, commands) => Promise.resolve(void jobs.push(...commands))
})
afterAll(async () => {
	await app.stop()
})

const db = () => app.deps.database.db
const officer = () => app.actor('security-officer')
const second = () => app.actor('second-security-officer')

async function step(actor: Actor, personId: string, which: SuspensionStep, reason = REASON) {
	const { challengeId } = await prepareSuspension(app.deps, actor, { personId, step: which, reason })
	return signSuspension(app.deps, actor, {
		personId,
		step: which,
		challengeId,
		response: app.answerOf(actor),
	})
}

const file = (role: string, persona = 'operator') =>
	fileRequest(app.deps, app.actor(persona), {
		role,
		reason: 'Lock the accounts',
		ticket: 'CHG-20417',
		durationSeconds: 3600,
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

async function signIn(actor: Actor): Promise<string> {
	const { challengeId } = await beginSignIn(app.deps)
	return (await finishSignIn(app.deps, { challengeId, response: app.answerOf(actor) })).token
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

const kinds = async () =>
	(await db().select().from(ledgerPending).orderBy(ledgerPending.seq)).map(({ kind }) => kind)

test('stops a person at once: requests, accesses, sessions, links and everything begun, in one step', async () => {
	const operator = app.actor('operator')
	const live = await file('user-administrator')
	await approve(live, 'duty-officer')
	await approve(live, 'data-owner')
	const [grant] = await db().select().from(grants)
	const grantId = grant?.id ?? ''
	await untilDone(() => provisionGrant(app.deps, grantId))
	app.clock.advance(6 * 60_000)
	const waiting = await file('helpdesk-administrator')
	const token = await signIn(operator)
	expect(await findActor(app.deps, token)).not.toBeNull()
	await issueLink(app.deps, operator.personId, officer())
	const preview = (await showSuspension(app.deps, officer(), operator.personId)).preview
	expect(preview).toMatchObject({ requests: 1, grants: 1, officersLeft: 2 })
	jobs.length = 0
	const before = (await kinds()).length
	const { suspensionId } = await step(officer(), operator.personId, 'suspend')

	expect((await db().select().from(requests).where(eq(requests.id, waiting)))[0]).toMatchObject({
		state: 'voided',
		context: { voidedBy: 'SUSPENDED' },
	})
	expect((await db().select().from(grants).where(eq(grants.id, grantId)))[0]).toMatchObject({
		state: 'removing',
		context: { cause: 'suspension', endedBy: officer().personId },
	})
	expect(jobs).toHaveLength(2)
	expect(jobs).toEqual(
		expect.arrayContaining([
			{ type: 'person.end_sessions', suspensionId },
			{ type: 'grant.remove', grantId },
		]),
	)
	expect(await findActor(app.deps, token)).toBeNull()
	await expect(signIn(operator)).rejects.toMatchObject({ code: 'SUSPENDED' })
	await expect(issueLink(app.deps, operator.personId, officer())).rejects.toMatchObject({ code: 'SUSPENDED' })
	await expect(file('security-reader')).rejects.toMatchObject({ code: 'INELIGIBLE' })
	expect((await kinds()).slice(before)).toEqual([
		'person.suspended',
		'session.ended',
		'request.voided',
		'grant.ending',
	])

	// Confirmed only by the tenant's own word.
	const states = async () =>
		Object.fromEntries(
			((await showSuspension(app.deps, officer(), operator.personId)).current?.effects ?? []).map(
				({ kind, state }) => [kind, state],
			),
		)
	expect(await states()).toEqual({
		grant: 'waiting',
		tenant_sessions: 'waiting',
		session: 'done',
		request: 'done',
		link: 'done',
	})
	await untilDone(() => endTenantSessions(app.deps, suspensionId))
	await untilDone(() => removeGrant(app.deps, grantId))
	expect(await states()).toMatchObject({ grant: 'done', tenant_sessions: 'done' })
})

test('nobody stops themselves, and two officers who stop one person stop them once', async () => {
	await expect(step(officer(), officer().personId, 'suspend')).rejects.toMatchObject({ code: 'FORBIDDEN' })
	const forbidden = app.actor('auditor')
	await expect(step(forbidden, officer().personId, 'suspend')).rejects.toMatchObject({ code: 'FORBIDDEN' })
	const personId = app.actor('second-operator').personId
	const outcomes = await Promise.allSettled([
		step(officer(), personId, 'suspend'),
		step(second(), personId, 'suspend'),
	])
	expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
	expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
		reason: { code: 'ALREADY_SUSPENDED' },
	})
	expect(await kinds()).toContain('person.suspension_refused')
})

test('of two officers who stop each other one is stopped, and stops nobody any more', async () => {
	const outcomes = await Promise.allSettled([
		step(officer(), second().personId, 'suspend'),
		step(second(), officer().personId, 'suspend'),
	])
	expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
	// Put right for what follows: lifting needs two who are not stopped, so the tables are made to say so.
	await app.owner.pool.query(
		`delete from suspension_effects where suspension_id in (select id from suspensions where person_id = any($1))`,
		[[officer().personId, second().personId]],
	)
	await app.owner.pool.query(`delete from suspensions where person_id = any($1)`, [
		[officer().personId, second().personId],
	])
})

test('is lifted by two officers, and leaves a gap in what the evidence says of the access', async () => {
	const personId = app.actor('operator').personId
	const suspendedAt = (await factsOfPerson(db(), personId)).suspensions[0]?.validFrom ?? ''
	await expect(step(officer(), personId, 'confirm_lift')).rejects.toMatchObject({ code: 'NOT_FOUND' })
	await step(officer(), personId, 'propose_lift', 'Laptop found, nothing lost')
	await expect(step(officer(), personId, 'confirm_lift')).rejects.toMatchObject({ code: 'SAME_OFFICER' })
	await expect(step(second(), personId, 'propose_lift')).rejects.toMatchObject({ code: 'ALREADY_PROPOSED' })
	await expect(file('security-reader')).rejects.toMatchObject({ code: 'INELIGIBLE' })
	app.clock.advance(HOUR)
	await step(second(), personId, 'confirm_lift')
	await expect(step(second(), personId, 'confirm_lift')).rejects.toMatchObject({ code: 'NOT_SUSPENDED' })
	await expect(file('security-reader')).resolves.toBeTruthy()
	await expect(signIn(app.actor('operator'))).resolves.toBeTruthy()

	const facts = await factsOfPerson(db(), personId)
	const liftedAt = facts.suspensions[0]?.validUntil ?? ''
	expect(facts.suspensions).toHaveLength(1)
	// The record tells the same as the tables.
	const history = createPersonHistory()
	for (const { leaf } of await db().select().from(ledgerPending).orderBy(ledgerPending.seq)) {
		const parsed = parseLeaf(new TextDecoder().decode(leaf))
		if (parsed) history.tell(parsed, undefined)
	}
	const told = history.factsOf(personId, app.clock.now().toISOString()).facts
	const plain = ({ validFrom, validUntil }: { validFrom: string; validUntil: string | null }) => ({
		validFrom,
		validUntil,
	})
	expect(told.suspensions.map(plain)).toEqual(facts.suspensions.map(plain))
	expect(told.suspensions.map(plain)).toEqual([{ validFrom: suspendedAt, validUntil: liftedAt }])
	const { charter } = await app.deps.charters.inForce(db())
	const coverage = coverageOf(
		{
			role: 'user-administrator',
			from: new Date(Date.parse(suspendedAt) - HOUR).toISOString(),
			until: app.clock.now().toISOString(),
		},
		{
			charters: [{ version: 1, from: '2020-01-01T00:00:00.000Z', charter }],
			facts,
			asOf: app.clock.now().toISOString(),
		},
	)
	expect(coverage.gaps.map(({ from, until }) => ({ from, until }))).toEqual([
		{ from: suspendedAt, until: liftedAt },
	])
	expect(coverage.gaps[0]?.denials.map(({ code }) => code)).toEqual(['SUSPENDED'])
})

test('what rests on the approval or signature of who is stopped falls, as long as it is not complete', async () => {
	const requestId = await file('user-administrator')
	await approve(requestId, 'duty-officer')
	const approver = app.actor('duty-officer').personId
	await step(officer(), approver, 'suspend')
	expect((await db().select().from(requests).where(eq(requests.id, requestId)))[0]).toMatchObject({
		state: 'voided',
		context: { voidedBy: 'APPROVER_LAPSED' },
	})
	const { current } = await showSuspension(app.deps, officer(), approver)
	expect(current?.effects.filter(({ kind }) => kind === 'approval')).toMatchObject([
		{ request: { id: requestId }, state: 'done' },
	])

	const owner = app.actor('charter-owner')
	const { charterYaml } = sampleTexts()
	const yaml = charterYaml
		.replace('version: 1\n', 'version: 2\n')
		.replace('maximumDuration: PT8H', 'maximumDuration: PT6H')
	const amendmentId = await draftAmendment(app.deps, owner, { yaml, reason: REASON, inForceFrom: null })
	await proposeAmendment(app.deps, owner, amendmentId)
	const sign = { amendmentId, verdict: 'sign' as const, reason: '' }
	const { challengeId } = await prepareAmendment(app.deps, owner, sign)
	await signAmendment(app.deps, owner, { amendmentId, challengeId, response: app.answerOf(owner) })
	await step(officer(), owner.personId, 'suspend')
	expect((await db().select().from(amendments).where(eq(amendments.id, amendmentId)))[0]).toMatchObject({
		state: 'stopped',
		context: { stoppedBy: 'SIGNER_SUSPENDED' },
	})
})
