import { afterAll, beforeAll, expect, test } from 'vitest'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { TryAgain } from '#app/jobs/try-again.ts'
import type { Actor } from '#app/services/actor.ts'
import { showDue, showOfficerDay, showViolations } from '#app/services/home/officer-day.server.ts'
import { appointmentViolations } from '#app/services/home/standings.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { decideTravel, triageEvent } from '#app/services/people/fact-course.server.ts'
import { endFact, recordFact, withdrawFact } from '#app/services/people/record-fact.server.ts'
import { registerPerson } from '#app/services/people/register-person.server.ts'
import { prepareSuspension, signSuspension } from '#app/services/suspension/sign-suspension.server.ts'
import { openCase } from '#app/services/vetting/open-case.server.ts'
import { actOnCase } from '#app/services/vetting/act-on-case.server.ts'
import { DUE_LISTS, type DueList } from '#db/queries/due-lists.ts'
import { factsOf } from '#db/queries/facts.ts'
import { setManager } from '#db/queries/vetting.ts'
import { grants, people } from '#db/schema/index.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import type { FactKind } from '#workflows/people/facts/fact-kinds.ts'
import { approvedAccess } from './acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

const DAY = 86_400_000
let app: TestApp
let officer: Actor
let number = 0

beforeAll(async () => {
	app = await createTestApp()
	officer = app.actor('security-officer')
	app.clock.advance(60_000)
})
afterAll(() => app.stop())

const fromNow = (days: number) =>
	new Date(`${new Date(app.clock.now().getTime() + days * DAY).toISOString().slice(0, 10)}T00:00:00.000Z`)
const newcomer = () => {
	number += 1
	return registerPerson(app.deps, officer, {
		displayName: `Newcomer ${number}`,
		userPrincipalName: `newcomer.${number}@agency.example`,
		entraObjectId: app.deps.newId(),
		employer: 'Ministry of Tests',
		personnelNumber: null,
	})
}
const record = (personId: string, kind: FactKind, values: unknown, from: number, until: number | null) =>
	recordFact(app.deps, officer, personId, {
		kind,
		values,
		validFrom: fromNow(from),
		validUntil: until === null ? null : fromNow(until),
		evidence: 'file 12/2026',
		file: null,
		isVerified: false,
	})
const clearance = (personId: string, from: number, until: number | null, level = 'U2', issuer = 'BfV') =>
	record(personId, 'clearance', { scheme: 'DE', level, issuer, state: 'granted' }, from, until)
const appoint = (personId: string) => record(personId, 'appointment', { role: 'operator' }, -30, null)
const day = async () => {
	const shown = await showOfficerDay(app.deps, officer)
	if (shown === null) throw new Error('An officer has a day.')
	return shown
}
const namesIn = async (list: DueList, days: 30 | 60 | 90 | 180 = 180) =>
	(await showDue(app.deps, officer, { list, page: 1, days })).items.map(({ person }) => person.id)
const totals = async () => {
	const { parts, violations } = await day()
	return {
		...Object.fromEntries(DUE_LISTS.map((list) => [list, parts[list].total])),
		violations: violations.total,
	} as Record<DueList | 'violations', number>
}
/** What changed of the numbers by this. */
async function changeOf(work: () => Promise<unknown>): Promise<Partial<Record<string, number>>> {
	const before = await totals()
	await work()
	const after = await totals()
	return Object.fromEntries(
		Object.entries(after).flatMap(([list, total]) =>
			total === before[list as DueList] ? [] : [[list, total - before[list as DueList]]],
		),
	)
}
/** Everybody who is appointed, judged one by one as the plain rules say. */
async function violationsAnew(): Promise<string[]> {
	const { db } = app.deps.database
	const now = app.clock.now().toISOString()
	const { charter } = await app.deps.charters.inForce(db)
	const ids = (await db.select({ id: people.id }).from(people)).map(({ id }) => id)
	return [...(await factsOf(db, ids)).values()]
		.flatMap((facts) =>
			facts.appointments
				.filter(({ validFrom, validUntil }) => validFrom <= now && (validUntil ?? '9') > now)
				.filter(
					({ role }) =>
						!judge(charter, facts, { role, part: 'holder', at: now, durationMs: 0, standing: true }).permit,
				)
				.map(({ role }) => `${facts.personId} ${role}`),
		)
		.sort()
}
const violationsKept = async () =>
	((await appointmentViolations(app.deps)) ?? []).map(({ personId, role }) => `${personId} ${role}`).sort()

