import { afterEach, describe, expect, test } from 'vitest'
import { reconcileRound } from '#app/jobs/reconcile-loop.server.ts'
import { removeFinding } from '#app/jobs/remove-finding.server.ts'
import { GROUP_BESIDE } from '#app/sandbox/start-sandbox.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { showFinding } from '#app/services/findings/show-finding.server.ts'
import { people } from '#db/schema/index.ts'
import { eq } from 'drizzle-orm'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { toldTo } from './acts.ts'
import {
	allFindings,
	carryOut,
	enact,
	lookTwice,
	lookUntilGone,
	sign,
	verifiedRecord,
} from './findings-acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

/* A role that a group holds: who has it through the group decides what may be taken away, accepted, and by whom. */

const MINUTE = 60_000
const SECURITY_READER = '5d6b6bb7-de71-4623-b4af-96380a352509'
const STRANGER = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01'
const GUEST = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a03'
const GLASS = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a02'
const GROUP = GROUP_BESIDE.id
const REMOVE = '  findings: { outOfBand: remove, permanent: remove }\n'
const WATCHED = `  breakGlassAccounts: [{ objectId: ${GLASS}, title: Safe in Bonn }]\n`

let app: TestApp
afterEach(async () => {
	const { failures } = await verifiedRecord(app)
	await app.stop()
	expect(failures).toEqual([])
})

/** Somebody gives a role to a group; with PIM Entra removes it after five minutes at the earliest. */
async function start(rules: string, { isSettled = true, members = [STRANGER] } = {}) {
	app = await createTestApp({ rules })
	app.tenant.groups.put({ ...GROUP_BESIDE, isAssignableToRole: true })
	for (const id of members) app.tenant.groups.change(GROUP, id, true)
	app.tenant.assignBeside(GROUP, SECURITY_READER)
	app.clock.advance(isSettled ? 6 * MINUTE : 5000)
	await lookTwice(app)
}
const officer = () => app.actor('security-officer')
const join = (id: string) => {
	app.tenant.groups.change(GROUP, id, true)
	app.clock.advance(10_000)
}
const ofGroup = async () =>
	(await allFindings(app)).filter(({ context }) => context.difference.principalId === GROUP)
const states = async () => (await ofGroup()).map(({ state, context }) => [state, context.missed])
const groupHolds = () => app.tenant.instances().some(({ principalId }) => principalId === GROUP)
const objectOf = async (persona: string) => {
	const { personId } = app.actor(persona)
	const rows = await app.deps.database.db.select().from(people).where(eq(people.id, personId))
	return rows[0]?.entraObjectId ?? ''
}
const nameGlass = () =>
	enact(app, ({ entra }) => ({
		entra: {
			...(entra ?? { endSessions: false }),
			breakGlassAccounts: [{ objectId: GLASS, title: 'Safe in Bonn' }],
		},
	}))

