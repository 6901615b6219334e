import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askForAccess } from '#test/app/acts.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'
import type { Actor } from '#app/services/actor.ts'
import { factsOf } from '#db/queries/facts.ts'
import { factRowsOf } from '#db/queries/fact-rows.ts'
import { appointedTo, everybody } from '#db/queries/people.ts'
import { ledgerPending } from '#db/schema/index.ts'
import { exportForecast } from '#app/services/forecast/export-forecast.server.ts'
import { showLapses, showRenewals } from '#app/services/forecast/list-lapses.server.ts'
import { showCoverage } from '#app/services/forecast/show-forecast.server.ts'
import { whatIf } from '#app/services/forecast/what-if.server.ts'
import type { LapseFilter } from '#app/services/forecast/views.ts'
import { endFact } from '#app/services/people/record-fact.server.ts'
import { openCase } from '#app/services/vetting/open-case.server.ts'
import { judge, partIn } from '#workflows/charter/eligibility.ts'
import { deciders } from '#workflows/charter/quorum.ts'
import type { FactKind } from '#workflows/people/facts/fact-kinds.ts'
import { DEFAULT_LEADS } from '#workflows/people/renewal-leads.ts'

let app: TestApp
let officer: Actor
beforeAll(async () => {
	app = await createTestApp()
	officer = app.actor('security-officer')
	app.clock.advance(60_000)
})
afterAll(() => app.stop())

const DAY_MS = 86_400_000
const ALL: LapseFilter = { days: 180, day: null, weight: null }
const db = () => app.deps.database.db
/** Midnight in UTC so many days from now. */
const inDays = (days: number) =>
	new Date(Math.floor(app.clock.now().getTime() / DAY_MS) * DAY_MS + days * DAY_MS)

async function end(persona: string, kind: FactKind, days: number): Promise<void> {
	await endOf(app.actor(persona).personId, kind, days)
}
async function endOf(personId: string, kind: FactKind, days: number, role?: string): Promise<void> {
	const [fact] = (await factRowsOf(db(), personId, [kind])).filter(
		({ retractedAt, values }) => retractedAt === null && (role === undefined || values.role === role),
	)
	if (!fact) throw new Error(`They have no ${kind}.`)
	await endFact(
		app.deps,
		officer,
		{ personId, kind, factId: fact.id },
		{ validUntil: inDays(days), reason: 'Known since the last review.' },
	)
}

const seatOf = async (actor: Actor, kind: string, key: string) =>
	(await showCoverage(app.deps, actor)).seats.find((seat) => seat.kind === kind && seat.key === key)

describe('coverage', () => {
	test('counts whom the charter counts when asked anew, for every role and every role that decides', async () => {
		const { charter } = await app.deps.charters.inForce(db(), app.clock.now())
		const at = app.clock.now().toISOString()
		const { seats } = await showCoverage(app.deps, officer)
		const ids: string[] = []
		for await (const people of everybody(db(), 100)) ids.push(...people.map(({ id }) => id))
		const all = [...(await factsOf(db(), ids)).values()]
		let counted = 0
		for (const { kind, key, now } of seats) {
			const question =
				kind === 'decides' ? deciders(charter).get(key) : { role: key, part: partIn(charter, key) }
			if (kind === 'duty' || !question) continue
			const fresh = all.filter(
				(facts) => judge(charter, facts, { ...question, at, durationMs: 0, standing: true }).permit,
			)
			expect([kind, key, now]).toEqual([kind, key, fresh.length])
			counted += now
		}
		expect(counted).toBeGreaterThan(5)
	})

	test('says on which day a role falls below its quorum and who, to officers by name and to others in numbers', async () => {
		expect(await seatOf(officer, 'decides', 'duty-officer')).toMatchObject({
			now: 3,
			needed: 1,
			outlook: 'enough',
		})
		for (const personId of await appointedTo(db(), ['duty-officer'], app.clock.now()))
			if (personId !== app.actor('duty-officer').personId)
				await endOf(personId, 'appointment', 30, 'duty-officer')
		expect(await seatOf(officer, 'decides', 'duty-officer')).toMatchObject({ now: 3, outlook: 'limit' })
		await end('duty-officer', 'clearance', 40)
		const duty = app.actor('duty-officer')
		const fallen = { at: inDays(40).toISOString(), count: 0, needed: 1 }
		expect(await seatOf(officer, 'decides', 'duty-officer')).toMatchObject({
			outlook: 'falls',
			firstBelow: { ...fallen, lost: [{ id: duty.personId, name: duty.displayName }] },
		})
		for (const persona of ['data-owner', 'charter-owner', 'auditor'])
			expect(await seatOf(app.actor(persona), 'decides', 'duty-officer')).toMatchObject({
				outlook: 'falls',
				firstBelow: { ...fallen, lost: [] },
			})
		const told = await showCoverage(app.deps, app.actor('auditor'))
		expect([told.calendar, told.renewals]).toEqual([null, null])
		expect(told.demands.every(({ outlook }) => outlook === 'falls')).toBe(true)
		await expect(showCoverage(app.deps, app.actor('operator'))).rejects.toMatchObject({ code: 'FORBIDDEN' })
	})
})