test('nobody else has an officer day, and its lists are refused', async () => {
	expect(await showOfficerDay(app.deps, app.actor('auditor'))).toBeNull()
	await expect(
		showDue(app.deps, app.actor('auditor'), { list: 'events', page: 1, days: 30 }),
	).rejects.toMatchObject({ code: 'FORBIDDEN' })
	await expect(showViolations(app.deps, app.actor('operator'), { page: 1 })).rejects.toMatchObject({
		code: 'FORBIDDEN',
	})
})

test('an appointment without citizenship and clearance is incomplete and a violation until both are recorded', async () => {
	const personId = await newcomer()
	expect(await changeOf(() => appoint(personId))).toEqual({ incomplete: 1, violations: 1 })
	const german = { country: 'DE', document: 'passport', issuer: 'Berlin' }
	await record(personId, 'citizenship', german, -9000, null)
	expect(await changeOf(() => clearance(personId, -100, 400))).toMatchObject({ incomplete: -1 })
	expect(await violationsKept()).toEqual(await violationsAnew())
})

test('a clearance counts in every window that it ends in, once renewed in none, and is overdue once it has ended', async () => {
	const personId = await newcomer()
	await appoint(personId)
	const counts = async () => (await day()).expiring.map(({ count }) => count)
	const before = await counts()
	await clearance(personId, -100, 75, 'U3')
	expect(await counts()).toEqual(before.map((count, n) => count + (n >= 2 ? 1 : 0)))
	expect(await namesIn('expiring', 60)).not.toContain(personId)
	expect(await namesIn('expiring', 90)).toContain(personId)
	const renewal = await clearance(personId, 0, 500, 'U3', 'BAMAD')
	expect(await counts()).toEqual(before)
	await withdrawFact(
		app.deps,
		officer,
		{ personId, kind: 'clearance', factId: renewal },
		'Recorded for somebody else',
	)
	app.clock.advance(80 * DAY)
	expect(await namesIn('overdue')).toContain(personId)
	expect(await namesIn('expiring')).not.toContain(personId)
	expect(await violationsKept()).toEqual(await violationsAnew())
	// A case that is under way is named with it.
	await openCase(app.deps, officer, {
		personId,
		scheme: 'DE',
		level: 'U3',
		post: '',
		sponsor: '',
		manager: '',
		neededFrom: null,
		neededUntil: null,
		reason: 'Re-vetting is due.',
	})
	const { items } = await showDue(app.deps, officer, { list: 'overdue', page: 1, days: 30 })
	expect(items.find(({ person }) => person.id === personId)?.vettingCase?.number).toBeGreaterThan(0)
	expect((await day()).parts.overdue.items.every(({ label }) => label === '')).toBe(true)
})

test('a journey waits for approval before and for a debriefing after it', async () => {
	const personId = await newcomer()
	const journey = { countries: ['CH'], itinerary: 'Zürich by train' }
	let factId = ''
	expect(await changeOf(async () => (factId = await record(personId, 'travel', journey, 10, 20)))).toEqual({
		'travel-unapproved': 1,
	})
	const decide = (verdict: 'approved' | 'refused') =>
		decideTravel(app.deps, officer, { personId, factId, reason: 'Known to the officer', verdict })
	expect(await changeOf(() => decide('approved'))).toEqual({ 'travel-unapproved': -1 })
	app.clock.advance(25 * DAY)
	expect(await namesIn('travel-debrief')).toContain(personId)
})

