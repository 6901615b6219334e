import { afterEach, describe, expect, test } from 'vitest'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { reconcileRound } from '#app/jobs/reconcile-loop.server.ts'
import { GROUP_BESIDE } from '#app/sandbox/start-sandbox.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { takeFinding } from '#app/services/findings/take-finding.server.ts'
import { syncTenantUsers } from '#app/services/tenant/sync-users.server.ts'
import { showFinding } from '#app/services/findings/show-finding.server.ts'
import { showFindings } from '#app/services/findings/show-findings.server.ts'
import { grants, ledgerPending, people } from '#db/schema/index.ts'
import { eq } from 'drizzle-orm'
import { approvedAccess, toldTo } from './acts.ts'
import { allFindings, carryOut, lookTwice, lookUntilGone, sign, verifiedRecord } from './findings-acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

const MINUTE = 60_000
const USER_ADMINISTRATOR = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const SECURITY_READER = '5d6b6bb7-de71-4623-b4af-96380a352509'
/** An account of the tenant that is nobody here, and a guest. */
const STRANGER = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01'
const GUEST = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a03'
const GLASS = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a02'

let app: TestApp
afterEach(async () => {
	// What a test did is a story that holds together, whatever it was.
	const { failures } = await verifiedRecord(app)
	await app.stop()
	expect(failures).toEqual([])
})

const start = async (section = '  findings: {}\n', more: Parameters<typeof createTestApp>[0] = {}) => {
	app = await createTestApp({ rules: section, ...more })
}
const who = (persona: string) => app.actor(persona)
const objectOf = async (persona: string) =>
	(
		await app.deps.database.db
			.select()
			.from(people)
			.where(eq(people.id, who(persona).personId))
	)[0]?.entraObjectId ?? ''
const states = async () => (await allFindings(app)).map(({ state }) => state)
const heldBy = (principalId: string) =>
	app.tenant.instances().filter((row) => row.principalId === principalId)
const entries = async () =>
	(await app.deps.database.db.select().from(ledgerPending).orderBy(ledgerPending.seq)).flatMap(({ kind }) =>
		kind.startsWith('finding.') ? [kind] : [],
	)
/** Somebody in the portal, long enough ago that Entra lets it be removed. */
const beside = (principalId: string, role = USER_ADMINISTRATOR) => {
	app.tenant.assignBeside(principalId, role)
	app.clock.advance(6 * MINUTE)
}

