import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endGrant } from '#app/services/access/end-access.server.ts'
import type { Actor } from '#app/services/actor.ts'
import { exportBundle } from '#app/services/audit/export-bundle.server.ts'
import { EVERYTHING } from '#app/services/audit/history.server.ts'
import { auditLog } from '#app/services/ledger/audit-log.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { showEntry } from '#app/services/ledger/show-record.server.ts'
import { eraseKinds, previewKinds, type KindsForm } from '#app/services/people/erase-kinds.server.ts'
import { endFact, recordFact, type FactForm } from '#app/services/people/record-fact.server.ts'
import { registerPerson } from '#app/services/people/register-person.server.ts'
import { showErasures } from '#app/services/people/show-erasure.server.ts'
import { showRetention } from '#app/services/people/show-retention.server.ts'
import { openCase } from '#app/services/vetting/open-case.server.ts'
import { peopleWithErasedFacts } from '#db/queries/accesses.ts'
import { entriesAbout } from '#db/queries/entries.ts'
import { openingsAbout } from '#db/queries/erasure.ts'
import { factRowsOf } from '#db/queries/fact-rows.ts'
import { vettingCases } from '#db/schema/index.ts'
import type { FactKind } from '#workflows/people/facts/fact-kinds.ts'
import { verify, wholeOf } from '#test/factories/bundle.ts'
import { approvedAccess } from './acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

const DAY = 86_400_000
const MONTH = 31 * DAY
const REASON = 'Retention rule 7 of the agency'
let app: TestApp
let officer: Actor
let number = 0

/** An organisation of its own: these tests move the clock by years, until nobody's clearance holds. */
function withOrganisation(): void {
	beforeAll(async () => {
		app = await createTestApp()
		officer = app.actor('security-officer')
		app.clock.advance(60_000)
	})
	afterAll(() => app.stop())
}

const db = () => app.deps.database.db
const day = (days: number) => new Date(app.clock.now().getTime() + days * DAY)
const newcomer = () => {
	number += 1
	return registerPerson(app.deps, officer, {
		displayName: `Leaver ${number}`,
		userPrincipalName: `leaver.${number}@agency.example`,
		entraObjectId: app.deps.newId(),
		employer: 'Agency',
		personnelNumber: `K-${number}`,
	})
}
const VALUES: Partial<Record<FactKind, unknown>> = {
	citizenship: { country: 'SE', document: 'passport', issuer: 'Polisen' },
	clearance: { scheme: 'DE', level: 'U2', issuer: 'BfV', state: 'granted' },
	briefing: { key: 'nato-brief' },
	training: { key: 'annual-awareness' },
	travel: { countries: ['CH'], itinerary: 'Zürich by train' },
	event: { event: 'financial', details: 'A windfall', reporter: 'self', severity: 'low' },
}
const PDF = new TextEncoder().encode('%PDF-1.7 a passport')
const record = (personId: string, kind: FactKind, more: Partial<FactForm> = {}) =>
	recordFact(app.deps, officer, personId, {
		kind,
		values: VALUES[kind],
		validFrom: day(-10),
		validUntil: kind === 'travel' ? day(20) : null,
		evidence: 'file 12',
		file: null,
		isVerified: true,
		...more,
	})
const form = (personIds: string[], kinds: FactKind[]): KindsForm => ({ personIds, kinds, reason: REASON })
/** Erases as a page does: what was shown, confirmed by its number. */
async function erase(personIds: string[], kinds: FactKind[], by = officer) {
	const { digest, facts } = await previewKinds(app.deps, by, form(personIds, kinds))
	return eraseKinds(app.deps, by, { ...form(personIds, kinds), digest, confirmation: String(facts) })
}
const kindsOf = async (personId: string) =>
	[...new Set((await factRowsOf(db(), personId)).map(({ kind }) => kind))].sort()
const dueOf = async (personId: string) =>
	(await showRetention(app.deps, officer)).rows
		.find((row) => row.personId === personId)
		?.due.map(({ kind }) => kind)

