import { afterEach, beforeEach, expect, test } from 'vitest'
import { whyOf } from '#app/components/trouble-words.ts'
import { menderOf } from '#app/integrations/graph/tenant-answers.ts'
import { createText } from '#app/messages/create-text.ts'
import { reconcileTenant } from '#app/services/findings/reconcile.server.ts'
import { UNSEEN } from '#workflows/tenant/unseen-parts.ts'
import { toldTo } from './acts.ts'
import { verifiedRecord } from './findings-acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

/* Whoever wants something unseen takes away the permission to read it first: officers learn of each part that nobody sees. */

const MINUTE = 60_000
const GROUP = '11111111-1111-4111-8111-111111111111'
const ROLE_LINE = /entra: \{ roleTemplateId: fe930be7[^}]*\}/

let app: TestApp
beforeEach(async () => {
	app = await createTestApp({
		rules: '  findings: {}\n',
		charter: (yaml) =>
			yaml.replace(ROLE_LINE, `entra: { groupId: ${GROUP}, relation: member, name: Account clerks }`),
	})
	await reconcileTenant(app.deps, 'everything')
})
afterEach(async () => {
	const { failures } = await verifiedRecord(app)
	await app.stop()
	expect(failures).toEqual([])
})

const told = async () =>
	(await toldTo(app, app.actor('security-officer')))
		.filter(({ kind }) => kind === 'tenant_trouble')
		.map(({ code }) => code)
async function look(
	ms: number,
	path: RegExp | null,
	status = 403,
	what: 'privileges' | 'everything' = 'privileges',
) {
	app.clock.advance(ms)
	if (path !== null) app.tenant.faults.next('GET', path, { kind: 'status', status, when: 'before' }, 200)
	await reconcileTenant(app.deps, what)
	app.tenant.faults.clear()
}

test.each([
	['who is in a group', /groups\/[^/]+\/members/, ['GROUPS_UNREAD'], 'privileges'],
	['what PIM lists of a group', /group\/assignmentScheduleInstances/, ['GROUP_PIM_UNREAD'], 'privileges'],
	['who is eligible', /[eE]ligibilityScheduleInstances/, ['ELIGIBILITIES_UNREAD'], 'privileges'],
	['what begins later', /[aA]ssignmentSchedules/, ['SCHEDULES_UNREAD'], 'privileges'],
	['policies', /policies\/roleManagementPolicyAssignments/, ['POLICIES_UNREAD'], 'everything'],
] as const)(
	'that %s cannot be read is told after two minutes, once until it is read again',
	async (_, path, codes, what) => {
		await look(MINUTE, path, 403, what)
		await look(MINUTE, path, 403, what)
		expect(await told()).toEqual([])
		// A look that does not ask for it says nothing of it.
		if (what === 'everything') await look(1000, null)
		await look(MINUTE, path, 403, what)
		expect(await told()).toEqual(codes)
		await look(5 * MINUTE, path, 403, what)
		expect(await told()).toEqual(codes)
		await look(MINUTE, null, 403, what)
		await look(MINUTE, path, 403, what)
		await look(3 * MINUTE, path, 403, what)
		expect(await told()).toEqual([...codes, ...codes])
	},
)

test('a tenant that answers nothing for a while is said once, and not of each part', async () => {
	for (let n = 0; n < 4; n++) await look(MINUTE, /./, 503)
	expect(await told()).toEqual(['ROLES_UNREAD'])
})

test('each is said in words, with who mends it', () => {
	for (const language of ['en', 'de'] as const) {
		const t = createText(language)
		for (const code of UNSEEN) expect(whyOf(code, t)).not.toBe(t('trouble.whyUnknown', { code }))
	}
	expect(UNSEEN.map(menderOf)).toEqual(UNSEEN.map(() => 'tenant_admin'))
})
