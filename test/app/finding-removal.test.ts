import type { Client } from '@microsoft/microsoft-graph-client'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { afterEach, expect, test } from 'vitest'
import { FindingNote } from '#app/components/finding-facts.tsx'
import { schedules } from '#app/integrations/graph/schedules.server.ts'
import { reconcileRound } from '#app/jobs/reconcile-loop.server.ts'
import { removeFinding } from '#app/jobs/remove-finding.server.ts'
import { SANDBOX_CLIENT_ID } from '#app/sandbox/tenant/server.ts'
import { WordsProvider } from '#app/messages/text.tsx'
import { showFinding } from '#app/services/findings/show-finding.server.ts'
import { toldTo } from './acts.ts'
import { allFindings, carryOut, enact, lookTwice, verifiedRecord } from './findings-acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

/* What keeps a removal from its end: it is said with who mends it, and nothing is called removed before it is. */

const MINUTE = 60_000
const USER_ADMINISTRATOR = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const STRANGER = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01'

let app: TestApp
afterEach(async () => {
	const { failures } = await verifiedRecord(app)
	await app.stop()
	expect(failures).toEqual([])
})

const place = { kind: 'role', roleDefinitionId: USER_ADMINISTRATOR, directoryScopeId: '/' } as const
/** An assignment that somebody made in the portal is certain, and its removal let pass. */
async function removing(hasKillSwitch = false) {
	app = await createTestApp({
		rules: '  findings: { outOfBand: remove, ineligibleHolder: remove }\n',
		hasKillSwitch,
	})
	app.tenant.assignBeside(STRANGER, USER_ADMINISTRATOR)
	app.clock.advance(6 * MINUTE)
	await lookTwice(app)
	expect(await states()).toEqual(['removing'])
}
const states = async () => (await allFindings(app)).map(({ state }) => state)
/** As the tenant has it once its lists have caught up. */
function heldBy(principalId: string) {
	app.clock.advance(10_000)
	return app.tenant.instances().filter((row) => row.principalId === principalId)
}
const officer = () => app.actor('security-officer')

test('where the first application may not even look, the kill switch removes, and the page says why nothing is confirmed', async () => {
	await removing(true)
	app.tenant.applications.expireCertificate(SANDBOX_CLIENT_ID)
	app.tenant.reevaluation.challenge()
	await carryOut(app, 1)
	expect(heldBy(STRANGER)).toEqual([])
	const [finding] = await allFindings(app)
	expect(finding).toMatchObject({ state: 'notConfirmed' })
	expect(finding?.context.killSwitchAt).not.toBeNull()
	const view = await showFinding(app.deps, officer(), finding?.id ?? '')
	expect(view.failure).not.toBeNull()
	expect(view.failureMender).toBe('tenant_admin')
	expect((await toldTo(app, officer())).map(({ kind }) => kind)).toContain('finding_not_removed')
})

test('it also takes somebody out of a group into whom PIM has put them, of whom PIM does not say that they are a user', async () => {
	const group = '11111111-1111-4111-8111-111111111111'
	app = await createTestApp({
		hasKillSwitch: true,
		rules: '  findings: { outOfBand: remove, ineligibleHolder: remove }\n',
		charter: (yaml) =>
			yaml.replace(
				/entra: \{ roleTemplateId: fe930be7[^}]*\}/,
				`entra: { groupId: ${group}, relation: member, name: Account clerks }`,
			),
	})
	const now = app.clock.now().getTime()
	app.tenant.groups.assignLater(group, STRANGER, new Date(now), new Date(now + 480 * MINUTE))
	app.clock.advance(6 * MINUTE)
	await lookTwice(app)
	app.tenant.applications.expireCertificate(SANDBOX_CLIENT_ID)
	app.tenant.reevaluation.challenge()
	await carryOut(app, 1)
	app.clock.advance(10_000)
	expect(app.tenant.groups.listed(group, 'members')).toEqual([])
	const [finding] = await allFindings(app)
	expect(finding?.context.killSwitchAt).not.toBeNull()
})

