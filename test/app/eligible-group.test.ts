import { afterEach, describe, expect, test } from 'vitest'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { reconcileRound } from '#app/jobs/reconcile-loop.server.ts'
import { removeFinding } from '#app/jobs/remove-finding.server.ts'
import { GROUP_BESIDE } from '#app/sandbox/start-sandbox.ts'
import { findings } from '#db/schema/index.ts'
import { eq } from 'drizzle-orm'
import { recorded } from './bad-input.ts'
import { allFindings, carryOut, lookTwice, sign, verifiedRecord } from './findings-acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

/* A group that could take a place in a governed group: PIM tells of nobody whether they are a group, and no list who is in it. */

const MINUTE = 60_000
const GOVERNED = '11111111-1111-4111-8111-111111111111'
const ROLE_LINE = /entra: \{ roleTemplateId: fe930be7[^}]*\}/
const MEMBERS = ['01', '03', '04'].map((n) => `b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a${n}`)
const GROUP = GROUP_BESIDE.id

let app: TestApp
afterEach(async () => {
	const { failures } = await verifiedRecord(app)
	await app.stop()
	expect(failures).toEqual([])
})

async function start(most: number, give: (app: TestApp) => void, rules = '') {
	app = await createTestApp({
		rules: `${rules}  findings: { outOfBand: remove, permanent: remove }\n  massRemoval: { most: ${most}, within: PT1H }\n`,
		charter: (yaml) =>
			yaml.replace(ROLE_LINE, `entra: { groupId: ${GOVERNED}, relation: member, name: Account clerks }`),
	})
	app.tenant.groups.put({ ...GROUP_BESIDE, isAssignableToRole: false })
	for (const id of MEMBERS) app.tenant.groups.change(GROUP, id, true)
	give(app)
	app.clock.advance(6 * MINUTE)
	await lookTwice(app)
}
const makeEligible = ({ tenant }: TestApp) => tenant.groups.makeEligible(GOVERNED, GROUP)
/** Nobody can read a group by itself, until what this gives is called: then no look knows that it is one. */
function leaveUnread({ deps }: TestApp): () => void {
	const { reader } = deps
	const readGroup: typeof reader.readGroup = async (id) => ({ ...(await reader.readGroup(id)), groups: [] })
	Object.assign(deps, { reader: { ...reader, readGroup } })
	return () => void Object.assign(deps, { reader })
}
const ofGroup = async () =>
	(await allFindings(app)).filter(({ context }) => context.difference.principalId === GROUP)
const seen = async () =>
	(await ofGroup()).map(({ state, context: { difference } }) => [
		state,
		difference.principalKind,
		difference.people,
		difference.members?.accounts.length,
	])

describe('a group that could take a governed place', () => {
	test('is told as a group of so many, and loses it where the guard has room for them', async () => {
		await start(3, makeEligible)
		expect(await seen()).toEqual([['removing', 'group', 3, 3]])
		await carryOut(app)
		expect(await seen()).toEqual([['removed', 'group', 3, 3]])
	})

	test('of more people than there is room for waits for two officers, and stays what it is at every look', async () => {
		await start(2, makeEligible)
		for (let look = 0; look < 3; look++) {
			expect(await seen()).toEqual([['held', 'group', 3, 3]])
			app.clock.advance(MINUTE)
			await reconcileRound(app.deps)
		}
	})

	test('that two officers released as one account waits for them anew, and nothing is sent', async () => {
		let readAgain = () => undefined as void
		await start(0, (it) => {
			makeEligible(it)
			readAgain = leaveUnread(it)
		})
		expect(await seen()).toEqual([['held', 'unknown', 0, undefined]])
		const findingIds = (await ofGroup()).map(({ id }) => id)
		await sign(app, app.actor('security-officer'), {
			findingIds,
			step: 'ask_release',
			reason: 'Seen in the portal',
		})
		await sign(app, app.actor('second-security-officer'), { findingIds, step: 'release' })
		expect(await seen()).toEqual([['removing', 'unknown', 0, undefined]])
		readAgain()
		await carryOut(app, 1)
		expect(await seen()).toEqual([['held', 'group', 3, 3]])
		const [finding] = await ofGroup()
		expect(finding?.context).toMatchObject({ releasedBy: null, askedBy: null, tenantAskedAt: null })
		await sign(app, app.actor('second-security-officer'), {
			findingIds,
			step: 'ask_release',
			reason: 'Seen in the portal',
		})
		await sign(app, app.actor('security-officer'), { findingIds, step: 'release' })
		await carryOut(app)
		expect(await seen()).toEqual([['removed', 'group', 3, 3]])
	})

	test('that cannot be read at one look is nothing that a break-glass account in it lost or got', async () => {
		await start(3, makeEligible, `  breakGlassAccounts: [{ objectId: ${MEMBERS[0] ?? ''}, title: Safe }]\n`)
		for (let round = 0; round < 4; round++) {
			const readAgain = round % 2 === 0 ? leaveUnread(app) : () => undefined
			app.clock.advance(MINUTE)
			await reconcileRound(app.deps)
			readAgain()
		}
		expect(await recorded(app, 'watched.changed')).toEqual([])
	})

	test('of which nobody may read whether it is one keeps its place, and is an alarm', async () => {
		const unread = { kind: 'status', status: 403, when: 'before' } as const
		await start(
			3,
			(it) => {
				makeEligible(it)
				it.tenant.faults.next('GET', new RegExp(`/groups/${GROUP}`), unread, 10_000)
			},
			`  breakGlassAccounts: [{ objectId: ${MEMBERS[0] ?? ''}, title: Safe }]\n`,
		)
		expect(await seen()).toEqual([['removing', 'unknown', 0, undefined]])
		await carryOut(app)
		app.clock.advance(11 * MINUTE)
		await fireDueTimers(app.deps)
		await carryOut(app)
		const [finding] = await ofGroup()
		expect([finding?.state, finding?.context.failure]).toEqual(['notConfirmed', 'MEMBERS_UNREAD'])
		expect(finding?.context.tenantAskedAt).toBeNull()
		app.tenant.faults.clear()
		await carryOut(app)
		expect((await ofGroup()).map(({ state, context }) => [state, context.missed])).toEqual([
			['explained', 'watchedThrough'],
		])
	})

	test('is counted by the removal itself, whatever looks knew of it', async () => {
		await start(3, makeEligible)
		const [finding] = await ofGroup()
		if (finding === undefined) throw new Error('Nothing was found.')
		const { difference } = finding.context
		const { db } = app.deps.database
		// As looks told it before they read such groups.
		const { members: _, ...unread } = difference
		await db
			.update(findings)
			.set({
				context: {
					...finding.context,
					difference: { ...unread, principalKind: 'unknown', people: 0 },
					admitted: { people: 1, at: app.clock.now().toISOString() },
				},
			})
			.where(eq(findings.id, finding.id))
		await removeFinding(app.deps, finding.id)
		expect(await seen()).toEqual([['removing', 'group', 3, 3]])
		await carryOut(app)
		expect((await seen())[0]?.[0]).toBe('removed')
	})
})
