import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { charterkeep } from '#app/commands/access/commands.ts'
import { GROUP_BESIDE } from '#app/sandbox/start-sandbox.ts'
import { liveAccesses } from '#db/queries/readiness.ts'
import { grants, requests } from '#db/schema/index.ts'
import type { CharterInForce } from '#app/services/charter/charter-store.server.ts'
import { showMyWork } from '#app/services/home/frame.server.ts'
import { changeTask } from '#app/services/readiness/change-task.server.ts'
import { exportPlan, exportReport, printReport } from '#app/services/readiness/export-report.server.ts'
import { reportFromTenant } from '#app/services/readiness/make-report.server.ts'
import type { GrantState } from '#workflows/grants/grant-states.ts'
import { reportSchema } from '#workflows/tenant/readiness/report.schema.ts'
import { changed, GUEST, readinessActs, ROLE } from '#test/app/readiness-acts.ts'
import { runHere } from '#test/app/run-command.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'
import { urlOf } from '#test/database.ts'

const GLOBAL_ADMINISTRATOR = '62e90394-69f5-4237-9190-012177145e10'

let app: TestApp
beforeEach(async () => {
	app = await createTestApp()
	app.tenant.conditionalAccess.clear()
})
afterEach(() => app.stop())

const { officer, show, fromFiles, entries, taskOf } = readinessActs(() => app)

/** An access of somebody's, of which nothing matters but how far it is. */
async function grantInState(state: GrantState, persona = 'operator'): Promise<void> {
	const { deps } = app
	const { id: charterVersionId } = await deps.charters.inForce(deps.database.db)
	const { personId } = app.actor(persona)
	const [requestId, id] = [deps.newId(), deps.newId()]
	const common = { role: 'user-administrator', context: {} as never, machineVersion: 1, version: 1 }
	const createdAt = app.clock.now()
	await deps.database.withTx(async (tx) => {
		await tx.insert(requests).values({
			...common,
			id: requestId,
			requesterId: personId,
			charterVersionId,
			durationSeconds: 7200,
			reason: 'Lock the accounts',
			ticket: 'CHG-20417',
			requestSha256: '',
			state: 'approved',
			createdAt,
		})
		await tx.insert(grants).values({ ...common, id, requestId, personId, state, createdAt })
	})
}

const rolesOf = (rows: unknown[]) => ({
	name: 'roleAssignments.json',
	bytes: Buffer.from(JSON.stringify(rows)),
})
const organization = (id: string) => ({
	name: 'organization.json',
	bytes: Buffer.from(JSON.stringify([{ id }])),
})
const NOTHING = [
	'groups',
	'users',
	'servicePrincipals',
	'roleAssignmentScheduleInstances',
	'roleAssignmentSchedules',
	'roleEligibilityScheduleInstances',
	'conditionalAccessPolicies',
	'authenticationStrengthPolicies',
].map((name) => ({ name: `${name}.json`, bytes: Buffer.from('[]') }))

describe('files of which it is not known that they are of this tenant', () => {
	const OTHER = '99999999-9999-4999-8999-999999999999'

	test('mend nothing in the plan, and are compared with nothing; those of this tenant do', async () => {
		app.tenant.assignDirectly(GUEST, ROLE)
		await reportFromTenant(app.deps, officer().personId)
		const isMended = async () => (await taskOf('guestHolds')).mendedAt !== null
		await fromFiles([...NOTHING, rolesOf([])])
		expect(await isMended()).toBe(false)
		expect(await show()).toMatchObject({ belonging: 'unknown', comparison: null })
		await fromFiles([...NOTHING, rolesOf([]), organization(OTHER)])
		expect(await isMended()).toBe(false)
		expect(await show()).toMatchObject({ belonging: 'other', comparison: null })
		await fromFiles([...NOTHING, rolesOf([]), organization(app.deps.tenant.id)])
		expect(await isMended()).toBe(true)
		// With the one of the same tenant, whatever was judged between them.
		expect(await show()).toMatchObject({ belonging: 'own', comparison: { with: 1 } })
	})
})