describe('erasing single kinds of fact', () => {
	withOrganisation()

	test('takes what is over and nothing else, and every proof keeps holding', async () => {
		const [one, other] = [await newcomer(), await newcomer()]
		for (const kind of ['citizenship', 'travel', 'event', 'briefing', 'training'] as const)
			await record(one, kind, kind === 'travel' || kind === 'citizenship' ? { file: PDF } : {})
		await record(other, 'travel')
		await sequencePending(app.deps)
		const leaves = (await app.owner.pool.query('select leaf from ledger_entries order by index')).rows
		app.clock.advance(38 * MONTH)
		expect(await dueOf(one)).toEqual(['travel'])
		const [journey] = await entriesAbout(db(), one, ['person.travel_recorded'])
		const before = (await openingsAbout(db(), one)).length

		const preview = await previewKinds(app.deps, officer, form([one, other], ['travel', 'citizenship']))
		expect(preview.facts).toBe(2)
		expect(preview.rows.find(({ personId }) => personId === one)).toMatchObject({
			problem: null,
			kinds: [{ kind: 'travel', facts: 1 }],
			groups: 1,
			judgements: 0,
		})
		expect(await kindsOf(one)).toContain('travel')
		expect(await erase([one, other], ['travel', 'citizenship'])).toEqual({ facts: 2 })

		expect(await kindsOf(one)).toEqual(['briefing', 'citizenship', 'event', 'training'])
		expect(await kindsOf(other)).toEqual([])
		// One opening is gone, and that of the erasure's own entry came.
		expect((await openingsAbout(db(), one)).length).toBe(before - 1 + 1)
		const files = await app.owner.pool.query('select 1 from evidence_files where person_id = $1', [one])
		expect(files.rowCount).toBe(1)
		await sequencePending(app.deps)
		const entry = await showEntry(app.deps, app.actor('auditor'), journey?.index ?? -1)
		expect(entry.openings).toMatchObject([{ group: 'fact', record: null, erased: {} }])
		expect(await showErasures(app.deps, officer, one)).toHaveLength(1)
		const after = (await app.owner.pool.query('select leaf from ledger_entries order by index')).rows
		expect(after.slice(0, leaves.length)).toEqual(leaves)
		expect((await auditLog(db(), { vkey: app.deps.signer.vkey, since: null })).problems).toEqual([])
		// Nothing is over for them now, so they are not listed; no access was ever judged on a journey.
		expect(await dueOf(one)).toBeUndefined()
		expect((await peopleWithErasedFacts(db())).has(one)).toBe(false)
		await expect(erase([one], ['travel'])).rejects.toMatchObject({ code: 'STALE_VERSION' })
		// Briefings and courses share a table, and one goes without the other.
		app.clock.advance(24 * MONTH)
		await erase([one], ['briefing'])
		expect(await kindsOf(one)).toEqual(['citizenship', 'event', 'training'])
		expect((await peopleWithErasedFacts(db())).has(one)).toBe(true)
		await erase([one], ['citizenship'])
		expect(
			(await app.owner.pool.query('select 1 from evidence_files where person_id = $1', [one])).rowCount,
		).toBe(0)
	})

	test('is exactly what was shown, confirmed by its number, or nothing', async () => {
		const [one, other] = [await newcomer(), await newcomer()]
		await record(one, 'travel')
		await record(other, 'travel')
		app.clock.advance(38 * MONTH)
		const asked = form([one, other], ['travel'])
		const { digest, facts } = await previewKinds(app.deps, officer, asked)
		await expect(
			eraseKinds(app.deps, officer, { ...asked, digest, confirmation: '3' }),
		).rejects.toMatchObject({ details: { field: 'confirmation', problem: 'NUMBER_DIFFERS' } })
		// Meanwhile another journey was recorded.
		await record(other, 'travel', { validFrom: day(-5) })
		await expect(
			eraseKinds(app.deps, officer, { ...asked, digest, confirmation: String(facts) }),
		).rejects.toMatchObject({ code: 'STALE_VERSION' })
		expect([await kindsOf(one), await kindsOf(other)]).toEqual([['travel'], ['travel']])
		expect(await showErasures(app.deps, officer, one)).toEqual([])
	})

	test('is for officers, with a reason, and never about oneself', async () => {
		const personId = await newcomer()
		await expect(
			previewKinds(app.deps, app.actor('auditor'), form([personId], ['travel'])),
		).rejects.toMatchObject({ code: 'FORBIDDEN' })
		const own = await previewKinds(app.deps, officer, form([officer.personId], ['travel']))
		expect(own.rows).toMatchObject([{ problem: 'OWN_FACTS' }])
		for (const [bad, field] of [
			[{ ...form([personId], ['travel']), reason: 'short' }, 'reason'],
			[form([], ['travel']), 'people'],
			[form([personId], []), 'kinds'],
		] as const)
			await expect(previewKinds(app.deps, officer, bad)).rejects.toMatchObject({ details: { field } })
	})
})