describe('what begins later', () => {
	const DAY = 24 * 60 * MINUTE
	const inDays = (days: number, hours = 0) =>
		new Date(app.clock.now().getTime() + days * DAY + hours * 60 * MINUTE)
	const ahead = (principalId: string, role = USER_ADMINISTRATOR) => {
		app.tenant.assignLater(principalId, role, inDays(7), inDays(7, 8))
		app.clock.advance(3000)
	}
	const scheduledFor = (principalId: string) =>
		app.tenant.schedules().filter((row) => row.principalId === principalId)

	test('is found before it begins, gives nothing yet, and is told with its begin', async () => {
		await start()
		ahead(STRANGER)
		await lookTwice(app)
		expect(heldBy(STRANGER)).toEqual([])
		const { open } = await showFindings(app.deps, who('security-officer'))
		expect(open).toMatchObject([
			{ standing: 'scheduled', kinds: ['ineligibleHolder', 'outOfBand'], state: 'alerted' },
		])
		expect(open[0]?.beginsAt).toBe(scheduledFor(STRANGER).map(beginOf)[0])
		const view = await showFinding(app.deps, who('security-officer'), open[0]?.id ?? '')
		expect(view.holds.from).toBe(view.beginsAt)
	})

	test('is removed before it begins where the charter removes at once, in a role and in a group that has one', async () => {
		await start(
			'  findings: { outOfBand: remove, ineligibleHolder: remove }\n  massRemoval: { most: 50, within: PT1H }\n',
		)
		app.tenant.groups.put({ ...GROUP_BESIDE, isAssignableToRole: true })
		app.tenant.assignDirectly(GROUP_BESIDE.id, SECURITY_READER)
		app.clock.advance(6 * MINUTE)
		app.tenant.groups.assignLater(GROUP_BESIDE.id, STRANGER, inDays(1), inDays(1, 8))
		ahead(STRANGER)
		await lookTwice(app)
		expect(
			(await allFindings(app))
				.map(({ state, context: { difference } }) => [state, difference.standing, difference.through])
				.sort(),
		).toEqual([
			['removing', 'active', null],
			['removing', 'scheduled', null],
			['removing', 'scheduled', GROUP_BESIDE.id],
		])
		await carryOut(app)
		expect(await states()).toEqual(['removed', 'removed', 'removed'])
		expect(scheduledFor(STRANGER)).toEqual([])
		expect(app.tenant.groups.pim.schedules()).toEqual([])
		app.clock.advance(8 * DAY)
		expect(heldBy(STRANGER)).toEqual([])
		// Nobody had anything whose sessions would have to end.
		expect(app.tenant.sessionsRevoked()).toEqual({})
	})

	test('an activation that somebody planned is cancelled', async () => {
		await start('  findings: { outOfBand: remove, ineligibleHolder: remove }\n')
		app.tenant.activateLater(STRANGER, USER_ADMINISTRATOR, inDays(2), inDays(2, 8))
		app.clock.advance(3000)
		await lookTwice(app)
		await carryOut(app)
		expect(await states()).toEqual(['removed'])
		expect(scheduledFor(STRANGER)).toEqual([])
		expect(app.tenant.requests().map(({ action, status }) => [action, status])).toEqual([
			['selfActivate', 'Canceled'],
		])
	})

	test('is one finding when it begins between two looks, and what is active and what is still to begin go both', async () => {
		await start()
		ahead(STRANGER)
		await lookTwice(app)
		app.clock.advance(7 * DAY)
		await reconcileRound(app.deps)
		expect(
			(await allFindings(app)).map(({ state, context: { difference } }) => [state, difference.standing]),
		).toEqual([['alerted', 'active']])
		expect(await entries()).toEqual(['finding.opened', 'finding.confirmed', 'finding.changed'])
		ahead(STRANGER)
		app.clock.advance(6 * MINUTE)
		await lookTwice(app)
		const [only, ...others] = await allFindings(app)
		expect(others).toEqual([])
		await sign(app, who('security-officer'), { findingIds: [only?.id ?? ''], step: 'remove' })
		await carryOut(app)
		expect(await states()).toEqual(['removed'])
		expect(scheduledFor(STRANGER)).toEqual([])
		expect(heldBy(STRANGER)).toEqual([])
	})

	test('beside an approved access is told and not taken away, since that would go with it', async () => {
		await start('  findings: { outOfBand: remove }\n')
		await approvedAccess(app)
		const [grant] = await app.deps.database.db.select().from(grants)
		await provisionGrant(app.deps, grant?.id ?? '')
		const operator = await objectOf('operator')
		ahead(operator)
		await lookTwice(app)
		await carryOut(app, 1)
		expect((await allFindings(app)).map(({ state, context }) => [state, context.difference.removal])).toEqual(
			[['alerted', null]],
		)
		expect(heldBy(operator)).toHaveLength(1)
	})

	test('that could not be read is not gone', async () => {
		await start()
		ahead(STRANGER)
		await lookTwice(app)
		app.tenant.faults.next('GET', /roleAssignmentSchedules$/, { kind: 'html', status: 200 })
		await reconcileRound(app.deps)
		expect(await states()).toEqual(['alerted'])
		const { run } = await showFindings(app.deps, who('security-officer'))
		expect(run?.unread).toMatchObject([{ part: 'roleSchedules' }])
		const changed = app.tenant.changeBeside(STRANGER, USER_ADMINISTRATOR, {
			removedAt: app.clock.now().getTime(),
		})
		expect(changed).toBe(true)
		await lookUntilGone(app)
		expect(await states()).toEqual(['gone'])
	})
})

/** When a schedule says that it begins, as we write it. */
const beginOf = (row: Record<string, unknown>) =>
	new Date((row.scheduleInfo as { startDateTime: string }).startDateTime).toISOString()

