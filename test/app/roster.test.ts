import { asc } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ledgerPending } from '#db/schema/index.ts'
import { recordAbsence } from '#app/services/access/absences.server.ts'
import type { Actor } from '#app/services/actor.ts'
import { showOfficerDay } from '#app/services/home/officer-day.server.ts'
import { erasePerson } from '#app/services/people/erase-person.server.ts'
import { exportPerson } from '#app/services/people/export-person.server.ts'
import { endFact } from '#app/services/people/record-fact.server.ts'
import { exportRoster } from '#app/services/roster/export-roster.server.ts'
import {
	changeBoundary,
	closeBoundary,
	recordBoundary,
	type BoundaryForm,
} from '#app/services/roster/manage-boundaries.server.ts'
import {
	endHolder,
	recordHolder,
	recordShift,
	removeShift,
} from '#app/services/roster/manage-holders.server.ts'
import { readProviderRoles } from '#app/services/roster/read-provider-roles.server.ts'
import { showRoster, type RosterQuery } from '#app/services/roster/show-roster.server.ts'
import { tellCoverage } from '#app/services/roster/tell-coverage.server.ts'
import type { GapView, RosterView } from '#app/services/roster/views.ts'
import { factRowsOf } from '#db/queries/fact-rows.ts'
import { DIRECTORY_ROLES } from '#workflows/lockbox/approver-roles.ts'
import { SANDBOX_TENANT_ID } from '#app/sandbox/tenant/server.ts'
import { approvedAccess, toldTo } from '#test/app/acts.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const APPROVER = 'Customer Lockbox Access Approver'

let app: TestApp
let officer: Actor
beforeAll(async () => {
	app = await createTestApp()
	officer = app.actor('security-officer')
})
afterAll(() => app.stop())
beforeEach(async () => {
	for (const table of [
		'provider_sightings',
		'provider_readings',
		'provider_shifts',
		'provider_holders',
		'provider_boundaries',
		'coverage_gaps',
		'mails',
		'webhook_deliveries',
		'notices',
		'absences',
	])
		await app.owner.pool.query(`delete from ${table}`)
})

const ALL: RosterQuery = { zone: 'Europe/Berlin', row: null, absent: null }
const show = (query: Partial<RosterQuery> = {}, by = officer) =>
	showRoster(app.deps, by, { ...ALL, ...query })
const soon = (ms: number) => new Date(app.clock.now().getTime() + ms)
const other = (more: Partial<BoundaryForm> = {}): BoundaryForm => ({
	provider: 'other',
	name: 'Regional cloud',
	scope: 'Customer 4711',
	approverRole: 'Release manager',
	holdersNeeded: 1,
	...more,
})
const record = (more: Partial<BoundaryForm> = {}) => recordBoundary(app.deps, officer, other(more))
const hold = (boundaryId: string, persona: string, from: number | null, until: number | null) =>
	recordHolder(app.deps, officer, {
		boundaryId,
		person: app.actor(persona).personId,
		from: from === null ? null : soon(from),
		until: until === null ? null : soon(until),
		evidence: 'Order 12/2026',
	})
const gapsOf = (view: RosterView, kind: 'boundary' | 'stage' = 'boundary'): GapView[] =>
	view.rows.filter((row) => row.kind === kind).flatMap(({ gaps }) => gaps)
const hoursOf = (gaps: readonly GapView[]) =>
	gaps.map(({ from, until }) =>
		[from, until].map((at) => Math.round((Date.parse(at) - app.clock.now().getTime()) / HOUR) || 0),
	)
const kindsSince = async (count: number) =>
	(await app.deps.database.db.select().from(ledgerPending).orderBy(asc(ledgerPending.id)))
		.slice(count)
		.map(({ kind }) => kind)
const entries = async () => (await app.deps.database.db.select().from(ledgerPending)).length

