import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pseudonymise } from '#db/queries/erasure.ts'
import { tenantUsers } from '#db/schema/index.ts'
import { showMyWork } from '#app/services/home/frame.server.ts'
import { changeTask, type TaskChange } from '#app/services/readiness/change-task.server.ts'
import { exportReport } from '#app/services/readiness/export-report.server.ts'
import { reportFromFiles, reportFromTenant } from '#app/services/readiness/make-report.server.ts'
import { askForReading } from '#app/services/readiness/readings.server.ts'
import { reportAsPage } from '#app/services/readiness/report-page.ts'
import { reportSchema } from '#workflows/tenant/readiness/report.schema.ts'
import { showReadiness } from '#app/services/readiness/show-readiness.server.ts'
import { syncTenantUsers } from '#app/services/tenant/sync-users.server.ts'
import { PHISHING_RESISTANT_STRENGTH } from '#app/sandbox/tenant/conditional-access.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

const ROLE = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const GUEST = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a03'
const ALL = { number: null, filter: { problem: null, verdict: null }, after: null }

let app: TestApp
beforeEach(async () => {
	app = await createTestApp()
	app.tenant.conditionalAccess.clear()
})
afterEach(() => app.stop())

const officer = () => app.actor('security-officer')
const fromFiles = (files: Parameters<typeof reportFromFiles>[2]['files']) =>
	reportFromFiles(app.deps, officer().personId, { files, readAt: app.clock.now() })
const show = (asked: Partial<Parameters<typeof showReadiness>[2]> = {}, by = officer()) =>
	showReadiness(app.deps, by, { ...ALL, ...asked })
const entries = async (kind: string) =>
	(
		await app.deps.database.pool.query<{ leaf: Buffer }>('select leaf from ledger_pending where kind = $1', [
			kind,
		])
	).rows.map(({ leaf }) => (JSON.parse(leaf.toString('utf8')) as { open: Record<string, unknown> }).open)
const taskOf = async (what: string) => {
	const { tasks } = await show()
	const found = tasks.find((task) => task.what === what)
	if (!found) throw new Error(`There is no task ${what}.`)
	return found
}
const changed = (task: Awaited<ReturnType<typeof taskOf>>, more: Partial<TaskChange>): TaskChange => ({
	id: task.id,
	version: task.version,
	ownerId: task.owner?.id ?? null,
	dueOn: task.dueOn,
	note: task.note,
	isDone: task.done !== null,
	...more,
})

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
		const told = { names: new Map(), titles, startsOn: startAt }
		for (const [language, words] of [
			['en', 'begins on'],
			['de', 'beginnt am'],
		] as const)
			expect(reportAsPage(reportSchema.parse(JSON.parse(json)), { ...told, language })).toContain(words)
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
			{ source: 'tenant', charterVersion: 1, score: Math.floor((report?.score ?? 0) * 100) },
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
	await fromFiles([roles])
	expect((await taskOf('noPolicy')).mendedAt).toBeNull()
	expect((await show()).comparison?.problems.map(({ kind }) => kind)).not.toContain('noPolicy')
})

describe('the plan', () => {
	beforeEach(async () => {
		app.tenant.assignDirectly(GUEST, ROLE)
		await reportFromTenant(app.deps, officer().personId)
	})

	test('a task gets an owner and another date, and each change is an entry', async () => {
		const task = await taskOf('guestHolds')
		const owner = app.actor('charter-owner')
		const change = changed(task, { ownerId: owner.personId, dueOn: '2031-01-31', note: 'Asked the agency' })
		await changeTask(app.deps, officer(), change)
		expect(await taskOf('guestHolds')).toMatchObject({
			owner: { id: owner.personId, name: owner.displayName },
			dueOn: '2031-01-31',
			note: 'Asked the agency',
			done: null,
		})
		expect(await entries('readiness.task_changed')).toEqual([
			{ taskId: task.id, dueOn: '2031-01-31', done: false },
		])
		await expect(changeTask(app.deps, officer(), change)).rejects.toMatchObject({ code: 'STALE_VERSION' })
	})

	test('what is done says by whom, is open again where a report finds it again, and a step stays taken', async () => {
		for (const what of ['guestHolds', 'charterInForce'])
			await changeTask(app.deps, officer(), changed(await taskOf(what), { isDone: true }))
		expect((await taskOf('guestHolds')).done).toMatchObject({ by: officer().displayName })
		await reportFromTenant(app.deps, officer().personId)
		expect((await taskOf('guestHolds')).done).toBeNull()
		expect((await taskOf('charterInForce')).done).not.toBeNull()
	})

	test('what is overdue stands on the home page of whoever reads it, until it is done', async () => {
		const overdue = async (persona: 'security-officer' | 'operator') =>
			(await showMyWork(app.deps, app.actor(persona))).readinessOverdue
		expect(await overdue('security-officer')).toBe(0)
		app.clock.advance(4 * 86_400_000)
		expect(await overdue('operator')).toBe(0)
		const before = await overdue('security-officer')
		expect(before).toBeGreaterThan(0)
		expect((await taskOf('guestHolds')).isOverdue).toBe(true)
		await changeTask(app.deps, officer(), changed(await taskOf('guestHolds'), { isDone: true }))
		expect(await overdue('security-officer')).toBe(before - 1)
	})
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