describe('files that were exported before the tenant was last read', () => {
	const DAY_MS = 86_400_000
	const daysAgo = (days: number) => new Date(app.clock.now().getTime() - days * DAY_MS)
	const ofOwn = (rows: unknown[]) => [...NOTHING, rolesOf(rows), organization(app.deps.tenant.id)]
	const guestRow = () => ({ id: 'one', principalId: GUEST, roleDefinitionId: ROLE, directoryScopeId: '/' })

	test('mend nothing and open nothing, are not shown first, and are compared by when they were read', async () => {
		app.tenant.assignDirectly(GUEST, ROLE)
		await reportFromTenant(app.deps, officer().personId)
		const plan = async () => (await show()).tasks
		const [before, entered] = [await plan(), await entries('readiness.planned')]
		await fromFiles(ofOwn([]), daysAgo(1))
		expect(await plan()).toEqual(before)
		expect(await show()).toMatchObject({
			report: { head: { number: 1 } },
			comparison: { with: 2 },
			madeLast: 2,
		})
		expect(await show({ number: 2 })).toMatchObject({ comparison: null, readLater: 1, madeLast: null })
		// Nor do files that say nothing of whose they are.
		await fromFiles([...NOTHING, rolesOf([guestRow()])], daysAgo(2))
		expect(await plan()).toEqual(before)
		expect(await entries('readiness.planned')).toEqual(entered)
		await fromFiles(ofOwn([]))
		expect((await taskOf('guestHolds')).mendedAt).not.toBeNull()
		expect(await show()).toMatchObject({
			report: { head: { number: 4 } },
			comparison: { with: 1 },
			readLater: null,
			madeLast: null,
		})
	})

	test('do not undo what was done since', async () => {
		app.tenant.assignDirectly(GUEST, ROLE)
		await reportFromTenant(app.deps, officer().personId)
		await changeTask(app.deps, officer(), changed(await taskOf('guestHolds'), { isDone: true }))
		const guest = {
			id: GUEST,
			displayName: 'Visitor',
			userPrincipalName: 'v#EXT#@btr.example',
			userType: 'Guest',
		}
		const users = { name: 'users.json', bytes: Buffer.from(JSON.stringify([guest])) }
		const files = (rows: unknown[]) => [...ofOwn(rows).filter(({ name }) => name !== users.name), users]
		await fromFiles(files([guestRow()]), daysAgo(30))
		// The files tell of the guest: newer ones would find the task again, and it would be to do.
		expect((await show({ number: 2 })).report?.problems.map(({ kind }) => kind)).toContain('guestHolds')
		expect(await taskOf('guestHolds')).toMatchObject({ done: { by: officer().displayName }, mendedAt: null })
	})
})

test('an access that is only planned, of which nothing was sent, explains nothing that the tenant holds', async () => {
	const { db } = app.deps.database
	const before = await liveAccesses(db)
	await grantInState('planned')
	await grantInState('scheduled', 'duty-officer')
	expect(await liveAccesses(db)).toEqual(before)
	await grantInState('provisioning', 'data-owner')
	expect(await liveAccesses(db)).toHaveLength(before.length + 1)
})

