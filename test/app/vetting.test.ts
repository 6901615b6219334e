import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { decideRequest, prepareDecision } from '#app/services/access/decide-request.server.ts'
import { fileRequest } from '#test/app/file-one.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import type { Actor } from '#app/services/actor.ts'
import { actOnCase, type ActForm } from '#app/services/vetting/act-on-case.server.ts'
import { exportBundle } from '#app/services/audit/export-bundle.server.ts'
import { EVERYTHING } from '#app/services/audit/history.server.ts'
import { erasePerson } from '#app/services/people/erase-person.server.ts'
import { endFact, recordFact } from '#app/services/people/record-fact.server.ts'
import { openCase, type OpenCaseForm } from '#app/services/vetting/open-case.server.ts'
import { recordEvidence } from '#app/services/vetting/record-evidence.server.ts'
import { dropProposal } from '#app/services/vetting/signable.server.ts'
import { prepareCase, signCase } from '#app/services/vetting/sign-case.server.ts'
import { factRowsOf } from '#db/queries/fact-rows.ts'
import { factsOfPerson } from '#db/queries/facts.ts'
import { setManager } from '#db/queries/vetting.ts'
import { countVetting, listCases } from '#db/queries/vetting-lists.ts'
import {
	clearances,
	credentials,
	grants,
	ledgerPending,
	people,
	requests,
	timers,
	vettingCases,
	vettingEvidence,
	workflowEvents,
} from '#db/schema/index.ts'
import { checklistFor } from '#workflows/people/vetting-checklists.ts'
import type { OneOfficerAct, TwoOfficerAct } from '#workflows/people/vetting-case.events.ts'
import type { OutwardCommand } from '#workflows/shared/commands.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'
import { verify, wholeOf } from '#test/factories/bundle.ts'

const DAY = 86_400_000
const REASON = 'Said in a letter of the authority.'
let app: TestApp
let jobs: OutwardCommand[]

beforeAll(async () => {
	app = await createTestApp()
	jobs = []
	app.deps.enqueue = (_, commands) => {
		jobs.push(...commands)
		return Promise.resolve()
	}
})
afterAll(async () => {
	await app.stop()
})

const db = () => app.deps.database.db
const first = () => app.actor('security-officer')
const second = () => app.actor('second-security-officer')
const rowOf = async (id: string) => {
	const [row] = await db().select().from(vettingCases).where(eq(vettingCases.id, id))
	if (!row) throw new Error('No such case.')
	return row
}
const stateOf = async (id: string) => (await rowOf(id)).state
const idOf = async (name: string) => {
	const [row] = await db().select().from(people).where(eq(people.displayName, name))
	if (!row) throw new Error(`Nobody is called ${name}.`)
	return row.id
}
const kindsAbout = async (personId: string) =>
	(await db().select().from(ledgerPending).where(eq(ledgerPending.subject, personId))).map(({ kind }) => kind)

const form = (personId: string, more: Partial<OpenCaseForm> = {}): OpenCaseForm => ({
	personId,
	scheme: 'DE',
	level: 'U2',
	post: '',
	sponsor: '',
	manager: '',
	neededFrom: null,
	neededUntil: null,
	reason: 'Needed for the new platform.',
	...more,
})
const open = (personId: string, more: Partial<OpenCaseForm> = {}) =>
	openCase(app.deps, first(), form(personId, more))