describe('what still judges something', () => {
	withOrganisation()

	test('is never erased: people who are still here, with an access, or with an open case', async () => {
		// Even where nothing is to be kept for a single month.
		const deps = { ...app.deps, retention: { ...app.deps.retention } }
		for (const kind of Object.keys(deps.retention) as FactKind[]) Object.assign(deps.retention, { [kind]: 0 })
		const operator = app.actor('operator')
		const present = await previewKinds(deps, officer, form([operator.personId], ['citizenship', 'clearance']))
		expect(present.rows).toMatchObject([{ problem: 'NOT_DUE', kinds: [], groups: 0 }])
		const vetted = await newcomer()
		await record(vetted, 'clearance')
		const caseId = await openCase(app.deps, officer, {
			personId: vetted,
			scheme: 'DE',
			level: 'U3',
			post: '',
			sponsor: '',
			manager: '',
			neededFrom: null,
			neededUntil: null,
			reason: 'Needed for the new platform.',
		})
		app.clock.advance(DAY)
		const tied = await previewKinds(deps, officer, form([vetted], ['clearance']))
		expect(tied).toMatchObject({ facts: 0, rows: [{ problem: 'PERSON_IN_USE', ties: { openCases: 1 } }] })
		await expect(
			eraseKinds(deps, officer, { ...form([vetted], ['clearance']), digest: tied.digest, confirmation: '1' }),
		).rejects.toMatchObject({ code: 'STALE_VERSION' })
		expect(await kindsOf(vetted)).toEqual(['clearance'])
		const [row] = await db().select().from(vettingCases).where(eq(vettingCases.id, caseId))
		expect(row?.level).toBe('U3')
	})

	test('of somebody who left goes with the copies that were judged, and bundles say what was erased', async () => {
		const operator = app.actor('operator')
		const { personId } = operator
		const requestId = await approvedAccess(app)
		const deps = {
			...app.deps,
			retention: { ...app.deps.retention, appointment: 0, employment: 0, citizenship: 0 },
		}
		expect((await previewKinds(deps, officer, form([personId], ['citizenship']))).rows).toMatchObject([
			{ problem: 'NOT_DUE' },
		])
		await endGrant(app.deps, operator, requestId)
		for (const fact of await factRowsOf(db(), personId, ['appointment', 'employment']))
			await endFact(
				app.deps,
				officer,
				{ personId, kind: fact.kind, factId: fact.id },
				{ validUntil: new Date(app.clock.now().getTime() - 1000), reason: 'Left the agency for good' },
			)
		app.clock.advance(62 * MONTH)
		const due = (await dueOf(personId)) ?? []
		expect(due).toEqual(expect.arrayContaining(['citizenship', 'clearance']))
		// What says when they left goes last.
		expect(due.filter((kind) => kind === 'employment' || kind === 'appointment')).toEqual([])
		const groups = async () =>
			(await openingsAbout(db(), personId)).filter(({ group }) => group === 'eligibility').length
		expect(await groups()).toBeGreaterThan(0)
		const preview = await previewKinds(app.deps, officer, form([personId], ['citizenship']))
		expect(preview.rows[0]?.judgements).toBe(await groups())
		await erase([personId], ['citizenship'])
		expect(await groups()).toBe(0)
		expect(await kindsOf(personId)).not.toContain('citizenship')
		expect(await kindsOf(personId)).toContain('clearance')
		const { bytes } = await exportBundle(app.deps, app.actor('auditor'), EVERYTHING, { profile: 'auditor' })
		const report = await verify(await wholeOf(bytes), { vkey: app.deps.signer.vkey })
		// The passkeys of this test stand in the database alone, which is found; nothing else may be.
		const others = report.failures.filter(
			({ code, message }) =>
				code !== 'CREDENTIAL_NOT_ENROLLED' && !(code === 'FACTS_DIFFER' && message.endsWith('credentials')),
		)
		expect(others).toEqual([])
		expect(report.unchecked.map(({ code }) => code)).toContain('ERASED')
		expect(report.accesses.find(({ ticket }) => ticket === 'CHG-77123')?.coverage).toBeNull()
		app.clock.advance(24 * MONTH)
		const all = (await dueOf(personId)) ?? []
		expect(all).toEqual(expect.arrayContaining(['employment', 'appointment']))
		await erase([personId], all)
		expect(await kindsOf(personId)).toEqual([])
		expect(await dueOf(personId)).toBeUndefined()
	})
})