describe('a live access to a role', () => {
	const OTHER_GROUP = { id: 'c1a6f0d2-55b7-4e0b-9b0e-2f6c1f4d7e02', displayName: 'Other services' }
	const GIVEN = 'user-administrator'
	/** The charter in force, with this role given by one group, and another role by another one. */
	async function ofGroups(): Promise<CharterInForce> {
		const inForce = await app.deps.charters.inForce(app.deps.database.db)
		const role = inForce.charter.roles[GIVEN]
		if (role?.access === undefined) throw new Error('The sample has no such role.')
		const { access } = role
		const by = ({ id, displayName }: typeof OTHER_GROUP) => ({
			...role,
			access: { ...access, entra: { groupId: id, relation: 'member' as const, name: displayName } },
		})
		const roles = { ...inForce.charter.roles, [GIVEN]: by(GROUP_BESIDE), beside: by(OTHER_GROUP) }
		return { ...inForce, charter: { ...inForce.charter, roles } }
	}
	async function operatorInBoth(): Promise<string> {
		const { rows } = await app.deps.database.pool.query<{ id: string }>(
			'select entra_object_id as id from people where id = $1',
			[app.actor('operator').personId],
		)
		const objectId = rows[0]?.id ?? ''
		for (const group of [GROUP_BESIDE, OTHER_GROUP]) {
			app.tenant.groups.put(group)
			app.tenant.groups.change(group.id, objectId, true)
		}
		await grantInState('provisioning')
		return objectId
	}

	test('explains a plain place that this role gives, and no place that another role gives', async () => {
		const objectId = await operatorInBoth()
		const inForce = await ofGroups()
		const deps = { ...app.deps, charters: { ...app.deps.charters, inForce: () => Promise.resolve(inForce) } }
		await reportFromTenant(deps, officer().personId)
		const problemsOf = async (role: string) =>
			(await show()).lines.find(({ principalId, roles }) => principalId === objectId && roles.includes(role))
				?.problems
		expect(await problemsOf(GIVEN)).not.toContain('permanent')
		expect(await problemsOf('beside')).toContain('permanent')
	})

	test('is known to the command as well, where it has the database', async () => {
		const objectId = await operatorInBoth()
		const { charter } = await ofGroups()
		const at = (name: string) => join(app.folder, name)
		const written = (name: string, what: unknown) => writeFileSync(at(name), JSON.stringify(what))
		mkdirSync(at('export'))
		for (const { id } of [GROUP_BESIDE, OTHER_GROUP]) {
			written(`export/groupMembers-${id}.json`, [{ id: objectId }])
			written(`export/groupAssignmentScheduleInstances-${id}.json`, [])
		}
		written('charter.yaml', charter)
		const ran = await runHere(
			charterkeep,
			['readiness', '--charter', at('charter.yaml'), '--tenant-files', at('export'), '--json', '-'],
			{ env: { DATABASE_URL: urlOf(app.target), CHARTERKEEP_DATA_DIR: at('none') } },
		)
		const { lines } = reportSchema.parse(JSON.parse(ran.stdout))
		const isPermanent = lines.map(({ roles, problems }) => [roles[0], problems.includes('permanent')])
		expect(Object.fromEntries(isPermanent)).toEqual({ [GIVEN]: false, beside: true })
	})
})