test('a list that is asked for too often keeps no removal back, and is no use of the kill switch', async () => {
	await removing(true)
	app.tenant.faults.next(
		'GET',
		/roleAssignmentScheduleInstances/,
		{ kind: 'status', status: 429, headers: { 'retry-after': '60' }, when: 'before' },
		50,
	)
	await carryOut(app, 1)
	expect(heldBy(STRANGER)).toEqual([])
	const [finding] = await allFindings(app)
	expect([finding?.state, finding?.context.killSwitchAt]).toEqual(['removing', null])
})

test('a role is not called removed while the assignments themselves list it, whatever PIM lists', async () => {
	await removing()
	const { grants } = app.deps
	const target = { grantId: 'any', principalId: STRANGER, place }
	expect(await grants.assignments.isListed(target)).toBe(true)
	const asked: string[] = []
	const assignments = {
		isListed: ({ principalId }: { principalId: string }) => {
			asked.push(principalId)
			return Promise.resolve(true)
		},
	}
	Object.assign(app.deps, { grants: { ...grants, assignments } })
	await carryOut(app, 1)
	expect(heldBy(STRANGER)).toEqual([])
	expect(asked).toContain(STRANGER)
	expect(await states()).toEqual(['removing'])
	Object.assign(app.deps, { grants })
	expect(await grants.assignments.isListed(target)).toBe(false)
	await carryOut(app, 1)
	expect(await states()).toEqual(['removed'])
})

/** When it was sent, and what its page says of its end. */
async function onPage() {
	const finding = await showFinding(app.deps, officer(), (await allFindings(app))[0]?.id ?? '')
	const note = createElement(FindingNote, { finding })
	const words = { language: 'en', timeZone: 'UTC', now: finding.now, children: note } as const
	return [finding.sentAt !== null, renderToStaticMarkup(createElement(WordsProvider, words))] as const
}

test('what was gone before anything was sent is not said to have been sent, and what was sent is', async () => {
	await removing()
	expect(await onPage()).toEqual([false, expect.stringContaining('removal is under way')])
	await app.deps.grants.remove({
		principalId: STRANGER,
		place,
		grantId: app.deps.newId(),
		justification: 'By hand',
	})
	expect(heldBy(STRANGER)).toEqual([])
	await carryOut(app)
	expect([await states(), await onPage()]).toEqual([
		['removed'],
		[false, expect.stringContaining('took no removal of it')],
	])
	const { failures } = await verifiedRecord(app)
	expect(failures).toEqual([])
	await app.stop()
	await removing()
	await carryOut(app)
	expect([await states(), await onPage()]).toEqual([
		['removed'],
		[true, expect.not.stringContaining('took no removal of it')],
	])
})

test('what Entra was told to remove is not said to be untouched where a charter names the account meanwhile', async () => {
	await removing()
	app.tenant.faults.next('POST', /roleAssignmentScheduleRequests$/, { kind: 'drop', when: 'after' })
	await carryOut(app, 1)
	enact(app, ({ entra }) => ({
		entra: {
			...(entra ?? { endSessions: false }),
			breakGlassAccounts: [{ objectId: STRANGER, title: 'Safe in Bonn' }],
		},
	}))
	const [finding] = await allFindings(app)
	await removeFinding(app.deps, finding?.id ?? '')
	expect([await states(), heldBy(STRANGER)]).toEqual([['explained'], []])
	const [isSent, html] = await onPage()
	expect([isSent, /never touched|Nothing was removed/.test(html)]).toEqual([true, false])
	expect(html).toContain('was told to remove it')
})