describe('a removal from a group', () => {
	test('that waits for its five minutes is given up when a look sees a break-glass account in the group', async () => {
		await start(REMOVE + WATCHED, { isSettled: false })
		await carryOut(app, 1)
		expect(await states()).toEqual([['postponed', null]])
		join(GLASS)
		await lookTwice(app)
		expect((await states())[0]).toEqual(['explained', 'watchedThrough'])
		app.clock.advance(10 * MINUTE)
		await carryOut(app)
		expect(groupHolds()).toBe(true)
		// What goes on is found anew and told, and nothing is taken away.
		await lookTwice(app)
		expect(await states()).toEqual([
			['explained', 'watchedThrough'],
			['alerted', null],
		])
		const told = (await toldTo(app, officer())).map(({ kind }) => kind)
		expect(told).toContain('finding')
		const view = await showFinding(app.deps, officer(), (await ofGroup())[0]?.id ?? '')
		expect(view.timeline.at(-1)?.kind).toBe('finding.closed')
	})

	test('takes nothing from a break-glass account that joined since the last look, is only eligible, or owns the group', async () => {
		for (const put of [
			() => join(GLASS),
			() => app.tenant.groups.makeEligible(GROUP, GLASS),
			() => app.tenant.groups.change(GROUP, GLASS, true, 'owners'),
		]) {
			await start(REMOVE + WATCHED, { isSettled: false })
			await carryOut(app, 1)
			put()
			app.clock.advance(10 * MINUTE)
			await carryOut(app)
			expect(await states()).toEqual([['explained', 'watchedThrough']])
			expect(groupHolds()).toBe(true)
			await app.stop()
		}
		await start(REMOVE + WATCHED)
		await carryOut(app)
		expect(await states()).toEqual([['removed', null]])
	})

	test('waits, and says why, while nobody can read who is in the group', async () => {
		await start(REMOVE + WATCHED)
		const [finding] = await ofGroup()
		const unread = () =>
			app.tenant.faults.next(
				'GET',
				/groups\/[^/]+\/owners/,
				{ kind: 'status', status: 403, when: 'before' },
				50,
			)
		unread()
		await expect(removeFinding(app.deps, finding?.id ?? '')).rejects.toMatchObject({ code: 'MEMBERS_UNREAD' })
		expect(await states()).toEqual([['removing', null]])
		app.clock.advance(11 * MINUTE)
		await fireDueTimers(app.deps)
		await expect(removeFinding(app.deps, finding?.id ?? '')).rejects.toMatchObject({ code: 'MEMBERS_UNREAD' })
		const view = await showFinding(app.deps, officer(), finding?.id ?? '')
		expect(view).toMatchObject({
			state: 'notConfirmed',
			failure: 'MEMBERS_UNREAD',
			failureMender: 'tenant_admin',
		})
		expect(groupHolds()).toBe(true)
		// A look that cannot read it either takes the order from nobody.
		await reconcileRound(app.deps)
		expect(await states()).toEqual([['notConfirmed', null]])
		app.tenant.faults.clear()
		await carryOut(app)
		expect(await states()).toEqual([['removed', null]])
	})

	test('that is an alarm is given up when a charter names somebody in the group as only watched', async () => {
		await start(REMOVE, { members: [GLASS] })
		app.clock.advance(11 * MINUTE)
		await fireDueTimers(app.deps)
		expect(await states()).toEqual([['notConfirmed', null]])
		nameGlass()
		await carryOut(app)
		expect(await states()).toEqual([['explained', 'watchedThrough']])
		expect(groupHolds()).toBe(true)
	})

	test('is given up when Charterkeep itself gives places in the group by now', async () => {
		await start(REMOVE)
		enact(app, ({ roles }) => ({
			roles: Object.fromEntries(
				Object.entries(roles).map(([key, role], i) => [
					key,
					i === 0
						? {
								...role,
								access: {
									...role.access,
									entra: { groupId: GROUP, name: 'Site services', relation: 'member' },
								},
							}
						: role,
				]),
			) as Charter['roles'],
		}))
		await carryOut(app)
		expect((await states())[0]).toEqual(['explained', 'oursThrough'])
		expect(groupHolds()).toBe(true)
	})

	test('that silence orders between a charter and the next look is not sent, nor signed for', async () => {
		const asked = '{ decideWithin: PT1H, otherwise: remove }'
		await start(`  findings: { outOfBand: ${asked}, permanent: ${asked} }\n`, { members: [GLASS] })
		expect(await states()).toEqual([['awaiting', null]])
		nameGlass()
		const [finding] = await ofGroup()
		await expect(
			sign(app, officer(), { findingIds: [finding?.id ?? ''], step: 'remove' }),
		).rejects.toMatchObject({ code: 'FINDING_WATCHED' })
		app.clock.advance(61 * MINUTE)
		await fireDueTimers(app.deps)
		expect(await states()).toEqual([['gone', 'watchedThrough']])
		expect(groupHolds()).toBe(true)
	})
})

