import { afterEach, expect, test } from 'vitest'
import { endFindingSessions } from '#app/jobs/end-finding-sessions.server.ts'
import { reconcileRound } from '#app/jobs/reconcile-loop.server.ts'
import { GROUP_BESIDE } from '#app/sandbox/start-sandbox.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { showFinding } from '#app/services/findings/show-finding.server.ts'
import { allFindings, carryOut, lookTwice, verifiedRecord } from './findings-acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

/* One list of PIM for a group that could not be read says nothing of how somebody came in, nor until when. */

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const GROUP = '11111111-1111-4111-8111-111111111111'
const ROLE_LINE = /entra: \{ roleTemplateId: fe930be7[^}]*\}/
const SECURITY_READER = '5d6b6bb7-de71-4623-b4af-96380a352509'
const STRANGER = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01'
const DECIDED = '{ decideWithin: PT4H, otherwise: remove }'

let app: TestApp
afterEach(async () => {
	const { failures } = await verifiedRecord(app)
	await app.stop()
	expect(failures).toEqual([])
})

const start = async (findings: string, sinceMs = 6 * MINUTE) => {
	app = await createTestApp({
		rules: `  findings: ${findings}\n`,
		charter: (yaml) =>
			yaml.replace(ROLE_LINE, `entra: { groupId: ${GROUP}, relation: member, name: Account clerks }`),
	})
	const now = app.clock.now().getTime()
	app.tenant.groups.assignLater(GROUP, STRANGER, new Date(now), new Date(now + 8 * HOUR))
	app.clock.advance(sinceMs)
}
const only = async () => {
	const [finding, ...others] = await allFindings(app)
	if (finding === undefined || others.length > 0) throw new Error('There is not one finding.')
	return finding
}
async function lookWithoutPim() {
	app.clock.advance(3000)
	app.tenant.faults.next(
		'GET',
		/group\/assignmentScheduleInstances/,
		{ kind: 'status', status: 503, when: 'before' },
		50,
	)
	await reconcileRound(app.deps)
	app.tenant.faults.clear()
}
const members = () => app.tenant.groups.listed(GROUP, 'members')

test('one look that does not see what PIM lists makes nothing permanent, and a removal goes through PIM', async () => {
	await start(`{ permanent: remove, outOfBand: ${DECIDED}, ineligibleHolder: ${DECIDED} }`)
	await lookTwice(app)
	const before = await only()
	expect(before.state).toBe('awaiting')
	await lookWithoutPim()
	const after = await only()
	expect(after.state).toBe('awaiting')
	expect(after.context.difference).toEqual(before.context.difference)
	// Nobody decides, and silence removes.
	app.clock.advance(4 * HOUR)
	await fireDueTimers(app.deps)
	await carryOut(app)
	expect((await only()).state).toBe('removed')
	expect(members()).toEqual([])
	expect(
		app.tenant.exchanges().filter(({ method, path }) => method === 'DELETE' && path.endsWith('/$ref')),
	).toEqual([])
})

test('whoever is first seen so is told of, and removed once it is known how they came in', async () => {
	await start('{ permanent: remove, outOfBand: remove, ineligibleHolder: remove }')
	await lookWithoutPim()
	await lookWithoutPim()
	expect(await only()).toMatchObject({
		state: 'alerted',
		context: { difference: { kinds: ['ineligibleHolder', 'outOfBand'], until: null, removal: null } },
	})
	app.clock.advance(3000)
	await reconcileRound(app.deps)
	await carryOut(app)
	expect(await only()).toMatchObject({
		state: 'removed',
		context: { difference: { kinds: ['ineligibleHolder', 'outOfBand'] } },
	})
	expect(members()).toEqual([])
})

test('by plain membership, whom PIM has put in is taken out of the list, as Entra does it', async () => {
	await start('{}')
	expect(members()).toEqual([STRANGER])
	const place = { kind: 'group', groupId: GROUP, relation: 'member', by: 'membership' } as const
	const order = { grantId: 'any', principalId: STRANGER, place, justification: 'not approved' }
	expect(await app.deps.grants.remove(order)).toMatchObject({ kind: 'accepted' })
	app.clock.advance(3000)
	expect(members()).toEqual([])
	expect(app.tenant.groups.pim.instances()).toEqual([])
})

test('sessions of whoever PIM put into a group are ended while the removal waits for its five minutes, and said to be once they are', async () => {
	await start('{ permanent: remove, outOfBand: remove, ineligibleHolder: remove }', 5000)
	await lookTwice(app)
	await carryOut(app, 1)
	const { id, state } = await only()
	expect(state).toBe('postponed')
	const sessions = async () => (await showFinding(app.deps, app.actor('security-officer'), id)).sessions
	expect(await sessions()).toBeNull()
	await endFindingSessions(app.deps, id)
	expect(Object.keys(app.tenant.sessionsRevoked())).toEqual([STRANGER])
	expect(await sessions()).toMatchObject({ what: 'ended' })
})

test('who could take a role through a group is a user because the tenant says so, and is not gone while nobody can read who has roles', async () => {
	app = await createTestApp({ rules: '  findings: {}\n' })
	app.tenant.groups.put({ ...GROUP_BESIDE, isAssignableToRole: true })
	app.tenant.groups.makeEligible(GROUP_BESIDE.id, STRANGER)
	app.tenant.assignBeside(GROUP_BESIDE.id, SECURITY_READER)
	app.clock.advance(6 * MINUTE)
	await lookTwice(app)
	const told = async () =>
		(await allFindings(app)).map(({ state, context: { difference } }) => [
			difference.principalId,
			difference.principalKind,
			difference.standing,
			state,
		])
	const before = await told()
	expect(before).toContainEqual([STRANGER, 'user', 'eligible', 'alerted'])
	const asked = () => app.tenant.exchanges().filter(({ path }) => path.endsWith(`/users/${STRANGER}`)).length
	expect(asked()).toBe(1)
	for (const ms of [3000, 61_000]) {
		app.clock.advance(ms)
		app.tenant.faults.next(
			'GET',
			/roleManagement\/directory\/(roleAssignments|roleAssignmentScheduleInstances)$/,
			{ kind: 'status', status: 503, when: 'before' },
			50,
		)
		await reconcileRound(app.deps)
		app.tenant.faults.clear()
	}
	expect(await told()).toEqual(before)
	expect(asked()).toBe(1)
})