describe('what lapses', () => {
	test('what breaks a quorum comes first, then what takes a role, then the rest; windows hold one another', async () => {
		await end('operator', 'briefing', 6)
		await end('auditor', 'facility', 20)
		const { rows, windows, total } = await showLapses(app.deps, officer, { filter: ALL, after: null })
		expect(rows[0]).toMatchObject({
			person: { id: app.actor('duty-officer').personId },
			kind: 'clearance',
			detail: 'DE U2',
			weight: 'quorum',
			codes: ['CLEARANCE'],
		})
		expect(rows[0]?.ends.map(({ title }) => title)).toContain('Duty officer')
		const of = (persona: string, kind: string) =>
			rows.find(({ person, kind: its }) => person.id === app.actor(persona).personId && its === kind)
		expect(of('auditor', 'facility')).toMatchObject({
			weight: 'role',
			ends: [{ kind: 'role', title: 'Auditor' }],
		})
		expect(of('operator', 'briefing')).toMatchObject({ weight: 'nothing', ends: [] })
		const weights = rows.map(({ weight }) => ['quorum', 'role', 'nothing'].indexOf(weight))
		expect(weights).toEqual([...weights].sort())
		expect(windows.map(({ days }) => days)).toEqual([7, 30, 90, 180])
		expect(windows.map(({ all }) => all)).toEqual([...windows.map(({ all }) => all)].sort((a, b) => a - b))
		expect(windows[3]?.all).toBe(total)
		expect(windows[0]?.all).toBe(2)
		const list = async (filter: Partial<LapseFilter>) =>
			(await showLapses(app.deps, officer, { filter: { ...ALL, ...filter }, after: null })).rows
		expect((await list({ days: 7 })).map(({ weight }) => weight)).toEqual(['role', 'nothing'])
		const onDay = await list({ day: inDays(20).toISOString().slice(0, 10) })
		expect(onDay.map(({ kind }) => kind)).toContain('facility')
		expect(onDay.length).toBeLessThan(total)
		expect((await list({ weight: 'quorum' })).every(({ weight }) => weight === 'quorum')).toBe(true)
		for (const row of rows.slice(0, -1)) {
			const after = `${row.weight}_${Date.parse(row.at)}_${row.id}`
			const next = await showLapses(app.deps, officer, { filter: ALL, after })
			expect(next.rows[0]?.id).toBe(rows[rows.indexOf(row) + 1]?.id)
		}
	})

	test('is for those who record facts, whatever else others may do', async () => {
		for (const persona of ['data-owner', 'charter-owner', 'auditor', 'operator']) {
			const actor = app.actor(persona)
			const forbidden = { code: 'FORBIDDEN' }
			await expect(showLapses(app.deps, actor, { filter: ALL, after: null })).rejects.toMatchObject(forbidden)
			await expect(showRenewals(app.deps, actor, null)).rejects.toMatchObject(forbidden)
			await expect(whatIf(app.deps, actor, { personIds: [], day: null })).rejects.toMatchObject(forbidden)
			await expect(exportForecast(app.deps, actor, { list: 'lapses', filter: ALL })).rejects.toMatchObject(
				forbidden,
			)
		}
	})

	test('reading and taking it away are entries of the record', async () => {
		const csv = await exportForecast(app.deps, officer, { list: 'coverage', filter: ALL })
		const lines = csv.trimEnd().split('\r\n')
		expect(lines[0]).toBe('counted_as,key,title,from_utc,until_utc,people,needed,outlook')
		expect(lines).toContainEqual(
			expect.stringMatching(
				new RegExp(`^decides,duty-officer,Duty officer,${inDays(40).toISOString()},[^,]+,0,1,below$`),
			),
		)
		const lapses = await exportForecast(app.deps, officer, { list: 'lapses', filter: ALL })
		expect(lapses).toContain(app.actor('duty-officer').displayName)
		const entries = await db().select({ kind: ledgerPending.kind }).from(ledgerPending)
		const countOf = (kind: string) => entries.filter((entry) => entry.kind === kind).length
		expect(countOf('record.exported')).toBe(2)
		expect(countOf('record.read')).toBeGreaterThan(3)
	})
})