describe('privilege that nobody approved', () => {
	test('is certain at the second sighting, is told, and nothing happens to it by itself', async () => {
		await start()
		await syncTenantUsers(app.deps)
		beside(STRANGER)
		await reconcileRound(app.deps)
		expect(await states()).toEqual(['seen'])
		expect(await toldTo(app, who('security-officer'))).toEqual([])
		app.clock.advance(3000)
		await reconcileRound(app.deps)
		await carryOut(app)
		expect(await states()).toEqual(['alerted'])
		expect(heldBy(STRANGER)).toHaveLength(1)
		expect(await entries()).toEqual(['finding.opened', 'finding.confirmed'])
		const [notice] = await toldTo(app, who('security-officer'))
		expect(notice).toMatchObject({ kind: 'finding', subject: 'finding' })
		const { open, run } = await showFindings(app.deps, who('auditor'))
		expect(open).toMatchObject([
			{
				kinds: ['ineligibleHolder', 'outOfBand'],
				holder: { name: 'Nadja Weiland', personId: null },
				place: { name: 'User Administrator', where: 'tenant' },
			},
		])
		expect(run).toMatchObject({ trouble: null, unread: [] })
		// More looks at the same write nothing more.
		await lookTwice(app)
		expect(await entries()).toHaveLength(2)
	})

	test('is removed at once where the charter says so, and is called gone only when Entra no longer lists it', async () => {
		await start('  findings: { outOfBand: remove }\n')
		beside(STRANGER)
		await lookTwice(app)
		expect(await states()).toEqual(['removing'])
		await carryOut(app)
		expect(await states()).toEqual(['removed'])
		expect(heldBy(STRANGER)).toEqual([])
		expect(await entries()).toEqual([
			'finding.opened',
			'finding.confirmed',
			'finding.removing',
			'finding.closed',
		])
		const { times, closed } = await showFindings(app.deps, who('security-officer'))
		expect(times).toMatchObject({ count: 1 })
		expect(times.medianMs).toBe(closed[0]?.removedAfterMs)
		expect(times.medianMs).toBeGreaterThan(0)
	})

	test('in its first five minutes has its sessions ended, and is removed as soon as Entra allows it', async () => {
		await start('  findings: { outOfBand: remove }\n')
		app.tenant.assignBeside(STRANGER, USER_ADMINISTRATOR)
		app.clock.advance(5000)
		await lookTwice(app)
		await carryOut(app, 1)
		expect(await states()).toEqual(['postponed'])
		app.clock.advance(5 * MINUTE)
		await carryOut(app)
		expect(await states()).toEqual(['removed'])
		expect(heldBy(STRANGER)).toEqual([])
	})

	test('in a group, past PIM, by eligibility and through a group that holds the role is removed as well', async () => {
		await start(
			'  findings: { outOfBand: remove, permanent: remove, ineligibleHolder: remove, guestOrServicePrincipal: remove }\n  massRemoval: { most: 50, within: PT1H }\n',
		)
		const operator = await objectOf('operator')
		app.tenant.groups.put({ ...GROUP_BESIDE, isAssignableToRole: true })
		app.tenant.groups.change(GROUP_BESIDE.id, STRANGER, true)
		app.tenant.assignDirectly(GROUP_BESIDE.id, SECURITY_READER)
		app.tenant.assignDirectly(operator, USER_ADMINISTRATOR)
		app.tenant.makeEligible(operator, SECURITY_READER)
		app.clock.advance(6 * MINUTE)
		await lookTwice(app)
		const found = await allFindings(app)
		expect(
			found.map(({ context: { difference } }) => [difference.principalId, difference.kinds[0]]).sort(),
		).toEqual(
			[
				[GROUP_BESIDE.id, 'permanent'],
				[STRANGER, 'ineligibleHolder'],
				[operator, 'permanent'],
				[operator, 'permanent'],
			].sort(),
		)
		await carryOut(app)
		for (let round = 0; round < 3; round++) {
			app.clock.advance(3000)
			await lookTwice(app)
			await carryOut(app)
		}
		expect(heldBy(operator)).toEqual([])
		expect(heldBy(GROUP_BESIDE.id)).toEqual([])
		const open = (await allFindings(app)).filter(({ context }) => context.closedAt === null)
		expect(open.map(({ state, context }) => [state, context.difference.key])).toEqual([])
	})

	test('that a grant of ours gives is none, also while it is being made and after it has ended', async () => {
		await start('  findings: { outOfBand: remove, ineligibleHolder: remove }\n')
		await approvedAccess(app)
		const [grant] = await app.deps.database.db.select().from(grants)
		await provisionGrant(app.deps, grant?.id ?? '')
		app.clock.advance(2 * MINUTE)
		await lookTwice(app)
		expect(await states()).toEqual([])
	})
})

