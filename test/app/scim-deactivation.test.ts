import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { decideRequest, prepareDecision } from '#app/services/access/decide-request.server.ts'
import { fileRequest } from '#test/app/file-one.ts'
import { erasePerson } from '#app/services/people/erase-person.server.ts'
import { CORE } from '#app/services/scim/attributes.ts'
import { createUser, getUser, modifyUser, removeUser } from '#app/services/scim/users.server.ts'
import { makeToken } from '#app/services/scim/tokens.server.ts'
import { beginSignIn, findActor, finishSignIn } from '#app/services/sign-in/sign-in.server.ts'
import { grants, scimUsers } from '#db/schema/index.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

const OFF = {
	schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
	Operations: [{ op: 'Replace', path: 'active', value: 'False' }],
}
const whatever = () => undefined

let app: TestApp
let origin: { source: 'scim'; tokenId: string }

beforeEach(async () => {
	app = await createTestApp()
	app.clock.advance(60_000)
	const { tokenId } = await makeToken(app.deps, app.actor('security-officer'), { name: 'HR' })
	origin = { source: 'scim', tokenId }
})
afterEach(async () => {
	await app.stop()
})

test('an access begins to end with the employment, the session ends, and nobody signs in again', async () => {
	const operator = app.actor('operator')
	const requestId = await fileRequest(app.deps, operator, {
		role: 'user-administrator',
		reason: 'Lock the accounts',
		ticket: 'CHG-20417',
		durationSeconds: 1800,
	})
	for (const name of ['duty-officer', 'data-owner']) {
		const { challengeId } = await prepareDecision(app.deps, app.actor(name), {
			requestId,
			verdict: 'approve',
			reason: '',
		})
		await decideRequest(app.deps, app.actor(name), {
			requestId,
			challengeId,
			response: app.answerOf(app.actor(name)),
		})
	}
	const signIn = async () => {
		const { challengeId } = await beginSignIn(app.deps)
		return (await finishSignIn(app.deps, { challengeId, response: app.answerOf(operator) })).token
	}
	const session = await signIn()
	const [before] = await app.deps.database.db.select().from(grants)
	expect(['planned', 'provisioning']).toContain(before?.state)
	await modifyUser(app.deps, origin, operator.personId, OFF, whatever)
	const [after] = await app.deps.database.db.select().from(grants)
	expect(['planned', 'provisioning', 'active']).not.toContain(after?.state)
	expect(await findActor(app.deps, session)).toBeNull()
	await expect(signIn()).rejects.toMatchObject({ code: 'PERSON_DEACTIVATED' })
})

test('what a system said of a person goes with them when they are erased, and they are found no more', async () => {
	const externalId = '7d4f6f2e-5a41-4a4b-9d53-0a3a55b7f1c7'
	const { id } = await createUser(app.deps, origin, {
		schemas: [CORE],
		userName: 'leaver@agency.example',
		externalId,
		displayName: 'Lena Leaver',
		emails: [{ value: 'lena@agency.example', type: 'work' }],
	})
	await removeUser(app.deps, origin, id, whatever)
	const { groups } = await erasePerson(app.deps, app.actor('security-officer'), id, {
		parts: ['identity'],
		ground: 'person_asked',
		reason: 'Left and asked for it',
		confirmation: 'Lena Leaver',
	})
	// Of the person's own entry, and of what the system said.
	expect(groups).toBe(2)
	expect(await app.deps.database.db.select().from(scimUsers).where(eq(scimUsers.personId, id))).toEqual([])
	await expect(getUser(app.deps, id)).rejects.toMatchObject({ status: 404 })
})