async function act(caseId: string, name: OneOfficerAct, more: Partial<ActForm> = {}, actor: Actor = first()) {
	const { version } = await rowOf(caseId)
	return actOnCase(app.deps, actor, { caseId, version, act: name, reason: REASON, ...more })
}
const briefing = () => ({ key: 'clearance-briefing', at: app.deps.now(), reference: 'B-17' })
const terms = (validUntil: Date | null = new Date(app.deps.now().getTime() + 3650 * DAY)) => ({
	issuer: 'Bundesamt für Verfassungsschutz',
	issuedAt: new Date(app.deps.now().getTime() - DAY),
	validUntil,
	conditions: '',
})
async function sign(
	caseId: string,
	actor: Actor,
	part: 'propose' | 'confirm',
	name: TwoOfficerAct,
	stated: ReturnType<typeof terms> | null = null,
) {
	const { version } = await rowOf(caseId)
	const prepared = await prepareCase(app.deps, actor, {
		caseId,
		version,
		part,
		act: name,
		reason: REASON,
		terms: stated,
	})
	return signCase(app.deps, actor, {
		caseId,
		challengeId: prepared.challengeId,
		response: app.answerOf(actor),
	})
}
async function both(caseId: string, name: TwoOfficerAct, stated: ReturnType<typeof terms> | null = null) {
	await sign(caseId, first(), 'propose', name, stated)
	return sign(caseId, second(), 'confirm', name)
}
/** Everything on the checklist but what belongs to the briefing itself. */
async function handIn(caseId: string) {
	const { scheme, level } = await rowOf(caseId)
	for (const { item } of checklistFor(scheme, level))
		if (item !== 'briefing')
			await recordEvidence(app.deps, first(), { caseId, item, reference: `file ${item}`, fileSha256: null })
}
async function toAdjudication(personId: string, more: Partial<OpenCaseForm> = {}) {
	const caseId = await open(personId, more)
	await act(caseId, 'SPONSOR', { sponsor: 'Friedrich von Hagen' })
	for (const name of ['INVITE', 'SUBMIT', 'START_CHECKS'] as const) await act(caseId, name)
	await handIn(caseId)
	await act(caseId, 'REFER')
	return caseId
}
async function toActive(personId: string, more: Partial<OpenCaseForm> = {}, stated = terms()) {
	const caseId = await toAdjudication(personId, more)
	await both(caseId, 'GRANT', stated)
	await act(caseId, 'BRIEF', { briefing: briefing() })
	return caseId
}
const clearancesOf = async (personId: string) =>
	(await factsOfPerson(db(), personId)).clearances.map(({ level, state, validFrom, validUntil }) => ({
		level,
		state,
		validFrom,
		validUntil,
	}))
const currentOf = async (personId: string) => {
	const now = app.deps.now().toISOString()
	return (await clearancesOf(personId))
		.filter(({ validFrom, validUntil }) => validFrom <= now && (validUntil === null || validUntil > now))
		.map(({ level, state }) => `${level} ${state}`)
}