describe('decisions', () => {
	const ASKED = '  findings: { ineligibleHolder: { decideWithin: PT1H, otherwise: remove } }\n'
	test('are signed by an officer, and silence removes where the charter says so', async () => {
		await start(ASKED)
		beside(STRANGER)
		await lookTwice(app)
		expect(await states()).toEqual(['awaiting'])
		const [finding] = await allFindings(app)
		const id = finding?.id ?? ''
		await expect(sign(app, who('auditor'), { findingIds: [id], step: 'remove' })).rejects.toMatchObject({
			code: 'FORBIDDEN',
		})
		await takeFinding(app.deps, who('security-officer'), id)
		expect(await showFinding(app.deps, who('charter-owner'), id)).toMatchObject({
			owner: who('security-officer').displayName,
			steps: [],
			reasons: [],
		})
		app.clock.advance(61 * MINUTE)
		await fireDueTimers(app.deps)
		expect(await states()).toEqual(['removing'])
		await carryOut(app)
		expect(await states()).toEqual(['removed'])
		expect(await entries()).toContain('finding.silent')
	})

	test('accept it until an end with a reason; then it is a finding again', async () => {
		await start(ASKED)
		beside(STRANGER)
		await lookTwice(app)
		const id = (await allFindings(app))[0]?.id ?? ''
		const officer = who('security-officer')
		await expect(sign(app, officer, { findingIds: [id], step: 'accept', days: 2 })).rejects.toMatchObject({
			code: 'FINDING_REASON',
		})
		await expect(
			sign(app, officer, { findingIds: [id], step: 'accept', days: 400, reason: 'For good' }),
		).rejects.toMatchObject({ code: 'INVALID_INPUT' })
		const accept = { findingIds: [id], step: 'accept', days: 2, reason: 'Migration until Thursday' } as const
		expect(await sign(app, officer, accept)).toEqual({ states: ['accepted'] })
		await lookTwice(app)
		expect(await states()).toEqual(['accepted'])
		app.clock.advance(3 * 24 * 60 * MINUTE)
		// Entra's own end of it has come in the meantime, and somebody gave it again.
		app.tenant.assignBeside(STRANGER, USER_ADMINISTRATOR)
		app.clock.advance(6 * MINUTE)
		await fireDueTimers(app.deps)
		expect(await states()).toEqual(['seen'])
		await lookTwice(app)
		await lookTwice(app)
		expect(await states()).toEqual(['awaiting'])
	})

	test('are never taken on what one holds oneself', async () => {
		await start(ASKED)
		beside(await objectOf('security-officer'))
		await lookTwice(app)
		const id = (await allFindings(app))[0]?.id ?? ''
		await expect(
			sign(app, who('security-officer'), { findingIds: [id], step: 'remove' }),
		).rejects.toMatchObject({ code: 'FINDING_OWN' })
		expect(await entries()).toContain('finding.attempt_refused')
	})
})

test('more removals than the charter allows wait for a second officer, who is not the one who asks', async () => {
	await start(
		'  findings: { outOfBand: remove, ineligibleHolder: remove, guestOrServicePrincipal: remove }\n  massRemoval: { most: 1, within: PT1H }\n',
	)
	app.tenant.assignBeside(STRANGER, USER_ADMINISTRATOR)
	app.tenant.assignBeside(STRANGER, SECURITY_READER)
	beside(GUEST, SECURITY_READER)
	await syncTenantUsers(app.deps)
	await lookTwice(app)
	await carryOut(app)
	// What is most dangerous goes first: the guest.
	expect(app.tenant.instances().filter(({ principalId }) => principalId === GUEST)).toEqual([])
	expect((await states()).sort()).toEqual(['held', 'held', 'removed'])
	const [first, second] = [who('security-officer'), who('second-security-officer')]
	const view = await showFindings(app.deps, first)
	expect(view.guard).toMatchObject({ most: 1, sent: 1 })
	expect(view.heldToAsk).toHaveLength(2)
	expect(view.heldToRelease).toEqual([])
	for (const officer of [first, second])
		expect((await toldTo(app, officer)).filter(({ kind }) => kind === 'finding_held')).toHaveLength(2)
	const ids = view.heldToAsk
	await expect(sign(app, second, { findingIds: ids, step: 'release' })).rejects.toMatchObject({
		code: 'FINDING_NOT_ASKED',
	})
	await sign(app, first, {
		findingIds: ids,
		step: 'ask_release',
		reason: 'All three were made by one account',
	})
	await expect(sign(app, first, { findingIds: ids, step: 'release' })).rejects.toMatchObject({
		code: 'SAME_OFFICER',
	})
	expect(await sign(app, second, { findingIds: ids, step: 'release' })).toEqual({
		states: ['removing', 'removing'],
	})
	await carryOut(app)
	expect(await states()).toEqual(['removed', 'removed', 'removed'])
	expect(app.tenant.instances()).toEqual([])
})

