import { afterEach, expect, test } from 'vitest'
import { GROUP_BESIDE } from '#app/sandbox/start-sandbox.ts'
import { createText } from '#app/messages/create-text.ts'
import { problemInWords, taskInWords } from '#app/messages/readiness-in-words.ts'
import { exportReport } from '#app/services/readiness/export-report.server.ts'
import { reportFromTenant } from '#app/services/readiness/make-report.server.ts'
import { showReadiness } from '#app/services/readiness/show-readiness.server.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

/** Whether the accounts for emergencies would work is in the report, by the rule by which they are watched. */

const GLASS = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a04'
const RULES = `
  breakGlassAccounts:
    - { objectId: ${GLASS}, title: Safe in building 2 }
`
let app: TestApp
afterEach(() => app.stop())

const officer = () => app.actor('security-officer')
const made = async () => {
	await reportFromTenant(app.deps, officer().personId)
	const view = await showReadiness(app.deps, officer(), {
		number: null,
		filter: { problem: null, verdict: null },
		after: null,
	})
	const problems = (view.report?.problems ?? []).filter(({ kind }) => kind.startsWith('breakGlass'))
	return { ...view, problems, kinds: problems.map(({ kind }) => kind) }
}
const hold = (more: object = {}) =>
	app.tenant.conditionalAccess.put({
		id: '7f0c1c52-0d8e-4a5c-9c55-0b1b7d9d1a11',
		displayName: 'MFA for all',
		includeUsers: ['All'],
		...more,
	})

test('what would lock everybody out is named with who mends it, in both languages, in the plan and in the file', async () => {
	app = await createTestApp({ rules: RULES })
	expect((await made()).kinds).toEqual([])
	hold()
	app.tenant.users.setMethods(GLASS, ['password'])
	app.clock.advance(60_000)
	const { problems, kinds, titles, tasks } = await made()
	expect(kinds).toEqual(['breakGlassHeld', 'breakGlassNoKey'])
	const [held, noKey] = problems
	if (!held || !noKey) throw new Error('Both are there.')
	const [en, de] = [createText('en'), createText('de')]
	expect(problemInWords(en, held, titles)).toEqual({
		what: 'Conditional Access holds the break-glass account Safe in building 2',
		fix: 'Leave it out of each policy that holds for it: one that is wrong would lock everybody out, this account as well. MFA for all',
	})
	expect(problemInWords(de, held, titles).what).toBe(
		'Bedingter Zugriff gilt auch für das Notfallkonto Safe in building 2',
	)
	expect(problemInWords(de, noKey, titles).what).toBe(
		'Das Notfallkonto Safe in building 2 hat keinen gerätegebundenen Passkey',
	)
	const planned = tasks.filter(({ what }) => what.startsWith('breakGlass'))
	expect(planned.map((task) => [taskInWords(en, task, titles), task.duty, task.phase])).toEqual([
		['Conditional Access holds the break-glass account Safe in building 2', 'tenant_admin', 'assessment'],
		[
			'The break-glass account Safe in building 2 has no passkey that is bound to its device',
			'security_officer',
			'assessment',
		],
	])
	const json = await exportReport(app.deps, officer(), { number: 2, format: 'json' })
	expect(JSON.parse(json)).toMatchObject({ problems: expect.arrayContaining([held, noKey]) as unknown })
	// Mended in the tenant, mended in the plan.
	hold({ excludeUsers: [GLASS] })
	app.tenant.users.setMethods(GLASS, ['password', 'fido2'])
	app.clock.advance(60_000)
	const after = await made()
	expect(after.kinds).toEqual([])
	expect(
		after.tasks.filter(({ what }) => what.startsWith('breakGlass')).map(({ mendedAt }) => mendedAt !== null),
	).toEqual([true, true])
	expect(after.comparison?.problems.map(({ kind }) => kind)).toEqual(
		expect.arrayContaining(['breakGlassHeld', 'breakGlassNoKey']),
	)
})

test('a group that a policy leaves out counts for whoever is in it; what cannot be read is not known and mends nothing', async () => {
	app = await createTestApp({ rules: RULES })
	hold({ excludeGroups: [GROUP_BESIDE.id] })
	expect((await made()).kinds).toEqual(['breakGlassHeld'])
	app.tenant.grantOnly([
		'RoleAssignmentSchedule.ReadWrite.Directory',
		'RoleManagement.Read.Directory',
		'User.Read.All',
	])
	app.clock.advance(60_000)
	const dark = await made()
	expect(dark.kinds).toEqual(['breakGlassUnknown'])
	const words = problemInWords(createText('en'), dark.problems[0]!, dark.titles)
	expect(words.what).toBe('Whether the break-glass account Safe in building 2 would work is not known')
	expect(words.fix).toMatch(/^Not known: how it signs in, which policies hold for it\. Grant the permissions/)
	expect(dark.tasks.find(({ what }) => what === 'breakGlassHeld')?.mendedAt).toBe(null)
})

test('an account in a group that every policy leaves out is fine, and one that is disabled or gone is not', async () => {
	app = await createTestApp({ rules: RULES })
	hold({ excludeGroups: [GROUP_BESIDE.id] })
	app.tenant.groups.change(GROUP_BESIDE.id, GLASS, true)
	expect((await made()).kinds).toEqual([])
	app.tenant.users.put(GLASS, { accountEnabled: false })
	app.clock.advance(60_000)
	const { problems, kinds, titles } = await made()
	expect(kinds).toEqual(['breakGlassUnusable'])
	const words = problemInWords(createText('de'), problems[0]!, titles)
	expect(words.what).toBe('Das Notfallkonto Safe in building 2 lässt sich nicht benutzen')
	expect(words.fix).toMatch(/^Es ist deaktiviert\. Aktivieren Sie es/)
	app.tenant.users.remove(GLASS, 'changed')
	app.clock.advance(60_000)
	expect((await made()).problems).toMatchObject([{ kind: 'breakGlassUnusable', detail: { why: 'absent' } }])
})
