import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pseudonymise } from '#db/queries/erasure.ts'
import { tenantSync, tenantUsers } from '#db/schema/index.ts'
import { exportReport } from '#app/services/readiness/export-report.server.ts'
import { reportFromFiles, reportFromTenant } from '#app/services/readiness/make-report.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { GROUP_BESIDE } from '#app/sandbox/start-sandbox.ts'
import { askForReading } from '#app/services/readiness/readings.server.ts'
import { reportAsPage } from '#app/services/readiness/report-page.ts'
import { reportSchema } from '#workflows/tenant/readiness/report.schema.ts'
import { wholePercent } from '#workflows/tenant/readiness/scores.ts'
import { syncTenantUsers } from '#app/services/tenant/sync-users.server.ts'
import { PHISHING_RESISTANT_STRENGTH } from '#app/sandbox/tenant/conditional-access.ts'
import { GUEST, readinessActs, ROLE } from '#test/app/readiness-acts.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

let app: TestApp
beforeEach(async () => {
	app = await createTestApp()
	app.tenant.conditionalAccess.clear()
})
afterEach(() => app.stop())

const { officer, show, fromFiles, entries, taskOf } = readinessActs(() => app)

describe('a readiness report', () => {
	test('tells what begins later with its begin, on the page to print and in its files', async () => {
		const startAt = new Date(app.clock.now().getTime() + 7 * 86_400_000)
		app.tenant.assignLater(GUEST, ROLE, startAt, new Date(startAt.getTime() + 3_600_000))
		app.clock.advance(3000)
		const { number } = await reportFromTenant(app.deps, officer().personId)
		const { lines, report, titles } = await show()
		expect(lines).toMatchObject([{ principalId: GUEST, standing: 'scheduled', from: startAt.toISOString() }])
		expect(report?.problems.map(({ kind }) => kind)).toContain('beginsLater')
		const csv = await exportReport(app.deps, officer(), { number, format: 'csv' })
		expect(csv).toContain(`scheduled,,${startAt.toISOString()}`)
		const json = await exportReport(app.deps, officer(), { number, format: 'json' })
		const told = { names: new Map(), titles, plan: { startsOn: startAt } }
		const { plan: _, ...written } = JSON.parse(json) as Record<string, unknown>
		for (const [language, words] of [
			['en', 'begins on'],
			['de', 'beginnt am'],
		] as const)
			expect(reportAsPage(reportSchema.parse(written), { ...told, language })).toContain(words)
	})

	test('is kept with the charter and the time of reading, is in the record, and names accounts', async () => {
		app.tenant.assignDirectly(GUEST, ROLE)
		expect((await show()).report).toBeNull()
		const { number } = await reportFromTenant(app.deps, officer().personId)
		const { report, lines, titles } = await show()
		expect(report).toMatchObject({ head: { number, source: 'tenant' }, charter: { version: 1 } })
		expect(lines.find(({ principalId }) => principalId === GUEST)).toMatchObject({
			name: 'Visiting auditor',
			verdict: 'unknownPerson',
		})
		expect(report?.problems[0]).toMatchObject({ kind: 'guestHolds', count: 1 })
		expect(titles[report?.problems[0]?.about ?? '']).toBe('User administrator')
		expect(await entries('readiness.reported')).toMatchObject([
			{ source: 'tenant', charterVersion: 1, score: wholePercent(report?.score ?? 0) },
		])
		expect(await entries('record.read')).toHaveLength(1)
	})

	test('takes users from the mirror once everyone was read', async () => {
		await syncTenantUsers(app.deps)
		const before = app.tenant.exchanges().length
		await reportFromTenant(app.deps, officer().personId)
		const asked = app.tenant
			.exchanges()
			.slice(before)
			.map(({ path }) => path)
		expect(asked).not.toContain('/v1.0/users')
		expect((await show()).report?.counts.users).toBe(await app.deps.database.db.$count(tenantUsers))
	})

	test('pages through everybody where the mirror is old, and says so where it may not', async () => {
		const { rows } = await app.deps.database.pool.query<{ object: string }>(
			`select entra_object_id as object from people where persona = 'operator'`,
		)
		const operator = rows[0]?.object ?? ''
		await syncTenantUsers(app.deps)
		app.tenant.assignDirectly(operator, ROLE)
		app.tenant.users.put(operator, { accountEnabled: false })
		app.clock.advance(16 * 60_000)
		const kinds = async () => (await show()).report?.problems.map(({ kind }) => kind)
		await reportFromTenant(app.deps, officer().personId)
		expect(await kinds()).toContain('disabledHolds')
		app.tenant.grantOnly([
			'RoleManagement.Read.Directory',
			'RoleAssignmentSchedule.Read.Directory',
			'RoleEligibilitySchedule.Read.Directory',
		])
		app.clock.advance(30 * 86_400_000)
		await reportFromTenant(app.deps, officer().personId)
		expect((await show()).report?.unread).toContainEqual(expect.objectContaining({ part: 'users' }))
		expect((await taskOf('disabledHolds')).mendedAt).toBeNull()
	})

	test('does not take users from a mirror that cannot be brought up to date', async () => {
		await syncTenantUsers(app.deps)
		await app.owner.db.update(tenantSync).set({ trouble: 'forbidden', troubleSince: app.clock.now() })
		const before = app.tenant.exchanges().length
		await reportFromTenant(app.deps, officer().personId)
		const asked = app.tenant.exchanges().slice(before)
		expect(asked.map(({ path }) => path)).toContain('/v1.0/users')
	})

	test('is made of what was read for the charter in force: where another one governs other groups meanwhile, it is read again', async () => {
		const inForce = await app.deps.charters.inForce(app.deps.database.db)
		const { roles } = inForce.charter
		const [key, role] = Object.entries(roles).find(([, { access }]) => access !== undefined) ?? []
		if (key === undefined || role?.access === undefined)
			throw new Error('The sample has no role that is asked for.')
		const entra = { groupId: GROUP_BESIDE.id, relation: 'member' as const, name: 'Beside' }
		const later = {
			...inForce,
			charter: {
				...inForce.charter,
				roles: { ...roles, [key]: { ...role, access: { ...role.access, entra } } },
			},
		}
		let now = inForce
		const asked: (readonly string[])[] = []
		const deps: Deps = {
			...app.deps,
			charters: { ...app.deps.charters, inForce: () => Promise.resolve(now) },
			reader: {
				...app.deps.reader,
				readTenant: async (governed, options) => {
					asked.push(governed.groupIds)
					const picture = await app.deps.reader.readTenant(governed, options)
					now = later
					return picture
				},
			},
		}
		app.tenant.groups.put(GROUP_BESIDE)
		app.tenant.groups.change(GROUP_BESIDE.id, GUEST, true)
		await reportFromTenant(deps, officer().personId)
		expect(asked).toEqual([[], [GROUP_BESIDE.id]])
		expect((await show()).reports).toHaveLength(1)
		expect((await show()).lines).toMatchObject([{ principalId: GUEST, roles: [key] }])
		// The same of files, which are at hand.
		now = inForce
		const judging: Deps = {
			...deps,
			charters: {
				...deps.charters,
				inForce: () => {
					const given = now
					now = later
					return Promise.resolve(given)
				},
			},
		}
		const members = {
			name: `groupMembers-${GROUP_BESIDE.id}.json`,
			bytes: Buffer.from(JSON.stringify([{ id: GUEST }])),
		}
		const files = [members, { name: 'roleAssignments.json', bytes: Buffer.from('[]') }]
		app.clock.advance(1000)
		await reportFromFiles(judging, officer().personId, { files, readAt: app.clock.now() })
		expect((await show()).lines).toMatchObject([{ principalId: GUEST, roles: [key] }])
	})

	test('is compared with the one before, and what is not found any more is mended in the plan', async () => {
		const id = app.tenant.assignDirectly(GUEST, ROLE)
		await reportFromTenant(app.deps, officer().personId)
		expect(await taskOf('guestHolds')).toMatchObject({ mendedAt: null, phase: 'assessment', owner: null })
		app.clock.advance(6 * 60_000)
		app.tenant.conditionalAccess.put({
			id: app.deps.newId(),
			displayName: 'Keys',
			includeUsers: ['All'],
			strengthId: PHISHING_RESISTANT_STRENGTH,
		})
		app.tenant.removeDirectly(id)
		app.clock.advance(5000)
		await reportFromTenant(app.deps, officer().personId)
		const { comparison } = await show()
		expect(comparison?.problems.find(({ kind }) => kind === 'guestHolds')).toMatchObject({
			before: 1,
			after: 0,
			mended: [GUEST],
		})
		expect(comparison?.score.after).toBeGreaterThan(comparison?.score.before ?? 1)
		expect((await taskOf('guestHolds')).mendedAt).not.toBeNull()
		app.tenant.assignDirectly(GUEST, ROLE)
		await reportFromTenant(app.deps, officer().personId)
		expect((await taskOf('guestHolds')).mendedAt).toBeNull()
	})

	test('is filtered, and read page by page without leaving anybody out', async () => {
		for (let n = 0; n < 120; n++) {
			const id = app.deps.newId()
			app.tenant.users.put(id, { displayName: `User ${n}`, userType: n % 2 ? 'Guest' : 'Member' })
			app.tenant.assignDirectly(id, ROLE)
		}
		await reportFromTenant(app.deps, officer().personId)
		const filter = { problem: 'guestHolds' as const, verdict: null }
		const seen: string[] = []
		let after: number | null = null
		do {
			const page: Awaited<ReturnType<typeof show>> = await show({ filter, after })
			seen.push(...page.lines.map(({ principalId }) => principalId))
			after = page.next
		} while (after !== null)
		expect(new Set(seen).size).toBe(60)
		expect(seen).toHaveLength(60)
	})

	test('from files that are broken is not made, and says which', async () => {
		const bytes = Buffer.from('{')
		expect(await fromFiles([{ name: 'users.json', bytes }])).toMatchObject({
			number: null,
			problems: [{ file: 'users.json', code: 'notJson' }],
		})
		const users = { name: 'users.json', bytes: Buffer.from('[]') }
		expect((await fromFiles([users])).problems).toMatchObject([{ file: 'roleAssignments.json' }])
		const roles = { name: 'roleAssignments.json', bytes: Buffer.from('[]') }
		const made = await fromFiles([users, roles])
		expect(made.problems).toEqual([])
		expect((await show({ number: made.number })).report?.head.source).toBe('files')
	})

	test('of a tenant that refuses everything is not made', async () => {
		app.tenant.grantOnly([])
		await expect(reportFromTenant(app.deps, officer().personId)).rejects.toMatchObject({
			code: 'TENANT_UNREAD',
		})
		expect((await show()).report).toBeNull()
	})

	test('forgets the name of whoever is erased, and keeps the rest', async () => {
		const { rows } = await app.deps.database.pool.query<{ id: string; object: string; name: string }>(
			`select id, entra_object_id as object, display_name as name from people where persona = 'second-operator'`,
		)
		const [person] = rows
		app.tenant.assignDirectly(person?.object ?? '', ROLE)
		await reportFromTenant(app.deps, officer().personId)
		const lineOf = async () => (await show()).lines.find(({ principalId }) => principalId === person?.object)
		expect((await lineOf())?.name).toBe(person?.name)
		await app.deps.database.withTx((tx) =>
			pseudonymise(tx, person?.id ?? '', { name: 'Erased', objectId: app.deps.newId() }),
		)
		expect((await lineOf())?.name).toBe(person?.object)
	})
})