describe('a removal from a group that grew since the guard let it pass', () => {
	const ONE = `${REMOVE}  massRemoval: { most: 1, within: PT1H }\n`
	const seen = async () =>
		(await ofGroup()).map(({ state, context }) => [state, context.difference.people, context.askedBy])
	const waiting = async () => {
		await start(ONE, { isSettled: false })
		await carryOut(app, 1)
		expect(await seen()).toEqual([['postponed', 1, null]])
		for (const id of [GUEST, GLASS]) join(id)
	}

	test('waits for two officers, and both sign for whoever is in it then', async () => {
		await waiting()
		await lookTwice(app)
		app.clock.advance(5 * MINUTE)
		await carryOut(app)
		expect(await seen()).toEqual([['held', 3, null]])
		expect(groupHolds()).toBe(true)
		const [first, second] = [officer(), app.actor('second-security-officer')]
		const findingIds = [(await ofGroup())[0]?.id ?? '']
		const ask = (by: typeof first) =>
			sign(app, by, { findingIds, step: 'ask_release', reason: 'All of them' })
		await ask(first)
		join(await objectOf('operator'))
		await lookTwice(app)
		expect(await seen()).toEqual([['held', 4, null]])
		await expect(sign(app, second, { findingIds, step: 'release' })).rejects.toMatchObject({
			code: 'FINDING_NOT_ASKED',
		})
		const view = await showFinding(app.deps, second, findingIds[0] ?? '')
		expect(view).toMatchObject({ askedBy: null, needsYou: 'ask_release' })
		expect(view.askedBefore).toBeTruthy()
		const held = (await toldTo(app, second)).filter(({ kind }) => kind === 'finding_held')
		expect(held).toHaveLength(2)
		await ask(second)
		await sign(app, first, { findingIds, step: 'release' })
		await carryOut(app)
		expect((await seen())[0]?.[0]).toBe('removed')
	})

	test('goes on where the guard has room for whoever joined', async () => {
		await start(`${REMOVE}  massRemoval: { most: 3, within: PT1H }\n`, { isSettled: false })
		await carryOut(app, 1)
		for (const id of [GUEST, GLASS]) join(id)
		await lookTwice(app)
		expect((await ofGroup()).map(({ context }) => context.admitted?.people)).toEqual([3])
		app.clock.advance(5 * MINUTE)
		await carryOut(app)
		expect((await seen())[0]?.[0]).toBe('removed')
	})

	/** An administrator takes it from the group by hand, and looks see that it is gone. */
	const takenByHand = async () => {
		const removal = (await ofGroup())[0]?.context.difference.removal
		if (!removal || removal.what === 'grant') throw new Error('Nothing to remove.')
		const { principalId, place } = removal
		app.clock.advance(5 * MINUTE)
		await app.deps.grants.remove({ principalId, place, grantId: app.deps.newId(), justification: 'By hand' })
		app.clock.advance(30_000)
		await lookUntilGone(app)
	}
	const onPage = async () => {
		const { tenantAskedAt } = await showFinding(app.deps, officer(), (await ofGroup())[0]?.id ?? '')
		return tenantAskedAt !== null
	}

	test('and is held is not said to be removed by us where Entra refused the only request', async () => {
		await waiting()
		await lookTwice(app)
		expect([(await seen())[0]?.[0], await onPage()]).toEqual(['held', false])
		await takenByHand()
		expect(await states()).toEqual([['gone', 'gone']])
	})

	test('and is held after Entra took it, or gave no answer, is removed where it is gone then', async () => {
		await start(ONE)
		app.tenant.faults.next('POST', /roleAssignmentScheduleRequests$/, {
			kind: 'status',
			status: 503,
			when: 'before',
		})
		const [finding] = await ofGroup()
		await expect(removeFinding(app.deps, finding?.id ?? '')).rejects.toThrow('no clear answer')
		for (const id of [GUEST, GLASS]) join(id)
		await lookTwice(app)
		expect([(await seen())[0]?.[0], await onPage()]).toEqual(['held', true])
		await takenByHand()
		expect(await states()).toEqual([['removed', null]])
	})

	test('and is released is no alarm before it was tried for its time', async () => {
		await waiting()
		await lookTwice(app)
		app.clock.advance(60 * MINUTE)
		const findingIds = [(await ofGroup())[0]?.id ?? '']
		await sign(app, officer(), { findingIds, step: 'ask_release', reason: 'All of them' })
		await sign(app, app.actor('second-security-officer'), { findingIds, step: 'release' })
		await fireDueTimers(app.deps)
		expect((await seen())[0]?.[0]).toBe('removing')
		expect((await toldTo(app, officer())).map(({ kind }) => kind)).not.toContain('finding_not_removed')
		app.clock.advance(11 * MINUTE)
		await fireDueTimers(app.deps)
		expect((await seen())[0]?.[0]).toBe('notConfirmed')
	})

	test('is not sent before the guard has judged as many as are in it, though no look has been since', async () => {
		await waiting()
		app.clock.advance(5 * MINUTE)
		await fireDueTimers(app.deps)
		const [finding] = await ofGroup()
		await removeFinding(app.deps, finding?.id ?? '')
		expect(groupHolds()).toBe(true)
		expect(await seen()).toEqual([['held', 3, null]])
		await lookTwice(app)
		expect(await seen()).toEqual([['held', 3, null]])
	})
})