describe('boundaries', () => {
	test('are recorded, changed and closed by officers, each with an entry, and by nobody else', async () => {
		const before = await entries()
		const id = await record()
		expect((await show()).boundaries).toMatchObject([{ id, scope: 'customer 4711', holdersNeeded: 1 }])
		await changeBoundary(app.deps, officer, id, 2)
		await expect(changeBoundary(app.deps, officer, id, 2)).rejects.toMatchObject({ code: 'NOTHING_CHANGED' })
		await expect(record({ scope: 'CUSTOMER 4711' })).rejects.toMatchObject({ code: 'BOUNDARY_KNOWN' })
		await closeBoundary(app.deps, officer, id)
		await expect(hold(id, 'duty-officer', null, null)).rejects.toMatchObject({ code: 'BOUNDARY_CLOSED' })
		expect((await show()).boundaries).toEqual([])
		expect(await kindsSince(before)).toEqual([
			'provider_boundary.recorded',
			'provider_boundary.changed',
			'provider_boundary.closed',
		])
		await record()
		for (const persona of ['duty-officer', 'charter-owner', 'auditor', 'operator'])
			await expect(recordBoundary(app.deps, app.actor(persona), other({ scope: 'x' }))).rejects.toMatchObject(
				{
					code: 'FORBIDDEN',
				},
			)
		await expect(show({}, app.actor('operator'))).rejects.toMatchObject({ code: 'FORBIDDEN' })
	})

	test('are refused where the provider would match nothing to them', async () => {
		const subscription = '/subscriptions/9CAAE579-5eb2-4751-bc89-f1f1553eace6'
		const azure = (scope: string, approverRole: string) => record({ provider: 'azure', scope, approverRole })
		for (const scope of ['9caae579-5eb2-4751-bc89-f1f1553eace6', `${subscription}/resourceGroups/a`])
			await expect(azure(scope, 'Owner')).rejects.toMatchObject({
				details: { field: 'scope', problem: 'SCOPE_SUBSCRIPTION' },
			})
		await expect(azure('/providers/Microsoft.Management/managementGroups/a', 'Owner')).rejects.toMatchObject({
			details: { problem: 'SCOPE_SUBSCRIPTION' },
		})
		await expect(azure(subscription, 'Global Administrator')).rejects.toMatchObject({
			details: { problem: 'SCOPE_TENANT' },
		})
		await expect(azure(subscription, 'Reader')).rejects.toMatchObject({
			details: { field: 'approverRole', problem: 'ROLE_NOT_OFFERED' },
		})
		for (const holdersNeeded of [0, 100, 1.5])
			await expect(record({ holdersNeeded })).rejects.toMatchObject({
				details: { problem: 'HOLDERS_NEEDED' },
			})
		await azure(subscription, 'Owner')
		expect((await show()).boundaries[0]).toMatchObject({ scope: subscription.toLowerCase(), reading: null })
	})
})