test('a removal of ours that waits is not what is cancelled in the place of what it takes away', async () => {
	await removing()
	const row = {
		id: 'later',
		principalId: STRANGER,
		roleDefinitionId: USER_ADMINISTRATOR,
		directoryScopeId: '/',
		memberType: 'Direct',
		status: 'Provisioned',
		createdUsing: 'made',
		scheduleInfo: { startDateTime: '2099-01-01T00:00:00Z', expiration: { type: 'noExpiration' } },
	}
	const removal = {
		id: 'taken',
		action: 'adminRemove',
		status: 'PendingProvisioning',
		targetScheduleId: 'later',
	}
	const made = { id: 'made', action: 'adminAssign', status: 'Granted', targetScheduleId: 'later' }
	const cancelled = async (requests: readonly object[]) => {
		const api = (path: string) => ({
			get: () => Promise.resolve({ value: path.includes('Requests') ? requests : [row] }),
		})
		const port = schedules({ api } as unknown as Client, [], app.deps.now)
		return (await port.read({ grantId: 'any', principalId: STRANGER, place })).map(({ cancel }) => cancel)
	}
	expect(await cancelled([removal, made])).toEqual(['made'])
	expect(await cancelled([removal])).toEqual([null])
	expect(await cancelled([removal, { ...made, status: 'ScheduleCreated' }])).toEqual([null])
})

test('an account that a new charter names for emergencies keeps what was about to be taken away, before anybody has looked', async () => {
	await removing()
	enact(app, ({ entra }) => ({
		entra: {
			...(entra ?? { endSessions: false }),
			breakGlassAccounts: [{ objectId: STRANGER, title: 'Safe in Bonn' }],
		},
	}))
	await carryOut(app)
	expect(heldBy(STRANGER)).toHaveLength(1)
	expect((await allFindings(app)).map(({ state, context }) => [state, context.missed])).toEqual([
		['explained', 'watched'],
	])
})

test('officers learn once that nobody sees who holds which role, when that has lasted two minutes', async () => {
	await removing()
	const told = async () =>
		(await toldTo(app, officer())).filter(({ code }) => code === 'ROLES_UNREAD').map(({ kind }) => kind)
	const lookInVain = async (ms: number) => {
		app.clock.advance(ms)
		app.tenant.faults.next('GET', /roleAssignment/, { kind: 'status', status: 503, when: 'before' }, 50)
		await reconcileRound(app.deps)
		app.tenant.faults.clear()
	}
	await lookInVain(MINUTE)
	expect(await told()).toEqual([])
	await lookInVain(2 * MINUTE)
	await lookInVain(2 * MINUTE)
	expect(await told()).toEqual(['tenant_trouble'])
})

test('a role in an administrative unit is removed there, however its scope is compared', async () => {
	const unit = '/administrativeUnits/5c1e3d2a-7b46-4f0e-9a18-2d6c8e4f1b07'
	app = await createTestApp({ rules: '  findings: { outOfBand: remove, ineligibleHolder: remove }\n' })
	app.tenant.assignDirectly(STRANGER, USER_ADMINISTRATOR, unit)
	app.clock.advance(6 * MINUTE)
	await lookTwice(app)
	expect(await states()).toEqual(['removing'])
	await carryOut(app)
	expect([heldBy(STRANGER), await states()]).toEqual([[], ['removed']])
})

test('what is held beside an activation that begins tomorrow is removed after the five minutes of Entra ID, not tomorrow', async () => {
	app = await createTestApp({ rules: '  findings: { outOfBand: remove, ineligibleHolder: remove }\n' })
	const tomorrow = new Date(app.clock.now().getTime() + 86_400_000)
	app.tenant.activateLater(
		STRANGER,
		USER_ADMINISTRATOR,
		tomorrow,
		new Date(tomorrow.getTime() + 8 * 3_600_000),
	)
	app.clock.advance(3000)
	app.tenant.assignDirectly(STRANGER, USER_ADMINISTRATOR)
	app.clock.advance(3000)
	await lookTwice(app)
	expect((await allFindings(app)).map(({ context }) => context.difference.standing)).toEqual(['active'])
	await carryOut(app, 1)
	expect(await states()).toEqual(['postponed'])
	app.clock.advance(6 * MINUTE)
	await lookTwice(app)
	await carryOut(app)
	expect(heldBy(STRANGER)).toEqual([])
})
