import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { decideRequest, prepareDecision } from '#app/services/access/decide-request.server.ts'
import { fileRequests } from '#app/services/access/file-request.server.ts'
import { showRequest } from '#app/services/access/show-request.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { decisions, requests } from '#db/schema/index.ts'
import { approve, askForAccess, prepareApproval } from './acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

const MINUTE = 60_000
let app: TestApp
beforeEach(async () => {
	app = await createTestApp()
})
afterEach(async () => {
	await app.stop()
})
const given = (requestId: string) =>
	app.deps.database.db.$count(decisions, eq(decisions.requestId, requestId))

test('the back button after filing sends the same form again: it files nothing new and leads to the same request', async () => {
	const operator = app.actor('operator')
	const form = {
		roles: ['user-administrator'],
		reason: 'Lock the accounts of a phishing wave',
		ticket: 'CHG-77123',
		durationSeconds: 1800,
		filingKey: app.deps.newId(),
	}
	const first = await fileRequests(app.deps, operator, form)
	app.clock.advance(5 * MINUTE)
	expect(await fileRequests(app.deps, operator, form)).toEqual(first)
	expect(await app.deps.database.db.$count(requests)).toBe(1)
})

test('of two tabs on one request the second one is told that its owner has decided, whichever was opened first', async () => {
	const duty = app.actor('duty-officer')
	const requestId = await askForAccess(app)
	const [older, newer] = [
		await prepareApproval(app, requestId, duty),
		await prepareApproval(app, requestId, duty),
	]
	await decideRequest(app.deps, duty, newer)
	await expect(decideRequest(app.deps, duty, older)).rejects.toMatchObject({ code: 'ALREADY_DECIDED' })
	expect(await given(requestId)).toBe(1)
})

test('a session that runs out between going on and signing decides nothing, and keeps what was written', async () => {
	const duty = app.actor('duty-officer')
	const requestId = await askForAccess(app)
	const reason = 'The incident was closed an hour ago'
	const { challengeId } = await prepareDecision(app.deps, duty, { requestId, verdict: 'deny', reason })
	app.clock.advance(30 * MINUTE)
	// The challenge is over with the session, or before it: nothing that was begun then can be ended now.
	await expect(
		decideRequest(app.deps, duty, { requestId, challengeId, response: app.answerOf(duty) }),
	).rejects.toMatchObject({ code: 'CHALLENGE_INVALID' })
	expect(await given(requestId)).toBe(0)
	const view = await showRequest(app.deps, duty, requestId)
	expect(JSON.stringify(view)).toContain(reason)
})

test('a replica whose clock is days ahead counts no decision, and keeps nobody from giving one elsewhere', async () => {
	const duty = app.actor('duty-officer')
	const requestId = await askForAccess(app)
	const late: Deps = { ...app.deps, now: () => new Date(app.clock.now().getTime() + 3 * 86_400_000) }
	const prepared = await prepareApproval(app, requestId, duty)
	// Ahead by days: to it the time is over, and it does not count the decision.
	await expect(decideRequest(late, duty, prepared)).rejects.toMatchObject({ code: 'CHALLENGE_INVALID' })
	expect(await given(requestId)).toBe(0)
	await approve(app, requestId, duty)
	expect(await given(requestId)).toBe(1)
})