test('a removal that hits a group counts as many as are in it, and the dry run says how many people and findings it concerns', async () => {
	await start(
		'  findings: { outOfBand: remove, permanent: remove, ineligibleHolder: alert }\n  massRemoval: { most: 1, within: PT1H }\n',
	)
	app.tenant.groups.put({ ...GROUP_BESIDE, isAssignableToRole: true })
	for (const persona of ['operator', 'second-operator'])
		app.tenant.groups.change(GROUP_BESIDE.id, await objectOf(persona), true)
	app.tenant.assignDirectly(GROUP_BESIDE.id, SECURITY_READER)
	beside(STRANGER)
	await reconcileRound(app.deps)
	const officer = who('security-officer')
	const first = await showFindings(app.deps, officer)
	const about = ({ holder, people: inIt }: (typeof first.dryRun)[number]) => [holder.objectId, inIt]
	expect(first.dryRun.map(about).sort()).toEqual(
		[
			[GROUP_BESIDE.id, 2],
			[STRANGER, 0],
		].sort(),
	)
	expect([first.dryRunPeople, first.heldPeople, first.guard.sent]).toEqual([3, 0, 0])
	app.clock.advance(3000)
	await reconcileRound(app.deps)
	const second = await showFindings(app.deps, officer)
	// What one removal takes from more people than may lose something at once waits, and keeps no other back.
	expect(second.open.filter(({ state }) => state === 'held').map(about)).toEqual([[GROUP_BESIDE.id, 2]])
	expect([second.heldPeople, second.guard.sent, second.dryRun.map(about)]).toEqual([
		2,
		1,
		[[GROUP_BESIDE.id, 2]],
	])
	await carryOut(app)
	expect(heldBy(STRANGER)).toEqual([])
	expect(heldBy(GROUP_BESIDE.id)).toHaveLength(1)
	const release = { findingIds: second.heldToAsk, reason: 'All of them left the unit' }
	await sign(app, officer, { ...release, step: 'ask_release' })
	await sign(app, who('second-security-officer'), { ...release, step: 'release' })
	await carryOut(app)
	expect(heldBy(GROUP_BESIDE.id)).toEqual([])
})

test('a group that was sent counts with all its people against what comes after it', async () => {
	await start(
		'  findings: { outOfBand: remove, permanent: remove, ineligibleHolder: alert }\n  massRemoval: { most: 2, within: PT1H }\n',
	)
	app.tenant.groups.put({ ...GROUP_BESIDE, isAssignableToRole: true })
	for (const persona of ['operator', 'second-operator'])
		app.tenant.groups.change(GROUP_BESIDE.id, await objectOf(persona), true)
	app.tenant.assignDirectly(GROUP_BESIDE.id, SECURITY_READER)
	app.clock.advance(6 * MINUTE)
	await lookTwice(app)
	expect(await states()).toEqual(['removing'])
	expect((await showFindings(app.deps, who('auditor'))).guard.sent).toBe(2)
	await carryOut(app)
	beside(STRANGER)
	await lookTwice(app)
	expect((await states()).sort()).toEqual(['held', 'removed'])
})