describe('a removal of what the charter does not govern any more', () => {
	const letGo = () =>
		enact(app, ({ roles }) => ({
			roles: Object.fromEntries(
				Object.entries(roles).filter(
					([, { access }]) => !JSON.stringify(access ?? {}).includes(SECURITY_READER),
				),
			),
		}))
	test('and waits for its five minutes is given up by the look', async () => {
		await start(REMOVE, { isSettled: false })
		await carryOut(app, 1)
		letGo()
		await reconcileRound(app.deps)
		expect(await states()).toEqual([['explained', 'ungoverned']])
		app.clock.advance(10 * MINUTE)
		await carryOut(app)
		expect(groupHolds()).toBe(true)
	})
	test('is not sent, though no look has been since', async () => {
		await start(REMOVE)
		letGo()
		await carryOut(app)
		expect(await states()).toEqual([['explained', 'ungoverned']])
		expect(groupHolds()).toBe(true)
	})
	test('and was carried out already is said to be removed', async () => {
		await start(REMOVE)
		const [finding] = await ofGroup()
		const removal = finding?.context.difference.removal
		if (finding === undefined || removal === undefined || removal === null || removal.what === 'grant')
			throw new Error('Nothing to remove.')
		await app.deps.grants.remove({
			...removal,
			grantId: finding.id,
			justification: 'Sent while it was governed',
		})
		letGo()
		await carryOut(app)
		expect(await states()).toEqual([['removed', null]])
	})
	test('is not begun where silence orders it', async () => {
		const asked = '{ decideWithin: PT1H, otherwise: remove }'
		await start(`  findings: { outOfBand: ${asked}, permanent: ${asked} }\n`)
		letGo()
		app.clock.advance(61 * MINUTE)
		await fireDueTimers(app.deps)
		expect(await states()).toEqual([['gone', 'ungoverned']])
	})
})