test('a report waits for triage and says whether access is still live', async () => {
	const personId = app.actor('second-operator').personId
	const event = { event: 'foreign-contact', details: 'Met somebody', reporter: 'self', severity: 'high' }
	let factId = ''
	expect(await changeOf(async () => (factId = await record(personId, 'event', event, -1, null)))).toEqual({
		events: 1,
	})
	expect((await day()).parts.events.items).toMatchObject([{ ref: factId, live: 0, label: 'high' }])
	expect(
		await changeOf(() => triageEvent(app.deps, officer, { personId, factId, reason: 'Nothing follows' })),
	).toEqual({ events: -1 })
})

test('whoever has left and is still cleared is named, and so is a contract that ends', async () => {
	const personId = await newcomer()
	await clearance(personId, -100, 900)
	const contract = { employer: 'Nordlicht GmbH', under: 'Prime GmbH', flowDown: true }
	let factId = ''
	expect(
		await changeOf(async () => (factId = await record(personId, 'employment', contract, -50, 40))),
	).toEqual({ contracts: 1 })
	expect(
		await changeOf(async () => {
			const validUntil = new Date(app.clock.now().getTime() - 1000)
			const reason = 'Left the contractor'
			await endFact(app.deps, officer, { personId, kind: 'employment', factId }, { validUntil, reason })
		}),
	).toEqual({ contracts: -1, leavers: 1 })
})

test('a case is for the officer who may act on it, and for others where they may not', async () => {
	const personId = await newcomer()
	const caseId = await openCase(app.deps, officer, {
		personId,
		scheme: 'DE',
		level: 'U1',
		post: '',
		sponsor: '',
		manager: '',
		neededFrom: null,
		neededUntil: null,
		reason: 'Needed for the new platform.',
	})
	const sponsored = () =>
		actOnCase(app.deps, officer, {
			caseId,
			version: 1,
			act: 'SPONSOR',
			reason: '',
			sponsor: 'Thomas Aschauer',
		})
	expect(await changeOf(sponsored)).toEqual({ 'cases-mine': 1 })
	// Who manages the officer manages the case away from them.
	const { withTx } = app.deps.database
	expect(await changeOf(() => withTx((tx) => setManager(tx, personId, officer.personId)))).toEqual({
		'cases-mine': -1,
		'cases-others': 1,
	})
})

test('a suspended person whose access the tenant may hold is an alarm', async () => {
	await approvedAccess(app)
	const [grant] = await app.deps.database.db.select({ id: grants.id }).from(grants)
	// Sent to the tenant and not answered yet.
	await provisionGrant(app.deps, grant?.id ?? '').catch((error: unknown) => {
		if (!(error instanceof TryAgain)) throw error
	})
	const { personId } = app.actor('operator')
	const step = { personId, step: 'suspend' as const, reason: 'Laptop reported stolen' }
	const { challengeId } = await prepareSuspension(app.deps, officer, step)
	await signSuspension(app.deps, officer, { ...step, challengeId, response: app.answerOf(officer) })
	const { parts } = await day()
	expect(parts['suspended-live']).toMatchObject({ total: 1, items: [{ person: { id: personId }, live: 1 }] })
	expect(await violationsKept()).toEqual(await violationsAnew())
})

test('violations stay exact when entries get their index and time passes', async () => {
	await sequencePending(app.deps)
	expect(await violationsKept()).toEqual(await violationsAnew())
	const personId = await newcomer()
	await appoint(personId)
	await sequencePending(app.deps)
	expect(await violationsKept()).toContain(`${personId} operator`)
	for (const days of [100, 300, 900, 3000]) {
		app.clock.advance(days * DAY)
		expect(await violationsKept()).toEqual(await violationsAnew())
	}
})