test('break-glass accounts are watched: what they hold is shown, a change is told, and nothing is ever removed', async () => {
	await start(
		`  findings: { outOfBand: remove, permanent: remove, ineligibleHolder: remove }\n  breakGlassAccounts: [{ objectId: ${GLASS}, title: Safe in Bonn }]\n`,
	)
	await reconcileRound(app.deps)
	app.tenant.assignDirectly(GLASS, USER_ADMINISTRATOR)
	app.clock.advance(6 * MINUTE)
	await lookTwice(app)
	await carryOut(app)
	expect(await allFindings(app)).toEqual([])
	expect(heldBy(GLASS)).toHaveLength(1)
	const { watched } = await showFindings(app.deps, who('security-officer'))
	expect(watched).toMatchObject([{ title: 'Safe in Bonn', holdings: [{ how: 'direct' }] }])
	const told = await toldTo(app, who('security-officer'))
	expect(told.map(({ kind }) => kind)).toEqual(['finding_break_glass'])
	const watchedEntries = async () =>
		(await app.deps.database.db.select().from(ledgerPending).orderBy(ledgerPending.seq)).filter(
			({ kind }) => kind === 'watched.changed',
		)
	// Looks are forgotten after a week; what it got, or lost, stands in the record.
	const [entry, ...others] = await watchedEntries()
	expect(others).toEqual([])
	expect(JSON.parse(new TextDecoder().decode(entry?.leaf))).toMatchObject({ open: { what: 'holdings' } })
	// A list that cannot be read for one look is no loss, and no gain when it is read again.
	app.tenant.makeEligible(GLASS, SECURITY_READER)
	app.clock.advance(3000)
	await reconcileRound(app.deps)
	expect(await watchedEntries()).toHaveLength(2)
	app.tenant.faults.next(
		'GET',
		/EligibilityScheduleInstances/,
		{ kind: 'status', status: 503, when: 'before' },
		50,
	)
	app.clock.advance(3000)
	await reconcileRound(app.deps)
	app.tenant.faults.clear()
	app.clock.advance(3000)
	await reconcileRound(app.deps)
	expect(await watchedEntries()).toHaveLength(2)
	expect((await showFindings(app.deps, who('security-officer'))).watched).toMatchObject([
		{ holdings: [{ how: 'direct' }, { how: 'eligible' }] },
	])
	expect(
		(await toldTo(app, who('security-officer'))).filter(({ kind }) => kind === 'finding_break_glass'),
	).toHaveLength(2)
})

test('an access of ours that deviates is told once, is left to its own statechart, and is over when that is', async () => {
	await start()
	await approvedAccess(app)
	const [grant] = await app.deps.database.db.select().from(grants)
	const grantId = grant?.id ?? ''
	await provisionGrant(app.deps, grantId)
	app.clock.advance(6 * MINUTE)
	app.tenant.changeBeside(await objectOf('operator'), USER_ADMINISTRATOR, { endAt: null })
	await lookTwice(app)
	expect(await allFindings(app)).toMatchObject([{ state: 'referred', family: 'grant' }])
	const [drifted] = await app.deps.database.db.select().from(grants)
	expect(drifted?.state).toBe('drifted')
	const readings = () =>
		app.tenant
			.exchanges()
			.filter(({ method, query }) => method === 'GET' && query.includes('roleDefinitionId%20eq'))
			.filter(({ path }) => path.includes('/roleManagement/')).length
	const before = readings()
	app.clock.advance(3000)
	await reconcileRound(app.deps)
	// Whoever removes needs the calls: it is known to deviate.
	expect(before).toBeGreaterThan(0)
	expect(readings()).toBe(before)
	app.tenant.changeBeside(await objectOf('operator'), USER_ADMINISTRATOR, {
		endAt: Date.parse(grant?.context.endsAt ?? drifted?.context.endsAt ?? ''),
	})
	await lookUntilGone(app)
	expect(await states()).toEqual(['gone'])
	const [asApproved] = await app.deps.database.db.select().from(grants)
	expect(asApproved?.state).toBe('active')
})

test('what cannot be read opens nothing, closes nothing, and is said', async () => {
	await start()
	beside(STRANGER)
	await lookTwice(app)
	app.tenant.faults.next('GET', /roleAssignment/, { kind: 'status', status: 503, when: 'before' }, 50)
	app.clock.advance(3000)
	await reconcileRound(app.deps)
	expect(await states()).toEqual(['alerted'])
	const { run } = await showFindings(app.deps, who('security-officer'))
	expect(run).toMatchObject({ trouble: 'ROLES_UNREAD' })
	expect(run?.unread.map(({ part }) => part)).toEqual(
		expect.arrayContaining(['roleInstances', 'roleAssignments']),
	)
	app.tenant.faults.clear()
	app.tenant.changeBeside(STRANGER, USER_ADMINISTRATOR, { removedAt: app.clock.now().getTime() })
	await lookUntilGone(app)
	expect(await states()).toEqual(['gone'])
})

test('the record of findings is verified offline, with who decided', async () => {
	await start('  findings: { outOfBand: remove, ineligibleHolder: alert }\n')
	beside(STRANGER)
	await lookTwice(app)
	await carryOut(app)
	expect(await states()).toEqual(['removed'])
	const { report } = await verifiedRecord(app, { profile: 'history' })
	expect(report.failures).toEqual([])
	expect(report.counts).toMatchObject({ findings: 1, findingsRemoved: 1 })
})