test('what a report could not look at stays open in the plan', async () => {
	await reportFromTenant(app.deps, officer().personId)
	expect((await taskOf('noPolicy')).mendedAt).toBeNull()
	const roles = { name: 'roleAssignments.json', bytes: Buffer.from('[]') }
	const organization = JSON.stringify([{ id: app.deps.tenant.id }])
	await fromFiles([roles, { name: 'organization.json', bytes: Buffer.from(organization) }])
	expect((await show()).comparison).not.toBeNull()
	expect((await taskOf('noPolicy')).mendedAt).toBeNull()
	expect((await show()).comparison?.problems.map(({ kind }) => kind)).not.toContain('noPolicy')
})

test('auditors read and take away, and change nothing; operators see nothing', async () => {
	const { rows } = await app.deps.database.pool.query<{ object: string }>(
		`select entra_object_id as object from people where persona = 'operator'`,
	)
	app.tenant.assignDirectly(rows[0]?.object ?? '', ROLE)
	const { number } = await reportFromTenant(app.deps, officer().personId)
	const auditor = app.actor('auditor')
	expect((await show({}, auditor)).mayManage).toBe(false)
	await expect(askForReading(app.deps, auditor)).rejects.toMatchObject({ code: 'FORBIDDEN' })
	await expect(show({}, app.actor('operator'))).rejects.toMatchObject({ code: 'FORBIDDEN' })
	const csv = await exportReport(app.deps, auditor, { number, format: 'csv' })
	expect(csv.split('\r\n')[0]).toContain('account_id,account_name')
	expect(csv).not.toMatch(/CITIZENSHIP|RESIDENCE/)
	const json = JSON.parse(await exportReport(app.deps, auditor, { number, format: 'json' })) as {
		format: number
	}
	expect(json.format).toBe(1)
	expect(await entries('record.exported')).toHaveLength(2)
})