describe('the plan', () => {
	beforeEach(async () => {
		app.tenant.assignDirectly(GUEST, ROLE)
		await reportFromTenant(app.deps, officer().personId)
	})

	test('a task gets an owner and another date, and each change is an entry', async () => {
		const task = await taskOf('guestHolds')
		const owner = app.actor('charter-owner')
		const change = changed(task, { owner: owner.personId, dueOn: '2031-01-31', note: 'Asked the agency' })
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

	test('an owner is whoever is called so, and stays where many are called the same', async () => {
		const change = async (owner: string) =>
			changeTask(app.deps, officer(), changed(await taskOf('guestHolds'), { owner }))
		const named = app.actor('charter-owner')
		await change(named.displayName)
		expect((await taskOf('guestHolds')).owner).toEqual({ id: named.personId, name: named.displayName })
		await expect(change('Nobody At All')).rejects.toMatchObject({
			code: 'INVALID_INPUT',
			details: { field: 'owner', problem: 'NO_SUCH_PERSON' },
		})
		await app.owner.pool.query('update people set display_name = $1 where persona = $2', [
			named.displayName,
			'operator',
		])
		await change(named.displayName)
		expect((await taskOf('guestHolds')).owner?.id).toBe(named.personId)
		await change('')
		await expect(change(named.displayName)).rejects.toMatchObject({ details: { problem: 'SEVERAL_PEOPLE' } })
		const offered = (await show()).owners.find(({ id }) => id === named.personId)?.name
		expect(offered).toContain('@')
		await change(offered ?? '')
		expect((await taskOf('guestHolds')).owner?.id).toBe(named.personId)
	})

	test('is taken away with its owners, dates and notes: as CSV, in the JSON of a report, and in the page to print', async () => {
		const owner = app.actor('charter-owner')
		const change = { owner: owner.personId, dueOn: '2031-01-31', note: '=HYPERLINK("x")' }
		await changeTask(app.deps, officer(), changed(await taskOf('guestHolds'), change))
		const csv = await exportPlan(app.deps, app.actor('auditor'), 'en')
		const row = csv.split('\r\n').find((line) => line.includes('guestHolds'))
		expect(row).toContain('2031-01-31,open,1 guest account holds User administrator,guestHolds')
		expect(row).toContain(owner.displayName)
		expect(row).toContain(`"'=HYPERLINK(""x"")"`)
		expect(csv).not.toContain('{{')
		const json = await exportReport(app.deps, officer(), { number: 1, format: 'json' })
		const { plan } = JSON.parse(json) as { plan: { what: string }[] }
		expect(plan.find(({ what }) => what === 'guestHolds')).toMatchObject({
			owner: { id: owner.personId, name: owner.displayName },
			dueOn: '2031-01-31',
			note: '=HYPERLINK("x")',
		})
		const page = await printReport(app.deps, officer(), { number: 1, language: 'en' })
		expect(page).toContain(owner.displayName)
		expect(page).toContain('=HYPERLINK(&quot;x&quot;)')
		expect(await entries('record.exported')).toHaveLength(2)
	})

	test('what is done says by whom, is open again where a report finds it again, and a step stays taken', async () => {
		for (const what of ['guestHolds', 'charterInForce'])
			await changeTask(app.deps, officer(), changed(await taskOf(what), { isDone: true }))
		expect((await taskOf('guestHolds')).done).toMatchObject({ by: officer().displayName })
		await reportFromTenant(app.deps, officer().personId)
		expect((await taskOf('guestHolds')).done).toBeNull()
		expect((await taskOf('charterInForce')).done).not.toBeNull()
	})

	test('a problem that comes back half a year later has time to be mended, and the record says until when', async () => {
		const first = await taskOf('guestHolds')
		app.tenant.changeBeside(GUEST, ROLE, { removedAt: app.clock.now().getTime() })
		app.clock.advance(60_000)
		await reportFromTenant(app.deps, officer().personId)
		expect((await taskOf('guestHolds')).mendedAt).not.toBeNull()
		app.clock.advance(180 * 86_400_000)
		app.tenant.assignDirectly(GUEST, ROLE)
		await reportFromTenant(app.deps, officer().personId)
		const again = await taskOf('guestHolds')
		expect(again).toMatchObject({ id: first.id, mendedAt: null, isOverdue: false })
		expect((await entries('readiness.planned')).at(-1)?.dueAgain).toContainEqual({
			taskId: again.id,
			dueOn: again.dueOn,
		})
		// Found once more, its date stays as it is.
		app.clock.advance(86_400_000)
		await reportFromTenant(app.deps, officer().personId)
		expect((await taskOf('guestHolds')).dueOn).toBe(again.dueOn)
		expect((await entries('readiness.planned')).at(-1)).not.toHaveProperty('dueAgain')
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

test('the page to print has every line, however many there are, and what the charter does not govern', async () => {
	for (let n = 0; n < 120; n++) {
		const id = app.deps.newId()
		app.tenant.users.put(id, { displayName: `User ${n}.` })
		app.tenant.assignDirectly(id, n % 2 ? ROLE : GLOBAL_ADMINISTRATOR)
	}
	const { number } = await reportFromTenant(app.deps, officer().personId)
	const page = await printReport(app.deps, officer(), { number, language: 'de' })
	for (let n = 0; n < 120; n++) expect(page).toContain(`>User ${n}.<`)
	expect(page).toContain('Globaler Administrator (von der Charta nicht geregelt)')
	// By default the list on the page tells of them as well.
	expect((await show()).lines.some(({ verdict }) => verdict === 'notGoverned')).toBe(true)
	expect((await entries('record.read')).at(0)).toMatchObject({ view: 'readiness' })
	await expect(
		printReport(app.deps, app.actor('operator'), { number, language: 'en' }),
	).rejects.toMatchObject({
		code: 'FORBIDDEN',
	})
})