describe('coverage', () => {
	test('says when nobody holds the role, by whom it can be mended, and by name to those who see people', async () => {
		const id = await record()
		expect(gapsOf(await show())).toMatchObject([
			{ missing: 1, owners: ['provider_admin'], pieces: [{ causes: [{ kind: 'NOBODY_HOLDS' }] }] },
		])
		await hold(id, 'duty-officer', DAY, 3 * DAY)
		const gaps = gapsOf(await show())
		expect(hoursOf(gaps).map(([from]) => from)).toEqual([0, 72])
		expect(hoursOf(gaps)[0]?.[1]).toBe(24)
		const duty = app.actor('duty-officer')
		const named = { id: duty.personId, name: duty.displayName }
		expect(gaps[0]?.pieces[0]?.causes).toMatchObject([
			{ kind: 'NOBODY_HOLDS' },
			{
				kind: 'NOT_HELD',
				who: named,
				at: gaps[0]?.until ?? '',
			},
		])
		for (const persona of ['charter-owner', 'second-charter-owner']) {
			const view = await show({}, app.actor(persona))
			expect(JSON.stringify(view)).not.toContain(duty.displayName)
			expect(JSON.stringify(view)).not.toContain(duty.personId)
			expect(view.boundaries[0]?.holdings).toBeNull()
			expect(gapsOf(view)).toHaveLength(2)
			await expect(
				show(
					{ absent: { person: duty.personId, from: '2030-01-01', until: '2030-01-02' } },
					app.actor(persona),
				),
			).rejects.toMatchObject({ code: 'FORBIDDEN' })
		}
	})

	test('an absence makes a gap, here and at the stage that they decide at, and imagining one stores nothing', async () => {
		const id = await record()
		await hold(id, 'duty-officer', null, null)
		expect(gapsOf(await show())).toEqual([])
		const minute = (at: Date) => new Date(Math.floor(at.getTime() / 60_000) * 60_000)
		const [from, until] = [minute(soon(2 * DAY)), minute(soon(3 * DAY))]
		const zone = (at: Date) =>
			new Intl.DateTimeFormat('sv-SE', {
				timeZone: 'Europe/Berlin',
				dateStyle: 'short',
				timeStyle: 'short',
			})
				.format(at)
				.replace(' ', 'T')
		const absent = {
			person: app.actor('duty-officer').displayName,
			from: zone(from),
			until: zone(until),
		}
		const imagined = await show({ absent })
		expect(gapsOf(imagined)).toMatchObject([{ isNew: true, owners: ['person'] }])
		expect(hoursOf(gapsOf(imagined))).toEqual([[48, 72]])
		expect(gapsOf(await show())).toEqual([])
		await recordAbsence(app.deps, app.actor('duty-officer'), {
			from,
			until,
			standInId: null,
		})
		expect(gapsOf(await show({ absent }))).toMatchObject([{ isNew: false }])
		const [gap] = gapsOf(await show())
		expect(gap?.pieces[0]?.causes).toMatchObject([{ kind: 'AWAY', at: until.toISOString() }])
		await expect(show({ absent: { ...absent, until: absent.from } })).rejects.toMatchObject({
			details: { field: 'absentUntil', problem: 'ENDS_BEFORE' },
		})
		await expect(show({ absent: { ...absent, person: 'Nobody' } })).rejects.toMatchObject({
			details: { problem: 'NOBODY_CALLED_SO' },
		})
	})

	test('whoever the charter does not let decide does not count, though they hold the role', async () => {
		const id = await record()
		await hold(id, 'lapsed-duty-officer', null, null)
		await hold(id, 'operator', null, null)
		const [gap] = gapsOf(await show())
		const codes = gap?.pieces[0]?.causes.map(({ kind, codes: failing }) => [kind, failing])
		expect(codes).toEqual([
			['NOT_ELIGIBLE', ['CLEARANCE']],
			['NOT_ELIGIBLE', expect.arrayContaining(['APPOINTMENT'])],
		])
		expect(gap?.owners).toEqual(['security_officer', 'charter_owner'])
	})

	test('a boundary with a plan counts only who is on duty; without one, everybody', async () => {
		const id = await record()
		await hold(id, 'duty-officer', null, null)
		const shift = (more: object) =>
			recordShift(app.deps, officer, {
				boundaryId: id,
				person: app.actor('duty-officer').personId,
				from: null,
				until: null,
				kind: 'weekly',
				days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
				startsAt: '08:00',
				endsAt: '20:00',
				zone: 'UTC',
				...more,
			})
		await expect(shift({ days: [] })).rejects.toMatchObject({ details: { problem: 'CHOOSE_DAYS' } })
		await expect(shift({ endsAt: '24:00' })).rejects.toMatchObject({ details: { field: 'endsAt' } })
		await expect(shift({ zone: 'Berlin' })).rejects.toMatchObject({ details: { field: 'zone' } })
		await expect(shift({ kind: 'on' })).rejects.toMatchObject({ details: { field: 'until' } })
		const weekly = await shift({})
		const gaps = gapsOf(await show())
		expect(gaps.length).toBeGreaterThan(12)
		for (const { from, until, pieces } of gaps.slice(1, -1)) {
			expect([from.slice(11, 16), until.slice(11, 16)]).toEqual(['20:00', '08:00'])
			expect(pieces[0]?.causes).toMatchObject([{ kind: 'OFF_DUTY' }])
		}
		const night = await shift({ startsAt: '20:00', endsAt: '08:00' })
		expect(gapsOf(await show())).toEqual([])
		await removeShift(app.deps, officer, weekly)
		expect(gapsOf(await show()).length).toBeGreaterThan(12)
		await removeShift(app.deps, officer, night)
		await expect(removeShift(app.deps, officer, night)).rejects.toMatchObject({ code: 'STALE_VERSION' })
		expect(gapsOf(await show())).toEqual([])
		await shift({ kind: 'off', from: soon(DAY), until: soon(2 * DAY) })
		expect(hoursOf(gapsOf(await show()))).toEqual([[24, 48]])
	})

	test('holders are recorded once, never by themselves, and end', async () => {
		const id = await record()
		const holder = await hold(id, 'duty-officer', null, null)
		await expect(hold(id, 'duty-officer', DAY, null)).rejects.toMatchObject({ code: 'DUPLICATE' })
		await expect(hold(id, 'security-officer', null, null)).rejects.toMatchObject({ code: 'OWN_HOLDING' })
		await expect(hold(id, 'data-owner', DAY, DAY)).rejects.toMatchObject({
			details: { problem: 'ENDS_BEFORE' },
		})
		app.clock.advance(1000)
		await endHolder(app.deps, officer, holder)
		await expect(endHolder(app.deps, officer, holder)).rejects.toMatchObject({ code: 'STALE_VERSION' })
		expect(gapsOf(await show())).toHaveLength(1)
		await hold(id, 'duty-officer', null, null)
		expect(gapsOf(await show())).toEqual([])
	})

	test('what shows that somebody holds a role is in their file, and goes with their facts; that they did stays', async () => {
		const id = await record()
		const { personId, displayName } = app.actor('new-operator')
		await hold(id, 'new-operator', null, null)
		const own = { ...app.actor('new-operator'), permissions: new Set<never>() }
		const { bytes } = await exportPerson(app.deps, own, personId)
		expect(JSON.parse(new TextDecoder().decode(bytes))).toMatchObject({
			providerRoles: [{ boundary: 'Regional cloud', role: 'Release manager', evidence: 'Order 12/2026' }],
			duties: [],
		})
		await app.owner.pool.query('update credentials set revoked_at = now() where person_id = $1', [personId])
		const { groups } = await erasePerson(app.deps, officer, personId, {
			parts: ['facts'],
			ground: 'retention_over',
			reason: 'Left long ago',
			confirmation: displayName,
		})
		expect(groups).toBeGreaterThan(0)
		const { rows } = await app.owner.pool.query(
			`select h.evidence, count(o.*)::int as openings from provider_holders h
				left join ledger_openings o on o.entry_id = h.entry_id group by 1`,
		)
		expect(rows).toEqual([{ evidence: '–', openings: 0 }])
	})

	test('is downloaded as CSV, row by row, and that is an entry', async () => {
		const id = await record({ name: '=1+1' })
		await hold(id, 'duty-officer', DAY, null)
		const before = await entries()
		const text = await exportRoster(app.deps, officer, ALL)
		const lines = text.split('\r\n')
		expect(lines[0]).toBe('row,counted_as,title,from_utc,until_utc,people,needed,missing,why,fixed_by')
		expect(lines[1]).toContain(`boundary:${id},boundary,'=1+1,`)
		expect(lines[1]).toContain(',0,1,1,')
		expect(lines[1]).toContain(`NOT_HELD ${app.actor('duty-officer').displayName}`)
		expect(text).toMatch(/\r\nstage:1:duty-officer,stage,Duty officer,/)
		expect(await kindsSince(before)).toEqual(['record.exported'])
		const theirs = await exportRoster(app.deps, app.actor('charter-owner'), ALL)
		expect(theirs).not.toContain(app.actor('duty-officer').displayName)
	})
})