async function liveAccess(): Promise<string> {
	const operator = app.actor('operator')
	const requestId = await fileRequest(app.deps, operator, {
		role: 'user-administrator',
		reason: 'Lock the accounts',
		ticket: 'CHG-20417',
		durationSeconds: 3600,
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
	const [grant] = await db().select().from(grants).where(eq(grants.requestId, requestId))
	await provisionGrant(app.deps, grant?.id ?? '')
	return grant?.id ?? ''
}
const grantState = async (id: string) => {
	const [row] = await db().select({ state: grants.state }).from(grants).where(eq(grants.id, id))
	return row?.state
}

describe('opening a case', () => {
	test('is for officers, and never for oneself, nor for who is above or below, nor with oneself as sponsor', async () => {
		const subject = await idOf('Deniz Yıldırım')
		await expect(openCase(app.deps, app.actor('operator'), form(subject))).rejects.toMatchObject({
			code: 'FORBIDDEN',
		})
		await expect(open(first().personId)).rejects.toMatchObject({ code: 'OWN_CASE' })
		await expect(open(subject, { manager: first().displayName })).rejects.toMatchObject({
			code: 'DIRECT_LINE',
		})
		await expect(open(subject, { sponsor: first().displayName })).rejects.toMatchObject({
			code: 'CASE_SPONSOR',
		})
		// What was refused has changed nothing, not even who manages whom.
		const [row] = await db().select().from(people).where(eq(people.id, subject))
		expect(row?.managerId).toBeNull()
		expect(await kindsAbout(subject)).toContain('vetting.refused')
		expect(await kindsAbout(subject)).not.toContain('vetting.opened')
	})

	test('whoever is in the line by what is recorded cannot take themselves out of it', async () => {
		const subject = await idOf('Deniz Yıldırım')
		await app.deps.database.withTx((tx) => setManager(tx, subject, first().personId))
		await expect(open(subject, { manager: 'Friedrich von Hagen' })).rejects.toMatchObject({
			code: 'DIRECT_LINE',
		})
		await openCase(app.deps, second(), form(subject, { level: 'U3', manager: 'Friedrich von Hagen' }))
		expect(await kindsAbout(subject)).toContain('person.manager_recorded')
	})

	test.each<[string, Partial<OpenCaseForm>, string, string]>([
		['a level that its scheme does not have', { level: 'U9' }, 'level', 'UNKNOWN_LEVEL'],
		['a scheme that nobody knows', { scheme: 'XX' }, 'level', 'UNKNOWN_LEVEL'],
		['no post where clearances belong to posts', { scheme: 'SE', level: 'SK2' }, 'post', 'POST_NEEDED'],
		['somebody unknown as sponsor', { sponsor: 'Nobody At All' }, 'sponsor', 'NO_SUCH_PERSON'],
		['the person as their own sponsor', { sponsor: 'Emma Jansen' }, 'sponsor', 'OWN_SPONSOR'],
		['the person as their own manager', { manager: 'Emma Jansen' }, 'manager', 'OWN_MANAGER'],
		[
			'dates the wrong way round',
			{ neededFrom: new Date('2027-01-02'), neededUntil: new Date('2027-01-01') },
			'neededUntil',
			'ENDS_BEFORE_IT_BEGINS',
		],
	])('refuses %s', async (_, more, field, problem) => {
		await expect(open(await idOf('Emma Jansen'), more)).rejects.toMatchObject({
			code: 'INVALID_INPUT',
			details: { field, problem },
		})
	})

	test('a circle of managers is refused, and a second case for the same clearance', async () => {
		const subject = await idOf('Emma Jansen')
		const below = await idOf('Maximilian Vogt')
		await app.deps.database.withTx((tx) => setManager(tx, below, subject))
		await expect(open(subject, { manager: 'Maximilian Vogt' })).rejects.toMatchObject({
			details: { field: 'manager', problem: 'MANAGER_CIRCLE' },
		})
		const both = await Promise.allSettled([open(subject), open(subject)])
		expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
		expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
			reason: { code: 'CASE_UNDERWAY' },
		})
	})
})

describe('a case on its way', () => {
	test('waits for its evidence, and says by name what is missing', async () => {
		const subject = await idOf('Maximilian Vogt')
		const caseId = await open(subject, { level: 'U1' })
		await act(caseId, 'SPONSOR', { sponsor: 'friedrich.vonhagen@btr.example' })
		for (const name of ['INVITE', 'SUBMIT', 'START_CHECKS'] as const) await act(caseId, name)
		await expect(act(caseId, 'REFER')).rejects.toMatchObject({
			code: 'EVIDENCE_MISSING',
			details: { items: expect.arrayContaining(['consent', 'references']) as string[] },
		})
		expect(await stateOf(caseId)).toBe('checks_running')
		await handIn(caseId)
		expect(await act(caseId, 'REFER')).toBe('adjudication')
		await expect(act(caseId, 'BRIEF', { briefing: briefing() })).rejects.toMatchObject({
			code: 'ILLEGAL_TRANSITION',
		})
		await expect(act(caseId, 'DENY', { reason: 'no' })).rejects.toMatchObject({
			details: { field: 'reason' },
		})
		await expect(act(caseId, 'DENY', { version: 1 })).rejects.toMatchObject({ code: 'STALE_VERSION' })
		expect(await act(caseId, 'DENY')).toBe('denied')
	})

	test('reminds, becomes overdue, and withdraws itself only where papers were asked for', async () => {
		const subject = await idOf('Camille Laurent')
		const caseId = await open(subject, { scheme: 'EU', level: 'S' })
		await act(caseId, 'SPONSOR', { sponsor: 'Friedrich von Hagen' })
		await act(caseId, 'INVITE')
		app.clock.advance(27 * DAY + 1000)
		await fireDueTimers(app.deps)
		expect((await rowOf(caseId)).context.isOverdue).toBe(false)
		app.clock.advance(3 * DAY)
		await fireDueTimers(app.deps)
		expect(await rowOf(caseId)).toMatchObject({ state: 'invited', context: { isOverdue: true } })
		const kinds = await kindsAbout(subject)
		expect(kinds.filter((kind) => kind === 'vetting.deadline')).toHaveLength(2)
		await act(caseId, 'SUBMIT')
		await act(caseId, 'ASK_PAPERS')
		app.clock.advance(30 * DAY + 1000)
		await fireDueTimers(app.deps)
		expect(await stateOf(caseId)).toBe('admin_withdrawn')
		expect(await db().select().from(timers).where(eq(timers.workflowId, caseId))).toEqual([])
	})
})

