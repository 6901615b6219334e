import { eq, sql } from 'drizzle-orm'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FindingNote } from '#app/components/finding-facts.tsx'
import { WordsProvider } from '#app/messages/text.tsx'
import { endFindingSessions } from '#app/jobs/end-finding-sessions.server.ts'
import { endSessions } from '#app/jobs/end-sessions.server.ts'
import { endTenantSessions } from '#app/jobs/end-tenant-sessions.server.ts'
import { extendGrant } from '#app/jobs/extend-grant.server.ts'
import { removeGrant } from '#app/jobs/remove-grant.server.ts'
import { TryAgain } from '#app/jobs/try-again.ts'
import { askExtension } from '#app/services/access/ask-extension.server.ts'
import { endGrant } from '#app/services/access/end-access.server.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { showRequest } from '#app/services/access/show-request.server.ts'
import { showFinding } from '#app/services/findings/show-finding.server.ts'
import { prepareSuspension, signSuspension } from '#app/services/suspension/sign-suspension.server.ts'
import { showSuspension } from '#app/services/suspension/show-suspension.server.ts'
import { findPerson } from '#db/queries/people.ts'
import { findings } from '#db/schema/index.ts'
import { approve, toldTo } from './acts.ts'
import { approvedFor, drive, recorded, stateOf, told, type Access } from './bad-input.ts'
import { allFindings, carryOut, lookTwice, verifiedRecord } from './findings-acts.ts'
import { through } from './life-acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

/* Of sessions and of a later end nothing is said that Entra ID has not done, and what it did not do is told. */

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const FORBIDDEN = { kind: 'status', status: 403, when: 'before' } as const
const OTHER = '99999999-9999-4999-8999-999999999999'
const USER_ADMINISTRATOR = 'fe930be7-5e62-47db-91af-98c3a49a38b1'

let app: TestApp
beforeEach(async () => {
	app = await createTestApp({
		rules: '  endSessions: true\n  findings: { outOfBand: remove, ineligibleHolder: remove }\n',
	})
})
afterEach(async () => {
	const { failures } = await verifiedRecord(app)
	await app.stop()
	expect(failures).toEqual([])
})

const officer = () => app.actor('security-officer')
const accountOf = async (persona: string) =>
	(await findPerson(app.deps.database.db, app.actor(persona).personId)).entraObjectId
/** Another tenant is set, which knows none of our accounts; the sandbox answers in its place. */
const moveTo = (id: string) => Object.assign(app.deps, { tenant: { ...app.deps.tenant, id } })

async function active(): Promise<Access> {
	const access = await approvedFor(app, 'operator', 'user-administrator')
	expect(await drive(app, 'give', access)).toBe(true)
	app.clock.advance(6 * MINUTE)
	return access
}
/** Ended here; the tenant does not let go of it, so that it is an alarm. */
async function notConfirmed(): Promise<Access> {
	const access = await active()
	await endGrant(app.deps, app.actor('operator'), access.requestId)
	app.clock.advance(11 * MINUTE)
	await fireDueTimers(app.deps)
	expect(await stateOf(app, access)).toBe('notConfirmed')
	return access
}
async function ended(): Promise<Access> {
	const access = await active()
	await endGrant(app.deps, app.actor('operator'), access.requestId)
	expect(await drive(app, 'take', access)).toBe(true)
	return access
}
const grantOf = async ({ requestId }: Access) =>
	(await showRequest(app.deps, app.actor('operator'), requestId)).grant