describe('an acceptance of what a group holds', () => {
	const accept = async (days = 90) =>
		sign(app, officer(), {
			findingIds: [(await ofGroup())[0]?.id ?? ''],
			step: 'accept',
			days,
			reason: 'Migration until spring',
		})

	test('is for those who were in it: whoever joins makes it a finding anew, which is told', async () => {
		await start('  findings: {}\n', { members: [STRANGER] })
		await accept()
		await lookTwice(app)
		expect(await states()).toEqual([['accepted', null]])
		const told = async () => {
			const [finding] = await ofGroup()
			const all = await toldTo(app, officer())
			return all.filter(({ subjectId }) => subjectId === finding?.id).map(({ kind }) => kind)
		}
		expect(await told()).toEqual(['finding'])
		for (const persona of ['operator', 'second-operator', 'data-owner']) join(await objectOf(persona))
		await reconcileRound(app.deps)
		expect(await states()).toEqual([['seen', null]])
		app.clock.advance(3000)
		await reconcileRound(app.deps)
		expect(await states()).toEqual([['alerted', null]])
		expect(await told()).toEqual(['finding', 'finding'])
	})

	test('is never signed by whoever has it through the group, or could', async () => {
		await start('  findings: {}\n')
		const own = await objectOf('security-officer')
		for (const put of [
			() => app.tenant.groups.change(GROUP, own, true),
			() => {
				app.tenant.groups.change(GROUP, own, false)
				app.tenant.groups.makeEligible(GROUP, own)
			},
		]) {
			put()
			app.clock.advance(10_000)
			await lookTwice(app)
			await expect(accept()).rejects.toMatchObject({ code: 'FINDING_OWN' })
			const view = await showFinding(app.deps, officer(), (await ofGroup())[0]?.id ?? '')
			expect(view).toMatchObject({ isOwn: true, steps: [] })
		}
		const other = app.actor('second-security-officer')
		const form = { findingIds: [(await ofGroup())[0]?.id ?? ''], step: 'accept', days: 7 } as const
		expect(await sign(app, other, { ...form, reason: 'Until the move is done' })).toEqual({
			states: ['accepted'],
		})
	})

	test('is refused while not everybody in it could be read', async () => {
		await start('  findings: {}\n')
		app.tenant.faults.next(
			'GET',
			/groups\/[^/]+\/members/,
			{ kind: 'status', status: 403, when: 'before' },
			50,
		)
		await reconcileRound(app.deps)
		await expect(accept()).rejects.toMatchObject({ code: 'FINDING_UNREAD' })
		app.tenant.faults.clear()
		await reconcileRound(app.deps)
		expect(await accept()).toEqual({ states: ['accepted'] })
	})
})

test('a rule of the tenant that was accepted as weaker and is switched off then is a finding anew, which is told', async () => {
	app = await createTestApp({ rules: '  findings: {}\n' })
	app.tenant.conditionalAccess.clear()
	const policy = (more: object) =>
		app.tenant.conditionalAccess.put({
			id: 'aaaaaaaa-0000-4000-8000-000000000001',
			displayName: 'Keys for administrators',
			includeRoles: ['fe930be7-5e62-47db-91af-98c3a49a38b1'],
			state: 'enabled',
			...more,
		})
	policy({})
	await reconcileRound(app.deps)
	policy({ excludeUsers: [STRANGER] })
	const look = async () => {
		app.clock.advance(61 * MINUTE)
		await lookTwice(app)
	}
	await look()
	const one = async () =>
		(await allFindings(app)).map(({ state, context }) => [state, context.difference.reasons])
	expect(await one()).toEqual([['alerted', ['MORE_EXCLUDED']]])
	const [finding] = await allFindings(app)
	const form = { findingIds: [finding?.id ?? ''], step: 'accept', days: 90 } as const
	await sign(app, officer(), { ...form, reason: 'One account has no key yet' })
	await look()
	expect(await one()).toEqual([['accepted', ['MORE_EXCLUDED']]])
	// More of the same is not what was signed either.
	policy({ excludeUsers: [STRANGER, GUEST] })
	await look()
	expect(await one()).toEqual([['alerted', ['MORE_EXCLUDED']]])
	await sign(app, officer(), { ...form, reason: 'Two accounts have no key yet' })
	policy({ displayName: 'Keys, renamed', excludeUsers: [GUEST, STRANGER] })
	await look()
	expect(await one()).toEqual([['accepted', ['MORE_EXCLUDED']]])
	policy({ excludeUsers: [STRANGER, GUEST], state: 'disabled' })
	await look()
	expect(await one()).toEqual([['alerted', ['OFF', 'MORE_EXCLUDED']]])
	expect((await toldTo(app, officer())).filter(({ kind }) => kind === 'finding')).toHaveLength(3)
})
