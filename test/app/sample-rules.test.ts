import { afterAll, beforeAll, expect, test } from 'vitest'
import { eq } from 'drizzle-orm'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { fileRequest } from '#test/app/file-one.ts'
import { approve } from '#test/app/acts.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'
import { grants } from '#db/schema/index.ts'

/** The sandbox as a newcomer starts it: the sample charter with all its rules for Entra ID, and the tenant that comes with it. */

let app: TestApp
beforeAll(async () => {
	app = await createTestApp({ rules: null })
}, 60_000)
afterAll(() => app.stop())

async function given(persona: string, role: string) {
	const requestId = await fileRequest(app.deps, app.actor(persona), {
		role,
		reason: 'A first look around',
		ticket: 'CHG-20417',
		durationSeconds: 900,
	})
	for (const each of ['duty-officer', 'data-owner']) await approve(app, requestId, app.actor(each))
	const { db } = app.deps.database
	const [grant] = await db.select().from(grants).where(eq(grants.requestId, requestId))
	await provisionGrant(app.deps, grant?.id ?? '')
	const [after] = await db.select().from(grants).where(eq(grants.requestId, requestId))
	return { state: after?.state, failure: after?.context.failure, warned: after?.context.warned }
}

test('gives the operator what the charter allows, without a warning', async () => {
	for (const role of ['user-administrator', 'security-reader', 'helpdesk-administrator'])
		expect(await given('operator', role), role).toEqual({ state: 'active', failure: null, warned: [] })
})

test('shows what the rules are for: who signs in by telephone is given nothing', async () => {
	expect(await given('second-operator', 'security-reader')).toMatchObject({
		state: 'failed',
		failure: 'METHOD_MISSING',
	})
})