describe('in another tenant than the one that is set', () => {
	test('an access that ends is asked and said nothing of, whatever that one does not know', async () => {
		const access = await notConfirmed()
		const own = app.deps.tenant.id
		moveTo(OTHER)
		app.tenant.users.remove(access.principalId, 'deleted')
		const asked = app.tenant.exchanges().length
		await expect(endSessions(app.deps, access.grantId)).rejects.toMatchObject({ code: 'OtherTenant' })
		await expect(removeGrant(app.deps, access.grantId)).rejects.toMatchObject({ code: 'OtherTenant' })
		expect(app.tenant.exchanges()).toHaveLength(asked)
		expect(await recorded(app, 'grant.sessions_ended')).toEqual([])
		expect(await grantOf(access)).toMatchObject({ sessionsEndedAt: null })
		moveTo(own)
	})

	test('a later end is asked of nobody, and has not failed', async () => {
		const access = await active()
		const extension = await askExtension(app.deps, app.actor('operator'), access.requestId, {
			reason: 'The wave is larger than thought',
			ticket: 'CHG-77124',
			durationSeconds: 1200,
		})
		for (const persona of ['duty-officer', 'data-owner']) await approve(app, extension, app.actor(persona))
		expect(await stateOf(app, access)).toBe('extending')
		const own = app.deps.tenant.id
		moveTo(OTHER)
		const asked = app.tenant.exchanges().length
		await expect(extendGrant(app.deps, access.grantId)).rejects.toMatchObject({ code: 'OtherTenant' })
		expect(app.tenant.exchanges()).toHaveLength(asked)
		expect(await stateOf(app, access)).toBe('extending')
		expect(await recorded(app, 'grant.extension_failed')).toEqual([])
		expect(await told(app, 'security-officer')).toContain('tenant_trouble OtherTenant')
		moveTo(own)
		await extendGrant(app.deps, access.grantId)
		expect(await stateOf(app, access)).toBe('active')
	})

	test('the sessions of whoever is suspended are asked for in vain of nobody', async () => {
		await active()
		const { suspensionId } = await suspended()
		moveTo(OTHER)
		const asked = app.tenant.exchanges().length
		await expect(endTenantSessions(app.deps, suspensionId)).rejects.toMatchObject({ code: 'OtherTenant' })
		expect(app.tenant.exchanges()).toHaveLength(asked)
		expect(await told(app, 'security-officer')).toContain('tenant_trouble OtherTenant')
	})
})

describe('of a guest', () => {
	test.each([
		['by its type', { userType: 'Guest' }],
		['by its name, though it is called a member', { userPrincipalName: 'eva_btr.example#EXT#@own.example' }],
	])('%s, no session is said to have ended, until no token can be left', async (_, change) => {
		const access = await ended()
		app.tenant.users.put(access.principalId, change)
		await expect(endSessions(app.deps, access.grantId)).rejects.toBeInstanceOf(TryAgain)
		app.clock.advance(3 * MINUTE)
		await expect(endSessions(app.deps, access.grantId)).rejects.toMatchObject({ afterMs: 30 * MINUTE })
		expect(await told(app, 'security-officer')).toContain('access_held_up SESSIONS_NOT_ENDED')
		const grant = await grantOf(access)
		expect(grant).toMatchObject({ sessionsEndedAt: null, trouble: { code: 'SESSIONS_NOT_ENDED' } })
		expect(grant?.tokenTail?.evaluated).toBe(
			new Date(Date.parse(grant?.closedAt ?? '') + 28 * HOUR).toISOString(),
		)
		app.clock.advance(28 * HOUR)
		await endSessions(app.deps, access.grantId)
		expect(await grantOf(access)).toMatchObject({ sessionsEndedAt: null, trouble: null })
		expect(await recorded(app, 'grant.sessions_ended')).toEqual([])
	})

	test('who is suspended the page says for good that their sessions may live', async () => {
		app.tenant.users.put(await accountOf('operator'), { userType: 'Guest' })
		const { suspensionId } = await suspended()
		await endTenantSessions(app.deps, suspensionId)
		expect(await recorded(app, 'person.tenant_sessions_ended')).toEqual([])
		expect(await sessionsOfSuspended()).toBe('waiting')
		app.clock.advance(11 * MINUTE)
		expect(await sessionsOfSuspended()).toBe('alarm')
	})
})

test('those of a guest are still said to go on once the access itself is removed', async () => {
	const access = await notConfirmed()
	app.tenant.users.put(access.principalId, { userType: 'Guest' })
	await expect(endSessions(app.deps, access.grantId)).rejects.toBeInstanceOf(TryAgain)
	app.clock.advance(3 * MINUTE)
	await expect(endSessions(app.deps, access.grantId)).rejects.toBeInstanceOf(TryAgain)
	expect(await drive(app, 'take', access)).toBe(true)
	const trouble = { code: 'SESSIONS_NOT_ENDED' }
	expect(await grantOf(access)).toMatchObject({ state: 'ended', sessionsEndedAt: null, trouble })
	app.clock.advance(29 * HOUR)
	await endSessions(app.deps, access.grantId)
	expect(await grantOf(access)).toMatchObject({ trouble: null })
})

test('those that were ended before the removal have not ended after it, however late that is known', async () => {
	const access = await notConfirmed()
	const undo = through(app, (port) => ({
		async revokeSessions(principalId) {
			await port.revokeSessions(principalId)
			// The answer is under way, or whose account it is is read; meanwhile the removal is confirmed.
			app.clock.advance(2000)
			expect(await drive(app, 'take', access)).toBe(true)
			app.clock.advance(1000)
		},
	}))
	await endSessions(app.deps, access.grantId)
	undo()
	const grant = await grantOf(access)
	expect((grant?.sessionsEndedAt ?? '') < (grant?.closedAt ?? '')).toBe(true)
	expect(grant?.tokenTail?.evaluated).toBe(
		new Date(Date.parse(grant?.closedAt ?? '') + 28 * HOUR).toISOString(),
	)
})