describe('what the tenant says', () => {
	const role = DIRECTORY_ROLES[APPROVER] ?? ''
	const account = async (persona: string) => {
		const { rows } = await app.owner.pool.query<{ id: string }>(
			'select entra_object_id as id from people where id = $1',
			[app.actor(persona).personId],
		)
		return rows[0]?.id ?? ''
	}
	const tenantBoundary = () =>
		record({ provider: 'm365', name: 'Our tenant', scope: SANDBOX_TENANT_ID, approverRole: APPROVER })

	test('counts whoever holds the role; who is only eligible, or nobody here, does not', async () => {
		const id = await tenantBoundary()
		await hold(id, 'data-owner', null, null)
		// Until it is asked, what an officer recorded is all that is known.
		expect(gapsOf(await show())).toEqual([])
		app.tenant.assignBeside(await account('duty-officer'), role)
		app.tenant.assignBeside('b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01', role)
		app.tenant.makeEligible(await account('foreign-data-owner'), role)
		app.clock.advance(5000)
		await readProviderRoles(app.deps)
		const view = await show()
		const holdings = view.boundaries[0]?.holdings ?? []
		expect(
			holdings.map(({ person, account: of, source, void: why }) => [person?.name ?? of, source, why]).sort(),
		).toEqual(
			[
				[app.actor('data-owner').displayName, 'recorded', 'NOT_IN_TENANT'],
				[app.actor('duty-officer').displayName, 'tenant', null],
				['b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01', 'tenant', 'UNKNOWN_HERE'],
				[app.actor('foreign-data-owner').displayName, 'eligible', 'NOT_ACTIVATED'],
			].sort(),
		)
		// Eight hours are what was given: then nobody holds it any more.
		const [gap] = gapsOf(view)
		expect(hoursOf([gap!])[0]?.[0]).toBe(8)
		expect(gap?.pieces[0]?.causes.map(({ kind }) => kind).sort()).toEqual(
			['NOT_ACTIVATED', 'NOT_HELD', 'NOT_HELD', 'UNKNOWN_HERE'].sort(),
		)
		await changeBoundary(app.deps, officer, id, 2)
		expect(gapsOf(await show())[0]?.missing).toBe(2)

		// No answer leaves what it said before, until that is too old to be believed.
		app.tenant.grantOnly([])
		app.clock.advance(11 * 60_000)
		await readProviderRoles(app.deps)
		const refused = (await show()).boundaries[0]?.reading
		expect([refused?.isOld, typeof refused?.trouble]).toEqual([false, 'string'])
		app.clock.advance(25 * HOUR)
		const old = (await show()).boundaries[0]
		expect(old?.reading?.isOld).toBe(true)
		expect(old?.holdings?.filter(({ source }) => source === 'tenant').map(({ void: why }) => why)).toEqual([
			'READING_OLD',
			'READING_OLD',
		])
		app.tenant.grantOnly([
			'RoleAssignmentSchedule.ReadWrite.Directory',
			'RoleEligibilitySchedule.Read.Directory',
		])
		await readProviderRoles(app.deps)
		expect((await show()).boundaries[0]?.reading).toMatchObject({ isOld: false, trouble: null })
	})

	test('is not asked about a tenant that is another one, and an access of ours counts while Entra confirms it', async () => {
		await record({ provider: 'm365', scope: app.actor('operator').personId, approverRole: APPROVER })
		await tenantBoundary()
		await readProviderRoles(app.deps)
		expect((await show()).boundaries.map(({ name, reading }) => [name, reading !== null])).toEqual([
			['Our tenant', true],
			['Regional cloud', false],
		])
		const requestId = await approvedAccess(app)
		await app.owner.pool.query(
			`update grants set state = 'active', person_id = $2, context = context || jsonb_build_object(
				'place', jsonb_build_object('kind', 'role', 'roleDefinitionId', $3::text, 'directoryScopeId', '/'), 'startsAt', $4::text, 'endsAt', $5::text)
			where request_id = $1`,
			[
				requestId,
				app.actor('duty-officer').personId,
				role,
				app.clock.now().toISOString(),
				soon(4 * HOUR).toISOString(),
			],
		)
		const { rows } = await show({ row: (await show()).rows[0]?.key ?? '' })
		expect(rows).toHaveLength(1)
		expect(hoursOf(rows[0]?.gaps ?? []).map(([from]) => from)).toEqual([4])
	})
})