describe('renewals', () => {
	test('start as long before the end as checks take, overdue first, with the case that is under way', async () => {
		const { rows, counts } = await showRenewals(app.deps, officer, null)
		const duty = rows.find(({ person }) => person.id === app.actor('duty-officer').personId)
		expect(duty).toMatchObject({
			scheme: 'DE',
			level: 'U2',
			isOverdue: true,
			hasEnded: false,
			leadDays: DEFAULT_LEADS.otherwise,
			startBy: new Date(inDays(40).getTime() - DEFAULT_LEADS.otherwise * DAY_MS).toISOString(),
			openCase: null,
		})
		expect(rows.map(({ startBy }) => startBy)).toEqual([...rows.map(({ startBy }) => startBy)].sort())
		expect(counts.overdue).toBe(rows.filter(({ isOverdue }) => isOverdue).length)
		await openCase(app.deps, officer, {
			personId: app.actor('duty-officer').personId,
			scheme: 'DE',
			level: 'U2',
			post: '',
			sponsor: '',
			manager: '',
			neededFrom: null,
			neededUntil: null,
			reason: 'It ends before its renewal can be done.',
		})
		const again = await showRenewals(app.deps, officer, null)
		expect(again.rows.find(({ id }) => id === duty?.id)?.openCase).toMatchObject({
			number: expect.any(Number) as number,
		})
		const strict = { ...app.deps, renewalLeads: { byScheme: { DE: 30 }, otherwise: 30 } }
		const later = (await showRenewals(strict, officer, null)).rows.find(({ id }) => id === duty?.id)
		expect(later).toMatchObject({ isOverdue: false, leadDays: 30 })
	})
})

describe('what if', () => {
	test('people who leave are missing from every count from that day on, and nothing is stored', async () => {
		await askForAccess(app)
		const before = await showCoverage(app.deps, officer)
		const owners = await appointedTo(db(), ['data-owner'], app.clock.now())
		const ids = [...owners, ...['charter-owner', 'operator'].map((persona) => app.actor(persona).personId)]
		const told = await whatIf(app.deps, officer, { personIds: ids, day: null })
		const seat = (kind: string, key: string) =>
			told.seats.find(({ after }) => after.kind === kind && after.key === key)
		expect(seat('duty', 'charter_owner')).toMatchObject({
			before: { now: 2, outlook: 'limit' },
			after: { now: 1, needed: 2, outlook: 'below' },
		})
		expect(seat('decides', 'data-owner')?.after.firstBelow?.lost.map(({ id }) => id)).toContain(
			app.actor('data-owner').personId,
		)
		expect(told.leaving).toHaveLength(ids.length)
		expect(told.requests).toMatchObject([
			{ person: { id: app.actor('operator').personId }, state: 'waiting' },
		])
		const later = await whatIf(app.deps, officer, {
			personIds: ids,
			day: inDays(10).toISOString().slice(0, 10),
		})
		expect(later.seats.find(({ after }) => after.kind === 'duty')).toMatchObject({
			after: { now: 2, outlook: 'falls' },
		})
		expect((await showCoverage(app.deps, officer)).seats).toEqual(
			before.seats.map((one) => ({
				...one,
				steps: expect.any(Array) as never,
				needs: expect.any(Array) as never,
				lowest: expect.anything() as never,
			})),
		)
	})

	test('a day beyond the forecast, or no day at all, is said to be none', async () => {
		for (const day of ['2040-01-01', 'tomorrow', '2027-02-30'])
			await expect(whatIf(app.deps, officer, { personIds: [], day })).rejects.toMatchObject({
				code: 'INVALID_INPUT',
				details: { field: 'day' },
			})
	})
})