test('whose type cannot be read just now is asked again', async () => {
	const access = await ended()
	app.tenant.faults.next('GET', /\/users\/[^/]+$/, { kind: 'status', status: 503, when: 'before' }, 9)
	await expect(endSessions(app.deps, access.grantId)).rejects.toBeInstanceOf(TryAgain)
	expect(await recorded(app, 'grant.sessions_ended')).toEqual([])
	app.tenant.faults.clear()
	await endSessions(app.deps, access.grantId)
	expect(await recorded(app, 'grant.sessions_ended')).toMatchObject([{ grantId: access.grantId }])
})

test('an account that is gone has no sessions, which the record says', async () => {
	const access = await ended()
	app.tenant.users.remove(access.principalId, 'deleted')
	await endSessions(app.deps, access.grantId)
	expect(await recorded(app, 'grant.sessions_ended')).toMatchObject([{ accountAbsent: true }])
	const { suspensionId } = await suspended()
	await endTenantSessions(app.deps, suspensionId)
	expect(await recorded(app, 'person.tenant_sessions_ended')).toEqual([{ suspensionId, accountAbsent: true }])
	expect(await sessionsOfSuspended()).toBe('done')
})

describe('of whoever holds what was found', () => {
	async function found() {
		const principalId = await accountOf('auditor')
		app.tenant.assignBeside(principalId, USER_ADMINISTRATOR)
		app.clock.advance(6 * MINUTE)
		await lookTwice(app)
		const [finding] = await allFindings(app)
		expect(finding?.state).toBe('removing')
		return { id: finding?.id ?? '', principalId }
	}

	const sessionsOf = async (id: string) => (await showFinding(app.deps, officer(), id)).sessions?.what ?? null
	/** As a look would tell it. */
	async function holderIs(id: string, principalKind: string) {
		const kind = sql`jsonb_set(${findings.context}, '{difference,principalKind}', ${JSON.stringify(principalKind)}::jsonb)`
		await app.deps.database.db.update(findings).set({ context: kind }).where(eq(findings.id, id))
	}

	test.each([
		['a call that is lost', { kind: 'drop', when: 'before' }],
		['a tenant that is busy', { kind: 'status', status: 503, when: 'before' }],
		['a permission that is missing', { kind: 'status', status: 403, when: 'before' }],
	] as const)('sessions are ended after %s', async (_, fault) => {
		const { id, principalId } = await found()
		app.tenant.faults.next('POST', /revokeSignInSessions/, fault)
		await expect(endFindingSessions(app.deps, id)).rejects.toBeInstanceOf(TryAgain)
		expect(app.tenant.sessionsRevoked()).toEqual({})
		expect(await sessionsOf(id)).not.toBe('ended')
		expect(await recorded(app, 'finding.sessions_ended')).toEqual([])
		await endFindingSessions(app.deps, id)
		expect(Object.keys(app.tenant.sessionsRevoked())).toEqual([principalId])
		expect(await sessionsOf(id)).toBe('ended')
		expect(await recorded(app, 'finding.sessions_ended')).toEqual([{ findingId: id }])
	})

	test('sessions end with the removal where the charter asks for it, and go on where it does not', async () => {
		/** What the removal, to its end, asks for beside itself. */
		const removed = async (id: string) => {
			const asked: string[] = []
			app.deps.enqueue = (_, commands) =>
				Promise.resolve(void asked.push(...commands.map(({ type }) => type)))
			await carryOut(app)
			expect((await allFindings(app)).map((finding) => [finding.id, finding.state])).toEqual([
				[id, 'removed'],
			])
			return asked
		}
		const { id, principalId } = await found()
		expect(await removed(id)).toEqual(['finding.end_sessions'])
		await endFindingSessions(app.deps, id)
		expect(Object.keys(app.tenant.sessionsRevoked())).toEqual([principalId])
		const { sessions, closedAt } = await showFinding(app.deps, officer(), id)
		expect(sessions?.what).toBe('ended')
		expect((sessions?.at ?? '') >= (closedAt ?? 'z')).toBe(true)
		expect((await verifiedRecord(app)).failures).toEqual([])
		await app.stop()
		app = await createTestApp({ rules: '  findings: { outOfBand: remove, ineligibleHolder: remove }\n' })
		expect(await removed((await found()).id)).toEqual([])
	})

	test.each([
		['refuses', () => app.tenant.faults.next('POST', /revokeSignInSessions/, FORBIDDEN, 9)],
		['cannot end', (id: string) => app.tenant.users.put(id, { userType: 'Guest' })],
	])('those that Entra %s are told once, and said to go on where the access is gone', async (_, lead) => {
		const { id, principalId } = await found()
		await carryOut(app)
		lead(principalId)
		for (let round = 0; round < 2; round++)
			await endFindingSessions(app.deps, id).catch((error: unknown) => {
				expect(error).toBeInstanceOf(TryAgain)
			})
		const finding = await showFinding(app.deps, officer(), id)
		const note = createElement(FindingNote, { finding })
		const words = { language: 'en', timeZone: 'UTC', now: finding.now, children: note } as const
		const html = renderToStaticMarkup(createElement(WordsProvider, words))
		expect([finding.state, html]).toEqual(['removed', expect.stringMatching(/stays so for a while/)])
		expect(html).not.toContain('notice-good')
		const kinds = (await toldTo(app, officer())).map(({ kind }) => kind)
		expect(kinds.filter((kind) => kind === 'finding_sessions_live')).toHaveLength(1)
	})

	test('what was gone before anything was sent ends nobody’s', async () => {
		const { id, principalId } = await found()
		const place = { kind: 'role', roleDefinitionId: USER_ADMINISTRATOR, directoryScopeId: '/' } as const
		const grantId = app.deps.newId()
		await app.deps.grants.remove({ principalId, place, grantId, justification: 'By hand' })
		app.clock.advance(MINUTE)
		app.deps.enqueue = (_, commands) => {
			expect(commands.filter(({ type }) => type === 'finding.end_sessions')).toEqual([])
			return Promise.resolve()
		}
		await carryOut(app)
		expect((await allFindings(app)).map((finding) => [finding.id, finding.state])).toEqual([[id, 'removed']])
	})

	test('of a guest nothing is tried again, and none are said to have ended', async () => {
		const { id, principalId } = await found()
		app.tenant.users.put(principalId, { userType: 'Guest' })
		await endFindingSessions(app.deps, id)
		expect(await sessionsOf(id)).toBe('foreign')
		expect(await recorded(app, 'finding.sessions_ended')).toEqual([])
	})

	test('nothing is said of them before the tenant was asked; what it refuses, and what has none, is said', async () => {
		const { id } = await found()
		expect(await sessionsOf(id)).toBeNull()
		app.tenant.faults.next('POST', /revokeSignInSessions/, { kind: 'status', status: 403, when: 'before' })
		await expect(endFindingSessions(app.deps, id)).rejects.toBeInstanceOf(TryAgain)
		expect(await sessionsOf(id)).toBe('refused')
		await holderIs(id, 'servicePrincipal')
		await endFindingSessions(app.deps, id)
		expect(await sessionsOf(id)).toBe('none')
		expect(app.tenant.sessionsRevoked()).toEqual({})
	})

	test('the tenant says whether it is a user of whom no list says what they are', async () => {
		const { id, principalId } = await found()
		await holderIs(id, 'unknown')
		await endFindingSessions(app.deps, id)
		expect(Object.keys(app.tenant.sessionsRevoked())).toEqual([principalId])
		expect(await sessionsOf(id)).toBe('ended')
		app.tenant.users.remove(principalId, 'deleted')
		for (let round = 0; round < 2; round++) await endFindingSessions(app.deps, id)
		expect(await sessionsOf(id)).toBe('absent')
		expect(await recorded(app, 'finding.sessions_ended')).toEqual([
			{ findingId: id },
			{ findingId: id, accountAbsent: true },
		])
	})

	test.each(['held', 'accepted', 'ordered', 'gone'] as const)(
		'nobody’s are ended for what is %s by the time the job has its turn',
		async (state) => {
			const { id } = await found()
			await app.deps.database.db.update(findings).set({ state }).where(eq(findings.id, id))
			await endFindingSessions(app.deps, id)
			expect([app.tenant.sessionsRevoked(), await sessionsOf(id)]).toEqual([{}, null])
			await app.deps.database.db.update(findings).set({ state: 'removing' }).where(eq(findings.id, id))
		},
	)
})

async function suspended() {
	const { personId } = app.actor('operator')
	const step = 'suspend'
	const { challengeId } = await prepareSuspension(app.deps, officer(), {
		personId,
		step,
		reason: 'Lost badge',
	})
	const response = app.answerOf(officer())
	return signSuspension(app.deps, officer(), { personId, step, challengeId, response })
}
async function sessionsOfSuspended() {
	const { current } = await showSuspension(app.deps, officer(), app.actor('operator').personId)
	return current?.effects.find(({ kind }) => kind === 'tenant_sessions')?.state
}