describe('two officers', () => {
	let caseId = ''
	beforeAll(async () => {
		caseId = await toAdjudication(await idOf('Nele Hartwig'))
	})

	test('terms that cannot be used are refused with their field', async () => {
		const now = app.deps.now()
		const past = new Date(now.getTime() - 10 * DAY)
		const before = { ...terms(), issuedAt: past, validUntil: new Date(past.getTime() - DAY) }
		const over = { ...terms(), issuedAt: past, validUntil: new Date(past.getTime() + DAY) }
		const future = { ...terms(), issuedAt: new Date(now.getTime() + DAY) }
		for (const [stated, field, problem] of [
			[before, 'validUntil', 'ENDS_BEFORE_IT_BEGINS'],
			[over, 'validUntil', 'ENDED_ALREADY'],
			[future, 'issuedAt', 'IN_THE_FUTURE'],
			[{ ...terms(), issuer: '' }, 'issuer', 'required'],
		] as const)
			await expect(sign(caseId, first(), 'propose', 'GRANT', stated)).rejects.toMatchObject({
				details: { field, problem },
			})
		await expect(sign(caseId, first(), 'propose', 'GRANT_WITH_CONDITIONS', terms())).rejects.toMatchObject({
			details: { field: 'conditions', problem: 'required' },
		})
	})

	test('propose at once: one does, the other is told; nobody confirms their own, and each challenge counts once', async () => {
		const proposals = await Promise.allSettled([
			sign(caseId, first(), 'propose', 'GRANT', terms()),
			sign(caseId, second(), 'propose', 'GRANT', terms()),
		])
		expect(proposals.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
		const { context } = await rowOf(caseId)
		const proposer = context.proposal?.officerId === first().personId ? first() : second()
		await expect(sign(caseId, proposer, 'confirm', 'GRANT')).rejects.toMatchObject({ code: 'SECOND_OFFICER' })
		expect(await stateOf(caseId)).toBe('adjudication')
		await expect(
			dropProposal(app.deps, proposer === first() ? second() : first(), { caseId, reason: '' }),
		).rejects.toMatchObject({
			details: { field: 'reason' },
		})
		await dropProposal(app.deps, proposer, { caseId, reason: '' })
		expect(await rowOf(caseId)).toMatchObject({
			state: 'adjudication',
			proposedTerms: null,
			proposedBy: null,
		})
	})

	test('confirm twice at once: the case moves on once', async () => {
		await sign(caseId, first(), 'propose', 'GRANT', terms())
		const { version } = await rowOf(caseId)
		const prepared = [0, 1].map(() =>
			prepareCase(app.deps, second(), {
				caseId,
				version,
				part: 'confirm',
				act: 'GRANT',
				reason: '',
				terms: null,
			}),
		)
		const results = await Promise.allSettled(
			(await Promise.all(prepared)).map(({ challengeId }) =>
				signCase(app.deps, second(), { caseId, challengeId, response: app.answerOf(second()) }),
			),
		)
		expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
		expect(await rowOf(caseId)).toMatchObject({
			state: 'granted',
			proposedBy: first().personId,
			confirmedBy: second().personId,
		})
		const [{ challengeId } = { challengeId: '' }] = await Promise.all(prepared)
		await expect(
			signCase(app.deps, second(), { caseId, challengeId, response: app.answerOf(second()) }),
		).rejects.toMatchObject({ code: 'CHALLENGE_INVALID' })
	})

	test('nobody is cleared before the briefing, which makes clearance and briefing facts', async () => {
		const { personId } = await rowOf(caseId)
		expect(await currentOf(personId)).toEqual([])
		await expect(
			act(caseId, 'BRIEF', { briefing: { ...briefing(), at: new Date(app.deps.now().getTime() + DAY) } }),
		).rejects.toMatchObject({ details: { field: 'briefedAt', problem: 'IN_THE_FUTURE' } })
		await act(caseId, 'BRIEF', { briefing: briefing() })
		expect(await currentOf(personId)).toEqual(['U2 granted'])
		expect((await factsOfPerson(db(), personId)).briefings).toMatchObject([{ key: 'clearance-briefing' }])
	})
})

describe('a case that was opened by mistake', () => {
	test('is closed with a reason, is in no list any more, and leaves room for the right one', async () => {
		const subject = await idOf('Emma Jansen')
		const caseId = await open(subject, { level: 'U1' })
		await act(caseId, 'SPONSOR', { sponsor: 'Friedrich von Hagen' })
		const before = await countVetting(db(), new Date(app.deps.now().getTime() + 400 * DAY))
		await expect(act(caseId, 'CANCEL', { reason: 'oops' })).rejects.toMatchObject({
			details: { field: 'reason', problem: 'reasonShort' },
		})
		await expect(act(caseId, 'CANCEL', {}, app.actor('auditor'))).rejects.toMatchObject({ code: 'FORBIDDEN' })
		expect(await act(caseId, 'CANCEL')).toBe('cancelled')
		const after = await countVetting(db(), new Date(app.deps.now().getTime() + 400 * DAY))
		expect([after.officer, after.overdue]).toEqual([before.officer - 1, before.overdue - 1])
		expect((await listCases(db(), { personId: subject, limit: 10 })).map(({ id }) => id)).not.toContain(
			caseId,
		)
		expect(
			(await listCases(db(), { personId: subject, withClosed: true, limit: 10 })).map(({ id }) => id),
		).toContain(caseId)
		expect(await db().select().from(timers).where(eq(timers.workflowId, caseId))).toEqual([])
		const told = await db().select().from(ledgerPending).where(eq(ledgerPending.subject, subject))
		expect(told.at(-1)).toMatchObject({ kind: 'vetting.advanced' })
		await expect(act(caseId, 'INVITE')).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' })
		await expect(handIn(caseId)).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' })
		const again = await open(subject, { level: 'U1' })
		for (const name of ['SPONSOR', 'INVITE', 'SUBMIT'] as const)
			await act(again, name, { sponsor: 'Friedrich von Hagen' })
		await expect(act(again, 'CANCEL')).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' })
		expect(await stateOf(again)).toBe('submitted')
	})
})

describe('a clearance that comes to an end', () => {
	test('a suspension ends the live access in its own transaction, and what takes its place leaves no gap', async () => {
		const { personId } = app.actor('operator')
		const grantId = await liveAccess()
		expect(await grantState(grantId)).toBe('active')
		// A higher clearance takes the place of the one that was recorded, and the access stays.
		const caseId = await toActive(personId, { level: 'U3' })
		expect(await currentOf(personId)).toEqual(['U3 granted'])
		expect(await grantState(grantId)).toBe('active')
		const waiting = await fileRequest(app.deps, app.actor('operator'), {
			role: 'exchange-administrator',
			reason: 'Look into a mail loop',
			ticket: 'CHG-20418',
			durationSeconds: 1800,
		})
		jobs = []
		await act(caseId, 'OPEN_REVIEW')
		expect(await currentOf(personId)).toEqual(['U3 suspended'])
		expect(await grantState(grantId)).toBe('removing')
		expect(jobs).toContainEqual({ type: 'grant.remove', grantId })
		const [voided] = await db().select().from(requests).where(eq(requests.id, waiting))
		expect(voided).toMatchObject({ state: 'voided', context: { voidedBy: 'CLEARANCE' } })
		const now = app.deps.now()
		await expect(
			recordFact(app.deps, first(), personId, {
				kind: 'clearance',
				values: { scheme: 'DE', level: 'U2', issuer: 'Bundesamt für Verfassungsschutz', state: 'granted' },
				validFrom: now,
				validUntil: null,
				evidence: 'letter',
				file: null,
				isVerified: false,
			}),
		).rejects.toMatchObject({ code: 'CLEARANCE_STOPPED' })
		expect(await act(caseId, 'SUSPEND')).toBe('suspended')
		expect(await both(caseId, 'REINSTATE')).toBe('briefed_active')
		expect(await currentOf(personId)).toEqual(['U3 granted'])
		await act(caseId, 'SUSPEND')
		expect(await both(caseId, 'REVOKE')).toBe('revoked')
		expect(await currentOf(personId)).toEqual(['U3 revoked'])
		await act(caseId, 'APPEAL')
		expect(await act(caseId, 'DISMISS_APPEAL')).toBe('denied')
		const history = (await clearancesOf(personId)).filter(({ level }) => level === 'U3')
		expect(history.map(({ state }) => state)).toEqual([
			'granted',
			'suspended',
			'granted',
			'suspended',
			'revoked',
		])
		// Each state ends where the next one begins.
		history.slice(1).forEach(({ validFrom }, i) => expect(validFrom).toBe(history[i]?.validUntil))
	})

	test('one that is stopped for a post is not given back by hand for another post', async () => {
		const subject = await idOf('Emma Jansen')
		const caseId = await toActive(subject, { scheme: 'FR', level: 'S', post: 'Chef de salle' })
		await act(caseId, 'SUSPEND')
		const byHand = (post: string) =>
			recordFact(app.deps, first(), subject, {
				kind: 'clearance',
				values: { scheme: 'FR', level: 'S', issuer: 'HFDS', state: 'granted', post },
				validFrom: app.deps.now(),
				validUntil: null,
				evidence: 'letter',
				file: null,
				isVerified: false,
			})
		for (const post of ['Chef de salle', 'Officier de permanence'])
			await expect(byHand(post)).rejects.toMatchObject({ code: 'CLEARANCE_STOPPED' })
	})

	test('one that an officer ends by hand stays the clearance of its case', async () => {
		const subject = await idOf('Emma Jansen')
		const caseId = await toActive(subject, { scheme: 'UK', level: 'SC' })
		const [held] = (await factRowsOf(db(), subject, ['clearance'])).filter(
			({ values }) => values.scheme === 'UK',
		)
		await endFact(
			app.deps,
			first(),
			{ personId: subject, kind: 'clearance', factId: held?.id ?? '' },
			{ validUntil: new Date(app.deps.now().getTime() + 90 * DAY), reason: REASON },
		)
		const rows = await db().select().from(clearances).where(eq(clearances.personId, subject))
		const [before, after] = [
			rows.find(({ id }) => id === held?.id),
			rows.find((row) => row.corrects === held?.id),
		]
		expect(after).toMatchObject({
			clearanceId: (await rowOf(caseId)).context.clearanceId,
			issuedAt: before?.issuedAt,
			sponsorId: before?.sponsorId,
		})
		await act(caseId, 'SUSPEND')
		expect(await currentOf(subject)).toContain('SC suspended')
		expect(await currentOf(subject)).not.toContain('SC granted')
	})

	test('it ends when the authority said, by a deadline, and a debriefing is owed', async () => {
		const subject = await idOf('Ruth Sommerfeld')
		const until = new Date(app.deps.now().getTime() + 40 * DAY)
		const caseId = await toActive(subject, {}, terms(until))
		expect(await currentOf(subject)).toEqual(['U2 granted'])
		app.clock.advance(40 * DAY + 1000)
		await fireDueTimers(app.deps)
		expect(await stateOf(caseId)).toBe('expired')
		expect(await currentOf(subject)).toEqual([])
		expect(await act(caseId, 'DEBRIEF')).toBe('debriefed')
	})

	test('a renewal closes the case before it; a sponsor who withdraws ends the clearance', async () => {
		const subject = await idOf('Ruth Sommerfeld')
		const old = await toActive(subject)
		const renewed = await toActive(subject)
		expect(await stateOf(old)).toBe('admin_withdrawn')
		expect(await currentOf(subject)).toEqual(['U2 granted'])
		expect(await act(renewed, 'LOSE_SPONSOR')).toBe('lapsed_no_sponsor')
		expect(await currentOf(subject)).toEqual([])
	})

	test('every step is remembered with its entry, in order', async () => {
		const rows = await db().select().from(workflowEvents).where(eq(workflowEvents.workflow, 'vetting'))
		expect(rows.length).toBeGreaterThan(60)
		const entries = new Set(
			(await db().select({ id: ledgerPending.id }).from(ledgerPending)).map(({ id }) => id),
		)
		expect(rows.filter(({ entryId }) => !entries.has(entryId))).toEqual([])
	})

	test('a bundle follows the clearance through its states: the coverage has a gap from the review on', async () => {
		const { bytes } = await exportBundle(app.deps, app.actor('auditor'), EVERYTHING, { profile: 'auditor' })
		const report = await verify(await wholeOf(bytes), { vkey: app.deps.signer.vkey })
		// The passkeys of this test stand in the database alone, which is found; nothing else may be.
		const others = report.failures.filter(
			({ code, message }) =>
				code !== 'CREDENTIAL_NOT_ENROLLED' && !(code === 'FACTS_DIFFER' && message.endsWith('credentials')),
		)
		expect(others).toEqual([])
		expect(report.counts.reevaluated).toBeGreaterThan(1)
		const access = report.accesses.find(({ ticket }) => ticket === 'CHG-20417')
		const reviewed = (await db().select().from(workflowEvents)).find(
			({ event }) => event.type === 'OPEN_REVIEW',
		)
		expect(access?.coverage?.gaps[0]).toMatchObject({
			from: reviewed?.at.toISOString(),
			denials: [{ code: 'CLEARANCE' }],
		})
	})

	test('erasure waits until no case is open, and takes the file with it', async () => {
		const subject = await idOf('Ruth Sommerfeld')
		const erase = async () => {
			const [row] = await db().select().from(people).where(eq(people.id, subject))
			return erasePerson(app.deps, first(), subject, {
				parts: ['facts'],
				ground: 'retention_over',
				reason: 'Five years have passed.',
				confirmation: row?.displayName ?? '',
			})
		}
		await expect(erase()).rejects.toMatchObject({ code: 'PERSON_IN_USE', details: { openCases: 1 } })
		await app.deps.database.withTx((tx) =>
			tx.update(credentials).set({ revokedAt: app.deps.now() }).where(eq(credentials.personId, subject)),
		)
		const cases = await db().select().from(vettingCases).where(eq(vettingCases.personId, subject))
		const lapsed = cases.find(({ state }) => state === 'lapsed_no_sponsor')
		await act(lapsed?.id ?? '', 'DEBRIEF')
		await erase()
		const left = await db().select().from(vettingCases).where(eq(vettingCases.personId, subject))
		expect(left.map(({ level, terms, validUntil }) => [level, terms, validUntil])).toEqual(
			left.map(() => ['–', null, null]),
		)
		const ids = left.map(({ id }) => id)
		expect((await db().select().from(vettingEvidence)).filter(({ caseId }) => ids.includes(caseId))).toEqual(
			[],
		)
	})
})