describe('warnings', () => {
	const told = async (persona: string) => (await toldTo(app, app.actor(persona))).map(({ kind }) => kind)

	test('come a week ahead, a day ahead and at the beginning, once each, and one when it is mended', async () => {
		const id = await record()
		await hold(id, 'duty-officer', null, 10 * DAY)
		await tellCoverage(app.deps)
		expect(await told('security-officer')).toEqual([])
		expect((await showOfficerDay(app.deps, officer))?.gaps).toBe(1)
		app.clock.advance(4 * DAY)
		await Promise.all(Array.from({ length: 4 }, () => tellCoverage(app.deps)))
		await tellCoverage(app.deps)
		expect(await told('security-officer')).toEqual(['coverage_gap'])
		expect(await told('duty-officer')).toEqual(['coverage_gap'])
		expect(await told('data-owner')).toEqual(['coverage_gap'])
		expect(await told('operator')).toEqual([])
		app.clock.advance(5.5 * DAY)
		await tellCoverage(app.deps)
		await tellCoverage(app.deps)
		expect(await told('security-officer')).toEqual(['coverage_gap', 'coverage_gap_near'])
		app.clock.advance(DAY)
		for (let look = 0; look < 3; look++) {
			await tellCoverage(app.deps)
			app.clock.advance(HOUR)
		}
		const warned = ['coverage_gap', 'coverage_gap_near', 'coverage_gap_near']
		expect(await told('security-officer')).toEqual(warned)
		await hold(id, 'duty-officer', null, null)
		await tellCoverage(app.deps)
		await tellCoverage(app.deps)
		expect(await told('security-officer')).toEqual([...warned, 'coverage_restored'])
	})

	test('a gap that is mended before anybody was warned is told to nobody; closing a boundary ends its gap', async () => {
		const id = await record()
		await hold(id, 'duty-officer', null, 10 * DAY)
		await tellCoverage(app.deps)
		await hold(id, 'data-owner', null, null)
		await tellCoverage(app.deps)
		expect(await told('security-officer')).toEqual([])
		const bare = await record({ scope: 'another', name: 'Another' })
		await tellCoverage(app.deps)
		await closeBoundary(app.deps, officer, bare)
		await tellCoverage(app.deps)
		expect(await told('security-officer')).toEqual(['coverage_gap_near', 'coverage_restored'])
		expect((await showOfficerDay(app.deps, officer))?.gaps).toBe(0)
	})

	test('go to holders of the stage that cannot find its quorum, and to officers', async () => {
		const { rows } = await app.owner.pool.query<{ person_id: string }>(
			`select distinct person_id from appointments where role = 'data-owner' and retracted_at is null`,
		)
		const at = Math.floor(app.clock.now().getTime() / DAY) * DAY + 3 * DAY
		for (const { person_id: personId } of rows) {
			const facts = await factRowsOf(app.deps.database.db, personId, ['appointment'])
			const fact = facts.find(
				({ values, retractedAt }) => values.role === 'data-owner' && retractedAt === null,
			)
			if (fact)
				await endFact(
					app.deps,
					officer,
					{ personId, kind: 'appointment', factId: fact.id },
					{ validUntil: new Date(at), reason: 'They leave.' },
				)
		}
		const [gap] = gapsOf(await show(), 'stage')
		expect(Date.parse(gap?.from ?? '')).toBe(at)
		expect(gap?.owners).toContain('charter_owner')
		await tellCoverage(app.deps)
		expect(await told('data-owner')).toEqual(['coverage_gap'])
		expect(await told('security-officer')).toEqual(['coverage_gap'])
		expect(await told('duty-officer')).toEqual([])
	})
})
